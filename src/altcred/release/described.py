"""What describes a release: an RO-Crate, Table Schemas, how it is cited, checksums."""

import datetime
import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from altcred.describe.study import Study
from altcred.release.numbers import FIELDS
from altcred.release.surveys import Field, Survey

# Licences that authors name in words, by what identifies them to machines.
_LICENCES = {
    "cc0": ("CC0-1.0", "https://creativecommons.org/publicdomain/zero/1.0/"),
    **{
        f"cc{kind}{number}": (
            f"CC-{kind.upper()}-{number}",
            f"https://creativecommons.org/licenses/{kind}/{number}/",
        )
        for kind in ("by", "by-sa", "by-nc", "by-nd", "by-nc-sa", "by-nc-nd")
        for number in ("3.0", "4.0")
    },
    "mit": ("MIT", "https://opensource.org/license/mit"),
    "odbl1.0": ("ODbL-1.0", "https://opendatacommons.org/licenses/odbl/1-0/"),
    "opendatabaselicense1.0": ("ODbL-1.0", "https://opendatacommons.org/licenses/odbl/1-0/"),
}
_TYPES = {
    ".csv": "text/csv", ".dta": "application/x-stata-dta", ".sav": "application/x-spss-sav",
    ".html": "text/html", ".pdf": "application/pdf", ".png": "image/png", ".svg": "image/svg+xml",
    ".json": "application/json", ".md": "text/markdown", ".xml": "application/xml",
    ".yaml": "application/yaml", ".yml": "application/yaml", ".cff": "application/yaml",
    ".ipynb": "application/x-ipynb+json", ".zip": "application/zip", ".whl": "application/zip",
    ".css": "text/css", ".js": "text/javascript",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}  # fmt: skip
CRATE, CHECKSUMS, PACKAGE, CITATION = (
    "ro-crate-metadata.json", "SHA256SUMS", "datapackage.json", "CITATION.cff",
)  # fmt: skip


def find_licence(text: str) -> tuple[str, str]:
    """Return the SPDX name and the address of a licence; empty where the words name none known."""
    plain = re.sub(r"(?i)creative\s*commons\s*(attribution)?", "cc by", text)
    plain = re.sub(r"[\s]|(?i:international|licen[cs]e)$", "", plain).casefold()
    plain = re.sub(r"^cc-?", "cc", plain).replace("-4.0", "4.0").replace("-3.0", "3.0")
    return _LICENCES.get(plain, ("", ""))


def list_files(folder: Path) -> list[str]:
    """Return the files of a release by their paths within it, in a fixed order."""
    found = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return sorted(found)


# Table Schemas ---------------------------------------------------------------------------------


def write_package(
    study: Study, surveys: Sequence[Survey], files: Mapping[str, str], folder: Path, note: str
) -> None:
    """Write datapackage.json: a Table Schema for the data and for each file of numbers.

    `files` are further CSV files by their paths, with what each holds.
    """
    known = {"profile": "tabular-data-resource", "encoding": "utf-8"}
    resources = [
        {
            "name": f"data-{_slug(one.wave)}",
            "path": f"data/{one.wave}.csv",
            "title": one.label,
            **known,
            "schema": {
                "fields": [_describe_field(field, one) for field in one.fields],
                "missingValues": ["", *map(str, one.missing)],
                "primaryKey": ["response_id"],
            },
        }
        for one in surveys
    ]
    resources += [
        {
            "name": _slug(path.removesuffix(".csv")),
            "path": path,
            "title": title,
            **known,
            "schema": {"fields": _guess_fields(folder / path), "missingValues": [""]},
        }
        for path, title in files.items()
    ]
    name, address = find_licence(study.license)
    licences = [{"name": name, "path": address, "title": study.license}] if name else []
    described = {
        "profile": "tabular-data-package", "name": _slug(study.name), "title": study.title,
        "description": note,
        **({"homepage": study.url} if study.url else {}),
        **({"licenses": licences} if licences else {}),
        **({"keywords": study.keywords} if study.keywords else {}),
        "contributors": [{"title": author, "role": "author"} for author in study.authors],
        "resources": resources,
    }  # fmt: skip
    if not study.authors:
        del described["contributors"]
    _write_json(folder / PACKAGE, described)


def _describe_field(field: Field, survey: Survey) -> dict[str, Any]:
    forms = {"code": "integer", "day": "date", "moment": "datetime", "text": "string"}
    values = survey.frame[field.name]
    whole = field.form == "number" and bool((values % 1 == 0).all())
    described: dict[str, Any] = {
        "name": field.name,
        "title": field.label,
        "type": forms.get(field.form, "integer" if whole else "number"),
    }
    told = [
        field.question,
        field.asked_of,
        field.note,
        f"Unit: {field.unit}." if field.unit else "",
    ]
    if any(told):
        described["description"] = " ".join(filter(None, told))
    if field.form == "code":
        described["constraints"] = {"enum": [str(code) for code in field.labels]}
        described["categories"] = [
            {"value": code, "label": label} for code, label in field.labels.items()
        ]
    return described


def _guess_fields(path: Path) -> list[dict[str, str]]:
    """Return the columns of a CSV file: numbers where every cell is one or empty."""
    import csv

    with path.open(encoding="utf-8", newline="") as file:
        heads, *rows = list(csv.reader(file))
    columns = list(zip(*rows, strict=True)) or [()] * len(heads)
    return [
        {
            "name": head,
            "type": "number" if any(column) and all(map(_is_number, column)) else "string",
            **({"description": FIELDS[head]} if head in FIELDS else {}),
        }
        for head, column in zip(heads, columns, strict=True)
    ]


def _is_number(text: str) -> bool:
    return not text or re.fullmatch(r"-?\d+(\.\d+)?([eE][+-]?\d+)?", text) is not None


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9._-]+", "-", text.casefold()).strip("-")


def _write_json(path: Path, content: Any) -> None:
    text = json.dumps(content, indent=2, ensure_ascii=False)
    path.write_text(f"{text}\n", encoding="utf-8", newline="\n")


# RO-Crate --------------------------------------------------------------------------------------


def write_crate(
    study: Study, about: Mapping[str, str], folder: Path, note: str, day: datetime.date
) -> None:
    """Write ro-crate-metadata.json, which describes every file of the folder.

    `about` says what files are, by the beginning of their paths; the longest that fits is told.
    """
    from rocrate.model.contextentity import ContextEntity
    from rocrate.model.person import Person
    from rocrate.rocrate import ROCrate

    # The version that archives read.
    crate = ROCrate(version="1.1")
    root = crate.root_dataset
    crate.name, crate.description = study.title, note
    crate.datePublished = datetime.datetime(day.year, day.month, day.day)
    root["datePublished"] = f"{day}"
    name, address = find_licence(study.license)
    told = study.license or "No licence is named: ask the authors."
    licence = {"@type": "CreativeWork", "name": name or told, "description": told}
    crate.license = crate.add(ContextEntity(crate, address or "#licence", properties=licence))
    people = [
        crate.add(Person(crate, f"#author-{place}", properties={"name": author}))
        for place, author in enumerate(study.authors, start=1)
    ]
    if people:
        root["author"] = people
    if study.keywords:
        root["keywords"] = ", ".join(study.keywords)
    if study.url:
        root["url"] = study.url
    software = {
        "@type": "SoftwareApplication", "name": "altcred", "softwareVersion": version("altcred"),
        "version": version("altcred"),
    }  # fmt: skip
    crate.add(ContextEntity(crate, "#altcred", properties=software))
    files = [
        crate.add_file(folder / path, path, properties=_describe_file(path, about, folder))
        for path in list_files(folder)
        if path not in (CRATE, CHECKSUMS)
    ]
    action = {
        "@type": "CreateAction", "name": "Release of the cohort", "endTime": f"{day}",
        "instrument": {"@id": "#altcred"}, "result": [{"@id": one.id} for one in files],
    }  # fmt: skip
    crate.add(ContextEntity(crate, "#release", properties=action))
    root["mentions"] = [{"@id": "#release"}]
    _write_json(folder / CRATE, crate.metadata.generate())


def _describe_file(path: str, about: Mapping[str, str], folder: Path) -> dict[str, Any]:
    fitting = [start for start in about if path.startswith(start)]
    told = about[max(fitting, key=len)] if fitting else "Part of the release"
    return {
        "name": path,
        "description": told,
        "encodingFormat": _TYPES.get(Path(path).suffix, "text/plain"),
        "contentSize": str((folder / path).stat().st_size),
    }


# Citation, checksums ---------------------------------------------------------------------------


def write_citation(study: Study, folder: Path, day: datetime.date) -> None:
    """Write CITATION.cff, which reference managers and repositories read."""
    import yaml

    name, _ = find_licence(study.license)
    described: dict[str, Any] = {
        "cff-version": "1.2.0",
        "message": f"Please cite: {study.citation}" if study.citation else "Please cite the study.",
        "title": study.title,
        "type": "dataset",
        "authors": [_describe_author(one) for one in study.authors]
        or [{"name": f"The authors of {study.title}"}],
        "date-released": day,
    }
    told = {"abstract": study.description, "license": name, "url": study.url}
    described |= {key: value for key, value in told.items() if value}
    if study.keywords:
        described["keywords"] = study.keywords
    text = yaml.safe_dump(described, sort_keys=False, allow_unicode=True, width=100)
    (folder / CITATION).write_text(text, encoding="utf-8", newline="\n")


def _describe_author(name: str) -> dict[str, str]:
    """Return a person whose family's name is told by a comma; any other name as it is written."""
    family, comma, given = name.partition(", ")
    return {"family-names": family, "given-names": given} if comma else {"name": name}


def write_checksums(folder: Path) -> None:
    """Write SHA256SUMS of every other file, as `sha256sum --check` reads them."""
    lines = (
        f"{hash_file(folder / path)}  {path}\n" for path in list_files(folder) if path != CHECKSUMS
    )
    (folder / CHECKSUMS).write_text("".join(lines), encoding="utf-8", newline="\n")


def hash_file(path: Path) -> str:
    """Return the SHA-256 of a file, as checksums write it."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def describe_all(lines: Iterable[tuple[str, str]]) -> str:
    """Return a Markdown table of what stands where."""
    rows = (f"| `{path}` | {text} |" for path, text in lines)
    return "\n".join(["| file or folder | what it is |", "|---|---|", *rows])
