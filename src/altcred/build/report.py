"""Writes a cohort's report from its executed chapters: HTML, PDF, Word, slides, tables."""

import json
import logging
import shutil
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from altcred.core.errors import InvalidInput, Problem
from altcred.core.measures import join_measures
from altcred.core.paths import report_dir
from altcred.core.processes import begin_beside, hold_folder

logger = logging.getLogger(__name__)

# How the folder begins in which a report is made before it takes its place.
_ASIDE = ".building-"


def build_report(cohort: str) -> None:
    """Write report/COHORT from the cohort's executed notebooks.

    Writes index.html, a page a chapter, report.pdf, report.docx, report.pptx, notebooks/*.html,
    figures/*, tables/*.csv, files/*.zip, estimates/*.csv and assets/*. The pages and all that is
    shown or taken along from them are made aside, and take the place of the former report when all
    of them are there; the PDF, Word and the slides, which take longest, follow. How many chapters,
    figures and tables it has goes to the cohort's measures.json.
    Raises InvalidInput with all unknown references and labels at once, and where the estimates
    give a hidden count away.
    """
    from altcred.describe.study import load_study
    from altcred.estimate.audit import refuse_given_away

    target = report_dir(cohort)
    if (target / "report.css").exists():
        message = "holds the report's template."
        raise InvalidInput([Problem(str(target), "", message, "Rename the cohort.")])
    study = load_study(cohort)
    finish_audit = begin_beside(partial(refuse_given_away, cohort))
    logger.info("%s: setting the chapters as pages, pictures and a PDF", cohort)
    target.parent.mkdir(parents=True, exist_ok=True)
    with hold_folder(target.parent):
        # What a build that was killed has left.
        for left in target.parent.glob(f"{_ASIDE}*"):
            shutil.rmtree(left)
        with tempfile.TemporaryDirectory(prefix=_ASIDE, dir=target.parent) as aside:
            counts = write_report(study, Path(aside), target, finish_audit)
            logger.info("%s: %s", cohort, ", ".join(f"{n} {name}" for name, n in counts.items()))
    join_measures(cohort, counts)


def write_report(
    study: Any, aside: Path, target: Path, finish_audit: Callable[[], Any]
) -> dict[str, int]:
    """Write a study's report and everything beside it; return how much of what it holds.

    It is made in the folder aside, and its pages are moved to the target before the rest, when its
    estimates were found to give nothing away.
    """
    from nbconvert.writers import FilesWriter

    from altcred.build.assemble import Chapter, join_chapters, read_chapters
    from altcred.build.common import settle_chapters
    from altcred.build.documents import DocxReport, SlidesReport
    from altcred.build.downloads import draw_png, pack_all
    from altcred.build.exporters import HTMLReport, PDFReport
    from altcred.build.store import Store

    store = Store()
    chapters = read_chapters(study.name, study.waves)
    joined = settle_chapters(join_chapters(study.name, chapters), study)
    built, pdf = aside / "report", aside / "report.pdf"
    (built / "notebooks").mkdir(parents=True)
    html = HTMLReport()

    def write_pdf() -> None:
        content, _ = PDFReport().from_notebook_node(joined, {"store": store})
        pdf.write_bytes(content)

    def write_office(kind: type[DocxReport]) -> None:
        content, about = kind().from_notebook_node(joined, {"drawn": drawn, "store": store})
        (aside / f"report{about['output_extension']}").write_bytes(content)

    def write_chapters() -> None:
        about = [study.model_dump_json(), json.dumps(known, sort_keys=True)]
        for chapter in chapters:

            def set_page(chapter: Chapter = chapter) -> bytes:
                own = {"metadata": {"name": chapter.stem}, **known}
                return html.from_notebook_node(chapter.notebook, own)[0].encode()

            given = (chapter.stem, json.dumps(chapter.notebook, sort_keys=True), *about)
            page = store.keep(set_page, "chapter", *given)
            (built / f"notebooks/{chapter.stem}.html").write_bytes(page)

    finish_pdf = begin_beside(write_pdf)
    drawings = {n: one for n, one in joined.left["outputs"].items() if n.endswith(".svg")}
    # Drawn and kept there, since typst leaves threads to the process that it draws in.
    finish_drawing = begin_beside(lambda: draw_png(drawings, store))
    page, resources = html.from_notebook_node(joined, {"store": store})
    known = {key: resources[key] for key in ("references", "places", "looks")}
    known["stylesheet"] = "../assets/report.css"
    finish_chapters = begin_beside(write_chapters)
    finish_drawing()
    drawn = draw_png(drawings, store)
    finish_word = begin_beside(partial(write_office, DocxReport))
    outputs = resources["outputs"]
    outputs |= drawn
    outputs |= pack_all(resources, store)
    outputs |= {name: path.read_bytes() for name, path in resources["estimates"].items()}
    FilesWriter(build_directory=str(built)).write(page, resources, notebook_name="index")
    finish_chapters()
    finish_audit()
    if target.exists():
        target.rename(aside / "former")
    built.rename(target)
    write_office(SlidesReport)
    finish_word()
    finish_pdf()
    for path in aside.glob("report.*"):
        path.rename(target / path.name)
    store.tidy()
    return dict(resources["counts"])
