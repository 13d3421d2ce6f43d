"""Reads answers to closed questions: one of the choices, several of them, or a tick."""

import re

from altcred.kinds.masking import mask_typed
from altcred.kinds.reading import (
    BLANK,
    GATHERED,
    NOT_A_CHOICE,
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

_WRITE_IN = re.compile(r"please (?:specify|name|explain|describe|list)|specify:?\)?$", re.I)


def make_single_reader(variable: Variable, wave: str) -> Reader:
    """Return the function that reads one of the answers offered, as its category's name."""
    choices, codes = choices_of(variable, wave), codes_of(variable, wave)

    def read(text: str) -> Reading:
        folded = fold_text(text)
        category = choices.get(folded) or codes.get(plain_code(folded))
        if category:
            return Reading(category, READ, text)
        return _unlisted(variable, text)

    return read


def _unlisted(variable: Variable, text: str) -> Reading:
    if fold_text(text) in NO_ANSWER:
        return Reading(None, NOT_APPLICABLE, text)
    if variable.unlisted == "error":
        return Reading(None, UNLISTED, mask_typed(text))
    if variable.unlisted == "missing":
        return Reading(None, NOT_A_CHOICE, mask_typed(text))
    gathered: Value = variable.unlisted
    if kind_of(variable).has_ticks:
        gathered = (variable.unlisted,)
    return Reading(gathered, f"{GATHERED} {variable.unlisted}", mask_typed(text))


def make_ticks_reader(variable: Variable, wave: str) -> Reader:
    """Return the function that reads several answers, joined by commas, as a tuple."""
    choices, codes = choices_of(variable, wave), codes_of(variable, wave)
    by_pieces = {tuple(_pieces(choice)): name for choice, name in choices.items()}
    order = list(variable.categories)
    write_ins = {
        name
        for name, category in variable.categories_in(wave).items()
        if any(_WRITE_IN.search(answer) for answer in category.answers_in(wave))
    }

    def read(text: str) -> Reading:
        pieces = _pieces(text)
        if not pieces:
            return Reading(None, BLANK, "")
        ticked, rest = split_choices(pieces, by_pieces)
        if rest and codes:
            coded = [codes.get(plain_code(fold_text(piece))) for piece in pieces]
            if all(coded):
                ticked, rest = [name for name in coded if name], []
        if not ticked:
            return _unlisted(variable, text)
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
        return Reading(tuple(sorted(set(ticked), key=order.index)), reason, shown)

    return read


def _pieces(text: str) -> list[str]:
    return [piece for part in text.split(",") if (piece := part.strip())]


def split_choices(
    pieces: list[str], choices: dict[tuple[str, ...], str]
) -> tuple[list[str], list[str]]:
    """Split an answer at commas, though choices hold commas themselves.

    `choices` maps a choice, split at its own commas and folded, to its category. Of all ways to
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


_UNTICKED = {"0", "0.0", "no", "false", "unchecked", "not selected", "off"}


def make_option_reader(variable: Variable, wave: str, option: str) -> Reader:
    """Return the function that reads a column that stands for one option of a multiple question.

    Its values are tuples of one category. Whatever stands in the column ticks its option, but a
    zero, "no" or "false", which leave it unticked, and a text that is another choice of the
    question, which ticks that one: "None" may be typed where the form asked for something else.
    """
    choices = choices_of(variable, wave)
    own = {answer for answer, name in choices.items() if name == option}
    blanks = {fold_text(text) for text in variable.blank} | _UNTICKED | {""}

    def read(text: str) -> Reading:
        folded = fold_text(text)
        if folded not in own and folded in blanks:
            return Reading(None, BLANK, tidy_text(text))
        category = option if folded in own else choices.get(folded, option)
        if category != option:
            return Reading((category,), f"{GATHERED} {category}", tidy_text(text))
        return Reading((option,), READ, mask_typed(text))

    return read
