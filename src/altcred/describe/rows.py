"""Which rows of an export are responses: what a wave says of it, and what is wrong there."""

import datetime
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BeforeValidator

from altcred.core.description import Described, Name, Texts, about
from altcred.kinds import kind_of
from altcred.kinds.times import is_zone
from altcred.kinds.variable import Variable

if TYPE_CHECKING:
    from altcred.describe.codebook import Codebook
    from altcred.describe.study import Study

# Reasons that are the package's own, which no rule may be called.
OWN_REASONS = ("preview", "test", "spam", "unfinished", "repeat", "without_weight")


def _as_texts(value: Any) -> Any:
    """Write what YAML read as a number, a date or a truth value as an export has it."""
    values = value if isinstance(value, list) else [value]
    return [str(one).lower() if isinstance(one, bool) else str(one) for one in values]


Answers = Annotated[
    list[str],
    BeforeValidator(
        _as_texts, json_schema_input_type=str | float | bool | list[str | float | bool]
    ),
]


class Exclusion(Described):
    """A rule that drops rows: what it looks at, the one test, and what the report calls it.

    It looks at a raw `column` of the export or at a `variable` of the codebook; with neither, at
    the time of submission. A missing value is not excluded unless `missing: exclude` says so.
    """

    name: Name = about("What decisions.csv calls it")
    reason: str = about("The words for it in the report; the name if none", "")
    column: str = about("Locator of a column of the export", "")
    variable: Name | None = about("A variable of the codebook, as its answer counts", None)
    equals: Answers | None = about(
        "One value or several; of a variable its categories",
        None,
        alias="is",
        example=["pilot", "staff"],
    )
    differs: Answers | None = about(
        "Excludes whatever is none of these", None, alias="is_not", example="Yes"
    )
    below: float | None = about("Excludes smaller numbers; of a clock, seconds", None)
    above: float | None = about("Excludes larger numbers; of a clock, seconds", None)
    before: datetime.date | None = about("Excludes the days before it", None, example="2021-03-01")
    after: datetime.date | None = about("Excludes the days after it", None)
    blank: bool | None = about("true excludes rows without a value, false those with one", None)
    missing: Literal["keep", "exclude"] = about(
        "What becomes of a row without a value, or an unreadable one", "keep"
    )

    @property
    def words(self) -> str:
        """What the report calls it."""
        return self.reason or self.name.replace("_", " ")

    @property
    def is_of_day(self) -> bool:
        return self.before is not None or self.after is not None

    @property
    def is_of_number(self) -> bool:
        return self.below is not None or self.above is not None

    @property
    def wanted(self) -> list[str]:
        """The values that it names."""
        return self.equals or self.differs or []

    @property
    def tests(self) -> list[str]:
        """The keys of the tests that are given; one of them should be."""
        given = {"is": self.equals, "is_not": self.differs}
        given |= {name: getattr(self, name) for name in ("below", "above", "before", "after")}
        return [name for name, one in (given | {"blank": self.blank}).items() if one is not None]


def list_wanted(rule: Exclusion, variable: Variable) -> list[list[str]]:
    """Return the conditions of which one must hold for an answer to be what a rule names.

    Of a number each value is an interval of its own, a lone one from itself to itself.
    """
    if not kind_of(variable).is_numeric:
        return [rule.wanted] if rule.wanted else []
    return [[one if one[:1] in "[(" else f"[{one}, {one}]"] for one in rule.wanted]


class Joined(Described):
    """Further files of the same people, found row by row by a key that both have."""

    exports: list[str] = about("Files under data/raw/COHORT", min_length=1)
    on: Texts = about("Locators of the key in the wave's own exports")
    their: Texts = about("Locators of it in the further files; the same if none", [])


class RowSettings(Described):
    """What a wave says of its rows: when they were submitted, and which are not responses."""

    date_order: Literal["dmy", "mdy", "ymd"] | None = about(
        "Order of day, month and year in dates written as three numbers", None, example="dmy"
    )
    timezone: str = about(
        "Zone of the export's times, such as Europe/Oslo; what the export itself says if left out",
        "",
        example="Europe/Oslo",
    )
    opened: datetime.date | None = about(
        "The first day of the survey; an earlier time is none", None
    )
    response_id: str | None = about(
        "Locator of what tells responses apart, so that one in two downloads is one "
        "row; found by itself where the platform is known, null where there is none",
        "",
    )
    finished: str | None = about(
        "Locator of what tells finished responses; rows that are not are dropped. "
        "Found by itself where the platform is known, null where there is none",
        "",
    )
    unfinished: Literal["keep", "drop"] | None = about(
        "What becomes of unfinished rows: dropped where finished: names a column, and "
        "where nobody submitted them (LimeSurvey), else kept and counted",
        None,
    )
    administrative: list[str] = about(
        "Locators of columns that hold no answers, so that a row with nothing else is empty",
        [],
        example=["Room", "Term"],
    )
    exclude: list[Exclusion] = about(
        "Rules that drop rows, in their order",
        [],
        example=[{"name": "no_consent", "column": "Consent", "is_not": "Yes"}],
    )
    join: list[Joined] = about(
        "Further files of the same people", [], example=[{"exports": ["people.csv"], "on": "Code"}]
    )


def check_settings(study: "Study") -> Iterator[tuple[str, str, str]]:
    """Yield what is wrong with the rules for rows, without the codebook."""
    for name, wave in study.waves.items():
        if wave.timezone and not is_zone(wave.timezone):
            message = f"{wave.timezone!r} is no time zone."
            yield f"waves.{name}.timezone", message, "Write one such as Europe/Oslo, or UTC."
        seen: set[str] = set()
        for rule in study.exclusions(name):
            if rule.name in OWN_REASONS or rule.name in seen:
                message = "is the name of another reason to drop a row."
                yield f"exclude.{rule.name}", message, "Choose another."
            seen.add(rule.name)
    of_waves = (rule for wave in study.waves.values() for rule in wave.exclude)
    for rule in [*study.exclude, *of_waves]:
        where = f"exclude.{rule.name}"
        if len(rule.tests) != 1:
            message = f"has {len(rule.tests) or 'no'} tests."
            remedy = "Write one of is, is_not, below, above, before, after, blank; a rule a test."
            yield where, message, remedy
        if rule.column and rule.variable:
            yield where, "names a column and a variable.", "Write one of them."
        if not rule.column and not rule.variable:
            if rule.tests and rule.tests[0] not in ("before", "after", "blank"):
                message = "names no column and no variable."
                yield where, message, "Write what it looks at; without, it is the submission time."
            elif rule in study.exclude and not all(one.submitted for one in study.waves.values()):
                message = "looks at the submission time, which a wave has none of."
                yield where, message, "Write it under the waves that have one."
    for name, wave in study.waves.items():
        for rule in wave.exclude:
            if not rule.column and not rule.variable and wave.submitted is None:
                message = "looks at the submission time, of which the wave has none."
                yield f"waves.{name}.exclude.{rule.name}", message, "Name a column."


def check_exclusions(codebook: "Codebook", study: "Study") -> Iterator[tuple[str, str, str]]:
    """Yield rules that name what the codebook has not, or what its kind cannot tell."""
    for name in study.waves:
        there = codebook.in_wave(name)
        for rule in study.exclusions(name):
            if rule.variable is None or len(rule.tests) != 1:
                continue
            where = f"waves.{name}.exclude.{rule.name}"
            if rule.variable not in there or not kind_of(there[rule.variable]).is_read:
                message = f"looks at {rule.variable!r}, which wave {name} has no answers to."
                yield where, message, "Use a variable that it asked, or name a column."
                continue
            variable = there[rule.variable]
            kind = kind_of(variable)
            if rule.is_of_number and not kind.number_in_sql(rule.variable, variable):
                message = f"compares {rule.variable}, whose kind {kind.name} is no number."
                yield where, message, "List its categories under is:."
            if rule.is_of_day and not kind.is_day:
                message = f"compares days of {rule.variable}, whose kind {kind.name} has none."
                yield where, message, "Name a column, or leave both out for the submission time."
            for wanted in list_wanted(rule, variable):
                for message, remedy in kind.condition_problems(variable, wanted):
                    yield where, message, remedy
