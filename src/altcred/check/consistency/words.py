"""How exact numbers and keys are written in a finding."""

import math
from fractions import Fraction

from altcred.check.consistency.figures import CONTEXT, Key, Table
from altcred.check.consistency.ranges import Range


def show(value: Fraction | int, unit: str = "number") -> str:
    """Write an exact number for a reader: shares as percent, at most four decimals."""
    value = Fraction(value)
    if unit == "share":
        return f"{_decimals(value * 100, 3)}%"
    text = _decimals(value, 2)
    return (
        f"-${text[1:]}"
        if unit == "amount" and text.startswith("-")
        else (f"${text}" if unit == "amount" else text)
    )


def _decimals(value: Fraction, places: int) -> str:
    scaled = abs(value) * 10**places
    rounded = math.floor(scaled + Fraction(1, 2))
    whole, rest = divmod(rounded, 10**places)
    text = f"{whole:,}"
    if rest:
        text += f".{rest:0{places}d}".rstrip("0")
    sign = "-" if value < 0 and rounded else ""
    return f"{sign}{text}"


def show_range(limits: Range, unit: str = "number") -> str:
    """Write a range: "37.5% to 38.5%", "more than 75%", "at most 3%"."""
    if limits.exact is not None:
        return show(limits.exact, unit)
    if limits.low is None and limits.high is None:
        return "anything"
    if limits.low is None or (limits.low == 0 and limits.high_open):
        return f"{'less than' if limits.high_open else 'at most'} {show(limits.high, unit)}"
    if limits.high is None:
        return f"{'more than' if limits.low_open else 'at least'} {show(limits.low, unit)}"
    return f"{show(limits.low, unit)} to {show(limits.high, unit)}"


def name(key: Key) -> str:
    """Write what a key measures: variable, category, statistic, and of whom."""
    parts = [key.variable, key.category]
    if key.statistic not in {"proportion", "fact"}:
        parts.append(key.statistic)
    text = " ".join(part for part in parts if part)
    if key.wave == CONTEXT:
        return text
    return f"{text} ({key.wave}{'' if key.subgroup in {'all', ''} else ', ' + key.subgroup})"


def printed(table: Table, key: Key) -> str:
    """Write what is printed for a key, most precise first, each print once."""
    figures = sorted(
        table.numbers(key),
        key=lambda figure: (
            figure.limits.low is None or figure.limits.high is None,
            (figure.limits.high or 0) - (figure.limits.low or 0),
        ),
    )
    if not figures:
        return "nothing"
    known = table.known(key)
    if known is not None and known.disputed:
        return " or ".join(dict.fromkeys(figure.shown for figure in figures))
    return figures[0].shown
