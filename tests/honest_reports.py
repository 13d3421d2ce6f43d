"""Reports of invented people in which everything is true: nothing in them can be a contradiction.

Figures are computed from answers exactly, or by scipy, and rounded as journals do: halves up,
halves to even, or cut off, with different numbers of digits in one report.
"""

import math
import random
import statistics
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from fractions import Fraction

import pandas as pd
from scipy import stats

from altcred.check.published import COLUMNS
from altcred.check.relations import Relations

ROUNDINGS = (ROUND_HALF_UP, ROUND_HALF_EVEN, ROUND_DOWN)
GROUPS = ("arm=a", "arm=b")
CITIES = ("north", "south", "east", "west")
RELATIONS = Relations.model_validate(
    {
        "partitions": [{"whole": "all", "parts": list(GROUPS)}],
        "variables": {
            "city": {
                "exclusive": True,
                "categories": list(CITIES),
                "groups": {"sea": ["north", "east"]},
            },
            "items": {"whole_numbers": True},
        },
    }
)


class Report:
    """Figures printed one after another, each rounded by one convention."""

    def __init__(self, seed: int) -> None:
        self.choose = random.Random(seed)
        self.rounding = self.choose.choice(ROUNDINGS)
        self.rows: list[dict[str, str]] = []
        self.section = ""

    def print(self, value, digits: int, sign: str = "") -> str:
        """Write a number as the report rounds."""
        if isinstance(value, Fraction):
            # Enough digits that no half is made or unmade.
            number = Decimal(value.numerator) / Decimal(value.denominator)
        else:
            number = Decimal(repr(float(value)))
        number = number * (100 if sign else 1)
        text = f"{number.quantize(Decimal(1).scaleb(-digits), rounding=self.rounding):f}"
        if float(text) == 0:
            text = text.removeprefix("-")
        return text + sign

    def say(
        self,
        subgroup,
        variable,
        category,
        statistic,
        value,
        digits=0,
        *,
        wave="w",
        n="",
        chance=0.8,
    ):
        """Print a figure, or leave it out by chance."""
        if self.choose.random() > chance:
            return
        sign = "%" if statistic == "proportion" else ""
        printed = value if isinstance(value, str) else self.print(value, digits, sign)
        self.rows.append(
            {
                **dict.fromkeys(COLUMNS, ""), "id": f"r{len(self.rows)}", "document": "1",
                "section": self.section, "wave": wave, "subgroup": subgroup, "variable": variable,
                "category": category, "statistic": statistic, "printed": printed,
                "n": str(n) if n and self.choose.random() < 0.5 else "",
            }
        )  # fmt: skip

    def say_p(self, subgroup, variable, test, p, wave="w"):
        """Print a p as it is, or as below a bound."""
        for bound in (0.001, 0.01):
            if p < bound and self.choose.random() < 0.8:
                return self.say(subgroup, variable, "", f"{test}_pvalue", f"< {bound}", wave=wave)
        return self.say(
            subgroup, variable, "", f"{test}_pvalue", p, self.choose.choice([2, 3, 3, 4]), wave=wave
        )


def make_report(seed: int) -> pd.DataFrame:
    """Return the figures of a random report."""
    report = Report(seed)
    choose = report.choose
    n = choose.choice([8, 15, 30, 60, 120, 400])
    people = [
        {
            "arm": choose.choice(GROUPS),
            "city": choose.choice(CITIES[: choose.choice([2, 4])]),
            "items": min(max(round(choose.gauss(3, 1.2)), 1), 5),
            "weight": Fraction(round(choose.gauss(70, 12), choose.choice([0, 1])).__str__()),
        }
        for _ in range(n)
    ]
    for one in people:
        one["after"] = min(max(one["items"] + choose.choice([-1, 0, 0, 1, 1]), 1), 5)
    groups = {"all": people, **{g: [one for one in people if one["arm"] == g] for g in GROUPS}}
    report.section = "Table 1"
    tell_size = choose.random() < 0.8
    for group, members in groups.items():
        if tell_size and members:
            report.say(group, "responses", "", "count", Fraction(len(members)))
    share_digits = choose.choice([0, 0, 1, 2])
    for group, members in groups.items():
        _tell_cities(report, group, members, share_digits)
    for variable in ("items", "weight"):
        digits = choose.choice([1, 2, 2, 3])
        for group, members in groups.items():
            _tell_number(report, group, variable, [one[variable] for one in members], digits)
    report.section = "Table 2"
    _compare_groups(report, groups)
    _compare_moments(report, people)
    _compare_cities(report, people)
    _relate(report, people)
    _fit(report)
    _repeat(report)
    return pd.DataFrame(report.rows)


def _tell_cities(report, group, members, digits):
    if not members:
        return
    n = len(members)
    report.say(group, "city", "", "nobs", Fraction(n), chance=0.5)
    for city in (*CITIES, "sea"):
        inside = {"sea": {"north", "east"}}.get(city, {city})
        count = sum(one["city"] in inside for one in members)
        report.say(group, "city", city, "count", Fraction(count), chance=0.5)
        report.say(group, "city", city, "proportion", Fraction(count, n), digits, n=n)


def _tell_number(report, group, variable, values, digits):
    if len(values) < 3:
        return
    n = len(values)
    mean = Fraction(sum(values), n)
    deviation = statistics.stdev(map(float, values))
    if report.choose.random() < 0.15:
        deviation = statistics.pstdev(map(float, values))
    else:
        report.say(
            group, variable, "", "std_error", deviation / math.sqrt(n), digits, n=n, chance=0.3
        )
        half = stats.t.ppf(0.975, n - 1) * deviation / math.sqrt(n)
        if report.choose.random() < 0.4:
            report.say(
                group, variable, "", "mean_ci_low", float(mean) - half, digits, n=n, chance=1
            )
            report.say(
                group, variable, "", "mean_ci_high", float(mean) + half, digits, n=n, chance=1
            )
    report.say(group, variable, "", "nobs", Fraction(n), chance=0.6)
    report.say(group, variable, "", "mean", mean, digits, n=n)
    report.say(group, variable, "", "std", deviation, digits, n=n)
    report.say(
        group, variable, "", "median", Fraction(statistics.median(values)), digits, n=n, chance=0.5
    )
    report.say(group, variable, "", "min", Fraction(min(values)), 1, chance=0.4)
    report.say(group, variable, "", "max", Fraction(max(values)), 1, chance=0.4)
    low, high = (stats.scoreatpercentile([float(v) for v in values], q) for q in (25, 75))
    report.say(group, variable, "", "quantile_25", low, digits, chance=0.3)
    report.say(group, variable, "", "quantile_75", high, digits, chance=0.3)
    report.say(group, variable, "", "iqr", high - low, digits, chance=0.2)


def _compare_groups(report, groups):
    sides = [[float(one["weight"]) for one in groups[group]] for group in GROUPS]
    if min(map(len, sides)) < 3 or min(map(statistics.stdev, sides)) == 0:
        return
    is_welch = report.choose.random() < 0.5
    found = stats.ttest_ind(*sides, equal_var=not is_welch)
    digits = report.choose.choice([1, 2, 2, 3])
    report.say("arm=a vs arm=b", "weight", "", "ttest_ind_statistic", found.statistic, digits)
    df_digits = report.choose.choice([0, 1, 2]) if is_welch else 0
    report.say("arm=a vs arm=b", "weight", "", "ttest_ind_df", found.df, df_digits)
    report.say_p("arm=a vs arm=b", "weight", "ttest_ind", found.pvalue)
    difference = statistics.mean(sides[0]) - statistics.mean(sides[1])
    first, second = (len(side) for side in sides)
    if report.choose.random() < 0.5:
        interval = found.confidence_interval(0.95)
        for end, value in (("low", interval.low), ("high", interval.high)):
            report.say(
                "arm=a vs arm=b", "weight", "", f"mean_difference_ci_{end}", value, digits, chance=1
            )
    report.say("arm=a vs arm=b", "weight", "", "mean_difference", difference, digits, chance=0.6)
    pooled = math.sqrt(
        sum((len(side) - 1) * statistics.variance(side) for side in sides) / (first + second - 2)
    )
    report.say("arm=a vs arm=b", "weight", "", "cohen_d", difference / pooled, 2, chance=0.6)


def _compare_moments(report, people):
    before, after = [one["items"] for one in people], [one["after"] for one in people]
    changes = [second - first for first, second in zip(before, after, strict=True)]
    if len(set(changes)) < 2:
        return
    n, digits = len(people), report.choose.choice([2, 2, 3])
    for wave, values in (("first", before), ("last", after)):
        report.say("all", "score", "", "nobs", Fraction(n), wave=wave, chance=0.6)
        report.say("all", "score", "", "mean", Fraction(sum(values), n), digits, wave=wave)
        report.say("all", "score", "", "std", statistics.stdev(values), digits, wave=wave)
    found = stats.ttest_rel(after, before)
    if not math.isfinite(found.statistic):
        return
    wave = "first-last"
    report.say("all", "score", "", "ttest_rel_statistic", found.statistic, 2, wave=wave)
    report.say("all", "score", "", "ttest_rel_df", Fraction(n - 1), wave=wave)
    report.say("all", "score", "", "nobs", Fraction(n), wave=wave, chance=0.5)
    report.say_p("all", "score", "ttest_rel", found.pvalue, wave=wave)
    report.say("all", "score", "", "mean_difference", Fraction(sum(changes), n), digits, wave=wave)
    effect = statistics.mean(changes) / statistics.stdev(changes)
    report.say("all", "score", "", "cohen_dz", effect, 2, wave=wave, chance=0.5)


def _compare_cities(report, people):
    table = pd.crosstab([one["city"] for one in people], [one["arm"] for one in people])
    if min(table.shape) < 2:
        return
    found = stats.chi2_contingency(table, correction=report.choose.random() < 0.5)
    report.say("arm=a vs arm=b", "city", "", "chi2_statistic", found.statistic, 2)
    report.say("arm=a vs arm=b", "city", "", "chi2_df", Fraction(int(found.dof)))
    report.say_p("arm=a vs arm=b", "city", "chi2", found.pvalue)
    sides = [[float(one["items"]) for one in people if one["city"] == city] for city in CITIES]
    sides = [side for side in sides if len(side) > 1]
    if len(sides) < 2 or sum(len(set(side)) > 1 for side in sides) < 2:
        return
    f = stats.f_oneway(*sides)
    first, second = len(sides) - 1, sum(map(len, sides)) - len(sides)
    report.say("all", "items by city", "", "f_statistic", f.statistic, 2)
    report.say("all", "items by city", "", "f_df1", Fraction(first))
    report.say("all", "items by city", "", "f_df2", Fraction(second))
    report.say_p("all", "items by city", "f", f.pvalue)
    eta = f.statistic * first / (f.statistic * first + second)
    report.say(
        "all", "items by city", "", "eta_squared", eta, report.choose.choice([2, 3]), chance=0.6
    )


def _relate(report, people):
    n = len(people)
    first, second = (
        [float(one["weight"]) for one in people],
        [float(one["after"]) for one in people],
    )
    if len(set(second)) < 2 or len(set(first)) < 2:
        return
    r = stats.pearsonr(first, second)
    report.say("all", "weight and items", "", "r", r.statistic, report.choose.choice([2, 3]))
    report.say("all", "weight and items", "", "r_df", Fraction(n - 2))
    report.say_p("all", "weight and items", "r", r.pvalue)
    line = stats.linregress(first, second)
    name, digits = "slope", report.choose.choice([2, 3])
    report.say("all", name, "", "coefficient", line.slope, digits, chance=1)
    report.say("all", name, "", "std_error", line.stderr, digits)
    report.say("all", name, "", "t_statistic", line.slope / line.stderr, 2)
    report.say("all", name, "", "t_df", Fraction(n - 2), chance=0.6)
    report.say_p("all", name, "t", line.pvalue)
    report.say("all", name, "", "r_squared", line.rvalue**2, 2, chance=0.5)
    half = stats.t.ppf(0.975, n - 2) * line.stderr
    if report.choose.random() < 0.5:
        report.say("all", name, "", "coefficient_ci_low", line.slope - half, digits, chance=1)
        report.say("all", name, "", "coefficient_ci_high", line.slope + half, digits, chance=1)


def _fit(report):
    """A logistic coefficient as it is usually printed."""
    choose = report.choose
    a, b, c, d = (choose.randint(3, 60) for _ in range(4))
    log, error = math.log(a * d / (b * c)), math.sqrt(1 / a + 1 / b + 1 / c + 1 / d)
    digits, name = choose.choice([2, 2, 3]), "smoking"
    report.say("all", name, "", "coefficient", log, digits, chance=0.6)
    report.say("all", name, "", "std_error", error, digits, chance=0.6)
    report.say("all", name, "", "z_statistic", log / error, 2, chance=0.6)
    report.say_p("all", name, "z", 2 * stats.norm.sf(abs(log / error)))
    report.say("all", name, "", "odds_ratio", math.exp(log), digits)
    if choose.random() < 0.7:
        for end, z in (("low", -1.959964), ("high", 1.959964)):
            report.say(
                "all", name, "", f"odds_ratio_ci_{end}", math.exp(log + z * error), digits, chance=1
            )


def _repeat(report):
    """Say some figures of the tables again in the summary, with fewer digits."""
    report.section = "Summary"
    for row in list(report.rows):
        pass
        if report.choose.random() < 0.1 and not row["printed"].startswith("<"):
            report.rows.append({**row, "id": f"r{len(report.rows)}", "section": "Summary"})
