"""Ordered rules that say which rows of two waves are one person's, in SQL.

Rules are tried in their order, always within program, one to one, never on a blank and never where
several people could be meant; how many rows each of them left, and why, is counted.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from altcred.core.engine import Engine, literal, quoted
from altcred.describe.study import MatchRule
from altcred.read.identities import likeness_column, token_column

SIDES = ("first", "second")

# The responses of one person in the first wave and in the second.
Pair = tuple[str, str]


@dataclass(frozen=True)
class RuleCount:
    """What one rule found, and what it left.

    `without_*` are rows that lack what it compares, `tied_*` rows not yet found that are like rows
    of the other wave, but not like one alone; `disagreeing` and `earlier` are pairs that it did
    not make since they differ in what must agree, or the second answer was given before the first.
    """

    rule: str
    pairs: int
    without_first: int
    without_second: int
    tied_first: int
    tied_second: int
    disagreeing: int
    earlier: int


def list_keys(rules: Iterable[MatchRule]) -> list[str]:
    """Return every address, code and variable that the rules compare, in their order, once."""
    return list(dict.fromkeys(name for rule in rules for name in rule.names))


def list_tokens(engine: Engine, keys: Iterable[str]) -> set[str]:
    """Return those of some keys of which the rows hold tokens: addresses, codes, identifiers."""
    there = set(engine.columns("first_rows"))
    return {key for key in keys if token_column(key) in there}


def match_by_rules(engine: Engine, rules: Iterable[MatchRule]) -> list[RuleCount]:
    """Make the table `matches` by ordered rules; return what each of them found and left.

    Columns: first_id, second_id, rule, place (of the rule). It needs first_rows and second_rows
    of `read_sides`; a table `matches` that is there already is replaced.
    """
    engine.run(
        "CREATE OR REPLACE TABLE matches "
        "(first_id VARCHAR, second_id VARCHAR, rule VARCHAR, place INTEGER)"
    )
    return [_apply(engine, rule, place) for place, rule in enumerate(rules)]


def find_by_rules(engine: Engine, rules: Iterable[MatchRule]) -> set[Pair]:
    """Return the pairs that ordered rules find among `first_rows` and `second_rows`."""
    match_by_rules(engine, rules)
    return set(engine.rows("SELECT first_id, second_id FROM matches ORDER BY first_id"))


def write_order(one: str, other: str) -> str:
    """Return in SQL that a second answer was not given before the first, as far as that is known.

    Of a date without a time of day the day alone is compared.
    """
    first, second = f"{one}.submitted", f"{other}.submitted"
    day = f"CAST({first} AS DATE) = CAST({second} AS DATE)"
    dates = " OR ".join(f"{time} = CAST(CAST({time} AS DATE) AS TIMESTAMP)" for time in
                        (first, second))  # fmt: skip
    return f"({first} IS NULL OR {second} IS NULL OR {second} >= {first} OR ({day} AND ({dates})))"


def _apply(engine: Engine, rule: MatchRule, place: int) -> RuleCount:
    """Add a rule's pairs to the matches, as rule `place`.

    What is like rows of the other wave must be like one alone, and that one like it alone. With
    an address, a code or another identifier among the keys that is counted over all rows, since one
    that was two people's stays so when one of them has been found; else over those not yet found.
    """
    tokens = list_tokens(engine, rule.names)
    column = {name: quoted(token_column(name) if name in tokens else name) for name in rule.names}
    keys = ["program", *(column[name] for name in rule.keys)]
    likeness = {quoted(likeness_column(name)): least for name, least in rule.fuzzy.items()}
    needed = [*keys, *(column[name] for name in rule.within), *likeness]
    given = " AND ".join(f"{one} IS NOT NULL" for one in needed)
    counted = "TRUE" if tokens & set(rule.keys) else '"@is_free"'
    columns = ", ".join(["*", *(f"CAST({one} AS BIT) AS {_bits(one)}" for one in likeness)])
    for side in SIDES:
        engine.run(
            f"CREATE OR REPLACE VIEW {side}_pool AS SELECT {columns} FROM (SELECT {side}_rows.*, "
            f'matches.{side}_id IS NULL AS "@is_free" FROM {side}_rows '
            f"LEFT JOIN matches ON {side}_rows.response_id = matches.{side}_id) AS pool "
            f"WHERE {given} AND {counted}"
        )
    same = " AND ".join(f"one.{key} = other.{key}" for key in keys)
    near = [
        f"abs(one.{column[name]} - other.{column[name]}) <= {literal(most)}"
        for name, most in rule.within.items()
    ]
    near += [f"{_write_likeness(name)} >= {literal(least)}" for name, least in likeness.items()]
    engine.run(
        f"CREATE OR REPLACE TABLE found AS {_find_near(same, near) if near else _find_equal(keys)}"
    )
    agree = " AND ".join(
        f"coalesce(one.{column[name]} = other.{column[name]}, TRUE)" for name in rule.agree
    )
    engine.run(
        f"CREATE OR REPLACE TABLE judged AS SELECT first_id, second_id, {agree or 'TRUE'} AS "
        f"agrees, {write_order('one', 'other')} AS follows FROM found "
        "JOIN first_rows AS one ON one.response_id = first_id "
        "JOIN second_rows AS other ON other.response_id = second_id "
        "WHERE is_single AND first_free > 0 AND second_free > 0"
    )
    engine.run(
        f"INSERT INTO matches SELECT first_id, second_id, {literal(rule.name)}, {place} "
        "FROM judged WHERE agrees AND follows"
    )
    pairs, disagreeing, earlier = engine.rows(
        "SELECT count(*) FILTER (WHERE agrees AND follows), count(*) FILTER (WHERE NOT agrees), "
        "count(*) FILTER (WHERE agrees AND NOT follows) FROM judged"
    )[0]
    without_first, without_second = [
        engine.value(f"SELECT count(*) FROM {side}_rows WHERE NOT ({given})") for side in SIDES
    ]
    # A row of several pairs stands in each; of equal keys a whole group stands in one line.
    tied_first, tied_second = [
        engine.value(
            f"SELECT coalesce(sum(n), 0) FROM (SELECT {side}_id, max({side}_free) AS n "
            f"FROM found WHERE NOT is_single GROUP BY {side}_id) AS tied"
        )
        for side in SIDES
    ]
    return RuleCount(
        rule.name, pairs, without_first, without_second, int(tied_first), int(tied_second),
        disagreeing, earlier,
    )  # fmt: skip


def _find_equal(keys: list[str]) -> str:
    """Return the query of groups of equal keys in both waves, each named by one of its rows."""
    # No variable is called as these columns are.
    groups = (
        f'(SELECT {", ".join(keys)}, min(response_id) AS "@id", count(*) AS "@n", '
        f'count(*) FILTER (WHERE "@is_free") AS "@free" FROM {side}_pool '
        f"GROUP BY {', '.join(keys)})"
        for side in SIDES
    )
    same = " AND ".join(f"one.{key} = other.{key}" for key in keys)
    return (
        'SELECT one."@id" AS first_id, other."@id" AS second_id, one."@free" AS first_free, '
        'other."@free" AS second_free, one."@n" = 1 AND other."@n" = 1 AS is_single '
        f"FROM {next(groups)} AS one JOIN {next(groups)} AS other ON {same}"
    )


def _find_near(same: str, near: list[str]) -> str:
    """Return the query of rows of both waves that are equal in their keys and near in the rest."""
    return (
        "SELECT one.response_id AS first_id, other.response_id AS second_id, "
        'CAST(one."@is_free" AS INTEGER) AS first_free, '
        'CAST(other."@is_free" AS INTEGER) AS second_free, '
        "count(*) OVER (PARTITION BY one.response_id) = 1 "
        "AND count(*) OVER (PARTITION BY other.response_id) = 1 AS is_single "
        f"FROM first_pool AS one JOIN second_pool AS other ON {' AND '.join([same, *near])}"
    )


def _write_likeness(column: str) -> str:
    """Return in SQL Dice's coefficient of two spellings: twice what they share over what each has.

    The bits are those of `spell_likeness`.
    """
    one, other = f"one.{_bits(column)}", f"other.{_bits(column)}"
    return f"2.0 * bit_count({one} & {other}) / (bit_count({one}) + bit_count({other}))"


def _bits(column: str) -> str:
    # No variable is called so.
    return quoted(f"@bits:{column.strip(chr(34))}")
