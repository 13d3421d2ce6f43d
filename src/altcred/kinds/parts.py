"""The parts of a variable: how it was asked, its categories, its bounds, its derivation."""

import datetime
import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from altcred.core.description import Condition, Described, Name, about, as_list
from altcred.core.mistakes import KEY

# An answer that is a code, and no words: A1, SQ001, -99, y.
_CODE = re.compile(r"\D{0,3}\d+|\w")
# An option behind a question of several words, as tools head its column.
_OPTION = re.compile(r"\S+\s.*?(?:\[(?P<inside>[^\[\]]+)\]|\s[/–—-]\s(?P<behind>.*))")


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


def as_written(value: Any) -> Any:
    # What is said in short has been written out; editors are told that it may be said.
    return value


class Question(Described):
    """How one wave asked a variable, and where its answers stand in the export.

    Give any of `id` (Qualtrics' ImportId), `name` (the column's header) and `text` (the
    question as asked), or one `locator` that is tried as each of them in that order. A
    multiple question with one column an option lists them under `options`; one that different
    people were asked in different columns lists those under `coalesce`; an order of options with a
    column a place lists these under `places`.
    """

    locator: str | None = about(
        "Its id, header or text, whichever is found; a text in place of all keys is this", None
    )
    id: str | None = about("Its ImportId, as Qualtrics writes it", None, example="QID8")
    name: str | None = about(
        "The header of its column; Other#2 is the second one called so", None, example="Q8"
    )
    text: str | None = about("The question as asked", None, example="How good is your English?")
    options: dict[str, str] = about(
        "Category to locator, where each option has a column",
        {},
        example={"saw": "Q8_1", "file": "Q8_2"},
    )
    coalesce: list[str] = about(
        "Locators of columns of which each row fills at most one, as one question",
        [],
        example=["degree_de", "degree_uk"],
    )
    places: list[str] = about(
        "Locators of columns that hold the option put first, the one put second, and so on",
        [],
        example=["Q7[1]", "Q7[2]"],
    )
    asked_if: Condition = about(
        "Who was asked in this wave; as the variable says if left out",
        {},
        example={"works": ["daily"]},
    )
    asked_since: datetime.date | None = about("The first day on which this wave asked it", None)

    @property
    def several(self) -> list[str]:
        """Locators of the columns that one answer stands in, where it is not in one."""
        return self.coalesce or self.places

    @property
    def wording(self) -> str:
        """The question as it was asked; empty where only a header is known."""
        known = (self.text, self.locator, self.name)
        return next((text for text in known if text and len(text.split()) > 1), "")

    def words_of(self, option: str) -> str:
        """The words that name an option in the header of its column, behind the question's own."""
        found = _OPTION.fullmatch(self.options.get(option, ""))
        return (found["inside"] or found["behind"]).strip() if found else ""

    @property
    def locators(self) -> list[str]:
        """The ways to find the question's column, best first."""
        given = (self.id, self.name, self.locator, self.text)
        return [locator for locator in given if locator is not None]


class Comparable(Described):
    """Which waves asked in words that mean the same, so that their answers can be compared.

    A pair of waves is compared unless this says otherwise. `true` says that somebody looked at
    the words, `false` that no two waves can be compared, and a list which can with one another.
    """

    waves: bool | list[Name] = about(
        "Which waves can be compared with one another: all, none, or those listed",
        False,
        example=["after", "later"],
    )
    because: str = about("What readers are told of how the words differ", "")
    tested: bool = about("Whether waves that cannot be compared are tested all the same", False)

    def has(self, first: str, second: str) -> bool:
        """Tell whether the answers of two waves can be compared."""
        if isinstance(self.waves, bool):
            return self.waves or first == second
        return first == second or {first, second} <= {*self.waves}

    def __and__(self, other: "Comparable") -> "Comparable":
        """Return which waves can be compared in what is made of two questions."""
        sides = (self.waves, other.waves)
        lists = [one for one in sides if not isinstance(one, bool)]
        waves: bool | list[str] = False not in sides
        if waves and lists:
            waves = [wave for wave in lists[0] if wave in lists[-1]]
        because = " ".join(dict.fromkeys(filter(None, (self.because, other.because))))
        return Comparable(waves=waves, because=because, tested=self.tested and other.tested)


def _expand_comparable(value: Any) -> Any:
    if isinstance(value, str) and " " in value.strip():
        return {"because": value}
    words = {"yes": True, "true": True, "no": False, "false": False}
    value = words.get(value, value) if isinstance(value, str) else value
    return {"waves": value} if isinstance(value, bool | list) else value


Compared = Annotated[
    Comparable | None,
    BeforeValidator(
        _expand_comparable, json_schema_input_type=Comparable | bool | list[str] | str | None
    ),
]


class Category(Described):
    """One answer that can be given, or one value that answers are gathered under."""

    label: str = about("The answer, as readers and usually the exports have it")
    answers: list[str] | str | dict[str, str | list[str]] = about(
        "How it is written in the exports, for all waves or by wave; the label counts",
        [],
        example=["Yes, often", "Often"],
    )
    code: str | int | None = about("Its number in a numeric export", None)
    exclusive: bool = about("Whether it excludes the others, as 'None of these' does", False)
    typed: bool = about("Whether people type a text of their own that ticks it", False)
    waves: list[Name] | None = about("Offered in these waves only", None)
    comparable: Compared = about(
        "false where waves word it so differently that its shares cannot be compared, or the waves "
        "that can be; as the variable says if left out",
        None,
        example=False,
    )
    asked_if: Condition = about(
        "To whom it was offered: variables with the answers that they must have given",
        {},
        example={"works": ["daily"]},
    )
    asked_since: dict[str, datetime.date] | datetime.date | None = about(
        "The first day on which it was offered, in all waves or by wave", None, example="2020-04-01"
    )

    def answers_in(self, wave: str) -> list[str]:
        """Return how the category is written in a wave's export, its label last."""
        answers = self.answers
        written = as_list(answers.get(wave)) if isinstance(answers, dict) else as_list(answers)
        return [*written, *([] if self.label in written else [self.label])]

    def wordings(self, wave: str) -> list[str]:
        """Return the words in which a wave may have offered it, codes such as A1 left aside."""
        words = [one for one in self.answers_in(wave) if not _CODE.fullmatch(one)]
        return words or [self.label]

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
_NamedCategories = dict[Annotated[str, Field(pattern=KEY)], Labelled]
Categories = Annotated[
    _NamedCategories,
    BeforeValidator(as_written, json_schema_input_type=dict[str, Labelled | list[int]] | list[str]),
]


class Group(Described):
    """Several categories, or an interval of a number, reported together."""

    label: str = about("What readers call it")
    of: list[str] | str = about(
        "Categories, or an interval as in '[0, 50)'", example=["low", "high"]
    )

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

    low: End = about("The smallest number, or the first day, that can be", None, example=0)
    high: End = about("The largest number, or the last day, that can be", None)
    outside: Literal["missing", "keep"] = about("What an answer outside is", "missing")

    @property
    def limits(self) -> tuple[float | None, float | None]:
        """The smallest and the largest number that can be answered; None for no limit."""
        return (self.low, self.high) if self.outside == "missing" else (None, None)


class Derive(Described):
    """How a variable is computed from others, a person at a time. Give exactly one rule."""

    years_since: str | None = about(
        "Year of submission minus this year variable", None, example="born"
    )
    product: list[str] | None = about(
        "These numbers multiplied with each other", None, example=["hours", "weeks"]
    )
    ticks: dict[str, list[str]] | None = about(
        "How many of these categories or groups of a multiple variable",
        None,
        example={"plans": ["move", "study"]},
    )
    any_of: Condition | None = about(
        "1 where any of these conditions holds, 0 where all are answered and none does",
        None,
        example={"works": ["daily"], "years": "[18, 25)"},
    )
    year_of_submission: bool | None = about("true makes it the year of submission", None)
    mean: list[str] | None = about(
        "Mean of these items; an entry of items stands for all of them",
        None,
        example=["conf_1", "conf_2"],
    )
    sum: list[str] | None = about("Sum of these items, likewise", None)
    reversed: list[str] = about("Items that count the other way round in mean or sum", [])
    at_least: int | None = about("How many items must be answered; all if left out", None)

    @property
    def items(self) -> list[str]:
        """The items of a mean or a sum."""
        return self.mean or self.sum or []
