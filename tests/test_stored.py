"""Exports that are folders of files, Parquet files, and files that lie where Spark can read."""

import csv
import datetime
import shutil
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from far_files import serve_folder

from altcred.clean.responses import build_responses
from altcred.core.errors import InvalidInput
from altcred.core.paths import wave_dir


@pytest.fixture(autouse=True)
def in_own_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ALTCRED_KEYS", str(tmp_path.parent / f"{tmp_path.name}-keys"))


ANSWERS = """
variables:
  town: {label: Town, kind: single, question: {may: Town}, categories: {old: Old, new: New}}
  rent: {label: Rent, kind: number, question: {may: Rent}}
"""


def write_towns(exports: str) -> None:
    Path("cohorts/towns").mkdir(parents=True, exist_ok=True)
    Path("cohorts/towns/codebook.yaml").write_text(ANSWERS)
    Path("cohorts/towns/study.yaml").write_text(
        f"name: towns\ntitle: Towns\nwaves:\n  may: {{label: May, exports: [{exports}], "
        "submitted: When, status: null, email: Mail}\n"
    )


def write_parts(folder: Path, is_parquet: bool) -> None:
    """Write a folder of two files as Spark writes them."""
    folder.mkdir(parents=True)
    (folder / "_SUCCESS").touch()
    times = [datetime.datetime(2021, 5, day, 12, 30) for day in (1, 2, 3)]
    for part, rents in enumerate(([500.0, None, 2.5], [12.0, 13.0, 7.0])):
        table = pa.table({
            "When": pa.array(times, pa.timestamp("us")),
            "Mail": [f"p{part}{at}@example.org" for at in range(3)],
            "Town": pa.array(["Old", "New", None]).dictionary_encode(),
            "Rent": rents,
        })  # fmt: skip
        if is_parquet:
            pq.write_table(table, folder / f"part-{part}.parquet")
            continue
        with (folder / f"part-{part}.csv").open("w", newline="") as file:
            lines = zip(*table.to_pydict().values(), strict=True)
            rows = [[*more, "" if rent is None else f"{rent:g}"] for *more, rent in lines]
            csv.writer(file).writerows([table.column_names, *rows])


def build_towns() -> tuple[bytes, ...]:
    build_responses("towns", "may")
    folder = wave_dir("towns", "may")
    return tuple((folder / one).read_bytes() for one in ("responses.parquet", "answers.csv"))


def test_a_folder_is_read_as_its_files(tmp_path):
    found = set()
    for is_parquet in (True, False):
        folder = Path("data/raw/towns", "parquet" if is_parquet else "csv")
        write_parts(folder, is_parquet)
        write_towns(folder.name)
        found.add(build_towns())
        decisions = (wave_dir("towns", "may") / "decisions.csv").read_text().splitlines()
        row = f"part-1.{folder.name},{2 if is_parquet else 3},kept"
        assert decisions[5].startswith(row)
    assert len(found) == 1
    rents = pd.read_parquet(wave_dir("towns", "may") / "responses.parquet")["rent"]
    assert rents.dropna().tolist() == [500, 2.5, 12, 13, 7]


def test_what_a_folder_lacks_is_said():
    Path("data/raw/towns/bare").mkdir(parents=True)
    write_towns("bare")
    with pytest.raises(InvalidInput, match="no folder with files"):
        build_towns()
    write_parts(Path("data/raw/towns/one"), is_parquet=True)
    shutil.copytree("data/raw/towns/one", "data/raw/towns/two")
    write_towns("one, two")
    with pytest.raises(InvalidInput, match="called as another file"):
        build_towns()


@pytest.mark.parametrize("content", [b"PAR1", b"PAR1 and no more than that PAR1"])
def test_a_damaged_parquet_file_is_refused(content):
    Path("data/raw/towns").mkdir(parents=True)
    Path("data/raw/towns/may.parquet").write_bytes(content)
    write_towns("may.parquet")
    with pytest.raises(InvalidInput, match=r"may\.parquet: is no whole Parquet file"):
        build_towns()


@pytest.mark.spark
@pytest.mark.parametrize("is_parquet", [True, False])
def test_files_elsewhere_are_read_through_spark(tmp_path, is_parquet):
    write_parts(tmp_path / "far", is_parquet)
    shutil.copytree("far", "data/raw/towns/far")
    found = []
    for exports in ("far", (tmp_path / "far").as_uri().replace("/", "///", 1)):
        write_towns(f'"{exports}"')
        found.append(build_towns())
    assert found[0] == found[1]


@pytest.mark.spark
@pytest.mark.parametrize("is_parquet", [True, False])
def test_files_of_another_machine_are_read_over_the_network(tmp_path, is_parquet):
    folder = tmp_path / "served" / "May of 2021"
    write_parts(folder, is_parquet)
    shutil.copytree(folder, "data/raw/towns/May of 2021")
    write_towns('"May of 2021"')
    found = build_towns()
    shutil.rmtree("data/raw/towns")
    with serve_folder(tmp_path / "served") as (address, asked):
        write_towns(f'"{address}/May of 2021"')
        assert build_towns() == found
        assert {"LISTSTATUS", "OPEN"} <= {*asked}
        write_towns(f'"{address}/May"')
        with pytest.raises(InvalidInput, match="cannot be read"):
            build_towns()


@pytest.mark.spark
def test_an_address_that_leads_nowhere_is_said(tmp_path):
    write_towns(f'"file://{tmp_path}/nowhere"')
    with pytest.raises(InvalidInput, match="cannot be read"):
        build_towns()
