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
from altcred.kinds.pairs import Pairs
from altcred.kinds.variable import Variable
from altcred.kinds.yardstick import SHARED


def note_shared(found: Iterator[Estimate]) -> Iterator[Estimate]:
    """Yield estimates with the note that they are of answers that both waves offered."""
    for one in found:
        yield replace(one, note="; ".join(part for part in (one.note, SHARED) if part))


def compare_pairs(
    name: str,
    variable: Variable,
    pairs: Pairs,
    *,
    minimum: int,
) -> Iterator[Estimate]:
    """Yield how the answers of the same people changed, as their kind compares them.

    Where the waves offered other answers: of the pairs whose answers both offered, unless those
    left out would tell of fewer than `minimum` people.
    """
    kind = kind_of(variable)
    is_uneven = kind.is_uneven(variable, pairs.waves)
    if is_uneven:
        if not kind.is_exclusive:
            return
        sides = pairs.column(name)
        answered = sides[0].notna() & sides[1].notna()
        shared = [side.isin(variable.shared_categories(pairs.waves)) for side in sides]
        alone = [
            side[answered & ~kept].value_counts() for side, kept in zip(sides, shared, strict=True)
        ]
        crossed = pd.crosstab(shared[0][answered], shared[1][answered]).stack()
        counts = [*alone[0], *alone[1], *crossed.drop((True, True), errors="ignore")]
        if any(0 < count < minimum for count in counts):
            note = f"suppressed: those left out are fewer than {minimum} people"
            yield Recorder(pairs.subgroup, name).number("nobs", NAN, n=NAN, note=note)
            return
        before, after = (
            frame.assign(**{name: frame[name].where(kept)})
            for frame, kept in zip((pairs.before, pairs.after), shared, strict=True)
        )
        pairs = replace(pairs, before=before, after=after)
    found = kind.compare(name, variable, pairs)
    yield from note_shared(found) if is_uneven else found
