"""Weights of a stand-in's people, by which weighted shares come out as they are told."""

from collections.abc import Iterable, Iterator

import numpy as np
import scipy.sparse as sp
from scipy.sparse.linalg import lsmr

from altcred.core.description import as_list
from altcred.core.records import NOT_REPORTED
from altcred.kinds import kind_of
from altcred.standin.people import People

# How much weights are held back from varying, step by step, and how much they may where that is
# not told.
_DAMPS = (0.0, *np.geomspace(1e-4, 1.0, 25))
_UNTOLD = 0.5
# So many steps without that, and how near is near enough: a fifth of what is printed.
_STEPS, _NEAR = 25, 1e-4
# Weights of this many times the mean, and this part of it, are the most and the least.
_MOST = 20.0
# What is told of a sum of weights times something: of whom, and what each of them adds to nought.
_Line = tuple[np.ndarray, np.ndarray]


def weigh(people: People) -> list[str]:
    """Return a weight for each person, written as the survey writes numbers; 1 where it has none.

    Of all weights by which what is told comes out, or most nearly does, they are those that differ
    least from 1 (calibration by least squares: Deville and Särndal 1992, Journal of the American
    Statistical Association 87, 376-382), and then vary as much more as the design effect tells, in
    ways that change nothing that is told.
    """
    wave = people.cohort.study.waves[people.wave]
    if wave.weight is None:
        return ["1"] * people.size
    told = _stack(people.size, _list_shares(people))
    effect = people.shown.find(people.wave, "all", "weights", statistic="design_effect")
    variance = _UNTOLD if effect is None else max(effect - 1, 0.0)
    weights = _calibrate(told, variance)
    if effect is not None:
        weights = _spread(people, told, weights, variance)
    written = [f"{one:.4f}" for one in weights.tolist()]
    return [one.replace(".", ",") for one in written] if wave.decimal == "comma" else written


def _stack(size: int, lines: Iterable[_Line]) -> sp.csr_array:
    """Return the sums as rows of a matrix, each divided by how many people it is of."""
    rows = [sp.csr_array((0, size))]
    for who, adds in lines:
        places = np.flatnonzero(who)
        found = (adds[places] / len(places), (np.zeros_like(places), places))
        rows.append(sp.csr_array(found, shape=(1, size)))
    return sp.vstack(rows, format="csr")


def _calibrate(told: sp.csr_array, variance: float) -> np.ndarray:
    """Return weights that bring all sums nearest to nought, and vary no more than is told.

    Relations between answers that the survey had and the stand-in lacks would else be made up for
    by weights far apart.
    """
    weights = np.ones(told.shape[1])
    for damp in _DAMPS if told.shape[0] else ():
        weights = np.ones(told.shape[1])
        # What bounds cut off is made up for by others.
        for _ in range(1 if damp else _STEPS):
            missed = told @ weights
            if np.abs(missed).max() < _NEAR:
                break
            found = weights - lsmr(told, missed, damp=damp, maxiter=500)[0]
            weights = np.clip(found / found.mean(), 1 / _MOST, _MOST)
        if weights.var() <= variance:
            break
    return weights


def _spread(people: People, told: sp.csr_array, weights: np.ndarray, variance: float) -> np.ndarray:
    """Return weights that vary as much as told, with the same sums as far as bounds allow."""
    lacking = variance - float(weights.var())
    if lacking <= 0:
        return weights
    noise = people.rng.standard_normal(people.size)
    if told.shape[0]:
        noise -= lsmr(told, told @ noise, maxiter=500)[0]
    noise -= noise.mean()
    together = float(np.cov(noise, weights)[0, 1])
    weights = weights + noise * _scale(float(noise.var()), together, lacking)
    return np.clip(weights, 1 / _MOST, _MOST)


def _scale(variance: float, together: float, lacking: float) -> float:
    """Return how many times the noise must be added for a variance that much larger."""
    if variance <= 0:
        return 0.0
    return (-together + (together**2 + variance * lacking) ** 0.5) / variance


def _list_shares(people: People) -> Iterator[_Line]:
    """Yield the shares that are told, of all and of subgroups.

    Weighted means are left out: what each person gave was drawn by them, and weights that made up
    for what is missed there would miss the shares.
    """
    for scope, part, inside in people.told_parts():
        if scope != people.wave:
            continue
        for name, variable in people.variables.items():
            kind = kind_of(variable)
            if kind.is_typed or not people.is_drawn(name):
                continue
            shares = {
                category: value
                for (category, statistic), (value, _) in people.shown.of_part(
                    scope, part.name, name
                ).items()
                if statistic == "proportion" and category != NOT_REPORTED and 0 < value < 1
            }
            groups = variable.groups if kind.is_numeric else {}
            tests = {
                one: people.conditions.holds(
                    {name: as_list(groups[one].of if one in groups else one)}
                )
                for one in shares
            }
            who = inside & people.asked(name)
            who = who & ~people.tell({"": people.conditions.is_missing(name)})[""]
            for category, given in people.tell(tests).items():
                if (given & who).any() and (who & ~given).any():
                    yield who, given - shares[category]
