"""Year: a calendar year, such as that of birth."""

import re
from typing import ClassVar

from altcred.kinds.masking import mask_typed
from altcred.kinds.numeric import Numeric
from altcred.kinds.quantities import describe_outside, within_bounds
from altcred.kinds.reading import (
    NOT_A_YEAR,
    NOT_APPLICABLE,
    READ,
    TWO_DIGITS,
    YEAR_OF_DATE,
    Reader,
    Reading,
    fold_text,
)
from altcred.kinds.registry import register_kind
from altcred.kinds.variable import Variable
from altcred.kinds.vocabulary import MONTHS, NO_NUMBER

_DATES = (
    re.compile(r"(?P<a>\d{1,2})[/.\- ](?P<b>\d{1,2})[/.\- ](?P<year>\d{4})", re.ASCII),
    re.compile(
        r"(?P<year>\d{4})[/.\-](?P<a>\d{1,2})[/.\-](?P<b>\d{1,2})(?:[t ][\d:.z+ -]*)?", re.ASCII
    ),
    re.compile(
        r"(?:(?:\d{1,2}(?:st|nd|rd|th)?)(?: of)?[ .-]+)?(?P<month>[a-z]+)[ .,-]+"
        r"(?:\d{1,2}(?:st|nd|rd|th)?,? +)?(?P<year>\d{4})",
        re.ASCII,
    ),
)


class Year(Numeric):
    """A year of the calendar; it has no zero, so that nothing is a share of it."""

    name: ClassVar[str] = "year"
    is_whole: ClassVar[bool] = True
    has_zero: ClassVar[bool] = False
    is_calendar: ClassVar[bool] = True
    is_binned: ClassVar[bool] = False
    stand_in: ClassVar[str] = "years"
    less: ClassVar[str] = "or earlier"

    def read_given(self, variable: Variable, wave: str) -> Reader:
        """Return the function that reads a year, or takes the year of a date."""

        def read(text: str) -> Reading:
            folded = fold_text(text)
            if folded in NO_NUMBER:
                return Reading(None, NOT_APPLICABLE, text)
            plain = folded.rstrip(".")
            if re.fullmatch(r"\d{4}(\.0+)?", plain, re.ASCII):
                return within_bounds(variable, float(plain), READ, text)
            if re.fullmatch(r"'\d{2}", plain, re.ASCII):
                return _short_year(variable, int(plain[1:]), text)
            if re.fullmatch(r"\d{1,2}", plain, re.ASCII):
                return Reading(None, TWO_DIGITS, text)
            year = year_of_date(plain)
            if year is not None:
                # The whole date of birth would come close to naming a person.
                shown = re.sub(r"\d", "#", mask_typed(text)).replace("####", str(year), 1)
                return within_bounds(variable, float(year), YEAR_OF_DATE, shown)
            return Reading(None, NOT_A_YEAR, mask_typed(text))

        return read


def _short_year(variable: Variable, digits: int, text: str) -> Reading:
    """Read '85 as the only year of that ending within the variable's bounds."""
    inside = [
        year for year in (1900 + digits, 2000 + digits) if describe_outside(variable, year) is None
    ]
    if len(inside) == 1:
        return Reading(float(inside[0]), READ, text)
    return Reading(None, NOT_A_YEAR, text)


def year_of_date(folded: str) -> int | None:
    """Return the year of a date written in digits or with an English month; None otherwise."""
    for pattern in _DATES:
        found = pattern.fullmatch(folded)
        if not found:
            continue
        parts = found.groupdict()
        if "month" in parts:
            if parts["month"] not in MONTHS:
                return None
        else:
            a, b = int(parts["a"]), int(parts["b"])
            if not (1 <= min(a, b) <= 12 and max(a, b) <= 31):
                return None
        return int(parts["year"])
    return None


register_kind(Year())
