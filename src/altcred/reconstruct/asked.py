"""Who was asked a question, row by row of the true answers."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from altcred.core.engine import quoted
from altcred.describe.codebook import Codebook
from altcred.describe.conditions import Conditions, tell_rows
from altcred.kinds import kind_of

if TYPE_CHECKING:
    import pandas as pd


def find_asked(
    frame: "pd.DataFrame", codebook: Codebook, wave: str, names: Iterable[str]
) -> dict[str, list[bool]]:
    """Tell of each variable whether the wave's questionnaire came to ask it, an entry a row."""
    conditions = Conditions(codebook, wave)
    asked = {name: conditions.asked(name) for name in names}
    return tell_rows(_type_answers(frame, codebook, wave, " ".join(asked.values())), asked)


def _type_answers(
    frame: "pd.DataFrame", codebook: Codebook, wave: str, tests: str
) -> "pd.DataFrame":
    """Return the answers that tests name, with types that do not depend on who answered."""
    types = {"program": "string", "program_type": "string", "submitted": "datetime64[us]"}
    for name, variable in codebook.variables.items():
        kind = kind_of(variable)
        own = "boolean" if kind.has_ticks else "Float64" if kind.is_numeric else "string"
        columns = kind.columns(name, variable, wave)
        types |= {one: own for one in columns if one in frame and quoted(one) in tests}
    return frame[list(types)].astype(types)
