"""Writes the answers of a stand-in as cells: in ways that are read back as the same answers."""

import datetime
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np

from altcred.clean.readers import make_reader
from altcred.kinds import kind_of
from altcred.kinds.variable import Variable, column_of
from altcred.read.columns import Source
from altcred.read.export import Column
from altcred.standin.dirt import roughen, spoil_answers
from altcred.standin.moments import write_times
from altcred.standin.people import People
from altcred.standin.styles import list_texts, write_template

_FIRST_DAY = datetime.datetime(1970, 1, 1)


def write_cells(
    people: People, source: Source, columns: Sequence[Column], styles: dict[str, str], decimal: Any
) -> np.ndarray:
    """Return the cells of one column of answers, a text for each person."""
    variable = people.variables[source.variable]
    kind = kind_of(variable)
    if source.option is not None:
        held = people.columns[column_of(source.variable, source.option)]
        if kind.has_ticks:
            return _write_ticks(people, source, columns, styles, held)
        return np.array(["" if one != one else str(int(one)) for one in held], dtype=object)
    if kind.has_ticks or kind.name == "rank":
        return _write_joined(people, source, columns, styles)
    held = people.columns[source.variable]
    if kind.is_typed:
        words = kind.spell(variable, people.wave, "")[0]
        counts = people.columns.get(f"@words:{source.variable}")
        texts = counts if counts is not None else np.full(people.size, words, dtype=object)
        return np.where(np.array([bool(one) for one in held]), texts, "")
    known: dict[Any, str] = {}

    def write(answer: Any) -> str:
        if answer is None or answer != answer:
            return ""
        if answer not in known:
            known[answer] = write_answer(people, source, columns, styles, decimal, answer)
        return known[answer]

    cells = np.array([write(one) for one in held], dtype=object)
    if variable.categories:
        roughen(cells, styles, _make_reader(people, source, columns, styles, decimal), people.rng)
    return cells


def spoil_cells(
    people: People, source: Source, columns: Sequence[Column], styles: dict[str, str],
    cells: np.ndarray, counts: Mapping[str, int], random: Any,
) -> None:  # fmt: skip
    """Write what could not be used into cells of people who were asked and gave no answer."""
    asked = people.asked(source.variable)
    free = [at for at in np.flatnonzero(asked).tolist() if cells[at] == ""]
    decimal = people.cohort.study.waves[people.wave].decimal
    read = _make_reader(people, source, columns, styles, decimal)
    spoil_answers(cells, counts, free, read, random)


def _make_reader(
    people: People, source: Source, columns: Sequence[Column], styles: dict[str, str], decimal: Any
) -> Callable[[str], Any]:
    """Return how cells of a column are read, each by itself."""
    variable = people.variables[source.variable]
    sign: Any = variable.decimal or styles.get("@decimal") or decimal
    order = people.cohort.study.waves[people.wave].date_order

    @cache
    def read(text: str) -> Any:
        reader = make_reader(variable, people.wave, source, columns, {source: [text]}, sign, order)
        return reader(text)

    return read


def write_answer(
    people: People, source: Source, columns: Sequence[Column], styles: dict[str, str],
    decimal: Any, answer: Any,
) -> str:  # fmt: skip
    """Return an answer as most cells of its column are written, if that is read as the answer."""
    variable = people.variables[source.variable]
    kind = kind_of(variable)
    sign: Any = variable.decimal or styles.get("@decimal") or decimal
    if kind.is_numeric and variable.decimal is None and sign:
        variable = variable.model_copy(update={"decimal": sign})
    ways = list(_list_ways(people, variable, source, styles, answer))
    if sign == "comma" and kind.is_numeric and not kind.is_day:
        ways = [one.replace(".", ",") for one in ways]
    wanted = float(answer) if kind.is_numeric else answer
    read = _make_reader(people, source, columns, styles, decimal)
    for text in ways:
        if read(text).value == wanted:
            return text
    return ways[-1]


def _list_ways(
    people: People, variable: Variable, source: Source, styles: dict[str, str], answer: Any
) -> Iterator[str]:
    """Yield how an answer may be written, as the column mostly is first."""
    kind, style = kind_of(variable), styles.get(source.column, "")
    plain = kind.spell(variable, people.wave, answer)
    if isinstance(answer, str) and answer in variable.categories:
        if spelled := styles.get(f"{source.column}={answer}"):
            yield spelled
        texts = list_texts(variable, people.wave)
        if answer in texts:
            style = style or styles.get("@template", "")
            yield write_template(style or "{label}", *texts[answer])
    elif kind.is_day and style:
        day = _FIRST_DAY + datetime.timedelta(days=float(answer))
        yield write_times(style, [day])[0]
    elif style.startswith("%"):
        yield style % float(answer)
    elif re.fullmatch(r"#\d+", style) and int(style[1:]) < len(plain):
        yield plain[int(style[1:])]
    yield from plain


def _write_ticks(
    people: People, source: Source, columns: Sequence[Column], styles: dict[str, str],
    held: np.ndarray,
) -> np.ndarray:  # fmt: skip
    """Write the column of one option; what is typed there is somebody's own words."""
    assert source.option is not None
    variable, wave = people.variables[source.variable], people.wave
    category = variable.categories[source.option]
    own = [*category.answers_in(wave), str(category.code), "1", "Yes"]
    ways = [one for one in (styles.get(source.column, ""), *own) if one]
    reader: Callable[[str], Any] = make_reader(variable, wave, source, columns, {source: ways})
    ticked = next((one for one in ways if reader(one).value == (source.option,)), ways[0])
    denied = styles.get(f"not {source.column}", "")
    cells = np.array(["" if one is None else ticked if one else denied for one in held],
                     dtype=object)  # fmt: skip
    words = [f"(text {at} of a stand-in)" for at in range(1, people.size + 1)]
    if category.typed and not styles.get(source.column) and (
        reader(words[0]).value == (source.option,)
    ):  # fmt: skip
        places = np.flatnonzero(cells == ticked)
        cells[places] = words[: len(places)]
    return cells


def _write_joined(
    people: People, source: Source, columns: Sequence[Column], styles: dict[str, str]
) -> np.ndarray:
    """Write several answers in one cell, joined by the sign of the column."""
    variable, wave = people.variables[source.variable], people.wave
    kind = kind_of(variable)
    options = list(variable.categories_in(wave))
    known = list_texts(variable, wave)
    template = styles.get(f"{source.column} by", "") or "{label}"
    marks = [styles.get(source.column, ""), *variable.separator, ";", ",", "|"]
    mark = next(one for one in marks if one)
    end = styles.get(f"{source.column} end", "")
    texts = {}
    for one in options:
        ways = [write_template(template, *known[one]), *kind.spell(variable, wave, one)]
        bare = mark.strip() or mark
        texts[one] = next((text for text in ways if bare not in text or bare == ","), ways[0])
    held = [people.columns[column_of(source.variable, one)] for one in options]
    cells = np.full(people.size, "", dtype=object)
    for place in range(people.size):
        if kind.has_ticks:
            given = [one for one, own in zip(options, held, strict=True) if own[place]]
        else:
            ranks = [(own[place], one) for one, own in zip(options, held, strict=True)]
            given = [one for rank, one in sorted(r for r in ranks if r[0] == r[0])]
        cells[place] = mark.join(texts[one] for one in given) + (end if given else "")
    return cells
