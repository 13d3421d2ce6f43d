"""What kinds share of which an answer is a number."""

import math
from collections.abc import Iterator, Sequence
from typing import ClassVar

import numpy as np

from altcred.core.distribution import (
    LEVEL,
    MOST_WHOLE,
    choose_bins,
    describe_numbers,
    describe_spread,
)
from altcred.core.intervals import Interval, bin_intervals, parse_interval
from altcred.core.paired import compare_means
from altcred.core.records import ALL, Estimate, Recorder
from altcred.core.statistics import ZEROS
from altcred.core.weights import Tally
from altcred.kinds.averages import describe_number, say_amount
from altcred.kinds.changes import describe_means
from altcred.kinds.contrasts import compare_means as compare_means_of_samples
from altcred.kinds.kind import Kind, Part, Source
from altcred.kinds.masking import mask_typed, mask_words
from altcred.kinds.pairs import Pairs
from altcred.kinds.phrases import (
    View,
    begin_sentence,
    plain_text,
    say_share,
    say_weighted,
)
from altcred.kinds.quantities import Unreadable, read_quantity, within_bounds
from altcred.kinds.reading import NOT_APPLICABLE, Reader, Reading, fold_text
from altcred.kinds.variable import Variable
from altcred.kinds.vocabulary import NO_NUMBER
from altcred.kinds.yardstick import INDEPENDENT_MEANS, PAIRED_MEANS, Yardstick


class Numeric(Kind):
    """A number a person, in one column."""

    is_numeric: ClassVar[bool] = True
    has_zero: ClassVar[bool] = True
    # Whether numbers of which the codebook names no bins get some.
    is_binned: ClassVar[bool] = True
    chart: ClassVar[str] = "distribution"
    table: ClassVar[str] = "numbers"
    change_table: ClassVar[str] = "paired_numbers"
    stand_in: ClassVar[str] = "numbers"
    contrast_table: ClassVar[str] = "means"
    paired: ClassVar[Yardstick | None] = PAIRED_MEANS
    independent: ClassVar[Yardstick | None] = INDEPENDENT_MEANS

    def read_given(self, variable: Variable, wave: str) -> Reader:
        """Return the function that reads an amount with its unit, in words or digits."""

        def read(text: str) -> Reading:
            folded = fold_text(text)
            if folded in NO_NUMBER:
                return Reading(None, NOT_APPLICABLE, text)
            try:
                value, reason = read_quantity(folded, variable)
            except Unreadable as why:
                return Reading(None, str(why), mask_typed(text))
            return within_bounds(variable, value, reason, mask_words(text))

        return read

    def test(self, name: str, variable: Variable, wave: str, wanted: Sequence[str]) -> str:
        """Return in SQL that the number lies in one of the intervals wanted."""
        from altcred.core.engine import quoted

        tests = [parse_interval(str(one)).as_sql(quoted(name)) for one in wanted]
        return " OR ".join(f"({test})" for test in tests) if len(tests) > 1 else tests[0]

    def number_in_sql(self, name: str, variable: Variable) -> str:
        """Return in SQL the number itself."""
        from altcred.core.engine import quoted

        return quoted(name)

    def ends_of(self, variable: Variable) -> tuple[float, float] | None:
        """Return the bounds, where there are two."""
        low, high = variable.bounds.low, variable.bounds.high
        return None if low is None or high is None else (low, high)

    def problems(self, variable: Variable) -> Iterator[tuple[str, str, str]]:
        """Yield edges that do not rise, and groups that are no intervals."""
        yield from super().problems(variable)
        if variable.bins != sorted(set(variable.bins)):
            yield "bins", "must be rising edges of a number.", "Write them as in bins: [0, 10, 50]."
        for name, group in variable.groups.items():
            try:
                parse_interval(str(group.of))
            except ValueError as error:
                yield f"groups.{name}.of", f"{error}.", "Write an interval such as [0, 50)."

    def condition_problems(
        self, variable: Variable, wanted: Sequence[str]
    ) -> Iterator[tuple[str, str]]:
        """Yield what is no interval."""
        for text in wanted:
            try:
                parse_interval(text)
            except ValueError as error:
                yield f"{error}.", "Write an interval such as [0, 50), or [2, 2] for 2 alone."

    def estimate(self, source: Source, name: str, parts: Sequence[Part]) -> Iterator[Estimate]:
        """Yield mean, median and the like, and the shares of bins and groups."""
        variable = source.variable(name)
        cells = source.count_by(name)
        people = Tally.of(cells)
        values = cells["value"].to_numpy(dtype=float)
        given = ~np.isnan(values)
        ranges = self.ranges_of(variable, values[given], people.people[given])
        for part in parts:
            inside = part.holds(cells)
            if not inside.any():
                continue
            chosen = inside & given
            record = Recorder(part.name, name)
            yield from record.response(people[inside].n, people[chosen].n)
            yield from describe_numbers(
                record, values[chosen], people[chosen], ranges, is_skewed=self.is_skewed,
                limits=variable.bounds.limits,
            )  # fmt: skip
            if chosen.any():
                yield from describe_spread(
                    record, values[chosen], people[chosen], has_zero=self.has_zero
                )

    def ranges_of(
        self, variable: Variable, values: np.ndarray, people: np.ndarray
    ) -> dict[str, Interval]:
        """Return the bins, chosen where the codebook names none, and the groups."""
        bins = bin_intervals(variable.bins)
        if not bins and self.is_binned:
            low, high = variable.bounds.limits
            bins = bin_intervals(choose_bins(values, people))
            if low is not None and high is not None and not (values % 1).any():
                # Of a scale that the codebook bounds, every number, whether it was given or not.
                whole = np.arange(math.ceil(low), math.floor(high) + 1)
                if len(whole) <= MOST_WHOLE:
                    bins = [Interval(float(one), float(one + 1)) for one in whole]
        return {str(one): one for one in bins} | variable.number_groups()

    def finding(self, view: View, name: str, subgroup: str = ALL) -> str:
        """Return where the middle lies, and the mean."""
        variable = view.described(name)
        is_derived = variable is not None and variable.derive is not None
        words = {"did": "who gave a year"} if self.is_calendar else {}
        words = {"did": "for whom it is known", "gave": "have"} if is_derived else words
        told = describe_number(view, name, less=self.less, subgroup=subgroup, **words)
        zeros, mean = (view.shown(name, "", one, subgroup) for one in (ZEROS, "mean"))
        if zeros is None or mean is None:
            return told
        nought = say_amount(view, Estimate(0.0, variable=name, statistic="median"), name, "median")
        share, gave = begin_sentence(say_share(view, zeros)), words.get("gave", "gave")
        return f"{told} {say_weighted(f'{share} {gave} {nought}.', [zeros])}"

    def alt(self, view: View, name: str, subgroup: str = ALL) -> str:
        """Return what a chart shows: the middle, and between which numbers half lie."""
        told = super().alt(view, name, subgroup)
        low, high = (view.shown(name, "", f"quantile_{one}", subgroup) for one in (25, 75))
        if low is None or high is None:
            return told
        ends = [say_amount(view, one, name, one.statistic) for one in (low, high)]
        return plain_text(f"{told} The middle half lies from {ends[0]} to {ends[1]}.")

    def change(self, view: View, name: str, first: View, second: View) -> str:
        """Return how the mean of the same people moved."""
        variable = view.described(name)
        did = f"who gave a {'year' if self.is_calendar else 'number'}"
        if variable is not None and variable.derive is not None:
            did = "for whom it is known"
        return describe_means(view, name, did=f"{did} both times")

    def contrast(self, view: View, name: str, first: View, second: View) -> str:
        """Return how the means of two waves' people differ."""
        return compare_means_of_samples(view, name, first, second)

    def bins_of(self, variable: Variable) -> list[Interval]:
        """Return the bins of the codebook."""
        return variable.bin_intervals()

    def compare(self, name: str, variable: Variable, pairs: Pairs) -> Iterator[Estimate]:
        """Yield the mean difference with its tests, and what change could have been found."""
        yield from compare_means(
            Recorder(pairs.subgroup, name), *(side.astype(float) for side in pairs.column(name)),
            margin=pairs.margin, has_zero=self.has_zero, is_skewed=self.is_skewed, alpha=1 - LEVEL,
        )  # fmt: skip
