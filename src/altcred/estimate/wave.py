"""Every number that one survey gives, of all its respondents and of each subgroup.

Shares are of 0 to 1, over those who answered (of a multiple question those who ticked an option,
or all asked). Intervals have level 95%: Wilson's for shares, Student's t for means, order
statistics for medians.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pandas as pd

from altcred.core.engine import Engine, open_engine
from altcred.core.paths import wave_dir
from altcred.core.records import ALL, Estimate, Recorder
from altcred.core.weights import Tally, find_effective
from altcred.describe.cohort import open_cohort
from altcred.describe.rows import Exclusion
from altcred.estimate.aggregate import Part, Source, open_source
from altcred.estimate.groups import compare_groups
from altcred.estimate.protection import protect
from altcred.estimate.store import compose_frame, sort_estimates
from altcred.kinds import kind_of
from altcred.kinds.reading import COMMONEST_TEXT

# What the estimates of weights themselves are of.
WEIGHTS = "weights"


def estimate_wave(cohort: str, wave: str) -> pd.DataFrame:
    """Estimate everything one survey says, of all its respondents and of each subgroup.

    Reads responses.parquet, answers.csv and decisions.csv of the wave; returns the columns of
    estimates.csv. Small cells are suppressed as study.yaml's disclosure says.
    """
    opened = open_cohort(cohort)
    folder = wave_dir(cohort, wave)
    with open_engine(opened.study.engine) as engine:
        engine.read_parquet("responses", folder / "responses.parquet")
        source = open_source(engine, "responses", opened, wave)
        parts = source.parts()
        rows = [
            *describe_flow(folder / "decisions.csv", engine, opened.study.exclusions(wave)),
            *describe_sizes(source, parts),
            *describe_weights(source, parts),
            *describe_variables(source, parts),
            *_describe_commonest_texts(folder / "answers.csv", source),
        ]
        shown = protect(compose_frame(rows, wave), opened)
        return sort_estimates(pd.concat([shown, compare_groups(shown, source)]))


def estimate_flow(cohort: str, wave: str) -> pd.DataFrame:
    """Estimate only how raw rows became responses, and how many there are of each program."""
    opened = open_cohort(cohort)
    folder = wave_dir(cohort, wave)
    with open_engine(opened.study.engine) as engine:
        engine.read_parquet("responses", folder / "responses.parquet")
        source = open_source(engine, "responses", opened, wave, with_subgroups=False)
        parts = source.parts()
        rows = [
            *describe_flow(folder / "decisions.csv", engine, opened.study.exclusions(wave)),
            *describe_sizes(source, parts),
            *describe_weights(source, parts),
        ]
    return protect(compose_frame(rows, wave), opened)


# What is counted of the kept rows, the column that tells it, and what it then says.
_MARKS = (
    ("without_code", "has_code", "false"),
    ("unfinished", "unfinished", "true"),
    ("unjoined", "unjoined", "true"),
)


def describe_flow(
    decisions: Path, engine: Engine, rules: Iterable[Exclusion] = ()
) -> Iterator[Estimate]:
    """Yield how many raw rows there were, how many were dropped for each reason, and addresses.

    `shared_addresses` counts the network addresses that two or more rows came from, `repeats`
    the repeated rows by the comparison that showed them to be one person's; `without_code` the
    kept rows that lack the participant code of their wave. `unfinished` counts the kept rows that
    are, where the export knows it, and `unjoined` those of which a further file has nothing. A
    rule that drops nobody is told as well.
    """
    engine.read_csv("listed", decisions)
    told = ["decision", "reason", "comparison", "address_group", *(one for _, one, _ in _MARKS)]
    columns = ", ".join(one for one in told if one in engine.columns("listed"))
    # A long file is read once so.
    engine.run(
        f"CREATE OR REPLACE TABLE decisions AS SELECT {columns}, count(*) AS times FROM listed "
        f"GROUP BY {columns}"
    )
    total = int(engine.value("SELECT sum(times) FROM decisions"))
    dropped = {rule.name: 0 for rule in rules} | dict(
        engine.rows(
            "SELECT reason, CAST(sum(times) AS BIGINT) FROM decisions WHERE decision = 'dropped' "
            "GROUP BY reason ORDER BY reason"
        )
    )
    repeats = dict(
        engine.rows(
            "SELECT comparison, CAST(sum(times) AS BIGINT) FROM decisions"
            " WHERE decision = 'dropped' AND coalesce(comparison, '') <> ''"
            " AND reason = 'repeat' GROUP BY comparison ORDER BY comparison"
        )
    )
    shared = engine.value(
        "SELECT count(DISTINCT address_group) FROM decisions"
        " WHERE coalesce(address_group, '') <> ''"
    )
    flow = [("raw_rows", "", total), ("shared_addresses", "", shared)]
    flow += [
        ("dropped", "", sum(dropped.values())),
        *(("dropped", *one) for one in dropped.items()),
    ]
    known = engine.columns("decisions")
    for variable, column, answer in _MARKS:
        if column in known:
            [(given, count)] = engine.rows(
                f"SELECT sum(times), sum(CASE WHEN {column} = '{answer}' THEN times ELSE 0 END) "
                f"FROM decisions WHERE decision = 'kept' AND coalesce({column}, '') <> ''"
            )
            flow += [(variable, "", int(count))] if given else []
    for variable, category, count in flow:
        yield Recorder(ALL, variable).number("count", count, n=total, category=category)
    for comparison, rows in repeats.items():
        yield Recorder(ALL, "repeats").number(
            "count", rows, n=sum(repeats.values()), category=comparison
        )


def describe_sizes(source: Source, parts: Iterable[Part]) -> Iterator[Estimate]:
    """Yield how many people there are in each subgroup, and of all in each program and type."""
    cells = source.group("count(*) AS people")
    people = cells["people"].to_numpy(dtype=float)
    total = people.sum()
    for part in parts:
        size = people[part.holds(cells)].sum()
        yield Recorder(part.name, "responses").number("count", size, n=size)
        name = part.program or part.program_type
        if name and not part.flag:
            whole = Recorder(ALL, "responses")
            yield whole.number("count", size, n=total, category=name)
            yield whole.number("proportion", size / total, n=total, category=name)


def describe_weights(source: Source, parts: Iterable[Part]) -> Iterator[Estimate]:
    """Yield how many rows have no weight, and of the others what unequal weights cost.

    The design effect is Kish's: how many times larger than of equal weights the variance of a mean
    is that the weights do not depend on; the effective number of people is theirs over it.
    """
    if not source.is_weighted:
        return
    rows, weightless = source.count_weightless()
    yield Recorder(ALL, "without_weight").number("count", weightless, n=rows)
    cells = source.group(*source.tally({"people": "TRUE"}))
    for part in parts:
        tally = Tally.of(cells[part.holds(cells)])
        if tally.n:
            record, size = Recorder(part.name, WEIGHTS), find_effective(tally)
            yield record.number("n_effective", size, n=tally.n)
            yield record.number("design_effect", tally.n / size, n=tally.n)


def describe_variables(source: Source, parts: Iterable[Part]) -> Iterator[Estimate]:
    """Yield the estimates of every variable of a wave; one that nobody answered has none."""
    parts = list(parts)
    for name, variable in source.variables.items():
        kind = kind_of(variable)
        if not kind.is_estimated:
            continue
        chosen = [part for part in parts if part.variables is None or name in part.variables]
        records = list(kind.estimate(source, name, chosen))
        if kind.is_typed or any(one.statistic == "nobs" and one.value > 0 for one in records):
            yield from records


def _describe_commonest_texts(answers: Path, source: Source) -> Iterator[Estimate]:
    """Yield how often the commonest answer to each open question was typed."""
    variables = source.variables
    texts = [name for name, variable in variables.items() if kind_of(variable).is_typed]
    if not texts:
        return
    log = pd.read_csv(answers, dtype=str, keep_default_na=False)
    for name in texts:
        lines = log[log["variable"].eq(name)]
        alike = lines.loc[lines["reason"].eq(COMMONEST_TEXT), "times"].astype(int).sum()
        wrote = lines.loc[lines["reason"].str.startswith("answered"), "times"].astype(int).sum()
        if alike:
            yield Recorder(ALL, name).number(
                "count", float(alike), n=float(wrote), category="most_frequent"
            )
