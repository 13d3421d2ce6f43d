"""Gathers what the chapters on single surveys and on pairs made, for those on the whole cohort.

The later chapters and the report depend on this step alone, in place of on each of those before it:
so the graph of the steps can be read (`dvc dag --collapse-foreach-matrix`).
"""

from collections.abc import Iterator

import pandas as pd

from altcred.build.assemble import list_executed
from altcred.build.rooms import write_list
from altcred.core.intervals import parse_interval
from altcred.core.measures import measures_dir, write_measures
from altcred.core.paths import executed_dir, processed_dir
from altcred.core.records import ALL
from altcred.describe.cohort import Cohort, open_cohort
from altcred.estimate.series import write_series
from altcred.estimate.store import read_estimates

SHARES = ["survey", "question", "answer", "share", "low", "high", "n"]
# So many bins make no distribution.
FEW = 2
AMOUNTS = ["survey", "question", "amount", "share_below", "n"]


def gather_chapters(name: str) -> None:
    """Write lists of a cohort's estimates and executed chapters, with their hashes, and its plots.

    `shares.csv` has each answer's share of those asked, `amounts.csv` the share of people below
    each amount or other number, both of all people, for `dvc plots show` and any other tool.
    """
    cohort = open_cohort(name)
    folder = cohort.processed / "gathered"
    paths = sorted((cohort.processed / "estimates").glob("*.csv"))
    for what, made in (("estimates", paths), ("notebooks", list_executed([executed_dir(name)]))):
        listed = {path.relative_to(cohort.processed).as_posix(): path for path in made}
        write_list(folder / f"{what}.txt", listed)
    estimates = read_estimates(*paths)
    of_all = estimates.select(subgroup=ALL, wave=cohort.study.waves)
    shares = of_all[of_all["statistic"] == "proportion"]
    for file, columns, rows in (
        ("shares.csv", SHARES, _list_shares(cohort, shares)),
        ("amounts.csv", AMOUNTS, _list_amounts(cohort, shares)),
    ):
        frame = pd.DataFrame(list(rows), columns=columns)
        frame.to_csv(folder / file, index=False, float_format="%.10g", lineterminator="\n")
    kept = of_all[(of_all["variable"] == "responses") & (of_all["category"] == "")]
    measures = {
        "responses": int(kept["value"].sum()),
        # Numbers that nothing hides; other people hide others.
        "shown": int(estimates.frame["value"].notna().sum()),
    }
    write_measures(measures_dir(name) / "gather.json", measures)


def gather_series(name: str, earlier: str) -> None:
    """Set a cohort's estimates beside an earlier one's, and list the estimates that were compared.

    The chapter on both depends on the folder of what comes of it, and so on all of these.
    """
    write_series(name, earlier)
    lists = [processed_dir(one) / "gathered/estimates.txt" for one in (name, earlier)]
    text = "".join(path.read_text(encoding="utf-8") for path in lists)
    folder = processed_dir(name) / "series" / earlier
    (folder / "compared.txt").write_text(text, encoding="utf-8", newline="\n")


def _list_shares(cohort: Cohort, shares: pd.DataFrame) -> Iterator[tuple[object, ...]]:
    waves = list(cohort.study.waves)
    for place, (wave, survey) in enumerate(cohort.study.waves.items()):
        here = shares[(shares["wave"] == wave) & shares["value"].notna()]
        of_wave = here.set_index(["variable", "category"])
        for name, variable in cohort.codebook.in_wave(wave).items():
            for key, category in variable.categories.items():
                if (name, key) in of_wave.index:
                    row = of_wave.loc[(name, key)]
                    numbers = (row["value"], row["low"], row["high"], row["n"])
                    label = category.label
                    if not all(variable.is_comparable(one, wave, key) for one in waves[:place]):
                        # On a line of its own in the plot: its words mean something else.
                        label += f" ({survey.label})"
                    yield survey.label, variable.label, label, *numbers


def _list_amounts(cohort: Cohort, shares: pd.DataFrame) -> Iterator[tuple[object, ...]]:
    for (wave, name), rows in shares.groupby(["wave", "variable"], sort=True):
        variable = cohort.codebook.variables.get(name)
        if variable is None or not variable.is_numeric:
            continue
        bins = [
            (parse_interval(row.category).high, row.value, row.n)
            for row in rows.itertuples()
            if row.category.startswith("[")
        ]
        below = 0.0
        for high, share, n in sorted(one for one in bins if one[0] is not None):
            below += share
            # Above a hidden share nobody is to know how many are below.
            if below == below and len(bins) > FEW:
                yield cohort.study.waves[wave].label, variable.label, high, round(below, 6), n
