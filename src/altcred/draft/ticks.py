"""Drafts questions of several answers, joined in one cell or in a column an option; and ranks."""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise
from typing import Any

from altcred.draft.closed import MOST_CATEGORIES, gather_rest, list_labels, make_categories
from altcred.draft.seen import Drafted, Place, Seen, as_whole, quote_few
from altcred.draft.trial import try_out
from altcred.draft.words import MARKS, is_other, make_key
from altcred.kinds.masking import may_identify
from altcred.kinds.multiple import NONE_OF_THESE
from altcred.kinds.options import WRITE_IN
from altcred.kinds.reading import fold_text, plain_code, tidy_text
from altcred.kinds.vocabulary import NO_ANSWER, NOT_SHOWN, NOT_TICKED, TICKED

# Of all that stands between separators, and of all cells, how much must be given often.
_PIECES_COVERED, _CELLS_COVERED = 0.75, 0.6
_DENIES = re.compile(
    r"(?:not|nicht|non|no|pas|geen|niet|inte|ikke|ej|kein|un|não|nao)\b|un(?=[a-z])"
)

_TIGHT = re.compile(r",(?=[^\s\d])")
_AMOUNT = re.compile(r"\W*(?:eur|usd|gbp|chf)?\W*\d+(?:[.,] ?\d+)?\W*(?:eur|usd|gbp|chf|kr)?\W*")
# What several answers may be joined by; a comma last, since answers have commas of their own.
MARKS_BETWEEN = (";", "\n", "|", ",")
Cells = dict[tuple[str, ...], int]


def draft_joined(seen: Seen) -> Drafted | None:
    """Draft answers of which a cell may hold several, joined by a sign; None where none does.

    Of several signs it is the one that leaves the fewest different answers, of these the one that
    cuts most cells: another cuts inside labels, and not between them.
    """
    if seen.kind in {"single", "ordered", "scale", "nps"}:
        return None
    if seen.labels:
        return _cut_at_labels(seen)
    best: tuple[tuple[int, int], Drafted] | None = None
    for mark in MARKS_BETWEEN:
        found = _try_mark(seen, mark)
        if found is not None and (best is None or found[0] > best[0]):
            best = found
    return best[1] if best else None


def _cut_at_labels(seen: Seen) -> Drafted | None:
    """Draft answers that are labels of the file, or their codes, joined by the sign that fits."""
    categories = make_categories(list_labels(seen))
    if not categories:
        return None
    best: tuple[int, dict[str, Any]] | None = None
    for mark in MARKS_BETWEEN:
        keys = {"kind": "multiple", "separator": mark, "categories": categories}
        trial = try_out(keys, seen)
        over = sum(len(ones) for ones in trial.refused.values()) + len(trial.unread)
        if not trial.problem and (best is None or over < best[0]):
            best = over, keys
    if best is None:
        return None
    over, keys = best
    drafted = Drafted({**keys, "categories": dict(categories)}, [])
    if over:
        gather_rest(drafted.keys, drafted.keys["categories"])
        unlisted = drafted.keys["unlisted"]
        drafted.decide.append(f"answers that the questionnaire does not offer count as {unlisted}.")
    return drafted


def _try_mark(seen: Seen, mark: str) -> tuple[tuple[int, int], Drafted] | None:
    """Return how well a sign cuts cells, and the draft, where what is between repeats."""
    forms: dict[str, Counter[str]] = {}
    cells: Cells = {}
    is_tight = mark == "," and _is_tight(seen)
    for raw, n in seen.raw.items():
        if fold_text(raw) in MARKS:
            continue
        pieces = _cut(raw, mark, is_tight=is_tight)
        for piece in pieces:
            forms.setdefault(fold_text(piece), Counter())[piece] += n
        key = tuple(map(fold_text, pieces))
        cells[key] = cells.get(key, 0) + n
    written = {one: min(texts, key=lambda text: (-texts[text], text))
               for one, texts in forms.items()}  # fmt: skip
    if mark == "," and not is_tight:
        cells = _join_again(cells, written)
    total = sum(cells.values())
    joined = sum(n for several, n in cells.items() if len(several) > 1)
    if joined < 2 or joined < (0.1 if mark == "," else 0.05) * total:
        return None
    counts: Counter[str] = Counter()
    for several, n in cells.items():
        counts.update(dict.fromkeys(several, n))
    often = [
        one for one, n in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        if seen.is_often(n) and not may_identify(one)
        and not (is_other(one) and ":" in one.rstrip(" :"))
    ]  # fmt: skip
    if not 2 <= len(often) <= MOST_CATEGORIES or not _is_several(cells, often, mark):
        return None
    covered = sum(n for one, n in counts.items() if one in often)
    whole = sum(n for several, n in cells.items() if set(several) <= set(often))
    if covered < _PIECES_COVERED * counts.total() or whole < _CELLS_COVERED * total:
        return None
    if all(map(_AMOUNT.fullmatch, often)) and not any(len(one) > 2 for one in cells):
        # "1,5" is rather one number, and "12,50 €" one amount.
        return None
    sets = {frozenset(several) for several in cells}
    if len(sets) == 1 and len(often) > 2 and len(cells) > 2:
        keys: dict[str, Any] = {"kind": "rank", "separator": mark}
        categories: dict[str, Any] = {}
        for one in sorted(often):
            categories[make_key(written[one], categories)] = written[one]
        return (-len(counts), joined), Drafted({**keys, "categories": categories}, [])
    return (-len(counts), joined), _describe(seen, mark, cells, often, written)


def _describe(
    seen: Seen, mark: str, cells: Cells, often: Sequence[str], written: Mapping[str, str]
) -> Drafted:
    decide: list[str] = []
    keys: dict[str, Any] = {"kind": "multiple", "separator": mark}
    if marks := sorted({tidy_text(one) for one in seen.raw if fold_text(one) in MARKS}):
        keys["missing"] = marks
    categories: dict[str, Any] = {}
    for one in sorted(often, key=is_other):
        label = written[one]
        beside = any(one in pieces and len(pieces) > 1 for pieces in cells)
        alone = bool(NONE_OF_THESE.fullmatch(label)) and not beside
        name = make_key(label, categories)
        categories[name] = {"label": label, "exclusive": True} if alone else label
    if all(isinstance(one, dict) for one in categories.values()):
        categories = {name: one["label"] for name, one in categories.items()}
    rest = {piece: 0 for pieces in cells for piece in pieces if piece not in often}
    if rest:
        gather_rest(keys, categories, rest)
        decide.append(f"answers that few people gave count as {keys['unlisted']}.")
    return Drafted({**keys, "categories": categories}, decide)


def _is_tight(seen: Seen) -> bool:
    """Tell whether commas join answers without a blank, so that one with a blank is a label's."""
    tight = sum(n for one, n in seen.raw.items() if _TIGHT.search(tidy_text(one)))
    return tight >= 0.1 * seen.total


def _cut(raw: str, mark: str, *, is_tight: bool = False) -> list[str]:
    if is_tight:
        parts = _TIGHT.split(tidy_text(raw))
    else:
        parts = re.split(r"[\r\n]+", raw) if mark == "\n" else tidy_text(raw).split(mark)
    return [piece for part in parts if (piece := tidy_text(part))]


def _is_several(cells: Cells, often: Sequence[str], mark: str) -> bool:
    """Tell whether pieces stand together now with these, now with those."""
    joined = [pieces for pieces in cells if len(pieces) > 1]
    if mark != ",":
        return True
    if all(len(pieces) == len(joined[0]) for pieces in cells):
        # As in "City, Country": all cells have as many parts.
        return len({frozenset(one) for one in cells}) == 1
    alone = {pieces[0] for pieces in cells if len(pieces) == 1}
    return len(cells) > len(often) or set(often) <= alone


def _join_again(cells: Cells, written: dict[str, str]) -> Cells:
    """Return cells with the pieces of an answer that has a comma itself joined again.

    Pieces belong together where neither occurs without the other beside it, or where one that
    begins with a small letter always follows the other.
    """
    while True:
        single: Counter[str] = Counter()
        pairs: Counter[tuple[str, str]] = Counter()
        for pieces, n in cells.items():
            single.update({one: n * pieces.count(one) for one in set(pieces)})
            for pair in pairwise(pieces):
                pairs[pair] += n
        large = sum(written[one][:1].isupper() for one in single) > 0.6 * len(single)

        def belong(pair: tuple[str, str], n: int, single: Counter[str], large: bool) -> bool:
            first, second = pair
            together = n == single[first] == single[second]
            is_open = first.count("(") > first.count(")")
            begins_small = large and written[second][:1].islower()
            return (
                (is_open and n == single[first])
                or (together and (n >= 5 or begins_small) and pair[0] != pair[1])
                or (begins_small and n >= 2 and n == single[second])
            )

        found = next(
            (one for one, n in sorted(pairs.items(), key=lambda item: (-item[1], item[0]))
             if belong(one, n, single, large)), None,
        )  # fmt: skip
        if found is None:
            return cells
        merged = ", ".join(found)
        written[merged] = ", ".join(written[one] for one in found)
        again: Cells = {}
        for pieces, n in cells.items():
            key = _merge(pieces, found, merged)
            again[key] = again.get(key, 0) + n
        cells = again


def _merge(pieces: tuple[str, ...], pair: tuple[str, str], merged: str) -> tuple[str, ...]:
    found: list[str] = []
    at = 0
    while at < len(pieces):
        if pieces[at : at + 2] == pair:
            found.append(merged)
            at += 2
        else:
            found.append(pieces[at])
            at += 1
    return tuple(found)


# A column an option ------------------------------------------------------------------------------


def draft_options(parts: Mapping[str, Seen], labels: Mapping[str, str], typed: Collection[str] = ()
                  ) -> tuple[Drafted, dict[str, str]] | None:  # fmt: skip
    """Draft columns of an option each; also the category of each part.

    None where the columns hold answers of their own rather than ticks.
    """
    own = {part: _own_texts(seen, labels[part]) for part, seen in parts.items()}
    labelled = set().union(*own.values())
    unknown = {
        part: {
            one: n for one, n in seen.answers.items()
            if fold_text(one) not in own[part] and not is_tick_word(fold_text(one))
            and fold_text(one) not in labelled
        }
        for part, seen in parts.items()
    }  # fmt: skip
    keys: dict[str, Any] = {"kind": "multiple"}
    decide: list[str] = []
    codes = _own_codes(parts)
    ticked, denied = _labelled_ticks(parts)
    if ticked:
        codes, keys = {}, {**keys, "ticked": ticked, "not_ticked": denied}
        known = {fold_text(one) for one in [*ticked, *denied]}
        unknown = {
            part: {one: n for one, n in held.items() if fold_text(one) not in known}
            for part, held in unknown.items()
        }
    open_parts = {
        part for part, seen in parts.items()
        if is_other(labels[part]) or WRITE_IN.search(labels[part])
        or any(place.column.label in typed for place in seen.places)
    }  # fmt: skip
    shared = _list_shared(parts, {one: unknown[one] for one in parts if one not in open_parts})
    if not codes and shared:
        denied = [one for one in shared if _DENIES.match(one)]
        ticks = [one for one in shared if one not in denied]
        if len(ticks) > 1 or any(as_whole(one) is not None for one in ticks):
            return None
        if ticks:
            keys["ticked"] = ticks
        if denied:
            keys["not_ticked"] = denied
        decide.append(f"{quote_few(ticks + denied)} taken as ticked and not ticked.")
    categories: dict[str, Any] = {}
    names: dict[str, str] = {}
    many = 0
    for part, seen in parts.items():
        label = labels[part]
        names[part] = name = make_key(label, categories)
        entry: dict[str, Any] = {"label": label}
        held = {one: n for one, n in unknown[part].items() if fold_text(one) not in shared}
        if codes:
            entry["code"] = codes[part]
        elif len(held) == 1 and seen.is_often(max(held.values())) and part not in open_parts \
                and not may_identify(next(iter(held))):  # fmt: skip
            entry["answers"] = list(held)
        elif held or any(place.column.label in typed for place in seen.places):
            entry["typed"] = True
            many += part not in open_parts and len(held) > 1
        if NONE_OF_THESE.fullmatch(label) and len(parts) > 1 and not _is_beside(part, parts):
            entry["exclusive"] = True
        categories[name] = entry
    if many > max(1, len(parts) / 3):
        return None
    if all(one.get("exclusive") for one in categories.values()):
        for one in categories.values():
            one.pop("exclusive", None)
    if (
        len(parts) == 1
        and "not_ticked" not in keys
        and not any(fold_text(one) in NOT_TICKED for seen in parts.values() for one in seen.answers)
    ):
        # Of those who ticked the only box all ticked it.
        keys["base"] = "asked"
        decide.append("of one box to tick, shares are of everybody.")
    keys["categories"] = {
        name: one if len(one) > 1 else one["label"] for name, one in categories.items()
    }
    return Drafted(keys, decide), names


def _labelled_ticks(parts: Mapping[str, Seen]) -> tuple[list[str], list[str]]:
    """Return the codes that files label as a tick and as none, where nobody would guess them."""
    labels, *others = (dict(seen.labels) for seen in parts.values())
    ticked = [code for code, label in labels.items() if fold_text(label) in TICKED]
    denied = [code for code, label in labels.items() if fold_text(label) in NOT_TICKED]
    is_usual = set(ticked) <= TICKED and set(denied) <= NOT_TICKED
    if not (ticked and denied) or is_usual or any(one != labels for one in others):
        return [], []
    return ticked, denied


def _list_shared(parts: Mapping[str, Seen], unknown: Mapping[str, Mapping[str, int]]) -> list[str]:
    """Return the values, folded, that several columns hold, in too many rows to be typed."""
    columns: Counter[str] = Counter(fold_text(one) for held in unknown.values() for one in held)
    rows: Counter[str] = Counter()
    for held in unknown.values():
        rows.update({fold_text(one): n for one, n in held.items()})
    most = max(parts.values(), key=lambda one: one.total)
    return [one for one, n in columns.items() if (n > 1 or len(parts) == 1)
            and most.is_often(rows[one]) and not may_identify(one)]  # fmt: skip


def _own_texts(seen: Seen, label: str) -> set[str]:
    headers = [place.column.name for place in seen.places]
    return {fold_text(one) for header in headers
            for one in (label, header, header.rpartition(" / ")[2])} - {""}  # fmt: skip


def is_tick_word(text: str) -> bool:
    """Tell whether a value is known as a tick, as none, or as no answer, of any option."""
    plain = plain_code(fold_text(text))
    is_negative = bool(re.fullmatch(r"-\d+", plain)) and plain != "-1"
    return plain in TICKED | NOT_TICKED | NO_ANSWER | NOT_SHOWN or is_negative


def _own_codes(parts: Mapping[str, Seen]) -> dict[str, int]:
    """Return the number of each option, where each column holds no other number than its own."""
    found: dict[str, int] = {}
    for part, seen in parts.items():
        whole = [as_whole(one) for one in seen.answers]
        numbers = {one for one in whole if one is not None and one > 0}
        if len(numbers) > 1 or (numbers and None in whole):
            return {}
        for one in numbers:
            found[part] = one
    if len(found) < 2 or len(set(found.values())) < len(found):
        return {}
    free = iter(one for one in range(1, 10_000) if one not in found.values())
    return {part: found[part] if part in found else next(free) for part in parts}


def _is_beside(part: str, parts: Mapping[str, Seen]) -> bool:
    """Tell whether an option is filled in beside another one in any row."""
    for place in parts[part].places:
        mine = _find_ticks(place)
        others = [
            _find_ticks(other)
            for name, seen in parts.items() if name != part
            for other in seen.places if other.table is place.table
        ]  # fmt: skip
        if any(any(row) for own, *row in zip(mine, *others, strict=True) if own):
            return True
    return False


def _find_ticks(place: Place) -> list[bool]:
    """Tell for each row whether the option is ticked, as far as words known by themselves say."""
    cells = place.table.cells[place.column.position]
    ticked = {cell: _is_ticked(cell) for cell in set(cells)}
    return [ticked[cell] for cell in cells]


def _is_ticked(cell: str) -> bool:
    folded = plain_code(fold_text(cell))
    return bool(folded) and folded not in NOT_TICKED | NO_ANSWER | NOT_SHOWN


def draft_rank(parts: Mapping[str, Seen], labels: Mapping[str, str]
               ) -> tuple[Drafted, dict[str, str]] | None:  # fmt: skip
    """Draft columns that hold the place of an option each; None where they hold anything else."""
    categories: dict[str, Any] = {}
    names: dict[str, str] = {}
    for part in parts:
        names[part] = name = make_key(labels[part], categories)
        categories[name] = labels[part]
    total = sum(seen.total for seen in parts.values())
    places = sum(
        n for seen in parts.values() for one, n in seen.answers.items()
        if (found := re.search(r"\d+", one)) and 1 <= int(found[0]) <= len(parts)
    )  # fmt: skip
    if places < 0.8 * total:
        return None
    return Drafted({"kind": "rank", "categories": categories}, []), names
