"""The contradictions among printed figures, told as somebody reads them who has the report at hand.

Each says what is printed and where, why it cannot all be true, which repair would do, and which
claims hang on it.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from altcred.check.consistency import Finding
from altcred.check.figures import CONTEXT, Figure, Key, leave_out_sizes, read_figures
from altcred.check.headlines import (
    DEPENDS,
    FALLS,
    SURVIVES,
    UNSETTLED,
    Assessed,
)
from altcred.check.verdicts import DIFFERS, Reproduction
from altcred.check.words import name
from altcred.core.records import ALL
from altcred.core.statistics import find_statistic, is_statistic
from altcred.describe.codebook import Codebook
from altcred.estimate.store import COLUMNS
from altcred.kinds.phrases import begin_sentence, escape_markdown, join_words
from altcred.write.views import View, open_view

# Statistics that go without saying after what they are of.
PLAIN = frozenset({"proportion", "fact", "count"})
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
        subject = begin_sentence(", ".join(self._parts(key)))
        paragraphs = [
            f"### C{number}. {escape_markdown(f'{subject}: {prints}{more}')} "
            f"{{#sec-c{number} .unnumbered}}",
            "**Printed**",
            self._list_prints(finding, figures, rows, self._parts(key)),
            f"**Why it cannot be.** {escape_markdown(self._say_why(finding, figures))}",
            f"**What would mend it.** {escape_markdown(_say_repair(finding, rows, self._names))}",
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
            own = [part for part in self._parts(figures[id].key) if part not in heading]
            of = f" ({', '.join(own)})" if own else ""
            text = f"{quote_words(say_figure(rows[id]))}{of}: {say_place(rows[id])}"
            lines.append(f"- {escape_markdown(text)}")
        if others := len(set(finding.places) - set(finding.ids)):
            what = "one more place" if others == 1 else f"{others:,} more places"
            lines.append(f"- The same quantities stand in {what}.")
        return "\n".join(lines)

    def _say_why(self, finding: Finding, figures: Mapping[str, Figure]) -> str:
        line = _word(finding.line, self._names)
        # The longer first, since one may hold another.
        for shown in sorted({figures[id].shown for id in finding.ids}, key=lambda s: (-len(s), s)):
            if quote_words(shown) != shown:
                line = re.sub(rf"\b{re.escape(shown)}\b", quote_words(shown), line)
        if finding.premise:
            line += f" This takes for granted that {finding.premise}."
        return line

    def _say_claims(self, number: int) -> str:
        touched = [item for item in self.headlines if number in item.findings]
        if not touched:
            return ""
        claims = (f"{escape_markdown(item.claim)}: {OUTCOME[item.outcome]}" for item in touched)
        return f"**What hangs on it.** {'; '.join(claims)}."

    # Words for what is measured ----------------------------------------------------------------

    def put_in_words(self, line: str) -> str:
        """Return a line of the rules with words for what is measured, of whom and in which wave."""
        codebook = self.reproduction.cohort.codebook
        for own in sorted(filter(line.__contains__, self._parts_of), key=len, reverse=True):
            # Only what says its wave; a name without one may be a word of the sentence.
            if own.endswith(")"):
                what, *of = self._parts_of[own]
                line = line.replace(own, f"{what} ({', '.join(of)})" if of else what)
        asked = re.search(r"\b(?:answers to|answered) (\w+)(?=[ ,])", line)
        if asked and asked[1] in codebook.variables:
            line = line.replace(asked[0], asked[0].replace(asked[1], codebook.label(asked[1])))
            line = re.sub(
                r"(?<=[:;] )\w+(?=: )",
                lambda one: _label_category(codebook, asked[1], one[0]),
                line,
            )
        line = re.sub(r"\w+=\w+(?: & \w+=\w+)*", lambda one: self._name_group(one[0]), line)
        named = re.sub(
            r"(?<=\()([\w:-]+)(?:, all)?(?=[,)])", lambda one: self._name_place(one[1]), line
        )
        return begin_sentence(named)

    @cached_property
    def _parts_of(self) -> dict[str, list[str]]:
        """The words for each key by the name that the rules give it in their lines."""
        keys = {figure.key for figure in read_figures(self.reproduction.judged)}
        keys |= {key._replace(statistic="proportion") for key in keys}
        return {name(key): self._parts(key) for key in keys}

    @cached_property
    def _names(self) -> dict[str, str]:
        return {own: ", ".join(parts) for own, parts in self._parts_of.items()}

    def _name_place(self, wave: str) -> str:
        """Return who answered in a wave, or in an earlier collection of it, or in two."""
        waves = self.reproduction.cohort.study.waves
        if (own := wave.rpartition(":")[2]) in waves:
            return waves[own].people
        for first, described in waves.items():
            rest = wave.removeprefix(f"{first}-")
            if rest in waves:
                return f"{described.people} and {waves[rest].people}"
            if rest != wave:
                return f"{described.people} of {rest}"
        return self._name_fact(wave)

    def _name_fact(self, name: str) -> str:
        """Return the words for what no question asks: programs, their types and waves as called."""
        study = self.reproduction.cohort.study
        known = {one: program.label for one, program in study.programs.items()}
        known |= {one: kind.plural for one, kind in study.program_types.items()}
        if name in study.waves:
            return study.waves[name].label
        return " ".join(known.get(part, part) for part in name.split("_"))

    def _name_group(self, subgroup: str) -> str:
        cohort = self.reproduction.cohort
        first = next(iter(cohort.study.waves))
        view = open_view(cohort, first, frame=pd.DataFrame(columns=COLUMNS))
        return _name_subgroup(view, subgroup)

    def _parts(self, key: Key) -> list[str]:
        """Return what a figure is of: the question and its answer, the statistic, the people."""
        cohort = self.reproduction.cohort
        codebook = cohort.codebook
        view = open_view(cohort, key.wave, frame=pd.DataFrame(columns=COLUMNS))
        what, category = self._name_fact(key.variable), self._name_fact(key.category)
        if key.variable in codebook.variables:
            what = view.label(key.variable)
            category = _label(view, key) if key.category else ""
        parts = [f"{what}: {category}" if category else what]
        if key.statistic not in PLAIN and is_statistic(key.statistic):
            parts.append(find_statistic(key.statistic).word.lower())
        if key.subgroup not in {"", ALL}:
            parts.append(_name_subgroup(view, key.subgroup))
        if key.wave != CONTEXT:
            parts.append(self._name_place(key.wave))
        return parts


def say_figure(row: Mapping[str, Any]) -> str:
    """Return a figure as printed, with the words beside it."""
    if row["statistic"] in {"order", "rank"}:
        return str(row["printed"])
    return " ".join(filter(None, [row["qualifier"], row["printed"]]))


def quote_words(printed: str) -> str:
    """Return what is printed, in quotation marks where it says no number by its digits."""
    return printed if re.search(r"\d", printed) else f"“{printed}”"


def say_place(row: Mapping[str, Any]) -> str:
    """Return where a figure is printed."""
    return f"{row['document']}, {row['section']}, {row['locator']}"


def _word(text: str, names: Mapping[str, str]) -> str:
    """Return a line of the rules with words in place of the names of what is measured."""
    for own in sorted(filter(text.__contains__, names), key=len, reverse=True):
        # The heading says already what the figures are of.
        text = text.removesuffix(f"; {own}.").replace(own, names[own])
    # A rule may name several of a question's categories at once.
    text = re.sub(r"; [\w ,]+ \([^()]*=[^()]*\)\.$", ".", text)
    return begin_sentence(text if text.endswith(".") else f"{text}.") if text else ""


def _say_repair(
    finding: Finding, rows: Mapping[str, Mapping[str, Any]], names: Mapping[str, str]
) -> str:
    text = "No slip of one digit does."
    if (slip := finding.typo) is not None:
        how = {
            "swap": " (the two changed places)",
            "neighbour": f" ({slip.printed} stands beside it)",
        }.get(slip.kind, "")
        text = f"{slip.replacement} in place of {slip.printed}{how}, {say_place(rows[slip.id])}."
    return f"{text} {_word(finding.evidence, names)}".strip()


def _label(view: View, key: Key) -> str:
    names = re.split(r"([+|])", key.category)
    try:
        return "".join(
            {"+": " or ", "|": " and "}.get(one) or view.label(key.variable, one) for one in names
        )
    except KeyError:
        return key.category


def _label_category(codebook: Codebook, variable: str, category: str) -> str:
    try:
        return codebook.label(variable, category)
    except KeyError:
        return category


def _name_subgroup(view: View, subgroup: str) -> str:
    try:
        return view.subgroup_label(subgroup)
    except KeyError:
        return subgroup


def _link(numbers: Iterable[int]) -> str:
    return ", ".join(f"[C{number}](#sec-c{number})" for number in numbers)
