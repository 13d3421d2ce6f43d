"""What is kept for the next report: found by all that it is made from, and never spoilt."""

import os
from pathlib import Path

import pytest

from altcred.build import store
from altcred.build.store import Store


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "report/template").mkdir(parents=True)
    (tmp_path / "report/template/report.css").write_text("a {}")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def keep(text: str = "new", given: tuple[object, ...] = ("page", "tea")) -> str:
    return Store().keep(text.encode, *given).decode()  # type: ignore[arg-type]


def test_what_was_made_is_taken_again() -> None:
    assert keep("first") == "first"
    assert keep("second") == "first"


@pytest.mark.parametrize(
    "given",
    [
        ("page", "teas"), ("pag", "etea"), ("pagetea",), ("page", "tea", ""), (["page", "tea"],),
        ("page", {"tea": b""}), ("page", {"te": b"a"}), ("page", b"tea", {}),
    ],
)  # fmt: skip
def test_what_is_made_from_anything_else_is_made_anew(given: tuple[object, ...]) -> None:
    keep("first")
    assert keep("second", given) == "second"


def test_other_code_look_or_fonts_make_it_anew(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep("first")
    (project / "report/template/report.css").write_text("b {}")
    assert keep("second") == "second"
    (project / "fonts").mkdir()
    (project / "fonts/own.ttf").touch()
    assert keep("third") == "third"
    monkeypatch.setattr(store, "hash_code", lambda: "other")
    assert keep("fourth") == "fourth"


@pytest.mark.parametrize("change", [lambda b: b[:-1], lambda b: b + b"x", lambda b: b[:5]])
def test_what_was_spoilt_is_made_anew(change: object) -> None:
    keep("first")
    (place,) = Path(store.FOLDER).iterdir()
    place.write_bytes(change(place.read_bytes()))  # type: ignore[operator]
    assert keep("second") == "second"
    assert keep("third") == "second"


def test_a_store_that_cannot_be_written_costs_only_time(project: Path) -> None:
    (project / ".build").touch()
    assert keep("first") == "first"
    assert keep("second") == "second"


def test_what_was_not_used_for_longest_is_removed() -> None:
    kept = Store()
    for second, name in enumerate("abc"):
        keep("1234", ("page", name))
        os.utime(kept.place("page", name), (second, second))
    keep("none", ("page", "a"))
    kept.tidy(2 * (32 + 4))
    assert [kept.place("page", name).exists() for name in "abc"] == [True, False, True]
