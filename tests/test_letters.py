"""Letters of any script: set where a reader expects them, embedded, or refused by name."""

import re
import shutil
from pathlib import Path

import pytest
from matplotlib.font_manager import findfont
from small_cohort import CODEBOOK, STUDY, small_people, write_cohort

from altcred.build.checkup import check_cohort
from altcred.build.lines import set_label, set_line
from altcred.build.pictures import Pictures
from altcred.core.fonts import family_of, find_missing, register_fonts

# It lies beside the font of charts, and has a letter that that one lacks.
OTHER = Path(findfont("STIXGeneral"))


@pytest.fixture(autouse=True)
def in_own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("params.yaml").touch()


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("asked; n = 1,200.", "asked; n\u00a0=\u00a01,200."),
        ("n = k and 5 of n", "n = k and 5 of n"),
        ("38 % and 5\u202f% of 40", "38\u00a0% and 5\u00a0% of 40"),
        ("Most said “مرحبا 2” (38%).", "Most said “\u2068مرحبا 2\u2069” (38%)."),
        ("## \u2068שלום\u2069 {#sec-שלום-עולם-may}", "## \u2068שלום\u2069 {#sec-שלום-עולם-may}"),
        ("שלום עולם (n = 23)", "\u2068שלום עולם\u2069 (n\u00a0=\u00a023)"),
        ("## 1.6 שלום מ-1 עד 10 עולם?", "## 1.6 \u2068שלום מ-1 עד 10 עולם?\u2069"),
        ("one שלום, two עולם", "one \u2068שלום\u2069, two \u2068עולם\u2069"),
        ("“plain” and <b>bold</b>", "“plain” and <b>bold</b>"),
    ],
)
def test_lines_break_and_turn_where_a_reader_expects_it(text: str, wanted: str) -> None:
    assert set_line(text) == wanted
    assert set_line(wanted) == wanted


def test_a_label_by_itself_is_read_in_its_own_direction() -> None:
    assert set_label("2. مرحبا (n = 3)") == "\u20682. مرحبا (n = 3)\u2069"
    assert set_label("Yes, שלום (n = 3)") == "Yes, \u2068שלום\u2069 (n\u00a0=\u00a03)"


def test_labels_without_a_font_are_refused_by_their_letters() -> None:
    codebook = CODEBOOK.replace("label: ", "label: 日本 ", 1)
    write_cohort(small_people("begin"), small_people("end"), study=STUDY, codebook=codebook)
    _, problems = check_cohort("small")
    said = [str(one) for one in problems if "no font" in str(one)]
    assert len(said) == 1
    assert re.search(r"codebook\.yaml: variables\.\w+\.label: '日本 ", said[0])
    assert "日 (U+65E5 cjk unified ideograph-65e5), 本 (U+672C" in said[0]
    assert "fonts/" in said[0]


def test_a_font_of_the_project_is_drawn_with_and_embedded() -> None:
    letter = "\u1d8a"
    assert find_missing(letter) == letter
    Path("fonts").mkdir()
    shutil.copy(OTHER, "fonts/other.ttf")
    name = family_of(OTHER)
    assert find_missing(letter) == ""
    assert register_fonts() == ["DejaVu Sans", name]
    style = Pictures({letter}).style()
    assert f'font-family:"{name}"' in style
    assert f':root{{--own:"{name}"}}' in style
