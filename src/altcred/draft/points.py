"""Drafts answers that are numbered points, with a label each, with some, or with none."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from altcred.draft.scales import find_order
from altcred.draft.seen import Drafted, Seen, as_whole, quote_few
from altcred.draft.words import MARKS, make_key, stands_aside
from altcred.kinds.reading import fold_text

_BEFORE = re.compile(r"(-?\d{1,3})(?:\s*[-=:.)/]\s*|\s+(?=\())(\D.*)")
_AFTER = re.compile(r"(.*\D)\s*[(\[](-?\d{1,3})[)\]]")


def say_aside(kind: str, aside: Sequence[str]) -> str:
    """Return what to decide of answers that stand beside an order."""
    more = "with their mean" if kind == "scale" else "in their order"
    return (
        f"the answers are in an order but for {quote_few(aside)}; kind: {kind} with "
        f"missing: [{', '.join(aside)}] tells the others by themselves, {more}."
    )


def draft_points(
    seen: Seen, low: int, high: int, labels: Mapping[str, int | None] | None = None
) -> Drafted:
    """Draft a scale of every whole number from one to another, some of which have a label."""
    coded = labels or {}
    said = {number: label for label, number in coded.items() if number is not None}
    missing = [label for label, number in coded.items() if number is None]
    for number, label in said.items():
        missing += [] if low <= number <= high else [label, str(number)]
    kind = "nps" if (low, high) == (0, 10) and seen.asks_to_recommend else "scale"
    keys: dict[str, Any] = {"kind": kind}
    if missing:
        keys["missing"] = missing
    categories = {
        str(one) if one >= 0 else f"minus_{-one}": {"label": said.get(one, str(one)), "code": one}
        for one in range(low, high + 1)
    }
    if kind != "nps" or said:
        keys["categories"] = categories
    return Drafted(keys, [])


def draft_numbered(seen: Seen) -> Drafted | None:
    """Draft answers that begin or end with their number, as "5 - Agree"; some may be bare."""
    found: dict[int, list[str]] = {}
    labels: dict[int, str] = {}
    aside = [one for one in seen.answers if stands_aside(one)]
    for one in seen.answers:
        if one in aside:
            continue
        if (number := as_whole(one)) is not None:
            found.setdefault(number, []).append(one)
            continue
        if before := _BEFORE.fullmatch(one):
            number, label = int(before[1]), before[2]
        elif after := _AFTER.fullmatch(one):
            number, label = int(after[2]), after[1]
        else:
            return None
        if re.match(r"[-–]?\s*\d|to \d|\+|%|(?:or|and) (?:more|less|older|over)", label):
            return None
        label = label.strip(" ()[]") or one
        if fold_text(labels.setdefault(number, label)) != fold_text(label):
            return None
        found.setdefault(number, []).append(one)
    if not labels or len(found) > 21 or max(map(abs, found)) > 100:
        return None
    # One label alone stands at an end of bare points, of which the other end was not given.
    one_end = len(labels) == 1
    if one_end and (len(found) < 3 or not {*labels} & {min(found), max(found)} or min(found) < 0):
        return None
    # An address such as "12 - Main Street" begins with a number too.
    often = all(seen.is_often(sum(seen.answers[one] for one in ones)) for ones in found.values())
    if not often and (len(found) > 11 or seen.total < 2 * len(found)):
        return None
    folded = [fold_text(one) for one in labels.values()]
    if len(set(folded)) < len(folded):
        return None
    numbers = sorted(found)
    some_bare = len(labels) < len(numbers)
    order = find_order([labels[one] for one in numbers]) if not some_bare else None
    is_scale = some_bare or bool(order)
    first = 1 if one_end and numbers[0] == 2 else numbers[0]
    if is_scale and numbers[-1] - first <= 10:
        numbers = list(range(first, numbers[-1] + 1))
    is_to_ten = is_scale and not aside and numbers[0] >= 0 and numbers[-1] == 10
    if is_to_ten and {*labels} <= {0, 10} and seen.asks_to_recommend:
        ends = {str(one): {"label": labels[one], "code": one} for one in sorted(labels)}
        return Drafted({"kind": "nps", "categories": ends}, [])
    categories: dict[str, Any] = {}
    for number in numbers:
        label = labels.get(number, str(number))
        entry: dict[str, Any] = {"label": label, "code": number}
        known = {fold_text(label), str(number)}
        if own := [text for text in found.get(number, []) if fold_text(text) not in known]:
            entry["answers"] = own
        categories[make_key(label, categories)] = entry
    decide: list[str] = []
    if one_end:
        decide.append(f"a scale from {numbers[0]} to {numbers[-1]}, as far as answers show it.")
    kind = "scale" if is_scale else "single"
    marks = [one for one in aside if fold_text(one) in MARKS]
    aside = [one for one in aside if one not in marks]
    if aside and is_scale:
        decide.append(say_aside(kind, aside))
        kind = "single"
    elif not is_scale:
        decide.append("the answers are numbered; kind: scale if they rise with their numbers.")
    for one in aside:
        categories[make_key(one, categories)] = one
    keys: dict[str, Any] = {"kind": kind}
    if marks:
        keys["missing"] = marks
    return Drafted({**keys, "categories": categories}, decide)
