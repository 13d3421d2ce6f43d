"""The same people in two waves, of whom a kind compares the answers."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from altcred.core.records import ALL

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Pairs:
    """The responses of the same people in two waves: a row of both frames is a person.

    `margin` is how far means may be apart and still count as equal; None where the study has none.
    """

    before: "pd.DataFrame"
    after: "pd.DataFrame"
    waves: tuple[str, str]
    subgroup: str = ALL
    margin: float | None = None

    def column(self, name: str) -> tuple["pd.Series", "pd.Series"]:
        """Return what stands in a column before and after."""
        return self.before[name], self.after[name]
