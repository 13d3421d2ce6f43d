"""From the raw exports of one wave to decoded responses, one row a person and program."""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import chain
from pathlib import Path

from altcred.clean.decisions import ResponsesSummary, decide_rows, mark_repeats
from altcred.clean.decode import decode_answers, load_exports
from altcred.clean.exclusions import list_unread_tests
from altcred.clean.interpret import interpret_answers, list_lacking
from altcred.clean.log import write_answers
from altcred.clean.refuse import list_clashing_codes, list_doubts, list_unknown
from altcred.clean.rows import Rows, marked
from altcred.clean.times import list_unread_times, note_timeless
from altcred.clean.weights import list_bad_weights
from altcred.core.engine import Engine, open_engine, quoted
from altcred.core.errors import InvalidInput, Problem, refuse, refuse_problems
from altcred.core.paths import wave_dir, written_together
from altcred.describe.cohort import Cohort, open_cohort
from altcred.read.columns import list_sources, open_wave
from altcred.read.identities import list_outputs

log = logging.getLogger(__name__)

FILES = ("responses.parquet", "identifiers.parquet", "answers.csv", "decisions.csv")


def build_responses(cohort: str, wave: str, *, engine: Engine | None = None) -> ResponsesSummary:
    """Read, decode and clean the exports of one wave, and write its four files.

    Under data/processed/COHORT/WAVE: responses.parquet, identifiers.parquet (response_id and
    the tokens of addresses, codes and identifiers in rules), answers.csv (variable, answer, value,
    reason, times, over the kept rows) and decisions.csv (each raw row, kept or dropped with one
    reason). The files appear together or not at all. Of a study without programs `program` and
    `program_type` are empty, and so is `submitted` of a wave without times. Raises InvalidInput
    with all problems found.
    """
    opened = open_cohort(cohort)
    if wave not in opened.study.waves:
        remedy = f"The study has {', '.join(opened.study.waves)}."
        path = f"cohorts/{cohort}/study.yaml"
        refuse(path, f"waves.{wave}", "is missing.", remedy)
    if engine is None:
        with open_engine(opened.study.engine) as own:
            return _build(opened, wave, own)
    return _build(opened, wave, engine)


def check_rows(
    cohort: Cohort, look: Callable[[Rows], None] | None = None
) -> Iterator[Problem | str]:
    """Yield what is wrong with the rows of a cohort's exports, and what is worth knowing of them.

    Everything is done that `build_responses` does, and nothing is written; so what is found
    fine here is built. What is a text stops no build. `look` is shown the rows of each wave.
    """
    for wave in cohort.study.waves:
        with open_engine(cohort.study.engine) as engine:
            try:
                rows, _ = _clean(cohort, wave, engine)
            except InvalidInput as error:
                yield from error.problems
                yield from _check_rest(cohort, wave, error.problems)
            else:
                if look is not None:
                    look(rows)
                yield from (f"{wave}: {note}" for note in [*rows.notes, *list_doubts(rows)])


def _check_rest(cohort: Cohort, wave: str, told: Sequence[Problem]) -> Iterator[Problem]:
    """Yield what else is wrong with a wave, of the questions whose columns are there.

    Where more is lacking than columns of questions nothing can be told.
    """
    exports, problems = open_wave(cohort.study, cohort.codebook, wave)
    there = {role for _, columns in exports for role in columns}
    sources = list_sources(cohort.codebook, wave)
    lacking = {source.variable for source in sources if source.column not in there}
    if not problems or not lacking:
        return
    kept = {name: one for name, one in cohort.codebook.variables.items() if name not in lacking}
    codebook = cohort.codebook.model_copy(update={"variables": kept})
    with open_engine(cohort.study.engine) as engine, suppress(Exception):
        try:
            _clean(Cohort(cohort.study, codebook), wave, engine)
        except InvalidInput as error:
            yield from (one for one in error.problems if one not in told)


def _clean(cohort: Cohort, wave: str, engine: Engine) -> tuple[Rows, ResponsesSummary]:
    exports, problems = open_wave(cohort.study, cohort.codebook, wave)
    refuse_problems(problems)
    rows = Rows(cohort, wave, engine, exports)
    raw_rows = load_exports(rows)
    decode_answers(rows)
    interpret_answers(rows)
    more = (list_unread_tests, list_unread_times, list_unknown, list_bad_weights)
    found = [problem for look in (*more, list_clashing_codes) for problem in look(rows)]
    refuse_problems(chain(rows.problems, found))
    if rows.settings.submitted:
        note_timeless(rows)
    return rows, decide_rows(rows, raw_rows, mark_repeats(rows))


def _build(cohort: Cohort, wave: str, engine: Engine) -> ResponsesSummary:
    rows, summary = _clean(cohort, wave, engine)
    with written_together(wave_dir(cohort.name, wave), FILES) as aside:
        _write(rows, summary, aside)
    log.info("%s: %s of %s rows kept", wave, f"{summary.kept:,}", f"{summary.raw_rows:,}")
    return summary


def _write(rows: Rows, summary: ResponsesSummary, folder: Path) -> None:
    answers = "".join(f", {quoted(one)}" for name in rows.variables for one in rows.columns(name))
    # A question that one of several exports lacks was not asked there.
    answers += "".join(
        f", {marked('asked', name)} AS {quoted(f'asked:{name}')}" for name in list_lacking(rows)
    )
    if rows.settings.weight:
        answers += ', "@weight" AS "role:weight"'

    def write(columns: str) -> Iterator[str]:
        for piece in rows.pieces("interpreted"):
            yield (
                f"SELECT {columns} FROM interpreted JOIN kept ON interpreted.number = kept.number "
                f"WHERE {piece} ORDER BY kept.number"
            )

    written = rows.engine.write_parquet(
        write(f"response_id, program, program_type, submitted{answers}"), folder / FILES[0]
    )
    if written != summary.kept:
        raise AssertionError("not every kept row was written")
    tokens = ", ".join(map(quoted, list_outputs(rows.identities)))
    rows.engine.write_parquet(write(f"response_id, {tokens}"), folder / FILES[1])
    write_answers(rows, folder / FILES[2])
    rows.engine.write_csv(
        'SELECT file, "row", decision, reason, response_id, repeats, comparison, '
        "has_code, unfinished, unjoined, shares_address, address_group FROM decisions "
        "ORDER BY number",
        folder / FILES[3],
    )
