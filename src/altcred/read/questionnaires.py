"""What a questionnaire given beside an export says of its columns, and the registry of its forms.

A questionnaire is written with the codes of answers. An export may hold codes or labels, so what is
said of it is turned into the way in which the export writes.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import ClassVar, Protocol

from altcred.core.errors import refuse
from altcred.kinds.reading import fold_text
from altcred.read.export import Column, Export, Known, fill_known

_START = 4096
# How many rows show whether an export holds codes or labels.
_SAMPLE = 2000


class Questionnaire(Protocol):
    """Reads questionnaires of one form."""

    name: ClassVar[str]

    def recognises(self, path: Path, start: bytes) -> bool:
        """Tell by a file's name and first bytes whether it is of the form."""
        ...

    def describe(self, path: Path) -> Mapping[str, Known]:
        """Return what is known of each column, by its name or ImportId in an export.

        `labels` are by code, and the answers of `asked_if` are codes; those of a multiple question
        are parts. InvalidInput where the file is not as its form has it.
        """
        ...

    def translate(self, path: Path) -> Iterable[Mapping[str, Known]]:
        """Return the same in the other languages of the questionnaire."""
        return ()


_QUESTIONNAIRES: dict[str, Questionnaire] = {}


def register_questionnaire(questionnaire: Questionnaire) -> None:
    """Make a form of questionnaires known."""
    _QUESTIONNAIRES[questionnaire.name] = questionnaire


def apply_questionnaire(export: Export, path: Path) -> Export:
    """Return an export whose columns know what a questionnaire says of them.

    InvalidInput where the file is no questionnaire, or says nothing of any column.
    """
    path = Path(path)
    if not path.is_file():
        refuse(path, "", "there is no such file.", "Correct the name after --questions.")
    with path.open("rb") as file:
        start = file.read(_START)
    for form in _QUESTIONNAIRES.values():
        if form.recognises(path, start):
            return _apply(export, [form.describe(path), *form.translate(path)], path)
    message = "is of no form of questionnaire that altcred reads."
    refuse(path, "", message, f"Give one of {', '.join(_QUESTIONNAIRES)}.")


def _apply(export: Export, versions: Sequence[Mapping[str, Known]], path: Path) -> Export:
    """Return an export that knows what the language says that fits most of it, or the first."""
    fits = []
    for described in versions:
        find = _make_finder(described)
        known = {one.position: told for one in export.columns if (told := find(one)) is not None}
        fits.append((known, _count_written(export, known), described))
    found, counts, described = max(fits, key=lambda one: (len(one[0]), one[1]["label"]))
    if not found:
        message = f"says nothing of any column of {export.file}."
        refuse(path, "", message, "Give the questionnaire of the same survey.")
    if counts["label"] > counts["code"]:
        labels = {known.question: known.labels for known in described.values()}
        labels |= {name: known.labels for name, known in described.items()}
        found = {place: _write_labels(known, labels) for place, known in found.items()}
    columns = [
        _tell(column, found[column.position]) if column.position in found else column
        for column in export.columns
    ]
    return replace(export, columns=columns)


def _tell(column: Column, known: Known) -> Column:
    """Return a column that knows what is said of it, and has a text where it had none."""
    is_bare = fold_text(column.text) in ("", fold_text(column.name))
    text = known.wording if known.wording and is_bare else column.text
    return replace(column, text=text, known=fill_known(known, column.known))


def _make_finder(described: Mapping[str, Known]) -> Callable[[Column], Known | None]:
    """Return what finds what is said of a column: by its names, else by what it asks."""
    by_name = {fold_text(name): known for name, known in described.items()}
    by_text: dict[str, list[Known]] = {}
    for known in described.values():
        alike = by_text.setdefault(_plain(known.stem, known.part), [])
        if known not in alike:
            alike.append(known)

    def find(column: Column) -> Known | None:
        code = column.name.partition(". ")[0]
        for name in (column.import_id, column.name, code):
            if name and fold_text(name) in by_name:
                return by_name[fold_text(name)]
        own = column.known
        alike = by_text.get(_plain(own.stem or column.text, own.part), [])
        # What two columns ask alike may be either.
        return alike[0] if len(alike) == 1 and not own.role else None

    return find


def _plain(*texts: str) -> str:
    """Return texts as they are compared, whatever marks and blanks stand in and between them."""
    return re.sub(r"\W+", "", "".join(map(fold_text, texts)))


def _count_written(export: Export, found: Mapping[int, Known]) -> Counter[str]:
    """Count the answers to closed questions that are labels, and those that are codes."""
    written: dict[int, tuple[set[str], set[str]]] = {}
    for place, known in found.items():
        codes = {fold_text(code) for code in known.labels}
        labels = {fold_text(label) for label in known.labels.values()}
        if known.labels:
            written[place] = codes - labels, labels - codes
    counts: Counter[str] = Counter()
    for _, row in islice(export.rows(), _SAMPLE):
        for place, (codes, labels) in written.items():
            answer = fold_text(row[place])
            counts["code"] += answer in codes
            counts["label"] += answer in labels
    return counts


def _write_labels(known: Known, labels: Mapping[str, Mapping[str, str]]) -> Known:
    """Return what is known with labels in place of codes."""
    asked_if = {
        question: [labels.get(question, {}).get(answer, answer) for answer in answers]
        for question, answers in known.asked_if.items()
    }
    own = {label: label for label in known.labels.values()}
    return replace(known, labels=own, asked_if=asked_if)
