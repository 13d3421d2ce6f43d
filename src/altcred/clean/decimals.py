"""What stands before decimals in a column of numbers, and which of its answers leave that open."""

import re
from collections.abc import Callable, Collection, Iterable
from typing import Literal

from altcred.kinds import kind_of
from altcred.kinds.reading import Reader, fold_text
from altcred.kinds.variable import Variable
from altcred.kinds.vocabulary import UNIT_OF

Decimal = Literal["point", "comma"]

# What makes numbers doubtful, with the remedy; the name of the variable stands for {}.
Doubt = tuple[str, str]
BOTH: Doubt = (
    "holds numbers with a comma before decimals, beside others with a point",
    "Write decimal: mixed under {}, which reads both, or decimal: unclear, by which what could be "
    "two numbers is missing.",
)
COMMAS: Doubt = (
    "holds numbers whose comma may stand before decimals",
    "Write decimal: comma or decimal: point under {}, or of the wave.",
)
POINTS: Doubt = (
    "holds numbers whose point may part thousands, as in 1.250",
    "Write decimal: comma, by which that is 1250, or decimal: point under {}, or of the wave.",
)
THREE_DIGITS: Doubt = (
    "holds amounts of three digits behind the sign, which may be decimals as those of others are",
    "Write kind: number of {} where they are, or decimal: mixed, by which they are missing.",
)
SHARES: Doubt = (
    "holds numbers between 0 and 1 that may be shares, where others or the unit of {} are percent",
    "Leave out unit: where all are shares. Else write bounds: {{low: 0}} where these are percent "
    "too, or {{low: 1}}, by which they are missing.",
)
_MARKED = re.compile(r"\d[.,]\d|^\s*[.,]\d")


def find_decimal(numbers: Iterable[str]) -> Decimal | None:
    """Tell what numbers have before decimals: what stands where no thousands could be grouped.

    Where both do, or neither, nobody can tell.
    """
    comma, point = find_decimals(numbers)
    return None if comma == point else "comma" if comma else "point"


def find_decimals(numbers: Iterable[str]) -> tuple[bool, bool]:
    """Tell whether some number can only have decimals behind its comma, and some behind a point."""
    texts = list(numbers)
    comma, point = (
        any(re.search(rf"^\s*0?{mark}\d|\d{mark}(\d\d?|\d{{4,}})(?![\d.,])", one) for one in texts)
        for mark in (",", r"\.")
    )
    return comma, point


def list_doubtful(
    variable: Variable,
    answers: Collection[str],
    make: Callable[[Decimal], Reader],
    *,
    is_cut_at_semicolons: bool,
) -> tuple[list[str], Doubt | None]:
    """Return the answers that may be another number than they would be read as, and why.

    `make` gives the reader of the column for a comma and for a point before decimals. Nothing is in
    doubt where the codebook or study.yaml says what stands there, but for amounts of three
    decimals among others of two.
    """
    kind = kind_of(variable)
    marked = [one for one in answers if _MARKED.search(one)]
    said: Decimal = "comma" if variable.decimal == "comma" else "point"
    if variable.bounds.low is None and (shares := _list_shares(variable, answers, make(said))):
        return shares, SHARES
    if not marked or kind.is_calendar or variable.decimal in ("mixed", "unclear"):
        return [], None
    if variable.decimal is None:
        doubtful, why = _list_undecided(
            marked, make, may_group=kind.is_whole or is_cut_at_semicolons
        )
        if doubtful and (why != POINTS or not kind.is_money):
            return doubtful, why
    mark = "," if variable.decimal == "comma" else r"\."
    three, two = (_list_alone(marked, mark, digits) for digits in (r"\d{3}", r"\d\d?"))
    is_doubtful = kind.is_money and three and len(two) >= len(three)
    return (three, THREE_DIGITS) if is_doubtful else ([], None)


def _list_shares(variable: Variable, answers: Collection[str], read: Reader) -> list[str]:
    """Return the numbers between nought and one where others, or the unit, are percent."""
    signed = any("%" in one for one in answers)
    if not signed and UNIT_OF.get(fold_text(variable.unit)) != "percent":
        return []
    values = {one: value for one in answers if isinstance(value := read(one).value, float)}
    shares = [one for one, value in values.items() if 0 < value < 1 and "%" not in one]
    return shares if signed or max(values.values(), default=2) <= 1 else []


def _list_undecided(
    marked: Collection[str], make: Callable[[Decimal], Reader], *, may_group: bool
) -> tuple[list[str], Doubt | None]:
    """Return the answers that are another number by a comma before decimals than by a point."""
    comma, point = ([read(one).value for one in marked] for read in (make("comma"), make("point")))
    values = dict(zip(marked, zip(comma, point, strict=True), strict=True))
    by_comma, by_point = (
        [one for one, read in values.items() if read[at] is not None and read[1 - at] is None]
        for at in (0, 1)
    )
    two = [one for one, read in values.items() if None not in read and read[0] != read[1]]
    if by_comma or find_decimals(one for one, read in values.items() if read[0] is not None)[0]:
        return [*by_comma, *two], BOTH if by_point else COMMAS
    may_group = may_group and not find_decimals(marked)[1]
    return [one for one in two if may_group and "." in one], POINTS


def _list_alone(answers: Iterable[str], mark: str, digits: str) -> list[str]:
    """Return the answers of one number with so many digits behind its only sign."""
    return [
        one
        for one in answers
        if re.fullmatch(rf"[^\d.,]*[1-9]\d{{0,2}}{mark}{digits}[^\d.,]*", one)
    ]
