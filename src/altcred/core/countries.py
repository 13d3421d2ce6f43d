"""Countries and territories: from a name as written to ISO 3166 alpha-3, and to a short name.

Names and codes are those of CLDR, the Unicode consortium's, which Babel carries. What CLDR
lacks stands in countries.yaml: official names that no short name is part of, former names, and
variants.
"""

import html
import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

from altcred.core.description import read_yaml
from altcred.core.namesakes import may_name_person

# A text longer than this is no name, nor one among a few other words.
_LONGEST = 500
# What CLDR lists as a region and ISO 3166 as no country.
_NO_COUNTRIES = {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"}
# Alpha-3 codes of countries that are no more.
_RETIRED = {"BUR", "DDR", "FXX", "TMP", "YMD", "ZAR"}
# Most statistics use this code of Kosovo; CLDR has its own.
_OWN_CODES = {"XKK": "XKX"}
# Languages in which names are read where they are written out and name one country alone.
_LANGUAGES = (
    *("bg", "cs", "da", "de", "el", "es", "et", "fi", "fr", "hr", "hu", "id", "it", "lt", "lv"),
    *("nb", "nl", "pl", "pt", "ro", "ru", "sk", "sl", "sr", "sv", "tr", "uk", "vi"),
)
# Codes of two letters that are answers as well, in capitals too: "NO" is Norway only among codes.
_WORDS = {"na", "no"}


def read_country(text: str) -> str | None:
    """Return the ISO 3166 alpha-3 code of a country as written; None where it is none or several.

    Reads English names, alone or among other words ("Iran, Islamic Republic of..."), the names in
    other languages of Europe and some beyond, and the codes of two or three capital letters.
    A name that people bear counts among other words only where it cannot be one: "I live in
    Jordan" and "Amman, Jordan", not "April May Jordan".
    """
    if len(text) > _LONGEST:
        return None
    written = html.unescape(text).strip(" .\t\n\r")
    words = tuple(_words(written))
    own = _names().get(words)
    if own is not None:
        return own or None
    # A capital code is meant as one; in small letters it may be a word, as "no" or "in".
    if written.isupper() and written.casefold() not in _WORDS and written in _codes():
        return _codes()[written]
    foreign = _foreign_names().get(" ".join(words))
    if foreign:
        return foreign
    found = set(_find_names(words)) - {""}
    return found.pop() if len(found) == 1 and not is_person(written) else None


def is_person(text: str) -> bool:
    """Tell whether a text that holds the name of a country may be a person's name."""
    is_short = len(text) <= _LONGEST and not is_country_name(text)
    return is_short and may_name_person(text, country_words())


def read_code(text: str) -> str | None:
    """Return the alpha-3 code of a code of two or three capital letters, though it is a word too.

    UK and EL are read as well: the European Union writes them for the United Kingdom and Greece.
    """
    return {"UK": "GBR", "EL": "GRC"}.get(text) or _codes().get(text)


def find_country(text: str) -> str | None:
    """Return the alpha-3 code of a country that is meant to be one, by any of its codes or names.

    Unlike in an answer, capitals do not matter, and NO is Norway.
    """
    written = str(text).strip()
    code = read_code(written.upper())
    if code is None and written.isdigit() and len(written) <= 3:
        code = alpha3_of(int(written))
    return code or read_country(written)


def list_names() -> list[str]:
    """Return the short English name of every country and territory."""
    return sorted(_labels().values())


def country_label(iso3: str) -> str:
    """Return the short English name of a country; the code itself where it is none."""
    return _labels().get(iso3, iso3)


def list_countries() -> list[str]:
    """Return the alpha-3 code of every country and territory."""
    return sorted(_labels())


@cache
def country_words() -> frozenset[str]:
    """Return every word of the known countries' names, casefolded: none of them names a person."""
    names = [name.casefold().replace("'", "") for name in _labels().values()]
    return frozenset(re.findall(r"[^\W\d_]+", " ".join([*names, _own()["words"]])))


def is_country_name(text: str) -> bool:
    """Tell whether a text is exactly a country's name or code as known, with nothing added."""
    words = tuple(_words(text))
    return bool(_names().get(words)) or text.strip() in _codes()


def alpha3_of(number: int) -> str | None:
    """Return the alpha-3 code of a country's ISO 3166 number."""
    two = _aliases().get(f"{number:03d}", [""])
    return _codes().get(two[0]) if len(two) == 1 else None


def _words(text: str) -> list[str]:
    """Return the words of a name without accents, articles, and what joins them."""
    # Of Turkish I and İ are the capitals of ı and i, and are written for one another.
    plain = html.unescape(text).casefold().replace("&", " and ").replace("ı", "i")
    plain = re.sub(r"[.'’`]", "", unicodedata.normalize("NFKD", plain))
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    plain = re.sub(r"\bst(?=\W)", "saint", plain)
    words = [word for word in re.findall(r"[^\W_]+", plain) if word not in {"and", "the"}]
    return [*words[:-1], "islands"] if words[1:] and words[-1] == "is" else words


def _find_names(words: tuple[str, ...]) -> list[str]:
    """Return the countries named among words, of a name within a name only the longer one."""
    names, longest = _names(), max(map(len, _names()))
    found: list[str] = []
    place = 0
    while place < len(words):
        for length in range(min(longest, len(words) - place), 0, -1):
            code = names.get(words[place : place + length])
            # Two letters among other words are rather one of them than a country.
            if code is not None and (length > 1 or len(words[place]) > 2):
                found.append(code)
                place += length
                break
        else:
            place += 1
    return found


@cache
def _aliases() -> dict[str, list[str]]:
    from babel.core import get_global

    return dict(get_global("territory_aliases"))


@cache
def _codes() -> dict[str, str]:
    """Return the alpha-3 code of each code of two and of three letters."""
    codes: dict[str, str] = {}
    for three, two in _aliases().items():
        is_code = len(three) == 3 and three.isalpha() and three not in _RETIRED
        if is_code and len(two) == 1 and two[0] in _territories() and len(two[0]) == 2:
            code = _OWN_CODES.get(three, three)
            codes[two[0]] = codes[code] = code
    return codes


@cache
def _territories(language: str = "en") -> dict[str, str]:
    """Return the name of each country in a language, by its code of two letters."""
    from babel import Locale

    return {
        two: name
        for two, name in Locale(language).territories.items()
        if len(two) == 2 and two not in _NO_COUNTRIES
    }


@cache
def _own() -> dict[str, Any]:
    return dict(read_yaml(Path(__file__).with_name("countries.yaml")))


@cache
def _labels() -> dict[str, str]:
    plain = {
        _codes()[two]: name.replace(" & ", " and ").replace("’", "'")
        for two, name in _territories().items()
        if two in _codes()
    }
    return plain | _own()["labels"]


@cache
def _names() -> dict[tuple[str, ...], str]:
    """Return the code of each English name, by its words; "" of what only looks like one."""
    names = {tuple(_words(name)): _codes()[two] for two, name in _territories().items()}
    names |= {tuple(_words(name)): code for code, name in _labels().items()}
    for code, written in _own()["names"].items():
        names |= {tuple(_words(name)): code for name in written.split(";")}
    return names


@cache
def _foreign_names() -> dict[str, str]:
    """Return the code of each name in other languages that is one country's in all of them."""
    found: dict[str, set[str]] = {}
    for language in _LANGUAGES:
        for two, name in _territories(language).items():
            if two in _codes():
                found.setdefault(" ".join(_words(name)), set()).add(_codes()[two])
    return {name: codes.pop() for name, codes in found.items() if len(codes) == 1}
