"""Reads SPSS .sav and Stata .dta: the labels of values, in the place of their codes."""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from altcred.core.errors import InvalidInput, Problem
from altcred.kinds.reading import tidy_text
from altcred.read.export import Column, Export, Layout, register_reader


class Labelled:
    """Reads a file of labelled values as a whole.

    A value that the file declares missing stays so though it has a label, which is the reason.
    """

    name: ClassVar[str]
    program: ClassVar[str]
    endings: ClassVar[set[str]]
    marks: ClassVar[tuple[bytes, ...]]
    # The function of pyreadstat.
    function: ClassVar[str]

    def recognises(self, path: Path, start: bytes) -> bool:
        """Tell by the ending, or by the mark that such a file begins with."""
        return path.suffix.lower() in self.endings or start.startswith(self.marks)

    def open(self, path: Path, layout: Layout) -> Export:
        """Read the file."""
        import pyreadstat

        more = {"encoding": layout.encoding} if layout.encoding else {}
        read = partial(getattr(pyreadstat, self.function), path, **more)
        try:
            # Codes first, labels by hand: pyreadstat's own categories cannot hold missing values.
            frame, meta = read(apply_value_formats=False, user_missing=True)
            if meta.missing_user_values:
                # Where .a to .z stand in a column of whole numbers, pyreadstat reads whatever the
                # memory holds for Stata's plain missing value.
                plain, _ = read(apply_value_formats=False)
                letters = frame.map(lambda one: isinstance(one, str))
                frame = frame.mask(plain.isna() & ~letters)
        except (pyreadstat.ReadstatError, UnicodeError, ValueError):
            message, remedy = f"is no {self.program} file.", "Export the survey again."
            raise InvalidInput([Problem(str(path), "", message, remedy)]) from None
        columns: list[Column] = []
        cells: list[list[str]] = []
        for place, name in enumerate(meta.column_names):
            labels = meta.variable_value_labels.get(name, {})
            declared = [
                *meta.missing_ranges.get(name, []),
                *({"lo": one, "hi": one} for one in meta.missing_user_values.get(name, [])),
            ]
            values = [None if one != one else one for one in frame[name].tolist()]
            texts = {one: _text_of(one, labels) for one in dict.fromkeys(values)}
            gone = [one for one in texts if _is_missing(one, declared)]
            given = {text for one, text in texts.items() if one not in gone}
            for one in gone:
                # A code that is missing and one that is not may have the same label.
                if texts[one] in given:
                    texts[one] = f"{texts[one]} ({_text_of(one, {})})"
            missing = {texts[one]: f"missing in {self.program}: {texts[one]}" for one in gone}
            codes = {
                text: code for one, text in texts.items() if (code := _text_of(one, {})) != text
            }
            about = tidy_text(meta.column_labels[place] or name)
            columns.append(Column(place, "", name, about, missing, codes))
            cells.append([texts[one] for one in values])
        return Export(
            path,
            columns,
            lambda: enumerate(map(list, zip(*cells, strict=True)), start=1),
            self.name,
        )


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
    if value in labels:
        return str(labels[value])
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


register_reader(Spss())
register_reader(Stata())
