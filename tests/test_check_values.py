"""Printed figures that are impossible alone, and what spreads, means and totals allow."""

import math
import random
from fractions import Fraction

import pandas as pd
import pytest

from altcred.check.consistency import check_all, check_published
from altcred.check.published import COLUMNS
from altcred.check.relations import Relations

HALF = Fraction(1, 2)


def make_rows(*rows: tuple, **columns: str) -> pd.DataFrame:
    """Rows of variable, category, statistic and printed, and any other columns of one table."""
    records = [
        dict.fromkeys(COLUMNS, "")
        | {"id": f"r{place}", "document": "1", "section": "Table 1", "wave": "once"}
        | {"subgroup": "all", "variable": variable, "category": category}
        | {"statistic": statistic, "printed": printed}
        | columns
        | (rest[0] if rest else {})
        for place, (variable, category, statistic, printed, *rest) in enumerate(rows)
    ]
    return pd.DataFrame(records, columns=list(COLUMNS))


def find(*rows: tuple, relations: dict | None = None, **columns: str) -> list[tuple[str, str]]:
    found = check_published(make_rows(*rows, **columns), Relations.model_validate(relations or {}))
    return [(item.kind, " ".join(item.ids)) for item in found]


# Impossible alone -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statistic", "printed"),
    [
        ("proportion", "101%"),
        ("proportion", "-5%"),
        ("proportion", "130"),
        ("count", "-3"),
        ("count", "12.5"),
        ("nobs", "-1"),
        ("std", "-0.4"),
        ("std_error", "−2"),
        ("t_pvalue", "1.2"),
        ("t_pvalue", "-0.02"),
        ("t_df", "0"),
        ("f_df1", "-1"),
        ("f_statistic", "-2.0"),
        ("chi2_statistic", "-0.7"),
        ("wald_statistic", "-0.7"),
        ("r_statistic", "1.04"),
        ("correlation", "-1.2"),
        ("kappa", "1.1"),
        ("odds_ratio", "-0.5"),
    ],
)
def test_a_value_that_no_data_give_is_a_finding_of_its_own(statistic, printed):
    table = make_rows(("mood", "good", statistic, printed), ("mood", "bad", "proportion", "40%"))
    result = check_all(table)
    (finding,) = result.findings
    assert (finding.kind, finding.ids) == ("impossible", ("r0",))
    assert result.unread == []


@pytest.mark.parametrize(
    ("statistic", "printed"),
    [
        ("proportion", "100%"),
        ("proportion", "100.0"),
        ("proportion", "0%"),
        ("proportion", "1.0"),
        ("count", "0"),
        ("count", "40%"),
        ("count", "1.2 million"),
        ("std", "0.0"),
        ("t_pvalue", "1.00"),
        ("t_pvalue", "0.000"),
        ("t_df", "1"),
        ("t_statistic", "-4.1"),
        ("r_statistic", "-1.00"),
        ("mean", "-3"),
        ("difference", "-12%"),
    ],
)
def test_a_value_on_the_edge_is_none(statistic, printed):
    assert find(("mood", "good", statistic, printed)) == []


def test_counts_of_weighted_people_need_not_be_whole():
    assert find(("sex", "f", "count", "12.5", {"note": "weighted"})) == []


def test_an_impossible_value_bears_on_no_other():
    rows = [("sex", "f", "proportion", "130%"), ("sex", "m", "proportion", "40%")]
    relations = {"variables": {"sex": {"exclusive": True, "categories": ["f", "m"]}}}
    assert find(*rows, relations=relations) == [("impossible", "r0")]


@pytest.mark.parametrize(
    ("printed", "beside", "found"),
    [
        ("40%", {}, [("impossible", "r0 r1")]),
        ("40%", {"n": "0"}, [("impossible", "r0")]),
        ("0%", {}, []),
    ],
)
def test_there_is_no_share_of_nobody(printed, beside, found):
    rows = [("sex", "f", "proportion", printed, beside), ("sex", "", "nobs", "0")]
    assert find(*rows) == found


# Shares without a sign --------------------------------------------------------------------------


def test_shares_are_in_percent_by_the_rest_of_their_section():
    relations = {"variables": {"sex": {"exclusive": True, "categories": ["f", "m"]}}}
    rows = [("sex", "f", "proportion", "45.0"), ("sex", "m", "proportion", "58.6")]
    assert find(*rows, relations=relations) == [("sum", "r0 r1")]
    # 99.5 and 0.5 add up, as do 0.995 and 0.005; 0.9 and 0.4 alone may be in percent.
    rows = [("sex", "f", "proportion", "0.9"), ("sex", "m", "proportion", "0.4")]
    assert find(*rows, relations=relations) == []
    rows = [("sex", "f", "proportion", "99.5"), ("sex", "m", "proportion", "0.5")]
    assert find(*rows, relations=relations) == []
    rows = [("sex", "f", "proportion", "0.995"), ("sex", "m", "proportion", "0.005")]
    assert find(*rows, relations=relations) == []
    rows = [("sex", "f", "proportion", "0.62"), ("sex", "m", "proportion", "0.48")]
    assert find(*rows, relations=relations) == [("sum", "r0 r1")]


def test_a_share_as_a_decimal_is_one_of_whole_people():
    assert find(("sex", "f", "proportion", "0.45", {"n": "28"})) == [("grim", "r0")]
    table = make_rows(("sex", "f", "proportion", "0.45", {"n": "28"}))
    (finding,) = check_published(table)
    assert finding.repairs[0].replacement in {"0.43", "0.46", "0.54"}


@pytest.mark.parametrize("printed", ["3", "+3", "3 percentage points", "3 pp", "3%", "3.4", "0.03"])
def test_a_difference_of_shares_is_in_percentage_points(printed):
    rows = [
        ("job", "yes", "proportion", "58%", {"wave": "end"}),
        ("job", "yes", "proportion", "55%", {"wave": "begin"}),
        ("job", "yes", "difference", printed, {"wave": "begin-end"}),
    ]
    assert find(*rows) == []
    rows[0] = ("job", "yes", "proportion", "68%", {"wave": "end"})
    assert find(*rows) == [("difference", "r0 r1 r2")]
    # As decimals.
    rows[0] = ("job", "yes", "proportion", "0.58", {"wave": "end"})
    rows[1] = ("job", "yes", "proportion", "0.55", {"wave": "begin"})
    assert find(*rows) == []


def test_a_difference_is_of_means_or_of_medians():
    rows = [
        ("pay", "", "mean", "90", {"wave": "begin"}),
        ("pay", "", "mean", "97", {"wave": "end"}),
        ("pay", "", "median", "80", {"wave": "begin"}),
        ("pay", "", "median", "84", {"wave": "end"}),
        ("pay", "", "difference", "4", {"wave": "begin-end"}),
    ]
    assert find(*rows) == []
    rows[4] = ("pay", "", "difference", "12", {"wave": "begin-end"})
    assert [kind for kind, _ in find(*rows)] == ["difference"]


# Means and standard deviations --------------------------------------------------------------------

WHOLE = {"variables": {"score": {"whole_numbers": True}}}
SCALE = {"variables": {"score": {"scale": "1-5"}}}
ITEMS = {"variables": {"score": {"scale": "1-5", "items": 4}}}


def score(n: int, mean: str, std: str = "", **others: str) -> list[tuple]:
    rows = [("score", "", "nobs", str(n)), ("score", "", "mean", mean)]
    rows += [("score", "", "std", std)] if std else []
    return rows + [("score", "", statistic, printed) for statistic, printed in others.items()]


@pytest.mark.parametrize(
    ("relations", "n", "mean", "is_found"),
    [
        (WHOLE, 28, "5.19", True),
        (WHOLE, 28, "5.18", False),
        # 146 of 28 is 5.2142, and 5.2143 is what rounding gives: cut off it is 5.214.
        (WHOLE, 28, "5.214", False),
        (WHOLE, 28, "5.215", True),
        # A hundred answers or more have any mean to two digits.
        (WHOLE, 100, "3.47", False),
        # Four items make 60 answers of 15, of which 206 are 3.433 and 207 are 3.45.
        (ITEMS, 15, "3.43", False),
        (ITEMS, 15, "3.44", True),
        (ITEMS, 27, "3.47", False),
        ({}, 28, "5.19", False),
    ],
)
def test_means_of_whole_numbers(relations, n, mean, is_found):
    assert [kind for kind, _ in find(*score(n, mean), relations=relations)] == ["grim"] * is_found
    # A standard error is no mean of whole numbers.
    assert find(("score", "", "std_error", mean), relations=relations, n=str(n)) == []


@pytest.mark.parametrize(
    ("relations", "n", "mean", "std", "is_found"),
    [
        # 1, 2, 3, 4, 5: by n - 1 and by n.
        (SCALE, 5, "3.00", "1.58", False),
        (SCALE, 5, "3.00", "1.41", False),
        # Squares of 15 in all are 45 to 65, and odd: 1.5 would be 54 or 56.25 of them.
        (SCALE, 5, "3.00", "1.50", True),
        (WHOLE, 5, "3.00", "1.50", True),
        # Halves of answers at either end are as far apart as can be: 2 by n, 2.05 by n - 1.
        (SCALE, 20, "3.00", "2.05", False),
        (SCALE, 20, "3.00", "2.10", True),
        (WHOLE, 20, "3.00", "2.10", False),
        # Answers whose mean is 3.5 are not all the same.
        (WHOLE, 20, "3.50", "0.50", False),
        (WHOLE, 20, "3.50", "0.40", True),
        # Of 20 means of four answers 1.00 and 1.25 alone, the squares are no others.
        (ITEMS, 20, "1.01", "0.06", False),
        (ITEMS, 20, "1.01", "0.09", True),
        ({}, 20, "3.50", "0.40", False),
    ],
)
def test_standard_deviations_of_whole_numbers(relations, n, mean, std, is_found):
    found = find(*score(n, mean, std), relations=relations)
    assert [kind for kind, _ in found] == ["spread"] * is_found


def test_weighted_answers_are_no_whole_numbers():
    rows = score(20, "3.00", "2.10")
    assert find(*score(28, "4.19"), relations=SCALE) == [("grim", "r0 r1")]
    assert find(*score(28, "4.19"), relations=SCALE, note="weighted by age") == []
    assert find(*rows, relations=SCALE, note="weighted by age") == []
    assert find(("sex", "f", "proportion", "21%"), n="25", note="weighted by age") == []
    assert find(("sex", "f", "proportion", "21%"), n="25", note="unweighted") == [("grim", "r0")]


@pytest.mark.parametrize(
    ("share", "std", "n", "is_found"),
    [
        ("30%", "0.46", "50", False),
        ("30%", "0.463", "50", False),
        ("30%", "0.458", "50", False),
        ("30%", "0.44", "50", True),
        ("30%", "0.51", "", False),
        ("30%", "0.71", "", True),
        ("50%", "0.5000", "16", False),
        ("50%", "0.5164", "16", False),
        ("50%", "0.5080", "16", True),
    ],
)
def test_a_standard_deviation_of_noughts_and_ones_follows_from_their_share(share, std, n, is_found):
    rows = [("sex", "f", "proportion", share, {"n": n}), ("sex", "f", "std", std, {"n": n})]
    assert [kind for kind, _ in find(*rows)] == ["spread"] * is_found


@pytest.mark.parametrize(
    ("rows", "kinds"),
    [
        # Ages from 18 to 65 are at most 23.5 from their middle, by n - 1 a little more.
        (score(40, "41.2", "23.7", min="18", max="65"), []),
        (score(40, "41.2", "25.1", min="18", max="65"), ["spread"]),
        (score(40, "22.0", "23.7", min="18", max="65"), ["spread"]),
        # Two answers are that far apart whatever the others are.
        (score(40, "41.2", "5.3", min="18", max="65"), []),
        (score(40, "41.2", "4.9", min="18", max="65"), ["spread"]),
        # One of four answers is 65.
        (score(4, "25.0", min="18", max="65"), ["range"]),
        (score(4, "30.0", min="18", max="65"), []),
        (score(40, "41.2", "3.0", median="38"), []),
        (score(40, "41.2", "3.0", median="37"), ["spread"]),
        (score(40, "41.2", "3.0", median="45"), ["spread"]),
        (score(40, "20.0", min="18", median="24"), ["range"]),
        (score(40, "21.0", min="18", median="24"), []),
        (score(40, "45.1", max="60", median="24"), ["range"]),
        (score(40, "41", q1="30", median="28"), ["range"]),
        (score(40, "41", q1="30", median="30", q3="30", iqr="0"), []),
        (score(40, "41", q1="30", q3="41", iqr="11"), []),
        (score(40, "41", q1="30", q3="41", iqr="30-41"), []),
        (score(40, "41", q1="30", q3="41", iqr="15"), ["range"]),
        (score(40, "41", min="30", max="51", iqr="24"), ["range"]),
        (score(40, "41", min="30", max="51", range="25"), ["range"]),
        (score(40, "41", min="30", q3="28"), ["range"]),
    ],
)
def test_middles_and_spreads_of_any_numbers(rows, kinds):
    assert [kind for kind, _ in find(*rows)] == kinds


def test_answers_lie_within_their_scale():
    assert find(*score(30, "5.2"), relations=ITEMS) == [("range", "r1")]
    assert find(*score(30, "0.90"), relations=ITEMS) == [("range", "r1")]
    assert find(("score", "", "max", "6"), relations=SCALE) == [("range", "r0")]
    assert find(("score", "", "median", "5"), ("score", "", "min", "1"), relations=SCALE) == []
    relations = {"variables": {"pain": {"scale": "0 to 10", "whole_numbers": False}}}
    assert find(("pain", "", "mean", "5.19"), relations=relations, n="8") == []
    assert find(("pain", "", "mean", "10.4"), relations=relations) == [("range", "r0")]


# Consistent data raise no alarm -------------------------------------------------------------------


def round_to(value: Fraction, digits: int, way: str) -> str:
    scaled = abs(value) * 10**digits
    number, rest = divmod(scaled, 1)
    number = int(number)
    if way != "cut" and (rest > HALF or (rest == HALF and (way == "up" or number % 2))):
        number += 1
    text = f"{number // 10**digits}" + (f".{number % 10**digits:0{digits}d}" if digits else "")
    return f"-{text}" if value < 0 and number else text


def root(value: Fraction) -> Fraction:
    return Fraction(math.isqrt(math.floor(value * 10**24)), 10**12)


def quantile(ordered: list[Fraction], share: Fraction) -> Fraction:
    place = share * (len(ordered) - 1)
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def draw_report(seed: int) -> tuple[pd.DataFrame, Relations]:
    """Figures of answers drawn at random, printed by one convention."""
    choose = random.Random(seed)
    way, by = choose.choice(["up", "even", "cut"]), choose.choice([0, 1])
    rows, variables = [], {}
    for variable in ("a", "b", "c"):
        n, items = choose.choice([2, 3, 5, 8, 19, 40, 120]), choose.choice([1, 1, 2, 3, 4, 10])
        low, high = choose.choice([(0, 1), (1, 5), (1, 7), (-3, 3), (0, 10), (0, 100)])
        digits, shape = choose.choice([0, 1, 2, 2, 3]), choose.choice([0.1, 0.5, 1, 2, 9])
        is_whole = choose.random() < 0.7

        def draw(shape=shape, low=low, high=high, choose=choose, is_whole=is_whole) -> Fraction:
            share = choose.betavariate(shape, choose.choice([shape, 1]))
            value = Fraction(low) + Fraction(repr(share)) * (high - low)
            return Fraction(round(value)) if is_whole else value

        answers = sorted(sum((draw() for _ in range(items)), Fraction(0)) / items for _ in range(n))
        mean = sum(answers, Fraction(0)) / n
        squares = sum(((answer - mean) ** 2 for answer in answers), Fraction(0))
        quarters = [quantile(answers, Fraction(part, 4)) for part in range(5)]
        values = {
            "mean": mean, "std": root(squares / (n - 1 + by)), "min": quarters[0],
            "q1": quarters[1], "median": quarters[2], "q3": quarters[3], "max": quarters[4],
            "iqr": quarters[3] - quarters[1], "range": quarters[4] - quarters[0],
        }  # fmt: skip
        if is_whole:
            declared = {"whole_numbers": True, "items": items}
            variables[variable] = choose.choice(
                [declared, {"scale": f"{low}-{high}", "items": items}]
            )
        elif choose.random() < 0.5:
            variables[variable] = {"scale": f"{low} to {high}", "whole_numbers": False}
        rows += [
            (variable, "", statistic, round_to(value, digits, way), {"n": str(n)})
            for statistic, value in values.items()
            if choose.random() < 0.7
        ]
        count = sum(answer > HALF for answer in answers)
        share = Fraction(count, n)
        spread = root(share * (1 - share) * n / (n - 1 + by))
        rows += [
            (variable, "some", "proportion", round_to(share * 100, digits, way) + "%"),
            (variable, "some", "std", round_to(spread, digits, way)),
            (variable, "some", "count", str(count)),
            (variable, "", "nobs", str(n)),
        ]
    return make_rows(*rows), Relations.model_validate({"variables": variables})


@pytest.mark.parametrize("block", range(3))
def test_spreads_of_drawn_answers_raise_no_alarm(block):
    for seed in range(block * 100, block * 100 + 100):
        table, relations = draw_report(seed)
        found = check_published(table, relations)
        assert found == [], (seed, [item.line for item in found])


@pytest.mark.parametrize(
    ("first", "second", "kinds"),
    [
        (("12", "34%"), ("20", "57%"), []),
        (("12", "34%"), ("20", "40%"), ["count"]),
        # A count and a share alone may be of no whole number of people.
        (("1", "40%"), ("0", "0%"), ["count"]),
        (("1", "50%"), ("1", "50%"), []),
        # 12 of 35 are 34.28..., cut off or rounded.
        (("12", "34.28%"), ("23", "65.71%"), []),
        (("12", "34.29%"), ("23", "65.71%"), []),
    ],
)
def test_counts_and_shares_are_of_one_number_of_people(first, second, kinds):
    rows = [
        ("pets", category, statistic, text)
        for category, printed in (("cat", first), ("dog", second))
        for statistic, text in zip(("count", "proportion"), printed, strict=True)
    ]
    relations = {"variables": {"pets": {"exclusive": True}}}
    assert [kind for kind, _ in find(*rows, relations=relations)] == kinds
    # Not everyone was asked of cats, or told.
    assert [kind for kind, _ in find(*rows)] == (kinds if first[0] == "1" else [])
    # Shares of cats may be of all cats, where another group has the rest of them.
    other = ("pets", "cat", "proportion", "66%", {"subgroup": "others"})
    assert find(*rows, other) == []


# Totals at any depth ------------------------------------------------------------------------------

JOBS = {
    "variables": {
        "job": {
            "exclusive": True,
            "categories": ["full", "choice", "want", "none"],
            "breakdowns": {"employed": ["full", "part"], "part": ["choice", "want"]},
        }
    }
}


def jobs(statistic: str, **printed: str) -> list[tuple]:
    return [("job", category, statistic, text) for category, text in printed.items()]


@pytest.mark.parametrize(
    ("rows", "kinds"),
    [
        (jobs("count", employed="60", full="40", part="20"), []),
        (jobs("count", employed="60", full="40", part="21"), ["total"]),
        (jobs("count", employed="60", full="40", part="19"), ["total"]),
        (jobs("count", employed="60", full="40"), []),
        (jobs("count", employed="60", full="61"), ["total"]),
        # The part-time rows stand for their heading, which is not printed.
        (jobs("count", employed="60", full="40", choice="12", want="8"), []),
        (jobs("count", employed="60", full="40", choice="12", want="9"), ["total"]),
        (
            jobs("count", employed="90", full="70", part="20", choice="12", want="9"),
            ["total", "sum"],
        ),
        (jobs("proportion", employed="60%", full="40%", part="20%"), []),
        (jobs("proportion", employed="60%", full="40%", part="21%"), []),
        (jobs("proportion", employed="60%", full="40%", part="24%"), ["total"]),
        # Of the employed, and not of all.
        (jobs("proportion", employed="60%", full="70%", part="30%"), []),
        (jobs("proportion", employed="60.0%", full="40.0%", part="20.0%", none="40.0%"), []),
    ],
)
def test_a_row_is_the_sum_of_its_breakdown(rows, kinds):
    relations = JOBS
    if "70%" in str(rows):
        relations = {"variables": {"job": {"breakdowns": JOBS["variables"]["job"]["breakdowns"]}}}
    assert [kind for kind, _ in find(*rows, relations=relations)] == kinds


def test_a_breakdown_of_whole_people_has_less_room():
    # 24 of 41 are 58.5%, 16 are 39.0% and 7 are 17.1%, of which 39% and 17% alone would be 56.
    rows = jobs("proportion", employed="58.5%", full="39.0%", part="17.1%")
    assert [kind for kind, _ in find(*rows, relations=JOBS, n="41")] == ["total"]
    rows = jobs("proportion", employed="56.1%", full="39.0%", part="17.1%")
    assert find(*rows, relations=JOBS, n="41") == []


def test_nothing_stands_under_itself():
    with pytest.raises(ValueError, match="a stands under itself"):
        Relations.model_validate({"variables": {"v": {"breakdowns": {"a": ["b"], "b": ["a"]}}}})


def test_parts_of_parts_add_up():
    relations = {
        "partitions": [
            {"whole": "all", "parts": ["a", "b"]},
            {"whole": "a", "parts": ["a1", "a2"]},
        ]
    }

    def count(all_: str) -> list[tuple[str, str]]:
        sizes = {"all": all_, "a1": "30", "a2": "20", "b": "40"}
        rows = [("job", "yes", "count", size, {"subgroup": one}) for one, size in sizes.items()]
        return find(*rows, relations=relations)

    assert count("90") == []
    assert [kind for kind, _ in count("91")] == ["total"]


# Nothing stops the check --------------------------------------------------------------------------

STATISTICS = (
    "proportion", "count", "nobs", "mean", "median", "std", "std_error", "min", "max", "iqr",
    "quantile_25", "difference", "t_statistic", "t_df", "t_pvalue", "f_statistic", "f_df1",
    "f_df2", "chi2_statistic", "chi2_df", "r", "pvalue", "ci_low", "ci_high", "odds_ratio",
)  # fmt: skip
PRINTS = (
    "0", "1", "-1", "0%", "100%", "130%", "-5%", "0.0", "1.2", "-0.4", "12.5", "99999999999",
    "45.0", "0.45", "< .05", "2/3", "all", "none", "1/40", "$500", "3 percentage points", "4-9",
)  # fmt: skip


def test_whatever_is_printed_does_not_stop_the_check():
    choose = random.Random(4)
    for _ in range(60):
        rows = [
            (
                choose.choice(["job", "score", "responses"]),
                choose.choice(["", "", "full", "employed"]),
                choose.choice(STATISTICS),
                choose.choice(PRINTS),
                {
                    "n": choose.choice(["", "0", "1", "40"]),
                    "wave": choose.choice(["begin", "begin", "begin-end"]),
                },
            )
            for _ in range(10)
        ]
        relations = choose.choice([{}, JOBS, ITEMS, {"variables": {"score": {"scale": "3-3"}}}])
        result = check_all(make_rows(*rows), Relations.model_validate(relations))
        assert list(result.as_lines())
