"""Tells by the answers of several columns what they are together: options, items, places."""

import re
from collections.abc import Callable, Sequence
from math import comb

from altcred.draft.headers import Part, is_bare_other
from altcred.draft.model import Table
from altcred.draft.words import is_other, list_unanswered
from altcred.kinds.reading import fold_text, plain_code, tidy_text
from altcred.kinds.vocabulary import NOT_SHOWN, NOT_TICKED, TICKED
from altcred.read.export import Column, is_filled

# A grid offers hardly more answers than this.
_MOST_ANSWERS = 12
# How many of a column's answers another column must have too.
_IN_COMMON = 0.6
# A header of more words than these is a question.
_FEW_WORDS = 8
# Columns of few answers may never meet though they ask different things.
_BY_CHANCE = 0.05
# Fewer rows with different places may be chance.
_FEWEST_RANKED = 5
# In so many of these somebody may have given one place twice.
_MOST_TIED = 0.1
_CLOSED = {"single", "ordered", "scale", "nps"}
_NO = {"no", "n", "nein", "non", "não", "nao", "nee", "nei", "nej", "ne", "нет", "nie", "hayir"}
# What programs call a column that has no header.
_NAMELESS = re.compile(r"|(?:column|unnamed:?|\.{3}) ?_?\d+(?:_level_\d+)?", re.IGNORECASE)
# What a column is called that holds the option of a place.
_PLACE = re.compile(
    r"(?:[^\W\d_]{3,20})?[ #.]*(\d{1,2})(?:st|nd|rd|th|er|e|º|ª|\.)?"
    r"(?: (?:choice|place|rank|priority))?"
)
_RANKS = re.compile(r"(?:rank|rang|choice|place|platz|position|priorit|lugar|posici[oó]n|[ #.]*\d)")
_NOTHING = NOT_SHOWN | {"n/a"}


def tell_form(table: Table, parts: Sequence[Part], *, is_sure: bool) -> str:
    """Tell what the columns of one question are: "options", "rank", "items"; empty if neither.

    What nobody but the spelling of headers suggests (not `is_sure`) must hold for two columns.
    """
    kinds = {part.column.known.kind for part in parts}
    if kinds <= {"multiple"} or all("___" in part.column.name for part in parts):
        return "options"
    if kinds <= {"rank"}:
        return "rank"
    if kinds - {"", *_CLOSED} or (len(parts) < 2 and not is_sure):
        return ""
    held = [_held(table, part.column) for part in parts]
    # A question that only seems to have parts may as well be several of Yes and No.
    may_deny = is_sure and not _is_by_brackets(parts)
    is_told = may_deny or not any(one & _NO for one in held)
    # Nor is one that a questionnaire has as a question of its own an option.
    is_told &= all(one.column.known.part or not one.column.known.question for one in parts)
    if not kinds & _CLOSED and is_told and _are_ticks(table, parts, held):
        return "options"
    if not kinds & _CLOSED and _are_places(table, [part.column for part in parts], held):
        return "rank"
    if _are_named_by_places(table, parts):
        return "places"
    labels = [dict(part.column.known.labels) for part in parts]
    if len(parts) > 1 and all(one and one == labels[0] for one in labels):
        return "items"
    return "items" if _share_answers(held, is_sure=is_sure) else ""


def end_heading(
    table: Table, group: list[Part], is_typed: Callable[[Part], bool]
) -> tuple[list[Part], list[Part]]:
    """Return the parts of the question that a heading in a row of its own asks, and what follows.

    A sheet may name the next questions without a heading, so that the one before seems to go on. It
    ends with the last column that makes one question with those before it.
    """
    of_it = [one for one in group if one.label and not is_typed(one)]
    is_heading = group[0].column.text == f"{group[0].stem} / {group[0].column.name}"
    if is_heading and not tell_form(table, of_it, is_sure=True):
        for end in range(len(of_it) - 1, 1, -1):
            if tell_form(table, of_it[:end], is_sure=True):
                last = group.index(of_it[end - 1]) + 1
                last += last < len(group) and is_typed(group[last])
                return group[:last], group[last:]
    return group, []


def is_tick(table: Table, part: Part) -> bool:
    """Tell whether a column holds nothing but that its option is ticked, or is not."""
    return _is_tick(part, _held(table, part.column))


def runs_of_ticks(table: Table, columns: Sequence[Column]) -> list[list[Part]]:
    """Return runs of columns that hold nothing but their own header, or but a 1 for it.

    An "Other" ends a question, and so does a header that stands in it already.
    """
    runs: list[list[Column]] = []
    run: list[Column] = []
    said = ""
    for column in columns:
        how = _says_ticked(table, column)
        follows = bool(run) and run[-1].position == column.position - 1
        if follows and is_bare_other(column.name):
            runs.append([*run, column])
            run, said = [], ""
            continue
        fits = how == "empty" or (how != "" and said in ("", how))
        if run and not (follows and fits and column.name not in [one.name for one in run]):
            runs.append(run)
            run, said = [], ""
        if run or how not in ("", "empty"):
            run = [*run, column]
            said = said or how
    runs.append(run)
    found = []
    for one in runs:
        while one and _says_ticked(table, one[-1]) == "empty" and not is_bare_other(one[-1].name):
            one.pop()
        ticked = [_says_ticked(table, column) not in ("", "empty") for column in one]
        if sum(ticked) > 1:
            found.append(
                [Part(column, ("run",), "", column.name, is_bare_other(column.name))
                 for column in one]
            )  # fmt: skip
    return found


def runs_of_nameless(table: Table, columns: Sequence[Column]) -> list[list[Part]]:
    """Return columns of one answer each, of which only the first has a header.

    So a sheet has it where one cell stood above several options. Answers of one's own may follow.
    """
    runs: list[list[Part]] = []
    for column in columns:
        held = list(table.counts(column))
        is_named = not _NAMELESS.fullmatch(column.name)
        label = held[0] if len({fold_text(one) for one in held}) == 1 else ""
        run = runs[-1] if runs else []
        goes_on = bool(run) and not is_named and run[-1].column.position == column.position - 1
        if is_named and label:
            runs.append([Part(column, ("run",), column.text, label)])
        elif goes_on and label not in ["", *(one.label for one in run)]:
            run.append(Part(column, ("run",), run[0].stem, label))
        else:
            if goes_on and len(run) > 1 and held:
                run.append(Part(column, ("run",), run[0].stem, "Other", typed=True))
            runs.append([])
    return [run for run in runs if sum(not one.typed for one in run) > 1]


def runs_of_answers(table: Table, columns: Sequence[Column]) -> list[list[Column]]:
    """Return runs of three or more columns, each headed by a few words, that share their answers.

    So a tool writes a grid that leaves out what it asks. The answers are words, and more than two.
    """

    def may_go_on(run: Sequence[Column], column: Column) -> bool:
        held = [_held(table, one) for one in [*run, column]]
        answers = set().union(*held)
        is_next = column.position == run[-1].position + 1
        return is_next and all(len(one) >= _IN_COMMON * len(answers) for one in held)

    runs: list[list[Column]] = []
    for column in columns:
        held = _held(table, column)
        is_item = "?" not in column.text and len(column.text.split()) <= _FEW_WORDS
        is_said = all(any(map(str.isalpha, one)) and " " in one for one in held)
        if not (is_item and is_said and 2 < len(held) <= _MOST_ANSWERS / 2):
            runs.append([])
        elif runs and runs[-1] and may_go_on(runs[-1], column):
            runs[-1].append(column)
        else:
            runs.append([column])
    return [run for run in runs if len(run) > 2]


def _says_ticked(table: Table, column: Column) -> str:
    """Tell by which one value a column says that its header is ticked; empty where it does not.

    "header" is the header itself, "mark" a sign such as 1, "empty" no answer at all.
    """
    held = _held(table, column)
    if not held:
        return "empty"
    if {_bare(one) for one in held} == {_bare(column.name)}:
        return "header"
    is_mark = len(held) == 1 and held <= TICKED and not column.text.endswith("?")
    return "mark" if is_mark else ""


def fill_one_another(table: Table, columns: Sequence[Column]) -> bool:
    """Tell whether several columns are filled, and never two of them in one row."""
    return _chance_of_no_overlap(table, columns) is not None


def is_told_beside(table: Table, typed: Part, options: Sequence[Part]) -> bool:
    """Tell whether an option, such as another answer, says of whom a column holds typed texts.

    It does not where most who typed did not choose it: then they chose what they typed.
    """
    texts = list(map(is_filled, table.cells[typed.column.position]))
    for one in options:
        if is_other(one.label) or one.label == typed.label:
            chosen = map(is_filled, table.cells[one.column.position])
            if 2 * sum(a and not b for a, b in zip(texts, chosen, strict=True)) <= sum(texts):
                return True
    return False


def stand_for_one_another(table: Table, columns: Sequence[Column]) -> bool:
    """Tell whether no row fills two of several columns, and that is hardly by chance."""
    chance = _chance_of_no_overlap(table, columns)
    return chance is not None and chance < _BY_CHANCE


def _chance_of_no_overlap(table: Table, columns: Sequence[Column]) -> float | None:
    """Return how likely columns filled at random overlap nowhere; None where they overlap."""
    filled = [list(map(is_filled, table.cells[one.position])) for one in columns]
    counts = [count for one in filled if (count := sum(one))]
    if len(counts) < 2 or any(sum(row) > 1 for row in zip(*filled, strict=True)):
        return None
    chance, before = 1.0, counts[0]
    for count in counts[1:]:
        chance *= comb(table.rows - before, count) / comb(table.rows, count)
        before += count
    return chance


def counts_twos(table: Table, column: Column, parts: Sequence[Part]) -> bool:
    """Tell whether a column says how many of others hold a 2, of which each holds a 1 or a 2."""
    if not all(_held(table, part.column) <= {"1", "2", "-1", "-9"} for part in parts):
        return False
    told = 0
    for row in range(table.rows):
        said = plain_code(table.cells[column.position][row].strip())
        cells = [plain_code(table.cells[part.column.position][row].strip()) for part in parts]
        if not said.isdigit() or not set(cells) & {"1", "2"}:
            continue
        if int(said) != cells.count("2"):
            return False
        told += 1
    return told > len(parts) / 2 and len(_held(table, column)) > 1


def say_alike(columns: Sequence[Column]) -> bool:
    """Tell whether no answer that one column has a label for has another label in another."""
    said: dict[str, str] = {}
    return all(
        said.setdefault(answer, label) == label
        for column in columns
        for answer, label in column.known.labels.items()
    )


def _is_by_brackets(parts: Sequence[Part]) -> bool:
    return isinstance(parts[0].key, tuple) and parts[0].key[0] == "brackets"


def _held(table: Table, column: Column) -> set[str]:
    nothing = _NOTHING | list_unanswered(column)
    return {plain_code(fold_text(one)) for one in table.counts(column)} - nothing


def _is_tick(part: Part, held: set[str]) -> bool:
    own = {_bare(one) for one in (part.label, part.column.name, part.column.known.part)}
    return all(one in TICKED or _bare(one) in own for one in held - NOT_TICKED)


def _bare(text: str) -> str:
    """Return a text folded and without what may end a sentence."""
    return fold_text(text).rstrip(" .:;")


def _are_ticks(table: Table, parts: Sequence[Part], held: Sequence[set[str]]) -> bool:
    if all(_is_tick(part, one) for part, one in zip(parts, held, strict=True)):
        # A scale of 0 and 1 is one of ticks as well; a word that all columns share may be none.
        return any(one - NOT_TICKED for one in held)
    if len(parts) < 2 or any(len(one) > 1 for one in held):
        return False
    # A column an option that holds the option's own number, or its label as the header ends.
    only = [(part, next(iter(one))) for part, one in zip(parts, held, strict=True) if one]
    codes = [value for _, value in only]
    is_numbered = all(value.isdigit() for value in codes) and len(set(codes)) == len(codes)
    is_named = all(
        fold_text(part.column.text).endswith(value) and not value.isdigit() for part, value in only
    )
    return len(only) > 1 and (is_numbered or is_named) and table.rows > len(parts) / 2


def _are_places(table: Table, columns: Sequence[Column], held: Sequence[set[str]]) -> bool:
    """Tell whether columns hold places from 1 on, each of them once in a row, or nearly each."""
    places = {str(one) for one in range(1, len(columns) + 1)}
    if len(columns) < 3 or not set().union(*held) <= places or "1" not in set().union(*held):
        return False
    ranked = tied = 0
    for row in range(table.rows):
        given = [plain_code(tidy_text(table.cells[one.position][row])) for one in columns]
        given = [one for one in given if one in places]
        ranked += len(given) > 1
        tied += len(given) != len(set(given))
    return ranked >= _FEWEST_RANKED and tied <= _MOST_TIED * ranked


def _are_named_by_places(table: Table, parts: Sequence[Part]) -> bool:
    """Tell whether columns are called by places, 1st and 2nd, and no row names an option twice.

    Under a word that says no place, as in Child 1, they must have as many options as places.
    """
    found = [_PLACE.fullmatch(fold_text(part.label)) for part in parts]
    if len(parts) < 3 or [one and int(one[1]) for one in found] != [*range(1, len(parts) + 1)]:
        return False
    is_said = all(_RANKS.match(fold_text(part.label)) for part in parts)
    options = set().union(*(_held(table, part.column) for part in parts))
    if not is_said and len(options) != len(parts):
        return False
    ranked = 0
    for row in range(table.rows):
        cells = (fold_text(table.cells[one.column.position][row]) for one in parts)
        given = [one for one in cells if one not in _NOTHING | {""}]
        if len(given) != len(set(given)):
            return False
        ranked += len(given) > 1
    return ranked >= _FEWEST_RANKED


def _share_answers(held: Sequence[set[str]], *, is_sure: bool) -> bool:
    """Tell whether columns share their answers, as the items of a grid do."""
    given = [one for one in held if one]
    pieces = [{piece for one in answers for piece in _cut(one)} for answers in given]
    # Each answer of a grid of boxes to tick may be several.
    return _overlap(given, fewest=1 if is_sure else 2) or (is_sure and _overlap(pieces, fewest=2))


def _overlap(given: Sequence[set[str]], *, fewest: int) -> bool:
    """Tell whether there are few answers and each column has most of its own in common."""
    answers = set().union(*given)
    return (
        len(given) > 1
        and fewest <= len(answers) <= _MOST_ANSWERS
        and all(
            len(one & set().union(*(other for other in given if other is not one)))
            >= _IN_COMMON * len(one)
            for one in given
        )
    )


def _cut(answer: str) -> list[str]:
    mark = ";" if ";" in answer else ","
    return [piece.strip() for piece in answer.split(mark) if piece.strip()]
