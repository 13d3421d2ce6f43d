"""The description of one variable: its questions, its kind, its categories and groups."""

import datetime
from collections.abc import Callable, Iterable
from itertools import combinations
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from altcred.core.description import Condition, Described, Name, about
from altcred.core.intervals import Interval, bin_intervals, parse_interval
from altcred.core.mistakes import PART
from altcred.kinds.parts import (
    Asked,
    Bounds,
    Categories,
    Category,
    Comparable,
    Compared,
    Derive,
    Group,
    Missing,
    Question,
    Written,
    as_written,
)
from altcred.kinds.registry import UnknownKind, find_kind, kind_of, list_kinds


def _check_kind(name: str) -> str:
    try:
        find_kind(name)
    except UnknownKind as error:
        raise ValueError(str(error)) from None
    return name


def _list_in_schema(schema: dict[str, Any]) -> None:
    schema["enum"] = list_kinds()


def _refuse(remedy: str) -> Callable[[Any], Any]:
    """Return what refuses a value that could not be written out."""

    def refuse(value: Any) -> None:
        if value is not None:
            raise ValueError(remedy)

    return refuse


class Variable(Described):
    """One variable of the study."""

    label: str = about("What readers call it; a heading, and the start of its sentence")
    note: str = about("What readers should know of it, under its heading", "")
    kind: Annotated[str, AfterValidator(_check_kind)] = about(
        "What sort of question it is; see the end of docs/reference.md",
        json_schema_extra=_list_in_schema,
    )
    question: Annotated[
        dict[Name, Asked],
        BeforeValidator(as_written, json_schema_input_type=dict[str, Asked] | Question | str),
    ] = about(
        "A question for each wave that asked it, or one for all; left out where every "
        "wave has it in a column of the variable's name, or under its label. {wave}, {name} "
        "and {item} stand for the names of wave and variable and for the item's key",
        {},
        example="How good is your English?",
    )
    waves: list[Name] = about("The waves that asked it; all if left out", [], example=["before"])
    comparable: Compared = about(
        "false where waves ask it in words that mean something else, or the waves that can be "
        "compared; true says that somebody looked",
        None,
        example=False,
    )
    items: Annotated[
        None,
        BeforeValidator(
            _refuse("list columns, give each a label, or write 1 to 22"),
            json_schema_input_type=dict[str, str | dict[str, Any]] | list[str] | str,
        ),
    ] = about(
        "Several variables in one entry: their columns or labels",
        None,
        example={"Q5_1": "I can read a map", "Q5_2": "I get lost"},
    )
    item_of: str = about("The entry it is an item of; altcred writes it", "")
    scale: str = about("The one of scales: that gives its categories", "", example="agree")
    points: Annotated[
        None,
        BeforeValidator(
            _refuse("write the lowest and the highest whole number, as in 1 to 7"),
            json_schema_input_type=str | int | list[int],
        ),
    ] = about("Lowest and highest of numbered answers, as in 1 to 7", None, example="1 to 7")
    reversed: bool = about("Whether a score counts it the other way round", False)
    derive: Derive | None = about(
        "How it is computed of others, in place of question",
        None,
        example={"mean": ["conf_1", "conf_2"]},
    )
    categories: Categories = about(
        "The answers that can be given, in their order, lowest first: a name of yours and the"
        " answer as the export writes it",
        {},
        example={"few": "A little", "many": {"label": "A lot", "code": 2}},
    )
    blank: Written = about("Answers that mean that none was given", [], example=["vet ikke"])
    missing: Missing = about(
        "Codes and answers that are missing though they may have a label, as a list "
        "or with what each means",
        {},
        example={"-99": "Refused"},
    )
    separator: Written = about(
        "What joins several answers in one column; found out if left out", [], example=";"
    )
    ticked: Written = about("What is a tick in the column of one option", [], example=["Gewählt"])
    not_ticked: Written = about("What says in it that the option is not ticked", [])
    base: Literal["answered", "ticked", "asked"] = about(
        "Whose shares a multiple question gives: those who answered it, those who "
        "ticked an option, or all who were asked",
        "answered",
    )
    decimal: Literal["point", "comma", "mixed", "unclear"] | None = about(
        "What numbers have before decimals; the wave's if left out. mixed reads 12,50 and 12.50 "
        "alike, and of three digits that could be both, none; by unclear, what has a comma that "
        "may stand before decimals is missing",
        None,
    )
    codes: bool | None = about(
        "Whether countries are written as codes, so that NO is Norway; found out if left out", None
    )
    unlisted: str = about(
        "What an answer outside the categories is: error, missing, or a category",
        "error",
        example="missing",
    )
    asked_if: Condition = about(
        "Who was asked: variables with the answers that they must have given; everybody if "
        "left out",
        {},
        example={"works": ["daily", "weekly"]},
    )
    asked_since: datetime.date | None = about(
        "The first day on which it was asked; earlier people are in no denominator",
        None,
        example="2020-04-01",
    )
    groups: dict[Annotated[str, Field(pattern=PART)], Group] = about(
        "Categories, or intervals of a number, reported together, by names of yours",
        {},
        example={"any": {"label": "Any", "of": ["low", "high"]}},
    )
    bounds: Bounds = about(
        "Which numbers are plausible; others are missing, with that reason",
        Bounds(),
        example={"low": 0, "high": 168},
    )
    bins: list[float] = about("Edges; the last bin is open", [], example=[0, 10, 50])
    ranges: Literal["midpoint", "missing"] = about("What '9-10 hours' is read as", "midpoint")
    currency: str = about(
        "Currency of money answers, by its ISO 4217 code; the study's if left out", ""
    )
    section: str = about("The heading it stands under in the chapter", "", example="Health")
    show: bool = about("Whether the chapter shows it by itself", True)
    unit: str = about("Unit of a number, for labels: years, hours, weeks", "", example="hours")

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
    def exclusive(self) -> list[str]:
        """The answers that exclude the others, as "None of these" does."""
        return [name for name, category in self.categories.items() if category.exclusive]

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

    def wording(self, wave: str, category: str = "") -> str:
        """Return the words in which a wave asked the question, or offered one of its answers.

        Empty where the codebook has no words of the question, and of a group.
        """
        question = self.question.get(wave)
        if category:
            known = self.categories.get(category)
            if known is None or not known.is_offered_in(wave):
                return ""
            told = known.wordings(wave)[0]
            column = question.words_of(category) if question is not None else ""
            return column if column and told == known.label else told
        return question.wording if question else ""

    def is_comparable(self, first: str, second: str, category: str = "") -> bool:
        """Tell whether two waves asked in words that mean the same, as far as the codebook says.

        Of a category or group: whether that can be compared, which the question may rule out.
        """
        return all(mark.has(first, second) for mark in self.marks(category))

    def is_tested(self, first: str, second: str, category: str = "") -> bool:
        """Tell whether two waves are compared: also what is not comparable, where it says so."""
        return all(mark.tested or mark.has(first, second) for mark in self.marks(category))

    def set_apart(self, first: str, second: str) -> list[str]:
        """Return the categories that both waves offered in words that cannot be compared."""
        return [
            one
            for one, category in self.categories.items()
            if category.is_offered_in(first)
            and category.is_offered_in(second)
            and not self.is_comparable(first, second, one)
        ]

    def why_apart(self, first: str, second: str, category: str = "") -> str:
        """Return what the codebook tells readers of words that cannot be compared."""
        reasons = [mark.because for mark in self.marks(category) if not mark.has(first, second)]
        return " ".join(dict.fromkeys(filter(None, reasons)))

    def marks(self, category: str) -> list[Comparable]:
        """Return what says whether an answer, those of a group, or the question is comparable."""
        named = [one for one in self.expand_groups([category]) if one in self.categories]
        marks = [self.categories[one].comparable for one in named] or [None]
        return [mark for own in marks if (mark := own or self.comparable) is not None]

    def shared_categories(self, waves: Iterable[str]) -> list[str]:
        """Return the categories that all of the waves offered, in words that can be compared."""
        waves = list(waves)
        offered = [self.categories_in(wave) for wave in waves]
        return [
            one
            for one in self.categories
            if all(one in of for of in offered)
            and all(self.is_tested(*pair, one) for pair in combinations(waves, 2))
        ]

    def is_offered_alike(self, waves: Iterable[str]) -> bool:
        """Tell whether the waves offered the same categories, in words that can be compared."""
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
