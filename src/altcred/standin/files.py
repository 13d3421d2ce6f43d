"""Writes the rows of a stand-in as files in the form of the originals."""

import csv
import io
from collections.abc import Sequence

import numpy as np

from altcred.standin.form import FileForm


def name_file(form: FileForm) -> str:
    """Return what a stand-in calls a file: a text where its own format cannot be written."""
    known = {"csv", "sav", "dta"}
    return form.name if form.format in known else f"{form.name.rpartition('.')[0]}.csv"


def write_file(form: FileForm, rows: Sequence[Sequence[str]]) -> bytes:
    """Return the bytes of a file of rows under the header of the original."""
    text = io.StringIO(newline="")
    mark = form.delimiter if form.format == "csv" else ","
    writer = csv.writer(text, delimiter=mark, lineterminator="\r\n")
    writer.writerows([*form.head, *rows])
    encoding = form.encoding if form.format == "csv" else "utf-8-sig"
    return text.getvalue().encode(encoding, errors="replace")


def deal_rows(count: int, files: int) -> list[np.ndarray]:
    """Return which rows stand in which of several files, in their order."""
    return np.array_split(np.arange(count), files)
