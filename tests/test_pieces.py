"""Many rows are read, decoded, counted and written in pieces, and come to the same files."""

from pathlib import Path

import pytest
from small_cohort import person, write_cohort

from altcred.clean.responses import FILES, build_responses
from altcred.core.ahead import ahead

ROWS = [
    person(email=f"p{n % 7}@x.org" if n % 3 else "", ip=f"198.51.100.{n % 5}",
           born=1950 + n % 20 if n % 4 else "", comment=["Fine", "", "Good"][n % 3],
           at=f"2021-0{1 + n % 9}-01 10:00:0{n % 10}" if n % 6 else "3/14/2021 10:00")
    for n in range(41)
]  # fmt: skip


def build(folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    folder.mkdir()
    monkeypatch.chdir(folder)
    write_cohort(ROWS)
    build_responses("small", "begin")
    return [(folder / "data/processed/small/begin" / name).read_bytes() for name in FILES]


def test_pieces_come_to_the_same_files(tmp_path, monkeypatch):
    whole = build(tmp_path / "whole", monkeypatch)
    monkeypatch.setattr("altcred.clean.rows._PIECE", 7)
    monkeypatch.setattr("altcred.clean.codes._HELD", 2000)
    monkeypatch.setattr("altcred.read.lines._PART", 500)
    monkeypatch.setattr("altcred.read.export.BATCH", 12)
    assert build(tmp_path / "pieces", monkeypatch) == whole


def test_what_is_made_ahead_comes_in_its_order_and_raises_in_its_place():
    assert list(ahead(iter(range(50)))) == list(range(50))

    def fails():
        yield 1
        raise ValueError("no")

    made = ahead(fails())
    assert next(made) == 1
    with pytest.raises(ValueError, match="no"):
        next(made)
