"""Answers of the same people in two surveys: the four cells of each category, and their names."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from altcred.core.records import ALL, Estimate
from altcred.write.views import View

# With fewer pairs no test is reported and neither a chart nor a table of tests is drawn.
FEWEST = 5
CELLS = ("only_first", "both", "only_second", "neither")
# What the cells of two answers are called, and the shares of one in the other.
WORDS = {
    "only_first": "First survey only",
    "both": "Both surveys",
    "only_second": "Second survey only",
    "neither": "Neither",
    "of_first": "Of those who named it first",
    "again": "Named it again",
    "of_second": "Of those who named it second",
    "before": "Had named it before",
}


@dataclass(frozen=True)
class Cells:
    """How the same people answered about one category in two surveys; None for no estimate."""

    name: str
    counts: dict[str, Estimate | None]
    shares: dict[str, Estimate | None]

    @property
    def is_shown(self) -> bool:
        """Whether disclosure control left the four shares."""
        return all(one is not None and one.is_shown for one in self.shares.values())

    @property
    def n(self) -> float:
        """How many people answered both times; NaN where that is hidden."""
        return next((one.n for one in self.shares.values() if one is not None), math.nan)

    def share(self, *cells: str) -> float:
        """Return the share of the pairs in some cells together, 0 to 1."""
        return sum(one.value for cell in cells if (one := self.shares[cell]) is not None)

    def count(self, *cells: str) -> float:
        """Return how many pairs are in some cells together."""
        return sum(one.value for cell in cells if (one := self.counts[cell]) is not None)


def list_cells(view: View, variable: str, subgroup: str = ALL) -> list[Cells]:
    """List the cells of a variable's categories that are compared, what most named first on top.

    Equal ones keep the order of the codebook; what is not shown comes last.
    """
    described = view.described(variable)
    found = []
    for name in described.categories if described is not None else ():
        test = f"{variable}:{name}"
        if view.find(test, "both", "count", subgroup) is None or not view.compares(variable, name):
            continue
        counts = {cell: view.find(test, cell, "count", subgroup) for cell in CELLS}
        shares = {cell: view.find(test, cell, "proportion", subgroup) for cell in CELLS}
        found.append(Cells(name, counts, shares))

    def place(one: Cells) -> tuple[bool, float]:
        return not one.is_shown, -one.share("only_first", "both") if one.is_shown else 0.0

    return sorted(found, key=place)


def has_enough(view: View, variable: str, subgroup: str = ALL) -> bool:
    """Tell whether at least FEWEST people answered a question in both surveys, and it is shown."""
    size = view.size(variable, subgroup)
    if size is None or not size >= FEWEST:
        return False
    kind = view.kind(variable)
    if kind is None or not kind.has_ticks:
        return True
    rows = list_cells(view, variable, subgroup)
    return not rows or any(one.is_shown for one in rows)


def name_cells(words: Mapping[str, str] | None) -> dict[str, str]:
    """Return what the cells are called: as given, else in words that fit any question."""
    return {**WORDS, **(words or {})}


def tell_questions(view: View, variable: str, first: str, second: str) -> str:
    """Return what each survey asked, where that differs, and the codebook's own note."""
    described = view.described(variable)
    if described is None:
        return ""
    asked = {wave: described.question[wave].text for wave in (first, second)
             if wave in described.question and described.question[wave].text}  # fmt: skip
    if len(set(asked.values())) < 2:
        return described.note
    texts = [f"{view.wave_label(wave)}: “{text}”" for wave, text in asked.items()]
    return " ".join(filter(None, ["Asked were:", *texts, described.note]))
