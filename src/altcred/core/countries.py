"""Countries and territories: from a name as written to ISO 3166 alpha-3, and to a short name."""

import html
import logging
import re
from functools import cache

# Names that country_converter does not know, or reads as several countries.
_OWN_NAMES = {
    "holland": "NLD",
    "the netherlands": "NLD",
    "uae": "ARE",
    "england": "GBR",
    "scotland": "GBR",
    "wales": "GBR",
    "northern ireland": "GBR",
    "great britain": "GBR",
    "uk": "GBR",
    "us": "USA",
    "usa": "USA",
    "united states of america": "USA",
    "america": "USA",
    "korea": "KOR",
    "republic of korea": "KOR",
    "south korea": "KOR",
    "korea republic of": "KOR",
    "burma": "MMR",
    "brasil": "BRA",
    "deutschland": "DEU",
    "espana": "ESP",
    "españa": "ESP",
    "italia": "ITA",
    "mexico": "MEX",
    "méxico": "MEX",
    "turkiye": "TUR",
    "türkiye": "TUR",
    "cote divoire": "CIV",
    "côte divoire": "CIV",
    "viet nam": "VNM",
    "libyan arab jamahiriya": "LBY",
    "swaziland": "SWZ",
    "kosovo": "XKX",
}
# ISO's reserve code for Kosovo that most statistics use; country_converter has its own.
_OWN_CODES = {"XKV": "XKX"}
_OWN_LABELS = {"XKX": "Kosovo"}
# Codes of two letters that are words as well: "no" is rather an answer than Norway.
_WORDS = {"na", "no", "is", "in", "it", "me", "my", "so", "to", "at", "be", "by", "us", "am"}


def read_country(text: str) -> str | None:
    """Return the ISO 3166 alpha-3 code of a country as written; None where it is none or several.

    Reads English short and official names, common variants ("Iran, Islamic Republic of...") and
    the codes of two or three capital letters.
    """
    written = re.sub(r"\s+", " ", html.unescape(text)).strip(" .\t")
    key = _key(written)
    if not re.search(r"[^\W\d_]", key):
        return None
    exact, codes, patterns = _known_countries()
    if key in exact:
        return exact[key]
    # A capital code is meant as one; in small letters it may be a word, as "no" or "in".
    if written.isupper() and written in codes and written.casefold() not in _WORDS:
        return codes[written]
    found = {code for pattern, code in patterns if pattern.search(written)}
    return found.pop() if len(found) == 1 else None


def country_label(iso3: str) -> str:
    """Return the short English name of a country; the code itself where it is none."""
    return _labels().get(iso3, iso3)


@cache
def country_words() -> frozenset[str]:
    """Return every word of the known countries' names, casefolded: none of them names a person."""
    exact, _, _ = _known_countries()
    return frozenset(word for name in exact for word in re.findall(r"[^\W\d_]+", name))


def is_country_name(text: str) -> bool:
    """Tell whether a text is exactly a country's name or code as known, with nothing added."""
    exact, codes, _ = _known_countries()
    return _key(text) in exact or text.strip() in codes


def _key(text: str) -> str:
    folded = html.unescape(text).casefold().replace("&", " and ")
    return re.sub(r"\s+", " ", re.sub(r"[.,'’`()]", "", folded)).strip()


@cache
def _table() -> list[tuple[str, str, str, str, str]]:
    """Return name, official name, pattern, two and three letters of each country."""
    import country_converter

    logging.getLogger("country_converter").setLevel(logging.CRITICAL)
    data = country_converter.CountryConverter().data
    columns = ["name_short", "name_official", "regex", "ISO2", "ISO3"]
    return [tuple(str(value) for value in row) for row in data[columns].itertuples(index=False)]


@cache
def _known_countries() -> tuple[dict[str, str], dict[str, str], list[tuple[re.Pattern[str], str]]]:
    exact: dict[str, str] = {}
    codes: dict[str, str] = {}
    patterns: list[tuple[re.Pattern[str], str]] = []
    for short, official, pattern, two, three in _table():
        iso3 = _OWN_CODES.get(three, three)
        exact.setdefault(_key(short), iso3)
        exact.setdefault(_key(official), iso3)
        codes[two] = codes[iso3] = iso3
        patterns.append((re.compile(pattern, re.IGNORECASE), iso3))
    exact.update({_key(name): iso3 for name, iso3 in _OWN_NAMES.items()})
    return exact, codes, patterns


@cache
def _labels() -> dict[str, str]:
    return {_OWN_CODES.get(row[4], row[4]): row[0] for row in _table()} | _OWN_LABELS
