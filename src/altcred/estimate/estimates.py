"""Every number the report states, computed once from rows into one tidy table.

An estimate is of a wave, a subgroup, a variable, a category and a statistic; it has a value, an
interval where the statistic has one, and the n it is of. Shares are of 0 to 1, over those who
answered (of a multiple question those who ticked an option). Intervals have level 95%:
Wilson's for shares, Student's t for means, order statistics for medians, Newcombe's and Welch's
for differences of two waves.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from altcred.clean.responses import COMMONEST_TEXT
from altcred.core.engine import Engine, quoted
from altcred.core.intervals import Interval
from altcred.core.paths import wave_dir
from altcred.describe.codebook import Codebook, Variable, column_of, load_codebook
from altcred.describe.folders import panel_folder
from altcred.describe.study import ALL, Panel, Study, as_list, load_study
from altcred.disclose import disclosure
from altcred.estimate.aggregate import (
    Part,
    Source,
    count_texts,
    count_ticks,
    count_values,
    list_named_subgroups,
    list_parts,
    open_source,
)

COLUMNS = ["wave", "subgroup", "variable", "category", "statistic", "value", "low", "high", "n",
           "note"]  # fmt: skip
KEY = COLUMNS[:5]
NUMBERS = ["value", "low", "high", "n"]
LEVEL = 0.95
NOT_REPORTED = "not_reported"
# Bins of the days between two surveys: months, quarters, and half years.
DAY_EDGES = [0.0, 30.0, 60.0, 90.0, 180.0, 270.0, 365.0, 545.0, 730.0]
# Where most pairs lie beyond the last of these, years tell them apart.
LONG_DAY_EDGES = [0.0, 365.0, 545.0, 730.0, 1095.0, 1460.0, 1825.0]
DAYS_A_YEAR = 365.25
# Shares of the pairs that gave an answer in one survey: of those, who gave it in the other.
CONDITIONAL = ("second_given_first", "first_given_second")
NAN = float("nan")


class UnknownEstimate(KeyError):
    """Raised for an estimate that there is not; names the nearest that there are."""

    def __str__(self) -> str:
        return str(self.args[0])


@dataclass(frozen=True)
class _Later:
    """A text that is made when it is read."""

    write: Callable[[], str]

    def __str__(self) -> str:
        return self.write()


@dataclass(frozen=True)
class Estimate:
    """One number of the report: its value, its 95% interval (NaN for none), n and a note."""

    value: float
    low: float
    high: float
    n: float
    note: str = ""

    @property
    def is_suppressed(self) -> bool:
        return self.note.startswith("suppressed")


class Estimates:
    """All estimates of some chapters, to look up one or to select many."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self.frame = frame.reset_index(drop=True)
        keys = zip(*(self.frame[column] for column in KEY), strict=True)
        self._places = {key: place for place, key in enumerate(keys)}
        self._known: dict[tuple[str, ...], list[tuple[str, str]]] = defaultdict(list)
        for *variable, category, statistic in self._places:
            self._known[tuple(variable)].append((category, statistic))
        self._values = self.frame[["value", "low", "high", "n", "note"]].to_numpy(dtype=object)

    def find(
        self,
        wave: str,
        variable: str,
        category: str = "",
        statistic: str = "proportion",
        subgroup: str = ALL,
    ) -> Estimate:
        """Return one estimate; UnknownEstimate with the nearest keys where there is none."""
        place = self._places.get((wave, subgroup, variable, category, statistic))
        if place is None:
            key = (wave, subgroup, variable, category, statistic)
            # Whoever tries whether there is an estimate never reads the message.
            raise UnknownEstimate(_Later(lambda: self._describe_nearest(*key)))
        value, low, high, n, note = self._values[place]
        return Estimate(float(value), float(low), float(high), float(n), str(note))

    def has(
        self,
        wave: str,
        variable: str,
        category: str | None = None,
        statistic: str | None = None,
        subgroup: str = ALL,
    ) -> bool:
        """Tell whether there is an estimate of the variable, of one category or statistic of it."""
        return any(
            category in (None, known) and statistic in (None, other)
            for known, other in self._known.get((wave, subgroup, variable), ())
        )

    def select(self, **columns: str | Iterable[str]) -> pd.DataFrame:
        """Return the rows in which each named column is the given value, or one of several."""
        mask = np.ones(len(self.frame), dtype=bool)
        for column, wanted in columns.items():
            one_of = [wanted] if isinstance(wanted, str) else list(wanted)
            mask &= self.frame[column].isin(one_of).to_numpy()
        return self.frame[mask]

    def _describe_nearest(self, *key: str) -> str:
        from difflib import SequenceMatcher

        def nearness(other: tuple[str, ...]) -> float:
            return sum(
                2.0 if mine == theirs else SequenceMatcher(None, mine, theirs).ratio()
                for mine, theirs in zip(key, other, strict=True)
            )

        # Comparing texts is slow; the keys that share most of their parts are compared alone.
        shared = sorted(
            self._places,
            key=lambda other: -sum(a == b for a, b in zip(key, other, strict=True)),
        )[:500]
        nearest = sorted(shared, key=lambda other: (-nearness(other), other))[:3]
        names = "; ".join(_write_key(other) for other in nearest) or "none at all"
        return f"There is no estimate {_write_key(key)}. The nearest are: {names}."


def _write_key(key: Iterable[str]) -> str:
    return ", ".join(f"{name}={part!r}" for name, part in zip(KEY, key, strict=True))


def read_estimates(*paths: str | Path) -> Estimates:
    """Read estimates.csv files into one Estimates; rows of the same key are kept once."""
    frames = []
    for path in paths:
        frame = pd.read_csv(path, dtype=str, keep_default_na=False)
        for column in NUMBERS:
            frame[column] = pd.to_numeric(frame[column].replace("", None))
        frames.append(frame)
    if not frames:
        return Estimates(compose_frame([]))
    return Estimates(pd.concat(frames).drop_duplicates(KEY))


def write_estimates(frame: pd.DataFrame, path: str | Path) -> None:
    """Write estimates as CSV: sorted, whole numbers whole, others of six significant digits."""
    written = _sort(frame).copy()
    for column in NUMBERS:
        written[column] = [_write_number(number) for number in written[column].astype(float)]
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.writing")
    written.to_csv(aside, index=False, encoding="utf-8", lineterminator="\n")
    aside.replace(path)


def _write_number(number: float) -> str:
    if np.isnan(number):
        return ""
    return f"{number:.0f}" if float(number).is_integer() else repr(round_number(number))


def round_number(number: float) -> float:
    """Round to six significant digits; whole numbers stay as they are."""
    return float(number) if float(number).is_integer() else float(f"{number:.6g}")


# Waves -----------------------------------------------------------------------------------------


def estimate_wave(cohort: str, wave: str) -> pd.DataFrame:
    """Estimate everything one survey says, of all its respondents and of each subgroup.

    Reads responses.parquet, answers.csv and decisions.csv of the wave; returns the columns of
    estimates.csv. Small cells are suppressed as study.yaml's disclosure says.
    """
    study = load_study(cohort)
    codebook = load_codebook(cohort, study)
    folder = wave_dir(cohort, wave)
    with Engine() as engine:
        engine.read_parquet("responses", folder / "responses.parquet")
        source = open_source(engine, "responses", study, codebook, wave)
        parts = list_parts(source, study, list_named_subgroups(study, codebook, wave))
        rows = [
            *describe_flow(folder / "decisions.csv", engine),
            *describe_sizes(source, parts),
            *describe_variables(source, parts),
            *_describe_commonest_texts(folder / "answers.csv", source),
        ]
    return protect(compose_frame(rows, wave), study, codebook, parts)


def estimate_flow(cohort: str, wave: str) -> pd.DataFrame:
    """Estimate only how raw rows became responses, and how many there are of each program."""
    study = load_study(cohort)
    codebook = load_codebook(cohort, study)
    folder = wave_dir(cohort, wave)
    with Engine() as engine:
        engine.read_parquet("responses", folder / "responses.parquet")
        source = open_source(engine, "responses", study, codebook, wave, with_subgroups=False)
        parts = list_parts(source, study, [])
        rows = [
            *describe_flow(folder / "decisions.csv", engine),
            *describe_sizes(source, parts),
        ]
    return protect(compose_frame(rows, wave), study, codebook, parts)


def protect(
    frame: pd.DataFrame, study: Study, codebook: Codebook, parts: Iterable[Part]
) -> pd.DataFrame:
    """Return the estimates with small cells suppressed, as the study's disclosure says."""
    named = [part.name for part in parts if part.flag and not (part.program_type or part.program)]
    types = {name: study.programs_of(name) for name in study.program_types}
    exclusive = [
        name
        for name, variable in codebook.variables.items()
        if variable.kind in {"single", "ordered", "country"}
    ]
    shown = disclosure.suppress_small_cells(
        frame,
        minimum=study.disclosure.minimum,
        partitions=disclosure.partition_subgroups(types, named),
        groups={name: _list_nets(variable) for name, variable in codebook.variables.items()},
        exclusive=exclusive,
        same_as={name: f"program_type={name}" for name in study.program_types}
        | {name: f"program={name}" for name in study.programs},
        suppress_extremes=not study.disclosure.show_extremes,
    )
    shown["n"] = shown["n"].astype(float)
    return _sort(shown)


def _list_nets(variable: Variable) -> dict[str, list[str]]:
    """Return what each group of a variable holds; a group of a number holds whole bins."""
    if not variable.is_numeric:
        return {name: as_list(group.of) for name, group in variable.groups.items()}
    nets = {}
    for name, interval in variable.number_groups().items():
        nets[name] = [
            str(one)
            for one in variable.bin_intervals()
            if (interval.low is None or (one.low is not None and one.low >= interval.low))
            and (interval.high is None or (one.high is not None and one.high <= interval.high))
        ]
    return nets


def describe_flow(decisions: Path, engine: Engine) -> Iterator[tuple]:
    """Yield how many raw rows there were, how many were dropped for each reason, and addresses.

    `shared_addresses` counts the network addresses that two or more rows came from, `repeats`
    the repeated rows by the comparison that showed them to be one person's.
    """
    engine.read_csv("decisions", decisions)
    total = engine.value("SELECT count(*) FROM decisions")
    dropped = dict(
        engine.rows(
            "SELECT reason, count(*) FROM decisions WHERE decision = 'dropped' GROUP BY reason"
        )
    )
    repeats = dict(
        engine.rows(
            "SELECT comparison, count(*) FROM decisions"
            " WHERE decision = 'dropped' AND coalesce(comparison, '') <> ''"
            " AND reason = 'repeat' GROUP BY comparison"
        )
    )
    shared = engine.value(
        "SELECT count(DISTINCT address_group) FROM decisions"
        " WHERE coalesce(address_group, '') <> ''"
    )
    yield _row(ALL, "raw_rows", "", "count", total, n=total)
    yield _row(ALL, "shared_addresses", "", "count", shared, n=total)
    yield _row(ALL, "dropped", "", "count", sum(dropped.values()), n=total)
    for reason, people in dropped.items():
        yield _row(ALL, "dropped", reason, "count", people, n=total)
    for comparison, people in repeats.items():
        yield _row(ALL, "repeats", comparison, "count", people, n=sum(repeats.values()))


def describe_sizes(source: Source, parts: Iterable[Part]) -> Iterator[tuple]:
    """Yield how many people there are in each subgroup, and of all in each program and type."""
    cells = source.engine.frame(
        f"SELECT {source.keys}, count(*) AS people FROM {source.table} GROUP BY {source.keys}"
    )
    people = cells["people"].to_numpy(dtype=float)
    total = people.sum()
    for part in parts:
        size = people[part.holds(cells)].sum()
        yield _row(part.name, "responses", "", "count", size, n=size)
        name = part.program or part.program_type
        if name and not part.flag:
            yield _row(ALL, "responses", name, "count", size, n=total)
            yield _row(ALL, "responses", name, "proportion", size / total, n=total)


def describe_variables(
    source: Source, parts: Iterable[Part], only: Iterable[str] | None = None
) -> Iterator[tuple]:
    """Yield the estimates of every variable of a wave, or of the named ones.

    A variable that nobody answered has none.
    """
    parts = list(parts)
    for name, variable in source.codebook.in_wave(source.wave).items():
        if not variable.is_estimated or (only is not None and name not in set(only)):
            continue
        chosen = [part for part in parts if part.variables is None or name in part.variables]
        if variable.kind == "text":
            rows = list(_describe_text(source, name, chosen))
        elif variable.kind == "multiple":
            rows = list(_describe_ticks(source, name, chosen))
        elif variable.is_numeric:
            rows = list(_describe_numbers(source, name, variable, chosen))
        else:
            rows = list(_describe_categories(source, name, variable, chosen))
        if variable.kind == "text" or any(row[3] == "nobs" and row[4] > 0 for row in rows):
            yield from rows


def _describe_text(source: Source, name: str, parts: list[Part]) -> Iterator[tuple]:
    cells = count_texts(source, name)
    for part in parts:
        inside = cells[part.holds(cells)]
        if len(inside):
            asked = inside["asked"].sum()
            yield _row(part.name, name, "", "count", inside["wrote"].sum(), n=asked)


def _describe_commonest_texts(answers: Path, source: Source) -> Iterator[tuple]:
    """Yield how often the commonest answer to each open question was typed."""
    variables = source.codebook.in_wave(source.wave)
    texts = [name for name, variable in variables.items() if variable.kind == "text"]
    if not texts:
        return
    log = pd.read_csv(answers, dtype=str, keep_default_na=False)
    for name in texts:
        lines = log[log["variable"].eq(name)]
        alike = lines.loc[lines["reason"].eq(COMMONEST_TEXT), "times"].astype(int).sum()
        wrote = lines.loc[lines["reason"].str.startswith("answered"), "times"].astype(int).sum()
        if alike:
            yield _row(ALL, name, "most_frequent", "count", alike, n=wrote)


def _describe_ticks(source: Source, name: str, parts: list[Part]) -> Iterator[tuple]:
    cells = count_ticks(source, name)
    labels = [column.removeprefix("n:") for column in cells if column.startswith("n:")]
    for part in parts:
        inside = cells[part.holds(cells)]
        if not len(inside):
            continue
        asked, answered = float(inside["asked"].sum()), float(inside["answered"].sum())
        # Where the shares are of all asked, to tick nothing is an answer too.
        if source.codebook.variables[name].base == "asked":
            answered = asked
        yield from _describe_response(part.name, name, asked, answered)
        for label in labels:
            n, ticked = float(inside[f"n:{label}"].sum()), float(inside[f"ticked:{label}"].sum())
            # A category that nobody of the subgroup was offered is not a share of zero.
            if n > 0:
                yield from _describe_share(part.name, name, label, ticked, n)


def _describe_categories(
    source: Source, name: str, variable: Variable, parts: list[Part]
) -> Iterator[tuple]:
    cells = count_values(source, name)
    people = cells["people"].to_numpy(dtype=float)
    values = cells["value"].to_numpy(dtype=object)
    found = sorted({value for value in values if isinstance(value, str)})
    offered = list(variable.categories_in(source.wave))
    categories = [*offered, *(value for value in found if value not in offered)]
    place = {category: number for number, category in enumerate(categories)}
    places = np.array([place.get(value, -1) for value in values], dtype=int)
    for part in parts:
        inside = part.holds(cells)
        if not inside.any():
            continue
        answered = inside & (places >= 0)
        counts = np.bincount(places[answered], weights=people[answered], minlength=len(categories))
        n = float(counts.sum())
        yield from _describe_response(part.name, name, float(people[inside].sum()), n)
        if n == 0:
            continue
        for category, count in zip(categories, counts, strict=True):
            yield from _describe_share(part.name, name, category, float(count), n)
        for group, described in variable.groups.items():
            members = [place[one] for one in as_list(described.of) if one in place]
            yield from _describe_share(part.name, name, group, float(counts[members].sum()), n)
        if variable.kind == "country":
            yield _row(part.name, name, "", "nunique", np.count_nonzero(counts), n=n)


def _describe_numbers(
    source: Source, name: str, variable: Variable, parts: list[Part]
) -> Iterator[tuple]:
    cells = count_values(source, name)
    people = cells["people"].to_numpy(dtype=float)
    values = cells["value"].to_numpy(dtype=float)
    given = ~np.isnan(values)
    edges = variable.bins or (
        [] if variable.kind == "year" else choose_bins(values[given], people[given])
    )
    ranges = bin_intervals(edges) | variable.number_groups()
    for part in parts:
        inside = part.holds(cells)
        if not inside.any():
            continue
        chosen = inside & given
        yield from _describe_response(
            part.name, name, float(people[inside].sum()), float(people[chosen].sum())
        )
        yield from describe_numbers(part.name, name, values[chosen], people[chosen], ranges)


def bin_intervals(edges: Sequence[float]) -> dict[str, Interval]:
    """Return bins by their text: half open, the last one without an upper end."""
    ends = [*edges[1:], None] if edges else []
    intervals = [Interval(low, high) for low, high in zip(edges, ends, strict=True)]
    return {str(one): one for one in intervals}


def choose_bins(values: np.ndarray, people: np.ndarray) -> list[float]:
    """Return round edges of about eight bins for a number whose codebook names none.

    The bins reach from the smallest number to the one that 95 in a hundred do not exceed; the
    last is open. Steps are 1, 2, 2.5 or 5 times a power of ten.
    """
    if not len(values):
        return []
    order = np.argsort(values, kind="stable")
    ranks = np.cumsum(people[order])
    low = float(values[order][0])
    high = float(values[order][np.searchsorted(ranks, 0.95 * ranks[-1])])
    rough = max(high - low, 1e-9) / 8
    power = 10.0 ** np.floor(np.log10(rough))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= rough)
    if float(high).is_integer() and float(low).is_integer():
        step = max(step, 1.0)
    start = np.floor(low / step)
    count = int(max(np.ceil((high - start * step) / step), 1))
    return [round(float((start + place) * step), 10) for place in range(count)]


def describe_numbers(
    subgroup: str,
    name: str,
    values: np.ndarray,
    people: np.ndarray,
    ranges: Mapping[str, Interval],
) -> Iterator[tuple]:
    """Yield the statistics of a number, from its distinct values and how many gave each.

    The median's interval is bounded by the order statistics whose ranks hold the median with
    at least 95% under the binomial distribution (Conover 1999, section 3.2); fewer than six
    numbers have none. Of several modes the smallest is given, with a note.
    """
    from scipy import stats

    n = float(people.sum())
    if n == 0:
        return
    distinct, place = np.unique(values, return_inverse=True)
    counts = np.bincount(place, weights=people)
    total = float((distinct * counts).sum())
    mean = total / n
    low = high = NAN
    if n > 1:
        std = float(np.sqrt((counts * (distinct - mean) ** 2).sum() / (n - 1)))
        margin = float(stats.t.ppf((1 + LEVEL) / 2, n - 1)) * std / np.sqrt(n)
        low, high = mean - margin, mean + margin
        yield _row(subgroup, name, "", "std", std, n=n)
    yield _row(subgroup, name, "", "mean", mean, low, high, n=n)
    ranks = np.cumsum(counts)

    def at_rank(rank: float) -> float:
        return float(distinct[np.searchsorted(ranks, rank)])

    median = (at_rank(np.floor((n + 1) / 2)) + at_rank(np.ceil((n + 1) / 2))) / 2
    rank = float(stats.binom.ppf((1 - LEVEL) / 2, n, 0.5))
    bounds = (at_rank(rank), at_rank(n + 1 - rank)) if rank >= 1 else (NAN, NAN)
    yield _row(subgroup, name, "", "median", median, *bounds, n=n)
    modes = distinct[counts == counts.max()]
    note = f"the smallest of {len(modes)} modes" if len(modes) > 1 else ""
    yield _row(subgroup, name, "", "mode", float(modes[0]), n=n, note=note)
    yield _row(subgroup, name, "", "min", float(distinct[0]), n=n)
    yield _row(subgroup, name, "", "max", float(distinct[-1]), n=n)
    yield _row(subgroup, name, "", "sum", total, n=n)
    for label, interval in ranges.items():
        held = np.ones(len(distinct), dtype=bool)
        if interval.low is not None:
            held &= distinct >= interval.low if interval.closed_low else distinct > interval.low
        if interval.high is not None:
            held &= distinct <= interval.high if interval.closed_high else distinct < interval.high
        yield from _describe_share(subgroup, name, label, float(counts[held].sum()), n)


def _describe_response(subgroup: str, name: str, asked: float, answered: float) -> Iterator[tuple]:
    yield _row(subgroup, name, "", "nobs", answered, n=answered)
    missing = asked - answered
    yield _row(subgroup, name, NOT_REPORTED, "count", missing, n=asked)
    yield _row(subgroup, name, NOT_REPORTED, "proportion", missing / asked, n=asked)


def _describe_share(
    subgroup: str, name: str, category: str, count: float, n: float
) -> Iterator[tuple]:
    yield _row(subgroup, name, category, "count", count, n=n)
    # The interval is worked out for all shares at once, when the frame is composed.
    yield _row(subgroup, name, category, "proportion", count / n, None, None, n=n)


def _row(
    subgroup: str,
    variable: str,
    category: str,
    statistic: str,
    value: float,
    low: float | None = NAN,
    high: float | None = NAN,
    *,
    n: float,
    note: str = "",
) -> tuple:
    return subgroup, variable, category, statistic, value, low, high, n, note


def compose_frame(rows: Iterable[tuple], wave: str = "") -> pd.DataFrame:
    """Return rows of estimates, each without its wave, as a frame in the columns of COLUMNS.

    A row whose low is None is a share, and gets Wilson's interval of its value and n.
    """
    from statsmodels.stats.proportion import proportion_confint

    rows = list(rows)
    needs_interval = np.array([row[5] is None for row in rows], dtype=bool)
    frame = pd.DataFrame(rows, columns=COLUMNS[1:])
    frame.insert(0, "wave", wave)
    for column in NUMBERS:
        frame[column] = frame[column].astype(float)
    if needs_interval.any():
        shares = frame[needs_interval]
        low, high = proportion_confint(
            (shares["value"] * shares["n"]).round().to_numpy(),
            shares["n"].to_numpy(),
            alpha=1 - LEVEL,
            method="wilson",
        )
        # Wilson's limits of none and of all are 0 and 1 but for the last binary digit.
        frame.loc[needs_interval, "low"] = np.where(shares["value"] == 0, 0.0, low)
        frame.loc[needs_interval, "high"] = np.where(shares["value"] == 1, 1.0, high)
    for column in ("value", "low", "high"):
        frame[column] = [round_number(one) if one == one else NAN for one in frame[column]]
    for column in (*KEY, "note"):
        frame[column] = frame[column].astype(object)
    return _sort(frame)


def _sort(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[COLUMNS].sort_values(KEY, kind="stable").reset_index(drop=True)


# Panel -----------------------------------------------------------------------------------------


def estimate_panel(cohort: str, first: str, second: str) -> pd.DataFrame:
    """Estimate what the people found in two surveys say in each, and how it changed.

    Waves of the result: `panel:FIRST` and `panel:SECOND` describe the people of the pairs in
    one survey (a number that both asked: of those who gave it in both); `panel` holds the pairs
    by rule and type, the days between, and for each variable of both surveys its paired test.
    """
    study = load_study(cohort)
    codebook = load_codebook(cohort, study)
    folder = panel_folder(study, first, second)
    waves = {"first": first, "second": second}
    in_both = [
        name
        for name, variable in codebook.in_wave(first).items()
        if name in codebook.in_wave(second) and variable.is_estimated and variable.kind != "text"
    ]
    frames = []
    with Engine() as engine:
        engine.read_parquet("pairs", folder / "panel.parquet")
        for side, wave in waves.items():
            engine.run(_write_side(codebook, side, wave, in_both))
            source = open_source(
                engine, f"side_{side}", study, codebook, wave, with_subgroups=False
            )
            parts = list_parts(source, study, [], with_programs=False)
            rows = [*describe_sizes(source, parts), *describe_variables(source, parts)]
            frames.append(compose_frame(rows, f"{folder.name}:{wave}"))
        days = engine.frame("SELECT program, program_type, rule, days_between AS days FROM pairs")
        people = {
            side: engine.frame(f"SELECT * FROM side_{side} ORDER BY pair_id").set_index("pair_id")
            for side in waves
        }
    rows = [*_describe_pairs(days, parts)]
    panel = study.panel_of(first, second)
    for part in parts:
        before, after = (people[side][part.holds(people[side])] for side in waves)
        rows += _compare_sides(before, after, part.name, codebook, in_both, panel, first, second)
    frames.append(compose_frame(rows, folder.name))
    shown = protect(pd.concat(frames, ignore_index=True), study, codebook, parts)
    # The n of such a share counts the people of two cells, so it may not outlive them.
    hidden = shown["statistic"].isin(CONDITIONAL) & shown["value"].isna()
    shown.loc[hidden, "n"] = NAN
    return shown


def _write_side(codebook: Codebook, side: str, wave: str, in_both: Iterable[str]) -> str:
    """Return the statement that gives one side of the pairs the form of a wave's responses.

    A number that both waves asked is kept only where it was given in both.
    """
    both = set(in_both)
    columns = [
        "first_id AS pair_id",
        f"{side}_id AS response_id",
        "program",
        "program_type",
        f"{side}_submitted AS submitted",
    ]
    for name, variable in codebook.in_wave(wave).items():
        if variable.kind == "identifier":
            continue
        if variable.kind == "multiple":
            names = [column_of(name, category) for category in variable.categories_in(wave)]
        else:
            names = [name]
        for column in names:
            value = quoted(f"{column}__{side}")
            if variable.is_numeric and name in both:
                other = quoted(f"{column}__{'second' if side == 'first' else 'first'}")
                value = f"CASE WHEN {other} IS NOT NULL THEN {value} END"
            columns.append(f"{value} AS {quoted(column)}")
    return f"CREATE OR REPLACE TEMP VIEW side_{side} AS SELECT {', '.join(columns)} FROM pairs"


def _describe_pairs(days: pd.DataFrame, parts: list[Part]) -> Iterator[tuple]:
    total = float(len(days))
    is_long = (days["days"] >= DAY_EDGES[-1]).mean() > 0.5
    bins = bin_intervals(LONG_DAY_EDGES if is_long else DAY_EDGES)
    for part in parts:
        inside = days[part.holds(days)]
        n = float(len(inside))
        yield _row(part.name, "pairs", "", "count", n, n=n)
        if part.program_type is not None:
            yield _row(ALL, "pairs", part.program_type, "count", n, n=total)
            if total:
                yield _row(ALL, "pairs", part.program_type, "proportion", n / total, n=total)
        for rule, count in inside["rule"].value_counts().items():
            yield _row(part.name, "pairs", str(rule), "count", float(count), n=n)
            yield _row(part.name, "pairs", str(rule), "proportion", count / n, n=n)
        values = inside["days"].to_numpy(dtype=float)
        yield _row(part.name, "days_between", "", "nobs", n, n=n)
        yield from describe_numbers(part.name, "days_between", values, np.ones(len(values)), bins)
        yield from describe_numbers(
            part.name, "years_between", values / DAYS_A_YEAR, np.ones(len(values)), {}
        )


def _compare_sides(
    before: pd.DataFrame,
    after: pd.DataFrame,
    subgroup: str,
    codebook: Codebook,
    names: Iterable[str],
    panel: Panel,
    first: str,
    second: str,
) -> Iterator[tuple]:
    from altcred.estimate import paired

    for name in names:
        variable = codebook.variables[name]
        if variable.is_numeric:
            margin = panel.equivalence_margin.get(name)
            yield from _report_means(
                subgroup,
                name,
                paired.compare_means(
                    before[name].astype(float),
                    after[name].astype(float),
                    equivalence_margin=margin,
                    alpha=1 - LEVEL,
                ),
                # A year has no zero, so nothing is a share of it.
                has_zero=variable.kind != "year",
            )
        elif variable.kind == "multiple":
            shared = [
                category
                for category in variable.categories_in(first)
                if category in variable.categories_in(second)
            ]
            yield from _report_proportions(
                subgroup,
                name,
                {
                    category: paired.compare_proportions(
                        before[column_of(name, category)],
                        after[column_of(name, category)],
                        alpha=1 - LEVEL,
                    )
                    for category in shared
                },
            )
        else:
            categories = list(variable.categories) or sorted(
                {*before[name].dropna(), *after[name].dropna()}
            )
            yield from _report_categories(
                subgroup,
                name,
                paired.compare_categories(
                    before[name],
                    after[name],
                    categories,
                    ordered=variable.kind == "ordered",
                ),
            )


def _report_means(subgroup: str, name: str, test: Any, *, has_zero: bool) -> Iterator[tuple]:
    from altcred.estimate.paired import POWER

    n = float(test.n)
    yield _row(subgroup, name, "", "nobs", n, n=n, note="gave a number in both surveys")
    given = {
        "mean_first": test.mean_first,
        "mean_second": test.mean_second,
        "median_first": test.median_first,
        "median_second": test.median_second,
        **test.list_statistics(),
    }
    notes = {
        "mean_difference": test.note,
        "wilcoxon_pvalue": test.wilcoxon_method,
        "tost_pvalue": ""
        if np.isnan(test.equivalence_margin)
        else f"margin {test.equivalence_margin:g}",
        "minimum_detectable_difference": f"power {POWER:g}, alpha {test.alpha:g}, two-sided; "
        "standard deviation of the differences as observed",
    }
    if has_zero and test.mean_first > 0:
        # The observed change and the smallest detectable one beside the first mean.
        given["mean_difference_share"] = test.mean_difference / test.mean_first
        given["minimum_detectable_share"] = test.detectable_difference / test.mean_first
    for statistic, value in given.items():
        if not np.isnan(value):
            bounds = (test.low, test.high) if statistic == "mean_difference" else (NAN, NAN)
            note = notes.get(statistic, "")
            yield _row(subgroup, name, "", statistic, value, *bounds, n=n, note=note)


def _report_proportions(subgroup: str, name: str, tests: Mapping[str, Any]) -> Iterator[tuple]:
    from altcred.estimate.paired import adjust_pvalues

    known = {category: test for category, test in tests.items() if test.n}
    adjusted = adjust_pvalues(
        pd.Series({category: test.mcnemar_pvalue for category, test in known.items()}, dtype=float)
    )
    if known:
        # Some answers were put to fewer people than the question.
        n = float(max(test.n for test in known.values()))
        yield _row(subgroup, name, "", "nobs", n, n=n, note="answered in both surveys")
    for category, test in known.items():
        variable, n = f"{name}:{category}", float(test.n)
        yield _row(subgroup, variable, "", "nobs", n, n=n, note="answered in both surveys")
        for cell, count in test.list_cells().items():
            yield _row(subgroup, variable, cell, "count", float(count), n=n)
            yield _row(subgroup, variable, cell, "proportion", count / n, None, None, n=n)
        yield _row(
            subgroup, variable, "", "difference", test.difference, test.low, test.high,
            n=n, note=test.note,
        )  # fmt: skip
        for statistic, named in zip(
            CONDITIONAL, (test.both + test.only_first, test.both + test.only_second), strict=True
        ):
            if named:
                share = test.both / named
                yield _row(subgroup, variable, "", statistic, share, None, None, n=float(named))
        yield _row(subgroup, variable, "", "mcnemar_pvalue", test.mcnemar_pvalue, n=n)
        yield _row(
            subgroup, variable, "", "mcnemar_pvalue_holm", float(adjusted[category]), n=n,
            note=f"adjusted for {len(known)} categories",
        )  # fmt: skip


def _report_categories(subgroup: str, name: str, test: Any) -> Iterator[tuple]:
    n = float(test.n)
    yield _row(subgroup, name, "", "nobs", n, n=n, note="answered in both surveys")
    for statistic, value in test.list_statistics().items():
        if np.isnan(value):
            continue
        interval = (None, None) if statistic in disclosure.SHARES else (NAN, NAN)
        yield _row(subgroup, name, "", statistic, value, *interval, n=n, note=test.note)


# Two waves side by side ------------------------------------------------------------------------


def compare_waves(
    estimates: Estimates,
    first: str,
    second: str,
    *,
    subgroups: Iterable[str] | None = None,
    tested: Iterable[str] | None = None,
) -> pd.DataFrame:
    """Return second minus first for each share and mean that both waves have, with tests.

    Works from estimates alone. `difference` is of two shares (a share too, not percentage
    points) with Newcombe's interval (1998, Statistics in Medicine 17, 873-890, method 10);
    `mean_difference` of two means with Welch's; `median_difference` and `nunique_difference`
    have none. The two samples are taken as independent, although a few people are in both.
    What either wave suppresses is missing here too. `n` is of both waves together.

    Beside each share of the variables `tested` (all if left out) stand `proportions_pvalue`
    and, adjusted by Holm's method for all shares of one question and subgroup, groups of
    categories included, `proportions_pvalue_holm`; beside each mean `ttest_ind_pvalue`,
    Welch's test.
    """
    rows: list[tuple] = []
    chosen = estimates.frame
    if subgroups is not None:
        chosen = chosen[chosen["subgroup"].isin(list(subgroups))]
    sides = [
        chosen[chosen["wave"] == wave].drop(columns="wave").set_index(KEY[1:])
        for wave in (first, second)
    ]
    both = sides[0].join(sides[1], how="inner", lsuffix="_1", rsuffix="_2").reset_index()
    both = both[~both["variable"].isin({*disclosure.FLOW_VARIABLES, "responses"})]
    shares = both[(both["statistic"] == "proportion") & (both["category"] != NOT_REPORTED)]
    rows += _difference_of_shares(shares)
    if tested is not None:
        shares = shares[shares["variable"].isin(set(tested))]
    rows += _test_shares(shares)
    stds = {
        wave: side["value"].xs("std", level="statistic")
        if "std" in side.index.get_level_values("statistic")
        else None
        for wave, side in zip((first, second), sides, strict=True)
    }
    rows += _difference_of_means(both[both["statistic"] == "mean"], stds[first], stds[second])
    for statistic in ("median", "nunique"):
        for one in both[both["statistic"] == statistic].itertuples(index=False):
            key = (one.subgroup, one.variable, one.category, f"{statistic}_difference")
            difference = one.value_2 - one.value_1
            rows.append(_row(*key, difference, n=one.n_1 + one.n_2, note=_note_sizes(one)))
    return compose_frame(rows, f"{first}-{second}")


def estimate_comparison(cohort: str, first: str, second: str) -> pd.DataFrame:
    """Estimate how two surveys' answers differ, from their estimates.csv alone.

    See compare_waves; tested are the shares of closed questions. What is suppressed in either
    survey is missing, and noted.
    """
    estimates = read_estimates(
        *(wave_dir(cohort, wave) / "estimates.csv" for wave in (first, second))
    )
    codebook = load_codebook(cohort, load_study(cohort))
    closed = {"single", "ordered", "multiple"}
    tested = [name for name, variable in codebook.variables.items() if variable.kind in closed]
    return compare_waves(estimates, first, second, tested=tested)


def _difference_of_shares(both: pd.DataFrame) -> Iterator[tuple]:
    from statsmodels.stats.proportion import confint_proportions_2indep

    if not len(both):
        return
    shown = (both["value_1"].notna() & both["value_2"].notna()).to_numpy()
    low = np.full(len(both), NAN)
    high = np.full(len(both), NAN)
    counts = [(both[f"value_{k}"] * both[f"n_{k}"]).round().to_numpy() for k in (1, 2)]
    sizes = [both[f"n_{k}"].to_numpy() for k in (1, 2)]
    if shown.any():
        low[shown], high[shown] = confint_proportions_2indep(
            counts[1][shown], sizes[1][shown], counts[0][shown], sizes[0][shown],
            method="newcomb", compare="diff", alpha=1 - LEVEL,
        )  # fmt: skip
    for place, one in enumerate(both.itertuples(index=False)):
        yield _row(
            one.subgroup, one.variable, one.category, "difference", one.value_2 - one.value_1,
            low[place], high[place], n=one.n_1 + one.n_2, note=_note_sizes(one),
        )  # fmt: skip


def compare_shares(counts: tuple[int, int], sizes: tuple[int, int]) -> tuple[float, str]:
    """Return the p value of no difference between two independent shares, and the test's name.

    The z test with the pooled share, which is Pearson's chi-square test without correction;
    Fisher's exact test where fewer than five people are expected in a cell of the two by two
    table (Cochran 1954).
    """
    from scipy.stats import fisher_exact
    from statsmodels.stats.proportion import proportions_ztest

    share = sum(counts) / sum(sizes)
    if min(share, 1 - share) * min(sizes) < 5:
        table = [[count, size - count] for count, size in zip(counts, sizes, strict=True)]
        return float(fisher_exact(table).pvalue), "Fisher's exact test"
    return float(proportions_ztest(counts, sizes)[1]), "chi-square test"


def _test_shares(both: pd.DataFrame) -> Iterator[tuple]:
    from altcred.estimate.paired import adjust_pvalues

    shown = both[both["value_1"].notna() & both["value_2"].notna()]
    for (subgroup, variable), question in shown.groupby(["subgroup", "variable"], sort=False):
        tests = {
            one.category: compare_shares(
                (round(one.value_1 * one.n_1), round(one.value_2 * one.n_2)),
                (round(one.n_1), round(one.n_2)),
            )
            for one in question.itertuples(index=False)
        }
        adjusted = adjust_pvalues(pd.Series({name: test[0] for name, test in tests.items()}))
        sizes = dict(zip(question["category"], question["n_1"] + question["n_2"], strict=True))
        for category, (pvalue, name) in tests.items():
            key = (str(subgroup), str(variable), category)
            n = sizes[category]
            yield _row(*key, "proportions_pvalue", pvalue, n=n, note=name)
            yield _row(
                *key, "proportions_pvalue_holm", float(adjusted[category]), n=n,
                note=f"adjusted for {len(tests)} shares",
            )  # fmt: skip


def _difference_of_means(
    both: pd.DataFrame, std_first: pd.Series | None, std_second: pd.Series | None
) -> Iterator[tuple]:
    from scipy import stats

    for one in both.itertuples(index=False):
        key = (one.subgroup, one.variable, one.category)
        low = high = pvalue = NAN
        difference = one.value_2 - one.value_1
        if std_first is not None and std_second is not None:
            spread = [
                float(std.get(key, NAN)) ** 2 / n
                for std, n in ((std_first, one.n_1), (std_second, one.n_2))
            ]
            error = sum(spread)
            if error > 0:
                df = error**2 / (spread[0] ** 2 / (one.n_1 - 1) + spread[1] ** 2 / (one.n_2 - 1))
                margin = float(stats.t.ppf((1 + LEVEL) / 2, df)) * error**0.5
                low, high = difference - margin, difference + margin
                test = stats.ttest_ind_from_stats(
                    one.value_2, (spread[1] * one.n_2) ** 0.5, one.n_2,
                    one.value_1, (spread[0] * one.n_1) ** 0.5, one.n_1, equal_var=False,
                )  # fmt: skip
                pvalue = float(test.pvalue)
        n = one.n_1 + one.n_2
        yield _row(*key, "mean_difference", difference, low, high, n=n, note=_note_sizes(one))
        if not np.isnan(pvalue):
            yield _row(*key, "ttest_ind_pvalue", pvalue, n=n, note="Welch's test")


def _note_sizes(one: Any) -> str:
    if "suppressed" in f"{one.note_1}{one.note_2}":
        return "suppressed in one of the surveys"
    return f"n = {one.n_1:.0f} and {one.n_2:.0f}"
