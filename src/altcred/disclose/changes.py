"""How the same people changed, shown where a few more answered in one survey than in both.

Of a number the mean of all who answered a survey, and the mean of those found in both, leave the
answers of the others, who may be few. The mean change does not: with the sums of both surveys it
tells but by how much more the others of the second gave than those of the first. So the answers
themselves are hidden of those found, and how these changed stays. How many the others are is then
no secret, as it is none of how many gave no answer.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from math import inf

import pandas as pd

from altcred.core.distribution import LEVEL
from altcred.core.paired import bound_net_change
from altcred.core.records import NOT_REPORTED
from altcred.core.statistics import find_statistic
from altcred.disclose.places import MOVED, Place, name_people, name_rest, split_people

# Of a difference without its interval.
BARE = "interval suppressed: it would tell how many moved"
# Of one whose interval is not that of all four counts.
BY_MOVES = "the interval is Agresti and Min's, of those who moved"
# Variable and people; within whom these are (see list_relations).
_Key = tuple[str, str]
Within = Mapping[str, Sequence[str]]
_MEAN_GAPS = {"mean_difference", "nps_difference"}
# By so many standard deviations nearly everybody moves by the same, as ages do.
_ALIKE = 2


@dataclass(frozen=True)
class Told:
    """What is told of the answers of some people to a question.

    `n` is how many answered; `answers` says whether more is told of these than how they moved,
    `singly` whether it is told of single answers how they did, and `change` holds what is told of
    that for all answers, by the statistic.
    """

    n: float = 0
    answers: bool = False
    singly: bool = False
    change: Mapping[str, float] = field(default_factory=dict)

    @property
    def gap(self) -> bool:
        """Whether it is told by how much the mean, a share or the score moved."""
        return self.singly or not _MEAN_GAPS.isdisjoint(self.change)

    @property
    def is_alike(self) -> bool:
        """Whether all are told to have answered alike both times, or to have moved by the same."""
        return 0 in (self.change.get("stuart_maxwell_df"), self.change.get("std_difference"))

    def moves(self, fewest: int) -> bool:
        """Tell whether so many moved at least, and not nearly all by the same.

        Else who gave which answer in one survey is told, but for a few, by who did in the other.
        Wilcoxon's statistic tells how many moved; where single answers are counted, these do.
        """
        told = self.change
        if _MEAN_GAPS.isdisjoint(told):
            return True
        if not told.get("std_difference") or abs(told.get("cohen_dz", 0)) > _ALIKE:
            return False
        effect = told.get("rank_biserial", 1)
        if abs(effect) < 1:
            ranks = 2 * told.get("wilcoxon_statistic", 0) / (1 - effect)
            return (8 * ranks + 1) ** 0.5 >= 2 * fewest + 0.5
        # All moved one way, which is one of two among two to the power of their number.
        return told.get("wilcoxon_pvalue", 1) <= 2.0 ** (1.5 - fewest)


def read_told(*frames: pd.DataFrame) -> dict[_Key, Told]:
    """Return of each question, and of each people, what is shown of them in some estimates.

    How single answers changed is told of the question.
    """
    found: dict[_Key, Told] = {}
    columns = ["wave", "subgroup", "variable", "category", "statistic", "value", "n"]
    for frame in frames:
        shown = frame.loc[frame["value"].notna() & frame["category"].ne(NOT_REPORTED), columns]
        for wave, subgroup, variable, category, statistic, value, n in shown.itertuples(
            index=False
        ):
            asked, _, answer = str(variable).partition(":")
            key, kind = (asked, name_people(wave, subgroup)), find_statistic(statistic)
            one = found.get(key, Told())
            found[key] = Told(
                max(one.n, n if n == n and not answer else 0),
                one.answers
                or not (kind.is_change or statistic == "nobs" or (answer and category in MOVED)),
                one.singly or bool(answer and statistic == "difference"),
                {**one.change, statistic: value} if kind.is_change and not answer else one.change,
            )
    # Where it is not told of single answers who moved, a test of all of them tells of each.
    return {
        key: replace(
            one, answers=one.answers or ("stuart_maxwell_df" in one.change and not one.singly)
        )
        for key, one in found.items()
    }


def list_silent(told: Mapping[_Key, Told], within: Within, minimum: int) -> Iterator[_Key]:
    """Yield whose answers to hide, so that how those found in two surveys changed can be shown.

    `told` is what the estimates say before anything is hidden. Of a question it is all of those
    found, or none: what some of them answered is the rest of what all did.
    """
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for (variable, people), one in told.items():
        if len(within.get(people, ())) > 1 and one.gap:
            found[variable, split_people(people)[0]].append(people)
    for (variable, _), everyone in found.items():
        sides = {people: [(variable, one) for one in within[people]] for people in everyone}
        ns = {people: told[variable, people].n for people in everyone}
        if not any(
            0 < told[key].n - ns[people] < minimum
            for people, ends in sides.items()
            for _, side in ends
            for key in _list_around(variable, side, within)
            if key in told
        ):
            continue
        # Where all of a side gave both answers its mean is theirs; or few more are in the survey.
        near = [
            at
            for at in range(2)
            if any(
                told.get(ends[at], Told()).n == ns[people]
                or _is_near(told, variable, ends[at][1], within, minimum)
                for people, ends in sides.items()
            )
        ]
        for silent in (near, range(2)):
            hidden = {(variable, one): replace(told[variable, one], answers=False) for one in sides}
            hidden |= {
                ends[at]: Told(told[ends[at]].n)
                for ends in sides.values()
                for at in silent
                if ends[at] in told
            }
            if all(
                _leaves_enough({**told, **hidden}, variable, one, within, minimum) for one in sides
            ):
                yield from hidden
                break


def list_alike(told: Mapping[_Key, Told], within: Within) -> Iterator[_Key]:
    """Yield of whom it may not be told that nobody moved, since others answered only once.

    What all who answered one survey said would then be told of those found, and leave the others'.
    """
    for (variable, people), one in told.items():
        ns = [told.get((variable, side), Told()).n for side in within.get(people, ())]
        if one.is_alike and not one.singly and len(ns) > 1 and max(ns) > one.n:
            yield variable, people


def list_open_rests(
    told: Mapping[_Key, Told], within: Within, minimum: int
) -> dict[Place, list[str]]:
    """Return of whom it is no secret that they answered once only, since nothing else is told.

    Beside each stand the names under which they are counted by their answers.
    """
    found: dict[Place, list[str]] = {}
    for variable, people in product(sorted({name for name, _ in told}), within):
        sides, one = within[people], told.get((variable, people), Told())
        if len(sides) < 2 or one.answers or not _leaves_enough(
            told, variable, people, within, minimum
        ):  # fmt: skip
            continue
        for side in sides:
            beside = told.get((variable, side), Told())
            rest = name_rest(side, people)
            if beside.n > one.n > 0:
                by_answer = [rest, *(name_rest(side, "both", one) for one in MOVED)]
                found[variable, rest, ""] = by_answer
            for whole in within.get(side, ()):
                rest, n = name_rest(whole, side), told.get((variable, whole), Told()).n
                if n > beside.n and not beside.answers:
                    found[variable, rest, ""] = [rest]
                if n > one.n > 0:
                    by_answer = [name_rest(whole, "both", moved) for moved in MOVED]
                    found[variable, name_rest(whole, people), ""] = by_answer
    return found


def limit_widths(
    is_open: Mapping[Place, Sequence[str]], rests: Mapping[Place, int | None]
) -> dict[Place, int]:
    """Return how many numbers those can be, by their answers, of whom it is open how many they are.

    Whoever knows that four answered once only knows of each answer that none to four of them gave
    it; that may be all that is known.
    """
    return {
        (variable, name, category): size + 1
        for (variable, rest, _), names in is_open.items()
        if (size := rests.get((variable, rest, ""))) is not None
        for asked, name, category in rests
        if asked == variable and name in names
    }


def tell_differences(shown: pd.DataFrame, within: Within) -> pd.DataFrame:
    """Return estimates with the hidden differences that shown shares of the same people tell.

    Their intervals, which tell how many moved, stay hidden.
    """
    is_hidden = shown["statistic"].eq("difference") & shown["note"].str.startswith("suppressed")
    if not is_hidden.any():
        return shown
    told = {
        (row.variable, name_people(row.wave, row.subgroup), row.category): row
        for row in shown[shown["statistic"].isin(["count", "nobs"])].itertuples()
        if row.value == row.value
    }
    shown = shown.copy()
    for row in shown[is_hidden].itertuples():
        asked, _, answer = str(row.variable).partition(":")
        people = name_people(row.wave, row.subgroup)
        n = told.get((asked, people, ""))
        sides = [told.get((asked, side, answer)) for side in within.get(people, ())]
        ends = [one.value for one in sides if one is not None and n is not None and one.n == n.n]
        if n is not None and len(ends) == 2:
            gap = (ends[1] - ends[0]) / n.n
            shown.loc[row.Index, ["value", "n", "note"]] = gap, n.n, BARE
    return shown


def bound_by_moves(shown: pd.DataFrame) -> pd.DataFrame:
    """Return estimates with the intervals of differences of which it is shown only who moved.

    They are Agresti and Min's, for which it is enough to know how many moved, and of how many.
    """
    is_bare = shown["note"].eq(BY_MOVES) & shown["low"].isna()
    if not is_bare.any():
        return shown
    shown = shown.copy()
    moved = {
        (row.variable, row.wave, row.subgroup, row.category): row.value
        for row in shown[shown["category"].isin(MOVED)].itertuples()
        if row.statistic == "count"
    }
    for row in shown[is_bare].itertuples():
        key = row.variable, row.wave, row.subgroup
        down, up = (round(moved[*key, one]) for one in MOVED)
        ends = bound_net_change(up, down, round(row.n), 1 - LEVEL)
        shown.loc[row.Index, ["low", "high"]] = [float(f"{end:.6g}") for end in ends]
    return shown


def _is_near(
    told: Mapping[_Key, Told], variable: str, side: str, within: Within, minimum: int
) -> bool:
    """Tell whether a few answered a survey beside those of a side who did."""
    ns = [told.get((variable, one), Told()).n for one in (side, *within.get(side, ()))]
    return any(0 < n - ns[0] < minimum for n in ns[1:] if ns[0])


def _list_around(variable: str, side: str, within: Within) -> list[_Key]:
    """Return those of one survey among whom people are, the fewest first."""
    return [(variable, one) for one in (side, *within.get(side, ()))]


def _leaves_enough(
    told: Mapping[_Key, Told], variable: str, people: str, within: Within, minimum: int
) -> bool:
    """Tell whether a change of people's mean tells too little of those who answered once only."""
    one = told.get((variable, people), Told())
    if not one.gap:
        return True
    rests = []
    for side in within[people]:
        around = _list_around(variable, side, within)
        known = (told[key].n for key in around if key in told and told[key].answers)
        rests.append(next(known, inf) - one.n)
    if not any(0 < rest < minimum for rest in rests):
        return True
    return sum(rests) >= minimum and one.moves(minimum)
