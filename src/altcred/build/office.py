"""Gives the documents and slides that pandoc writes the report's look.

Pandoc takes the look from a document: this is its own with other styles, a page of A4, and what
heads and ends each page.
"""

import re
import zipfile
from collections.abc import Callable, Mapping
from html import escape
from io import BytesIO
from types import MappingProxyType
from typing import Any

_ACCENT = "1C4F72"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_SPACES = (
    f'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="{_OFFICE}"'
)
# What of pandoc's own styles is set anew: the letters, colours and rules are those of a report.
_STYLES = (
    (r'<w:sz w:val="24" />', '<w:sz w:val="21" />'),
    (r'w:val="en-US"', 'w:val="en-GB"'),
    (r'w:val="0F4761"\s+w:themeColor="accent1"(\s+w:themeShade="BF")?', f'w:val="{_ACCENT}"'),
    (r'<w:color\s+w:val="4F81BD"\s+w:themeColor="accent1" />',
     f'<w:color w:val="{_ACCENT}" /><w:u w:val="single" />'),
    (r'w:before="180" w:after="180"', 'w:before="60" w:after="100" w:line="264" w:lineRule="auto"'),
    (r'<w:jc w:val="center" />', ""),
    # Sizes of letters in half points: of the title, and of headings of three levels.
    *((f'(w:styleId="{name}">.*?)<w:sz w:val="[0-9]+" />', rf'\g<1><w:sz w:val="{size}" />')
      for name, size in (("Title", 44), ("Heading1", 32), ("Heading2", 26), ("Heading3", 22))),
    (r'(w:styleId="Caption">.*?)<w:i />', r'\1<w:sz w:val="18" />'),
    # Tables have rules above, below and under their heads, and smaller letters.
    (r'(w:styleId="Table">.*?)<w:tblPr>(.*?<w:tblInd[^>]*>)',
     r'\1<w:rPr><w:sz w:val="17" /></w:rPr><w:tblPr>\2<w:tblBorders>'
     '<w:top w:val="single" w:sz="8" /><w:bottom w:val="single" w:sz="8" /></w:tblBorders>'),
    ("</w:styles>",
     '<w:style w:type="paragraph" w:customStyle="1" w:styleId="Note"><w:name w:val="Note" />'
     '<w:basedOn w:val="BodyText" /><w:pPr><w:pBdr>'
     f'<w:left w:val="single" w:sz="18" w:space="8" w:color="{_ACCENT}" /></w:pBdr>'
     '<w:shd w:val="clear" w:color="auto" w:fill="F4F7F9" /></w:pPr></w:style>'
     '<w:style w:type="paragraph" w:customStyle="1" w:styleId="TableNote">'
     '<w:name w:val="Table Note" /><w:basedOn w:val="BodyText" /><w:pPr>'
     '<w:spacing w:before="20" w:after="20" /></w:pPr>'
     '<w:rPr><w:color w:val="59646E" /><w:sz w:val="16" /></w:rPr></w:style>'
     '<w:style w:type="character" w:customStyle="1" w:styleId="DataNote">'
     '<w:name w:val="Data Note" /><w:rPr><w:i /><w:color w:val="8A4B08" /></w:rPr></w:style>'
     "</w:styles>"),
)  # fmt: skip


def style_document(default: bytes, study: Any) -> bytes:
    """Return pandoc's own reference document with the report's styles, head and foot."""
    label = f"{study.mark} data: not the original answers" if study.mark else ""
    parts = {
        "header": _paragraph(study.title, label),
        "footer": _paragraph(study.name, field="PAGE"),
    }
    types = (
        f'<Override PartName="/word/{part}1.xml" ContentType="{_TYPE}.{part}+xml" />'
        for part in parts
    )
    relations = (
        f'<Relationship Type="{_OFFICE}/{part}" Id="{part}1" Target="{part}1.xml" />'
        for part in parts
    )
    changes = {
        "word/styles.xml": _restyle,
        "word/document.xml": _set_page,
        "[Content_Types].xml": lambda text: text.replace("</Types>", "".join((*types, "</Types>"))),
        "word/_rels/document.xml.rels": lambda text: text.replace(
            "</Relationships>", "".join((*relations, "</Relationships>"))
        ),
    }
    tags = {"header": "hdr", "footer": "ftr"}
    added = {
        f"word/{part}1.xml": f"<w:{tags[part]} {_SPACES}>{paragraph}</w:{tags[part]}>"
        for part, paragraph in parts.items()
    }
    return _rewrite(default, changes, added)


def style_slides(default: bytes) -> bytes:
    """Return pandoc's own reference slides with titles that leave room for figures."""

    def change(text: str) -> str:
        text = re.sub(r'(<p:titleStyle>.*?)algn="ctr"(.*?)sz="\d+"', r'\1algn="l"\2sz="1800"', text)
        # The title is low, and what is under it high.
        text = text.replace('y="205979"/><a:ext cx="8229600" cy="857250"',
                            'y="120000"/><a:ext cx="8229600" cy="640000"')  # fmt: skip
        return text.replace('y="1200151"/><a:ext cx="8229600" cy="3394472"',
                            'y="800000"/><a:ext cx="8229600" cy="4150000"')  # fmt: skip

    return _rewrite(default, dict.fromkeys(("ppt/slideMasters/slideMaster1.xml",), change))


def name_pictures(slides: bytes) -> bytes:
    """Return slides whose pictures are told by their words alone, without the name of a file."""
    file = re.compile(r"(&#10;|\s)*figures/[\w-]+\.png(?=\")")
    return _rewrite(slides, {"ppt/slides/slide": lambda text: file.sub("", text)})


def _rewrite(
    package: bytes,
    changes: Mapping[str, Callable[[str], str]],
    added: Mapping[str, str] = MappingProxyType({}),
) -> bytes:
    """Return a package of files with the text of some changed and some added."""
    written = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(package)) as given,
        zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for name in given.namelist():
            content = given.read(name)
            change = next((one for start, one in changes.items() if name.startswith(start)), None)
            made.writestr(zipfile.ZipInfo(name), change(content.decode()) if change else content)
        for name, text in added.items():
            made.writestr(zipfile.ZipInfo(name), text)
    return written.getvalue()


def _restyle(styles: str) -> str:
    for old, new in _STYLES:
        styles = re.sub(old, new, styles, count=0 if "themeColor" in old else 1, flags=re.S)
    return styles


def _set_page(document: str) -> str:
    page = (
        '<w:sectPr><w:headerReference w:type="default" r:id="header1" />'
        '<w:footerReference w:type="default" r:id="footer1" />'
        '<w:pgSz w:w="11906" w:h="16838" /><w:pgMar w:top="1304" w:right="1191" w:bottom="1191" '
        'w:left="1191" w:header="567" w:footer="567" w:gutter="0" /></w:sectPr>'
    )
    return re.sub(r"<w:sectPr>.*</w:sectPr>", page, document, flags=re.S)


def _paragraph(left: str, right: str = "", field: str = "") -> str:
    """Write a small paragraph, one text at the left and one, or a field, at the right."""
    look = '<w:rPr><w:color w:val="59646E" /><w:sz w:val="16" /></w:rPr>'
    runs = [f"<w:t>{escape(left, quote=False)}</w:t>", "<w:tab />"]
    runs += [f"<w:t>{escape(right, quote=False)}</w:t>"] if right else []
    number = f'<w:fldSimple w:instr="{field}"><w:r>{look}<w:t>1</w:t></w:r></w:fldSimple>'
    return (
        '<w:p><w:pPr><w:tabs><w:tab w:val="right" w:pos="9520" /></w:tabs></w:pPr>'
        f"{''.join(f'<w:r>{look}{run}</w:r>' for run in runs)}{number if field else ''}</w:p>"
    )
