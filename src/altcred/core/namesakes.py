"""Countries whose names people bear: "Tom Holland" is no answer to where somebody lives.

Such a name is read as a country's where it stands alone between signs, follows a preposition, or
stands beside words of places; among other words it may be somebody's name. Nobody's country is
worth a guess that may be wrong, so what is unclear is none.
"""

import re
from functools import cache


def _words_of(text: str) -> frozenset[str]:
    return frozenset(text.split())


# As a given name, which stands before others, and as a family name, which stands after them. They
# were gathered by hand from names that the author has met, in English, Romance and Slavic languages
# most of all; no list of names is behind them.
_GIVEN = _words_of(
    "albania estonia germania grecia irlanda libya mali polonia samoa syria tonga "
    "america argentina armenia austria bolivia brasil britain chad china cuba cyprus dominica "
    "england france georgia grenada guinea holland india ireland israel italia jamaica jordan "
    "kenya malta martinique monaco montserrat persia scotland siam tobago trinidad wales"
)
_FAMILY = _words_of(
    "españa espana francia holanda hollanda irlanda togo tonga "
    "chad england france georgia germany holland ireland israel jordan malta monaco oman "
    "portugal trinidad wales"
)
# Cities called like people, beside which a country may be another name of theirs.
_CITIES = _words_of("adelaide asuncion santiago sofia sydney victoria")
_TITLES = _words_of(
    "don doña pan pani "
    "mr mrs ms miss mx dr prof professor sir madam mister herr frau monsieur madame mme senor "
    "señor senora señora signor signora called"
)
_PREPOSITIONS = _words_of(
    "in from of to at near within into around across outside inside via is was im en aus"
)
# What stands beside a country in a sentence or an address, and is nobody's name.
_BESIDE = _words_of(
    "a also am an and are been before both but by city country currently for have here i it its "
    "just live lived living me mostly my near north northern now on only originally region "
    "republic resident rural since so south southern state still that the then there this though "
    "town we where which while with work working eastern western east west wi"
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
