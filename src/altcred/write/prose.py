"""Sentences whose numbers are looked up, never typed.

A Markdown cell, a caption or an alternative text holds Jinja2 expressions. `Prose` gives them
their vocabulary: functions that look an estimate up and write it as a reader expects it. What
an expression asks for and is not there is reported with the nearest keys that are, all of a
notebook's errors at once.
"""

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from jinja2 import StrictUndefined, TemplateError
from jinja2.exceptions import SecurityError
from jinja2.sandbox import SandboxedEnvironment

from altcred.core.countries import is_country_name
from altcred.core.errors import Problem

# What stands in a sentence where disclosure control withheld the number.
SHARE_NOT_SHOWN = "a share not shown"
NUMBER_NOT_SHOWN = "a number not shown"
AMOUNT_NOT_SHOWN = "an amount not shown"
# Words that keep their capital letter within a sentence, and are no names of countries.
_CAPITALISED = {
    "African", "American", "Americas", "Arab", "Arabic", "Asian", "Black", "Caucasian",
    "Chinese", "English", "European", "French", "German", "Hispanic", "I", "Indian",
    "Indigenous", "Italian", "Japanese", "Korean", "Latin", "Latina", "Latino", "Latinx",
    "Portuguese", "Russian", "Spanish", "White",
}  # fmt: skip
_SPELLED = (
    "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
)  # fmt: skip
_FRACTIONS = (
    (1 / 10, "a tenth"),
    (1 / 6, "a sixth"),
    (1 / 5, "a fifth"),
    (1 / 4, "a quarter"),
    (1 / 3, "a third"),
    (2 / 5, "two fifths"),
    (1 / 2, "half"),
    (3 / 5, "three fifths"),
    (2 / 3, "two thirds"),
    (3 / 4, "three quarters"),
    (4 / 5, "four fifths"),
    (9 / 10, "nine tenths"),
)
_MARKDOWN_SIGNS = re.compile(r"([\\`*_{}\[\]<>#$|~^])")


class AnEstimate(Protocol):
    """What prose needs to know of one estimate."""

    value: float
    low: float
    high: float
    n: float


class AllEstimates(Protocol):
    """What prose needs of all estimates of a cohort."""

    @property
    def frame(self) -> Any: ...

    def find(
        self,
        wave: str,
        variable: str,
        category: str = "",
        statistic: str = "proportion",
        subgroup: str = "all",
    ) -> AnEstimate: ...

    def has(
        self,
        wave: str,
        variable: str,
        category: str | None = None,
        statistic: str | None = None,
        subgroup: str = "all",
    ) -> bool: ...


@dataclass(frozen=True)
class _Missing:
    """Stands where a lookup failed, so that the rest of the cell is still checked."""

    value: float = math.nan
    low: float = math.nan
    high: float = math.nan
    n: float = math.nan


@dataclass(frozen=True)
class RankedCategory:
    """One category of a ranking; written into a sentence it is its label."""

    name: str
    label: str
    value: float
    pct: str
    words: str

    def __str__(self) -> str:
        return self.label


@dataclass
class Prose:
    """The vocabulary of one notebook's text.

    `wave` and `of` (a subgroup) say what an expression means that names neither. `codebook` and
    `study` give labels. `elsewhere` reads the estimates of another cohort by its name.
    """

    estimates: AllEstimates
    codebook: Any = None
    study: Any = None
    cohort: str = ""
    wave: str | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    elsewhere: Callable[[str], AllEstimates] | None = None
    _unknown: list[tuple[str, str]] = field(default_factory=list, init=False, repr=False)
    _others: dict[str, AllEstimates] = field(default_factory=dict, init=False, repr=False)

    # Looking up ---------------------------------------------------------------------------

    def est(
        self,
        variable: str,
        category: str = "",
        stat: str | None = None,
        *,
        of: str = "all",
        wave: str | None = None,
        cohort: str | None = None,
    ) -> AnEstimate:
        """Return an estimate with its value, low, high and n.

        The statistic is the proportion where a category is named, else the mean.
        """
        statistic = stat or ("proportion" if category else "mean")
        asked = wave or self.wave
        call = _call_text(variable, category, statistic, of, asked, cohort)
        if asked is None:
            self._unknown.append((call, "names no wave, and the notebook has none of its own."))
            return _Missing()
        try:
            return self._of(cohort).find(asked, variable, category, statistic, of)
        except KeyError as error:
            self._unknown.append((call, _without_quotes(error)))
            return _Missing()

    def value(self, variable: str, category: str = "", stat: str | None = None, **where: Any):
        """Return an estimate's bare value, for conditions and arithmetic."""
        return self.est(variable, category, stat, **where).value

    def has(
        self,
        variable: str,
        category: str | None = None,
        stat: str | None = None,
        *,
        of: str = "all",
        wave: str | None = None,
        cohort: str | None = None,
    ) -> bool:
        """Tell whether there is any estimate of a variable, or of one of its categories."""
        asked = wave or self.wave
        if asked is not None:
            return self._of(cohort).has(asked, variable, category, stat, of)
        frame = self._of(cohort).frame
        rows = (frame["variable"] == variable) & (frame["subgroup"] == of)
        if category is not None:
            rows &= frame["category"] == category
        if stat is not None:
            rows &= frame["statistic"] == stat
        return bool(rows.any())

    # Numbers ------------------------------------------------------------------------------

    def pct(self, variable: str, category: str = "", *, digits: int = 0, **where: Any) -> str:
        """Write a proportion as a percentage: 38%."""
        stat = where.pop("stat", "proportion")
        return _percent(self.est(variable, category, stat, **where).value, digits)

    def num(
        self,
        variable: str,
        stat: str = "mean",
        category: str = "",
        *,
        digits: int = 0,
        **where: Any,
    ) -> str:
        """Write a statistic as a number with separated thousands: 1,234."""
        return _number(self.est(variable, category, stat, **where).value, digits)

    def usd(
        self,
        variable: str,
        stat: str = "median",
        category: str = "",
        *,
        digits: int = 0,
        **where: Any,
    ) -> str:
        """Write a statistic as an amount in dollars: $36,000."""
        return _dollars(self.est(variable, category, stat, **where).value, digits)

    def n(self, variable: str = "responses", category: str = "", **where: Any) -> str:
        """Write how many answered a variable, or how many a category has: 23,416."""
        return _number(self.size(variable, category, **where), 0)

    def size(self, variable: str = "responses", category: str = "", **where: Any) -> float:
        """Return the number behind `n`, for conditions and arithmetic."""
        counted = bool(category) or not self.has(variable, "", "nobs", **where)
        return self.est(variable, category, "count" if counted else "nobs", **where).value

    def ci(
        self,
        variable: str,
        category: str = "",
        stat: str | None = None,
        *,
        digits: int = 0,
        unit: str | None = None,
        **where: Any,
    ) -> str:
        """Write a 95% interval: 37% to 39%. `unit` is "pct", "usd" or "num"."""
        found = self.est(variable, category, stat, **where)
        if _is_missing(found.low) or _is_missing(found.high):
            return "not shown"
        statistic = stat or ("proportion" if category else "mean")
        unit = unit or ("pct" if statistic == "proportion" else "num")
        write = {"pct": _percent, "usd": _dollars, "num": _number}[unit]
        return f"{write(found.low, digits)} to {write(found.high, digits)}"

    def pvalue(
        self, variable: str, stat: str = "ttest_rel_pvalue", category: str = "", **where: Any
    ) -> str:
        """Write a p value as p = 0.53, or p < 0.001 where it is smaller than that."""
        value = self.est(variable, category, stat, **where).value
        if math.isnan(value):
            return "p not shown"
        if value < 0.001:
            return r"p \< 0.001"
        return f"p = {value:.2f}" if value >= 0.1 else f"p = {value:.3f}"

    # Words --------------------------------------------------------------------------------

    def words(self, variable: Any, category: str = "", **where: Any) -> str:
        """Write a proportion in words: about two fifths, just over a third."""
        if isinstance(variable, str):
            stat = where.pop("stat", "proportion")
            return share_in_words(self.est(variable, category, stat, **where).value)
        return share_in_words(_value_of(variable))

    def more(
        self,
        first: Any,
        second: Any,
        higher: str = "higher",
        lower: str = "lower",
        same: str = "about the same",
    ) -> str:
        """Say how the first of two estimates stands to the second.

        They are about the same where the 95% interval of their difference holds zero. The
        interval is put together from the two estimates' own intervals (Newcombe 1998, method
        10; Zou and Donner 2008), which supposes independent samples. Numbers without intervals
        are compared as they are.
        """
        difference = _value_of(first) - _value_of(second)
        low, high = difference_interval(first, second)
        if difference == 0 or low <= 0 <= high:
            return same
        return higher if difference > 0 else lower

    def points(self, first: Any, second: Any, *, digits: int = 0) -> str:
        """Write how far apart two proportions are: 4 percentage points."""
        gap = abs(_value_of(first) - _value_of(second)) * 100
        if math.isnan(gap):
            return "a number of percentage points not shown"
        text = f"{_round(gap, digits):.{digits}f}"
        return f"{text} percentage point{'' if text == '1' else 's'}"

    def spelled(self, number: float) -> str:
        """Write a whole number up to ten as a word, others in digits."""
        whole = round(number)
        return _SPELLED[whole] if 0 <= whole < len(_SPELLED) else f"{whole:,}"

    def listing(self, items: Iterable[Any], last: str = "and") -> str:
        """Write things one after the other: a, b and c."""
        texts = [str(item) for item in items]
        if len(texts) < 2:
            return "".join(texts)
        return f"{', '.join(texts[:-1])} {last} {texts[-1]}"

    # Categories ---------------------------------------------------------------------------

    def label(self, variable: str, category: str = "") -> str:
        """Return the label of a variable, a category, a program, a program type or a wave."""
        kinds = {"program_type": "program_types", "program": "programs", "wave": "waves"}
        try:
            if variable in kinds and category:
                text = getattr(self.study, kinds[variable])[category].label
            elif variable == "subgroup":
                text = self.study.subgroups[category].label
            else:
                text = self.codebook.label(variable, category)
        except KeyError:
            call = f"label({variable!r}, {category!r})" if category else f"label({variable!r})"
            self._unknown.append((call, "is not in the codebook or the study."))
            return category or variable
        return escape_markdown(text)

    def categories(self, variable: str) -> list[str]:
        """Return the names of a variable's categories in the order of the codebook."""
        try:
            return list(self.codebook.variables[variable].categories)
        except KeyError:
            self._unknown.append((f"categories({variable!r})", "is not in the codebook."))
            return []

    def ranked(
        self,
        variable: str,
        top: int | None = None,
        *,
        of: str = "all",
        wave: str | None = None,
        stat: str = "proportion",
        digits: int = 0,
        without: Iterable[str] = (),
        cohort: str | None = None,
    ) -> list[RankedCategory]:
        """Return a variable's categories by falling value; nets and blanks are no categories.

        Each has `name`, `label`, `value`, `pct` and `words`. Equal ones keep the order of the
        codebook; suppressed ones are left out.
        """
        frame = self._of(cohort).frame
        asked = wave or self.wave
        rows = frame[
            (frame["wave"] == asked)
            & (frame["subgroup"] == of)
            & (frame["variable"] == variable)
            & (frame["statistic"] == stat)
        ]
        values = dict(zip(rows["category"], rows["value"], strict=True))
        known = self._order_of(variable) or list(values)
        left_out = {*without, "", "not_reported"}
        names = [name for name in known if name in values and name not in left_out]
        names = [name for name in names if not math.isnan(values[name])]
        if not any(name in values for name in known if name not in left_out):
            call = _call_text(variable, "…", stat, of, asked, cohort)
            self._unknown.append((f"ranked: {call}", "there are no such estimates."))
        names.sort(key=lambda name: -values[name])
        return [
            RankedCategory(
                name,
                self.label(variable, name),
                float(values[name]),
                _percent(values[name], digits),
                share_in_words(values[name]),
            )
            for name in names[:top]
        ]

    # Binding ------------------------------------------------------------------------------

    def bind(self, text: str, file: str, where: str, problems: list[Problem]) -> str:
        """Return a text with its expressions filled in; what is wrong is added to `problems`."""
        if "{{" not in text and "{%" not in text and "{**" not in text:
            return text
        self._unknown.clear()
        bound = ""
        try:
            bound = self._environment().from_string(text).render()
        except (TemplateError, SecurityError, TypeError, ValueError) as error:
            line = getattr(error, "lineno", None)
            place = f"line {line}: " if line else ""
            self._unknown.append((_nearest_expression(text, error), f"{place}{error}"))
        for call, message in dict.fromkeys(self._unknown):
            problems.append(Problem(file, where, f"{{{{ {call} }}}} {message}"))
        self._unknown.clear()
        return bound

    def bind_plain(self, text: str, file: str, where: str, problems: list[Problem]) -> str:
        """Bind a text that is not Markdown, such as the alternative text of a figure."""
        return re.sub(r"\\([^\w\s])", r"\1", self.bind(text, file, where, problems))

    def _environment(self) -> SandboxedEnvironment:
        # The sandbox: a notebook from another team must not reach files through its prose.
        # Comments are moved out of the way of Markdown's {#identifiers}.
        environment = SandboxedEnvironment(
            undefined=StrictUndefined,
            trim_blocks=True,
            comment_start_string="{**",
            comment_end_string="**}",
        )
        vocabulary = (
            "est value has pct num usd n size ci pvalue words more points spelled listing label "
            "categories ranked"
        )
        environment.globals = {name: getattr(self, name) for name in vocabulary.split()}
        study = self.study
        environment.globals |= {
            **self.parameters,
            "cohort": self.cohort,
            "wave": self.wave,
            "study": study,
            "programs": list(getattr(study, "programs", {})),
            "program_types": list(getattr(study, "program_types", {})),
            "waves": list(getattr(study, "waves", {})),
            "variables": {
                name: getattr(variable, "kind", "")
                for name, variable in getattr(self.codebook, "variables", {}).items()
            },
            "range": range,
        }
        environment.filters["sentence"] = lambda text: str(text)[:1].upper() + str(text)[1:]
        environment.filters["lowered"] = lowered
        return environment

    def _of(self, cohort: str | None) -> AllEstimates:
        if cohort is None or cohort == self.cohort or self.elsewhere is None:
            return self.estimates
        if cohort not in self._others:
            self._others[cohort] = self.elsewhere(cohort)
        return self._others[cohort]

    def _order_of(self, variable: str) -> list[str]:
        variables = getattr(self.codebook, "variables", {})
        return list(variables[variable].categories) if variable in variables else []


def lowered(text: Any) -> str:
    """Return a label as it stands within a sentence: its first letter small, unless in a name.

    A name is a word with another capital letter, a full stop or a digit in it (STEM, JavaScript,
    U.S.), one of words most of which begin with a capital (United States), a country's name, and a
    word for people or a language that English writes with a capital (Black, Spanish).
    """
    written = str(text)
    words = re.findall(r"[^\s(),;:/-]+", written)
    if not words:
        return written
    first = re.sub(r"['’]\w*$", "", words[0])
    # Words with a capital of their own say nothing of their neighbours: Improve English.
    others = [word for word in words[1:] if word not in _CAPITALISED and not is_country_name(word)]
    titled = 1 + sum(word[:1].isupper() for word in others)
    is_name = (
        any(sign.isupper() or sign.isdigit() or sign == "." for sign in words[0][1:])
        or (titled > 1 and titled * 2 >= len(words) and first not in ("A", "An", "The"))
        or first in _CAPITALISED
        or is_country_name(first)
    )
    return written if is_name else written[:1].lower() + written[1:]


def share_in_words(share: float) -> str:
    """Write a share of 0 to 1 in everyday words.

    The nearest of the fractions people use is named; "just over" and "just under" stand for a
    distance of more than one percentage point and "more than", "less than" are not used, so
    that the words never claim more than the number does.
    """
    if math.isnan(share):
        return SHARE_NOT_SHOWN
    if share <= 0:
        return "none"
    if share >= 1:
        return "all"
    if share < 0.045:
        return "very few"
    if share > 0.955:
        return "nearly all"
    fraction, name = min(_FRACTIONS, key=lambda known: abs(share - known[0]))
    distance = share - fraction
    if abs(distance) <= 0.01:
        return f"about {name}"
    return f"just over {name}" if distance > 0 else f"just under {name}"


def difference_interval(first: Any, second: Any) -> tuple[float, float]:
    """Return the 95% interval of the difference of two independent estimates.

    Square-and-add: Newcombe (1998), method 10, for proportions; Zou and Donner (2008) for any
    estimates with intervals. Without intervals both ends are the difference itself.
    """
    a, b = _value_of(first), _value_of(second)
    ends = [getattr(item, end, math.nan) for item in (first, second) for end in ("low", "high")]
    if any(end is None or math.isnan(end) for end in ends):
        return a - b, a - b
    low_a, high_a, low_b, high_b = ends
    low = a - b - math.hypot(a - low_a, high_b - b)
    high = a - b + math.hypot(high_a - a, b - low_b)
    return low, high


def escape_markdown(text: str) -> str:
    """Return a text in which nothing is read as Markdown, mathematics or HTML."""
    return _MARKDOWN_SIGNS.sub(r"\\\1", text)


# Numbers that may stand in prose as they are. Order matters: each is blanked out before the
# next is looked for, and what then still holds a digit was typed by hand.
_MAY_STAND = [
    r"```.*?```|~~~.*?~~~",  # fenced code
    r"<!--.*?-->",
    r"\$\$.*?\$\$|(?<!\\)\$(?!\s)[^$\n]+?(?<!\s)(?<!\\)\$(?!\d)",  # mathematics
    r"`[^`\n]*`",
    r"(?<=\]\()[^)\s]*",  # a link's address
    r"<https?://[^>]*>|https?://\S+|\b10\.\d{4,}/\S+",
    r"^\[\^?[^\]]+\]:|\[\^[^\]]+\]",  # link definitions and footnote marks
    r"\{[#.][^}\n]*\}",  # attributes such as {#sec-1}
    r"@(?:fig|tbl|sec|eq)-[\w{}-]*\w",
    r"\[@[^\]]+\]",
    r"^\s{0,3}#{1,6}\s+\d+(?:\.\d+)*\.?(?=\s)",  # a heading's section number
    r"^\s*(?:>\s*)?\d+[.)](?=\s)",  # numbers of a list
    r"\b95\s?%(?=\s+(?:confidence\s+)?(?:interval|limit)s?\b)",
    r"\b(?:Figures?|Tables?|Sections?|Appendix|Appendices|Chapters?|Equations?|Footnotes?|Notes?)"
    r"\s+[A-Z]?\d+(?:\.\d+)*(?:(?:\s*[,–-]\s*|\s+(?:and|to)\s+)\d+(?:\.\d+)*)*",
    r"\b\d{1,2}\s+(?=(?:January|February|March|April|May|June|July|August|September|October|"
    r"November|December)\b)",
    r"(?<=January\s|October\s)\d{1,2}(?=,)|(?<=March\s|April\s)\d{1,2}(?=,)",
    r"(?<![\d.,$%])(?:19|20)\d{2}(?:s\b)?(?![\d.,]*\d|\s?%)",  # years
    r"\b[A-Za-z][A-Za-z]*-?\d+\b(?!\s?%)",  # names such as COVID-19 or H2
]


def bare_numbers(markdown: str) -> list[str]:
    """Return the result numbers that were typed into Markdown by hand.

    Percentages, amounts, decimals and whole numbers count, also a number written as an
    expression of its own. Section and list numbers, years, days of a date, references, links,
    code, mathematics and the 95% of an interval may stand.
    """
    typed = re.findall(r"\{\{\s*['\"]?(-?[$\d][^}'\"]*?)['\"]?\s*\}\}", markdown)
    rest = re.sub(r"\{\{.*?\}\}|\{%.*?%\}|\{\*\*.*?\*\*\}", " ", markdown, flags=re.S)
    for pattern in _MAY_STAND:
        rest = re.sub(pattern, " ", rest, flags=re.S | re.M)
    found = re.findall(r"\\?[$€£]?\s?\d[\d,.]*(?:\s?(?:\\?%|percent\b|per cent\b))?", rest)
    return [number.strip().rstrip(".,") for number in [*typed, *found]]


def _call_text(
    variable: str, category: str, stat: str, of: str, wave: str | None, cohort: str | None
) -> str:
    parts = [repr(variable)] + ([repr(category)] if category else []) + [f"stat={stat!r}"]
    parts += [f"of={of!r}"] if of != "all" else []
    parts += [f"wave={wave!r}"] + ([f"cohort={cohort!r}"] if cohort else [])
    return ", ".join(parts)


def _nearest_expression(text: str, error: Exception) -> str:
    """Return the expression that an error of Jinja2 is about, as far as it can be told."""
    expressions = re.findall(r"\{[{%]-?\s*(.*?)\s*-?[%}]\}", text, flags=re.S)
    name = re.search(r"'(\w+)'", str(error))
    if name:
        for expression in expressions:
            if re.search(rf"\b{name[1]}\b", expression):
                return expression
    line = getattr(error, "lineno", None)
    lines = text.splitlines()
    if line and line <= len(lines):
        return lines[line - 1].strip()
    return expressions[0] if expressions else text.strip()[:80]


def _without_quotes(error: KeyError) -> str:
    return str(error.args[0]) if error.args else "is unknown."


def _value_of(item: Any) -> float:
    return float(getattr(item, "value", item))


def _round(value: float, digits: int) -> float:
    """Round halves away from zero, as readers do; the nudge undoes binary representation."""
    scaled = abs(value) * 10**digits
    return math.copysign(math.floor(scaled + 0.5 + 1e-9 * max(scaled, 1)) / 10**digits, value)


def _percent(value: float, digits: int) -> str:
    return SHARE_NOT_SHOWN if _is_missing(value) else f"{_round(value * 100, digits):.{digits}f}%"


def _number(value: float, digits: int) -> str:
    if _is_missing(value):
        return NUMBER_NOT_SHOWN
    text = f"{_round(value, digits):,.{digits}f}"
    return text.replace("-", "−")


def _dollars(value: float, digits: int) -> str:
    if _is_missing(value):
        return AMOUNT_NOT_SHOWN
    sign = "−" if _round(value, digits) < 0 else ""
    # Escaped, because two bare dollar signs in a sentence would be read as mathematics.
    return rf"{sign}\${abs(_round(value, digits)):,.{digits}f}"


def _is_missing(value: float | None) -> bool:
    return value is None or math.isnan(value)
