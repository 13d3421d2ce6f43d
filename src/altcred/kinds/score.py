"""Score: the mean or the sum of several items, with how well the items agree."""

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar

import numpy as np

from altcred.core.distribution import LEVEL
from altcred.core.records import ALL, Estimate, Recorder
from altcred.core.weights import note_unweighted
from altcred.kinds.kind import Part, Source
from altcred.kinds.numeric import Numeric
from altcred.kinds.parts import Derive
from altcred.kinds.phrases import View, escape_markdown
from altcred.kinds.registry import kind_of, register_kind
from altcred.kinds.variable import Variable

ALPHA = "cronbach_alpha"


class Score(Numeric):
    """A number worked out from several items, such as the mean of ten points of agreement."""

    name: ClassVar[str] = "score"
    # A scale may begin anywhere, so that a change is no share of where it began.
    has_zero: ClassVar[bool] = False
    stand_in: ClassVar[str] = ""
    more_charts: ClassVar[tuple[str, ...]] = ("items",)

    def problems(self, variable: Variable) -> Iterator[tuple[str, str, str]]:
        """Yield where no items are named, or what is said of them does not fit."""
        yield from super().problems(variable)
        derive = variable.derive
        items = derive.items if derive is not None else []
        if derive is None or not items:
            remedy = "Name the items under mean: or sum:."
            yield "derive", "must say of which items the score is.", remedy
            return
        for name in [one for one in derive.reversed if one not in items]:
            yield "derive.reversed", f"{name!r} is not one of the items.", "Leave it out."
        if derive.at_least is not None and not 1 <= derive.at_least <= len(items):
            message = "is not a number of items that the score has."
            yield "derive.at_least", message, f"Write 1 to {len(items)}."

    def estimate(self, source: Source, name: str, parts: Sequence[Part]) -> Iterator[Estimate]:
        """Yield what is told of a number, and Cronbach's alpha of those who answered every item."""
        yield from super().estimate(source, name, parts)
        derive = source.variable(name).derive
        items = derive.items if derive is not None else []
        if derive is None or len(items) < 2:
            return
        numbers = [item_in_sql(item, source.variable(item), derive) for item in items]
        complete = " AND ".join(f"({one}) IS NOT NULL" for one in numbers)
        columns = [f"sum(CASE WHEN {complete} THEN 1 ELSE 0 END) AS complete"]
        for place, one in enumerate([*numbers, " + ".join(f"({one})" for one in numbers)]):
            for power in (1, 2):
                value = " * ".join([f"({one})"] * power)
                columns.append(f"sum(CASE WHEN {complete} THEN {value} END) AS s{place}_{power}")
        cells = source.count(name, *columns)
        for part in parts:
            inside = cells[part.holds(cells)]
            sums = [
                [float(inside[f"s{place}_{power}"].sum()) for power in (1, 2)]
                for place in range(len(numbers) + 1)
            ]
            found = _describe_alpha(
                Recorder(part.name, name), float(inside["complete"].sum()), np.array(sums)
            )
            yield from note_unweighted(found) if source.is_weighted else found

    def finding(self, view: View, name: str, subgroup: str = ALL) -> str:
        """Return where the middle lies, the mean, and how well the items agree."""
        told = ""
        if alpha := view.shown(name, "", ALPHA, subgroup):
            interval = escape_markdown(view.write_interval(alpha, name))
            items = alpha.note.partition(" ")[0]
            told = (
                f"Cronbach's alpha of its {view.writer.spell(float(items))} items is "
                f"{escape_markdown(view.write(alpha, name, ALPHA))} (95% interval {interval}; "
                f"{view.writer.number(alpha.n)} who answered them all)."
            )
        number = super().finding(view, name, subgroup)
        return " ".join(one for one in (number, told) if one)


def item_in_sql(name: str, variable: Variable, derive: Derive) -> str:
    """Return in SQL what an item adds to a score: its number, or that seen from the other end."""
    number = kind_of(variable).number_in_sql(name, variable)
    ends = kind_of(variable).ends_of(variable)
    if name in derive.reversed and ends is not None:
        return f"{sum(ends)!r} - ({number})"
    return number


def score_in_sql(derive: Derive, variables: Mapping[str, Variable]) -> str:
    """Return in SQL the mean or the sum of a score's items; nothing where too few are answered.

    A sum of which items are missing is that of all if the missing ones were like the others: the
    mean of those answered times the number of items.
    """
    numbers = [item_in_sql(item, variables[item], derive) for item in derive.items]
    answered = " + ".join(f"CASE WHEN ({one}) IS NULL THEN 0 ELSE 1 END" for one in numbers)
    total = " + ".join(f"coalesce({one}, 0)" for one in numbers)
    least = len(numbers) if derive.at_least is None else derive.at_least
    times = f" * {len(numbers)}" if derive.sum else ""
    mean = f"CAST({total} AS DOUBLE){times} / ({answered})"
    return f"CASE WHEN {answered} >= {least} THEN {mean} END"


def _describe_alpha(record: Recorder, n: float, sums: np.ndarray) -> Iterator[Estimate]:
    """Yield Cronbach's alpha with Feldt's interval, from sums and sums of squares.

    The last row is of the total, the others of an item each. The interval is that of Feldt (1965,
    Psychometrika 30, 357-370): (1 - alpha) of the people over that of the sample is distributed
    as F with n - 1 and (n - 1)(k - 1) degrees of freedom.
    """
    from scipy import stats

    if n < 2:
        return
    spread = sums[:, 1] - sums[:, 0] ** 2 / n
    # What only binary noise spreads does not: of points such as 0.1 that depends on rows' order.
    *items, total = np.where(spread > 1e-12 * sums[:, 1], spread, 0.0) / (n - 1)
    k = len(items)
    if not total > 0:
        return
    alpha = k / (k - 1) * (1 - sum(items) / total)
    tail = (1 - LEVEL) / 2
    low, high = (
        1 - (1 - alpha) * float(stats.f.ppf(p, n - 1, (n - 1) * (k - 1))) for p in (1 - tail, tail)
    )
    yield record.number(ALPHA, alpha, low, high, n=n, note=f"{k} items")


register_kind(Score())
