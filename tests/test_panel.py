import csv
from pathlib import Path

import pandas as pd
import pytest
from small_cohort import STUDY, person, write_cohort

from altcred.clean.responses import build_responses
from altcred.core.errors import InvalidInput
from altcred.link.panel import match_panel

OUT = Path("data/processed/small/panel")
LATER = {"at": "2021-05-01 09:00:00"}
WHO = {"born": 1990, "country": "Chile", "work": "Employed"}
IP, OTHER_IP = "198.51.100.7", "198.51.100.8"


@pytest.fixture(autouse=True)
def in_own_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def match(begin, end, **files):
    write_cohort(begin, end, **files)
    build_responses("small", "begin")
    build_responses("small", "end")
    summary = match_panel("small", "begin", "end")
    with (OUT / "matches.csv").open(encoding="utf-8", newline="") as file:
        matches = [
            (line["first_id"], line["second_id"], line["rule"]) for line in csv.DictReader(file)
        ]
    assert len(matches) == summary.pairs
    return matches


# A pair that is always found, so that a panel of nobody else is still one.
ANCHOR = {"email": "anchor@x.org"}


def match_beside_anchor(begin, end, **files):
    matches = match([person(**ANCHOR), *begin], [person(**ANCHOR, **LATER), *end], **files)
    assert ("begin-000001", "end-000001", "email") in matches
    return [one for one in matches if one[0] != "begin-000001"]


def test_rules_are_tried_in_their_order_and_recorded():
    matches = match(
        [
            person(email="A@x.org", ip=IP, **WHO),
            person(email="b@x.org", ip=OTHER_IP, gender="Male", born=1980),
            person(email="c@x.org", gender="Male", **WHO),
            person(email="d@x.org", born=1970),
        ],
        [
            person(**LATER, email="changed@x.org", ip=OTHER_IP, gender="Male", born=1980),
            person(**LATER, email="a@x.org ", ip=OTHER_IP, born=1991),
            person(**LATER, gender="Male", **WHO),
            person(**LATER, born=1971),
        ],
    )
    # The address of b is of two rows at the end, so it is nobody's.
    assert matches == [
        ("begin-000001", "end-000002", "email"),
        ("begin-000003", "end-000003", "demographics"),
    ]


def test_an_address_of_one_row_each_matches_unless_what_must_agree_does_not():
    assert match_beside_anchor([person(ip=IP, born=1980)], [person(**LATER, ip=IP, born=1980)]) == [
        ("begin-000002", "end-000002", "ip")
    ]
    assert (
        match_beside_anchor([person(ip=IP, born=1980)], [person(**LATER, ip=IP, born=1981)]) == []
    )
    # A blank does not disagree.
    assert match_beside_anchor([person(ip=IP, born=1980)], [person(**LATER, ip=IP)]) == [
        ("begin-000002", "end-000002", "ip")
    ]


def test_a_shared_address_stays_ambiguous_when_one_of_its_people_has_been_found():
    begin = [person(ip=IP, email="a@x.org"), person(ip=IP, email="b@x.org")]
    end = [person(**LATER, ip=IP, email="a@x.org"), person(**LATER, ip=OTHER_IP)]
    end.append(person(**LATER, ip=IP, email="other@x.org"))
    assert match_beside_anchor(begin, end) == [("begin-000002", "end-000002", "email")]


def test_demographics_of_two_people_match_nobody_until_one_has_been_found():
    twins = [person(email="a@x.org", **WHO), person(**WHO)]
    later = [person(**LATER, **WHO)]
    assert match_beside_anchor(twins, later) == []
    later.append(person(**LATER, email="a@x.org", **WHO))
    assert match_beside_anchor(twins, later) == [
        ("begin-000002", "end-000003", "email"),
        ("begin-000003", "end-000002", "demographics"),
    ]


def test_blanks_match_nobody():
    assert match_beside_anchor([person(), person(born=1990)], [person(**LATER)] * 2) == []


def test_another_program_is_never_a_match():
    begin = [person(email="a@x.org", ip=IP, program="Knots", **WHO)]
    end = [person(**LATER, email="a@x.org", ip=IP, program="Stars", **WHO)]
    assert match_beside_anchor(begin, end) == []


def test_a_person_in_two_programs_is_matched_in_each():
    both = [person(email="a@x.org", program=program) for program in ("Knots", "Stars")]
    later = [person(**LATER, email="a@x.org", program=program) for program in ("Stars", "Knots")]
    assert match_beside_anchor(both, later) == [
        ("begin-000002", "end-000003", "email"),
        ("begin-000003", "end-000002", "email"),
    ]


def test_an_end_before_the_begin_is_no_match():
    begin = [person(email="a@x.org", at="2020-05-01 10:00:00")]
    assert match_beside_anchor(begin, [person(email="a@x.org", at="2020-05-01 09:59:00")]) == []


def test_the_panel_holds_both_sides():
    match(
        [person(email="a@x.org", at="2020-05-01 23:00:00", benefits="Learn something", **WHO)],
        [person(email="a@x.org", at="2020-05-04 01:00:00", applied="Here", born=1990)],
    )
    panel = pd.read_parquet(OUT / "panel.parquet")
    row = panel.iloc[0]
    assert (row["program"], row["program_type"], row["rule"]) == ("knots", "short", "email")
    assert row["days_between"] == 3
    assert row["benefits__learn__first"]
    assert "applied__here__first" not in panel.columns
    assert row["applied__here__second"]
    for side, wave in (("first", "begin"), ("second", "end")):
        rows = pd.read_parquet(f"data/processed/small/{wave}/responses.parquet")
        assert panel[f"{side}_id"].tolist() == rows["response_id"].tolist()
        answers = panel.filter(regex=f"__{side}$")
        answers.columns = answers.columns.str.removesuffix(f"__{side}")
        assert answers.equals(rows[answers.columns])
        assert set(rows.columns) - set(answers.columns) == {
            "response_id", "program", "program_type", "submitted"
        }  # fmt: skip


def test_a_panel_of_nobody_is_empty_and_says_what_each_rule_left():
    assert match([person(email="a@x.org")], [person(**LATER, email="b@x.org")]) == []
    assert len(pd.read_parquet(OUT / "panel.parquet")) == 0
    rules = pd.read_csv(OUT / "rules.csv").set_index("rule")
    assert rules.loc["email"].tolist() == [0] * 7
    assert rules.loc["ip", ["without_first", "without_second"]].tolist() == [1, 1]


def test_a_wave_that_was_not_built_is_named():
    write_cohort([person()], [person()])
    build_responses("small", "begin")
    with pytest.raises(InvalidInput, match="Build the responses of wave end first"):
        match_panel("small", "begin", "end")


def test_a_panel_the_study_does_not_have_is_named():
    write_cohort([person()], [person()])
    with pytest.raises(InvalidInput, match="no panel of end and begin"):
        match_panel("small", "end", "begin")


def test_a_rule_by_what_one_wave_did_not_ask_is_named():
    study = STUDY.replace("agree: [birth_year, gender]", "agree: [applied]")
    write_cohort([person()], [person()], study=study)
    with pytest.raises(InvalidInput, match="'applied' was not asked in wave begin"):
        match_panel("small", "begin", "end")


def test_tokens_do_not_reach_the_panel():
    match([person(email="a@x.org", ip=IP)], [person(**LATER, email="a@x.org", ip=IP)])
    tokens = pd.read_parquet("data/processed/small/begin/identifiers.parquet")
    written = pd.read_parquet(OUT / "panel.parquet").to_csv()
    assert tokens["email_token"][0] not in written
    assert tokens["ip_token"][0] not in written
