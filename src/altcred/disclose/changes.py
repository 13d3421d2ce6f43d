"""How the same people changed, shown where a few more answered in one survey than in both.

Of a number the mean of all who answered a survey, and the mean of those found in both, leave the
answers of the others, who may be few. The mean change does not: with the sums of both surveys it
tells but by how much more the others of the second gave than those of the first. So the answers
themselves are hidden of those found, and how these changed stays. How many the others are is then
no secret, as it is none of how many gave no answer.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf

import pandas as pd

from altcred.core.distribution import LEVEL
from altcred.core.paired import bound_net_change
from altcred.core.records import NOT_REPORTED
from altcred.core.statistics import find_statistic, list_statistics
from altcred.disclose.places import MOVED, Place, name_people, name_rest

# Of a difference without its interval.
NOTE = "interval suppressed: it would tell how many moved"
# Of one whose interval is not that of all four counts.
MOVES = "the interval is Agresti and Min's, of those who moved"
# Variable and people; within whom these are (see list_relations).
_Key = tuple[str, str]
Within = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Told:
    """What is told of the answers of some people to a question.

    `n` is how many answered; `answers` says whether more is told of these than how they moved, and
    `gap` whether it is told by how much their mean, or score, did.
    """

    n: float = 0
    answers: bool = False
    gap: bool = False


def read_told(*frames: pd.DataFrame) -> dict[_Key, Told]:
    """Return of each question, and of each people, what is shown of them in some estimates.

    How single answers changed is told of the question.
    """
    found: dict[_Key, Told] = {}
    differences = {one.difference for one in list_statistics()}
    for frame in frames:
        shown = frame[frame["value"].notna() & frame["category"].ne(NOT_REPORTED)]
        columns = ("wave", "subgroup", "variable", "category", "statistic", "n")
        for wave, subgroup, variable, category, statistic, n in zip(
            *(shown[one] for one in columns), strict=True
        ):
            asked, _, answer = str(variable).partition(":")
            key, kind = (asked, name_people(wave, subgroup)), find_statistic(statistic)
            one = found.get(key, Told())
            found[key] = Told(
                max(one.n, n if n == n and not answer else 0),
                one.answers
                or not (kind.is_change or statistic == "nobs" or (answer and category in MOVED)),
                one.gap or (kind.is_change and statistic in differences),
            )
    return found


def list_silent(told: Mapping[_Key, Told], within: Within, minimum: int) -> Iterator[_Key]:
    """Yield whose answers to hide, so that how those found in two surveys changed can be shown.

    `told` is what the estimates say before anything is hidden.
    """
    for (variable, people), one in told.items():
        sides = [(variable, side) for side in within.get(people, ())]
        if len(sides) < 2 or not one.gap:
            continue
        among = [key for _, side in sides for key in _list_around(variable, side, within)]
        if not any(0 < told[key].n - one.n < minimum for key in among if key in told):
            continue
        # Where all of a side gave both answers, its mean is theirs.
        same = [side for side in sides if side in told and told[side].n == one.n]
        for silent in (same, sides):
            hidden = {(variable, people): Told(one.n, gap=True)}
            hidden |= {key: Told(told[key].n) for key in silent if key in told}
            if _leaves_enough({**told, **hidden}, variable, people, within, minimum):
                yield from hidden
                break


def list_open_rests(
    told: Mapping[_Key, Told], within: Within, minimum: int
) -> dict[Place, list[str]]:
    """Return of whom it is no secret that they answered once only, since nothing else is told.

    Beside each stand the names under which they are counted by their answers.
    """
    found: dict[Place, list[str]] = {}
    for (variable, people), one in told.items():
        sides = within.get(people, ())
        if len(sides) < 2 or one.answers or not _leaves_enough(
            told, variable, people, within, minimum
        ):  # fmt: skip
            continue
        for side in sides:
            beside = told.get((variable, side), Told())
            rest = name_rest(side, people)
            if beside.n > one.n:
                by_answer = [rest, *(name_rest(side, "both", one) for one in MOVED)]
                found[variable, rest, ""] = by_answer
            for whole in within.get(side, ()):
                rest = name_rest(whole, side)
                if not beside.answers and told.get((variable, whole), Told()).n > beside.n:
                    found[variable, rest, ""] = [rest]
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
            shown.loc[row.Index, ["value", "n", "note"]] = gap, n.n, NOTE
    return shown


def bound_by_moves(shown: pd.DataFrame) -> pd.DataFrame:
    """Return estimates with the intervals of differences of which it is shown only who moved.

    They are Agresti and Min's, for which it is enough to know how many moved, and of how many.
    """
    is_bare = shown["note"].eq(MOVES) & shown["low"].isna()
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


def _list_around(variable: str, side: str, within: Within) -> list[_Key]:
    """Return those of one survey among whom people are, the fewest first."""
    return [(variable, one) for one in (side, *within.get(side, ()))]


def _leaves_enough(
    told: Mapping[_Key, Told], variable: str, people: str, within: Within, minimum: int
) -> bool:
    """Tell whether a change of people's mean tells too little of those who answered once only."""
    one = told[variable, people]
    if not one.gap:
        return True
    rests = []
    for side in within[people]:
        around = _list_around(variable, side, within)
        known = (told[key].n for key in around if key in told and told[key].answers)
        rests.append(next(known, inf) - one.n)
    if not any(0 < rest < minimum for rest in rests):
        return True
    return sum(rests) >= minimum
