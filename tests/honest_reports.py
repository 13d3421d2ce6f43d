"""Reports of invented people in which everything is true: nothing in them can be a contradiction.

Figures are computed from answers exactly, or by scipy, and shortened as journals do: halves up,
halves to even, or cut off, with different numbers of digits in one report.
"""

import random
import statistics
from collections.abc import Sequence
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
from scipy import stats

from altcred.check.published import COLUMNS
from altcred.check.relations import Relations

ROUNDINGS = (ROUND_HALF_UP, ROUND_HALF_EVEN, ROUND_DOWN)
CITIES = ("north", "south", "east", "west")
REASONS = ("work", "fun", "pay")
# Enough digits that no half is made or unmade.
EXACT = Context(prec=60)
QUANTILES = ("linear", "weibull", "hazen", "median_unbiased", "inverted_cdf")
Z = 1.959964


class Report:
    """Figures printed one after another, each shortened by one convention."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.numbers = np.random.default_rng(seed)
        choose = self.random.choice
        self.rounding = choose(ROUNDINGS)
        self.digits = choose([1, 2, 2, 3])
        self.share_digits = choose([0, 0, 1, 1, 2])
        self.sign = choose(["%", "%", " %", ""])
        # numpy divides by n where nothing else is said, most programs by n - 1.
        self.ddof = choose([1, 1, 1, 1, 0])
        self.drops_nought = self.random.random() < 0.3
        self.chance = choose([0.6, 0.85, 1.0])
        self.rows: list[dict[str, str]] = []
        self.section = self.variable = self.wave = self.note = ""

    def print(self, value: object, digits: int | None = None) -> str:
        """Write a number as the report does; a text stays what it is, a count is whole."""
        if isinstance(value, str):
            return value
        if isinstance(value, int | np.integer):
            return f"{int(value):,}"
        number = (
            EXACT.divide(Decimal(value.numerator), Decimal(value.denominator))
            if isinstance(value, Fraction)
            else Decimal(repr(float(value)))
        )
        unit = Decimal(1).scaleb(-(self.digits if digits is None else digits))
        text = f"{number.quantize(unit, rounding=self.rounding):f}"
        return text.removeprefix("-") if not float(text) else text

    def print_share(self, value: Fraction) -> str:
        return self.print(100 * value, self.share_digits) + self.sign

    def print_p(self, p: float) -> str:
        """Write a p as it is, or as below or above a limit."""
        kind, below = self.random.random(), [limit for limit in (0.001, 0.01, 0.05) if p < limit]
        if below and kind < 0.4:
            text = f"< {below[0]}"
        elif p > 0.05 and kind < 0.1:
            text = "> .05"
        else:
            text = self.print(p, self.random.choice([2, 3, 3, 4]))
        return text.replace("0.", ".") if self.drops_nought else text

    def say(
        self, who: str = "all", category: str = "", *, wave: str = "", n: int = 0,
        digits: int | None = None, always: bool = False, qualifier: str = "", **values: object,
    ) -> None:  # fmt: skip
        """Print figures of one place, or leave each out by chance."""
        for statistic, value in values.items():
            if not always and self.random.random() > self.chance:
                continue
            is_share = statistic == "proportion" and isinstance(value, Fraction)
            printed = self.print_share(value) if is_share else self.print(value, digits)
            self.rows.append(
                {
                    **dict.fromkeys(COLUMNS, ""), "id": f"r{len(self.rows)}", "document": "1",
                    "section": self.section, "wave": wave or self.wave, "subgroup": who,
                    "variable": self.variable, "category": category, "statistic": statistic,
                    "printed": printed, "n": f"{n:,}" if n and self.random.random() < 0.5 else "",
                    "note": self.note, "qualifier": qualifier,
                }
            )  # fmt: skip

    def begin(self, variable: str, wave: str = "survey") -> None:
        """Go on with another variable, sometimes in another table."""
        self.variable, self.wave = variable, wave
        if not self.section or self.random.random() < 0.3:
            self.section = f"Table {len({row['section'] for row in self.rows}) + 1}"

    def sample(self, n: int) -> np.ndarray:
        center, spread = self.random.uniform(-5, 60), self.random.uniform(0.5, 12)
        values = self.numbers.normal(center, spread, n)
        return np.round(values) if self.random.random() < 0.3 else values

    def deviate(self, values: Sequence[float] | np.ndarray, ddof: int | None = None) -> float:
        return float(np.std(np.asarray(values, float), ddof=self.ddof if ddof is None else ddof))


# What a survey prints of its groups -------------------------------------------------------------


def describe_groups(report: Report) -> dict:
    """Print who there are: everyone, arms, and two arms together; return what can be declared."""
    arms = [f"arm={name}" for name in "abc"[: report.random.choice([1, 2, 2, 3])]]
    people = [_invent_person(report, arms) for _ in range(report.random.choice([9, 25, 60, 140]))]
    groups = {arm: [one for one in people if one["arm"] == arm] for arm in arms}
    partitions = [{"whole": "all", "parts": arms}]
    if len(arms) == 3:
        groups["treated"] = groups[arms[0]] + groups[arms[1]]
        partitions = [
            {"whole": "all", "parts": ["treated", arms[2]]},
            {"whole": "treated", "parts": arms[:2]},
        ]
    groups = {"all": people, **{name: group for name, group in groups.items() if group}}
    report.begin("responses")
    if report.random.random() < 0.8:
        for name, group in groups.items():
            report.say(name, count=len(group))
        for arm in arms:
            share = Fraction(len(groups.get(arm, ())), len(people))
            report.say("all", arm.removeprefix("arm="), proportion=share)
    for tell in (_tell_cities, _tell_reasons, _tell_smokers, _tell_ages, _tell_scores):
        tell(report, groups)
    report.begin("weight")
    for name, group in groups.items():
        _tell_numbers(report, name, [one["weight"] for one in group])
    items = len(people[0]["mood"])
    return {
        "partitions": partitions if len(arms) > 1 else [],
        "ranges_over": {"by arm": [name for name in groups if name.startswith("arm=")]},
        "variables": {
            "city": {
                "exclusive": True, "categories": [*CITIES],
                "breakdowns": {"sea": ["north", "east"]},
            },
            "reasons": {"categories": [*REASONS], "everyone_ticks": True,
                        "groups": {"gain": ["work", "pay"]}},
            "smoker": {"exclusive": True, "categories": ["yes", "no"]},
            "age": {"whole_numbers": True, "exclusive": True, "intervals": {"old": "(40, )"}},
            "mood": {"scale": "1-5", "items": items},
        },
    }  # fmt: skip


def _invent_person(report: Report, arms: list[str]) -> dict:
    choose = report.random
    return {
        "arm": choose.choice(arms),
        "city": choose.choice([*CITIES, "north", "north", None]),
        "reasons": {one for one in REASONS if choose.random() < 0.5},
        "smoker": choose.random() < 0.3,
        "age": choose.choice([None, choose.randint(15, 80), choose.randint(25, 45)]),
        "mood": [choose.randint(1, 5) for _ in range(1 + report.digits % 3)],
        "weight": Fraction(round(choose.gauss(70, 12) * 10), 10),
    }


def _tell_shares(report: Report, name: str, n: int, counts: dict[str, int]) -> None:
    """Print counts and shares of categories among n people."""
    if report.random.random() < 0.6:
        report.say(name, nobs=n)
    for category, count in counts.items():
        share = Fraction(count, n)
        if report.random.random() < 0.05 and 100 * count % n:
            report.say(name, category, n=n, proportion=f"{100 * count // n}%", qualifier="over")
        else:
            report.say(name, category, n=n, proportion=share)
        if report.random.random() < 0.5:
            report.say(name, category, count=count)


def _tell_spread_of_shares(report: Report, groups: dict[str, list[dict]], city: str) -> None:
    """Print the least and the greatest share of a city in an arm."""
    shares = []
    for name, group in groups.items():
        told = [one["city"] for one in group if one["city"]]
        if name.startswith("arm=") and told:
            shares.append(Fraction(told.count(city), len(told)))
    if len(shares) == sum(name.startswith("arm=") for name in groups) > 1:
        least, most = report.print_share(min(shares)), report.print_share(max(shares))
        report.say("by arm", city, proportion_min=least, proportion_max=most)


def _tell_cities(report: Report, groups: dict[str, list[dict]]) -> None:
    report.begin("city")
    for name, group in groups.items():
        told = [one["city"] for one in group if one["city"]]
        if told:
            counts = {city: told.count(city) for city in CITIES}
            most = max(CITIES, key=told.count)
            report.say(name, most, rank="most frequent", qualifier="1")
            counts["sea"] = counts["north"] + counts["east"]
            _tell_shares(report, name, len(told), counts)
    _tell_spread_of_shares(report, groups, "north")


def _tell_reasons(report: Report, groups: dict[str, list[dict]]) -> None:
    report.begin("reasons")
    for name, group in groups.items():
        told = [one["reasons"] for one in group if one["reasons"]]
        if told:
            counts = {reason: sum(reason in one for one in told) for reason in REASONS}
            counts["gain"] = sum(bool(one & {"work", "pay"}) for one in told)
            _tell_shares(report, name, len(told), counts)


def _tell_smokers(report: Report, groups: dict[str, list[dict]]) -> None:
    report.begin("smoker")
    for name, group in groups.items():
        told = [one["smoker"] for one in group]
        _tell_shares(report, name, len(told), {"yes": sum(told), "no": len(told) - sum(told)})
        if len(told) > 1 and report.random.random() < 0.3:
            report.say(name, "yes", std=report.deviate(told))
        error = (np.mean(told) * (1 - np.mean(told)) / len(told)) ** 0.5
        if report.random.random() < 0.3 and not report.share_digits:
            low, high = (float(np.mean(told)) + side * Z * error for side in (-1, 1))
            if low > 0 and high < 1:
                for end, share in (("low", low), ("high", high)):
                    text = f"{report.print(100 * share, 0)}%"
                    report.say(name, "yes", always=True, **{f"proportion_ci_{end}": text})


def _tell_ages(report: Report, groups: dict[str, list[dict]]) -> None:
    report.begin("age")
    for name, group in groups.items():
        told = [one["age"] for one in group if one["age"] is not None]
        if told:
            _tell_numbers(report, name, [Fraction(age) for age in told])
            report.say(name, nunique=len(set(told)))
            report.say(name, "old", proportion=Fraction(sum(age > 40 for age in told), len(told)))


def _tell_scores(report: Report, groups: dict[str, list[dict]]) -> None:
    report.begin("mood")
    for name, group in groups.items():
        scores = [Fraction(sum(one["mood"]), len(one["mood"])) for one in group]
        _tell_numbers(report, name, scores)


def _tell_numbers(report: Report, name: str, values: list[Fraction]) -> None:
    """Print where numbers lie and how far apart, as n, mean, SD, SE, interval and quantiles."""
    n, numbers = len(values), [float(value) for value in values]
    report.say(name, nobs=n)
    report.say(name, n=n, mean=sum(values, Fraction(0)) / n)
    report.say(name, n=n, median=Fraction(statistics.median(values)))
    report.say(name, min=min(values), max=max(values), digits=1)
    if n < 3:
        return
    report.say(name, n=n, std=report.deviate(numbers))
    method = report.random.choice(QUANTILES)
    low, high = (float(np.quantile(numbers, part, method=method)) for part in (0.25, 0.75))
    if report.random.random() < 0.4:
        report.say(name, quantile_25=low, quantile_75=high, iqr=high - low)
    error = report.deviate(numbers, 1) / n**0.5
    if report.random.random() < 0.4:
        side = error * report.random.choice([stats.t.ppf(0.975, n - 1), Z])
        center = float(np.mean(numbers))
        report.say(name, std_error=error)
        report.say(name, always=True, mean_ci_low=center - side, mean_ci_high=center + side)


# What an analysis prints ------------------------------------------------------------------------


def two_groups(report: Report) -> None:
    a = report.sample(report.random.randint(4, 90))
    b = report.sample(report.random.randint(4, 90)) * report.random.choice([1, 1, 2])
    b = b - b.mean() + a.mean() + report.random.gauss(0, 1) * a.std() / 2
    if a.std() < 0.3 or b.std() < 0.3:
        return
    n, m = len(a), len(b)
    is_student = report.random.random() < 0.5
    for name, group in (("a", a), ("b", b)):
        report.say(name, mean=group.mean(), nobs=len(group))
        error = group.std(ddof=1) / len(group) ** 0.5
        shown = report.random.choice(["std", "std", "std_error", "both"])
        if shown != "std_error":
            report.say(name, std=report.deviate(group))
        if shown != "std":
            report.say(name, std_error=error)
            side = stats.t.ppf(0.975, len(group) - 1) * error
            report.say(name, ci_low=group.mean() - side, ci_high=group.mean() + side)
    test = stats.ttest_ind(a, b, equal_var=is_student)
    p = test.pvalue / 2 if report.random.random() < 0.1 else test.pvalue
    df = report.print(test.df, 0 if is_student else report.random.choice([0, 1, 2]))
    name = report.random.choice(["t", "ttest_ind"])
    report.say(nobs=n + m, **{f"{name}_statistic": test.statistic, f"{name}_df": df})
    report.say(**{f"{name}_pvalue": report.print_p(p)})
    variances = [group.var(ddof=1) for group in (a, b)]
    pooled = ((n - 1) * variances[0] + (m - 1) * variances[1]) / (n + m - 2)
    d = (a.mean() - b.mean()) / report.random.choice([pooled, sum(variances) / 2]) ** 0.5
    report.say(cohen_d=d, hedges_g=d * (1 - 3 / (4 * (n + m) - 9)))
    if p == test.pvalue:
        low, high = test.confidence_interval(0.95)
        report.say(difference=a.mean() - b.mean(), difference_ci_low=low, difference_ci_high=high)


def pairs(report: Report) -> None:
    n = report.random.randint(4, 80)
    before = report.sample(n)
    after = before * report.random.uniform(-0.2, 1) + report.sample(n) * 0.5
    if report.random.random() < 0.4:
        before = np.clip(np.round(report.numbers.normal(3, 1.2, n)), 1, 5)
        after = np.clip(before + report.numbers.integers(-1, 2, n), 1, 5)
    change = after - before
    if min(before.std(), after.std(), change.std()) < 0.3:
        return
    for wave, group in (("x", before), ("y", after)):
        report.say(wave=wave, mean=group.mean(), std=report.deviate(group), nobs=n)
    test = stats.ttest_rel(after, before)
    effect = change.mean() / change.std(ddof=1)
    own = change.mean() / ((before.std(ddof=1) + after.std(ddof=1)) / 2)
    report.say(wave="x-y", ttest_rel_statistic=test.statistic, ttest_rel_df=n - 1, nobs=n)
    report.say(wave="x-y", ttest_rel_pvalue=report.print_p(test.pvalue), cohen_dz=effect)
    report.say(wave="x-y", difference=change.mean(), difference_std=report.deviate(change))
    report.say(wave="x-y", difference_std_error=change.std(ddof=1) / n**0.5, cohen_d=own)
    if report.random.random() < 0.4:
        level = report.random.choice([90, 95, 95, 99])
        low, high = test.confidence_interval(level / 100)
        report.note = f"{level}% CI" if level != 95 else ""
        report.say(wave="x-y", difference_ci_low=low, difference_ci_high=high)
        report.note = ""


def shares_of_two_waves(report: Report) -> None:
    n, m = report.random.randint(5, 400), report.random.randint(5, 400)
    first, last = (Fraction(report.random.randint(0, size), size) for size in (n, m))
    report.say(category="yes", wave="x", n=n, always=True, proportion=first)
    report.say(category="yes", wave="y", n=m, always=True, proportion=last)
    change = report.print_share(last - first)
    report.say(category="yes", wave="x-y", difference=change)


def several_groups(report: Report) -> None:
    groups = [
        report.sample(report.random.randint(3, 40)) for _ in range(report.random.randint(2, 5))
    ]
    groups = [one - one.mean() + report.random.gauss(0, 2) for one in groups]
    test = stats.f_oneway(*groups)
    n = sum(map(len, groups))
    first, second = len(groups) - 1, n - len(groups)
    name = report.random.choice(["f", "anova"])
    share = test.statistic * first / (test.statistic * first + second)
    report.say(nobs=n, **{f"{name}_statistic": test.statistic, f"{name}_df1": first})
    report.say(**{f"{name}_df2": second, f"{name}_pvalue": report.print_p(test.pvalue)})
    report.say(eta_squared=share, partial_eta_squared=share, r_squared=share)
    report.say(adjusted_r_squared=1 - (1 - share) * (n - 1) / second)


def regression(report: Report) -> None:
    n = report.random.randint(5, 120)
    x, noise = report.sample(n), report.sample(n)
    if x.std() < 0.3:
        return
    y = x * report.random.uniform(-2, 2) + noise * report.random.uniform(0.5, 3)
    fit = stats.linregress(x, y)
    t = fit.slope / fit.stderr
    side = stats.t.ppf(0.975, n - 2) * fit.stderr
    report.say(t_statistic=t, t_df=n - 2)
    report.say(coefficient=fit.slope, coefficient_std_error=fit.stderr, beta=fit.rvalue)
    report.say(pvalue=report.print_p(fit.pvalue))
    report.say(coefficient_ci_low=fit.slope - side, coefficient_ci_high=fit.slope + side)
    report.say("model", r=fit.rvalue, r_pvalue=report.print_p(fit.pvalue), r_df=n - 2)
    report.say("model", r_squared=fit.rvalue**2, f_statistic=t * t, f_df1=1, f_df2=n - 2, nobs=n)
    z, side = np.arctanh(fit.rvalue), Z / (n - 3) ** 0.5
    report.say("model", r_ci_low=np.tanh(z - side), r_ci_high=np.tanh(z + side))


def logit(report: Report) -> None:
    b, error = report.random.gauss(0, 1.2), report.random.uniform(0.05, 0.8)
    p, name = 2 * stats.norm.sf(abs(b / error)), report.random.choice(["odds", "hazard"])
    report.say(coefficient=b, std_error=error)
    if report.random.random() < 0.5:
        report.say(z_statistic=b / error, z_pvalue=report.print_p(p))
    else:
        report.say(wald_statistic=(b / error) ** 2, wald_df=1, wald_pvalue=report.print_p(p))
    low, high = (np.exp(b + side * Z * error) for side in (-1, 1))
    report.say(**{f"{name}_ratio": np.exp(b)})
    report.say(**{f"{name}_ratio_ci_low": low, f"{name}_ratio_ci_high": high})


def two_by_two(report: Report) -> None:
    n, m = report.random.randint(5, 300), report.random.randint(5, 300)
    a, b = report.random.randint(1, n - 1), report.random.randint(1, m - 1)
    for name, count, size in (("a", a, n), ("b", b, m)):
        report.say(name, "yes", always=True, count=count, proportion=Fraction(count, size))
        report.say(name, always=True, nobs=size)
    ratio = (a / (n - a)) / (b / (m - b))
    report.say("all", "yes", odds_ratio=report.random.choice([ratio, 1 / ratio]))
    report.say("all", "yes", risk_ratio=(a / n) / (b / m))
    error = (1 / a + 1 / b + 1 / (n - a) + 1 / (m - b)) ** 0.5
    low, high = (ratio * np.exp(side * Z * error) for side in (-1, 1))
    report.say("all", "no", odds_ratio=ratio, odds_ratio_ci_low=low, odds_ratio_ci_high=high)
    table = [[a, n - a], [b, m - b]]
    test = stats.chi2_contingency(table, correction=report.random.random() < 0.5)
    plain = stats.chi2_contingency(table, correction=False).statistic
    report.say(chi2_statistic=test.statistic, chi2_df=1, chi2_pvalue=report.print_p(test.pvalue))
    report.say(phi=(plain / (n + m)) ** 0.5, cramers_v=(plain / (n + m)) ** 0.5, nobs=n + m)


def raters(report: Report) -> None:
    kinds = ["one", "two", "three"][: report.random.randint(2, 3)]
    counts = {(i, j): report.random.randint(0, 30) + 20 * (i == j) for i in kinds for j in kinds}
    total = sum(counts.values())
    po = sum(counts[i, i] for i in kinds) / total
    pe = sum(
        sum(counts[i, j] for j in kinds) * sum(counts[j, i] for j in kinds) for i in kinds
    ) / total**2  # fmt: skip
    if report.random.random() < 0.5:
        for (i, j), count in counts.items():
            report.say("all", f"{i} / {j}", count=count)
    report.say(observed_agreement=po, expected_agreement=pe, kappa=(po - pe) / (1 - pe))


def crossed(report: Report) -> None:
    rows, columns = report.random.randint(2, 4), report.random.randint(2, 5)
    table = report.numbers.integers(1, 40, (rows, columns))
    test = stats.chi2_contingency(table, correction=False)
    n = int(table.sum())
    if rows == 2:
        for name, counts in zip("ab", table, strict=True):
            for column, count in enumerate(counts):
                report.say(name, "vwxyz"[column], always=True, count=count)
    report.say(chi2_statistic=test.statistic, chi2_df=test.dof, nobs=n)
    report.say(chi2_pvalue=report.print_p(test.pvalue))
    report.say(cramers_v=(test.statistic / n / (min(rows, columns) - 1)) ** 0.5)


ANALYSES = (
    two_groups, pairs, shares_of_two_waves, several_groups, regression, logit, two_by_two, raters,
    crossed,
)  # fmt: skip


def make_report(seed: int, analyses: int = 4) -> tuple[pd.DataFrame, Relations]:
    """Return the figures of a random report of groups and some analyses, and its relations."""
    report = Report(seed)
    relations = describe_groups(report)
    for place, tell in enumerate(report.random.sample(ANALYSES, analyses)):
        report.begin(f"outcome {place}", f"study {place}")
        tell(report)
    _repeat(report)
    return pd.DataFrame(report.rows), Relations.model_validate(relations)


def make_analysis(seed: int) -> tuple[pd.DataFrame, str]:
    """Return the figures of one analysis alone, each kind in turn, and what it is."""
    report, tell = Report(seed), ANALYSES[seed % len(ANALYSES)]
    report.begin("outcome", "study")
    tell(report)
    return pd.DataFrame(report.rows, columns=list(COLUMNS)), tell.__name__


def _repeat(report: Report) -> None:
    """Say some figures of the tables again in the summary."""
    report.section = "Summary"
    for row in list(report.rows):
        if report.random.random() < 0.05:
            report.rows.append({**row, "id": f"r{len(report.rows)}", "section": report.section})
