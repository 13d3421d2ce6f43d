"""Finds the people who answered two surveys of one program.

Rules are tried in their order, always within program, one to one, never on a blank and never on
a key that could be two people's; each pair keeps the rule that made it.
"""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from altcred.core.engine import Engine, quoted
from altcred.core.errors import Problem, refuse, refuse_problems
from altcred.core.paths import processed_dir, wave_dir, written_together
from altcred.describe.codebook import Codebook
from altcred.describe.cohort import Cohort, open_cohort
from altcred.describe.study import MatchRule
from altcred.kinds import kind_of

log = logging.getLogger(__name__)

FILES = ("panel.parquet", "matches.csv")
TOKENS = {"email": "email_token", "ip": "ip_token"}
SIDES = ("first", "second")

# The responses of one person in the first wave and in the second.
Pair = tuple[str, str]


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
    and of the second's with `__second`. matches.csv has `first_id`, `second_id`, `rule`. Raises
    InvalidInput where the study has no such panel, a rule names what a wave did not ask, or nobody
    is found in both.
    """
    opened = open_cohort(cohort)
    refuse_problems(_check_panel(opened, first, second))
    if engine is None:
        with Engine() as own:
            return _match(opened, (first, second), folder, own)
    return _match(opened, (first, second), folder, engine)


def _check_panel(cohort: Cohort, first: str, second: str) -> Iterator[Problem]:
    file = str(cohort.folder / "study.yaml")
    panels = {(panel.first, panel.second): panel for panel in cohort.study.panels}
    if (first, second) not in panels:
        remedy = f"It has {', '.join(f'{one} and {two}' for one, two in panels) or 'none'}."
        yield Problem(file, "panels", f"has no panel of {first} and {second}.", remedy)
        return
    for rule in panels[first, second].rules:
        for name in list_keys([rule]):
            for wave in (first, second):
                if name not in TOKENS and name not in cohort.codebook.in_wave(wave):
                    message = f"{name!r} was not asked in wave {wave}."
                    where = f"panels.rules.{rule.name}"
                    yield Problem(file, where, message, "Match by what both waves asked.")


def _match(cohort: Cohort, waves: tuple[str, str], folder: str, engine: Engine) -> PanelSummary:
    rules = cohort.study.panel_of(*waves).rules
    read_sides(engine, cohort, waves, rules)
    rows = [int(engine.value(f"SELECT count(*) FROM {side}_rows")) for side in SIDES]
    by_rule = match_by_rules(engine, rules)
    for name, found in by_rule.items():
        log.info("%s: %s pairs", name, f"{found:,}")
    pairs = sum(by_rule.values())
    for side in SIDES:
        if engine.value(f"SELECT count(DISTINCT {side}_id) FROM matches") != pairs:
            raise AssertionError("a person was matched twice")
    if not pairs:
        refuse(
            cohort.folder / "study.yaml",
            f"panels ({waves[0]}, {waves[1]})",
            "finds nobody in both waves.",
            "Check that the exports are of the same people, that email: and ip: name the "
            "right columns in both waves, and the rules.",
        )
    with written_together(processed_dir(cohort.name) / folder, FILES) as aside:
        engine.write_parquet(_panel_query(cohort.codebook, waves), aside / FILES[0])
        engine.write_csv(
            "SELECT first_id, second_id, rule FROM matches ORDER BY first_id", aside / FILES[1]
        )
    return PanelSummary(rows[0], rows[1], pairs, by_rule)


def list_keys(rules: Iterable[MatchRule]) -> list[str]:
    """Return every address and variable that the rules compare, in their order, once."""
    return list(dict.fromkeys(name for rule in rules for name in [*rule.keys, *rule.agree]))


def read_sides(
    engine: Engine, cohort: Cohort, waves: tuple[str, str], rules: Iterable[MatchRule]
) -> None:
    """Make first_rows and second_rows: a wave's rows with what the rules compare as single values.

    Columns: response_id, program, submitted, email_token, ip_token, and each variable. InvalidInput
    where a wave's responses were not built, or not from this codebook.
    """
    used = [name for name in list_keys(rules) if name not in TOKENS]
    for side, wave in zip(SIDES, waves, strict=True):
        folder = wave_dir(cohort.name, wave)
        names = {"responses": f"{side}_responses", "identifiers": f"{side}_identifiers"}
        remedy = f"Build the responses of wave {wave} first."
        refuse_problems(
            Problem(str(folder / f"{file}.parquet"), "", "there is no such file.", remedy)
            for file in names
            if not (folder / f"{file}.parquet").is_file()
        )
        for file, view in names.items():
            engine.read_parquet(view, folder / f"{file}.parquet")
        there = set(engine.columns(names["responses"]))
        for column in cohort.codebook.columns_in(wave):
            if column not in there:
                message = "is not among its columns, though the codebook has it."
                remedy = f"Build the responses of wave {wave} again."
                refuse(folder / "responses.parquet", column, message, remedy)
        values = "".join(
            f", {kind_of(variable).comparable(name, variable, wave)} AS {quoted(name)}"
            for name in used
            for variable in [cohort.codebook.variables[name]]
        )
        # Of a study without programs everybody is compared with everybody.
        engine.run(
            f"CREATE TABLE {side}_rows AS SELECT answers.response_id, "
            f"coalesce(program, '') AS program, submitted, email_token, ip_token{values} "
            f"FROM {side}_responses AS answers "
            f"JOIN {side}_identifiers AS tokens ON answers.response_id = tokens.response_id"
        )


def match_by_rules(engine: Engine, rules: Iterable[MatchRule]) -> dict[str, int]:
    """Make the table `matches` by ordered rules; return how many pairs each of them found.

    Columns: first_id, second_id, rule, place (of the rule). It needs first_rows and second_rows
    of `read_sides`; a table `matches` that is there already is replaced.
    """
    engine.run(
        "CREATE OR REPLACE TABLE matches "
        "(first_id VARCHAR, second_id VARCHAR, rule VARCHAR, place INTEGER)"
    )
    by_rule: dict[str, int] = {}
    for place, rule in enumerate(rules):
        engine.run(_rule_statement(rule, place))
        found = engine.value(f"SELECT count(*) FROM matches WHERE place = {place}")
        by_rule[rule.name] = int(found)
    return by_rule


def find_by_rules(engine: Engine, rules: Iterable[MatchRule]) -> set[Pair]:
    """Return the pairs that ordered rules find among `first_rows` and `second_rows`."""
    match_by_rules(engine, rules)
    return set(engine.rows("SELECT first_id, second_id FROM matches"))


def _rule_statement(rule: MatchRule, place: int) -> str:
    """Return the statement that adds a rule's pairs to the matches, as rule `place`.

    A key must be of one row of each wave and program. An address is counted over all
    rows, since one that was two people's stays so when one of them has been found; a key of
    variables is counted over the rows not yet found.
    """
    keys = ["program", *(quoted(TOKENS.get(key, key)) for key in rule.keys)]
    given = " AND ".join(f"{key} IS NOT NULL" for key in keys)
    has_address = not TOKENS.keys().isdisjoint(rule.keys)
    agree = "".join(
        f" AND (one.{name} IS NULL OR other.{name} IS NULL OR one.{name} = other.{name})"
        for name in (quoted(TOKENS.get(name, name)) for name in rule.agree)
    )

    def candidates(side: str) -> str:
        rows, names = f"{side}_rows", ", ".join(keys)
        columns = ", ".join(f"{rows}.{key}" for key in keys)
        same = " AND ".join(f"{rows}.{key} = single.{key}" for key in keys)
        found = f"LEFT JOIN matches ON {rows}.response_id = matches.{side}_id WHERE "
        is_free = f"matches.{side}_id IS NULL"
        counted = "WHERE " if has_address else f"{found}{is_free} AND "
        return (
            f"(SELECT {rows}.* FROM {rows} JOIN (SELECT {names} FROM "
            f"(SELECT {columns} FROM {rows} {counted}{given}) AS counted GROUP BY {names} "
            f"HAVING count(*) = 1) AS single ON {same} {found}{is_free})"
        )

    equal = " AND ".join(f"one.{key} = other.{key}" for key in keys)
    return (
        f"INSERT INTO matches SELECT one.response_id, other.response_id, '{rule.name}', {place} "
        f"FROM {candidates('first')} AS one JOIN {candidates('second')} AS other ON {equal} "
        "WHERE (one.submitted IS NULL OR other.submitted IS NULL "
        f"OR other.submitted > one.submitted){agree}"
    )


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
