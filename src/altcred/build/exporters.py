"""The exporters that nbconvert knows as `altcred-html` and `altcred-pdf`.

Both take the joined chapters of a cohort, as `altcred report` gives them, or one executed chapter,
as in `jupyter nbconvert --to altcred-html CHAPTER.ipynb` in the project's root.
"""

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from nbconvert.exporters.templateexporter import TemplateExporter
from nbconvert.filters.highlight import Highlight2HTML
from nbconvert.preprocessors import Preprocessor
from traitlets import Bool, List, Unicode, default

from altcred.build.assemble import Chapter, join_chapters, read_chapters
from altcred.build.common import Settled, SettleReport, ShowRaw
from altcred.build.downloads import find_estimates, table_files, tables_of
from altcred.build.notebooks import parameters_of
from altcred.build.pages import address_of, divide_pages, list_sections, settle_page
from altcred.build.pandoc import markdown_to_html, show_raw
from altcred.build.pictures import Pictures
from altcred.build.print_tables import numbers_typst, table_typst, typst_string
from altcred.build.settle import (
    EQUATION,
    FIRST_PAGE,
    PICTURES,
    Heading,
    link_references,
    settle_report,
)
from altcred.build.tables import read_tables
from altcred.build.typeset import set_in_type
from altcred.core.errors import InvalidInput
from altcred.core.paths import project_root
from altcred.write.tables.html import notes_html, table_html

TEMPLATE = "report/template"
# Nothing is loaded but from the report's own folder, be it on a server or on a disk.
POLICY = (
    "default-src 'none'; script-src 'self' file:; style-src 'self' file:; connect-src 'self'; "
    "img-src 'self' file: data:; font-src data:; base-uri 'none'; form-action 'none'"
)


class RenderMarkdown(Preprocessor):
    """Leaves the HTML of every text in resources["html"], by the text."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        study = resources["study"]
        headings: list[Heading] = resources.get("headings", [])
        # Its first sentence labels the first page, whose foot has all of it.
        label = re.split(r"(?<=[.!?])\s+(?=[A-Z])", study.mark_note.strip(), maxsplit=1)[0]
        resources["label"] = label
        texts = [label, study.mark_note, study.citation, study.description]
        texts += [heading.text for heading in headings]
        for cell in nb.cells:
            texts += [cell.source] if cell.cell_type == "markdown" else []
            texts += [cell.metadata.get("report", {}).get("caption", "")]
            texts += [one.get("data", {}).get("text/markdown") for one in cell.get("outputs", [])]
        template = Path(resources["template"])
        # A chapter's title is a second heading below that of the report, and its own page's first.
        resources["html"] = markdown_to_html(texts, template, shift=1 if headings else 0)
        return nb, resources


class ReferToReport(Preprocessor):
    """Makes the references of one chapter links into the report."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        resources["stem"] = resources["metadata"]["name"]
        resources["title"] = Chapter(resources["stem"], nb).title
        names = resources["references"]
        pages = {label: f"../{page}.html" for label, page in resources["places"].items()}

        def refer(text: str) -> str:
            return link_references(EQUATION.sub(r"$$\1$$", text), names, pages)

        for cell in nb.cells:
            if cell.cell_type == "markdown":
                cell.source = refer(cell.source)
            for output in cell.get("outputs", []):
                if text := output.get("data", {}).get("text/markdown"):
                    output.data["text/markdown"] = refer(text)
        return nb, resources


class DressPictures(Preprocessor):
    """Makes each picture a part of its page, and leaves the style of them all in resources."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        pictures = Pictures(
            {*json.dumps(nb.cells, ensure_ascii=False)},
            looks=resources.setdefault("looks", {}),
            are_looks_fixed="stylesheet" in resources,
            store=resources.get("store"),
        )
        pictures.dress(nb.cells)
        if "stylesheet" in resources:
            return nb, resources
        style = resources["style"] = f"{resources['style']}\n{pictures.style()}"
        if "stem" in resources:
            # A page by itself carries its style, which a hash tells from any other.
            digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
            resources["policy"] = POLICY.replace("style-src", f"style-src 'sha256-{digest}'")
        for name, content in resources.get("outputs", {}).items():
            if name.startswith("figures/") and name.endswith(".svg"):
                drawing = pictures.carry_fonts(content.decode())
                resources["outputs"][name] = drawing.encode()
        return nb, resources


class DividePages(Preprocessor):
    """Leaves the pages of the report in resources["pages"]."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        title = resources["study"].title
        resources["places"]["about-this-report"] = FIRST_PAGE
        resources["pages"] = divide_pages(nb, resources["headings"], title)
        resources["page"] = resources["pages"][0]
        resources["estimates"] = find_estimates(resources["study"].name)
        return nb, resources


class _ReportExporter(TemplateExporter):
    """What both writings of the report share."""

    template_name = Unicode(Path(TEMPLATE).name).tag(config=True, affects_template=True)
    default_preprocessors: List[Any] = List([])
    # Once, after all of them, rather than after each.
    optimistic_validation = Bool(True)
    display_data_priority = List([*PICTURES, "text/html", "text/markdown", "text/plain"]).tag(
        config=True
    )
    # What is done to the joined chapters, and to one chapter alone.
    joined: tuple[type[Preprocessor], ...] = ()
    alone: tuple[type[Preprocessor], ...] = ()

    @default("extra_template_basedirs")
    def _basedirs(self) -> list[str]:
        return [str((project_root() / TEMPLATE).parent.resolve())]

    def _validate_preprocessor(self, nbc: Any, preprocessor: Any) -> None:
        # What is settled was looked at when it was.
        if not isinstance(nbc, Settled):
            super()._validate_preprocessor(nbc, preprocessor)

    def default_filters(self) -> Iterable[tuple[str, Any]]:
        yield from super().default_filters()
        highlight = Highlight2HTML(pygments_lexer="python3")
        yield "highlight_python", lambda code: highlight(code)
        yield "tables", tables_of
        yield "table_files", table_files
        yield "read_tables", read_tables
        yield "table_html", table_html
        yield "notes_html", notes_html
        yield "table_typst", table_typst
        yield "numbers_typst", numbers_typst
        yield "typst_string", typst_string
        yield "inline", _inline
        yield "settle_page", settle_page
        yield "address_of", address_of

    def from_notebook_node(self, nb: Any, resources: Any = None, **options: Any) -> tuple[Any, Any]:
        from altcred.describe.folders import first_cohort
        from altcred.describe.study import load_study

        resources = self._init_resources(resources)
        is_joined = "chapters" in nb.metadata.get("altcred", {})
        about = nb.metadata["altcred"] if is_joined else parameters_of(nb)
        study = load_study(about.get("cohort") or first_cohort())
        written = ("citation", "description", "reconstruction_note")
        shown = {name: show_raw(getattr(study, name)) for name in written}
        template = project_root() / TEMPLATE
        waves = [f"{w.label}: {w.collected}" for w in study.waves.values() if w.collected]
        resources |= {
            "study": study.model_copy(update=shown),
            "period": "; ".join(waves),
            "template": str(template),
            "style": (template / "report.css").read_text("utf-8"),
        }
        return self._export(nb, resources, is_joined, **options)

    def _export(self, nb: Any, resources: Any, is_joined: bool, **options: Any) -> tuple[Any, Any]:
        self._preprocessors = []
        for preprocessor in self.joined if is_joined else self.alone:
            self.register_preprocessor(preprocessor, enabled=True)
        return super().from_notebook_node(nb, resources, **options)

    def _export_joined(
        self, nb: Any, resources: Any, is_joined: bool, **options: Any
    ) -> tuple[Any, Any, dict[str, bytes]]:
        """Write chapters, or one as if it were all, into a text; its pictures are left aside."""
        if not is_joined:
            chapter = Chapter(resources["metadata"]["name"], nb)
            resources["elsewhere"] = find_references(resources["study"])["references"]
            nb = join_chapters(resources["study"].name, [chapter])
        text, resources = _ReportExporter._export(self, nb, resources, True, **options)
        outputs = resources.pop("outputs").items()
        pictures = {name: one for name, one in outputs if name.startswith("figures/")}
        return text, resources, pictures


class HTMLReport(_ReportExporter):
    """The report, whose first page this is and whose others are among the outputs; or one chapter.

    A chapter is one page with its code, which loads nothing and runs nothing.
    """

    export_from_notebook = "altcred HTML"
    output_mimetype = "text/html"
    joined = (SettleReport, DressPictures, RenderMarkdown, DividePages)
    alone = (ShowRaw, ReferToReport, DressPictures, RenderMarkdown)

    @default("file_extension")
    def _extension(self) -> str:
        return ".html"

    def _export(self, nb: Any, resources: Any, is_joined: bool, **options: Any) -> tuple[Any, Any]:
        self.template_file = "report.html.j2" if is_joined else "notebook.html.j2"
        resources["policy"] = POLICY
        if not is_joined and "references" not in resources:
            resources |= find_references(resources["study"])
        page, resources = super()._export(nb, resources, is_joined, **options)
        if not is_joined:
            return page, resources
        first, *others = resources["pages"]
        sections = [*list_sections(page, first)]
        for other in others:
            written = self.template.render(nb=nb, resources={**resources, "page": other})
            resources["outputs"][other.address] = written.encode()
            sections += list_sections(written, other)
        index = json.dumps(
            {"titles": {one.stem: one.title for one in resources["pages"]}, "sections": sections},
            ensure_ascii=False, separators=(",", ":"),
        )  # fmt: skip
        script = (Path(resources["template"]) / "report.js").read_bytes()
        resources["outputs"] |= {
            "assets/report.css": resources["style"].encode(),
            "assets/report.js": script,
            # A script, since a page on a disk may read no other file.
            "assets/search.js": f"reportIndex({index});\n".encode(),
        }
        return page, resources


class PDFReport(_ReportExporter):
    """The report, or one chapter of it, set by typst with the fonts it carries."""

    export_from_notebook = "altcred PDF"
    output_mimetype = "application/pdf"
    template_file = Unicode("report.md.j2").tag(config=True, affects_template=True)
    joined = (SettleReport,)

    @default("file_extension")
    def _extension(self) -> str:
        return ".pdf"

    def _export(self, nb: Any, resources: Any, is_joined: bool, **options: Any) -> tuple[Any, Any]:
        text, resources, pictures = self._export_joined(nb, resources, is_joined, **options)
        typeset = partial(self.typeset, text, pictures, Path(resources["template"]))
        store = resources.pop("store", None)
        return store.keep(typeset, "pdf", text, pictures) if store else typeset(), resources

    def typeset(self, text: str, pictures: Mapping[str, bytes], template: Path) -> Any:
        """Return the pages of a text; others may want them as pictures."""
        return set_in_type(text, pictures, template)


def find_references(study: Any) -> dict[str, dict[str, str]]:
    """Return what each label of a study's whole report is called, and the page it is on.

    There is nothing where no chapter was run.
    """
    try:
        joined = join_chapters(study.name, read_chapters(study.name, study.waves))
    except InvalidInput:
        return {"references": {}, "places": {}}
    joined.cells = [c for c in joined.cells if "notebook-only" not in c.metadata.get("tags", [])]
    settle_report(joined, (), [])
    return {name: dict(joined.metadata["altcred"][name]) for name in ("references", "places")}


def _inline(html: str) -> str:
    """Return what pandoc wrote of a text of one paragraph without the paragraph."""
    return re.sub(r"</?p>", "", html)
