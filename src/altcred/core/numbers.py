"""How numbers are written for readers: one place, in the manner of one locale (CLDR, by Babel)."""

import copy
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from altcred.core.intervals import Interval
from altcred.core.numerals import ONES
from altcred.core.statistics import find_statistic

DEFAULT_LOCALE = "en_US"
HIDDEN = "–"
MINUS = "−"
# From here on whole numbers say enough: a mean of 127.4 people is 127, one of 1.27 is not 1.
LARGE = 100
# Ranges of numbers with decimals that are as wide as so many whole numbers are told by their ends.
_FEW_WHOLE = 5


class Written(str):
    """A number or an interval as readers see it, which keeps what was written.

    `numbers` are those in it by what tells them apart: one alone has no name, the ends of an
    interval are `low` and `high`. Words added to the text leave a plain one.
    """

    numbers: Mapping[str, float]

    def __new__(cls, text: str, numbers: float | Mapping[str, float] = math.nan) -> "Written":
        """Return a text with the number or numbers it shows."""
        made = super().__new__(cls, text)
        made.numbers = numbers if isinstance(numbers, Mapping) else {"": numbers}
        return made


@dataclass(frozen=True)
class Writer:
    """Writes numbers as readers of a locale expect them; what is hidden is a dash."""

    locale: str = DEFAULT_LOCALE

    def number(self, value: float, digits: int | None = 0, *, is_grouped: bool = True) -> str:
        """Write a number with separated thousands: 1,234.

        Without `digits` it keeps those that its size needs.
        """
        if math.isnan(value):
            return HIDDEN
        digits = digits_needed(value) if digits is None else digits
        text = self._write("decimal", value, digits, is_grouped=is_grouped)
        return Written(text, value)

    def percent(self, value: float, digits: int = 0) -> str:
        """Write a share as a percentage: 38%."""
        if math.isnan(value):
            return HIDDEN
        return Written(self._write("percent", value * 100, digits), value)

    def share(self, value: float) -> str:
        """Write a share as a percentage that never says none or all where it is not."""
        if 0 < value < 0.005:
            return f"under {self.percent(0.01)}"
        return f"over {self.percent(0.99)}" if 0.995 <= value < 1 else self.percent(value)

    def spell(self, value: float) -> str:
        """Write a whole number below twenty as a word, others in digits."""
        return ONES[round(value)] if 0 <= round(value) < len(ONES) else self.number(value)

    def money(self, value: float, currency: str, digits: int | None = None) -> str:
        """Write an amount in a currency (ISO 4217): $36,000.

        Without `digits` it is whole, unless it is small enough for its cents to matter.
        """
        if math.isnan(value):
            return HIDDEN
        if digits is None:
            is_whole = float(value).is_integer() or abs(value) >= LARGE
            digits = 0 if is_whole else cents_of(currency)
        return Written(self._write("currency", value, digits, currency), value)

    def points(self, value: float, digits: int = 1) -> str:
        """Write a difference of shares in percentage points, with its sign: +5.0."""
        text = self.signed(value * 100, digits)
        return text if math.isnan(value) else Written(text, value)

    def signed(self, value: float, digits: int | None = None) -> str:
        """Write a number with its sign, plus as well as minus; zero has none."""
        digits = digits_needed(value) if digits is None and not math.isnan(value) else digits
        text = self.number(value, digits)
        is_positive = value > 0 and round_half_up(value, digits or 0)
        return Written(f"+{text}", value) if is_positive else text

    def pvalue(self, value: float) -> str:
        """Write a p value; below one in a thousand as such."""
        if math.isnan(value):
            return HIDDEN
        if value < 0.001:
            return Written(f"< {self.number(0.001, 3)}", value)
        # The digits that are meant, not those that readers would round to.
        digits = 2 if value >= 0.1 else 3
        return Written(self._write("decimal", float(f"{value:.{digits}f}"), digits), value)

    def value(
        self,
        value: float,
        statistic: str,
        currency: str = "",
        digits: int | None = None,
        *,
        is_grouped: bool = True,
    ) -> str:
        """Write a number in the unit of its statistic: a share as percent, an amount in currency.

        What people gave, or what lies halfway between two of their answers, keeps its digits.
        """
        known = find_statistic(statistic)
        if math.isnan(value):
            return HIDDEN
        if known.unit == "share":
            return self.percent(value, digits or 0)
        if known.unit == "points":
            return self.points(value, 1 if digits is None else digits)
        if known.unit == "p value":
            return self.pvalue(value)
        if known.unit == "number":
            usual = 0 if float(value).is_integer() else 2
            return self.number(value, usual if digits is None else digits)
        if known.unit in {"count", "score"}:
            return self.number(value, 0)
        if digits is None and known.is_given:
            most = cents_of(currency) if currency else 2
            digits = most if currency and not float(value).is_integer() else _digits_in_use(value)
        if currency:
            return self.money(value, currency, digits)
        return self.number(value, digits, is_grouped=is_grouped)

    def interval(
        self,
        low: float,
        high: float,
        statistic: str,
        currency: str = "",
        digits: int | None = None,
        *,
        is_grouped: bool = True,
    ) -> str:
        """Write an interval: 37.1% to 39.4%; nothing where an end is missing."""
        if math.isnan(low) or math.isnan(high):
            return ""
        unit = find_statistic(statistic).unit
        if digits is None and unit == "share":
            digits = 1
        elif digits is None and unit != "points":
            # Both ends have the digits that the larger one needs.
            larger = max(abs(low), abs(high))
            is_whole = float(low).is_integer() and float(high).is_integer()
            cents = cents_of(currency) if larger < LARGE and currency else 0
            digits = 0 if is_whole else cents if currency else _digits_of_size(larger)
        ends = (
            self.value(end, statistic, currency, digits, is_grouped=is_grouped)
            for end in (low, high)
        )
        return Written(" to ".join(ends), {"low": low, "high": high})

    def range(
        self,
        interval: Interval,
        currency: str = "",
        *,
        is_grouped: bool = True,
        is_exact: bool = False,
    ) -> str:
        """Write an interval as people do: 18–21, $50,000–74,999, 65 or more.

        Ends that lie between whole numbers, as 50.5, bound the whole numbers inside them unless
        `is_exact`; an interval that is narrower than one keeps its ends, and so does one of a few
        that is exact, since "2–3" would say that nobody gave a 3.5.
        """

        def plain(end: float) -> str:
            return self.number(end, _digits_in_use(end), is_grouped=is_grouped)

        def write(end: float) -> str:
            if not currency:
                return plain(end)
            return self.money(end, currency, cents_of(currency) if _digits_in_use(end) else 0)

        low, high = interval.low, interval.high
        if low is not None and low == high:
            return write(low)
        if low is None:
            return f"up to {write(high)}" if high is not None else "any"
        keeps_ends = is_exact and not all(float(end or 0).is_integer() for end in (low, high))
        is_narrow = high is not None and (high - low < 1 or (is_exact and high - low < _FEW_WHOLE))
        if high is not None and (is_narrow or keeps_ends):
            return f"{write(low)} to under {write(high)}"
        start = low if keeps_ends else float(math.ceil(low))
        if high is None:
            is_held = interval.closed_low or start != low
            return f"{write(start)} or more" if is_held else f"over {write(start)}"
        is_last = not interval.closed_high and float(high).is_integer()
        end = float(math.floor(high - 1 if is_last else high))
        if end <= start:
            return write(start)
        # The sign of the currency stands once: before the first number, or behind the last.
        if write(start)[-1].isdigit():
            return f"{write(start)}–{plain(end)}"
        return f"{plain(start)}–{write(end)}"

    # The same few numbers stand in a chart, its table, its alternative text and a sentence.
    @lru_cache(maxsize=2**14)  # noqa: B019 - there is one writer a locale
    def _write(
        self,
        form: str,
        value: float,
        digits: int,
        currency: str | None = None,
        is_grouped: bool = True,
    ) -> str:
        rounded = Decimal(f"{round_half_up(value, digits):.{digits}f}")
        text = _pattern(self.locale, form, digits).apply(
            rounded, self.locale, currency=currency, currency_digits=False,
            group_separator=is_grouped,
        )  # fmt: skip
        # A sign of letters stands apart from the number, as CLDR asks: CHF 36,000.
        text = re.sub(r"(?<=[^\W\d_])(?=\d)", "\u00a0", text) if currency else text
        return str(text.replace("-", MINUS))


@lru_cache
def _pattern(locale: str, form: str, digits: int) -> Any:
    """Return a locale's own way of writing numbers, percentages or amounts, with so many digits."""
    from babel import Locale

    known = Locale.parse(locale)
    patterns = {
        "decimal": known.decimal_formats[None],
        "percent": known.percent_formats[None],
        "currency": known.currency_formats["standard"],
    }
    pattern = copy.copy(patterns[form])
    pattern.frac_prec, pattern.scale = (digits, digits), 0
    return pattern


def round_half_up(value: float, digits: int) -> float:
    """Round halves away from zero, as readers do; the nudge undoes binary representation."""
    scaled = abs(value) * 10**digits
    rounded = math.floor(scaled + 0.5 + 1e-9 * max(scaled, 1)) / 10**digits
    return math.copysign(rounded, value) if rounded else 0.0


def digits_needed(value: float) -> int:
    """Return how many decimals a number of that size needs: 0.50, 1.27, 12.7; a whole one none."""
    return 0 if float(value).is_integer() else _digits_of_size(value)


def _digits_of_size(value: float) -> int:
    power = math.floor(math.log10(max(abs(value), 1e-4)))
    return max(2 - power, 0) if power >= 0 else max(1 - power, 2)


def _digits_in_use(value: float) -> int:
    """Return how many decimals, at most two, a number has."""
    return next((d for d in (0, 1) if round_half_up(value, d) == round(value, 6)), 2)


def cents_of(currency: str) -> int:
    """Return how many decimals amounts of a currency have."""
    from babel.numbers import get_currency_precision

    return int(get_currency_precision(currency))
