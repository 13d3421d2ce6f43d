"""Surveys as labelled files of SPSS and Stata, and as CSV; each is opened again and compared.

Programs that write these formats leave out in silence what does not fit: labels that are too long,
values declared missing in a column of another type. So what was written is read again, and a file
that does not give back what it was made of stops the release.
"""

import csv
import datetime
import io
import re
import struct
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from altcred.build.tables import make_inert
from altcred.core.errors import Problem, refuse_problems
from altcred.release.surveys import Field, Survey

# What fits into a label: bytes of a column's and of a value's in SPSS, letters of a column's in
# Stata. A longer one is cut, in a way that tells it apart; the codebook has it whole.
SAV_LABEL, SAV_VALUE, DTA_LABEL = 250, 120, 78
# Files that Stata 14 and later read, R and pandas too.
DTA_VERSION = 14
# Of the first day of 1970: the seconds from the start of SPSS's calendar, the days from Stata's.
SAV_EPOCH, DTA_EPOCH = 141428 * 86400, 3653
DAY = 86400
# So many rows the writer looks at; and how Stata writes .a in a type, and by how much .b is more.
_LOOKED_AT = 100
_LETTERS = {
    65526: ("<Q", 0x7FE0010000000000, 1 << 40), 65528: ("<i", 2147483622, 1),
    65529: ("<h", 32742, 1), 65530: ("<b", 102, 1),
}  # fmt: skip
# Where the header of a .sav has the day and the time at which it was written.
_SAV_WRITTEN = slice(92, 109)


def write_labelled(survey: Survey, folder: Path, day: datetime.date) -> list[Path]:
    """Write WAVE.csv, WAVE.sav and WAVE.dta of a survey, as of a day; return their paths.

    InvalidInput where a file does not give back what was written.
    """
    paths = [folder / f"{survey.wave}.{ending}" for ending in ("csv", "sav", "dta")]
    for path, write in zip(paths, (_write_csv, _write_sav, _write_dta), strict=True):
        refuse_problems(Problem(path.name, *said) for said in write(survey, path, day))
    return paths


# CSV -------------------------------------------------------------------------------------------


def _write_csv(survey: Survey, path: Path, day: datetime.date) -> Iterator[tuple[str, str, str]]:
    columns = []
    for one in survey.fields:
        values = survey.frame[one.name]
        written = {value: write_value(one, value, survey.missing) for value in values.unique()}
        columns.append([one.name, *values.map(written)])
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(zip(*columns, strict=True))
    path.write_text(text.getvalue(), encoding="utf-8", newline="\n")
    read = pd.read_csv(path, dtype=str, keep_default_na=False)
    for name, *values in columns:
        if read[name].tolist() != values:
            yield name, "was not read again as it was written.", "Tell the makers of altcred."


def write_value(about: Field, value: Any, missing: Mapping[int, str]) -> str:
    """Return a value as a CSV file has it: days and moments by ISO 8601, codes as numbers."""
    if about.form == "text":
        return make_inert(str(value))
    if value not in missing:
        if about.form == "day":
            return str(datetime.date(1970, 1, 1) + datetime.timedelta(days=int(value)))
        if about.form == "moment":
            moment = datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=int(value))
            return moment.isoformat()
    return str(int(value)) if float(value).is_integer() else repr(float(value))


# SPSS ------------------------------------------------------------------------------------------


def _write_sav(survey: Survey, path: Path, day: datetime.date) -> Iterator[tuple[str, str, str]]:
    import pyreadstat

    frame = survey.frame.copy()
    labels = _label_columns(survey, SAV_LABEL)
    values: dict[str, dict[int | float, str]] = {}
    missing: dict[str, list[Any]] = {}
    formats, measures = {}, {}
    for one in survey.fields:
        if one.form == "text":
            measures[one.name] = "nominal"
            continue
        frame[one.name] = _shift(one, frame[one.name], survey.missing, SAV_EPOCH, DAY, 1)
        known = _tell_apart({**one.labels, **survey.missing}, SAV_VALUE)
        values[one.name] = {float(code): label for code, label in known.items()}
        missing[one.name] = [float(code) for code in survey.missing]
        formats[one.name] = _sav_format(one, frame[one.name])
        measures[one.name] = _measure(one)
    pyreadstat.write_sav(
        frame, path, file_label=_cut(f"Stand-in: {survey.label}", 60), column_labels=labels,
        variable_value_labels=values, missing_ranges=missing, variable_format=formats,
        variable_measure=measures,
    )  # fmt: skip
    content = bytearray(path.read_bytes())
    content[_SAV_WRITTEN] = f"{day:%d} {_month(day)} {day:%y}00:00:00".encode()
    path.write_bytes(content)
    read, meta = pyreadstat.read_sav(
        path, user_missing=True, disable_datetime_conversion=True, apply_value_formats=False
    )
    about: Any = meta
    declared = {
        name: sorted(one["lo"] for one in ranges) for name, ranges in about.missing_ranges.items()
    }
    wanted = {name: sorted(codes) for name, codes in missing.items()}
    yield from _compare(frame, read, labels, meta, values, declared, wanted)
    for name, wanted_format in formats.items():
        if (found_format := meta.original_variable_types.get(name)) != wanted_format:
            yield name, f"has the format {found_format}.", TELL
    for name, measure in measures.items():
        if meta.variable_measure.get(name) != measure:
            yield name, f"is measured as {meta.variable_measure.get(name)}.", TELL


TELL = "Tell the makers of altcred."


def _sav_format(one: Field, values: pd.Series) -> str:
    if one.form in ("day", "moment"):
        return "SDATE10" if one.form == "day" else "DATETIME20"
    longest = max((len(f"{value:.0f}") for value in values), default=1)
    if (values % 1 == 0).all():
        return f"F{min(max(longest, 3), 40)}.0"
    return f"F{min(max(longest + 3, 8), 40)}.2"


def _measure(one: Field) -> str:
    if one.form == "code":
        return "ordinal" if one.is_ordered else "nominal"
    return "scale"


# Stata -----------------------------------------------------------------------------------------


def letters_of(missing: Mapping[int, str]) -> dict[int, str]:
    """Return the letter that stands in Stata for each code of a missing answer: .a, .b, .c."""
    return {code: chr(ord("a") + place) for place, code in enumerate(missing)}


def _write_dta(survey: Survey, path: Path, day: datetime.date) -> Iterator[tuple[str, str, str]]:
    import pyreadstat

    frame = survey.frame.copy()
    letters = letters_of(survey.missing)
    labels = _label_columns(survey, DTA_LABEL)
    values: dict[str, dict[Any, str]] = {}
    formats = {}
    for one in survey.fields:
        if one.form == "text":
            continue
        numbers = _shift(one, frame[one.name], survey.missing, DTA_EPOCH, 1, 1000)
        whole = bool((numbers % 1 == 0).all())
        written = (
            numbers.astype("int64") if whole and numbers.abs().max() < 2**31 - 200 else numbers
        )
        frame[one.name] = written.astype(object).where(
            ~numbers.isin([*letters]), numbers.map(letters)
        )
        known: dict[Any, str] = {**one.labels}
        known |= {letters[code]: told for code, told in survey.missing.items()}
        values[one.name] = _tell_apart(known, 32000)
        if one.form in ("day", "moment"):
            formats[one.name] = "%td" if one.form == "day" else "%tc"
    missing = {name: [*letters.values()] for name in values}
    # The writer takes a column for texts whose first rows are all letters: one is put in later.
    first = {name: frame[name].iat[0] for name in values if _seems_text(frame[name])}
    pyreadstat.write_dta(
        frame.assign(**{name: _with_first(frame[name]) for name in first}),
        path, file_label=_cut(f"Stand-in: {survey.label}", DTA_LABEL), column_labels=labels,
        version=DTA_VERSION, variable_value_labels=values, missing_user_values=missing,
        variable_format=formats,
    )  # fmt: skip
    content = _put_letters(path.read_bytes(), [*frame.columns], first)
    stamp = f"{day:%d} {_month(day)} {day:%Y} 00:00".encode()
    written_at = rb"<timestamp>\x11.{17}</timestamp>"
    content = re.sub(written_at, b"<timestamp>\x11" + stamp + b"</timestamp>", content, count=1)
    path.write_bytes(content)
    read, meta = pyreadstat.read_dta(
        path, user_missing=True, disable_datetime_conversion=True, apply_value_formats=False
    )
    used = {name: sorted({one for one in frame[name] if isinstance(one, str)}) for name in values}
    about: Any = meta
    found = {name: sorted(about.missing_user_values.get(name, [])) for name in values}
    yield from _compare(frame, read, labels, meta, values, found, used)
    for name, wanted_format in formats.items():
        if (found_format := meta.original_variable_types.get(name)) != wanted_format:
            yield name, f"has the format {found_format}.", TELL


def _seems_text(values: pd.Series) -> bool:
    is_letter = values.map(lambda one: isinstance(one, str))
    return bool(is_letter.head(_LOOKED_AT).all() and not is_letter.all())


def _with_first(values: pd.Series) -> pd.Series:
    """Return a column with a number in its first row: one that stands in it further down."""
    number = next(one for one in values if not isinstance(one, str))
    return pd.Series([number, *values.iloc[1:]], values.index, dtype=object)


def _put_letters(content: bytes, columns: list[str], first: Mapping[str, str]) -> bytes:
    """Return a Stata file with letters of missing values in its first row."""
    types_at = content.index(b"<variable_types>") + len(b"<variable_types>")
    types = struct.unpack_from(f"<{len(columns)}H", content, types_at)
    at = content.index(b"<data>") + len(b"<data>")
    changed = bytearray(content)
    for name, kind in zip(columns, types, strict=True):
        if name in first:
            place = ord(first[name]) - ord("a")
            form, lowest, step = _LETTERS[kind]
            struct.pack_into(form, changed, at, lowest + place * step)
        at += struct.calcsize(_LETTERS[kind][0]) if kind in _LETTERS else kind
    return bytes(changed)


# Both ------------------------------------------------------------------------------------------


def _shift(
    one: Field, values: pd.Series, missing: Mapping[int, str], epoch: int, days: int, seconds: int
) -> pd.Series:
    """Return days and moments as numbers of a program, which counts from a day of its own."""
    is_given = ~values.isin([*missing])
    if one.form == "day":
        return values.where(~is_given, values * days + epoch)
    if one.form == "moment":
        per_day = DAY if days == 1 else 1
        return values.where(~is_given, (values + epoch * per_day) * seconds)
    return values


def _month(day: datetime.date) -> str:
    """Return the English name of a day's month, whatever the language of the machine."""
    months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    return months[day.month - 1]


def _label_columns(survey: Survey, size: int) -> dict[str, str | None]:
    return {**_tell_apart({one.name: one.label for one in survey.fields}, size)}


def _cut(text: str, size: int) -> str:
    """Return a text in one line, cut to so many bytes of UTF-8."""
    line = " ".join(text.split())
    if len(line.encode()) <= size:
        return line
    return line.encode()[: size - len("…".encode())].decode(errors="ignore").rstrip() + "…"


def _tell_apart(labels: Mapping[Any, str], size: int) -> dict[Any, str]:
    """Return labels cut to a size; of those that would be alike, each with its code behind."""
    cut = {code: _cut(label, size) for code, label in labels.items()}
    known = list(cut.values())
    return {
        code: f"{_cut(label, size - len(str(code)) - 3)} ({code})"
        if known.count(label) > 1
        else label
        for code, label in cut.items()
    }


def _compare(
    frame: pd.DataFrame,
    read: pd.DataFrame,
    labels: Mapping[str, str | None],
    meta: Any,
    values: Mapping[str, Mapping[Any, str]],
    missing: Mapping[str, list[Any]],
    wanted: Mapping[str, list[Any]],
) -> Iterator[tuple[str, str, str]]:
    """Yield where what was read is not what was written: values, labels, what is missing."""
    if list(read.columns) != list(frame.columns) or len(read) != len(frame):
        yield "columns", "are not those that were written.", TELL
        return
    for name in frame.columns:
        if _as_texts(frame[name]) != _as_texts(read[name]):
            yield name, "does not give back the values that were written.", TELL
        if meta.column_names_to_labels.get(name) != labels[name]:
            yield name, "does not give back its label.", TELL
        if {**meta.variable_value_labels.get(name, {})} != {**values.get(name, {})}:
            yield name, "does not give back the labels of its values.", TELL
        if missing.get(name, []) != wanted.get(name, []):
            yield name, "does not give back which values are missing.", TELL


def _as_texts(values: pd.Series) -> list[str]:
    return [one if isinstance(one, str) else float(one).hex() for one in values.tolist()]
