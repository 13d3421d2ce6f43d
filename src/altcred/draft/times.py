"""Finds which column of an export says when a response was submitted, and how it is read."""

import re
from collections.abc import Sequence
from typing import Literal

from altcred.draft.model import Table
from altcred.draft.role_words import OPENED, SUBMITTED, list_headers
from altcred.draft.roles import Roles, list_free, share_distinct, share_filled, share_of
from altcred.kinds.times import DateOrder, is_zone, read_times
from altcred.read.export import Column

# 10:30 and 10.30, and not the day of 12.05.1980.
_CLOCK = re.compile(r"(?<![\d.])\d{1,2}(?::\d{2}|\.\d{2}(?!\.?\d))")
# A header of more words than a platform names a time by is a question.
_MOST_WORDS = 4
# In so many rows the time of a further form stands where it is that of the survey.
_MOST_ROWS = 0.5
# Fewer days than this lie between the first and the last row of one survey.
_LONGEST_SURVEY = 2 * 365
_ORDERS: tuple[DateOrder, ...] = ("mdy", "dmy", "ymd")


def is_time(table: Table, column: Column) -> bool:
    """Tell whether everything in a column can be read as a time."""
    counts = table.counts(column)
    return bool(counts) and read_order(list(counts)) is not None


def find_submitted(table: Table, roles: Roles) -> None:
    """Find the time of submission: by its header, else a column of moments that each row has."""
    given = [column for column in table.export.columns if column.known.role == "submitted"]
    free = [column for column in list_free(table, roles) if column not in given]
    if any(read_order(list(table.counts(one))) not in (None, "unclear") for one in given):
        # Where the tool says when, people are asked about any other day.
        free = [column for column in free if not _asks(column)]
    places = {column.position: _place_of(column) for column in [*given, *free]}
    for column in free:
        is_called = bool(set(list_headers(column)) & OPENED)
        if is_called and is_time(table, column) and not spans_years(table, column):
            roles.add("opened", column)
    called = [one for one in free if places[one.position] < len(SUBMITTED)]
    named = [
        column
        for ones in (given, called)
        for column in sorted(ones, key=lambda one: places[one.position])
    ]
    moments = [column for column in free if column not in named and _holds_moments(table, column)]
    unclear: list[Column] = []
    for column in [*named, *_latest_first(table, [one for one in moments if not roles.has(one)])]:
        counts = table.counts(column)
        order = read_order(list(counts)) if counts else None
        if order is None:
            if column in given:
                roles.add("other", column)
            continue
        if roles.list("submitted"):
            roles.add("timing", column)
            continue
        if order == "unclear":
            guessed = _guess_order(table, column)
            if guessed is None:
                unclear.append(column)
                roles.add("timing", column)
                continue
            roles.decide.append(
                f"day and month of {column.name!r} are read as {guessed}, by their spread and "
                "order; correct date_order: where that is wrong."
            )
            order = guessed
        roles.add("submitted", column)
        roles.date_order = None if order == "any" else order
        roles.time_zone = _zone_of(column)
        if column not in named:
            roles.decide.append(f"{column.name!r} is taken as the time of submission.")
    if given and not unclear and not roles.list("submitted"):
        _take_later(table, roles)
    if unclear and not roles.list("submitted"):
        one = unclear[0].name
        roles.decide.append(
            f"{one!r} holds times of which day and month cannot be told apart, so none are read; "
            f"write submitted: {one} and date_order: dmy or mdy."
        )


def _asks(column: Column) -> bool:
    """Tell whether a header asks something, and does not only name a time."""
    said = (column.text or column.name).strip()
    return said.endswith(("?", "؟", "？", ":")) or len(said.split()) > _MOST_WORDS


def _take_later(table: Table, roles: Roles) -> None:
    """Take for the time of submission that of another form, where the first has none.

    Of a file of several surveys each may have filled in forms of its own.
    """
    times = {
        name: column for name, column in roles.columns.items()
        if column.known.role == "timing" and share_filled(table, column) >= _MOST_ROWS
        and share_of(table, column, _CLOCK.search) == 1 and is_time(table, column)
    }  # fmt: skip
    if times:
        name = max(times, key=lambda name: share_filled(table, times[name]))
        del roles.columns[name]
        roles.add("submitted", times[name])
        roles.decide.append(f"{times[name].name!r} is taken as the time of submission.")


def _place_of(column: Column) -> int:
    """Return how well a header says that a column holds times of submission; nought is best."""
    found = [SUBMITTED[one] for one in list_headers(column) if one in SUBMITTED]
    return min(found, default=len(SUBMITTED))


def spans_years(table: Table, column: Column) -> bool:
    """Tell whether cells are days alone of several years, as those of a contract's start are."""
    if share_of(table, column, _CLOCK.search):
        return False
    days = list(table.counts(column))
    # Which of two orders it is makes no year of it.
    read, unread = read_times(days)
    times = [one for one in (read_times(days, order="dmy")[0] if unread else read) if one]
    return bool(times) and (max(times) - min(times)).days > _LONGEST_SURVEY


def read_order(answers: Sequence[str]) -> DateOrder | Literal["any", "unclear"] | None:
    """Return in which order dates must be read: "any" where it does not matter, or is told by them.

    "unclear" where two orders fit, None where answers are no times.
    """
    if not read_times(answers)[1]:
        return "any"
    fit = [one for one in _ORDERS if not read_times(answers, order=one)[1]]
    return None if not fit else fit[0] if len(fit) == 1 else "unclear"


def _holds_moments(table: Table, column: Column) -> bool:
    """Tell whether nearly each row has a day with a time of day, nearly always another."""
    return (
        share_filled(table, column) >= 0.9
        and share_of(table, column, _CLOCK.search) == 1
        and share_distinct(table, column) >= 0.8
        and is_time(table, column)
    )


def _latest_first(table: Table, columns: Sequence[Column]) -> list[Column]:
    """Return columns of times, the latest of them first, and of equal ones the last column."""

    def key(column: Column) -> tuple[float, int]:
        times = read_times(list(table.cells[column.position]), order="mdy")[0]
        known = [one.timestamp() for one in times if one]
        return (sum(known) / len(known) if known else 0.0), column.position

    return sorted(columns, key=key, reverse=True)


def _guess_order(table: Table, column: Column) -> DateOrder | None:
    """Return the order in which dates follow each other, or lie close together; None if neither."""
    cells = [cell for cell in table.cells[column.position] if cell.strip()]
    follow: list[DateOrder] = []
    spans: dict[DateOrder, float] = {}
    for order in _ORDERS[:2]:
        times = [one for one in read_times(cells, order=order)[0] if one]
        if times in (sorted(times), sorted(times, reverse=True)):
            follow.append(order)
        spans[order] = (max(times) - min(times)).total_seconds()
    if len(follow) == 1 and len(cells) >= 3:
        return follow[0]
    narrow, wide = sorted(spans, key=lambda order: spans[order])
    if spans[narrow] * 3 < spans[wide]:
        return narrow
    has_halves = any(re.search(r"\d ?[ap]\.?m", cell, re.IGNORECASE) for cell in cells)
    return "mdy" if has_halves else None


def _zone_of(column: Column) -> str:
    """Return the zone that a header says in brackets."""
    for text in (column.name, column.text):
        for found in re.findall(r"[(\[]([A-Za-z_]+(?:/[A-Za-z_]+)*)[)\]]", text):
            if is_zone(found):
                return str(found)
    return ""
