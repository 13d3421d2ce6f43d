"""How exact numbers and keys are written in a finding."""

import math
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from fractions import Fraction

from altcred.check.figures import CONTEXT, Figure, Key, is_amount
from altcred.check.ranges import Range
from altcred.check.sizes import Size
from altcred.check.table import Table


def show(value: Fraction | int, unit: str = "number") -> str:
    """Write an exact number for a reader: shares as percent, amounts with their sign."""
    value = Fraction(value)
    if unit == "share":
        return f"{_decimals(value * 100, 3)}%"
    text = _decimals(value, 2)
    minus = "-" if text.startswith("-") else ""
    return f"{minus}{unit if is_amount(unit) else ''}{text.removeprefix('-')}"


def _decimals(value: Fraction, places: int) -> str:
    rounded = math.floor(abs(value) * 10**places + Fraction(1, 2))
    whole, rest = divmod(rounded, 10**places)
    text = f"{whole:,}" + (f".{rest:0{places}d}".rstrip("0") if rest else "")
    return f"-{text}" if value < 0 and rounded else text


def show_count(n: int, one: str, many: str) -> str:
    """Write a number of things: "1 person", "1,200 people"."""
    return f"{n:,} {one if n == 1 else many}"


def show_range(limits: Range, unit: str = "number") -> str:
    """Write a range: "37.5% to 38.5%", "more than 75%", "at most 3%"."""
    if limits.exact is not None:
        return show(limits.exact, unit)
    low, high = limits.low, limits.high
    if high is None:
        word = "more than" if limits.low_open else "at least"
        return "anything" if low is None else f"{word} {show(low, unit)}"
    if low is None or (low == 0 and limits.high_open):
        return f"{'less than' if limits.high_open else 'at most'} {show(high, unit)}"
    # Ends that a reader cannot tell apart are one number.
    return " to ".join(dict.fromkeys([show(low, unit), show(high, unit)]))


def show_size(size: Size) -> str:
    """Write a number of people: "812", "40 or more", "40 to 60"."""
    if size.exact is not None:
        return f"{size.exact:,}"
    if size.high is None:
        return f"{size.low:,} or more"
    return f"{size.low:,} to {size.high:,}" if size.low else f"at most {size.high:,}"


class Names:
    """How findings call what figures measure: by their keys, until others are in use."""

    def key(self, key: Key) -> str:
        """Name a quantity: variable, category, statistic, and of whom."""
        parts = [key.variable, key.category]
        if key.statistic not in {"proportion", "fact"}:
            parts.append(key.statistic)
        text = " ".join(part for part in parts if part)
        if key.wave == CONTEXT:
            return text
        return f"{text} ({key.wave}{'' if key.subgroup in {'all', ''} else ', ' + key.subgroup})"

    def category(self, key: Key) -> str:
        """Name a category of a question."""
        return key.category

    def variable(self, wave: str, variable: str) -> str:
        """Name a question."""
        return variable

    def group(self, wave: str, subgroup: str) -> str:
        """Name a group of people."""
        return subgroup

    def word(self, word: str) -> str:
        """Name a wave, a group, or whatever else the words of a formula stand for."""
        return word

    def whom(self, wave: str, subgroup: str) -> str:
        """Name the people of a group in a wave, for brackets."""
        return f"{wave}, {subgroup}"


_IN_USE: ContextVar[Names] = ContextVar("names", default=Names())  # noqa: B039


@contextmanager
def use_names(names: Names | None) -> Iterator[None]:
    """Let findings made inside call what figures measure by other names than their keys."""
    before = _IN_USE.set(names or _IN_USE.get())
    try:
        yield
    finally:
        _IN_USE.reset(before)


def wording() -> Names:
    """Return the names in use."""
    return _IN_USE.get()


def name(key: Key) -> str:
    """Write what a key measures: variable, category, statistic, and of whom."""
    return _IN_USE.get().key(key)


def quote_words(printed: str) -> str:
    """Return what is printed, in quotation marks where it says no number by its digits."""
    return printed if re.search(r"\d", printed) else f"“{printed}”"


def join_prints(figures: Iterable[Figure], word: str = " and ") -> str:
    """Write what is printed of figures, each print once."""
    return word.join(dict.fromkeys(quote_words(figure.shown) for figure in figures))


def printed(table: Table, key: Key) -> str:
    """Write what is printed for a key: the most precise, or all prints that exclude each other."""
    known = table.known(key)
    if known is None:
        return "nothing"

    def width(figure: Figure) -> tuple[bool, Fraction | int]:
        limits = figure.limits
        return not limits.is_bounded, (limits.high or 0) - (limits.low or 0)

    figures = sorted(table.numbers(key), key=width)
    return join_prints(figures, " or ") if known.disputed else quote_words(figures[0].shown)
