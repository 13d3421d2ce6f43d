"""Lets everybody of a stand-in answer something, since whoever answered nothing is no response."""

import numpy as np

from altcred.describe.dependence import dependence_of, source_names
from altcred.kinds import kind_of
from altcred.standin.people import People
from altcred.standin.solve import gather_alike


def let_all_answer(people: People) -> None:
    """Give whoever answered nothing one answer of somebody alike, who has others left."""
    columns = {
        name: kind_of(variable).columns(name, variable, people.wave)
        for name, variable in people.variables.items()
        if variable.derive is None and kind_of(variable).is_read
    }
    given = {
        name: np.any([_is_given(people.columns[one]) for one in ones], axis=0)
        for name, ones in columns.items()
        if ones
    }
    if not given:
        return
    total = np.sum(list(given.values()), axis=0)
    poor = np.flatnonzero(total == 0)
    if not len(poor):
        return
    groups, _ = gather_alike([inside for _, _, inside in people.told_parts()], people.size)
    decides = {one for part in people.parts for one in part.where}
    for variable in people.variables.values():
        decides |= {*dependence_of(variable, people.wave), *source_names(variable)}
    free = sorted(given, key=lambda name: (name in decides, -float(given[name].sum())))
    for place in poor.tolist():
        for name in free:
            asked = people.asked(name)
            able = given[name] & asked & (total > 1) & asked[place]
            # Where nobody alike has several answers, somebody else's is better than none.
            rich = np.flatnonzero(able & (groups == groups[place]))
            rich = rich if len(rich) or name != free[-1] else np.flatnonzero(able)
            if len(rich):
                other = int(people.rng.choice(rich))
                for column in [*columns[name], f"@words:{name}"]:
                    if column in people.columns:
                        held = people.columns[column]
                        held[[place, other]] = held[[other, place]]
                given[name][[place, other]] = True, False
                total[[place, other]] += 1, -1
                break


def _is_given(column: np.ndarray) -> np.ndarray:
    if column.dtype.kind == "f":
        return ~np.isnan(column)
    return np.array([one is not None for one in column])
