"""What an export has otherwise than the description that was taken over from an earlier cohort."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from altcred.clean.readers import make_reader
from altcred.core.errors import InvalidInput, refuse, refuse_problems
from altcred.describe.cohort import Cohort, open_cohort
from altcred.describe.correspondence import correspond
from altcred.describe.series import earlier_cohorts
from altcred.kinds import kind_of
from altcred.kinds.choices import list_separators
from altcred.kinds.masking import may_identify
from altcred.kinds.reading import (
    JOINED,
    NOT_A_CHOICE,
    UNLISTED,
    choices_of,
    fold_text,
    tidy_text,
)
from altcred.read.columns import Source, list_locators, list_sources, open_wave
from altcred.read.export import Column, Export

# Columns by what they are needed for, as `list_locators` names it.
Columns = dict[str, Column]
Opened = tuple[Export, Columns]
# An answer of fewer people is not quoted, and of many new ones only so many are.
_QUOTED_FROM, _MOST_NAMED = 10, 12


def open_files(cohort: Cohort, wave: str, files: Sequence[Path] = ()) -> list[Opened]:
    """Open exports as a wave describes them: the files given, or its own that are there.

    InvalidInput where a given file cannot be read.
    """
    opened, problems = open_wave(cohort.study, cohort.codebook, wave, files)
    if len(opened) < len(files):
        refuse_problems(problems)
    wanted = list_locators(cohort.study, cohort.codebook, wave)
    return [
        (export, {role: one for role, one in columns.items() if role in wanted})
        for export, columns in opened
    ]


def check_files(cohort: str, files: Sequence[Path]) -> None:
    """Refuse exports, one a wave, that cannot be read as a cohort describes its own."""
    opened = open_cohort(cohort)
    if len(files) > len(opened.study.waves):
        message = f"is given once a wave: {', '.join(opened.study.waves)}."
        refuse("--from", "", message, "Leave out the last.")
    for wave, file in zip(opened.study.waves, files, strict=False):
        open_files(opened, wave, [file])


def tell_changes(cohort: str, files: Sequence[Path] = ()) -> Iterator[str]:
    """Yield what the exports of each wave have otherwise than the cohort before.

    Those of the first waves may be given; of the others they are the cohort's own that are there.
    Nothing where no cohort came before.
    """
    opened = open_cohort(cohort)
    given = dict(zip(opened.study.waves, files, strict=False))
    for wave in opened.study.waves if opened.study.series.cohorts else ():
        exports = open_files(opened, wave, [given[wave]] if wave in given else [])
        yield from (f"{wave}: {line}" for line in list_changes(opened, wave, exports))
        named = opened.study.waves[wave].exports
        if wave in given and given[wave].name not in named:
            yield f"{wave}: study.yaml expects {', '.join(named)}, not {given[wave].name}."


def list_changes(cohort: Cohort, wave: str, exports: Sequence[Opened]) -> Iterator[str]:
    """Yield what exports of a wave have otherwise than its description and the cohort before.

    Columns that are gone, that have another name, that ask something else and that are new; and
    of closed questions the answers that nobody gave and those that are not described. No answer
    of few people is quoted, and none to an open question is looked at.
    """
    if not exports:
        return
    former = list(_former_exports(cohort, wave))
    before = {role: column for _, columns in former for role, column in columns.items()}
    there = {role for _, columns in exports for role in columns}
    gone = {
        role: " / ".join(tidy_text(text) for _, text in locators)
        for role, locators in list_locators(cohort.study, cohort.codebook, wave).items()
        if role not in there
    }
    moved: Columns = {}
    for export, found in exports:
        moved |= _find_moved(export, found, gone, before)
    yield from _list_gone(gone, moved)
    for export, columns in exports:
        found = columns | {role: one for role, one in moved.items() if one in export.columns}
        told = [*_list_reworded(cohort, wave, columns, before), *_list_new(export, found, former)]
        told += _list_answers(cohort, wave, export, found)
        yield from (f"{export.file}: {one}" for one in told)


def _former_exports(cohort: Cohort, wave: str) -> Iterator[Opened]:
    """Yield the exports of the nearest earlier cohort that are at hand, by the names here."""
    for name in reversed(earlier_cohorts(cohort.study)):
        found = correspond(cohort, name)
        if wave not in found.waves:
            continue
        names = {there: here for here, there in found.variables.items()}
        opened = open_files(found.other, found.waves[wave])
        for export, columns in opened:
            yield export, {names.get(role, role): column for role, column in columns.items()}
        if opened:
            return


def _find_moved(
    export: Export, found: Columns, gone: Mapping[str, str], before: Columns
) -> Columns:
    """Return the columns that ask what one that is gone asked in the cohort before."""
    taken = {column.position for column in found.values()}
    by_text = {
        fold_text(one.text): one
        for one in export.columns
        if one.text not in ("", one.name) and one.position not in taken
    }
    texts = {role: fold_text(before[role].text) for role in gone if role in before}
    return {role: by_text[text] for role, text in texts.items() if text in by_text}


def _list_gone(gone: Mapping[str, str], moved: Columns) -> Iterator[str]:
    """Yield the columns that are gone, and under which name what they asked now stands."""
    for role, wanted in gone.items():
        now = ""
        if role in moved:
            now = f"; column {moved[role].label} asks the same. Name it in the codebook"
        yield f"column {wanted} ({_name(role)}) is gone{now}."


def _list_reworded(cohort: Cohort, wave: str, found: Columns, before: Columns) -> Iterator[str]:
    """Yield the columns that ask something else, or ask the same under another name."""
    variables = cohort.codebook.in_wave(wave)
    for role, column in found.items():
        old, variable = before.get(role), variables.get(role)
        asked = variable.question[wave] if variable and wave in variable.question else None
        text = (asked.text if asked else "") or (old.text if old is not None else "")
        # A header is no question, and a label that stands for one is no wording.
        is_header = fold_text(column.text) in {"", fold_text(column.name), fold_text(column.label)}
        is_label = variable is not None and fold_text(text) == fold_text(variable.label)
        if not text or is_header or is_label or may_identify(column.text):
            continue
        if fold_text(column.text) != fold_text(text):
            yield (
                f"column {column.label} ({_name(role)}) asks {column.text!r}, and asked {text!r} "
                "before."
            )
        elif asked and asked.name and fold_text(asked.name) != fold_text(column.name):
            yield f"column {asked.name} ({_name(role)}) is now called {column.name}."


def _list_new(
    export: Export,
    found: Columns,
    former: Sequence[Opened],
) -> Iterator[str]:
    """Yield the columns that nothing describes, of those that the cohort before did not have."""
    taken = {part.position for column in found.values() for part in (column, *column.others)}
    known = {
        fold_text(text)
        for other, _ in former
        for column in other.columns
        for text in (column.import_id, column.name)
        if text
    }
    new = [
        column.label if column.text in ("", column.name) else f"{column.label} ({column.text})"
        for column in export.columns
        if column.position not in taken
        and not {fold_text(column.import_id or column.name), fold_text(column.name)} & known
        and column.label
        and not may_identify(f"{column.label} {column.text}")
    ]
    # Without exports of the cohort before, a check tells of what nothing describes.
    if new and former:
        more = f" and {len(new) - _MOST_NAMED} more" if len(new) > _MOST_NAMED else ""
        yield f"new columns: {', '.join(new[:_MOST_NAMED])}{more}."


def _list_answers(cohort: Cohort, wave: str, export: Export, found: Columns) -> Iterator[str]:
    """Yield of each closed question the answers nobody gave and those not described."""
    variables = cohort.codebook.in_wave(wave)
    sources = [
        source
        for source in list_sources(cohort.codebook, wave)
        if source.column in found and kind_of(variables[source.variable]).needs_categories
    ]
    counts: dict[str, Counter[str]] = {source.column: Counter() for source in sources}
    with suppress(InvalidInput):
        for block in export.blocks(found[column] for column in counts):
            for column, count in counts.items():
                count.update(found[column].read(export.file, block).to_pylist())
    given: dict[str, set[str]] = {}
    for source in sources:
        read_as, new = _read_answers(cohort, wave, source, found[source.column], counts)
        given.setdefault(source.variable, set()).update(read_as)
        least = max(_QUOTED_FROM, cohort.study.disclosure.minimum)
        quoted = [one for one, n in new.items() if n >= least and not may_identify(one)]
        if new:
            named = ", ".join(repr(one[:100]) for one in quoted[:_MOST_NAMED])
            rest = len(new) - len(quoted[:_MOST_NAMED])
            others = f"{rest} that few gave" if not named else f"and {rest} more"
            yield (
                f"{_name(source.column)}: answers not described: "
                f"{' '.join(filter(None, [named, others if rest else '']))}."
            )
    for name, answers in given.items():
        offered = variables[name].categories_in(wave)
        never = [one.label for key, one in offered.items() if key not in answers]
        if answers and never:
            named = ", ".join(map(repr, never[:_MOST_NAMED]))
            yield f"{name}: nobody gave {named}; leave out what was not offered."


def _read_answers(
    cohort: Cohort, wave: str, source: Source, column: Column, counts: dict[str, Counter[str]]
) -> tuple[set[str], Counter[str]]:
    """Return which categories a column's answers are, and how often each other answer is given."""
    variable = cohort.codebook.variables[source.variable]
    kind, found = kind_of(variable), list(counts[source.column])
    answers = {
        one: list(counts[one.column]) for one in list_sources(cohort.codebook, wave)
        if one.column in counts
    }  # fmt: skip
    read = make_reader(variable, wave, source, [column], answers)
    choices = choices_of(variable, wave)
    given: set[str] = set()
    new: Counter[str] = Counter()
    for answer, n in counts[source.column].items():
        if not answer:
            continue
        reading = read(answer)
        if reading.reason in (UNLISTED, NOT_A_CHOICE) or reading.reason.startswith(JOINED):
            pieces = [answer]
            if kind.has_ticks and source.option is None:
                # Of several answers in one cell only those that are not described are new.
                pieces = answer.split(list_separators(kind.suit(variable, wave, found))[0])
                pieces = [one for one in pieces if not any(fold_text(one) in c for c in choices)]
            new.update({tidy_text(one): n for one in pieces})
        elif isinstance(reading.value, tuple):
            given.update(reading.value)
        elif isinstance(reading.value, str):
            given.add(reading.value)
    return given, new


def _name(role: str) -> str:
    """Return what a column is needed for."""
    return role.lstrip("@").replace("__", ": ")
