"""What the people found in two surveys say in each, and how it changed."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from altcred.core.distribution import choose_bins, describe_numbers, describe_spread
from altcred.core.engine import open_engine, quoted
from altcred.core.intervals import bin_intervals
from altcred.core.paths import wave_dir
from altcred.core.records import ALL, NAN, Estimate, Recorder
from altcred.describe.codebook import Codebook
from altcred.describe.cohort import open_cohort
from altcred.describe.folders import panel_folder
from altcred.estimate.aggregate import Part, open_source
from altcred.estimate.families import adjust_cohort
from altcred.estimate.offered import compare_pairs
from altcred.estimate.protection import protect
from altcred.estimate.store import compose_frame
from altcred.estimate.wave import describe_sizes, describe_variables
from altcred.kinds import kind_of
from altcred.kinds.pairs import Pairs

# Bins of the days between two surveys: months, quarters, and half years.
DAY_EDGES = [0.0, 30.0, 60.0, 90.0, 180.0, 270.0, 365.0, 545.0, 730.0]
# Where most pairs lie beyond the last of these, years tell them apart.
LONG_DAY_EDGES = [0.0, 365.0, 545.0, 730.0, 1095.0, 1460.0, 1825.0]
# Where more pairs than that are in one of these bins, the days have bins of their own.
MOST_IN_ONE = 0.9
DAYS_A_YEAR = 365.25


def estimate_panel(cohort: str, first: str, second: str) -> pd.DataFrame:
    """Estimate what the people found in two surveys say in each, and how it changed.

    Waves of the result: `panel:FIRST` and `panel:SECOND` describe the people of the pairs in
    one survey (a number that both asked: of those who gave it in both); `panel` holds the pairs
    by rule and type, what each rule left (the columns of rules.csv), the days between, and for
    each variable of both surveys its paired test.
    """
    opened = open_cohort(cohort)
    study, codebook = opened.study, opened.codebook
    folder = panel_folder(study, first, second)
    waves = {"first": first, "second": second}
    in_both = opened.asked_twice(first, second)
    frames = []
    with open_engine(opened.study.engine) as engine:
        engine.read_parquet("pairs", folder / "panel.parquet")
        for side, wave in waves.items():
            engine.run(_write_side(codebook, side, wave, in_both))
            source = open_source(engine, f"side_{side}", opened, wave, with_subgroups=False)
            parts = source.parts(with_programs=False)
            rows = [*describe_sizes(source, parts), *describe_variables(source, parts)]
            frames.append(compose_frame(rows, f"{folder.name}:{wave}"))
        days = engine.frame(
            "SELECT program, program_type, rule, CAST(days_between AS DOUBLE) AS days FROM pairs "
            "ORDER BY first_id"
        )
        people = {
            side: engine.frame(f"SELECT * FROM side_{side} ORDER BY pair_id").set_index("pair_id")
            for side in waves
        }
    rows = [*_describe_pairs(days, parts), *_describe_rules(folder / "rules.csv")]
    panel = study.panel_of(first, second)
    for part in parts:
        before, after = (people[side][part.holds(people[side])] for side in waves)
        for name in opened.compared(first, second):
            variable = codebook.variables[name]
            margin = panel.equivalence_margin.get(name)
            pairs = Pairs(before, after, (first, second), part.name, margin)
            rows += compare_pairs(name, variable, pairs, minimum=study.disclosure.minimum)
    frames.append(compose_frame(rows, folder.name))
    files = [wave_dir(cohort, wave) / "estimates.csv" for wave in (first, second)]
    shown = protect(pd.concat(frames, ignore_index=True), opened, beside=files)
    return adjust_cohort(shown, opened, paired=True, without=panel.shared_keys)


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
        for column in kind_of(variable).columns(name, variable, wave):
            value = quoted(f"{column}__{side}")
            if variable.is_numeric and name in both:
                other = quoted(f"{column}__{'second' if side == 'first' else 'first'}")
                value = f"CASE WHEN {other} IS NOT NULL THEN {value} END"
            columns.append(f"{value} AS {quoted(column)}")
    return f"CREATE OR REPLACE TEMP VIEW side_{side} AS SELECT {', '.join(columns)} FROM pairs"


def _describe_pairs(days: pd.DataFrame, parts: list[Part]) -> Iterator[Estimate]:
    total = float(len(days))
    is_long = (days["days"] >= DAY_EDGES[-1]).mean() > 0.5
    edges = LONG_DAY_EDGES if is_long else DAY_EDGES
    known = days["days"].dropna().to_numpy(dtype=float)
    if len(known) and np.histogram(known, [*edges, np.inf])[0].max() > MOST_IN_ONE * len(known):
        # Usual bins of months tell nothing of people who all answered again in the same weeks.
        edges = choose_bins(known, np.ones(len(known)))
    bins = {str(one): one for one in bin_intervals(edges)}
    for part in parts:
        inside = days[part.holds(days)]
        n = float(len(inside))
        pairs = Recorder(part.name, "pairs")
        yield pairs.number("count", n, n=n)
        if part.program_type is not None:
            whole = Recorder(ALL, "pairs")
            yield whole.number("count", n, n=total, category=part.program_type)
            if total:
                yield whole.number("proportion", n / total, n=total, category=part.program_type)
        for rule, count in inside["rule"].value_counts().items():
            yield pairs.number("count", float(count), n=n, category=str(rule))
            yield pairs.number("proportion", count / n, n=n, category=str(rule))
        # Days are known only of pairs both of whose responses tell when they were submitted.
        values = inside["days"].dropna().to_numpy(dtype=float)
        # Of answers that all are of one day nothing is said.
        if not days["days"].fillna(0).any() or not len(values):
            continue
        between = Recorder(part.name, "days_between")
        yield between.number("nobs", len(values), n=float(len(values)))
        each = np.ones(len(values))
        yield from describe_numbers(between, values, each, bins)
        yield from describe_spread(between, values, each)
        years = Recorder(part.name, "years_between")
        yield from describe_numbers(years, values / DAYS_A_YEAR, each, {})


def _describe_rules(path: Path) -> Iterator[Estimate]:
    """Yield how many rows each rule could not use, and how many pairs it did not make."""
    for rule in pd.read_csv(path).to_dict("records"):
        for name, count in rule.items():
            if name not in ("rule", "pairs"):
                record = Recorder(ALL, str(name))
                yield record.number("count", count, n=NAN, category=str(rule["rule"]))
