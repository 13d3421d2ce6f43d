"""Reads SPSS (.sav, .zsav, .por) and Stata (.dta): labels of values in the place of codes."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from altcred.core.errors import InvalidInput, Problem, refuse
from altcred.kinds.reading import fold_text, tidy_text
from altcred.read.export import Column, Export, Known, Layout, register_reader

if TYPE_CHECKING:
    import pandas as pd


# Elsewhere a value takes a byte at least; deflate makes one of a thousand alike.
_VALUES_A_BYTE = 1100


class Labelled:
    """Reads a file of labelled values as a whole.

    A value that the file declares missing stays so though it has a label, which is the reason.
    """

    name: ClassVar[str]
    program: ClassVar[str]
    endings: ClassVar[set[str]]
    marks: ClassVar[tuple[bytes, ...]]
    # The function of pyreadstat, and whether it tells values declared missing.
    function: ClassVar[str]
    has_missing: ClassVar[bool] = True

    def recognises(self, path: Path, start: bytes) -> bool:
        """Tell by the ending, or by the mark that such a file begins with."""
        return path.suffix.lower() in self.endings or start.startswith(self.marks)

    def open(self, path: Path, layout: Layout) -> Export:
        """Read the file."""
        frame, meta = self._read(path, layout.encoding)
        of_sets = _list_sets(meta)
        columns: list[Column] = []
        cells: list[list[str]] = []
        for place, name in enumerate(meta.column_names):
            if name is None:
                remedy = "The file is damaged: save it again, or take an older copy."
                refuse(path, f"column {place + 1}", "has no name.", remedy)
            labels = meta.variable_value_labels.get(name, {})
            declared = [
                *meta.missing_ranges.get(name, []),
                *({"lo": one, "hi": one} for one in meta.missing_user_values.get(name, [])),
            ]
            values = [None if one != one else one for one in frame[name].tolist()]
            # Labels that no value has are kept as well, in the order of their codes.
            offered = sorted(labels, key=lambda one: (isinstance(one, str), one))
            texts = _write_values(dict.fromkeys([*offered, *values]), labels, declared)
            gone = {texts[one] for one in texts if _is_missing(one, declared)}
            missing = {one: f"missing in {self.program}: {one}" for one in gone}
            codes = {
                text: code for one, text in texts.items() if (code := _text_of(one, {})) != text
            }
            about = tidy_text(meta.column_labels[place] or name)
            known = of_sets.get(name.casefold(), Known())
            if not known.kind:
                told = {
                    texts[one]: texts[one]
                    for one in offered
                    if texts[one] not in gone and tidy_text(str(labels[one]))
                }
                known = _know(name, meta, told)
            columns.append(Column(place, "", name, about, missing, codes, known=known))
            cells.append([texts[one] for one in values])
        return Export(
            path,
            columns,
            lambda: enumerate(map(list, zip(*cells, strict=True)), start=1),
            self.name,
        )

    def _read(self, path: Path, encoding: str) -> tuple["pd.DataFrame", Any]:
        """Return the codes, and what the file says of them."""
        import pyreadstat

        more = {"encoding": encoding} if encoding else {}
        read = partial(getattr(pyreadstat, self.function), path, apply_value_formats=False, **more)
        try:
            _refuse_longer(path, read(metadataonly=True)[1])
            # Codes first, labels by hand: pyreadstat's own categories cannot hold missing values.
            frame, meta = read(**({"user_missing": True} if self.has_missing else {}))
            if meta.missing_user_values:
                # Where .a to .z stand in a column of whole numbers, pyreadstat reads whatever the
                # memory holds for Stata's plain missing value.
                plain, _ = read()
                letters = frame.map(lambda one: isinstance(one, str))
                frame = frame.mask(plain.isna() & ~letters)
        except (pyreadstat.ReadstatError, UnicodeError, ValueError) as error:
            message, remedy = f"is no {self.program} file.", "Export the survey again."
            if "encoding" in str(error).lower() or isinstance(error, UnicodeError):
                message = "holds text of another encoding than it says."
                remedy = "Write encoding: of the wave, such as cp1252 or latin1."
            raise InvalidInput([Problem(str(path), "", message, remedy)]) from None
        return frame, meta


def _refuse_longer(path: Path, meta: Any) -> None:
    """Refuse a file that says it has more values than its bytes can hold.

    pyreadstat makes room for all of them before it reads the first.
    """
    with path.open("rb") as file:
        values_a_byte = _VALUES_A_BYTE if file.read(4) == b"$FL3" else 1
    size = path.stat().st_size
    if (meta.number_rows or 0) * meta.number_columns > size * values_a_byte:
        message = f"says it has {meta.number_rows:,} rows, which {size:,} bytes cannot hold."
        refuse(path, "", message, "The file is damaged: save it again, or take an older copy.")


class Spss(Labelled):
    """Reads files of SPSS."""

    name: ClassVar[str] = "sav"
    program: ClassVar[str] = "SPSS"
    endings: ClassVar[set[str]] = {".sav", ".zsav"}
    marks: ClassVar[tuple[bytes, ...]] = (b"$FL2", b"$FL3")
    function: ClassVar[str] = "read_sav"


class Stata(Labelled):
    """Reads files of Stata, whose values .a to .z are missing."""

    name: ClassVar[str] = "dta"
    program: ClassVar[str] = "Stata"
    endings: ClassVar[set[str]] = {".dta"}
    marks: ClassVar[tuple[bytes, ...]] = (b"<stata_dta>",)
    function: ClassVar[str] = "read_dta"


class Portable(Labelled):
    """Reads portable files of SPSS."""

    name: ClassVar[str] = "por"
    program: ClassVar[str] = "SPSS"
    endings: ClassVar[set[str]] = {".por"}
    marks: ClassVar[tuple[bytes, ...]] = (b"0" * 40 + b"ASCII SPSS PORT FILE",)
    function: ClassVar[str] = "read_por"
    has_missing: ClassVar[bool] = False


def _list_sets(meta: Any) -> dict[str, Known]:
    """Return what is known of columns that are options of one question, by their folded names."""
    return {
        name.casefold(): Known(
            question=str(key),
            stem=tidy_text(one["label"] or key),
            part=tidy_text(meta.column_names_to_labels.get(name) or name),
            kind="multiple",
        )
        for key, one in (meta.mr_sets or {}).items()
        # Of sets of categories each column holds one of several answers.
        if one["is_dichotomy"]
        for name in meta.column_names
        if name.casefold() in {other.casefold() for other in one["variable_list"]}
    }


def _know(name: str, meta: Any, labels: Mapping[str, str]) -> Known:
    """Return what measure and format say; that it is nominal says nothing, being a default."""
    measure = meta.variable_measure.get(name, "unknown")
    written = str(meta.original_variable_types.get(name, ""))
    is_text = meta.readstat_variable_types.get(name) == "string"
    kind = "date" if re.match(r"A?(DATE|DATETIME|[EJS]DATE|%t[cCd])", written) else ""
    if measure == "scale" and not labels and not is_text and not kind:
        kind = "number"
    return Known(kind=kind, ordered=measure == "ordinal" or None, labels=labels)


def _write_values(
    values: Iterable[Any], labels: Mapping[Any, str], declared: Sequence[Mapping[str, Any]]
) -> dict[Any, str]:
    """Return how each value is written: by its label, and its code where two have one label."""
    texts = {one: _text_of(one, labels) for one in values}
    alike: dict[str, list[Any]] = {}
    for one, text in texts.items():
        if text:
            alike.setdefault(fold_text(text), []).append(one)
    for ones in alike.values():
        given = [one for one in ones if not _is_missing(one, declared)]
        # An answer keeps its label beside a missing value that has the same.
        for one in [one for one in ones if one not in given or len(given) > 1]:
            if len(ones) > 1:
                texts[one] = f"{texts[one]} ({_text_of(one, {})})"
    return texts


def _is_missing(value: Any, declared: Sequence[Mapping[str, Any]]) -> bool:
    for one in declared:
        try:
            if one["lo"] <= value <= one["hi"]:
                return True
        except TypeError:
            continue
    return False


def _text_of(value: Any, labels: Mapping[Any, str]) -> str:
    """Write one value as text: its label where it has one."""
    if value is None:
        return ""
    if tidy_text(str(labels.get(value, ""))):
        return str(labels[value])
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else f"{value:.15g}"
    return str(value)


register_reader(Portable())
register_reader(Spss())
register_reader(Stata())
