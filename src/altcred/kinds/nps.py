"""Net promoter score: how likely somebody is to recommend a thing, from 0 to 10."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from altcred.core.distribution import LEVEL, describe_numbers
from altcred.core.records import ALL, NAN, NOT_REPORTED, Estimate, Recorder
from altcred.core.weights import Tally, count_share, describe_weighted
from altcred.kinds.changes import say_too_few, weigh_gap
from altcred.kinds.kind import Part, Source
from altcred.kinds.phrases import (
    PROTECT,
    View,
    escape_markdown,
    join_words,
    say_share,
    say_weighted,
)
from altcred.kinds.registry import register_kind
from altcred.kinds.scale import TOLD, Scale
from altcred.kinds.variable import Variable
from altcred.kinds.yardstick import Yardstick

if TYPE_CHECKING:
    import pandas as pd

POINTS = range(11)
# What is told of the answers: the lowest and the highest of each group, and its share of the score.
GROUPS = {"detractors": (0, 6, -100.0), "passives": (7, 8, 0.0), "promoters": (9, 10, 100.0)}


class Nps(Scale):
    """A point from 0 to 10; those who gave 9 or 10 less those who gave up to 6 are the score."""

    name: ClassVar[str] = "nps"
    # The points are known, though a codebook may say how their ends are called.
    needs_categories: ClassVar[bool] = False
    contrast_table: ClassVar[str] = "comparison"
    paired: ClassVar[Yardstick | None] = Yardstick(
        "nps_difference", "rank_biserial", "wilcoxon_pvalue", ends=("nps_first", "nps_second")
    )
    independent: ClassVar[Yardstick | None] = Yardstick(
        "nps_difference", "cliffs_delta", "mannwhitneyu_pvalue", ends=("nps", "nps")
    )

    def complete(self, described: dict[str, Any]) -> dict[str, Any]:
        """Return the description with a category for each point from 0 to 10."""
        own = dict(described.get("categories") or {})
        coded = {one.get("code"): name for name, one in own.items() if isinstance(one, Mapping)}
        points = {
            coded.get(point, str(point)): own.pop(
                coded.get(point, str(point)), {"label": str(point), "code": point}
            )
            for point in POINTS
        }
        return {**described, "categories": {**points, **own}}

    def cell_numbers(self, variable: Variable) -> dict[str, float]:
        """Return nothing: of the points no shares are told."""
        return {}

    def problems(self, variable: Variable) -> Iterator[tuple[str, str, str]]:
        """Yield answers beside the points from 0 to 10, and groups of the codebook's own."""
        yield from super().problems(variable)
        if sorted(self.numbers_of(variable).values()) != list(POINTS):
            yield "categories", "are not the points from 0 to 10.", "Use kind scale."
        if variable.groups:
            remedy = "Use kind scale for others."
            yield "groups", "are promoters, passives and detractors already.", remedy

    def known_answers(self, variable: Variable) -> set[str] | None:
        """Return the points and the three groups."""
        return {*variable.categories, *GROUPS, NOT_REPORTED}

    def test(self, name: str, variable: Variable, wave: str, wanted: Sequence[str]) -> str:
        """Return in SQL that the answer is one of those wanted, or in a group of them."""
        members = [
            one
            for each in wanted
            for one in (self._points_of(variable, each) if each in GROUPS else [each])
        ]
        return super().test(name, variable, wave, members)

    def _points_of(self, variable: Variable, group: str) -> list[str]:
        low, high, _ = GROUPS[group]
        return [one for one, at in self.numbers_of(variable).items() if low <= at <= high]

    def label_answer(self, answer: str) -> str:
        """Return what a group is called."""
        if answer not in GROUPS:
            return answer
        return _name(answer).capitalize()

    def estimate(self, source: Source, name: str, parts: Sequence[Part]) -> Iterator[Estimate]:
        """Yield the three groups, the score, and what is told of the points."""
        numbers = self.numbers_of(source.variable(name))
        cells = source.count_by(name)
        people = Tally.of(cells)
        points = cells["value"].map(numbers).to_numpy(dtype=float)
        for part in parts:
            inside = part.holds(cells)
            if not inside.any():
                continue
            given = inside & ~np.isnan(points)
            record = Recorder(part.name, name)
            yield from record.response(people[inside].n, people[given].n)
            if not given.any():
                continue
            counts = {
                group: people[given & (points >= low) & (points <= high)]
                for group, (low, high, _) in GROUPS.items()
            }
            for group, count in counts.items():
                yield from count_share(record, group, count, people[given])
            if source.is_weighted:
                scores = cells["value"].map(self._scores(source.variable(name))).to_numpy(float)
                found = describe_weighted(record, "nps", scores[given], people[given], (-100, 100))
                yield next(found)
            else:
                yield _score(record, {group: count.n for group, count in counts.items()})
            for one in describe_numbers(
                record, points[given], people[given], {}, is_skewed=False, limits=(-100, 100)
            ):
                if one.statistic in TOLD:
                    yield one

    def compare(
        self,
        name: str,
        variable: Variable,
        before: "pd.DataFrame",
        after: "pd.DataFrame",
        *,
        waves: tuple[str, str],
        subgroup: str,
        margin: float | None = None,
    ) -> Iterator[Estimate]:
        """Yield how the points changed, and how the score did, with the interval of its change."""
        from scipy import stats

        yield from super().compare(
            name, variable, before, after, waves=waves, subgroup=subgroup, margin=margin
        )
        sides = [frame[name].map(self._scores(variable)) for frame in (before, after)]
        both = sides[0].notna() & sides[1].notna()
        first, second = (side[both].to_numpy(dtype=float) for side in sides)
        n = len(first)
        if n == 0:
            return
        change, record = second - first, Recorder(subgroup, name)
        low = high = NAN
        if n > 1 and np.ptp(change) > 0:
            error = change.std(ddof=1) / n**0.5
            margin = float(stats.t.ppf((1 + LEVEL) / 2, n - 1)) * error
            low, high = change.mean() - margin, change.mean() + margin
        yield record.number("nps_first", first.mean(), n=n)
        yield record.number("nps_second", second.mean(), n=n)
        yield record.number("nps_difference", change.mean(), low, high, n=n)

    def _scores(self, variable: Variable) -> dict[str, float]:
        """Return what each point adds to the score of those who gave it."""
        return {one: share for group, (_, _, share) in GROUPS.items()
                for one in self._points_of(variable, group)}  # fmt: skip

    def finding(self, view: View, name: str, subgroup: str = ALL) -> str:
        """Return the three groups and the score."""
        n = view.size(name, subgroup)
        if n is None:
            return ""
        if math.isnan(n):
            return "Too few answered to show how they spread."
        if n == 0:
            return "Nobody answered."
        score = view.find(name, "", "nps", subgroup)
        found = {one: view.find(name, one, "", subgroup) for one in reversed(GROUPS)}
        told = [
            f"{'none' if share.value == 0 else say_share(view, share)} were {_name(one)}"
            for one, share in found.items()
            if share is not None and share.is_shown
        ]
        if score is None or not score.is_shown or len(told) < len(GROUPS):
            return f"How the {view.writer.number(n)} who answered spread is not shown, {PROTECT}."
        interval = escape_markdown(view.write_interval(score, name))
        sure = f" (95% interval {interval})" if interval else ""
        return say_weighted(
            f"Of the {view.writer.number(n)} {view.people} who answered, {join_words(told)}: a net "
            f"promoter score of {escape_markdown(view.write(score, name, 'nps'))}{sure}.",
            [score],
        )

    def change(self, view: View, name: str, first: View, second: View) -> str:
        """Return how the score of the same people moved."""
        n = view.size(name)
        if too_few := say_too_few(n):
            return too_few
        ends = [view.find(name, "", one) for one in ("nps_first", "nps_second")]
        who = f"The net promoter score of the {view.writer.number(n or 0)} who answered both times"
        return _say_gap(view, name, who, ends)

    def contrast(self, view: View, name: str, first: View, second: View) -> str:
        """Return how the scores of two waves' people differ."""
        ends = [side.find(name, "", "nps") for side in (first, second)]
        return _say_gap(view, name, "The net promoter score", ends, of_others=True)


def _name(group: str) -> str:
    low, high, _ = GROUPS[group]
    return f"{group} ({low} {'to' if high - low > 1 else 'or'} {high})"


def _score(record: Recorder, counts: Mapping[str, float]) -> Estimate:
    """Return the score with the interval that the variance of a trinomial gives it."""
    from scipy import stats

    n = sum(counts.values())
    shares = {group: count / n for group, count in counts.items()}
    score = shares["promoters"] - shares["detractors"]
    variance = shares["promoters"] + shares["detractors"] - score**2
    low = high = NAN
    # Where everybody is in one group nothing tells how far another sample's people would spread.
    if variance > 1e-12:
        margin = float(stats.norm.ppf((1 + LEVEL) / 2)) * (variance / n) ** 0.5
        low, high = max(score - margin, -1) * 100, min(score + margin, 1) * 100
    return record.number("nps", score * 100, low, high, n=n)


def _say_gap(
    view: View, name: str, who: str, ends: Sequence[Estimate | None], *, of_others: bool = False
) -> str:
    """Say how far two scores are apart, and whether the interval of that tells which is higher."""
    gap = view.find(name, "", "nps_difference")
    if gap is None or not gap.is_shown or not all(one is not None and one.is_shown for one in ends):
        return "" if of_others else "Too few people answered both times for the change to be shown."
    before, after = (escape_markdown(view.write(one, name, "nps")) for one in ends if one)
    told = f"{who} is {before} in the first survey and {after} in the second"
    if before == after:
        told = f"{who} is {before} in both surveys"
    if math.isnan(gap.low):
        return f"{told}."
    weighed = weigh_gap(view, name, gap, "which is higher", paired=not of_others)
    return f"{told}; {weighed}."


register_kind(Nps())
