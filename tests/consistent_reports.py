"""Tests, intervals, effects and tables as they are printed of random raw data, all of them true."""

import random
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

import numpy as np
from scipy import stats

ROUNDINGS = (ROUND_HALF_UP, ROUND_HALF_EVEN, ROUND_DOWN)


class Report:
    """Rows "subgroup: statistic = printed" of random data, by one way to round."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.numbers = np.random.default_rng(seed)
        self.rounding = self.random.choice(ROUNDINGS)
        self.digits = self.random.choice([1, 2, 2, 3])
        self.rows: list[str] = []

    def show(self, value: float, digits: int | None = None) -> str:
        unit = Decimal(1).scaleb(-(self.digits if digits is None else digits))
        return str(Decimal(repr(float(value))).quantize(unit, rounding=self.rounding))

    def say(self, place: str, **statistics: object) -> None:
        """Add rows of one place; a text is printed as it is."""
        for statistic, value in statistics.items():
            shown = value if isinstance(value, str) else self.show(value)
            prefix = f"{place}: " if place else ""
            self.rows.append(f"{prefix}{statistic} = {shown}")

    def p(self, p: float) -> str:
        """Print a p exactly, or below or above a limit."""
        kind = self.random.random()
        for limit in (0.001, 0.01, 0.05):
            if p < limit and kind < 0.3:
                return f"< {limit}"
        if p > 0.05 and kind < 0.1:
            return "> .05"
        return self.show(p, self.random.choice([2, 3, 4]))

    def sample(self, n: int) -> np.ndarray:
        center, spread = self.random.uniform(-5, 60), self.random.uniform(0.5, 12)
        values = self.numbers.normal(center, spread, n)
        return np.round(values) if self.random.random() < 0.3 else values


def two_groups(report: Report) -> None:
    a = report.sample(report.random.randint(4, 90))
    b = report.sample(report.random.randint(4, 90)) * report.random.choice([1, 1, 2])
    b = b - b.mean() + a.mean() + report.random.gauss(0, 1) * a.std() / 2
    if a.std() < 0.3 or b.std() < 0.3:
        return
    n, m = len(a), len(b)
    is_student = report.random.random() < 0.5
    of = report.random.choice([1, 1, 1, 0])
    for name, group in (("a", a), ("b", b)):
        spread = {"std": group.std(ddof=of)}
        if report.random.random() < 0.4:
            error = group.std(ddof=1) / len(group) ** 0.5
            spread = report.random.choice([{}, spread]) | {"std_error": error}
            if report.random.random() < 0.5:
                q = stats.t.ppf(0.975, len(group) - 1)
                spread |= {"ci_low": group.mean() - q * error, "ci_high": group.mean() + q * error}
        report.say(name, mean=group.mean(), nobs=str(len(group)), **spread)
    test = stats.ttest_ind(a, b, equal_var=is_student)
    p = test.pvalue / 2 if report.random.random() < 0.1 else test.pvalue
    df = report.show(test.df, 0 if is_student else report.random.choice([0, 1, 2]))
    name = report.random.choice(["t", "ttest_ind"])
    low, high = test.confidence_interval(0.95)
    pooled = (((n - 1) * a.var(ddof=1) + (m - 1) * b.var(ddof=1)) / (n + m - 2)) ** 0.5
    d = (a.mean() - b.mean()) / report.random.choice(
        [pooled, ((a.var(ddof=1) + b.var(ddof=1)) / 2) ** 0.5]
    )
    report.say("", **{f"{name}_statistic": test.statistic, f"{name}_df": df})
    report.say("", **{f"{name}_pvalue": report.p(p), "cohen_d": d, "nobs": str(n + m)})
    if p == test.pvalue:
        report.say("", difference=a.mean() - b.mean(), difference_ci_low=low)
        report.say("", difference_ci_high=high)
    if report.random.random() < 0.5:
        report.say("", hedges_g=d * (1 - 3 / (4 * (n + m) - 9)))


def pairs(report: Report) -> None:
    n = report.random.randint(4, 80)
    before = report.sample(n)
    after = before * report.random.uniform(-0.2, 1) + report.sample(n) * 0.5
    change = after - before
    if min(before.std(), after.std(), change.std()) < 0.3:
        return
    for wave, group in (("x", before), ("y", after)):
        report.say(f"{wave}/all", mean=group.mean(), std=group.std(ddof=1), nobs=str(n))
    test = stats.ttest_rel(after, before)
    low, high = test.confidence_interval(report.random.choice([0.9, 0.95, 0.99]))
    report.say("x-y/all", ttest_rel_statistic=test.statistic, ttest_rel_df=str(n - 1))
    report.say("x-y/all", ttest_rel_pvalue=report.p(test.pvalue), nobs=str(n))
    report.say("x-y/all", difference=change.mean(), difference_std=change.std(ddof=1))
    report.say("x-y/all", difference_std_error=change.std(ddof=1) / n**0.5)
    report.say("x-y/all", cohen_dz=change.mean() / change.std(ddof=1))
    report.say("x-y/all", cohen_d=change.mean() / ((before.std(ddof=1) + after.std(ddof=1)) / 2))
    if report.random.random() < 0.4:
        low, high = test.confidence_interval(0.95)
        report.say("x-y/all", difference_ci_low=low, difference_ci_high=high)


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
    report.say("", **{f"{name}_statistic": test.statistic, f"{name}_df1": str(first)})
    report.say("", **{f"{name}_df2": str(second), f"{name}_pvalue": report.p(test.pvalue)})
    report.say("", nobs=str(n), eta_squared=share, partial_eta_squared=share, r_squared=share)
    report.say("", adjusted_r_squared=1 - (1 - share) * (n - 1) / second)


def regression(report: Report) -> None:
    n = report.random.randint(5, 120)
    x, noise = report.sample(n), report.sample(n)
    if x.std() < 0.3:
        return
    y = x * report.random.uniform(-2, 2) + noise * report.random.uniform(0.5, 3)
    fit = stats.linregress(x, y)
    t = fit.slope / fit.stderr
    q = stats.t.ppf(0.975, n - 2)
    f = t * t
    if report.random.random() < 0.7:
        report.say("", t_statistic=t, t_df=str(n - 2))
    report.say(
        "", coefficient=fit.slope, coefficient_std_error=fit.stderr, pvalue=report.p(fit.pvalue)
    )
    report.say("", coefficient_ci_low=fit.slope - q * fit.stderr)
    report.say("", coefficient_ci_high=fit.slope + q * fit.stderr, beta=fit.rvalue)
    report.say("model", r=fit.rvalue, r_pvalue=report.p(fit.pvalue), nobs=str(n))
    report.say("model", r_squared=fit.rvalue**2, f_statistic=f, f_df1="1", f_df2=str(n - 2))
    z, side = np.arctanh(fit.rvalue), 1.959964 / (n - 3) ** 0.5
    report.say("model", r_ci_low=np.tanh(z - side), r_ci_high=np.tanh(z + side))


def logit(report: Report) -> None:
    b, error = report.random.gauss(0, 1.2), report.random.uniform(0.05, 0.8)
    p = 2 * stats.norm.sf(abs(b / error))
    report.say("", coefficient=b, std_error=error, wald_statistic=(b / error) ** 2, wald_df="1")
    report.say("", wald_pvalue=report.p(p), odds_ratio=np.exp(b))
    report.say("", odds_ratio_ci_low=np.exp(b - 1.959964 * error))
    report.say("", odds_ratio_ci_high=np.exp(b + 1.959964 * error))


def two_by_two(report: Report) -> None:
    n, m = report.random.randint(5, 300), report.random.randint(5, 300)
    a, b = report.random.randint(1, n - 1), report.random.randint(1, m - 1)
    for name, count, size in (("a", a, n), ("b", b, m)):
        share = f"{round(100 * count / size, 1)}%"
        report.say(f"{name}@yes", count=str(count), proportion=share)
        report.say(name, nobs=str(size))
    ratio = (a / (n - a)) / (b / (m - b))
    report.say("all@yes", odds_ratio=ratio if report.random.random() < 0.5 else 1 / ratio)
    report.say("all@yes", risk_ratio=(a / n) / (b / m))
    error = (1 / a + 1 / b + 1 / (n - a) + 1 / (m - b)) ** 0.5
    report.say("all@no", odds_ratio=ratio)
    report.say("all@no", odds_ratio_ci_low=ratio * np.exp(-1.959964 * error))
    report.say("all@no", odds_ratio_ci_high=ratio * np.exp(1.959964 * error))
    table = [[a, n - a], [b, m - b]]
    test = stats.chi2_contingency(table, correction=report.random.random() < 0.5)
    plain = stats.chi2_contingency(table, correction=False).statistic
    report.say("", chi2_statistic=test.statistic, chi2_df="1", chi2_pvalue=report.p(test.pvalue))
    report.say("", phi=(plain / (n + m)) ** 0.5, cramers_v=(plain / (n + m)) ** 0.5)
    report.say("", pvalue=report.p(test.pvalue), nobs=str(n + m))


def raters(report: Report) -> None:
    kinds = ["one", "two", "three"][: report.random.randint(2, 3)]
    counts = {(i, j): report.random.randint(0, 30) + 20 * (i == j) for i in kinds for j in kinds}
    total = sum(counts.values())
    po = sum(counts[i, i] for i in kinds) / total
    pe = (
        sum(sum(counts[i, j] for j in kinds) * sum(counts[j, i] for j in kinds) for i in kinds)
        / total**2
    )
    if report.random.random() < 0.5:
        for (i, j), count in counts.items():
            report.say(f"all@{i} / {j}", count=str(count))
    report.say("", observed_agreement=po, expected_agreement=pe, kappa=(po - pe) / (1 - pe))


def crossed(report: Report) -> None:
    rows, columns = report.random.randint(2, 4), report.random.randint(2, 5)
    table = report.numbers.integers(1, 40, (rows, columns))
    test = stats.chi2_contingency(table, correction=False)
    n = int(table.sum())
    if rows == 2:
        for name, counts in zip("ab", table, strict=True):
            for column, count in enumerate(counts):
                report.say(f"{name}@{'vwxyz'[column]}", count=str(count))
    report.say("", chi2_statistic=test.statistic, chi2_df=str(test.dof), nobs=str(n))
    report.say("", chi2_pvalue=report.p(test.pvalue))
    report.say("", cramers_v=(test.statistic / n / (min(rows, columns) - 1)) ** 0.5)


KINDS = (two_groups, pairs, several_groups, regression, logit, two_by_two, raters, crossed)


def make_report(seed: int) -> tuple[str, str]:
    """Return the rows of a consistent report and what it tests."""
    report = Report(seed)
    kind = KINDS[seed % len(KINDS)]
    kind(report)
    return ";".join(report.rows), kind.__name__
