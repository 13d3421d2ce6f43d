"""How the same people answered in two surveys, with the paired tests of their kind.

`view` is of a panel; `first` and `second` name its waves. None where too few people answered both
times, or where nothing of it may be shown.
"""

import math
from collections.abc import Mapping

from altcred.core.paired import CONDITIONAL
from altcred.core.records import ALL
from altcred.kinds.yardstick import TESTS
from altcred.write.paired import CELLS, FEWEST, has_enough, list_cells, name_cells
from altcred.write.tables.cells import hidden_note, own_note, say_tests, show, show_found, with_n
from altcred.write.tables.table import Shown, Table, register_table, slug
from altcred.write.views import HIDDEN, View

MCNEMAR = ("difference", "mcnemar_pvalue", "mcnemar_pvalue_holm")
DETECTABLE = (
    "Change found four times out of five: how large a true mean difference has to be for the "
    "paired t-test to reach p < 0.05 with a probability of 80%, if differences spread as they do "
    "here."
)


def paired_numbers_table(
    view: View, variable: str, first: str, second: str, *, subgroup: str = ALL
) -> Table | None:
    """Return means, medians and tests of a number, and how small a change could be found."""
    difference = view.find(variable, "", "mean_difference", subgroup)
    size = view.size(variable, subgroup)
    if difference is None or size is None or size < FEWEST:
        return None
    margin = view.find(variable, "", "tost_pvalue", subgroup)
    allowed = view.writer.value(
        float(margin.note.removeprefix("margin ") or "nan") if margin is not None else math.nan,
        "mean_difference",
        view.currency(variable),
    )
    waves = (("first", first), ("second", second))
    labels = {
        "nobs": "Pairs",
        **{f"mean_{side}": f"Mean: {view.wave_label(wave)}" for side, wave in waves},
        **{f"median_{side}": f"Median: {view.wave_label(wave)}" for side, wave in waves},
        **{f"nps_{side}": f"Net promoter score: {view.wave_label(wave)}" for side, wave in waves},
        "nps_difference": "Difference of net promoter scores",
        "mean_difference": "Mean difference, second minus first",
        "interval": "95% interval of the mean difference",
        "std_difference": "Standard deviation of the differences",
        "cohen_dz": "Standardised difference, d_z",
        "ttest_rel_statistic": "Paired t, of first minus second",
        "ttest_rel_df": "Degrees of freedom",
        **_label_tests(view, variable, subgroup),
        "tost_pvalue": f"p of the equivalence test, margin {allowed}",
        "minimum_detectable_difference": "Change found four times out of five",
        "minimum_detectable_share": "The same, as a share of the first mean",
    }
    texts = {
        name: view.write(found)
        for name in labels
        if (found := view.find(variable, "", name, subgroup)) is not None
    }
    texts["interval"] = view.write_interval(difference)
    if "ttest_rel_statistic" not in texts:
        texts.pop("ttest_rel_df", None)
    rows = [(label, [Shown(texts[name])]) for name, label in labels.items() if texts.get(name)]
    notes = ["Only people who answered in both surveys.", *own_note(view, variable)]
    if "minimum_detectable_difference" in texts:
        notes.append(DETECTABLE)
    return Table(
        f"{variable}-paired-{slug(subgroup)}",
        view.label(variable),
        [view.subgroup_label(subgroup)],
        rows,
        notes,
    )


def _label_tests(view: View, variable: str, subgroup: str) -> dict[str, str]:
    """Return the p values of a number and what they are called, the one told in sentences first."""
    tests = ["ttest_rel_pvalue", "wilcoxon_pvalue"]
    yardstick = view.yardstick(variable, paired=True)
    tests.sort(key=lambda one: yardstick is not None and one != yardstick.test)
    labels = {}
    for place, test in enumerate(tests):
        labels[test] = f"p of {'the ' if test.startswith('t') else ''}{TESTS[test]}"
        adjusted = view.find(variable, "", f"{test}_holm", subgroup)
        if place == 0 and adjusted is not None and adjusted.note:
            labels[f"{test}_holm"] = f"The same, {adjusted.note} (Holm)"
    return labels


def paired_categories_table(
    view: View,
    variable: str,
    first: str,
    second: str,
    *,
    subgroup: str = ALL,
) -> Table | None:
    """Return the shares of both surveys, with the Stuart-Maxwell test in a note."""
    sides = [view.side(first), view.side(second)]
    is_known = all(side.has(variable) for side in sides)
    if not is_known or not has_enough(view, variable, subgroup):
        return None
    known = dict.fromkeys(name for side in sides for name in side.categories(variable))
    names = [name for name in known if view.compares(variable, name)]
    rows = [
        (
            view.label(variable, name),
            [show(side, variable, name, "proportion", subgroup, 1) for side in sides],
        )
        for name in names
    ]
    return Table(
        f"{variable}-paired-{slug(subgroup)}",
        view.label(variable),
        [with_n(view, view.wave_label(side.wave), side.size(variable, subgroup)) for side in sides],
        rows,
        [
            *_test_notes(view, variable, subgroup),
            *own_note(view, variable),
            *hidden_note(view, rows),
        ],
    )


def _test_notes(view: View, variable: str, subgroup: str) -> list[str]:
    """Return the test of equal distributions in words; nothing of what is withheld."""

    def find(*statistics: str) -> list[str] | None:
        found = [view.shown(variable, "", one, subgroup) for one in statistics]
        return None if None in found else [view.write(one) for one in found]

    notes = []
    names = ("statistic", "df", "pvalue")
    if test := find("nobs", *(f"stuart_maxwell_{name}" for name in names)):
        n, statistic, df, pvalue = test
        equal = pvalue if pvalue.startswith("<") else f"= {pvalue}"
        notes.append(
            f"Of the {n} who answered in both surveys: Stuart-Maxwell chi-squared {statistic}, "
            f"{df} {'degree' if df == '1' else 'degrees'} of freedom, p {equal}."
        )
    if moved := find("increased", "decreased"):
        notes.append(f"{moved[0]} gave a higher answer the second time, {moved[1]} a lower one.")
    return notes


def change_table(
    view: View, variable: str, *waves: str, columns: tuple[str, ...] | None = None
) -> Table | None:
    """Return the shares of pairs whose ordered answer rose, stayed and fell, by program type."""
    subgroups = [
        part for part in view.subgroups(columns) if view.find(variable, "", "increased", part)
    ]
    if not subgroups:
        return None
    words = {"increased": "Higher", "unchanged": "The same", "decreased": "Lower"}
    rows = [
        (
            word,
            [show_found(view, view.find(variable, "", one, part), 1) for part in subgroups],
        )
        for one, word in words.items()
    ]
    sizes = [(view.subgroup_label(part), view.size(variable, part)) for part in subgroups]
    headers = [with_n(view, label, n) for label, n in sizes]
    id = f"{variable}-change"
    return Table(id, view.label(variable), headers, rows, hidden_note(view, rows))


def cells_table(
    view: View,
    variable: str,
    first: str,
    second: str,
    *,
    subgroup: str = ALL,
    words: Mapping[str, str] | None = None,
) -> Table | None:
    """Return who gave each answer in which survey, the difference and the exact McNemar test."""
    found = list_cells(view, variable, subgroup)
    if not found or not has_enough(view, variable, subgroup):
        return None
    names, write = name_cells(words), view.writer
    rows, used = [], []
    for one in found:
        counts = [Shown(view.write(one.counts[cell])) for cell in CELLS]
        gap, *tests = (
            view.find(f"{variable}:{one.name}", "", statistic, subgroup) for statistic in MCNEMAR
        )
        cells = [*counts, show_found(view, gap), *(Shown(view.write(test)) for test in tests)]
        rows.append((view.label(variable, one.name), cells))
        used += tests
    *smaller, usual = sorted({one.n for one in found if not math.isnan(one.n)}) or [0.0]
    notes = [
        f"Numbers of people; n = {write.number(usual)} who answered in both surveys"
        + "".join(f"; n = {write.number(size)}" for size in smaller)
        + (" for answers that were not offered to all." if smaller else "."),
        "Difference: share in the second survey minus share in the first, in percentage points.",
        *say_tests(used),
    ]
    columns = [*(names[cell] for cell in CELLS), "Difference", "p", "p (Holm)"]
    notes += own_note(view, variable)
    return Table(f"{variable}-cells", view.label(variable), columns, rows, notes)


def given_table(
    view: View,
    variable: str,
    first: str,
    second: str,
    *,
    subgroup: str = ALL,
    words: Mapping[str, str] | None = None,
) -> Table | None:
    """Return what share of those who named an answer in one survey named it in the other.

    With 95% intervals (Wilson).
    """
    found = list_cells(view, variable, subgroup)
    if not found or not has_enough(view, variable, subgroup):
        return None
    names = name_cells(words)
    rows = []
    for one in found:
        cells = []
        for statistic in CONDITIONAL:
            share = view.find(f"{variable}:{one.name}", "", statistic, subgroup)
            if share is None:
                # Of nobody there is no share.
                cells += [view.writer.number(0) if one.is_shown else HIDDEN, HIDDEN, ""]
                continue
            interval = view.write_interval(share, digits=0)
            cells += [view.writer.number(share.n), view.write(share), interval]
        rows.append((view.label(variable, one.name), [Shown(text) for text in cells]))
    return Table(
        f"{variable}-given",
        view.label(variable),
        ["n", names["again"], "95% interval", "n", names["before"], "95% interval"],
        rows,
        spanners=[(names["of_first"], 0, 3), (names["of_second"], 3, 6)],
    )


register_table("paired_numbers", paired_numbers_table)
register_table("paired_categories", paired_categories_table)
register_table("change", change_table)
register_table("cells", cells_table)
register_table("given", given_table)
