"""Recomputes every printed figure from the people drawn: the last word on what is satisfied."""

import math
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from altcred.check.published import is_reproduced, parse_printed
from altcred.describe.codebook import Codebook
from altcred.describe.study import Study, as_list
from altcred.kinds.variable import column_of
from altcred.reconstruct.assumptions import Reconstruction
from altcred.reconstruct.constraints import (
    CHANGES,
    Printed,
    base_tests,
    level_tests,
    read_rows,
    read_subgroup,
)
from altcred.reconstruct.draw import DAYS, SIZES, Drawn
from altcred.reconstruct.people import People, Test, make_tests

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ["id", "wave", "subgroup", "variable", "category", "statistic", "printed", "qualifier"]


def check_draw(
    drawn: Drawn,
    published: "pd.DataFrame",
    study: Study,
    codebook: Codebook,
    reconstruction: Reconstruction,
) -> "pd.DataFrame":
    """Return each survey figure with the number recomputed from the people drawn.

    Columns: those of the figure's key, printed, qualifier, `value` (NaN where it cannot be
    computed), `n`, `satisfied` (whether the value is one that the figure can stand for) and
    `gave_up` (whether drawing said so).
    """
    import pandas as pd

    waves = {
        wave: read_people(frame, wave, study, codebook, reconstruction)
        for wave, frame in drawn.waves.items()
    }
    rows, _ = read_rows(published, study, codebook, reconstruction)
    by_id = {row["id"]: row for row in published.to_dict("records")}
    given_up = set(drawn.gave_up)
    result = []
    for row in rows:
        value, n = _recompute(row, waves, study)
        result.append(
            {
                **{column: by_id[row.id][column] for column in COLUMNS},
                "value": value,
                "n": n,
                "satisfied": is_within(value, row),
                "gave_up": row.id in given_up,
            }
        )
    result += _check_differences(by_id.values(), waves, study, codebook)
    return pd.DataFrame(result, columns=[*COLUMNS, "value", "n", "satisfied", "gave_up"])


def is_within(value: float, row: Printed) -> bool:
    """Tell whether a number, written with six digits as estimates are, is what is printed."""
    if not math.isfinite(value):
        return False
    written = value if value == round(value) else float(f"{value:.6g}")
    if row.end == "lower":
        return row.interval.low is None or Fraction(repr(written)) >= row.interval.low
    if row.end == "upper":
        return row.interval.high is None or Fraction(repr(written)) <= row.interval.high
    return is_reproduced(written, row.interval)


def read_people(
    frame: "pd.DataFrame",
    wave: str,
    study: Study,
    codebook: Codebook,
    reconstruction: Reconstruction,
) -> People:
    """Return the people of a drawn frame, derived variables computed anew."""
    people = People(wave, study, codebook, reconstruction)
    columns = people.columns
    for name in ("program", "program_type"):
        columns[name] = frame[name].astype(object).to_numpy()
    columns["pair"] = frame["pair"].to_numpy(dtype=bool)
    columns["person"] = frame["person"].to_numpy()
    columns["submitted"] = frame["submitted"].to_numpy().astype("datetime64[s]")
    known = codebook.in_wave(wave)
    for name, variable in known.items():
        if variable.derive is not None or variable.kind == "identifier":
            continue
        if variable.kind == "multiple":
            total = np.zeros(len(frame), dtype=bool)
            for category in variable.categories_in(wave):
                ticked = frame[column_of(name, category)].fillna(False).to_numpy(dtype=bool)
                columns[column_of(name, category)] = ticked
                total |= ticked
            columns[name] = total
        elif variable.is_numeric:
            columns[name] = frame[name].to_numpy(dtype=float)
        else:
            values = frame[name].astype(object)
            columns[name] = np.array([None if v != v else v for v in values], dtype=object)
    years = columns["submitted"].astype("datetime64[Y]").astype(int) + 1970
    for name, variable in known.items():
        derive = variable.derive
        if derive is None:
            continue
        if derive.years_since:
            columns[name] = years - columns[derive.years_since]
        elif derive.product:
            columns[name] = np.prod([columns[source] for source in derive.product], axis=0)
        elif derive.any_of:
            tests = make_tests(codebook, derive.any_of)
            holds = np.any([people.holds(test) for test in tests], axis=0)
            known_all = np.all([people.answered(test.name) for test in tests], axis=0)
            columns[name] = np.where(holds, 1.0, np.where(known_all, 0.0, np.nan))
        elif derive.ticks:
            ((source, parts),) = derive.ticks.items()
            options = codebook.variables[source]
            number = np.zeros(len(frame))
            for part in parts:
                members = as_list(options.groups[part].of) if part in options.groups else [part]
                number += np.any([columns[column_of(source, member)] for member in members], axis=0)
            columns[name] = np.where(columns[source], number, np.nan)
    return people


def _recompute(row: Printed, waves: dict[str, People], study: Study) -> tuple[float, float]:
    people = waves[row.wave]
    if row.variable in SIZES:
        return _recompute_size(row, people)
    if row.variable == DAYS or row.statistic in CHANGES or row.statistic.startswith("ttest"):
        return _recompute_pairs(row, waves, study)
    variable = people.codebook.variables[row.variable]
    if variable.kind == "text":
        texts = people.columns[row.variable][people.answered(row.variable)]
        if row.category == "most_frequent":
            return float(max(np.unique(texts.astype(str), return_counts=True)[1], default=0)), 0
        if row.category:
            return float((texts == row.category).sum()), len(texts)
        return float(len(texts)), len(texts)
    base, event = base_tests(people, row)
    if row.by:
        levels = [
            _statistic(row, people, [*base, level], event) for level in level_tests(people, row)
        ]
        values = [value for value, _ in levels if not math.isnan(value)]
        pick = min if row.by.endswith(":lower") else max
        return (pick(values) if values else math.nan), math.nan
    return _statistic(row, people, base, event)


def _statistic(
    row: Printed, people: People, base: list[Test], event: list[Test]
) -> tuple[float, float]:
    among = people.meet(base)
    n = int(among.sum())
    if row.statistic == "nobs" or (row.statistic == "count" and not row.category):
        return float(n), n
    if row.statistic in {"count", "proportion"}:
        count = int((among & people.meet(event)).sum())
        if row.statistic == "count":
            return float(count), n
        return (count / n if n else math.nan), n
    column = people.columns[row.variable]
    if row.statistic == "nunique":
        return float(len(set(column[among]))), n
    values = column[among].astype(float)
    values = values[~np.isnan(values)]
    if not len(values):
        return math.nan, 0
    if row.statistic == "mode":
        found, counts = np.unique(values, return_counts=True)
        return float(found[counts.argmax()]), n
    compute: dict[str, Any] = {
        "mean": np.mean,
        "median": np.median,
        "min": np.min,
        "max": np.max,
        "std": lambda v: np.std(v, ddof=1),
    }
    return float(compute[row.statistic](values)), n


def _recompute_size(row: Printed, people: People) -> tuple[float, float]:
    among = people.meet(row.tests)
    if row.variable == "pairs":
        among &= people.columns["pair"]
    if row.by:
        level = row.by.partition(":")[0]
        shares = [
            float((people.columns[level][among] == name).sum() / len(people))
            for name in np.unique(people.columns[level][among].astype(str))
        ]
        return (min(shares) if row.by.endswith(":lower") else max(shares)), len(people)
    if not row.category:
        return float(among.sum()), int(among.sum())
    inside = (people.columns["program"] == row.category) | (
        people.columns["program_type"] == row.category
    )
    count = int((among & inside).sum())
    if not inside.any():
        return math.nan, int(among.sum())
    return (count if row.statistic == "count" else count / among.sum()), int(among.sum())


def _recompute_pairs(row: Printed, waves: dict[str, People], study: Study) -> tuple[float, float]:
    panel = study.panels[0]
    first, second = waves[panel.first], waves[panel.second]
    here = np.flatnonzero(first.meet(row.tests) & first.columns["pair"])
    there = {int(p): i for i, p in enumerate(second.columns["person"])}
    match = np.array([there[int(person)] for person in first.columns["person"][here]], dtype=int)
    if row.variable == DAYS:
        gaps = (
            second.columns["submitted"][match].astype("datetime64[D]")
            - first.columns["submitted"][here].astype("datetime64[D]")
        ).astype(float)
        return float(getattr(np, row.statistic)(gaps)), len(gaps)
    before, after = first.columns[row.variable][here], second.columns[row.variable][match]
    if row.statistic in CHANGES:
        ranks = {c: i for i, c in enumerate(first.codebook.variables[row.variable].categories)}
        steps = [
            ranks[b] - ranks[a]
            for a, b in zip(before, after, strict=True)
            if a is not None and b is not None
        ]
        kinds = {"increased": 1, "unchanged": 0, "decreased": -1}
        return float(np.mean(np.sign(steps) == kinds[row.statistic])), len(steps)
    from scipy.stats import ttest_rel

    both = ~np.isnan(before) & ~np.isnan(after)
    result = ttest_rel(before[both], after[both])
    values = {
        "ttest_rel_statistic": result.statistic,
        "ttest_rel_df": result.df,
        "ttest_rel_pvalue": result.pvalue,
    }
    return float(values[row.statistic]), int(both.sum())


def _check_differences(
    rows: Any, waves: dict[str, People], study: Study, codebook: Codebook
) -> list[dict[str, Any]]:
    result = []
    for row in rows:
        first, _, second = row["wave"].partition("-")
        if row["statistic"] != "difference" or first not in waves or second not in waves:
            continue
        shares = []
        try:
            tests, _ = read_subgroup(row["subgroup"], study, codebook)
            interval = parse_printed(row["printed"], row["qualifier"])
            for wave in (first, second):
                figure = Printed(
                    row["id"],
                    wave,
                    False,
                    tuple(tests),
                    "",
                    row["variable"],
                    row["category"],
                    "proportion",
                    interval,
                    None,
                    1,
                )
                shares.append(_recompute(figure, waves, study)[0])
        except (ValueError, KeyError):
            continue
        value = shares[1] - shares[0]
        result.append(
            {
                **{column: row[column] for column in COLUMNS},
                "value": value,
                "n": math.nan,
                "satisfied": is_within(value, figure),
                "gave_up": False,
            }
        )
    return result
