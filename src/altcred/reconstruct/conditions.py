"""Who was asked a question, row by row of the true answers."""

from typing import TYPE_CHECKING

from altcred.core.description import as_list
from altcred.core.intervals import parse_interval
from altcred.describe.codebook import Codebook
from altcred.kinds.variable import column_of

if TYPE_CHECKING:
    import pandas as pd


def is_asked(frame: "pd.DataFrame", codebook: Codebook, variable: str, wave: str) -> list[bool]:
    """Tell row by row whether a wave's questionnaire came to ask a variable."""
    import pandas as pd

    described = codebook.variables[variable]
    met = pd.Series(True, index=frame.index)
    for name, wanted in described.condition_in(wave).items():
        met &= _meets(frame, codebook, name, as_list(wanted))
    since = described.since(wave)
    if since is not None:
        met &= frame["submitted"] >= pd.Timestamp(since)
    return met.tolist()


def _meets(
    frame: "pd.DataFrame", codebook: Codebook, name: str, wanted: list[str]
) -> "pd.Series[bool]":
    variable = codebook.variables.get(name)
    if variable is None:
        return frame[name].isin(wanted)
    groups = variable.groups
    names = [
        one for part in wanted for one in (as_list(groups[part].of) if part in groups else [part])
    ]
    if variable.kind == "multiple":
        columns = [column_of(name, category) for category in names]
        return frame[columns].isin([True, 1]).any(axis=1)
    if variable.is_numeric:
        intervals = [parse_interval(text) for text in names]
        return (
            frame[name]
            .map(
                lambda value: (
                    value == value and value is not None and any(i.holds(value) for i in intervals)
                )
            )
            .astype(bool)
        )
    return frame[name].isin(names)
