"""What files tell together: nobody who is few follows from a survey, its panel and its costs."""

import pandas as pd
import pytest
from small_view import make_cohort
from test_audit import _count, _frame

from altcred.core.paths import processed_dir
from altcred.disclose.places import name_people, split_people
from altcred.estimate.audit import audit_estimates
from altcred.estimate.costs import describe_costs
from altcred.estimate.protection import divide_subgroups, protect
from altcred.estimate.store import write_estimates

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
