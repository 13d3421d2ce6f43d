import pandas as pd
import pytest
from small_cohort import CODEBOOK, STUDY, write_cohort

from altcred.describe.cohort import open_cohort
from altcred.describe.conditions import tell_rows


@pytest.fixture
def conditions(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    since = "kind: text\n    asked_since: 2020-10-01\n"
    write_cohort(codebook=CODEBOOK.replace("kind: text\n", since), study=STUDY)
    return open_cohort("small").conditions("begin")


PEOPLE = pd.DataFrame(
    {
        "program": ["knots", "stars", "stars", "knots", "knots"],
        "program_type": ["short", "long", "long", "short", "short"],
        "submitted": pd.to_datetime(
            ["2020-09-30 23:59:59", "2020-10-01 00:00:00", "2020-10-02", None, "2021-01-01"],
            format="ISO8601",
        ),
        "gender": ["female", "male", None, "female", None],
        "country": ["USA", None, "CHL", "PER", "USA"],
        "income": [0.0, 10.0, 10.5, None, -0.5],
        "employment__employed": pd.array([True, False, None, False, None], dtype="boolean"),
        "employment__looking": pd.array([False, True, None, False, None], dtype="boolean"),
        "employment__resting": pd.array([False, False, None, True, None], dtype="boolean"),
        "comment": pd.array([True, False, None, True, None], dtype="boolean"),
    },
    # An index of its own, which says nothing of the order.
    index=[4, 3, 2, 1, 0],
)


@pytest.mark.parametrize(
    ("condition", "who"),
    [
        ({}, [0, 1, 2, 3, 4]),
        ({"gender": ["female"]}, [0, 3]),
        ({"gender": ["not_reported"]}, [2, 4]),
        ({"gender": ["male", "not_reported"]}, [1, 2, 4]),
        ({"program": ["stars"], "gender": ["male"]}, [1]),
        ({"program_type": ["short", "long"]}, [0, 1, 2, 3, 4]),
        ({"country": ["CHL", "PER"]}, [2, 3]),
        ({"employment": ["employed"]}, [0]),
        ({"employment": ["unemployed"]}, [1, 3]),
        ({"employment": ["looking", "not_reported"]}, [1, 2, 4]),
        ({"comment": ["answered"]}, [0, 3]),
        # Closed ends hold the number itself, open ones do not; one may be missing.
        ({"income": "[0, 10]"}, [0, 1]),
        ({"income": "[0, 10)"}, [0]),
        ({"income": "(0, 10]"}, [1]),
        ({"income": "(0, 10)"}, []),
        ({"income": "(0, )"}, [1, 2]),
        ({"income": "[0, )"}, [0, 1, 2]),
        ({"income": "(, 0)"}, [4]),
        ({"income": "(, 0]"}, [0, 4]),
        ({"income": "(, )"}, [0, 1, 2, 4]),
    ],
)
def test_a_condition_tells_who_meets_it(conditions, condition, who):
    told = tell_rows(PEOPLE, {"meets": conditions.holds(condition)})["meets"]
    assert [place for place, holds in enumerate(told) if holds] == who


def test_who_was_asked_and_offered_what(conditions):
    told = tell_rows(
        PEOPLE,
        {
            **{name: conditions.asked(name) for name in ("income", "comment")},
            **{one: conditions.offered("benefits", one) for one in ("covid", "raise", "job")},
        },
    )
    assert told["income"] == [True, *[False] * 4]
    # The day begins at midnight, and who left no time was not asked.
    assert told["comment"] == told["covid"] == [False, True, True, False, True]
    assert told["raise"] == [False, True, True, False, False]
    assert all(told["job"])
    # What derives from all its sources was asked of those who were asked all of them.
    assert conditions.asked("age") == "TRUE"
