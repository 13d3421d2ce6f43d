"""The door: suppresses small cells, and what would reveal them, before an estimate is written.

A cell is a number of people: those of one subgroup who gave one answer, or (category '') who
answered at all. What stays and what goes:

- A cell of fewer than `minimum` people goes, with its share, interval and note. A cell of nobody
  stays: it is about nobody, and a table of answers nobody gave hides no one.
- Where fewer than `minimum` people of a subgroup answered, everything about that variable and
  subgroup goes, the n too: means and quartiles of so few are nearly their answers.
- Further cells go until no suppressed small cell follows from sums and differences of what is
  left: categories and the number who answered, nets and their categories, a subgroup and its
  parts. In every such sum the suppressed parts together hold at least `minimum` people, because
  their total can be worked out by anyone.
- What a sum leaves over (people of no listed category or part) counts as a suppressed cell.
- Paired tables and tests of a variable go together: from a p value a cell can be computed. Where
  only a few more answered one survey than both, what was answered goes and how it changed stays
  (changes.py); and what a survey's side hides of a mean its panel does not tell.
- Of a scale either some shares or the mean and spread are shown, since together they tell the
  hidden ones. Where shares of at least half of a subgroup can be shown, and the mean is told
  nowhere else (`shares_first`), they stay and its mean goes; elsewhere all shares of the subgroup
  go, and the mean stays, unless a small cell could be worked out from it. Where a mean goes,
  further means go until it does not follow from those of the whole and of its other parts.
- Smallest and largest values go, since each is one person's answer, and so does a mode unless a
  shown count tells that enough gave it. Quantiles stay where between
  two of them, and beyond the outermost, lie at least `minimum` people; and where ranges of answers
  are hidden only as far as these all lie on one side of the quantile's own range. What a quantile
  says of the people below it is then what the shown ranges below, or above it, say too.
- `not_reported` says only that somebody gave no answer; it is never small by itself, and goes
  with the number who answered, which it would give away, and where its n, the size of a subgroup,
  is small.
- Where counts are rounded, cells go only for being of few people, and those of means and tests that
  follow from them; what else has to go is left to the last step.
- In the end what is left is attacked with all relations at once, over all questions and subgroups
  of all waves (relations.py, attack.py), and with what other files show of the same people already:
  further cells go until each hidden small count can be any of `minimum` numbers at least.

Which statistic is a test, and which is one person's value, the registry of statistics says.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from altcred.core.intervals import read_interval
from altcred.core.records import NOT_REPORTED
from altcred.core.statistics import find_statistic
from altcred.core.weights import WEIGHTED
from altcred.disclose.attack import Ranges, find_narrow
from altcred.disclose.block import FLOW_VARIABLES, Block
from altcred.disclose.cells import count_cells, name_cell
from altcred.disclose.changes import (
    BY_MOVES,
    Told,
    limit_widths,
    list_alike,
    list_open_rests,
    list_silent,
    read_told,
)
from altcred.disclose.places import ASKED, SQUARES, SUM, Counts, Place, name_people, split_people
from altcred.disclose.relations import Question, list_relations
from altcred.disclose.rounding import round_ends

_COLUMNS = ["wave", "subgroup", "variable", "category", "statistic", "value", "n", "note"]
EXTREME_NOTE = "suppressed: one person's value"


@dataclass(frozen=True)
class Beside:
    """Estimates of the same people that other files show, and of whom they are among others.

    `within` maps people to those among whom they are (see list_relations).
    """

    shown: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=_COLUMNS))
    within: Mapping[str, Sequence[str]] = field(default_factory=dict)


def suppress_small_cells(
    estimates: pd.DataFrame,
    *,
    minimum: int,
    partitions: Mapping[str, Collection[Collection[str]]] | None = None,
    groups: Mapping[str, Mapping[str, Collection[str]]] | None = None,
    exclusive: Collection[str] = (),
    same_as: Mapping[str, str] | None = None,
    coded: Mapping[str, Mapping[str, float]] | None = None,
    shares_first: Collection[str] = (),
    questions: Mapping[str, Question] | None = None,
    suppress_extremes: bool = True,
    base: int = 0,
    beside: Beside | None = None,
) -> pd.DataFrame:
    """Return the estimates with small cells, and what would reveal them, missing.

    `estimates` has the columns of estimates.csv. `minimum` is the fewest people a shown cell may
    hold; with 0 (or 1) the door is open and everything stays. `partitions` maps a subgroup to
    the lists of subgroups that each divide it (see partition_subgroups). `groups` maps a variable
    to its nets, and each net to its categories. `exclusive` names the variables of which a person
    gives one answer, so that the categories add up to those who answered; variables whose counts
    add up are treated so anyway. `same_as` maps a category that counts the people of a subgroup
    to that subgroup. `coded` maps a variable of which a mean is told to the number behind each
    of its categories, and `shares_first` those of them whose mean no other estimate gives away, as
    a score or a change would. `questions` says of variables what anybody knows of the counts of
    their answers; of one that it lacks, what `groups` and `exclusive` say. Smallest and largest
    values go too unless `suppress_extremes` is False. What is shown will be rounded to a `base`
    (see round_estimates), unless that is 0. `beside` is what is shown already of the same people.

    What is suppressed has a missing value, low and high, and a note beginning "suppressed".
    UnknownStatistic where a statistic is not registered.
    """
    kinds = {name: find_statistic(name) for name in estimates["statistic"].unique()}
    shown = estimates.copy()
    if minimum <= 1:
        return shown
    shown["note"] = shown["note"].fillna("").astype(str)
    at = pd.Series(range(len(shown)), index=shown.index)
    blocks = {
        (str(wave), str(variable)): Block(
            rows,
            at[rows.index].to_numpy(),
            minimum=minimum,
            divisions=partitions or {},
            nets=(groups or {}).get(str(variable), {}),
            is_exclusive=str(variable) in exclusive,
            # A question may have a category of the same name; only counts of people have twins.
            same_as={} if variable in (groups or {}) else same_as or {},
            numbers=(coded or {}).get(str(variable), {}),
            shares_first=variable in shares_first,
            is_rounded=base > 0,
        )
        for (wave, variable), rows in shown.groupby(["wave", "variable"], sort=False)
        if variable not in FLOW_VARIABLES
    }
    known = {
        name: Question(name in exclusive, groups=(groups or {}).get(name, {})) for _, name in blocks
    }
    surroundings = beside or Beside()
    if not base:
        told = read_told(shown, surroundings.shown)
        for variable, people in list_silent(told, surroundings.within, minimum):
            wave, subgroup = split_people(people)
            for (of_wave, name), block in blocks.items():
                if of_wave == wave and name.partition(":")[0] == variable:
                    block.silence(subgroup)
        for variable, people in list_alike(told, surroundings.within):
            wave, subgroup = split_people(people)
            if (wave, variable) in blocks:
                blocks[wave, variable].hide(subgroup, "")
                blocks[wave, variable].settle()
    _widen(blocks, known | dict(questions or {}), partitions or {}, minimum, base, surroundings)
    if not base:
        _follow_sides(blocks, told, surroundings)
    hidden_rows = [row for block in blocks.values() for row in block.hidden_rows]
    without_n = [row for block in blocks.values() for row in block.without_n]
    is_extreme = shown["statistic"].map(lambda name: kinds[name].is_extreme).astype(bool)
    for place in (place for block in blocks.values() for place in block.without_interval):
        shown.iloc[place, [shown.columns.get_loc(one) for one in ("low", "high")]] = np.nan
        shown.iloc[place, shown.columns.get_loc("note")] = BY_MOVES
    if suppress_extremes:
        _blank(shown, np.flatnonzero(is_extreme & shown["value"].notna()), EXTREME_NOTE)
    _blank(shown, hidden_rows, f"suppressed: fewer than {minimum} people, or would reveal so few")
    if suppress_extremes:
        whole = {name for name, one in (questions or {}).items() if one.is_whole}
        _blank(shown, _list_lone_modes(shown, whole), EXTREME_NOTE)
    if without_n:
        shown["n"] = shown["n"].astype(float)
        shown.iloc[without_n, shown.columns.get_loc("n")] = np.nan
    return shown


def _list_lone_modes(shown: pd.DataFrame, whole: Collection[str]) -> list[int]:
    """Return the places of modes of which no shown count tells that enough people gave them.

    Of amounts that all differ the mode is one person's, and of several the smallest of all. A count
    tells it of nought, and of a whole number that has a range of its own.
    """
    told = set[tuple[object, ...]]()
    counts = shown[shown["statistic"].isin(["count", "zeros_count"]) & shown["value"].gt(0)]
    for row in counts.itertuples(index=False):
        held = read_interval(str(row.category))
        if row.statistic == "zeros_count":
            told.add((row.wave, row.subgroup, row.variable, 0.0))
        elif held is not None and held.low is not None and held.high is not None:
            is_one = row.variable in whole and held.high - held.low == 1 and not held.closed_high
            if is_one or held.low == held.high:
                told.add((row.wave, row.subgroup, row.variable, held.low))
    modes = shown["statistic"].eq("mode") & shown["value"].notna()
    key = zip(*(shown[one] for one in ("wave", "subgroup", "variable", "value")), strict=True)
    return [at for at, (is_mode, one) in enumerate(zip(modes, key, strict=True))
            if is_mode and one not in told]  # fmt: skip


def _widen(
    blocks: Mapping[tuple[str, str], Block],
    questions: Mapping[str, Question],
    divisions: Mapping[str, Collection[Collection[str]]],
    minimum: int,
    base: int,
    beside: Beside,
) -> None:
    """Hide further cells until no small count can be narrowed that is hidden here or beside."""
    told = {key: dict(find_places(one.rows)) for key, one in blocks.items()}
    cells = {place: n for one in told.values() for place, n in one.items()}
    others = {place: n for place, n in list_counts(beside.shown).items() if place not in cells}
    apart = {place: n for place, n in others.items() if n is not None}
    waves = {wave for wave, _ in blocks} | {split_people(who)[0] for _, who, _ in others}
    of_people = qualify_divisions(divisions, waves)
    is_open: dict[Place, list[str]] = {}
    if not base:
        left = read_told(*(one.shown() for one in blocks.values()), beside.shown)
        is_open = list_open_rests(left, beside.within, minimum)
    doubtful = {(one[0], name) for one, names in is_open.items() for name in names}
    everything, rests = list_relations(
        {**others, **cells}, questions, of_people, beside.within, doubtful
    )
    own = cells.keys() | rests.keys()
    # Of what stands beside nobody knows here how many were hidden.
    is_known = not others and None not in rests.values()
    ranges = Ranges({**cells, **{one: n or 0 for one, n in rests.items()}} if is_known else None)
    ranges.enough = limit_widths(is_open, rests)
    told = {key: dict(find_places(one.shown())) for key, one in blocks.items()}
    while True:
        counts = apart | {place: n for one in told.values() for place, n in one.items()}
        known = round_ends(counts, base, minimum)
        hidden = {
            place
            for place in {*cells, *rests, *others}
            if place not in known and place[2] not in (SUM, SQUARES)
        }
        # Of whom parts leave over only a few are a secret: nobody wrote how many they are.
        secret = {
            place
            for place in hidden
            if place[2] not in (ASKED, NOT_REPORTED)
            and (place not in rests or 0 < (rests[place] or 0) < minimum)
        } - is_open.keys()

        relations, chosen = everything, set[Place]()
        for is_all_known in (True, False):
            if not is_all_known:
                # Whoever knows less may take for few what others know to be none, or enough.
                unknown = dict.fromkeys(sorted(hidden - rests.keys()))
                there: Counts = {**unknown, **counts, **(known if base else {})}
                relations, _ = list_relations(there, questions, of_people, beside.within)
                secret -= rests.keys()
            narrow = find_narrow(
                relations, known, hidden, secret, minimum, ranges, is_whole=False, own=own
            )
            chosen = {one for one in narrow.values() if one is not None}
            if chosen:
                break
        if not chosen:
            return
        touched = set[tuple[str, str]]()
        for variable, people, category in sorted(chosen):
            wave, subgroup = split_people(people)
            blocks[wave, variable].hide(subgroup, category)
            touched.add((wave, variable))
        for key in sorted(touched):
            blocks[key].settle()
            told[key] = dict(find_places(blocks[key].shown()))


def _follow_sides(
    blocks: Mapping[tuple[str, str], Block], told: Mapping[tuple[str, str], Told], beside: Beside
) -> None:
    """Hide what those found answered where the mean of a survey's side is hidden, since it tells.

    Their own means are that one, and with the other side's the change of the mean tells it. Without
    counts beside it a mean tells none, so that the change stays where both sides are silent; but
    not where a whole survey, which may show counts, is of the same people, nor where nobody changed
    and one side's counts would be the other's.
    """
    shown = beside.shown[beside.shown["statistic"].eq("mean") & beside.shown["category"].eq("")]
    without = {
        (row.variable, name_people(row.wave, row.subgroup)): row.n
        for row in shown[shown["value"].isna()].itertuples()
    }
    found: dict[tuple[str, str], set[bool]] = defaultdict(set)
    for (variable, people), one in told.items():
        wave, subgroup = split_people(people)
        if len(within := beside.within.get(people, ())) < 2 or (wave, variable) not in blocks:
            continue
        for side in within:
            block = blocks.get((split_people(side)[0], variable))
            if block is not None and block.hides(subgroup, counts=one.is_alike):
                wholes = ((variable, whole) for whole in beside.within.get(side, ()))
                is_whole = any(without.get(key) == one.n for key in wholes)
                found[wave, variable].add(is_whole or one.is_alike)
    for (wave, variable), are_told in found.items():
        sides = {split_people(side)[0] for people, of in beside.within.items()
                 if split_people(people)[0] == wave for side in of}  # fmt: skip
        is_told = True in are_told
        for of_wave in sorted({wave} if is_told else {wave, *sides}):
            if block := blocks.get((of_wave, variable)):
                for subgroup in sorted({*block.rows["subgroup"]}):
                    block.hide(subgroup, "") if is_told else block.silence(subgroup)
                block.settle()


def qualify_divisions(
    divisions: Mapping[str, Collection[Collection[str]]], waves: Iterable[str]
) -> dict[str, list[list[str]]]:
    """Return of which people of each wave which others are parts, by those of their subgroups."""
    return {
        name_people(wave, whole): [[name_people(wave, one) for one in parts] for parts in of_it]
        for wave in sorted({*waves})
        for whole, of_it in divisions.items()
    }


def list_counts(shown: pd.DataFrame) -> dict[Place, float | None]:
    """Return the counts that shown estimates tell, and None for each that they hide."""
    counts: dict[Place, float | None] = {}
    for (_, variable), rows in shown.groupby(["wave", "variable"], sort=True):
        if variable not in FLOW_VARIABLES:
            counts |= dict.fromkeys(_list_hidden(rows))
            counts |= find_places(rows)
    return counts


def _list_hidden(rows: pd.DataFrame) -> Iterator[Place]:
    """Yield the places of which an estimate is hidden."""
    for row in rows[rows["note"].str.startswith("suppressed")].itertuples(index=False):
        people = name_people(row.wave, row.subgroup)
        if row.category == NOT_REPORTED:
            yield from ((row.variable, people, one) for one in (ASKED, NOT_REPORTED))
        elif row.statistic in ("count", "proportion", "nobs") or find_statistic(row.statistic).cell:
            yield (row.variable, people, name_cell("", row.category, row.statistic)[1])


def find_places(rows: pd.DataFrame) -> list[tuple[Place, float]]:
    """List the counts that the estimates of one variable in one wave tell, by their places.

    Beside them what means and standard deviations tell: sums of answers and of their squares.
    """
    if not len(rows):
        return []
    wave, variable = str(rows["wave"].iloc[0]), str(rows["variable"].iloc[0])
    places: list[tuple[Place, float]] = [
        ((variable, name_people(wave, subgroup), category), count)
        for (subgroup, category), count in count_cells(rows).items()
    ]
    told = rows[rows["statistic"].isin(["mean", "std"]) & rows["category"].eq("")]
    told = told[told["value"].notna() & told["n"].notna() & ~told["note"].eq(WEIGHTED)]
    for subgroup, of_one in told.groupby("subgroup"):
        values, n = dict(zip(of_one["statistic"], of_one["value"], strict=True)), of_one["n"].max()
        people = name_people(wave, str(subgroup))
        if "mean" in values:
            places.append(((variable, people, SUM), n * values["mean"]))
        if len(values) == 2:
            squares = (n - 1) * values["std"] ** 2 + n * values["mean"] ** 2
            places.append(((variable, people, SQUARES), squares))
    missing = rows[rows["category"].eq(NOT_REPORTED) & rows["n"].notna()]
    for row in missing.itertuples(index=False):
        if row.statistic == "count":
            people = name_people(wave, row.subgroup)
            places.append(((variable, people, ASKED), round(row.n)))
            if row.value == row.value:
                places.append(((variable, people, NOT_REPORTED), round(row.value)))
    return places


def _blank(estimates: pd.DataFrame, places: Sequence[int] | np.ndarray, note: str) -> None:
    for column in ("value", "low", "high"):
        estimates[column] = estimates[column].astype(float)
        estimates.iloc[places, estimates.columns.get_loc(column)] = np.nan
    estimates.iloc[places, estimates.columns.get_loc("note")] = note
