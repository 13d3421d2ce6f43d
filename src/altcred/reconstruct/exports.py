"""From people's true answers to an export as Qualtrics writes it, byte for byte.

Answers are choice text; and there is what no real export lacks: previews, tests, spam, rows opened
and never answered, unfinished rows.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from operator import itemgetter
from random import Random
from typing import TYPE_CHECKING, Any

from altcred.describe.cohort import Cohort
from altcred.kinds import kind_of
from altcred.kinds.variable import Variable, column_of
from altcred.reconstruct.asked import find_asked
from altcred.reconstruct.assumptions import Dirt
from altcred.reconstruct.dirt import (
    NO_EMAIL,
    decorate_question,
    write_email,
    write_number,
    write_unreadable,
)
from altcred.reconstruct.identities import Identified
from altcred.reconstruct.qualtrics import (
    RECORDED,
    RESPONSE_ID,
    STANDARD,
    Export,
    compose_head,
    country_choice,
    draw_id,
)
from altcred.reconstruct.roster import draw_addresses

if TYPE_CHECKING:
    import pandas as pd

# Typed by somebody who answered nothing else.
NOTHING_TO_SAY = "Nothing to add"
EMAIL_QUESTION = (
    "If we may ask you about the program again later, please give us your email address."
)
ASKS_FOR_WORDS = re.compile(r"\(please (specify|name|explain)\)")


@dataclass(frozen=True)
class Column:
    """A column of answers: its three headers and the cells below them."""

    name: str
    text: str
    import_id: str
    cells: list[str]


@dataclass(frozen=True)
class Survey:
    """One wave's people and their true answers, to be written as its questionnaire had them."""

    people: Identified
    cohort: Cohort
    wave: str
    dirt: Dirt
    random: Random

    @property
    def frame(self) -> "pd.DataFrame":
        return self.people.rows

    @property
    def variables(self) -> dict[str, Variable]:
        return self.cohort.codebook.variables

    @property
    def moments(self) -> list[datetime]:
        # Plain datetimes are added and written several times faster than those of pandas.
        return self.frame["submitted"].to_numpy("datetime64[us]").tolist()

    @cached_property
    def asked(self) -> dict[str, list[bool]]:
        """Whether the questionnaire came to ask somebody for what is typed, by variable."""
        typed = [
            name
            for name, variable in self.variables.items()
            if self.wave in variable.question and not variable.categories
        ]
        return find_asked(self.frame, self.cohort.codebook, self.wave, typed)


def compose_export(people: Identified, cohort: Cohort, wave: str, dirt: Dirt, seed: int) -> Export:
    """Compose one wave's export from its people's true answers and identities."""
    import pandas as pd

    survey = Survey(people, cohort, wave, dirt, Random(f"{seed} {wave} export"))
    questions: list[Column] = []
    typed: list[tuple[Variable, list[bool], list[str]]] = []
    for name, variable in survey.variables.items():
        if wave in variable.question:
            columns = list(_compose_question(survey, name, variable))
            questions += columns
            if variable.is_numeric or kind_of(variable).stand_in == "words":
                typed.append((variable, survey.asked[name], columns[0].cells))
    _let_everybody_answer(survey, questions, typed)
    questions += _compose_emails(survey, questions)
    answers = [*questions, *_compose_program(survey)]
    heads = _compose_heads(survey, questions)
    cells = zip(*(column.cells for column in answers), strict=True)
    rows = [[*head, *row] for head, row in zip(heads, cells, strict=True)]
    ids = [row[RESPONSE_ID] for row in rows]
    rows += _compose_strays(survey, rows, len(questions))
    rows.sort(key=itemgetter(RECORDED, RESPONSE_ID))
    who = pd.DataFrame(
        {
            "ResponseId": ids,
            "person": people.persons,
            "kept": [place < 0 for place in people.original],
            "original": [ids[place] if place >= 0 else "" for place in people.original],
        }
    )
    headers = [(column.name, column.text, column.import_id) for column in answers]
    return Export([*STANDARD, *headers], rows, who)


# How the answers to a question of each kind are written: a cell a row -----------------------------

Writer = Callable[[Survey, str, Variable], list[str]]


def _write_choices(survey: Survey, name: str, variable: Variable) -> list[str]:
    written = _choice_texts(survey, variable)
    return ["" if is_missing(one) else written[one] for one in survey.frame[name]]


def _write_ticks(survey: Survey, name: str, variable: Variable) -> list[str]:
    ticks = [
        _write_option(survey, name, category, answer)
        for category, answer in _choice_texts(survey, variable).items()
        if column_of(name, category) in survey.frame
    ]
    return [",".join(filter(None, row)) for row in zip(*ticks, strict=True)]


def _write_numbers(survey: Survey, name: str, variable: Variable) -> list[str]:
    dirt, random = survey.dirt, survey.random
    share = dirt.unreadable.get(name, dirt.unreadable_otherwise)

    def write(value: Any, is_open: bool) -> str:
        if not is_missing(value):
            return write_number(value, variable, dirt, random)
        is_typed = is_open and random.random() < share
        return write_unreadable(variable, dirt, random) if is_typed else ""

    asked = survey.asked[name]
    return [write(value, is_open) for value, is_open in zip(survey.frame[name], asked, strict=True)]


def _write_each(write: Callable[[Any], str]) -> Writer:
    """Return what writes answers each by itself."""
    return lambda survey, name, _: [
        "" if is_missing(one) else write(one) for one in survey.frame[name]
    ]


WRITERS: dict[str, Writer] = {
    "choices": _write_choices,
    "ticks": _write_ticks,
    "countries": _write_each(country_choice),
    **dict.fromkeys(("numbers", "counts", "amounts", "years"), _write_numbers),
    "words": _write_each(str),
    "": lambda survey, *_: [""] * len(survey.frame),
}


def is_missing(value: Any) -> bool:
    """Tell whether a cell of the true answers holds none: None, NaN or NaT."""
    return value is None or value != value


def _choice_texts(survey: Survey, variable: Variable) -> dict[str, str]:
    offered = variable.categories_in(survey.wave)
    return {name: category.answers_in(survey.wave)[0] for name, category in offered.items()}


def _write_option(survey: Survey, name: str, category: str, answer: str) -> list[str]:
    cells = survey.frame[column_of(name, category)].tolist()
    return [answer if cell is True or cell == 1 else "" for cell in cells]


def _compose_question(survey: Survey, name: str, variable: Variable) -> Iterator[Column]:
    question = variable.question[survey.wave]
    # Of several columns the answers stand in the first.
    first = next(iter(question.several), None)
    import_id = first or question.id or question.locator or question.name or question.text or name
    header = question.name or import_id
    text = question.text or header
    # A question that is found by its text alone must keep that text.
    if question.id or question.name:
        text = decorate_question(text, list(survey.variables).index(name))
    if question.options:
        written = _choice_texts(survey, variable)
        for category, locator in question.options.items():
            cells = _write_option(survey, name, category, written[category])
            yield Column(locator, f"{text} - {written[category]}", locator, cells)
        return
    column = Column(
        header, text, import_id, WRITERS[kind_of(variable).stand_in](survey, name, variable)
    )
    yield column
    for other in question.several[1:]:
        yield Column(other, text, other, [""] * len(column.cells))
    yield from _compose_remarks(survey, variable, column)


def _compose_remarks(survey: Survey, variable: Variable, column: Column) -> Iterator[Column]:
    """Yield the text column beside each option that asks for words, unless it is a variable."""
    wave, random = survey.wave, survey.random
    asked = variable.question[wave].text or column.name
    others = survey.variables.values()
    texts = [
        other.question[wave].text or ""
        for other in others
        if kind_of(other).is_typed and wave in other.question
    ]
    written = _choice_texts(survey, variable)
    for place, category in enumerate(variable.categories, start=1):
        answer = written.get(category, "")
        if not ASKS_FOR_WORDS.search(answer):
            continue
        if any(other.startswith(asked) and answer in other for other in texts):
            continue
        remarks = [
            random.choice(survey.dirt.remarks)
            if cell.endswith(answer) and random.random() < 0.8
            else ""
            for cell in column.cells
        ]
        ends = f"_{place}_TEXT"
        text = f"{column.text} - {answer} - Text"
        yield Column(f"{column.name}{ends}", text, f"{column.import_id}{ends}", remarks)


def _let_everybody_answer(
    survey: Survey, questions: list[Column], typed: list[tuple[Variable, list[bool], list[str]]]
) -> None:
    """Let who gave no usable answer at all type something, since a raw response has an answer."""
    # A number that cannot be read hides nothing; only without one a text has to do.
    typed = sorted(typed, key=lambda one: not one[0].is_numeric)
    for row, answers in enumerate(zip(*(one.cells for one in questions), strict=True)):
        if any(answers):
            continue
        found = next(((one, cells) for one, asked, cells in typed if asked[row]), None)
        if found is None:
            raise ValueError(
                f"Somebody in wave {survey.wave} answered nothing and was asked neither number "
                "nor text."
            )
        variable, cells = found
        is_text = not variable.is_numeric
        cells[row] = (
            NOTHING_TO_SAY if is_text else write_unreadable(variable, survey.dirt, survey.random)
        )


def _compose_emails(survey: Survey, questions: list[Column]) -> Iterator[Column]:
    random = survey.random
    taken = {import_id for _, _, import_id in STANDARD} | {one.import_id for one in questions}
    locators = [
        one for one in survey.cohort.study.waves[survey.wave].email_locators if one not in taken
    ]

    def write(email: str | None) -> str:
        if email:
            return write_email(email, random)
        return random.choice(NO_EMAIL) if random.random() < 0.02 else ""

    emails = survey.people.emails
    for place, locator in enumerate(locators):
        cells = [write(email) for email in (emails if place == 0 else [None] * len(emails))]
        name = locator.removesuffix("_TEXT").replace("QID", "Q")
        yield Column(name, EMAIL_QUESTION, locator, cells)


def _compose_program(survey: Survey) -> Iterator[Column]:
    locator = survey.cohort.study.waves[survey.wave].program
    if locator is not None:
        programs = survey.cohort.study.programs
        written = {name: (one.answers or [one.label])[0] for name, one in programs.items()}
        cells = [written[name] for name in survey.frame["program"]]
        yield Column(locator, locator, locator, cells)


def _compose_heads(survey: Survey, questions: list[Column]) -> Iterator[list[str]]:
    """Yield the technical cells of each response: times, status, address, progress, id."""
    random = survey.random
    last = [0] * len(survey.frame)
    for place, column in enumerate(questions, start=1):
        last = [place if cell else old for cell, old in zip(column.cells, last, strict=True)]
    seen: set[str] = set()
    for recorded, address, reached in zip(
        survey.moments, survey.people.addresses, last, strict=True
    ):
        progress = max(2, min(99, round(100 * reached / max(1, len(questions)))))
        # The last question asks for the e-mail address; who skips more than that has mostly left,
        # but may have pressed the button that submits the answers.
        if reached >= len(questions) - 1 or random.random() < 0.3:
            progress = 100
        duration = _draw_duration(random)
        response_id = draw_id(random, seen)
        yield compose_head(
            recorded, duration, "IP Address", address, progress, response_id, "anonymous"
        )


def _draw_duration(random: Random) -> int:
    """Draw how many seconds somebody took: minutes mostly, days for a tab left open."""
    if random.random() < 0.03:
        return random.randrange(3600, 600_000)
    return max(25, int(random.lognormvariate(6.2, 0.6)))


def _compose_strays(survey: Survey, rows: list[list[str]], questions: int) -> list[list[str]]:
    """Compose the rows that are nobody's answers: previews, tests, spam, opened and left."""
    if not rows:
        return []
    people, random, dirt = survey.people, survey.random, survey.dirt
    seen = {row[RESPONSE_ID] for row in rows}
    free = draw_addresses(random, {*people.addresses, *people.addresses_elsewhere})
    moments = sorted(survey.moments)
    office = next(free)
    first = moments[0] - timedelta(days=14)

    # When it was recorded, the seconds it took, its status, address, progress and channel.
    def preview() -> tuple[Any, ...]:
        recorded = first + timedelta(seconds=random.randrange(14 * 86400))
        return recorded, random.randrange(20, 300), "Survey Preview", office, 100, "preview"

    def test() -> tuple[Any, ...]:
        return first, 0, "Survey Test", "", 100, "test"

    def spam() -> tuple[Any, ...]:
        return random.choice(moments), 4, "Spam", next(free), 100, "anonymous"

    def left() -> tuple[Any, ...]:
        recorded, duration = random.choice(moments), random.randrange(2, 60)
        address = next(free)
        return recorded, duration, "IP Address", address, random.choice([0, 1, 2, 4]), "anonymous"

    strays = []
    for draw, numbers in (
        (preview, dirt.previews),
        (test, dirt.tests),
        (spam, dirt.spam),
        (left, dirt.unanswered),
    ):
        for _ in range(numbers.get(survey.wave, 0)):
            recorded, duration, status, address, progress, channel = draw()
            response_id = draw_id(random, seen)
            head = compose_head(recorded, duration, status, address, progress, response_id, channel)
            copied = random.choice(rows)[len(STANDARD) :]
            answers = ["" if "@" in cell else cell for cell in copied]
            if draw is left:
                # Only the program, which the link carries, is known of who opens and leaves.
                answers = [*[""] * questions, *copied[questions:]]
            strays.append([*head, *answers])
    return strays
