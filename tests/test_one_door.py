"""What files tell together: nobody who is few follows from a survey, its panel and its costs."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import LinearConstraint, milp
from small_view import make_cohort
from test_audit import _count, _frame

from altcred.core.paths import processed_dir
from altcred.disclose.changes import BY_MOVES, bound_by_moves
from altcred.disclose.places import name_people, split_people
from altcred.estimate.audit import audit_estimates
from altcred.estimate.costs import describe_costs
from altcred.estimate.hidden import hide_same, read_hidden, write_hidden
from altcred.estimate.protection import divide_subgroups, protect
from altcred.estimate.store import sort_estimates, write_estimates

PRICES = """
roles: {benefits: a_multiple, fees: a_money}
benefit_groups:
  green: {label: Green, of: [oak, yew]}
  dark: {label: Dark, of: [yew, other]}
periods:
  early: {label: Early, to: 2020-01-01}
  late: {label: Late, from: 2020-01-02}
plans:
  only: {label: Only, kind: audit, program_types: [walk], sources: [{document: a, locator: p. 1}]}
documents: {a: A list}
"""


def _tell(*blocks, wave="spring"):
    return _frame(*blocks).assign(wave=wave)


def _sized(variable, counts, wave="spring", people=None, subgroup="all"):
    n = sum(counts.values())
    size = [(subgroup, "responses", "", "count", people or n, people or n)]
    return _tell(size, _count(subgroup, variable, counts, n), wave=wave)


def _numbers(subgroup, variable, n, mean, category=""):
    return [
        (subgroup, variable, category, "nobs", n, n),
        (subgroup, variable, category, "mean", mean, n),
    ]


def _moves(answer, both, only_first, only_second, neither):
    cells = {"both": both, "only_first": only_first, "only_second": only_second, "neither": neither}
    return _count("all", f"a_single:{answer}", cells, sum(cells.values()))


SURVEY = _sized("a_single", {"oak": 40, "lime": 31, "yew": 12, "other": 25})
FEES = _tell(_numbers("all", "a_money", 60, 31.5), [("all", "responses", "", "count", 60, 60)])
# Of each: what a survey shows, what another file would, and who would be made out, how many.
TOGETHER = {
    "the people of a panel": (
        SURVEY,
        _sized("a_single", {"oak": 37, "lime": 20, "yew": 6, "other": 15}, "panel:spring"),
        ("a_single", "all besides panel:spring | all", "oak", 3),
    ),
    "how many of a panel answered": (
        FEES,
        _tell(_numbers("all", "a_money", 59, 30.0), wave="panel:spring"),
        ("a_money", "all besides panel:spring | all", "", 1),
    ),
    "how answers changed": (
        pd.concat([SURVEY, _sized("a_single", {"oak": 30, "lime": 22, "yew": 6, "other": 15},
                                  "panel:spring")], ignore_index=True),
        _tell(_moves("oak", 19, 9, 14, 25), wave="panel"),
        ("a_single", "all besides both, only_first", "oak", 2),
    ),
    "a group of benefits": (
        _tell(_count("all", "a_multiple", {"oak": 40, "lime": 30, "yew": 3, "other": 2}, 70)),
        _tell(_count("all", "benefit_groups", {"green": 43, "dark": 5}, 70)),
        ("a_multiple", "all", "yew", 3),
    ),
    "fees in periods": (
        FEES,
        _tell(_numbers("all", "fees_by_period", 28, 30.0, "early"),
              _numbers("all", "fees_by_period", 31, 33.0, "late")),
        ("a_money", "all besides early, late", "", 1),
    ),
    "when answers came": (
        FEES,
        _tell([("all", "price_period", one, "count", n, 60) for one, n in
               {"early": 27, "late": 31}.items()]),
        ("price_period", "all besides early, late", "", 2),
    ),
}  # fmt: skip


@pytest.fixture
def cohort(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    made = make_cohort(disclosure={"minimum": 5}, currency="EUR")
    made.folder.mkdir(parents=True)
    (made.folder / "prices.yaml").write_text(PRICES)
    monkeypatch.setattr("altcred.estimate.audit.open_cohort", lambda _: made)
    return made


def _audit(cohort, *frames):
    folder = processed_dir(cohort.name) / "estimates"
    for number, frame in enumerate(frames):
        write_estimates(frame, folder / f"{number}.csv")
    return {
        (variable, split_people(people)[1], category)
        for one in audit_estimates(cohort.name)
        for variable, people, category in one.narrow
    }


@pytest.mark.parametrize("case", TOGETHER)
def test_nobody_is_made_out_from_two_files(cohort, case):
    survey, other, (*place, count) = TOGETHER[case]
    first = processed_dir(cohort.name) / "estimates/0.csv"
    told = protect(survey, cohort)
    write_estimates(told, first)
    described = describe_costs(cohort)
    apart = protect(other, cohort, described)
    together = protect(other, cohort, described, beside=[first])
    # Apart nothing is wrong with either file, but for what a file alone gives away.
    is_alone = case == "when answers came"
    assert tuple(place) in _audit(cohort, told, other if is_alone else apart)
    assert 0 < count < 5
    assert not _audit(cohort, told, together)
    assert together["value"].isna().sum() > other["value"].isna().sum()


def test_enough_people_beside_a_panel_leave_all_of_it_shown(cohort):
    survey = _sized("a_single", {"oak": 40, "lime": 31, "yew": 12, "other": 25})
    panel = _sized("a_single", {"oak": 30, "lime": 20, "yew": 6, "other": 15}, "panel:spring")
    first = processed_dir(cohort.name) / "estimates/0.csv"
    write_estimates(survey, first)
    assert protect(panel, cohort, beside=[first])["value"].notna().all()


def test_a_panel_of_all_but_three_is_shown_as_such_and_tells_nothing_of_the_three(cohort):
    panel = _sized("a_single", {"oak": 39, "lime": 30, "yew": 12, "other": 24}, "panel:spring")
    first = processed_dir(cohort.name) / "estimates/0.csv"
    write_estimates(SURVEY, first)
    told = protect(panel, cohort, beside=[first])
    assert told["value"].notna().sum() == 1
    assert not _audit(cohort, SURVEY, told)


def test_a_small_count_of_a_survey_stays_hidden_beside_its_panel(cohort):
    # The survey hides 12 for the sake of 3; those 12 of a panel would leave 3 at most.
    told = protect(_sized("a_single", {"oak": 40, "lime": 31, "yew": 3, "other": 12}), cohort)
    hidden = set(told[told["value"].isna() & told["statistic"].eq("count")]["category"])
    assert hidden == {"yew", "other"}
    panel = _sized("a_single", {"oak": 30, "lime": 20, "yew": 0, "other": 12}, "panel:spring")
    assert ("a_single", "all", "yew") in _audit(cohort, told, protect(panel, cohort))
    first = processed_dir(cohort.name) / "estimates/0.csv"
    assert not _audit(cohort, told, protect(panel, cohort, beside=[first]))


@pytest.mark.parametrize(
    ("subgroups", "n"),
    [
        # One more person is in the larger, and her answer is the difference of two sums.
        ({"leafy": ["oak", "lime"], "oaks": ["oak"]}, {"leafy": 20, "oaks": 19}),
        # All but one are in either.
        ({"oaks": ["oak"], "others": ["lime", "yew"]}, {"all": 40, "oaks": 19, "others": 20}),
    ],
)
def test_means_of_subgroups_do_not_tell_one_answer(cohort, subgroups, n):
    held = {one: {"label": one, "where": {"a_single": of}} for one, of in subgroups.items()}
    study = make_cohort(disclosure={"minimum": 5}, subgroups=held)
    frame = _tell(*(_numbers(one, "a_money", people, 30.0) for one, people in n.items()))
    means = protect(frame, study)
    means = means[means["statistic"].eq("mean")]
    assert means["value"].isna().sum() == 1


def test_subgroups_divide_each_other_as_their_conditions_say():
    conditions = {
        "oaks": {"a_single": ["oak"]},
        "leafy": {"a_single": ["leafy"]},
        "yews": {"a_single": "yew"},
        "oaks_of_germany": {"a_single": ["oak"], "a_country": ["DEU"]},
        "ticked": {"a_multiple": ["oak"]},
    }
    study = make_cohort(subgroups={n: {"label": n, "where": w} for n, w in conditions.items()})
    found = divide_subgroups(study, conditions)
    assert ["oaks", "yews"] in found["all"]
    assert ["leafy", "yews"] in found["all"]
    assert ["oaks"] in found["leafy"]
    assert ["oaks_of_germany"] in found["oaks"]
    assert ["oaks_of_germany"] in found["leafy"]
    assert not any("ticked" in one and len(one) > 1 for of in found.values() for one in of)
    assert name_people("spring", "all") == "spring | all"


TREES = ("oak", "lime", "yew", "other")


def _tell_table(table):
    """Return what a panel tells of so many people who moved from each answer to each other.

    Behind the answers may stand those who gave none.
    """
    frames = []
    for wave, margin in (("spring", table.sum(axis=1)[:4]), ("autumn", table.sum(axis=0)[:4])):
        counts = dict(zip(TREES, margin.tolist(), strict=True))
        frames.append(_sized("a_single", counts, f"panel:{wave}"))
    table = table[:4, :4]
    stayed, n = np.diag(table), table.sum()
    left, came = table.sum(axis=1) - stayed, table.sum(axis=0) - stayed
    # Beside the counts stands a test, from which those of an answer could be worked out.
    moves = (
        [*_moves(tree, *map(int, (both, gone, new, n - both - gone - new))),
         ("all", f"a_single:{tree}", "", "mcnemar_pvalue", 0.5, n)]
        for tree, both, gone, new in zip(TREES, stayed, left, came, strict=True)
    )  # fmt: skip
    size = [("all", "a_single", "", "nobs", n, n)]
    return pd.concat([*frames, _tell(size, *moves, wave="panel")], ignore_index=True)


def _weigh_cells(row, answers=4):
    """Return of which cells of a table, from one answer to another, a count of it is the sum."""
    cells = np.zeros((answers, answers))
    if row.variable == "a_single":
        at = TREES.index(row.category)
        cells[(at, slice(None)) if row.wave == "panel:spring" else (slice(None), at)] = 1
        return cells.ravel()
    own = np.eye(answers)[TREES.index(row.variable.partition(":")[2])]
    other = (np.arange(answers) < len(TREES)) - own
    sides = {"both": (own, own), "only_first": (own, other),
             "only_second": (other, own), "neither": (other, other)}  # fmt: skip
    return np.outer(*sides[row.category]).ravel()


def _make_tables():
    # Of oak 13 went elsewhere, and 6 came to lime: at least 7 of the 8 yews came from oak.
    told = np.zeros((4, 4), dtype=int)
    told[:3, :3] = [[40, 6, 7], [6, 30, 0], [5, 0, 1]]
    yield told
    for seed in range(12):
        randomly = np.random.default_rng(seed)
        often = randomly.dirichlet(np.full(4, 0.5), size=4) + np.eye(4)
        often *= np.outer(*[[1, 0.8, 0.3, 0.1]] * 2)
        yield randomly.multinomial(150, (often / often.sum()).ravel()).reshape(4, 4)


def test_no_table_of_two_waves_gives_a_small_cell_away_by_those_that_are_shown(cohort):
    # The whole table, which nothing shows, is what an attacker solves for.
    partly = 0
    for table in _make_tables():
        told = protect(_tell_table(table), cohort)
        counts = told[told["statistic"].eq("count") & told["variable"].ne("responses")]
        rows = [(_weigh_cells(row), row.value) for row in counts.itertuples()]
        known = [(np.ones(16), table.sum()), *((cells, one) for cells, one in rows if one == one)]
        cells, sums = (np.array(of, dtype=float) for of in zip(*known, strict=True))
        limits = LinearConstraint(cells, sums, sums)
        is_told = counts[counts["variable"].str.contains(":")]["value"].notna()
        partly += is_told.any() and not is_told.all()
        for hidden in (of for of, value in rows if value != value and 0 < of @ table.ravel() < 5):
            low, high = (
                sign * milp(sign * hidden, constraints=limits, integrality=np.ones(16)).fun
                for sign in (1, -1)
            )
            assert high - low >= 4
    assert partly > 4


def _make_tables_with_gaps():
    # Of yews, which so few gave twice that their table is hidden, three answered only once.
    yield np.array([[40, 8, 9, 0, 0], [9, 30, 6, 0, 6], [8, 9, 2, 0, 3],
                    [0, 0, 0, 0, 0], [0, 0, 0, 0, 0]])  # fmt: skip
    for seed in range(8):
        randomly = np.random.default_rng(seed)
        table = np.zeros((5, 5), dtype=int)
        table[:4, :4] = randomly.multinomial(150, randomly.dirichlet(np.full(16, 0.7))).reshape(
            4, 4
        )
        table[:4, 4], table[4, :4] = randomly.choice([0, 0, 3, 6, 9], size=(2, 4))
        yield table


def test_no_table_tells_what_the_few_answered_who_answered_once(cohort):
    shown_tables = 0
    for table in _make_tables_with_gaps():
        told = protect(_tell_table(table), cohort)
        counts = told[told["statistic"].eq("count") & told["variable"].ne("responses")]
        rows = [(_weigh_cells(row, 5), row.value) for row in counts.itertuples()]
        known = [one for one in rows if one[1] == one[1]]
        if (told["variable"].eq("a_single:oak") & told["value"].notna()).any():
            pairs = np.outer(*[np.arange(5) < 4] * 2).ravel()
            known.append((pairs, pairs @ table.ravel()))
            shown_tables += 1
        # Those who answered once are no row of the estimates.
        once = [np.outer(*np.eye(5)[list(ends)]).ravel() for at in range(4)
                for ends in ((at, 4), (4, at))]  # fmt: skip
        cells, sums = (np.array(of, dtype=float) for of in zip(*known, strict=True))
        limits = LinearConstraint(cells, sums, sums)
        for hidden in [*(of for of, value in rows if value != value), *once]:
            if 0 < hidden @ table.ravel() < 5:
                low, high = (
                    sign * milp(sign * hidden, constraints=limits, integrality=np.ones(25)).fun
                    for sign in (1, -1)
                )
                assert high - low >= 4
    assert shown_tables > 1


def test_that_nobody_moved_does_not_tell_what_the_few_answered_who_answered_once(cohort):
    # Seven of the spring gave no answer in autumn: three of them said oak.
    trees = ({"oak": 23, "lime": 14, "other": 10}, {"oak": 20, "lime": 10, "other": 10})
    sides = [_sized("a_ordered", counts, f"panel:{wave}", people=47)
             for counts, wave in zip(trees, ("spring", "autumn"), strict=True)]  # fmt: skip
    found = {"nobs": 40, "unchanged": 1, "increased": 0, "decreased": 0, "stuart_maxwell_df": 0}
    moves = _tell([("all", "a_ordered", "", name, value, 40) for name, value in found.items()],
                  wave="panel")  # fmt: skip
    surveys = [_sized("a_ordered", counts, wave, people=47)
               for counts, wave in zip(trees, ("spring", "autumn"), strict=True)]  # fmt: skip
    frame = pd.concat([*sides, moves], ignore_index=True)
    assert ("a_ordered", "all", "") in _audit(cohort, *surveys, frame)
    first = processed_dir(cohort.name) / "estimates/0.csv"
    write_estimates(pd.concat(surveys), first)
    told = protect(frame, cohort, beside=[first])
    assert told[told["wave"].eq("panel")]["value"].isna().all()
    assert told[told["wave"].ne("panel")]["value"].notna().all()
    # Of four who answered once the number is a secret where more is told than a mean's change.
    few = [_sized("a_ordered", {**trees[0], "oak": 20}, "panel:spring", people=44), *sides[1:]]
    moves["value"] = moves["value"].replace({1: 0.75, 0: 0.125})
    told = protect(pd.concat([*few, moves], ignore_index=True), cohort, beside=[])
    assert told[told["wave"].eq("panel")]["value"].isna().all()


MOVED = {
    "nobody": {"std_difference": 0},
    "three, up and down": {"wilcoxon_statistic": 2, "rank_biserial": 0.333333},
    "four, all up": {"wilcoxon_statistic": 0, "rank_biserial": 1, "wilcoxon_pvalue": 0.125},
    "nearly all by the same": {"wilcoxon_statistic": 0, "rank_biserial": 1, "cohen_dz": 3,
                               "wilcoxon_pvalue": 2e-12},
    "enough": {"wilcoxon_statistic": 3, "rank_biserial": 0.6, "wilcoxon_pvalue": 0.3},
    "enough, all up": {"wilcoxon_statistic": 0, "rank_biserial": 1, "wilcoxon_pvalue": 0.0625},
}  # fmt: skip


@pytest.mark.parametrize("moved", MOVED)
def test_a_change_of_hardly_anybody_would_tell_who_gave_which_answer_before(cohort, moved):
    # Three answered only the first survey, four only the second.
    panel, surveys = _tell_changes([[40, 0, 3], [40, 0, 4]], MOVED[moved])
    first = processed_dir(cohort.name) / "estimates/0.csv"
    write_estimates(surveys, first)
    told = protect(panel, cohort, beside=[first])
    shown = set(told[told["wave"].eq("panel") & told["value"].notna()]["statistic"])
    assert ("mean_difference" in shown) == moved.startswith("enough")
    assert "mean_first" not in shown
    assert not _audit(cohort, surveys, told)


@pytest.mark.parametrize("course", [[[30, 0, 3], [30, 0, 9]], [[30, 0, 3], [30, 0, 0]]])
def test_what_all_and_some_paid_does_not_tell_it_of_the_others(cohort, course):
    # Of a walk ten answered only the first survey, or nine only the second.
    walk = [[40, 0, 10], [40, 0, 20]] if course[1][2] else [[40, 0, 0], [40, 0, 9]]
    of = {"program_type=walk": walk, "program_type=course": course,
          "all": np.add(walk, course).tolist()}  # fmt: skip
    frames = [_tell_changes(sizes, subgroup=name) for name, sizes in of.items()]
    panel, surveys = (pd.concat(ones, ignore_index=True) for ones in zip(*frames, strict=True))
    first = processed_dir(cohort.name) / "estimates/0.csv"
    write_estimates(surveys, first)
    told = protect(panel, cohort, beside=[first])
    told = pd.concat([told[told["value"].notna()], surveys])
    parts = {"program_type=walk": [1, 0], "program_type=course": [0, 1], "all": [1, 1]}
    rows = np.array([np.kron(weights, one) for subgroup, weights in parts.items()
                     for one in _list_sums(told[told["subgroup"].eq(subgroup)])])  # fmt: skip
    people = np.array([n for sizes in (walk, course) for groups in sizes for n in groups])
    rows = np.vstack([rows, np.eye(12)[people == 0]])
    few = np.eye(12)[8]
    assert few @ people == 3
    ranks = [np.linalg.matrix_rank(of) for of in (rows, np.vstack([rows, few]))]
    assert ranks[0] < ranks[1]


def test_a_test_of_a_whole_question_goes_with_how_one_of_its_answers_changed(cohort):
    tables = _tell_table(next(_make_tables()))
    whole = _tell([("all", "a_single", "", "stuart_maxwell_pvalue", 0.4, 95)], wave="panel")
    told = protect(pd.concat([tables, whole], ignore_index=True), cohort)
    tests = told[told["statistic"].str.endswith("pvalue")].set_index("variable")["value"]
    assert tests.isna().to_dict() == {
        "a_single": True, "a_single:lime": True, "a_single:oak": False,
        "a_single:other": False, "a_single:yew": True,
    }  # fmt: skip
    enough = tables[tables["variable"].isin(["a_single:oak", "a_single:other"])]
    assert protect(pd.concat([enough, whole], ignore_index=True), cohort)["value"].notna().all()


# How 40 people moved who all did.
ALL_MOVED = {"wilcoxon_statistic": 328.0, "rank_biserial": 0.2, "wilcoxon_pvalue": 0.28}


def _tell_changes(sizes, moves=ALL_MOVED, subgroup="all"):
    """Return what two surveys, and the panel of both, tell of how much people paid.

    `sizes` has of each survey how many of a panel answered both times, only then, and of the others
    who answered that survey.
    """
    surveys, panel = [], []
    for wave, groups in zip(("spring", "autumn"), sizes, strict=True):
        for one, people, told in (
            (wave, sum(groups), surveys),
            (f"panel:{wave}", sum(groups[:2]), panel),
        ):
            told.append(_tell(_numbers(subgroup, "a_money", people, 31.5), wave=one))
    n = sizes[0][0]
    found = {"nobs": n, "mean_first": 29.3, "mean_second": 32.7, "mean_difference": 3.4,
             "ttest_rel_pvalue": 0.2, "median_first": 20, "mean_difference_share": 0.1,
             "std_difference": 17.0, "cohen_dz": 0.2, **moves}  # fmt: skip
    rows = [(subgroup, "a_money", "", name, value, n) for name, value in found.items()]
    return pd.concat([*panel, _tell(rows, wave="panel")], ignore_index=True), pd.concat(surveys)


def _list_sums(shown):
    """Return what shown estimates tell of sums: of those found, of others found, of all others."""
    of_statistic = {"mean_first": [1, 0, 0, 0, 0, 0], "mean_second": [0, 0, 0, 1, 0, 0],
                    "mean_difference": [-1, 0, 0, 1, 0, 0]}  # fmt: skip
    of_wave = {"panel:spring": [1, 1, 0, 0, 0, 0], "panel:autumn": [0, 0, 0, 1, 1, 0],
               "spring": [1, 1, 1, 0, 0, 0], "autumn": [0, 0, 0, 1, 1, 1]}  # fmt: skip
    told = shown[shown["value"].notna()]
    found = [
        of_statistic.get(row.statistic, of_wave.get(row.wave))
        for row in told.itertuples()
        if row.statistic.startswith("mean") and row.statistic != "mean_difference_share"
    ]
    return np.array(found, dtype=float)


def test_a_change_is_shown_where_it_tells_nothing_of_the_few_who_answered_once(cohort):
    first = processed_dir(cohort.name) / "estimates/0.csv"
    changes = silent = 0
    for seed in range(30):
        randomly = np.random.default_rng(seed)
        others = randomly.choice([0, 0, 3, 4, 30], size=(2, 2))
        sizes = [[40, *of_wave] for of_wave in others.tolist()]
        panel, surveys = _tell_changes(sizes)
        write_estimates(surveys, first)
        told = protect(panel, cohort, beside=[first])
        assert not _audit(cohort, surveys, told)
        rows = _list_sums(pd.concat([told, surveys]))
        # Of nobody the sum is known.
        people = np.array([n for groups in sizes for n in groups])
        rows = np.vstack([rows, np.eye(6)[people == 0]])
        for who in ([0, 1, 0], [0, 0, 1], [0, 1, 1]):
            for side in (0, 3):
                few = np.roll([*who, 0, 0, 0], side).astype(float)
                if 0 < few @ people < 5:
                    ranks = [np.linalg.matrix_rank(of) for of in (rows, np.vstack([rows, few]))]
                    assert ranks[0] < ranks[1]
        shown = set(told[told["wave"].eq("panel") & told["value"].notna()]["statistic"])
        assert ("mean_difference" in shown) == ("ttest_rel_pvalue" in shown)
        changes += "mean_difference" in shown
        silent += "mean_difference" in shown and "mean_first" not in shown
    # Of the others, where all of a survey answered both times, the change gives the few away.
    assert 20 < changes < 30
    assert silent > 20


def test_who_moved_to_an_answer_does_not_tell_who_gave_it_once(cohort):
    first = processed_dir(cohort.name) / "estimates/0.csv"
    cohort = make_cohort(disclosure={"minimum": 10})
    for seed, once in enumerate(([1, 9, 0, 2], [2, 9, 0, 1], [9, 1, 0, 2], [0, 1, 9, 2])):
        # Nobody moved, so that what was said in autumn tells what those found said in spring.
        table = np.zeros((5, 5), dtype=int)
        table[:4, :4], table[:4, 4], table[4, :4] = np.diag([19, 32, 10, 20]), once, [2, 2, 2, 1]
        others = np.eye(4, dtype=int)[[3, 0]]
        sides = table.sum(axis=1)[:4], table.sum(axis=0)[:4]
        surveys = pd.concat(
            _sized("a_single", dict(zip(TREES, (side + more).tolist(), strict=True)), wave)
            for wave, side, more in zip(("spring", "autumn"), sides, others, strict=True)
        )
        write_estimates(surveys, first)
        gaps = _tell([("all", f"a_single:{tree}", "", "difference", 0, 81) for tree in TREES],
                     wave="panel")  # fmt: skip
        frame = pd.concat([_tell_table(table), gaps], ignore_index=True)
        told = protect(frame, cohort, beside=[first])
        answers = pd.concat([told, surveys])
        answers = answers[answers["variable"].str.startswith("a_single")]
        truth, rows = np.concatenate([table.ravel(), *others]), []
        for row in answers[
            answers["statistic"].eq("count") & answers["value"].notna()
        ].itertuples():
            inside = row._replace(wave=f"panel:{row.wave.removeprefix('panel:')}")
            cells = np.concatenate([_weigh_cells(inside, 5), np.zeros(8)])
            if row.wave in ("spring", "autumn"):
                cells[25 + 4 * (row.wave == "autumn") + TREES.index(row.category)] = 1
            rows.append(cells)
        if answers[answers["wave"].eq("panel")]["n"].notna().any():
            rows.append(np.concatenate([np.outer(*[np.arange(5) < 4] * 2).ravel(), np.zeros(8)]))
        sums = np.array(rows) @ truth
        limits = LinearConstraint(np.array(rows, dtype=float), sums, sums)
        for at in range(4):
            who = np.concatenate([np.outer(np.eye(5)[at], np.eye(5)[4]).ravel(), np.zeros(8)])
            who[25 + at] = 1
            if 0 < who @ truth < 10:
                assert _reach(who, limits) >= 10, seed


def test_a_stand_in_shows_a_difference_without_its_interval_as_the_original_does(cohort, tmp_path):
    table = np.zeros((4, 4), dtype=int)
    table[:3, :3] = [[40, 8, 9], [9, 30, 6], [6, 7, 1]]
    n = table.sum()
    gaps = [("all", f"a_single:{tree}", "", "difference", gap / n, n)
            for tree, gap in zip(TREES, (-2, 0, 2, 0), strict=True)]  # fmt: skip
    gaps = _tell(gaps, wave="panel").assign(low=-0.1, high=0.14)
    frame = pd.concat([_tell_table(table), gaps], ignore_index=True)
    told = protect(frame, cohort)
    write_hidden(told, tmp_path)
    made = SimpleNamespace(study=SimpleNamespace(stand_in=True), folder=tmp_path)
    for shown in (told, sort_estimates(hide_same(frame, read_hidden(made)))):
        found = shown[shown["statistic"].eq("difference")].set_index("variable")
        assert found["value"].mul(n).round(9).to_dict() == {
            "a_single:lime": 0, "a_single:oak": -2, "a_single:other": 0, "a_single:yew": 2
        }  # fmt: skip
        assert found.index[found["low"].isna()].tolist() == ["a_single:yew"]
        assert found.at["a_single:yew", "note"].startswith("interval suppressed")
        yew = shown[shown["variable"].eq("a_single:yew") & shown["category"].ne("")]
        assert yew["value"].isna().all()


def _tell_answers(table, others):
    """Return what a panel of one question tells, and two surveys with others beside its people."""
    n = int(table.sum())
    rows = [("all", "a_single", "", "nobs", n, n),
            ("all", "a_single", "", "stuart_maxwell_pvalue", 0.3, n),
            *(("all", f"a_single:{tree}", "", "difference", gap / n, n) for tree, gap in
              zip(TREES, table.sum(axis=0) - table.sum(axis=1), strict=True))]  # fmt: skip
    size = _tell(rows, wave="panel")
    gaps = size["statistic"].eq("difference")
    size.loc[gaps, ["low", "high"]] = -0.1, 0.1
    surveys = [
        _sized("a_single", dict(zip(TREES, (margin + more).tolist(), strict=True)), wave)
        for wave, margin, more in zip(("spring", "autumn"), (table.sum(axis=1), table.sum(axis=0)),
                                      others, strict=True)
    ]  # fmt: skip
    return pd.concat([_tell_table(table), size], ignore_index=True), pd.concat(surveys)


def _reach(aim, limits):
    found = [sign * milp(sign * aim, constraints=limits, integrality=np.ones(len(aim))).fun
             for sign in (1, -1)]  # fmt: skip
    return found[1] - found[0] + 1


def test_who_moved_is_shown_where_a_few_more_answered_a_survey_than_are_in_the_panel(
    cohort, tmp_path
):
    first = processed_dir(cohort.name) / "estimates/0.csv"
    many, none = [50, 60, 70, 80], [0, 0, 0, 0]
    cases = [(many, [1, 0, 2, 0]), (many, none), ([2, 1, 0, 1], [0, 0, 1, 3]), (none, [1, 0, 1, 0]),
             ([0, 1, 0, 0], many), ([4, 9, 3, 12], [1, 1, 1, 0])]  # fmt: skip
    moves_only = set[int]()
    for place, others in enumerate(cases):
        randomly = np.random.default_rng(place)
        table = randomly.multinomial(150, randomly.dirichlet(np.full(16, 6.0))).reshape(4, 4)
        panel, surveys = _tell_answers(table, np.array(others))
        write_estimates(surveys, first)
        told = protect(panel, cohort, beside=[first])
        assert not _audit(cohort, surveys, told)
        # Unknown are the table, and what the others of either survey answered.
        truth = np.concatenate([table.ravel(), *others])
        rows, sums = [[1] * 16 + [0] * 8], [150]
        hidden = []
        answers = pd.concat([told, surveys])
        answers = answers[answers["statistic"].eq("count") & answers["variable"].ne("responses")]
        for row in answers.itertuples():
            inside = row._replace(wave=f"panel:{row.wave.removeprefix('panel:')}")
            cells = np.concatenate([_weigh_cells(inside), np.zeros(8)])
            if row.wave in ("spring", "autumn"):
                cells[16 + 4 * (row.wave == "autumn") + TREES.index(row.category)] = 1
            if row.value == row.value:
                rows.append(cells)
                sums.append(row.value)
            elif 0 < cells @ truth < 5:
                hidden.append((cells, 5))
        limits = LinearConstraint(np.array(rows, dtype=float), sums, sums)
        for at in range(16, 24):
            size = truth[16:20].sum() if at < 20 else truth[20:].sum()
            if 0 < truth[at] < 5:
                hidden.append((np.eye(24)[at], min(5, size + 1)))
        for aim, width in hidden:
            assert _reach(aim, limits) >= width, (place, others)
        known = told[told["wave"].eq("panel") & told["value"].notna()]
        counted = {*known[known["statistic"].eq("count")]["category"]}
        if counted == {"only_first", "only_second"}:
            moves_only.add(place)
            gaps = known[known["statistic"].eq("difference")]
            assert gaps["note"].eq(BY_MOVES).all()
            # A stand-in of it has intervals of the same sort.
            write_hidden(told, tmp_path)
            made = SimpleNamespace(study=SimpleNamespace(stand_in=True), folder=tmp_path)
            again = bound_by_moves(sort_estimates(hide_same(panel, read_hidden(made))))
            ends = ["variable", "value", "low", "high"]
            pd.testing.assert_frame_equal(again.loc[gaps.index, ends], gaps[ends])
            assert gaps["low"].between(-0.4, gaps["value"]).all()
            is_each = known["category"].eq("only_first").sum() == len(TREES)
            assert ("stuart_maxwell_pvalue" in set(known["statistic"])) == is_each
    assert moves_only == {0, 2, 4, 5}


def _tell_side(wave, counts, mean):
    n = sum(counts.values())
    size = [("all", "responses", "", "count", n, n)]
    rows = [*_count("all", "a_money", counts, n), ("all", "a_money", "", "mean", mean, n)]
    return _tell(size, rows, wave=wave)


FEW = {"[0, 10)": 57, "[10, 20)": 0, "[20, 50)": 0, "[50, 100)": 3}
MANY = {"[0, 10)": 30, "[10, 20)": 20, "[20, 50)": 10, "[50, 100)": 0}


@pytest.mark.parametrize(
    ("counts", "is_whole", "shown"),
    [
        (MANY, False, {"mean_first", "mean_second", "mean_difference", "nobs"}),
        # Three of 60 gave the mean its size, so that it goes, and with it what it is in the panel.
        (FEW, False, {"mean_difference", "nobs"}),
        # A survey of the same people shows counts of which its mean would tell.
        (FEW, True, set()),
    ],
)
def test_a_panel_does_not_tell_the_mean_that_a_survey_hides(cohort, counts, is_whole, shown):
    first = processed_dir(cohort.name) / "estimates/0.csv"
    mean = 3.2 if counts is FEW else 13.0
    survey = protect(_tell_side("spring", counts, mean), cohort)
    if is_whole:
        write_estimates(survey, first)
    found = {"nobs": 60, "mean_first": mean, "mean_second": 14.0, "mean_difference": 14.0 - mean,
             "std_difference": 9.0, "cohen_dz": 0.3}  # fmt: skip
    rows = [("all", "a_money", "", name, value, 60) for name, value in found.items()]
    sides = [_tell_side("panel:spring", counts, mean), _tell_side("panel:autumn", MANY, 14.0)]
    frame = pd.concat([*sides, _tell(rows, wave="panel")], ignore_index=True)
    told = protect(frame, cohort, beside=[first])
    known = told[told["value"].notna() & told["variable"].eq("a_money")]
    assert {*known[known["wave"].eq("panel")]["statistic"]} - {
        "std_difference",
        "cohen_dz",
    } == shown
    # What is silent shows no counts, which its mean could tell.
    is_side = known["wave"].str.startswith("panel:") & known["statistic"].eq("count")
    assert is_side.any() == (counts is MANY or is_whole)
