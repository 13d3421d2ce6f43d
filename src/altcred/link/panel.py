"""Finds the people who answered two surveys of one program.

Rules are tried in their order, always within program, one to one, never on a blank and never on
a key that could be two people's; each pair keeps the rule that made it.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from altcred.core.engine import Engine, quoted
from altcred.core.errors import InvalidInput, Problem, refuse_problems
from altcred.core.paths import cohort_dir, processed_dir, wave_dir, written_together
from altcred.describe.codebook import Codebook, load_codebook
from altcred.describe.study import MatchRule, Study, load_study
from altcred.kinds import kind_of
from altcred.kinds.variable import Variable

log = logging.getLogger(__name__)

FILES = ("panel.parquet", "matches.csv")
TOKENS = {"email": "email_token", "ip": "ip_token"}


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
    `days_between` (calendar days), `first_submitted`, `second_submitted`, then every column of
    the first wave's responses with the suffix `__first` and of the second's with `__second`.
    matches.csv has `first_id`, `second_id`, `rule`. Raises InvalidInput where the study has no
    such panel, a rule names what a wave did not ask, or nobody is found in both.
    """
    study = load_study(cohort)
    codebook = load_codebook(cohort, study)
    refuse_problems(_check_panel(study, codebook, first, second))
    if engine is None:
        with Engine() as own:
            return _match(study, codebook, first, second, folder, own)
    return _match(study, codebook, first, second, folder, engine)


def _check_panel(study: Study, codebook: Codebook, first: str, second: str) -> list[Problem]:
    file = str(cohort_dir(study.name) / "study.yaml")
    try:
        panel = study.panel_of(first, second)
    except KeyError:
        pairs = ", ".join(f"{panel.first} and {panel.second}" for panel in study.panels)
        return [
            Problem(
                file,
                "panels",
                f"has no panel of {first} and {second}.",
                f"It has {pairs or 'none'}.",
            )
        ]
    problems: list[Problem] = []
    for rule in panel.rules:
        for name in [*rule.keys, *rule.agree]:
            for wave in (first, second):
                if name not in TOKENS and name not in codebook.in_wave(wave):
                    problems.append(
                        Problem(
                            file,
                            f"panels.rules.{rule.name}",
                            f"{name!r} was not asked in wave {wave}.",
                            "Match by what both waves asked.",
                        )
                    )
    return problems


def _match(
    study: Study, codebook: Codebook, first: str, second: str, folder: str, engine: Engine
) -> PanelSummary:
    panel = study.panel_of(first, second)
    used = list(
        dict.fromkeys(
            name for rule in panel.rules for name in [*rule.keys, *rule.agree] if name not in TOKENS
        )
    )
    counts = []
    for side, wave in (("first", first), ("second", second)):
        read_side(engine, study, codebook, side, wave, used)
        counts.append(int(engine.value(f"SELECT count(*) FROM {side}_rows")))
    by_rule = match_by_rules(engine, panel.rules)
    for name, found in by_rule.items():
        log.info("%s: %s pairs", name, f"{found:,}")
    pairs = sum(by_rule.values())
    _check_one_to_one(engine, pairs)
    if not pairs:
        raise InvalidInput(
            [
                Problem(
                    str(cohort_dir(study.name) / "study.yaml"),
                    f"panels ({first}, {second})",
                    "finds nobody in both waves.",
                    "Check that the exports are of the same people, that email: and ip: name the "
                    "right columns in both waves, and the rules.",
                )
            ]
        )
    target = processed_dir(study.name) / folder
    with written_together(target, FILES) as aside:
        engine.write_parquet(_panel_query(codebook, first, second), aside / FILES[0])
        engine.write_csv(
            "SELECT first_id, second_id, rule FROM matches ORDER BY first_id", aside / FILES[1]
        )
    return PanelSummary(counts[0], counts[1], pairs, by_rule)


def read_side(
    engine: Engine, study: Study, codebook: Codebook, side: str, wave: str, used: Sequence[str]
) -> None:
    """Make SIDE_rows: the rows of a wave with what the rules compare, as single values.

    Columns: response_id, program, submitted, email_token, ip_token, and each variable of `used`.
    `side` is `first` or `second`. InvalidInput where the wave's responses were not built.
    """
    folder = wave_dir(study.name, wave)
    problems = [
        Problem(
            str(folder / name),
            "",
            "there is no such file.",
            f"Build the responses of wave {wave} first.",
        )
        for name in ("responses.parquet", "identifiers.parquet")
        if not (folder / name).is_file()
    ]
    refuse_problems(problems)
    engine.read_parquet(f"{side}_responses", folder / "responses.parquet")
    engine.read_parquet(f"{side}_identifiers", folder / "identifiers.parquet")
    variables: dict[str, Variable] = codebook.in_wave(wave)
    there = set(engine.columns(f"{side}_responses"))
    missing = [column for column in codebook.columns_in(wave) if column not in there]
    if missing:
        raise InvalidInput(
            [
                Problem(
                    str(folder / "responses.parquet"),
                    missing[0],
                    "is not among its columns, though the codebook has it.",
                    f"Build the responses of wave {wave} again.",
                )
            ]
        )
    values = "".join(
        f", {kind_of(variables[name]).comparable(name, variables[name], wave)} AS {quoted(name)}"
        for name in used
    )
    # Of a study without programs everybody is compared with everybody.
    engine.run(
        f"CREATE TABLE {side}_rows AS SELECT answers.response_id, "
        "coalesce(program, '') AS program, submitted, "
        f"email_token, ip_token{values} FROM {side}_responses AS answers "
        f"JOIN {side}_identifiers AS tokens ON answers.response_id = tokens.response_id"
    )


def match_by_rules(engine: Engine, rules: Iterable[MatchRule]) -> dict[str, int]:
    """Make the table `matches` by ordered rules; return how many pairs each of them found.

    Columns: first_id, second_id, rule, place (of the rule). It needs first_rows and second_rows
    of `read_side`; a table `matches` that is there already is replaced.
    """
    engine.run(
        "CREATE OR REPLACE TABLE matches "
        "(first_id VARCHAR, second_id VARCHAR, rule VARCHAR, place INTEGER)"
    )
    by_rule: dict[str, int] = {}
    for place, rule in enumerate(rules):
        before = int(engine.value("SELECT count(*) FROM matches"))
        engine.run(_rule_statement(rule, place))
        by_rule[rule.name] = int(engine.value("SELECT count(*) FROM matches")) - before
    return by_rule


def _rule_statement(rule: MatchRule, place: int) -> str:
    """Return the statement that adds a rule's pairs to the matches, as rule `place`.

    A key must be of one row of each wave and program. An address is counted over all
    rows, since one that was two people's stays so when one of them has been found; a key of
    variables is counted over the rows not yet found.
    """
    keys = [quoted(TOKENS.get(key, key)) for key in rule.keys]
    given = " AND ".join(f"{key} IS NOT NULL" for key in keys)
    has_address = any(key in TOKENS for key in rule.keys)
    agree = "".join(
        f" AND (one.{name} IS NULL OR other.{name} IS NULL OR one.{name} = other.{name})"
        for name in (quoted(TOKENS.get(name, name)) for name in rule.agree)
    )

    def candidates(side: str) -> str:
        unmatched = (
            f"LEFT JOIN matches ON {side}_rows.response_id = matches.{side}_id "
            f"WHERE matches.{side}_id IS NULL AND {given}"
        )
        columns = ", ".join(f"{side}_rows.{key}" for key in ["program", *keys])
        counted = (
            f"SELECT {columns} FROM {side}_rows WHERE {given}"
            if has_address
            else f"SELECT {columns} FROM {side}_rows {unmatched}"
        )
        names = ", ".join(["program", *keys])
        same = " AND ".join(f"{side}_rows.{key} = single.{key}" for key in ["program", *keys])
        return (
            f"(SELECT {side}_rows.* FROM {side}_rows "
            f"JOIN (SELECT {names} FROM ({counted}) AS counted GROUP BY {names} "
            f"HAVING count(*) = 1) AS single ON {same} "
            f"LEFT JOIN matches ON {side}_rows.response_id = matches.{side}_id "
            f"WHERE matches.{side}_id IS NULL)"
        )

    equal = " AND ".join(f"one.{key} = other.{key}" for key in ["program", *keys])
    return (
        "INSERT INTO matches SELECT one.response_id, other.response_id, "
        f"'{rule.name}', {place} FROM {candidates('first')} AS one "
        f"JOIN {candidates('second')} AS other ON {equal} "
        "WHERE (one.submitted IS NULL OR other.submitted IS NULL "
        f"OR other.submitted > one.submitted){agree}"
    )


def _check_one_to_one(engine: Engine, pairs: int) -> None:
    distinct = engine.rows(
        "SELECT count(DISTINCT first_id), count(DISTINCT second_id) FROM matches"
    )[0]
    if set(distinct) != {pairs}:
        raise AssertionError("a person was matched twice")


def _panel_query(codebook: Codebook, first: str, second: str) -> str:
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
    for alias, side, wave in (("one", "first", first), ("other", "second", second)):
        for name, variable in codebook.in_wave(wave).items():
            columns += [
                f"{alias}.{quoted(column)} AS {quoted(f'{column}__{side}')}"
                for column in kind_of(variable).columns(name, variable, wave)
            ]
    return (
        f"SELECT {', '.join(columns)} FROM matches "
        "JOIN first_responses AS one ON matches.first_id = one.response_id "
        "JOIN second_responses AS other ON matches.second_id = other.response_id "
        "ORDER BY matches.first_id"
    )
