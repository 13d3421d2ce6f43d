"""An independent look for small numbers in what disclosure control lets through."""

import pandas as pd

from altcred.core.records import NOT_REPORTED
from altcred.core.statistics import list_statistics
from altcred.disclose.door import FLOW_VARIABLES

SHARES = {one.name for one in list_statistics() if one.cell and one.unit == "share"}
COUNTS = {one.name for one in list_statistics() if one.cell and one.unit == "count"}


def contains_small_numbers(estimates: pd.DataFrame, minimum: int) -> bool:
    """Tell whether a shown cell, or the n beside it, is of fewer than `minimum` people.

    Cells of nobody, of people who gave no answer and of rows dropped on the way do not count.
    """
    answers = estimates[
        ~estimates["variable"].isin(FLOW_VARIABLES) & (estimates["category"] != NOT_REPORTED)
    ]
    counts = pd.concat(
        [
            answers.loc[answers["statistic"].isin({"count", "nobs", *COUNTS}), "value"],
            (answers["value"] * answers["n"].astype(float))[
                answers["statistic"].isin({"proportion", *SHARES})
            ].round(),
            answers["n"].astype(float),
        ]
    ).dropna()
    return bool(((counts > 0) & (counts < minimum)).any())
