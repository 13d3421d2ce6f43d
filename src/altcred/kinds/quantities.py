"""Reads an amount as people write it: digits and separators, words, ranges, units, currencies."""

import re
from dataclasses import dataclass
from functools import cache

from altcred.kinds.clocks import MINUTES, find_parts, read_hours
from altcred.kinds.masking import mask_typed
from altcred.kinds.reading import (
    AMBIGUOUS_SEPARATOR,
    ANOTHER_CURRENCY,
    ANOTHER_UNIT,
    MIDPOINT,
    NEGATIVE,
    NOT_A_NUMBER,
    NOT_WHOLE,
    OPEN_RANGE,
    RANGE,
    READ,
    UPPER_LIMIT,
    Reading,
    fold_text,
)
from altcred.kinds.registry import kind_of
from altcred.kinds.variable import Variable
from altcred.kinds.vocabulary import (
    AT_LEAST,
    AT_MOST,
    CONNECTORS,
    CURRENCIES,
    DOLLARS,
    FREE,
    MULTIPLIERS,
    NUMBER_WORDS,
    PESOS,
    RATE_MARKS,
    RATE_WORDS,
    ROUGHLY,
    TENS_WORDS,
    UNIT_OF,
)

_UNITS_OF_SIGNS = "|".join(
    sorted((one for one in UNIT_OF if re.fullmatch(r"[\u3040-\u9fff]{2,}", one)), key=len)[::-1]
)
_TOKEN = re.compile(
    # A point begins a number, as in .5, only where nothing stands before it: not in "Rs.500".
    r"(?P<number>(?:(?<![\w.,])\.)?[0-9](?:[0-9.,']*[0-9])?(?:e\+?[0-9]{1,2}(?![^\W_]))?)"
    # Signs that make words without a blank between them stand by themselves, as in 3万円, unless
    # they are a unit together, as in 3時間.
    rf"|(?P<word>[a-z]{{1,2}}\$|{_UNITS_OF_SIGNS}|[\u4e00-\u9fff]"
    r"|[^\W\d_\u4e00-\u9fff]+(?:\.[^\W\d_\u4e00-\u9fff]+)*)"
    r"|(?P<sign>\S)",
)
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class Amount:
    """A number as it stands among the words: its digits, or what a number word says."""

    written: str
    value: float | None


_GROUPED = re.compile(
    r"(?<!\d)(?<!\d[.,])(\d{1,3})((?: \d{3})+)(?![\d'])(?:[.,](\d{1,2}))?(?![\d'])(?![.,]\d)"
)


def _tokens(folded: str, mark: str) -> list[str | Amount]:
    """Cut a folded answer into amounts, words and signs; digits grouped by spaces are one.

    `mark` is what stands before decimals.
    """
    # "800.-", "800/-" and "800/=" are 800 and no cents.
    whole = re.sub(r"(?<=\d)(?:[.,]--?|/[-=])(?!\d)", "", folded)
    # 60 000 is one number; 10 12 is two.
    joined = _GROUPED.sub(
        lambda found: (
            found[1] + found[2].replace(" ", "'") + (f"{mark}{found[3]}" if found[3] else "")
        ),
        whole,
    )
    found: list[str | Amount] = []
    for match in _TOKEN.finditer(joined):
        if match["number"]:
            found.append(Amount(match["number"], None))
        else:
            word = match[0].replace(".", "") if match["word"] else match[0]
            found.append(word)
    return _with_number_words(found)


def _with_number_words(tokens: list[str | Amount]) -> list[str | Amount]:
    found: list[str | Amount] = []
    i = 0
    while i < len(tokens):
        token = tokens[i]
        if not isinstance(token, str) or (token not in NUMBER_WORDS and token not in TENS_WORDS):
            found.append(token)
            i += 1
            continue
        value = NUMBER_WORDS.get(token, TENS_WORDS.get(token, 0.0))
        i += 1
        if token in TENS_WORDS:
            following = tokens[i : i + 2]
            if len(following) == 2 and following[0] == "-":
                following = following[1:]
            unit = following[0] if following else None
            if isinstance(unit, str) and 1 <= NUMBER_WORDS.get(unit, 0) <= 9:
                value += NUMBER_WORDS[unit]
                i += 2 if tokens[i] == "-" else 1
        if i < len(tokens) and tokens[i] == "hundred":
            value *= 100
            i += 1
        found.append(Amount("", value))
    return found


def read_separated(written: str, *, points_group: bool) -> float | None:
    """Read digits with their separators; None where a separator could mean two things.

    "50,000" and "1,50,000" group by commas, "24,00" could be 24 or 2,400. A point before three
    digits groups where `points_group` says that decimals of that length are not to be expected,
    as in amounts of money.
    """
    if re.fullmatch(r"\.\d+", written):
        return float(written)
    if re.fullmatch(r"\d{1,3}('\d{3})+(\.\d+)?", written):
        written = written.replace("'", "")
    if re.fullmatch(r"\d+(\.\d+)?(e\+?\d{1,2})?", written):
        if points_group and re.fullmatch(r"[1-9]\d{0,2}\.\d{3}", written):
            return float(written.replace(".", ""))
        return float(written)
    if re.fullmatch(r"([1-9]\d{0,2}(,\d{3})+|[1-9]\d?(,\d{2})+,\d{3})(\.\d+)?", written):
        return float(written.replace(",", ""))
    # A comma after a lone nought, or after points that group, begins decimals.
    if re.fullmatch(
        r"0,\d+|[1-9]\d{0,2}(\.\d{3}){2,}(,\d{1,2})?|[1-9]\d{0,2}(\.\d{3})+,\d{1,2}", written
    ):
        return float(written.replace(".", "").replace(",", "."))
    return None


class Unreadable(Exception):
    """Carries the reason why an answer is not a number."""


def within_bounds(variable: Variable, value: float, reason: str, shown: str) -> Reading:
    outside = describe_outside(variable, value)
    if outside is None:
        return Reading(value, reason, shown)
    if variable.bounds.outside == "keep":
        return Reading(value, f"{outside}, kept", shown)
    # A number no answer can be may be a telephone's.
    return Reading(None, outside, mask_typed(shown))


def describe_outside(variable: Variable, value: float) -> str | None:
    """Say how a number is outside a variable's bounds; None where it is inside."""
    low, high = variable.bounds.low, variable.bounds.high
    if (low is None or value >= low) and (high is None or value <= high):
        return None
    return bounds_reason(variable)


def bounds_reason(variable: Variable) -> str:
    """Return the reason given for a number outside a variable's bounds."""
    low, high = variable.bounds.low, variable.bounds.high
    if low is None:
        return f"above {high:.15g}"
    if high is None:
        return f"below {low:.15g}"
    return f"outside {low:.15g} to {high:.15g}"


def read_quantity(folded: str, variable: Variable) -> tuple[float, str]:
    """Read an amount or a range with its unit; raises Unreadable with the reason."""
    money = kind_of(variable).is_money
    unit = UNIT_OF.get(variable.unit.casefold())
    is_time = unit in MINUTES and not money
    if unit and is_time and (minutes := read_hours(folded, unit)) is not None:
        time = minutes / MINUTES[unit]
        if kind_of(variable).is_whole and time % 1:
            raise Unreadable(NOT_WHOLE)
        return time, READ
    if money and folded in FREE:
        return 0.0, READ
    tokens = _tokens(folded, "," if variable.decimal == "comma" else ".")
    if not any(isinstance(token, Amount) for token in tokens):
        raise Unreadable(NOT_A_NUMBER)
    while tokens and tokens[-1] in {".", ",", ";", "!", ")"}:
        tokens.pop()
    sign = 1.0
    is_word_first = len(tokens) > 2 and isinstance(tokens[0], str) and tokens[0] not in {"-", "+"}
    if money and is_word_first and tokens[1] == "-" and isinstance(tokens[2], Amount):
        # "$-500" is "-$500".
        tokens[:2] = tokens[1::-1]
    if tokens[0] in {"-", "+"} and len(tokens) > 1:
        sign = -1.0 if tokens.pop(0) == "-" else 1.0
        if sign < 0 and (variable.bounds.low or 0.0) >= 0 and variable.bounds.low is not None:
            raise Unreadable(NEGATIVE)
        if sum(isinstance(token, Amount) for token in tokens) > 1:
            # Which end of a range the sign is of, nobody can tell.
            raise Unreadable(NOT_A_NUMBER)
    parts = _Parts(variable, money)
    for position, token in enumerate(tokens):
        following = tokens[position + 1] if position + 1 < len(tokens) else None
        parts.take(token, following)
    value, reason = parts.result()
    return sign * value, reason


class _Parts:
    """Gathers what the words of an amount say, one after the other."""

    def __init__(self, variable: Variable, money: bool) -> None:
        self.variable = variable
        self.money = money
        self.amounts: list[Amount] = []
        self.multipliers: dict[int, float] = {}
        self.connected = False
        self.between = False
        self.limit = ""
        self.rate_mark = False
        self.nouns = _unit_nouns(variable.unit)
        units = [
            UNIT_OF[word]
            for word in _WORD.findall(fold_text(variable.unit))
            if word in UNIT_OF and word not in {"in"}
        ]
        # Of money the unit is the amount itself, so what is named is the time it is for.
        self.rate = units[-1] if units and (money or len(units) > 1) else None
        self.unit = units[0] if units and not money else None

    def take(self, token: str | Amount, following: str | Amount | None) -> None:
        if isinstance(token, Amount):
            if self.amounts and not self.connected:
                raise Unreadable(NOT_A_NUMBER)
            self.amounts.append(token)
            self.connected = False
            self.rate_mark = False
            return
        more_to_come = following is not None
        if self.amounts and token in MULTIPLIERS and self._may_multiply(token):
            index = len(self.amounts) - 1
            self.multipliers[index] = self.multipliers.get(index, 1.0) * MULTIPLIERS[token]
        elif self.money and self._take_currency(token):
            pass
        elif token in UNIT_OF and self.amounts:
            self._take_unit(token)
        elif token == "or" and following in {"more", "so", "above", "over"}:
            pass
        elif (token in CONNECTORS and self.amounts and more_to_come and not self.limit) or (
            token == "and" and self.between and len(self.amounts) == 1
        ):
            self.connected = True
        elif token in {"between", "from"} and not self.amounts:
            self.between = True
        elif token in AT_LEAST or (token == "more" and following in {"than", None}):
            self.limit = "low"
        elif (
            token in AT_MOST
            or (token in {"less", "fewer"} and following == "than")
            or (token == "up" and following == "to")
        ):
            self.limit = "high"
        elif token == "at" and following in {"least", "most"}:
            self.limit = "low" if following == "least" else "high"
        elif token in {"than", "least", "most", "more"} or (token == "to" and self.limit):
            pass
        elif token in RATE_MARKS:
            self.rate_mark = bool(self.amounts)
        elif token in ROUGHLY or token in self.nouns:
            pass
        else:
            raise Unreadable(NOT_A_NUMBER)

    def _may_multiply(self, token: str) -> bool:
        # In answers about time "m" is rather minutes or months than millions.
        if token == "mn" and self.variable.currency.upper() in PESOS:
            # M.N., the money of the country.
            return False
        return self.money or token in {"k", "thousand", "thousands"}

    def _take_currency(self, token: str) -> bool:
        own = self.variable.currency.upper()
        if own in DOLLARS and token in {"$", "dollar", "dollars", "bucks"}:
            return True
        if own in PESOS and token in {"$", "peso", "pesos"}:
            return True
        # Some words are the name of several countries' money.
        named = {currency for currency, words in CURRENCIES.items() if token in words}
        if own in named or token.upper() == own:
            return True
        if named or token.endswith("$"):
            raise Unreadable(ANOTHER_CURRENCY)
        return False

    def _take_unit(self, token: str) -> None:
        unit = UNIT_OF[token]
        is_rate = self.rate_mark or token in RATE_WORDS
        self.rate_mark = False
        if self.money:
            if unit == "percent" or (not is_rate and unit == "year" and token.endswith("s")):
                raise Unreadable(ANOTHER_UNIT)
            if unit != (self.rate or "year"):
                raise Unreadable(f"an amount per {unit}")
        elif not is_rate and self.unit and (parts := find_parts(unit, self.unit)):
            # Whoever was asked for minutes may answer in hours, and for years in months.
            self.multipliers[len(self.amounts) - 1] = parts[unit] / parts[self.unit]
        elif unit != (self.rate if is_rate else self.unit):
            raise Unreadable(ANOTHER_UNIT)

    def result(self) -> tuple[float, str]:
        if self.connected or len(self.amounts) > 2 or not self.amounts:
            raise Unreadable(NOT_A_NUMBER)
        values: list[float] = []
        for index, amount in enumerate(self.amounts):
            multiplier = self.multipliers.get(index, 1.0)
            value = amount.value
            if value is None:
                written = amount.written
                if self.variable.decimal == "mixed":
                    written = _settle_sign(written, has_cents=self.money and multiplier == 1.0)
                elif self.variable.decimal == "comma":
                    written = written.translate(SWAPPED)
                value = read_separated(written, points_group=self.money and multiplier == 1.0)
            if value is None:
                raise Unreadable(AMBIGUOUS_SEPARATOR)
            values.append(value)
        reason = READ
        if len(values) == 2:
            value, reason = self._midpoint(values), MIDPOINT
        else:
            value = values[0] * self.multipliers.get(0, 1.0)
        if self.limit == "high":
            raise Unreadable(UPPER_LIMIT)
        if self.limit == "low":
            if len(values) == 2:
                raise Unreadable(NOT_A_NUMBER)
            reason = OPEN_RANGE
        # Without an upper bound a number of so many digits is rather a telephone's.
        high = self.variable.bounds.high
        if not value < (1e8 if high is None else 1e15):
            raise Unreadable(NOT_A_NUMBER)
        if kind_of(self.variable).is_whole and reason == READ and value != int(value):
            raise Unreadable(NOT_WHOLE)
        # Ten significant digits keep 1.1 times a million a whole number.
        return float(f"{value:.12g}"), reason

    def _shared_thousands(self, low: float, high: float) -> float:
        """Return by what the lower end of a range is multiplied: 1,000 in "50 - 60,000"."""
        is_grouped = bool(re.search(r"[.,']", self.amounts[1].written))
        is_near = high <= low * (10_000 if low >= 10 else 4_000)
        if is_grouped and is_near and self.amounts[0].written.isdecimal():
            return 1000.0
        # From ten to sixty thousand, or from ten thousand: nobody can tell.
        if low >= 10 or is_near:
            raise Unreadable(AMBIGUOUS_SEPARATOR)
        return 1.0

    def _midpoint(self, values: list[float]) -> float:
        low, high = values
        second = self.multipliers.get(1, 1.0)
        # In 50-60k the thousands belong to both ends; in 5000-60k they cannot.
        first = self.multipliers.get(0, second if low <= high else 1.0)
        if not self.multipliers and 0 < low * 1000 <= high:
            first = self._shared_thousands(low, high)
        low, high = low * first, high * second
        if self.limit or low > high:
            raise Unreadable(NOT_A_NUMBER)
        if self.variable.ranges == "missing":
            raise Unreadable(RANGE)
        return (low + high) / 2


SWAPPED = str.maketrans(".,", ",.")


def _settle_sign(written: str, *, has_cents: bool) -> str:
    """Return digits with a point before decimals, whichever sign stands there; none if unclear."""
    if re.fullmatch(r"[1-9]\d{0,2}[.,]\d{3}", written):
        return ""
    cents = r"\d\d?" if has_cents else r"\d+"
    found = re.fullmatch(rf"([\d']+),({cents})", written)
    return f"{found[1]}.{found[2]}" if found else written


@cache
def _unit_nouns(unit: str) -> frozenset[str]:
    """Return the words of a unit that are not units of time, with and without plural s."""
    words = {word for word in _WORD.findall(unit.casefold()) if word not in UNIT_OF}
    words -= {"a", "per", "an"}
    return frozenset(words | {word.rstrip("s") for word in words if len(word) > 3})
