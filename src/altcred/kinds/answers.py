"""What one answer, as it stands in an export, means.

`make_reader` gives the function that reads one variable's answers in one wave. A reading is a
value or none, the reason, and the answer in a form that can be written down: an answer somebody
typed may name a person, so words outside a small harmless vocabulary are shown as x.
"""

import html
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache

from altcred.core.countries import country_words, is_country_name, read_country
from altcred.core.numerals import ONES, TENS
from altcred.describe.codebook import Variable

READ = "read"
BLANK = "blank"
UNLISTED = "unlisted"
NOT_ASKED = "not asked"
NOT_APPLICABLE = "no answer in words"
AMBIGUOUS_SEPARATOR = "ambiguous separator"
ANOTHER_CURRENCY = "another currency"
ANOTHER_UNIT = "another unit"
MIDPOINT = "midpoint of a range"
RANGE = "a range"
OPEN_RANGE = "lower end of an open range"
UPPER_LIMIT = "only an upper limit"
NEGATIVE = "negative"
NOT_A_NUMBER = "not a number"
NOT_WHOLE = "not a whole number"
NOT_A_YEAR = "not a year"
TWO_DIGITS = "two digits: a year or an age"
YEAR_OF_DATE = "the year of a date"
NOT_A_COUNTRY = "not a country"
NOT_A_CHOICE = "not among the choices"
WRITTEN_IN = "read; the rest was written in"
READ_IN_PART = "read in part"
GATHERED = "gathered under"

REMOVED = "[removed: may identify a person]"

Value = str | float | tuple[str, ...] | None


@dataclass(frozen=True)
class Reading:
    """What one answer was read as: its value or None, the reason, and how it may be shown."""

    value: Value
    reason: str = READ
    shown: str = ""


Reader = Callable[[str], Reading]


def tidy_text(text: str) -> str:
    """Return a text without markup, line breaks, invisible characters and typographic variants."""
    plain = html.unescape(re.sub(r"</?[a-zA-Z][^<>]*>", " ", text))
    plain = re.sub(r"[​‌‍⁠﻿]", "", plain)
    plain = plain.translate(_PLAIN_CHARACTERS)
    return re.sub(r"\s+", " ", plain).strip()


_PLAIN_CHARACTERS = str.maketrans(
    {"‘": "'", "’": "'", "ʼ": "'", "“": '"', "”": '"', "–": "-", "—": "-", "‑": "-", "−": "-"}
)


def fold_text(text: str) -> str:
    """Return a text tidied and without regard to capitals, so that equal answers compare equal."""
    return tidy_text(text).casefold()


def read_answer(variable: Variable, text: str, wave: str) -> Reading:
    """Read one answer of a variable in a wave; `make_reader` is for reading many."""
    return make_reader(variable, wave)(text)


def make_reader(variable: Variable, wave: str) -> Reader:
    """Return the function that reads a variable's answers in one wave.

    Its values: a category's name (single, ordered), a tuple of categories in the codebook's order
    (multiple), a float (count, money, number, year), an ISO 3166 alpha-3 code or a category
    (country), True where a text was given (text).
    """
    blanks = {fold_text(text) for text in variable.blank} | {""}
    readers: dict[str, Callable[[Variable, str], Reader]] = {
        "single": _single_reader,
        "ordered": _single_reader,
        "multiple": _multiple_reader,
        "money": _number_reader,
        "count": _number_reader,
        "number": _number_reader,
        "year": _year_reader,
        "country": _country_reader,
    }
    if variable.kind in {"text", "identifier"}:
        read: Reader = _read_text
    else:
        read = readers[variable.kind](variable, wave)

    def read_one(text: str) -> Reading:
        if fold_text(text) in blanks:
            return Reading(None, BLANK, "")
        return read(tidy_text(text))

    return read_one


def _read_text(text: str) -> Reading:
    # What was typed is not kept, only that something was.
    return Reading(1.0, "answered", "")


# ---------------------------------------------------------------------------------------------
# Closed questions

# Said in place of an answer. A choice of that name comes first: "None" can be an answer.
_NO_ANSWER = {"n/a", "na", "n.a.", "n.a", "-", "--", "---", ".", "..", "?", "not applicable"}
_NO_ANSWER |= {"prefer not to say", "prefer not to answer", "don't know", "do not know"}
_NO_NUMBER = _NO_ANSWER | {"none", "null", "nan", "no answer", "not sure", "unknown", "x", "xx"}

_WRITE_IN = re.compile(r"please (?:specify|name|explain|describe|list)|specify:?\)?$", re.I)


def choices_of(variable: Variable, wave: str) -> dict[str, str]:
    """Return each way a variable's categories are written in a wave, folded, to the category."""
    choices: dict[str, str] = {}
    for name, category in variable.categories_in(wave).items():
        for answer in category.answers_in(wave):
            choices.setdefault(fold_text(answer), name)
    return choices


def codes_of(variable: Variable, wave: str) -> dict[str, str]:
    """Return the numbers that stand for a variable's categories in a numeric export."""
    return {
        fold_text(str(category.code)): name
        for name, category in variable.categories_in(wave).items()
        if category.code is not None
    }


def _plain_code(text: str) -> str:
    # Exports that passed through a spreadsheet write the code 3 as 3.0.
    return re.sub(r"\.0+$", "", text)


def _single_reader(variable: Variable, wave: str) -> Reader:
    choices, codes = choices_of(variable, wave), codes_of(variable, wave)

    def read(text: str) -> Reading:
        folded = fold_text(text)
        category = choices.get(folded) or codes.get(_plain_code(folded))
        if category:
            return Reading(category, READ, text)
        return _unlisted(variable, text)

    return read


def _unlisted(variable: Variable, text: str) -> Reading:
    if fold_text(text) in _NO_ANSWER:
        return Reading(None, NOT_APPLICABLE, text)
    if variable.unlisted == "error":
        return Reading(None, UNLISTED, mask_typed(text))
    if variable.unlisted == "missing":
        return Reading(None, NOT_A_CHOICE, mask_typed(text))
    gathered: Value = variable.unlisted
    if variable.kind == "multiple":
        gathered = (variable.unlisted,)
    return Reading(gathered, f"{GATHERED} {variable.unlisted}", mask_typed(text))


def _multiple_reader(variable: Variable, wave: str) -> Reader:
    choices, codes = choices_of(variable, wave), codes_of(variable, wave)
    by_pieces = {tuple(_pieces(choice)): name for choice, name in choices.items()}
    order = list(variable.categories)
    write_ins = {
        name
        for name, category in variable.categories_in(wave).items()
        if any(_WRITE_IN.search(answer) for answer in category.answers_in(wave))
    }

    def read(text: str) -> Reading:
        pieces = _pieces(text)
        if not pieces:
            return Reading(None, BLANK, "")
        ticked, rest = split_choices(pieces, by_pieces)
        if rest and codes:
            coded = [codes.get(_plain_code(fold_text(piece))) for piece in pieces]
            if all(coded):
                ticked, rest = [name for name in coded if name], []
        if not ticked:
            return _unlisted(variable, text)
        shown = ", ".join(mask_typed(piece) if piece in rest else piece for piece in pieces)
        reason = READ
        if rest:
            if write_ins & set(ticked):
                reason = WRITTEN_IN
            elif variable.unlisted == "error":
                return Reading(None, UNLISTED, shown)
            elif variable.unlisted == "missing":
                reason = READ_IN_PART
            else:
                ticked = [*ticked, variable.unlisted]
                reason = f"{READ_IN_PART}; the rest {GATHERED} {variable.unlisted}"
        return Reading(tuple(sorted(set(ticked), key=order.index)), reason, shown)

    return read


def _pieces(text: str) -> list[str]:
    return [piece for part in text.split(",") if (piece := part.strip())]


def split_choices(
    pieces: list[str], choices: dict[tuple[str, ...], str]
) -> tuple[list[str], list[str]]:
    """Split an answer at commas, though choices hold commas themselves.

    `choices` maps a choice, split at its own commas and folded, to its category. Of all ways to
    cut the pieces into choices the one that leaves the fewest pieces over is taken; among equal
    ones that with the fewest, so the longest, choices. Returns the categories and the pieces left
    over.
    """
    folded = [fold_text(piece) for piece in pieces]
    starting: dict[str, list[tuple[str, ...]]] = {}
    for choice in choices:
        if choice:
            starting.setdefault(choice[0], []).append(choice)
    # best[i]: pieces left over, number of choices and the next cut, from piece i to the end.
    best: list[tuple[int, int, int]] = [(0, 0, 0)] * (len(pieces) + 1)
    for i in range(len(pieces) - 1, -1, -1):
        over, count, _ = best[i + 1]
        options = [(over + 1, count, 0)]
        for choice in starting.get(folded[i], []):
            if tuple(folded[i : i + len(choice)]) == choice:
                over, count, _ = best[i + len(choice)]
                options.append((over, count + 1, len(choice)))
        # Where two cuts are as good, the longer choice comes first.
        best[i] = min(options, key=lambda option: (option[0], option[1], -option[2]))
    ticked: list[str] = []
    rest: list[str] = []
    i = 0
    while i < len(pieces):
        length = best[i][2]
        if length:
            ticked.append(choices[tuple(folded[i : i + length])])
        else:
            rest.append(pieces[i])
        i += length or 1
    return ticked, rest


_UNTICKED = {"0", "0.0", "no", "false", "unchecked", "not selected", "off"}


def make_option_reader(variable: Variable, wave: str, option: str) -> Reader:
    """Return the function that reads a column that stands for one option of a multiple question.

    Its values are tuples of one category. Whatever stands in the column ticks its option, but a
    zero, "no" or "false", which leave it unticked, and a text that is another choice of the
    question, which ticks that one: "None" may be typed where the form asked for something else.
    """
    choices = choices_of(variable, wave)
    own = {answer for answer, name in choices.items() if name == option}
    blanks = {fold_text(text) for text in variable.blank} | _UNTICKED | {""}

    def read(text: str) -> Reading:
        folded = fold_text(text)
        if folded not in own and folded in blanks:
            return Reading(None, BLANK, tidy_text(text))
        category = option if folded in own else choices.get(folded, option)
        if category != option:
            return Reading((category,), f"{GATHERED} {category}", tidy_text(text))
        return Reading((option,), READ, mask_typed(text))

    return read


def _country_reader(variable: Variable, wave: str) -> Reader:
    choices, codes = choices_of(variable, wave), codes_of(variable, wave)

    def read(text: str) -> Reading:
        folded = fold_text(text)
        category = choices.get(folded) or codes.get(_plain_code(folded))
        if category:
            return Reading(category, READ, text)
        if folded in _NO_NUMBER and text != "NA":
            return Reading(None, NOT_APPLICABLE, text)
        iso3 = read_country(text)
        shown = text if is_country_name(text) else mask_typed(text)
        return Reading(iso3, READ if iso3 else NOT_A_COUNTRY, shown)

    return read


# ---------------------------------------------------------------------------------------------
# Numbers

_CURRENCIES = {
    "USD": {"$", "us$", "usd", "dollar", "dollars", "us", "usdollars", "bucks", "american"},
    "EUR": {"€", "eur", "euro", "euros"},
    "GBP": {"£", "gbp", "pound", "pounds", "sterling", "quid"},
    "INR": {"₹", "inr", "rs", "rupee", "rupees", "lakh", "lakhs", "lac", "lacs", "lpa", "crore"},
    "CAD": {"c$", "ca$", "cad", "canadian"},
    "AUD": {"a$", "au$", "aud", "australian"},
    "BRL": {"r$", "brl", "reais", "real"},
    "CNY": {"cny", "rmb", "yuan", "renminbi"},
    "JPY": {"¥", "jpy", "yen"},
    "MXN": {"mxn"},
    "CHF": {"chf", "franc", "francs"},
    "SEK": {"sek", "kr", "krona", "kronor"},
    "DKK": {"dkk"},
    "NOK": {"nok"},
    "PLN": {"pln", "zloty"},
    "RUB": {"₽", "rub", "rouble", "roubles", "ruble", "rubles"},
    "TRY": {"₺", "try", "lira"},
    "ZAR": {"zar", "rand", "rands"},
    "NGN": {"₦", "ngn", "naira"},
    "KES": {"kes", "ksh"},
    "PKR": {"pkr"},
    "PHP": {"₱", "php"},
    "KRW": {"₩", "krw", "won"},
    "SGD": {"s$", "sgd"},
    "HKD": {"hk$", "hkd"},
    "NZD": {"nz$", "nzd"},
    "EGP": {"egp"},
    "ARS": {"ars"},
    "COP": {"cop"},
    "CLP": {"clp"},
    "IDR": {"idr", "rupiah"},
    "THB": {"thb", "baht"},
    "VND": {"vnd", "dong"},
    "AED": {"aed", "dirham", "dirhams"},
    "SAR": {"sar", "riyal", "riyals"},
    "ILS": {"₪", "ils", "nis", "shekel", "shekels"},
    "PEN": {"pen", "soles"},
    "?": {"peso", "pesos", "dinar", "dinars"},
}
# Countries whose money is called dollar too; "dollars" alone is theirs where the question is.
_DOLLARS = {"USD", "CAD", "AUD", "SGD", "HKD", "NZD"}
_MULTIPLIERS = {
    "k": 1e3,
    "thousand": 1e3,
    "thousands": 1e3,
    "thou": 1e3,
    "grand": 1e3,
    "m": 1e6,
    "mn": 1e6,
    "mil": 1e6,
    "mio": 1e6,
    "million": 1e6,
    "millions": 1e6,
    "billion": 1e9,
}
_UNITS = {
    "minute": {"minute", "minutes", "min", "mins"},
    "hour": {"hour", "hours", "hr", "hrs", "h", "hs", "hourly"},
    "day": {"day", "days", "daily"},
    "week": {"week", "weeks", "wk", "wks", "w", "weekly"},
    "month": {"month", "months", "mo", "mos", "mth", "mths", "monthly"},
    "year": {"year", "years", "yr", "yrs", "y", "yearly", "annually", "annual", "annum", "pa"},
    "percent": {"percent", "percents", "%", "pct"},
}
_UNIT_OF = {word: unit for unit, words in _UNITS.items() for word in words}
_RATE_WORDS = {"hourly", "daily", "weekly", "monthly", "yearly", "annually", "annual", "annum"}
_RATE_WORDS |= {"pa"}
_RATE_MARKS = {"a", "an", "per", "each", "every", "/", "in"}
_ROUGHLY = {"about", "approximately", "approx", "appx", "around", "roughly", "circa", "ca", "~"}
_ROUGHLY |= {"≈", "so", "nearly", "almost", "total", "only", "just", "=", ":", "of", "."}
_AT_LEAST = {"over", "above", "minimum", ">", "≥", "+", "plus", "min"}
_AT_MOST = {"under", "below", "<", "≤", "maximum", "max"}
_CONNECTORS = {"-", "to", "or"}
_NUMBER_WORDS = {word: float(number) for number, word in enumerate(ONES)}
_NUMBER_WORDS |= {"nil": 0.0, "nothing": 0.0, "dozen": 12.0}
_TENS = {word: float(10 * number) for number, word in enumerate(TENS, start=2)}
_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "jan",
    "feb",
    "mar",
    "apr",
    "jun",
    "jul",
    "aug",
    "sep",
    "sept",
    "oct",
    "nov",
    "dec",
]

_TOKEN = re.compile(
    # A point begins a number, as in .5, only where nothing stands before it: not in "Rs.500".
    r"(?P<number>(?:(?<![\w.,])\.)?\d(?:[\d.,']*\d)?(?:e\+?\d{1,2}(?![^\W_]))?)"
    r"|(?P<word>[a-z]{1,2}\$|[^\W\d_]+(?:\.[^\W\d_]+)*)"
    r"|(?P<sign>\S)",
    re.ASCII,
)
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class _Amount:
    """A number as it stands among the words: its digits, or what a number word says."""

    written: str
    value: float | None


def _tokens(folded: str) -> list[str | _Amount]:
    """Cut a folded answer into amounts, words and signs; digits grouped by spaces are one."""
    # 60 000 is one number; 10 12 is two.
    joined = re.sub(r"(?<!\d)(?<!\d[.,])(\d{1,3})((?: \d{3})+)(?![\d.,'])", _join_digits, folded)
    found: list[str | _Amount] = []
    for match in _TOKEN.finditer(joined):
        if match["number"]:
            found.append(_Amount(match["number"], None))
        else:
            word = match[0].replace(".", "") if match["word"] else match[0]
            found.append(word)
    return _with_number_words(found)


def _join_digits(match: re.Match[str]) -> str:
    return match[1] + match[2].replace(" ", "")


def _with_number_words(tokens: list[str | _Amount]) -> list[str | _Amount]:
    found: list[str | _Amount] = []
    i = 0
    while i < len(tokens):
        token = tokens[i]
        if not isinstance(token, str) or (token not in _NUMBER_WORDS and token not in _TENS):
            found.append(token)
            i += 1
            continue
        value = _NUMBER_WORDS.get(token, _TENS.get(token, 0.0))
        i += 1
        if token in _TENS:
            following = tokens[i : i + 2]
            if len(following) == 2 and following[0] == "-":
                following = following[1:]
            unit = following[0] if following else None
            if isinstance(unit, str) and 1 <= _NUMBER_WORDS.get(unit, 0) <= 9:
                value += _NUMBER_WORDS[unit]
                i += 2 if tokens[i] == "-" else 1
        if i < len(tokens) and tokens[i] == "hundred":
            value *= 100
            i += 1
        found.append(_Amount("", value))
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
    if re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?|\d{1,2}(,\d{2})+,\d{3}(\.\d+)?", written):
        return float(written.replace(",", ""))
    if re.fullmatch(r"[1-9]\d{0,2}(\.\d{3}){2,}(,\d{1,2})?", written) or (
        points_group and re.fullmatch(r"[1-9]\d{0,2}(\.\d{3})+,\d{1,2}", written)
    ):
        return float(written.replace(".", "").replace(",", "."))
    return None


class _Unreadable(Exception):
    """Carries the reason why an answer is not a number."""


def _number_reader(variable: Variable, wave: str) -> Reader:
    def read(text: str) -> Reading:
        folded = fold_text(text)
        if folded in _NO_NUMBER:
            return Reading(None, NOT_APPLICABLE, text)
        try:
            value, reason = _read_quantity(folded, variable)
        except _Unreadable as why:
            return Reading(None, str(why), mask_typed(text))
        return _within_bounds(variable, value, reason, mask_words(text))

    return read


def _within_bounds(variable: Variable, value: float, reason: str, shown: str) -> Reading:
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


def _read_quantity(folded: str, variable: Variable) -> tuple[float, str]:
    """Read an amount or a range with its unit; raises _Unreadable with the reason."""
    money = variable.kind == "money"
    tokens = _tokens(folded)
    if not any(isinstance(token, _Amount) for token in tokens):
        raise _Unreadable(NOT_A_NUMBER)
    while tokens and tokens[-1] in {".", ",", ";", "!", ")"}:
        tokens.pop()
    if tokens[0] == "-":
        if (variable.bounds.low is None or variable.bounds.low >= 0) and len(
            [token for token in tokens if isinstance(token, _Amount)]
        ) == 1:
            raise _Unreadable(NEGATIVE)
        raise _Unreadable(NOT_A_NUMBER) if variable.bounds.low is None else _Unreadable(NEGATIVE)
    parts = _Parts(variable, money)
    for position, token in enumerate(tokens):
        following = tokens[position + 1] if position + 1 < len(tokens) else None
        parts.take(token, following)
    return parts.result()


class _Parts:
    """Gathers what the words of an amount say, one after the other."""

    def __init__(self, variable: Variable, money: bool) -> None:
        self.variable = variable
        self.money = money
        self.amounts: list[_Amount] = []
        self.multipliers: dict[int, float] = {}
        self.connected = False
        self.between = False
        self.limit = ""
        self.rate_mark = False
        self.nouns = _unit_nouns(variable.unit)
        units = [
            _UNIT_OF[word]
            for word in _WORD.findall(fold_text(variable.unit))
            if word in _UNIT_OF and word not in {"in"}
        ]
        # Of money the unit is the amount itself, so what is named is the time it is for.
        self.rate = (units or [None])[-1] if money or len(units) > 1 else None
        self.unit = None if money else (units or [None])[0]

    def take(self, token: str | _Amount, following: str | _Amount | None) -> None:
        if isinstance(token, _Amount):
            if self.amounts and not self.connected:
                raise _Unreadable(NOT_A_NUMBER)
            self.amounts.append(token)
            self.connected = False
            self.rate_mark = False
            return
        more_to_come = following is not None
        if self.amounts and token in _MULTIPLIERS and self._may_multiply(token):
            index = len(self.amounts) - 1
            self.multipliers[index] = self.multipliers.get(index, 1.0) * _MULTIPLIERS[token]
        elif self.money and self._take_currency(token):
            pass
        elif token in _UNIT_OF and self.amounts:
            self._take_unit(token)
        elif token == "or" and following in {"more", "so", "above", "over"}:
            pass
        elif (token in _CONNECTORS and self.amounts and more_to_come and not self.limit) or (
            token == "and" and self.between and len(self.amounts) == 1
        ):
            self.connected = True
        elif token in {"between", "from"} and not self.amounts:
            self.between = True
        elif token in _AT_LEAST or (token == "more" and following in {"than", None}):
            self.limit = "low"
        elif (
            token in _AT_MOST
            or (token in {"less", "fewer"} and following == "than")
            or (token == "up" and following == "to")
        ):
            self.limit = "high"
        elif token == "at" and following in {"least", "most"}:
            self.limit = "low" if following == "least" else "high"
        elif token in {"than", "least", "most", "more"} or (token == "to" and self.limit):
            pass
        elif token in _RATE_MARKS:
            self.rate_mark = bool(self.amounts)
        elif token in _ROUGHLY or token in self.nouns:
            pass
        else:
            raise _Unreadable(NOT_A_NUMBER)

    def _may_multiply(self, token: str) -> bool:
        # In answers about time "m" is rather minutes or months than millions.
        return self.money or token in {"k", "thousand", "thousands"}

    def _take_currency(self, token: str) -> bool:
        for currency, words in _CURRENCIES.items():
            if token not in words:
                continue
            own = self.variable.currency.upper()
            if currency == own or (
                own in _DOLLARS and token in {"$", "dollar", "dollars", "bucks"}
            ):
                return True
            raise _Unreadable(ANOTHER_CURRENCY)
        if token.upper() == self.variable.currency.upper():
            return True
        if token.endswith("$"):
            raise _Unreadable(ANOTHER_CURRENCY)
        return False

    def _take_unit(self, token: str) -> None:
        unit = _UNIT_OF[token]
        is_rate = self.rate_mark or token in _RATE_WORDS
        self.rate_mark = False
        if self.money:
            if unit == "percent" or (not is_rate and unit == "year" and token.endswith("s")):
                raise _Unreadable(ANOTHER_UNIT)
            if unit != (self.rate or "year"):
                raise _Unreadable(f"an amount per {unit}")
        elif unit != (self.rate if is_rate else self.unit):
            raise _Unreadable(ANOTHER_UNIT)

    def result(self) -> tuple[float, str]:
        if self.connected or len(self.amounts) > 2 or not self.amounts:
            raise _Unreadable(NOT_A_NUMBER)
        values: list[float] = []
        for index, amount in enumerate(self.amounts):
            multiplier = self.multipliers.get(index, 1.0)
            value = amount.value
            if value is None:
                value = read_separated(
                    amount.written, points_group=self.money and multiplier == 1.0
                )
            if value is None:
                raise _Unreadable(AMBIGUOUS_SEPARATOR)
            values.append(value)
        reason = READ
        if len(values) == 2:
            value, reason = self._midpoint(values), MIDPOINT
        else:
            value = values[0] * self.multipliers.get(0, 1.0)
        if self.limit == "high":
            raise _Unreadable(UPPER_LIMIT)
        if self.limit == "low":
            if len(values) == 2:
                raise _Unreadable(NOT_A_NUMBER)
            reason = OPEN_RANGE
        # Without an upper bound a number of so many digits is rather a telephone's.
        high = self.variable.bounds.high
        if not value < (1e8 if high is None else 1e15):
            raise _Unreadable(NOT_A_NUMBER)
        if self.variable.kind == "count" and reason == READ and value != int(value):
            raise _Unreadable(NOT_WHOLE)
        # Ten significant digits keep 1.1 times a million a whole number.
        return float(f"{value:.12g}"), reason

    def _midpoint(self, values: list[float]) -> float:
        low, high = values
        second = self.multipliers.get(1, 1.0)
        # In 50-60k the thousands belong to both ends; in 5000-60k they cannot.
        first = self.multipliers.get(0, second if low <= high else 1.0)
        low, high = low * first, high * second
        if self.limit or low > high:
            raise _Unreadable(NOT_A_NUMBER)
        if self.variable.ranges == "missing":
            raise _Unreadable(RANGE)
        return (low + high) / 2


@cache
def _unit_nouns(unit: str) -> frozenset[str]:
    """Return the words of a unit that are not units of time, with and without plural s."""
    words = {word for word in _WORD.findall(unit.casefold()) if word not in _UNIT_OF}
    words -= {"a", "per", "an"}
    return frozenset(words | {word.rstrip("s") for word in words if len(word) > 3})


# ---------------------------------------------------------------------------------------------
# Years

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


def _year_reader(variable: Variable, wave: str) -> Reader:
    def read(text: str) -> Reading:
        folded = fold_text(text)
        if folded in _NO_NUMBER:
            return Reading(None, NOT_APPLICABLE, text)
        plain = folded.rstrip(".")
        if re.fullmatch(r"\d{4}(\.0+)?", plain, re.ASCII):
            return _within_bounds(variable, float(plain), READ, text)
        if re.fullmatch(r"'\d{2}", plain, re.ASCII):
            return _short_year(variable, int(plain[1:]), text)
        if re.fullmatch(r"\d{1,2}", plain, re.ASCII):
            return Reading(None, TWO_DIGITS, text)
        year = year_of_date(plain)
        if year is not None:
            # The whole date of birth would come close to naming a person.
            shown = re.sub(r"\d", "#", mask_typed(text)).replace("####", str(year), 1)
            return _within_bounds(variable, float(year), YEAR_OF_DATE, shown)
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
            if parts["month"] not in _MONTHS:
                return None
        else:
            a, b = int(parts["a"]), int(parts["b"])
            if not (1 <= min(a, b) <= 12 and max(a, b) <= 31):
                return None
        return int(parts["year"])
    return None


# ---------------------------------------------------------------------------------------------
# What may be shown of a typed answer

_ADDRESS = re.compile(
    r"@|\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}|(?:[0-9a-f]{0,4}:){2,}[0-9a-f]{0,4}|https?:|www\."
    r"|\bat\b.{1,40}\bdot\b",
    re.IGNORECASE,
)


def may_identify(text: str) -> bool:
    """Tell whether a text holds what looks like an e-mail, network or web address, or a phone."""
    return bool(_ADDRESS.search(text)) or sum(map(str.isdigit, text)) >= 9


@cache
def harmless_words() -> frozenset[str]:
    """Return the words of a typed answer that may be shown as they are."""
    words = {
        *(word for group in _CURRENCIES.values() for word in group),
        *_MULTIPLIERS,
        *_UNIT_OF,
        *_RATE_MARKS,
        *_ROUGHLY,
        *_AT_LEAST,
        *_AT_MOST,
        *_CONNECTORS,
        *_NUMBER_WORDS,
        *_TENS,
        *_MONTHS,
    }
    words |= {word for text in _NO_NUMBER for word in _WORD.findall(text)}
    words |= set(
        [
            "and",
            "between",
            "from",
            "than",
            "more",
            "less",
            "least",
            "most",
            "up",
            "at",
            "hundred",
            "yes",
            "no",
            "i",
            "am",
            "not",
            "am",
            "none",
            "free",
            "other",
            "salary",
            "income",
            "bonus",
            "before",
            "after",
            "tax",
            "taxes",
            "net",
            "gross",
            "retired",
            "student",
            "unemployed",
            "currently",
            "still",
            "depends",
            "varies",
            "it",
            "my",
            "much",
            "many",
            "too",
            "lot",
            "same",
        ]
    )
    return frozenset(word for word in words if word.isalpha()) | country_words()


def mask_words(text: str) -> str:
    """Return a text with every word that is not harmless shown as x, letter by letter."""
    words = harmless_words()
    return _WORD.sub(
        lambda found: found[0] if found[0].casefold() in words else "x" * len(found[0]),
        tidy_text(text),
    )


def mask_typed(text: str) -> str:
    """Return what may be shown of a typed answer: nothing of an address, no name, no long digits.

    Words outside a vocabulary of currencies, units, months, countries and the like become x.
    """
    if may_identify(text):
        return REMOVED
    masked = mask_words(text)
    if sum(map(str.isdigit, masked)) >= 7:
        masked = re.sub(r"\d", "#", masked)
    return masked[:200]


def closest(text: str, known: Iterable[str]) -> str | None:
    """Return the known text that a text resembles most; None where it resembles none."""
    import difflib

    found = difflib.get_close_matches(text, list(known), n=1, cutoff=0.6)
    return found[0] if found else None
