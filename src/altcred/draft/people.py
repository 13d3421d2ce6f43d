"""Finds what columns of an export are for beside answers: times, response types, who somebody is.

What the platform or the questionnaire says comes first, then the words of the header in the main
languages of surveys, then what the cells hold. A column that tells who somebody is never becomes a
question, and nothing of its cells is said.
"""

import ipaddress
import re
from collections.abc import Callable, Mapping, Sequence

from altcred.clean.exclusions import read_finished
from altcred.draft.model import Table
from altcred.draft.role_words import (
    ADDRESS,
    BARE_ID,
    CODE,
    CODE_PART,
    EMAIL,
    HANDLE,
    HEIGHT,
    NAME,
    OTHER_ID,
    PART_OF_CODE,
    PHONE,
    PLACE,
    WEIGHT,
    WHO,
    list_headers,
)
from altcred.draft.roles import Roles, list_free, share_distinct, share_of
from altcred.draft.times import find_submitted, is_time
from altcred.draft.words import any_of
from altcred.kinds.reading import fold_text, tidy_text
from altcred.kinds.vocabulary import NOT_TICKED, TICKED
from altcred.read.export import Column
from altcred.read.identifiers import normalise_code, normalise_email
from altcred.read.platforms import find_finished, find_response_id, tells_by_time

# Qualtrics' words for a type of response; its numbers are sums of powers of two.
_STATUS_WORDS = {
    *("ip address", "survey preview", "survey test", "imported", "spam", "preview", "test"),
    *("offline", "offline survey response", "ex", "web service response"),
    *("imported spam", "survey preview spam", "possible spam", "ip address spam"),
}
_STATUS_CODES = {"0", "1", "2", "4", "8", "9", "12", "16", "17", "32", "40", "48"}
_SURELY_TESTING = re.compile(any_of("tests for sure"))
_TESTING = re.compile(f"{any_of('tests')}|{_SURELY_TESTING.pattern}")
# So many rows, or one of twenty, are tests at most; of fewer texts none tells that they differ.
_MOST_TESTS, _FEWEST_TYPED = 5, 10
_DROPPED = re.compile(r"preview|test|spam")
_URL = re.compile(r"(?:https?://|www\.)\S+|\S+\.(?:com|org|net|edu|io)/\S*", re.IGNORECASE)
_PHONE_NUMBER = re.compile(r"\+?[\d\s()./-]{7,22}")
_FULL_NAME = re.compile(r"[^\W\d_][\w'’.-]*(?: [^\W\d_][\w'’.-]*){1,3}")
_POSITION = re.compile(r"-?\d{1,3}\.\d{3,}(?:[,; ]+-?\d{1,3}\.\d{3,}.*)?")
_DRAWN = re.compile(
    r"R_\w{10,}|[0-9a-f]{12,}|(?:uuid:)?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{20,}", re.IGNORECASE
)


def find_roles(table: Table) -> Roles:
    """Find the columns of a table that are no questions, and what each of them is for."""
    roles = Roles()
    columns = table.export.columns
    # Of these what cells hold decides; a reference of one's own may be a code.
    undecided = {"", "submitted", "weight", "status", "email", "ip", "other"}
    for column in columns:
        if column.known.role not in undecided or (
            column.known.role == "other" and not _is_called(column, CODE)
        ):
            roles.add(column.known.role, column)
    for find in (_find_status, _find_finished, _find_addresses, find_submitted, _find_codes):
        find(table, roles)
    for column in columns:
        if column.known.role == "other":
            roles.add("other", column)
    _find_persons(table, roles)
    _find_weight(table, roles)
    return roles


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


def _is_called(column: Column, words: re.Pattern[str]) -> bool:
    return any(words.fullmatch(one) for one in list_headers(column))


def keep_responses(table: Table, roles: Roles) -> Table:
    """Return a table without the rows that a build drops: tests and spam, and what never ended."""
    dropped: set[int] = set()
    for column in roles.list("status"):
        cells = table.cells[column.position]
        dropped |= {at for at, cell in enumerate(cells) if _is_dropped(fold_text(cell))}
    column_of_end = find_finished(table.export)
    if column_of_end is not None and tells_by_time(column_of_end):
        answers = list(table.counts(column_of_end))
        told = {answer for answer, is_told in zip(answers, read_finished(answers)[0], strict=True)
                if is_told is not False}  # fmt: skip
        cells = table.cells[column_of_end.position]
        dropped |= {at for at, cell in enumerate(cells) if tidy_text(cell) not in told}
    for column, texts in roles.tests.items():
        cells = table.cells[column.position]
        dropped |= {at for at, cell in enumerate(cells) if fold_text(cell) in texts}
    kept = [at for at in range(table.rows) if at not in dropped]
    if not dropped or not kept:
        return table
    return Table(table.export, [[own[at] for at in kept] for own in table.cells])


def find_tests(table: Table, roles: Roles) -> None:
    """Find rows by which staff tried the survey out: they call themselves, or answer, test or asdf.

    A name tells so, and an answer where another says the same, or where it is of nothing else.
    """
    rows: dict[Column, set[int]] = {}
    table = keep_responses(table, roles)
    for column in table.export.columns:
        texts = [one for one in table.counts(column) if _TESTING.fullmatch(fold_text(one))]
        cells = table.cells[column.position] if texts else []
        if found := {at for at, cell in enumerate(cells) if tidy_text(cell) in texts}:
            rows[column] = found
    own = [*roles.list("name"), *roles.list("person")]
    told = {
        column: found for column, found in rows.items()
        if column in own
        or (
            table.counts(column).total() >= _FEWEST_TYPED and share_distinct(table, column) > 0.5
            and all(_SURELY_TESTING.fullmatch(fold_text(table.cells[column.position][at]))
                    for at in found)
        )
        or all(any(at in more for one, more in rows.items() if one != column) for at in found)
    }  # fmt: skip
    if len(set().union(*told.values())) > max(_MOST_TESTS, table.rows // 20):
        return
    seen: set[int] = set()
    for column in sorted(told, key=lambda one: one not in own):
        if told[column] - seen:
            seen |= told[column]
            cells = table.cells[column.position]
            roles.tests[column] = sorted({fold_text(cells[at]) for at in told[column]})
    for column, texts in roles.tests.items():
        n = len(told[column])
        said = " and ".join(f'"{one}"' for one in texts[:3])
        roles.decide.append(
            f"{n} {'row has' if n == 1 else 'rows have'} {said} in {column.name!r}, as those who "
            "try a survey out write, and are left out; without the rule under exclude: they count."
        )


def _is_dropped(folded: str) -> bool:
    return bool(_DROPPED.search(folded)) or (folded.isdigit() and bool(int(folded) & 11))


def _find_finished(table: Table, roles: Roles) -> None:
    for role, find in (("response_id", find_response_id), ("finished", find_finished)):
        column = find(table.export)
        if column is not None and not is_time(table, column):
            roles.add(role, column)


def _find_addresses(table: Table, roles: Roles) -> None:
    """Find e-mail and network addresses, by what cells hold more than by headers."""
    for column in list(list_free(table, roles)):
        headers = list_headers(column)
        known = column.known.role
        called = known == "email" or any(EMAIL.fullmatch(one) for one in headers)
        if share_of(table, column, normalise_email) >= (0.2 if called else 0.8):
            roles.add("email", column)
        elif called:
            # Blank, or a word in place of all addresses: nobody is told by it.
            roles.add("other", column)
        elif share_of(table, column, _is_ip) >= 0.8 or known == "ip" or "network id" in headers:
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
    for column in list(list_free(table, roles)):
        headers = list_headers(column)
        if not table.counts(column):
            continue
        is_short = share_of(table, column, lambda text: len(text) <= 60) == 1
        distinct = share_distinct(table, column)
        if 0.9 < distinct < 1 and _is_called(column, BARE_ID):
            distinct = _share_apart(table, column)
        is_code = is_short and share_of(table, column, _may_be_code) >= 0.5
        if distinct == 1 and is_code and _is_called(column, BARE_ID):
            roles.add("response_id", column)
        elif _is_called(column, CODE) and is_code and distinct >= 0.8:
            roles.add("person", column)
        elif table.rows >= 2 and distinct == 1 and share_of(table, column, _DRAWN.fullmatch) == 1:
            roles.add("response_id", column)
        elif _is_part_of_code(table, column, headers):
            parts.append(column)
        elif (not column.name and _counts_rows(table, column)) or (
            distinct == 1 and is_code and _is_called(column, OTHER_ID)
        ):
            roles.add("other", column)
    for column in parts:
        if len(parts) > 1:
            roles.add("code_part", column)
        elif share_distinct(table, column) >= 0.6:
            roles.add("person", column)


def _share_apart(table: Table, column: Column) -> float:
    """Return how many different answers a column has for each row that is no copy of another."""
    own = [one[column.position] for one in set(zip(*table.cells, strict=True))]
    given = [fold_text(one) for one in own if one.strip()]
    return len({*given}) / len(given)


def _is_part_of_code(table: Table, column: Column, headers: Sequence[str]) -> bool:
    """Tell whether a column is a part of a code, which is short; shorter where it says only so."""
    longest = 12 if any(map(CODE_PART.search, headers)) else 3
    if longest == 3 and not any(map(PART_OF_CODE.fullmatch, headers)):
        return False
    return share_of(table, column, lambda text: len(text) <= longest) >= 0.9


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
        "who": (WHO, lambda column: share_of(table, column, _FULL_NAME.fullmatch) >= 0.8),
        "phone": (PHONE, lambda column: share_of(table, column, _PHONE_NUMBER.fullmatch) >= 0.5),
        "account": (HANDLE, lambda column: _holds_accounts(table, column)),
        "height": (HEIGHT, lambda column: True),
        "place": (PLACE, lambda column: share_of(table, column, _POSITION.fullmatch) >= 0.5),
        "address": (ADDRESS, lambda column: share_distinct(table, column) >= 0.5),
    }
    for column in list(list_free(table, roles)):
        for role, (words, holds) in checks.items():
            if _is_called(column, words) and (not table.counts(column) or holds(column)):
                roles.add("name" if role in ("name", "who") else "other", column)
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
    for column in list(list_free(table, roles)):
        found = [WEIGHT.fullmatch(one) for one in list_headers(column)]
        numbers = _read_numbers(table, column)
        if not any(found) or not numbers or min(numbers) < 0 or max(numbers) == 0:
            continue
        is_sure = column.known.role == "weight" or any(one and one["sure"] for one in found)
        is_long = all(one["long"] for one in found if one)
        is_broken = any(one % 1 for one in numbers)
        if is_sure or (0.5 <= sum(numbers) / len(numbers) <= 2 and (is_broken or not is_long)):
            roles.add("weight", column)


def _read_numbers(table: Table, column: Column) -> list[float]:
    """Return the numbers of a column; none where anything else stands there."""
    numbers: list[float] = []
    for text, n in table.counts(column).items():
        if not re.fullmatch(r"-?\d*[.,]?\d+", text):
            return []
        numbers += [float(text.replace(",", "."))] * n
    return numbers
