"""Reads one cell of a table as articles print it: which numbers stand in it, and what each is."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from altcred.core.description import read_yaml

# What stands in a cell in which no number is printed.
EMPTY = re.compile(
    r"[-–—−.…]*|n\.?/?a\.?|n\.?r\.?"
    r"|(?:1(?:[.,]0+)? ?)?[\[(]?ref(?:\.|erent|erence)?(?: category)?[\])]?",
    re.I,
)
# "Not significant" stands for a p above the usual limit.
_NOT_SIGNIFICANT = re.compile(r"\(?(?:p ?= ?)?n\.? ?s\.?\)?|not significant", re.I)
# So many letters of a cell are no figures.
LONGEST = 100
_MARKS = re.compile(
    r"[*†‡§¶#ᵃᵇᶜᵈᵉ]+|(?<=[\d)\]%])[⁰¹²³⁴-⁹]+|(?<=[\d)\]%]) ?\^?[a-e](?:, ?[a-e])*$"
    r"|(?<=[\d%]) [a-e](?= [(\[])"
    r"|(?<=[\d)\]%])\^?[a-g]{1,3}(?:,[a-g])*(?=$|[\s()\[\],;±*†‡§])"
)
_POWER = re.compile(
    r"(?<![\w.,])(\d(?:[.,]\d+)?) ?(?:[eE]|[x×*·] ?10 ?\^?) ?\(?-(\d{1,2})\)?(?!\d)"
)
_DASHES = re.compile(r"[−‐‑‒–—]")
# "To" in other languages, between the ends of an interval.
_TO = re.compile(r"(?<=\d) (?:bis|à|tot|til) (?=[-\d])")
_RAISED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
_SPACES = re.compile(r"[\s\u00a0\u2007\u2009\u202f]+")
_GROUPED = re.compile(r"(?<![\d.,])\d{1,3}(?:[ '’]\d{3})+(?!\d)")
_COMMA = re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{3})*,\d+|(?<![\d.])\d{1,3}(?:\.\d{3})+(?!\d)|,\d+")
_DIGITS = r"(?:\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)"
_NUMBER = re.compile(
    r"(?P<compared>[<>≤≥=~≈] ?)?(?P<sign>(?<![\d%])[-+])?(?:[$€£] ?)?" + _DIGITS + r"(?: ?%)?"
)
_LEAD = re.compile(r"^(?:[pP](?:[- ]?value)?|[nN]|M|SD|OR) ?(?=[=<>≤≥])")
_SHAPES = re.compile(
    r"#|#±#|#\(±?#\)|#\[#\]|#[(\[]#(?:,|;|-|to|and)#[)\]]|#±#[(\[]#(?:,|;|-|to)#[)\]]"
    r"|#\(#\)[(\[]#(?:,|;|-|to)#[)\]]|#/#|#of#|#(?:/|of)#[(,\[]?#[)\]]?|[(\[]?#(?:,|;|-|to)#[)\]]?"
    r"|\(#\)|\[#\]|#[,;]#"
)

# The names of statistics, each with those that it stands for.
_NAMES = tuple(
    (re.compile(pattern), tuple(statistics.split()))
    for named in read_yaml(Path(__file__).with_name("statistics.yaml"))
    for statistics, pattern in named.items()
)
# As a layout names them.
_OWN_NAMES = frozenset(one for _, names in _NAMES for one in names if "_" in one) | {
    f"{owner}_{part}"
    for owner in ("coefficient", "difference", "mean_difference", "odds_ratio", "risk_ratio",
                  "hazard_ratio")
    for part in ("std", "std_error", "ci_low", "ci_high")
}  # fmt: skip
_LEVEL = re.compile(r"\d\d(?:\.\d+)? ?% ?[- ]?(?=ci|c\.i|ki\b|conf|cri)", re.I)
_CUT = re.compile(r"[\s()\[\]{},;:±/=–—]+|(?<=\w)-(?=\w)|\bto\b")


@dataclass(frozen=True)
class Print:
    """One number of a cell: what it is, and how it is printed with the sign that compares it."""

    statistic: str
    printed: str
    qualifier: str = ""


@dataclass(frozen=True)
class Cell:
    """The numbers of a cell, each as printed, and how they stand, as in "#(#)"."""

    numbers: tuple[str, ...]
    shape: str

    @property
    def signs(self) -> tuple[bool, ...]:
        """Which numbers have a percent sign."""
        return tuple(number.endswith("%") for number in self.numbers)


def simplify_cell(text: str, decimal: str = ".") -> str:
    """Return the text of a cell with one kind of minus, space and decimal point, without marks."""
    text = _SPACES.sub(" ", text).strip()
    text = expand_powers(_DASHES.sub("-", text)).replace("+/-", "±").replace("·", ".")
    text = _TO.sub(" to ", _MARKS.sub("", text).strip())
    text = _GROUPED.sub(lambda found: re.sub(r"\D", ",", found[0]), text)
    if decimal == ",":
        text = _COMMA.sub(lambda found: found[0].replace(".", "").replace(",", "."), text)
    return text


def expand_powers(text: str) -> str:
    """Return a text with small numbers as decimals: "1.2e-05" and "1.2 × 10⁻⁵" as 0.000012."""
    text = re.sub(r"(?<=10)[⁻⁰¹²³⁴-⁹]+", lambda found: found[0].translate(_RAISED), text)

    def write(found: re.Match[str]) -> str:
        shown = f"{Decimal(found[1].replace(',', '.')).scaleb(-int(found[2])):f}"
        return shown.replace(".", "," if "," in found[1] else ".")

    return _POWER.sub(write, text)


def list_marks(text: str) -> list[str]:
    """Return the marks of a cell that point to a note, which are no part of its numbers."""
    text = _DASHES.sub("-", _SPACES.sub(" ", text).strip())
    return [found[0].strip(" ^") for found in _MARKS.finditer(expand_powers(text))]


@lru_cache(maxsize=1 << 15)
def read_cell(text: str, decimal: str = ".") -> Cell | None:
    """Return the numbers of a cell; none in an empty one, None for one that is not understood."""
    if len(text) > LONGEST:
        return None
    simple = simplify_cell(text, decimal)
    if EMPTY.fullmatch(simple):
        return Cell((), "")
    if _NOT_SIGNIFICANT.fullmatch(simple):
        return Cell(("> .05",), "#")
    simple = _LEAD.sub("", simple).replace("( ", "(")
    numbers = tuple(
        " ".join(found[0].replace(" %", "%").split()) for found in _NUMBER.finditer(simple)
    )
    shape = _NUMBER.sub("#", simple).replace(" ", "").lower()
    return Cell(numbers, shape) if numbers and _SHAPES.fullmatch(shape) else None


def guess_decimal(cells: Iterable[str]) -> str:
    """Return the sign before decimals in cells, a point or a comma."""
    texts = [re.sub(r"\s", " ", cell) for cell in cells]
    points = sum(bool(re.search(r"(?<![\d,])\d*\.\d", text)) for text in texts)
    outside = [re.sub(r"[\[(].*?[\])]", lambda f: f[0] if "%" in f[0] else "", t) for t in texts]
    number = r"(?<![\d,])(?:0,\d+|\d+,(?:\d{1,2}|\d{4,})(?![\d,])|\d{1,3}\.\d{3},\d)"
    commas = sum(bool(re.search(number, text)) for text in outside)
    mixed = sum(bool(re.search(r"\d\.\d{3},\d", text)) for text in outside)
    return "," if commas > points or mixed else "."


def read_form(text: str) -> tuple[str, ...]:
    """Return the statistics that a few words name, as in "Mean (SD)"; none if any is no name.

    `percent` is a share in percent whose sign is printed in the heading alone.
    """
    words = [word for word in _CUT.split(_LEVEL.sub("", text.strip())) if word]
    found: list[str] = []
    while words:
        for length in range(min(4, len(words)), 0, -1):
            phrase = " ".join(words[:length])
            names = next((names for name, names in _NAMES if name.fullmatch(phrase)), None)
            names = (phrase,) if phrase in _OWN_NAMES else names
            if names is not None:
                found.extend(names)
                words = words[length:]
                break
        else:
            return ()
    if "difference" in found and "std" in found and {*found} <= {"difference", "mean", "std"}:
        # "Mean change (SD)".
        return "difference", "difference_std"
    if found[:2] == ["count", "count"] and re.search(r"n ?/ ?N", text):
        found[1] = "nobs"
    return tuple(found)


def read_forms(text: str) -> tuple[tuple[str, ...], ...]:
    """Return the forms that words name, where "n (%) or mean (SD)" names two."""
    for separator in (r";|\bor\b| \| ", r" / |,(?![^(\[]*[)\]])"):
        forms = [read_form(part) for part in re.split(separator, text) if part.strip()]
        if len(forms) > 1 and all(forms) and (";" in separator or all(len(f) > 1 for f in forms)):
            return tuple(dict.fromkeys(forms))
    form = read_form(text)
    return (form,) if form else ()


# What stands in a cell without what mostly stands beside it.
_ALONE = frozenset({"odds_ratio", "risk_ratio", "hazard_ratio"})


def assign(cell: Cell, form: tuple[str, ...]) -> tuple[Print, ...] | None:
    """Return the numbers of a cell with what each is under a form; None where they do not fit."""
    numbers = list(cell.numbers)
    names = list(form)
    if names[:1] == ["count"] and len(numbers) == 1 and names != ["count"]:
        # "0" in a column of "n (%)".
        names = ["percent" if cell.signs[0] else "count"]
    elif len(numbers) == 1 and names[0] in _ALONE:
        # "1.00" of those that others are compared with, in a column of "OR (95% CI)".
        names = names[:1]
    elif (
        names == ["count", "percent"] and len(numbers) == 3 and re.match(r"#(?:/|of)#", cell.shape)
    ):
        names = ["count", "nobs", "percent"]
    elif names == ["median", "quantile_25", "quantile_75"] and len(numbers) == 2:
        names = ["median", "iqr"]
    elif names == ["percent", "ci_low", "ci_high"] and len(numbers) == 3:
        # Survival, sensitivity and incidence are no shares of the people of a column.
        names[0] = "estimate"
    elif names == ["df"] and len(numbers) == 2:
        names = ["df1", "df2"]
    elif names == ["auc"] and len(numbers) == 3:
        names = ["auc", "ci_low", "ci_high"]
    elif names == ["ci_low", "ci_high"] and len(numbers) == 3:
        # Of something that has no name, as in "Rate (95% CI)".
        names = ["estimate", *names]
    elif names == ["min", "max"] and len(numbers) == 1:
        names = ["range"]
    elif {*names} == {"count", "percent"} and len(numbers) == 2 and any(cell.signs):
        names = ["percent" if sign else "count" for sign in cell.signs]
    if len(names) != len(numbers) or len({*names}) < len(names):
        return None
    owner = names[0]
    prints = []
    for name, number, sign in zip(names, numbers, cell.signs, strict=True):
        if name in {"count", "nobs"} and (sign or re.search(r"\.\d*[1-9]", number)):
            return None
        if name in {"std", "std_error", "iqr"} and number.startswith("-"):
            number = number.removeprefix("-") if "±" in cell.shape else number
        found = re.match(r"[<>≤≥=~≈]", number)
        qualifier, number = (found[0], number[1:].strip()) if found else ("", number)
        if name == "percent":
            name, number = "proportion", number if sign else f"{number}%"
        if name in {"ci_low", "ci_high"} and owner not in {"ci_low", "ci_high"}:
            name = f"{owner}_{name}"
        if owner == "estimate":
            number = number.rstrip("%")
        prints.append(Print(name, number, "" if qualifier == "=" else qualifier))
    return tuple(prints)


def guess_form(cell: Cell) -> tuple[str, ...]:
    """Return what a cell is by its form alone; nothing where that could be several things."""
    signs = cell.signs
    if cell.shape == "#" and signs[0]:
        return ("percent",)
    if len(signs) == 2 and cell.shape.startswith("#("):
        return ("count", "percent") if any(signs) else ()
    if re.match(r"#(?:/|of)#", cell.shape):
        return ("count", "nobs", "percent")[: len(signs)]
    return ("mean", "std") if cell.shape == "#±#" else ()


def is_of_means(filled: Iterable[str]) -> bool:
    """Tell whether cells have means or medians, by their form."""
    return any(re.search(r"±|\d ?[(\[][^)%]*(?:,|–|-| to )", cell) for cell in filled)


# What the figure of a row may be one of, in one cell with others, by its statistic and the shape.
_BESIDE = {
    "count": (("count", "percent"), ("count", "nobs", "percent")),
    "proportion": (("count", "nobs", "percent"), ("percent", "count"), ("count", "percent")),
    "mean": (("mean", "std"), ("mean", "ci_low", "ci_high")),
    "median": (("median", "quantile_25", "quantile_75"), ("median", "iqr")),
}
_RATIOS = ("odds_ratio", "risk_ratio", "hazard_ratio", "coefficient", "cohen_d", "hedges_g")


def split_printed(statistic: str, printed: str, said: str = "") -> Iterator[Print]:
    """Yield the figures of a cell copied as it stands, as "12 (34.3%)"; none of a plain one.

    `statistic` is that of one of them, or names all, as in "mean (sd)". `said` is what stands
    around: it tells a standard error from a deviation, and a range from quartiles.
    """
    cell = read_cell(printed)
    if cell is None or not cell.numbers:
        return
    forms: list[tuple[str, ...]]
    forms = [form] if len(form := read_form(statistic)) > 1 else [*_BESIDE.get(statistic, ())]
    if not forms and statistic in _RATIOS:
        forms = [(statistic, "std_error"), (statistic, "ci_low", "ci_high")]
    if len(cell.numbers) < 2 or cell.shape in {"#/#", "#of#", "#-#", "#to#", "#and#"}:
        return
    if statistic == "mean" and re.search(r"\bS\.?E\.?(?:M)?\b|standard error", said):
        forms = [("mean", "std_error"), *forms]
    if statistic == "median" and re.search(r"\brange\b|\bmin", said) and "inter" not in said:
        forms = [("median", "min", "max")]
    yield from next(filter(None, (assign(cell, form) for form in forms)), ())
