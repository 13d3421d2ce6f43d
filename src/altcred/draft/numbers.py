"""Drafts questions whose answers are numbers: counts, amounts, years, days, and points."""

import math
import re
from collections import Counter
from collections.abc import Collection, Iterable
from statistics import median
from typing import Any

from altcred.clean.decimals import find_decimals
from altcred.draft.points import draft_points
from altcred.draft.seen import Drafted, Seen, as_whole, quote_few
from altcred.draft.trial import try_out
from altcred.draft.words import MARKS, SENTINEL, WORDS, any_of, stands_aside
from altcred.kinds.clocks import MINUTES, named_minutes
from altcred.kinds.reading import fold_text
from altcred.kinds.vocabulary import CURRENCIES, UNIT_OF

_READ_ENOUGH = 0.9
_HOW_MANY = any_of("how many")
_ENDS = re.compile(
    r"(?<![\d.])((?:(?<!\w)-)?\d{1,2})\s*(?:-|–|to|bis|à|a|tot|til|till|do|až|до|至|到|から|"
    r"עד|إلى|~|～|\.\.|=[^0-9]{1,60}?[,;/]|"
    r"\([^0-9)]{1,60}\)\s*(?:-|to|bis)?)"
    r"\s*(?:and|to|und|bis)?\s*(\d{1,3})(?![\d.%])"
)
_MOST_POINTS, _MOST_CODES = 10, 20
_ASKS_WHETHER = re.compile(rf"(?:{any_of('whether')})\b.*\?")
# What has names, so that numbers stand for these.
_NAMES = any_of("names")
# What is asked by points or counted, whatever the question names besides.
_MEASURES = any_of("measures")
# A letter at a number that is none of its unit's, as in 2A, makes a name of it.
_NAMED = re.compile(r"\d+ ?[abcefgijlnopqrtuvz]|[a-z]\d+")
_USUAL_POINTS = {5, 7, 10}
# So many columns of the same points are rated.
_FEWEST_RATED = 3
# Up to less than this, -1, 0, 1 and 2 may be points around nought.
_AROUND_NOUGHT = 3
# Numbers that often mean no answer; so many times all others they are taken for none.
_NINES, _FAR = {99, 999, 9999, 998, 888}, 10
_CALENDAR = any_of("years")
_YEARS = range(1900, 2101)
# Nobody is older; so many among others may be a year of birth, or a key pressed twice.
_OLDEST, _MISTYPED = 120, 0.05
_SERIALS = range(7_000, 60_000)
_DATES = any_of("dates")
_AGE = any_of("ages")
_CLOCK = re.compile(r"\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?: ?[ap]\.?m\.?)?|\d{1,2} ?[ap]\.?m\.?", re.I)
_AT_WHAT_TIME = any_of("at what time")
_TIME_OF_DAY = re.compile(rf"{_CLOCK.pattern}|\d{{1,2}} ?(?:h|uhr|o'clock)\.? ?(?:\d{{2}})?", re.I)
# A day written in numbers, and one with a month in letters.
_DAY = re.compile(
    r"\d{1,4}([-/.]) ?\d{1,2}\1 ?\d{1,4}\.?(?:[ T,].*)?"
    r"|\d{4} ?[年년] ?\d{1,2} ?[月월] ?\d{1,2} ?[日일]"
    r"|(?:[^\W\d]{3,9},? )?(?:\d{1,2}(?:st|nd|rd|th|\.)?(?: of)?[ -][^\W\d]{3,10}\.?|"
    r"[^\W\d]{3,10}\.? \d{1,2}(?:st|nd|rd|th)?),?[ -]\d{2}(?:\d{2})?(?:[ ,].*)?",
)
_AMOUNTS = any_of("amounts")
_LASTS = any_of("lasts")
_OF_PERSONS = any_of("numbers of persons")
_CURRENCY_WORDS = set(WORDS["currencies"])
# What a question asks how many of, such as hours or years.
_HOW_MANY_OF = re.compile(
    r"(?:how many|wie ?viele?n?|combien (?:d[e'’] ?)?|cu[aá]nt[oa]s|quant[eio]s?|hoeveel|"
    r"hur m[aå]nga|hvor mange|ile|сколько)\b ?([^\W\d_]+)"
)


# More words than stand beside a number: "about 9 hours a week".
_MOST_WORDS = 4


def draft_number(seen: Seen) -> Drafted | None:
    """Draft a question answered by numbers or days; None where answers are rather none."""
    given = {one: n for one, n in seen.answers.items()
             if fold_text(one) not in MARKS and not stands_aside(one)}  # fmt: skip
    total = sum(given.values())
    with_digits = sum(n for one, n in given.items() if re.search(r"\d", one))
    wordy = sum(n for one, n in given.items() if len(re.findall(r"[^\W\d_]+", one)) > _MOST_WORDS)
    if not total or with_digits < 0.5 * total or wordy > 0.5 * total:
        return None
    # A spreadsheet shows a day whose cell lost its form as the number of days since 1900.
    serials = _SERIALS if seen.asks(_DATES) else range(0)
    days = sum(n for one, n in given.items() if _DAY.fullmatch(one) or as_whole(one) in serials)
    if days >= _READ_ENOUGH * total:
        return _draft_days(seen)
    # 6h30 is half an hour after six where it is asked at what time.
    clock = _TIME_OF_DAY if seen.asks(_AT_WHAT_TIME) else _CLOCK
    clocks = {one: n for one, n in given.items() if clock.fullmatch(one) and not _is_number(one)}
    if sum(clocks.values()) >= 0.5 * total and not _last(seen, clocks):
        return Drafted({"kind": "text"}, ["holds times of day or durations, which have no kind."])
    if why := _tells_apart(seen, given):
        return Drafted({"kind": "text"}, [f"{why}; kind: number or single if they are answers."])
    if _holds_names(seen, given):
        return None
    whole = {number: n for one, n in given.items() if (number := as_whole(one)) is not None}
    if len(whole) == len(given) and (found := _draft_whole(seen, whole)):
        return found
    return _draft_amounts(seen, given)


def _last(seen: Seen, clocks: Collection[str]) -> bool:
    """Tell whether 1:20 is an hour and twenty minutes rather than a time of day, or 80 seconds."""
    hours = [re.fullmatch(r"(\d{1,2}):\d\d(?::\d\d)?", one) for one in clocks]
    return seen.asks(_LASTS) and all(one and int(one[1]) < 24 for one in hours)


def _is_number(text: str) -> bool:
    return bool(re.fullmatch(r"\d+(?:\.\d+)?", text))


def _holds_names(seen: Seen, given: dict[str, int]) -> bool:
    """Tell whether few different answers, though most are numbers, name something."""
    rest = [one for one in given if as_whole(one) is None]
    if not rest or len(rest) == len(given) or len(given) > _MOST_CODES or seen.kind:
        return False
    is_named = seen.asks(_NAMES) and not seen.asks(_MEASURES)
    return is_named or all(_NAMED.fullmatch(fold_text(one)) for one in rest)


def _tells_apart(seen: Seen, given: dict[str, int]) -> str:
    """Say why numbers are rather names of rows or places than amounts; nothing where they are."""
    total, texts = sum(given.values()), list(given)
    if seen.asks(_OF_PERSONS):
        return "holds codes"
    if seen.asks(_AMOUNTS):
        return ""
    if sum(n for one, n in given.items() if re.fullmatch(r"0\d+", one)) > 0.05 * total:
        return "holds numbers that begin with 0, as codes do"
    forms = Counter(re.sub(r"\d", "0", one) for one in texts if re.search(r"\d[-/]\d", one))
    if len(texts) >= max(10, 0.5 * total) and max(forms.values(), default=0) > 0.8 * len(texts):
        # Else 12-345 would be an amount between 12 and 345.
        return "holds codes of one form"
    whole = sorted(number for one in texts if (number := as_whole(one)) is not None)
    if len(texts) < 10 or len(whole) < len(texts):
        digits = [one for one in texts if re.fullmatch(r"\+?[\d /()-]{7,}", one)]
        return "holds long numbers" if len(digits) > 0.5 * len(texts) else ""
    is_running = whole == list(range(whole[0], whole[0] + len(whole)))
    # A few rows may stand twice in an export that was put together by hand.
    if is_running and len(whole) > 0.95 * total and not seen.asks(_HOW_MANY):
        return "numbers the rows"
    lengths = {len(one) for one in texts}
    if len(lengths) == 1 and min(lengths) >= 5 and len(texts) > 0.5 * total:
        return "holds numbers of the same length that few share"
    if min(whole) >= 10_000_000 and len(texts) > 0.5 * total:
        return "holds long numbers"
    return ""


def _draft_days(seen: Seen) -> Drafted | None:
    """Draft days; None where they are rather names of something."""
    found = try_out({"kind": "date"}, seen)
    if found.is_sound and found.read >= _READ_ENOUGH:
        return Drafted({"kind": "date"}, found.say_unread())
    if not all(map(re.compile(r"[\d\W]+").fullmatch, found.refused.get("", found.unread))):
        return None
    return Drafted(
        {"kind": "text"},
        ["holds days whose order of day and month is not clear; kind: date, with date_order: dmy "
         "or mdy of the wave, tells more."],
    )  # fmt: skip


def _are_years(seen: Seen, whole: dict[int, int]) -> bool:
    """Tell whether numbers are years; of a question for one, a few may be mistyped."""
    is_asked = seen.asks(_CALENDAR)
    if seen.asks(r"how many|number of") or not (len(whole) >= 5 or is_asked):
        return False
    odd = sum(n for one, n in whole.items() if one not in _YEARS)
    return odd <= (_MISTYPED * sum(whole.values()) if is_asked else 0)


def _draft_years(whole: dict[int, int]) -> Drafted:
    odd = [one for one in whole if one not in _YEARS]
    if not odd:
        return Drafted({"kind": "year"}, [])
    bounds = {"low": _YEARS[0], "high": _YEARS[-1]}
    return Drafted({"kind": "year", "bounds": bounds}, [_say_mistyped(odd, "years")])


def _say_mistyped(odd: Iterable[int], what: str) -> str:
    numbers = [str(one) for one in sorted(odd)]
    return f"{quote_few(numbers)} taken as mistyped: bounds: says which {what} can be."


def _draft_whole(seen: Seen, whole: dict[int, int]) -> Drafted | None:
    """Draft whole numbers as points of a scale, as codes, or as counts."""
    codes = _find_sentinels({str(one): n for one, n in whole.items()})
    if codes:
        found = _draft_whole(seen, {one: n for one, n in whole.items() if str(one) not in codes})
        if found:
            kind, missing = found.keys.pop("kind"), found.keys.pop("missing", [])
            found.keys = {"kind": kind, "missing": [*codes, *missing], **found.keys}
            found.decide.append(_say_sentinels(codes))
        return found
    low, high = min(whole), max(whole)
    if seen.asks_to_recommend and low >= 0 and high <= 10 and (high > 7 or len(whole) > 5):
        return Drafted({"kind": "nps"}, [])
    if _are_years(seen, whole):
        return _draft_years(whole)
    said = _find_ends(seen, low, high)
    if said:
        return draft_points(seen, *said)
    if set(whole) == {0, 1} and _ASKS_WHETHER.match(seen.text.strip().casefold()):
        return _draft_codes(whole, seen)
    is_named = seen.asks(_NAMES) and not seen.asks(_MEASURES)
    if is_named and low >= 0 and len(whole) <= _MOST_CODES and high < 100:
        return _draft_codes(whole, seen)
    if seen.asks(_HOW_MANY) or low < 0 or high > _MOST_POINTS:
        return None
    if set(whole) <= {0, 1} or (len(whole) <= 2 and seen.kind != "scale"):
        return _draft_codes(whole, seen)
    # Several questions in a row that have the same few points are rated, and count nothing.
    is_rated = len({place.column.position for place in seen.places}) >= _FEWEST_RATED
    is_rated &= whole.keys() == set(range(min(low, 1), high + 1))
    if (high in _USUAL_POINTS or is_rated) and low <= 3 and len(whole) >= 3:
        first = 0 if low == 0 else 1
        if first == 0 and high < 10 and not is_rated:
            return None
        drafted = draft_points(seen, first, high)
        drafted.decide.append(
            f"numbers from {low} to {high}, taken as points of a scale from {first} to {high}; "
            "kind: count if they count something."
        )
        return drafted
    if low >= 1 and high <= 4:
        return _draft_codes(whole, seen)
    return None


def _draft_codes(whole: dict[int, int], seen: Seen) -> Drafted:
    """Draft numbers that stand for answers; of a question that asks whether, 1 is yes."""
    is_typeform = all(place.table.export.tool == "typeform" for place in seen.places)
    asks_whether = _ASKS_WHETHER.match(seen.text.strip().casefold())
    if set(whole) <= {0, 1} and (is_typeform or (set(whole) == {0, 1} and asks_whether)):
        yes_or_no: dict[str, Any] = {
            "yes": {"label": "Yes", "code": 1},
            "no": {"label": "No", "code": 0},
        }
        return Drafted(
            {"kind": "single", "categories": yes_or_no}, ["1 is taken as Yes, and 0 as No."]
        )
    categories: dict[str, Any] = {
        str(one): {"label": str(one), "code": one} for one in sorted(whole)
    }
    told = f"what {quote_few([str(one) for one in sorted(whole)], 4)} stand for: write their labels"
    return Drafted({"kind": "single", "categories": categories}, [f"{told}."])


def _find_ends(seen: Seen, low: int, high: int) -> tuple[int, int] | None:
    """Return the ends of a scale that the question names, as in "from 1 to 7"."""
    for found in _ENDS.finditer(seen.header):
        ends = int(found[1]), int(found[2])
        if ends[0] in (-5, -3, -2, 0, 1) and ends[0] <= low and high <= ends[1] <= 10 \
                and ends[1] - ends[0] >= 2:  # fmt: skip
            return ends
    return None


def _draft_amounts(seen: Seen, given: dict[str, int]) -> Drafted | None:
    keys: dict[str, Any] = {"kind": "number"}
    decide: list[str] = []
    numbers = [one for one in given if re.search(r"\d", one)]
    whole = {number: given[one] for one in numbers if (number := as_whole(one)) is not None}
    if all(as_whole(one) is not None for one in numbers):
        years = _draft_years(whole) if _are_years(seen, whole) else None
        keys |= years.keys if years else {"kind": "count"}
        decide += years.decide if years else []
    comma, point = find_decimals(numbers)
    if comma:
        keys["decimal"] = "mixed" if point else "comma"
    currency = _find_currency(seen, given)
    unit = "" if currency else _find_unit(seen, given)
    if currency:
        keys |= {"kind": "money", "currency": currency}
        if currency == "USD":
            decide.append("dollars are taken as those of the United States: currency: USD.")
    elif unit:
        keys["unit"] = unit
    ages = {one: n for one, n in whole.items() if one > _OLDEST}
    if ages and seen.asks(_AGE) and sum(ages.values()) <= _MISTYPED * sum(given.values()):
        keys["bounds"] = {"low": 0, "high": _OLDEST}
        decide.append(_say_mistyped(ages, "ages"))
    if sentinels := _find_sentinels(given):
        keys["missing"] = sentinels
        decide.append(_say_sentinels(sentinels))
    found = try_out(keys, seen)
    if any(found.refused.values()):
        keys["decimal"] = "mixed" if comma or point else "unclear"
        decide.append(
            f"{quote_few(sorted(found.refused['']))} may be thousands or have decimals: decimal: "
            "comma, or decimal: point."
        )
        found = try_out(keys, seen)
    # Where the question asks how many, a few words beside numbers are typed and not chosen.
    least = 0.72 if seen.kind else 0.85 if seen.asks(_HOW_MANY) else _READ_ENOUGH
    if found.read < least or not found.is_sound:
        return None
    odd = [one for one in given if as_whole(one) in _NINES and one not in keys.get("missing", [])]
    rest = [n for one in given if one not in odd and (n := as_whole(one)) is not None]
    if odd and rest and max(rest) * 3 < max(as_whole(one) or 0 for one in odd):
        decide.append(f"{quote_few(odd)} may mean no answer: then missing: [{', '.join(odd)}].")
    return Drafted(keys, decide + found.say_unread())


def _say_sentinels(codes: list[str]) -> str:
    return f"{quote_few(codes)} taken as no answer; leave out missing: if it is."


def _find_sentinels(given: dict[str, int]) -> list[str]:
    """Return negative codes among answers that are otherwise not negative, and nines far above all.

    Minus one is such a code beside numbers from nought up that are no scale around nought.
    """
    nines = [one for one, n in given.items() if as_whole(one) in _NINES and n > 1]
    others = [float(one) for one in given if one not in nines and _is_number(one)]
    if 2 * len(others) < len(given) or not others:
        nines = []
    nines = [one for one in nines if float(one) > _FAR * max(others)]
    negative = sorted(one for one in given if re.fullmatch(r"-\d+(?:\.0+)?", one))
    rest = [float(one) for one in given if one not in negative and _is_number(one)]
    is_around = not rest or max(rest) < _AROUND_NOUGHT
    known = [
        one for one in negative if SENTINEL.fullmatch(one) or (one == "-1" and not is_around)
    ]  # fmt: skip
    return [*(known if known == negative and len(known) < len(given) else []), *nines]


def _find_currency(seen: Seen, given: dict[str, int]) -> str:
    """Return the currency that most answers name, or the question's own; nothing where none is."""
    signs: dict[str, str] = {
        word: code for code, words in CURRENCIES.items() for word in words
        if code != "?" and (len(word) == 1 or word.endswith("$") or word in _CURRENCY_WORDS)
    }  # fmt: skip
    signs |= {"¥": "JPY", "cdn": "CAD", "nzd": "NZD", "sgd": "SGD", "hkd": "HKD", "zar": "ZAR"}
    found: Counter[str] = Counter()
    for one, n in given.items():
        said = re.findall(r"[a-z]{1,2}\$|[^\W\d_]+|[^\w\s]", fold_text(one))
        for code in {signs[word] for word in said if word in signs}:
            found[code] += n
    if found:
        most = min(found, key=lambda one: (-found[one], one))
        return most if found[most] >= 0.1 * sum(given.values()) else ""
    words = re.findall(r"[^\W\d_]+|[^\w\s]", seen.header)
    # What weighs so many pounds is no money.
    named = {signs[word] for word in words if word in signs and word != "pounds"}
    # A country's own code says which dollars are meant.
    named -= {"USD"} if len(named) > 1 else set()
    return named.pop() if len(named) == 1 else ""


def _find_unit(seen: Seen, given: dict[str, int]) -> str:
    """Return the unit that answers name beside their numbers, else what the question asks in."""
    found: Counter[str] = Counter()
    for one, n in given.items():
        words = re.findall(r"[^\W\d_]+|%", fold_text(one))
        found.update({unit: n for unit in {UNIT_OF[word] for word in words if word in UNIT_OF}})
    if not found and any(map(_CLOCK.fullmatch, given)) and seen.asks(_LASTS):
        return "hours"
    if found and found.keys() <= MINUTES.keys():
        return _find_time_unit(seen, given)
    if found:
        unit = min(found, key=lambda one: (-found[one], one))
        return unit if unit == "percent" else f"{unit}s"
    if seen.asks(_AGE):
        return "years"
    # What the question has in brackets, where somebody wrote it behind a number: Weight (kg).
    for unit in re.findall(r"\(([^\W\d_]{1,12})\)", seen.header):
        if any(re.fullmatch(rf"[\d.,]+ ?{unit}", fold_text(one)) for one in given):
            return str(unit)
    asked = {UNIT_OF[word] for word in _HOW_MANY_OF.findall(seen.header) if word in UNIT_OF}
    return f"{asked.pop()}s" if len(asked) == 1 else ""


def _find_time_unit(seen: Seen, given: dict[str, int]) -> str:
    """Return hours or minutes: what the question names, else what makes bare numbers such times."""
    asked = {UNIT_OF.get(word, "") for word in re.findall(r"[^\W\d_]+", seen.header)} & {*MINUTES}
    if len(asked) == 1:
        return f"{asked.pop()}s"
    named, bare = (
        [value for one, n in given.items() for value in [read(fold_text(one))] * n if value]
        for read in (named_minutes, lambda one: float(one) if _is_number(one) else None)
    )
    # Where no time can be read, as of half an hour's walk, it is about an hour.
    told = median(named or [MINUTES["hour"]])
    if not bare:
        return "hours" if told >= MINUTES["hour"] else "minutes"
    middle = median(bare)
    return min(MINUTES, key=lambda unit: abs(math.log(middle * MINUTES[unit] / told))) + "s"
