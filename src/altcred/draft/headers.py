"""Cuts headers into what is asked and a part of it, as survey tools write them."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from altcred.draft.words import is_other, shorten_label
from altcred.kinds.reading import fold_text
from altcred.read.export import Column

_TYPED = re.compile(r"_TEXT$|\[(\w*comment|other)\]$|_other_text$", re.IGNORECASE)
# Where a header may be cut, the surest first.
_SEPARATORS = ("->", " >> ", " - ", " / ", " | ", " > ", ": ", "? ", ". ")
# In a name of one word these part what it is made of.
_IN_NAMES = ("/", ":")
# Headers that are alike: of each the place, what all share, and its own part.
Run = list[tuple[int, str, str]]
_LIMESURVEY = re.compile(r"([A-Za-z]\w*)\[([^\[\]]+)\](?:\[([^\[\]]+)\])?(?:\. .*)?")
_QUALTRICS = re.compile(r"(?:(\d+)_)?(QID\d+)(?:#(\d+))?(?:_(.+))?")
_REDCAP = re.compile(r"(.+?)___(.+)")
_CHOICE = re.compile(r"(.*?)\s*\(choice=(.*)\)", re.DOTALL)
_NUMBERED = re.compile(
    r"(?P<stem>.*?[^\W_])(?P<mark>[_.\-\s]?)(?:Part_)?(?P<part>\d+[rR]?|(?<![^\W\d_])[a-z])"
    r"(?P<tail>_[A-Za-z]+\d?)?"
)
# Names that only count columns say nothing of what belongs together.
_COUNTERS = {"q", "v", "var", "x", "f", "p", "question", "frage", "pregunta", "pergunta", "domanda"}
_COUNTERS |= {"vraag", "fråga", "spørgsmål", "spørsmål", "column", "col", "field", "variable"}


# How questionnaires number what they ask: "3.", "4a)", "Q12:".
_NUMBER = re.compile(r"^[QqFfPpVv]?\d{1,3}[a-z]?(?:\.\d{1,2}[a-z]?)*[.):]\s+(?=\w)")
# Fewer questions may all be about a first, a second and a third of something.
_FEWEST_NUMBERED = 5


@dataclass(frozen=True)
class Part:
    """A column as a part of a question: what names the question, its text, and the part's own.

    `label` is empty of a column that is the question itself.
    """

    column: Column
    key: tuple[object, ...]
    stem: str = ""
    label: str = ""
    typed: bool = False


def is_bare_other(header: str, before: str = "") -> bool:
    """Tell whether a header says no more than that another answer is typed here.

    It may begin with the header before it, as "Job - Other" beside "Job" does.
    """
    rest = header.removeprefix(before).lstrip(" -_./:")
    header = rest if rest != header and before else header
    said, *_ = re.split(r"[,(:]| please\b| bitte\b", header)
    return "?" not in header and is_other(said) and len(said.split()) == 1


def cut_header(column: Column) -> Part | None:
    """Return a column as the part of a question that its file or its tool's spelling names."""
    return next((part for cut in _CUTS if (part := cut(column))), None)


def _cut_known(column: Column) -> Part | None:
    known = column.known
    if not known.question:
        return None
    typed = known.kind == "text" and bool(known.part) and _is_typed(column, known.part)
    return Part(column, ("known", known.question), known.stem, known.part, typed)


def _cut_qualtrics(column: Column) -> Part | None:
    found = _QUALTRICS.fullmatch(column.import_id)
    if not found:
        return None
    loop, question, side, choice = found.groups()
    label = "" if choice in (None, "TEXT") else choice.removesuffix("_TEXT")
    return Part(column, (loop, question, side), "", label, column.name.endswith("_TEXT"))


def _cut_limesurvey(column: Column) -> Part | None:
    found = _LIMESURVEY.fullmatch(column.name)
    if not found:
        return None
    code, sub, scale = found.groups()
    row, _, cell = sub.partition("_")
    stem, labels = _cut_brackets(column.text)
    if column.text == column.name:
        stem, labels = code, []
    if cell:
        # The cells of an array with texts or numbers: a question a row.
        stem = " ".join([stem, *(f"[{one}]" for one in labels[:-1])])
        return Part(column, (code, row), stem.strip(), labels[-1] if labels else cell)
    label = labels[0] if labels else sub
    stem = f"{stem} [{labels[1]}]" if scale and len(labels) > 1 else stem
    return Part(column, (code, scale), stem, label, _is_typed(column, label))


def _cut_header_rows(column: Column) -> Part | None:
    ending = f" / {column.name}"
    if column.name and column.text.endswith(ending) and column.text != ending:
        stem = column.text.removesuffix(ending)
        return Part(column, ("rows", stem), stem, column.name, _is_typed(column, column.name))
    return None


def _cut_redcap(column: Column) -> Part | None:
    name, text = _REDCAP.fullmatch(column.name), _CHOICE.fullmatch(column.text)
    if not name and not text:
        return None
    stem, label = (text[1], text[2]) if text else ("", name[2] if name else "")
    return Part(column, ("checkbox", name[1] if name else stem), stem, label)


def _cut_at_brackets(column: Column) -> Part | None:
    if first := re.fullmatch(r"\[([^\[\]]+)\]\s*(.*\w.*)", column.text):
        # As LimeSurvey labels what it exports for statistics programs.
        return Part(column, ("brackets", fold_text(first[2])), first[2], first[1])
    stem, labels = _cut_brackets(column.text)
    if not stem or not labels:
        return None
    stem = " ".join([stem, *(f"[{one}]" for one in labels[:-1])])
    return Part(column, ("brackets", fold_text(stem)), stem, labels[-1], is_other(labels[-1]))


_CUTS: Sequence[Callable[[Column], Part | None]] = (
    _cut_known,
    _cut_qualtrics,
    _cut_limesurvey,
    _cut_header_rows,
    _cut_redcap,
    _cut_at_brackets,
)


def _is_typed(column: Column, label: str) -> bool:
    return bool(_TYPED.search(column.name)) or is_other(label)


def _cut_brackets(text: str) -> tuple[str, list[str]]:
    """Return what stands before the brackets at the end of a text, and what in each of them."""
    labels: list[str] = []
    while text.endswith("]"):
        depth = 0
        for place in range(len(text) - 1, -1, -1):
            depth += {"]": 1, "[": -1}.get(text[place], 0)
            if depth == 0:
                break
        if depth or not text[place + 1 : -1].strip():
            break
        labels.insert(0, text[place + 1 : -1].strip())
        text = text[:place].rstrip()
    return text, labels


def cut_grid(labels: Sequence[str]) -> list[tuple[str, str]]:
    """Return row and column of labels that name each cell of a grid; nothing where they do not."""
    for mark in (" / ", " - "):
        cells = [(row, column) for row, _, column in (one.rpartition(mark) for one in labels)]
        rows, columns = ({one[place] for one in cells} for place in (0, 1))
        is_whole = len(set(cells)) == len(cells) == len(rows) * len(columns)
        if is_whole and "" not in rows | columns and len(rows) > 1 and len(columns) > 1:
            return cells
    return []


def find_title(texts: Sequence[str]) -> str:
    """Return what stands before nearly every question, as the title of a survey may."""
    starts = Counter(text.partition(": ")[0] for text in texts if ": " in text)
    title, count = max(starts.items(), key=lambda one: one[1], default=("", 0))
    return f"{title}: " if count >= 5 and count >= 0.8 * len(texts) else ""


def are_numbered(texts: Sequence[str]) -> bool:
    """Tell whether a questionnaire numbers its questions, and no few of them count something."""
    numbered = sum(bool(_NUMBER.match(one)) for one in texts)
    return numbered >= _FEWEST_NUMBERED and numbered > len(texts) / 2


def cut_number(text: str) -> str:
    """Return a question without the number that a questionnaire gives it."""
    return _NUMBER.sub("", text)


def shared_letters(texts: Sequence[str]) -> str:
    """Return the longest beginning that all texts share."""
    first, last = min(texts), max(texts)
    shorter = min(len(first), len(last))
    return first[: next((i for i in range(shorter) if first[i] != last[i]), shorter)]


def shared_start(texts: Sequence[str]) -> str:
    """Return the longest beginning that all texts share and that ends where one may be cut."""
    if len(texts) < 2:
        return ""
    start = shared_letters(texts)
    marks = (*_SEPARATORS, *(() if any(" " in one for one in texts) else _IN_NAMES))
    ends = [start.rfind(mark) + len(mark) for mark in marks if mark in start]
    # Forms of a matrix have a point without a blank.
    ends += [found.end() for found in re.finditer(r"(?<=[^\W\d]|[?؟？!)…])\.(?=\w|$)", start)]
    return start[: max(ends, default=0)]


def trim_start(start: str) -> str:
    """Return a shared beginning as the text of a question, without the sign at which it is cut."""
    return re.sub(r"\s*(->|>>|\.+|[-/|>:_…])\s*$", "", start).strip()


def runs_by_start(texts: Sequence[str]) -> list[Run]:
    """Return runs of texts that begin alike: the place of each, what they share, and the rest.

    Those that share most stand first, since a longer beginning is a narrower question.
    """
    return _list_runs(texts, [shared_start(pair) for pair in pairwise(texts)])


def runs_by_word(names: Sequence[str]) -> list[Run]:
    """Return runs of three or more names that begin with the same words, as pet_cat and pet_dog."""
    starts = [shared_letters(pair) for pair in pairwise(names)]
    starts = [
        "" if " " in f"{one}{two}" else start[: start.rfind("_") + 1]
        for start, (one, two) in zip(starts, pairwise(names), strict=True)
    ]
    return [run for run in _list_runs(names, starts) if len(run) > 2]


def _list_runs(texts: Sequence[str], starts: Sequence[str]) -> list[Run]:
    """Return runs of neighbours that share the same, the longest shared first."""
    runs: list[Run] = []
    place = 0
    for start, group in groupby(starts):
        end = place + len(list(group))
        if start:
            stem = trim_start(start)
            runs.append([(i, stem, texts[i][len(start) :]) for i in range(place, end + 1)])
        place = end
    return sorted(runs, key=lambda run: -(len(texts[run[0][0]]) - len(run[0][2])))


def runs_by_end(texts: Sequence[str]) -> list[Run]:
    """Return runs of texts that end alike after a colon, as "option:question" does."""
    runs: list[Run] = []
    place = 0
    while place < len(texts) - 1:
        colons = [found.end() for found in re.finditer(":", texts[place])]
        ends = [texts[place][one:] for one in colons]
        shared = next((one for one in ends if one and texts[place + 1].endswith(f":{one}")), "")
        end = place + 1
        while shared and end < len(texts) and texts[end].endswith(f":{shared}"):
            end += 1
        if end - place > 1:
            cut = len(shared) + 1
            runs.append([(i, shared.strip(), texts[i][:-cut].strip()) for i in range(place, end)])
        place = end
    return runs


def runs_by_number(names: Sequence[str]) -> list[Run]:
    """Return runs of names that are numbered alike, as Q5_1 and Q5_2 are."""
    runs: list[Run] = []
    last: object = None
    for place, name in enumerate(names):
        found = _NUMBERED.fullmatch(name)
        key = (found["stem"], found["mark"], found["tail"]) if found else None
        if not found or found["stem"].casefold() in _COUNTERS:
            last = None
            continue
        one = (place, found["stem"] + (found["tail"] or ""), found["part"])
        if key == last:
            runs[-1].append(one)
        else:
            runs.append([one])
        last = key
    return [run for run in runs if len(run) > 1]


def number_alike(texts: Sequence[str]) -> list[str]:
    """Return texts of which those that stand before are numbered."""
    seen: Counter[str] = Counter()
    told = []
    for text in texts:
        seen[fold_text(text)] += 1
        times = seen[fold_text(text)]
        told.append(text if times == 1 else f"{text} ({times})")
    return told


def join_first(labels: Sequence[str]) -> str:
    """Return the first of some options, where the file does not say what was asked."""
    return ", ".join(labels[:3]) + (" …" if len(labels) > 3 else "")


def say_beside(label: str, asked: str) -> str:
    """Return the text of what is said beside an answer, such as a comment on it."""
    return f"{label}: {shorten_label(asked, longest=50)}"
