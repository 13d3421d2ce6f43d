"""The codebook: each variable's questions, kind and categories, and what an answer means.

`cohorts/NAME/codebook.yaml` is written by a person; this room reads it, says everything that
is wrong with it at once, and tells for a variable what its categories and groups are called.
"""

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationError

from altcred.core.errors import InvalidInput, Problem, refuse_problems
from altcred.core.intervals import Interval, parse_interval
from altcred.core.paths import cohort_dir
from altcred.describe.study import (
    Condition,
    Described,
    Name,
    Study,
    as_list,
    problems_of_model,
    read_yaml,
)

Kind = Literal[
    "single",
    "ordered",
    "multiple",
    "count",
    "money",
    "number",
    "year",
    "country",
    "text",
    "identifier",
]
CATEGORICAL = {"single", "ordered", "multiple"}
NUMERIC = {"count", "money", "number", "year"}
PROGRAM_COLUMNS = ("program", "program_type")
# In a condition on a question with categories: people who gave no usable answer to it.
NOT_REPORTED = "not_reported"


def _expand_question(value: Any) -> Any:
    return {"locator": value} if isinstance(value, str) else value


def _expand_label(value: Any) -> Any:
    return {"label": value} if isinstance(value, str) else value


class Question(Described):
    """How one wave asked a variable, and where its answers stand in the export.

    Give any of `id` (Qualtrics' ImportId), `name` (the column's header) and `text` (the
    question as asked), or one `locator` that is tried as each of them in that order. A
    multiple question with one column an option lists them under `options`.
    """

    locator: str | None = None
    id: str | None = None
    name: str | None = None
    text: str | None = None
    options: dict[str, str] = Field(
        default_factory=dict, description="Category to locator, where each option has a column"
    )
    asked_if: Condition = Field(default_factory=dict)
    asked_since: datetime.date | None = None

    @property
    def locators(self) -> list[str]:
        """The ways to find the question's column, best first."""
        given = (self.id, self.name, self.locator, self.text)
        return [locator for locator in given if locator is not None]


class Category(Described):
    """One answer that can be given, or one value that answers are gathered under."""

    label: str
    answers: list[str] | str | dict[str, str | list[str]] = Field(
        default_factory=list,
        description="How it is written in the exports, for all waves or by wave; the label counts",
    )
    code: str | int | None = Field(default=None, description="Its number in a numeric export")
    waves: list[Name] | None = Field(default=None, description="Offered in these waves only")
    asked_if: Condition = Field(default_factory=dict)
    asked_since: dict[str, datetime.date] | datetime.date | None = None

    def answers_in(self, wave: str) -> list[str]:
        """Return how the category is written in a wave's export, its label last."""
        answers = self.answers
        written = as_list(answers.get(wave)) if isinstance(answers, dict) else as_list(answers)
        return [*written, *([] if self.label in written else [self.label])]

    def since(self, wave: str) -> datetime.date | None:
        """Return the day from which a wave offered the category; None for always."""
        if isinstance(self.asked_since, dict):
            return self.asked_since.get(wave)
        return self.asked_since

    def is_offered_in(self, wave: str) -> bool:
        return self.waves is None or wave in self.waves


class Group(Described):
    """Several categories, or an interval of a number, reported together."""

    label: str
    of: list[str] | str = Field(description="Categories, or an interval as in '[0, 50)'")


class Bounds(Described):
    """Where a number is plausible, and what is done with one that is not."""

    low: float | None = None
    high: float | None = None
    outside: Literal["missing", "keep"] = "missing"


class Derive(Described):
    """How a variable is computed from others, a person at a time. Give exactly one key."""

    years_since: str | None = Field(
        default=None, description="Year of submission minus this year variable"
    )
    product: list[str] | None = None
    ticks: dict[str, list[str]] | None = Field(
        default=None, description="How many of these categories or groups of a multiple variable"
    )
    any_of: Condition | None = Field(
        default=None,
        description="1 where any of these conditions holds, 0 where all are answered and none does",
    )
    year_of_submission: bool | None = None


class Variable(Described):
    """One variable of the study."""

    label: str
    note: str = ""
    kind: Kind
    question: dict[Name, Annotated[Question, BeforeValidator(_expand_question)]] = Field(
        default_factory=dict, description="A question for each wave that asked it"
    )
    derive: Derive | None = None
    categories: dict[
        Annotated[str, Field(pattern=r"^[A-Za-z0-9_]+$")],
        Annotated[Category, BeforeValidator(_expand_label)],
    ] = Field(default_factory=dict)
    blank: list[str] = Field(
        default_factory=list, description="Answers that mean that none was given"
    )
    base: Literal["ticked", "asked"] = Field(
        default="ticked",
        description="Whose shares a multiple question gives: those who ticked an option, or all "
        "who were asked",
    )
    unlisted: str = Field(
        default="error",
        description="What an answer outside the categories is: error, missing, or a category",
    )
    asked_if: Condition = Field(default_factory=dict)
    asked_since: datetime.date | None = None
    groups: dict[Annotated[str, Field(pattern=r"^[a-z0-9_]+$")], Group] = Field(
        default_factory=dict
    )
    bounds: Bounds = Bounds()
    bins: list[float] = Field(default_factory=list, description="Edges; the last bin is open")
    ranges: Literal["midpoint", "missing"] = Field(
        default="midpoint", description="What '9-10 hours' is read as"
    )
    currency: str = Field(default="USD", description="Currency of money answers")
    unit: str = Field(default="", description="Unit of a number, for labels: years, hours, weeks")

    @property
    def is_numeric(self) -> bool:
        return self.kind in NUMERIC

    @property
    def is_categorical(self) -> bool:
        return self.kind in CATEGORICAL

    @property
    def is_estimated(self) -> bool:
        """Whether the variable gets estimates: identifiers and typed texts do not."""
        return self.kind not in {"identifier"}

    def condition_in(self, wave: str) -> Condition:
        """Return who was asked in a wave: the question's own condition, else the variable's."""
        question = self.question.get(wave)
        return (question.asked_if if question else None) or self.asked_if

    def since(self, wave: str) -> datetime.date | None:
        """Return the day from which a wave asked the variable; None for always."""
        question = self.question.get(wave)
        return (question.asked_since if question else None) or self.asked_since

    def categories_in(self, wave: str) -> dict[str, Category]:
        """Return the categories that a wave offered, in the order of the codebook."""
        return {
            name: category
            for name, category in self.categories.items()
            if category.is_offered_in(wave)
        }

    def number_groups(self) -> dict[str, Interval]:
        """Return the groups of a number as intervals."""
        return {name: parse_interval(str(group.of)) for name, group in self.groups.items()}

    def bin_intervals(self) -> list[Interval]:
        """Return the bins of a number: half open, the last one without an upper end."""
        edges = [*self.bins, None]
        return [
            Interval(low, high, closed_low=True, closed_high=False)
            for low, high in zip(self.bins, edges[1:], strict=True)
        ]


class CodebookFile(Described):
    """The content of codebook.yaml."""

    variables: dict[Name, Variable] = Field(min_length=1)

    def in_wave(self, wave: str) -> dict[str, Variable]:
        """Return the variables that a wave asked or that derive from those it asked."""
        return {
            name: variable
            for name, variable in self.variables.items()
            if wave in variable.question or self._is_derived_in(variable, wave)
        }

    def _is_derived_in(self, variable: Variable, wave: str) -> bool:
        sources = source_names(variable)
        return variable.derive is not None and all(
            wave in self.variables[source].question for source in sources
        )

    def label(self, variable: str, category: str = "") -> str:
        """Return the label of a variable, of one of its categories or groups, or of a country."""
        described = self.variables[variable]
        if not category:
            return described.label
        if category in described.categories:
            return described.categories[category].label
        if category in described.groups:
            return described.groups[category].label
        if described.kind == "country":
            from altcred.core.countries import country_label

            return country_label(category)
        return category


Codebook = CodebookFile


def column_of(variable: str, category: str) -> str:
    """Return the name of a multiple variable's column for one category."""
    return f"{variable}__{category}"


def source_names(variable: Variable) -> list[str]:
    """Return the variables that a derived variable is computed from."""
    derive = variable.derive
    if derive is None:
        return []
    if derive.years_since:
        return [derive.years_since]
    if derive.product:
        return list(derive.product)
    return list(derive.ticks or derive.any_of or {})


def load_codebook(cohort: str, study: Study) -> Codebook:
    """Read and validate cohorts/COHORT/codebook.yaml against its study.

    Raises InvalidInput with all problems at once; names in study.yaml that the codebook lacks
    are among them.
    """
    path = cohort_dir(cohort) / "codebook.yaml"
    content = read_yaml(path)
    try:
        codebook = CodebookFile.model_validate(content)
    except ValidationError as error:
        raise InvalidInput(problems_of_model(path, error)) from None
    refuse_problems(
        [
            *check_codebook(codebook, study, path),
            *check_study_names(codebook, study, path.with_name("study.yaml")),
        ]
    )
    return codebook


def check_codebook(codebook: Codebook, study: Study, path: Path) -> Iterator[Problem]:
    """Yield what is wrong between the parts of a codebook and with its study."""
    file = str(path)
    for name, variable in codebook.variables.items():
        where = f"variables.{name}"
        if name in PROGRAM_COLUMNS or name in {"response_id", "submitted", "responses"}:
            yield Problem(file, where, "is a name altcred uses itself.", "Choose another.")
        if bool(variable.question) == bool(variable.derive):
            yield Problem(
                file,
                where,
                "needs either a question or a rule to derive it.",
                "Give question: or derive:, not both.",
            )
        for wave in variable.question:
            if wave not in study.waves:
                yield Problem(
                    file,
                    f"{where}.question.{wave}",
                    "is not one of the study's waves.",
                    f"Use one of {', '.join(study.waves)}.",
                )
        yield from _check_questions(variable, file, where)
        yield from _check_kind(variable, file, where)
        yield from _check_derive(codebook, variable, file, where)
        for key, condition in _conditions(variable, where):
            yield from check_condition(codebook, study, condition, file, key)
    sources = {name for variable in codebook.variables.values() for name in source_names(variable)}
    if sources <= set(codebook.variables):
        yield from _check_dependence(codebook, study, file)


def _check_dependence(codebook: Codebook, study: Study, file: str) -> Iterator[Problem]:
    """Yield who was asked by an answer that the wave lacks, or by their own answer."""
    for wave in study.waves:
        there = codebook.in_wave(wave)
        needs = {name: dependence_of(variable, wave) for name, variable in there.items()}
        for name, needed in needs.items():
            for other in needed:
                if other in codebook.variables and other not in there:
                    yield Problem(
                        file,
                        f"variables.{name}",
                        f"depends on {other!r}, which wave {wave} did not ask.",
                        "Put the condition under the question of the waves that did.",
                    )
        for name in needs:
            if _reaches(needs, name, name):
                yield Problem(
                    file,
                    f"variables.{name}",
                    f"depends on its own answer in wave {wave}.",
                    "Remove one of the conditions that lead back to it.",
                )


def dependence_of(variable: Variable, wave: str) -> list[str]:
    """Return the variables whose answers decide who was asked a variable, or that it derives from.

    The program and its type are left out: every row has them.
    """
    conditions = [variable.condition_in(wave)]
    conditions += [category.asked_if for category in variable.categories_in(wave).values()]
    named = [name for condition in conditions for name in condition]
    return [
        name
        for name in dict.fromkeys([*named, *source_names(variable)])
        if name not in PROGRAM_COLUMNS
    ]


def _reaches(needs: dict[str, list[str]], start: str, wanted: str) -> bool:
    """Tell whether following what is needed leads from one variable to another."""
    waiting, seen = list(needs[start]), set()
    while waiting:
        name = waiting.pop()
        if name == wanted:
            return True
        if name not in seen:
            seen.add(name)
            waiting += needs.get(name, [])
    return False


def _conditions(variable: Variable, where: str) -> Iterator[tuple[str, Condition]]:
    yield f"{where}.asked_if", variable.asked_if
    for wave, question in variable.question.items():
        yield f"{where}.question.{wave}.asked_if", question.asked_if
    for name, category in variable.categories.items():
        yield f"{where}.categories.{name}.asked_if", category.asked_if


def _check_questions(variable: Variable, file: str, where: str) -> Iterator[Problem]:
    for wave, question in variable.question.items():
        key = f"{where}.question.{wave}"
        if not question.locators and not question.options:
            yield Problem(
                file, key, "says nowhere which column it is.", "Give id, name, text or options."
            )
        for option in question.options:
            if option not in variable.categories:
                yield Problem(
                    file,
                    f"{key}.options.{option}",
                    "is not one of the variable's categories.",
                    f"Use some of {', '.join(variable.categories)}.",
                )


def _check_kind(variable: Variable, file: str, where: str) -> Iterator[Problem]:
    if variable.is_categorical and not variable.categories:
        yield Problem(file, f"{where}.categories", "is missing.", "List the answers offered.")
    if variable.categories and not variable.is_categorical and variable.kind != "country":
        yield Problem(
            file, f"{where}.categories", f"does not go with kind {variable.kind}.", "Remove it."
        )
    if NOT_REPORTED in variable.categories:
        yield Problem(
            file,
            f"{where}.categories.{NOT_REPORTED}",
            "is what altcred calls those who gave no answer.",
            "Rename the category.",
        )
    if variable.unlisted not in {"error", "missing", *variable.categories}:
        yield Problem(
            file,
            f"{where}.unlisted",
            f"{variable.unlisted!r} is neither error, missing nor a category.",
        )
    if variable.bins and (not variable.is_numeric or variable.bins != sorted(set(variable.bins))):
        yield Problem(file, f"{where}.bins", "must be rising edges of a number.")
    for name, group in variable.groups.items():
        key = f"{where}.groups.{name}"
        if name in variable.categories:
            yield Problem(file, key, "is the name of a category as well.", "Rename the group.")
        if variable.is_numeric:
            try:
                parse_interval(str(group.of))
            except ValueError as error:
                yield Problem(file, f"{key}.of", f"{error}.", "Write an interval such as [0, 50).")
        elif variable.kind != "country":
            for category in as_list(group.of):
                if category not in variable.categories:
                    yield Problem(
                        file,
                        f"{key}.of",
                        f"{category!r} is not one of the variable's categories.",
                        f"Use some of {', '.join(variable.categories)}.",
                    )
    codes: dict[str, str] = {}
    for name, category in variable.categories.items():
        if category.code is None:
            continue
        other = codes.setdefault(str(category.code), name)
        if other != name:
            yield Problem(
                file,
                f"{where}.categories.{name}.code",
                f"{category.code} is the code of {other} as well.",
                "A code can mean one category only.",
            )
    seen: dict[tuple[str, str], str] = {}
    for name, category in variable.categories.items():
        for wave in variable.question:
            if not category.is_offered_in(wave):
                continue
            for answer in {text.casefold() for text in category.answers_in(wave)}:
                other = seen.setdefault((wave, answer), name)
                if other != name:
                    yield Problem(
                        file,
                        f"{where}.categories.{name}",
                        f"shares the answer {answer!r} with {other} in wave {wave}.",
                        "An answer can mean one category only.",
                    )


def _check_derive(
    codebook: Codebook, variable: Variable, file: str, where: str
) -> Iterator[Problem]:
    if variable.derive is None:
        return
    given = variable.derive.model_dump(exclude_none=True)
    if len(given) != 1:
        yield Problem(file, f"{where}.derive", "needs exactly one rule.")
    for source in source_names(variable):
        known = codebook.variables.get(source)
        if known is None:
            yield Problem(file, f"{where}.derive", f"{source!r} is not a variable.")
        elif known.derive is not None:
            yield Problem(
                file, f"{where}.derive", f"{source!r} is itself derived.", "Name what was asked."
            )


def check_condition(
    codebook: Codebook, study: Study, condition: Condition, file: str, where: str
) -> Iterator[Problem]:
    """Yield what a condition names that neither the codebook nor the study has."""
    for name, wanted in condition.items():
        if name == "program_type":
            known: set[str] | None = set(study.program_types)
        elif name == "program":
            known = set(study.programs)
        elif name not in codebook.variables:
            yield Problem(file, where, f"{name!r} is not a variable of the codebook.")
            continue
        else:
            variable = codebook.variables[name]
            if variable.is_numeric:
                try:
                    parse_interval(str(wanted))
                except ValueError as error:
                    yield Problem(file, f"{where}.{name}", f"{error}.")
                continue
            known = None
            if variable.kind != "country":
                known = {*variable.categories, *variable.groups, NOT_REPORTED}
        for category in as_list(wanted):
            if known is not None and category not in known:
                yield Problem(
                    file,
                    f"{where}.{name}",
                    f"{category!r} is not one of its categories.",
                    f"Use some of {', '.join(sorted(known))}.",
                )


def check_study_names(codebook: Codebook, study: Study, path: Path) -> Iterator[Problem]:
    """Yield the names in a study that its codebook does not define."""
    file = str(path)
    for key in ("demographics", "circumstances"):
        for name in getattr(study.duplicates, key):
            if name not in codebook.variables:
                yield Problem(file, f"duplicates.{key}", f"{name!r} is not in the codebook.")
    # What a study leaves to the default may name variables that its surveys did not ask.
    for key in sorted(study.weighting.model_fields_set & {"variables", "outcomes"}):
        for name in getattr(study.weighting, key):
            if name not in codebook.variables:
                yield Problem(file, f"weighting.{key}", f"{name!r} is not in the codebook.")
    for position, panel in enumerate(study.panels):
        for rule in panel.rules:
            for name in [*rule.keys, *rule.agree]:
                if name not in codebook.variables and name not in {"email", "ip"}:
                    yield Problem(
                        file,
                        f"panels.{position}.rules.{rule.name}",
                        f"{name!r} is not in the codebook.",
                        "Use email, ip or variables.",
                    )
    for name, subgroup in study.subgroups.items():
        where = f"subgroups.{name}.where"
        yield from check_condition(codebook, study, subgroup.where, file, where)
        for variable in subgroup.variables or []:
            if variable not in codebook.variables:
                yield Problem(
                    file, f"subgroups.{name}.variables", f"{variable!r} is not in the codebook."
                )
