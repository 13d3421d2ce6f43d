"""Which names a cohort's chapters and texts may use, told before there are any estimates."""

import re
from collections.abc import Callable, Iterator
from inspect import signature

from altcred.core.errors import Problem
from altcred.core.mistakes import name_known
from altcred.describe.chapters import Display, Item, check_chapters, read_chapters
from altcred.describe.cohort import Cohort
from altcred.describe.folders import list_pairs
from altcred.disclose.door import FLOW_VARIABLES
from altcred.write.chapters import COMPARISON, PANEL, SUMMARY, SURVEY, TRENDS
from altcred.write.charts.drawing import CHARTS
from altcred.write.prose import judge_length
from altcred.write.tables.table import TABLES
from altcred.write.texts import check_names, read_longest
from altcred.write.views import MONEY, OWN_LABELS, SHARE_OF_INCOME

# What is estimated of every study beside the variables of its codebook.
ESTIMATED = frozenset({
    *OWN_LABELS, *FLOW_VARIABLES, *MONEY, SHARE_OF_INCOME,
    *("pairs", "repeats", "linkage", "weights", "assumption", "fees_borne", "fee_outliers"),
    *("price_period", "plan_open", "benefit_groups", "payback_benefit", "pays_back", "outweighs"),
})  # fmt: skip


# The chapters that chapters.yaml describes, with how many waves each sets side by side.
CHAPTERS = {SURVEY: 0, PANEL: 2, COMPARISON: 2, TRENDS: None, SUMMARY: None}


# A picture in Markdown, by its address or by a name for it.
_PICTURE = re.compile(r"(?<!\\)!\[[^\]]*\]\s?[(\[]")


def check_words(cohort: Cohort) -> Iterator[Problem]:
    """Yield what chapters.yaml and the texts of a cohort name that it does not have."""
    for key in ("citation", "description", "reconstruction_note"):
        study = str(cohort.folder / "study.yaml")
        yield from _check_pictures(getattr(cohort.study, key), study, key)
    yield from check_chapters(cohort, ESTIMATED)
    yield from _check_displays(cohort)
    known = names_to_look_up(cohort)
    for path in sorted((cohort.folder / "text").rglob("*.md")):
        written = path.read_text(encoding="utf-8")
        problems = list(check_names(written, path, cohort, known))
        yield from [*problems, *_check_pictures(written, str(path))]
        if path.parent.name == SUMMARY and not problems:
            for said in judge_length(path.name.split(".")[0], read_longest(written)):
                yield Problem(str(path), "", *said)


def _check_pictures(written: str, path: str, key: str = "") -> Iterator[Problem]:
    """Yield the pictures of a text: a report has those alone that it draws itself."""
    for number, line in enumerate(written.splitlines(), start=1):
        if _PICTURE.search(line):
            message = "holds a picture; of it the report has only the words in its brackets."
            remedy = "Let chapters.yaml draw a chart, or write a link: [words](https://…)."
            yield Problem(path, key or f"line {number}", message, remedy)


def _check_displays(cohort: Cohort) -> Iterator[Problem]:
    """Yield the chapters, charts, tables and options of chapters.yaml that there are not."""
    path = str(cohort.folder / "chapters.yaml")
    for chapter, sections in read_chapters(cohort).items():
        if chapter not in CHAPTERS:
            yield Problem(path, chapter, "is no chapter.", name_known(chapter, CHAPTERS))
        for item in (item for section in sections for item in section.items):
            where, waves = f"{chapter}.{item.cell}", CHAPTERS.get(chapter)
            if chapter == SUMMARY:
                shown_of = item.waves[0].split("-") if item.waves else []
                waves = 2 if len(shown_of) > 1 else 0
                for said in _check_first_page(item, shown_of, cohort):
                    yield Problem(path, where, *said)
            for shown in item.shows or [item]:
                for message, remedy in _check_display(shown, waves):
                    yield Problem(path, where, message, remedy)


def _check_first_page(item: Item, waves: list[str], cohort: Cohort) -> Iterator[tuple[str, str]]:
    """Yield why the chart of the first page cannot be drawn."""
    study, named = cohort.study, item.variables or [item.variable]
    if not all(named) or item.table or item.shows:
        yield "is no chart of a variable.", "Write `variable:`, and `chart:` where it is another."
    elif len(waves) > 1 and tuple(waves) not in list_pairs(study):
        pairs = ["-".join(pair) for pair in list_pairs(study)]
        known = name_known("-".join(waves), pairs) if pairs else "Name one wave."
        yield f"{'-'.join(waves)!r} are not compared in the report.", known
    else:
        waves = waves or list(study.waves)[:1]
        for name in named:
            if not all(
                name in cohort.codebook.in_wave(wave) for wave in waves if wave in study.waves
            ):
                yield f"{name!r} was not asked in {' and '.join(waves)}.", "Name another wave."


def _check_display(shown: Display, waves: int | None) -> Iterator[tuple[str, str]]:
    for registry, name in ((CHARTS, shown.chart), (TABLES, shown.table)):
        if not name:
            continue
        if name not in registry.names():
            known = name_known(name, registry.names(), most=99)
            yield f"{name!r} is no {registry.what}.", known
            continue
        taken = signature(registry.find(name)).parameters.values()
        if waves is not None and not _takes(registry.find(name), waves):
            message = f"{name!r} is of {'one survey' if waves else 'two surveys'}."
            yield message, f"Choose another {registry.what} in this chapter, or leave it out."
        options = [one.name for one in taken if one.default is not one.empty]
        for option in [option for option in shown.options if option not in options]:
            remedy = name_known(option, options) or "Remove it."
            yield f"{option!r} is no option of {registry.what} {name}.", remedy


def _takes(draw: Callable[..., object], waves: int) -> bool:
    """Tell whether a chart or table takes so many waves beside the view and the variable."""
    try:
        signature(draw).bind(*[None] * (2 + waves))
    except TypeError:
        return False
    return True


def names_to_look_up(cohort: Cohort) -> set[str]:
    """Return the names with which a lookup may begin, whether or not anything is estimated."""
    own = {"people", "programs", "wave", "panel", "comparison", "costs"}
    return own | ESTIMATED | {*cohort.codebook.variables, *cohort.study.waves}
