"""What is told of a variable that follows from several answers, as sums over the last of them."""

from collections.abc import Iterator

import numpy as np

from altcred.core.description import Condition, as_list
from altcred.standin.people import People


def list_any_of(people: People, name: str) -> Iterator[tuple[list[str], np.ndarray, float, bool]]:
    """Yield what is told of whether any of several conditions holds, the last being of `name`.

    The answers that fulfil it, the people of whom it decides, how many of them fulfil it (or, of
    those of whom it is known, do not), and which of the two it is.
    """
    for derived, variable in people.variables.items():
        rule = variable.derive
        if rule is None or not rule.any_of or name not in rule.any_of:
            continue
        others: Condition = {key: one for key, one in rule.any_of.items() if key != name}
        if not all(map(people.is_drawn, others)):
            continue
        conditions = people.conditions
        tests = {key: f"({conditions.write({key: one})})" for key, one in others.items()}
        is_true = " OR ".join(f"coalesce({test}, FALSE)" for test in tests.values()) or "FALSE"
        missing = " OR ".join(f"({conditions.is_missing(key)})" for key in others) or "FALSE"
        told = people.tell({"true": is_true, "missing": missing})
        wanted = as_list(rule.any_of[name])
        for scope, part, inside in people.told_parts():
            known = people.shown.of_part(scope, part.name, derived)
            total, n = known.get(("", "sum")), known.get(("", "nobs"))
            if not part.tells(derived) or total is None or n is None:
                continue
            open_ones = inside & ~told["true"]
            yield wanted, open_ones, total[0] - float((inside & told["true"]).sum()), True
            yield wanted, open_ones & ~told["missing"], n[0] - total[0], False
