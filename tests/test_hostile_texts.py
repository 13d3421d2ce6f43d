"""What an author writes is text: no link runs, no code of a target passes, nothing is fetched."""

import json
from pathlib import Path

import pytest
from any_cohort import write_files
from report_project import TEMPLATE, write_project

from altcred.build.checkup import check_cohort
from altcred.build.pandoc import markdown_to_html, markdown_to_typst, show_raw

ARMED = [
    "[a](javascript:alert(1))",
    "[a](JaVaScript:alert(1))",
    "<javascript:alert(1)>",
    "[a][r]\n\n[r]: javascript:alert(1)",
    "[a](&#106;avascript:alert(1))",
    "[a](java&Tab;script:alert(1))",
    "[a](vbscript:alert(1))",
    "[a](data:text/html,x)",
    "[a](file:///etc/passwd)",
    "[a](//example.org/x)",
    "![a](https://example.org/a.png)",
    "![a](../../secret.png)",
    "![a](figures/../../secret.png)",
    "::: {onclick=alert(1)}\na\n:::",
    "[a](ok.html){onmouseover=alert(1)}",
]
CODE = ["`#panic()`{=typst}", "```{=typst}\n#panic()\n```", "~~~ {=typst}\n#panic()\n~~~"]


def test_only_links_that_lead_somewhere_are_links():
    html = markdown_to_html(ARMED, TEMPLATE)
    for text in ARMED:
        shown = html[text].replace("javascript:alert(1)</p>", "")
        assert not any(
            one in shown.lower() for one in ("script:", "data:", "file:", "<img", " on", "//")
        ), text
        assert '#link("j' not in markdown_to_typst(text, TEMPLATE)
        assert "image(" not in markdown_to_typst(text, TEMPLATE)


@pytest.mark.parametrize(
    "to", ["https://x.org", "http://x.org/a", "mailto:a@b.org", "a.html#b", "#b"]
)
def test_other_links_stay(to):
    assert f'href="{to}"' in markdown_to_html([f"[a]({to})"], TEMPLATE)[f"[a]({to})"]


@pytest.mark.parametrize("text", [*CODE, "```{=html}\n<b>x</b>\n```", "`<w:p/>`{ =openxml}"])
def test_code_for_a_target_is_shown(text):
    html = markdown_to_html([show_raw(text)], TEMPLATE)[show_raw(text)]
    assert "<code>" in html
    assert "<b>" not in html
    typst = markdown_to_typst(show_raw(text), TEMPLATE)
    assert typst.lstrip().startswith(("`", "#raw"))


def test_a_report_shows_what_its_author_wrote_as_text(example_chapters, tmp_path, monkeypatch):
    from nbconvert import get_exporter

    from altcred.build.assemble import join_chapters, read_chapters
    from altcred.describe.study import load_study

    monkeypatch.chdir(tmp_path)
    write_project(example_chapters)
    study = Path("cohorts/example/study.yaml")
    text = study.read_text()
    note = f"[a](javascript:alert(1)) {CODE[0]} ![a](https://example.org/a.png)"
    for key in ("citation", "description", "reconstruction_note"):
        text = "\n".join(
            f"{key}: {json.dumps(note)}" if line.startswith(f"{key}:") else line
            for line in text.splitlines()
        )
    study.write_text(text)
    joined = join_chapters("example", read_chapters("example", load_study("example").waves))
    for name in ("altcred-html", "altcred-pdf"):
        page, resources = get_exporter(name)().from_notebook_node(joined, {"metadata": {}})
        if name == "altcred-html":
            pages = page + "".join(
                one.decode() for file, one in resources["outputs"].items() if file.endswith("html")
            )
            assert "javascript:" not in pages
            assert "example.org/a.png" not in pages
            assert "#panic()" in pages


def test_a_picture_in_a_text_is_told_by_the_check(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    study = {
        "name": "any", "title": "Any", "citation": "![a](x.png)", "disclosure": {"minimum": 3},
        "waves": {"one": {"label": "One", "exports": ["one.csv"], "submitted": None,
                          "status": None}},
    }  # fmt: skip
    town = {"label": "Town", "kind": "single", "categories": {"a": "A", "b": "B"}}
    write_files(
        {
            "cohorts/any/study.yaml": json.dumps(study),
            "cohorts/any/codebook.yaml": json.dumps({"variables": {"town": town}}),
            "cohorts/any/text/02-survey/town.md": "Words.\n\n![a](https://example.org/a.png)\n",
            "data/raw/any/one.csv": "town\n" + "A\nB\n" * 5,
        },
        Path(),
    )
    problems = check_cohort("any")[1]
    assert [one.where for one in problems] == ["citation", "line 3"]
    assert all("picture" in one.message for one in problems)
