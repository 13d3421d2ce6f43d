from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
import sqlglot
from small_cohort import STUDY, person, write_cohort

from altcred.clean.responses import build_responses
from altcred.core import engine as engine_room
from altcred.core.engine import Engine, literal, quoted
from altcred.link.panel import match_panel


@pytest.fixture(autouse=True)
def in_own_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_texts_and_names_are_quoted():
    with Engine() as engine:
        text, name = 'it\'s; \\ "x"', 'a "b" c'
        assert engine.value(f"SELECT {literal(text)} AS {quoted(name)}") == text
        engine.run(f"CREATE TABLE t AS SELECT 1 AS {quoted(name)}")
        assert engine.columns("t") == [name]
        assert engine.value(f"SELECT {literal(0.5)}") == 0.5


def test_batches_are_appended_in_their_order():
    with Engine() as engine:
        for start in (0, 3):
            engine.append("t", pa.table({"n": [start, start + 1, start + 2]}))
        assert engine.rows("SELECT n FROM t") == [(n,) for n in range(6)]
        assert engine.columns("t") == ["n"]


def test_parquet_is_the_same_bytes_whatever_the_threads(tmp_path, monkeypatch):
    monkeypatch.setattr(engine_room, "BATCH", 1000)
    contents = []
    for threads in (1, 4):
        with Engine(threads=threads) as engine:
            engine.run(
                "CREATE TABLE t AS SELECT i AS n, CAST(i % 7 AS VARCHAR) AS x, i / 3 AS y "
                "FROM range(5500) AS r(i)"
            )
            path = tmp_path / f"{threads}.parquet"
            assert engine.write_parquet("SELECT * FROM t ORDER BY n", path) == 5500
            contents.append(path.read_bytes())
    assert contents[0] == contents[1]
    assert pd.read_parquet(tmp_path / "1.parquet")["n"].tolist() == list(range(5500))


def test_a_table_without_rows_is_a_parquet_file_with_columns(tmp_path):
    with Engine() as engine:
        path = tmp_path / "empty.parquet"
        assert engine.write_parquet("SELECT 1 AS n WHERE FALSE", path) == 0
        assert list(pd.read_parquet(path).columns) == ["n"]


def test_csv_is_written_plainly(tmp_path):
    with Engine() as engine:
        path = tmp_path / "t.csv"
        query = "SELECT TRUE AS a, NULL AS b, 2 AS c, 'x, \"y\"' AS d"
        engine.write_csv(query, path)
        assert path.read_bytes() == b'a,b,c,d\ntrue,,2,"x, ""y"""\n'
        engine.read_csv("again", path)
        assert engine.rows("SELECT c, d FROM again") == [("2", 'x, "y"')]


def test_no_progress_bar_is_drawn():
    with Engine() as engine:
        assert engine.value("SELECT current_setting('enable_progress_bar')") is False


def test_nothing_is_left_behind_when_closed():
    engine = Engine(memory="100MB")
    folder = Path(engine._folder.name)
    assert folder.is_dir()
    engine.close()
    assert not folder.exists()


def test_every_statement_can_be_carried_to_spark():
    study = STUDY.replace("keep: first", "keep: last")
    ip = "198.51.100.7"
    write_cohort(
        [
            person(email="a@x.org", ip=ip, work="Employed", income=5, benefits="A raise"),
            person(email="a@x.org", ip=ip, program="Stars", benefits="A raise"),
        ],
        [person(email="a@x.org", at="2021-05-01 10:00:00", applied="Here")],
        study=study,
    )
    statements = []
    for wave in ("begin", "end"):
        with Engine() as engine:
            build_responses("small", wave, engine=engine)
            statements += engine.statements
    with Engine() as engine:
        match_panel("small", "begin", "end", engine=engine)
        statements += engine.statements
    assert len(statements) > 50
    for statement in statements:
        (carried,) = sqlglot.transpile(
            statement, read="duckdb", write="spark", unsupported_level=sqlglot.ErrorLevel.RAISE
        )
        sqlglot.parse_one(carried, read="spark")
