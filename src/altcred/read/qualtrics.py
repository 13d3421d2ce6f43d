"""Reads Qualtrics' CSV and TSV: three header rows, of names, questions and ImportIds."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from altcred.core.errors import InvalidInput, refuse_problems
from altcred.kinds.reading import tidy_text
from altcred.read.delimited import find_form, read_head, read_rows, wrong_width
from altcred.read.export import Column, Export, Layout, register_reader

HEADER_ROWS = 3


class Qualtrics:
    """Reads exports whose third row holds the ImportId of each column."""

    name: ClassVar[str] = "qualtrics"

    def recognises(self, path: Path, start: bytes) -> bool:
        """Tell whether most cells of the third row hold an ImportId."""
        try:
            return has_import_ids(read_head(path, HEADER_ROWS, find_form(path)))
        except InvalidInput:
            # Whoever opens it says what is wrong.
            return False

    def open(self, path: Path, layout: Layout) -> Export:
        """Read the three rows; the time zone is the first that is named."""
        form = find_form(path, layout.encoding)
        head = read_head(path, HEADER_ROWS, form)
        width = len(head[0])
        refuse_problems(
            wrong_width(path, row, len(cells), width)
            for row, cells in enumerate(head, start=1)
            if len(cells) != width
        )
        columns, zone = name_by_import_ids(head)
        return Export(
            path, columns, lambda: read_rows(path, HEADER_ROWS, width, form), self.name,
            time_zone=zone, delimiter=form.delimiter,
        )  # fmt: skip


def has_import_ids(head: Sequence[Sequence[str]]) -> bool:
    """Tell whether most cells of the third of some rows hold an ImportId."""
    if len(head) < HEADER_ROWS:
        return False
    return sum(bool(_import_id(cell)[0]) for cell in head[2]) > len(head[2]) / 2


def name_by_import_ids(head: Sequence[Sequence[str]]) -> tuple[list[Column], str]:
    """Return the columns that the three header rows name, and the time zone."""
    ids = [_import_id(cell) for cell in head[2]]
    columns = [
        Column(position, import_id, tidy_text(name), tidy_text(text))
        for position, ((import_id, _), name, text) in enumerate(
            zip(ids, head[0], head[1], strict=True)
        )
    ]
    return columns, next((zone for _, zone in ids if zone), "")


def _import_id(cell: str) -> tuple[str, str]:
    """Return the ImportId and the time zone in a cell of the third header row."""
    try:
        content = json.loads(cell)
    except ValueError:
        return "", ""
    if not isinstance(content, dict) or "ImportId" not in content:
        return "", ""
    import_id = str(content["ImportId"])
    if content.get("choiceId"):
        import_id = f"{import_id}_{content['choiceId']}"
    return import_id, str(content.get("timeZone", ""))


register_reader(Qualtrics())
