"""The exporters `altcred-docx` and `altcred-pptx`: the report in Word, its figures as slides."""

import io
import re
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Mapping
from html import unescape
from pathlib import Path
from typing import Any

from traitlets import Unicode, default

from altcred.build.common import SettleReport
from altcred.build.downloads import draw_png
from altcred.build.exporters import _ReportExporter
from altcred.build.office import name_pictures, style_document, style_slides
from altcred.build.pandoc import default_document, markdown_to_file
from altcred.build.store import Store, read_kept, write_kept

# Signs that may be markup.
_SIGNS = re.compile(r"([!-/:-@\[-`{-~])")


# A table as the templates give it to pandoc, and as it stands in a document of Word.
_TABLE = re.compile(r"(`{8,})\{\.table-html\}\n(.*?)\n\1$", re.DOTALL | re.MULTILINE)
_WORD_TABLE = re.compile(r"<w:tbl>.*?</w:tbl>", re.DOTALL)
_CELL = re.compile(r"<t[hd]\b[^>]*>(.*?)</t[hd]>", re.DOTALL)
# Without those that a cell above goes on in.
_WORD_CELL = re.compile(r"<w:tc>((?:(?!<w:vMerge w:val=\"continue\"|</w:tc>).)*)</w:tc>", re.DOTALL)


class DocxReport(_ReportExporter):
    """The report, or one chapter of it, as a document of Word that pandoc writes."""

    export_from_notebook = "altcred Word"
    output_mimetype = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    template_file = Unicode("report.docx.md.j2").tag(config=True, affects_template=True)
    joined = (SettleReport,)

    @default("file_extension")
    def _extension(self) -> str:
        return ".docx"

    def default_filters(self) -> Any:
        yield from super().default_filters()
        yield "literal", lambda text: _SIGNS.sub(r"\\\1", " ".join(text.split()))

    def _export(self, nb: Any, resources: Any, is_joined: bool, **options: Any) -> tuple[Any, Any]:
        text, resources, pictures = self._export_joined(nb, resources, is_joined, **options)
        # The report draws them for all that shows them.
        drawn, store = resources.pop("drawn", None), resources.pop("store", None)
        if drawn is None:
            drawn = draw_png({n: one for n, one in pictures.items() if n.endswith(".svg")})

        shown = pictures | drawn
        if store is None:
            return self._write(text, shown, resources), resources

        def write() -> bytes:
            return _keep_tables(text, store, lambda known: self._write(known, shown, resources))

        given = (self.file_extension, text, shown, resources["study"].model_dump_json())
        return store.keep(write, *given), resources

    def _write(self, text: str, drawn: Mapping[str, bytes], resources: Any) -> bytes:
        study = resources["study"]
        about = {"title": study.title, "subtitle": study.subtitle, "lang": "en-GB"}
        options = [f"--metadata={name}={value}" for name, value in about.items() if value]
        options += [f"--metadata=author={author}" for author in study.authors]
        with tempfile.TemporaryDirectory(prefix="altcred-") as folder:
            for name, content in drawn.items():
                (Path(folder) / name).parent.mkdir(exist_ok=True)
                (Path(folder) / name).write_bytes(content)
            look = Path(folder) / f"reference{self.file_extension}"
            look.write_bytes(self._look(default_document(look.name), study))
            options += [f"--resource-path={folder}", f"--reference-doc={look}", *self.options]
            kind = self.file_extension.removeprefix(".")
            return markdown_to_file(text, kind, options, Path(resources["template"]))

    options: tuple[str, ...] = ("--toc", "--toc-depth=2")

    def _look(self, default: bytes, study: Any) -> bytes:
        return style_document(default, study)


def _keep_tables(text: str, store: Store, write: Callable[[str], bytes]) -> bytes:
    """Have a text written, its tables as they were written before; keep those that are new.

    Pandoc takes half of its time for tables. What it makes of one is the same wherever it stands.
    """
    tables = [table for _, table in _TABLE.findall(text)]
    places = {table: store.place("word table", table) for table in tables}
    kept = {table: read_kept(place) for table, place in places.items()}

    def put_in(found: re.Match[str]) -> str:
        known = kept[found[2]]
        return f"{found[1]}{{=openxml}}\n{known.decode()}\n{found[1]}" if known else found[0]

    written = write(_TABLE.sub(put_in, text))
    if None not in kept.values():
        return written
    with zipfile.ZipFile(io.BytesIO(written)) as package:
        made = _WORD_TABLE.findall(package.read("word/document.xml").decode())
    # An author's own tables are among them. So a table is known by its cells, and where several
    # have the same by their order.
    found = _group(made, _WORD_CELL)
    for cells, same in _group(tables, _CELL).items():
        if len(same) == len(found.get(cells, ())):
            for table, one in zip(same, found[cells], strict=True):
                if kept[table] is None:
                    write_kept(places[table], one.encode())
    return written


def _group(tables: Iterable[str], cell: re.Pattern[str]) -> dict[tuple[str, ...], list[str]]:
    """Return tables by the texts of their cells, without blanks."""
    grouped: dict[tuple[str, ...], list[str]] = {}
    for table in tables:
        texts = (unescape(re.sub(r"<[^>]*>", "", one)) for one in cell.findall(table))
        cells = tuple("".join(text.split()) for text in texts)
        grouped.setdefault(cells, []).append(table)
    return grouped


class SlidesReport(DocxReport):
    """The figures of the report as slides: the caption as title, the finding as a note."""

    export_from_notebook = "altcred slides"
    output_mimetype = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
    template_file = Unicode("report.pptx.md.j2").tag(config=True, affects_template=True)
    options = ("--slide-level=2",)

    @default("file_extension")
    def _extension(self) -> str:
        return ".pptx"

    def _look(self, default: bytes, study: Any) -> bytes:
        return style_slides(default)

    def _write(self, text: str, drawn: Mapping[str, bytes], resources: Any) -> bytes:
        study = resources["study"]
        if study.mark:
            # The first slide has no caption to say so.
            told = [study.subtitle, f"{study.mark} data: not the original answers"]
            subtitle = " · ".join(filter(None, told))
            resources = {**resources, "study": study.model_copy(update={"subtitle": subtitle})}
        return name_pictures(super()._write(text, drawn, resources))
