"""Columns of an export that nothing describes, told before a build leaves them out."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from altcred.clean.rows import Rows
from altcred.kinds.masking import may_identify
from altcred.kinds.reading import fold_text
from altcred.read.columns import list_undescribed
from altcred.read.export import Column

_SHOWN = 8


@dataclass
class Undescribed:
    """Gathers over the waves what their files hold beside what the codebook and study.yaml name."""

    # Of each file the columns that no wave which reads it names.
    files: dict[str, list[Column]] = field(default_factory=dict)
    # Of each wave its files, and the columns in which it asks each variable.
    read: dict[str, list[str]] = field(default_factory=dict)
    asked: dict[str, dict[str, list[Column]]] = field(default_factory=dict)

    def look(self, rows: Rows) -> None:
        """Take the columns of a wave's exports."""
        asked = self.asked.setdefault(rows.wave, {})
        for export, found in rows.exports:
            left = list_undescribed(
                rows.cohort.study, rows.cohort.codebook, rows.wave, export, found
            )
            before = self.files.get(export.file, left)
            self.files[export.file] = [one for one in left if one in before]
            self.read.setdefault(rows.wave, []).append(export.file)
            for source in rows.sources:
                if source.column in found:
                    asked.setdefault(source.variable, []).append(found[source.column])

    def notes(self) -> Iterator[str]:
        """Yield a line a file with the columns that nothing describes, and a forgotten wave's."""
        for file, columns in self.files.items():
            if columns:
                few = "a column" if len(columns) == 1 else f"{len(columns)} columns"
                yield (
                    f"{file}: nothing describes {few}, so no report tells of them: "
                    f"{_name([one.label or one.text for one in columns])}. Describe them in the "
                    "codebook, or list under administrative: of the wave what is left out on "
                    "purpose."
                )
        for wave, files in self.read.items():
            left = [one for file in files for one in self.files[file]]
            forgotten = {
                f"{column.label} ({name})": None
                for name, columns in self._asked_elsewhere(wave).items()
                for column in left
                if any(_are_alike(column, one) for one in columns)
            }
            if forgotten:
                yield (
                    f"{wave}: columns that nothing describes here ask what other waves asked: "
                    f"{_name(list(forgotten))}. If it is the same, add {wave} to question: or "
                    "waves: of these variables."
                )

    def _asked_elsewhere(self, wave: str) -> dict[str, list[Column]]:
        found: dict[str, list[Column]] = {}
        for other, variables in self.asked.items():
            for name, columns in variables.items() if other != wave else ():
                if name not in self.asked.get(wave, {}):
                    found.setdefault(name, []).extend(columns)
        return found


def _are_alike(one: Column, other: Column) -> bool:
    """Tell whether two columns ask the same: by their words, else by what they are called."""
    texts = [_question(column) for column in (one, other)]
    if all(texts):
        return texts[0] == texts[1]
    return fold_text(one.name) == fold_text(other.name) != ""


def _question(column: Column) -> str:
    """Return what a column asks, folded, where its header says more than a name."""
    text = fold_text(column.text)
    return "" if text in {fold_text(column.name), fold_text(column.import_id)} else text


def _name(labels: list[str]) -> str:
    shown = [one for one in labels if one and not may_identify(one)][:_SHOWN]
    rest = len(labels) - len(shown)
    return ", ".join(shown) + (f" and {rest} more" if rest and shown else "")
