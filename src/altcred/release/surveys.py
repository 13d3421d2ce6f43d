"""The answers of a survey as archives keep them: a row a respondent, codes with labels.

An answer that is missing is a code of its own that says why: nobody asked, nobody answered, or
what was answered could not be used.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
import pandas as pd

from altcred.clean.codes import code_of, mark_of
from altcred.clean.interpret import write_asked
from altcred.clean.responses import check_rows
from altcred.clean.rows import Rows, marked
from altcred.core.engine import quoted
from altcred.core.errors import Problem, refuse_problems
from altcred.describe.cohort import Cohort
from altcred.estimate.store import read_estimates
from altcred.kinds import kind_of
from altcred.kinds.asked import describe_condition
from altcred.kinds.phrases import plain_text
from altcred.kinds.variable import Variable, column_of
from altcred.write.views import View

# A code, a number, a day (since the first of 1970), a moment (seconds since then), a text.
Form = Literal["code", "number", "day", "moment", "text"]
NOT_ASKED, NO_ANSWER, NOT_USABLE = "Not asked", "No answer", "Answer not usable"
# Of three codes the last digits say which; they begin with as many nines as no answer has.
_MISSING = {NOT_ASKED: 7, NO_ANSWER: 8, NOT_USABLE: 9}
TICKED = {0: "Not chosen", 1: "Chosen"}
GIVEN = {0: "Nothing typed", 1: "Typed an answer"}
# Stata has the shortest names, of 32 letters, and its sets of labels the place of the column behind
# them; every program knows English letters.
LONGEST_NAME = 28
_RESERVED = {
    *("all", "and", "by", "eq", "ge", "gt", "le", "lt", "ne", "not", "or", "to", "with"),
    *("byte", "double", "float", "if", "in", "int", "long", "using", "strl"),
}


@dataclass(frozen=True)
class Field:
    """A column: its name in every file, and what a reader needs to know of it.

    `variable` and `category` are its names in the codebook; `heading` is the label of the variable
    alone, where the column is of a category. `labels` are those of codes, of answers first; what is
    missing has the survey's.
    """

    name: str
    label: str
    form: Form
    labels: dict[int, str] = field(default_factory=dict)
    variable: str = ""
    category: str = ""
    heading: str = ""
    is_ordered: bool = False
    unit: str = ""
    question: str = ""
    asked_of: str = ""
    note: str = ""
    is_weight: bool = False


@dataclass(frozen=True)
class Survey:
    """One wave: its columns, the rows, and what each code of a missing answer means."""

    wave: str
    label: str
    fields: list[Field]
    frame: pd.DataFrame
    missing: dict[int, str]


def read_surveys(cohort: Cohort) -> list[Survey]:
    """Return each wave of a cohort as archives keep it, read from its exports.

    InvalidInput where they cannot be read.
    """
    found: list[Survey] = []
    problems = check_rows(cohort, lambda rows: found.append(_read(rows)))
    refuse_problems(one for one in problems if isinstance(one, Problem))
    return found


def _read(rows: Rows) -> Survey:
    view = View(rows.cohort, read_estimates(), rows.wave)
    columns: list[tuple[Field, pd.Series, pd.Series]] = []
    for given in (_read_roles(rows), *(_read_variable(rows, view, one) for one in rows.variables)):
        columns += given
    seen: set[str] = set()
    fields = [replace(one, name=_shorten(one.name, seen)) for one, _, _ in columns]
    numbers = [values for one, values, _ in columns if one.form != "text"]
    codes = _choose_codes(numbers)
    data = {}
    for one, (_, values, why) in zip(fields, columns, strict=True):
        if one.form == "text":
            data[one.name] = values.fillna("").astype(str)
        else:
            numbers = values.astype(float)
            data[one.name] = numbers.where(values.notna(), why.map(codes))
    label = rows.settings.label
    missing = {code: reason for reason, code in codes.items()}
    return Survey(rows.wave, label, fields, pd.DataFrame(data), missing)


def _choose_codes(columns: Iterable[pd.Series]) -> dict[str, int]:
    """Return the codes of what is missing, the same in all columns: numbers that nobody gave."""
    given = {float(one) for values in columns for one in values.dropna().unique()}
    nines = 1
    while True:
        start = -10 * int("9" * nines)
        codes = {reason: start - digit for reason, digit in _MISSING.items()}
        if given.isdisjoint(map(float, codes.values())):
            return codes
        nines += 1


def _read_roles(rows: Rows) -> list[tuple[Field, pd.Series, pd.Series]]:
    """Return the number of the response, and its program and time where there are any."""
    weight = ', "@weight" AS weight' if rows.settings.weight else ""
    frame = rows.engine.frame(
        f"SELECT response_id, program, submitted{weight} FROM interpreted JOIN kept "
        "ON interpreted.number = kept.number ORDER BY kept.number"
    )
    why = pd.Series(NO_ANSWER, frame.index)
    found = [(Field("response_id", "Number of the response", "text"), frame["response_id"], why)]
    programs = rows.cohort.study.programs
    if programs:
        codes = {name: code for code, name in enumerate(programs, start=1)}
        labels = {codes[name]: one.label for name, one in programs.items()}
        found.append(
            (Field("program", "Program", "code", labels), frame["program"].map(codes), why)
        )
    if rows.settings.submitted:
        seconds = frame["submitted"].astype("datetime64[s]")
        numbers = pd.Series(seconds.to_numpy().astype("int64"), frame.index, dtype=float)
        moments = numbers.where(seconds.notna())
        found.append((Field("submitted", "Time of submission", "moment"), moments, why))
    if weight:
        about = Field("weight", "Survey weight", "number", is_weight=True)
        found.append((about, frame["weight"], why))
    return found


def _read_variable(
    rows: Rows, view: View, name: str
) -> Iterator[tuple[Field, pd.Series, pd.Series]]:
    """Yield the columns of a variable, each with its values and with why they are missing."""
    variable, kind = rows.variables[name], kind_of(rows.variables[name])
    columns = rows.columns(name)
    listed = ", ".join(f"interpreted.{quoted(one)}" for one in columns)
    frame = rows.engine.frame(
        f"SELECT {listed}, coalesce({_write_asked(rows, name)}, FALSE) AS asked, "
        f"coalesce({_write_answered(rows, name)}, FALSE) AS answered FROM interpreted "
        "JOIN kept ON interpreted.number = kept.number ORDER BY kept.number"
    )
    asked, answered = frame["asked"].astype(bool), frame["answered"].astype(bool)
    some = frame[columns].notna().any(axis=1)
    why = pd.Series(NO_ANSWER, frame.index).mask(answered, NOT_USABLE).mask(~asked, NOT_ASKED)
    # Of a question that was answered, an option without yes or no was not offered; one without a
    # place was not put in order.
    why = why.mask(some, NOT_ASKED if kind.has_ticks else NO_ANSWER)
    about = Field(
        "", variable.label, "number", variable=name, is_ordered=kind.is_ordered,
        unit=variable.unit or variable.currency, question=variable.wording(rows.wave),
        note=variable.note, asked_of=plain_text(describe_condition(view, name)),
    )  # fmt: skip
    for column in columns:
        category = column.removeprefix(column_of(name, "")) if column != name else ""
        one, values = _code(variable, replace(about, name=column), frame[column], category)
        yield one, values, why


def _write_asked(rows: Rows, name: str) -> str:
    if rows.variables[name].derive is None:
        return write_asked(rows, name)
    return rows.cohort.conditions(rows.wave).asked(name)


def _write_answered(rows: Rows, name: str) -> str:
    """Return in SQL that something stands in a cell of the variable, whatever it was read as."""
    if rows.variables[name].derive is not None:
        return f"{marked('derived', name)} IS NOT NULL"
    tests = []
    for source in rows.sources:
        if source.variable == name:
            if kind_of(rows.variables[name]).is_typed:
                tests.append(f"{quoted(mark_of(source.column))} IS NOT NULL")
            else:
                tests.append(_write_given(rows, source.column))
    return " OR ".join(tests) or "FALSE"


def _write_given(rows: Rows, column: str) -> str:
    readings = rows.readings[column]
    answers = enumerate(answer for _, answer in rows.codes.by_number(column))
    given = [str(number) for number, answer in answers if not readings[answer].is_blank]
    return f"{quoted(code_of(column))} IN ({', '.join(given) or 'NULL'})"


def _code(
    variable: Variable, about: Field, values: pd.Series, category: str
) -> tuple[Field, pd.Series]:
    """Return a column with its answers as numbers, and what these mean."""
    kind = kind_of(variable)
    if category:
        label = f"{variable.label}: {variable.categories[category].label}"
        about = replace(about, category=category, label=label, heading=variable.label)
    if kind.has_ticks or kind.is_typed:
        labels = TICKED if kind.has_ticks else GIVEN
        ticks = pd.to_numeric(values.astype("boolean").astype("Float64")).to_numpy(
            float, na_value=np.nan
        )
        return replace(about, form="code", labels=labels), pd.Series(ticks, values.index)
    if kind.is_day:
        return replace(about, form="day"), values
    if kind.is_numeric or pd.api.types.is_numeric_dtype(values):
        return about, values
    codes = _codes_of(variable, values)
    labels = {
        code: variable.categories[one].label if one in variable.categories
        else kind.label_answer(one)
        for one, code in codes.items()
    }  # fmt: skip
    return replace(about, form="code", labels=labels), values.map(codes).astype(float)


def _codes_of(variable: Variable, values: pd.Series) -> dict[str, int]:
    """Return the number of each answer: the export's own where all have one, else their order."""
    listed = list(variable.categories)
    given = [one.code for one in variable.categories.values()]
    numbers = [int(str(one)) for one in given if re.fullmatch(r"\d{1,4}", str(one))]
    others = sorted(set(values.dropna()) - set(listed))
    if others or len(set(numbers)) < len(listed):
        return {one: code for code, one in enumerate([*listed, *others], start=1)}
    return dict(zip(listed, numbers, strict=True))


def _shorten(name: str, seen: set[str]) -> str:
    """Return a name that SPSS and Stata take, and that no column before has."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = re.sub(r"\W", "_", plain)
    if not plain[:1].isalpha() or plain.casefold() in _RESERVED:
        plain = f"v_{plain}"
    shown, number = plain[:LONGEST_NAME], 1
    while shown.casefold() in seen:
        number += 1
        shown = f"{plain[: LONGEST_NAME - len(str(number)) - 1]}_{number}"
    seen.add(shown.casefold())
    return shown
