"""What became of every printed figure of a table: for a page and a table."""

from collections.abc import Iterator, Sequence
from html import escape
from urllib.parse import quote

from altcred.check.consistency import Finding, Findings
from altcred.check.coverage import CONFLICT, CONSISTENT, UNCHECKED, count_states, describe_states

# Told apart by a word, and by colours that are read on white.
COLOURS = {CONFLICT: "#9b1c1c", CONSISTENT: "#1c5d34", UNCHECKED: "#4d4d4d"}


def _number_findings(findings: Findings) -> dict[str, list[str]]:
    """Return the numbers of the findings that each figure stands in."""
    numbers: dict[str, list[str]] = {}
    for number, finding in enumerate(findings.findings, start=1):
        for id in finding.places:
            numbers.setdefault(id, []).append(str(number))
    return numbers


def figure_rows(file: str, findings: Findings) -> Iterator[dict[str, str]]:
    """Yield a row for each figure: what it is, and what became of it."""
    numbers = _number_findings(findings)
    for one in findings.coverage:
        figure = one.figure
        yield {
            "file": file, "id": figure.id, "document": figure.document, "section": figure.section,
            **figure.key._asdict(), "qualifier": figure.qualifier, "printed": figure.printed,
            "n": "" if figure.n is None else str(figure.n), "state": one.state,
            "reason": one.reason, "rules": " ".join(one.rules),
            "findings": " ".join(numbers.get(figure.id, ())),
        }  # fmt: skip


def figures_section(file: str, findings: Findings) -> str:
    """Return as part of a page what a table contradicts, and what became of each figure."""
    numbers = _number_findings(findings)
    rows = []
    for one in findings.coverage:
        figure, key = one.figure, one.figure.key
        what = ", ".join(filter(None, (key.variable, key.category, key.statistic)))
        who = ", ".join(filter(None, (key.wave, key.subgroup)))
        why = one.reason or ", ".join(
            f'<a href="#{_anchor(file, number)}">finding {number}</a>'
            for number in numbers.get(figure.id, ())
        )
        rows.append(
            f'<tr id="{_anchor(file, figure.id)}"><td>{escape(figure.id)}</td>'
            f"<td>{escape(figure.section)}</td><td>{escape(who)}</td><td>{escape(what)}</td>"
            f"<td>{escape(figure.shown)}</td>"
            f'<td class="verdict" style="color:{COLOURS[one.state]}">{one.state}</td>'
            f"<td>{why or ', '.join(one.rules)}</td></tr>"
        )
    told = "".join(
        f'<li id="{_anchor(file, str(number))}">{_write_finding(file, finding)}</li>'
        for number, finding in enumerate(findings.findings, start=1)
    )
    more = [f"Implied: {implied.describe()}" for implied in findings.implied]
    more += [f"Odd: {odd.line}" for odd in findings.odd]
    return (
        f"<p>{escape(describe_states(count_states(findings.coverage)))}.</p>"
        + (f"<ol>{told}</ol>" if told else "<p>No contradiction was found.</p>")
        + (f"<ul>{''.join(f'<li>{escape(line)}</li>' for line in more)}</ul>" if more else "")
        + '<div class="wide" tabindex="0" role="group" aria-label="Figures, scrolls"><table>'
        "<caption>Each figure, and what became of it: the finding it stands in, why it was not "
        "checked, or the rules that read it</caption><thead><tr><th>Figure</th><th>Section</th>"
        "<th>Of whom</th><th>What</th><th>As printed</th><th>State</th><th>By</th></tr></thead>"
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _write_finding(file: str, finding: Finding) -> str:
    def link(ids: Sequence[str]) -> str:
        return ", ".join(f'<a href="#{_anchor(file, id)}">{escape(id)}</a>' for id in ids)

    others = [id for id in finding.places if id not in finding.ids]
    lines = [
        f"Figures: {link(finding.ids)}" + (f"; also printed: {link(others)}" if others else ""),
        f"Taken for granted: {escape(finding.premise)}" if finding.premise else "",
        escape(finding.evidence),
        *(escape(repair.describe()) for repair in finding.repairs),
    ]
    return f"<strong>{finding.severity}, {finding.kind}</strong>: {escape(finding.line)}" + "".join(
        f"<br>{line}" for line in lines if line
    )


def _anchor(file: str, id: str) -> str:
    return quote(f"{file}:{id}")
