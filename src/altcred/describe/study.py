"""The description of one cohort's study: programs, waves, matching rules, subgroups, limits.

`cohorts/NAME/study.yaml` is written by a person; this room reads it and says everything that
is wrong with it at once.
"""

import codecs
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from altcred.core.description import (
    Described,
    Name,
    about,
    read_model,
)
from altcred.core.errors import Problem, refuse_problems
from altcred.core.mistakes import CURRENCY, name_known
from altcred.core.paths import cohort_dir
from altcred.describe.disclosure import Disclosure
from altcred.describe.groups import Groups, Subgroup
from altcred.describe.made import Made
from altcred.describe.rows import Exclusion, check_settings
from altcred.describe.series import Series, expand_series
from altcred.describe.wave import Wave, lies_outside

ALL = "all"
# What a wave may tell people apart by, as matching rules name it.
ROLES = ("email", "ip", "person")
# Folders of a cohort, and waves of estimates, that are of no survey.
TAKEN_NAMES = {ALL, "panel", "comparison", "costs", "estimates", "notebooks", "series"}


class ProgramType(Described):
    """A kind of program, such as one provider's series of courses with a credential."""

    label: str = about("What readers call it")
    plural: str = about("Plural of the label; the label plus s if left out", "")

    def model_post_init(self, context: Any) -> None:
        self.plural = self.plural or f"{self.label}s"


class Program(Described):
    """One series of courses whose learners were surveyed."""

    label: str = about("What readers call it; its answer in the exports too")
    type: Name = about("The one of program_types that it is")
    answers: list[str] = about(
        "How the program is written in the exports; its label always counts", []
    )


class Duplicates(Described):
    """How rows of one wave are judged to be one person, and which of them is kept."""

    person: bool = about("Whether rows of one participant code are one person's", True)
    across_networks: bool = about(
        "Whether rows of one e-mail address are one person's on any network; if not, "
        "on one network only",
        True,
    )
    demographics: list[Name] = about(
        "Variables that must not disagree", [], example=["born", "town"]
    )
    minimum_demographics: int = about("How many of them both rows must have answered", 5, ge=1)
    circumstances: list[Name] = about(
        "Variables compared as well where too few demographics can be", []
    )
    minimum_circumstances: int = about("How many of them both rows must have answered", 3, ge=1)
    keep: Literal["first", "last", "most_complete", "none"] = about(
        "Which of a person's rows counts", "first", example="last"
    )
    by: str = about(
        "What first and last go by: submitted (the time), file (the place in the "
        "exports) or a variable, by its size or the order of its categories",
        "submitted",
    )
    largest_address: int = about(
        "Above so many rows an address is compared by e-mail alone", 200, ge=2
    )


class MatchRule(Described):
    """One way to find the same person in two waves, always within program."""

    name: Name = about("What the rule is called in tables", example="code")
    keys: list[str] = about(
        "`person`, `email`, `ip` or variables: given and equal in both waves",
        [],
        example=["person"],
    )
    within: dict[Name, Annotated[float, Field(ge=0)]] = about(
        "Numbers given in both waves that may differ by so much: {born: 1}",
        {},
        example={"born": 1},
    )
    fuzzy: dict[Name, Annotated[float, Field(gt=0, le=1)]] = about(
        "Identifiers, such as names, whose spelling must be as alike as this, 0 to 1",
        {},
        example={"full_name": 0.8},
    )
    agree: list[Name] = about("Variables that must not disagree where both are given", [])

    @property
    def names(self) -> list[str]:
        """Everything that it compares, once."""
        return list(dict.fromkeys([*self.keys, *self.within, *self.fuzzy, *self.agree]))


class Panel(Described):
    """Two waves whose respondents are matched, and the rules in their order."""

    first: Name = about("The earlier wave")
    second: Name = about("The later wave")
    note: str = about("A caution to the reader, printed at the head of the chapter", "")
    rules: list[MatchRule] = about(
        "How the same person is found, tried in this order on whoever is not yet found",
        min_length=1,
        example=[{"name": "code", "keys": ["person"]}],
    )
    equivalence_margin: dict[Name, float] = about(
        "Of a number: the difference in means small enough to call equivalent", {}
    )

    @property
    def shared_keys(self) -> set[str]:
        """What every rule finds pairs by, and what therefore cannot change between the waves."""
        return set.intersection(*(set(rule.keys) for rule in self.rules))


class Pair(Described):
    """Two waves that are set side by side."""

    first: Name = about("The wave that is compared with")
    second: Name = about("The wave that is compared")


class Weighting(Described):
    """How the respondents of a later survey are weighted to resemble those of an earlier one."""

    variables: list[Name] = about(
        "What both are to share; those that a survey did not ask are left out, and "
        "without any nothing is weighted",
        [],
    )
    outcomes: list[Name] = about("Closed questions whose shares are weighted", [])
    with_program: Literal["program_type", "program", "no"] = about(
        "What a second set of weights balances too; no for one set only", "program_type"
    )
    minimum: int = about(
        "Categories of fewer people in either survey are joined with others", 30, ge=2
    )


class StudyFile(Made):
    """The content of study.yaml."""

    currency: str = about(
        "Currency of money answers and prices, by its ISO 4217 code",
        "",
        pattern=CURRENCY,
        example="EUR",
    )
    locale: str = about(
        "How numbers and amounts are written: en_US, de_DE", "en_US", example="de_DE"
    )
    program_types: dict[Name, ProgramType] = about(
        "Kinds of programs; left out where nobody took part in one", {}
    )
    programs: dict[Name, Program] = about(
        "What people took part in, by names of yours; left out where there is none", {}
    )
    waves: dict[Name, Wave] = about(
        "An entry for each survey, by names of yours, the first one first", min_length=1
    )
    engine: Literal["duckdb", "spark"] = about("What works on its rows: docs/scale.md", "duckdb")
    build: bool = about("Whether `altcred plan` puts the cohort into the pipeline", True)
    series: Annotated[Series, BeforeValidator(expand_series)] = about(
        "The cohort of the same study before this one, or several, the oldest first",
        Series(),
        example="course-2023",
    )
    duplicates: Duplicates = about(
        "Which rows of a wave are one person's, and which of them counts",
        Duplicates(),
        example={"keep": "last"},
    )
    exclude: list[Exclusion] = about("Rules that drop rows of every wave, before its own", [])
    panels: list[Panel] = about("Pairs of waves in which the same people are looked for", [])
    comparisons: list[Pair] | None = about(
        "Waves set side by side; those of the panels if left out, unless rows are one person's in "
        "both; none where it is []",
        None,
        example=[{"first": "before", "second": "after"}],
    )
    costs: list[Name] | None = about(
        "Waves whose costs are worked out where there is a prices.yaml; all if left out", None
    )
    family: Literal["chapter", "section", "question", "none"] | dict[Name, list[Name]] = about(
        "Which tests Holm's method adjusts together: all of a chapter, those of a "
        "section of the codebook, those of a question, none, or the variables listed under a name",
        "chapter",
        example={"skills": ["q1", "q2"], "habits": ["q3", "q4"]},
    )
    primary: Literal["kind", "rank", "mean"] = about(
        "Which test of a number is told first and adjusted: of ranks, of means, or "
        "as its kind has it",
        "kind",
    )
    dots_below: int = about(
        "Where fewer people answered a chart has a dot for each of them, at most 40; 0 for never",
        40,
        ge=0,
        le=40,
    )
    subgroups: dict[Name, Subgroup] = about(
        "Parts of the respondents that get estimates of their own, by names of yours",
        {},
        example={"new": {"label": "New members", "where": {"member": ["no"]}}},
    )
    groups: list[Groups] = about(
        "By which answers respondents are parted, set side by side and tested",
        [],
        example=[{"by": "arm"}],
    )
    weighting: Weighting = about(
        "How a later survey is weighted to resemble an earlier one", Weighting()
    )
    disclosure: Disclosure = about(
        "What protects single respondents in all that is written",
        Disclosure(),
        example={"minimum": 5},
    )

    @property
    def rules(self) -> list[MatchRule]:
        """The matching rules of all panels."""
        return [rule for panel in self.panels for rule in panel.rules]

    def exclusions(self, wave: str) -> list[Exclusion]:
        """Return the rules that drop rows of a wave, in their order."""
        return [*self.exclude, *self.waves[wave].exclude]

    def programs_of(self, program_type: str) -> list[str]:
        """Return the names of the programs of one type, in the order of the file."""
        return [name for name, program in self.programs.items() if program.type == program_type]

    def panel_of(self, first: str, second: str) -> Panel:
        """Return the panel of two waves; KeyError where the study has none."""
        for panel in self.panels:
            if (panel.first, panel.second) == (first, second):
                return panel
        raise KeyError(f"study.yaml has no panel of {first} and {second}")


Study = StudyFile


def load_study(cohort: str) -> Study:
    """Read and validate cohorts/COHORT/study.yaml; InvalidInput with all problems at once."""
    path = cohort_dir(cohort) / "study.yaml"
    study = read_study(cohort)
    refuse_problems(list_study_problems(study, path))
    return study


def read_study(cohort: str) -> Study:
    """Read cohorts/COHORT/study.yaml as its model has it, whether or not its parts fit together."""
    return read_model(cohort_dir(cohort) / "study.yaml", StudyFile)


def list_study_problems(study: Study, path: Path) -> Iterator[Problem]:
    """Yield what is wrong between the parts of a study that was read from a path."""
    return (Problem(str(path), *said) for said in check_study(study, path.parent.name))


# How many bytes the name of a file or folder may have.
_LONGEST = 255
# The key, what is wrong with it, and the remedy.
Said = tuple[str, str, str]


def check_study(study: Study, folder: str) -> Iterator[Said]:
    """Yield what is wrong between the parts of a study: names that nothing defines."""
    if study.name != folder:
        yield "name", f"{study.name!r} is not the folder's name.", f"Write {folder}."
    if study.reconstructed and not study.reconstruction_note:
        message = "a reconstructed cohort must say so to its reader."
        remedy = "Write a sentence or two on what the exports are."
        yield "reconstruction_note", message, remedy
    yield from _check_money(study)
    yield from _check_programs(study)
    for name, wave in study.waves.items():
        if name in TAKEN_NAMES:
            message = "is a name that the pipeline gives to something else."
            yield f"waves.{name}", message, "Choose another."
        if wave.encoding and not _is_encoding(wave.encoding):
            remedy = "Write one such as utf-8, cp1252 or utf-16."
            yield f"waves.{name}.encoding", f"{wave.encoding!r} is no encoding.", remedy
        joined = [export for one in wave.join for export in one.exports]
        for export in [*wave.exports, *joined]:
            if lies_outside(export):
                message = f"{export!r} lies outside the cohort's raw folder."
                remedy = f"Put the file under data/raw/{study.name}/ and name it from there."
                yield f"waves.{name}.exports", message, remedy
            elif any(len(part.encode()) > _LONGEST for part in Path(export).parts):
                message = f"names a file of {len(export):,} signs, which no disk can hold."
                yield f"waves.{name}.exports", message, "Write the file's name."
        files = [Path(export).name for export in wave.exports]
        if len(set(files)) < len(files):
            message = "names two files that are called the same, so rows could not be told apart."
            yield f"waves.{name}.exports", message, "Give one of them another name."
    yield from check_settings(study)
    for where, named in _waves_named(study):
        if named not in study.waves:
            yield where, f"{named!r} is not one of waves.", name_known(named, study.waves)
    if ALL in study.subgroups:
        yield f"subgroups.{ALL}", "is the name of everybody.", "Choose another."


def _is_encoding(name: str) -> bool:
    try:
        # One that is no text, such as base64, cannot decode any.
        return isinstance(b"".decode(name), str) and bool(codecs.lookup(name))
    except LookupError:
        return False


def _check_money(study: Study) -> Iterator[Said]:
    """Yield a currency or a locale that CLDR does not know."""
    from babel import Locale, UnknownLocaleError

    if study.currency and study.currency not in Locale("en").currencies:
        remedy = "Write the code of ISO 4217, such as USD or EUR."
        yield "currency", f"{study.currency!r} is no currency.", remedy
    try:
        Locale.parse(study.locale)
    except (UnknownLocaleError, ValueError):
        remedy = "Write a language, or one with a country: en_US, de_DE."
        yield "locale", f"{study.locale!r} is no locale.", remedy


def _check_programs(study: Study) -> Iterator[Said]:
    """Yield programs of no type, and waves that do not tell which of them somebody took part in."""
    for name, program in study.programs.items():
        if program.type not in study.program_types:
            message = f"{program.type!r} is not one of program_types."
            known = study.program_types or ["those you list there"]
            yield f"programs.{name}.type", message, name_known(program.type, known)
    for name, wave in study.waves.items():
        where = f"waves.{name}.program"
        if wave.program is None and len(study.programs) > 1:
            message = "is missing although the study has several programs."
            yield where, message, "Name the column that holds the program."
        if wave.program is not None and not study.programs:
            message = "names a column of programs although the study has none."
            yield where, message, "List the programs under programs:, or remove it."


def _waves_named(study: Study) -> Iterator[tuple[str, str]]:
    """Yield each place of a study that names a wave, and the name."""
    for key in ("panels", "comparisons"):
        for position, pair in enumerate(getattr(study, key) or []):
            yield f"{key}.{position}.first", pair.first
            yield f"{key}.{position}.second", pair.second
    for wave in study.costs or []:
        yield "costs", wave
    for name, subgroup in study.subgroups.items():
        for wave in subgroup.waves or []:
            yield f"subgroups.{name}.waves", wave
    for place, groups in enumerate(study.groups):
        for wave in groups.waves or []:
            yield f"groups.{place}.waves", wave
