"""What readers take along: described files that read_csv and slides take, the same each time."""

import io
import json
import zipfile
from types import SimpleNamespace
from typing import Any

import nbformat
import pandas as pd
import pytest

from altcred.build.downloads import draw_png, find_estimates, pack_all
from altcred.build.pages import Page, list_sections
from altcred.describe.disclosure import Disclosure

SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="72pt" height="36pt" viewBox="0 0 72 36">'
    b'<style>@font-face{src:url(data:font/woff;base64,AA)}</style><path d="M0 0h72v36H0z" '
    b'fill="#14507a"/><text x="5" y="20" font-family="DejaVu Sans">\xd7\x90 50%</text></svg>'
)
CSV = "answer,share,n,note\nÄpfel,0.38,1200,\nother,,7,hidden\n"


def resources() -> dict[str, Any]:
    """Return what is known of a report of one figure."""
    about = {
        "kind": "fig", "label": "fig-a", "number": "Figure 3", "caption": "Ap*p*les.",
        "alt": "38% chose apples.", "published": "Figure 12",
    }  # fmt: skip
    note = "<tfoot><tr><td colspan=2>Of all.</td></tr></tfoot>"
    table = f"<table><tr><td>apples</td><td>38%</td></tr>{note}</table>"
    outputs = [nbformat.v4.new_output("display_data", {"text/html": html}) for html in ("", table)]
    cell = nbformat.v4.new_code_cell("", outputs=outputs, metadata={"report": about})
    study = SimpleNamespace(
        title="Fruit", mark="Reconstructed", mark_note="Not real.", citation="A. (2020).",
        disclosure=Disclosure(method="round"),
        license="CC BY 4.0",
    )  # fmt: skip
    return {
        "pages": [Page("02-survey", "Fruit", [cell])],
        "study": study,
        "html": {"Ap*p*les.": "<p>Ap<em>p</em>les &amp; more.</p>"},
        "outputs": {"tables/fig-a.csv": CSV.encode(), "figures/fig-a.svg": SVG},
    }


def test_a_figure_is_packed_with_what_describes_it() -> None:
    one, other = (pack_all(resources()) for _ in range(2))
    assert one == other
    archive = zipfile.ZipFile(io.BytesIO(one["files/fig-a.zip"]))
    names = ["README.txt", "datapackage.json", "fig-a.csv", "fig-a.svg"]
    assert archive.namelist() == names
    told = archive.read("README.txt").decode()
    for words in ("Figure 3. Apples & more.", "38% chose apples.", "Reconstructed data. Not real."):
        assert words in told
    assert "\nOf all.\n" in told
    assert all(f"- {name}" in told for name in names[1:])
    described = json.loads(archive.read("datapackage.json"))
    assert described["place"] == "02-survey.html#fig-a"
    assert [
        (field["name"], field["type"]) for field in described["resources"][0]["schema"]["fields"]
    ] == [("answer", "string"), ("share", "number"), ("n", "number"), ("note", "string")]
    read = pd.read_csv(archive.open("fig-a.csv"))
    assert read["share"].dtype == float
    assert read["n"].tolist() == [1200, 7]


def test_pictures_are_drawn_for_slides() -> None:
    drawn = draw_png({"figures/a.svg": SVG, "figures/b.svg": SVG})
    assert [*drawn] == ["figures/a.png", "figures/b.png"]
    assert drawn["figures/a.png"] == drawn["figures/b.png"]
    assert drawn["figures/a.png"].startswith(b"\x89PNG")
    # Twice as many dots as points, and its letters are there.
    assert int.from_bytes(drawn["figures/a.png"][16:20]) == pytest.approx(192, abs=1)
    bare = draw_png({"c.svg": SVG.partition(b"<text")[0] + b"</svg>"})["c.png"]
    assert bare != drawn["figures/a.png"]
    assert draw_png({}) == {}


def test_estimates_and_verdicts_are_found(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "data/processed/fruit"
    (folder / "estimates").mkdir(parents=True)
    assert find_estimates("fruit") == {}
    for name in ("estimates/b.csv", "estimates/a.csv", "reproduction.csv"):
        (folder / name).touch()
    assert [*find_estimates("fruit")] == ["estimates/a.csv", "estimates/b.csv", "reproduction.csv"]


def test_each_section_can_be_found_by_its_words() -> None:
    html = (
        '<main id="report"><h1 id="sec-a">1 Fruit<a class="anchor" href="#sec-a">#</a></h1>'
        '<p>What grows.</p><figure class="figure" id="fig-a"><svg role="img" '
        'aria-label="38% apples.">x</svg><figcaption id="fig-a-caption"><p>Figure 1. Apples &amp; '
        'pears. <span class="data-note">Reconstructed data.</span></p></figcaption><details '
        'class="numbers"><summary>Numbers</summary><table><tr><th scope="row">Plum</th><td '
        'class="num">12</td></tr></table></details></figure><p>Berries follow.</p></main>'
    )
    assert [*list_sections(html, Page("p", "Fruit", []))] == [
        ("p", "sec-a", "1 Fruit", "What grows. Berries follow.", ""),
        ("p", "fig-a", "Figure 1. Apples & pears.", "38% apples. Plum", ""),
    ]
