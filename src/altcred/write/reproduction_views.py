"""What a reader sees of the verdicts: counts, contradictions as paragraphs, every figure."""

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import Any

import pandas as pd

from altcred.check.consistency import Finding
from altcred.check.figures import Figure
from altcred.check.headlines import (
    DEPENDS,
    FALLS,
    OUTCOMES,
    SURVIVES,
    UNSETTLED,
    UNTOUCHED,
    Assessed,
)
from altcred.check.published import AMOUNT, SHARE, parse_printed
from altcred.check.ranges import Range
from altcred.check.verdicts import (
    CONTRADICTED,
    DIFFERS,
    REPRODUCED,
    VERDICTS,
    Reproduction,
)
from altcred.check.words import show, show_range
from altcred.core.numerals import ONES
from altcred.describe.codebook import Codebook
from altcred.write.tables import Shown, Table, frame_table
from altcred.write.views import MINUS


def verdict_table(reproduction: Reproduction) -> Table | None:
    """Return how many printed figures have each verdict, a row a document."""
    judged = reproduction.judged
    rows = []
    for document, part in [*judged.groupby("document"), ("All", judged)]:
        counts = part["verdict"].value_counts()
        rebuilt = len(part) - int(counts.get("context", 0))
        share = counts.get(REPRODUCED, 0) / rebuilt if rebuilt else math.nan
        rows.append(
            {
                "Document": document,
                "Printed figures": f"{len(part):,}",
                **{verdict.capitalize(): f"{counts.get(verdict, 0):,}" for verdict in VERDICTS},
                "Reproduced, of those rows can rebuild": "" if rebuilt == 0 else f"{share:.1%}",
            }
        )
    return frame_table(pd.DataFrame(rows), "verdicts")


def describe_findings(reproduction: Reproduction) -> str:
    """Return the contradictions as Markdown paragraphs that an author could act on."""
    by_id = reproduction.judged.set_index("id")
    findings = reproduction.findings.findings
    return "\n\n".join(
        _describe_finding(f"C{number}", finding, by_id)
        for number, finding in enumerate(findings, start=1)
    )


def _describe_finding(name: str, finding: Finding, by_id: pd.DataFrame) -> str:
    text = [f"**{name}** ({finding.severity}, {finding.kind}). {_escape(finding.line)}"]
    if finding.premise:
        text.append(f"This takes for granted that {_escape(finding.premise)}.")
    printed = [f"{_place(by_id.loc[id])}: {_print(by_id.loc[id])}" for id in finding.ids]
    text.append(f"Printed in {'; '.join(map(_escape, printed))}.")
    others = len(set(finding.places) - set(finding.ids))
    if others:
        prints = "row prints" if others == 1 else "rows print"
        text.append(f"{others} more {prints} the same quantities.")
    if finding.typo is not None:
        slip = finding.typo
        how = "the two exchanged" if slip.exchanged_with else "a slip in one figure"
        text.append(f"{_escape(slip.replacement)} for {_escape(slip.printed)} ({how}) repairs it.")
    else:
        text.append("No single slip of a digit repairs it.")
    if finding.evidence:
        text.append(_escape(finding.evidence))
    return " ".join(text)


NOT_BOUNDED = "not bounded"
POINTS = "points"
SURVIVAL = {
    SURVIVES: "yes",
    DEPENDS: "depends on the repair",
    UNSETTLED: "not settled",
    FALLS: "no",
    UNTOUCHED: "not touched",
}


def headline_table(headlines: Sequence[Assessed]) -> Table | None:
    """Return the headline claims, those that contradictions touch first; None without claims."""
    touched = [item for item in headlines if item.findings]
    others = [item for item in headlines if not item.findings]
    rows = [
        {
            "Claim": item.claim,
            "Printed": " and ".join(figure.shown for figure in item.printed),
            "Under the repairs": _write_limits(item.limits, item) if item.findings else "",
            "Contradictions": _list_numbers(item),
            "Does it survive?": SURVIVAL[item.outcome],
        }
        for item in [*touched, *others]
    ]
    return frame_table(pd.DataFrame(rows), "headlines") if rows else None


def describe_headlines(
    headlines: Sequence[Assessed], reproduction: Reproduction, label: str
) -> str:
    """Return what becomes of the headline claims as Markdown; '' where a cohort lists none.

    `label` is that of the table of claims, for the reference to it.
    """
    if not headlines:
        return ""
    one = len(headlines) == 1
    touched = [item for item in headlines if item.findings]
    text = [
        f"@{label} lists {'the claim' if one else f'the {_spell(len(headlines))} claims'} that "
        "most readers take away. A contradiction touches a claim if one of the figures that the "
        "claim rests on may be the wrong one."
    ]
    if not touched:
        text.append(f"{'It is not' if one else 'None is'} touched.")
        return " ".join(text)
    is_one = len(touched) == 1
    if one:
        text.append("It is touched.")
    else:
        text.append(f"Of them, {_spell(len(touched))} {'is' if is_one else 'are'} touched.")
    counts = {outcome: sum(item.outcome == outcome for item in touched) for outcome in OUTCOMES}
    said = [
        (SURVIVES, "survives", "survive", "every repair"),
        (FALLS, "does", "do", "not hold as printed under any repair"),
        (DEPENDS, "holds", "hold", "under some repairs and not under others"),
        (UNSETTLED, "is", "are", "not settled, since the figures that remain leave it open"),
    ]
    parts = []
    for outcome, singular, plural, rest in said:
        n = counts[outcome]
        who = "It" if is_one else _spell(n)
        if n:
            parts.append(f"{who} {singular if n == 1 else plural} {rest}")
    text.append(f"{'; '.join(parts).capitalize()}.")
    numbers = {number for item in touched for number in item.findings}
    findings = reproduction.findings.findings
    premise = any(findings[number - 1].premise for number in numbers)
    paragraphs = [
        " ".join(text),
        "Every quantity of a contradiction is taken to be the wrong one in turn. What it can be "
        "instead is what the rules above leave it, given all other printed figures but those "
        "computed from it. If they leave it nothing, it cannot be the only wrong one, and that way "
        "out is not counted. The number of the claim is then computed anew; the table gives the "
        "lowest and the highest over all ways out, rounded outwards."
        + (" What a contradiction takes for granted is taken so here too." if premise else ""),
    ]
    return "\n\n".join(paragraphs)


def list_headlines(headlines: Sequence[Assessed]) -> str:
    """Return a Markdown list of the claims that do not survive every repair, and why."""
    weak = [item for item in headlines if item.outcome not in {UNTOUCHED, SURVIVES}]
    if not weak:
        return ""
    opening = (
        "What the claim that does not survive every repair comes down to:"
        if len(weak) == 1
        else "What the claims that do not survive every repair come down to:"
    )
    return "\n".join([opening, "", *map(_describe_headline, weak)])


def _describe_headline(item: Assessed) -> str:
    ways: dict[str, list[str]] = {}
    for repaired in sorted(item.repairs, key=lambda way: not way.wrong):
        wrong = list(dict.fromkeys(_name_print(figure) for figure in repaired.wrong))
        condition = f"if {_join(wrong)} {'is' if len(wrong) == 1 else 'are'} wrong"
        if not wrong:
            condition = "if another figure is wrong" if ways else "whichever other figure is wrong"
        ways.setdefault(condition, []).append(_write_outcome(repaired.limits, item))
    parts = [f"{condition}, {' or '.join(outcomes)}" for condition, outcomes in ways.items()]
    return f"- **{_escape(item.claim)}** ({_list_numbers(item)}): {_escape('; '.join(parts))}."


def _name_print(figure: Figure) -> str:
    # A number may be wrong as one statistic and right as another.
    as_what = (
        f" as the {figure.key.statistic}" if figure.key.statistic in {"mean", "median"} else ""
    )
    return f"{figure.shown}{as_what}"


def _write_outcome(limits: Range, item: Assessed) -> str:
    if limits == item.as_printed:
        return "nothing changes"
    written = _write_limits(limits, item)
    return "nothing that is printed bounds it" if written == NOT_BOUNDED else f"it is {written}"


def _write_limits(limits: Range, item: Assessed) -> str:
    """Write a range a digit finer than the claim is printed, rounded outwards; whole dollars."""
    if limits.high is None and limits.low in {None, 0}:
        return NOT_BOUNDED
    # Words are no coarser than the figures they stand for: a digit more than percents have.
    digits = max(1 if figure.digits is None else figure.digits for figure in item.printed)
    if item.unit != AMOUNT and not _is_whole(limits):
        digits += 1
    scale = 10**digits * (100 if item.unit in {SHARE, POINTS} else 1)
    low = None if limits.low is None else Fraction(math.floor(limits.low * scale), scale)
    high = None if limits.high is None else Fraction(math.ceil(limits.high * scale), scale)
    if item.unit != POINTS:
        rounded = Range(low, high, limits.low_open, limits.high_open)
        return show_range(rounded, item.unit).replace("-", MINUS)
    ends = [show(100 * end).replace("-", MINUS) for end in (low, high) if end is not None]
    return f"{' to '.join(ends)} points" if len(ends) == 2 else NOT_BOUNDED


def _is_whole(limits: Range) -> bool:
    return all(end is None or end.denominator == 1 for end in (limits.low, limits.high))


def _list_numbers(item: Assessed) -> str:
    return ", ".join(f"C{number}" for number in item.findings)


def _spell(number: int) -> str:
    return ONES[number] if number <= 10 else f"{number:,}"


def _join(items: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(items[:-1]), *items[-1:]]))


def list_implied(reproduction: Reproduction) -> str:
    """Return the sizes that follow from printed figures as a Markdown list."""
    return "\n".join(f"- {_escape(each.describe())}" for each in reproduction.findings.implied)


def list_odd(reproduction: Reproduction) -> str:
    """Return the oddities as a Markdown list of their arithmetic."""
    return "\n".join(f"- {_escape(each.line)}" for each in reproduction.findings.odd)


def figure_tables(reproduction: Reproduction, codebook: Codebook) -> Iterator[tuple[str, Table]]:
    """Yield a heading and a table of printed figures: for each printed table, then each variable.

    The headings carry the ids that the report's tables and figures lead to: `printed-table-3`,
    `printed-begin-income`.
    """
    # Plain rows: there are some two hundred tables, and a frame for each takes longer than they.
    in_tables: dict[str, list[dict[str, Any]]] = {}
    others: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in reproduction.judged.to_dict("records"):
        if found := re.match(r"Table \d+\b", row["locator"]):
            in_tables.setdefault(found[0], []).append(row)
        else:
            others.setdefault((row["wave"], row["variable"]), []).append(row)
    for name, part in in_tables.items():
        yield _list_figures(name, f"printed-{_slug(name)}", part, codebook)
    for (wave, variable), part in others.items():
        described = codebook.variables.get(variable)
        label = described.label if described else variable.replace("_", " ")
        id = f"printed-{_slug(wave)}-{_slug(variable)}"
        yield _list_figures(f"{wave}: {label}", id, part, codebook)


def _list_figures(
    title: str, id: str, part: Iterable[dict[str, Any]], codebook: Codebook
) -> tuple[str, Table]:
    columns = ["Of", "Among", "Statistic", "Printed", "Rebuilt", "n", "Verdict"]
    rows = []
    for row in part:
        cells = [
            " ".join(filter(None, [row["wave"], _label(row, codebook)])),
            row["subgroup"],
            row["statistic"],
            _print(row),
            write_rebuilt(row),
            "" if math.isnan(row["n_rebuilt"]) else f"{row['n_rebuilt']:,.0f}",
            row["verdict"] + (f" ({row['finding']})" if row["finding"] else ""),
        ]
        rows.append((_place(row), [Shown(text) for text in cells]))
    return f"{_escape(title)} {{#{id}}}", Table(id, "Where", columns, rows)


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def list_unreproduced(reproduction: Reproduction, codebook: Codebook) -> Table | None:
    """Return the printed figures that rows do not rebuild: those contradicted, those different."""
    judged = reproduction.judged
    part = judged[judged["verdict"].isin([CONTRADICTED, DIFFERS])]
    rows = [
        {
            "Where": _place(row),
            "Of": f"{row['wave']} {_label(row, codebook)}",
            "Printed": _print(row),
            "Rebuilt": write_rebuilt(row),
            "Verdict": row["verdict"] + (f" ({row['finding']})" if row["finding"] else ""),
        }
        for row in part.to_dict("records")
    ]
    return frame_table(pd.DataFrame(rows), "unreproduced") if rows else None


def write_rebuilt(row: Any) -> str:
    """Return the rebuilt number in the manner of the printed one, with a digit more."""
    value = row["value"]
    if math.isnan(value):
        return ""
    try:
        interval = parse_printed(row["printed"], row["qualifier"])
    except ValueError:
        return f"{value:.4g}"
    if interval.unit == SHARE:
        return f"{100 * value:.{(interval.digits or 0) + 1}f}%"
    if interval.unit == AMOUNT:
        return f"${value:,.0f}" if float(value).is_integer() else f"${value:,.2f}"
    return (
        f"{value:,.0f}" if float(value).is_integer() else f"{value:,.{(interval.digits or 0) + 1}f}"
    )


def _label(row: Any, codebook: Codebook) -> str:
    name, category = row["variable"], row["category"]
    if name not in codebook.variables:
        return " ".join(filter(None, [name.replace("_", " "), category.replace("_", " ")]))
    try:
        label = codebook.label(name)
        return f"{label}: {codebook.label(name, category)}" if category else label
    except KeyError:
        return f"{codebook.label(name)}: {category}"


def _place(row: Any) -> str:
    return f"{row['document']}, {row['section']}, {row['locator']}"


def _print(row: Any) -> str:
    if row["statistic"] in {"order", "rank"}:
        return str(row["printed"])
    return " ".join(filter(None, [row["qualifier"], row["printed"]]))


def _escape(text: str) -> str:
    from altcred.write.prose import escape_markdown

    return escape_markdown(text)
