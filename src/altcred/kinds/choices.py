"""Reads answers to closed questions: one of the choices, or several of them."""

import re
from collections.abc import Iterable

from altcred.kinds.masking import mask_typed, refuse_unlisted
from altcred.kinds.options import WRITE_IN
from altcred.kinds.reading import (
    BLANK,
    CONTRADICTED,
    GATHERED,
    JOINED,
    NOT_APPLICABLE,
    READ,
    READ_IN_PART,
    UNLISTED,
    WRITTEN_IN,
    Reader,
    Reading,
    Value,
    choices_of,
    codes_of,
    fold_text,
    plain_code,
    tidy_text,
)
from altcred.kinds.registry import kind_of
from altcred.kinds.variable import Variable
from altcred.kinds.vocabulary import NO_ANSWER


def make_single_reader(variable: Variable, wave: str) -> Reader:
    """Return the function that reads one of the answers offered, as its category's name."""
    choices, codes = choices_of(variable, wave), codes_of(variable, wave)

    def read(text: str) -> Reading:
        folded = fold_text(text)
        plain = plain_code(folded)
        category = choices.get(folded) or codes.get(plain) or choices.get(plain)
        if category:
            return Reading(category, READ, text)
        return _unlisted(variable, text)

    return read


def spell_category(variable: Variable, wave: str, answer: str) -> list[str]:
    """Return how an export may write a category: as the codebook says, and its code."""
    category = variable.categories[answer]
    return [*category.answers_in(wave), *([] if category.code is None else [str(category.code)])]


def _unlisted(variable: Variable, text: str) -> Reading:
    if fold_text(text) in NO_ANSWER:
        return Reading(None, NOT_APPLICABLE, text)
    if variable.unlisted in {"error", "missing"}:
        return refuse_unlisted(variable, text)
    gathered: Value = variable.unlisted
    if kind_of(variable).has_ticks:
        gathered = (variable.unlisted,)
    return Reading(gathered, f"{GATHERED} {variable.unlisted}", mask_typed(text))


def make_ticks_reader(variable: Variable, wave: str) -> Reader:
    """Return the function that reads several answers in one text as a tuple.

    They are joined as `separator` says. Where it says nothing they are cut at commas, or at
    another sign that leaves nothing but listed answers; where another sign would leave fewer
    things that are none, the answer is refused until the codebook says how it is joined.
    """
    cuts = {mark: _Cut(variable, wave, mark) for mark in list_separators(variable)}
    others_stop = bool(variable.separator) and variable.unlisted == "error"
    untold = {
        mark: _Cut(variable, wave, mark) for mark in SEPARATORS if others_stop and mark not in cuts
    }
    order = list(variable.categories)
    offered = variable.categories_in(wave)
    write_ins = {
        name for name, one in offered.items()
        if one.typed or any(WRITE_IN.search(answer) for answer in one.answers_in(wave))
    }  # fmt: skip
    exclusive = {name for name, one in offered.items() if one.exclusive}

    def read(text: str) -> Reading:
        mark, *others = cuts
        pieces, ticked, rest = cuts[mark].cut(text)
        if not pieces:
            return Reading(None, BLANK, "")
        for other in others if rest else ():
            cut = cuts[other].cut(text)
            if cut[1] and not cut[2]:
                pieces, ticked, rest = cut
                break
            if len(cut[0]) > 1 and cut[1] and not ticked:
                return Reading(None, f"{JOINED} {other!r}", mask_typed(tidy_text(text)))
        if not ticked:
            # The codebook may name the wrong sign.
            for other, cut_otherwise in untold.items():
                cut = cut_otherwise.cut(text)
                if len(cut[0]) > 1 and cut[1] and not cut[2]:
                    return Reading(None, f"{JOINED} {other!r}", mask_typed(tidy_text(text)))
            return _unlisted(variable, tidy_text(text))
        shown = ", ".join(mask_typed(piece) if piece in rest else piece for piece in pieces)
        reason = READ
        if rest:
            if write_ins & set(ticked):
                reason = WRITTEN_IN
            elif variable.unlisted == "error":
                return Reading(None, UNLISTED, shown)
            elif variable.unlisted == "missing":
                reason = READ_IN_PART
            else:
                ticked = [*ticked, variable.unlisted]
                reason = f"{READ_IN_PART}; the rest {GATHERED} {variable.unlisted}"
        if exclusive & set(ticked) and not set(ticked) <= exclusive:
            ticked, reason = [one for one in ticked if one not in exclusive], CONTRADICTED
        return Reading(tuple(sorted(set(ticked), key=order.index)), reason, shown)

    return read


def list_left_over(variable: Variable, wave: str, text: str) -> list[str]:
    """Return what of several answers in one text is none of those listed."""
    return _Cut(variable, wave, list_separators(variable)[0]).cut(text)[2]


SEPARATORS = (",", ";", "\n", "|")


def list_separators(variable: Variable) -> list[str]:
    """Return what several answers may be joined by: what the codebook says, else all, by rank."""
    # Blanks beside a sign do not matter; a blank alone is one.
    return [mark.strip(" ") or " " for mark in variable.separator] or list(SEPARATORS)


def rank_separators(variable: Variable, wave: str, answers: Iterable[str]) -> list[str]:
    """Return all separators, first the one by which most answers are joined as listed ones show."""
    texts = list(answers)
    certain = dict.fromkeys(SEPARATORS, 0)
    for mark in SEPARATORS:
        cut = _Cut(variable, wave, mark)
        for text in texts:
            _, ticked, rest = cut.cut(text)
            certain[mark] += len(ticked) > 1 and not rest
    return sorted(SEPARATORS, key=lambda mark: -certain[mark])


class _Cut:
    """Cuts a text at one sign, though choices hold the sign themselves."""

    def __init__(self, variable: Variable, wave: str, mark: str) -> None:
        self.mark = mark
        self.codes = codes_of(variable, wave)
        self.choices = {
            tuple(self.pieces(one)): name for one, name in choices_of(variable, wave).items()
        }

    def pieces(self, text: str) -> list[str]:
        parts = (
            re.split(r"[\r\n]+", text) if self.mark == "\n" else tidy_text(text).split(self.mark)
        )
        return [piece for part in parts if (piece := tidy_text(part))]

    def cut(self, text: str) -> tuple[list[str], list[str], list[str]]:
        """Return the pieces, the categories among them, and the pieces left over."""
        pieces = self.pieces(text)
        ticked, rest = split_choices(pieces, self.choices)
        if rest and self.codes:
            coded = [self.codes.get(plain_code(fold_text(piece))) for piece in pieces]
            if all(coded):
                return pieces, [name for name in coded if name], []
        return pieces, ticked, rest


def split_choices(
    pieces: list[str], choices: dict[tuple[str, ...], str]
) -> tuple[list[str], list[str]]:
    """Split an answer at a sign, though choices hold the sign themselves.

    `choices` maps a choice, split at the same sign and folded, to its category. Of all ways to
    cut the pieces into choices the one that leaves the fewest pieces over is taken; among equal
    ones that with the fewest, so the longest, choices. Returns the categories and the pieces left
    over.
    """
    folded = [fold_text(piece) for piece in pieces]
    starting: dict[str, list[tuple[str, ...]]] = {}
    for choice in choices:
        if choice:
            starting.setdefault(choice[0], []).append(choice)
    # best[i]: pieces left over, number of choices and the next cut, from piece i to the end.
    best: list[tuple[int, int, int]] = [(0, 0, 0)] * (len(pieces) + 1)
    for i in range(len(pieces) - 1, -1, -1):
        over, count, _ = best[i + 1]
        options = [(over + 1, count, 0)]
        for choice in starting.get(folded[i], []):
            if tuple(folded[i : i + len(choice)]) == choice:
                over, count, _ = best[i + len(choice)]
                options.append((over, count + 1, len(choice)))
        # Where two cuts are as good, the longer choice comes first.
        best[i] = min(options, key=lambda option: (option[0], option[1], -option[2]))
    ticked: list[str] = []
    rest: list[str] = []
    i = 0
    while i < len(pieces):
        length = best[i][2]
        if length:
            ticked.append(choices[tuple(folded[i : i + length])])
        else:
            rest.append(pieces[i])
        i += length or 1
    return ticked, rest
