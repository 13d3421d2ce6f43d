from itertools import permutations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from altcred.clean.duplicates import mark_duplicates
from altcred.describe.study import Duplicates

RULES = Duplicates(
    demographics=["gender", "born", "country"],
    minimum_demographics=3,
    circumstances=["payer", "hours"],
    minimum_circumstances=2,
)
COLUMNS = [
    "number", "program", "submitted", "email_token", "ip_token",
    "gender", "born", "country", "payer", "hours",
]  # fmt: skip


def rows(*people):
    """Make a frame of rows; what is not given is the first program and an address of all."""
    full = []
    columns = list(dict.fromkeys([*COLUMNS, *(name for person in people for name in person)]))
    for number, person in enumerate(people):
        row = dict.fromkeys(COLUMNS)
        row |= {"number": number, "program": "p", "ip_token": "ip"}
        row["submitted"] = pd.Timestamp("2020-01-01") + pd.Timedelta(days=number)
        full.append(row | person)
    return pd.DataFrame(full, columns=columns)


def judged(*people, rules=RULES):
    marked = mark_duplicates(rows(*people), rules)
    return [
        (bool(row.is_repeat), None if pd.isna(row.repeats) else int(row.repeats), row.comparison)
        for row in marked.itertuples()
    ]


SAME = {"gender": "f", "born": 1990.0, "country": "USA"}
FIRST = (False, None, "first at this address")


def test_e_mails_decide_where_both_are_given():
    assert judged({"email_token": "a", **SAME}, {"email_token": "a", "gender": "m"}) == [
        FIRST,
        (True, 0, "same e-mail"),
    ]
    assert judged({"email_token": "a", **SAME}, {"email_token": "b", **SAME}) == [
        FIRST,
        (False, None, "different e-mail"),
    ]


def test_demographics_decide_where_an_e_mail_is_missing():
    assert judged({"email_token": "a", **SAME}, SAME)[1] == (True, 0, "same demographics")
    assert judged(SAME, {**SAME, "born": 1991.0})[1] == (False, None, "different demographics")


def test_circumstances_decide_where_too_few_demographics_can_be_compared():
    few = {"gender": "f", "born": 1990.0}
    alike = {"payer": "self", "hours": 5.0}
    assert judged({**few, **alike}, {**SAME, **alike})[1] == (
        True,
        0,
        "same program and circumstances",
    )
    assert judged({**few, **alike}, {**few, "payer": "self", "hours": 6.0})[1] == (
        False,
        None,
        "different circumstances",
    )
    assert judged(few, few)[1] == (False, None, "too little to compare")
    # Circumstances do not outweigh demographics that disagree.
    assert judged({**few, **alike}, {"gender": "m", **alike})[1][0] is False


def test_another_program_is_kept():
    assert judged({"email_token": "a"}, {"email_token": "a", "program": "q"}) == [
        (False, None, "another program at this address"),
        (False, None, "another program at this address"),
    ]


def test_a_row_without_or_alone_at_an_address_is_not_compared():
    assert judged({"ip_token": None, **SAME}, {"ip_token": None, **SAME}) == [
        (False, None, ""),
        (False, None, ""),
    ]
    assert judged({"ip_token": "x", **SAME}, {"ip_token": "y", **SAME})[1] == (False, None, "")


def test_several_people_at_an_address_keep_their_own_repeats():
    a, b = {"email_token": "a"}, {"email_token": "b"}
    assert [one[:2] for one in judged(a, b, a, b, a)] == [
        (False, None),
        (False, None),
        (True, 0),
        (True, 1),
        (True, 0),
    ]


def test_a_row_that_is_different_from_one_of_a_persons_rows_is_not_that_person():
    # The second row joins the first by demographics and brings its e-mail along.
    assert [
        one[0] for one in judged(SAME, {"email_token": "a", **SAME}, {"email_token": "b", **SAME})
    ] == [False, True, False]


@pytest.mark.parametrize(
    ("keep", "repeats"),
    [("first", [None, 0, 0]), ("last", [2, 2, None]), ("none", [None, None, None])],
)
def test_which_row_of_a_person_is_kept_is_a_setting(keep, repeats):
    rules = RULES.model_copy(update={"keep": keep})
    a = {"email_token": "a"}
    result = judged(a, a, a, rules=rules)
    assert [one[1] for one in result] == repeats
    assert sum(one[0] for one in result) == (3 if keep == "none" else 2)
    assert all(one[2] == "same e-mail" for one in result if one[0])


def test_first_and_last_go_by_the_time_of_submission():
    early = {"email_token": "a", "submitted": pd.Timestamp("2019-01-01")}
    assert [one[1] for one in judged({"email_token": "a"}, early)] == [1, None]


def test_a_crowded_address_is_compared_by_e_mail_alone():
    rules = RULES.model_copy(update={"largest_address": 3})
    a = {"email_token": "a", **SAME}
    result = judged(a, SAME, SAME, a, rules=rules)
    assert [one[:2] for one in result] == [(False, None), (False, None), (False, None), (True, 0)]
    assert result[1][2] == "no equal e-mail at a crowded address"


def test_what_is_not_marked_is_one_row_a_person():
    marked = mark_duplicates(rows({"email_token": "a"}, {"email_token": "a"}, {}), RULES)
    assert marked.loc[~marked["is_repeat"], "number"].tolist() == [0, 2]
    assert len(mark_duplicates(rows(), RULES)) == 0


def alone(*people):
    """Return people of no network."""
    return [{"ip_token": None, "person_token": None} | person for person in people]


def test_one_e_mail_from_two_networks_is_one_person():
    a = {"email_token": "a"}
    assert judged({**a, "ip_token": "x"}, {**a, "ip_token": "y"}, *alone(a))[1:] == [
        (True, 0, "same e-mail"),
        (True, 0, "same e-mail"),
    ]
    apart = RULES.model_copy(update={"across_networks": False})
    rows_apart = judged({**a, "ip_token": "x"}, {**a, "ip_token": "y"}, {**a, "ip_token": "y"},
                        rules=apart)  # fmt: skip
    assert [one[:2] for one in rows_apart] == [(False, None), (False, None), (True, 1)]


def test_a_participant_code_decides_before_everything_else():
    one, two = {"person_token": "k", "email_token": "a"}, {"person_token": "k"}
    assert [row[1:] for row in judged(*alone(one, {**two, "email_token": "b"}, two))] == [
        (None, "one of this person's rows"),
        (0, "same participant code"),
        (0, "same participant code"),
    ]
    # Two children of one address are two people, and a row without a code one of them.
    shared = alone(one, {"person_token": "m", "email_token": "a"}, {"email_token": "a"})
    assert [row[:2] for row in judged(*shared)] == [(False, None), (False, None), (True, 0)]
    unlike = judged({**SAME, "person_token": "k"}, {**SAME, "person_token": "m"})
    assert unlike[1] == (False, None, "different participant code")
    without = RULES.model_copy(update={"person": False})
    assert not any(row[0] for row in judged(*alone(two, two), rules=without))
    assert not any(row[0] for row in judged(*alone({}, {})))


def test_a_code_and_an_e_mail_make_one_person_of_three_rows_in_any_order():
    chain = alone({"person_token": "k"}, {"person_token": "k", "email_token": "a"},
                  {"email_token": "a"})  # fmt: skip
    for order in permutations(chain):
        assert [row[1] for row in judged(*order)] == [None, 0, 0]


def test_the_most_complete_row_is_kept_and_the_first_of_equals():
    rules = RULES.model_copy(update={"keep": "most_complete"})
    found = judged(*alone(*({"person_token": "k", "answers": n} for n in (1, 3, 3))), rules=rules)
    assert [row[1] for row in found] == [1, None, 1]


@pytest.mark.parametrize(("keep", "kept"), [("first", 2), ("last", 0)])
def test_first_and_last_go_by_what_the_study_names_and_an_unknown_place_is_neither(keep, kept):
    rules = RULES.model_copy(update={"keep": keep})
    places = alone(*({"person_token": "k", "order": at} for at in (3.0, None, 1.0, 2.0)))
    assert {row[1] for row in judged(*places, rules=rules)} == {None, kept}


people = st.fixed_dictionaries(
    {
        "program": st.sampled_from(["p", "q"]),
        "ip_token": st.sampled_from(["x", "y", None]),
        "email_token": st.sampled_from(["a", "b", None]),
        "gender": st.sampled_from(["f", "m", None]),
        "born": st.sampled_from([1990.0, 1991.0, None]),
        "country": st.sampled_from(["USA", "IND", None]),
        "payer": st.sampled_from(["self", None]),
        "hours": st.sampled_from([5.0, None]),
    }
)


@settings(deadline=None, max_examples=60)
@given(st.lists(people, max_size=12), st.sampled_from(["first", "last"]))
def test_each_repeat_names_a_kept_row_of_its_program(group, keep):
    marked = mark_duplicates(rows(*group), RULES.model_copy(update={"keep": keep}))
    by_number = marked.set_index("number")
    for row in marked[marked["is_repeat"]].itertuples():
        kept = by_number.loc[row.repeats]
        assert not kept["is_repeat"]
        assert kept["program"] == row.program
        if pd.notna(row.email_token) and pd.notna(kept["email_token"]):
            assert row.email_token == kept["email_token"]
