"""The first and the last pages: takeaways made from estimates by what they show, and limits.

A cohort may write its own takeaways, discussion and conclusion; without them the takeaways state
the largest shares and changes, and nothing that the estimates cannot answer.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from altcred.core.records import Estimate
from altcred.describe.folders import panel_folder
from altcred.kinds import kind_of
from altcred.kinds.changes import FEWEST_PAIRS, UNLIKELY
from altcred.kinds.phrases import (
    begin_sentence,
    escape_markdown,
    join_words,
    quote,
    say_everybody,
    say_whose,
)
from altcred.write.chapters import end_sentence, show_markdown
from altcred.write.survey import say_responses
from altcred.write.tables import Table, find_table
from altcred.write.texts import read_text
from altcred.write.views import View, open_view

# So many findings of one survey, and so many changes of one panel, are told.
MOST_SHARES = 4
MOST_CHANGES = 3


@dataclass(frozen=True)
class Summary:
    """What all chapters of a cohort come to."""

    name: str
    view: View

    def show_takeaways(self) -> None:
        """Show the key takeaways: the cohort's own, else those that the estimates give."""
        self._show("takeaways", "# Key takeaways {#sec-takeaways .unnumbered}", self._takeaways())

    def show_discussion(self) -> None:
        """Show the cohort's discussion, or what the numbers cannot show."""
        self._show("discussion", "# Discussion {#sec-discussion}", describe_limits(self.view))

    def show_conclusion(self) -> None:
        """Show the cohort's conclusion, if it has one."""
        self._show("conclusion", "# Conclusion {#sec-conclusion}", "")

    @property
    def contents(self) -> Table | None:
        """How many estimates of how many variables were read, a line a wave."""
        return find_table("contents")(self.view)

    def _show(self, section: str, heading: str, generated: str) -> None:
        text = read_text(self.view, self.name, section)
        own = text.body if text is not None else ""
        shown = [generated if text is None or not text.replaces else "", own]
        if any(shown):
            show_markdown(heading, *shown)

    def _takeaways(self) -> str:
        view = self.view
        bullets = [say_basis(view)]
        told: set[str] = set()
        for wave in view.study.waves:
            findings = list_findings(view.on(wave), told)
            told |= findings.keys()
            bullets += findings.values()
        for panel in view.study.panels:
            bullets += list_changes(view, (panel.first, panel.second))
        return "\n".join(f"- {text}" for text in bullets if text)


def say_basis(view: View) -> str:
    """Say how many responses stand behind the report, and how many people answered twice."""
    waves = view.study.waves
    is_told_apart = len({view.on(wave).people for wave in waves}) == len(waves)
    sizes = [
        (found, say_whose(side.people) if is_told_apart else f" to {quote(waves[wave].label)}")
        for wave in waves
        if (found := (side := view.on(wave)).find("responses", "", "count")) is not None
        and found.is_shown
    ]
    if not sizes:
        return ""
    first, people = sizes[0]
    told = [f"{say_responses(view, first)}{people}"]
    told += [f"{view.writer.number(found.value)}{people}" for found, people in sizes[1:]]
    is_one = len(sizes) == 1 and first.value == 1
    text = f"{join_words(told)} {'stands' if is_one else 'stand'} behind this report"
    pairs = [_say_pairs(view, (one.first, one.second)) for one in view.study.panels]
    return f"{'; '.join([text, *filter(None, pairs)])}."


def _pairs_of(view: View, waves: tuple[str, str]) -> tuple[View, Estimate | None]:
    side = view.on(panel_folder(view.study, *waves).name)
    return side, side.find("pairs", "", "count")


def _say_pairs(view: View, waves: tuple[str, str]) -> str:
    _, pairs = _pairs_of(view, waves)
    if pairs is None or not pairs.is_shown:
        return ""
    labels = " and ".join(quote(view.study.waves[wave].label) for wave in waves)
    if pairs.value == 0:
        return f"nobody could be followed from one to the other of {labels}"
    later = view.on(waves[1]).find("responses", "", "count")
    if later is not None and later.value == pairs.value and pairs.value > 1:
        everybody = say_everybody(view, pairs.value, escape_markdown(view.on(waves[1]).people))
        return f"{everybody[:1].lower()}{everybody[1:]} answered {labels}"
    who = "person" if pairs.value == 1 else "people"
    if len(view.study.waves) == 2:
        return f"{view.writer.spell(pairs.value)} {who} could be found in both surveys"
    return f"{view.writer.spell(pairs.value)} {who} could be found in both {labels}"


def list_findings(view: View, told: Collection[str] = ()) -> dict[str, str]:
    """Return what stands out in one survey, by variable: the answers that the largest shares gave.

    What is `told` already, of another survey, is left out.
    """
    found: list[tuple[float, str, str]] = []
    for name, variable in view.codebook.in_wave(view.wave).items():
        kind = kind_of(variable)
        if name in told or not (variable.show and view.has(name) and kind.chart):
            continue
        shares = [
            one.value
            for category in view.categories(name)
            if (one := view.find(name, category)) is not None and one.is_shown
        ]
        finding = kind.finding(view, name)
        if finding and not kind.is_numeric and shares and 0 < max(shares) < 1:
            label = escape_markdown(name_fully(view, name))
            found.append((max(shares), name, f"**{end_sentence(label)}** {finding}"))
    found.sort(key=lambda one: -one[0])
    most = MOST_SHARES if len(view.study.waves) == 1 else MOST_SHARES // 2
    return {name: text for _, name, text in found[:most]}


def name_fully(view: View, name: str) -> str:
    """Return a label as it is told outside its chapter: an item behind what is asked of all items.

    The survey stands before it where the people of another are called the same.
    """
    variable = view.codebook.variables[name]
    label = view.label(name)
    if variable.item_of and variable.section:
        label = f"{variable.section.rstrip('.:')}: {label}"
    waves = view.study.waves
    alike = [wave for wave, one in waves.items() if one.people == waves[view.wave].people]
    return label if len(alike) == 1 else f"{waves[view.wave].label}: {label}"


def list_changes(view: View, waves: tuple[str, str]) -> list[str]:
    """Return the clearest changes of the same people, or that none is clear."""
    panel, pairs = _pairs_of(view, waves)
    if pairs is None or not pairs.is_shown or pairs.value < FEWEST_PAIRS:
        return []
    clear = sorted(_clear_changes(panel), key=lambda one: one[0])
    if not clear:
        return [
            f"Of the {view.writer.number(pairs.value)} people found twice, no change of an answer "
            "could be told from chance; that is not the same as no change."
        ]
    told = [
        f"**{end_sentence(escape_markdown(panel.label(name)))}** "
        + kind_of(panel.codebook.variables[name]).change(
            panel, name, panel.side(waves[0]), panel.side(waves[1])
        )
        for _, name in clear[:MOST_CHANGES]
    ]
    rest = len(clear) - len(told)
    if rest > 0:
        more = (
            "One more question shows"
            if rest == 1
            else (f"{begin_sentence(view.writer.spell(rest))} more questions show")
        )
        told.append(f"{more} a change that chance alone would hardly explain.")
    return told


def _clear_changes(panel: View) -> Iterator[tuple[float, str]]:
    """Yield questions with the p value of their clearest change, where that is unlikely."""
    for name, variable in panel.codebook.variables.items():
        if not variable.show or variable.derive is not None:
            continue
        yardstick = panel.yardstick(name, paired=True)
        if yardstick is None:
            continue
        places = [f"{name}:{one}" for one in variable.categories] if yardstick.each else [name]
        tests = [
            panel.find(one, "", f"{yardstick.test}_holm") or panel.find(one, "", yardstick.test)
            for one in places
        ]
        values = [test.value for test in tests if test is not None and test.is_shown]
        if values and min(values) < UNLIKELY:
            yield min(values), name


def describe_limits(view: View) -> str:
    """Say what shares of those who answered cannot show."""
    texts = [
        "The numbers describe those who answered; who did not may differ from them.",
        "Where many numbers are looked at, some will look large by chance; intervals are for one "
        "number at a time.",
    ]
    if len(view.study.waves) > 1:
        texts.insert(
            1,
            "Two surveys are answered by different people unless somebody was found in both, and "
            "shares of them differ by who answers as well as by what changed.",
        )
    return f"## What these numbers cannot show {{#sec-discussion-limits}}\n\n{' '.join(texts)}"


def open_summary(name: str, cohort: str) -> Summary:
    """Return the summary of a cohort, over the estimates of all its chapters."""
    return Summary(name, open_view(cohort))
