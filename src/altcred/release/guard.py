"""Looks through every file of a release before anybody gets it, and refuses it with the place."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from altcred.build.tables import make_inert
from altcred.core.errors import Problem, refuse_problems
from altcred.estimate.store import KEY
from altcred.release.described import list_files
from altcred.release.secrets import ROW, Secrets
from altcred.release.texts import read_rows, read_texts

# Where the files of a stand-in lie.
STAND_IN = ("data/", "pipeline/data/raw/")
# Kept as others read them: exports in the form of the originals, an author's tables, and code.
_AS_MADE = ("pipeline/data/raw/", "pipeline/cohorts/", "pipeline/altcred-")
_BEGINS = tuple("=+-@\t\r\n")
_PRIVATE = (".parquet", ".key", ".duckdb", ".failed.ipynb")
# What of a workbook or a document is there and is not seen.
_UNSEEN = (
    (".xlsx", re.compile(r'state="(?:very)?[hH]idden"|<(?:row|col)\b[^>]*\bhidden="(?:1|true)"')),
    (".xlsx", re.compile(r"<comment\b|<externalReference\b|<f[ >]")),
    (".docx", re.compile(r"<w:(?:vanish|del|ins|comment)\b[^>]*>")),
)
# So many places of a file are told of each kind.
_MOST = 3
_REMEDY = "Remove it from there, build the report again if it came from it, and release again."


def check_release(folder: Path, secrets: Secrets, hidden: set[tuple[str, ...]]) -> None:
    """Look for what may not leave in every file of a folder; InvalidInput names each place.

    `hidden` are the keys of the estimates that are hidden. What was found is never quoted.
    """
    problems: list[Problem] = []
    for name in list_files(folder):
        told: Counter[str] = Counter()
        for place, what in dict.fromkeys(_check_file(folder, name, secrets, hidden)):
            told[what] += 1
            if told[what] <= _MOST:
                problems.append(Problem(place, "", f"holds {what}.", _REMEDY))
    refuse_problems(problems)


def _check_file(
    folder: Path, name: str, secrets: Secrets, hidden: set[tuple[str, ...]]
) -> Iterator[tuple[str, str]]:
    content = (folder / name).read_bytes()
    if name.endswith(_PRIVATE) or "/.dvc/cache/" in name or "/.dvc/tmp/" in name:
        yield name, "what is for the author alone"
    if hashlib.sha256(content).hexdigest() in secrets.files:
        yield name, "a file of the exports or the responses as it is"
    if secrets.key and secrets.key in content:
        yield name, "the key of the tokens"
    is_stand_in = name.startswith(STAND_IN)
    try:
        for place, text in read_texts(name, content):
            yield from _check_text(place, text, secrets, is_stand_in)
            for ending, pattern in _UNSEEN:
                if name.endswith(ending) and pattern.search(text):
                    yield place, "cells or words that are not seen"
            if place.endswith(".csv"):
                yield from _check_table(place, text, secrets, hidden, is_stand_in)
    except Exception as error:
        yield name, f"what cannot be looked through ({type(error).__name__})"


def _check_text(
    place: str, text: str, secrets: Secrets, is_stand_in: bool
) -> Iterator[tuple[str, str]]:
    # The same file stands in several places, as in a package of a figure's files.
    known = (hashlib.sha256(text.encode(errors="replace")).digest(), is_stand_in)
    if known not in secrets.looked_at:
        secrets.looked_at[known] = list(secrets.find(text, is_stand_in))
    for what in secrets.looked_at[known]:
        yield _find_line(place, text, secrets, what, is_stand_in), what


def _find_line(place: str, text: str, secrets: Secrets, what: str, is_stand_in: bool) -> str:
    """Return the place with its line, where a line alone tells."""
    for number, line in enumerate(text.splitlines(), start=1):
        if what in secrets.find(line, is_stand_in):
            return f"{place}, line {number}"
    return place


def _check_table(
    place: str, text: str, secrets: Secrets, hidden: set[tuple[str, ...]], is_stand_in: bool
) -> Iterator[tuple[str, str]]:
    rows = list(read_rows(text))
    heads = rows[0] if rows else []
    values = [heads.index(one) for one in ("value", "low", "high") if one in heads]
    keys = [heads.index(one) for one in KEY] if {*KEY} <= {*heads} else []
    for number, row in enumerate(rows, start=1):
        where = f"{place}, line {number}"
        if not is_stand_in and secrets.holds_row(row):
            yield where, ROW
        is_hidden = keys and len(row) == len(heads) and tuple(row[at] for at in keys) in hidden
        if is_hidden and any(row[at] for at in values):
            yield where, "a number that is hidden"
        is_as_made = place.startswith(_AS_MADE)
        if not is_as_made and any(make_inert(one) != one for one in row if one[:1] in _BEGINS):
            yield where, "a cell that a spreadsheet would run"


def list_hidden(paths: list[Path]) -> set[tuple[str, ...]]:
    """Return the keys of the estimates that are hidden in some files."""
    found: set[tuple[str, ...]] = set()
    for path in paths:
        frame = pd.read_csv(path, dtype=str, keep_default_na=False)
        rows = frame[frame["note"].str.startswith("suppressed")]
        found |= set(rows[KEY].itertuples(index=False, name=None))
    return found
