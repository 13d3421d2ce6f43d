"""What is told of a variable that follows from several answers, as sums over the last of them."""

import math
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import numpy as np

from altcred.core.description import Condition, as_list
from altcred.core.engine import quoted
from altcred.core.records import NOT_REPORTED
from altcred.describe.dependence import dependence_of
from altcred.kinds import kind_of
from altcred.standin.costs import write_costs
from altcred.standin.fit import tell
from altcred.standin.numbers import choose_grid, find_step, list_targets
from altcred.standin.people import People, Target

# Of more people than these the marks of all who may have a product take too much memory.
_MOST = 30_000
# How many more than give all of several numbers, in parts of these, give those drawn so far.
_SPARE = 0.03


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
            rest = sum(_count_missing(people, scope, part.name, inside, one, name)
                       for one in still[key])  # fmt: skip
            most = least + min(rest, max(float((inside & there).sum()) - least, 0.0))
            # Were it only as many, every one of them would have to give all of several others.
            spare = min(_SPARE * least, (most - least) / 2) if len(still[key]) > 1 else 0.0
            yield Target(inside & there, given, least + spare, most)
            for other in filter(lambda one: _is_bound(people, one), still[key]):
                gave = people.shown.find(scope, part.name, other, "", "nobs")
                # No more than give the other one can be among those who are asked it.
                free = inside & ~people.asked(other)
                if gave is not None:
                    least = found[0] - gave - float((free & is_known & ~who).sum())
                    yield Target(free & there, given, max(least, 0.0), float((free & there).sum()))


def _is_bound(people: People, name: str) -> bool:
    """Tell whether only some are asked a question, and it is known who."""
    needed = dependence_of(people.variables[name], people.wave)
    return bool(needed) and all(map(people.is_drawn, needed))


def _count_missing(
    people: People, scope: str, part: str, inside: np.ndarray, name: str, given: str
) -> float:
    """Return how many of a subgroup leave out a question at most, of those who gave another.

    That is told by who is asked it, and by products of it with numbers that are given by then.
    """
    find = partial(people.shown.find, scope, part, category="", statistic="nobs")
    gave, left_out = find(name), people.shown.count(scope, part, name, NOT_REPORTED)
    if left_out is None and gave is not None and _is_bound(people, name):
        left_out = max(float((inside & people.asked(name)).sum()) - gave, 0.0)
    found = [math.inf if left_out is None else left_out]
    for derived, variable in people.variables.items():
        factors = (variable.derive.product if variable.derive is not None else None) or ()
        whole = find(derived)
        for one in factors if name in factors else ():
            other = find(one) if one == given or people.is_drawn(one) else None
            if whole is not None and other is not None:
                found.append(max(other - whole, 0.0))
    return min(found)


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
