"""The contradictions among printed figures, told as somebody reads them who has the report at hand.

Each says what is printed and where, why it cannot all be true, which repair would do, and which
claims hang on it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from altcred.check.consistency import Finding
from altcred.check.figures import Figure, leave_out_sizes, read_figures
from altcred.check.headlines import (
    DEPENDS,
    FALLS,
    SURVIVES,
    UNSETTLED,
    Assessed,
)
from altcred.check.verdicts import DIFFERS, Reproduction
from altcred.check.words import quote_words
from altcred.core.records import ALL
from altcred.kinds.phrases import begin_sentence, escape_markdown, join_words
from altcred.write.naming import CohortNames

# How a slip came about, where that is worth saying.
SLIPS = {"swap": " (the two changed places)", "neighbour": " ({} stands beside it)"}
# What becomes of a claim, from what a reader should look at first to last; of one and of several.
FIRST_TO_LAST = (
    (FALLS, "does not hold as printed", "do not hold as printed"),
    (DEPENDS, "holds or not, by which figure is the wrong one",
     "hold or not, by which figure is the wrong one"),
    (UNSETTLED, "is left open", "are left open"),
    (SURVIVES, "holds whichever figure is wrong", "hold whichever figure is wrong"),
)  # fmt: skip
OUTCOME = {outcome: one for outcome, one, _ in FIRST_TO_LAST}


@dataclass(frozen=True)
class Contradictions:
    """The contradictions of a cohort's printed figures, and the claims they touch."""

    reproduction: Reproduction
    headlines: Sequence[Assessed] = ()

    @cached_property
    def _names(self) -> CohortNames:
        return CohortNames(self.reproduction.cohort)

    @property
    def findings(self) -> list[Finding]:
        return list(self.reproduction.findings.findings)

    def tell_order(self) -> str:
        """Return a Markdown list of where to look first; '' where nothing is to be looked at."""
        judged = self.reproduction.judged
        lines = []
        if differing := int((judged["verdict"] == DIFFERS).sum()):
            what = "One figure differs" if differing == 1 else f"{differing:,} figures differ"
            lines.append(
                f"{what} from what the rows give, and nothing explains it (@sec-unreproduced)."
            )
        named: set[int] = set()
        for outcome, one, several in FIRST_TO_LAST:
            claims = [item for item in self.headlines if item.findings and item.outcome == outcome]
            if not claims:
                continue
            named |= {number for item in claims for number in item.findings}
            heads = [f"{escape_markdown(item.claim)} ({_link(item.findings)})" for item in claims]
            what = f"A claim that {one}" if len(claims) == 1 else f"Claims that {several}"
            lines.append(f"{what}: {'; '.join(heads)}.")
        if rest := [n for n, _ in enumerate(self.findings, start=1) if n not in named]:
            is_one = len(rest) == 1
            which = "contradiction" if is_one else "contradictions"
            if not self.headlines:
                lines.append(f"{begin_sentence(which)} among printed figures: {_link(rest)}.")
            else:
                touch = "touches" if is_one else "touch"
                other = "other " if named else ""
                lines.append(f"The {other}{which} {touch} no headline claim: {_link(rest)}.")
        return "\n".join(f"{n}. {line}" for n, line in enumerate(lines, start=1))

    def tell(self) -> str:
        """Return every contradiction as Markdown, a section each; '' where there is none."""
        figures = {figure.id: figure for figure in read_figures(self.reproduction.judged)}
        rows = {row["id"]: row for row in self.reproduction.judged.to_dict("records")}
        return "\n\n".join(
            self._tell(number, finding, figures, rows)
            for number, finding in enumerate(self.findings, start=1)
        )

    def _tell(
        self,
        number: int,
        finding: Finding,
        figures: Mapping[str, Figure],
        rows: Mapping[str, Mapping[str, Any]],
    ) -> str:
        about = leave_out_sizes([figures[id] for id in finding.ids])
        prints = join_words(dict.fromkeys(quote_words(figure.shown) for figure in about[:3]))
        more = " and more" if len(about) > 3 else ""
        wholes = [figure.key for figure in about if figure.key.subgroup in {"", ALL}]
        key = (wholes or [about[0].key])[0]
        if finding.kind == "label":
            # It is two statistics by name.
            key = key._replace(statistic="proportion")
        subject = begin_sentence(", ".join(self._names.parts(key)))
        paragraphs = [
            f"### C{number}. {escape_markdown(f'{subject}: {prints}{more}')} "
            f"{{#sec-c{number} .unnumbered}}",
            "**Printed**",
            self._list_prints(finding, figures, rows, self._names.parts(key)),
            f"**Why it cannot be.** {escape_markdown(self._say_why(finding, figures))}",
            f"**What would mend it.** {escape_markdown(self._say_repair(finding, figures, rows))}",
            self._say_claims(number),
        ]
        return "\n\n".join(filter(None, paragraphs))

    def _list_prints(
        self,
        finding: Finding,
        figures: Mapping[str, Figure],
        rows: Mapping[str, Mapping[str, Any]],
        heading: Sequence[str],
    ) -> str:
        lines = []
        for id in finding.ids:
            # What all are of stands in the heading.
            own = [part for part in self._names.parts(figures[id].key) if part not in heading]
            of = f" ({', '.join(own)})" if own else ""
            text = f"{quote_words(say_figure(rows[id]))}{of}: {say_place(rows[id])}"
            lines.append(f"- {escape_markdown(text)}")
        if others := len(set(finding.places) - set(finding.ids)):
            what = "one more place" if others == 1 else f"{others:,} more places"
            lines.append(f"- The same quantities stand in {what}.")
        return "\n".join(lines)

    def _say_why(self, finding: Finding, figures: Mapping[str, Figure]) -> str:
        line = self._leave_out_names(finding.line, finding, figures)
        if finding.premise:
            line += f" This takes for granted that {finding.premise}."
        return line

    def _say_repair(
        self,
        finding: Finding,
        figures: Mapping[str, Figure],
        rows: Mapping[str, Mapping[str, Any]],
    ) -> str:
        text = "No slip of one digit does."
        if (slip := finding.typo) is not None:
            how = SLIPS.get(slip.kind, "").format(slip.printed)
            text = (
                f"{slip.replacement} in place of {slip.printed}{how}, {say_place(rows[slip.id])}."
            )
        evidence = self._leave_out_names(finding.evidence, finding, figures)
        return f"{text} {evidence}".strip()

    def _leave_out_names(self, text: str, finding: Finding, figures: Mapping[str, Figure]) -> str:
        """Return a line of the rules without what its figures are of, which the heading says."""
        for id in finding.ids:
            key = figures[id].key
            for one in (key, key._replace(statistic="proportion")):
                text = text.removesuffix(f"; {self._names.key(one)}.")
        return begin_sentence(text if text.endswith(".") else f"{text}.") if text else ""

    def _say_claims(self, number: int) -> str:
        touched = [item for item in self.headlines if number in item.findings]
        if not touched:
            return ""
        claims = (f"{escape_markdown(item.claim)}: {OUTCOME[item.outcome]}" for item in touched)
        return f"**What hangs on it.** {'; '.join(claims)}."


def say_figure(row: Mapping[str, Any]) -> str:
    """Return a figure as printed, with the words beside it."""
    if row["statistic"] in {"order", "rank"}:
        return str(row["printed"])
    return " ".join(filter(None, [row["qualifier"], row["printed"]]))


def say_place(row: Mapping[str, Any]) -> str:
    """Return where a figure is printed."""
    return f"{row['document']}, {row['section']}, {row['locator']}"


def _link(numbers: Iterable[int]) -> str:
    return ", ".join(f"[C{number}](#sec-c{number})" for number in numbers)
