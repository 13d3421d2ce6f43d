"""The codebook: each variable's questions, kind and categories, and what an answer means.

`cohorts/NAME/codebook.yaml` is written by a person; this room reads it, says everything that
is wrong with it at once, and tells for a variable what its categories and groups are called.
"""

from collections.abc import Iterator
from functools import reduce
from operator import and_
from typing import Any

from pydantic import ValidationInfo, model_validator

from altcred.core.description import Condition, Described, Name, about, as_list, read_model
from altcred.core.errors import Problem, refuse_problems
from altcred.core.mistakes import list_unknown, name_known
from altcred.core.paths import cohort_dir
from altcred.core.records import NOT_REPORTED
from altcred.describe.dependence import PROGRAM_COLUMNS, check_dependence, source_names
from altcred.describe.groups import check_groups
from altcred.describe.matching import check_matching
from altcred.describe.rows import check_exclusions
from altcred.describe.short import write_out
from altcred.describe.study import Said, Study
from altcred.kinds import kind_of
from altcred.kinds.parts import Categories, Comparable, Derive, Missing
from altcred.kinds.variable import Variable, column_of

# Names of columns, and of estimates, that are no variable's.
TAKEN_NAMES = {
    *PROGRAM_COLUMNS,
    *("response_id", "submitted", "number", "pair_id", "email_token", "ip_token", "email", "ip"),
    *("responses", "raw_rows", "dropped", "shared_addresses", "repeats", "pairs", "linkage"),
    *("weights", "without_weight", "days_between", "years_between", "file", "row"),
}


class CodebookFile(Described):
    """The content of codebook.yaml; what it says in short is written out as it is read."""

    scales: dict[Name, Categories] = about(
        "Categories that several variables share, by name",
        {},
        example={"often": ["Never", "Sometimes", "Often"]},
    )
    missing: Missing = about(
        "Codes and answers that are missing in every variable", {}, example={"-99": "Refused"}
    )
    variables: dict[Name, Variable] = about(
        "An entry for each question, by names of yours in small letters", min_length=1
    )

    @model_validator(mode="before")
    @classmethod
    def _write_out(cls, content: Any, info: ValidationInfo) -> Any:
        return write_out(content, info.context or [])

    def items_of(self, entry: str) -> list[str]:
        """Return the variables that an entry of several declared."""
        return [name for name, one in self.variables.items() if one.item_of == entry]

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
            source in self.variables and wave in self.variables[source].question
            for source in sources
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


def load_codebook(cohort: str, study: Study) -> Codebook:
    """Read and validate cohorts/COHORT/codebook.yaml against its study.

    Raises InvalidInput with all problems at once; names in study.yaml that the codebook lacks
    are among them.
    """
    codebook = read_codebook(cohort, list(study.waves))
    refuse_problems(list_codebook_problems(codebook, study))
    return codebook


def read_codebook(cohort: str, waves: list[str]) -> Codebook:
    """Read cohorts/COHORT/codebook.yaml as its model has it, whether or not its parts fit."""
    return read_model(cohort_dir(cohort) / "codebook.yaml", CodebookFile, waves)


def list_codebook_problems(codebook: Codebook, study: Study) -> list[Problem]:
    """Return what is wrong between the parts of a codebook and with its study.

    What the codebook says of the whole study, and the study of whole entries, is written out in
    both.
    """
    path = cohort_dir(study.name) / "codebook.yaml"
    _write_out_entries(codebook, study)
    for variable in codebook.variables.values():
        if kind_of(variable).is_money:
            variable.currency = variable.currency or study.currency
        variable.missing = {**codebook.missing, **variable.missing}
        variable.comparable = variable.comparable or _compare_sources(codebook, variable)
    found = [Problem(str(path), *said) for said in check_codebook(codebook, study)]
    beside = str(path.with_name("study.yaml"))
    return found + [Problem(beside, *said) for said in check_study_names(codebook, study)]


def _compare_sources(codebook: Codebook, variable: Variable) -> Comparable | None:
    """Return which waves can be compared in what a derived variable is made of."""
    derive = variable.derive
    wanted = (derive and (derive.ticks or derive.any_of)) or {}
    marks = [
        mark
        for name in source_names(variable)
        if (source := codebook.variables.get(name)) is not None
        for one in as_list(wanted.get(name)) or [""]
        for mark in source.marks(one)
    ]
    return reduce(and_, marks) if marks else None


def check_codebook(codebook: Codebook, study: Study) -> Iterator[Said]:
    """Yield what is wrong between the parts of a codebook and with its study."""
    columns = {
        column_of(name, one): f", for {one} of {name}"
        for name, variable in codebook.variables.items()
        for one in _parts_of(variable)
    }
    for name, variable in codebook.variables.items():
        where = f"variables.{name}"
        if name in TAKEN_NAMES or name in columns:
            message = f"is a name altcred uses itself{columns.get(name, '')}."
            yield where, message, "Choose another."
        if bool(variable.question) == bool(variable.derive):
            message = "needs either a question or a rule to derive it."
            yield where, message, "Give question: or derive:, not both."
        for checked in (_check_questions, _check_kind, _check_categories, _check_derive):
            for key, message, remedy in checked(codebook, study, variable):
                yield f"{where}.{key}", message, remedy
        for key, condition in _conditions(variable):
            yield from check_condition(codebook, study, condition, f"{where}.{key}")
    yield from _check_times(codebook, study)
    sources = {name for variable in codebook.variables.values() for name in source_names(variable)}
    if sources <= set(codebook.variables):
        yield from check_dependence(codebook, study)


def _check_questions(codebook: Codebook, study: Study, variable: Variable) -> Iterator[Said]:
    if variable.waves and set(variable.waves) != set(variable.question):
        yield "waves", "says otherwise than question: or derive: does.", "Leave it out."
    marks = {"": variable.comparable}
    marks |= {f"categories.{key}.": one.comparable for key, one in variable.categories.items()}
    for key, mark in marks.items():
        for wave in mark.waves if mark and isinstance(mark.waves, list) else ():
            if wave not in study.waves:
                message = f"{wave!r} is not one of the study's waves."
                yield f"{key}comparable", message, name_known(wave, study.waves)
    for wave, question in variable.question.items():
        key = f"question.{wave}"
        if wave not in study.waves:
            yield key, "is not one of the study's waves.", name_known(wave, study.waves)
        if not question.locators and not question.options and not question.several:
            message = "says nowhere which column it is."
            yield key, message, "Give id, name, text, options, coalesce or places."
        others = [one for one in question.locators if one != question.text]
        if question.several and (others or question.options):
            message = "names a column beside those to coalesce."
            remedy = "Name all columns under coalesce:."
            if question.places:
                message, remedy = "names a column beside places.", "Name all under places:."
            yield key, message, remedy
        if question.places and question.coalesce:
            yield f"{key}.places", "stands beside coalesce.", "Give one of them."
        if question.places and variable.kind != "rank":
            yield f"{key}.places", "is for kind rank.", "Write kind: rank, or items."
        for option in question.options:
            if option not in variable.categories:
                remedy = name_known(option, variable.categories)
                yield f"{key}.options.{option}", "is not one of the variable's categories.", remedy


def _check_kind(codebook: Codebook, study: Study, variable: Variable) -> Iterator[Said]:
    yield from kind_of(variable).problems(variable)
    if variable.scale and variable.scale not in codebook.scales:
        remedy = name_known(variable.scale, codebook.scales) or "List it there."
        yield "scale", f"{variable.scale!r} is not one of scales.", remedy
    known = ["error", "missing", *variable.categories]
    if variable.unlisted not in known:
        message = f"{variable.unlisted!r} is neither error, missing nor a category."
        yield "unlisted", message, name_known(variable.unlisted, known)


def _check_categories(codebook: Codebook, study: Study, variable: Variable) -> Iterator[Said]:
    """Yield names, codes and answers that mean two things."""
    if NOT_REPORTED in variable.categories:
        message = "is what altcred calls those who gave no answer."
        yield f"categories.{NOT_REPORTED}", message, "Rename the category."
    for name in [name for name in variable.groups if name in variable.categories]:
        yield f"groups.{name}", "is the name of a category as well.", "Rename the group."
    folded: dict[str, str] = {}
    for name in [*variable.categories, *variable.groups]:
        # Columns of the engine are named by them, and there capitals tell nothing apart.
        if (other := folded.setdefault(name.casefold(), name)) != name:
            key = "categories" if name in variable.categories else "groups"
            message = f"is {other} as well, but for capitals."
            yield f"{key}.{name}", message, "Give one of them another name."
    codes: dict[str, str] = {}
    seen: dict[tuple[str, str], str] = {}
    for name, category in variable.categories.items():
        if category.code is not None:
            other = codes.setdefault(str(category.code), name)
            if other != name:
                message = f"{category.code} is the code of {other} as well."
                yield f"categories.{name}.code", message, "A code can mean one category only."
        for wave in filter(category.is_offered_in, variable.question):
            for answer in {text.casefold() for text in category.answers_in(wave)}:
                other = seen.setdefault((wave, answer), name)
                if other != name:
                    message = f"shares the answer {answer!r} with {other} in wave {wave}."
                    yield f"categories.{name}", message, "An answer can mean one category only."


def _parts_of(variable: Variable) -> list[str]:
    """Return the categories that have a column each in any wave."""
    parts = [kind_of(variable).parts_of_column(variable, wave) for wave in variable.question]
    return list(dict.fromkeys(part for ones in parts for part in ones))


def _check_derive(codebook: Codebook, study: Study, variable: Variable) -> Iterator[Said]:
    if variable.derive is None:
        return
    rules = variable.derive.model_dump(exclude_none=True, exclude={"reversed", "at_least"})
    if len(rules) != 1:
        remedy = "Write one of mean, sum, product, ticks, any_of, years_since."
        yield "derive", f"has {len(rules) or 'no'} rules.", remedy
    if not kind_of(variable).is_numeric:
        message = f"makes a number, and kind {variable.kind} is none."
        yield "derive", message, "Write kind: number, count or score."
    for key in [key for key in ("asked_if", "asked_since") if getattr(variable, key)]:
        remedy = "Put it under the variables it is derived from."
        yield key, "does not go with derive.", remedy
    if variable.derive.ticks and len(variable.derive.ticks) > 1:
        yield "derive.ticks", "counts the ticks of several variables.", "Name one of them."
    for source in source_names(variable):
        known = codebook.variables.get(source)
        if known is None:
            yield "derive", f"{source!r} is not a variable.", name_known(source, codebook.variables)
        elif known.derive is not None:
            yield "derive", f"{source!r} is itself derived.", "Name what was asked."
        else:
            yield from _check_source(variable.derive, source, known)


def _check_source(derive: Derive, name: str, source: Variable) -> Iterator[Said]:
    """Yield where a rule cannot be worked out from the answers to a variable."""
    kind = kind_of(source)
    if name in derive.items and not kind.number_in_sql(name, source):
        message = f"{name!r} is of kind {source.kind}, which has no numbers."
        yield "derive", message, "Use scale, or another kind of number."
    elif name in derive.reversed and kind.ends_of(source) is None:
        message = f"{name!r} cannot be reversed: its lowest and highest are not known."
        yield "derive.reversed", message, "Give it bounds: with low and high."
    elif (derive.product or derive.years_since) and not kind.is_numeric:
        message = f"{name!r} is of kind {source.kind}, which is no number."
        yield "derive", message, f"Use {'a year or a date' if derive.years_since else 'a number'}."
    elif derive.ticks and not kind.has_ticks:
        message = f"{name!r} is of kind {source.kind}, of which nobody ticks several answers."
        yield "derive.ticks", message, "Name a variable of kind multiple."
    elif derive.ticks:
        for message, remedy in kind.condition_problems(source, derive.ticks[name]):
            yield f"derive.ticks.{name}", message, remedy


def _conditions(variable: Variable) -> Iterator[tuple[str, Condition]]:
    yield "asked_if", variable.asked_if
    yield "derive.any_of", (variable.derive and variable.derive.any_of) or {}
    for wave, question in variable.question.items():
        yield f"question.{wave}.asked_if", question.asked_if
    for name, category in variable.categories.items():
        yield f"categories.{name}.asked_if", category.asked_if


def check_condition(
    codebook: Codebook, study: Study, condition: Condition, where: str
) -> Iterator[Said]:
    """Yield what a condition names that neither the codebook nor the study has."""
    roles = {"program": set(study.programs), "program_type": set(study.program_types)}
    for name, wanted in condition.items():
        if name in roles:
            found = list_unknown(sorted(roles[name]), as_list(wanted))
        elif name in codebook.variables:
            variable = codebook.variables[name]
            found = kind_of(variable).condition_problems(variable, as_list(wanted))
        else:
            remedy = name_known(name, codebook.variables)
            yield where, f"{name!r} is not a variable of the codebook.", remedy
            continue
        for message, remedy in found:
            yield f"{where}.{name}", message, remedy


def _check_times(codebook: Codebook, study: Study) -> Iterator[Said]:
    """Yield what needs the time of submission in a wave whose export has none."""
    remedy = "Name the column under submitted: of the wave, or remove the key."
    for wave in [name for name, settings in study.waves.items() if settings.submitted is None]:
        for name, variable in codebook.in_wave(wave).items():
            derive = variable.derive
            needed: dict[str, object] = {
                "asked_since": variable.since(wave),
                "derive": derive and (derive.years_since or derive.year_of_submission),
            }
            for one, category in variable.categories_in(wave).items():
                needed[f"categories.{one}.asked_since"] = category.since(wave)
            for key in [key for key, is_needed in needed.items() if is_needed]:
                message = f"needs the time of submission, and wave {wave} has none."
                yield f"variables.{name}.{key}", message, remedy


def check_study_names(codebook: Codebook, study: Study) -> Iterator[Said]:
    """Yield the names in a study that its codebook does not define."""
    yield from check_matching(codebook, study)
    yield from check_exclusions(codebook, study)
    for key, named in _list_named(study):
        for name in named:
            if name not in codebook.variables:
                remedy = name_known(name, codebook.variables)
                yield key, f"{name!r} is not in the codebook.", remedy
    yield from check_groups(codebook, study)
    for name, subgroup in study.subgroups.items():
        yield from check_condition(codebook, study, subgroup.where, f"subgroups.{name}.where")


def _write_out_entries(codebook: Codebook, study: Study) -> None:
    """Put the items in the place of an entry's name wherever a study lists variables."""
    named = [one.variables for one in study.subgroups.values()]
    named += [one.variables for one in study.groups]
    named += study.family.values() if isinstance(study.family, dict) else []
    for names in named:
        if names:
            names[:] = [item for name in names for item in codebook.items_of(name) or [name]]


def _list_named(study: Study) -> Iterator[tuple[str, list[str]]]:
    """Yield each other key that names variables, and the names."""
    yield "weighting.outcomes", study.weighting.outcomes
    yield "weighting.variables", study.weighting.variables
    for name, subgroup in study.subgroups.items():
        yield f"subgroups.{name}.variables", subgroup.variables or []
    if isinstance(study.family, dict):
        for name, of in study.family.items():
            yield f"family.{name}", of
