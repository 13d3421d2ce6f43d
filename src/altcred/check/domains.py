"""Numbers that a statistic can have at all, whatever the data behind it were."""

import re
from fractions import Fraction
from functools import cache

from altcred.check.ranges import ANY, COUNT, SHARE, Range

_SIGNED = Range(Fraction(-1), Fraction(1))
# Degrees of freedom that were estimated may lie a little below 1.
_FREEDOM = Range(Fraction(1, 2), None, low_open=True)
# The first pattern that a name matches wholly counts.
_DOMAINS = tuple(
    (re.compile(pattern), limits, sentence)
    for pattern, limits, sentence in (
        (r"(?:proportion|increased|decreased|unchanged)(?:_min|_max)?", SHARE,
         "a share lies between 0% and 100%"),
        (r"count|nobs|nunique", COUNT, "a count is not below 0"),
        (r"(?:\w+_)?(?:std|std_error)|variance|iqr|range", COUNT,
         "a measure of spread is not below 0"),
        (r"(?:\w+_)?pvalue", SHARE, "a p value lies between 0 and 1"),
        (r"(?:\w+_)?df\d?", _FREEDOM, "degrees of freedom are above 0"),
        (r"(?:f|anova|chi2|wald|q)(?:_\w+)?_statistic", COUNT, "such a statistic is not below 0"),
        (r"(?:r|correlation)(?:_statistic)?", _SIGNED, "a correlation lies between -1 and 1"),
        (r"kappa", _SIGNED, "kappa lies between -1 and 1"),
        (r"(?:odds|risk|hazard)_ratio", COUNT, "a ratio of odds or risks is not below 0"),
        (r"r_squared|(?:partial_)?eta_squared", SHARE, "a share of variance lies between 0 and 1"),
    )
)  # fmt: skip


@cache
def domain_of(statistic: str) -> tuple[Range, str]:
    """Return the numbers that a statistic can have, and a sentence that says so."""
    for pattern, limits, sentence in _DOMAINS:
        if pattern.fullmatch(statistic):
            return limits, sentence
    return ANY, ""
