"""All changes of a chapter at a glance: the table, the chart and the sentence."""

from itertools import chain, pairwise

import numpy as np
import pandas as pd
import pytest
from drawn import list_clashes

from altcred.core.records import ALL, Recorder
from altcred.describe.codebook import CodebookFile
from altcred.describe.cohort import Cohort
from altcred.describe.study import StudyFile
from altcred.estimate.families import adjust_cohort
from altcred.estimate.protection import protect
from altcred.estimate.store import Estimates, compose_frame
from altcred.kinds import kind_of
from altcred.kinds.pairs import Pairs
from altcred.write.changes import choose_variables, describe_changes, list_changes, list_parts
from altcred.write.charts import Drawing, find_chart
from altcred.write.glance import show_parts
from altcred.write.tables import find_table
from altcred.write.views import View

LONG = "I can tell a colleague how soil is sampled, and why it has to be dried before it is weighed"
AGREE = {f"p{code}": {"label": f"Point {code}", "code": code} for code in range(1, 6)}


def make_cohort(variables: dict, **study) -> Cohort:
    asked = {"question": {"spring": "Q", "autumn": "Q"}}
    return Cohort(
        StudyFile.model_validate({
            "name": "soil", "title": "Soil",
            "waves": {one: {"label": f"The {one}", "exports": [f"{one}.csv"]} for one in
                      ("spring", "autumn")},
            "panels": [{"first": "spring", "second": "autumn",
                        "rules": [{"name": "mail", "keys": ["email"]}]}],
            **study,
        }),
        CodebookFile.model_validate({
            "variables": {name: one | asked for name, one in variables.items()}
        }),
    )  # fmt: skip


def panel_view(cohort: Cohort, answers: dict[str, tuple[list, list]]) -> View:
    """Return the view of a panel of which these are the answers, first and second."""
    pairs = [
        record
        for name, sides in answers.items()
        for record in kind_of(cohort.codebook.variables[name]).compare(
            name, cohort.codebook.variables[name],
            Pairs(*(pd.DataFrame({name: pd.Series(one, dtype=object)}) for one in sides),
                  waves=("spring", "autumn")),
        )
    ]  # fmt: skip
    sizes = {name: sum(one is not None for one in sides[0]) for name, sides in answers.items()}
    sides = [Recorder(ALL, name).number("nobs", n, n=n) for name, n in sizes.items()]
    frames = [compose_frame(sides, f"panel:{wave}") for wave in ("spring", "autumn")]
    frame = pd.concat([compose_frame(pairs, "panel"), *frames])
    return View(cohort, Estimates(adjust_cohort(frame, cohort, paired=True)), "panel")


def guarded_view(cohort: Cohort, name: str, moves: dict[tuple[str, str], int]) -> View:
    """Return the view of a panel in which so many moved from each answer to each, protected."""
    people = [pair for pair, count in moves.items() for _ in range(count)]
    answers = {one: risen(60, len(people)) for one in cohort.codebook.variables}
    view = panel_view(cohort, answers | {name: tuple(map(list, zip(*people, strict=True)))})
    sides = []
    for side, wave in enumerate(("spring", "autumn")):
        given = [pair[side] for pair in people]
        record = Recorder(ALL, name)
        counts = [record.counted(one, given.count(one), len(given)) for one in sorted({*given})]
        sides.append(compose_frame(chain.from_iterable(counts), f"panel:{wave}"))
    frame = view.estimates.frame
    frame = pd.concat([frame[~frame["statistic"].str.endswith("_holm")], *sides])
    shown = adjust_cohort(protect(frame.reset_index(drop=True), cohort), cohort, paired=True)
    return View(cohort, Estimates(shown), "panel")


def scales(count: int) -> dict:
    return {
        f"item_{number}": {"label": LONG if number == 2 else f"Item {number}", "kind": "scale",
                           "categories": AGREE}
        for number in range(1, count + 1)
    }  # fmt: skip


def risen(by: int, pairs: int = 12) -> tuple[list, list]:
    """Return answers of which so many rise by a point."""
    first = [f"p{1 + place % 4}" for place in range(pairs)]
    return first, [f"p{int(one[1]) + (place < by)}" for place, one in enumerate(first)]


def test_changes_are_sorted_and_each_has_its_pairs_and_both_p_values():
    cohort = make_cohort(scales(3))
    view = panel_view(cohort, {"item_1": risen(3), "item_2": risen(12), "item_3": risen(8)})
    table = find_table("changes")(view, "", "spring", "autumn")
    assert [label for label, _ in table.rows] == [LONG, "Item 3", "Item 1"]
    # All rise by one: exact Wilcoxon 2 / 2^8, times two of the three that are left.
    assert table.cell("Item 3", "Pairs") == "12"
    assert table.cell("Item 3", "p") == "0.008"
    assert table.cell("Item 3", "p (Holm)") == "0.016"
    assert table.cell("Item 3", "Effect size") == "r = 1.00"
    assert table.cell("Item 3", "Difference (95% interval)").startswith("+0.67 (")
    assert "adjusted for 3 tests" in " ".join(table.notes)
    told = describe_changes(view, "spring", "autumn")
    assert told.startswith("Of the three answers compared, two went up, by more than chance")
    assert told.endswith("The other one is left open, which is not the same as no change.")


def test_fewer_than_three_variables_have_no_summary():
    view = panel_view(make_cohort(scales(2)), {"item_1": risen(3), "item_2": risen(5)})
    assert find_table("changes")(view, "", "spring", "autumn") is None
    assert find_chart("changes")(view, "", "spring", "autumn") is None
    assert describe_changes(view, "spring", "autumn") == ""


def test_each_unit_has_an_axis_of_its_own_and_no_label_reaches_into_the_next():
    variables = scales(4) | {
        "hours": {"label": "Hours", "kind": "number", "unit": "hours"},
        "job": {"label": "Job", "kind": "single",
                "categories": {one: {"label": one.title()} for one in ("full", "part", "none")}},
        "degree": {"label": "Degree", "kind": "ordered", "categories": AGREE},
    }  # fmt: skip
    rng = np.random.default_rng(1)
    answers: dict = {f"item_{number}": risen(number) for number in range(1, 5)}
    answers["hours"] = tuple(rng.integers(0, 20, 12).astype(float).tolist() for _ in range(2))
    answers["job"] = tuple(rng.choice(["full", "part", "none"], 12).tolist() for _ in range(2))
    answers["degree"] = risen(5)
    view = panel_view(make_cohort(variables), answers)
    drawing = find_chart("changes")(view, "", "spring", "autumn")
    names = [axes.get_xlabel() for axes in drawing.figure.axes]
    assert names == [
        "Difference of means, on a scale from 1 to 5",
        "Difference of means, hours",
        "Difference of shares, percentage points",
        "Share who rose less share who fell, percentage points",
    ]
    drawing.figure.draw_without_rendering()
    for axes in drawing.figure.axes:
        boxes = [label.get_window_extent() for label in axes.get_yticklabels()]
        assert all(upper.y0 >= lower.y1 - 0.5 for upper, lower in pairwise(boxes))
    changes = list_changes(view, "spring", "autumn")
    job = [one for one in changes if one.variable == "job"]
    assert [one.category for one in job] == ["", "full", "part", "none"]
    assert job[0].test is not None
    assert all(one.test is None and one.gap is not None for one in job[1:])


def test_numbers_without_a_unit_are_on_no_axis_of_another_one():
    variables = scales(1) | {
        "weight": {"label": "Weight", "kind": "number"},
        "index": {"label": "Index", "kind": "number"},
    }
    rng = np.random.default_rng(4)
    answers: dict = {"item_1": risen(4), "index": tuple(rng.random(12).tolist() for _ in range(2))}
    answers["weight"] = tuple(rng.normal(70, 9, 12).tolist() for _ in range(2))
    view = panel_view(make_cohort(variables), answers)
    figure = find_chart("changes")(view, "", "spring", "autumn").figure
    drawn = [[line.get_label() for line in axes.lines if len(line.get_xdata()) == 1]
             for axes in figure.axes]  # fmt: skip
    assert sorted(drawn) == [["Index"], ["Item 1"], ["Weight"]]
    # A difference of 0.1 is not smaller than one of 3 kilograms.
    assert "largest" not in describe_changes(view, "spring", "autumn")


def test_many_differences_are_drawn_in_figures_that_fit_a_screen(monkeypatch):
    answers = {one: {"label": one.title()} for one in ("full", "part", "own", "none", "other")}
    variables = scales(2) | {
        f"job_{place}": {"label": f"Job {place}", "kind": "single", "categories": answers}
        for place in range(4)
    }
    rng = np.random.default_rng(5)
    given: dict = {f"item_{number}": risen(number) for number in (1, 2)}
    given |= {f"job_{place}": tuple(rng.choice([*answers], 40).tolist() for _ in range(2))
              for place in range(4)}  # fmt: skip
    view = panel_view(make_cohort(variables), given)
    changes = list_changes(view, "spring", "autumn")
    parts = list_parts(changes)
    assert sorted(name for part in parts for name in part) == sorted(variables)
    assert len(parts) == 2
    shown: list = []
    monkeypatch.setattr(Drawing, "show", lambda self, about: shown.append((self, about)))
    about = {"label": "fig-all", "caption": "Changes", "alt": "Two went up."}
    show_parts("changes", view, ("", "spring", "autumn"), changes, about)
    drawn, abouts = zip(*shown, strict=True)
    assert [one["label"] for one in abouts] == ["fig-all", "fig-all-2"]
    assert [one["caption"] for one in abouts] == ["Changes, part 1 of 2", "Changes, part 2 of 2"]
    assert abouts[0]["alt"].startswith("Two went up. The largest here: ")
    assert " points" in abouts[1]["alt"]
    # One scale for what is measured in one unit, and each line where its estimate is.
    limits = {axes.get_xlim() for one in drawn for axes in one.figure.axes
              if axes.get_xlabel().startswith("Difference of shares")}  # fmt: skip
    assert len(limits) == 1
    points = {line.get_label(): line.get_xdata()[0] for one in drawn for axes in one.figure.axes
              for line in axes.lines if len(line.get_xdata()) == 1}  # fmt: skip
    for one in changes:
        if one.size >= 0 and one.variable.startswith("job"):
            assert points[one.label] == pytest.approx(one.gap.value * 100)
    assert all(list_clashes(one.figure) == [] for one in drawn)
    assert all(len(one.as_svg("none")) < 60_000 for one in drawn)


def test_no_label_of_a_difference_lies_on_the_line_of_zero():
    view = panel_view(
        make_cohort(scales(3)),
        {"item_1": risen(3), "item_2": risen(5), "item_3": tuple(reversed(risen(4)))},
    )
    (axes,) = find_chart("changes")(view, "", "spring", "autumn").figure.axes
    axes.figure.draw_without_rendering()
    zero = axes.transData.transform((0, 0))[0]
    boxes = {text.get_text()[0]: text.get_window_extent() for text in axes.texts}
    assert boxes["−"].x1 < zero < boxes["+"].x0


def test_amounts_on_an_axis_do_not_lie_over_each_other():
    pay = {"label": LONG, "kind": "money", "currency": "USD"}
    fallen = [300_000.0 - 27_000 * place for place in range(5, 16)]
    answers = {f"pay_{number}": ([300_000.0] * 11, fallen) for number in range(3)}
    view = panel_view(make_cohort(dict.fromkeys(answers, pay)), answers)
    (axes,) = find_chart("changes")(view, "", "spring", "autumn").figure.axes
    axes.figure.draw_without_rendering()
    low, high = axes.get_xlim()
    shown = [one for one in axes.get_xticklabels() if low <= one.get_position()[0] <= high]
    assert "−100,000" in [one.get_text() for one in shown]
    boxes = [one.get_window_extent() for one in shown]
    assert all(one.x1 + 5 < other.x0 for one, other in pairwise(boxes))


def test_a_score_of_promoters_is_not_on_the_scale_of_its_answers():
    asked = {"label": "Would recommend", "kind": "nps"}
    rng = np.random.default_rng(3)
    answers = {"recommend": tuple(rng.choice(["0", "8", "10"], 12).tolist() for _ in range(2))}
    view = panel_view(make_cohort({"recommend": asked}), answers)
    (change,) = list_changes(view, "spring", "autumn")
    assert change.unit == ("nps_difference", "", "")


@pytest.mark.parametrize("pairs", [0, 1, 2, 3, 5])
def test_panels_of_few_or_of_equal_answers_are_told(pairs):
    cohort = make_cohort(scales(3) | {"hours": {"label": "Hours", "kind": "number"}})
    answers: dict = {f"item_{number}": risen(0, pairs) for number in range(1, 4)}
    answers["hours"] = ([4.0] * pairs, [4.0] * pairs)
    view = panel_view(cohort, answers)
    for wave in (find_table("changes"), find_chart("changes")):
        wave(view, "", "spring", "autumn")
    assert describe_changes(view, "spring", "autumn") == ""
    for name in answers:
        told = view.kind(name).change(view, name, view.side("spring"), view.side("autumn"))
        assert "nan" not in told
        assert told.endswith(".")


def test_a_study_may_prefer_means_and_one_family_a_section():
    variables = scales(4)
    for number in (1, 2):
        variables[f"item_{number}"]["section"] = "Soil"
    cohort = make_cohort(variables, primary="mean", family="section")
    rng = np.random.default_rng(2)
    answers = {
        name: tuple([f"p{one}" for one in rng.integers(1, 6, 20)] for _ in range(2))
        for name in variables
    }
    changes = list_changes(panel_view(cohort, answers), "spring", "autumn")
    assert {one.test.statistic for one in changes} == {"ttest_rel_pvalue"}
    assert {one.effect.statistic for one in changes} == {"cohen_dz"}
    assert {one.adjusted.note for one in changes} == {"adjusted for 2 tests"}


def test_answers_are_compared_one_by_one_where_what_tests_all_of_them_is_hidden():
    answers = {one: {"label": one.title()} for one in ("full", "part", "none")}
    job = {"label": "Job", "kind": "single", "categories": answers}
    cohort = make_cohort({"job": job, **scales(2)}, disclosure={"minimum": 10})
    # Four had none both times.
    moves = {("full", "full"): 60, ("full", "part"): 14, ("part", "full"): 41, ("part", "part"): 30,
             ("full", "none"): 13, ("none", "full"): 12, ("none", "part"): 15,
             ("part", "none"): 16, ("none", "none"): 4}  # fmt: skip
    view = guarded_view(cohort, "job", moves)
    sides = [view.side(wave) for wave in ("spring", "autumn")]
    told = kind_of(cohort.codebook.variables["job"]).change(view, "job", *sides)
    assert told == (
        "“Full” was the answer of 42% in the first survey and of 55% in the second. A larger share "
        "gave “Full” (+12.7 points, 95% interval +4.2 to +20.9) the second time. A smaller share "
        "gave “Part” (−13.7 points, 95% interval −22.2 to −4.9). Chance alone would hardly explain "
        "these (exact McNemar test of the 205 who answered both times, with Holm's adjustment for "
        "two answers)."
    )
    changes = list_changes(view, "spring", "autumn")
    whole, *answers = [one for one in changes if one.variable == "job"]
    assert whole.test is not None
    assert not whole.test.is_shown
    none = next(one for one in answers if one.category == "none")
    # 31 before and 33 after, of 205: how many moved would tell that four stayed.
    assert none.ends == ("15%", "16%")
    assert none.gap is not None
    assert none.gap.value == pytest.approx(2 / 205)
    assert np.isnan(none.gap.low)
    table = find_table("changes")(view, "", "spring", "autumn")
    assert table.cell("Job: None", "Difference (95% interval)") == "+1.0"
    assert "A difference without an interval is" in " ".join(table.notes)
    hidden = ["both", "only_first", "only_second"]
    assert not any(view.find("job:none", one, "count").is_shown for one in hidden)


def test_the_first_figure_has_what_stands_out_and_then_the_surest_changes():
    variables = scales(13)
    answers = {f"item_{number}": risen(number % 13) for number in range(1, 14)}
    view = panel_view(make_cohort(variables), answers)
    changes = list_changes(view, "spring", "autumn")
    chosen = choose_variables(changes, ["item_2", "elsewhere"])
    # Of the 13th nobody moved, and the first is the one most easily due to chance of the others.
    assert chosen == ["item_2", *(f"item_{number}" for number in range(12, 2, -1)), "item_1"]
    few = [one for one in changes if one.variable in {"item_13", "item_5"}]
    assert choose_variables(few, []) == ["item_5", "item_13"]


@pytest.mark.parametrize(
    ("asked", "label"),
    [("How sure are you that you can", "How sure are you that you can: Item 3"),
     (LONG, "Item 3")],
)  # fmt: skip
def test_an_item_stands_behind_what_is_asked_of_all_where_there_is_room(asked, label):
    items = {name: one | {"item_of": "sure", "section": asked} for name, one in scales(3).items()}
    answers = {name: risen(at) for at, name in enumerate(items, 2)}
    view = panel_view(make_cohort(items), answers)
    assert list_changes(view, "spring", "autumn")[0].label == label
    assert find_table("changes")(view, "", "spring", "autumn").rows[0][0] == label
