"""Finds the people of two surveys in other ways than the study's rules, to set beside them.

The rules are tried with one left out, the first alone, and the same keys are weighed by
probability (Fellegi and Sunter 1969) with splink. Always within program, one to one, a second
answer after the first, and never on a blank. Nothing found here enters the panel.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from altcred.core.engine import open_engine
from altcred.core.paths import processed_dir, written_together
from altcred.describe.cohort import open_cohort
from altcred.describe.study import MatchRule
from altcred.link.panel import read_sides
from altcred.link.probability import DIGITS, no_pairs, score_pairs
from altcred.link.rules import Pair, find_by_rules, list_keys

if TYPE_CHECKING:
    import pandas as pd

FILE = "linkage.csv"
RULES = "rules"
THRESHOLDS = (0.5, 0.95)
# With fewer pairs to learn from, how often one person's two answers agree is anybody's guess.
FEWEST_PAIRS = 20


@dataclass(frozen=True)
class Linkage:
    """The pairs of two surveys under each way of matching, by the way's name.

    `rules` are the study's rules; `without_NAME` leaves one rule out, `only_NAME` is the first
    rule alone; `probability_50` are the pairs chosen at a probability of 0.5 or more. Where the
    probabilities could not be learnt there are none of these, and `reason` says why.
    """

    ways: dict[str, frozenset[Pair]] = field(default_factory=dict)
    scored: int = 0
    reason: str = ""


def link_otherwise(cohort: str, first: str, second: str, *, folder: str = "panel") -> Linkage:
    """Match the people of two waves in other ways and write data/processed/COHORT/FOLDER.

    linkage.csv has a row a candidate pair with its match probability, whether it was chosen when
    pairs are made one to one, and the keys that agree and disagree; a blank key is in neither.
    It has no rows where there are too few pairs to learn from. Reads what match_panel reads.
    """
    opened = open_cohort(cohort)
    rules = opened.study.panel_of(first, second).rules
    # One thread, so that sums come out alike on every machine.
    with open_engine(opened.study.engine, threads=1) as engine:
        read_sides(engine, opened, (first, second), rules)
        ways = {
            name: frozenset(find_by_rules(engine, some)) for name, some in vary_rules(rules).items()
        }
        reason = _refuse_training(rules, len(ways[RULES]))
        scored = no_pairs() if reason else score_pairs(engine, rules)
    if not reason and not len(scored):
        reason = "what the rules compare is shared by too many, or by nobody"
    if not reason:
        ways |= {
            name_threshold(threshold): frozenset(pairs_above(scored, threshold))
            for threshold in THRESHOLDS
        }
    with written_together(processed_dir(cohort) / folder, (FILE,)) as aside:
        _write_scored(scored, aside / FILE)
    return Linkage(ways, len(scored), reason)


def name_threshold(threshold: float) -> str:
    """Return the name of the way that takes pairs of a probability or more: probability_95."""
    return f"probability_{threshold * 100:.0f}"


def vary_rules(rules: Sequence[MatchRule]) -> dict[str, list[MatchRule]]:
    """Return the rules, the rules without each one, and the first alone, by the way's name.

    What comes to no rule at all, or to the same rules as another way, is left out.
    """
    varied = {RULES: list(rules)}
    varied |= {
        f"without_{left_out.name}": [rule for rule in rules if rule is not left_out]
        for left_out in rules
    }
    varied[f"only_{rules[0].name}"] = [rules[0]]
    chosen: dict[str, list[MatchRule]] = {}
    for name, some in varied.items():
        if some and some not in chosen.values():
            chosen[name] = some
    return chosen


def pairs_above(scored: "pd.DataFrame", threshold: float) -> set[Pair]:
    """Return the chosen pairs whose probability is the threshold or more."""
    kept = scored[scored["chosen"] & (scored["probability"] >= threshold)]
    return set(zip(kept["first_id"], kept["second_id"], strict=True))


def _refuse_training(rules: Sequence[MatchRule], linked: int) -> str:
    if len(list_keys(rules)) < 2:
        return "the rules compare one thing alone, so that there is nothing to weigh"
    if linked < FEWEST_PAIRS:
        return (
            f"the rules found fewer than {FEWEST_PAIRS} pairs, too few to learn from how often "
            "the answers of one person agree"
        )
    return ""


def _write_scored(scored: "pd.DataFrame", path: Path) -> None:
    written = scored.assign(
        probability=[f"{one:.{DIGITS}f}" for one in scored["probability"]],
        chosen=["true" if one else "false" for one in scored["chosen"]],
    )
    written.to_csv(path, index=False, encoding="utf-8", lineterminator="\n")
