"""Cells that rules of study.yaml keep or drop."""

import datetime
from collections.abc import Iterable

from altcred.describe.rows import Exclusion
from altcred.kinds.reading import fold_text, plain_code


def pass_rule(rule: Exclusion, *, is_dropped: bool = False) -> str:
    """Return a cell that a rule keeps, or one that it drops."""
    wanted, other = (rule.wanted or [""])[0], "(other)"
    if rule.equals is not None:
        return wanted if is_dropped else other if rule.missing == "exclude" else ""
    if rule.differs is not None:
        return other if is_dropped else wanted
    if rule.below is not None or rule.above is not None:
        edge = rule.below if rule.below is not None else rule.above
        assert edge is not None
        step = -1 if rule.below is not None else 1
        return f"{edge + step:g}" if is_dropped else f"{edge - step:g}"
    if rule.is_of_day:
        day = rule.before or rule.after
        assert day is not None
        step = -1 if rule.before else 1
        moved = datetime.timedelta(step if is_dropped else -step)
        return (day + moved).isoformat()
    return "" if rule.blank is is_dropped else "x"


def drops(rule: Exclusion, text: str) -> bool:
    """Tell whether a rule that names words drops a cell; of numbers and days it says no."""
    folded = plain_code(fold_text(text))
    if not folded:
        return rule.blank is True or rule.missing == "exclude"
    if rule.blank is not None:
        return not rule.blank
    if not rule.wanted:
        return False
    return (folded in {plain_code(fold_text(one)) for one in rule.wanted}) == bool(rule.equals)


def tell_apart(own: Iterable[Exclusion], others: Iterable[Exclusion]) -> str:
    """Return a cell that rules of one survey keep and those of another in the same file drop."""
    own, others = list(own), list(others)
    rules = [*own, *others]
    tried = [*(pass_rule(rule) for rule in own), *(one for rule in rules for one in rule.wanted)]
    tried += [pass_rule(rule, is_dropped=True) for rule in others]
    kept = [one for one in tried if not any(drops(rule, one) for rule in own)]
    apart = [one for one in kept if all(drops(rule, one) for rule in others)]
    return (apart or kept or tried)[0]
