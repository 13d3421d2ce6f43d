"""Known orders of answers: agreement, frequency, amounts, quality, bands of numbers, schooling.

An order is found only where every answer has a place of its own in it.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from altcred.core.description import read_yaml
from altcred.draft.bands import find_bands, rate_of, schooling_of
from altcred.draft.words import any_of
from altcred.kinds.reading import fold_text

_PREFIXES = ("un", "dis", "in", "im", "ir", "on", "u", "o", "des", "mis")
_MIDDLE = re.compile(any_of("middle"))
# What stands between agreeing and disagreeing where no answer says that it is neither.
_HALF = re.compile(any_of("half"))


@dataclass(frozen=True)
class Order:
    """Answers from low to high; `is_scale` where their steps are even enough for a mean."""

    answers: tuple[str, ...]
    is_scale: bool = False
    # Answers that nobody gave, though their opposites were.
    added: tuple[str, ...] = ()
    # Whether they are words of a known scale or ranges, rather than any words with a number.
    is_listed: bool = True


def find_order(answers: Sequence[str]) -> Order | None:
    """Return the answers in their known order; None where not all of them have one.

    Answers that stand aside, such as "Don't know", must have been taken out before.
    """
    if len({fold_text(one) for one in answers}) < max(2, len(answers)):
        return None
    return (
        _find_degrees(answers, _MIDDLE)
        or _find_degrees(answers, _HALF)
        or _on_ladder(answers)
        or _by_place(answers, rate_of)
        or _by_place(answers, schooling_of)
        or _by_bands(answers)
    )


def _plain(text: str) -> str:
    folded = re.sub(r"\s*[(\[][^)\]]*[)\]]\s*$", "", fold_text(text)) or fold_text(text)
    plain = folded.strip(" .!*:\"'").replace("/ ", "/").replace(" /", "/")
    # Arabic may be written with its short vowels or without them.
    plain = re.sub("[\u064b-\u0652\u0640]", "", plain)
    # Of both forms of a word, as in zadowolony/a and satisfecho/a, the first.
    plain = re.sub(r"(?<=[^\W\d_]{4})/(?:a|as|e|es|in|innen|y)(?![^\W\d_])", "", plain)
    # "Not clear at all" says what "Not at all clear" does, "No risk at all" what "No risk" does.
    plain = re.sub(r"^not (.+) at all$", r"not at all \1", plain)
    return re.sub(r"^no (.+) at all$", r"no \1", plain)


def _by_place(answers: Sequence[str], place_of: Callable[[str], float | None]) -> Order | None:
    """Return answers by a number that each has for itself."""
    places = [place_of(_plain(one)) for one in answers]
    known = [one for one in places if one is not None]
    if len(known) < max(len(answers), 3) or len(set(known)) < len(known):
        return None
    by_place = sorted(zip(known, answers, strict=True))
    return Order(tuple(one for _, one in by_place))


def _by_bands(answers: Sequence[str]) -> Order | None:
    found = find_bands(answers)
    return found and Order(tuple(found[0]), is_listed=found[1])


@cache
def _words() -> dict[str, Any]:
    return dict(read_yaml(Path(__file__).with_name("scales.yaml")))


@cache
def _ladders() -> list[tuple[bool, dict[str, int]]]:
    ladders = []
    for ladder in _words()["ladders"]:
        is_even = isinstance(ladder, dict)
        steps = (ladder["even"] if is_even else ladder).split("<")
        places = {
            _plain(word): place for place, step in enumerate(steps) for word in step.split("|")
        }
        ladders.append((is_even, places))
    return ladders


@cache
def _degrees() -> dict[str, float]:
    """Return how much each word adds, the longest first."""
    found = {word: degree for degree, words in _words()["degrees"].items() for word in words}
    return dict(sorted(found.items(), key=lambda one: len(one[0]), reverse=True))


def _on_ladder(answers: Sequence[str]) -> Order | None:
    plain = [_plain(one) for one in answers]
    shared = set.intersection(*(set(one.split()) for one in plain)) if len(plain) > 2 else set()
    # What all say is the thing that there is more or less of, as in "Large gain".
    bare = [" ".join(word for word in one.split() if word not in shared) for one in plain]
    for texts in dict.fromkeys((tuple(plain), tuple(bare))):
        for is_even, places in _ladders():
            known = [places[one] for one in texts if one in places]
            if len(known) == len(answers) == len(set(known)):
                by_place = sorted(zip(known, answers, strict=True))
                is_scale = is_even and len(answers) >= 4
                return Order(tuple(one for _, one in by_place), is_scale)
    return None


# Degrees ---------------------------------------------------------------------------------------


def _split_degree(text: str) -> tuple[float, str]:
    """Return how strong an answer is, below nought where it denies, and what it is about."""
    plain = re.sub(r"^(?:i am|i'm|i|it is|it was|ich bin|je suis) ", "", _plain(text))
    if not re.search(r"\bstimme\b|\btrifft\b", plain):
        return _split_plain(plain)
    # In German the verb stands around what is said of it.
    inner = re.sub(r"\b(?:stimme|trifft)\b|\b(?:zu|dem|ich)\b(?!\S)", " ", plain)
    value, rest = _split_plain(" ".join(inner.split()))
    stem = "zu" if not rest else f"zu {rest}"
    return value, stem


def _split_plain(plain: str) -> tuple[float, str]:
    for words, value in (("not at all", -5.0), ("not very", -1.0)):
        if (rest := _after(plain, _words()[words])) is not None:
            return value, rest
    denied = _after(plain, _words()["not"])
    plain = plain if denied is None else denied
    for word, degree in _degrees().items():
        if (rest := _after(plain, [word])) is not None:
            inner = _after(rest, _words()["not"])
            is_denied = (denied is not None) != (inner is not None)
            return (-degree if is_denied else degree), (rest if inner is None else inner)
    return (3.0 if denied is None else -3.0), plain


def _after(text: str, words: Iterable[str]) -> str | None:
    """Return what stands beside one of the words at an end of a text; None where none does."""
    for word in words:
        if text == word:
            return ""
        if text.startswith(f"{word} "):
            return text[len(word) + 1 :]
        if text.endswith(f" {word}"):
            return text[: -len(word) - 1]
    return None


def _find_degrees(answers: Sequence[str], neither: re.Pattern[str]) -> Order | None:
    """Order answers of one adjective or verb by how strongly they say it, or its contrary.

    `neither` is the words of the answer between the two.
    """
    middle = [one for one in answers if neither.fullmatch(_plain(one))]
    sided = [one for one in answers if one not in middle]
    if len(middle) > 1 or len(sided) < 2:
        return None
    split = {one: _split_degree(one) for one in sided}
    stems = {stem for _, stem in split.values() if stem}
    values: dict[str, float] = {}
    kept: set[str] = set()
    contraries = _words()["contrary"]
    contrary: dict[str, str] = {}
    for one, (value, stem) in split.items():
        base = contraries.get(stem)
        if base is None and stem:
            bases = (stem[len(pre) :] for pre in _PREFIXES if stem.startswith(pre))
            base = next((found for found in bases if found in stems and found), None)
        if base is None and stem:
            # As in "less motivated" beside "more motivated".
            first, _, rest = stem.partition(" ")
            base = f"{contraries[first]} {rest}" if rest and first in contraries else None
            base = base if base in stems else None
        if base is not None:
            contrary[base] = stem
            value, stem = -value, base
        kept |= {stem} - {""}
        values[one] = value
    if len(kept) > 1 or len(set(values.values())) < len(values):
        return None
    if not kept and not any(_after(_plain(one), _words()["not at all"]) == "" for one in sided):
        # Bare degrees, as "Slightly" and "Very", begin or end with "Not at all".
        return None
    if sum(abs(value) != 3.0 for value in values.values()) + len(middle) == 0:
        return None
    added = {}
    has_sides = min(values.values()) < 0 < max(values.values())
    if contrary and has_sides:
        added = _add_opposites(values, *next(iter(contrary.items())))
    is_told = len(added) <= 2
    added = added if is_told else {}
    values |= dict.fromkeys(middle, 0.0) | added
    ordered = tuple(sorted(values, key=lambda one: values[one]))
    is_whole = bool(contrary) or (len(ordered) >= 4 and min(values.values()) <= -5)
    return Order(ordered, is_told and is_whole and has_sides and len(ordered) >= 3, tuple(added))


def _add_opposites(values: dict[str, float], base: str, contrary: str) -> dict[str, float]:
    """Return the answers that nobody gave though somebody gave their opposite."""
    added = {}
    for one, value in values.items():
        if -value in values.values() or re.search(r"\b(?:not|nicht|pas|no|non|niet)\b", one, re.I):
            continue
        word, other = (base, contrary) if value > 0 else (contrary, base)
        match = re.search(rf"(?<!\w){re.escape(word)}(?!\w)", one, re.IGNORECASE)
        if match:
            new = other.capitalize() if match[0][:1].isupper() else other
            added[one[: match.start()] + new + one[match.end() :]] = -value
    return added
