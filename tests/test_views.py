"""A view finds estimates and has the words for them, in any study's waves, parts and locale."""

import re

import pytest
from small_view import WAVES, make_cohort, make_view, view_of

from altcred.core.records import ALL, Recorder
from altcred.describe.study import StudyFile
from altcred.kinds import find_kind, list_kinds


def test_subgroups_have_names_and_labels_with_programs_or_without():
    old = {"label": "Old", "where": {"a_year": "[, 9]"}}
    view = view_of(make_cohort(2, subgroups={"old": old}), "a_single", (4, 3, 2, 1), pairs=0)
    assert view.subgroups() == ["program_type=walk", "program_type=course", ALL]
    assert view.subgroups(total=False) == ["program_type=walk", "program_type=course"]
    chosen = view.subgroups(["course", "walk_one", "old", ALL])
    assert chosen == ["program_type=course", "program=walk_one", "old", ALL]
    assert list(map(view.subgroup_label, [*chosen, "old & program_type=walk"])) == [
        "Guided courses", "First walk", "Old", "All", "Guided walks, Old"
    ]  # fmt: skip
    alone = view_of(make_cohort(0), "a_single", (4, 3, 2, 1), pairs=0)
    assert alone.subgroups() == alone.subgroups(total=False) == [ALL]
    assert alone.programs() == []


def test_a_side_of_a_panel_is_its_folder_and_the_wave():
    view = view_of(make_cohort(), "a_single", (4, 3, 2, 1), pairs=0)
    assert view.on("panel").side("autumn").wave == "panel:autumn"
    assert view.side("autumn").wave == "autumn"
    assert view.wave_label("panel:autumn") == "The autumn"
    assert view.people == view.on("panel:spring").people == "visitors"
    assert view.on("panel").people == "people"


def test_categories_are_ordered_by_the_codebook_or_by_share():
    view = view_of(make_cohort(), "a_single", (1, 5, 3, 9), pairs=0)
    assert view.categories("a_single") == ["oak", "lime", "yew", "other"]
    assert view.categories("a_single", falling=True) == ["lime", "yew", "oak", "other"]
    assert view.categories("a_single", top=1) == ["lime"]
    numbers = view_of(make_cohort(), "a_number", (1, 5, 3, 9), pairs=0)
    assert numbers.categories("a_number") == ["[0, 10)", "[10, 20)", "[20, 50)", "[50, 100)"]
    assert view.categories("nothing") == []


@pytest.mark.parametrize(
    ("locale", "median", "bin", "share"),
    [
        ("en_US", "€12,790.50", "€10–19", "12.5%"),
        ("de_DE", "12.790,50\u00a0€", "10–19\u00a0€", "12,5\u00a0%"),
    ],
)
def test_amounts_and_ranges_are_written_by_the_locale(locale, median, bin, share):
    record = Recorder(ALL, "a_money")
    records = [record.number("median", 12790.5, 1e4, 2e4, n=9),
               *record.counted("[10, 20)", 1, 8)]  # fmt: skip
    view = make_view(make_cohort(locale=locale), {WAVES[0]: records})
    assert view.write(view.find("a_money", "", "median")) == median
    assert view.label("a_money", "[10, 20)") == bin
    assert view.write(view.find("a_money", "[10, 20)"), digits=1) == share
    assert view.write(view.find("a_money", "", "mode")) == "–"


def test_years_have_no_separated_thousands():
    records = [Recorder(ALL, name).number("mean", 1985.5, 1980, 1990, n=9)
               for name in ("a_year", "a_number")]  # fmt: skip
    view = make_view(make_cohort(), {WAVES[0]: records})
    year, number = view.find("a_year"), view.find("a_number")
    assert (view.write(year), view.write_interval(year)) == ("1986", "1980 to 1990")
    assert (view.write(number), view.write_interval(number)) == ("1,986", "1,980 to 1,990")
    assert view.label("a_year", "[1980, 1990)") == "1980–1989"


def test_labels_of_what_the_codebook_lacks():
    view = view_of(make_cohort(), "a_single", (4, 3, 2, 1), pairs=0)
    assert view.label("days_between") == "Days between the two surveys"
    assert view.label("days_between", "[0, 30)") == "0–29"
    assert view.label("pairs", "walk") == "Guided walks"
    assert view.label("pairs", "email") == "email"
    assert view.described("a_single:oak").label == "What is of the kind single"
    assert isinstance(view.study, StudyFile)


@pytest.mark.parametrize("counts", [(40, 25, 12, 3), (57, 0, 0, 0), (2, 1, 1, 0), (0, 0, 0, 0)])
@pytest.mark.parametrize("kind", list_kinds())
def test_every_kind_says_what_it_shows(kind, counts):
    cohort = make_cohort()
    for hidden in ([], ["lime", "[10, 20)", "FRA"]):
        view = view_of(cohort, f"a_{kind}", counts, hidden=hidden)
        shown = find_kind(kind)
        panel, sides = view.on("panel"), [view.on("panel").side(wave) for wave in WAVES]
        texts = [shown.sentence(view, f"a_{kind}")]
        if shown.chart:
            texts.append(shown.alt(view, f"a_{kind}", "program_type=walk"))
            assert texts[-1].startswith(f"What is of the kind {kind}.")
        if shown.is_compared:
            texts.append(shown.change(panel, f"a_{kind}", *sides))
        for text in texts:
            assert not re.search(r"\bnan\b|None(?! of)|\{\{|  |\(\)|–|, \.|\$ ", text), text
            assert not text or text[-1] in ".:|", text
            assert "a_" not in text
