"""Which sections a cohort's chapters have, in which order: cohorts/NAME/chapters.yaml.

Without that file a chapter has the codebook's own sections, else its variables in their order.
"""

from collections.abc import Collection, Iterator
from typing import Annotated, Any

from pydantic import BeforeValidator, RootModel

from altcred.core.description import Described, about, read_model
from altcred.core.errors import Problem
from altcred.describe.cohort import Cohort
from altcred.kinds.variable import Variable

# What a table or figure is called in the printed report: one name, or one a wave (FIRST-SECOND
# where a chapter is of two).
Printed = dict[str, str] | str


class Display(Described):
    """One chart or table of an item, and where the printed report has it."""

    chart: str = about("Name of a chart; the kind's own if left out", "")
    table: str = about("Name of a table in place of a chart", "")
    label: str = about("What its anchor ends with; the item's name", "")
    caption: str = about("The words above it; generated if left out", "")
    published: Printed = about(
        "What the printed report calls it, for all waves or by wave",
        "",
        example={"spring": "Figure 2"},
    )
    waves: list[str] | None = about(
        "Shown in these waves only; FIRST-SECOND of a chapter of two", None
    )
    options: dict[str, Any] = about("How it is drawn or set", {})


def _expand_item(value: Any) -> Any:
    return {"variable": value} if isinstance(value, str) else value


class Item(Display):
    """What one cell of a chapter shows: a variable, or several in one table."""

    variable: str = about("A variable of the codebook", "")
    variables: list[str] = about("Variables that share a chart or table that takes several", [])
    rows: dict[str, str] = about(
        "Of a table of several: the label of a row to VARIABLE.CATEGORY or VARIABLE.STATISTIC", {}
    )
    name: str = about("What its text file and cell are called", "")
    heading: str | None = about("The variable's label; '' for none", None)
    shows: list[Display] = about("Charts and tables where there are several, or none", [])
    sentence: bool = about("Whether a sentence is generated", True)

    @property
    def cell(self) -> str:
        """What its cell and its text file are called."""
        return self.name or self.variable


class Section(Described):
    """A heading of a chapter with its items."""

    section: str = about("What its anchor is called")
    heading: str = about("The heading that readers see; none if left out", "")
    items: list[
        Annotated[Item, BeforeValidator(_expand_item, json_schema_input_type=Item | str)]
    ] = about(
        "What stands under it, in this order; a variable's name alone shows it as its kind does",
        min_length=1,
    )


class ChaptersFile(RootModel[dict[str, list[Section]]]):
    """The content of chapters.yaml: the sections of each chapter by its notebook's name."""


def load_sections(
    cohort: Cohort, chapter: str, asked: Collection[str], *, of_one_survey: bool = True
) -> list[Section]:
    """Return the sections of a chapter: of chapters.yaml, else those of the codebook.

    `asked` names the variables the chapter can be about. Where the chapter is of one survey, those
    that no section of the file names follow in a section of their own. InvalidInput with all that
    is wrong with the file.
    """
    given = read_chapters(cohort).get(chapter, [])
    if given and not of_one_survey:
        return given
    known = {name for section in given for item in section.items for name in names_in(item)}
    gathered: dict[str, list[Item]] = {}
    variables = cohort.codebook.variables
    scores = (one.derive for one in variables.values() if one.derive is not None)
    drawn = {item for score in scores for item in score.items}
    for name, variable in variables.items():
        if name in asked and name not in known and variable.show:
            items = gathered.setdefault(variable.section, [])
            alike = [one for one in cohort.codebook.items_of(variable.item_of) if one in asked]
            # A score draws its items itself.
            is_first = variable.item_of and alike[1:] and alike[0] == name
            if of_one_survey and is_first and not drawn & {*alike}:
                items.append(_draw_together(variable, alike))
            items.append(Item(variable=name))
    rest = [
        Section(
            section=_slug(heading) or "answers",
            heading=heading or ("Further answers" if given else ""),
            items=items,
        )
        for heading, items in gathered.items()
    ]
    return [*given, *rest]


def _draw_together(variable: Variable, items: list[str]) -> Item:
    """Return what stands before the items of one entry: a chart of all, if they share a scale."""
    chart = Display(chart="items", caption=variable.section)
    return Item(name=f"{variable.item_of}_items", variables=items, heading="", shows=[chart])


def find_item(cohort: Cohort, chapter: str, variable: str) -> Item | None:
    """Return what chapters.yaml says of a variable in a chapter, if anything."""
    given = read_chapters(cohort).get(chapter, [])
    items = [item for section in given for item in section.items]
    return next((item for item in items if item.variable == variable), None)


def check_chapters(cohort: Cohort, known: Collection[str]) -> Iterator[Problem]:
    """Yield the variables and waves that chapters.yaml names and the cohort does not have."""
    path = str(cohort.folder / "chapters.yaml")
    waves = cohort.study.waves
    pairs = {f"{first}-{second}" for first in waves for second in waves}
    for chapter, sections in read_chapters(cohort).items():
        for item in (item for section in sections for item in section.items):
            where = f"{chapter}.{item.cell}"
            for name in sorted(names_in(item) - {*cohort.codebook.variables, *known}):
                message = f"{name!r} is not a variable of the codebook."
                yield Problem(path, where, message, "Correct the name or leave it out.")
            named = {wave for shown in (item, *item.shows) for wave in _waves_in(shown)}
            for name in sorted(named - {*waves, *pairs}):
                message = f"{name!r} is not a wave of study.yaml."
                yield Problem(path, where, message, f"Use one of {', '.join(waves)}.")


def _waves_in(shown: Display) -> Iterator[str]:
    yield from shown.waves or []
    if isinstance(shown.published, dict):
        # Of a chart with a part for each program type a key is WAVE/TYPE.
        yield from (key.partition("/")[0] for key in shown.published)


def names_in(item: Item) -> set[str]:
    """Return the variables an item shows."""
    named = {
        item.variable,
        *item.variables,
        *(what.partition(".")[0] for what in item.rows.values()),
    }
    return named - {""}


def read_chapters(cohort: Cohort) -> dict[str, list[Section]]:
    """Return the sections of each chapter as chapters.yaml lists them; none without the file."""
    path = cohort.folder / "chapters.yaml"
    if not path.is_file():
        return {}
    return read_model(path, ChaptersFile).root


def _slug(text: str) -> str:
    return "-".join("".join(c if c.isalnum() else " " for c in text.lower()).split())
