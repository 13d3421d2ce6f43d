"""An article's tests as printed, recomputed, and what came of them: for a page and a table."""

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


def article_section(checked: Checked) -> str:
    """Return as part of a page the tests of an article, the gravest first."""
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
    if not rows:
        return "<p>No test was found.</p>"
    return (
        f"<ul>{counts}</ul>{premises}"
        '<div class="wide" tabindex="0" role="group" aria-label="Tests, scrolls"><table>'
        "<caption>Each test as printed, and what its statistic gives</caption>"
        "<thead><tr><th>Where</th><th>As printed</th><th>Recomputed</th><th>Verdict</th></tr>"
        f"</thead><tbody>{rows}</tbody></table></div>"
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
