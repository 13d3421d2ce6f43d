"""Words that stand in times beside their numbers: months, halves of a day, zones, hours."""

import re
from functools import cache

from altcred.kinds.reading import fold_text
from altcred.kinds.vocabulary import ROUGHLY, TIMES, UNITS

# Languages whose names of months are known; no name is that of two months among them.
_LANGUAGES = (
    *("en", "de", "de_AT", "fr", "es", "pt", "it", "nl", "da", "nb", "sv", "fi", "pl", "cs", "sk"),
    *("sl", "el", "tr", "ru", "uk", "bg", "hu", "ro", "et", "lv", "lt"),
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# The halves of a day without points and blanks: those that stand behind the hour, and before it.
_MORNING = {"am", "vorm", "fm", "ap", "dop", "πμ", "öö", "дп", "de", "sa", "ص", "fh"}
_AFTERNOON = {"pm", "nachm", "em", "ip", "odp", "μμ", "ös", "пп", "du", "ch", "م", "eh", "pop"}
_MORNING_BEFORE, _AFTERNOON_BEFORE = {"上午", "午前", "오전"}, {"下午", "午後", "오후"}
# Words between the parts of a time that say nothing.
_IDLE = re.compile(
    r"(?<!\w)(?:um|uhr|klo|kl|à|às|a las|alle(?: ore)?|om|de|del|@|г|р|ч|gada)(?!\w)\.?"
)

# Hours from UTC of the abbreviations that mean one zone: those of RFC 822, and others' own.
ZONES: dict[str, float] = {
    **{"wet": 0, "west": 1, "cet": 1, "cest": 2, "eet": 2, "eest": 3, "msk": 3, "trt": 3},
    **{"wez": 0, "wesz": 1, "mez": 1, "mesz": 2, "oez": 2, "oesz": 3, "seč": 1, "selč": 2},
    **{"est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7},
    **{"akst": -9, "akdt": -8, "hst": -10, "adt": -3, "nst": -3.5, "ndt": -2.5, "brt": -3},
    **{"art": -3, "clt": -4, "clst": -3, "pet": -5, "wat": 1, "cat": 2, "sast": 2, "eat": 3},
    **{"idt": 3, "pkt": 5, "npt": 5.75, "wib": 7, "wita": 8, "wit": 9, "hkt": 8, "sgt": 8},
    **{"jst": 9, "kst": 9, "awst": 8, "acst": 9.5, "acdt": 10.5, "aest": 10, "aedt": 11},
    **{"nzst": 12, "nzdt": 13},
}
# Abbreviations of several zones: a time beside one is of no known zone, unless the study says it.
UNCLEAR_ZONES = {"bst", "ist", "ast", "gst", "sst", "cot", "ict", "pht"}


def spell_words(words: set[str]) -> str:
    """Return a pattern of words whose letters may have points and blanks between them."""
    spelled = (r"\.? ?".join(map(re.escape, word)) for word in sorted(words, key=len, reverse=True))
    return rf"(?:{'|'.join(spelled)})\.?"


BEHIND = spell_words(_MORNING | _AFTERNOON | _MORNING_BEFORE | _AFTERNOON_BEFORE)
BEFORE = spell_words(_MORNING_BEFORE | _AFTERNOON_BEFORE | {"am", "pm"})


def is_afternoon(word: str) -> bool:
    """Tell of a word for half a day which of them it is."""
    return re.sub(r"[. ]", "", word) in _AFTERNOON | _AFTERNOON_BEFORE


def month_number(name: str) -> int:
    """Return the number of a month; nought, which no date has, where it is none."""
    name = name.rstrip(".")
    return _month_names().get(name) or (_MONTHS.index(name[:3]) + 1 if name[:3] in _MONTHS else 0)


@cache
def _month_names() -> dict[str, int]:
    from babel.dates import get_month_names

    return {
        fold_text(name).rstrip("."): number
        for language in _LANGUAGES
        for width in ("wide", "abbreviated")
        for context in ("format", "stand-alone")
        for number, name in get_month_names(width, context, language).items()
    }


def _write_minutes(found: re.Match[str]) -> str:
    return f":{int(found[1]):02} "


def plain_time(text: str) -> str:
    """Return a time, folded, in the order in which it is read and without idle words."""
    text = re.sub(r" ?[年년月월] ?", "-", text)
    text = re.sub(r"(?<=\d) ?[日일],?", " ", text)
    # The parts of a clock by their names: 15 h 29 min 02 s.
    text = re.sub(r"(?<=\d) ?(?:h|時|시) ?(\d\d?)(?: ?(?:min\b|[分분]))?", _write_minutes, text)
    text = re.sub(r"(?<=:\d\d) +(\d\d?) ?(?:s\b|[秒초])", _write_minutes, text)
    # As JavaScript and Unix write it: the zone by its name as well, and the year at the end.
    text = re.sub(r"([+-]\d\d:?\d\d) \([^\d()]+\)$", r"\1", text)
    text = re.sub(r"^(.+ \d{1,2}) (\d{1,2}:\d\d:\d\d)((?: [a-z]+)?) (\d{4})$", r"\1 \4 \2\3", text)
    return re.sub(r" +", " ", _IDLE.sub(" ", text)).replace(" ,", ",").strip()


def _any(words: set[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


# Hours and minutes of one time: 1 h 20 min, 1h20, 2 hours and 5 minutes, 1時間半; and 1:20.
_HOURS = re.compile(
    rf"(?:(?:{_any(ROUGHLY)})\.? ?)?(\d{{1,3}}) ?(?:{_any(UNITS['hour'])})\.?,? ?"
    rf"(?:(?:and|und|y|et|e|og|och|en|i|и|ve) )?"
    rf"(?:([0-5]?\d)(?: ?(?:m|{_any(UNITS['minute'])})\.?)?|"
    r"(半|반|a half|demie?|media|meia|mezza|(?:en )?halv))"
)
MINUTES = {"minute": 1.0, "hour": 60.0}
# Units of which one is always so many of another.
_PARTS = (MINUTES, {"day": 1.0, "week": 7.0}, {"month": 1.0, "year": 12.0})
_CLOCK = re.compile(r"(\d{1,3}):([0-5]\d)(?::([0-5]\d))?")


_NAMED = re.compile(
    rf"\D*?(\d+(?:[.,]\d+)?) ?(?:({_any(UNITS['hour'])})|(?:{_any(UNITS['minute'])}))\W*"
)


def named_minutes(folded: str) -> float | None:
    """Return the minutes of a time that names its unit, as 2 h and 45 min do; None of others."""
    if found := _NAMED.fullmatch(folded):
        return float(found[1].replace(",", ".")) * (60 if found[2] else 1)
    return read_hours(folded, "")


def read_hours(folded: str, unit: str) -> float | None:
    """Read hours with minutes as minutes; None where a text is no such time.

    1:20 is an hour and a third only where hours are asked for: of minutes it may be seconds.
    """
    if found := _HOURS.fullmatch(folded):
        return 60 * int(found[1]) + (30 if found[3] else int(found[2]))
    if unit == "hour" and (found := _CLOCK.fullmatch(folded)):
        return 60 * int(found[1]) + int(found[2]) + int(found[3] or 0) / 60
    return TIMES.get(folded)


def find_parts(*units: str) -> dict[str, float] | None:
    """Return how much of the smaller each unit is, where all are of one kind."""
    return next((one for one in _PARTS if one.keys() >= {*units}), None)
