"""Files of SPSS and Stata: what they say of their columns, and such files written again."""

import datetime
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from altcred.kinds.reading import fold_text

# Where the header of a .sav has the day and the time at which it was written, and one of none.
_SAV_WRITTEN, _NEVER = slice(92, 109), b"01 Jan 0000:00:00"
_DTA_WRITTEN = re.compile(rb"(<timestamp>.)[^<]*(</timestamp>)", re.DOTALL)


def describe_labelled(path: Path, encoding: str) -> list[dict[str, Any]]:
    """Return of each column its name and label, its type, and the labels of its codes."""
    import pyreadstat

    ending = {".por": "por", ".dta": "dta"}.get(path.suffix.lower(), "sav")
    more: dict[str, Any] = {"encoding": encoding} if encoding else {}
    # What is declared missing is told by this alone.
    more |= {"user_missing": True} if ending == "sav" else {}
    read = getattr(pyreadstat, f"read_{ending}")
    meta = read(path, metadataonly=True, **more)[1]
    found = []
    for place, name in enumerate(meta.column_names):
        written = str(meta.original_variable_types.get(name, ""))
        kind = "text" if meta.readstat_variable_types.get(name) == "string" else "number"
        if re.match(r"A?(DATETIME|%tc)", written, re.IGNORECASE):
            kind = "time"
        elif re.match(r"A?([EJS]?DATE|%td)", written, re.IGNORECASE):
            kind = "day"
        labels = {
            code: label for code, label in meta.variable_value_labels.get(name, {}).items()
            # Of a number the letters .a to .z are no answers; who gave none is blank.
            if kind == "text" or not isinstance(code, str)
        }  # fmt: skip
        found.append({
            "name": name,
            "label": meta.column_labels[place] or "",
            "type": kind,
            "labels": [[code, label] for code, label in labels.items()],
            "missing": [[one["lo"], one["hi"]] for one in meta.missing_ranges.get(name, [])],
            "format": written if ending == "sav" else "",
            "measure": meta.variable_measure.get(name, "unknown"),
        })  # fmt: skip
    return found


def write_labelled(
    told: Sequence[dict[str, Any]], rows: Sequence[Sequence[str]], ending: str
) -> bytes:
    """Return a file of SPSS (sav, zsav) or Stata (dta) of rows that are told by label."""
    import pandas as pd
    import pyreadstat

    columns = {
        one["name"]: _convert(one, [row[place] for row in rows]) for place, one in enumerate(told)
    }
    frame = pd.DataFrame(columns)
    labels = {one["name"]: one["label"] for one in told if one["label"]}
    values = {one["name"]: dict(one["labels"]) for one in told if one["labels"]}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"written.{ending}")
        if ending == "dta":
            pyreadstat.write_dta(frame, path, column_labels=labels, variable_value_labels=values,
                                 version=14)  # fmt: skip
            return _DTA_WRITTEN.sub(rb"\g<1>01 Jan 2000 00:00\g<2>", path.read_bytes())
        missing: dict[str, Any] = {
            one["name"]: [low if low == high else {"lo": low, "hi": high}
                          for low, high in one["missing"]]
            for one in told if one["missing"]
        }  # fmt: skip
        measures = {one["name"]: one["measure"] for one in told if one["measure"] != "unknown"}
        formats = {one["name"]: one["format"] for one in told
                   if one["format"] and one["type"] in ("number", "time", "day")}  # fmt: skip
        pyreadstat.write_sav(
            frame, path, column_labels=labels, variable_value_labels=values,
            missing_ranges=missing, variable_measure=measures, variable_format=formats,
            compress=ending == "zsav",
        )  # fmt: skip
        content = bytearray(path.read_bytes())
        content[_SAV_WRITTEN] = _NEVER
        return bytes(content)


def _convert(one: dict[str, Any], cells: Sequence[str]) -> Any:
    """Return the cells of a column as the values that the file holds."""
    import pandas as pd

    if one["type"] in ("time", "day"):
        moments = pd.Series([_read_time(text) for text in cells], dtype="datetime64[ns]")
        if one["type"] == "time":
            return moments
        return pd.Series([None if pd.isna(at) else at.date() for at in moments], dtype=object)
    codes = {fold_text(label): code for code, label in reversed(one["labels"])}
    if one["type"] == "text":
        return pd.Series([str(codes.get(fold_text(text), text)) for text in cells], dtype=object)
    values = [codes.get(fold_text(text)) if text else None for text in cells]
    numbers = [_read_number(text) if value is None else float(value)
               for value, text in zip(values, cells, strict=True)]  # fmt: skip
    return pd.Series(numbers, dtype=float)


def _read_time(text: str) -> datetime.datetime | None:
    try:
        return datetime.datetime.fromisoformat(text)
    except ValueError:
        return None


def _read_number(text: str) -> float | None:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return None
