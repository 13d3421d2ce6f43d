"""Reads what stands in a file as a drafted entry describes it, before anybody relies on it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from pydantic import ValidationError

from altcred.clean.decimals import list_doubtful
from altcred.clean.readers import make_reader
from altcred.describe.codebook import CodebookFile, check_codebook
from altcred.describe.study import StudyFile
from altcred.draft.seen import Seen
from altcred.kinds import kind_of
from altcred.kinds.reading import (
    ANOTHER_CURRENCY,
    JOINED,
    NOT_APPLICABLE,
    UNCLEAR_DATE,
    UNLISTED,
    fold_text,
)
from altcred.kinds.variable import Variable
from altcred.read.columns import Source

_NAME = "drafted"


@dataclass
class Trial:
    """What came of reading: which answers a build would refuse, and which are missing."""

    # Why the entry is none; empty where it is one.
    problem: str = ""
    refused: dict[str, set[str]] = field(default_factory=dict)
    # Answers that were read as none, with how often each was given, and all that were given.
    unread: Counter[str] = field(default_factory=Counter)
    total: int = 0
    # How often each category was read.
    values: Counter[str] = field(default_factory=Counter)

    @property
    def is_sound(self) -> bool:
        """Whether the entry holds and no answer would stop a build."""
        return not self.problem and not any(self.refused.values())

    @property
    def read(self) -> float:
        """The share of answers that were read."""
        return 1 - self.unread.total() / self.total if self.total else 0.0

    def say_unread(self) -> list[str]:
        """Return what to decide of answers that are missing."""
        n = self.unread.total()
        return [f"{n} of {self.total} answers cannot be read and are missing."] if n else []


def try_out(keys: Mapping[str, Any], *seen: Seen, options: Mapping[str, Seen] | None = None
            ) -> Trial:  # fmt: skip
    """Read all answers of one column or several, or of an option's each, as an entry says."""
    found = Trial()
    waves = dict.fromkeys(
        place.wave for one in [*seen, *(options or {}).values()] for place in one.places
    )
    variable = _load(keys, list(waves), options or {}, found)
    if variable is None:
        return found
    for wave in waves:
        held = {option: _cells_in(one, wave) for option, one in (options or {}).items()}
        answers = {
            Source(f"{_NAME}__{option}", _NAME, option): cells for option, cells in held.items()
        }
        for option, one in (options or {}).items():
            _read(variable, wave, Source(f"{_NAME}__{option}", _NAME, option), one, answers, found)
        for one in seen:
            source = Source(_NAME, _NAME)
            _read(variable, wave, source, one, {source: _cells_in(one, wave)}, found)
    return found


def _cells_in(seen: Seen, wave: str) -> set[str]:
    """Return the different cells of a wave that are not blank."""
    cells = (
        place.table.cells[place.column.position] for place in seen.places if place.wave == wave
    )
    return {cell for column in cells for cell in set(column) if fold_text(cell)}


def _load(
    keys: Mapping[str, Any], waves: list[str], options: Mapping[str, Seen], found: Trial
) -> Variable | None:
    question: Any = {"options": dict.fromkeys(options, "column")} if options else "column"
    entry = {"label": "Label", **keys, "question": dict.fromkeys(waves, question)}
    surveys = {wave: {"label": wave, "exports": ["file"], "submitted": None} for wave in waves}
    try:
        codebook = CodebookFile.model_validate({"variables": {_NAME: entry}}, context=waves)
        study = StudyFile.model_validate({"name": _NAME, "title": _NAME, "waves": surveys})
    except ValidationError as error:
        found.problem = str(error)
        return None
    found.problem = " ".join(next(check_codebook(codebook, study), ()))
    return None if found.problem else codebook.variables[_NAME]


def _read(
    variable: Variable, wave: str, source: Source, seen: Seen,
    answers: Mapping[Source, set[str]], found: Trial,
) -> None:  # fmt: skip
    columns = [place.column for place in seen.places if place.wave == wave]
    if not columns or not kind_of(variable).is_read:
        return
    sorted_answers = {one: sorted(cells) for one, cells in answers.items()}
    read = make_reader(variable, wave, source, columns, sorted_answers)
    counts: Counter[str] = Counter()
    for place in seen.places:
        if place.wave == wave:
            counts.update(place.table.cells[place.column.position])
    if kind_of(variable).is_numeric:
        is_cut = all(place.table.export.delimiter == ";" for place in seen.places)
        make = partial(make_reader, variable, wave, source, columns, sorted_answers)
        doubtful, _ = list_doubtful(
            variable, sorted_answers[source], make, is_cut_at_semicolons=is_cut
        )
        found.refused.setdefault(source.option or "", set()).update(doubtful)
    for cell in sorted_answers[source]:
        reading = read(cell)
        if reading.is_missing or reading.is_blank:
            continue
        found.total += counts[cell]
        read_as = reading.value if isinstance(reading.value, tuple) else (reading.value,)
        found.values.update({one: counts[cell] for one in read_as if isinstance(one, str)})
        stops = reading.reason in {UNLISTED, UNCLEAR_DATE} or reading.reason.startswith(JOINED)
        if stops or (reading.reason == ANOTHER_CURRENCY and not variable.currency):
            found.refused.setdefault(source.option or "", set()).add(cell)
        if reading.value is None and reading.reason != NOT_APPLICABLE:
            found.unread[cell] += counts[cell]
