"""Finds what columns of an export are for beside answers: times, response types, who somebody is.

What the platform or the questionnaire says comes first, then the words of the header in the main
languages of surveys, then what the cells hold. A column that tells who somebody is never becomes a
question, and nothing of its cells is said.
"""

import ipaddress
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from altcred.draft.headers import (
    ADDRESS,
    BARE_ID,
    CODE,
    CODE_PART,
    EMAIL,
    HANDLE,
    NAME,
    OPENED,
    PHONE,
    PLACE,
    SUBMITTED,
    WEIGHT,
    list_headers,
)
from altcred.draft.model import Table
from altcred.kinds.reading import fold_text
from altcred.kinds.times import DateOrder, is_zone, read_times
from altcred.kinds.vocabulary import NOT_TICKED, TICKED
from altcred.read.export import Column
from altcred.read.identifiers import normalise_code, normalise_email
from altcred.read.platforms import find_finished, find_response_id

# Qualtrics' words for a type of response; its numbers are sums of powers of two.
_STATUS_WORDS = {
    *("ip address", "survey preview", "survey test", "imported", "spam", "preview", "test"),
    *("offline", "offline survey response", "ex", "web service response"),
    *("imported spam", "survey preview spam", "possible spam", "ip address spam"),
}
_STATUS_CODES = {"0", "1", "2", "4", "8", "9", "12", "16", "17", "32", "40", "48"}
_DROPPED = re.compile(r"preview|test|spam")
_URL = re.compile(r"(?:https?://|www\.)\S+|\S+\.(?:com|org|net|edu|io)/\S*", re.IGNORECASE)
_PHONE_NUMBER = re.compile(r"\+?[\d\s()./-]{7,22}")
_POSITION = re.compile(r"-?\d{1,3}\.\d{3,}(?:[,; ]+-?\d{1,3}\.\d{3,}.*)?")
_DRAWN = re.compile(
    r"R_\w{10,}|[0-9a-f]{12,}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{20,}", re.IGNORECASE
)
_CLOCK = re.compile(r"\d{1,2}[:.]\d{2}")


@dataclass
class Roles:
    """What columns of a table are for: a role to its column, `email_2` of a second with one role.

    The roles are those of `Known`, and `code_part` of what makes a participant code together,
    `name` of a person's name, `wave` of what says which survey a row is of.
    """

    columns: dict[str, Column] = field(default_factory=dict)
    date_order: DateOrder | None = None
    time_zone: str = ""
    # What could not be settled, each as a sentence to follow "# decide: ".
    decide: list[str] = field(default_factory=list)

    def add(self, role: str, column: Column) -> None:
        """Give a column a role, unless it has one."""
        if not self.has(column):
            place = len(self.list(role)) + 1
            self.columns[role if place == 1 else f"{role}_{place}"] = column

    def list(self, role: str) -> list[Column]:
        """Return all columns of a role."""
        return [
            column for name, column in self.columns.items() if re.fullmatch(rf"{role}(_\d+)?", name)
        ]

    def has(self, column: Column) -> bool:
        """Tell whether a column has a role."""
        return any(column.position == other.position for other in self.columns.values())


def find_roles(table: Table) -> Roles:
    """Find the columns of a table that are no questions, and what each of them is for."""
    roles = Roles()
    columns = table.export.columns
    for column in columns:
        if column.known.role not in ("", "submitted", "weight", "status"):
            roles.add(column.known.role, column)
    for find in (_find_status, _find_finished, _find_addresses, _find_submitted):
        find(table, roles)
    _find_codes(table, roles)
    _find_persons(table, roles)
    _find_weight(table, roles)
    return roles


def _free(table: Table, roles: Roles) -> Iterator[Column]:
    return (column for column in table.export.columns if not roles.has(column))


def share_of(table: Table, column: Column, test: Callable[[str], object]) -> float:
    """Return of which share of a column's answers something is true; nought of an empty one."""
    counts = table.counts(column)
    total = counts.total()
    return sum(n for text, n in counts.items() if test(text)) / total if total else 0.0


def share_distinct(table: Table, column: Column) -> float:
    """Return how many different answers a column has for each that is given."""
    counts = table.counts(column)
    return len({fold_text(text) for text in counts}) / counts.total() if counts else 0.0


def share_filled(table: Table, column: Column) -> float:
    """Return in which share of rows a column has an answer."""
    return table.counts(column).total() / table.rows if table.rows else 0.0


def is_running(codes: Collection[str]) -> bool:
    """Tell whether codes are numbers that count rows, so that two surveys share them by chance."""
    if not codes or not all(re.fullmatch(r"\d{1,9}", one) for one in codes):
        return False
    numbers = [int(one) for one in codes]
    return max(numbers) - min(numbers) < 3 * len(codes) + 10


# ------------------------------------------------------------------------ response types and times


def _find_status(table: Table, roles: Roles) -> None:
    """Find Qualtrics' response type; a column called status that holds anything else is a question.

    Where it would leave nobody it is left alone, and said.
    """
    for column in table.export.columns:
        is_own = column.import_id == "status" or column.known.role == "status"
        if not is_own and not {"status", "response type"} & set(list_headers(column)):
            continue
        counts = table.counts(column)
        told = {fold_text(text) for text in counts}
        is_words = bool(told) and told <= _STATUS_WORDS
        is_codes = bool(told) and is_own and told <= _STATUS_CODES
        if not (is_words or is_codes):
            if is_own:
                roles.add("other", column)
            continue
        dropped = sum(n for text, n in counts.items() if _is_dropped(fold_text(text)))
        if dropped == table.rows:
            roles.add("other", column)
            roles.decide.append(
                f"all rows are previews, tests or spam by {column.name!r}, and are kept; real "
                f"responses would be told by status: {column.name}."
            )
        else:
            roles.add("status", column)
        return


def _is_dropped(folded: str) -> bool:
    return bool(_DROPPED.search(folded)) or (folded.isdigit() and bool(int(folded) & 11))


def _find_finished(table: Table, roles: Roles) -> None:
    for role, find in (("response_id", find_response_id), ("finished", find_finished)):
        column = find(table.export)
        if column is not None and not _is_time(table, column):
            roles.add(role, column)


def _is_time(table: Table, column: Column) -> bool:
    counts = table.counts(column)
    return bool(counts) and read_order(list(counts)) is not None


def _find_submitted(table: Table, roles: Roles) -> None:
    """Find the time of submission: by its header, else a column of moments that each row has."""
    given = [column for column in table.export.columns if column.known.role == "submitted"]
    free = [column for column in _free(table, roles) if column not in given]
    called: list[tuple[int, Column]] = []
    for column in free:
        places = [SUBMITTED[one] for one in list_headers(column) if one in SUBMITTED]
        if places:
            called.append((min(places), column))
        elif set(list_headers(column)) & OPENED and _is_time(table, column):
            roles.add("opened", column)
    named = [*given, *(column for _, column in sorted(called, key=lambda one: one[0]))]
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
            order = _guess_order(table, column)
            if order is None:
                unclear.append(column)
                roles.add("timing", column)
                continue
            roles.decide.append(
                f"day and month of {column.name!r} are read as {order}, by their spread and order; "
                "correct date_order: where that is wrong."
            )
        roles.add("submitted", column)
        roles.date_order = None if order == "any" else order
        roles.time_zone = _zone_of(column)
        if column not in named:
            roles.decide.append(f"{column.name!r} is taken as the time of submission.")
    if unclear and not roles.list("submitted"):
        one = unclear[0].name
        roles.decide.append(
            f"{one!r} holds times of which day and month cannot be told apart, so none are read; "
            f"write submitted: {one} and date_order: dmy or mdy."
        )


def read_order(answers: Sequence[str]) -> DateOrder | str | None:
    """Return in which order dates must be read: "any" where it does not matter, or is told by them.

    "unclear" where two orders fit, None where answers are no times.
    """
    if not read_times(answers)[1]:
        return "any"
    fit = [one for one in ("mdy", "dmy", "ymd") if not read_times(answers, order=one)[1]]  # type: ignore[arg-type]
    return None if not fit else fit[0] if len(fit) == 1 else "unclear"


def _holds_moments(table: Table, column: Column) -> bool:
    """Tell whether nearly each row has a day with a time of day, nearly always another."""
    return (
        share_filled(table, column) >= 0.9
        and share_of(table, column, _CLOCK.search) == 1
        and share_distinct(table, column) >= 0.8
        and _is_time(table, column)
    )


def _latest_first(table: Table, columns: Sequence[Column]) -> list[Column]:
    """Return columns of times, that which is latest in the first row first."""

    def key(column: Column) -> tuple[bool, float]:
        times = read_times(list(table.cells[column.position]), order="mdy")[0]
        known = [one.timestamp() for one in times if one]
        return (not known, -sum(known) / len(known) if known else 0.0)

    return sorted(columns, key=key)


def _guess_order(table: Table, column: Column) -> DateOrder | None:
    """Return the order in which dates follow each other, or lie close together; None if neither."""
    cells = [cell for cell in table.cells[column.position] if cell.strip()]
    steps: dict[DateOrder, bool] = {}
    spans: dict[DateOrder, float] = {}
    for order in ("mdy", "dmy"):
        times = [one for one in read_times(cells, order=order)[0] if one]  # type: ignore[arg-type]
        steps[order] = times in (sorted(times), sorted(times, reverse=True))  # type: ignore[index]
        spans[order] = (max(times) - min(times)).total_seconds()  # type: ignore[index]
    sorted_ones = [order for order, is_sorted in steps.items() if is_sorted]
    if len(sorted_ones) == 1 and len(cells) >= 3:
        return sorted_ones[0]
    for one, other in (("mdy", "dmy"), ("dmy", "mdy")):
        if spans[one] * 3 < spans[other]:  # type: ignore[index]
            return one  # type: ignore[return-value]
    return "mdy" if any(re.search(r"\d ?[ap]\.?m", cell, re.IGNORECASE) for cell in cells) else None


def _zone_of(column: Column) -> str:
    """Return the zone that a header says in brackets."""
    for text in (column.name, column.text):
        for found in re.findall(r"[(\[]([A-Za-z_]+(?:/[A-Za-z_]+)*)[)\]]", text):
            if is_zone(found):
                return str(found)
    return ""


# ------------------------------------------------------------------------------- who somebody is


def _find_addresses(table: Table, roles: Roles) -> None:
    """Find e-mail and network addresses, by what cells hold more than by headers."""
    for column in list(_free(table, roles)):
        headers = list_headers(column)
        called = any(EMAIL.fullmatch(one) for one in headers)
        if share_of(table, column, normalise_email) >= (0.2 if called else 0.8):
            roles.add("email", column)
        elif called:
            # Blank, or a word in place of all addresses: nobody is told by it.
            roles.add("other", column)
        elif share_of(table, column, _is_ip) >= 0.8 or "network id" in headers:
            roles.add("ip", column)
        elif share_of(table, column, lambda text: "@" in text and normalise_email(text)) >= 0.2:
            roles.add("other", column)
    for role in ("email", "ip"):
        for name, column in list(roles.columns.items()):
            if name.startswith(role) and not table.counts(column):
                del roles.columns[name]
                roles.add("other", column)


def _is_ip(text: str) -> bool:
    try:
        ipaddress.ip_address(text.strip())
    except ValueError:
        # As services shorten them, so that they name a network.
        return bool(re.fullmatch(r"(\d{1,3}\.){2,3}(\d{1,3}|[x*]+)(\.[x*]+)?", text.strip()))
    return True


def _find_codes(table: Table, roles: Roles) -> None:
    """Find participant codes, the parts of such codes, and what counts rows."""
    parts = []
    for column in list(_free(table, roles)):
        headers = list_headers(column)
        if not table.counts(column):
            continue
        is_short = share_of(table, column, lambda text: len(text) <= 40) == 1
        distinct = share_distinct(table, column)
        is_code = is_short and share_of(table, column, _may_be_code) >= 0.5
        if distinct == 1 and (
            (is_code and any(BARE_ID.fullmatch(one) for one in headers))
            or (table.rows >= 2 and share_of(table, column, _DRAWN.fullmatch) == 1)
        ):
            roles.add("response_id", column)
        elif any(CODE.fullmatch(one) for one in headers) and is_code and distinct >= 0.8:
            roles.add("person", column)
        elif any(CODE_PART.search(one) for one in headers):
            if share_of(table, column, lambda text: len(text) <= 12) >= 0.9:
                parts.append(column)
        elif not column.name and _counts_rows(table, column):
            roles.add("other", column)
    for column in parts:
        if len(parts) > 1:
            roles.add("code_part", column)
        elif share_distinct(table, column) >= 0.6:
            roles.add("person", column)


def _may_be_code(text: str) -> bool:
    return normalise_code(text) is not None and fold_text(text) not in TICKED | NOT_TICKED - {"0"}


def _counts_rows(table: Table, column: Column) -> bool:
    cells = [cell.strip() for cell in table.cells[column.position]]
    numbers = [str(start + at) for start in (0, 1) for at in range(len(cells))]
    return cells in (numbers[: len(cells)], numbers[len(cells) :])


def _find_persons(table: Table, roles: Roles) -> None:
    """Find names, telephone numbers, accounts, places and street addresses."""
    checks: Mapping[str, tuple[re.Pattern[str], Callable[[Column], bool]]] = {
        "name": (NAME, lambda column: True),
        "phone": (PHONE, lambda column: share_of(table, column, _PHONE_NUMBER.fullmatch) >= 0.5),
        "account": (HANDLE, lambda column: _holds_accounts(table, column)),
        "place": (PLACE, lambda column: share_of(table, column, _POSITION.fullmatch) >= 0.5),
        "address": (ADDRESS, lambda column: share_distinct(table, column) >= 0.5),
    }
    for column in list(_free(table, roles)):
        headers = list_headers(column)
        for role, (words, holds) in checks.items():
            called = any(words.fullmatch(one) for one in headers)
            if called and (not table.counts(column) or holds(column)):
                roles.add("name" if role == "name" else "other", column)
        is_own = share_of(table, column, _URL.search) >= 0.8 or _holds_phones(table, column)
        if is_own and share_distinct(table, column) >= 0.8:
            roles.add("other", column)


def _holds_accounts(table: Table, column: Column) -> bool:
    def is_account(text: str) -> bool:
        return bool(re.fullmatch(r"\S{3,}", text)) and fold_text(text) not in TICKED | NOT_TICKED

    return min(share_distinct(table, column), share_of(table, column, is_account)) >= 0.8


def _holds_phones(table: Table, column: Column) -> bool:
    """Tell whether cells are written as telephone numbers are, and not as other long numbers."""

    def is_phone(text: str) -> bool:
        is_marked = text[:1] in "+0(" or re.search(r"\d[ -]\d", text)
        digits = sum(map(str.isdigit, text))
        return bool(is_marked and 9 <= digits <= 15 and re.fullmatch(r"\+?[\d\s()/-]+", text))

    return share_of(table, column, is_phone) >= 0.5


def _find_weight(table: Table, roles: Roles) -> None:
    """Find survey weights: numbers above nought, of which one called only weight is about one."""
    for column in list(_free(table, roles)):
        found = [WEIGHT.fullmatch(one) for one in list_headers(column)]
        numbers = _read_numbers(table, column)
        if not any(found) or not numbers or min(numbers) < 0 or max(numbers) == 0:
            continue
        is_sure = column.known.role == "weight" or any(one and one["sure"] for one in found)
        if is_sure or 0.5 <= sum(numbers) / len(numbers) <= 2:
            roles.add("weight", column)
            roles.decide.append(
                f"{column.name!r} looks like survey weights, which are not applied; "
                f"weight: {column.name} would apply them."
            )


def _read_numbers(table: Table, column: Column) -> list[float]:
    """Return the numbers of a column; none where anything else stands there."""
    numbers: list[float] = []
    for text, n in table.counts(column).items():
        if not re.fullmatch(r"-?\d*[.,]?\d+", text):
            return []
        numbers += [float(text.replace(",", "."))] * n
    return numbers
