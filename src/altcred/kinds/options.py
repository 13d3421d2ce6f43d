"""Reads columns that stand for one option each: which values are a tick, and which are none.

Nothing is a tick because it is not empty: a value that is known as neither stops the check.
"""

import re
from collections.abc import Collection, Iterable, Mapping

from altcred.kinds.masking import mask_typed, refuse_unlisted
from altcred.kinds.reading import (
    BLANK,
    GATHERED,
    NOT_CHOSEN,
    READ,
    UNSHOWN,
    Reader,
    Reading,
    blanks_of,
    choices_of,
    fold_text,
    plain_code,
    tidy_text,
)
from altcred.kinds.variable import Variable
from altcred.kinds.vocabulary import NO_ANSWER, NOT_SHOWN, NOT_TICKED, TICKED

WRITE_IN = re.compile(r"please (?:specify|name|explain|describe|list)|specify:?\)?$", re.I)


def make_option_reader(
    variable: Variable,
    wave: str,
    option: str,
    header: str = "",
    found: Mapping[str, Collection[str]] | None = None,
) -> Reader:
    """Return the function that reads a column that stands for one option of a multiple question.

    Its values are tuples: of one category where it is ticked, of none where it is said that it is
    not, as by "No". `header` is the column's, `found` has the answers in each column of the
    question, from which codes are understood.
    """
    choices, category = choices_of(variable, wave), variable.categories[option]
    own = {answer for answer, name in choices.items() if name == option}
    own |= {fold_text(header), fold_text(header.rpartition(" / ")[2])} - {""}
    if _fold_all((found or {}).get(option, [])) & TICKED:
        # Beside "Yes" the label "No" is an answer about the option, not the option.
        own -= NOT_TICKED
    blanks = blanks_of(variable)
    said, denied = _fold_all(variable.ticked), _fold_all(variable.not_ticked)
    ticked, not_ticked = _read_codes(variable, option, found or {})
    is_typed = category.typed or any(WRITE_IN.search(one) for one in category.answers_in(wave))

    def read(text: str) -> Reading:
        folded = fold_text(text)
        plain = plain_code(folded)
        if plain in said or (folded in own and plain not in denied):
            return Reading((option,), READ, tidy_text(text))
        if plain in denied:
            return Reading((), NOT_CHOSEN, tidy_text(text))
        if folded in blanks:
            return Reading(None, BLANK, tidy_text(text))
        other = choices.get(folded)
        if other and (is_typed or plain not in TICKED | NOT_TICKED):
            return Reading((other,), f"{GATHERED} {other}", tidy_text(text))
        if plain in ticked:
            return Reading((option,), READ, tidy_text(text))
        if plain in not_ticked:
            # "None" where others are typed says nothing of the options beside it.
            return Reading(None if is_typed else (), NOT_CHOSEN, tidy_text(text))
        if folded in NO_ANSWER | NOT_SHOWN or (re.fullmatch(r"-\d+", plain) and plain != "-1"):
            return Reading(None, UNSHOWN, tidy_text(text))
        if is_typed:
            return Reading((option,), READ, mask_typed(text))
        # What else is unlisted may be a category; that an option is ticked must be known.
        return refuse_unlisted(variable, text)

    return read


_NUMBER = re.compile(r"\s*\d+(?:\.0+)?\s*")


def _fold_all(texts: Iterable[str]) -> set[str]:
    return {plain_code(fold_text(text)) for text in texts}


def _read_codes(
    variable: Variable, option: str, found: Mapping[str, Collection[str]]
) -> tuple[set[str], set[str]]:
    """Return what is a tick in an option's column, and what says that it is not ticked.

    Where each column holds no number but its option's own code, that code is a tick. Elsewhere 1
    is, and 2 says no where the columns hold 1 and 2 and no higher number.
    """
    known = {"0"} | _fold_all([*variable.missing, *variable.blank])
    numbers = {
        name: _fold_all(filter(_NUMBER.fullmatch, answers)) - known
        for name, answers in found.items()
    }
    codes = {name: str(one.code) for name, one in variable.categories.items()}
    if all(numbers[name] <= {codes.get(name)} for name in numbers):
        is_own = codes[option] not in {"None", "0"}
        return TICKED | ({codes[option]} if is_own else set()), NOT_TICKED
    is_two_no = any(held >= {"1", "2"} for held in numbers.values())
    is_two_no = is_two_no and set().union(*numbers.values()) == {"1", "2"}
    return TICKED, NOT_TICKED | ({"2"} if is_two_no else set())
