"""The description of one variable: its questions, its kind, its categories and groups."""

import datetime
from collections.abc import Callable, Iterable
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from altcred.core.description import Condition, Described, Name, as_list
from altcred.core.intervals import Interval, bin_intervals, parse_interval
from altcred.kinds.registry import UnknownKind, find_kind, kind_of, list_kinds


def _check_kind(name: str) -> str:
    try:
        find_kind(name)
    except UnknownKind as error:
        raise ValueError(str(error)) from None
    return name


def _list_in_schema(schema: dict[str, Any]) -> None:
    schema["enum"] = list_kinds()


def _expand_question(value: Any) -> Any:
    return {"locator": value} if isinstance(value, str) else value


def _expand_label(value: Any) -> Any:
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    return {"label": value} if isinstance(value, str) else value


def _as_texts(value: Any) -> Any:
    # Codes are written as numbers, and YAML has true and false of its own.
    values = value if isinstance(value, list) else [value]
    return [str(one).lower() if isinstance(one, bool) else str(one) for one in values]


def _as_written(value: Any) -> Any:
    # What is said in short has been written out; editors are told that it may be said.
    return value


def _refuse(remedy: str) -> Callable[[Any], Any]:
    """Return what refuses a value that could not be written out."""

    def refuse(value: Any) -> None:
        if value is not None:
            raise ValueError(remedy)

    return refuse


def _expand_missing(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(one): str(meaning) for one, meaning in value.items()}
    if isinstance(value, list):
        return {str(one): "" for one in value}
    return value if value is None else {str(value): ""}


Missing = Annotated[
    dict[str, str],
    BeforeValidator(_expand_missing, json_schema_input_type=list[str | float] | dict[str, str]),
]


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
    exclusive: bool = Field(
        default=False, description="Whether it excludes the others, as 'None of these' does"
    )
    typed: bool = Field(
        default=False, description="Whether people type a text of their own that ticks it"
    )
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


Written = Annotated[
    list[str],
    BeforeValidator(_as_texts, json_schema_input_type=list[str | float | bool] | str | float),
]
Asked = Annotated[
    Question, BeforeValidator(_expand_question, json_schema_input_type=Question | str)
]
Labelled = Annotated[
    Category, BeforeValidator(_expand_label, json_schema_input_type=Category | str)
]
_NamedCategories = dict[Annotated[str, Field(pattern=r"^[A-Za-z0-9_]+$")], Labelled]
Categories = Annotated[
    _NamedCategories,
    BeforeValidator(
        _as_written, json_schema_input_type=dict[str, Labelled | list[int]] | list[str]
    ),
]


class Group(Described):
    """Several categories, or an interval of a number, reported together."""

    label: str
    of: list[str] | str = Field(description="Categories, or an interval as in '[0, 50)'")

    @property
    def members(self) -> list[str]:
        """The categories it holds."""
        return as_list(self.of)


def day_number(day: datetime.date) -> float:
    """Return how many days lie between the first of 1970 and a day."""
    return float((day - datetime.date(1970, 1, 1)).days)


def _read_end(end: Any) -> Any:
    """Return the end of bounds as a number: of a day, how many lie between 1970 and it."""
    if isinstance(end, datetime.date):
        return day_number(end)
    try:
        return day_number(datetime.date.fromisoformat(end))
    except (TypeError, ValueError):
        return end


End = Annotated[
    float | None,
    BeforeValidator(_read_end, json_schema_input_type=float | datetime.date | None),
]


class Bounds(Described):
    """Where a number is plausible, and what is done with one that is not."""

    low: End = None
    high: End = None
    outside: Literal["missing", "keep"] = "missing"

    @property
    def limits(self) -> tuple[float | None, float | None]:
        """The smallest and the largest number that can be answered; None for no limit."""
        return (self.low, self.high) if self.outside == "missing" else (None, None)


class Derive(Described):
    """How a variable is computed from others, a person at a time. Give exactly one rule."""

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
    mean: list[str] | None = Field(
        default=None, description="Mean of these items; an entry of items stands for all of them"
    )
    sum: list[str] | None = Field(default=None, description="Sum of these items, likewise")
    reversed: list[str] = Field(
        default_factory=list, description="Items that count the other way round in mean or sum"
    )
    at_least: int | None = Field(
        default=None, description="How many items must be answered; all if left out"
    )

    @property
    def items(self) -> list[str]:
        """The items of a mean or a sum."""
        return self.mean or self.sum or []


class Variable(Described):
    """One variable of the study."""

    label: str
    note: str = ""
    kind: Annotated[str, AfterValidator(_check_kind), Field(json_schema_extra=_list_in_schema)]
    question: Annotated[
        dict[Name, Asked],
        BeforeValidator(_as_written, json_schema_input_type=dict[str, Asked] | Question | str),
    ] = Field(
        default_factory=dict,
        description="A question for each wave that asked it, or one for all; left out where every "
        "wave has it in a column of the variable's name, or under its label. {wave}, {name} "
        "and {item} stand for the names of wave and variable and for the item's key",
    )
    waves: list[Name] = Field(
        default_factory=list, description="The waves that asked it; all if left out"
    )
    items: Annotated[
        None,
        BeforeValidator(
            _refuse("list columns, give each a label, or write 1 to 22"),
            json_schema_input_type=dict[str, str | dict[str, Any]] | list[str] | str,
        ),
    ] = Field(default=None, description="Several variables in one entry: their columns or labels")
    item_of: str = Field(default="", description="The entry it is an item of")
    scale: str = Field(default="", description="The one of scales: that gives its categories")
    points: Annotated[
        None,
        BeforeValidator(
            _refuse("write the lowest and the highest whole number, as in 1 to 7"),
            json_schema_input_type=str | int | list[int],
        ),
    ] = Field(default=None, description="Lowest and highest of numbered answers, as in 1 to 7")
    reversed: bool = Field(
        default=False, description="Whether a score counts it the other way round"
    )
    derive: Derive | None = None
    categories: Categories = Field(default_factory=dict)
    blank: Written = Field(
        default_factory=list, description="Answers that mean that none was given"
    )
    missing: Missing = Field(
        default_factory=dict,
        description="Codes and answers that are missing though they may have a label, as a list "
        "or with what each means",
    )
    separator: Written = Field(
        default_factory=list,
        description="What joins several answers in one column; found out if left out",
    )
    ticked: Written = Field(
        default_factory=list, description="What is a tick in the column of one option"
    )
    not_ticked: Written = Field(
        default_factory=list, description="What says in it that the option is not ticked"
    )
    base: Literal["answered", "ticked", "asked"] = Field(
        default="answered",
        description="Whose shares a multiple question gives: those who answered it, those who "
        "ticked an option, or all who were asked",
    )
    decimal: Literal["point", "comma"] | None = Field(
        default=None, description="What numbers have before decimals; the wave's if left out"
    )
    codes: bool | None = Field(
        default=None,
        description="Whether countries are written as codes, so that NO is Norway; found out if "
        "left out",
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
    currency: str = Field(
        default="",
        description="Currency of money answers, by its ISO 4217 code; the study's if left out",
    )
    section: str = Field(default="", description="The heading it stands under in the chapter")
    show: bool = Field(default=True, description="Whether the chapter shows it by itself")
    unit: str = Field(default="", description="Unit of a number, for labels: years, hours, weeks")

    @model_validator(mode="before")
    @classmethod
    def _complete(cls, described: Any) -> Any:
        is_known = isinstance(described, dict) and described.get("kind") in list_kinds()
        return find_kind(described["kind"]).complete(described) if is_known else described

    @property
    def is_numeric(self) -> bool:
        """Whether an answer is a number."""
        return kind_of(self).is_numeric

    @property
    def is_categorical(self) -> bool:
        """Whether the codebook lists the answers offered."""
        return kind_of(self).needs_categories

    @property
    def everyone_ticks(self) -> bool:
        """Whether all of whom the shares of a multiple variable are ticked something."""
        by_option = any(question.options for question in self.question.values())
        return self.base == "ticked" or (self.base == "answered" and not by_option)

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

    def shared_categories(self, waves: Iterable[str]) -> list[str]:
        """Return the categories that every one of the waves offered."""
        waves = list(waves)
        return [one for one in self.categories if all(one in self.categories_in(w) for w in waves)]

    def is_offered_alike(self, waves: Iterable[str]) -> bool:
        """Tell whether the waves offered the same categories."""
        waves = list(waves)
        shared = self.shared_categories(waves)
        return all(list(self.categories_in(wave)) == shared for wave in waves)

    def expand_groups(self, names: Iterable[str]) -> list[str]:
        """Return names of categories and groups as categories only."""
        expanded: list[str] = []
        for name in names:
            is_group = name in self.groups and name not in self.categories
            expanded += self.groups[name].members if is_group else [name]
        return list(dict.fromkeys(expanded))

    def number_groups(self) -> dict[str, Interval]:
        """Return the groups of a number as intervals."""
        return {name: parse_interval(str(group.of)) for name, group in self.groups.items()}

    def bin_intervals(self) -> list[Interval]:
        """Return the bins of a number: half open, the last one without an upper end."""
        return bin_intervals(self.bins)


def column_of(variable: str, category: str) -> str:
    """Return the name of the column that holds one category of a variable."""
    return f"{variable}__{category}"
