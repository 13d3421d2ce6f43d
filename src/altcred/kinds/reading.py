"""A reading: what one answer was read as, and why; and how texts are compared."""

import html
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from altcred.kinds.variable import Variable

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
NOT_A_DATE = "not a date"
UNCLEAR_DATE = "a date whose day and month cannot be told apart"
TWO_DIGIT_YEAR = "a year of two digits, of either century"
NOT_A_COUNTRY = "not a country"
NOT_A_CHOICE = "not among the choices"
WRITTEN_IN = "read; the rest was written in"
READ_IN_PART = "read in part"
GATHERED = "gathered under"
NOT_CHOSEN = "not chosen"
CONTRADICTED = "ticked with answers it excludes"
# Begins the reason of answers that are joined by something else than they were cut at.
JOINED = "joined, it seems, by"
THOUGH_ANSWERED = "not asked, though answered"
# Begins the reason of an answer that the codebook or the export declares missing.
MISSING = "missing"
# Of a value in an option's column that says that nothing was shown or answered.
UNSHOWN = f"{MISSING} by its code or word"
DERIVED, NOT_DERIVED = "derived", "a source is missing"
# Reason of the answers to an open question that most people typed alike.
COMMONEST_TEXT = "answered, the most frequent text"

# What programs write where there is no value, spelt as they do: people write N/A or n.a.
_FILLERS = {"NA", "<NA>", "NaN", "nan", "NULL", "null", "#N/A", "#NULL!"}

REMOVED = "[removed: may identify a person]"

Value = str | float | tuple[str, ...] | None


@dataclass(frozen=True)
class Reading:
    """What one answer was read as: its value or None, the reason, and how it may be shown."""

    value: Value
    reason: str = READ
    shown: str = ""

    @property
    def is_blank(self) -> bool:
        """Whether nobody answered anything by it: no more than a program's word for no value."""
        is_filler = self.value is None and self.shown in _FILLERS
        return is_filler or self.reason in {BLANK, UNSHOWN}

    @property
    def is_missing(self) -> bool:
        """Whether there is no answer: a blank, or what the codebook or the export calls missing."""
        return self.reason == BLANK or self.reason.startswith(f"{MISSING} ")


# What stands between options that a file has in a column each, by their places.
NEXT_PLACE = "\u241f"

Reader = Callable[[str], Reading]


def with_missing(read: Reader, missing: Mapping[str, str]) -> Reader:
    """Return a reader that knows answers declared missing, each with the reason given for it."""
    reasons = {_fold_code(answer): reason for answer, reason in missing.items()}

    def read_one(text: str) -> Reading:
        reason = reasons.get(_fold_code(text))
        return read(text) if reason is None else Reading(None, reason, tidy_text(text))

    return read_one if reasons else read


def declared_missing(variable: Variable) -> dict[str, str]:
    """Return the answers that the codebook declares missing, with the reason of each."""
    return {
        answer: f"{MISSING} by the codebook: {meaning or answer}"
        for answer, meaning in variable.missing.items()
    }


def _fold_code(text: str) -> str:
    return plain_code(fold_text(text))


def tidy_text(text: str) -> str:
    """Return a text without markup, line breaks, invisible characters and typographic variants."""
    if _IS_PLAIN(text):
        return " ".join(text.split())
    # An accent may be a letter of its own; composed, equal words are equal texts.
    composed = unicodedata.normalize("NFC", text)
    # What only looks otherwise may stand inside a word; all else parts words.
    plain = re.sub(rf"</?(?:{_INLINE})\b[^<>]*>", "", composed, flags=re.IGNORECASE)
    plain = html.unescape(re.sub(r"</?[a-zA-Z][^<>]*>", " ", plain))
    plain = re.sub(r"[​‌‍⁠﻿]", "", plain)
    plain = plain.translate(_PLAIN_CHARACTERS)
    return re.sub(r"\s+", " ", plain).strip()


# Of these signs none is changed: neither markup nor a line break is among them.
_IS_PLAIN = re.compile(r"[ -%'-;=-~]*").fullmatch
_INLINE = "a|abbr|b|big|code|del|em|font|i|ins|mark|s|small|span|strike|strong|sub|sup|u|wbr"
_PLAIN_CHARACTERS = str.maketrans(
    {"‘": "'", "’": "'", "ʼ": "'", "“": '"', "”": '"', "–": "-", "—": "-", "‑": "-", "−": "-"}
    # As keyboards of Chinese and Japanese write them, and Arabic, Persian and Hindi.
    | {chr(ord(nought) + digit): str(digit) for nought in "０٠۰०" for digit in range(10)}
    | {"٫": ".", "٬": ","}
)


def fold_text(text: str) -> str:
    """Return a text tidied and without regard to capitals, so that equal answers compare equal."""
    # Python's small letter of İ has a dot too many, and Turkish capitals of ı and i are I and İ.
    return tidy_text(text).casefold().replace("i\u0307", "i").replace("ı", "i")


def choices_of(variable: Variable, wave: str) -> dict[str, str]:
    """Return each way a variable's categories are written in a wave, folded, to the category."""
    choices: dict[str, str] = {}
    for name, category in variable.categories_in(wave).items():
        for answer in category.answers_in(wave):
            choices.setdefault(fold_text(answer), name)
    return choices


def blanks_of(variable: Variable) -> set[str]:
    """Return what counts as a blank, folded."""
    return {fold_text(text) for text in variable.blank} | {""}


def codes_of(variable: Variable, wave: str) -> dict[str, str]:
    """Return the numbers that stand for a variable's categories in a numeric export."""
    return {
        fold_text(str(category.code)): name
        for name, category in variable.categories_in(wave).items()
        if category.code is not None
    }


def plain_code(text: str) -> str:
    """Return a number as text without the zeros that a spreadsheet adds."""
    # Exports that passed through a spreadsheet write the code 3 as 3.0.
    return re.sub(r"\.0+$", "", text)


def closest(text: str, known: Iterable[str]) -> str | None:
    """Return the known text that a text resembles most; None where it resembles none."""
    import difflib

    found = difflib.get_close_matches(text, list(known), n=1, cutoff=0.6)
    return found[0] if found else None
