"""Drafts questions of one answer from a list: which answers, in which order, under which names."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from altcred.core.countries import is_country_name, read_code, read_country
from altcred.draft.points import draft_numbered, draft_points, say_aside
from altcred.draft.scales import Order, find_order
from altcred.draft.seen import Drafted, Seen, as_whole, quote_few
from altcred.draft.words import (
    MARKS,
    SENTINEL,
    any_of,
    is_other,
    make_key,
    place_of_yes,
    stands_aside,
)
from altcred.kinds.masking import may_identify
from altcred.kinds.reading import fold_text, plain_code, tidy_text
from altcred.kinds.vocabulary import NOT_TICKED, TICKED

MOST_CATEGORIES, MANY_CATEGORIES, MOST_STEPS = 60, 20, 30
# How much of all answers those given often must be, for the rest to be what some people typed.
_COVERED = 0.8
_COUNTRY = r"countr|\bnation|\bland\b|\bpays\b|\bpa[ií]s\b|\bpaese\b|\bnazione"
# Of so many answers half must be countries for the others to be looked at.
_PROBED = 40
_OTHER_THING = re.compile(
    r"^(?!something\b)\S+ (?!answers?\b|reasons?\b|options?\b)\w", re.IGNORECASE
)
# Of so many numbers the last may be open, as in 1, 2, 3+.
_MOST_COUNTED = 10
# How many answers must be just a country's name where the question does not ask for one.
_EXACTLY = 0.8
# Answers about people that are on many lists, however few gave them.
_NAMES = any_of("names")
_USUAL = set(any_of("usual").split("|"))


def draft_closed(seen: Seen) -> Drafted | None:
    """Draft a question of one answer from the labels that a file knows."""
    return _from_labels(seen) if seen.labels else None


# What a spreadsheet shows of a box or of a formula that asks whether.
_BOOLEANS = {"TRUE": "Yes", "FALSE": "No"}
# What LimeSurvey writes of people who typed an answer of their own.
_OTHER_CODE = "-oth-"

# Labels that a file knows -----------------------------------------------------------------------


def _from_labels(seen: Seen) -> Drafted | None:
    listed = list_labels(seen)
    spellings = {fold_text(one): said for said, about in listed.items()
                 for one in (said, *about["answers"], *about["codes"])}  # fmt: skip
    extra = {
        one: n for one, n in seen.answers.items()
        if fold_text(one) not in spellings and plain_code(fold_text(one)) not in spellings
    }  # fmt: skip
    if seen.asks_to_recommend and set(map(as_whole, listed)) == set(range(11)) and not extra:
        return Drafted({"kind": "nps"}, [])
    numbers = {one: as_whole(one) for one in extra if as_whole(one) is not None}
    coded = {said: as_whole(about["codes"][0]) for said, about in listed.items() if about["codes"]}
    if numbers:
        ends = [one for said, one in coded.items() if one is not None and not stands_aside(said)]
        between = [one for one in numbers.values() if one is not None]
        if len(ends) >= 2 and min(ends) <= min(between) and max(between) <= max(ends) <= 10:
            return draft_points(seen, min(ends), max(ends), coded)
        if sum(extra.values()) > seen.total / 2 or len(numbers) > len(listed):
            return None
    decide: list[str] = []
    whole = [said for said in listed if not stands_aside(said)]
    names = [said for said in whole if read_country(said) or read_code(said)]
    if len(names) >= max(10, 0.9 * len(whole)) and not coded:
        return draft_country(seen)
    order = find_order(whole) if len(whole) > 1 else None
    if order and not order.is_listed and seen.asks(_NAMES):
        # Stratum 1 and Stratum 2 are numbered, and in no order.
        order = None
    is_ordered = bool(order) or (seen.ordered is True and len(whole) > 2)
    ranked = list(order.answers) if order and not order.added else whole
    if order and order.added:
        ranked = [one for one in order.answers if one in listed]
    kind = "single"
    if is_ordered and not (len(whole) == 2 and not order):
        kind, ranked = _choose_kind(ranked, coded, order)
    aside = [said for said in listed if said not in ranked]
    missing: list[str] = []
    if aside and kind != "single":
        given = [one for one in aside if _count(seen, listed[one], one)]
        if given:
            decide.append(say_aside(kind, given))
            kind = "single"
        else:
            missing, aside = aside, []
    keys: dict[str, Any] = {"kind": kind}
    if missing:
        keys["missing"] = missing
    categories = make_categories(
        {one: listed[one] for one in [*ranked, *aside]}, with_codes=kind != "scale" or len(
            [one for one in ranked if coded.get(one) is not None]) == len(ranked)
    )  # fmt: skip
    often = {one: n for one, n in extra.items() if seen.is_often(n) and not may_identify(one)}
    often = {one: n for one, n in often.items() if fold_text(one) not in MARKS}
    if extra:
        keys["kind"] = "single"
        decide.append(_add_extra(keys, categories, extra, often))
    keys["categories"] = categories
    return Drafted(keys, decide)


def list_labels(seen: Seen) -> dict[str, dict[str, list[str]]]:
    """Return each label once, with how it is written in the export and its numbers."""
    listed: dict[str, dict[str, list[str]]] = {}
    known: dict[str, str] = {}
    for written, about in seen.labels.items():
        said = tidy_text(about) or tidy_text(written)
        if not said or {fold_text(written), fold_text(said)} & seen.declared:
            continue
        said = known.setdefault(fold_text(said), said)
        entry = listed.setdefault(said, {"answers": [], "codes": []})
        code = seen.codes.get(written) or seen.codes.get(about) or written
        if as_whole(code) is not None and fold_text(code) != fold_text(said):
            entry["codes"].append(str(as_whole(code)))
        if fold_text(written) != fold_text(said) and as_whole(written) is None:
            entry["answers"].append(written)
    # One spelling, one category: the first label that has it keeps it.
    taken = {fold_text(said) for said in listed}
    for entry in listed.values():
        for key, written_as in entry.items():
            entry[key] = [one for one in written_as if fold_text(one) not in taken]
            taken |= {fold_text(one) for one in entry[key]}
    return listed


def _count(seen: Seen, about: Mapping[str, Sequence[str]], said: str) -> int:
    spellings = {fold_text(one) for one in (said, *about["answers"], *about["codes"])}
    return sum(n for one, n in seen.answers.items() if plain_code(fold_text(one)) in spellings)


def _choose_kind(
    ranked: list[str], coded: Mapping[str, int | None], order: Order | None
) -> tuple[str, list[str]]:
    """Return scale where numbers stand behind an order, and the answers by these."""
    numbers = [coded.get(one) for one in ranked]
    known = [one for one in numbers if one is not None]
    if len(known) == len(ranked) and len(ranked) > 2:
        by_number = sorted(ranked, key=lambda one: coded[one] or 0)
        if by_number in (ranked, ranked[::-1]):
            return "scale", by_number
        return "ordered", ranked
    return ("scale" if order and order.is_scale and not order.added else "ordered"), ranked


def make_categories(
    listed: Mapping[str, Mapping[str, Sequence[str]]], *, with_codes: bool = True
) -> dict[str, Any]:
    categories: dict[str, Any] = {}
    for said, about in listed.items():
        more = list(about["answers"])
        codes = list(about["codes"]) if with_codes else []
        entry: dict[str, Any] = {"label": said}
        if codes:
            entry["code"] = int(codes[0])
        more += list(about["codes"])[len(codes[:1]) :]
        if more:
            entry["answers"] = more
        categories[make_key(said, categories)] = entry if len(entry) > 1 else said
    return categories


def _add_extra(
    keys: dict[str, Any], categories: dict[str, Any], extra: Mapping[str, int],
    often: Mapping[str, int],
) -> str:  # fmt: skip
    """Add categories of answers that are not offered; return what to decide of them."""
    for one in often:
        categories[make_key(one, categories)] = one
    rest = len(extra) - len(often)
    if rest:
        gather_rest(keys, categories)
    told = [f"answers that the questionnaire does not offer: {quote_few(often)}"] if often else []
    told += [f"{rest} that few gave are gathered under {keys.get('unlisted')}"] if rest else []
    return f"{'; '.join(told)}."


def gather_rest(keys: dict[str, Any], categories: dict[str, Any], rest: Iterable[str] = ()) -> None:
    """Let what is in no category count as the one for others, which is added if there is none.

    Where `rest`, that is the rest, are answers of their own beside one called "Other", they have
    a category of theirs, so that either is as frequent as in the file.
    """
    labels = {name: one if isinstance(one, str) else one["label"]
              for name, one in categories.items()}  # fmt: skip
    # "Other staff" is an answer like any; "Other (please say)" takes whatever is not listed.
    bare = {name: re.split(r"[,(:]| please\b", label)[0].strip() for name, label in labels.items()}
    name = next(
        (one for one, said in bare.items() if is_other(said) and not _OTHER_THING.search(said)), ""
    )
    is_apart = bool(name) and not all(map(is_other, rest))
    if not name or is_apart:
        name = make_key("few" if is_apart else "other", categories)
        categories[name] = "Answers that few gave" if is_apart else "Other answers"
    keys["unlisted"] = name


# Words as answers -------------------------------------------------------------------------------


def draft_ordered(seen: Seen) -> Drafted | None:
    """Draft answers that are yes and no, numbered, or on a known scale; None for all others."""
    if seen.labels or all(as_whole(one) is not None for one in seen.answers):
        return None
    if found := draft_numbered(seen):
        return found
    keys, given, aside = _part_answers(seen)
    core = [one for one in given if one not in aside]
    if not core:
        return None
    is_short = {fold_text(one) for one in core} == {"y", "n"}
    if is_short or (len(core) > 2 and all(place_of_yes(one) is not None for one in core)):
        # Yes and Y are one answer, however people write it.
        ways = {label: [one for one in core if place_of_yes(one) == place]
                for place, label in enumerate(("Yes", "No"))}  # fmt: skip
        named = {label if is_short else max(said, key=len).capitalize(): said
                 for label, said in ways.items() if said}  # fmt: skip
        yes_or_no: dict[str, Any] = {}
        for label, said in named.items():
            others = [one for one in said if fold_text(one) != fold_text(label)]
            yes_or_no[make_key(label, yes_or_no)] = {"label": label, "answers": others}
        return Drafted({**keys, "categories": yes_or_no | _plain_categories(aside)}, [])
    if all(map(_is_usual, core)):
        ranked = sorted(core, key=lambda one: (place_of_yes(one) is None, place_of_yes(one) or 0))
        return Drafted({**keys, "categories": _plain_categories([*ranked, *aside])}, [])
    numbers = sum(bool(re.fullmatch(r"[-+]?[\d.,' ]+", one)) for one in core)
    few_numbers = 2 * numbers <= len(core) or numbers == len(core) - 1 < _MOST_COUNTED
    order = find_order(core) if few_numbers and len(core) <= MOST_STEPS else None
    # Bands that hardly anybody shares were typed, and so were other words about a number.
    fewest = 1.0 if order and order.is_listed and len(core) < 10 else 2.0
    if order is None or sum(given[one] for one in core) < fewest * len(core):
        return None
    decide: list[str] = []
    ranked = list(order.answers)
    kind = "scale" if order.is_scale else "ordered"
    if aside:
        decide.append(say_aside(kind, aside))
        ranked = [one for one in ranked if one not in order.added]
    else:
        keys["kind"] = kind
        if order.added:
            decide.append(
                f"nobody gave {quote_few(order.added)}, listed since the opposite was given."
            )
    return Drafted({**keys, "categories": _plain_categories([*ranked, *aside])}, decide)


def draft_often(seen: Seen) -> Drafted | None:
    """Draft answers of which few repeat often as those offered; None where people typed."""
    keys, given, aside = _part_answers(seen)
    return _listed_often(seen, keys, given, aside) if given and not seen.labels else None


def _part_answers(seen: Seen) -> tuple[dict[str, Any], dict[str, int], list[str]]:
    """Return keys that name what is no answer, the answers, and those that stand aside."""
    marks = [one for one in seen.answers if fold_text(one) in MARKS or SENTINEL.fullmatch(one)]
    given = {one: n for one, n in seen.answers.items() if one not in marks}
    keys: dict[str, Any] = {"kind": "single"}
    if marks:
        keys["missing"] = marks
    return keys, given, [one for one in given if stands_aside(one)]


def _listed_often(
    seen: Seen, keys: dict[str, Any], given: Mapping[str, int], aside: Sequence[str]
) -> Drafted | None:
    """Draft what is given often as answers offered, and gather the rest."""
    total = sum(given.values())
    often = [
        one for one, n in given.items()
        if (seen.is_often(n) or one in aside or _is_usual(one)) and not may_identify(one)
        and not (is_other(one) and ":" in one.rstrip(" :"))
    ]  # fmt: skip
    listed = [one for one in often if one not in aside]
    rest = [one for one in given if one not in often]
    covered = sum(given[one] for one in often)
    typed_others = sum(given[one] for one in rest if is_other(one))
    if covered + typed_others < _COVERED * total or len(listed) > MOST_CATEGORIES:
        return None
    if len(listed) < 2 and (rest or total < 3):
        return None
    # Texts that differ from each other are typed, however often "none" is among them.
    if rest and len(rest) > 3 * len(listed) + 10:
        return None
    order = find_order(listed) if len(listed) > 1 else None
    ranked = [one for one in order.answers if one in listed] if order else listed
    codes = {one: re.fullmatch(r"([A-Za-z]{1,4})(\d{1,4})|([A-Za-z])", one) for one in ranked}
    decide: list[str] = []
    if not order and all(found or is_other(one) for one, found in codes.items()):
        # Codes are numbered or lettered as the questionnaire has them.
        ranked.sort(
            key=lambda one: (found[1] or found[3].casefold(), int(found[2] or 0))
            if (found := codes[one]) else ("", 0)
        )  # fmt: skip
        decide.append(f"what {quote_few(ranked, 4)} stand for: write their labels.")
    ranked = [one for one in ranked if not is_other(one)] + [one for one in ranked if is_other(one)]
    categories = _plain_categories([*ranked, *aside])
    if rest:
        gather_rest(keys, categories, rest)
        n = sum(given[one] for one in rest)
        decide.append(f"answers that few people gave, {n} in all, count as {keys['unlisted']}.")
        if order:
            decide.append("the answers given often are in an order; kind: ordered without others.")
    if len(listed) > MANY_CATEGORIES:
        decide.append(f"{len(listed)} categories; kind: text if people typed them.")
    return Drafted({**keys, "categories": categories}, decide)


def _is_usual(text: str) -> bool:
    """Tell whether an answer is on so many lists that nobody is known by it."""
    folded = fold_text(text)
    return place_of_yes(text) is not None or folded in _USUAL | TICKED | NOT_TICKED


def _plain_categories(answers: Sequence[str]) -> dict[str, Any]:
    categories: dict[str, Any] = {}
    for one in answers:
        if one in _BOOLEANS:
            label = _BOOLEANS[one]
            categories[make_key(label, categories)] = {"label": label, "answers": [one]}
        elif one == _OTHER_CODE:
            categories[make_key("Other", categories)] = {"label": "Other", "answers": [one]}
        else:
            categories[make_key(one, categories)] = one
    return categories


# Countries --------------------------------------------------------------------------------------


def draft_country(seen: Seen) -> Drafted | None:
    """Draft a question about countries; None where answers are rather none."""
    given = {one: n for one, n in seen.answers.items()
             if fold_text(one) not in MARKS and not stands_aside(one)}  # fmt: skip
    total = sum(given.values())
    if not total:
        return None
    frequent = list(given)[:_PROBED]
    if 2 * sum(bool(read_country(one) or read_code(one)) for one in frequent) < len(frequent):
        return None
    named = {one for one in given if read_country(one)}
    coded = {one for one in given if read_code(one)}
    read = sum(given[one] for one in named | coded)
    is_asked = seen.asks(_COUNTRY)
    if read < (0.7 if is_asked else 0.95) * total:
        return None
    exact = sum(given[one] for one in named if is_country_name(one))
    if not is_asked and (len(named | coded) < 4 or exact < _EXACTLY * total):
        return None
    rest = [one for one in given if one not in named | coded]
    often = [one for one in rest if seen.is_often(given[one]) and not may_identify(one)]
    keys: dict[str, Any] = {"kind": "country"}
    if len(coded) > len(named - coded):
        keys["codes"] = True
    if often:
        keys["categories"] = _plain_categories(often)
    decide = []
    if len(rest) > len(often):
        n = sum(given[one] for one in rest if one not in often)
        decide.append(f"{n} answers are no country's name and are missing.")
    return Drafted(keys, decide)
