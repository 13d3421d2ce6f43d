"""Whom the rules of a study would find, told before anything is built."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from altcred.clean.rows import Rows
from altcred.core.engine import open_engine
from altcred.describe.cohort import Cohort
from altcred.link.panel import write_side
from altcred.link.rules import SIDES, match_by_rules
from altcred.read.identities import list_outputs

if TYPE_CHECKING:
    import pyarrow as pa


class PanelPreview:
    """Gathers what the rules compare, a wave after the other, and tells how many they find."""

    def __init__(self, cohort: Cohort) -> None:
        self.cohort = cohort
        self.sides: dict[tuple[str, str, str], pa.Table] = {}

    def look(self, rows: Rows) -> None:
        """Take what the rules of each panel compare of a wave's kept rows."""
        for panel in self.cohort.study.panels:
            waves = (panel.first, panel.second)
            if rows.wave in waves:
                there = list_outputs(rows.identities)
                query = write_side(self.cohort, waves, rows.wave, panel.rules, there)
                found = rows.engine.run(
                    f"SELECT response_id, {query} FROM interpreted "
                    "JOIN kept ON interpreted.number = kept.number"
                )
                self.sides[(*waves, rows.wave)] = found.to_arrow_table()

    def notes(self) -> Iterator[str]:
        """Yield for each panel how many pairs there are, by rule, and what finds nobody."""
        for panel in self.cohort.study.panels:
            waves = (panel.first, panel.second)
            if any((*waves, wave) not in self.sides for wave in waves):
                continue
            with open_engine(self.cohort.study.engine) as engine:
                for side, wave in zip(SIDES, waves, strict=True):
                    engine.append(f"{side}_rows", self.sides[(*waves, wave)])
                counts = match_by_rules(engine, panel.rules)
            title = f"{panel.first} and {panel.second}"
            if not any(one.pairs for one in counts):
                yield (
                    f"{title}: no rule finds anybody in both waves. Check that the exports are of "
                    "the same people, that person:, email: and ip: name the right columns in both, "
                    "and the rules; where one file has 0012 and the other 12, write "
                    "leading_zeros: false under person:."
                )
                continue
            told = ", ".join(f"{one.pairs:,} by {one.rule}" for one in counts)
            pairs = sum(one.pairs for one in counts)
            yield f"{title}: {pairs:,} {'pair' if pairs == 1 else 'pairs'} ({told})"
