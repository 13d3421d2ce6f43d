"""Writes the rows of a stand-in as files in the form of the originals."""

import csv
import io
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from altcred.kinds.reading import fold_text
from altcred.standin.form import FileForm

# What a file of another format is written as: workbooks and labelled files of older forms.
_ENDINGS = {"workbook": ".xlsx", "por": ".sav", "sav": ".sav", "dta": ".dta"}
# Where labelled files have the moment at which they were written.
_SAV_WRITTEN = slice(84, 101)
_DTA_WRITTEN = re.compile(rb"<timestamp>.*?</timestamp>", re.DOTALL)


def name_file(form: FileForm) -> str:
    """Return what a stand-in calls a file: otherwise where its own format cannot be written."""
    ending = _ENDINGS.get(form.format)
    if ending is None or form.name.lower().endswith(ending):
        return form.name
    return f"{form.name.rpartition('.')[0] or form.name}{ending}"


def write_file(form: FileForm, rows: Sequence[Sequence[str]]) -> bytes:
    """Return the bytes of a file of rows under the header of the original."""
    if form.format == "workbook":
        return _write_workbook(form, rows)
    if form.format != "csv":
        return _write_labelled(form, rows)
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=form.delimiter, lineterminator="\r\n")
    writer.writerows([*form.head, *rows])
    return text.getvalue().encode(form.encoding, errors="replace")


def _write_workbook(form: FileForm, rows: Sequence[Sequence[str]]) -> bytes:
    import datetime

    import xlsxwriter

    written = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(written, options) as book:
        book.set_properties({"created": datetime.datetime(2000, 1, 1)})
        sheet = book.add_worksheet()
        for at, row in enumerate([*form.head, *rows]):
            for place, cell in enumerate(row):
                if cell:
                    sheet.write_string(at, place, cell)
    return written.getvalue()


def _write_labelled(form: FileForm, rows: Sequence[Sequence[str]]) -> bytes:
    import pyreadstat

    names = form.head[0]
    data, labels = {}, {}
    for place, name in enumerate(names):
        cells = [row[place] for row in rows]
        codes = {text: code for code, text in form.labels[place][1]}
        folded = {fold_text(text): code for text, code in codes.items()}
        coded = [folded.get(fold_text(cell), cell) for cell in cells]
        numbers = pd.to_numeric(pd.Series([one or None for one in coded]), errors="coerce")
        is_number = all(not one or number == number
                        for one, number in zip(coded, numbers, strict=True))  # fmt: skip
        data[name] = numbers.astype(float) if is_number else pd.Series(coded, dtype=object)
        if codes:
            labels[name] = {
                (float(code) if is_number else code): text for text, code in codes.items()
            }
    frame = pd.DataFrame(data)
    titles: list[str | None] = [label for label, _ in form.labels]
    is_stata = form.format == "dta"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"made{'.dta' if is_stata else '.sav'}"
        if is_stata:
            labels = {name: {int(code): text for code, text in ones.items()}
                      for name, ones in labels.items() if frame[name].dtype == float}  # fmt: skip
        write = pyreadstat.write_dta if is_stata else pyreadstat.write_sav
        write(frame, str(path), column_labels=titles, variable_value_labels=labels)
        content = path.read_bytes()
    if is_stata:
        return _DTA_WRITTEN.sub(b"<timestamp>\x1101 Jan 2000 00:00</timestamp>", content)
    return content[: _SAV_WRITTEN.start] + b"01 Jan 0000:00:00" + content[_SAV_WRITTEN.stop :]


def deal_rows(count: int, files: int) -> list[np.ndarray]:
    """Return which rows stand in which of several files, in their order."""
    return np.array_split(np.arange(count), files)
