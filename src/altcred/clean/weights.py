"""Reads the survey weights of a wave."""

import math
import re
from collections.abc import Iterator

from altcred.clean.decimals import find_decimal
from altcred.clean.refuse import list_row_problems
from altcred.clean.rows import Rows
from altcred.core.errors import Problem
from altcred.kinds.quantities import read_separated
from altcred.kinds.reading import fold_text
from altcred.kinds.vocabulary import NO_NUMBER

COLUMN = "@weight"
_REMEDY = (
    "Correct it, leave it empty where somebody has no weight, or say decimal: comma or point of "
    "the wave."
)


def read_weights(rows: Rows) -> dict[str, float | None]:
    """Return the weight that each cell means: None for none or nought, NaN of what is none."""
    texts = rows.codes.answers(COLUMN)
    missing = {
        fold_text(text)
        for _, columns in rows.exports
        if COLUMN in columns
        for text in columns[COLUMN].missing
    }
    decimal = rows.settings.decimal or find_decimal(texts) or rows.decimal
    found: dict[str, float | None] = {}
    for text in texts:
        folded = fold_text(text)
        if not folded or folded in NO_NUMBER | missing or folded in {".", "#null!"}:
            found[text] = None
        else:
            number = _read_number(folded, decimal)
            found[text] = None if number == 0 else number
    return found


def list_bad_weights(rows: Rows) -> Iterator[Problem]:
    """Yield the rows whose weight is negative or no number, and that no row has one."""
    if not rows.settings.weight:
        return
    found = read_weights(rows)
    bad = [text for text, number in found.items() if number is not None and not number > 0]
    message = "holds what is no survey weight, which is a number above nought"
    yield from list_row_problems(rows, COLUMN, bad, message, _REMEDY)
    if all(number is None for number in found.values()):
        export, columns = next((one for one in rows.exports if COLUMN in one[1]), rows.exports[0])
        where = f"column {columns[COLUMN].label}" if COLUMN in columns else ""
        remedy = "Name the column of weights, or leave weight: out."
        yield Problem(str(export.path), where, "holds no weight above nought.", remedy)


def _read_number(folded: str, decimal: str | None) -> float:
    """Return a number that may be small or large; NaN of what is none, or could be two."""
    text = folded.replace("\N{MINUS SIGN}", "-").removeprefix("+")
    if decimal == "comma":
        if re.search(r"\.(?!\d{3}(\D|$))|^-?0*\.", text):
            return math.nan
        text = text.replace(".", "").replace(",", ".")
    if re.fullmatch(r"-?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?", text):
        number = float(text)
    elif decimal == "point" and (separated := read_separated(text, points_group=False)):
        number = separated
    else:
        return math.nan
    return number if math.isfinite(number) else math.nan
