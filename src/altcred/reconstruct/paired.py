"""Amounts of the same people in both waves, of which a paired t is printed."""

from fractions import Fraction

import numpy as np
from scipy.stats import ttest_rel

from altcred.reconstruct.amounts import draw_amounts, pair_amounts
from altcred.reconstruct.assumptions import Curve
from altcred.reconstruct.figures import PAIRED, Printed
from altcred.reconstruct.people import People, asked_tests


def draw_paired(
    name: str, panel: list[People], rows: list[Printed], rng: np.random.Generator
) -> list[str]:
    """Draw a number of which a paired t is printed, for so many pairs as it has.

    Return the ids of figures that do not come out; nothing is drawn a second time.
    """
    rows = [row for row in rows if row.variable == name and row.pairs_only]
    found = {(row.wave, row.statistic): row for row in rows}
    sizes = [row.number for row in rows if row.statistic == "nobs"]
    sizes += [row.number + 1 for row in rows if row.statistic == f"{PAIRED}_df"]
    statistic = found.get((panel[0].wave, f"{PAIRED}_statistic"))
    if statistic is None or not sizes or name in panel[0].amounts:
        return []
    index = [people.columns["pair_index"] for people in panel]
    able = np.ones(index[0].max() + 1, dtype=bool)
    for people, pair in zip(panel, index, strict=True):
        tests = asked_tests(people, name)
        if people.knows(tests):
            able[pair[pair >= 0]] &= people.meet(tests)[pair >= 0]
    chosen = np.sort(rng.permutation(np.flatnonzero(able))[: sizes[0]])
    curve = people.reconstruction.assumption(name).curve or Curve(median=50_000, spread=0.8)
    sides = []
    for people in panel:
        printed = (found.get((people.wave, kind)) for kind in ("median", "mean"))
        median, mean = (None if row is None else row.middle for row in printed)
        sides.append(draw_amounts(len(chosen), median, mean, curve, 1000.0))
    drawn = pair_amounts(*sides, statistic.interval, rng)
    for people, pair, values in zip(panel, index, drawn, strict=True):
        # Those of no pair have the index -1, which is the last place and stays empty.
        by_pair = np.full(len(able) + 1, np.nan)
        by_pair[chosen] = values
        column = people.amounts[name] = by_pair[pair]
        for test in asked_tests(people, name):
            if not people.knows([test]):
                people.musts[test.name] = (test, ~np.isnan(column))
    result = ttest_rel(*drawn)
    missed = []
    for row in rows:
        kind = row.statistic.removeprefix(f"{PAIRED}_")
        if kind != row.statistic and Fraction(float(getattr(result, kind))) not in row.interval:
            missed.append(row.id)
    return missed
