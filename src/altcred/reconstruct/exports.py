"""From people's true answers to an export as Qualtrics writes it, byte for byte.

The export has three header rows (name, question, ImportId), choice text as answers, and what no
real export lacks: previews, tests, spam, rows opened and never answered, unfinished rows.
"""

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import itemgetter
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from altcred.core.countries import country_label
from altcred.core.intervals import parse_interval
from altcred.describe.codebook import Codebook, Variable, column_of
from altcred.describe.study import Condition, Study, as_list
from altcred.reconstruct.dirt import (
    NO_EMAIL,
    decorate_question,
    write_email,
    write_number,
    write_remark,
    write_unreadable,
)
from altcred.reconstruct.identities import Dirt, Identified, draw_addresses

if TYPE_CHECKING:
    import pandas as pd

# Typed by somebody who answered nothing else.
NOTHING_TO_SAY = "Nothing to add"
TIME_ZONE = "America/New_York"
# Name, question text and ImportId of the columns that every Qualtrics export begins with.
STANDARD = (
    ("StartDate", "Start Date", "startDate"),
    ("EndDate", "End Date", "endDate"),
    ("Status", "Response Type", "status"),
    ("IPAddress", "IP Address", "ipAddress"),
    ("Progress", "Progress", "progress"),
    ("Duration (in seconds)", "Duration (in seconds)", "duration"),
    ("Finished", "Finished", "finished"),
    ("RecordedDate", "Recorded Date", "recordedDate"),
    ("ResponseId", "Response ID", "_recordId"),
    ("RecipientLastName", "Recipient Last Name", "recipientLastName"),
    ("RecipientFirstName", "Recipient First Name", "recipientFirstName"),
    ("RecipientEmail", "Recipient Email", "recipientEmail"),
    ("ExternalReference", "External Data Reference", "externalDataReference"),
    ("LocationLatitude", "Location Latitude", "locationLatitude"),
    ("LocationLongitude", "Location Longitude", "locationLongitude"),
    ("DistributionChannel", "Distribution Channel", "distributionChannel"),
    ("UserLanguage", "User Language", "userLanguage"),
)
DATES = {"startDate", "endDate", "recordedDate"}
EMAIL_QUESTION = (
    "If we may ask you about the program again later, please give us your email address."
)
# How the list of countries that Qualtrics offers names them, where it differs from the short name.
COUNTRIES = {
    "BRN": "Brunei Darussalam",
    "CIV": "Côte d'Ivoire",
    "COD": "Democratic Republic of the Congo",
    "COG": "Congo, Republic of the...",
    "CPV": "Cape Verde",
    "CZE": "Czech Republic",
    "FSM": "Micronesia, Federated States of...",
    "GBR": "United Kingdom of Great Britain and Northern Ireland",
    "HKG": "Hong Kong (S.A.R.)",
    "IRN": "Iran, Islamic Republic of...",
    "KOR": "Republic of Korea",
    "LAO": "Lao People's Democratic Republic",
    "LBY": "Libyan Arab Jamahiriya",
    "MDA": "Republic of Moldova",
    "MKD": "The former Yugoslav Republic of Macedonia",
    "PRK": "Democratic People's Republic of Korea",
    "RUS": "Russian Federation",
    "SWZ": "Swaziland",
    "SYR": "Syrian Arab Republic",
    "TZA": "United Republic of Tanzania",
    "USA": "United States of America",
    "VEN": "Venezuela, Bolivarian Republic of...",
    "VNM": "Viet Nam",
}


@dataclass(frozen=True)
class Column:
    """A column of an export: its three headers and the cells below them."""

    name: str
    text: str
    import_id: str
    cells: list[str]
    is_question: bool = False


@dataclass(frozen=True)
class Export:
    """One wave's export: its columns, rows in order of recording, and who is who.

    `people` has the columns ResponseId, person, kept (False for repeats) and original (the
    ResponseId a repeat repeats, else empty), in the order of the frame it was made from.
    """

    columns: list[Column]
    people: "pd.DataFrame"


def is_asked(frame: "pd.DataFrame", codebook: Codebook, variable: str, wave: str) -> list[bool]:
    """Tell row by row whether a wave's questionnaire came to ask a variable."""
    import pandas as pd

    described = codebook.variables[variable]
    asked = _meets_condition(frame, codebook, described.condition_in(wave))
    since = described.since(wave)
    if since is None:
        return asked
    submitted = frame["submitted"] >= pd.Timestamp(since)
    return [one and late for one, late in zip(asked, submitted, strict=True)]


def _meets_condition(frame: "pd.DataFrame", codebook: Codebook, condition: Condition) -> list[bool]:
    met = [True] * len(frame)
    for name, wanted in condition.items():
        here = _meets_one(frame, codebook, name, wanted)
        met = [one and two for one, two in zip(met, here, strict=True)]
    return met


def _meets_one(
    frame: "pd.DataFrame", codebook: Codebook, name: str, wanted: list[str] | str
) -> list[bool]:
    described = codebook.variables.get(name)
    if described is None:
        return frame[name].isin(as_list(wanted)).tolist()
    categories: list[str] = []
    for category in as_list(wanted):
        group = described.groups.get(category)
        categories += as_list(group.of) if group else [category]
    if described.kind == "multiple":
        ticked = [frame[column_of(name, category)] for category in categories]
        return [any(cell is True or cell == 1 for cell in row) for row in zip(*ticked, strict=True)]
    if described.is_numeric:
        interval = parse_interval(str(wanted))
        return [not is_missing(value) and interval.holds(value) for value in frame[name]]
    return frame[name].isin(categories).tolist()


def is_missing(value: Any) -> bool:
    """Tell whether a cell of the true answers holds none: None, NaN or NaT."""
    return value is None or value != value


def compose_export(
    people: Identified, study: Study, codebook: Codebook, wave: str, dirt: Dirt, seed: int
) -> Export:
    """Compose one wave's export from its people's true answers and identities."""
    random = Random(f"{seed} {wave} export")
    frame = people.rows
    asked = {
        name: is_asked(frame, codebook, name, wave)
        for name, variable in codebook.variables.items()
        if wave in variable.question
    }
    questions: list[Column] = []
    open_questions: list[tuple[Variable, list[bool], list[str]]] = []
    for name, variable in codebook.variables.items():
        if wave in variable.question:
            columns = _compose_question(
                frame, codebook, name, variable, wave, asked[name], dirt, random
            )
            added = list(columns)
            questions += added
            if variable.is_numeric or variable.kind == "text":
                open_questions.append((variable, asked[name], added[0].cells))
    _let_everybody_answer(questions, open_questions, wave, random)
    questions += _compose_emails(people, study, wave, questions, random)
    embedded = _compose_program(frame, study, wave)
    answers = [*questions, *embedded]
    technical = _compose_technical(people, questions, random)
    cells = [column.cells for column in [*technical, *answers]]
    rows = [list(row) for row in zip(*cells, strict=True)]
    ids = [row[8] for row in rows]
    original = [ids[place] if place >= 0 else "" for place in people.original]
    rows += _compose_strays(rows, people, len(questions), wave, dirt, random)
    # By the time of recording, and at the same time by ResponseId.
    rows.sort(key=itemgetter(7, 8))
    headers = [
        *((name, text, import_id, False) for name, text, import_id in STANDARD),
        *((column.name, column.text, column.import_id, column.is_question) for column in answers),
    ]
    columns = [
        Column(name, text, import_id, list(cells), is_question)
        for (name, text, import_id, is_question), cells in zip(
            headers, zip(*rows, strict=True), strict=True
        )
    ]
    import pandas as pd

    who = pd.DataFrame(
        {
            "ResponseId": ids,
            "person": people.persons,
            "kept": [place < 0 for place in people.original],
            "original": original,
        }
    )
    return Export(columns, who)


def _compose_question(
    frame: "pd.DataFrame",
    codebook: Codebook,
    name: str,
    variable: Variable,
    wave: str,
    asked: list[bool],
    dirt: Dirt,
    random: Random,
) -> Iterator[Column]:
    question = variable.question[wave]
    import_id = question.id or question.locator or question.name or question.text or name
    header = question.name or import_id
    text = question.text or header
    # A question that is found by its text alone must keep that text.
    if question.id or question.name:
        text = decorate_question(text, list(codebook.variables).index(name))
    offered = variable.categories_in(wave)
    written = {category: offered[category].answers_in(wave)[0] for category in offered}
    if variable.kind == "multiple" and question.options:
        for category, locator in question.options.items():
            cells = [
                written[category] if cell is True or cell == 1 else ""
                for cell in frame[column_of(name, category)].tolist()
            ]
            yield Column(locator, f"{text} - {written[category]}", locator, cells, True)
        return
    if variable.kind == "multiple":
        ticks = [
            [
                written[category] if cell is True or cell == 1 else ""
                for cell in frame[column_of(name, category)].tolist()
            ]
            for category in offered
            if column_of(name, category) in frame
        ]
        cells = [",".join(filter(None, row)) for row in zip(*ticks, strict=True)]
    elif variable.kind == "country":
        cells = ["" if is_missing(iso3) else country_choice(iso3) for iso3 in frame[name]]
    elif variable.is_categorical:
        cells = ["" if is_missing(category) else written[category] for category in frame[name]]
    elif variable.is_numeric:
        share = dirt.unreadable.get(name, dirt.unreadable_otherwise)
        cells = [
            _compose_number(value, variable, is_open, share, dirt, random)
            for value, is_open in zip(frame[name], asked, strict=True)
        ]
    else:
        cells = ["" if is_missing(typed) else str(typed) for typed in frame[name]]
    yield Column(header, text, import_id, cells, True)
    yield from _compose_remarks(codebook, variable, wave, header, text, import_id, cells, random)


def _let_everybody_answer(
    questions: list[Column],
    open_questions: list[tuple[Variable, list[bool], list[str]]],
    wave: str,
    random: Random,
) -> None:
    """Let who gave no usable answer at all type something, since a raw response has an answer."""
    # A number that cannot be read hides nothing; only without one a text has to do.
    ordered = sorted(open_questions, key=lambda one: not one[0].is_numeric)
    for row in range(len(questions[0].cells) if questions else 0):
        if any(column.cells[row] for column in questions):
            continue
        chosen = next(((one, cells) for one, asked, cells in ordered if asked[row]), None)
        if chosen is None:
            raise ValueError(
                f"somebody in wave {wave} answered nothing and was asked neither number nor text"
            )
        variable, cells = chosen
        is_text = variable.kind == "text"
        cells[row] = NOTHING_TO_SAY if is_text else write_unreadable(variable, random)


def _compose_number(
    value: Any, variable: Variable, is_open: bool, share: float, dirt: Dirt, random: Random
) -> str:
    if not is_missing(value):
        return write_number(value, variable, dirt.written_freely, random)
    return write_unreadable(variable, random) if is_open and random.random() < share else ""


def _compose_remarks(
    codebook: Codebook,
    variable: Variable,
    wave: str,
    header: str,
    text: str,
    import_id: str,
    cells: list[str],
    random: Random,
) -> Iterator[Column]:
    """Yield the text column beside each option that asks for words, unless it is a variable."""
    asked = variable.question[wave].text or header
    texts = [
        other.question[wave].text or ""
        for other in codebook.variables.values()
        if other.kind == "text" and wave in other.question
    ]
    for place, category in enumerate(variable.categories, start=1):
        if not variable.categories[category].is_offered_in(wave):
            continue
        answer = variable.categories[category].answers_in(wave)[0]
        if not re.search(r"\(please (specify|name|explain)\)", answer):
            continue
        if any(other.startswith(asked) and answer in other for other in texts):
            continue
        remarks = [
            write_remark(random) if cell.endswith(answer) and random.random() < 0.8 else ""
            for cell in cells
        ]
        yield Column(
            f"{header}_{place}_TEXT",
            f"{text} - {answer} - Text",
            f"{import_id}_{place}_TEXT",
            remarks,
            True,
        )


def country_choice(iso3: str) -> str:
    """Return how a list of countries to choose from names the country of an ISO3 code."""
    return COUNTRIES.get(iso3) or country_label(iso3)


def _compose_emails(
    people: Identified, study: Study, wave: str, questions: list[Column], random: Random
) -> Iterator[Column]:
    standard = {import_id for _, _, import_id in STANDARD}
    taken = {column.import_id for column in questions}
    asked = [
        locator
        for locator in study.waves[wave].email_locators
        if locator not in standard and locator not in taken
    ]
    for place, locator in enumerate(asked):
        cells = [
            write_email(email, random)
            if email
            else random.choice(NO_EMAIL)
            if random.random() < 0.02
            else ""
            for email in (people.emails if place == 0 else [None] * len(people.emails))
        ]
        yield Column(
            locator.removesuffix("_TEXT").replace("QID", "Q"), EMAIL_QUESTION, locator, cells, True
        )


def _compose_program(frame: "pd.DataFrame", study: Study, wave: str) -> Iterator[Column]:
    locator = study.waves[wave].program
    if locator is None:
        return
    written = {
        name: (program.answers or [program.label])[0] for name, program in study.programs.items()
    }
    yield Column(locator, locator, locator, [written[name] for name in frame["program"]])


def _compose_technical(people: Identified, questions: list[Column], random: Random) -> list[Column]:
    """Compose the columns before the questions: times, status, address, progress, ids."""
    count = len(people.rows)
    last = [0] * count
    for place, column in enumerate(questions, start=1):
        last = [place if cell else old for cell, old in zip(column.cells, last, strict=True)]
    rows = []
    seen: set[str] = set()
    for row, recorded in enumerate(_list_moments(people)):
        progress = max(2, min(99, round(100 * last[row] / max(1, len(questions)))))
        # The last question asks for the e-mail address; who skips more than that has mostly left,
        # but may have pressed the button that submits the answers.
        is_finished = last[row] >= len(questions) - 1 or random.random() < 0.3
        ended = recorded if is_finished else recorded - timedelta(days=7)
        duration = _draw_duration(random)
        rows.append(
            _compose_row(
                ended - timedelta(seconds=duration),
                ended,
                recorded,
                "IP Address",
                people.addresses[row],
                100 if is_finished else progress,
                duration,
                _draw_id(random, seen),
                "anonymous",
            )
        )
    return [
        Column(name, text, import_id, list(cells))
        for (name, text, import_id), cells in zip(STANDARD, zip(*rows, strict=True), strict=True)
    ]


def _list_moments(people: Identified) -> list[datetime]:
    # Plain datetimes are added and written several times faster than those of pandas.
    return people.rows["submitted"].to_numpy("datetime64[us]").tolist()


def _compose_row(
    started: datetime,
    ended: datetime,
    recorded: datetime,
    status: str,
    address: str,
    progress: int,
    duration: int,
    response_id: str,
    channel: str,
) -> list[str]:
    times = [moment.isoformat(" ", "seconds") for moment in (started, ended, recorded)]
    return [
        times[0],
        times[1],
        status,
        address,
        str(progress),
        str(duration),
        str(progress == 100),
        times[2],
        response_id,
        "",
        "",
        "",
        "",
        # Addresses that belong to nobody have no place, and Qualtrics leaves it blank.
        "",
        "",
        channel,
        "EN",
    ]


def _compose_strays(
    rows: list[list[str]], people: Identified, questions: int, wave: str, dirt: Dirt, random: Random
) -> list[list[str]]:
    """Compose the rows that are nobody's answers: previews, tests, spam, opened and left."""
    if not rows:
        return []
    seen = {row[8] for row in rows}
    free = draw_addresses(random, {*people.addresses, *people.addresses_elsewhere})
    moments = sorted(_list_moments(people))
    office = next(free)
    first = moments[0] - timedelta(days=14)
    strays = []

    def copy_answers() -> list[str]:
        answers = list(random.choice(rows)[len(STANDARD) :])
        return answers

    def blank_emails(answers: list[str]) -> list[str]:
        return ["" if "@" in cell else cell for cell in answers]

    for _ in range(dirt.previews.get(wave, 0)):
        moment = first + timedelta(seconds=random.randrange(14 * 86400))
        duration = random.randrange(20, 300)
        start = moment - timedelta(seconds=duration)
        head = _compose_row(
            start, moment, moment, "Survey Preview", office, 100, duration,
            _draw_id(random, seen), "preview",
        )  # fmt: skip
        strays.append([*head, *blank_emails(copy_answers())])
    for _ in range(dirt.tests.get(wave, 0)):
        head = _compose_row(
            first, first, first, "Survey Test", "", 100, 0, _draw_id(random, seen), "test"
        )
        strays.append([*head, *blank_emails(copy_answers())])
    for _ in range(dirt.spam.get(wave, 0)):
        moment = random.choice(moments)
        head = _compose_row(
            moment - timedelta(seconds=4), moment, moment, "Spam", next(free), 100, 4,
            _draw_id(random, seen), "anonymous",
        )  # fmt: skip
        strays.append([*head, *blank_emails(copy_answers())])
    for _ in range(dirt.unanswered.get(wave, 0)):
        moment = random.choice(moments)
        ended = moment - timedelta(days=7)
        duration = random.randrange(2, 60)
        head = _compose_row(
            ended - timedelta(seconds=duration), ended, moment, "IP Address", next(free),
            random.choice([0, 1, 2, 4]), duration, _draw_id(random, seen), "anonymous",
        )  # fmt: skip
        # Only the program, which the link carries, is known of who opens the survey and leaves.
        strays.append([*head, *[""] * questions, *copy_answers()[questions:]])
    return strays


def _draw_duration(random: Random) -> int:
    """Draw how many seconds somebody took: minutes mostly, days for a tab left open."""
    if random.random() < 0.03:
        return random.randrange(3600, 600_000)
    return max(25, int(random.lognormvariate(6.2, 0.6)))


def _draw_id(random: Random, seen: set[str]) -> str:
    alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    while True:
        drawn = "R_" + "".join(random.choices(alphabet, k=15))
        if drawn not in seen:
            seen.add(drawn)
            return drawn


def serialize_export(columns: list[Column], first: int = 0, last: int | None = None) -> bytes:
    """Return rows first to last of an export as Qualtrics' CSV: BOM, CRLF, three header rows."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([column.name for column in columns])
    writer.writerow([column.text for column in columns])
    writer.writerow([_describe_import(column.import_id) for column in columns])
    writer.writerows(zip(*(column.cells[first:last] for column in columns), strict=True))
    return text.getvalue().encode("utf-8-sig")


def _describe_import(import_id: str) -> str:
    described = {"ImportId": import_id}
    if import_id in DATES:
        described["timeZone"] = TIME_ZONE
    return json.dumps(described, separators=(",", ":"), ensure_ascii=False)


def serialize_files(export: Export, names: list[str]) -> dict[Path, bytes]:
    """Return the bytes of each of a wave's export files; the rows are dealt out in order."""
    count = len(export.columns[0].cells)
    edges = [round(count * place / len(names)) for place in range(len(names) + 1)]
    return {
        Path(name): serialize_export(export.columns, start, end)
        for name, start, end in zip(names, edges, edges[1:], strict=False)
    }
