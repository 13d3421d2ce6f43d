"""The other engine: which is chosen, and that Spark gives the bytes that DuckDB gives.

Tests marked `spark` need Java and pyspark: `make test-spark` runs them.
"""

import csv
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import click
import pyarrow as pa
import pytest
import yaml
from click.testing import CliRunner
from sqlglot import exp, parse_one

from altcred.build.console import engine_option
from altcred.clean.responses import build_responses
from altcred.cli import main
from altcred.core import engine as engine_room
from altcred.core.cluster import check_spark, read_defaults
from altcred.core.engine import CHOSEN, Engine, open_engine, quoted
from altcred.core.errors import InvalidInput
from altcred.core.paths import processed_dir, wave_dir
from altcred.core.processes import FORKS
from altcred.core.spark import SparkEngine
from altcred.describe.cohort import open_cohort
from altcred.describe.folders import panel_folder
from altcred.estimate.linkage import estimate_linked
from altcred.estimate.store import write_estimates
from altcred.estimate.wave import estimate_wave
from altcred.estimate.weighting import compare_samples
from altcred.link.panel import match_panel

WORKERS = 2
# Seconds until a process of a cluster of this machine must be there.
PATIENCE = 120
# For tests that last seconds: a Java that compiles little, and statements that are not compiled.
JAVA = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
QUICK = f"""
# What a small machine does best with
spark.driver.extraJavaOptions = {JAVA}
spark.executor.extraJavaOptions {JAVA}
spark.driver.host localhost
spark.sql.codegen.wholeStage false
spark.sql.codegen.factoryMode NO_CODEGEN
spark.executor.memory 1g
spark.sql.shuffle.partitions 2
"""


@pytest.fixture(autouse=True)
def in_own_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ALTCRED_KEYS", str(tmp_path.parent / f"{tmp_path.name}-keys"))
    monkeypatch.delenv(CHOSEN, raising=False)


# Which engine -----------------------------------------------------------------------------------


def test_the_environment_says_more_than_the_study(monkeypatch):
    opened = []
    monkeypatch.setattr("altcred.core.spark.SparkEngine", lambda threads: opened.append(threads))
    open_engine("spark", threads=1)
    assert opened == [1]
    monkeypatch.setenv(CHOSEN, "duckdb")
    with open_engine("spark") as engine:
        assert type(engine) is Engine
    monkeypatch.setenv(CHOSEN, "polars")
    with pytest.raises(InvalidInput, match="names no engine: 'polars'"):
        open_engine()


def test_an_option_says_more_than_the_environment(monkeypatch):
    monkeypatch.setenv(CHOSEN, "duckdb")
    command = click.command()(engine_option(lambda: click.echo(os.environ[CHOSEN])))
    assert CliRunner().invoke(command, ["--engine", "spark"]).output.strip() == "spark"


@pytest.mark.parametrize("home", ["", "/nowhere"])
def test_without_java_one_line_says_so(monkeypatch, home):
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setenv("JAVA_HOME", home)
    with pytest.raises(InvalidInput) as error:
        open_engine("spark")
    assert str(error.value).count("\n") == 0
    assert "needs Java 17 or newer" in str(error.value)


def put_java(folder: Path, version: str, patch: pytest.MonkeyPatch) -> None:
    """Put a Java there that can do nothing but tell its version."""
    (folder / "bin").mkdir()
    java = folder / "bin/java"
    java.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\"' >&2\n")
    java.chmod(0o755)
    patch.setenv("JAVA_HOME", str(folder))


@pytest.mark.parametrize(("version", "there"), [("1.8.0_402", "8"), ("11.0.2", "11")])
def test_an_old_java_is_told_by_its_version(monkeypatch, tmp_path, version, there):
    put_java(tmp_path, version, monkeypatch)
    with pytest.raises(InvalidInput, match=f"needs Java 17 or newer, and there is {there}"):
        check_spark()


def test_what_spark_lacks_is_told_before_it_is_started(monkeypatch, tmp_path):
    put_java(tmp_path, "17.0.1", monkeypatch)
    # As if it were installed; without it there is none, whatever is on this machine.
    monkeypatch.setattr("importlib.util.find_spec", lambda name: name != "pyspark" or None)
    with pytest.raises(InvalidInput, match=r"needs the package pyspark.*altcred\[spark\]"):
        check_spark()
    monkeypatch.setattr("importlib.util.find_spec", lambda name: True)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        monkeypatch.setenv("SPARK_MASTER", f"spark://127.0.0.1:1,127.0.0.1:{port}")
        check_spark()
    monkeypatch.setenv("SPARK_MASTER", "spark://127.0.0.1:1")
    with pytest.raises(InvalidInput, match="needs the master spark"):
        check_spark()


def test_a_chapter_is_not_begun_without_what_spark_needs(monkeypatch):
    write_garden(12)
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    study = Path("cohorts/garden/study.yaml")
    study.write_text(f"engine: spark\n{study.read_text()}")
    for command in (["run", "02-survey", "garden", "--wave", "spring"], ["check", "garden"]):
        ran = CliRunner().invoke(main, command)
        assert (ran.exit_code, ran.output.count("needs Java 17 or newer")) == (2, 1), ran.output


def test_what_is_configured_is_left_alone(monkeypatch, tmp_path):
    (tmp_path / "spark-defaults.conf").write_text(QUICK + "\nspark.master=spark://here:7077\n")
    monkeypatch.setenv("SPARK_CONF_DIR", str(tmp_path))
    given = read_defaults()
    assert given["spark.master"] == "spark://here:7077"
    assert given["spark.driver.extraJavaOptions"].startswith("-XX:Tiered")
    assert given["spark.executor.memory"] == "1g"


# The same rows ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def configured(tmp_path_factory):
    folder = tmp_path_factory.mktemp("conf")
    (folder / "spark-defaults.conf").write_text(QUICK)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPARK_CONF_DIR", str(folder))
        patch.setenv("ALTCRED_THREADS", "2")
        yield folder


# Of a missing value Spark says that it is in no query's rows, DuckDB that it may be.
EXPRESSIONS = [
    *("i / 2", "i / 0", "-i / 0", "x / 3", "x / y", "1.5 / i", "(i + 1) / (i - 1)"),
    *("round(x, 2)", "round(-x, 2)", "round(x / 3, 6)", "round(y, 0)", "round(x * 1000, 2)"),
    *("concat('<', s, '>')", "concat(s, CAST(i AS VARCHAR))", "coalesce(s, '')", "nullif(s, 'b')"),
    *("lpad(CAST(i AS VARCHAR), 6, '0')", "s IN ('a', 'B')", "s < 'b'", "length(s)"),
    *("CAST(CAST(t AS DATE) AS TIMESTAMP) = t", "t > date_trunc('day', t)", "year(t)"),
    "date_diff('day', CAST(t AS DATE), CAST('2020-02-29 00:00:00' AS TIMESTAMP))",
    "CAST('1970-01-01' AS DATE) + CAST(i AS INTEGER)",
    "t + (t - CAST('2020-01-01 12:00:00.000001' AS TIMESTAMP))",
    "CAST(y / 7.3 AS DECIMAL(18, 15))",
    "CAST(CAST(y / 7.3 AS DECIMAL(18, 15)) * CAST(y / 7.3 AS DECIMAL(18, 15)) AS DECIMAL(18, 15))",
    "CASE WHEN s IS NULL THEN 1.0 WHEN i > 2 THEN 0.0 END",
    "2.0 * bit_count(CAST(bits AS BIT) & CAST(mask AS BIT)) / bit_count(CAST(mask AS BIT))",
    *(
        "'it''s; \\ \"x\"'",
        "s = '\\'",
        "i IS NOT NULL AND i IN (SELECT i FROM t WHERE x > 1 AND i > 0)",
        "NOT b",
        "b OR x > 2",
    ),
    *("count(*) OVER (PARTITION BY s)", "row_number() OVER (ORDER BY s, i, x, y)"),
]
SUMS = [
    *("count(*)", "count(s)", "count(DISTINCT s)", "max(s)", "min(x)", "max(t)"),
    *(
        "count(*) FILTER (WHERE b)",
        "CAST(sum(CASE WHEN b THEN 1 ELSE 0 END) AS DOUBLE)",
        "max(i) - min(i)",
    ),
    # Its sums are whole numbers of eight bytes, those of DuckDB of sixteen.
    *("CAST(sum(i) AS BIGINT)", "sum(CAST(y / 7.3 AS DECIMAL(18, 15)))"),
]


def make_rows() -> pa.Table:
    """Return rows of every type, with halves that round up or down, blanks, and no value."""
    drawn = random.Random(4)
    times = [None, "2020-02-29 23:59:59.999999", "1969-12-31 00:00:00", "2020-03-29 02:30:00"]
    size = 200
    bits = ["".join(drawn.choice("01") for _ in range(500)) for _ in range(size)]
    halves = [1.005, 2.675, 0.125, -0.375, 1e9 + 0.125, None, 0.0]
    return pa.table(
        {
            "i": pa.array([*range(-2, 5), None, *range(size - 8)], pa.int64()),
            "x": pa.array([*halves, *(drawn.random() * 9 for _ in range(size - 7))]),
            "y": pa.array(drawn.choices([0.0, 0.5, 1.5, 2.5, None], k=size)),
            "s": pa.array(
                [drawn.choice(["a", "B", "b", "é", "", "\\", None]) for _ in range(size)]
            ),
            "b": pa.array(drawn.choices([True, False, None], k=size)),
            "t": pa.array([times[at % 4] for at in range(size)]).cast(pa.timestamp("us")),
            "bits": pa.array(bits),
            "mask": pa.array(bits[::-1]),
        }
    )


@pytest.mark.spark
def test_functions_are_the_same(configured):
    found = []
    for make in (Engine, SparkEngine):
        with make() as engine:
            engine.append("t", make_rows())
            columns = ", ".join(f"{one} AS c{at}" for at, one in enumerate(EXPRESSIONS))
            rows = engine.frame(f"SELECT i, {columns} FROM t ORDER BY i, x, y, s")
            sums = ", ".join(f"{one} AS c{at}" for at, one in enumerate(SUMS))
            whole = engine.frame(f"SELECT s, {sums} FROM t GROUP BY s ORDER BY s").astype(object)
            found.append((rows, whole))
    for (ours, its), names in zip(zip(*found, strict=True), (EXPRESSIONS, SUMS), strict=True):
        for at, name in enumerate(names):
            one, other = (list(map(str, frame[f"c{at}"])) for frame in (ours, its))
            assert one == other, name
        assert list(ours.iloc[:, 0].map(str)) == list(its.iloc[:, 0].map(str))


@pytest.mark.spark
def test_tables_and_files_are_the_same(configured, tmp_path, monkeypatch):
    monkeypatch.setattr(engine_room, "BATCH", 30)
    found = []
    for make in (Engine, SparkEngine):
        with make() as engine:
            for part in (make_rows().slice(0, 50), make_rows().slice(50)):
                engine.append("read:@odd. `name`", part)
            source = quoted("read:@odd. `name`")
            engine.run(f"CREATE TABLE few AS SELECT * FROM {source} WHERE i < 5")
            engine.run(f"INSERT INTO few SELECT * FROM {source} WHERE i > 150")
            engine.run(
                f"CREATE OR REPLACE TEMP VIEW seen AS SELECT *, i + 1 AS {quoted('a:b')} FROM few"
            )
            engine.run("CREATE OR REPLACE TABLE fewer AS SELECT * FROM seen WHERE b")
            assert engine.has_table("fewer")
            assert not engine.has_table("many")
            assert engine.columns("seen")[-1] == "a:b"
            folder = tmp_path / make.__name__
            folder.mkdir()
            engine.write_parquet("SELECT * FROM seen ORDER BY i, x", folder / "a.parquet")
            engine.write_parquet("SELECT i, s FROM seen WHERE FALSE", folder / "b.parquet")
            engine.write_csv("SELECT i, s, b, t FROM seen ORDER BY i, x", folder / "c.csv")
            engine.read_csv("again", folder / "c.csv")
            engine.read_parquet("stored", folder / "a.parquet")
            told = [engine.rows("SELECT * FROM again ORDER BY 1, 2, 3, 4")]
            told.append(engine.rows("SELECT count(*), count(*), max(i), max(i) FROM seen"))
            told.append(engine.rows("SELECT max(t), count(s), min(x) FROM stored"))
            # In the order of what is not among the columns, or is called as one that is not meant.
            told.append(engine.rows("SELECT s, -i AS x FROM seen ORDER BY seen.x DESC, i + 1, s"))
            told.append(engine.rows("SELECT *, -i AS j FROM seen ORDER BY j, seen.x, 4"))
            told.append(engine.rows("SELECT DISTINCT b, s FROM seen ORDER BY s, seen.b"))
            engine.run("DROP TABLE fewer")
            assert not engine.has_table("fewer")
            found.append((told, [path.read_bytes() for path in sorted(folder.iterdir())]))
    assert found[0] == found[1]


# The same files of whole cohorts ------------------------------------------------------------------

# Those of a usual test, and those of a large cohort, which is only looked at by
# `pytest -m "spark and long"`.
PEOPLE, MANY = 120, 1_000_000
STUDY = """
name: garden
title: A garden
currency: EUR
waves:
  spring:
    label: Spring
    exports: [spring-1.csv, spring-2.csv]
    submitted: When
    timezone: Europe/Berlin
    status: null
    email: Mail
    ip: Net
    weight: Weight
    response_id: Id
    exclude: [{name: hurried, column: Seconds, below: 20}, {name: young, variable: age, below: 18}]
  autumn: {label: Autumn, exports: [autumn.csv], submitted: When, status: null, email: Mail,
           ip: Net, response_id: Id}
duplicates: {demographics: [age, beds], minimum_demographics: 2, keep: last}
subgroups: {old: {label: Older, where: {age: "[50, )"}}}
groups: [{by: owns}]
panels:
  - first: spring
    second: autumn
    rules:
      - {name: mail, keys: [email], agree: [owns]}
      - {name: spelled, keys: [beds], fuzzy: {name: 0.7}, within: {age: 1}}
      - {name: answers, keys: [owns, age, beds]}
disclosure: {minimum: 3}
"""
CODEBOOK = """
variables:
  name: {label: Name, kind: identifier, question: {spring: Name, autumn: Name}}
  owns:
    label: Owns a plot
    kind: single
    question: {spring: Owns, autumn: Owns}
    categories: {"yes": "Yes", "no": "No"}
  age: {label: Age, kind: number, question: {spring: Age, autumn: Age}, bins: [0, 40, 60]}
  beds: {label: Beds, kind: count, question: {spring: Beds, autumn: Beds}}
  spent: {label: Spent, kind: money, question: {spring: Spent, autumn: Spent}}
  grows:
    label: What grows
    kind: multiple
    separator: ";"
    question: {spring: Grows, autumn: Grows}
    asked_if: {owns: ["yes"]}
    categories: {peas: Peas, kale: Kale, leeks: Leeks}
  likes:
    label: Likes it
    kind: scale
    question: {spring: Likes, autumn: Likes}
    categories: {1: No, 2: Somewhat, 3: Much}
  digs:
    label: Digs
    kind: scale
    question: {spring: Digs, autumn: Digs}
    categories: {1: No, 2: Somewhat, 3: Much}
  joy: {label: Joy, kind: score, derive: {mean: [likes, digs]}}
  since: {label: Since, kind: date, question: {spring: Since, autumn: Since}}
  words: {label: Words, kind: text, question: {spring: Words, autumn: Words}}
"""


def write_garden(people: int = PEOPLE) -> None:
    """Write the study and its exports: repeats, shared addresses, blanks and unlikely times."""
    Path("cohorts/garden").mkdir(parents=True)
    Path("data/raw/garden").mkdir(parents=True)
    # How a million names are spelled would take most of the time, and all of it before Spark.
    study = STUDY if people < MANY else STUDY.replace("fuzzy: {name: 0.7}, ", "")
    Path("cohorts/garden/study.yaml").write_text(study)
    Path("cohorts/garden/codebook.yaml").write_text(CODEBOOK)
    drawn = random.Random(1)
    syllables = ["ma", "ri", "an", "ne", "jo", "ka", "li", "to", "ber", "sö"]
    columns = "Id When Mail Net Name Owns Age Beds Spent Grows Likes Digs Since Words Weight"
    rows, most = [], int(people / 1.2)
    for at in range(people):
        name = "".join(drawn.choices(syllables, k=4)).title()
        rows.append(
            [
                f"R{at}", f"2021-0{1 + at % 9}-1{at % 10} 0{at % 4}:{10 + at % 50}:00",
                drawn.choice([f"p{at % most}@example.org", ""]),
                f"2001:db8::{at % (people // 2):x}", name,
                drawn.choice(["Yes", "No", ""]), drawn.choice([16, 30, 45, 55.5, ""]),
                at % (people // 6), drawn.choice(["€ 500", "1.005", "", "2.675", "about 30"]),
                drawn.choice(["Peas;Kale", "Leeks", ""]), drawn.choice(["No", "Somewhat", "Much"]),
                drawn.choice(["No", "Much", ""]), drawn.choice(["2019-05-01", "", "2020-02-29"]),
                drawn.choice(["so", "", f"w{at}"]), drawn.choice([0.37, 1, 1.9, 2.6, ""]),
                drawn.choice([10, 30, 400]),
            ]
        )  # fmt: skip
    later = [[*row[:1], row[1].replace("2021", "2022"), *row[2:4], row[4][1:], *row[5:]] for row in
             rows[: people // 2]]  # fmt: skip
    half = people // 2
    for file, some in (
        ("spring-1", rows[:half]), ("spring-2", rows[half - 5 :]), ("autumn", later),
    ):  # fmt: skip
        with Path(f"data/raw/garden/{file}.csv").open("w", encoding="utf-8", newline="") as opened:
            csv.writer(opened).writerows([[*columns.split(), "Seconds"], *some])


def build(cohort: str, *, is_whole: bool = True) -> dict[str, bytes]:
    """Take a cohort through the steps that work on rows; return the files by their paths.

    Of one that is not taken as a whole, only the estimates that count people by weights are made.
    """
    shutil.rmtree(processed_dir(cohort), ignore_errors=True)
    study = open_cohort(cohort).study
    for wave in study.waves:
        build_responses(cohort, wave)
        if is_whole or study.waves[wave].weight:
            write_estimates(estimate_wave(cohort, wave), wave_dir(cohort, wave) / "estimates.csv")
    for panel in study.panels:
        waves, folder = (panel.first, panel.second), panel_folder(study, panel.first, panel.second)
        match_panel(cohort, *waves, folder=folder.name)
        if is_whole:
            write_estimates(estimate_linked(cohort, *waves)[0], folder / "estimates.csv")
            compared = compare_samples(cohort, *waves)
            write_estimates(compared, processed_dir(cohort) / "comparison/estimates.csv")
    paths = sorted(path for path in processed_dir(cohort).rglob("*") if path.is_file())
    return {path.as_posix(): path.read_bytes() for path in paths}


def copy_allotments(root: Path) -> None:
    source = root / "tests/fixtures/cohorts/allotments"
    Path("cohorts/allotments").mkdir(parents=True)
    for path in source.glob("*.yaml"):
        shutil.copy(path, "cohorts/allotments")
    shutil.copytree(source / "raw", "data/raw/allotments")


class Shuffled(Engine):
    """An engine that gives the rows of each table in another order, as Spark's workers may.

    It refuses a query of several rows whose order is not asked for: their sum may depend on it.
    """

    def run(self, statement):
        tree = parse_one(statement, read="duckdb")
        query = tree if isinstance(tree, exp.Query) else tree.expression
        if query is tree and not query.args.get("order"):
            assert isinstance(query, exp.Select), statement
            assert not query.args.get("group"), statement
            assert all(one.find(exp.AggFunc) for one in query.expressions), statement
        for table in list(query.find_all(exp.Table) if query else ()):
            mixed = exp.select("*").from_(exp.to_table(table.name, quoted=True))
            name = exp.to_identifier(table.alias_or_name, quoted=True)
            table.replace(mixed.order_by("random()").subquery(name))
        return super().run(tree.sql("duckdb"))


def test_no_file_depends_on_the_order_of_rows(monkeypatch):
    write_garden()
    # What is hidden is sought in the counts that are shown, and never in rows.
    study = Path("cohorts/garden/study.yaml")
    study.write_text(study.read_text().replace("minimum: 3", "minimum: 1"))
    # splink's own statements are run by another connection.
    monkeypatch.setattr("altcred.estimate.linkage.link_otherwise", lambda *_, **__: None)
    monkeypatch.setenv("ALTCRED_THREADS", "1")
    ours = build("garden")
    monkeypatch.setattr(engine_room, "Engine", Shuffled)
    its = build("garden")
    assert [path for path in ours if ours[path] != its[path]] == []


@pytest.mark.spark
def test_a_cohort_has_the_same_files(configured, root, monkeypatch):
    copy_allotments(root)
    # As a large cohort is, it is taken in pieces.
    monkeypatch.setattr("altcred.clean.rows._PIECE", 40)
    ours = build("allotments")
    monkeypatch.setenv(CHOSEN, "spark")
    # As in a build, where a fork would speak over this process's connection.
    monkeypatch.setenv(FORKS, "1")
    its = build("allotments")
    assert list(its) == list(ours)
    assert [path for path in ours if ours[path] != its[path]] == []


@pytest.fixture
def cluster(configured):
    """Start a master and two workers, each a process of its own; yield the master's address."""
    import pyspark

    home = Path(pyspark.__file__).parent
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"spark://localhost:{free.getsockname()[1]}"
    room = "org.apache.spark.deploy"
    environment = os.environ | {"SPARK_NO_DAEMONIZE": "1", "SPARK_HOME": str(home),
                                "SPARK_DAEMON_JAVA_OPTS": JAVA}  # fmt: skip
    _, port = address.rsplit(":", 1)
    words = [
        [f"{room}.master.Master", "--host", "localhost", "--port", port, "--webui-port", "0"],
        *[[f"{room}.worker.Worker", "--cores", "1", "--memory", "1100m", "--webui-port", "0",
           "--work-dir", str(configured / f"work-{at}"), address] for at in range(WORKERS)],
    ]  # fmt: skip
    log = configured / "cluster.txt"
    with log.open("w") as told:
        started = [
            subprocess.Popen([home / "bin/spark-class", *one], env=environment, stdout=told,
                             stderr=subprocess.STDOUT, start_new_session=True)
            for one in words
        ]  # fmt: skip
    try:
        until = time.monotonic() + PATIENCE
        while log.read_text().count("Successfully registered with master") < WORKERS:
            assert time.monotonic() < until, log.read_text()[-3000:]
            time.sleep(0.5)
        yield address
    finally:
        for process in started:
            os.killpg(process.pid, signal.SIGTERM)
        for process in started:
            process.wait(PATIENCE)


@pytest.mark.spark
@pytest.mark.parametrize("people", [PEOPLE, pytest.param(MANY, marks=pytest.mark.long)])
def test_two_workers_give_the_same_files(cluster, configured, people):
    write_garden(people)
    if people == PEOPLE:
        # All are compared on this machine alone; each costs a dozen statements more.
        codebook = yaml.safe_load(CODEBOOK)
        for name in ("likes", "digs", "joy", "since", "words"):
            del codebook["variables"][name]
        Path("cohorts/garden/codebook.yaml").write_text(yaml.safe_dump(codebook))
    ours = build("garden", is_whole=False)
    code = (
        "from test_spark import build; from altcred.core.cluster import sessions; "
        "build('garden', is_whole=False); (session,) = sessions.values(); "
        "print(len(session._jsc.sc().statusTracker().getExecutorInfos()))"
    )
    environment = os.environ | {
        "SPARK_MASTER": cluster, CHOSEN: "spark",
        "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path]),
    }  # fmt: skip
    found = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True
    )
    assert found.returncode == 0, found.stderr[-3000:]
    # The driver is counted as well. Nothing but what is printed may stand in a notebook.
    assert (found.stdout, found.stderr) == (f"{WORKERS + 1}\n", "")
    paths = sorted(path for path in processed_dir("garden").rglob("*") if path.is_file())
    assert ours == {path.as_posix(): path.read_bytes() for path in paths}
