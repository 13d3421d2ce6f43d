"""Words by which files, headers and answers say which survey they are of: before, post, T2 …"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from altcred.draft.words import any_of
from altcred.kinds.reading import fold_text
from altcred.read.export import Column

# In the order of surveys; what stands together is said in one language or another.
_STAGES = (
    "pre before begin beginning start baseline entry intake initial vorher vor avant antes prima "
    "voor før före pretest presurvey precourse",
    "mid middle midline midterm during interim intermediate während pendant durante tijdens",
    "post after end endline exit final nachher nach après apres después despues depois dopo na "
    "etter efter slutt posttest postsurvey postcourse",
    "followup followup1 delayed later followup2 nacherhebung",
)
_PLACE_OF = {word: place for place, words in enumerate(_STAGES) for word in words.split()}
_NUMBERED = re.compile(
    r"(?:t|w|time|timepoint|wave|round|phase|occasion|measurement|welle|vague|ola|onda|ronde|runde|"
    r"zeitpunkt|messzeitpunkt)(\d)"
)
_ANY = (
    "|".join(sorted(map(re.escape, _PLACE_OF), key=len, reverse=True)) + r"|[tw]\d|(?:time|wave)\d"
)
# A word for a stage with up to three more behind it, as in "before the workshop".
_SAID = rf"(?P<word>{_ANY})(?:[ -](?:the )?[^\W\d]+){{0,3}}"
# What surveys stand before and after, so that "Before lunch, do you …" is no mark.
_EVENT = f"(?:{any_of('occasions')})"
_IN_TEXT = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?P<word>{_ANY}) (?:[^\W\d]+ ){{0,3}}{_EVENT}, ?(?P<rest>.+)",
        rf"[\[(]{_SAID}[\])] ?[:.-]? ?(?P<rest>.+)",
        rf"{_SAID} ?(?::| -) ?(?P<rest>.+)",
        rf"(?P<rest>.+?) ?[\[(]{_SAID}[\])][?.:]?",
        rf"(?P<rest>.+?)(?: [-/]|:) ?{_SAID}",
        rf"(?P<rest>.+?) - {_SAID}(?P<more> - .+)",
    )
]
_GLUED = [
    re.compile(pattern)
    for pattern in (
        r"(?P<rest>.*\d)(?P<word>[Pp]re|[Pp]ost|PRE|POST|[Bb]efore|[Aa]fter)",
        r"(?P<word>[Pp]re|[Pp]ost|PRE|POST)(?P<rest>[A-Z\d].*)",
        r"(?P<rest>.*[a-z\d])(?P<word>Pre|Post|Before|After|T\d)",
    )
]
# When something began or ended, which is no survey.
_DATED = re.compile(
    r"(?:\b|_)(?:start|begin|beginning|entry|end|exit|final)[ _-]?(?:dates?|times?|day|month|year)"
    r"(?:\b|_)", re.IGNORECASE
)  # fmt: skip
# A name of a column, as against a question.
_LONGEST_NAME = 40


@dataclass(frozen=True)
class Mark:
    """Which survey something is of: its place among the others, the word, and whether a number."""

    place: int
    word: str
    is_number: bool


def read_mark(word: str) -> Mark | None:
    """Return what a word says of a survey, if anything."""
    folded = fold_text(word)
    if folded in _PLACE_OF:
        return Mark(_PLACE_OF[folded], folded, is_number=False)
    number = _NUMBERED.fullmatch(folded)
    return Mark(int(number[1]), folded, is_number=True) if number else None


def find_marks(text: str) -> list[Mark]:
    """Return what the words of a short text, such as a file's name, say of a survey."""
    joined = re.sub(r"\b(follow|pre|post)[-_ ]+(up|test|survey|course)\b", r"\1\2", fold_text(text))
    joined = re.sub(r"(?<![^\W\d_])(time|wave|round|phase|t|w)[-_ ]+(?=\d\b)", r"\1", joined)
    words = re.split(r"[\W_]+|(?<=[a-z])(?=\d{4})", joined)
    return [mark for mark in map(read_mark, words) if mark is not None]


def split_name(name: str) -> tuple[Mark, str] | None:
    """Return what the name of a column says of a survey, and the name without it."""
    if len(name) > _LONGEST_NAME or len(name.split()) > 4:
        return split_text(name)
    pieces = re.split(r"([\W_]+)", name)
    found = [(at, mark) for at, one in enumerate(pieces) if (mark := read_mark(one))]
    if len(found) == 1 and not _DATED.search(name):
        at, mark = found[0]
        # The sign beside it goes too, that before it rather than that behind it.
        rest = pieces[: at - 1] + pieces[at + 1 :] if at else pieces[2:]
        text = "".join(rest).strip(" :-")
        # T1_1 and T2_1 may be the first question of two topics.
        if re.search(r"[^\W\d_]" if mark.is_number else r"\w", text):
            return mark, _close(text)
    for pattern in _GLUED:
        glued = pattern.fullmatch(name)
        mark_found = glued and read_mark(glued["word"])
        if glued and mark_found:
            return mark_found, glued["rest"]
    return split_text(name)


def split_text(text: str) -> tuple[Mark, str] | None:
    """Return what a question says of a survey before or behind it, and the question without it."""
    for pattern in _IN_TEXT if not _DATED.search(text) else ():
        found = pattern.fullmatch(text)
        mark = found and read_mark(found["word"])
        if found and mark:
            return mark, found["rest"].strip() + (found.groupdict().get("more") or "")
    return None


def split_column(column: Column) -> tuple[Mark, Column] | None:
    """Return what a column's header says of a survey, and the column without it."""
    by_name, by_text = split_name(column.name), split_text(column.text)
    found = by_name or by_text
    if found is None:
        return None
    mark = found[0]
    name = by_name[1] if by_name else column.name
    if column.text == column.name:
        return mark, replace(column, name=name, text=name)
    return mark, replace(column, name=name, text=by_text[1] if by_text else column.text)


def _close(text: str) -> str:
    """Return a text without brackets of which one sign is left alone."""
    text = re.sub(r"[\[(]\s*[\])]", "", text)
    for one, other in ("()", "[]"):
        if text.count(one) != text.count(other):
            text = text.replace(one, "").replace(other, "")
    return text.strip()


def name_waves(texts: Sequence[str]) -> list[str]:
    """Return a name for each wave: the word for its stage, else what it alone has, or a number.

    No two are alike, and each is one that a description may give.
    """
    marks = [found[0] if len(found := find_marks(one)) == 1 else None for one in texts]
    places = {(one.is_number, one.place) for one in marks if one}
    if all(marks) and len(places) == len(texts):
        return [one.word for one in marks if one]
    tokens = [re.findall(r"[^\W_]+", fold_text(one)) for one in texts]
    own = [
        [word for word in words if sum(word in other for other in tokens) == 1] for words in tokens
    ]
    names = ["_".join(words) for words in own]
    names = [f"wave_{name}" if name[:1].isdigit() else name for name in names]
    are_fit = all(re.fullmatch(r"[a-z][a-z0-9_]{0,24}", name) for name in names)
    if are_fit and len(set(names)) == len(names) > 1:
        return names
    return [f"wave_{place}" for place in range(1, len(texts) + 1)]
