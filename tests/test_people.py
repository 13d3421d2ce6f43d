"""Who is who: participant codes, repeats and pairs, from small tables to the panel."""

import csv
import random
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from altcred.clean.responses import build_responses, check_rows
from altcred.core.errors import InvalidInput
from altcred.describe.cohort import open_cohort
from altcred.estimate.panel import estimate_panel
from altcred.estimate.store import Estimates
from altcred.estimate.wave import estimate_flow
from altcred.link.panel import match_panel
from altcred.link.preview import PanelPreview
from altcred.read.identifiers import normalise_code
from altcred.write.pairs import describe_rules
from altcred.write.repeats import describe_repeats
from altcred.write.tables import find_table
from altcred.write.views import View

CODEBOOK = """
variables:
  code: {label: Code, kind: identifier, question: {pre: Code, post: Code}}
  name: {label: Name, kind: identifier, question: {pre: Name, post: Name}}
  born: {label: Born, kind: year, question: {pre: Born, post: Born}}
  likes:
    label: Likes
    kind: multiple
    question: {pre: Likes, post: Likes}
    categories: {tea: Tea, milk: Milk, rum: {label: Rum, waves: [post]}}
  level:
    label: Level
    kind: ordered
    question: {pre: Level, post: Level}
    categories: {low: Low, high: High}
  term:
    label: Term
    kind: ordered
    question: {pre: Term, post: Term}
    categories: {spring: Spring, autumn: Autumn}
  score: {label: Score, kind: count, question: {pre: Score, post: Score}}
"""
COLUMNS = ["When", "Mail", "Code", "Part", "Name", "Born", "Likes", "Level", "Term", "Score"]
PERSON = [{"name": "code", "keys": ["person"]}]


@pytest.fixture(autouse=True)
def in_own_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ALTCRED_KEYS", str(tmp_path.parent / f"{tmp_path.name}-keys"))


def write_rows(wave, rows):
    folder = Path("data/raw/codes")
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{wave}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows({"Score": 1, **row} for row in rows)


def build(pre, post, rules=PERSON, codebook=CODEBOOK, duplicates=None, **wave):
    """Build the panel of two small waves; return its pairs as places in the exports."""
    shared = {"status": None, "submitted": None, "person": "Code"} | wave
    study = {
        "name": "codes", "title": "Codes", "disclosure": {"minimum": 0},
        "waves": {name: {"label": name, "exports": [f"{name}.csv"], **shared}
                  for name in ("pre", "post")},
        "duplicates": duplicates or {},
        "panels": [{"first": "pre", "second": "post", "rules": rules}],
    }  # fmt: skip
    for side, own in wave.get("own", {}).items():
        study["waves"][side] |= own
    for one in study["waves"].values():
        one.pop("own", None)
    Path("cohorts/codes").mkdir(parents=True, exist_ok=True)
    Path("cohorts/codes/study.yaml").write_text(yaml.safe_dump(study), encoding="utf-8")
    Path("cohorts/codes/codebook.yaml").write_text(codebook, encoding="utf-8")
    write_rows("pre", pre)
    write_rows("post", post)
    for name in ("pre", "post"):
        build_responses("codes", name)
    match_panel("codes", "pre", "post")
    places = {}
    for name in ("pre", "post"):
        for row in decisions(name).itertuples():
            places[row.response_id] = row.row - 2
    found = pd.read_csv("data/processed/codes/panel/matches.csv")
    return [(places[one.first_id], places[one.second_id], one.rule) for one in found.itertuples()]


def decisions(wave):
    return pd.read_csv(f"data/processed/codes/{wave}/decisions.csv", keep_default_na=False)


def left(rule):
    return pd.read_csv("data/processed/codes/panel/rules.csv").set_index("rule").loc[rule]


def codes(*given):
    return [{"Code": code} for code in given]


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("QX 71 b", "qx71b"), ("007", "007"), ("7.0", "7"), ("ÅSE", "åse"), ("A\u030aSE", "åse"),
        ("0", "0"), ("-", None), (" . ", None), ("N/A", None), ("None", None), ("xx", None),
        ("-99", None), ("1.2E+11", None), ("", None),
    ],
)  # fmt: skip
def test_what_is_a_code(written, folded):
    assert normalise_code(written) == folded


def test_codes_of_the_surveyor_s_own_may_mean_none():
    assert normalise_code("Vet  ikke", blank=["vet ikke"]) is None
    assert normalise_code(" Qx 7 ", exact=True) == "Qx 7"


def test_pairs_are_made_by_the_code_without_case_and_blanks():
    pre = codes("QX71", "007", "ab 12", "", "-", "only")
    post = codes("AB12", "7", " qx71", "N/A", "", "other")
    assert build(pre, post) == [(0, 2, "code"), (2, 0, "code")]
    rule = left("code")
    assert rule[["pairs", "without_first", "without_second"]].tolist() == [2, 2, 2]
    shown = estimate_flow("codes", "pre").query("variable == 'without_code'")
    assert shown["value"].tolist() == [2]


def test_an_exact_code_keeps_capitals_and_blanks():
    person = {"columns": ["Code"], "exact": True}
    assert build(codes("Qx", "a b"), codes("qx", "a b"), person=person) == [(1, 1, "code")]


def test_zeros_that_a_spreadsheet_cut_off_may_tell_nobody_apart():
    pre, post = codes("0071", "000", "A07", "0100"), codes("71", "0", "a7", "100.0")
    assert build(pre, post) == []
    person = {"columns": ["Code"], "leading_zeros": False}
    assert build(pre, post, person=person) == [(0, 0, "code"), (1, 1, "code"), (3, 3, "code")]


def test_a_code_of_several_columns_is_one_in_each_wave():
    pre = [{"Code": "AN", "Part": "07"}, {"Code": "A", "Part": "N07"}, {"Code": "BE", "Part": ""}]
    post = [{"Code": "an", "Part": "07"}, {"Code": "be", "Part": ""}]
    assert build(pre, post, person=["Code", "Part"]) == [(0, 0, "code")]
    # One wave asked for the whole.
    own = {"pre": {"person": ["Code", "Part"]}}
    assert build(pre[:1], codes("An07"), own=own) == [(0, 0, "code")]


def test_parts_that_run_together_are_named_unless_a_row_of_them_is_dropped():
    own = {"pre": {"person": ["Code", "Part"]}}
    pre = [{"Code": "1", "Part": "23", "Mail": "a"}, {"Code": "12", "Part": "3", "Mail": "b"}]
    with pytest.raises(InvalidInput, match="row 2: has the participant code of row 3"):
        build(pre, codes("123"), own=own)
    own["pre"]["exclude"] = [{"name": "left", "column": "Mail", "is": "b"}]
    assert build(pre, codes("123"), own=own) == [(0, 0, "code")]
    assert any("1 and 23 are then" in str(one) for one in check_rows(open_cohort("codes")))
    # Of as many columns in both waves the parts stay apart.
    post = [{"Code": "12", "Part": "3"}, {"Code": "1", "Part": "23"}]
    assert build(pre, post, person=["Code", "Part"]) == [(0, 1, "code"), (1, 0, "code")]


def test_repeats_are_settled_before_pairs_and_what_stays_in_doubt_matches_nobody():
    pre, post = codes("k", "K ", "m"), codes("m", "k")
    assert build(pre, post) == [(0, 1, "code"), (2, 0, "code")]
    assert decisions("pre")["comparison"].tolist()[1] == "same participant code"
    assert build(pre, post, duplicates={"keep": "last"}) == [(1, 1, "code"), (2, 0, "code")]
    assert build(pre, post, duplicates={"keep": "none"}) == [(2, 0, "code")]
    assert build(pre, post, duplicates={"person": False}) == [(2, 0, "code")]
    assert left("code")[["tied_first", "tied_second"]].tolist() == [2, 1]


def test_the_kept_row_goes_by_answers_place_or_a_variable():
    pre = [
        {"Code": "k", "Term": "Autumn", "When": "2024-03-05"},
        {"Code": "k", "Term": "Spring", "When": "2024-03-07", "Born": 1990, "Level": "Low"},
        {"Code": "k", "When": "2024-03-01"},
    ]
    for duplicates, kept in (
        ({}, 2),
        ({"by": "file"}, 0),
        ({"by": "term"}, 1),
        ({"by": "term", "keep": "last"}, 0),
        ({"keep": "most_complete"}, 1),
    ):
        pairs = build(pre, codes("k"), duplicates=duplicates, submitted="When")
        assert pairs == [(kept, 0, "code")]


def test_one_e_mail_is_one_person_without_any_network():
    rows = [{"Mail": "a@x.org"}, {"Mail": "A@X.org"}, {"Mail": "b@x.org"}]
    rules = [{"name": "mail", "keys": ["email"]}]
    pairs = build(rows, rows[2:], rules, email="Mail", person=[])
    assert pairs == [(2, 0, "mail")]
    assert decisions("pre")["reason"].tolist() == ["", "repeat", ""]


def test_an_identifier_in_a_rule_is_a_code_and_is_stored_as_a_token_only():
    rules = [{"name": "code", "keys": ["code"]}]
    pairs = build(codes("Secret9", "secret 9", "b"), codes("SECRET9"), rules, person=[])
    assert pairs == [(0, 0, "code")]
    for path in Path("data/processed").rglob("*"):
        if path.is_file():
            assert b"secret" not in path.read_bytes().lower()
    tokens = pd.read_parquet("data/processed/codes/pre/identifiers.parquet")
    assert tokens["code_token"].str.fullmatch("[0-9a-f]{32}").all()
    # A name that no rule compares is not even read.
    assert "name_token" not in tokens


def test_responses_of_an_earlier_description_are_refused():
    build(codes("a"), codes("a"))
    study = Path("cohorts/codes/study.yaml")
    study.write_text(study.read_text("utf-8").replace("- person", "- code"), "utf-8")
    with pytest.raises(InvalidInput, match="holds no tokens of 'code'"):
        match_panel("codes", "pre", "post")


def test_years_may_differ_within_a_tolerance_and_ties_match_nobody():
    rules = [{"name": "born", "keys": ["level"], "within": {"born": 1}}]
    years = ((1990, "Low"), (1980, "Low"), (1970, "High"), (1950, "Low"))
    pre = [{"Born": born, "Level": level} for born, level in years]
    later = ((1991, "Low"), (1979, "Low"), (1981, "Low"), (1970, "Low"), (1952, "Low"))
    post = [{"Born": born, "Level": level} for born, level in later]
    assert build(pre, post, rules, person=[]) == [(0, 0, "born")]
    assert left("born")[["tied_first", "tied_second"]].tolist() == [1, 2]


def test_ticks_and_levels_are_keys_though_one_wave_offered_more():
    rules = [{"name": "answers", "keys": ["likes", "level"]}]
    pre = [{"Likes": "Tea,Milk", "Level": "Low"}, {"Likes": "Tea", "Level": "Low"}]
    post = [{"Likes": "Tea,Rum", "Level": "Low"}, {"Likes": "Tea,Milk", "Level": "Low"}]
    assert build(pre, post, rules, person=[]) == [(0, 1, "answers")]


def test_names_spelled_nearly_alike_are_found_and_not_stored():
    rules = [{"name": "names", "keys": ["level"], "fuzzy": {"name": 0.75}}]
    names = ("Katherine Johnson", "José García", "Per Aas", "-", "Anna Berg")
    pre = [{"Name": name, "Level": "Low"} for name in names]
    later = ("Garcia, Jose", "Kathrine Jonson", "Ida Moe", "-", "Anna Berg", "Anne Berg")
    post = [{"Name": name, "Level": "Low"} for name in later]
    assert build(pre, post, rules, person=[]) == [(0, 1, "names"), (1, 0, "names")]
    # Two are like Anna Berg, and nobody says which of them she is.
    assert left("names")[["tied_first", "tied_second"]].tolist() == [1, 2]
    for path in Path("data/processed").rglob("*"):
        if path.is_file():
            assert b"berg" not in path.read_bytes().lower()


def test_answers_of_one_day_are_in_order_and_earlier_ones_are_counted():
    at = [{"Code": "a", "When": "2024-03-01 10:00:00"}, {"Code": "b", "When": "2024-03-02 10:00"}]
    then = [{"Code": "a", "When": "2024-03-01"}, {"Code": "b", "When": "2024-03-01"}]
    assert build(at, then, submitted="When") == [(0, 0, "code")]
    # Both answers of one moment, as of one row.
    assert build(at[:1], at[:1], submitted="When") == [(0, 0, "code")]
    build(at, then, submitted="When")
    assert left("code")["earlier"] == 1


def test_what_agrees_by_a_later_rule_is_left_to_it():
    rules = [*PERSON, {"name": "who", "keys": ["born", "level"], "agree": ["person"]}]
    who = {"Born": 1990, "Level": "Low"}
    pre = [{"Code": "a", **who}, {"Code": "b", "Born": 1970, "Level": "Low"}]
    post = [{"Code": "", **who}, {"Code": "c", "Born": 1970, "Level": "Low"}]
    assert build(pre, post, rules) == [(0, 0, "who")]
    assert left("who")["disagreeing"] == 1


@pytest.mark.parametrize(
    ("code", "said"),
    [("A", "pre and post: 1 pair (1 by code)"), ("b", "pre and post: no rule finds anybody")],
)
def test_check_tells_beforehand_whom_the_rules_find(code, said):
    build(codes("a", "c"), codes(code, ""))
    cohort = open_cohort("codes")
    preview = PanelPreview(cohort)
    assert list(check_rows(cohort, preview.look)) == []
    assert next(preview.notes()).startswith(said)


def test_a_panel_of_nobody_is_estimated():
    assert build(codes("a"), codes("b")) == []
    found = estimate_panel("codes", "pre", "post")
    assert found.query("wave == 'panel' and variable == 'pairs'")["value"].tolist() == [0]


def test_an_identifier_is_no_condition():
    codebook = CODEBOOK.replace("label: Level", "label: Level\n    asked_if: {code: [a]}")
    with pytest.raises(InvalidInput, match="responses do not hold"):
        build(codes("a"), codes("a"), codebook=codebook)


def test_what_was_ticked_orders_a_person_s_rows_too():
    pre = [{"Code": "k", "Likes": "Tea,Milk"}, {"Code": "k", "Likes": "Milk"}]
    assert build(pre, codes("k"), duplicates={"by": "likes"}) == [(1, 0, "code")]


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"keys": ["comment"]}, "make it kind identifier"),
        ({"keys": ["email"]}, "'email' is no column of wave pre"),
        ({"agree": ["born"]}, "compares nothing"),
        ({"keys": ["level"], "within": {"level": 1}}, "is no number"),
        ({"keys": ["level"], "fuzzy": {"born": 0.9}}, "no variable of kind identifier"),
        ({"keys": ["nothing"]}, "'nothing' is not in the codebook"),
    ],
)
def test_a_rule_that_cannot_be_compared_is_refused(rule, said):
    comment = "  comment: {label: Any, kind: text, question: {pre: Name, post: Name}}\n"
    with pytest.raises(InvalidInput, match=said):
        build([], [], [{"name": "one", **rule}], CODEBOOK + comment)
    with pytest.raises(InvalidInput, match=said):
        open_cohort("codes")


def test_the_report_says_what_each_rule_compares_found_and_left():
    rules = [*PERSON, {"name": "near", "keys": ["level"], "within": {"born": 1},
                       "agree": ["person"]}]  # fmt: skip
    pre = [{"Code": "a"}, {"Code": "-"}, {"Level": "Low", "Born": 1990}]
    post = [{"Code": "A"}, {"Level": "Low", "Born": 1991}]
    assert build(pre, post, rules) == [(0, 0, "code"), (2, 1, "near")]
    estimates = Estimates(estimate_panel("codes", "pre", "post"))
    view = View(open_cohort("codes"), estimates, "panel")
    told = describe_rules(view, ("pre", "post")).splitlines()
    assert told[-2:] == [
        "- code: equal participant code.",
        "- near: equal “Level” and “Born” that differs by at most 1, unless participant code "
        "differs.",
    ]
    beside = view.study.waves["pre"].model_copy(update={"person": "#row"})
    waves = dict.fromkeys(("pre", "post"), beside)
    study = view.study.model_copy(update={"waves": waves})
    one_file = replace(view, cohort=replace(view.cohort, study=study))
    assert "a row for each person" in describe_rules(one_file, ("pre", "post"))
    table = find_table("rules")(view, "pairs", rules=["code", "near"])
    assert table.columns == ["Pairs", "Without it, first", "Without it, second"]
    assert [[cell.text for cell in cells] for _, cells in table.rows] == [
        ["1", "2", "1"], ["1", "2", "1"]
    ]  # fmt: skip
    begin = View(open_cohort("codes"), Estimates(estimate_flow("codes", "pre")), "pre")
    assert "Two responses have no code" in describe_repeats(begin)
    assert "none is a repeat" in describe_repeats(replace(begin, cohort=one_file.cohort))


people = st.fixed_dictionaries(
    {
        "Code": st.sampled_from(["", "-", "a", "A", "b", "c", "d"]),
        "Born": st.sampled_from(["", 1990, 1991, 1993]),
        "Level": st.sampled_from(["Low", "High"]),
    }
)
RULES = [
    *PERSON,
    {"name": "born", "keys": ["level", "born"]},
    {"name": "near", "keys": ["level"], "within": {"born": 1}},
]


@settings(deadline=None, max_examples=8)
@given(
    st.lists(people, min_size=1, max_size=7), st.lists(people, min_size=1, max_size=7),
    st.randoms(use_true_random=False),
)  # fmt: skip
def test_pairs_do_not_depend_on_the_order_of_rows(pre, post, order: random.Random):
    # Of a person's rows which is kept depends on the order; so each row is kept.
    pre, post = ([{**row, "Score": at} for at, row in enumerate(rows)] for rows in (pre, post))
    sets = []
    for _ in range(2):
        pairs = build(pre, post, RULES, duplicates={"person": False})
        sets.append({(pre[one]["Score"], post[two]["Score"], rule) for one, two, rule in pairs})
        order.shuffle(pre)
        order.shuffle(post)
    assert all(one == other for one, other in pairwise(sets))
