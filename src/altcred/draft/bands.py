"""Answers that are in an order by a number of their own: bands, rates, years of schooling."""

import re
from collections.abc import Sequence

from altcred.draft.words import WORDS, any_of
from altcred.kinds.reading import fold_text

# So many numbered steps, such as years of study, are still steps.
_MOST_STEPS = 12
_ORDINALS_WORDS = "first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth"
_ORDINALS = _ORDINALS_WORDS.split("|")

_TIMES = {"hour": 1 / 365 / 24, "day": 1 / 365, "week": 1 / 52, "month": 1 / 12, "year": 1.0}
_HOW_MANY = {words: float(times) for words, times in WORDS["times"].items()}
_EVERY = {one: float(times) for times, words in WORDS["times a year"].items() for one in words}
# Rates in other languages, told in the words of English.
_IN_ENGLISH = [
    (r"\b(?:jeden tag|tous les jours|chaque jour|todos los días|cada día|ogni giorno|tutti i "
     r"giorni|todos os dias|elke dag|iedere dag|dagelijks|hver dag|varje dag|dagligen?)\b",
     "every day"),
    (r"\b(?:jede woche|chaque semaine|cada semana|ogni settimana|toda semana|elke week|hver uke|"
     r"hver uge|varje vecka)\b", "every week"),
    (r"\bmehrmals\b|\bplusieurs fois\b|\bvarias veces\b|\bpiù volte\b|\bvárias vezes\b|"
     r"\bmeerdere keren\b|\bflere (?:gange|ganger)\b|\bflera gånger\b", "several times"),
    (r"\beinmal\b|\bune fois\b|\buna vez\b|\buna volta\b|\buma vez\b|\b(?:een|één) keer\b|"
     r"\b[eé]n gang\b|\ben gång\b", "once"),
    (r"\bzweimal\b", "twice"),
    (r"\bdreimal\b", "3 times"),
    (r"\b(?:mal|fois|veces|volte|vezes|keer|gange|ganger|gånger|tage|jours|días|giorni|dias|dagen|"
     r"dage|dager|dagar)\b", "times"),
    (r"\b(?:seltener|weniger|moins|menos|meno|minder|mindre|sjældnere|sjeldnere) (?:als|d[e']|di|"
     r"dan|än|end|enn|que) ?", "less than "),
    (r"\b(?:mehr|öfter|häufiger|plus|más|più|mais|meer|vaker|mere|mer|oftere) (?:als|d[e']|di|dan|"
     r"än|end|enn|que) ?", "more than "),
    (r"\b(?:oder mehr|oder öfter|ou plus|o más|o più|ou mais|of meer|of vaker|eller mere|eller mer|"
     r"eller fler)\b", "or more"),
    (r"\b(?:bis|à|a|tot|til|till|oder|ou|o|of|eller)(?= \d)", "to"),
    (r"\b(?:pro|in der|im|par|por|al|alla|a la|à la|per|om|i)\b", "per"),
    (r"\b(?:tag|jour|día|giorno|dia|dag|døgn)\b", "day"),
    (r"\b(?:woche|semaine|semana|settimana|uke|ugen?|veckan?|uken)\b", "week"),
    (r"\b(?:monat|mois|mes|mese|mês|maand|måned(?:en)?|månad(?:en)?)\b", "month"),
    (r"\b(?:jahr|an|année|año|anno|ano|jaar|året?)\b", "year"),
]  # fmt: skip
_RATE = re.compile(
    r"(?P<limit>less than |more than |at least |about |up to |"
    r"around )?(?:(?P<words>[a-z ]*times?|once|twice)|"
    r"(?P<low>\d+)(?: ?(?:-|to|or) ?(?P<high>\d+))?(?P<more>\+| or more)? (?:times|days|x))"
    r",? (?:a|per|each|every|in a|/) ?(?P<unit>hour|day|week|month|year)(?: or (?P<side>more|"
    r"less)(?: often)?)?"
)


def rate_of(plain: str) -> float | None:
    """Return how many times a year an answer says."""
    limits = {"less than ": 0.6, "more than ": 1.5}
    if not _RATE.fullmatch(plain):
        for words, english in _IN_ENGLISH:
            plain = re.sub(words, english, plain)
    for limit, factor in limits.items():
        if plain.startswith(limit) and plain[len(limit) :] in _EVERY:
            return _EVERY[plain[len(limit) :]] * factor
    if plain in _EVERY:
        return _EVERY[plain]
    found = _RATE.fullmatch(plain)
    if not found:
        return None
    number = _HOW_MANY.get(found["words"]) if found["words"] else float(found["low"])
    if number is None:
        return None
    if found["high"]:
        number = (number + float(found["high"])) / 2
    factor = limits.get(found["limit"] or "", 1.0)
    return number * factor / _TIMES[found["unit"]]


_SCHOOLING = [
    ("|".join(words), float(place))
    for level in WORDS["schooling"]
    for place, words in level.items()
]


def schooling_of(plain: str) -> float | None:
    """Return how far an education goes."""
    if re.search(r"some high|no high school|less than high", plain):
        return 3.0 if plain.startswith("some") else 2.5
    if re.search(r"some college|some university", plain):
        return 7.0
    return next((place for pattern, place in _SCHOOLING if re.search(pattern, plain)), None)


_NUMBER = re.compile(r"\d+(?:[.,' ]\d{3}(?!\d))*(?:[.,]\d+)?(?: ?k\b| ?m\b)?")
_UNITS = [
    (r"sec", 1.0), (r"min(?!i)", 60.0), (r"h(?:ou)?rs?\b|stunde|heure|hora|\bora|\bore\b|uur|"
                                         r"uren|tim", 3600.0),
    (r"days?\b|tage?n?\b|jours?|d[ií]as?\b|giorn|dagen|\bdage?r?\b", 86400.0),
    (r"weeks?|woche|semaine|semana|settiman|weken|\buger?\b|\buker?\b|veck", 604800.0),
    (r"months?|monat|mois|mes(?:es)?\b|mesi|maand|måned|månad", 2629800.0),
    (r"years?|jahr|\bans?\b|année|años?|anni|anno\b|anos?\b|jaar|\bår\b", 31557600.0),
]  # fmt: skip
_UNDER = re.compile(
    r"^(?:<=?|≤|under|below|less than|fewer than|up to|unter|bis zu|bis|weniger als|moins de|"
    r"menos de|"
    r"meno di|minder dan|under|mindre (?:än|end|enn)|up till|no more than|younger than|jünger als)"
    r"|(?:or|and|oder) (?:less|fewer|under|younger|below|weniger|jünger)$|and below$|ou moins$|"
    r"o menos$"
)
_OVER = re.compile(
    r"^(?:>=?|≥|over|above|more than|older than|at least|über|mehr als|ab|plus de|más de|più di|"
    r"mais de|"
    r"meer dan|mere end|mer (?:än|enn)|greater than|älter als)"
    r"|\+|(?:or|and|oder|und) (?:more|over|older|above|greater|mehr|älter)$|ou plus$|o más$|"
    r"et plus$|y más$"
    r"|plus$|o più$|ou mais$|of meer$|of ouder$|eller (?:mere|mer|fler|äldre|eldre|ældre)$|upwards$"
)
_NOUGHT = re.compile(any_of("nought"))


def find_bands(answers: Sequence[str]) -> tuple[list[str], bool] | None:
    """Return ranges of numbers, such as ages, or steps such as "Year 2", in their order.

    Also whether they are ranges.
    """
    found = [_band_of(fold_text(one)) for one in answers]
    known = [one for one in found if one is not None]
    if len(known) < len(answers) or len({(low, high) for low, high, _ in known}) < len(known):
        return None
    ranges = [low != high for low, high, _ in known]
    rests = {rest for _, _, rest in known if rest}
    if len(answers) < 3 and not all(ranges):
        return None
    # Without ranges few words, the same ones, stand around the numbers: Year 1, Year 2.
    if sum(ranges) < 2 and not _count_up(known):
        words = [len(one.split()) for one in rests]
        if len(answers) > _MOST_STEPS or words not in ([1], [2]) or "" in {one[2] for one in known}:
            return None
    if sum(ranges) >= 2 and len(rests) > 4:
        return None
    by_place = sorted(zip([(low, high) for low, high, _ in known], answers, strict=True))
    return [one for _, one in by_place], sum(ranges) >= 2


def _count_up(bands: Sequence[tuple[float, float, str]]) -> bool:
    """Tell whether bands are the whole numbers up to one that is open above, as in 1, 2, 3+."""
    *counted, (last, end, _) = sorted(bands)
    return (
        end == float("inf")
        and all(low == high and not rest for low, high, rest in counted)
        and all(low == int(low) for low, _, _ in counted)
        and last - counted[0][0] <= _MOST_STEPS
    )


def _band_of(folded: str) -> tuple[float, float, str] | None:
    """Return the lower and the upper end of a band, and the words beside its numbers."""
    plain = folded.strip(" .")
    for place, word in enumerate(_ORDINALS, start=1):
        plain = re.sub(rf"\b{word}\b", f"{place}th", plain)
    plain = re.sub(r"[$€£¥₹%]|\b(?:usd|eur|gbp|chf)\b", " ", plain).strip()
    plain = re.sub(
        r"\b(?:a|an|one|une?|ein(?:em?|er)?) (?=year|hour|month|week|day|jahr|stunde|monat|woche)",
        "1 ",
        plain,
    )
    numbers = list(_NUMBER.finditer(plain))
    rest = " ".join(re.findall(r"[^\W\d_]+", _NUMBER.sub(" ", plain)))
    if not numbers:
        return (-1.0, 0.0, "") if _NOUGHT.fullmatch(plain) else None
    if len(numbers) > 2:
        return None
    values = [_value_of(one[0]) for one in numbers]
    scales = [_scale_after(plain[one.end() :]) or _scale_after(plain) or 1.0 for one in numbers]
    if len(values) == 2:
        between = plain[numbers[0].end() : numbers[1].start()]
        if not re.search(
            r"-|\bto\b|\bbis\b|\bà\b|\ba\b|\btot\b|\btil\b|\btill\b|\band\b|\bund\b|<|/|\by\b|"
            r"\bet\b|\be\b",
            between,
        ):
            return None
        first = _scale_after(between) or scales[1]
        if numbers[1][0].endswith("k") and not numbers[0][0].endswith("k"):
            values[0] *= 1000
        low, high = values[0] * first, values[1] * scales[1]
        return (low, high, rest) if low < high else None
    value = values[0] * scales[0]
    if _UNDER.search(plain):
        return float("-0.5"), value, rest
    if _OVER.search(plain):
        return value, float("inf"), rest
    return value, value, rest


def _value_of(written: str) -> float:
    factor = 1e3 if written.endswith("k") else 1e6 if written.endswith("m") else 1.0
    digits = re.sub(r"[.,' ](?=\d{3}(?!\d))", "", written.rstrip("km "))
    return float(digits.replace(",", ".").replace("'", "").replace(" ", "")) * factor


def _scale_after(text: str) -> float | None:
    """Return the length of the unit of time that a text names first."""
    found = [
        (match.start(), size)
        for unit, size in _UNITS
        if (match := re.search(rf"\b(?:{unit})", text))
    ]
    return min(found)[1] if found else None
