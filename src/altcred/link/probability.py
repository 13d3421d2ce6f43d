"""Weighs by probability what two responses have in common (Fellegi and Sunter 1969), with splink.

Always within program, one to one, a second answer after the first, and never on a blank.
"""

import logging
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from altcred.core.engine import Engine, quoted
from altcred.describe.study import MatchRule
from altcred.link.rules import find_by_rules, list_keys, list_tokens, write_order
from altcred.read.identities import token_column

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("first_id", "second_id", "probability", "chosen", "agree", "disagree")
DIGITS = 4
FEWEST_IN_SESSION = 10
# Answers that so many pairs of responses share tell nobody apart, and would take long to score.
LARGEST_BLOCK = 500_000
# Of a key that no training could look at, since every rule asks for its equality.
USUAL_AGREEMENT = 0.95
# Weights that differ by less are one weight, summed in another order.
WEIGHT_DIGITS = 6


def score_pairs(engine: Engine, rules: Sequence[MatchRule]) -> "pd.DataFrame":
    """Return the candidate pairs with their match probability, ordered by their ids.

    Candidates are pairs of one program that agree in an address that some rule uses, in all
    variables of a rule, or in all but one of three or more; what more than LARGEST_BLOCK pairs
    agree in makes no candidates. How often a key agrees by chance (u)
    is counted, over all pairs of one program that the rules did not link. How often it agrees
    for one person (m) is learnt by expectation maximisation, with the candidates of each rule
    in turn, and kept as far from 0 and 1 as the number of linked pairs can tell. Of variables,
    agreement in a rare answer weighs more. The prior is the share of all pairs of one program
    that the rules linked.
    """
    import numpy as np

    linked = len(find_by_rules(engine, rules))
    keys = list_keys(rules)
    _prepare_sides(engine, keys)
    chances = {key: _count_chance(engine, key) for key in keys}
    keys = [key for key in keys if chances[key] is not None]
    scored = _run_splink(engine, rules, keys, chances, linked)
    if not len(scored):
        return no_pairs()
    weight = scored["match_weight"].to_numpy(dtype=float).round(WEIGHT_DIGITS)
    levels = {key: scored[f"gamma_{_column(key)}"].to_numpy() for key in keys}
    scored = scored.assign(
        probability=(1 / (1 + np.exp2(-np.clip(weight, -500, 500)))).round(DIGITS),
        chosen=choose_pairs(scored["first_id"], scored["second_id"], weight),
        agree=_name_levels(levels, 1),
        disagree=_name_levels(levels, 0),
    )
    return scored[list(COLUMNS)]


def choose_pairs(
    first_ids: Iterable[str], second_ids: Iterable[str], weights: Iterable[float]
) -> list[bool]:
    """Tell of each pair whether it is kept when pairs are made one to one, best first.

    A pair is kept when no pair of either of its people that is still open weighs as much. Of
    people whose best pairs weigh the same nobody can say who it is: those pairs are dropped,
    and none of lesser weight takes their place.
    """
    firsts, seconds, values = list(first_ids), list(second_ids), list(weights)
    order = sorted(range(len(values)), key=lambda place: -values[place])
    taken: set[tuple[int, str]] = set()
    kept = [False] * len(values)
    start = 0
    while start < len(order):
        end = start
        while end < len(order) and values[order[end]] == values[order[start]]:
            end += 1
        open_ = [
            place
            for place in order[start:end]
            if (0, firsts[place]) not in taken and (1, seconds[place]) not in taken
        ]
        times = Counter(person for p in open_ for person in ((0, firsts[p]), (1, seconds[p])))
        for place in open_:
            kept[place] = times[0, firsts[place]] == times[1, seconds[place]] == 1
        taken.update(times)
        start = end
    return kept


def _column(key: str) -> str:
    # A name of its own, since splink gives some columns a meaning.
    return f"key_{key}"


def _prepare_sides(engine: Engine, keys: Iterable[str]) -> None:
    """Make SIDE_keys: the rows of a side with each key as text, in a fixed order."""
    keys = list(keys)
    tokens = list_tokens(engine, keys)
    columns = ", ".join(
        f"CAST({quoted(token_column(key) if key in tokens else key)} AS VARCHAR) "
        f"AS {quoted(_column(key))}"
        for key in keys
    )
    for side in ("first", "second"):
        engine.run(
            f"CREATE OR REPLACE TABLE {side}_keys AS SELECT response_id, program, submitted, "
            f"{columns} FROM {side}_rows ORDER BY response_id"
        )


def _count_chance(engine: Engine, key: str) -> float | None:
    """Return how often a key agrees among pairs of one program that `matches` does not hold.

    Half a pair is added to those that agree and to those that do not, so that an address nobody
    shares does not count as proof. None where no two responses of a program have the key.
    """
    column = quoted(_column(key))

    def count(side: str, by: str) -> str:
        return (
            f"(SELECT {by}, count({column}) AS n FROM {side}_keys "
            f"WHERE {column} IS NOT NULL GROUP BY {by})"
        )

    agreeing, given = (
        engine.value(
            f"SELECT coalesce(sum(one.n * other.n), 0) FROM {count('first', by)} AS one "
            f"JOIN {count('second', by)} AS other USING ({by})"
        )
        for by in (f"program, {column}", "program")
    )
    linked_agreeing, linked_given = engine.rows(
        f"SELECT count(*) FILTER (WHERE one.{column} = other.{column}), "
        f"count(*) FILTER (WHERE one.{column} IS NOT NULL AND other.{column} IS NOT NULL) "
        "FROM matches JOIN first_keys AS one ON one.response_id = matches.first_id "
        "JOIN second_keys AS other ON other.response_id = matches.second_id"
    )[0]
    if not given:
        return None
    return (int(agreeing) - linked_agreeing + 0.5) / (int(given) - linked_given + 1)


def _count_comparisons(engine: Engine) -> int:
    counted = "(SELECT program, count(*) AS n FROM {}_keys GROUP BY program)"
    return int(
        engine.value(
            f"SELECT coalesce(sum(one.n * other.n), 0) FROM {counted.format('first')} AS one "
            f"JOIN {counted.format('second')} AS other USING (program)"
        )
    )


def _list_blocks(
    rules: Iterable[MatchRule], keys: Sequence[str], tokens: Collection[str]
) -> list[tuple[str, ...]]:
    """Return the sets of keys in which a candidate pair must agree; `keys` are those given.

    An address, a code or another identifier, of which there are `tokens`, is one by itself.
    """
    blocks: list[tuple[str, ...]] = []
    for rule in rules:
        addresses = [(key,) for key in rule.keys if key in tokens and key in keys]
        blocks += addresses
        if rule.keys and not addresses and set(rule.keys) <= set(keys):
            blocks.append(tuple(rule.keys))
            if len(rule.keys) > 2:
                blocks += [tuple(key for key in rule.keys if key != one) for one in rule.keys]
    # A set that holds another one adds no candidate.
    distinct = list(dict.fromkeys(blocks))
    return [one for one in distinct if not any(set(other) < set(one) for other in distinct)]


def _count_block(engine: Engine, keys: Iterable[str]) -> int:
    """Return how many pairs of one program agree in all of the keys, without making them."""
    columns = ", ".join(["program", *(quoted(_column(key)) for key in keys)])
    given = " AND ".join(f"{quoted(_column(key))} IS NOT NULL" for key in keys)
    counted = f"(SELECT {columns}, count(*) AS n FROM {{}}_keys WHERE {given} GROUP BY {columns})"
    return int(
        engine.value(
            "SELECT coalesce(sum(one.n * other.n), 0) "
            f"FROM {counted.format('first')} AS one "
            f"JOIN {counted.format('second')} AS other USING ({columns})"
        )
    )


def _block_rule(keys: Iterable[str]) -> str:
    """Return the condition of a block; equality is never true of a blank."""
    equal = [f"l.{name} = r.{name}" for name in ("program", *map(_column, keys))]
    return " AND ".join([*equal, write_order("l", "r")])


def _run_splink(
    engine: Engine,
    rules: Sequence[MatchRule],
    keys: Sequence[str],
    chances: dict[str, Any],
    linked: int,
) -> "pd.DataFrame":
    import splink.comparison_library as cl
    from splink import Linker, SettingsCreator

    prior = linked / max(_count_comparisons(engine), 1)
    tokens = list_tokens(engine, keys)
    blocks = [
        block
        for block in _list_blocks(rules, keys, tokens)
        if _count_block(engine, block) <= LARGEST_BLOCK
    ]
    if not blocks:
        return no_pairs()

    def open_linker(agreement: dict[str, float]) -> Linker:
        comparisons: list[Any] = []
        for key in keys:
            m, u = agreement.get(key), chances[key]
            comparison = cl.ExactMatch(_column(key)).configure(u_probabilities=[u, 1 - u])
            if m is not None:
                # An address is nearly always one person's, so a rare one is no rarer.
                comparison.configure(
                    m_probabilities=[m, 1 - m], term_frequency_adjustments=key not in tokens
                )
            comparisons.append(comparison)
        api = engine.open_splink()
        blocking: list[Any] = [_block_rule(block) for block in blocks]
        settings = SettingsCreator(
            link_type="link_only",
            comparisons=comparisons,
            blocking_rules_to_generate_predictions=blocking,
            probability_two_random_records_match=prior,
            unique_id_column_name="response_id",
        )
        sides = [
            api.register(f"{side}_keys", table_name=f"{side}_side", dataset_display_name=side)
            for side in ("first", "second")
        ]
        return Linker(sides, settings, log_level=None, validate_settings=False)

    with _silence("splink"):
        learnt = _learn_agreement(engine, open_linker({}), rules, keys)
        least = 1 / (linked + 2)
        agreement = {
            key: min(max(learnt.get(key, USUAL_AGREEMENT), least), 1 - least) for key in keys
        }
        predicted = open_linker(agreement).inference.predict(warning_mode="never")
        columns = ", ".join(f"gamma_{_column(key)}" for key in keys)
        return engine.frame(
            "SELECT response_id_l AS first_id, response_id_r AS second_id, match_weight, "
            f"{columns} FROM {predicted.physical_name} ORDER BY first_id, second_id"
        )


def _learn_agreement(
    engine: Engine, linker: Any, rules: Iterable[MatchRule], keys: Sequence[str]
) -> dict[str, float]:
    """Return how often each key agrees for one person; the median where several rules tell."""
    for rule in rules:
        if (
            not rule.keys
            or not set(rule.keys) < set(keys)
            or _count_block(engine, rule.keys) > LARGEST_BLOCK
        ):
            continue
        condition = _block_rule(rule.keys)
        size = engine.value(
            f"SELECT count(*) FROM first_keys AS l JOIN second_keys AS r ON {condition}"
        )
        if size >= FEWEST_IN_SESSION:
            linker.training.estimate_parameters_using_expectation_maximisation(condition)
    learnt = {}
    for key, comparison in zip(keys, linker.misc.save_model_to_json()["comparisons"], strict=True):
        for level in comparison["comparison_levels"]:
            is_agreement = not level.get("is_null_level") and level["sql_condition"] != "ELSE"
            if is_agreement and "m_probability" in level:
                learnt[key] = float(level["m_probability"])
    return learnt


@contextmanager
def _silence(name: str) -> Iterator[None]:
    """Keep a library's messages to itself; those about single values could tell of people."""
    logger = logging.getLogger(name)
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(before)


def _name_levels(levels: dict[str, Any], level: int) -> list[str]:
    names = list(levels)
    rows = zip(*levels.values(), strict=True)
    return [
        " ".join(name for name, found in zip(names, row, strict=True) if found == level)
        for row in rows
    ]


def no_pairs() -> "pd.DataFrame":
    """Return the frame of no candidates."""
    import pandas as pd

    frame = pd.DataFrame({name: pd.Series(dtype=object) for name in COLUMNS})
    return frame.astype({"probability": float, "chosen": bool})
