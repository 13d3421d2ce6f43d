"""What a reader sees of the verdicts: counts, contradictions as paragraphs, every figure."""

import math
import re
from collections.abc import Iterator
from typing import Any

import pandas as pd

from altcred.codebook import Codebook
from altcred.consistency import Finding, describe
from altcred.published import AMOUNT, SHARE, parse_printed
from altcred.reproduction import (
    CONTRADICTED,
    DIFFERS,
    REPRODUCED,
    VERDICTS,
    Reproduction,
)
from altcred.tables import Table, frame_table


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
        text.append(f"{others} more rows print the same quantities.")
    if finding.typo is not None:
        slip = finding.typo
        how = "the two exchanged" if slip.exchanged_with else "a slip in one figure"
        text.append(f"{_escape(slip.replacement)} for {_escape(slip.printed)} ({how}) repairs it.")
    else:
        text.append("No single slip of a digit repairs it.")
    if finding.evidence:
        text.append(_escape(finding.evidence))
    return " ".join(text)


def list_implied(reproduction: Reproduction) -> str:
    """Return the sizes that follow from printed figures as a Markdown list."""
    return "\n".join(f"- {_escape(describe(each))}" for each in reproduction.findings.implied)


def list_odd(reproduction: Reproduction) -> str:
    """Return the oddities as a Markdown list of their arithmetic."""
    return "\n".join(f"- {_escape(each.line)}" for each in reproduction.findings.odd)


def figure_tables(reproduction: Reproduction, codebook: Codebook) -> Iterator[tuple[str, Table]]:
    """Yield a heading and a table of printed figures: for each printed table, then each variable.

    The headings carry the ids that the report's tables and figures lead to: `printed-table-3`,
    `printed-begin-income`.
    """
    judged = reproduction.judged
    tables = judged["locator"].str.extract(r"^(Table \d+)\b", expand=False)
    for name, part in judged.groupby(tables, sort=False):
        yield _list_figures(f"{name}", f"printed-{_slug(name)}", part, codebook)
    others = judged[tables.isna()]
    for (wave, variable), part in others.groupby(["wave", "variable"], sort=False):
        described = codebook.variables.get(variable)
        label = described.label if described else variable.replace("_", " ")
        id = f"printed-{_slug(wave)}-{_slug(variable)}"
        yield _list_figures(f"{wave}: {label}", id, part, codebook)


def _list_figures(title: str, id: str, part: pd.DataFrame, codebook: Codebook) -> tuple[str, Table]:
    rows = [
        {
            "Where": _place(row),
            "Of": " ".join(filter(None, [row["wave"], _label(row, codebook)])),
            "Among": row["subgroup"],
            "Statistic": row["statistic"],
            "Printed": _print(row),
            "Rebuilt": write_rebuilt(row),
            "n": "" if math.isnan(row["n_rebuilt"]) else f"{row['n_rebuilt']:,.0f}",
            "Verdict": row["verdict"] + (f" ({row['finding']})" if row["finding"] else ""),
        }
        for row in part.to_dict("records")
    ]
    table = frame_table(pd.DataFrame(rows), id)
    assert table is not None
    return f"{_escape(title)} {{#{id}}}", table


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
    from altcred.prose import escape_markdown

    return escape_markdown(text)
