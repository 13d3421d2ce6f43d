"""Scale: one of several answers that rise, with a number behind each, such as 1 to 5."""

import re
from collections.abc import Iterator, Sequence
from typing import ClassVar

import numpy as np

from altcred.core.distribution import LEVEL, describe_numbers
from altcred.core.engine import literal, quoted
from altcred.core.paired import compare_means
from altcred.core.records import ALL, Estimate, Recorder
from altcred.core.weights import Tally
from altcred.kinds.averages import describe_mean
from altcred.kinds.categorical import Categorical
from altcred.kinds.changes import describe_means
from altcred.kinds.choices import make_single_reader
from altcred.kinds.contrasts import compare_means as compare_means_of_samples
from altcred.kinds.pairs import Pairs
from altcred.kinds.phrases import (
    View,
    describe_shares,
)
from altcred.kinds.reading import (
    READ,
    Reader,
    Reading,
    choices_of,
    codes_of,
    fold_text,
    plain_code,
)
from altcred.kinds.registry import register_kind
from altcred.kinds.variable import Variable
from altcred.kinds.yardstick import INDEPENDENT_SCALE, PAIRED_SCALE, Yardstick

# What is told of the numbers; the rest of a number's statistics are an answer of the scale each.
TOLD = {"mean", "std", "std_error", "median"}
# "4 - Agree", "4. Agree" and "Agree (4)": a number beside the label it stands for.
_BEFORE = re.compile(r"(?P<code>-?\d+)\s*(?:[-=:.)/]\s*)?(?P<label>\D.*)")
_AFTER = re.compile(r"(?P<label>.*\D)\s*[(\[](?P<code>-?\d+)[)\]]")


class Scale(Categorical):
    """One answer of a scale: its shares are told, and mean and median of the numbers behind."""

    name: ClassVar[str] = "scale"
    is_ordered: ClassVar[bool] = True
    shares_first: ClassVar[bool] = True
    chart: ClassVar[str] = "spread"
    change_table: ClassVar[str] = "paired_numbers"
    contrast_table: ClassVar[str] = "means"
    paired: ClassVar[Yardstick | None] = PAIRED_SCALE
    independent: ClassVar[Yardstick | None] = INDEPENDENT_SCALE

    def numbers_of(self, variable: Variable) -> dict[str, float]:
        """Return the number behind each category: its code, or its place where none has one."""
        codes = {name: _as_number(one.code) for name, one in variable.categories.items()}
        known = {name: code for name, code in codes.items() if code is not None}
        if len(known) == len(codes):
            return known
        return {name: float(place) for place, name in enumerate(codes, start=1)}

    def cell_numbers(self, variable: Variable) -> dict[str, float]:
        """Return the number behind each category."""
        return self.numbers_of(variable)

    def below(self, variable: Variable) -> tuple[list[str], list[str]]:
        """Return the answers whose numbers are below the middle of the scale, and those at it."""
        numbers = self.numbers_of(variable)
        middle = sum(self.ends_of(variable) or ()) / 2
        low = [one for one, number in numbers.items() if number < middle]
        return low, [one for one, number in numbers.items() if number == middle]

    def number_in_sql(self, name: str, variable: Variable) -> str:
        """Return in SQL the number behind the answer."""
        whens = " ".join(
            f"WHEN {literal(one)} THEN {number!r}"
            for one, number in self.numbers_of(variable).items()
        )
        return f"CASE {quoted(name)} {whens} END"

    def ends_of(self, variable: Variable) -> tuple[float, float] | None:
        """Return the lowest and the highest number of the scale."""
        numbers = self.numbers_of(variable).values()
        return (min(numbers), max(numbers)) if numbers else None

    def problems(self, variable: Variable) -> Iterator[tuple[str, str, str]]:
        """Yield where only some answers have a number."""
        yield from super().problems(variable)
        codes = [_as_number(one.code) is not None for one in variable.categories.values()]
        if any(codes) and not all(codes):
            message = "have a whole number as code: some, and others not."
            yield "categories", message, "Give each its code, or none."

    def read_given(self, variable: Variable, wave: str) -> Reader:
        """Return the function that reads a label, a code, or both beside each other."""
        read = make_single_reader(variable, wave)
        labels, codes = choices_of(variable, wave), codes_of(variable, wave)

        def read_one(text: str) -> Reading:
            found = read(text)
            if found.reason == READ:
                return found
            for form in (_BEFORE, _AFTER):
                if parts := form.fullmatch(fold_text(text)):
                    category = labels.get(parts["label"].strip())
                    coded = codes.get(plain_code(parts["code"]), category if not codes else None)
                    if category is not None and coded == category:
                        return Reading(category, READ, text)
            return found

        return read_one

    def estimate_more(
        self, record: Recorder, variable: Variable, categories: Sequence[str], counts: Tally
    ) -> Iterator[Estimate]:
        """Yield mean, median and standard deviation of the numbers behind the answers."""
        numbers = self.numbers_of(variable)
        values = np.array([numbers.get(one, np.nan) for one in categories])
        given = (counts.people > 0) & ~np.isnan(values)
        ends = (min(numbers.values(), default=None), max(numbers.values(), default=None))
        for one in describe_numbers(
            record, values[given], counts[given], {}, is_skewed=False, limits=ends
        ):
            if one.statistic in TOLD:
                yield one

    def finding(self, view: View, name: str, subgroup: str = ALL) -> str:
        """Return the mean on the scale, and which answers were given most often."""
        mean = self.say_mean(view, name, subgroup)
        shares = describe_shares(view, name, subgroup=subgroup)
        return " ".join(part for part in (shares, mean) if part)

    def say_mean(self, view: View, name: str, subgroup: str = ALL) -> str:
        """Return the mean beside the ends of the scale, with their labels."""
        variable = view.described(name)
        if variable is None or not (numbers := self.numbers_of(variable)):
            return ""
        low, high = (choose(numbers, key=lambda one: numbers[one]) for choose in (min, max))
        ends = [(numbers[one], variable.categories[one].label) for one in (low, high)]
        return describe_mean(view, name, ends, subgroup)

    def change(self, view: View, name: str, first: View, second: View) -> str:
        """Return how the mean of the same people moved."""
        return describe_means(view, name, did="who answered both times")

    def contrast(self, view: View, name: str, first: View, second: View) -> str:
        """Return how the means of two waves' people differ."""
        return compare_means_of_samples(view, name, first, second)

    def compare(self, name: str, variable: Variable, pairs: Pairs) -> Iterator[Estimate]:
        """Yield the mean difference of the numbers with its tests, of means and of ranks."""
        numbers = self.numbers_of(variable)
        yield from compare_means(
            Recorder(pairs.subgroup, name),
            *(side.map(numbers).astype(float) for side in pairs.column(name)),
            margin=pairs.margin, has_zero=False, alpha=1 - LEVEL,
        )  # fmt: skip


def _as_number(code: str | int | None) -> float | None:
    """Return a code as a number; None where it is none."""
    found = re.fullmatch(r"-?\d+(\.\d+)?", str(code).strip()) if code is not None else None
    return float(found[0]) if found else None


register_kind(Scale())
