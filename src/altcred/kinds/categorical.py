"""What kinds share of which a person gives one answer from a list."""

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

import numpy as np

from altcred.core.paired import compare_categories, compare_proportions
from altcred.core.records import ALL, Estimate, Recorder
from altcred.core.samples import compare_distributions, compare_ranks
from altcred.core.weights import Tally, compare_weighted, count_share, note_unweighted
from altcred.kinds.changes import describe_answers
from altcred.kinds.choices import make_single_reader, spell_category
from altcred.kinds.contrasts import compare_shares
from altcred.kinds.kind import Kind, Part, Source
from altcred.kinds.pairs import Pairs
from altcred.kinds.phrases import View, describe_groups, describe_shares
from altcred.kinds.reading import Reader
from altcred.kinds.variable import Variable
from altcred.kinds.yardstick import Yardstick


class Categorical(Kind):
    """One answer a person, in one column of texts."""

    is_exclusive: ClassVar[bool] = True
    needs_categories: ClassVar[bool] = True
    may_have_categories: ClassVar[bool] = True
    chart: ClassVar[str] = "shares"
    printed_chart: ClassVar[str] = "printed_bars"
    table: ClassVar[str] = "shares"
    change_chart: ClassVar[str] = "pairs"
    change_table: ClassVar[str] = "paired_categories"
    contrast_table: ClassVar[str] = "comparison"
    stand_in: ClassVar[str] = "choices"
    paired: ClassVar[Yardstick | None] = Yardstick("difference", "", "stuart_maxwell_pvalue")
    independent: ClassVar[Yardstick | None] = Yardstick("difference", "cramers_v", "chi2_pvalue")

    def read_given(self, variable: Variable, wave: str) -> Reader:
        """Return the function that reads an answer as the name of a category."""
        return make_single_reader(variable, wave)

    def spell(self, variable: Variable, wave: str, answer: Any) -> list[str]:
        """Return the answer as the codebook says that it is written, and its code."""
        return spell_category(variable, wave, answer)

    def estimate(self, source: Source, name: str, parts: Sequence[Part]) -> Iterator[Estimate]:
        """Yield counts and shares of the categories offered, of others found, and of groups."""
        variable = source.variable(name)
        cells = source.count_by(name)
        people = Tally.of(cells)
        values = cells["value"].to_numpy(dtype=object)
        offered = list(variable.categories_in(source.wave))
        found = sorted({value for value in values if isinstance(value, str)} - set(offered))
        categories = [*offered, *found]
        place = {category: number for number, category in enumerate(categories)}
        places = np.array([place.get(value, -1) for value in values], dtype=int)
        for part in parts:
            inside = part.holds(cells)
            if not inside.any():
                continue
            answered = inside & (places >= 0)
            counts = people[answered].group(places[answered], len(categories))
            record = Recorder(part.name, name)
            yield from record.response(people[inside].n, counts.n)
            if counts.n == 0:
                continue
            for at, category in enumerate(categories):
                yield from count_share(record, category, counts[at], counts)
            for group, described in variable.groups.items():
                members = [place[one] for one in described.members if one in place]
                yield from count_share(record, group, counts[members], counts)
            yield from self.estimate_more(record, variable, categories, counts)

    def below(self, variable: Variable) -> tuple[list[str], list[str]]:
        """Return the answers below the middle of a scale, and those in it; none if it has none."""
        return [], []

    def estimate_more(
        self, record: Recorder, variable: Variable, categories: Sequence[str], counts: Tally
    ) -> Iterator[Estimate]:
        """Yield what a kind has beside shares, from how many gave each category."""
        yield from ()

    def remarks(self, view: View, name: str) -> list[str]:
        """Return the shares of the groups of answers."""
        return [describe_groups(view, name)]

    def finding(self, view: View, name: str, subgroup: str = ALL) -> str:
        """Return which answers were given most often."""
        return describe_shares(view, name, subgroup=subgroup)

    def change(self, view: View, name: str, first: View, second: View) -> str:
        """Return how the spread changed; of ordered answers also who rose and who fell."""
        return describe_answers(view, name, first, second, ordered=self.is_ordered)

    def contrast(self, view: View, name: str, first: View, second: View) -> str:
        """Return which answers were more and less frequent in the second wave."""
        return compare_shares(view, name, first.categories(name))

    def test_samples(
        self, record: Recorder, variable: Variable, categories: Sequence[str], counts: Tally
    ) -> Iterator[Estimate]:
        """Yield whether the answers are spread alike, and of ordered ones whose are higher."""
        if counts.is_weighted:
            yield from compare_weighted(record, counts)
        else:
            yield from compare_distributions(record, counts.people)
        if self.is_ordered:
            found = compare_ranks(record, range(len(categories)), counts.people)
            yield from note_unweighted(found) if counts.is_weighted else found

    def compare(self, name: str, variable: Variable, pairs: Pairs) -> Iterator[Estimate]:
        """Yield the Stuart-Maxwell test; of ordered answers also who rose, stayed and fell.

        Of listed answers without an order, for each who gave it when, and the exact McNemar test.
        """
        sides = pairs.column(name)
        categories = list(variable.categories) or sorted({*sides[0].dropna(), *sides[1].dropna()})
        yield from compare_categories(
            Recorder(pairs.subgroup, name), *sides, categories, ordered=self.is_ordered
        )
        if self.needs_categories and not self.is_ordered:
            for category in variable.shared_categories(pairs.waves):
                record = Recorder(pairs.subgroup, f"{name}:{category}")
                gave = (side.eq(category).where(side.notna()) for side in sides)
                yield from compare_proportions(record, *gave)
