"""Sentences are true for any numbers: ties, nobody, everybody, one person, what is hidden."""

import math
import re
from dataclasses import dataclass, field

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from altcred.core.numbers import Writer
from altcred.core.records import ALL, Estimate
from altcred.kinds import find_kind, kind_of
from altcred.kinds.averages import describe_number
from altcred.kinds.changes import describe_answers, describe_means, describe_ticks
from altcred.kinds.contrasts import compare_shares, say_apart
from altcred.kinds.phrases import describe_shares, plain_text, quote
from altcred.kinds.variable import Variable
from altcred.kinds.yardstick import Yardstick

NAN = float("nan")


@dataclass
class Words:
    """A view of a few shares, or of the statistics of one number, of one question."""

    n: float
    shares: dict[str, float] = field(default_factory=dict)
    statistics: dict[str, Estimate] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    sizes: dict[str, float] = field(default_factory=dict)
    kind: str = "single"
    unit_name: str = ""
    exclusive: tuple[str, ...] = ()
    people: str = "teachers"
    wave: str = "spring"
    rounds_to: int = 0
    writer: Writer = field(default_factory=Writer)

    def find(
        self, variable: str, category: str = "", statistic: str = "", subgroup: str = ALL
    ) -> Estimate | None:
        if category and statistic in ("", "proportion"):
            share = self.shares.get(category)
            n = self.sizes.get(category, self.n)
            return None if share is None else Estimate(share, n=n, statistic="proportion")
        return self.statistics.get(f"{variable}/{statistic}") or self.statistics.get(statistic)

    def shown(
        self, variable: str, category: str = "", statistic: str = "", subgroup: str = ALL
    ) -> Estimate | None:
        found = self.find(variable, category, statistic, subgroup)
        return found if found is not None and found.is_shown else None

    def size(self, variable: str, subgroup: str = ALL) -> float | None:
        return self.n

    def label(self, variable: str, category: str = "") -> str:
        return self.labels.get(category, category or variable)

    def categories(
        self, variable: str, *, top: int | None = None, falling: bool = False
    ) -> list[str]:
        return list(self.shares)

    def types(self) -> list[str]:
        return []

    def subgroup_label(self, subgroup: str) -> str:
        return subgroup

    def yardstick(self, variable: str, *, paired: bool) -> Yardstick | None:
        kind = find_kind(self.kind)
        return kind.paired if paired else kind.independent

    def described(self, variable: str) -> Variable | None:
        categories = {} if self.kind in ("number", "money", "year") else {
            re.sub(r"\W", "_", one): {"label": one, "exclusive": one in self.exclusive}
            for one in self.shares
        }  # fmt: skip
        return Variable(
            label=variable, kind=self.kind, question={"spring": "q"}, categories=categories,
            unit=self.unit_name, **({"currency": "EUR"} if self.kind == "money" else {}),
        )  # fmt: skip

    def unit(self, variable: str) -> str:
        return self.unit_name

    def write(
        self, estimate: Estimate, variable: str, statistic: str, digits: int | None = None
    ) -> str:
        currency = "EUR" if self.kind == "money" else ""
        return self.writer.value(estimate.value, statistic, currency, digits)

    def write_interval(self, estimate: Estimate, variable: str) -> str:
        currency = "EUR" if self.kind == "money" else ""
        return self.writer.interval(estimate.low, estimate.high, "mean", currency)


@pytest.mark.parametrize(
    ("n", "shares", "told"),
    [
        (12, {"Ja": 1.0, "Nein": 0.0}, "All 12 teachers who answered chose “Ja”."),
        (2, {"Ja": 1.0, "Nein": 0.0}, "Both teachers who answered chose “Ja”."),
        (1, {"Ja": 1.0, "Nein": 0.0}, "The one person who answered chose “Ja”."),
        (0, {"Ja": NAN}, "Nobody answered."),
        (NAN, {"Ja": NAN}, "Too few answered to show how they spread."),
        (
            100,
            {"Ja": 0.62, "Nein": 0.38},
            "Of the 100 teachers who answered, 62% chose “Ja” and 38% “Nein”.",
        ),
        (
            12,
            {"A": 0.25, "B": 0.25, "C": 0.25, "D": 0.25},
            "Of the 12 teachers who answered, all four answers were chosen by the same share "
            "(three each).",
        ),
        (
            2240,
            {"Windows": 0.53, "macOS": 0.3, "Linux": 0.17},
            "Of the 2,240 teachers who answered, most chose “Windows” (53%), followed by “macOS” "
            "(30%) and “Linux” (17%).",
        ),
        (
            200,
            {"Lectures": 0.41, "Exercises": 0.39, "Films": 0.2},
            "Of the 200 teachers who answered, “Lectures” (41%) and “Exercises” (39%) were chosen "
            "about equally often.",
        ),
        (
            200,
            {"A": 0.4, "B": 0.4, "C": 0.2},
            "Of the 200 teachers who answered, “A” and “B” were chosen most often, by the same "
            "share (40% each).",
        ),
        (
            100,
            {"other": 0.38, "A": 0.3, "B": 0.2, "C": 0.12},
            "Of the 100 teachers who answered, 38% gave an answer counted as “Other”; of "
            "the answers listed, “A” (30%) was chosen most often, followed by “B” (20%) and “C” "
            "(12%).",
        ),
        (
            11,
            {"C*": 7 / 11, "A": 3 / 11, "B": 1 / 11},
            "Of the 11 teachers who answered, most chose “C\\*” (seven), followed by “A” (three) "
            "and “B” (one).",
        ),
        (
            40,
            {"4": 0.6, "0": NAN, "1": NAN, "2": 0.2, "3": 0.2},
            "Of the answers shown, “4” (60%) was chosen most often, followed by “2” (20%) and “3” "
            "(20%); two answers are not shown, to protect small numbers.",
        ),
        (
            61,
            {"own": 0.28, "many": NAN, "none": NAN},
            "Of the answers shown, “own” (28%) was chosen most often; two answers are not shown, "
            "to protect small numbers, and may have been chosen more often.",
        ),
        (
            60,
            {"A": 1 / 6, "B": 1 / 6, "C": 0.0, "D": NAN},
            "Of the answers shown, “A” and “B” were chosen most often, by the same share (17% "
            "each); one answer is not shown, to protect small numbers, and may have been chosen "
            "more often.",
        ),
        (
            9,
            {"a": NAN, "b": NAN},
            "What the 9 teachers who answered chose is not shown, to protect small numbers.",
        ),
        (
            300,
            {"A": 0.5, "B": 0.3, "C": 0.2, "D": 0.0},
            "Of the 300 teachers who answered, “A” (50%) was chosen most often, followed by “B” "
            "(30%) and “C” (20%).",
        ),
    ],
)
def test_shares_are_told_as_they_are(n: float, shares: dict[str, float], told: str) -> None:
    assert describe_shares(Words(n, shares, labels={"other": "Other"}), "x") == told


def test_what_all_chose_to_whom_it_was_offered_was_not_chosen_by_everybody() -> None:
    view = Words(100, {"late": 1.0, "A": 0.6}, sizes={"late": 80.0})
    assert describe_shares(view, "x", several=True) == (
        "Of the 100 teachers who answered, “late” (100%) was chosen most often, "
        "followed by “A” (60%)."
    )


def test_an_answer_offered_to_few_is_told_of_those() -> None:
    view = Words(100, {"A": 0.6, "B": 0.4, "late": 0.9}, sizes={"late": 30.0})
    assert describe_shares(view, "x", several=True) == (
        "Of the 100 teachers who answered, “A” (60%) was chosen most often, followed by “B” (40%). "
        "“late” was chosen by 90% of the 30 to whom it was offered."
    )


def test_of_several_answers_more_can_be_everybodys() -> None:
    view = Words(40, {"A": 1.0, "B": 0.5, "C": 0.1}, kind="multiple")
    assert describe_shares(view, "x", several=True) == (
        "All 40 teachers who answered chose “A”; “B” (50%) and “C” (10%) came next."
    )


def test_an_answer_that_excludes_the_others_is_none_of_them() -> None:
    view = Words(120, {"Pay": 0.33, "None": 0.33, "Fun": 0.2}, exclusive=("None",), kind="multiple")
    assert describe_shares(view, "x", several=True) == (
        "Of the 120 teachers who answered, “Pay” (33%) was chosen most often, followed by “Fun” "
        "(20%). “None” was chosen by 33% of the 120 who answered."
    )


def test_nobody_chose_anything() -> None:
    view = Words(40, {"A": 0.0, "B": 0.0})
    assert describe_shares(view, "x", did="who were asked") == (
        "None of the 40 teachers who were asked chose any of the answers."
    )


@given(
    st.lists(st.integers(0, 500), min_size=2, max_size=8),
    st.lists(st.booleans(), min_size=8, max_size=8),
)
def test_no_sentence_says_zero_most_or_hides_a_hidden_answer(
    counts: list[int], hidden: list[bool]
) -> None:
    assume(sum(counts))
    total = sum(counts)
    shares = {f"a{place}": count / total for place, count in enumerate(counts)}
    for place, is_hidden in zip(range(len(counts)), hidden, strict=False):
        if is_hidden:
            shares[f"a{place}"] = NAN
    told = describe_shares(Words(float(sum(counts)), shares), "x")
    assert told.endswith(".")
    assert "(0%)" not in told
    assert "(zero" not in told
    assert "nan" not in told
    if (
        any(map(math.isnan, shares.values()))
        and "Too few" not in told
        and "who answered" not in (told)
    ):
        assert "not shown" in told


@pytest.mark.parametrize(
    ("value", "told"), [(0.001, "under 1%"), (0.0, "0%"), (0.999, "over 99%"), (1.0, "100%")]
)
def test_a_percentage_never_claims_none_or_all(value: float, told: str) -> None:
    assert Writer().share(value) == told


def number(n: float, **statistics: float) -> Words:
    found = {name: Estimate(value, n=n, statistic=name) for name, value in statistics.items()}
    return Words(n, statistics=found, kind="number", unit_name="hours a week")


def test_a_number_is_told_by_its_middle_and_mean() -> None:
    view = number(40, median=6, mean=7.5, std=3, min=1, max=20)
    assert describe_number(view, "x") == (
        "At least half of the 40 teachers who gave a number gave 6 hours a week or less; the mean "
        "is 7.50. "
        "The answers run from 1 to 20."
    )


@pytest.mark.parametrize("kind", ["number", "year"])
def test_a_number_whose_middle_is_hidden_is_told_by_its_mean(kind: str) -> None:
    view = number(191, median=NAN, mean=7.5, std=3, min=NAN, max=NAN)
    view.kind = kind
    assert describe_number(view, "x").startswith("The 191 teachers who gave a number gave a mean")
    view = number(191, median=6, mean=NAN, std=NAN)
    view.kind = kind
    assert "gave a median of 6 hours a week." in describe_number(view, "x")
    view = number(191, median=NAN, mean=NAN)
    view.kind = kind
    assert describe_number(view, "x") == (
        "What they gave is not shown, to protect small numbers (191 people)."
    )


def test_a_mean_whose_middle_is_hidden_has_the_unit() -> None:
    view = Words(
        40, kind="number", unit_name="hours",
        statistics={"mean": Estimate(3.95, 3.5, 4.4, n=40), "median": Estimate(NAN, n=40)},
    )  # fmt: skip
    told = describe_number(view, "x")
    assert told == (
        "The 40 teachers who gave a number gave a mean of 3.95 hours (95% interval 3.50 to 4.40)."
    )


def test_a_year_is_no_number_that_people_gave() -> None:
    statistics = {"mean": Estimate(1978, 1977, 1979, n=40), "median": Estimate(1979, n=40)}
    told = find_kind("year").finding(Words(40, kind="year", statistics=statistics), "x")
    assert told.startswith("The 40 teachers who gave a year gave a median of ")
    names = {"mean_difference": (1.4, 0.3, 2.5), "mean_first": (1973,), "mean_second": (1974,)}
    pairs = Words(
        40, kind="year", statistics={one: Estimate(*of, n=40) for one, of in names.items()}
    )
    assert "who gave a year both times" in find_kind("year").change(pairs, "x", pairs, pairs)


def test_each_share_of_the_top_answer_says_of_whom_where_one_must() -> None:
    first, second = Words(90, {"a": 0.6}), Words(93, {"a": 0.5}, sizes={"a": 93})
    told = describe_answers(Words(90), "x", first, second, ordered=False)
    assert told.startswith("“a” was the answer of 60% of 90 in the first survey and of 50% of 93")
    same = describe_answers(Words(90), "x", first, Words(90, {"a": 0.5}), ordered=False)
    assert same.startswith("“a” was the answer of 60% in the first survey and of 50% in")


def test_half_is_half_only_where_the_median_lies_between_two_answers() -> None:
    view = number(4, median=2.5, mean=2.5, std=1, min=1, max=4)
    assert describe_number(view, "x").startswith("At least half of the 4 teachers")
    view.kind = "count"
    assert describe_number(view, "x").startswith("Half of the 4 teachers")
    view = number(5, median=2, mean=2.4, std=1, min=1, max=4)
    view.kind = "count"
    assert describe_number(view, "x").startswith("At least half of the 5 teachers")


def test_two_people_are_told_by_both_their_numbers() -> None:
    assert describe_number(number(2, median=3, mean=3, std=2.8, min=1, max=5), "x") == (
        "The two teachers who gave a number gave 1 hour a week and 5 hours a week; the mean is 3."
    )


def test_shares_that_are_only_written_alike_are_about_the_same() -> None:
    alike = Words(400, {"a": 0.382, "b": 0.379, "c": 0.239})
    assert "by about the same share (38% each)" in describe_shares(alike, "x")
    same = Words(400, {"a": 0.38, "b": 0.38, "c": 0.24})
    assert "by the same share (38% each)" in describe_shares(same, "x")


def test_all_zero_is_what_everybody_gave() -> None:
    assert describe_number(number(12, median=0, mean=0, std=0, min=0, max=0), "x") == (
        "All 12 teachers who gave a number gave 0 hours a week."
    )


def test_one_hour_is_one_hour_and_equal_answers_are_everybodys() -> None:
    assert describe_number(number(5, median=1, mean=1, std=0), "x") == (
        "All 5 teachers who gave a number gave 1 hour a week."
    )
    assert describe_number(number(1, median=1, mean=1), "x") == (
        "The one person who gave a number gave 1 hour a week."
    )


def test_money_is_in_its_own_currency_and_keeps_its_digits() -> None:
    view = Words(
        40,
        statistics={
            "median": Estimate(1_790_122.5, n=40),
            "mean": Estimate(2_000_000, 1_500_000, 2_500_000, 40),
            "std": Estimate(3.0, n=40),
        },
        kind="money",
    )
    assert describe_number(view, "x") == (
        "The 40 teachers who gave a number gave a median of €1,790,122.50 and a mean of "
        "€2,000,000 (95% interval €1,500,000 to €2,500,000)."
    )


def paired(n: float, change: float, low: float, high: float, **more: float) -> Words:
    found = {
        "mean_difference": Estimate(change, low, high, n),
        "mean_first": Estimate(2.6, n=n),
        "mean_second": Estimate(2.6 + change, n=n),
    }
    found |= {name: Estimate(value, n=n) for name, value in more.items()}
    return Words(n, statistics=found, kind="number")


def test_a_clear_change_of_a_mean_is_told_with_its_interval() -> None:
    told = describe_means(paired(31, 0.9, 0.6, 1.2, ttest_rel_pvalue=0.0001), "x")
    assert told == (
        "The mean of the 31 who gave a number both times rose by 0.90, from 2.60 to 3.50 (95% "
        "interval of the change 0.60 to 1.20). Chance alone would hardly explain that (paired "
        "t-test, p < 0.001)."
    )


def test_an_open_change_is_never_called_none() -> None:
    told = describe_means(
        paired(60, -0.5, -1.9, 0.9, ttest_rel_pvalue=0.4, minimum_detectable_difference=2.1), "x"
    )
    assert "was lower by 0.50 the second time" in told
    assert "leaves rise and fall open" in told
    assert "a change of less than 2.10 would probably have been missed" in told
    assert "no change" not in told


@pytest.mark.parametrize(
    ("low", "told"),
    [
        (0.6, "The mean of the 31 who gave a number both times rose by 0.90 (95% interval of the "
              "change 0.60 to 1.20). Chance alone would hardly explain that (paired t-test, "
              "p = 0.012)."),
        (-0.1, "The mean of the 31 who gave a number both times was higher by 0.90 the second "
               "time, but the 95% interval of the change, −0.10 to 1.20, leaves rise and fall open "
               "(paired t-test, p = 0.012). The interval allows for how skewed the numbers are, "
               "which the test does not."),
        (NAN, "The mean of the 31 who gave a number both times rose by 0.90."),
    ],
)  # fmt: skip
def test_a_change_is_told_without_the_means_that_are_hidden(low: float, told: str) -> None:
    view = paired(31, 0.9, low, 1.2, ttest_rel_pvalue=0.012)
    hidden = {one: Estimate(NAN, n=NAN) for one in ("mean_first", "mean_second")}
    view = Words(31, statistics=view.statistics | hidden, kind="number")
    shown = "" if low != low else " The means themselves are not shown, to protect small numbers."
    assert describe_means(view, "x") == f"{told}{shown}"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (7.0, "The score is 7 higher in the second survey; the interval leaves open whether it "
              "rose or fell (95% interval of the difference −2 to 9)."),
        (-1.0, "The score is 1 lower in the second survey; the interval leaves open whether it "
               "rose or fell (95% interval of the difference −2 to 9)."),
        (0.0, "The score is the same in both surveys; the interval leaves open whether it rose or "
              "fell (95% interval of the difference −2 to 9)."),
    ],
)  # fmt: skip
def test_a_score_moved_where_what_it_was_is_hidden(change: float, told: str) -> None:
    found = {"nps_difference": Estimate(change, -2, 9, n=364, statistic="nps_difference")}
    view = Words(364, statistics=found, kind="nps")
    hidden = " What it is in each is not shown, to protect small numbers."
    for paired_, text in ((True, f"{told}{hidden}"), (False, "")):
        assert text == say_apart(
            view, "x", "The score", (view, view), "which is higher", paired=paired_
        )


def test_without_a_test_an_interval_says_nothing_of_chance_among_many() -> None:
    found = {
        "nps_difference": Estimate(9, 2, 16, n=90, statistic="nps_difference"),
        "nps": Estimate(10, n=90, statistic="nps"),
    }
    view = Words(90, statistics=found, kind="nps")
    later = Words(90, statistics={"nps": Estimate(19, n=90, statistic="nps")}, kind="nps")
    told = say_apart(view, "x", "The score", (view, later), "which is higher", paired=False)
    assert "; the interval leaves little doubt which is higher (95% interval" in told
    found["mannwhitneyu_pvalue"] = Estimate(0.001, n=90, statistic="mannwhitneyu_pvalue")
    told = say_apart(view, "x", "The score", (view, later), "which is higher", paired=False)
    assert "chance alone would hardly explain that" in told
    assert "chance" not in describe_means(paired(60, 0.5, 0.2, 0.8), "x").lower()


def test_an_interval_that_touches_zero_is_open() -> None:
    assert "open" in describe_means(paired(60, 0.5, 0.0, 1.0, ttest_rel_pvalue=0.05), "x")


@pytest.mark.parametrize(
    ("n", "told"),
    [
        (0, "Nobody answered both times."),
        (1, "One person answered both times, too few for a comparison."),
        (4, "Four people answered both times, too few for a comparison."),
        (NAN, "How the answers changed is not shown, to protect small numbers."),
    ],
)
def test_too_few_pairs_are_said_to_be(n: float, told: str) -> None:
    assert describe_means(Words(n), "x") == told


def test_what_the_family_adjusts_is_told_as_such() -> None:
    tests = {
        "wilcoxon_pvalue": Estimate(0.016, n=31),
        "wilcoxon_pvalue_holm": Estimate(0.35, n=31, note="adjusted for 27 tests"),
    }
    scale = paired(31, 0.5, 0.1, 0.9)
    view = Words(31, statistics=scale.statistics | tests, kind="scale")
    told = describe_means(view, "x")
    assert "Whether chance alone explains that is left open (Wilcoxon's signed-rank test" in told
    assert "p = 0.016; adjusted for 27 tests, p = 0.35)" in told
    clear = tests | {"wilcoxon_pvalue_holm": Estimate(0.03, n=31, note="adjusted for 27 tests")}
    told = describe_means(Words(31, statistics=scale.statistics | clear, kind="scale"), "x")
    assert "Chance alone would hardly explain that (Wilcoxon's signed-rank test" in told


def test_ticks_that_rose_and_fell_are_named_and_the_others_left_open() -> None:
    found = {
        f"x:{name}/{statistic}": Estimate(value, n=50, note="adjusted for 3 tests")
        for name, difference, pvalue in (("A", 0.3, 0.001), ("B", -0.2, 0.01), ("C", 0.1, 0.4))
        for statistic, value in (("difference", difference), ("mcnemar_pvalue_holm", pvalue))
    }
    told = describe_ticks(Words(50, statistics=found), "x", ["A", "B", "C"])
    assert told == (
        "A larger share gave “A” (+30.0 points) the second time. A smaller share gave “B” (−20.0 "
        "points). Chance alone would hardly explain these (exact McNemar test of the 50 who "
        "answered both times, with Holm's adjustment for three answers). For the other answer "
        "compared it could."
    )


def test_sizes_in_a_note_are_written_as_numbers_are() -> None:
    note = "n = 23767 and 2256"
    found = {
        f"x/{statistic}": Estimate(value, n=50, note=note)
        for statistic, value in (("difference", 0.1), ("proportions_pvalue", 0.001))
    }
    told = compare_shares(Words(50, statistics=found), "x", ["A"])
    assert "(tests for independent samples, n = 23,767 and 2,256)" in told


def test_of_many_changes_the_largest_are_named_and_the_others_counted() -> None:
    gaps = {"A": 0.1, "B": 0.4, "C": 0.2, "D": 0.3}
    found = {
        f"x:{name}/{statistic}": Estimate(value, n=50)
        for name, gap in gaps.items()
        for statistic, value in (("difference", gap), ("mcnemar_pvalue", 0.001))
    }
    assert describe_ticks(Words(50, statistics=found), "x", [*gaps]).startswith(
        "A larger share gave “B” (+40.0 points), “D” (+30.0 points) and two other answers the "
        "second time."
    )


def test_every_kind_has_a_sentence_for_its_own_answers() -> None:
    views = {
        "single": Words(40, {"A": 0.7, "B": 0.3}),
        "ordered": Words(40, {"low": 0.7, "high": 0.3}, kind="ordered"),
        "multiple": Words(40, {"A": 0.7, "B": 0.6}, kind="multiple"),
        "country": Words(40, {"FRA": 0.7, "DEU": 0.3}, kind="country"),
        "number": number(40, median=6, mean=7.5, std=3),
        "text": Words(40, statistics={"count": Estimate(12, n=40)}, kind="text"),
    }
    for name, view in views.items():
        view.kind = name
        described = view.described("x")
        assert described is not None
        assert kind_of(described).sentence(view, "x").endswith("."), name


def test_a_median_at_the_end_of_the_scale_is_told_as_the_end():
    view = Words(
        65,
        statistics={
            "median": Estimate(4.0, n=65),
            "mean": Estimate(3.1, 2.8, 3.4, 65),
            "std": Estimate(1.2, n=65),
            "min": Estimate(0.0, n=65),
            "max": Estimate(4.0, n=65),
        },
    )
    assert describe_number(view, "x").startswith(
        "At least half of the 65 teachers who gave a number gave 4 "
    )
    assert "each, the highest number given" in describe_number(view, "x")


def test_escaped_labels_are_plain_again_in_alternative_texts():
    label = "very_bad $mood$ *x* [y](z)"
    assert plain_text(quote(label)) == f"“{label}”"


@pytest.mark.parametrize(
    ("label", "quoted"),
    [
        ("as large as usual", "“as large as usual”"),
        ('the "crisis" is', "“the ‘crisis’ is”"),
        ('("all") of it is "fine."', "“(‘all’) of it is ‘fine.’”"),
        ('above average."', "“above average.’”"),
    ],
)
def test_marks_in_what_is_quoted_are_single(label, quoted):
    assert quote(label) == quoted
