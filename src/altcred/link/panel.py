"""Finds the people who answered two surveys of one program, and writes their answers to both.

Each pair keeps the rule that made it. Where nobody is found the panel is empty, and says so.
"""

import logging
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass, field

from altcred.core.engine import Engine, open_engine, quoted
from altcred.core.errors import Problem, refuse, refuse_problems
from altcred.core.paths import processed_dir, wave_dir, written_together
from altcred.describe.codebook import Codebook
from altcred.describe.cohort import Cohort, open_cohort
from altcred.describe.study import MatchRule
from altcred.kinds import kind_of
from altcred.link.rules import SIDES, list_keys, match_by_rules
from altcred.read.identities import likeness_column, list_identities, token_column

log = logging.getLogger(__name__)

FILES = ("panel.parquet", "matches.csv", "rules.csv")


@dataclass(frozen=True)
class PanelSummary:
    """How many people of two waves were found in both, by the rule that found them."""

    first_rows: int
    second_rows: int
    pairs: int
    by_rule: dict[str, int] = field(default_factory=dict)


def match_panel(
    cohort: str,
    first: str,
    second: str,
    *,
    folder: str = "panel",
    engine: Engine | None = None,
) -> PanelSummary:
    """Match the people of two waves and write data/processed/COHORT/FOLDER.

    panel.parquet has a row a pair: `first_id`, `second_id`, `program`, `program_type`, `rule`,
    `days_between` (calendar days; missing where a wave has no times), `first_submitted`,
    `second_submitted`, then every column of the first wave's responses with the suffix `__first`
    and of the second's with `__second`. matches.csv has `first_id`, `second_id`, `rule`, and
    rules.csv a row a rule, with what it found and left (see RuleCount). Raises InvalidInput where
    the study has no such panel.
    """
    opened = open_cohort(cohort)
    refuse_problems(_check_panel(opened, first, second))
    if engine is None:
        with open_engine(opened.study.engine) as own:
            return _match(opened, (first, second), folder, own)
    return _match(opened, (first, second), folder, engine)


def _check_panel(cohort: Cohort, first: str, second: str) -> Iterator[Problem]:
    panels = [(panel.first, panel.second) for panel in cohort.study.panels]
    if (first, second) not in panels:
        remedy = f"It has {', '.join(f'{one} and {two}' for one, two in panels) or 'none'}."
        message = f"has no panel of {first} and {second}."
        yield Problem(str(cohort.folder / "study.yaml"), "panels", message, remedy)


def _match(cohort: Cohort, waves: tuple[str, str], folder: str, engine: Engine) -> PanelSummary:
    import pandas as pd

    rules = cohort.study.panel_of(*waves).rules
    read_sides(engine, cohort, waves, rules)
    rows = [int(engine.value(f"SELECT count(*) FROM {side}_rows")) for side in SIDES]
    counts = match_by_rules(engine, rules)
    for one in counts:
        log.info("%s: %s pairs", one.rule, f"{one.pairs:,}")
    pairs = sum(one.pairs for one in counts)
    for side in SIDES:
        if engine.value(f"SELECT count(DISTINCT {side}_id) FROM matches") != pairs:
            raise AssertionError("a person was matched twice")
    with written_together(processed_dir(cohort.name) / folder, FILES) as aside:
        engine.write_parquet(_panel_query(cohort.codebook, waves), aside / FILES[0])
        engine.write_csv(
            "SELECT first_id, second_id, rule FROM matches ORDER BY first_id", aside / FILES[1]
        )
        pd.DataFrame(map(asdict, counts)).to_csv(aside / FILES[2], index=False, lineterminator="\n")
    return PanelSummary(rows[0], rows[1], pairs, {one.rule: one.pairs for one in counts})


def read_sides(
    engine: Engine, cohort: Cohort, waves: tuple[str, str], rules: Sequence[MatchRule]
) -> None:
    """Make first_rows and second_rows: a wave's rows with what the rules compare as single values.

    Columns: response_id, program, submitted, each variable, and of each address, code and
    identifier the columns that read/identities.py names. InvalidInput where a wave's responses
    were not built, or not from this codebook.
    """
    for side, wave in zip(SIDES, waves, strict=True):
        folder = wave_dir(cohort.name, wave)
        views = {"responses": f"{side}_responses", "identifiers": f"{side}_identifiers"}
        remedy = f"Build the responses of wave {wave} first."
        refuse_problems(
            Problem(str(folder / f"{file}.parquet"), "", "there is no such file.", remedy)
            for file in views
            if not (folder / f"{file}.parquet").is_file()
        )
        for file, view in views.items():
            engine.read_parquet(view, folder / f"{file}.parquet")
        there = set(engine.columns(views["responses"]))
        for column in cohort.codebook.columns_in(wave):
            if column not in there:
                message = "is not among its columns, though the codebook has it."
                remedy = f"Build the responses of wave {wave} again."
                refuse(folder / "responses.parquet", column, message, remedy)
        source = (
            f"{side}_responses AS answers JOIN {side}_identifiers AS tokens "
            "ON answers.response_id = tokens.response_id"
        )
        columns = engine.columns(views["identifiers"])
        for name, identity in list_identities(cohort.study, cohort.codebook, wave).items():
            if name in list_keys(rules) and not set(identity.outputs) <= set(columns):
                message = f"holds no tokens of {name!r}, which a rule compares."
                remedy = f"Build the responses of wave {wave} again."
                refuse(folder / "identifiers.parquet", "", message, remedy)
        query = write_side(cohort, waves, wave, rules, columns)
        engine.run(f"CREATE TABLE {side}_rows AS SELECT answers.response_id, {query} FROM {source}")


def write_side(
    cohort: Cohort,
    waves: tuple[str, str],
    wave: str,
    rules: Sequence[MatchRule],
    there: Collection[str],
) -> str:
    """Return in SQL what the rules compare of a wave's rows; `there` are their columns of tokens.

    Nothing is compared of an address that the wave lacks. Of a study without programs everybody
    is compared with everybody.
    """
    names, variables = list_keys(rules), cohort.codebook.variables
    known = [list_identities(cohort.study, cohort.codebook, one) for one in waves]
    tokens = [name for name in names if any(name in one for one in known)]
    wanted = list(map(token_column, tokens))
    wanted += [likeness_column(name) for name in names if any(name in one.fuzzy for one in rules)]
    columns = [
        f"{kind_of(variables[name]).comparable(name, variables[name], wave)} AS {quoted(name)}"
        for name in names
        if name in variables and name not in tokens
    ]
    columns += [
        f"{quoted(one) if one in there else 'CAST(NULL AS VARCHAR)'} AS {quoted(one)}"
        for one in wanted
    ]
    return ", ".join(["coalesce(program, '') AS program", "submitted", *columns])


def _panel_query(codebook: Codebook, waves: tuple[str, str]) -> str:
    columns = [
        "matches.first_id",
        "matches.second_id",
        "one.program",
        "one.program_type",
        "matches.rule",
        "date_diff('day', CAST(one.submitted AS DATE), CAST(other.submitted AS DATE)) "
        "AS days_between",
        "one.submitted AS first_submitted",
        "other.submitted AS second_submitted",
    ]
    for alias, side, wave in zip(("one", "other"), SIDES, waves, strict=True):
        columns += [
            f"{alias}.{quoted(column)} AS {quoted(f'{column}__{side}')}"
            for column in codebook.columns_in(wave)
        ]
    return (
        f"SELECT {', '.join(columns)} FROM matches "
        "JOIN first_responses AS one ON matches.first_id = one.response_id "
        "JOIN second_responses AS other ON matches.second_id = other.response_id "
        "ORDER BY matches.first_id"
    )
