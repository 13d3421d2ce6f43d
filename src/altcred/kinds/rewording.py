"""Whether two wordings of a question or an answer may mean something else, told from the words.

What is hoped for in one survey and reported in another differs in tense and in a verb: that is
usual, and no sign. A sign is that few words are the same, that one of them alone sets a limit (but
not, only, without), that they hold other numbers, or that one says far more.
"""

import re
from difflib import SequenceMatcher
from itertools import zip_longest

from altcred.kinds.reading import fold_text

_LIMIT = re.compile(
    r"\w+n['’]t|not|no|never|nor|neither|none|without|only|solely|but|except|unless|instead|"
    r"nicht|nie|kein\w*|ohne|nur|aber|ikke|ingen|uten|uden|kun|inte|utan|endast|niet|geen|zonder|"
    r"alleen|maar|pas|jamais|sans|seulement|mais|sauf|sin|nunca|solo|sólo|pero|salvo|senza|"
    r"não|sem|apenas|bez|tylko"
)
_WORD = re.compile(r"\w+n['’]t|\w+")
# Words of which nothing hangs, and those by which a hope is told from what came of it.
_PLAIN = frozenset(re.findall(r"\w+",
    "a all am an and apply applies are as at be been by check choose did do does done for from had "
    "has have having how i if in is it me mine my of on one or our please select so tick than that "
    "the their these they this those to was we were what when which who why with you your will "
    "would expect expected expects gain gained get got help helped helps hope hoped hopes intend "
    "like plan planned plans prepare preparing receive received result want wanted wish"
))  # fmt: skip
# Longer questions hold instructions, in which such a word limits nothing.
_SHORT = 12
# So many words more than the other has are far more.
_MORE = 4


def may_mean_other(first: str, second: str, *, is_question: bool = False) -> bool:
    """Tell whether two wordings differ by more than a hope differs from what came of it."""
    if fold_text(first) == fold_text(second):
        return False
    if is_question:
        first, second = drop_item(first, second)
    short, long = sorted((_list_words(first), _list_words(second)), key=len)
    shared = sum(any(_is_alike(one, other) for other in long) for one in short)
    if shared * 2 < len(short):
        return True
    limits = [any(map(_LIMIT.fullmatch, _WORD.findall(fold_text(one)))) for one in (first, second)]
    if limits[0] != limits[1] and (not is_question or len(long) <= _SHORT):
        return True
    numbers = [set(re.findall(r"\d+", one)) for one in (first, second)]
    more = len(long) - shared
    has_more = more >= max(_MORE, shared)
    return not is_question and (has_more or (all(numbers) and numbers[0] != numbers[1]))


def drop_item(first: str, second: str) -> tuple[str, str]:
    """Return what stands before the item of a grid, where both questions ask of the same item."""
    parts = [re.split(r"\s+[-–—]\s+|: |\[", one) for one in (first, second)]
    ends = [fold_text(one[-1]) for one in parts]
    if min(map(len, parts)) > 1 and ends[0] == ends[1]:
        return " ".join(parts[0][:-1]), " ".join(parts[1][:-1])
    return first, second


def _list_words(text: str) -> list[str]:
    words = list(dict.fromkeys(_WORD.findall(fold_text(text))))
    return [one for one in words if one not in _PLAIN and not _LIMIT.fullmatch(one)] or words


def _is_alike(one: str, other: str) -> bool:
    """Tell whether two words are forms of one: paying and paid, improve and improvement."""
    if one == other or one.isdigit() or one[:2] != other[:2]:
        return one == other
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= 0.6


def show_difference(first: str, second: str, most: int = 90) -> tuple[str, str]:
    """Return two wordings, of long ones only what follows the words with which both begin."""
    pairs = zip_longest(first.split(), second.split())
    same = next((at for at, (one, other) in enumerate(pairs) if one != other), 0)
    shown = []
    for text in (first, second):
        words = text.split()
        told = " ".join(words[max(same - 2, 0) :]) if len(text) > most else text
        told = told if len(told) == len(text) else f"… {told}"
        shown.append(told if len(told) <= most else f"{told[:most].rstrip()} …")
    return shown[0], shown[1]
