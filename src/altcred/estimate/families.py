"""Families of tests: p values adjusted by Holm's method for all that are told together.

Adjusted is what has passed the door, so that no adjusted p value can tell of a hidden one.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator

import pandas as pd

from altcred.core.paired import adjust_pvalues
from altcred.core.records import NOT_REPORTED, Estimate, Recorder
from altcred.core.statistics import is_statistic
from altcred.describe.cohort import Cohort
from altcred.estimate.store import compose_frame, sort_estimates
from altcred.kinds import kind_of
from altcred.kinds.yardstick import prefer

HOLM = "_holm"
# A test: the variable, and the category it is of; none where it is of the whole answer.
Test = tuple[str, str]


def adjust_tests(
    frame: pd.DataFrame,
    primary_of: Callable[[str], str] = lambda name: "",
    family_of: Callable[[str], str | None] = lambda name: name,
) -> pd.DataFrame:
    """Return estimates with each p value adjusted for its family beside it, under `NAME_holm`.

    `primary_of` tells of a variable which p value stands for it in its family, and `family_of`
    which family that is; None for none. A variable whose categories are tested each has as many
    tests in it. What is tested of a category beside the primary test of its whole variable is
    adjusted for the categories of that variable alone. Where a variable has another test beside
    its primary one, that is adjusted with the others' tests of the same name, and with the
    primary ones of those that have none. Tests of each subgroup are a family of their own.
    """
    is_test = frame["statistic"].map(lambda name: is_statistic(f"{name}{HOLM}"))
    tests = frame[is_test & frame["value"].notna() & (frame["category"] != NOT_REPORTED)]
    rows: list[Estimate] = []
    for (wave, subgroup), found in tests.groupby(["wave", "subgroup"], sort=False):
        made = _adjust_subgroup(found, str(subgroup), primary_of, family_of)
        rows += compose_frame(made, str(wave)).itertuples(index=False)
    if not rows:
        return frame
    return sort_estimates(pd.concat([frame, pd.DataFrame(rows)], ignore_index=True))


def adjust_cohort(
    frame: pd.DataFrame, cohort: Cohort, *, paired: bool, without: Collection[str] = ()
) -> pd.DataFrame:
    """Return estimates with p values adjusted over the families that the study declares.

    Variables that are not shown, and those `without`, are no part of a family of several.
    """
    study, variables = cohort.study, cohort.codebook.variables
    known: dict[str, set[str]] = defaultdict(set)
    for name, statistic in zip(frame["variable"], frame["statistic"], strict=True):
        known[str(name).partition(":")[0]].add(str(statistic))

    def primary_of(name: str) -> str:
        variable = variables.get(name)
        if variable is None:
            return ""
        kind = kind_of(variable)
        yardstick = kind.paired if paired else kind.independent
        if yardstick is None:
            return ""
        return prefer(yardstick, study.primary, known[name].__contains__).test

    def family_of(name: str) -> str | None:
        variable = variables.get(name)
        if study.family == "none":
            return None
        if variable is None or not variable.show or name in without:
            return f"question {name}"
        if study.family == "question":
            return f"question {name}"
        if isinstance(study.family, dict):
            return next((one for one, of in study.family.items() if name in of), "")
        return variable.section if study.family == "section" else ""

    return adjust_tests(frame, primary_of, family_of)


def _adjust_subgroup(
    found: pd.DataFrame,
    subgroup: str,
    primary_of: Callable[[str], str],
    family_of: Callable[[str], str | None],
) -> Iterator[Estimate]:
    pvalues: dict[Test, dict[str, Estimate]] = defaultdict(dict)
    for one in found.itertuples(index=False):
        name, _, category = str(one.variable).partition(":")
        test = (name, category or str(one.category))
        pvalues[test][str(one.statistic)] = Estimate(
            float(one.value), n=float(one.n), variable=str(one.variable),
            category=str(one.category),
        )  # fmt: skip
    families: dict[str, dict[Test, str]] = defaultdict(dict)
    beside: dict[tuple[str, str], dict[Test, str]] = defaultdict(dict)
    for test, of in pvalues.items():
        name = test[0]
        primary, family = primary_of(name), family_of(name)
        if family is not None and primary in of:
            families[family][test] = primary
        elif family is not None:
            for statistic in of:
                beside[name, statistic][test] = statistic
    # Which statistic stands for each test of a family, and of which of them it is told.
    rounds: list[tuple[dict[Test, str], set[Test]]] = [(one, {*one}) for one in beside.values()]
    for usual in families.values():
        if len(usual) == 1 and next(iter(usual))[1] == "":
            continue
        rounds.append((usual, {*usual}))
        for other in dict.fromkeys(name for test in usual for name in pvalues[test]):
            having = {test for test in usual if other in pvalues[test]}
            stand_in = {test: other if test in having else name for test, name in usual.items()}
            rounds.append((stand_in, {test for test in having if usual[test] != other}))
    for used, told in rounds:
        adjusted = adjust_pvalues([pvalues[test][name].value for test, name in used.items()])
        for value, (test, statistic) in zip(adjusted, used.items(), strict=True):
            if test in told:
                one = pvalues[test][statistic]
                yield Recorder(subgroup, one.variable).number(
                    f"{statistic}{HOLM}", float(value), n=one.n, category=one.category,
                    note=f"adjusted for {len(used)} {'test' if len(used) == 1 else 'tests'}",
                )  # fmt: skip
