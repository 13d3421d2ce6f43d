"""The page of an article's tests: as printed, recomputed, and what came of it."""

from html import escape

from altcred.check.article import Checked
from altcred.check.recomputed import CONSISTENT, DECISION, ERROR, IMPOSSIBLE, UNCHECKED, VERDICTS

MEANINGS = {
    DECISION: "no rounding gives this p, and what is called significant changes with it",
    IMPOSSIBLE: "a number that cannot be, whatever the others are",
    ERROR: "no rounding of the statistic and of p fits, and the decision stays",
    CONSISTENT: "some statistic that is printed so gives some p that is printed so",
    UNCHECKED: "no p stands beside the test",
}
# Told apart by a word, and by colours that are read on white.
COLOURS = {
    DECISION: "#9b1c1c",
    IMPOSSIBLE: "#9b1c1c",
    ERROR: "#8a4b00",
    CONSISTENT: "#1c5d34",
    UNCHECKED: "#4d4d4d",
}
STYLE = """body{font:16px/1.5 system-ui,sans-serif;color:#222;background:#fff;max-width:60rem;
margin:2rem auto;padding:0 1rem}table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.4rem .6rem;border-bottom:1px solid #ddd}
td.verdict{font-weight:600}.wide{overflow-x:auto}caption{text-align:left;padding:.4rem .6rem}
@media print{body{margin:0;max-width:none}}"""


def article_page(checked: Checked) -> str:
    """Return an HTML page that loads nothing: the tests of an article, the gravest first."""
    counts = "".join(
        f"<li><strong>{n} {verdict}</strong>: {escape(MEANINGS[verdict])}.</li>"
        for verdict, n in checked.counts.items()
        if n
    )
    premises = "".join(f"<p>{escape(line)}</p>" for line in checked.say_premises())
    rows = "".join(
        f"<tr><td>{escape(one.test.place)}</td><td>{escape(one.test.raw)}</td>"
        f"<td>{escape(one.say())}</td>"
        f'<td class="verdict" style="color:{COLOURS[one.verdict]}">{one.verdict}</td></tr>'
        for one in sorted(checked.tests, key=lambda one: VERDICTS.index(one.verdict))
    )
    name = escape(checked.file)
    found = f"<ul>{counts}</ul>{premises}" if rows else "<p>No test was found.</p>"
    table = (
        '<div class="wide" tabindex="0" role="group" aria-label="Tests, scrolls"><table>'
        f"<caption>Each test as printed, and what its statistic gives</caption>"
        "<thead><tr><th>Where</th><th>As printed</th><th>Recomputed</th><th>Verdict</th></tr>"
        f"</thead><tbody>{rows}</tbody></table></div>"
        if rows
        else ""
    )
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Tests of {name}, recomputed</title><style>{STYLE}</style></head><body><main>"
        f"<h1>Tests of {name}, recomputed</h1>{found}{table}</main></body></html>\n"
    )


def article_rows(checked: Checked) -> list[dict[str, str]]:
    """Return a row for each test: file, place, test, degrees, statistic, p, and the verdict."""
    rows = []
    for one in checked.tests:
        test, p = one.test, one.p
        rows.append(
            {
                "file": checked.file,
                "place": test.place,
                "printed": test.raw,
                "test": test.kind,
                "df": " ".join(f"{float(degrees):g}" for degrees in test.degrees),
                "statistic": _write(test.value.comparison, test.value.text),
                "p": "" if test.p is None else _write(test.p.comparison, test.p.text),
                "p_low": "" if p is None or p.low is None else f"{float(p.low):.6g}",
                "p_high": "" if p is None or p.high is None else f"{float(p.high):.6g}",
                "verdict": one.verdict,
                "remark": one.only,
            }
        )
    return rows


def _write(comparison: str, text: str) -> str:
    return text if comparison in {"=", "ns"} else f"{comparison} {text}"
