"""The codebook: each variable's questions, kind and categories, and what an answer means.

`cohorts/NAME/codebook.yaml` is written by a person; this room reads it, says everything that
is wrong with it at once, and tells for a variable what its categories and groups are called.
"""

from collections.abc import Iterator
from pathlib import Path

from pydantic import Field, ValidationError

from altcred.core.description import (
    Condition,
    Described,
    Name,
    as_list,
    problems_of_model,
    read_yaml,
)
from altcred.core.errors import InvalidInput, Problem, refuse_problems
from altcred.core.intervals import parse_interval
from altcred.core.paths import cohort_dir
from altcred.core.records import NOT_REPORTED
from altcred.describe.study import Study
from altcred.kinds import kind_of
from altcred.kinds.variable import Variable

PROGRAM_COLUMNS = ("program", "program_type")


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

    def columns_in(self, wave: str) -> list[str]:
        """Return the columns of a wave's responses.parquet that hold answers, in their order."""
        return [
            column
            for name, variable in self.in_wave(wave).items()
            for column in kind_of(variable).columns(name, variable, wave)
        ]

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
        return kind_of(described).label_answer(category)


Codebook = CodebookFile


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
    for variable in codebook.variables.values():
        if kind_of(variable).is_money:
            variable.currency = variable.currency or study.currency
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
    yield from _check_times(codebook, study, file)
    sources = {name for variable in codebook.variables.values() for name in source_names(variable)}
    if sources <= set(codebook.variables):
        yield from _check_dependence(codebook, study, file)


def _check_times(codebook: Codebook, study: Study, file: str) -> Iterator[Problem]:
    """Yield what needs the time of submission in a wave whose export has none."""
    untimed = [wave for wave, settings in study.waves.items() if settings.submitted is None]
    remedy = "Name the column under submitted: of the wave, or remove the key."
    for name, variable in codebook.variables.items():
        derive = variable.derive
        for wave in untimed:
            if name not in codebook.in_wave(wave):
                continue
            categories = variable.categories_in(wave)
            needed = {
                "asked_since": variable.since(wave),
                **{
                    f"categories.{one}.asked_since": categories[one].since(wave)
                    for one in categories
                },
                "derive": derive and (derive.years_since or derive.year_of_submission),
            }
            for key in [key for key, is_needed in needed.items() if is_needed]:
                message = f"needs the time of submission, and wave {wave} has none."
                yield Problem(file, f"variables.{name}.{key}", message, remedy)


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
    for key, message, remedy in kind_of(variable).problems(variable):
        yield Problem(file, f"{where}.{key}", message, remedy)
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
    for name in variable.groups:
        if name in variable.categories:
            yield Problem(
                file,
                f"{where}.groups.{name}",
                "is the name of a category as well.",
                "Rename the group.",
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
            known = kind_of(variable).known_answers(variable)
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
    if not study.currency:
        names = [
            name
            for name, variable in codebook.variables.items()
            if kind_of(variable).is_money and not variable.currency
        ]
        if names:
            message = f"is missing, and {names[0]!r} is an amount of money."
            yield Problem(file, "currency", message, "Write its code, such as USD or EUR.")
    for key in ("demographics", "circumstances"):
        for name in getattr(study.duplicates, key):
            if name not in codebook.variables:
                yield Problem(file, f"duplicates.{key}", f"{name!r} is not in the codebook.")
    for key in ("outcomes", "variables"):
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
