"""Turns Markdown into HTML and typst, all texts of a page in one run of pandoc."""

import os
import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

from altcred.build.notebooks import SOURCE_DATE

# Markdown as Jupyter reads it, with pandoc's attributes, footnotes and mathematics.
_DIALECT = "commonmark_x-raw_html-emoji+raw_attribute-gfm_auto_identifiers"

# Where code of a target begins, such as `#x`{=typst}.
_RAW = re.compile(r"(?<=[`~])([ \t]*)\{(?=\s*=)")


def show_raw(text: str) -> str:
    """Return an author's text in which code for HTML, typst or Word is shown, not run."""
    return _RAW.sub(r"\1\\{", text)


def markdown_to_html(texts: Iterable[str], template: Path, *, shift: int = 0) -> dict[str, str]:
    """Return the HTML of each text by the text; the footnotes of all come under `footnotes`."""
    known = list(dict.fromkeys(text for text in texts if text))
    pieces = [f"{text}\n\n⁂piece⁂" for text in known]
    options = ["-t", "html5", "--mathml", "--wrap=none", f"--shift-heading-level-by={shift}"]
    written = run_pandoc("\n\n".join(pieces), options, template)
    *found, notes = re.split(r"(?:<p>)?⁂piece⁂(?:</p>)?", written)
    html = {text: piece.strip() for text, piece in zip(known, found, strict=True)}
    return html | {"": "", "footnotes": notes.strip()}


def markdown_to_typst(text: str, template: Path) -> str:
    """Return a Markdown text as typst."""
    return run_pandoc(text, ["-t", "typst", "--wrap=none"], template)


def markdown_to_file(text: str, kind: str, options: list[str], template: Path) -> bytes:
    """Return a Markdown text as a file of a kind that pandoc writes, the same bytes each time."""
    return _run(text, ["-t", kind, "-o", "-", *options], template)


def default_document(name: str) -> bytes:
    """Return a document that pandoc carries."""
    return _pandoc(["--print-default-data-file", name])


def run_pandoc(text: str, options: list[str], template: Path) -> str:
    """Run the pandoc that the environment carries, with the report's own filter."""
    return _run(text, options, template).decode()


def _run(text: str, options: list[str], template: Path) -> bytes:
    own = ["--from", _DIALECT, "--lua-filter", str(template / "report.lua")]
    return _pandoc([*own, *options], f"{text}\n".encode())


def _pandoc(options: list[str], given: bytes = b"") -> bytes:
    import pypandoc

    done = subprocess.run(
        [pypandoc.get_pandoc_path(), *options],
        input=given,
        capture_output=True,
        check=False,
        env=os.environ | {"SOURCE_DATE_EPOCH": SOURCE_DATE},
    )
    if done.returncode:
        raise RuntimeError(f"pandoc could not write the report: {done.stderr.decode()}")
    return done.stdout
