"""Reads conditions of questionnaires on who is asked, so far as a codebook can say them."""

import re
from collections.abc import Callable, Mapping, Sequence

# Questions and the answers of which each must have one.
Asked = dict[str, list[str]]
# What is compared at a place of a text: where it ends, and the question and answer, or None where
# a codebook cannot say it.
Compare = Callable[[str, int], tuple[int, tuple[str, str] | None] | None]

_OPERATOR = re.compile(r"(?P<open>\()|(?P<close>\))|(?P<and>and\b|&&)|(?P<or>or\b|\|\|)", re.I)


def read_condition(text: str, compare: Compare) -> Mapping[str, Sequence[str]]:
    """Return what must have been answered; nothing where it is more than a codebook can say.

    That is one of several answers to a question, and likewise to others.
    """
    tokens: list[str | Asked | None] = []
    place = 0
    while place < len(text):
        if text[place].isspace():
            place += 1
        elif (found := compare(text, place)) is not None:
            place, test = found
            tokens.append({test[0]: [test[1]]} if test else None)
        elif operator := _OPERATOR.match(text, place):
            place = operator.end()
            tokens.append(str(operator.lastgroup))
        else:
            return {}
    try:
        asked = _read_either(tokens)
    except IndexError:
        return {}
    return {} if tokens or asked is None else asked


def _read_either(tokens: list[str | Asked | None]) -> Asked | None:
    asked = _read_all(tokens)
    while tokens[:1] == ["or"]:
        tokens.pop(0)
        other = _read_all(tokens)
        if not asked or not other or len(asked) > 1 or asked.keys() != other.keys():
            asked = None
            continue
        ((question, answers),) = asked.items()
        asked = {question: list(dict.fromkeys([*answers, *other[question]]))}
    return asked


def _read_all(tokens: list[str | Asked | None]) -> Asked | None:
    asked = _read_one(tokens)
    while tokens[:1] == ["and"]:
        tokens.pop(0)
        other = _read_one(tokens)
        # Two answers to one question are both wanted, which only ticks could be.
        can_say = asked is not None and other is not None and not asked.keys() & other.keys()
        asked = {**asked, **other} if can_say and asked and other else None
    return asked


def _read_one(tokens: list[str | Asked | None]) -> Asked | None:
    token = tokens.pop(0)
    if token == "open":
        asked = _read_either(tokens)
        if tokens.pop(0) != "close":
            raise IndexError
        return asked
    if isinstance(token, str):
        raise IndexError
    return token
