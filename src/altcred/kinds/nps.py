"""Net promoter score: how likely somebody is to recommend a thing, from 0 to 10."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np

from altcred.core.distribution import LEVEL, describe_numbers
from altcred.core.paired import compare_means
from altcred.core.records import ALL, NAN, NOT_REPORTED, Estimate, Recorder
from altcred.core.weights import Tally, count_share, describe_weighted
from altcred.kinds.changes import NOT_SHOWN, say_too_few
from altcred.kinds.contrasts import say_apart
from altcred.kinds.kind import Part, Source
from altcred.kinds.pairs import Pairs
from altcred.kinds.phrases import (
    PROTECT,
    View,
    begin_sentence,
    escape_markdown,
    join_words,
    say_share,
    say_unanswered,
    say_weighted,
)
from altcred.kinds.registry import register_kind
from altcred.kinds.scale import TOLD, Scale
from altcred.kinds.variable import Variable
from altcred.kinds.yardstick import Yardstick

POINTS = range(11)
# What is told of the answers: the lowest and the highest of each group, and its share of the score.
GROUPS = {"detractors": (0, 6, -100.0), "passives": (7, 8, 0.0), "promoters": (9, 10, 100.0)}
# What the means of what each adds to the score are called.
OF_SCORES = {
    "mean_first": "nps_first",
    "mean_second": "nps_second",
    "mean_difference": "nps_difference",
}


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

    def below(self, variable: Variable) -> tuple[list[str], list[str]]:
        """Return the detractors, who are below the middle, and the passives."""
        return ["detractors"], ["passives"]

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

    def known_answers(self, variable: Variable) -> list[str] | None:
        """Return the points and the three groups."""
        return [*variable.categories, *GROUPS, NOT_REPORTED]

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

    def compare(self, name: str, variable: Variable, pairs: Pairs) -> Iterator[Estimate]:
        """Yield how the points changed, and how the score did, with the interval of its change."""
        yield from super().compare(name, variable, pairs)
        scores = (side.map(self._scores(variable)).astype(float) for side in pairs.column(name))
        record = Recorder(pairs.subgroup, name)
        for one in compare_means(record, *scores, has_zero=False, alpha=1 - LEVEL):
            if one.statistic in OF_SCORES:
                yield replace(one, statistic=OF_SCORES[one.statistic])

    def _scores(self, variable: Variable) -> dict[str, float]:
        """Return what each point adds to the score of those who gave it."""
        return {one: share for group, (_, _, share) in GROUPS.items()
                for one in self._points_of(variable, group)}  # fmt: skip

    def finding(self, view: View, name: str, subgroup: str = ALL) -> str:
        """Return the three groups and the score."""
        n = view.size(name, subgroup)
        if n is None:
            return ""
        if untold := say_unanswered(n, "how they spread"):
            return untold
        score = view.shown(name, "", "nps", subgroup)
        told = [
            f"{'none' if share.value == 0 else say_share(view, share)} were {_name(one)}"
            for one in reversed(GROUPS)
            if (share := view.shown(name, one, "", subgroup))
        ]
        if score is None or len(told) < len(GROUPS):
            return f"How the {view.writer.number(n)} who answered spread is not shown, {PROTECT}."
        interval = escape_markdown(view.write_interval(score, name))
        sure = f" (95% interval {interval})" if interval else ""
        number = escape_markdown(view.write(score, name, "nps"))
        who = f"the {view.writer.number(n)} {view.people} who answered"
        return say_weighted(
            f"The net promoter score of {who} is {number}{sure}. "
            f"{begin_sentence(join_words(told))}.",
            [score],
        )

    def change(self, view: View, name: str, first: View, second: View) -> str:
        """Return how the score of the same people moved."""
        n = view.size(name)
        if too_few := say_too_few(n):
            return too_few
        who = f"The net promoter score of the {view.writer.number(n or 0)} who answered both times"
        told = say_apart(view, name, who, (view, view), "which is higher", paired=True)
        return told or NOT_SHOWN

    def contrast(self, view: View, name: str, first: View, second: View) -> str:
        """Return how the scores of two waves' people differ."""
        who = "The net promoter score"
        return say_apart(view, name, who, (first, second), "which is higher", paired=False)


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


register_kind(Nps())
