"""Finds the tests that an article reports, as they are written in its sentences and tables.

Student's t, F, chi-square, z, correlations and Cochran's Q are found with their degrees of freedom
and the p that belongs to them: in the style of the APA, `t(28) = 2.20, p = .036`, and in the ways
that other journals write the same.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

T, F, CHI2, Z, R, Q = "t", "F", "chi2", "z", "r", "Q"
# How many degrees of freedom each has.
DEGREES = {T: 1, F: 2, CHI2: 1, Z: 0, R: 1, Q: 1}
# So many letters may stand between a test and its p: intervals, effect sizes, a few words.
REACH = 140

_DASHES = dict.fromkeys(map(ord, "−–—‒‐‑﹣－"), "-") | dict.fromkeys(map(ord, "\u00ad\u200b"), "")
_DIGITS = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d*[.,]\d+|\d+)"
_POWER = r"(?:\s?[eE]\s?[-+]?\s?\d+|\s?[x×*·]\s?10\s?\^?\s?[-+]?\s?\d+)?"
NUMBER = rf"[-+]?\s?{_DIGITS}{_POWER}"
COMPARED = r"(?:<=|>=|=<|=>|[=<>≤≥≈~])"
_OPEN, _CLOSE = r"[(\[{]", r"[)\]}]"
_DEGREE = r"(?:df\s?\d?\s?=\s?)?(?P<{}>\d{{1,3}}(?:,\d{{3}})+|\d+(?:\.\d+)?|l(?=\s?[,;]))"
_ONE = _DEGREE.format("df")
_TWO = rf"{_DEGREE.format('df1')}\s?[,;]\s?{_DEGREE.format('df2')}"
_SIZE = rf"(?:\s?[,;]\s?[Nn]\s?=\s?(?P<size>{_DIGITS}))?"
_BESIDE = rf"\s?{COMPARED}"
_VALUE = rf"\s?(?P<comparison>{COMPARED})\s?(?P<value>{NUMBER})"
_LATER = r"\s?[,;]?\s?(?:\(|\[)?\s?(?:with\s)?(?:d\.?f\.?|degrees of freedom)\s?(?:=|:|of)?\s?"
# Kruskal and Wallis's H and the likelihood ratio G2 are held against chi-square too.
_CHI = (
    r"(?:[χΧ]|(?<![A-Za-z])(?:chi|Chi))\s?[-_^ ]?\s?(?:2|squared?)|(?<![A-Za-zη])[Xx]\s?\^?2"
    r"|(?<![A-Za-z_])(?:H|G\s?\^?2)(?=\s?\()"
)
# What a test is called; a lower case q, a Spearman's r or a D are other tests.
_CALLED = {
    T: r"(?<![A-Za-z_])t",
    F: r"(?<![A-Za-z_])F",
    CHI2: rf"(?:{_CHI})",
    Z: r"(?<![A-Za-z_])[zZ]",
    R: r"(?<![A-Za-z_])r",
    Q: r"(?<![A-Za-z_])Q(?:_?[wbWBmMtT]|_?-?(?:within|between|total|model))?",
}
_SUBSCRIPT = r"_?\s?\{?"
_PATTERNS = {
    T: [rf"{_CALLED[T]}\s?{_OPEN}\s?{_ONE}\s?{_CLOSE}{_VALUE}",
        rf"{_CALLED[T]}{_SUBSCRIPT}{_ONE}\}}?{_VALUE}",
        rf"{_CALLED[T]}{_VALUE}{_LATER}{_ONE}"],
    F: [rf"{_CALLED[F]}\s?{_OPEN}\s?{_TWO}\s?{_CLOSE}{_VALUE}",
        rf"{_CALLED[F]}{_SUBSCRIPT}{_TWO}\}}?{_VALUE}",
        rf"{_CALLED[F]}{_VALUE}{_LATER}{_OPEN}?\s?{_TWO}"],
    CHI2: [rf"{_CALLED[CHI2]}\s?{_OPEN}\s?{_ONE}{_SIZE}\s?{_CLOSE}{_VALUE}",
           rf"{_CALLED[CHI2]}{_SUBSCRIPT}{_ONE}\}}?{_VALUE}",
           rf"{_CALLED[CHI2]}{_VALUE}{_LATER}{_ONE}"],
    Z: [rf"{_CALLED[Z]}{_VALUE}"],
    R: [rf"{_CALLED[R]}\s?{_OPEN}\s?{_ONE}\s?{_CLOSE}{_VALUE}",
        rf"{_CALLED[R]}{_VALUE}\s?[,;]?\s?[Nn]\s?=\s?(?P<size>{_DIGITS})",
        rf"{_CALLED[R]}{_VALUE}{_LATER}{_ONE}"],
    Q: [rf"{_CALLED[Q]}\s?{_OPEN}\s?{_ONE}\s?{_CLOSE}{_VALUE}",
        rf"{_CALLED[Q]}{_VALUE}{_LATER}{_ONE}"],
}  # fmt: skip
_TESTS = [
    (kind, re.compile(pattern)) for kind, patterns in _PATTERNS.items() for pattern in patterns
]
_P = re.compile(
    r"(?<![A-Za-zηωε²2])(?<!partial )"
    r"(?:(?P<tail>one|two)[- ](?:tailed|sided)\s)?"
    r"(?:all\s)?[pP]s?(?P<kind>[-_ ]?(?:adj(?:usted|\.)?|corr(?:ected|\.)?|bonf\w*|holm|fdr|tukey|"
    r"one[-_ ]?(?:tailed|sided)|two[-_ ]?(?:tailed|sided)|1[-_ ]?tailed|2[-_ ]?tailed))?"
    r"(?:\s?[-_ ]\s?values?)?(?:\s?\((?P<note>[^()]{0,20})\))?\s?"
    rf"(?:(?P<comparison>{COMPARED}|\bof\b|\bwas\b)\s?(?P<value>\.\s?\d+{_POWER}|{NUMBER})"
    r"|=\s?(?P<ns>n\.?\s?s\.?)(?![A-Za-z]))"
)
_NOT_SIGNIFICANT = re.compile(r"(?<![A-Za-z])n\.?\s?s\.?(?![A-Za-z])|\bnot significant\b")
# A sentence ends here, or the next one is about something else.
_ENDS = re.compile(r"[.;?!]\s+[A-Z]|\b(?:and|but|whereas|while|or)\b")
ONE_SIDED = re.compile(r"\b(?:one|single|1)[- ]?(?:sided|tailed|tail)\b|\bdirectional\b", re.I)
ADJUSTMENTS = {
    "Bonferroni": re.compile(r"\bBonferroni\b", re.I),
    "Holm": re.compile(r"\bHolm\b"),
    "Šidák": re.compile(r"\b[SŠ]id[aá]k\b", re.I),
    "Tukey": re.compile(r"\bTukey|\bHSD\b"),
    "Scheffé": re.compile(r"\bScheff[eé]\b", re.I),
    "Dunnett": re.compile(r"\bDunnett\b"),
    "Games-Howell": re.compile(r"\bGames[- ]Howell\b", re.I),
    "false discovery rate": re.compile(r"\bfalse discovery rate|\bFDR\b|\bBenjamini", re.I),
    "multiple comparisons": re.compile(
        r"\b(?:adjust|correct)\w* for (?:the )?(?:multiple|number of|multiplicity)", re.I
    ),
}


@dataclass(frozen=True)
class Printed:
    """A number as printed: its digits, and how it is compared (=, <, >, <=, >=, ns)."""

    text: str
    comparison: str
    value: Fraction
    step: Fraction


@dataclass(frozen=True)
class Reported:
    """A test as an article reports it.

    `degrees` are its degrees of freedom; `value` is the test's statistic and `p` the p beside it,
    None where none stands there.
    `raw` is how it stands in the article, `place` where. `one_sided` and `adjusted` say what is
    written of this very p.
    """

    kind: str
    degrees: tuple[Fraction, ...]
    value: Printed
    p: Printed | None
    raw: str
    place: str = ""
    one_sided: bool = False
    adjusted: bool = False


def find_tests(text: str, place: str = "") -> list[Reported]:
    """Return the tests that a passage reports, in the order of the text.

    A statistic without degrees of freedom is a test only if a p stands beside it.
    """
    plain = simplify(text)
    found = _find_statistics(plain)
    tests = []
    taken = 0
    for number, (kind, match) in enumerate(found):
        end = found[number + 1][1].start() if number + 1 < len(found) else len(plain)
        own = _find_p(plain, match.end(), min(end, match.end() + REACH))
        begin, until = match.start(), own.end() if own is not None else match.end()
        if own is None:
            own = _find_p_before(plain, taken, match.start())
            begin = own.start() if own is not None else begin
        taken = until
        degrees, value = read_degrees(kind, match), read_number(match["value"])
        p = _read_p(own) if own is not None else None
        if value is None or degrees is None or (p is None and not _has_degrees(match)):
            continue
        said = f"{own.group()} {plain[own.end() : own.end() + 25].split('.')[0]}" if own else ""
        tests.append(
            Reported(
                kind,
                degrees,
                Printed(match["value"].strip(), _compare(match["comparison"]), *value),
                p,
                plain[begin:until].strip(),
                place,
                bool(ONE_SIDED.search(said.replace("_", "-"))),
                own is not None and _is_adjusted(own),
            )
        )
    return tests


def simplify(text: str) -> str:
    """Return a text in plain letters: one minus sign, digits on the line, single blanks."""
    text = unicodedata.normalize("NFKC", text).translate(_DASHES)
    text = re.sub(r"\\(?:chi|mathcal\{X\}|mathrm\{X\})", "χ", text)
    # PDFs tear digits from their point: "p < . 001".
    text = re.sub(r"(?<=[=<>≤≥])(\s*)\.\s+(?=\d)", r"\1.", text)
    return re.sub(r"\s+", " ", text)


def read_number(text: str) -> tuple[Fraction, Fraction] | None:
    """Return a number and the unit of its last digit; None where it is none."""
    bare = re.sub(r"\s", "", text)
    mantissa, power = bare, 0
    if found := re.search(r"(?:[eE]|[x×*·]10\^?)([-+]?\d+)$", bare):
        mantissa, power = bare[: found.start()], int(found[1])
    if re.fullmatch(r"[-+]?\d{1,3}(,\d{3})+(\.\d+)?", mantissa):
        mantissa = mantissa.replace(",", "")
    mantissa = mantissa.replace(",", ".")
    if not re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)", mantissa) or abs(power) > 400:
        return None
    decimals = len(mantissa.partition(".")[2])
    unit = Fraction(10) ** power
    return Fraction(mantissa) * unit, unit / 10**decimals


def read_degrees(kind: str, match: re.Match[str]) -> tuple[Fraction, ...] | None:
    """Return the degrees of freedom of a test that was found."""
    groups = match.groupdict()
    if kind == R and groups.get("size"):
        size = read_number(groups["size"])
        return None if size is None else (size[0] - 2,)
    names = {0: (), 1: ("df",), 2: ("df1", "df2")}[DEGREES[kind]]
    # Where old files are read by machine, a 1 becomes an l.
    found = [read_number("1" if groups[name] == "l" else groups[name]) for name in names]
    return None if None in found else tuple(one[0] for one in found if one is not None)


def _has_degrees(match: re.Match[str]) -> bool:
    return any(name.startswith("df") for name in match.groupdict())


def _find_statistics(plain: str) -> list[tuple[str, re.Match[str]]]:
    """Return all statistics of tests in a text; of two that overlap, that which says more."""
    found = [(kind, match) for kind, pattern in _TESTS for match in pattern.finditer(plain)]
    found.sort(key=lambda one: (one[1].start(), -one[1].end()))
    kept: list[tuple[str, re.Match[str]]] = []
    for kind, match in found:
        if not kept or match.start() >= kept[-1][1].end():
            kept.append((kind, match))
    return kept


def _find_p(plain: str, start: int, end: int) -> re.Match[str] | None:
    """Return the first p of a stretch of text, where nothing parts it from what stands before."""
    for match in _P.finditer(plain, start, min(len(plain), end + 30)):
        if match.start() > end:
            break
        return None if _ENDS.search(plain[start : match.start()]) else match
    near = plain[start : min(end, start + 15)]
    found = _NOT_SIGNIFICANT.search(near)
    if found and not _ENDS.search(near[: found.start()]):
        return _NOT_SIGNIFICANT.search(plain, start)
    return None


def _find_p_before(plain: str, start: int, end: int) -> re.Match[str] | None:
    """Return a p that stands right before a test, as in `p = .04, t(28) = 2.15`."""
    for match in _P.finditer(plain, max(start, end - 40), end):
        if re.fullmatch(r"\s?[,;(]\s?", plain[match.end() : end]):
            return match
    return None


def _read_p(match: re.Match[str]) -> Printed | None:
    groups = match.groupdict()
    if "value" not in groups or groups["value"] is None:
        return Printed("ns", "ns", Fraction(0), Fraction(0))
    number = read_number(groups["value"])
    text = re.sub(r"\s", "", groups["value"])
    return None if number is None else Printed(text, _compare(groups["comparison"]), *number)


def _is_adjusted(match: re.Match[str]) -> bool:
    said = " ".join(filter(None, (match.groupdict().get(name) for name in ("kind", "note"))))
    return bool(re.search(r"adj|corr|bonf|holm|fdr|tukey", said, re.I))


def _compare(sign: str) -> str:
    same = {"≤": "<=", "=<": "<=", "≥": ">=", "=>": ">=", "≈": "=", "~": "=", "of": "=", "was": "="}
    return same.get(sign, sign)


def list_adjustments(text: str) -> Iterator[str]:
    """Yield the corrections for multiplicity that a text names."""
    yield from (name for name, pattern in ADJUSTMENTS.items() if pattern.search(text))
