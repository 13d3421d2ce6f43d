"""Writes the rows of a stand-in as files in the form of the originals."""

from collections.abc import Sequence
from pathlib import Path

from altcred.standin.form import FileForm
from altcred.standin.labelled import write_labelled
from altcred.standin.quoting import write_lines
from altcred.standin.sheets import write_sheet

# Endings of formats that can be read and not written, and of what is written in their place.
_INSTEAD = {".xls": ".xlsx", ".xlsb": ".xlsx", ".xlsm": ".xlsx", ".ods": ".xlsx", ".por": ".sav"}


def name_file(form: FileForm) -> str:
    """Return what a stand-in calls a file: by another ending where its own cannot be written."""
    path = Path(form.name)
    ending = path.suffix.lower()
    if form.format == "workbook":
        instead = _INSTEAD.get(ending, ".xlsx")
    elif form.format == "por":
        instead = ".sav"
    else:
        return form.name
    return form.name if ending == instead else path.with_suffix(instead).as_posix()


def write_file(form: FileForm, rows: Sequence[Sequence[str]]) -> bytes:
    """Return the bytes of a file of rows under the header of the original."""
    if form.labelled:
        ending = Path(form.name).suffix.lower().removeprefix(".")
        own = form.format if form.format == "dta" else "sav"
        return write_labelled(form.labelled, rows, ending if ending in ("zsav",) else own)
    if form.format == "workbook":
        return write_sheet([*form.titles, *form.head], rows, form.sheet, form.types)
    lines = list(write_lines([*form.titles, *form.head], rows, form.delimiter, form.quoting))
    if form.has_sep_row:
        lines.insert(0, f"sep={form.delimiter}")
    text = "".join(f"{line}{form.line_end}" for line in lines)
    return text.encode(form.encoding, errors="replace")
