"""Weights of a stand-in's people, by which weighted shares come out as they are told."""

import numpy as np

from altcred.core.description import as_list
from altcred.core.records import NOT_REPORTED
from altcred.kinds import kind_of
from altcred.standin.people import People

# So many passes over all shares, and of so many people's weights in all.
_PASSES, _WORK = 60, 1e9
# Weights of this many times the mean, and this part of it, are the most and the least.
_MOST = 20.0


def weigh(people: People) -> list[str]:
    """Return a weight for each person, written as the survey writes numbers; 1 where it has none.

    Everybody begins with the same weight. Each share that is told multiplies the weights of those
    who gave the answer, and of those who gave another, until it comes out (raking); the shares of
    everybody come last, so that these are kept best.
    """
    weights = np.ones(people.size)
    wave = people.cohort.study.waves[people.wave]
    if wave.weight is None:
        return ["1"] * people.size
    shares = _list_shares(people)
    passes = min(_PASSES, int(_WORK / max(len(shares) * people.size, 1)) + 1)
    for _ in range(passes):
        for who, given, share in shares:
            held = weights[given].sum() / weights[who].sum()
            weights[given] *= share / held
            weights[who & ~given] *= (1 - share) / (1 - held)
        mean = weights.mean()
        weights = np.clip(weights / mean, 1 / _MOST, _MOST)
    written = [f"{one:.4f}" for one in weights.tolist()]
    return [one.replace(".", ",") for one in written] if wave.decimal == "comma" else written


def _list_shares(people: People) -> list[tuple[np.ndarray, np.ndarray, float]]:
    """List the shares that are told: of whom, who of them gave the answer, and what share is.

    Only of questions that make subgroups, as those by which a survey is weighted mostly do: in
    all others chance has its part, and weights that followed it would be too far apart.
    """
    found, shown = [], people.shown
    makers = {name for part in people.parts for name in part.where}
    for scope, part, inside in reversed(people.told_parts()):
        if scope != people.wave:
            continue
        for name, variable in people.variables.items():
            told = {
                category: value
                for (category, statistic), (value, _) in shown.of_part(
                    scope, part.name, name
                ).items()
                if statistic == "proportion" and category != NOT_REPORTED and 0 < value < 1
            }
            if (
                name not in makers
                or not told
                or not people.is_drawn(name)
                or kind_of(variable).is_typed
            ):
                continue
            groups = variable.groups if kind_of(variable).is_numeric else {}
            tests = {
                one: people.conditions.holds(
                    {name: as_list(groups[one].of if one in groups else one)}
                )
                for one in told
            }
            who = inside & people.asked(name)
            who = who & ~people.tell({"": people.conditions.is_missing(name)})[""]
            for category, given in people.tell(tests).items():
                if (given & who).any() and (who & ~given).any():
                    found.append((who, given & who, told[category]))
    return found
