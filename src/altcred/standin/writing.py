"""Writes the exports of a stand-in: which rows stand in which file, and what stands beside them."""

import contextlib
import datetime
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np

from altcred.clean.exclusions import rule_column
from altcred.core.description import as_list
from altcred.core.records import ALL
from altcred.describe.cohort import Cohort
from altcred.describe.rows import Exclusion
from altcred.describe.study import Study
from altcred.read.columns import find_column, open_wave
from altcred.read.export import Column, Export, Layout, open_export
from altcred.read.join import call_columns
from altcred.reconstruct.roster import Supply
from altcred.standin.exports import Composer, Identities, Table, order_rows
from altcred.standin.files import name_file, write_file
from altcred.standin.form import FileForm, Form
from altcred.standin.moments import write_times
from altcred.standin.panel import Pairs
from altcred.standin.people import People
from altcred.standin.rules import drops, tell_apart
from altcred.standin.shapes import RUNNING, draw_code

_Supplied = Iterator[tuple[str, str, str]]


@dataclass
class OpenFile:
    """A file without rows: its form, its columns by survey and role, and all of them in order."""

    form: FileForm
    columns: dict[str, dict[str, Column]]
    export: Export


def write_exports(
    drawn: dict[str, People], panels: list[Pairs], form: Form, raw: Path, seed: int
) -> dict[str, str]:
    """Write the exports of every survey; return the hash of each file by its name."""
    raw = raw.resolve()
    raw.mkdir(parents=True, exist_ok=True)
    random = Random(f"{seed} stand-in")
    supply = _supply(random)
    sums: dict[str, str] = {}

    def write(one: FileForm, rows: Sequence[Sequence[str]]) -> None:
        content = write_file(one, rows)
        (raw / name_file(one)).write_bytes(content)
        sums[name_file(one)] = hashlib.sha256(content).hexdigest()

    known = _identify(drawn, panels, supply)
    linked = {wave: np.zeros(people.size, dtype=bool) for wave, people in drawn.items()}
    for pairs in panels:
        linked[pairs.panel.first][pairs.places[0]] = True
        linked[pairs.panel.second][pairs.places[1]] = True
    with _as_project(raw):
        _write_headers(form, raw)
        for waves in _gather_waves(drawn, form):
            files = _open_files(drawn, form, raw, waves)
            tables = _compose(drawn, form, files, supply, random, known, linked)
            matrices = _lay_out(drawn, form, files, tables, random)
            for at, partners in enumerate(form.joined.get(waves[0], [])):
                for one, rows in _part_joined(drawn[waves[0]], files, matrices, at, partners):
                    write(one, rows)
            for file, rows in zip(files, matrices, strict=True):
                write(file.form, [row[: len(file.form.head[0])] for row in rows])
    return sums


@contextlib.contextmanager
def _as_project(raw: Path) -> Iterator[None]:
    """Look for files in the folder of the stand-in alone, as in a project of its own."""
    root = raw.parents[2]
    (root / "params.yaml").touch()
    with contextlib.chdir(root):
        yield


def _write_headers(form: Form, raw: Path) -> None:
    """Write every file without rows, so that its columns are found as they will be."""
    joined = [one for several in form.joined.values() for ones in several for one in ones]
    for one in [*(one for ones in form.files.values() for one in ones), *joined]:
        path = raw / name_file(one)
        path.parent.mkdir(parents=True, exist_ok=True)
        # Rows show how the header is parted from them.
        width = len(one.head[-1])
        path.write_bytes(write_file(one, [[f"x{row}"] * width for row in range(3)]))


def _gather_waves(drawn: Mapping[str, People], form: Form) -> list[list[str]]:
    """Return the surveys, those of the same files together."""
    found: dict[tuple[str, ...], list[str]] = {}
    for wave in drawn:
        found.setdefault(tuple(one.name for one in form.files[wave]), []).append(wave)
    return list(found.values())


def _open_files(
    drawn: Mapping[str, People], form: Form, raw: Path, waves: Sequence[str]
) -> list[OpenFile]:
    files: list[OpenFile] = []
    for one in form.files[waves[0]]:
        path, columns, export = raw / name_file(one), {}, None
        for wave in waves:
            study = _with_files(drawn[wave].cohort, wave, form, one)
            opened, problems = open_wave(study, drawn[wave].cohort.codebook, wave, [path])
            if not opened:
                raise AssertionError([str(one) for one in problems])
            export, columns[wave] = opened[0]
        assert export is not None
        files.append(OpenFile(one, columns, export))
    return files


def _with_files(cohort: Cohort, wave: str, form: Form, one: FileForm) -> Study:
    """Return the study with the files as they are called here, and as many rows of headers."""
    settings = cohort.study.waves[wave]
    join = [
        joined.model_copy(update={"exports": [name_file(other) for other in ones]})
        for joined, ones in zip(settings.join, form.joined.get(wave, []), strict=True)
    ]
    rows = {"header_rows": len(one.head), "join": join}
    waves = {**cohort.study.waves, wave: settings.model_copy(update=rows)}
    return cohort.study.model_copy(update={"waves": waves})


def _identify(
    drawn: Mapping[str, People], panels: Sequence[Pairs], supply: _Supplied
) -> dict[str, Identities]:
    """Give everybody an address and a code, the same people the same in all surveys."""
    given = {wave: [next(supply) for _ in range(people.size)] for wave, people in drawn.items()}
    for pairs in panels:
        first, second = given[pairs.panel.first], given[pairs.panel.second]
        for one, other in zip(*(places.tolist() for places in pairs.places), strict=True):
            email, _, code = first[one]
            second[other] = email, second[other][1], code
    return {
        wave: Identities(*([one[at] for one in ones] for at in range(3)))
        for wave, ones in given.items()
    }


def _compose(
    drawn: Mapping[str, People],
    form: Form,
    files: Sequence[OpenFile],
    supply: _Supplied,
    random: Random,
    known: Mapping[str, Identities],
    linked: Mapping[str, np.ndarray],
) -> dict[str, Table]:
    """Compose the rows of every survey of some files."""
    waves, tables = list(files[0].columns), {}
    for wave in waves:
        people = drawn[wave]
        columns: dict[str, list[Column]] = {}
        for file in files:
            for role, column in file.columns[wave].items():
                columns.setdefault(role, []).append(column)
        zone = people.cohort.study.waves[wave].timezone or files[0].form.time_zone
        composer = Composer(
            people, columns, form.styles.get(wave, {}), supply, random, zone, linked[wave],
            _count_others(drawn, wave, [one for one in waves if one != wave]),
            form.unusable.get(wave, {}),
        )  # fmt: skip
        tables[wave] = composer.compose(known[wave])
    return tables


def _count_others(drawn: Mapping[str, People], wave: str, others: Sequence[str]) -> dict[str, int]:
    """Return how many rows of other surveys in the same files each rule of a survey drops.

    What is wrong with a row in all of them is written with the first.
    """
    study = drawn[wave].cohort.study
    own = [rule.name for rule in study.waves[wave].exclude if rule.column]
    if not others or study.waves[wave].is_row_person:
        return {}
    if not own:
        return {}
    rows = sum(
        drawn[one].size + int(drawn[one].shown.find(one, ALL, "dropped", "repeat") or 0)
        for one in others
    )
    counts = {own[0]: rows}
    if wave != next(one for one in drawn if one in (wave, *others)):
        known = drawn[wave].shown.of_part(wave, ALL, "dropped")
        counts |= {reason: 10**9 for reason, _ in known if reason not in ("", "repeat", *own)}
        counts[own[0]] = 10**9
    return counts


# Rows and files ----------------------------------------------------------------------------


def _lay_out(
    drawn: Mapping[str, People],
    form: Form,
    files: Sequence[OpenFile],
    tables: Mapping[str, Table],
    random: Random,
) -> list[list[list[str]]]:
    """Return the rows of each file, of all the surveys in it."""
    waves = list(tables)
    first = drawn[waves[0]].cohort.study.waves[waves[0]]
    is_one_row = len(waves) > 1 and first.is_row_person
    matrices = []
    dealt = {wave: _deal(tables[wave], wave, files) for wave in waves}
    for at, file in enumerate(files):
        parts: list[np.ndarray] = []
        moments: list[datetime.datetime | None] = []
        for wave in waves:
            rows = dealt[wave][at]
            part = np.full((len(rows), len(file.export.columns)), "", dtype=object)
            for role, column in file.columns[wave].items():
                if role in tables[wave].cells and column.position >= 0:
                    part[:, column.position] = tables[wave].cells[role][rows]
            _keep_apart(drawn, wave, [one for one in waves if one != wave], file, part)
            times = [tables[wave].times[row] for row in rows]
            if is_one_row and parts:
                _merge(parts, moments, part, times)
            else:
                parts.append(part)
                moments += times
        order = sorted(range(len(moments)), key=lambda row: moments[row] or datetime.datetime.min)
        cells = np.concatenate(parts)[order]
        _fill(file, cells, [moments[row] for row in order], random)
        matrices.append(cells.tolist())
    return matrices


def _merge(
    parts: list[np.ndarray], moments: list[datetime.datetime | None], part: np.ndarray,
    times: Sequence[datetime.datetime | None],
) -> None:  # fmt: skip
    """Put the answers of a further survey beside those of the same people."""
    held = parts[0]
    both = min(len(held), len(part))
    held[:both] = np.where(held[:both] == "", part[:both], held[:both])
    parts[0] = np.concatenate([held, part[both:]])
    moments += times[both:]


def _keep_apart(
    drawn: Mapping[str, People], wave: str, others: Sequence[str], file: OpenFile, part: np.ndarray
) -> None:
    """Write what tells a survey's rows from those of others in the same file."""
    study = drawn[wave].cohort.study
    places: dict[int, tuple[list[Exclusion], list[Exclusion]]] = {}
    for other in [wave, *others]:
        if study.waves[other].is_row_person:
            return
        for rule in study.exclusions(other):
            column = file.columns[other].get(rule_column(rule))
            if column is not None and rule.wanted:
                places.setdefault(column.position, ([], []))[other != wave].append(rule)
    for place, (own, foreign) in places.items():
        shared = [rule for rule in foreign if rule not in own]
        if shared:
            text = tell_apart(own, shared)
            kept = [not any(drops(rule, one) for rule in own) for one in part[:, place]]
            part[kept, place] = text


def _deal(table: Table, wave: str, files: Sequence[OpenFile]) -> list[list[int]]:
    """Return which rows stand in which of several files: each in one that asks what it answers."""
    order = order_rows(table)
    if len(files) == 1:
        return [order]
    may = np.ones((table.size, len(files)), dtype=bool)
    for at, file in enumerate(files):
        for role, cells in table.cells.items():
            if role not in file.columns[wave] and not role.startswith("@"):
                may[:, at] &= cells == ""
    for row, source in table.same.items():
        may[row] &= may[source]
    dealt: list[list[int]] = [[] for _ in files]
    free = [row for row in order if may[row].all() and row not in table.same]
    place: dict[int, int] = {}
    for row in order:
        if row not in table.same and not may[row].all():
            able = np.flatnonzero(may[row]) if may[row].any() else np.arange(len(files))
            place[row] = int(min(able, key=lambda one: len(dealt[one])))
            dealt[place[row]].append(row)
    for at, rows in enumerate(np.array_split(np.array(free, dtype=int), len(files))):
        place |= dict.fromkeys(rows.tolist(), at)
    # The same response stands in another file.
    place |= {row: (place[source] + 1) % len(files) for row, source in table.same.items()}
    return [[row for row in order if place[row] == at] for at in range(len(files))]


def _fill(
    file: OpenFile, cells: np.ndarray, times: Sequence[datetime.datetime | None], random: Random
) -> None:
    """Fill the columns that no description names: by what a tool writes there in every row."""
    for at, fill in enumerate(file.form.fills):
        if not fill or len(cells) == 0 or (cells[:, at] != "").any():
            continue
        if fill.startswith("="):
            cells[:, at] = fill[1:]
        elif fill.startswith("@"):
            began = fill.startswith("@-")
            moments = [
                one and one - datetime.timedelta(seconds=random.randrange(180, 1500) * began)
                for one in times
            ]
            cells[:, at] = write_times(fill[1 + began :], moments, file.form.time_zone)
        elif fill == RUNNING:
            cells[:, at] = list(map(str, range(1, len(cells) + 1)))
        else:
            seen: set[str] = set()
            for row in range(len(cells)):
                code = draw_code(fill, random)
                for _ in range(20):
                    code = draw_code(fill, random) if code in seen else code
                seen.add(code)
                cells[row, at] = code


# Joined files ------------------------------------------------------------------------------


def _part_joined(
    people: People, files: Sequence[OpenFile], matrices: Sequence[list[list[str]]], at: int,
    partners: Sequence[FileForm],
) -> Iterator[tuple[FileForm, list[list[str]]]]:  # fmt: skip
    """Yield the rows of further files: what of the rows stands there, under the same key."""
    joined = people.cohort.study.waves[people.wave].join[at]
    on, names = as_list(joined.on), [name_file(one) for one in partners]
    theirs = as_list(joined.their) or on
    raw = Path("data/raw") / people.cohort.name
    stubs = [open_export(raw / name, Layout(len(one.head), "", "", ""))
             for name, one in zip(names, partners, strict=True)]  # fmt: skip
    their_keys = [_find_places(stub, theirs) for stub in stubs]
    others = [
        [column for column in stub.columns if column.position not in keys]
        for stub, keys in zip(stubs, their_keys, strict=True)
    ]
    all_names: dict[tuple[str, str, str, int], int] = {}
    here = [[all_names.setdefault(one, len(all_names)) for one in call_columns(ones)]
            for ones in others]  # fmt: skip
    rows: list[list[list[str]]] = [[] for _ in partners]
    seen: set[tuple[str, ...]] = set()
    unjoined = int(people.shown.find(people.wave, ALL, "unjoined") or 0)
    for file, matrix in zip(files, matrices, strict=True):
        begin = _find_begin(file, at)
        keys = _find_places(file.export, on)
        for place, cells in enumerate(matrix):
            key = tuple(cells[one] for one in keys)
            if not all(key) or key in seen:
                continue
            seen.add(key)
            beside = cells[begin : begin + len(all_names)]
            if unjoined and not any(beside):
                unjoined -= 1
                continue
            which = place * len(partners) // len(matrix)
            row = [""] * len(stubs[which].columns)
            for position, text in zip(their_keys[which], key, strict=True):
                row[position] = text
            for column, number in zip(others[which], here[which], strict=True):
                row[column.position] = beside[number]
            rows[which].append(row)
    yield from zip(partners, rows, strict=True)


def _find_begin(file: OpenFile, at: int) -> int:
    """Return where the columns of a further file begin among those of a file it was joined to."""
    told = [column.position for column in file.export.columns if column.part and not column.label
            and not column.text]  # fmt: skip
    own = sum(column.part == 0 for column in file.export.columns)
    return own if at == 0 else sorted(told)[at - 1] + 1


def _find_places(export: Export, locators: Sequence[str]) -> list[int]:
    found = [find_column(export, [("any", one)], is_role=True) for one in locators]
    return [one.position for one in found if isinstance(one, Column)]


def _supply(random: Random) -> _Supplied:
    """Yield an e-mail address, a network and a code for one person after the other."""
    given, number = Supply(random), 0
    while True:
        number += 1
        yield next(given.emails), next(given.addresses), f"S{number:06d}"
