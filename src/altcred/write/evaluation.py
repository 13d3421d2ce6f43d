"""The chapter that sets repeats and pairs beside the truth of a reconstructed cohort.

The functions called show_... put out its sections, prose as Markdown.
"""

from collections.abc import Mapping
from typing import Any

from altcred.core.numbers import HIDDEN, Writer
from altcred.describe.folders import panel_folder
from altcred.describe.study import Study
from altcred.kinds.phrases import begin_sentence, escape_markdown
from altcred.link.linkage import THRESHOLDS, name_threshold
from altcred.write.linkage import name_matching
from altcred.write.markdown import show_markdown
from altcred.write.tables import Shown, Table

# What evaluate_cohort measured, by wave and by the panel's folder.
Measures = Mapping[str, Any]

COLUMNS = ["Found", "True", "Precision", "Recall"]
OPENING = """# How well the linking did {{#sec-evaluation}}

The exports of this cohort were generated, so it is written down who is who. That is compared here
with what the cleaning made of the rows, which drops those of somebody who had answered
before{panels}. No number elsewhere in this report makes use of it.

*Precision* is the share of what was found that is true, *recall* the share of what is true that was
found."""
OPENING_PANELS = ", and with who was found in two surveys"
REPEATS = """## Repeats {{#sec-evaluation-repeats}}

@tbl-repeats is about rows dropped because the same person had answered the same
survey{programs} before."""
PAIRS = """## People in two surveys {#sec-evaluation-pairs}

@tbl-pairs-found compares pairs of responses with the people who did answer both surveys: those of
the rules, on which the report rests, and those made by probability, which weighs all that the rules
compare at once."""
LIMITS = """## What this does not show {{#sec-evaluation-limits}}

These figures say whether the procedures do what they are meant to, on data made so that they can.
They are no estimate of how they fare in life. Different people were generated so that the rules can
tell them apart, as the printed counts demand it: those who share an address differ in their
answers{alike}. Nobody here answers twice from two places or wrongly about themselves; real people
do both."""
LIMITS_PANELS = """, and those who agree in all that the rules compare show e-mail addresses that
differ. That helps the probabilities too. How many people of both surveys no rule can find was
assumed, since nobody printed it; another assumption gives another recall"""


def show_opening(study: Study) -> None:
    """Show the chapter's heading, and what it compares with what."""
    show_markdown(OPENING.format(panels=OPENING_PANELS if study.panels else ""))


def show_repeats(measures: Measures, study: Study) -> None:
    """Show how well repeats were found."""
    programs = ", of the same program," if study.programs else ""
    show_markdown(REPEATS.format(programs=programs))
    caption = "Repeats found in each survey, against the truth"
    repeats_table(measures, study).show("tbl-repeats", caption)
    show_markdown(describe_repeats(measures, study))


def show_pairs(measures: Measures, study: Study) -> None:
    """Show how well people of two surveys were found, where the study matches any."""
    if study.panels:
        show_markdown(PAIRS)
        caption = "Pairs found in each way of matching, against the truth"
        pairs_table(measures, study).show("tbl-pairs-found", caption)
        show_markdown(describe_pairs(measures, study))


def show_limits(study: Study) -> None:
    """Show what the truth about generated people does not tell of real ones."""
    show_markdown(LIMITS.format(alike=LIMITS_PANELS if study.panels else ""))


def repeats_table(measures: Measures, study: Study) -> Table:
    """Return how many repeats of each survey were found and are true, with precision and recall.

    Of a survey without repeats the shares are left out.
    """
    rows = [
        (wave.label, _show_agreement(measures[name]["repeats"], study))
        for name, wave in study.waves.items()
    ]
    return Table("repeats", "Survey", COLUMNS, rows)


def pairs_table(measures: Measures, study: Study) -> Table:
    """Return the same of the pairs of each panel, a line a way of matching."""
    rows = []
    for name, label in _name_panels(study):
        before = f"{label}: " if len(study.panels) > 1 else ""
        own = measures[name]
        ways = {"the rules": "pairs", "the rules, of people some rule can find": "findable"}
        ways |= {name_matching(way): way for way in _list_measured(own)}
        rows += [
            (f"{before}{said}", _show_agreement(own[way], study)) for said, way in ways.items()
        ]
    rows = [(begin_sentence(label), cells) for label, cells in rows]
    return Table("pairs-found", "Way of matching", COLUMNS, rows)


def describe_repeats(measures: Measures, study: Study) -> str:
    """Say in Markdown what of the repeats was missed, and who was wrongly taken for one."""
    text = []
    for name, wave in study.waves.items():
        own = measures[name]["repeats"]
        wrong, missed = _count_errors(own)
        label = escape_markdown(wave.label)
        if not own["true"] and not own["found"]:
            text.append(f"{label}: no row repeats another, and none was dropped as a repeat.")
            continue
        text.append(
            f"{label}: of {_count(study, own['true'], 'repeat')} among the rows, "
            f"{_none(study, missed)} {_was(missed)} missed; of "
            f"{_count(study, own['found'], 'row')} dropped as such, {_none(study, wrong)} "
            f"{_was(wrong)} somebody else's."
        )
    return "\n\n".join(text)


def describe_pairs(measures: Measures, study: Study) -> str:
    """Say in Markdown what probabilities add to the rules and what they get wrong, by panel."""
    return "\n\n".join(
        f"{escape_markdown(label)}: {' '.join(_describe_panel(measures[name], study))}"
        for name, label in _name_panels(study)
    )


def _describe_panel(own: Measures, study: Study) -> list[str]:
    wrong, missed = _count_errors(own["pairs"])
    unfindable = own["pairs"]["true"] - own["findable"]["true"]
    text = [
        f"{_count(study, own['pairs']['true'], 'person', 'people')} answered both surveys, "
        f"{_none(study, unfindable)} of them in such a way that no rule can find them. The rules "
        f"make {_count(study, own['pairs']['found'], 'pair')}, {_none(study, wrong)} of them "
        f"wrong, and miss {_none(study, missed)} of the people."
    ]
    ways = _list_measured(own)
    for way in ways:
        one = own[way]
        text.append(
            f"At a {name_matching(way)}, pairs number {_write(study, one['found'])}. "
            f"Beside the rules this adds {_count(study, one['added_true'], 'right pair')} and "
            f"{_count(study, one['added_false'], 'wrong pair')}, and loses "
            f"{_count(study, one['lost_true'], 'right pair')} that the rules make."
        )
    if not ways:
        return [*text, "Nothing was matched by probability."]
    return [*text, *_weigh_up(max((own[way] for way in ways), key=lambda one: one["found"]), study)]


def _weigh_up(most: Measures, study: Study) -> list[str]:
    """Say what the way that finds most is good for."""
    text = []
    if most["added_true"] > most["added_false"]:
        text.append("So the weighing of all keys finds more people than it confuses.")
    elif most["added_false"]:
        text.append("So what the weighing of all keys adds is no more often right than wrong.")
    elif not most["added_true"]:
        text.append("So the weighing of all keys finds nobody whom the rules miss.")
    if most["added_false"]:
        apart = most["added_false_without_address"]
        which = "The wrong pairs" if apart == most["added_false"] else "Some of the wrong pairs"
        people = "people of one program" if study.programs else "people"
        text.append(
            f"{which} share no address: they are {people} who are alike in what was asked."
            if apart
            else "The wrong pairs share an address."
        )
    return text


def _name_panels(study: Study) -> list[tuple[str, str]]:
    """Return the folder of each panel and the words for its two surveys."""
    return [
        (
            panel_folder(study, panel.first, panel.second).name,
            f"{study.waves[panel.first].label} and {study.waves[panel.second].label}",
        )
        for panel in study.panels
    ]


def _list_measured(measures: Measures) -> list[str]:
    return [name for name in map(name_threshold, THRESHOLDS) if name in measures]


def _count_errors(agreement: Mapping[str, float]) -> tuple[int, int]:
    """Return how many were found wrongly, and how many were missed."""
    right = round(agreement["recall"] * agreement["true"])
    return int(agreement["found"]) - right, int(agreement["true"]) - right


def _write(study: Study, number: float, digits: int = 0) -> str:
    return Writer(study.locale).number(number, digits)


def _count(study: Study, number: float, one: str, many: str = "") -> str:
    noun = one if number == 1 else many or f"{one}s"
    return f"{'no' if number == 0 else _write(study, number)} {noun}"


def _none(study: Study, number: float) -> str:
    return "none" if number == 0 else _write(study, number)


def _was(number: float) -> str:
    return "was" if number in (0, 1) else "were"


def _show_agreement(agreement: Mapping[str, float], study: Study) -> list[Shown]:
    # Of nothing there is no share.
    shares = (("precision", agreement["found"]), ("recall", agreement["true"]))
    return [
        Shown(_write(study, agreement["found"])),
        Shown(_write(study, agreement["true"])),
        *(Shown(_write(study, agreement[name], 3) if of else HIDDEN) for name, of in shares),
    ]
