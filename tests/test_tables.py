"""Every kind through its tables: they show their estimates, and say where there is none."""

from typing import Any

import pytest
from small_view import CATEGORIES, SUPPRESSED, WAVES, make_cohort, make_view, view_of

from altcred.core.records import ALL, NAN, Estimate, Recorder
from altcred.disclose.door import EXTREME_NOTE
from altcred.kinds import find_kind, list_kinds
from altcred.write import tables
from altcred.write.paired import list_cells
from altcred.write.tables import find_table
from altcred.write.tables.cells import hidden_note, say_families
from altcred.write.tables.table import Shown
from altcred.write.views import View

USUAL, FEW, NOBODY = (40, 25, 12, 3), (2, 1, 1, 0), (0, 0, 0, 0)
COMPARED = [name for name in list_kinds() if find_kind(name).change_table]


def texts_of(table: Any) -> dict[str, list[str]]:
    return {label: [cell.text for cell in cells] for label, cells in table.rows}


# Every kind ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("counts", "types"), [(USUAL, 2), (USUAL, 0), (FEW, 1), (NOBODY, 2)])
@pytest.mark.parametrize("kind", list_kinds())
def test_every_kind_has_the_table_it_names(kind, counts, types):
    view = view_of(make_cohort(types), f"a_{kind}", counts, pairs=0)
    if not find_kind(kind).table:
        return
    table = find_table(find_kind(kind).table)(view, f"a_{kind}")
    if table is None:
        assert counts == NOBODY
        return
    assert len(table.columns) == types + 1
    assert table.notes[0] == f"A note on {kind}."
    for _, cells in table.rows:
        for cell, part in zip(cells, view.subgroups(), strict=True):
            if cell.estimate is None:
                assert cell.text in ("Not asked", "N/A", "–")
                continue
            own = cell.estimate
            assert own == view.find(own.variable, own.category, own.statistic, part)
            digits = 1 if own.statistic == "proportion" else None
            assert cell.text == view.write(own, digits=digits)
    assert "<table" in table.as_html()


@pytest.mark.parametrize("pairs", [60, 4, 0])
@pytest.mark.parametrize("kind", COMPARED)
def test_every_kind_has_the_table_of_pairs_it_names(kind, pairs):
    view = view_of(make_cohort(), f"a_{kind}", USUAL, pairs=pairs).on("panel")
    table = find_table(find_kind(kind).change_table)(view, f"a_{kind}", *WAVES)
    if pairs < 5:
        assert table is None
        return
    assert f"A note on {kind}." in table.notes
    assert not any("nan" in text for texts in texts_of(table).values() for text in texts)
    given = find_table("cells")(view, f"a_{kind}", *WAVES)
    # Who gave each answer when is told of every kind whose answers are tested one by one.
    assert (given is not None) == bool(list_cells(view, f"a_{kind}"))
    assert given is not None or not find_kind(kind).has_ticks


@pytest.mark.parametrize("kind", list_kinds())
def test_every_kind_that_two_waves_asked_is_compared(kind):
    view = view_of(make_cohort(), f"a_{kind}", USUAL, pairs=0)
    table = find_table("comparison")(view, f"a_{kind}", *WAVES)
    if not find_kind(kind).needs_categories:
        return
    # Largest in the second wave first, and other last.
    assert [label for label, _ in table.rows] == [
        "Oak", "Lime", "Yew or another tree that is always green", "Other"
    ]  # fmt: skip
    assert texts_of(table)["Lime"][2:] == ["−5.0", "0.012"]


def test_what_the_second_wave_did_not_ask_stands_before_what_follows_it():
    record = Recorder(ALL, "a_multiple")
    shares = {"spring": {"oak": 9, "lime": 3, "yew": 8}, "autumn": {"oak": 2, "yew": 5}}
    waves = {wave: [record.number("nobs", 10, n=10),
                    *(one for name, count in found.items()
                      for one in record.counted(name, count, 10))]
             for wave, found in shares.items()}  # fmt: skip
    table = find_table("comparison")(make_view(make_cohort(), waves), "a_multiple", *WAVES)
    assert list(texts_of(table).items())[:2] == [
        ("Lime", ["30.0%", "Not asked", "–"]), (CATEGORIES["yew"], ["80.0%", "50.0%", "–"])
    ]  # fmt: skip


def test_a_table_from_outside_is_set(monkeypatch):
    def fill(view: View, variable: str, **options: Any) -> tables.Table:
        return tables.Table("own", view.label(variable), ["One"], [("Row", [tables.Shown("1")])])

    tables.register_table("own", fill)
    monkeypatch.setattr(type(find_kind("single")), "table", "own")
    view = view_of(make_cohort(), "a_single", USUAL, pairs=0)
    named = find_table(find_kind("single").table)
    assert named(view, "a_single").cell("Row", "One") == "1"
    tables.forget_table("own")
    with pytest.raises(KeyError, match="'own' is not a table; use one of"):
        find_table("own")


# Shares -------------------------------------------------------------------------------------------


def test_columns_rows_and_digits_are_chosen():
    view = view_of(make_cohort(), "a_single", USUAL, pairs=0)
    table = find_table("shares")(
        view, "a_single", ["course"], reverse=True, digits=0, with_groups=True
    )
    assert table.columns == ["Guided courses (n = 160)"]
    assert [label for label, _ in table.rows][::-1] == ["Leafy", *list(CATEGORIES.values())]
    assert table.cell("Oak", "Guided courses (n = 160)") == "50%"
    assert table.nets == 1
    plain = find_table("shares")(view, "a_single", top=2)
    assert [label for label, _ in plain.rows] == ["Oak", "Lime"]


def test_a_category_of_fewer_people_says_its_own_n():
    record = Recorder(ALL, "a_multiple")
    records = [record.number("nobs", 90, n=90), *record.counted("oak", 9, 90),
               *record.counted("lime", 30, 60)]  # fmt: skip
    view = make_view(make_cohort(), {WAVES[0]: records})
    view.codebook.variables["a_multiple"].categories["lime"].asked_since = {"spring": "2020-01-01"}
    table = find_table("shares")(view, "a_multiple", falling=True)
    # Offered later, and so last, though its share is larger.
    assert texts_of(table) == {"Oak": ["10.0%"], "Lime *": ["50.0%"]}
    assert table.notes[0] == "* Lime: n = All 60."


def test_what_was_not_asked_or_not_offered_is_said():
    view = view_of(make_cohort(), "a_single", USUAL, pairs=0)
    table = find_table("shares")(view, "a_single", ["walk", "walk_one"], only=["oak", "elm"])
    assert texts_of(table) == {"Oak": ["50.0%", "Not asked"], "elm": ["N/A", "Not asked"]}
    assert find_table("shares")(view, "nothing") is None


def test_programs_are_rows():
    records = [Recorder(f"program={name}_one", "responses").number("count", 50, n=50)
               for name in ("walk", "course")]  # fmt: skip
    for place, name in enumerate(("walk", "course")):
        record = Recorder(f"program={name}_one", "a_single")
        records += [record.number("nobs", 50, n=50), *record.counted("leafy", 20 + place, 50)]
    record = Recorder(ALL, "a_single")
    records += [record.number("nobs", 100, n=100), *record.counted("leafy", 41, 100)]
    view = make_view(make_cohort(), {WAVES[0]: records})
    table = find_table("programs")(view, "a_single", ["leafy", "oak"])
    assert texts_of(table) == {"First walk": ["40.0%"], "First course": ["42.0%"]}
    assert table.notes[0] == "n: First walk 50, First course 50."


def test_hidden_numbers_are_not_shown_and_that_is_said():
    view = view_of(make_cohort(0), "a_single", USUAL, hidden=["lime"], pairs=0)
    table = find_table("shares")(view, "a_single")
    assert texts_of(table)["Lime"] == ["–"]
    assert "fewer than 10 people" in table.notes[-1]
    assert dict(table.behind().rows)["Lime"][2].text == "–"


@pytest.mark.parametrize(("notes", "told"), [
    ({"min": EXTREME_NOTE}, ["lowest"]), ({"mean": SUPPRESSED}, ["fewer than 10"]),
    ({"min": EXTREME_NOTE, "mean": SUPPRESSED}, ["lowest", "fewer than 10"]), ({}, []),
])  # fmt: skip
def test_a_note_says_why_numbers_are_hidden(notes, told):
    statistics = {name: Estimate(NAN if name in notes else 1.0, n=50, note=notes.get(name, ""),
                                 statistic=name) for name in ("min", "mean")}  # fmt: skip
    rows = [(name, [Shown("", one)]) for name, one in statistics.items()]
    said = " ".join(hidden_note(make_view(make_cohort(), {WAVES[0]: []}), rows))
    assert [words for words in ("lowest", "fewer than 10") if words in said] == told


# Numbers and profiles -----------------------------------------------------------------------------


def test_numbers_keep_the_digits_and_the_currency_they_need():
    money = view_of(make_cohort(0), "a_money", USUAL, pairs=0)
    assert texts_of(find_table("numbers")(money, "a_money", labels={"min": "Low"})) == {
        "Mean": ["€31.27"], "Standard deviation": ["€12.50"], "Median": ["€25.50"],
        "Mode": ["€5"], "Low": ["€0"], "Highest": ["€90"],
    }  # fmt: skip
    number = view_of(make_cohort(0), "a_number", USUAL, pairs=0)
    table = find_table("numbers")(number, "a_number", statistics=["mean", "median", "nobs"])
    assert texts_of(table) == {"Mean": ["31.3"], "Median": ["25.5"], "Answered": ["80"]}
    assert table.heading == "What is of the kind number (units)"
    behind = dict(table.behind().rows)["Mean"]
    assert [cell.text for cell in behind] == ["31.3", "30.3 to 33.3", "80"]


def test_of_a_number_in_one_bin_its_groups_are_shown():
    cohort = make_cohort(0)
    cohort.codebook.variables["a_count"].groups = {
        "none": cohort.codebook.variables["a_single"].groups["leafy"].model_copy(
            update={"label": "None at all", "of": "[0, 0]"})
    }  # fmt: skip
    record = Recorder(ALL, "a_count")
    records = [record.number("nobs", 50, n=50), *record.counted("[0, )", 50, 50),
               *record.counted("none", 20, 50)]  # fmt: skip
    table = find_table("numbers")(make_view(cohort, {WAVES[0]: records}), "a_count")
    assert texts_of(table) == {"None at all": ["40.0%"]}


def profile_view(types: int = 0) -> View:
    records: dict[str, list] = {}
    for wave, more in zip(WAVES, (0, 9), strict=True):
        single, money, country = (Recorder(ALL, f"a_{one}") for one in
                                  ("single", "money", "country"))  # fmt: skip
        records[wave] = [
            single.number("nobs", 80, n=80), *single.counted("oak", 40 + more, 80),
            money.number("mean", 67.2 + more, n=70), money.number("max", 250, n=70),
            country.number("nobs", 60, n=60), country.number("nunique", 4, n=60),
            *country.counted("DEU", 30, 60), *country.counted("FRA", 15, 60),
            *country.counted("SGP", 15, 60),
        ]  # fmt: skip
    gap = Recorder(ALL, "a_single").number("difference", 0.1125, 0.01, 0.2, n=160, category="oak")
    mean = Recorder(ALL, "a_money").number("mean_difference", 9, 1, 17, n=140)
    tests = [Recorder(ALL, "a_single").number("proportions_pvalue_holm", 0.03, n=160,
                                              category="oak"),
             Recorder(ALL, "a_money").number("ttest_ind_pvalue", 0.0001, n=140),
             Recorder(ALL, "a_money").number("ttest_ind_pvalue_holm", 0.0002, n=140,
                                             note="adjusted for 9 tests")]  # fmt: skip
    return make_view(make_cohort(types), {**records, "-".join(WAVES): [gap, mean, *tests]})


PROFILE = {
    "Oak": ("a_single", "oak"), "Spent": ("a_money", "mean"), "Most": ("a_money", "max"),
    "Countries": ("a_country", "nunique"), "Most common": ("a_country", "top 2"),
    "Shoe size": ("shoe", "mean"),
}  # fmt: skip


def test_a_profile_mixes_shares_statistics_and_ranks():
    table = find_table("profile")(profile_view(), PROFILE)
    assert texts_of(table) == {
        "Oak": ["50%"], "Spent": ["€67.20"], "Most": ["€250"], "Countries": ["4"],
        # A tie, as rounded, is named too.
        "Most common": ["Germany (50%)"], "Most common: second": ["France (25%), Singapore (25%)"],
    }  # fmt: skip


def test_waves_stand_side_by_side_with_their_tests():
    table = find_table("profile")(profile_view(), PROFILE, waves=WAVES)
    assert table.columns == ["The spring", "The autumn"]
    people = find_table("people")(profile_view(), PROFILE, *WAVES)
    assert people.columns == ["The spring", "The autumn", "Difference", "p (Holm)"]
    assert texts_of(people)["Oak"] == ["50%", "61%", "+11.3", "0.030"]
    assert texts_of(people)["Spent"] == ["€67.20", "€76.20", "+€9", "< 0.001"]
    assert texts_of(people)["Countries"] == ["4", "4", "", ""]
    means = find_table("means")(profile_view(), "a_money", *WAVES)
    told = ["€67.20", "€76.20", "+€9", "< 0.001", "< 0.001"]
    assert texts_of(means) == {"What is of the kind money": told}
    assert means.notes[:2] == ["p: Welch's test.", "p (Holm): adjusted for 9 tests."]


def test_a_table_of_means_has_the_test_that_is_told_and_names_the_other():
    record = Recorder(ALL, "a_scale")
    ends = [[record.number("nobs", 40, n=40), record.number("mean", value, n=40)]
            for value in (3.1, 3.4)]  # fmt: skip
    tests = {"mannwhitneyu_pvalue": 0.02, "mannwhitneyu_pvalue_holm": 0.3, "ttest_ind_pvalue": 0.04}
    between = [record.number("mean_difference", 0.3, 0.1, 0.5, n=80),
               *(record.number(name, value, n=80, note="adjusted for 15 tests" if "holm" in name
                               else "") for name, value in tests.items())]  # fmt: skip
    records = {**dict(zip(WAVES, ends, strict=True)), "-".join(WAVES): between}
    table = find_table("means")(make_view(make_cohort(0), records), "a_scale", *WAVES)
    assert table.columns[2:] == ["Difference", "p", "p (Holm)", "p (Welch's t)"]
    assert [cell.text for cell in table.rows[0][1]][3:] == ["0.020", "0.30", "0.040"]
    assert table.notes[:2] == ["p: Mann-Whitney test.", "p (Holm): adjusted for 15 tests."]


def test_families_of_tests_are_told_by_their_sizes():
    notes = [f"adjusted for {size} tests" for size in (10, 5, 9, 5)]
    told = say_families(Estimate(0.1, note=note) for note in notes)
    assert told == "adjusted for 5, 9 or 10 tests, those of its own family"
    assert say_families([Estimate(0.1, note="adjusted for 1 test"), Estimate(0.1)]) == (
        "adjusted for 1 test"
    )


def test_a_table_of_shares_names_the_family_its_p_values_are_adjusted_for():
    view = profile_view()
    frame = view.estimates.frame.copy()
    frame.loc[frame["statistic"] == "proportions_pvalue_holm", "note"] = "adjusted for 15 tests"
    view = View(view.cohort, type(view.estimates)(frame), view.wave)
    table = find_table("comparison")(view, "a_single", *WAVES)
    assert "so far apart; adjusted for 15 tests. It says" in " ".join(table.notes)


def test_bounds_weights_and_balance_have_their_tables():
    between = "-".join(WAVES)
    view = view_of(make_cohort(0), "a_multiple", USUAL, pairs=0)
    table = find_table("bounds")(view, "a_multiple", *WAVES)
    assert texts_of(table)["Other"] == ["+15.0", "+10.0 to +19.0", "−5.0 to +25.0"]
    record, weights = Recorder(ALL, "a_single"), Recorder(ALL, "weights")
    costs = [weights.number("n_effective", 61.4, n=80), weights.number("design_effect", 1.3, n=80),
             weights.number("largest", 4.24, n=80)]  # fmt: skip
    balance = [record.number("largest_smd", 0.234, n=80)]
    weighted = [record.number("nobs", 80, n=80), *record.counted("oak", 36, 80),
                record.number("largest_smd", 0.02, n=80), *costs]  # fmt: skip
    waves = {wave: [record.number("nobs", 80, n=80), *record.counted("oak", 40, 80)]
             for wave in WAVES}  # fmt: skip
    view = make_view(make_cohort(0), {**waves, between: balance, f"{between}:weighted": weighted})
    assert texts_of(find_table("weighted")(view, "a_single", *WAVES)) == {
        "Oak": ["50%", "50%", "45%"]
    }
    assert texts_of(find_table("balance")(view, *WAVES)) == {
        "What is of the kind single": ["0.23", "0.02"],
        "Effective number of people": ["", "61"], "Design effect": ["", "1.3"],
        "Largest weight (mean 1)": ["", "4.2"],
    }  # fmt: skip


# Pairs --------------------------------------------------------------------------------------------


def test_pairs_of_numbers_keep_their_digits():
    names = {"nobs": 8.0, "mean_first": 5.5, "mean_second": 5.5625, "median_first": 5.5,
             "mean_difference": 0.0625, "ttest_rel_df": 7.0, "ttest_rel_statistic": 1.04,
             "ttest_rel_pvalue": 0.351, "tost_pvalue": 0.002, "mean_difference_share": 0.0114,
             "minimum_detectable_difference": 0.2, "minimum_detectable_share": 0.04}  # fmt: skip
    record = Recorder(ALL, "a_number")
    records = [record.number(name, value, n=8, note="margin 0.5" if "tost" in name else "")
               for name, value in names.items()]  # fmt: skip
    view = make_view(make_cohort(0), {"panel": records})
    records += [
        record.number("wilcoxon_pvalue", 0.4, n=8),
        record.number("ttest_rel_pvalue_holm", 0.7, n=8, note="adjusted for 2 tests"),
    ]
    tested = make_view(make_cohort(0), {"panel": records})
    labels = list(texts_of(find_table("paired_numbers")(tested, "a_number", *WAVES)))
    place = labels.index("p of the paired t-test")
    assert labels[place + 1] == "The same, adjusted for 2 tests (Holm)"
    assert labels[place + 2] == "p of Wilcoxon's signed-rank test"
    table = find_table("paired_numbers")(view, "a_number", *WAVES)
    assert texts_of(table) == {
        "Pairs": ["8"], "Mean: The spring": ["5.50"], "Mean: The autumn": ["5.56"],
        "Median: The spring": ["5.5"], "Mean difference, second minus first": ["0.063"],
        "Paired t, of first minus second": ["1.04"], "Degrees of freedom": ["7"],
        "p of the paired t-test": ["0.35"],
        "p of the equivalence test, margin 0.50": ["0.002"],
        "Change found four times out of five": ["0.20"],
        "The same, as a share of the first mean": ["4%"],
    }  # fmt: skip


def test_the_tests_of_categories_stand_in_notes_unless_they_are_withheld():
    view = view_of(make_cohort(), "a_ordered", USUAL).on("panel")
    notes = " ".join(find_table("paired_categories")(view, "a_ordered", *WAVES).notes)
    assert "Of the 60 who answered in both surveys: Stuart-Maxwell chi-squared" in notes
    assert "gave a higher answer the second time" in notes
    frame = view.estimates.frame
    frame.loc[frame["statistic"].isin(["stuart_maxwell_pvalue", "increased"]), "value"] = None
    gone = View(view.cohort, type(view.estimates)(frame), "panel")
    notes = " ".join(find_table("paired_categories")(gone, "a_ordered", *WAVES).notes)
    assert "Stuart-Maxwell" not in notes
    assert "higher" not in notes
    change = find_table("change")(view, "a_ordered")
    assert [label for label, _ in change.rows] == ["Higher", "The same", "Lower"]


def test_ticks_of_pairs_have_their_cells_and_both_directions():
    # A skill: three named it twice, one at first only, two at second only, two never.
    cells = {"only_first": 1, "both": 3, "only_second": 2, "neither": 2}
    whole, record = Recorder(ALL, "a_multiple"), Recorder(ALL, "a_multiple:oak")
    records = [whole.number("nobs", 8, n=8), record.number("difference", 0.125, -0.3, 0.5, n=8),
               *(record.number(f"mcnemar_pvalue{one}", 1, n=8) for one in ("", "_holm")),
               record.share(3, 4, statistic="second_given_first")]  # fmt: skip
    records += [one for cell, count in cells.items() for one in record.counted(cell, count, 8)]
    view = make_view(make_cohort(0), {"panel": records})
    assert texts_of(find_table("cells")(view, "a_multiple", *WAVES)) == {
        "Oak": ["1", "3", "2", "2", "+12.5", "1.00", "1.00"]
    }
    given = find_table("given")(view, "a_multiple", *WAVES, words={"again": "Did it again"})
    assert texts_of(given) == {"Oak": ["4", "75%", "30% to 95%", "0", "–", ""]}
    assert given.columns[1] == "Did it again"


# From the export to the estimates -----------------------------------------------------------------


def test_rows_flow_from_the_export_to_the_responses():
    dropped = Recorder(ALL, "dropped")
    records = [Recorder(ALL, "raw_rows").number("count", 9, n=9),
               Recorder(ALL, "responses").number("count", 6, n=6),
               *dropped.counted("repeat", 2, 9), *dropped.counted("preview", 1, 9)]  # fmt: skip
    view = make_view(make_cohort(), {WAVES[0]: records})
    assert texts_of(find_table("flow")(view, reasons={"repeat": "answered again"})) == {
        "Rows in the export": ["9"], "Dropped: answered again": ["−2"], "Dropped: preview": ["−1"],
        "Responses analysed": ["6"],
    }  # fmt: skip
    assert texts_of(find_table("counts")(view, "dropped")) == {"repeat": ["2"], "preview": ["1"]}
    assert texts_of(find_table("contents")(view)) == {"spring": ["6", "3"]}


def test_sizes_of_programs_and_types():
    responses = Recorder(ALL, "responses")
    records = [responses.number("count", 60, n=60), *responses.counted("walk", 45, 60),
               *responses.counted("walk_one", 45, 60)]  # fmt: skip
    records += [Recorder(part, "responses").number("count", 45, n=45)
                for part in ("program_type=walk", "program=walk_one")]  # fmt: skip
    table = find_table("sizes")(make_view(make_cohort(), {WAVES[0]: records}))
    assert table.columns == ["Visitors", "Share"]
    assert texts_of(table) == {
        "Guided walks": ["45", "75.0%"], "First walk": ["45", "75.0%"], "All": ["60", "100.0%"]
    }  # fmt: skip
    assert find_table("sizes")(make_view(make_cohort(0), {WAVES[0]: records})) is None


@pytest.fixture
def read(tmp_path, monkeypatch):
    """Return a function that gives the tables of how answers were read, of a log of answers."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cohorts").mkdir()
    (tmp_path / "pyproject.toml").touch()
    folder = tmp_path / "data/processed/trees/spring"
    folder.mkdir(parents=True)

    def tell(log: str, minimum: int = 0, **more: str) -> tuple[dict, dict, list[str]]:
        (folder / "answers.csv").write_text(f"variable,answer,value,reason,times\n{log}")
        cohort = make_cohort(disclosure={"minimum": minimum, **more})
        for name, described in cohort.codebook.variables.items():
            described.label = name
        view = make_view(cohort, {"spring": []})
        answers, unread = find_table("answers")(view), find_table("unread")(view)
        return texts_of(answers), texts_of(unread) if unread else {}, answers.notes

    return tell


def test_answers_are_counted_by_how_they_were_read(read):
    answers, unread, notes = read(
        "a_money,100,100,,5\na_money,a lot,,not a number,2\na_money,,,blank,3\n"
        "a_money,,,not asked,4\na_multiple__oak,yes,oak,,1\na_text,(typed),,answered,2\n"
        "a_date,2018-##-##,,read,7\n"
    )
    assert answers == {
        # Days are not logged, only that they were read.
        "a_date": ["", "7", "0", "0"],
        # A column an option: an empty one says nothing of who left the question out.
        "a_money": ["2", "5", "3", "2"], "a_multiple *": ["1", "1", "–", "0"],
        # What was typed is not read, so that nobody knows how many texts differ.
        "a_text": ["", "2", "0", "0"],
    }  # fmt: skip
    assert unread == {"a_money: not a number": ["2"]}
    assert "a column for each option" in notes[0]
    answers, _, notes = read("a_rank__oak,2,2,,1\n")
    assert [*answers] == ["a_rank †"]
    assert notes == [
        "† What is read are the places of options, several a person, each in a column."
    ]


def test_answers_of_few_people_are_not_counted_out(read):
    log = "a_money,100,100,,5\na_money,a lot,,not a number,2\na_money,,,blank,4\n"
    answers, unread, _ = read(log, minimum=5)
    assert answers["a_money"] == ["2", "5", "fewer than 5", "fewer than 5"]
    assert unread == {"a_money: not a number": ["fewer than 5"]}
    # Two different answers are not rounded to none.
    assert read(log, minimum=5, method="round")[0]["a_money"][:2] == ["fewer than 5", "5"]
    # Where nobody left it blank, those who answered not at all would be who could not be read.
    answers, _, _ = read(log.replace("a_money,,,blank,4\n", ""), minimum=5)
    assert answers["a_money"][2:] == ["fewer than 5", "fewer than 5"]


def test_a_reason_of_few_people_does_not_follow_from_the_others(read):
    log = ("a_money,100,100,,5\na_money,a lot,,not a number,20\na_money,1e9,,not plausible,2\n"
           "a_money,,,blank,9\n")  # fmt: skip
    answers, unread, _ = read(log, minimum=5)
    # 22 less 20 would be the two.
    assert answers["a_money"][3] == "22"
    assert sorted(unread.values()) == [["fewer than 5"], ["–"]]
    # Who gave no usable answer is known, so that those who left it blank would tell the others.
    answers, _, _ = read(log.replace("a_money,a lot,,not a number,20\n", ""), minimum=5)
    assert answers["a_money"][2:] == ["–", "fewer than 5"]


# How a table is set -------------------------------------------------------------------------------


def test_the_html_is_accessible_and_the_same_each_time():
    view = view_of(make_cohort(), "a_single", USUAL, pairs=0)
    view.codebook.variables["a_single"].categories["oak"].label = "<b>Oak</b> & bold"
    html = find_table("shares")(view, "a_single").as_html()
    assert html == find_table("shares")(view, "a_single").as_html()
    assert 'scope="row"' in html
    assert html.count("<table") == 2
    # Labels are never markup.
    assert "<b>Oak" not in html
    assert "&lt;b&gt;Oak" in html
