"""Views of estimates made by hand, of a study that holds every kind of variable.

Two waves, spring and autumn, of which a panel and a comparison are made; amounts are in euros.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from altcred.core.records import ALL, NAN, Estimate, Recorder
from altcred.describe.codebook import CodebookFile
from altcred.describe.cohort import Cohort
from altcred.describe.study import StudyFile
from altcred.estimate.store import Estimates, compose_frame
from altcred.kinds import kind_of, list_kinds
from altcred.kinds.nps import GROUPS
from altcred.kinds.pairs import Pairs
from altcred.kinds.variable import column_of
from altcred.write.views import View

WAVES = ("spring", "autumn")
CATEGORIES = {"oak": "Oak", "lime": "Lime", "yew": "Yew or another tree that is always green",
              "other": "Other"}  # fmt: skip
BINS = [0, 10, 20, 50, 100]
COUNTRIES = {"DEU": 40, "FRA": 30, "SGP": 8, "ZWE": 2}
# What is told of kinds whose answers the codebook does not list.
TOLD = {"a_country": list(COUNTRIES), "a_nps": list(GROUPS)}
SUPPRESSED = "suppressed: fewer than 10 people, or would reveal so few"


def make_cohort(types: int = 2, **study: Any) -> Cohort:
    """Return a study of so many program types, and a codebook with a variable of each kind."""
    kinds = ["walk", "course", "lecture", "visit", "talk"][:types]
    described = StudyFile.model_validate({
        "name": "trees", "title": "Trees",
        "program_types": {name: {"label": f"Guided {name}"} for name in kinds},
        "programs": {f"{name}_one": {"label": f"First {name}", "type": name} for name in kinds},
        "waves": {wave: {"label": f"The {wave}", "people": "visitors", "exports": [f"{wave}.csv"],
                         "program": "P"} for wave in WAVES},
        "panels": [{"first": WAVES[0], "second": WAVES[1],
                    "rules": [{"name": "email", "keys": ["email"]}]}],
        **study,
    })  # fmt: skip
    variables = {f"a_{kind}": describe_variable(kind) for kind in list_kinds()}
    return Cohort(described, CodebookFile.model_validate({"variables": variables}))


def describe_variable(kind: str) -> dict[str, Any]:
    """Return the description of a variable of a kind."""
    from altcred.kinds import find_kind

    described: dict[str, Any] = {
        "label": f"What is of the kind {kind}", "kind": kind, "note": f"A note on {kind}.",
        "question": {wave: {"name": "Q", "text": f"Asked in {wave}?"} for wave in WAVES},
    }  # fmt: skip
    if find_kind(kind).needs_categories:
        described |= {"categories": CATEGORIES,
                      "groups": {"leafy": {"label": "Leafy", "of": ["oak", "lime"]}}}  # fmt: skip
    if find_kind(kind).is_numeric:
        described |= {"bins": BINS, "currency": "EUR", "unit": "units"}
    return described


def estimate_kind(
    cohort: Cohort, name: str, parts: Iterable[str], counts: Sequence[int], wave: str = WAVES[0]
) -> Iterator[Estimate]:
    """Yield estimates of a variable in some subgroups, of so many people in each category."""
    variable = cohort.codebook.variables[name]
    kind = kind_of(variable)
    for place, part in enumerate(parts):
        numbers = [count * (place + 1) for count in counts]
        record, n = Recorder(part, name), float(sum(numbers))
        yield from record.response(n + 5, n)
        if not n:
            continue
        if kind.is_numeric:
            bins = [str(one) for one in variable.bin_intervals()]
            for one, count in zip(bins, numbers, strict=False):
                yield from record.counted(one, float(count), n)
            statistics = {
                "mean": 31.27,
                "std": 12.5,
                "median": 25.5,
                "mode": 5,
                "min": 0,
                "max": 90,
            }
            for statistic, value in statistics.items():
                yield record.number(statistic, value + place, value - 1, value + 2, n=n)
        elif kind.needs_categories or name in TOLD:
            names = list(CATEGORIES) if kind.needs_categories else TOLD[name]
            for one, count in zip(names, numbers, strict=False):
                yield from record.counted(one, float(count), n)
            if kind.needs_categories:
                yield from record.counted("leafy", float(sum(numbers[:2])), n)
            yield record.number("nunique", len(names), n=n)
            for at, one in enumerate(names if kind.name == "rank" else ()):
                own = Recorder(part, f"{name}:{one}")
                yield own.number("nobs", n, n=n)
                yield own.number("mean", 1.5 + at / 2, 1.3 + at / 2, 1.8 + at / 2, n=n)
        else:
            yield record.number("count", n, n=n + 5)


def compare_kind(cohort: Cohort, name: str, pairs: int, parts: Iterable[str]) -> Iterator[Estimate]:
    """Yield the paired estimates of a variable, of answers at random of so many pairs."""
    variable = cohort.codebook.variables[name]
    for seed, part in enumerate(parts):
        sides = (answer(variable, name, pairs, seed + 10 * k) for k in range(2))
        compared = Pairs(*sides, waves=WAVES, subgroup=part, margin=5.0)
        yield from kind_of(variable).compare(name, variable, compared)


def answer(variable: Any, name: str, people: int, seed: int) -> pd.DataFrame:
    """Return answers of so many people at random, in the columns of a variable."""
    rng, kind = np.random.default_rng(seed), kind_of(variable)
    if kind.has_ticks:
        return pd.DataFrame({
            column_of(name, one): pd.array(rng.random(people) < 0.4, dtype="boolean")
            for one in variable.categories
        })  # fmt: skip
    if kind.name == "rank":
        places = rng.permuted(np.tile(np.arange(1.0, len(CATEGORIES) + 1), (people, 1)), axis=1)
        return pd.DataFrame(places, columns=[column_of(name, one) for one in variable.categories])
    if kind.is_numeric:
        return pd.DataFrame({name: rng.integers(0, 90, people).astype(float)})
    names = list(variable.categories) or list(COUNTRIES)
    return pd.DataFrame({name: rng.choice(names, people)}, dtype=object)


def make_view(
    cohort: Cohort, records: Mapping[str, Iterable[Estimate]], *, hidden: Iterable[str] = ()
) -> View:
    """Return a view of records by wave, the first one shown; `hidden` categories lose theirs."""
    return _view_frame(cohort, _join_waves(records), next(iter(records)), hidden)


def _join_waves(records: Mapping[str, Iterable[Estimate]]) -> pd.DataFrame:
    return pd.concat(
        [compose_frame(found, wave) for wave, found in records.items()], ignore_index=True
    )


def _view_frame(cohort: Cohort, frame: pd.DataFrame, wave: str, hidden: Iterable[str]) -> View:
    gone = frame["category"].isin(set(hidden))
    frame.loc[gone, ["value", "low", "high"]] = NAN
    frame.loc[gone, "note"] = SUPPRESSED
    return View(cohort, Estimates(frame), wave)


def view_of(
    cohort: Cohort, name: str, counts: Sequence[int], hidden: Iterable[str] = (), pairs: int = 60
) -> View:
    """Return a view of one variable: both waves, their panel and its sides, their differences."""
    parts = [f"program_type={one}" for one in cohort.study.program_types] + [ALL]
    described = cohort.codebook.variables[name].model_dump_json()
    key = (described, name, tuple(counts), pairs, tuple(parts))
    if key not in _ESTIMATED:
        _ESTIMATED[key] = _join_waves(_estimate(cohort, name, counts, pairs, parts))
    return _view_frame(cohort, _ESTIMATED[key].copy(), WAVES[0], hidden)


# What was estimated of a variable, which many tests show in other ways.
_ESTIMATED: dict[tuple[object, ...], pd.DataFrame] = {}


def _estimate(
    cohort: Cohort, name: str, counts: Sequence[int], pairs: int, parts: Sequence[str]
) -> dict[str, Iterable[Estimate]]:
    def wave(of: Sequence[int], which: str) -> list[Estimate]:
        whole = [Recorder(part, "responses").number("count", 99, n=99) for part in parts]
        return [*whole, *estimate_kind(cohort, name, parts, of, which)]

    first, second = list(counts), [count + 3 for count in counts]
    panel = [*(Recorder(part, "pairs").number("count", 60, n=60) for part in parts),
             *compare_kind(cohort, name, pairs, parts)]  # fmt: skip
    return {
        WAVES[0]: wave(first, WAVES[0]), WAVES[1]: wave(second, WAVES[1]), "panel": panel,
        f"panel:{WAVES[0]}": wave(first, WAVES[0]), f"panel:{WAVES[1]}": wave(second, WAVES[1]),
        "-".join(WAVES): list(_differences(name, cohort)),
    }  # fmt: skip


def _differences(name: str, cohort: Cohort) -> Iterator[Estimate]:
    record = Recorder(ALL, name)
    for place, one in enumerate(cohort.codebook.variables[name].categories):
        gap = 0.1 * place - 0.15
        yield record.number("difference", gap, gap - 0.05, gap + 0.04, n=90, category=one)
        yield record.number("difference_bounds", gap, gap - 0.2, gap + 0.1, n=90, category=one)
        yield record.number("proportions_pvalue_holm", 0.012, n=90, category=one)
