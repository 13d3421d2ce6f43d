"""What readers take along: each picture as PNG, and each figure and table in one described file."""

import csv
import io
import json
import re
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from html import unescape
from pathlib import Path
from typing import Any

from altcred.build.store import Store, read_kept, write_kept
from altcred.build.tables import read_tables
from altcred.core.fonts import lay_fonts
from altcred.core.paths import processed_dir
from altcred.write.tables.table import Table

# Of twice the points that a drawing is wide, as sharp screens and slides show it.
DOTS_PER_INCH = 192
# A file in a zip is as old as the format, so that two builds give the same bytes.
WRITTEN = (1980, 1, 1, 0, 0, 0)


def tables_of(cell: Any) -> list[Table]:
    """Return the tables under a figure, or a table and those of its sizes and intervals."""
    report = cell.metadata.get("report")
    outputs = cell.outputs[report["kind"] == "fig" :] if report else []
    return [table for one in outputs for table in read_tables(one.data)]


def table_files(cell: Any) -> list[str]:
    """Return the name of the CSV file of each of a cell's tables."""
    names = [f"tables/{cell.metadata['report']['label']}" for _ in tables_of(cell)]
    return [f"{name}-{n}.csv" if n > 1 else f"{name}.csv" for n, name in enumerate(names, start=1)]


def draw_png(drawings: Mapping[str, bytes], store: Store | None = None) -> dict[str, bytes]:
    """Return drawings as PNG on white, by the name of their files; what is in the store as kept."""
    # Typst is given the font itself.
    style = re.compile(rb"<style>@font-face.*?</style>", re.DOTALL)
    bare = {name: style.sub(b"", drawing) for name, drawing in drawings.items()}
    places = {name: store.place("png", one) for name, one in bare.items()} if store else {}
    kept = {name: read_kept(place) for name, place in places.items()}
    drawn = {name: one for name, one in kept.items() if one is not None}
    new = [name for name in bare if name not in drawn]
    for name, one in zip(new, _draw_pages([bare[name] for name in new]), strict=True):
        drawn[name] = one
        if store:
            write_kept(places[name], one)
    return {name.replace(".svg", ".png"): drawn[name] for name in drawings}


def _draw_pages(drawings: Sequence[bytes]) -> list[bytes]:
    """Return drawings as PNG."""
    import typst

    if not drawings:
        return []
    with tempfile.TemporaryDirectory(prefix="altcred-") as folder:
        root = Path(folder)
        for number, drawing in enumerate(drawings):
            (root / f"{number}.svg").write_bytes(drawing)
        pages = "\n#pagebreak()\n".join(f'#image("{n}.svg")' for n in range(len(drawings)))
        text = f"#set page(width: auto, height: auto, margin: 0pt, fill: white)\n{pages}"
        (root / "main.typ").write_text(text, "utf-8")
        drawn = typst.compile(
            root / "main.typ", root=root, format="png", ppi=DOTS_PER_INCH, ignore_system_fonts=True,
            font_paths=[lay_fonts(root)],
        )  # fmt: skip
    return drawn if isinstance(drawn, list) else [drawn]


def find_estimates(cohort: str) -> dict[str, Path]:
    """Return the files of estimates and verdicts that lie beside a report, by their addresses."""
    folder = processed_dir(cohort)
    found = {
        f"estimates/{path.name}": path for path in sorted((folder / "estimates").glob("*.csv"))
    }
    verdicts = folder / "reproduction.csv"
    return found | ({verdicts.name: verdicts} if verdicts.is_file() else {})


def pack_all(resources: Any, store: Store | None = None) -> dict[str, bytes]:
    """Return for each figure and table of a report a zip of its files and what describes them."""
    packed = {}
    outputs = resources["outputs"]
    for page in resources["pages"]:
        for cell in page.cells:
            if cell.cell_type != "code":
                continue
            label = cell.metadata["report"]["label"]
            names = [*table_files(cell), f"figures/{label}.svg", f"figures/{label}.png"]
            files = {Path(name).name: outputs[name] for name in names if name in outputs}
            about = dict(_describe(cell, page, resources))
            pack = partial(_pack, files, about)
            given = ("zip", files, json.dumps(about))
            packed[f"files/{label}.zip"] = store.keep(pack, *given) if store else pack()
    return packed


def _describe(cell: Any, page: Any, resources: Any) -> Iterator[tuple[str, str]]:
    """Yield what is said of a figure or table, by what it is."""
    report, study = cell.metadata["report"], resources["study"]
    caption = unescape(re.sub(r"<[^>]+>", "", resources["html"][report["caption"]])).strip()
    yield "title", f"{report['number']}. {caption}"
    if report["alt"]:
        yield "description", report["alt"]
    if notes := dict.fromkeys(note for table in tables_of(cell) for note in table.notes):
        yield "notes", "\n".join(notes)
    if study.mark:
        yield "note", f"{study.mark} data. {study.mark_note}"
    if study.disclosure.rounded:
        yield "rounded", study.disclosure.rounded
    if report["published"]:
        yield "printed", f"Printed in the original as {report['published']}."
    yield "report", study.title
    yield "place", f"{page.address}#{report['label']}"
    yield from (
        (name, given) for name in ("citation", "license") if (given := getattr(study, name))
    )


def _pack(files: Mapping[str, bytes], about: Mapping[str, str]) -> bytes:
    resources = [
        {"path": name, "format": "csv", "schema": {"fields": list(_list_fields(content.decode()))}}
        for name, content in files.items()
        if name.endswith(".csv")
    ]
    described = {"profile": "tabular-data-package", **about, "resources": resources}
    lines = [about["title"], "", *(text for key, text in about.items() if key not in _IN_HEAD), ""]
    lines += ["Files", *(f"- {name}: {_WHAT[Path(name).suffix]}" for name in files)]
    lines += ["- datapackage.json: the columns of each CSV file, as a Data Package (frictionless)"]
    texts = {
        "README.txt": "\n".join(lines) + "\n",
        "datapackage.json": json.dumps(described, indent=2, ensure_ascii=False) + "\n",
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {
            **{key: text.encode() for key, text in texts.items()},
            **files,
        }.items():
            archive.writestr(zipfile.ZipInfo(name, WRITTEN), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


_IN_HEAD = {"title", "place"}
_WHAT = {
    ".csv": "numbers; shares are proportions of 1, an empty cell has no number",
    ".svg": "the picture, as large as you like",
    ".png": "the picture, for slides",
}


def _list_fields(text: str) -> Iterator[dict[str, str]]:
    """Yield the name of each column of a CSV, and whether numbers stand in it."""
    head, *rows = csv.reader(io.StringIO(text))
    for place, name in enumerate(head):
        values = [row[place] for row in rows if row[place]]
        is_number = bool(values) and all(
            re.fullmatch(r"-?[\d.]+(?:e-?\d+)?", one) for one in values
        )
        yield {"name": name, "type": "number" if is_number else "string"}
