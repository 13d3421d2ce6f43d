"""What is told of a variable that follows from several answers, as sums over the last of them."""

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from altcred.core.description import Condition, as_list
from altcred.core.engine import quoted
from altcred.core.records import NOT_REPORTED
from altcred.describe.folders import costed_waves
from altcred.estimate.amounts import Amount, list_costs
from altcred.kinds import kind_of
from altcred.standin.fit import tell
from altcred.standin.numbers import choose_grid, find_step, list_targets
from altcred.standin.people import People, Target

# Of more people than these the marks of all who may have a product take too much memory.
_MOST = 30_000


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


def write_costs(people: People) -> tuple[dict[str, str], list[Amount], dict[int, str]]:
    """Return what is told of the costs of a survey's people: columns, amounts, and these in SQL."""
    cohort, wave = people.cohort, people.wave
    if not (cohort.folder / "prices.yaml").is_file() or wave not in costed_waves(cohort.study):
        return {}, [], {}
    columns, amounts = list_costs(people.engine, cohort, wave)
    for name, variable in people.variables.items():
        if variable.derive is not None:
            written = f"({people.write_derived(name)})"
            columns = {key: sql.replace(quoted(name), written) for key, sql in columns.items()}
    numbers = {
        at: f"CASE WHEN {one.where} THEN CASE WHEN {one.value} THEN 1 ELSE 0 END END"
        if one.is_share
        else f"CASE WHEN {one.where} THEN round({one.value}, {one.digits}) / {one.divisor} END"
        for at, one in enumerate(amounts)
    }
    return columns, amounts, numbers


def target_given(people: People, name: str, given: np.ndarray, who: np.ndarray) -> Iterator[Target]:
    """Yield how many give this number who gave all else that products and costs rest on.

    `given` marks the answers. Who leaves one out mostly leaves out the others too.
    """
    numbers: dict[str, str] = {}
    told: dict[str, tuple[str, str]] = {}
    for derived, variable in people.variables.items():
        if variable.derive is not None and name in (variable.derive.product or ()):
            numbers[derived] = people.write_derived(derived)
            told[derived] = derived, ""
    columns, amounts, sums = write_costs(people)
    for at, one in enumerate(amounts):
        sql = sums[at]
        for column, written in columns.items():
            sql = sql.replace(column, f"({written})")
        if quoted(name) in sql and not one.is_share:
            numbers[f"@{at}"] = sql
            told[f"@{at}"] = one.variable, one.category
    # Whatever is not drawn yet may be given by everybody.
    drawn = {**people.columns, name: np.where(who, 1.0, np.nan)}
    still: dict[str, list[str]] = {key: [] for key in numbers}
    for other, variable in people.variables.items():
        if people.is_drawn(other) or other == name or variable.derive is not None:
            continue
        for column in kind_of(variable).columns(other, variable, people.wave):
            for key, sql in list(numbers.items()):
                if quoted(column) in sql:
                    still[key].append(other)
                    if not kind_of(variable).is_numeric:
                        del numbers[key]
            drawn[column] = np.ones(people.size)
    if not numbers:
        return
    seen: set[tuple[object, ...]] = set()
    for key, values in people.work_out(numbers, drawn).items():
        is_known = ~np.isnan(values)
        there = is_known & who
        for scope, part, inside in people.told_parts():
            counted, category = told[key]
            found = people.shown.of_part(scope, part.name, counted).get((category, "nobs"))
            if found is None or scope != people.wave:
                continue
            mark = part.name, *still[key], found[0], there.tobytes()
            if mark in seen:
                continue
            seen.add(mark)
            # Of whoever was not asked the number is none of those that are added up.
            least = found[0] - float((inside & is_known & ~who).sum())
            # Of those who give all so far as many at most leave out one of the others.
            missing = [people.shown.count(scope, part.name, other, NOT_REPORTED)
                       for other in still[key]]  # fmt: skip
            rest = math.inf if None in missing else sum(one or 0.0 for one in missing)
            most = least + min(rest, max(float((inside & there).sum()) - least, 0.0))
            yield Target(inside & there, given, least, most)


def target_products(
    people: People, name: str, grid: np.ndarray, who: np.ndarray
) -> Iterator[Target]:
    """Yield what is told of products, as sums over their last factor; of many people it is left."""
    if people.size > _MOST:
        return
    for derived, variable in people.variables.items():
        factors = variable.derive.product if variable.derive is not None else None
        others = [one for one in factors or () if one != name]
        if name not in (factors or ()) or not all(map(people.is_drawn, others)):
            continue
        times = np.prod([people.numbers(one) for one in others], axis=0)
        told = [
            tell(people.shown, scope, part.name, derived, inside, variable, of_given=True)
            for scope, part, inside in people.told_parts()
            if scope == people.wave
            and part.tells(derived)
            and people.shown.of_part(scope, part.name, derived)
        ]
        if not told:
            continue
        low, high = variable.bounds.limits
        step = find_step(told, variable)
        numbers, is_fixed = choose_grid(told, variable, step)
        modes = {one.known["", "mode"][0] for one in told if ("", "mode") in one.known}
        rivals = np.array(sorted(modes)) if len(told) > 3 else numbers[is_fixed]
        seen = np.unique(times[who & ~np.isnan(times)])
        alike = {one: who & (times == one) for one in seen.tolist()}
        made = {}
        for one in alike:
            values = one * grid
            outside = np.zeros(len(values), dtype=bool)
            outside |= values < (-np.inf if low is None else low)
            outside |= values > (np.inf if high is None else high)
            made[one] = np.where(outside & (variable.bounds.outside != "keep"), np.nan, values)
        for one in told:
            masks = {at: mask & one.who for at, mask in alike.items() if (mask & one.who).any()}
            several = [list(list_targets(one, made[at], rivals, step)) for at in masks]
            for parts in zip(*several, strict=True):
                (whom, first), *more = zip(
                    masks.values(), (part.weights for part in parts), strict=True
                )
                yield replace(parts[0], who=whom, weights=first, more=tuple(more))
