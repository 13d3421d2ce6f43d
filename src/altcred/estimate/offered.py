"""Questions that two waves asked with other answers: what of them is compared.

Who gave an answer that one wave alone offered would have given another in the other wave, or none,
so that shares of all other answers differ without anybody thinking otherwise. What is tested is
therefore of those who gave an answer that both waves offered; of places in an order, which depend
on every option, nothing is. Each option of several answers is a question of its own.
"""

from collections.abc import Iterator
from dataclasses import replace

import pandas as pd

from altcred.core.records import NAN, Estimate, Recorder
from altcred.kinds import kind_of
from altcred.kinds.variable import Variable
from altcred.kinds.yardstick import SHARED


def note_shared(found: Iterator[Estimate]) -> Iterator[Estimate]:
    """Yield estimates with the note that they are of answers that both waves offered."""
    for one in found:
        yield replace(one, note="; ".join(part for part in (one.note, SHARED) if part))


def compare_pairs(
    name: str,
    variable: Variable,
    *sides: pd.DataFrame,
    waves: tuple[str, str],
    subgroup: str,
    margin: float | None,
    minimum: int,
) -> Iterator[Estimate]:
    """Yield how the answers of the same people changed, as their kind compares them.

    Where the waves offered other answers: of the pairs whose answers both offered, unless those
    left out would tell of fewer than `minimum` people.
    """
    kind = kind_of(variable)
    is_uneven = kind.is_uneven(variable, waves)
    if is_uneven:
        if not kind.is_exclusive:
            return
        answered = sides[0][name].notna() & sides[1][name].notna()
        shared = [side[name].isin(variable.shared_categories(waves)) for side in sides]
        alone = [
            side.loc[answered & ~kept, name].value_counts()
            for side, kept in zip(sides, shared, strict=True)
        ]
        crossed = pd.crosstab(shared[0][answered], shared[1][answered]).stack()
        counts = [*alone[0], *alone[1], *crossed.drop((True, True), errors="ignore")]
        if any(0 < count < minimum for count in counts):
            note = f"suppressed: those left out are fewer than {minimum} people"
            yield Recorder(subgroup, name).number("nobs", NAN, n=NAN, note=note)
            return
        sides = tuple(
            side.assign(**{name: side[name].where(kept)})
            for side, kept in zip(sides, shared, strict=True)
        )
    found = kind.compare(name, variable, *sides, waves=waves, subgroup=subgroup, margin=margin)
    yield from note_shared(found) if is_uneven else found
