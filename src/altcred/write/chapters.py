"""Chapters: for each of a cohort's sections the sentences, charts and tables, in their order.

A chapter notebook opens its chapter and shows its sections one after the other, a cell each:
what is displayed are bound Markdown, figures and tables that carry their captions with them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from altcred.core.records import ALL
from altcred.describe.chapters import Display, Item, Printed, Section, load_sections, names_in
from altcred.describe.cohort import Cohort, open_cohort
from altcred.describe.correspondence import shared_variables
from altcred.kinds import Kind, kind_of
from altcred.kinds.phrases import carry_on, escape_markdown, join_words
from altcred.kinds.variable import Variable
from altcred.write.ahead import show_ahead
from altcred.write.charts import find_chart
from altcred.write.charts.items import say_items
from altcred.write.markdown import show_markdown, to_anchor
from altcred.write.tables import find_table, hide_all
from altcred.write.texts import read_text
from altcred.write.views import View

# In a caption of chapters.yaml, what the respondents are called.
PEOPLE = "{people}"
# The chapters on one survey, on the same people twice, on different people, and on all of them.
SURVEY, PANEL, COMPARISON, SUMMARY = "02-survey", "03-panel", "04-comparison", "08-summary"
# The chapter on earlier collections.
TRENDS = "06-trends"
# Charts that draw one subgroup at a time.
ONE_PART = frozenset({"map"})
# The chart of a score's items, each of which was answered by people of its own number.
ITEMS = "items"


@dataclass(frozen=True)
class Piece:
    """One cell of a chapter: an item, the section it opens, and whether a heading is above it."""

    item: Item
    section: Section | None
    has_heading_above: bool


def list_pieces(cohort: Cohort, chapter: str, waves: Sequence[str]) -> dict[str, Piece]:
    """Return the cells of a chapter by their names; of what a wave did not ask there is none."""
    compared = len(waves) > 1
    asked = {*(cohort.asked_twice(*waves) if compared else cohort.codebook.in_wave(waves[0]))}
    pieces: dict[str, Piece] = {}
    key = "-".join(waves)
    if chapter == PANEL:
        asked -= cohort.study.panel_of(*waves).shared_keys
    of_one_survey = len(waves) == 1
    if chapter == TRENDS:
        asked &= set(shared_variables(cohort).get(key, ()))
        of_one_survey = False
    for section in load_sections(cohort, chapter, asked, of_one_survey=of_one_survey):
        opening: Section | None = section
        for item in section.items:
            if names_in(item) & asked and (item.waves is None or key in item.waves):
                pieces[_free_name(item.cell, pieces)] = Piece(item, opening, bool(section.heading))
                opening = None
    return pieces


def _free_name(name: str, taken: Mapping[str, Any]) -> str:
    return name if name not in taken else _free_name(f"{name}_again", taken)


@dataclass(frozen=True)
class Chapter:
    """A chapter on variables, a cell each: the sentence, the cohort's text, charts and tables.

    `waves` are those it is about, one or two; `view` is where its estimates are looked up.
    """

    name: str
    view: View
    waves: tuple[str, ...]

    # What anchors of the chapter begin with, after `sec-`, `fig-` or `tbl-`.
    prefix: ClassVar[str] = ""
    # The table of several variables.
    rows_table: ClassVar[str] = "profile"

    @property
    def key(self) -> str:
        """What the chapter's waves are called in chapters.yaml and in names of texts."""
        return "-".join(self.waves)

    @property
    def suffix(self) -> str:
        """What the chapter's anchors end with."""
        return to_anchor(self.key)

    @cached_property
    def pieces(self) -> dict[str, Piece]:
        """The chapter's cells by their names."""
        return list_pieces(self.view.cohort, self.name, self.waves)

    @property
    def sections(self) -> list[str]:
        """The names of the chapter's cells."""
        return list(self.pieces)

    @cached_property
    def show(self) -> Callable[[str], None]:
        """Shows one cell: headings, the sentence, the cohort's own text, charts and tables."""
        return show_ahead(self.sections, self._show)

    def _show(self, name: str) -> None:
        piece = self.pieces[name]
        item, view = piece.item, self.view
        section = ""
        if piece.section is not None and piece.section.heading:
            anchor = self.anchor("sec", piece.section.section)
            section = f"## {escape_markdown(piece.section.heading)} {{#{anchor}}}"
        if not any(self.has(one) for one in names_in(item)):
            silence = self.say_silence(item)
            show_markdown(section, self._heading(name) if silence else "", silence)
            return
        text = read_text(view, self.name, name, self.key)
        sentence = self._sentence(item) if text is None or not text.replaces else ""
        show_markdown(section, self._heading(name), sentence, text.body if text else "")
        for number, display in enumerate(self._displays(item)):
            if display.waves is None or self.key in display.waves:
                self._display(item, display, number)

    def anchor(self, kind: str, name: str) -> str:
        """Return the anchor of a section, figure or table."""
        return f"{kind}-{self.prefix}{to_anchor(name)}-{self.suffix}"

    def anchor_of(self, variable: str) -> str:
        """Return the label of the section that tells of a variable, else that of the chapter."""
        whole = f"sec-{self.prefix or 'survey-'}{self.suffix}"
        label = whole
        for name, piece in self.pieces.items():
            if piece.section is not None and piece.section.heading:
                label = self.anchor("sec", piece.section.section)
            if piece.item.variable == variable and piece.item.sentence and self.has(variable):
                return self.anchor("sec", f"of-{name}") if self._heading(name) else label
            # What has no heading of its own may stand below another variable's.
            if self._heading(name):
                label = whole
        return whole

    def show_figure(self, item: Item, label: str) -> bool:
        """Show the chart of an item under a label of its own; tell whether there is one to see."""
        display = next(iter(self._displays(item)), None)
        if display is None or not display.chart:
            return False
        what, draw = item.variables or item.variable, find_chart(display.chart)
        drawing = draw(self.view, what, *self.compared, **display.options)
        if drawing is None or not drawing.is_telling:
            return False
        drawing.printed = None
        drawing.show(self._about("fig", item, display, 0) | {"label": label})
        return True

    def texts(self, section: str, generated: str) -> list[str]:
        """Return the generated text and the cohort's own, or its own in its place."""
        text = read_text(self.view, self.name, section, self.key)
        return [generated if text is None or not text.replaces else "", text.body if text else ""]

    # What a chapter of another sort says otherwise -----------------------------------------

    def has(self, variable: str) -> bool:
        """Tell whether there is anything to show of a variable."""
        return self.view.has(variable)

    def say(self, kind: Kind, variable: str) -> str:
        """Return the generated sentence of a variable."""
        return kind.sentence(self.view, variable)

    def say_silence(self, item: Item) -> str:
        """Return what is said of an item of which there is nothing to show."""
        return ""

    def defaults(self, kind: Kind, variable: Variable) -> list[Display]:
        """Return the charts and tables of a kind."""
        first = Display(chart=kind.chart, options=kind.draw_options(variable))
        return [first, *(Display(chart=chart) for chart in kind.more_charts)]

    @property
    def compared(self) -> tuple[str, ...]:
        """The waves that every chart and table of the chapter sets side by side."""
        return ()

    def say_size(self, variable: str, part: str) -> str:
        """Return how many people a figure or table is of, as its caption ends."""
        return say_n(self.view, variable, part)

    def say_weights(self) -> str:
        """Return what is weighted, as a caption ends; nothing where nothing is."""
        weighted = [wave for wave in self.waves if self.view.estimates.is_weighted(wave)]
        if not weighted:
            return ""
        whole = len(weighted) == len(self.waves)
        named = "" if whole else f"{join_words(map(self.view.wave_label, weighted))} "
        return f"; {named}weighted, n is not"

    def say_alt(self, kind: Kind, variable: str, part: str) -> str:
        """Return what stands for a figure where it cannot be seen."""
        return kind.alt(self.view, variable, part)

    # What there is -------------------------------------------------------------------------

    def _displays(self, item: Item) -> list[Display]:
        """Return the charts and tables of an item: its own, else those of the variable's kind."""
        if item.shows or item.chart or item.table or item.rows:
            return list(item.shows) or [item]
        described = self.view.described(item.variable)
        if described is None:
            return []
        first, *more = self.defaults(kind_of(described), described)
        label = item.label or item.cell
        settings = {"chart": first.chart, "table": first.table, "label": label}
        own = item.model_copy(update={**settings, "options": {**first.options, **item.options}})
        # A chart and a table of one name have different anchors; two charts need different names.
        return [
            own,
            *(
                one.model_copy(
                    update={"label": f"{label}-{one.chart}" if one.chart and first.chart else label}
                )
                for one in more
            ),
        ]

    def _heading(self, name: str) -> str:
        piece = self.pieces[name]
        item = piece.item
        heading = item.heading
        if heading is None:
            heading = self.view.label(item.variable) if item.variable else ""
        # Where no section's heading stands above, the item is a section of the chapter itself.
        marks = "###" if piece.has_heading_above else "##"
        anchor = self.anchor("sec", f"of-{name}")
        return f"{marks} {escape_markdown(heading)} {{#{anchor}}}" if heading else ""

    def _sentence(self, item: Item) -> str:
        described = self.view.described(item.variable)
        if described is None or not item.sentence:
            return ""
        told = self.say(kind_of(described), item.variable)
        return f"{told} {self.say_use()}".strip() if told else ""

    def say_use(self) -> str:
        """Return of which surveys the numbers of a sentence are weighted that does not say it."""
        return ""

    # Charts and tables ---------------------------------------------------------------------

    def _display(self, item: Item, display: Display, number: int) -> None:
        view, name = self.view, item.variable
        kind = view.kind(name)
        chart = display.chart or (kind.chart if kind is not None else "")
        if not chart or display.table or item.rows:
            self._show_table(item, display, number)
            return
        draw = find_chart(chart)
        parts = [ALL]
        if chart in ONE_PART:
            parts = _in_printed_order(display.published, view.subgroups(total=False))
        for part in parts:
            options = {**display.options, **({"subgroup": part} if part != ALL else {})}
            drawing = draw(view, item.variables or name, *self.compared, **options)
            if drawing is not None:
                if not (display.published or self.compared) and hide_all(drawing.numbers):
                    continue  # The sentence says so; rows of dashes say no more.
                if not printed_in(display.published, part, self.key):
                    drawing.printed = None
                elif kind and kind.printed_chart and chart == kind.chart and not self.compared:
                    drawing.printed = find_chart(kind.printed_chart)(view, name, **options)
                drawing.show(self._about("fig", item, display, number, part))
            elif not (self.compared or item.shows or part != ALL):
                # What cannot be drawn, as years without bins, is told in a table.
                self._show_table(item, display.model_copy(update={"options": {}}), number)

    def _show_table(self, item: Item, display: Display, number: int) -> None:
        view, kind = self.view, self.view.kind(item.variable)
        name = display.table or (kind.table if kind is not None else "") or self.rows_table
        what: Any = item.variables or item.variable
        if item.rows:
            what = {label: tuple(where.split(".", 1)) for label, where in item.rows.items()}
        table = find_table(name)(view, what, *self.compared, **display.options)
        if table is not None:
            table.show(**self._about("tbl", item, display, number))

    def _about(
        self, prefix: str, item: Item, display: Display, number: int, part: str = ALL
    ) -> dict[str, str]:
        """Return what a figure or table is called, captioned and described as."""
        label = display.label or item.label or item.cell
        if not display.label and number:
            label += f"-{number + 1}"
        if part != ALL:
            label += f"-{part.partition('=')[2]}"
        about = {
            "label": self.anchor(prefix, label),
            "caption": self._caption(item, display, part),
        }
        told = [
            self.say_alt(kind_of(described), name, part)
            for name in item.variables or [item.variable]
            if (described := self.view.described(name)) is not None
        ]
        if prefix == "fig" and display.chart == ITEMS:
            label = self.view.label(item.variable) if item.variable else item.heading or ""
            items = say_items(self.view, item.variables or item.variable)
            told = [f"{carry_on(label, 'item by item.') if label else ''} {items}".strip()]
        if prefix == "fig" and told:
            about["alt"] = " ".join(told)
        published = printed_in(display.published, part, self.key)
        return about | ({"published": published} if published else {})

    def _caption(self, item: Item, display: Display, part: str = ALL) -> str:
        view, name = self.view, item.variable
        words = display.caption or item.caption
        words = words or (view.label(name) if name else item.heading or "")
        is_of_items = display.chart == ITEMS
        if is_of_items and not (display.caption or item.caption):
            words = carry_on(words, "item by item")
        people = [view.on(wave).people for wave in self.waves]
        named = " and ".join(dict.fromkeys(people))
        if part != ALL:
            kind, _, one = part.partition("=")
            label = view.subgroup_label(part)
            if PEOPLE not in words:
                named = f"{label}, {named}"
            elif kind == "program_type":
                named = f"{view.study.program_types[one].label} {named}"
            else:
                named = f"{named} ({label})"
        caption = words.replace(PEOPLE, named) if PEOPLE in words else carry_on(words, named)
        size = "" if is_of_items else self.say_size(name, part)
        return escape_markdown(caption + size + self.say_weights())


def say_n(view: View, variable: str, part: str = ALL) -> str:
    """Return how many answered, as a caption ends."""
    size = view.size(variable, part) if variable else None
    return "" if size is None or size != size else f"; n = {view.writer.number(size)}"


def _in_printed_order(printed: Printed, parts: list[str]) -> list[str]:
    """Return subgroups with those first that a printed report shows, in its order."""
    names = [key.partition("/")[2] for key in printed] if isinstance(printed, dict) else []

    def place(part: str) -> int:
        name = part.partition("=")[2]
        return names.index(name) if name in names else len(names)

    return sorted(parts, key=place)


def printed_in(printed: Printed, part: str, wave: str) -> str:
    """Return what the printed report calls a figure: of a wave, or of one part of it."""
    if isinstance(printed, str):
        return printed
    name = part.partition("=")[2]
    return printed.get(f"{wave}/{name}", "") if name else printed.get(wave, "")


def section_names(stem: str, cohort: str, parameters: Mapping[str, Any]) -> list[str]:
    """Return the names of a chapter's cells, in their order."""
    if stem == TRENDS:
        from altcred.write.series import open_trends

        return open_trends(cohort).sections
    waves = [str(parameters[key]) for key in ("wave", "first", "second") if key in parameters]
    return list(list_pieces(open_cohort(cohort), stem, waves))
