"""Says in a draft who was asked a question, where a questionnaire says so and the answers agree."""

from collections.abc import Iterator, Mapping, Sequence

from altcred.draft.answers import Asked, list_parts
from altcred.draft.model import Entry, Table
from altcred.kinds.reading import fold_text
from altcred.kinds.vocabulary import NO_ANSWER, NOT_SHOWN, NOT_TICKED
from altcred.read.export import Column

# What stands in a cell where nobody was asked.
_NOTHING = NO_ANSWER | NOT_SHOWN | {""}
Entries = Sequence[tuple[Entry, Asked]]
# What decides: the variable with its category, the column, and the cells that meet it; none where
# any tick does.
_Test = tuple[str, str, Column, set[str] | None]


def add_conditions(entries: Entries) -> None:
    """Add `asked_if` to entries, or a note where people answered who are not said to be asked."""
    for entry, asked in entries:
        said = _read_said(asked)
        if not said or entry.keys.get("kind", "text") == "text":
            continue
        conditions: dict[str, list[str]] = {}
        others = 0
        tests = {
            id(table): [list(_find_tests(entries, wave, table, *one)) for one in said.items()]
            for wave, tables in asked.items()
            for table, _ in tables
        }
        if not all(all(ways) for ways in tests.values()):
            continue
        for tables in asked.values():
            for table, question in tables:
                found = tests[id(table)]
                others += sum(
                    _answers(table, row, question.columns)
                    and not all(_meets(table, row, ways) for ways in found)
                    for row in range(table.rows)
                )
                for ways in found:
                    for name, category, *_ in ways:
                        wanted = conditions.setdefault(name, [])
                        wanted += [category] if category not in wanted else []
        if others:
            names = " and ".join(conditions)
            entry.decide.append(
                f"the questionnaire asks it by the answer to {names}, and others answered it too, "
                f"in {others:,} of the rows; it is taken as asked of everybody."
            )
        else:
            entry.keys["asked_if"] = conditions


def _read_said(asked: Asked) -> Mapping[str, Sequence[str]]:
    """Return the condition that all columns of a question have, if they have the same."""
    said = [
        column.known.asked_if
        for tables in asked.values()
        for _, question in tables
        for column in question.columns
    ]
    return said[0] if said and all(one == said[0] for one in said) else {}


def _find_tests(
    entries: Entries, wave: str, table: Table, question: str, answers: Sequence[str]
) -> Iterator[_Test]:
    """Yield how each of the answers that decide is drafted; nothing where one of them is not."""
    found: list[_Test] = []
    for answer in answers:
        tests = [
            test
            for entry, asked in entries
            for one, other in asked.get(wave, ())
            if one is table
            for part, column in list_parts(other)
            if question in (column.known.question, column.name)
            and (test := _find_test(entry, part, column, answer)) is not None
        ]
        if len(tests) != 1:
            return
        found += tests
    yield from found


def _find_test(entry: Entry, part: str, column: Column, answer: str) -> _Test | None:
    categories = entry.keys.get("categories", {})
    if column.known.kind == "text" or not categories:
        return None
    if entry.question.form == "options":
        name = entry.names.get(part)
        is_wanted = fold_text(column.known.part) == fold_text(answer)
        return (entry.name, name, column, None) if name and is_wanted else None
    said = fold_text(column.known.labels.get(answer, answer))
    for category, described in categories.items():
        detail = described if isinstance(described, Mapping) else {"label": described}
        ways = [detail.get("label", ""), detail.get("code", ""), *detail.get("answers", ())]
        if {fold_text(answer), said} & {fold_text(str(way)) for way in ways}:
            name = entry.names[part] if entry.question.form == "items" else entry.name
            return name, str(category), column, {fold_text(answer), said}
    return None


def _meets(table: Table, row: int, ways: Sequence[_Test]) -> bool:
    """Tell whether a row has one of the answers that decide."""
    for *_, column, cells in ways:
        cell = fold_text(table.cells[column.position][row])
        if cell in cells if cells is not None else cell not in _NOTHING | NOT_TICKED:
            return True
    return False


def _answers(table: Table, row: int, columns: Sequence[Column]) -> bool:
    """Tell whether somebody answered a question; an option that is not ticked is no answer."""
    for column in columns:
        cell = fold_text(table.cells[column.position][row])
        is_option = column.known.kind == "multiple"
        if cell not in _NOTHING and not (is_option and cell in NOT_TICKED):
            return True
    return False
