"""What may be shown of an answer that somebody typed: never a name, an address or long digits."""

import re
from functools import cache

from altcred.core.countries import country_words
from altcred.kinds.reading import NOT_A_CHOICE, REMOVED, UNLISTED, Reading, tidy_text
from altcred.kinds.variable import Variable
from altcred.kinds.vocabulary import (
    AT_LEAST,
    AT_MOST,
    CONNECTORS,
    CURRENCIES,
    HARMLESS,
    MONTHS,
    MULTIPLIERS,
    NO_NUMBER,
    NOT_SHOWN,
    NOT_TICKED,
    NUMBER_WORDS,
    RATE_MARKS,
    ROUGHLY,
    TENS_WORDS,
    TICKED,
    UNIT_OF,
)

# Words for money and thousands that are names of people as well.
_ALSO_NAMES = {"bin", "lei"}
_WORD = re.compile(r"[^\W\d_]+")
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
        *(word for group in CURRENCIES.values() for word in group),
        *MULTIPLIERS,
        *UNIT_OF,
        *RATE_MARKS,
        *ROUGHLY,
        *AT_LEAST,
        *AT_MOST,
        *CONNECTORS,
        *NUMBER_WORDS,
        *TENS_WORDS,
        *MONTHS,
        *HARMLESS,
    }
    words |= {word for text in NO_NUMBER for word in _WORD.findall(text)}
    # Shorter words of other languages may be a name.
    said = TICKED | NOT_TICKED | NOT_SHOWN
    words |= {word for text in said for word in _WORD.findall(text) if len(word) > 3}
    shown = frozenset(word for word in words if word.isalpha()) | country_words()
    return shown - _ALSO_NAMES


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


def refuse_unlisted(variable: Variable, text: str) -> Reading:
    """Return the reading of a text that is none of the answers listed."""
    reason = NOT_A_CHOICE if variable.unlisted == "missing" else UNLISTED
    return Reading(None, reason, mask_typed(text))
