"""Writes the answers of a stand-in as cells: in ways that are read back as the same answers."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from altcred.clean.readers import make_reader
from altcred.kinds import kind_of
from altcred.kinds.variable import Variable, column_of
from altcred.read.columns import Source
from altcred.read.export import Column
from altcred.standin.people import People


def write_cells(
    people: People, source: Source, columns: Sequence[Column], styles: dict[str, str], decimal: Any
) -> np.ndarray:
    """Return the cells of one column of answers, a text for each person."""
    variable = people.variables[source.variable]
    kind = kind_of(variable)
    style = styles.get(source.column, "")
    if source.option is not None:
        held = people.columns[column_of(source.variable, source.option)]
        if kind.has_ticks:
            category = variable.categories[source.option]
            own = [*category.answers_in(people.wave), str(category.code), "1", "Yes"]
            ticked = style or _first_read(variable, people.wave, source, columns, own,
                                          (source.option,), decimal)  # fmt: skip
            denied = styles.get(f"not {source.column}", "")
            return np.array(["" if one is None else ticked if one else denied for one in held],
                            dtype=object)  # fmt: skip
        return np.array(["" if one != one else str(int(one)) for one in held], dtype=object)
    if kind.has_ticks or kind.name == "rank":
        return _write_joined(people, source, columns, style or ",", decimal)
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
            ways = kind.spell(variable, people.wave, answer)
            ways = [ways[-1], *ways[:-1]] if style == "code" else ways
            wanted = float(answer) if kind.is_numeric else answer
            known[answer] = _first_read(
                variable, people.wave, source, columns, ways, wanted, decimal
            )
        return known[answer]

    return np.array([write(one) for one in held], dtype=object)


def _first_read(
    variable: Variable,
    wave: str,
    source: Source,
    columns: Sequence[Column],
    ways: Sequence[str],
    wanted: Any,
    decimal: Any,
) -> str:
    """Return the first way of writing an answer that is read as the answer; else the first."""
    comma = (variable.decimal or decimal) == "comma"
    for text in ways:
        text = text.replace(".", ",") if comma and kind_of(variable).is_numeric else text
        read: Callable[[str], Any] = make_reader(
            variable, wave, source, columns, {source: [text]}, decimal
        )
        if read(text).value == wanted:
            return text
    return ways[0]


def _write_joined(
    people: People, source: Source, columns: Sequence[Column], mark: str, decimal: Any
) -> np.ndarray:
    """Write several answers in one cell, joined by the sign of the column."""
    variable, wave = people.variables[source.variable], people.wave
    kind = kind_of(variable)
    options = list(variable.categories_in(wave))
    texts = {
        one: next(
            (text for text in kind.spell(variable, wave, one) if mark not in text or mark == ","),
            kind.spell(variable, wave, one)[0],
        )
        for one in options
    }
    held = [people.columns[column_of(source.variable, one)] for one in options]
    cells = np.full(people.size, "", dtype=object)
    for place in range(people.size):
        if kind.has_ticks:
            given = [one for one, own in zip(options, held, strict=True) if own[place]]
        else:
            ranks = [(own[place], one) for one, own in zip(options, held, strict=True)]
            given = [one for rank, one in sorted(r for r in ranks if r[0] == r[0])]
        cells[place] = mark.join(texts[one] for one in given)
    return cells
