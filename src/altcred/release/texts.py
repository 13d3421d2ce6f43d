"""The texts of any file: those packed into it, those of a PDF, those a picture says of itself."""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from html import unescape
from pathlib import PurePosixPath

_ZIPPED = {".zip", ".whl", ".xlsx", ".docx", ".pptx"}
_LABELLED = {".sav": "read_sav", ".dta": "read_dta"}
_BINARY = {".ico", ".woff", ".woff2", ".ttf", ".otf"}
# Texts of older exports, and pictures, of which what is said of them can be read.
_ANY_LETTERS = {".csv", ".tsv", ".txt", ".md", ".html", ".svg", ".jpg", ".jpeg", ".gif", ".webp"}
# A picture or a font within a page.
_EMBEDDED = re.compile(r"data:[\w/+.-]+(?:;[\w=-]+)*;base64,[A-Za-z0-9+/=\s]+")
# No file within a file is larger than this, nor packed deeper.
_LARGEST, _DEEPEST = 2**30, 4


def read_texts(name: str, content: bytes, depth: int = 0) -> Iterator[tuple[str, str]]:
    """Yield where in a file a text stands, and the text."""
    ending = PurePosixPath(name).suffix.lower()
    if ending in _ZIPPED and depth < _DEEPEST:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if archive.comment:
                yield f"{name}, comment", archive.comment.decode(errors="replace")
            for member in archive.infolist():
                if member.file_size <= _LARGEST and not member.is_dir():
                    inside = f"{name}, {member.filename}"
                    yield inside, member.filename
                    yield from read_texts(inside, archive.read(member), depth + 1)
    elif ending == ".pdf":
        yield from _read_pdf(name, content)
    elif ending == ".png":
        yield from _read_png(name, content)
    elif ending in _LABELLED:
        yield from _read_labelled(name, content, _LABELLED[ending])
    elif ending not in _BINARY:
        text = _EMBEDDED.sub("", _decode(ending, content))
        yield name, text
        if (spelled := _spell_out(text, depth > 0)) != text:
            yield name, spelled


def _decode(ending: str, content: bytes) -> str:
    """Return the text of a file; ValueError where it is none, so that nobody can look into it."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig").replace("\x00", "")
    except UnicodeDecodeError:
        if ending not in _ANY_LETTERS:
            raise
        return content.decode("latin-1").replace("\x00", "")


def _spell_out(text: str, is_packed: bool) -> str:
    """Return a text without what parts words and stands for signs in pages, documents and JSON."""
    if is_packed and text.startswith("<?xml"):
        text = re.sub(r"</(?:w:p|a:p|si|row)>", "\n", text)
        text = unescape(re.sub(r"<[^<>]+>", "", text))
    if "&#" in text or "&commat;" in text or "&period;" in text:
        text = unescape(text)
    text = re.sub(r"\\u00([0-7][0-9a-fA-F])", lambda found: chr(int(found[1], 16)), text)
    return re.sub(r"%(2[BDEbde]|40)", lambda found: chr(int(found[1], 16)), text)


def read_rows(text: str) -> Iterator[list[str]]:
    """Yield the rows of a CSV text."""
    yield from csv.reader(io.StringIO(text))


def _read_pdf(name: str, content: bytes) -> Iterator[tuple[str, str]]:
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(content))
    about = [str(one) for one in (reader.metadata or {}).values()]
    metadata = reader.xmp_metadata
    yield f"{name}, properties", "\n".join([*about, metadata.stream.get_data().decode(
        errors="replace") if metadata is not None else ""])  # fmt: skip
    for file, versions in reader.attachments.items():
        for one in versions:
            yield from read_texts(f"{name}, {file}", one, 1)
    for number, page in enumerate(reader.pages, start=1):
        notes = [str(one.get_object().get("/Contents", "")) for one in page.get("/Annots") or []]
        yield f"{name}, page {number}", "\n".join([page.extract_text(), *notes])


def _read_png(name: str, content: bytes) -> Iterator[tuple[str, str]]:
    """Yield what a picture says beside its dots."""
    at = 8
    while at + 8 <= len(content):
        length = int.from_bytes(content[at : at + 4], "big")
        kind, data = content[at + 4 : at + 8], content[at + 8 : at + 8 + length]
        if kind in (b"tEXt", b"iTXt", b"zTXt", b"eXIf"):
            text = data.decode("latin-1")
            for packed in re.finditer(rb"\x00\x78[\x01\x5e\x9c\xda]", data):
                try:
                    text += zlib.decompress(data[packed.start() + 1 :]).decode(errors="replace")
                except zlib.error:
                    continue
            yield f"{name}, {kind.decode()}", text
        at += 12 + length
    if at < len(content):
        yield f"{name}, behind the picture", content[at:].decode(errors="replace")


def _read_labelled(name: str, content: bytes, function: str) -> Iterator[tuple[str, str]]:
    import tempfile
    from pathlib import Path

    import pyreadstat

    with tempfile.TemporaryDirectory(prefix="altcred-") as folder:
        path = Path(folder, f"file{PurePosixPath(name).suffix}")
        path.write_bytes(content)
        frame, meta = getattr(pyreadstat, function)(path, disable_datetime_conversion=True)
    labels = [str(one) for known in meta.variable_value_labels.values() for one in known.values()]
    about = [meta.file_label, *meta.notes, *meta.column_names, *map(str, meta.column_labels)]
    yield f"{name}, labels", "\n".join(map(str, [*about, *labels]))
    for column in frame.columns:
        if frame[column].dtype.kind not in "fiu":
            yield f"{name}, {column}", "\n".join(map(str, frame[column].dropna()))
