"""The exporters `altcred-docx` and `altcred-pptx`: the report in Word, its figures as slides."""

import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from traitlets import Unicode, default

from altcred.build.common import SettleReport
from altcred.build.downloads import draw_png
from altcred.build.exporters import _ReportExporter
from altcred.build.office import name_pictures, style_document, style_slides
from altcred.build.pandoc import default_document, markdown_to_file

# Signs that may be markup.
_SIGNS = re.compile(r"([!-/:-@\[-`{-~])")


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

        def write() -> bytes:
            return self._write(text, pictures | drawn, resources)

        if store is None:
            return write(), resources
        given = (self.file_extension, text, pictures | drawn, resources["study"].model_dump_json())
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
