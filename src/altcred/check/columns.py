"""Reads the head of a table of an article: whose each column is, of when, and what is in it."""

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace

from altcred.check.cells import read_form, read_forms
from altcred.check.grid import letter_of
from altcred.check.layouts import ColumnLayout, TableLayout
from altcred.core.records import ALL

Forms = tuple[tuple[str, ...], ...]
# Statistics that compare groups or moments, and are of none of them alone.
COMPARING = frozenset(
    {
        "pvalue", "t_statistic", "f_statistic", "chi2_statistic", "z_statistic", "wald_statistic",
        "df", "df1", "df2", "cohen_d", "hedges_g", "difference", "mean_difference", "smd",
        "eta_squared", "partial_eta_squared", "interaction_pvalue", "adjusted_pvalue",
        "u_statistic", "other_eta_squared", "omega_squared", "sum_of_squares", "mean_square",
    }
)  # fmt: skip
# Statistics of a model, of which a test or a p is that stands after them.
ESTIMATES = frozenset({"odds_ratio", "risk_ratio", "hazard_ratio", "coefficient", "beta"})
# Parts without a name, and the statistic that stands right before them, of which they are.
_INTERVAL = (("ci_low", "ci_high"),)
_OF_BEFORE = frozenset(
    {((("std_error",),), one) for one in ("coefficient", "difference", "mean_difference")}
    | {(_INTERVAL, one) for one in ("odds_ratio", "risk_ratio", "hazard_ratio")}
    | {(_INTERVAL, one) for one in ("coefficient", "difference", "mean_difference")}
)
SIZE_BESIDE = re.compile(r"[(\[]?\s*\b[nN]\s*=\s*(\d[\d,.\s]{0,15}\d|\d)\s*[)\]]?")
# A test at the head of a column, with its degrees of freedom.
_TEST = re.compile(r"(t|F|χ ?[²2]|[zr])\s?\((\d[\d.]*)(?:,\s?(\d[\d.]*))?\)")
_TOTAL = re.compile(
    r"(?:total|all|overall|whole|entire|full)(?: (?:sample|cohort|group|patients|participants"
    r"|subjects|respondents|students|population))?|everyone",
    re.I,
)
_TIME = re.compile(
    r"pre(?:[- ]?test|[- ]?intervention|[- ]?treatment)?|post(?:[- ]?test|[- ]?intervention"
    r"|[- ]?treatment)?|before|after|baseline|follow[- ]?up|end ?line"
    r"|(?:t|time|wave|week|month|day|year|session) ?\d+|\d+ ?(?:weeks?|months?|days?|years?)",
    re.I,
)
# Columns that no rule reads: of ranks, sums over rows, and of squares.
_OTHER = re.compile(
    r"(?:.* / )?(?:rank(?:ing)?|(?:cum\.?|cumulative) ?(?:%|per ?cent(?:age)?|frequency|n)?"
    r"|SS|MS|sums? of squares|mean squares?|VIF|tolerance)",
    re.I,
)
_PERCENT = re.compile(r"(?:%|per ?cent(?:age)?)", re.I)
_VALID = re.compile(r"\bvalid (?:%|per ?cent)", re.I)
_LABEL_FORM = re.compile(
    r"(?P<first>mean|median)\s+(?P<name>\w.*?)\s*[(\[±]\s*(?P<second>S\.?D\.?|S\.?E\.?M?\.?|IQR|range"
    r"|Q1\W+Q3|(?:95% )?CI)\s*[)\]]?(?P<rest>.*)",
    re.I,
)
_LONGEST_UNIT = 12
_COUNTING = re.compile(r"\b[nM]\b(?:/N\b)?|\bno\.")
# A letter that names a group, before words that say what the cells are.
_OF_GROUP = re.compile(r"\s[A-Zdgrtz]\s(?=M\b|[Mm]ean|Mdn|[Mm]edian|n\b|%)")
# What the words of a row can name; "(g)", "(d)" and "(min)" are units there.
_OF_ROWS = frozenset(
    {"count", "percent", "mean", "std", "std_error", "median", "proportion", "quantile_25"}
)
_UNITS = frozenset({"cohen_d", "hedges_g", "r", "t_statistic", "f_statistic", "z_statistic"})


@dataclass(frozen=True)
class Column:
    """A column of figures: where it stands, whose it is, and what is in its cells."""

    index: int
    heading: str
    group: str = ""
    wave: str = ""
    n: int | None = None
    forms: Forms = ()
    df: tuple[str, ...] = ()
    skip: bool = False

    @property
    def letter(self) -> str:
        return letter_of(self.index)

    @property
    def is_comparing(self) -> bool:
        return bool(self.forms) and all(form[0] in COMPARING for form in self.forms)


def cut_words(text: str, of_row: bool = False) -> tuple[str, Forms]:
    """Return a heading without the words that say what its cells are, and what these say."""
    text = re.sub(r"[*†‡§ᵃᵇᶜᵈ]+$", "", text.strip()).strip()

    if of_row and text.casefold() == "no":
        # An answer, and not a number of people.
        return text, ()

    def read(words: str, known: Set[str] = _OF_ROWS) -> Forms:
        forms = read_forms(words.strip(" ,:;"))
        is_fit = not of_row or all(form[0] in known for form in forms)
        # "Median (IQR), d" is of days.
        is_fit = is_fit and not any(_UNITS & {*form} for form in forms if form[0] in _OF_ROWS)
        return forms if is_fit and words.strip(" ,:;") else ()

    if forms := read(text, _OF_ROWS | {"min", "max"}):
        return "", forms
    if found := _LABEL_FORM.fullmatch(text):
        form = read_form(f"{found['first']} ({found['second']})")
        if form:
            return f"{found['name']} {found['rest'].strip(' ,')}".strip(), (form,)
    cuts = [found.start() for found in re.finditer(r"[,:;]\s|\s|[(\[](?=%|n\b)", text)]
    for cut in cuts:
        rest, words = text[:cut].strip(" ,:;"), text[cut:]
        if _OF_GROUP.match(words) and read(words.split(maxsplit=1)[1]):
            # "Group B M (SD)": the letter is the name of the group.
            continue
        forms = read(words)
        if forms and forms[0][0] == "person_years":
            # "Rate per 100 person-years" is of something else.
            continue
        is_set_off = text[cut] in ",:;([" or words.strip().startswith(("(", "[", "%"))
        is_plain = forms and (len(forms[0]) > 1 or is_set_off or not of_row)
        if rest and is_plain and not re.fullmatch(r"\W*[a-zA-Zβ]\W*", _COUNTING.sub("", words)):
            return rest, forms
    for found in re.finditer(r",\s", text):
        if not of_row and (forms := read(text[: found.start()])):
            return text[found.end() :].strip(), forms
    # "Age, mean (SD), y": the unit stands last.
    before, comma, unit = text.rpartition(", ")
    if comma and len(unit) <= _LONGEST_UNIT and unit[:1].isalpha():
        rest, forms = cut_words(before, of_row)
        if rest and forms and len(forms[0]) > 1:
            return f"{rest}, {unit}", forms
    return text, ()


def plan_columns(
    head: list[list[str]], labels: int, said: TableLayout, used: set[str]
) -> list[Column]:
    """Return the columns of figures by their headings, and by what a layout says of them.

    The places of a layout that were used are added to `used`.
    """
    columns: list[Column] = []
    above = [""] * len(head)
    groups = _find_letters([cell for cells in head for cell in cells[labels:]])
    for index in range(labels, len(head[0])):
        texts = [" ".join(cells[index].split()) for cells in head]
        # "Change" below each of several groups is of that group.
        comparing = any(
            (_is_comparing(read_forms(text)) or _TEST.fullmatch(text)) and cells.count(text) < 2
            for text, cells in zip(texts, head, strict=True)
        )
        for level in range(len(texts) - 1):
            if texts[level]:
                above[level:] = [texts[level], *[""] * (len(head) - level - 1)]
            elif any(texts[level + 1 :]) and not comparing:
                texts[level] = above[level]
        column = _plan_column(index, texts, groups)
        # A column headed F, of a test, is not the column F.
        letters = {letter_of(place) for place in range(len(head[0]))}
        names = [column.letter, *({column.heading} - letters)]
        key = next((key for key in names if key in said.columns), "")
        if key:
            used.add(key)
            column = _say_column(column, said.columns[key])
        columns.append(column)
    if any(_VALID.search(one.heading) for one in columns):
        # Of those who answered is what stands beside it: the other is of all, them or not.
        columns = [
            replace(one, skip=one.skip or bool(_PERCENT.fullmatch(one.heading))) for one in columns
        ]
    return list(_tell_apart(columns))


def _is_comparing(forms: Forms) -> bool:
    return bool(forms) and all(form[0] in COMPARING for form in forms)


def _find_letters(texts: Sequence[str]) -> set[str]:
    """Return the letters that head columns of groups, though they name statistics elsewhere.

    They stand beside one that names none, as B beside A, or are those of men and women.
    """
    heads = {SIZE_BESIDE.sub("", text).strip() for text in texts}
    letters = {head for head in heads if len(head) == 1 and head.isalpha()}
    forms = {form for head in heads for forms in read_forms(head) for form in forms}
    is_of_groups = any(not read_form(letter) for letter in letters)
    is_of_sexes = letters == {"M", "F"} and "std" not in forms
    return letters if is_of_groups or is_of_sexes else set()


def _plan_column(index: int, texts: Sequence[str], groups: Set[str]) -> Column:
    names, n, wave = [], None, ""
    forms: Forms = ()
    df: tuple[str, ...] = ()
    for text in texts:
        if found := _TEST.fullmatch(text):
            df, text = tuple(filter(None, found.groups()[1:])), found[1]
        if found := SIZE_BESIDE.search(text):
            n = int(re.sub(r"\D", "", found[1]))
            text = " ".join(f"{text[: found.start()]} {text[found.end() :]}".split()).strip(" ,;")
        # With its size beside it a letter is a group as well.
        is_group = text in groups or (found and len(text) == 1)
        rest, read = (text, ()) if is_group else cut_words(text)
        forms = read or forms
        if _TIME.fullmatch(rest):
            wave = rest
        elif rest:
            names.append(ALL if _TOTAL.fullmatch(rest) else rest)
    group = ALL if set(names) <= {ALL} else " ".join(name for name in names if name != ALL)
    heading = " / ".join(filter(None, texts))
    return Column(index, heading, group, wave, n, forms, df, bool(_OTHER.fullmatch(heading)))


def _say_column(column: Column, said: ColumnLayout) -> Column:
    return replace(
        column,
        group=said.group or column.group,
        wave=said.wave or column.wave,
        n=column.n if said.n is None else said.n,
        forms=read_forms(said.cell) or column.forms,
        skip=said.skip or (column.skip and not said.cell),
    )


def _tell_apart(columns: list[Column]) -> Iterator[Column]:
    """Yield columns; one that would be the same as an earlier one goes by its heading.

    A test or a p goes with the ratio or the coefficient that stands before it.
    """
    seen: set[tuple[str, str, Forms]] = set()
    estimate: Column | None = None
    before = ""
    for column in columns:
        if estimate is not None and column.is_comparing and column.group == ALL:
            column = replace(column, group=estimate.group, wave=column.wave or estimate.wave)
        # An error right after an estimate is its own, and an interval right after a ratio.
        own = (column.forms, before) if column.forms else ((), "")
        if own in _OF_BEFORE:
            forms = tuple(tuple(f"{before}_{name}" for name in form) for form in column.forms)
            column = replace(column, forms=forms)
        before = column.forms[0][0] if column.forms and len(column.forms[0]) == 1 else ""
        key = column.group, column.wave, column.forms
        if key in seen and not column.skip:
            column = replace(column, group=column.heading)
        if not column.skip:
            seen.add(key)
        if column.forms and column.forms[0][0] in ESTIMATES:
            estimate = column
        yield column
