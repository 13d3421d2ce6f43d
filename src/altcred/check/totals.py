"""Finds the rows of a table that a row of totals below them sums up: categories of one question."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from altcred.check.bases import fits
from altcred.check.cells import Print, read_cell
from altcred.check.columns import Column, Forms
from altcred.check.layouts import RowLayout
from altcred.check.published import parse_printed
from altcred.check.ranges import add, are_apart

if TYPE_CHECKING:
    from altcred.check.plan_table import Line

_TOTAL = re.compile(
    r"(?:sub-?\s?|grand )?totals?|sum|all(?: respondents)?|overall(?: total)?", re.I
)
_OF_SHARES = {"count", "percent", "proportion"}
COUNT: Forms = (("count",),)


def find_totals(
    lines: list["Line"], columns: Sequence[Column], name: str, decimal: str
) -> list["Line"]:
    """Return rows, those above a row of totals as categories, and the totals as how many answered.

    They are where counts make the totals, or shares 100%, in most columns. `name` is what the
    categories are of where no row above them says it.
    """
    found: list[Line] = []
    block: list[Line] = []
    sums: list[dict[int, str]] = []
    for line in lines:
        if not block or not _is_beside(block[-1], line):
            found, block = found + block, []
        is_total = bool(_TOTAL.fullmatch(line.category or line.label))
        if is_total and sums and not line.category and _is_sum(
            line.cells, [*sums, *(one.cells for one in block)]
        ):  # fmt: skip
            # All people: several totals, or one and those who did not answer.
            found += [*block, replace(line, variable="responses", forms=COUNT, is_size=True)]
            block = []
        elif is_total and _are_several([*block, line], columns):
            # More than all people: each could give several answers.
            several = replace(line, variable="sum of several answers", is_own=True, forms=())
            found, block = [*found, *block, several], []
        elif is_total and len(block) > 1:
            made = _gather([*block, line], columns, name, decimal)
            found += made or [*block, line]
            sums += [made[-1].cells] if made and made[-1].is_size else []
            block = []
        else:
            block.append(line)
    return found + block


def _are_several(block: list["Line"], columns: Sequence[Column]) -> bool:
    """Tell whether shares make more than 100%, and the total below them says so."""
    for column in columns:
        rows = [list(_numbers(one.cells.get(column.index, ""), "."))[-1:] for one in block]
        texts = [text for row in rows for text in row]
        is_share = column.forms and column.forms[0][-1] in {"percent", "proportion"}
        if len(block) > 2 and len(texts) == len(block) and (is_share or texts[0].endswith("%")):
            *parts, total = map(_value, texts)
            if total > 101 and abs(sum(parts) - total) <= len(parts):
                return True
    return False


def _is_sum(cells: dict[int, str], sums: list[dict[int, str]]) -> bool:
    """Tell whether a row is the sum of the totals above it, in most columns."""
    right = [
        sum(_value(one.get(place, "")) for one in sums) == _value(text)
        for place, text in cells.items()
        if _is_whole(text.strip())
    ]
    return len(sums) > 1 and len(right) == len(cells) and 2 * sum(right) > len(right)


def _is_beside(first: "Line", second: "Line") -> bool:
    """Tell whether two rows can be categories of one question."""
    if any(one.is_size or one.is_own or one.is_heading or one.said[0].variable
           for one in (first, second)):  # fmt: skip
        return False
    if first.category or second.category:
        return first.variable == second.variable
    return first.forms == second.forms


def _gather(
    block: list["Line"], columns: Sequence[Column], name: str, decimal: str
) -> list["Line"]:
    """Return a block of categories and their total, with what they are; none where they are not."""
    used = [one for one in columns if not (one.skip or one.is_comparing)]
    counts, shares = [], []
    for column in used:
        known = column.forms or block[0].forms
        texts = [line.cells.get(column.index, "") for line in block]
        if not any(map(str.strip, texts)):
            continue
        numbers = [list(_numbers(text, decimal)) for text in texts]
        if not all(numbers) or any(not {*form} <= _OF_SHARES for form in known):
            return []
        is_share = bool(known) and known[0][0] != "count" and len(numbers[0]) == 1
        is_share |= any(text.endswith("%") for text in (numbers[0][0],))
        if not is_share:
            counts.append((column, [row[0] for row in numbers]))
        if is_share or all(len(row) == 2 for row in numbers):
            shares.append([row[-1] for row in numbers])
    if not counts:
        return []
    right = [_makes_sum(texts) for _, texts in counts]
    full = [_makes_all(texts) for texts in shares]
    is_named = bool(shares) or any(one.forms for one, _ in counts) or bool(block[0].forms)
    if not (2 * sum(right) > len(right) or (full and 2 * sum(full) > len(full))):
        return []
    if not is_named and (
        len(counts) < 2 or not all(_is_whole(t) for _, row in counts for t in row)
    ):
        return []
    *parts, total = block
    variable = total.variable if total.category else name or "rows"
    if any(_value(texts[-1]) not in {100, 1} for texts in shares):
        # Totals have shares of their own, of the people of their row.
        return [] if total.category else [
            *(replace(one, variable=variable, category=one.variable) for one in parts), total
        ]  # fmt: skip
    if shares and not any(_fit(texts, own[:-1], own[-1]) for texts in shares for _, own in counts):
        # Whoever makes 100% of counts that are no such shares has weighted them.
        is_weighted = 2 * sum(right) > len(right) and 2 * sum(full) > len(full)
        return [replace(one, note="weighted shares") for one in block] if is_weighted else []
    cells = {column.index: texts[-1] for column, texts in counts}
    forms = parts[0].forms or (() if is_named else COUNT)
    return [
        *(
            replace(
                one,
                variable=variable,
                category=one.category or one.variable,
                forms=one.forms if one.category else forms,
                said=tuple(_say_exclusive(told) for told in one.said),
            )
            for one in parts
        ),
        replace(
            total, variable=variable, category="", forms=(("nobs",),), cells=cells, is_size=True
        ),
    ]


def _say_exclusive(told: RowLayout) -> RowLayout:
    """Return what a layout says, and that each person has one of the categories."""
    return RowLayout.model_validate({"exclusive": True, **told.model_dump(exclude_unset=True)})


def _fit(shares: Sequence[str], counts: Sequence[str], total: str) -> bool:
    """Tell whether at least half of some shares are those of counts in a total."""
    pairs = [
        (Print("count", count), Print("proportion", f"{share.rstrip('%')}%"))
        for share, count in zip(shares, counts, strict=False)
    ]
    # The total itself may be wrong.
    sizes = int(_value(total)), int(sum(map(_value, counts), Fraction(0)))
    return any(2 * sum(fits(pair, n) for pair in pairs) >= len(pairs) for n in sizes)


def _numbers(text: str, decimal: str) -> Iterator[str]:
    cell = read_cell(text, decimal)
    if cell is not None and cell.shape in {"#", "#(#)", "#[#]"}:
        yield from cell.numbers


def _value(text: str) -> Fraction:
    digits = re.sub(r"[^\d.]", "", text)
    return Fraction(digits) if re.search(r"\d", digits) else Fraction(0)


def _is_whole(text: str) -> bool:
    return bool(re.fullmatch(r"[\d,]+", text))


def _makes_sum(texts: Sequence[str]) -> bool:
    *parts, total = map(_value, texts)
    return sum(parts) == total


def _makes_all(texts: Sequence[str]) -> bool:
    """Tell whether shares make 100% within rounding."""
    *parts, total = texts
    unit = Fraction(1, 10 ** len(parts[0].partition(".")[2].rstrip("%")))
    off = abs(sum(map(_value, parts), Fraction(-100)))
    return _value(total) == 100 and off <= unit * len(parts) / 2


def find_breakdown(
    rows: list[dict[str, str]], lines: list["Line"], variable: str, said: bool | None
) -> list[str]:
    """Return a row with figures and those under it that together are that row; none where not.

    They are, where the layout says so, or where their counts, or else their shares, make it in
    most columns.
    """
    lines = [line for line in lines if line.variable == variable and line.category]
    names = list(dict.fromkeys(line.category for line in lines))
    if said is False or len(names) < 3 or not lines[0].is_heading:
        return []
    known = {
        (row["statistic"], row["wave"], row["subgroup"], row["category"]): parse_printed(
            row["printed"], row["qualifier"]
        )
        for row in rows
        if row["variable"] == variable and row["statistic"] in {"count", "proportion"}
    }
    for statistic in ("count", "proportion"):
        places = {key[1:3] for key in known if key[0] == statistic}
        found = [[known.get((statistic, *place, name)) for name in names] for place in places]
        whole = [[one for one in row if one is not None] for row in found]
        full = [row for row in whole if len(row) == len(names)]
        right = sum(not are_apart(add(*row[1:]), row[0]) for row in full)
        if full:
            return names if said or 2 * right > len(full) else []
    return []
