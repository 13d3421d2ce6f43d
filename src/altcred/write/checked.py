"""What came of a file whose printed figures or tests were checked: lines, rows, part of a page."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from html import escape
from pathlib import Path

from altcred.check.article import check_article
from altcred.check.consistency import check_file, explain_file
from altcred.check.coverage import count_states, describe_states
from altcred.check.words import show_count
from altcred.core.errors import InvalidInput
from altcred.write.article import article_rows, article_section
from altcred.write.coverage import figure_rows, figures_section

STYLE = """body{font:16px/1.5 system-ui,sans-serif;color:#222;background:#fff;max-width:60rem;
margin:2rem auto;padding:0 1rem}table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.4rem .6rem;border-bottom:1px solid #ddd}
td.verdict{font-weight:600}.wide{overflow-x:auto}caption{text-align:left;padding:.4rem .6rem}
:target{background:#fff6d6}@media print{body{margin:0;max-width:none}}"""


@dataclass(frozen=True)
class Judged:
    """What came of one file.

    `lines` are for a terminal, `rows` for a table, `section` for a page; `counts` says how many
    figures or tests came out how, and why; `contradictions` is None for an article. `fault` says
    why the file could not be checked.
    """

    file: str
    lines: list[str] = field(default_factory=list)
    rows: list[dict[str, str]] = field(default_factory=list)
    section: str = ""
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    contradictions: int | None = None
    fault: str = ""


def judge_table(path: Path, *, relations: Path | None = None, part: str | None = None) -> Judged:
    """Check a table of printed figures; or tell as `part` its `layout`, or that as a `draft`."""
    file = path.as_posix()
    try:
        if part:
            return Judged(file, list(explain_file(path, draft=part == "draft")))
        findings = check_file(path, relations)
    except InvalidInput as error:
        return _refused(file, error)
    return Judged(
        file,
        list(findings.as_lines()),
        list(figure_rows(file, findings)),
        figures_section(file, findings),
        count_states(findings.coverage),
        len(findings.findings),
    )


def judge_article(path: Path, *, alpha: Fraction, one_sided: bool = False) -> Judged:
    """Check the tests that an article reports."""
    file = path.as_posix()
    try:
        checked = check_article(path, alpha=alpha, one_sided=one_sided)
    except InvalidInput as error:
        return _refused(file, error)
    lines, rows = list(checked.as_lines()), article_rows(checked)
    counts = Counter({(verdict, ""): n for verdict, n in checked.counts.items()})
    return Judged(file, lines, rows, article_section(checked), counts)


def _refused(file: str, error: InvalidInput) -> Judged:
    return Judged(file, section=f"<p>Not checked. {escape(str(error))}</p>", fault=str(error))


def say_total(judged: Sequence[Judged]) -> str:
    """Write in a line what came of several files together."""
    counts: Counter[tuple[str, str]] = Counter()
    for one in judged:
        counts.update(one.counts)
    found = [one.contradictions for one in judged if one.contradictions is not None]
    if found:
        told = f"{show_count(sum(found), 'contradiction', 'contradictions')}; "
        told += describe_states(counts)
    else:
        told = show_count(counts.total(), "test", "tests")
        told += "".join(f", {n:,} {verdict}" for (verdict, _), n in counts.items() if n)
    unread = sum(bool(one.fault) for one in judged)
    files = f"{len(judged):,} files" + (f", {unread:,} not read" if unread else "")
    return f"{files}: {told}"


def checked_page(title: str, judged: Sequence[Judged]) -> str:
    """Return an HTML page that loads nothing, with what came of each file."""
    names = [escape(one.file) for one in judged]
    parts = [one.section for one in judged]
    body = "".join(parts)
    if len(parts) > 1:
        list_of_files = "".join(
            f'<li><a href="#file-{place}">{name}</a></li>' for place, name in enumerate(names)
        )
        body = f'<nav aria-label="Files"><ul>{list_of_files}</ul></nav>' + "".join(
            f'<section><h2 id="file-{place}">{name}</h2>{part}</section>'
            for place, (name, part) in enumerate(zip(names, parts, strict=True))
        )
    of = escape(Path(judged[0].file).name if len(judged) == 1 else f"{len(judged)} files")
    title = f"{title} of {of}"
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{STYLE}</style></head><body><main>"
        f"<h1>{title}</h1>{body}</main></body></html>\n"
    )
