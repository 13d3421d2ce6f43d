"""Estimates through the door: the one place that calls disclosure control."""

from collections.abc import Collection, Mapping

import pandas as pd

from altcred.describe.cohort import Cohort
from altcred.disclose.cells import partition_subgroups
from altcred.disclose.door import suppress_small_cells
from altcred.estimate.store import sort_estimates
from altcred.kinds import kind_of
from altcred.kinds.variable import Variable

# What each net of a variable holds.
Nets = Mapping[str, Collection[str]]


def protect(
    frame: pd.DataFrame, cohort: Cohort, nets: Mapping[str, Nets] | None = None
) -> pd.DataFrame:
    """Return estimates with small cells suppressed, as the study's disclosure says, and sorted.

    Every estimate that is written has been here. `nets` describes variables that the codebook
    does not know and whose categories, nets apart, add up: what each of their nets holds.
    """
    study, variables = cohort.study, cohort.codebook.variables
    own = nets or {}
    found = set(frame["subgroup"])
    shown = suppress_small_cells(
        frame,
        minimum=study.disclosure.minimum,
        partitions=partition_subgroups(
            {name: study.programs_of(name) for name in study.program_types},
            [name for name in study.subgroups if name in found],
        ),
        groups={**{name: _list_nets(variable) for name, variable in variables.items()}, **own},
        exclusive=[*(n for n, one in variables.items() if kind_of(one).is_exclusive), *own],
        coded={
            name: numbers
            for name, one in variables.items()
            if (numbers := kind_of(one).cell_numbers(one))
        },
        same_as={name: f"program_type={name}" for name in study.program_types}
        | {name: f"program={name}" for name in study.programs},
        suppress_extremes=not study.disclosure.show_extremes,
    )
    return sort_estimates(shown)


def _list_nets(variable: Variable) -> dict[str, list[str]]:
    """Return what each group of a variable holds; a group of a number holds whole bins."""
    if not variable.is_numeric:
        return {name: group.members for name, group in variable.groups.items()}
    return {
        name: [str(one) for one in variable.bin_intervals() if one in interval]
        for name, interval in variable.number_groups().items()
    }
