"""The codebook as DDI Codebook 2.5: the study, each file, each column with its codes.

The order of the elements is that of the standard's schema, which refuses another.
"""

import datetime
import re
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from xml.etree import ElementTree as ET

from altcred.describe.study import Study
from altcred.release.labelled import write_value
from altcred.release.surveys import TICKED, Field, Survey

NAMESPACE = "ddi:codebook:2_5"
_SCHEMA = "http://www.ddialliance.org/Specification/DDI-Codebook/2.5/XMLSchema/codebook.xsd"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
# What no XML may hold.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# How a CSV file writes them.
_DATES = {"day": "YYYY-MM-DD", "moment": "YYYY-MM-DDThh:mm:ss"}


def compose_ddi(study: Study, surveys: Sequence[Survey], note: str, day: datetime.date) -> bytes:
    """Return a study's codebook as DDI; `note` says what its files are, `day` when they were made.

    A survey is the file data/WAVE.csv.
    """
    root = ET.Element(
        "codeBook",
        {
            "xmlns": NAMESPACE, "version": "2.5", "xmlns:xsi": _XSI,
            "xsi:schemaLocation": f"{NAMESPACE} {_SCHEMA}",
        },
    )  # fmt: skip
    # Elsewhere labels may be of another language than ours.
    if study.locale.startswith("en"):
        root.set("xml:lang", "en")
    _describe_document(_add(root, "docDscr"), study, day)
    _describe_study(_add(root, "stdyDscr"), study, note, day)
    for place, survey in enumerate(surveys, start=1):
        _describe_file(root, survey, f"F{place}")
    _describe_columns(_add(root, "dataDscr"), surveys)
    ET.indent(root)
    return ET.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"


def _add(parent: ET.Element, tag: str, text: str = "", /, **attributes: str) -> ET.Element:
    plain = {key: _CONTROL.sub("", value) for key, value in attributes.items()}
    made = ET.SubElement(parent, tag, plain)
    if text:
        made.text = _CONTROL.sub("", text)
    return made


def _describe_document(parent: ET.Element, study: Study, day: datetime.date) -> None:
    citation = _add(parent, "citation")
    _add(_add(citation, "titlStmt"), "titl", f"Codebook of {study.title}")
    made = _add(citation, "prodStmt")
    _add(made, "prodDate", f"{day}", date=f"{day}")
    _add(made, "software", "altcred", version=version("altcred"))


def _describe_study(parent: ET.Element, study: Study, note: str, day: datetime.date) -> None:
    citation = _add(parent, "citation")
    titles = _add(citation, "titlStmt")
    _add(titles, "titl", study.title)
    if study.subtitle:
        _add(titles, "subTitl", study.subtitle)
    _add(titles, "IDNo", study.name)
    if study.authors:
        authors = _add(citation, "rspStmt")
        for author in study.authors:
            _add(authors, "AuthEnty", author)
    made = _add(citation, "prodStmt")
    if study.license:
        _add(made, "copyright", study.license)
    _add(made, "prodDate", f"{day}", date=f"{day}")
    if study.citation:
        _add(citation, "biblCit", study.citation)
    if study.url:
        _add(citation, "holdings", URI=study.url)
    info = _add(parent, "stdyInfo")
    if study.keywords:
        subject = _add(info, "subject")
        for word in study.keywords:
            _add(subject, "keyword", word)
    _add(info, "abstract", " ".join(filter(None, (study.question, study.description, note))))
    summary = _add(info, "sumDscr")
    for name, wave in study.waves.items():
        if wave.collected:
            _add(summary, "collDate", wave.collected, cycle=name)
    _add(summary, "anlyUnit", "Individual")
    people = dict.fromkeys(wave.people for wave in study.waves.values())
    _add(summary, "universe", ", ".join(people))
    _add(summary, "dataKind", "survey data")
    access = _add(_add(parent, "dataAccs"), "useStmt")
    if study.citation:
        _add(access, "citReq", f"Please cite: {study.citation}")
    if study.license:
        _add(access, "conditions", study.license)
    _add(access, "disclaimer", note)


def _describe_file(root: ET.Element, survey: Survey, id: str) -> None:
    about = _add(root, "fileDscr", ID=id, URI=f"data/{survey.wave}.csv")
    text = _add(about, "fileTxt")
    _add(text, "fileName", f"{survey.wave}.csv")
    _add(text, "fileCont", survey.label)
    size = _add(text, "dimensns")
    _add(size, "caseQnty", str(len(survey.frame)))
    _add(size, "varQnty", str(len(survey.fields)))
    _add(text, "fileType", "text/csv")
    told = "; ".join(f"{code} {reason.lower()}" for code, reason in survey.missing.items())
    _add(text, "dataMsng", told)


def _describe_columns(parent: ET.Element, surveys: Sequence[Survey]) -> None:
    places = [
        (f"F{number}", f"V{number}-{at}", survey, one)
        for number, survey in enumerate(surveys, start=1)
        for at, one in enumerate(survey.fields, start=1)
    ]
    groups: dict[tuple[str, str], list[tuple[str, Field]]] = {}
    for file, id, _, one in places:
        if one.category:
            groups.setdefault((file, one.variable), []).append((id, one))
    for (file, variable), members in groups.items():
        is_ticked = members[0][1].labels == TICKED
        group = _add(
            parent, "varGrp", ID=f"G{file}-{variable}", name=variable,
            type="multipleResp" if is_ticked else "grid", var=" ".join(id for id, _ in members),
        )  # fmt: skip
        _add(group, "labl", members[0][1].heading)
    for file, id, survey, one in places:
        _describe_column(parent, survey, one, file, id)


def _describe_column(parent: ET.Element, survey: Survey, one: Field, file: str, id: str) -> None:
    is_number = one.form in ("number", "day", "moment")
    more = {"measUnit": one.unit} if one.unit else {}
    if one.is_weight:
        more["wgt"] = "wgt"
    about = _add(
        parent, "var", ID=id, name=one.name, files=file,
        intrvl="contin" if is_number else "discrete", **more,
    )  # fmt: skip
    _add(about, "location", fileid=file)
    _add(about, "labl", one.label)
    if one.question:
        _add(_add(about, "qstn"), "qstnLit", one.question)
    missing = {} if one.form == "text" else survey.missing
    if one.form == "number":
        values = survey.frame[one.name]
        given = values[~values.isin([*missing])]
        if len(given):
            units = "INT" if (given % 1 == 0).all() else "REAL"
            low, high = (write_value(one, end, {}) for end in (given.min(), given.max()))
            _add(_add(about, "valrng"), "range", UNITS=units, min=low, max=high)
    if missing:
        invalid = _add(about, "invalrng")
        for code in missing:
            _add(invalid, "item", VALUE=str(code))
    if one.asked_of:
        _add(about, "universe", one.asked_of)
    _list_codes(about, one.labels.items(), {})
    _list_codes(about, missing.items(), {"missing": "Y"})
    type = "character" if one.form in ("text", *_DATES) else "numeric"
    date = {"category": "date", "formatname": _DATES[one.form]} if one.form in _DATES else {}
    _add(about, "varFormat", type=type, **date)
    if one.note:
        _add(about, "notes", one.note)


def _list_codes(
    about: ET.Element, codes: Iterable[tuple[int, str]], attributes: dict[str, str]
) -> None:
    for code, label in codes:
        category = _add(about, "catgry", **attributes)
        _add(category, "catValu", str(code))
        _add(category, "labl", label)
