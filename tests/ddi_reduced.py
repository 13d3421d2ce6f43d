"""DDI Codebook 2.5, reduced to the elements and attributes that `altcred release` writes.

Read off the standard's own schema, codebook.xsd of the version of 2012-01-17, whose address each
codebook.xml names: https://ddialliance.org/Specification/DDI-Codebook/2.5/. What the schema has
beside is left out, and all of it may be missing; so whatever passes here passes there. Not covered:
other elements and attributes, links and XHTML inside of texts, Dublin Core in citations, and
whether a text is true. Who writes one more element or attribute adds it here, from the schema.
"""

import re
from collections.abc import Iterator
from xml.etree import ElementTree as ET

NAMESPACE = "{ddi:codebook:2_5}"
XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
# The children of an element in their order: one, ? at most one, + at least one, * any number.
CHILDREN = {
    "codeBook": "docDscr* stdyDscr+ fileDscr* dataDscr*",
    "docDscr": "citation?",
    "stdyDscr": "citation+ stdyInfo* dataAccs*",
    "citation": "titlStmt rspStmt? prodStmt? biblCit? holdings*",
    "titlStmt": "titl subTitl* IDNo*",
    "rspStmt": "AuthEnty*",
    "prodStmt": "copyright? prodDate* software*",
    "stdyInfo": "subject* abstract* sumDscr*",
    "subject": "keyword*",
    "sumDscr": "collDate* anlyUnit* universe* dataKind*",
    "dataAccs": "useStmt*",
    "useStmt": "citReq? conditions? disclaimer?",
    "fileDscr": "fileTxt*",
    "fileTxt": "fileName? fileCont? dimensns? fileType? dataMsng?",
    "dimensns": "caseQnty* varQnty*",
    "dataDscr": "varGrp* var*",
    "varGrp": "labl*",
    "var": "location* labl* qstn* valrng* invalrng* universe* catgry* varFormat? notes*",
    "qstn": "qstnLit*",
    "valrng": "(item|range)+",
    "invalrng": "(item|range)+",
    "catgry": "catValu? labl*",
}
# These are empty, not even a blank within; whatever else is written holds text alone.
EMPTY = {"location", "item", "range"}
TEXTS = (
    "titl subTitl IDNo AuthEnty copyright prodDate software biblCit holdings keyword abstract "
    "collDate anlyUnit universe dataKind citReq conditions disclaimer fileName fileCont caseQnty "
    "varQnty fileType dataMsng labl qstnLit catValu varFormat notes"
)
# Its attributes, beside those that every element may have: ! where it must, and what they take.
EVERY = {"ID": "ID", "{http://www.w3.org/XML/1998/namespace}lang": "language"}
ATTRIBUTES = {
    "codeBook": {"version": "2.5", f"{XSI}schemaLocation": "text"},
    "prodDate": {"date": "text"},
    "software": {"date": "text", "version": "text"},
    "holdings": {"URI": "text"},
    "collDate": {"date": "text", "event": "start|end|single", "cycle": "text"},
    "fileDscr": {"URI": "text"},
    "varGrp": {
        "type": "section|multipleResp|grid|display|repetition|subject|version|iteration|analysis|"
        "pragmatic|record|file|randomized|other",
        "var": "IDREFS",
        "name": "text",
    },
    "var": {
        "name!": "text",
        "wgt": "wgt|not-wgt",
        "files": "IDREFS",
        "intrvl": "contin|discrete",
        "measUnit": "text",
    },
    "location": {"fileid": "IDREF"},
    "range": {"UNITS": "INT|REAL", "min": "text", "max": "text"},
    "item": {"UNITS": "INT|REAL", "VALUE!": "text"},
    "catgry": {"missing": "Y|N"},
    "varFormat": {
        "type": "numeric|character",
        "category": "date|time|currency|other",
        "formatname": "text",
    },
}
NCNAME = r"[^\W\d][\w.\-·]*"
TYPES = {
    "text": r"(?s:.*)",
    "ID": NCNAME,
    "IDREF": NCNAME,
    "IDREFS": rf"{NCNAME}( {NCNAME})*",
    "language": r"[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*",
}


def find_faults(content: bytes) -> list[str]:
    """Return where a codebook is otherwise than the standard has it; ParseError if it is no XML."""
    root = ET.fromstring(content)
    faults = [] if root.tag == f"{NAMESPACE}codeBook" else [f"{root.tag} is the root"]
    ids = [one.attrib["ID"] for one in root.iter() if "ID" in one.attrib]
    faults += [f"ID {one} is given twice" for one in sorted({*ids}) if ids.count(one) > 1]
    known = {*ids}
    for element in root.iter():
        name = element.tag.removeprefix(NAMESPACE)
        faults += [f"{name}: {said}" for said in _check_content(name, element)]
        faults += [f"{name}: {said}" for said in _check_attributes(name, element, known)]
    return faults


def _check_content(name: str, element: ET.Element) -> Iterator[str]:
    children = "".join(f"{one.tag.removeprefix(NAMESPACE)} " for one in element)
    between = [element.text or "", *(one.tail or "" for one in element)]
    if name in CHILDREN:
        model = "".join(re.sub(r"\w+", r"(?:\g<0> )", one) for one in CHILDREN[name].split())
        if not re.fullmatch(model, children):
            yield f"has {children}, not {CHILDREN[name]}"
        if "".join(between).strip():
            yield "has text between its elements"
    elif name not in EMPTY | {*TEXTS.split()}:
        yield "is not known"
    elif children or (name in EMPTY and element.text):
        yield "has content that it may not have"


def _check_attributes(name: str, element: ET.Element, ids: set[str]) -> Iterator[str]:
    told = ATTRIBUTES.get(name, {})
    known = EVERY | {key.removesuffix("!"): form for key, form in told.items()}
    for key in told:
        if key.endswith("!") and key[:-1] not in element.attrib:
            yield f"lacks {key[:-1]}"
    for key, value in element.attrib.items():
        form = known.get(key, "")
        if not form or not re.fullmatch(TYPES.get(form, form), value):
            yield f"has {key}={value!r}, not {form or 'known'}"
        elif form in ("IDREF", "IDREFS") and not {*value.split()} <= ids:
            yield f"has {key}={value!r}, which names nothing"
