"""Which names a cohort's chapters and texts may use, told before there are any estimates."""

from collections.abc import Callable, Iterator
from inspect import signature

from altcred.core.errors import Problem
from altcred.core.mistakes import name_known
from altcred.describe.chapters import Display, check_chapters, read_chapters
from altcred.describe.cohort import Cohort
from altcred.disclose.door import FLOW_VARIABLES
from altcred.write.charts.drawing import CHARTS
from altcred.write.costs import MONEY, SHARE_OF_INCOME
from altcred.write.tables.table import TABLES
from altcred.write.texts import check_names
from altcred.write.views import OWN_LABELS

# What is estimated of every study beside the variables of its codebook.
ESTIMATED = frozenset({
    *OWN_LABELS, *FLOW_VARIABLES, *MONEY, SHARE_OF_INCOME,
    *("pairs", "repeats", "linkage", "weights", "assumption", "fees_borne", "fee_outliers"),
    *("price_period", "plan_open", "benefit_groups", "payback_benefit", "pays_back", "outweighs"),
})  # fmt: skip


# The chapters that chapters.yaml describes, with how many waves each sets side by side.
CHAPTERS = {"02-survey": 0, "03-panel": 2, "04-comparison": 2, "06-trends": None}


def check_words(cohort: Cohort) -> Iterator[Problem]:
    """Yield what chapters.yaml and the texts of a cohort name that it does not have."""
    yield from check_chapters(cohort, ESTIMATED)
    yield from _check_displays(cohort)
    known = names_to_look_up(cohort)
    for path in sorted((cohort.folder / "text").rglob("*.md")):
        yield from check_names(path.read_text(encoding="utf-8"), path, cohort, known)


def _check_displays(cohort: Cohort) -> Iterator[Problem]:
    """Yield the chapters, charts, tables and options of chapters.yaml that there are not."""
    path = str(cohort.folder / "chapters.yaml")
    for chapter, sections in read_chapters(cohort).items():
        if chapter not in CHAPTERS:
            yield Problem(path, chapter, "is no chapter.", name_known(chapter, CHAPTERS))
        for item in (item for section in sections for item in section.items):
            for shown in item.shows or [item]:
                for message, remedy in _check_display(shown, chapter):
                    yield Problem(path, f"{chapter}.{item.cell}", message, remedy)


def _check_display(shown: Display, chapter: str) -> Iterator[tuple[str, str]]:
    for registry, name in ((CHARTS, shown.chart), (TABLES, shown.table)):
        if not name:
            continue
        if name not in registry.names():
            known = name_known(name, registry.names(), most=99)
            yield f"{name!r} is no {registry.what}.", known
            continue
        taken = signature(registry.find(name)).parameters.values()
        if (waves := CHAPTERS.get(chapter)) is not None and not _takes(registry.find(name), waves):
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
