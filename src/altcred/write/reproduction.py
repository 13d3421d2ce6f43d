"""What a reader sees of the verdicts: counts, contradictions as paragraphs, every figure.

The functions called show_... put out the sections of a chapter, prose as Markdown.
"""

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pandas as pd

from altcred.check.headlines import Assessed
from altcred.check.published import AMOUNT, SHARE, parse_printed
from altcred.check.verdicts import (
    CONTEXT,
    CONTRADICTED,
    DIFFERS,
    REPRODUCED,
    VERDICTS,
    Reproduction,
)
from altcred.core.numbers import Writer, Written
from altcred.describe.codebook import Codebook
from altcred.kinds.phrases import begin_sentence, escape_markdown
from altcred.write.contradictions import Contradictions, say_figure, say_place
from altcred.write.headlines import describe_headlines, headline_table, list_headlines
from altcred.write.markdown import show_markdown
from altcred.write.tables import Shown, Table, frame_table

Row = dict[str, Any]

OPENING = "# Differences to the printed report {#sec-reproduction}"
RECONSTRUCTED = """The answers of this cohort were generated from these very figures. That one of
them is reproduced says that it can be true together with the others and that the way from rows to
estimates works; it does not say that the authors' rows hold it."""
ORDER = "## Where to look first {#sec-look-first}"
VERDICT_TEXT = """## How the verdicts come about {#sec-verdicts}

Every figure that the documents print has a row in `published.csv`, as printed, with the key of the
estimate it is about. A printed figure is an interval of the numbers it can stand for, reasoned from
its own digits and the words beside it. A figure that stands in a set of printed figures which
cannot all be true, and for which nothing vouches, is **contradicted**, whatever was rebuilt. Any
other is **reproduced** when the estimate lies in its interval, and **differs** when it does not.
Facts that no answer could tell, and words without a number, are **context**. @tbl-verdicts counts
the verdicts, a row a document of the study. The page of this chapter among the executed notebooks
lists every figure, with what is printed, what was rebuilt and the verdict."""
UNREPRODUCED = """## Figures in doubt {#sec-unreproduced}

"""
SOME_UNREPRODUCED = """The figures below contradict each other, or are not what rows give; each has
beside it what rows give. A number in brackets names the contradiction it belongs to."""
NONE_UNREPRODUCED = "Rows give back every figure that they could."
FINDINGS = """## Printed figures that cannot all be true {#sec-findings}

"""
SOME_FINDINGS = """These were found by comparing printed figures with each other, with whole numbers
and fractions only. Each names a smallest set: without any one of its figures there is no conflict
left. What rounding can explain is not listed. The gravest come first. Each place names the
document, its section and the place in that."""
NO_FINDINGS = """Printed figures were compared with each other, with whole numbers and fractions
only. No contradiction was found that rounding cannot explain."""
HEADLINES = "## What the contradictions do to the headline claims {#sec-headlines}"
IMPLIED = "## Sizes that are not printed but follow {#sec-implied}"
ODD = """## Odd, and possible {#sec-odd}

These figures can all be true; a reader may still wonder at them."""


def show_opening(reproduction: Reproduction, headlines: Sequence[Assessed] = ()) -> None:
    """Show the chapter's heading, how much is rebuilt, and in what order to look at the rest."""
    is_made = reproduction.cohort.study.reconstructed
    show_markdown(OPENING, say_verdicts(reproduction), RECONSTRUCTED if is_made else "")
    if order := Contradictions(reproduction, headlines).tell_order():
        show_markdown(ORDER, order)


def show_verdicts(reproduction: Reproduction) -> None:
    """Show how many figures have each verdict."""
    show_markdown(VERDICT_TEXT)
    _show_table(verdict_table(reproduction), "verdicts", "Printed figures by verdict")


def show_unreproduced(reproduction: Reproduction) -> None:
    """Show the figures that are contradicted or that rows do not give back, if there are any."""
    table = list_unreproduced(reproduction)
    show_markdown(UNREPRODUCED + (NONE_UNREPRODUCED if table is None else SOME_UNREPRODUCED))
    _show_table(table, "unreproduced", "Printed figures that are contradicted or differ")


def show_findings(reproduction: Reproduction, headlines: Sequence[Assessed] = ()) -> None:
    """Show the contradictions among printed figures, or that there is none."""
    text = Contradictions(reproduction, headlines).tell()
    show_markdown(
        FINDINGS + (SOME_FINDINGS if text else NO_FINDINGS), list_documents(reproduction), text
    )


def list_documents(reproduction: Reproduction) -> str:
    """Return what the documents are called whose figures are told apart by a short name."""
    titles = reproduction.cohort.study.documents
    named = [one for one in sorted(set(reproduction.judged["document"])) if one in titles]
    return "\n".join(f"- {escape_markdown(f'{one}: {titles[one]}')}" for one in named)


def show_headlines(headlines: Sequence[Assessed], reproduction: Reproduction) -> None:
    """Show what the contradictions do to the headline claims, where the cohort lists any."""
    if headlines:
        findings = reproduction.findings.findings
        show_markdown(HEADLINES, describe_headlines(headlines, findings, "tbl-headlines"))
        caption = "Headline claims under every repair of the contradictions that touch them"
        _show_table(headline_table(headlines), "headlines", caption)
        show_markdown(list_headlines(headlines))


def show_implied(reproduction: Reproduction) -> None:
    """Show the sizes that follow from printed figures, where there are any."""
    implied = reproduction.findings.implied
    _show_list(IMPLIED, [begin_sentence(each.describe()) for each in implied])


def show_odd(reproduction: Reproduction) -> None:
    """Show what can be true and still looks strange, where there is any."""
    _show_list(ODD, [begin_sentence(each.line) for each in reproduction.findings.odd])


def show_figures(reproduction: Reproduction) -> None:
    """Show every printed figure, under its table or its variable."""
    from IPython.display import display

    show_markdown("## Every printed figure")
    for heading, table in figure_tables(reproduction):
        show_markdown(f"### {heading}")
        display(table)


def _show_list(heading: str, lines: Sequence[str]) -> None:
    if lines:
        show_markdown(heading, "\n".join(f"- {escape_markdown(line)}" for line in lines))


def _show_table(table: Table | None, label: str, caption: str) -> None:
    if table is not None:
        table.show(f"tbl-{label}", caption)


def say_verdicts(reproduction: Reproduction) -> str:
    """Return how many printed figures rows give back, and why not the rest."""
    counts = reproduction.judged["verdict"].value_counts()
    reproduced, contradicted, differing = (
        int(counts.get(verdict, 0)) for verdict in (REPRODUCED, CONTRADICTED, DIFFERS)
    )
    total = reproduced + contradicted + differing
    if not total:
        return "None of the printed figures is one that rows of this cohort could give back."
    if total == reproduced:
        return f"Rows give back all of the {total:,} printed figures that they could."
    text = f"Of {total:,} printed figures that can be judged, rows give back {reproduced:,}."
    if contradicted:
        stands = "One stands" if contradicted == 1 else f"{contradicted:,} stand"
        text += f" {stands} in a set of printed figures that cannot all be true, whatever the rows."
    if differing:
        differs = "One differs" if differing == 1 else f"{differing:,} differ"
        text += f" {differs} for a reason that is not known."
    return text


def verdict_table(reproduction: Reproduction) -> Table | None:
    """Return how many printed figures have each verdict, a row a document."""
    judged = reproduction.judged
    rows = []
    for document, part in [*judged.groupby("document"), ("All", judged)]:
        counts = part["verdict"].value_counts()
        decided = len(part) - int(counts.get(CONTEXT, 0))
        share = counts.get(REPRODUCED, 0) / decided if decided else math.nan
        rows.append(
            {
                "Document": document,
                "Printed figures": len(part),
                **{verdict.capitalize(): int(counts.get(verdict, 0)) for verdict in VERDICTS},
                "Reproduced, of those judged": Writer().percent(share, 1),
            }
        )
    # As objects, since texts of pandas' own forget which number they are.
    return frame_table(pd.DataFrame(rows, dtype=object), "verdicts")


def figure_tables(reproduction: Reproduction) -> Iterator[tuple[str, Table]]:
    """Yield a heading and a table of printed figures: for each printed table, then each variable.

    The headings carry the ids that the report's tables and figures lead to: `printed-table-3`,
    `printed-WAVE-VARIABLE`.
    """
    codebook = reproduction.cohort.codebook
    # Plain rows: there are some two hundred tables, and a frame for each takes longer than they.
    in_tables: dict[str, list[Row]] = {}
    others: dict[tuple[str, str], list[Row]] = {}
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
    title: str, id: str, part: Iterable[Row], codebook: Codebook
) -> tuple[str, Table]:
    columns = ["Of", "Among", "Statistic", "Printed", "Rebuilt", "n", "Verdict"]
    rows = []
    for row in part:
        cells = [
            " ".join(filter(None, [row["wave"], _label(row, codebook)])),
            row["subgroup"],
            row["statistic"],
            say_figure(row),
            write_rebuilt(row),
            "" if math.isnan(row["n_rebuilt"]) else Writer().number(row["n_rebuilt"]),
            _write_verdict(row),
        ]
        rows.append((say_place(row), [Shown(text) for text in cells]))
    return f"{escape_markdown(title)} {{#{id}}}", Table(id, "Where", columns, rows)


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def list_unreproduced(reproduction: Reproduction) -> Table | None:
    """Return the printed figures that are contradicted, and those that differ."""
    codebook, judged = reproduction.cohort.codebook, reproduction.judged
    part = judged[judged["verdict"].isin([CONTRADICTED, DIFFERS])]
    rows = []
    for row in part.to_dict("records"):
        of = f"{row['wave']} {_label(row, codebook)}"
        texts = [of, say_figure(row), write_rebuilt(row), _write_verdict(row)]
        rows.append((say_place(row), [Shown(text) for text in texts]))
    columns = ["Of", "Printed", "Rebuilt", "Verdict"]
    return Table("unreproduced", "Where", columns, rows) if rows else None


def _write_verdict(row: Row) -> str:
    return row["verdict"] + (f" ({row['finding']})" if row["finding"] else "")


def write_rebuilt(row: Any) -> str:
    """Return the rebuilt number in the manner of the printed one, with a digit more."""
    value = row["value"]
    if math.isnan(value):
        return ""
    try:
        interval = parse_printed(row["printed"], row["qualifier"])
    except ValueError:
        return Written(f"{value:.4g}", value)
    digits = (interval.digits or 0) + 1
    if interval.unit == SHARE:
        return Written(f"{100 * value:.{digits}f}%", value)
    if float(value).is_integer():
        digits = 0
    elif interval.unit == AMOUNT:
        digits = 2
    return Written(f"{interval.sign}{value:,.{digits}f}", value)


def _label(row: Any, codebook: Codebook) -> str:
    name, category = row["variable"], row["category"]
    if name not in codebook.variables:
        return " ".join(filter(None, [name.replace("_", " "), category.replace("_", " ")]))
    try:
        label = codebook.label(name)
        return f"{label}: {codebook.label(name, category)}" if category else label
    except KeyError:
        return f"{codebook.label(name)}: {category}"
