"""Reads SPSS .sav: the labels of values, in the place of their codes."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from altcred.core.errors import InvalidInput, Problem
from altcred.kinds.reading import tidy_text
from altcred.read.export import Column, Export, register_reader


class Spss:
    """Reads an SPSS file as a whole; declared missing values are empty cells."""

    name: ClassVar[str] = "sav"

    def recognises(self, path: Path, start: bytes) -> bool:
        """Tell by the ending, or by the mark that such a file begins with."""
        return path.suffix.lower() in {".sav", ".zsav"} or start[:4] in {b"$FL2", b"$FL3"}

    def open(self, path: Path) -> Export:
        """Read the file."""
        import pyreadstat

        try:
            # Codes first, labels by hand: pyreadstat's own categories cannot hold missing values.
            frame, meta = pyreadstat.read_sav(path, apply_value_formats=False, user_missing=True)
        except (pyreadstat.ReadstatError, UnicodeError, ValueError):
            message, remedy = "is not an SPSS file.", "Export the survey again."
            raise InvalidInput([Problem(str(path), "", message, remedy)]) from None
        columns = [
            Column(position, "", name, tidy_text(label or name))
            for position, (name, label) in enumerate(
                zip(meta.column_names, meta.column_labels, strict=True)
            )
        ]
        texts = [
            [
                _text_of(
                    value,
                    meta.variable_value_labels.get(name, {}),
                    meta.missing_ranges.get(name, []),
                )
                for value in frame[name].tolist()
            ]
            for name in meta.column_names
        ]
        return Export(
            path,
            columns,
            lambda: enumerate(map(list, zip(*texts, strict=True)), start=1),
            self.name,
        )


def _text_of(value: Any, labels: Mapping[Any, str], missing: Sequence[Any]) -> str:
    """Write one value as text: its label where it has one, nothing where it is missing."""
    if value is None or value != value:
        return ""
    if value in labels:
        return str(labels[value])
    for declared in missing:
        try:
            if declared["lo"] <= value <= declared["hi"]:
                return ""
        except TypeError:
            continue
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


register_reader(Spss())
