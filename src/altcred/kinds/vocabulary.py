"""Words that stand in answers about numbers: currencies, units, limits, and words for no answer."""

from pathlib import Path
from typing import Any

from altcred.core.description import read_yaml
from altcred.core.numerals import ONES, TENS

_WORDS: dict[str, Any] = read_yaml(Path(__file__).with_name("vocabulary.yaml"))

# Said in place of an answer, and of a number.
NO_ANSWER = set(_WORDS["no answer"])
NO_NUMBER = NO_ANSWER | set(_WORDS["no number"])
# What the column of one option holds.
TICKED, NOT_TICKED = set(_WORDS["ticked"]), set(_WORDS["not ticked"])
NOT_SHOWN = set(_WORDS["not shown"])
NOT_SHOWN |= {f"{left}{word}{right}" for word in NOT_SHOWN for left, right in ("[]", "()", "<>")}

CURRENCIES = {code: set(words) for code, words in _WORDS["currencies"].items()}
# Currencies that are called dollar, and peso.
DOLLARS, PESOS = set(_WORDS["dollars"]), set(_WORDS["pesos"])
MULTIPLIERS = {
    word: float(factor) for factor, words in _WORDS["multipliers"].items() for word in words
}
UNITS = {unit: set(words) for unit, words in _WORDS["units"].items()}
UNIT_OF = {word: unit for unit, words in UNITS.items() for word in words}
# What costs nothing.
FREE = set(_WORDS["no money"])
# Times that are said without a number, in minutes.
TIMES = {word: float(n) for n, words in _WORDS["times"].items() for word in words}
RATE_WORDS, RATE_MARKS = set(_WORDS["rate words"]), set(_WORDS["rate marks"])
ROUGHLY, CONNECTORS = set(_WORDS["roughly"]), set(_WORDS["connectors"])
AT_LEAST, AT_MOST = set(_WORDS["at least"]), set(_WORDS["at most"])
NUMBER_WORDS = {word: float(number) for number, word in enumerate(ONES)}
NUMBER_WORDS |= {"nil": 0.0, "nothing": 0.0, "dozen": 12.0}
TENS_WORDS = {word: float(10 * number) for number, word in enumerate(TENS, start=2)}
MONTHS: list[str] = _WORDS["months"]
HARMLESS = set(_WORDS["harmless"])
