"""Countries whose names people bear: "Tom Holland" is no answer to where somebody lives.

Such a name is read as a country's where it stands alone between signs, follows a preposition, or
stands beside words of places; among other words it may be somebody's name. Nobody's country is
worth a guess that may be wrong, so what is unclear is none.
"""

import re
from functools import cache
from pathlib import Path

from altcred.core.description import read_yaml

_WORDS: dict[str, str] = read_yaml(Path(__file__).with_name("namesakes.yaml"))
_GIVEN, _FAMILY, _CITIES, _TITLES, _PREPOSITIONS, _BESIDE = (
    frozenset(_WORDS[name].split())
    for name in ("given", "family", "cities", "titles", "prepositions", "beside")
)
_SIGNS = re.compile(r"[,;:()\[\]/|\n\r\t\"]+|\s[-–—]+\s|[–—]")
_WORD = re.compile(r"[^\W\d_]+")


def may_name_person(text: str, known: frozenset[str]) -> bool:
    """Tell whether the country among the words of a text may be a part of somebody's name.

    `known` are words of countries' names, beside which a name is a country's.
    """
    folded = re.sub(r"[.'’`]", "", text.casefold())
    if not _TITLES.isdisjoint(_WORD.findall(folded)):
        return True
    return any(_names_person(_WORD.findall(piece), known) for piece in _SIGNS.split(folded))


def _names_person(words: list[str], known: frozenset[str]) -> bool:
    for place, word in enumerate(words):
        if word not in _GIVEN | _FAMILY or (place and words[place - 1] in _PREPOSITIONS):
            continue
        before, after = words[:place], words[place + 1 :]
        beside = (known - _GIVEN - _FAMILY) | _BESIDE | _PREPOSITIONS | _cities()
        if beside.issuperset([*before, *after]):
            continue
        is_first = bool(after) and word in _GIVEN and after[0] not in _BESIDE
        if is_first or (before and word in _FAMILY and before[-1] not in _BESIDE):
            return True
    return False


@cache
def _cities() -> frozenset[str]:
    """Return the words of the cities after which time zones are called, capitals most of all."""
    from babel.core import get_global

    places = (zone.rpartition("/")[2].casefold() for zone in get_global("zone_territories"))
    return frozenset(word for place in places for word in _WORD.findall(place)) - _GIVEN - _CITIES
