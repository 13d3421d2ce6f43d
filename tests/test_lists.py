"""The lists that a build begins with, brought back where nothing they are made from has changed."""

import json
import sys
from pathlib import Path

import pytest

from altcred import start
from altcred.start import lists
from altcred.start.lists import FOLDER, KEPT, Lists

MADE = {"02-survey.txt": "1a  altcred/kinds/money.py\n", "text-tea-02-survey.txt": "# none\n"}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a project that lists were made of, and kept."""
    for name in ("params.yaml", "cohorts/tea/study.yaml", "notebooks/02-survey.ipynb"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("1\n")
    monkeypatch.chdir(tmp_path)
    write_lists()
    Lists().keep()
    return tmp_path


def write_lists() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in MADE.items():
        (FOLDER / name).write_text(text)


def read_lists() -> dict[str, str]:
    return {path.name: path.read_text() for path in FOLDER.iterdir()}


def test_lists_are_brought_back_as_they_were(project: Path) -> None:
    kept, lost = (FOLDER / name for name in MADE)
    lost.unlink()
    (FOLDER / "of-a-former-chapter.txt").touch()
    before = kept.stat().st_mtime_ns
    assert Lists().are_restored()
    assert read_lists() == MADE
    # DVC would read it again.
    assert kept.stat().st_mtime_ns == before
    kept.write_text("spoilt")
    assert Lists().are_restored()
    assert read_lists() == MADE


@pytest.mark.parametrize(
    "name",
    [
        *("params.yaml", "cohorts/tea/study.yaml", "notebooks/02-survey.ipynb"),
        *("cohorts/tea/text/02-survey/new.md", "fonts/new.ttf", "notebooks/10-new.ipynb"),
    ],
)
def test_an_edit_has_them_made_anew(project: Path, name: str) -> None:
    (project / name).parent.mkdir(parents=True, exist_ok=True)
    (project / name).write_text("2\n")
    assert not Lists().are_restored()


def test_other_code_has_them_made_anew(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "hash_code", lambda: "other")
    assert not Lists().are_restored()


def test_what_was_kept_may_be_lost_or_spoilt(project: Path) -> None:
    for spoilt in ("{", "[]", "{}"):
        KEPT.write_text(spoilt)
        assert not Lists().are_restored()
    KEPT.unlink()
    assert not Lists().are_restored()


def test_the_command_makes_them_once(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    KEPT.unlink()
    runs: list[int] = []

    def run() -> None:
        runs.append(1)
        write_lists()
        raise SystemExit(0)

    monkeypatch.setenv("ALTCRED_WARM", "0")
    monkeypatch.setattr(start, "_run", run)
    monkeypatch.setattr(sys, "argv", ["altcred", "rooms"])
    assert [start.main(), start.main()] == [0, 0]
    assert len(runs) == 1
    assert json.loads(KEPT.read_text())["lists"] == MADE
    (project / "params.yaml").write_text("2\n")
    start.main()
    assert len(runs) == 2


def test_lists_of_a_failed_command_are_not_kept(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    KEPT.unlink()

    def fail() -> None:
        raise SystemExit(2)

    monkeypatch.setenv("ALTCRED_WARM", "0")
    monkeypatch.setattr(start, "_run", fail)
    monkeypatch.setattr(sys, "argv", ["altcred", "rooms"])
    with pytest.raises(SystemExit):
        start.main()
    assert not KEPT.exists()


@pytest.mark.parametrize(
    ("name", "is_decided"),
    [
        ("cohorts/tea/text/02-survey/age.md", True),
        ("notebooks/02-survey.ipynb", True),
        ("cohorts/tea/codebook.yaml", False),
        ("cohorts/tea/published.csv", False),
        ("params.yaml", False),
    ],
)
def test_words_and_chapters_decide_nothing_of_what_is_built(
    project: Path, name: str, is_decided: bool
) -> None:
    (project / name).parent.mkdir(parents=True, exist_ok=True)
    (project / name).write_text("2\n")
    found = Lists()
    assert (found.are_restored(), found.is_decided()) == (False, is_decided)


def test_an_edit_while_lists_are_made_keeps_none(project: Path) -> None:
    KEPT.unlink()
    found = Lists()
    (project / "params.yaml").write_text("2\n")
    found.keep()
    assert not KEPT.exists()
