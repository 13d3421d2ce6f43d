"""Joins rows of a table that are one: a coefficient, and its error in brackets below it."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

from altcred.check.cells import Print, read_cell
from altcred.check.grid import Grid, Row
from altcred.core.errors import Problem

_NOTE = re.compile(
    r"(?:notes?|sources?|abbreviations?|legend)\s*[.:]|[*†‡§ᵃᵇᶜ]+ ?(?:p|signif)\b"
    r"|.{0,60}\b(?:errors?|statistics|values|deviations?|ratios) (?:are )?in (?:parenthes|bracket)",
    re.I,
)
_BRACKET = re.compile(
    r"[(\[]\s*[-−–+]?\s*[\d.,]*\d(?:(?:\s*[,;]\s*|\s*[-–]\s*|\s+to\s+)[-−–]?[\d.]+)?\s*[)\]][*†‡§ᵃᵇᶜ]*"
)
_MODEL = re.compile(r"[(\[](\d{1,2})[)\]]")
_COUNTS = re.compile(r"(?:n|no\.?|counts?|freq(?:uency|\.)?)", re.I)
_SHARES = re.compile(
    r"(?:col(?:umn|\.)?|row|valid)? ?(?:%|per ?cent(?:age)?|shares?)\b ?.*|%.*", re.I
)
_IN_BRACKETS = (
    (r"standard errors?|\bs\.?e\.?s?\b|std\.? err\w*", ("coefficient", "std_error")),
    (r"standard deviations?|\bs\.?d\.?s?\b|std\.? dev\w*", ("mean", "std")),
    (r"confidence intervals?|\bc\.?i\.?s?\b", ("coefficient", "ci_low", "ci_high")),
    (r"\bt[- ]?(?:statistics?|stats?|values?|ratios?)", ("coefficient", "t_statistic")),
    (r"\bz[- ]?(?:statistics?|stats?|values?)", ("coefficient", "z_statistic")),
    (r"\bp[- ]?values?", ("coefficient", "pvalue")),
)  # fmt: skip
_STARS = re.compile(
    r"(?<!\*)(\*{1,4}) ?(?:p ?[<≤] ?(0?\.\d+)|(?:sig\w*|p)? ?(?:at )?(\d+) ?%)", re.I
)
# Where stars are no p of a coefficient over its standard error.
_OTHER_STARS = re.compile(
    r"odds|exponentiat|hazard|rate ratio|risk ratio|incidence|bootstrap|permut|randomi[sz]ation inf"
    r"|bayes|one[- ](?:sided|tailed)|multipl|adjusted p|q[- ]value|credible",
    re.I,
)
_OF_RATIOS = re.compile(r"logi|cox|poisson|hazard|surviv|binomial", re.I)


def is_note(cells: list[str]) -> bool:
    """Tell whether a row below a table is a note, though the delimiter stands in it."""
    return bool(_NOTE.match(" ".join(filter(None, map(str.strip, cells)))))


def numbers_models(cells: list[str]) -> bool:
    """Tell whether a row heads columns with (1), (2), (3) and so on."""
    found = [_MODEL.fullmatch(cell.strip()) for cell in cells[1:] if cell.strip()]
    numbers = [int(one[1]) for one in found if one]
    return (
        not cells[0].strip()
        and bool(found)
        and len(numbers) == len(found)
        and numbers == list(range(1, len(numbers) + 1))
    )


def join_rows(rows: Grid) -> tuple[Grid, set[int]]:
    """Return rows with what stands below them in brackets or as a share, and which were joined.

    A share below a count is joined likewise, where the second column of words says so.
    """
    joined: Grid = []
    numbers: set[int] = set()
    for number, cells in rows:
        number_above, above = joined[-1] if joined else (0, [])
        filled = {place for place, cell in enumerate(cells) if cell.strip()}
        if (
            above
            and filled
            and 0 not in filled
            and above[0].strip()
            and number_above not in numbers
            and all(_BRACKET.fullmatch(cells[place].strip()) for place in filled)
            and all(_is_plain(above[place]) for place in filled)
        ):
            both = [f"{first} {second}".strip() for first, second in zip(above, cells, strict=True)]
            joined[-1] = (number_above, both)
            numbers.add(number_above)
        else:
            joined.append((number, cells))
    return joined, numbers


def join_shares(rows: Grid) -> Grid:
    """Return rows with the shares that stand in a row above or below their counts beside these.

    The last of the columns before the figures says of each row which of the two it has.
    """
    pairs = list(zip(rows[::2], rows[1::2], strict=False))
    if len(rows) < 4 or len(rows) % 2:
        return rows
    place = next((at for at in range(1, len(rows[0][1]) - 1) if _tells_shares(pairs, at)), 0)
    if not place:
        return rows
    joined: Grid = []
    for (number, first), (_, second) in pairs:
        is_above = bool(_COUNTS.fullmatch(first[place].strip()))
        counts, shares = (first, second) if is_above else (second, first)
        cells = [
            f"{one.strip()} ({two.strip().rstrip('%')}%)" if two.strip() else one
            for one, two in zip(counts[place + 1 :], shares[place + 1 :], strict=True)
        ]
        joined.append((number, [*first[:place], "", *cells]))
    return joined


def _tells_shares(pairs: Sequence[tuple[Row, Row]], place: int) -> bool:
    """Tell whether a column says of two rows of each pair that they are counts and their shares."""
    for (_, first), (_, second) in pairs:
        labels = zip(first[:place], second[:place], strict=True)
        is_of_one = first[0].strip() and all(
            two.strip() in {"", one.strip()} for one, two in labels
        )
        said = first[place].strip(), second[place].strip()
        if not is_of_one or not any(
            _COUNTS.fullmatch(one) and _SHARES.fullmatch(two) for one, two in (said, said[::-1])
        ):
            return False
    return True


def _is_plain(text: str) -> bool:
    cell = read_cell(text)
    return cell is not None and cell.shape == "#"


def form_in_brackets(words: str) -> tuple[tuple[str, ...], ...]:
    """Return what cells are, where the words of a table say what stands in brackets."""
    found = set()
    for place in re.finditer(r"\bin (?:parenthes|bracket)|(?:parenthes|bracket)\w* ", words, re.I):
        before = place[0].startswith("in ")
        near = words[max(0, place.start() - 60) : place.start()] if before else words[place.end() :]
        near = re.split(r"[.;]\s", near)[-1 if before else 0]
        named = [
            (named.end() if before else -named.start(), form)
            for pattern, form in _IN_BRACKETS
            for named in re.finditer(pattern, near, re.I)
        ]
        if named:
            found.add(max(named)[1])
    return tuple(found) if len(found) == 1 else ()


def read_stars(words: str, cells: Iterable[str]) -> dict[str, str]:
    """Return below what p so many stars stand, where the words of a table say so.

    Nothing where they may be of a test other than of a coefficient over its standard error.
    """
    if _OTHER_STARS.search(words):
        return {}
    is_negative = any(re.match(r"\s*[-−–]\s*[\d.]", cell) for cell in cells)
    if _OF_RATIOS.search(words) and not is_negative:
        return {}
    found: dict[str, str] = {}
    for stars, level, percent in _STARS.findall(words):
        found.setdefault(stars, level or f"0.{int(percent):02d}")
    levels = [Fraction(found[stars]) for stars in sorted(found, key=len)]
    return found if levels == sorted(levels, reverse=True) else {}


def add_stars(text: str, prints: tuple[Print, ...], stars: dict[str, str]) -> tuple[Print, ...]:
    """Return the figures of a cell with the p that the stars of its coefficient stand for."""
    found = re.search(r"\*+", text)
    names = {one.statistic for one in prints}
    if not (found and names & {"std_error", "coefficient_std_error"} and found[0] in stars):
        return prints
    return (*prints, Print("coefficient_pvalue", stars[found[0]], "<"))


def join_refused(found: list[tuple[str, Problem]]) -> Iterator[Problem]:
    """Yield what is wrong with cells, by the letter of their column.

    Three or more cells of a column of which nothing says what they are are one problem.
    """
    columns: dict[str, list[Problem]] = defaultdict(list)
    for letter, problem in found:
        columns[letter].append(problem)
    for letter, problem in found:
        cells = columns[letter]
        is_one = len({one.remedy for one in cells}) == 1
        if len(cells) < 3 or not (
            is_one or all(one.message.startswith("nothing says what '") for one in cells)
        ):
            yield problem
        elif problem is cells[0]:
            message = problem.message.removesuffix(".")
            message += f", nor what {len(cells) - 1} more cells of its column are."
            remedy = (
                f"in the heading, or in the layout: columns: {{{letter}: {{cell: mean (sd)}}}}."
            )
            yield replace(
                problem, message=message, remedy=problem.remedy if is_one else f"Say it {remedy}"
            )
