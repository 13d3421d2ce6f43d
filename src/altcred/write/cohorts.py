"""Views of several cohorts of one study, one wave of each side by side."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial

import pandas as pd

from altcred.core.records import Estimate
from altcred.core.statistics import list_statistics
from altcred.describe.correspondence import Change
from altcred.estimate.series import name_wave, read_series
from altcred.estimate.store import Estimates
from altcred.write.views import View, open_view

HIGHER, LOWER, SAME = "higher", "lower", "about the same"
# What of a variable without categories is set side by side, in the order of the registry.
MEASURES = [one for one in list_statistics() if one.difference and one.name != "proportion"]


@dataclass(frozen=True)
class CohortsView(View):
    """A view of one wave of the latest cohort or, on another wave, of an earlier cohort's.

    `earlier` names the cohorts before it, oldest first; `changes` says what they were asked
    otherwise.
    """

    earlier: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()

    @property
    def own(self) -> "CohortsView":
        """The view of the latest cohort."""
        return self.on(self.wave.rpartition(":")[2])

    @property
    def cohort_name(self) -> str:
        """The cohort of the wave that is shown."""
        return self.wave.rpartition(":")[0] or self.study.name

    @property
    def cohort_label(self) -> str:
        """What readers are told the cohort is called."""
        return self.study.series.label(self.cohort_name)

    @property
    def responses(self) -> str:
        """How many answered the wave, as it is written."""
        return self.write(self.find("responses", "", "count"))

    def on(self, wave: str) -> "CohortsView":
        """Return the same view of another wave."""
        return replace(self, wave=wave)

    def sides(self, variables: str | Iterable[str]) -> list["CohortsView"]:
        """Return the views of the cohorts that have one of some variables, the latest last."""
        names = [variables] if isinstance(variables, str) else list(variables)
        wave = self.own.wave
        views = [self.on(name_wave(one, wave)) for one in self.earlier] + [self.own]
        return [one for one in views if any(map(one.has, names))]

    def before(self, variable: str) -> "CohortsView | None":
        """Return the view of the nearest earlier cohort that has a variable."""
        return next(reversed(self.sides(variable)[:-1]), None)

    def gap(self, variable: str, category: str, statistic: str) -> Estimate | None:
        """Return how far the latest cohort is from the one before, with its interval."""
        before = self.before(variable)
        if before is None:
            return None
        between = self.on(f"{before.wave}-{self.own.wave}")
        return between.find(variable, category, statistic)

    def changes_of(self, variable: str, cohorts: Sequence[str] | None = None) -> list[Change]:
        """Return what some cohorts, all if left out, were asked otherwise of a variable."""
        wave = self.own.wave
        return [
            one
            for one in self.changes
            if (one.variable, one.wave) == (variable, wave)
            and (cohorts is None or one.cohort in cohorts)
        ]

    def is_changed(self, variable: str) -> bool:
        """Tell whether the cohort before was asked otherwise or had other answers to choose."""
        before = self.before(variable)
        return before is not None and bool(self.changes_of(variable, [before.cohort_name]))

    def lines(self, variable: str) -> Iterator[tuple[str, str, str]]:
        """Yield category, statistic and that of the difference of what cohorts are compared in.

        First the answers and groups of answers, then means and the like.
        """
        described, sides = self.described(variable), self.sides(variable)
        if described is None or len(sides) < 2:
            return
        names = []
        if not described.is_numeric:
            has = [partial(side.estimates.has, side.wave, variable) for side in sides]
            names = [one for one in described.categories if any(has_it(one) for has_it in has)]
            names = names or sides[-1].categories(
                variable, top=self.draw_options(variable).get("top")
            )
        names += [
            name for name in described.groups if all(side.find(variable, name) for side in sides)
        ]
        for name in names:
            yield name, "proportion", "difference"
            for one in MEASURES:
                if any(side.find(variable, name, one.name) is not None for side in sides):
                    yield name, one.name, one.difference
        for one in MEASURES:
            if sum(side.find(variable, "", one.name) is not None for side in sides) > 1:
                yield "", one.name, one.difference

    def line_label(self, variable: str, category: str, statistic: str) -> str:
        """Return what a line is called: the answer, or the statistic."""
        word = next((one.word for one in MEASURES if one.name == statistic), "")
        label = self.label(variable, category) if category else ""
        return f"{label}, {word.lower()}" if label and word else label or word

    @cached_property
    def compared(self) -> list[str]:
        """The variables that the wave and an earlier cohort's have."""
        asked = self.codebook.in_wave(self.own.wave)
        return [name for name in asked if self.before(name) is not None]


def judge(gap: Estimate | None) -> str:
    """Return how the later number stands to the earlier, by the interval of their difference."""
    if gap is None or math.isnan(gap.low) or gap.low <= 0 <= gap.high:
        return SAME
    return HIGHER if gap.value > 0 else LOWER


def open_cohorts(cohort: str) -> dict[str, CohortsView]:
    """Return a view of each wave that earlier cohorts have too, over all their estimates."""
    frame, changes = read_series(cohort)
    return view_cohorts(open_view(cohort), frame, changes)


def view_cohorts(
    own: View, frame: pd.DataFrame, changes: Iterable[Change]
) -> dict[str, CohortsView]:
    """Return a view of each wave that earlier cohorts have too.

    `frame` holds what `estimate_series` gave of each earlier cohort, the oldest first.
    """
    told = tuple(changes)
    estimates = Estimates(pd.concat([own.estimates.frame, frame], ignore_index=True))
    known = [*frame["wave"].unique(), *(name_wave(one.cohort, one.wave) for one in told)]
    parts = [str(name).partition(":") for name in known]
    earlier = tuple(dict.fromkeys(name for name, *_ in parts))
    ends = {end for *_, end in parts}
    return {
        wave: CohortsView(own.cohort, estimates, wave, earlier, told)
        for wave in own.study.waves
        if wave in ends
    }
