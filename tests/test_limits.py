"""A full disk or a limit of memory ends a step with one message and no half-written file."""

import errno
import os
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner
from small_cohort import person, write_cohort

from altcred.build.console import PlainErrors
from altcred.clean.responses import FILES, build_responses
from altcred.core.engine import Engine
from altcred.core.errors import InvalidInput
from altcred.core.limits import find_limit, read_error
from altcred.core.processes import hold_folder

FULL = Path("/dev/full")
MANY = "SELECT i, md5(CAST(i AS VARCHAR)) AS m FROM range(1000000) AS t(i) ORDER BY m"


@pytest.mark.skipif(not FULL.exists(), reason="no device that is always full")
@pytest.mark.parametrize("write", ["write_csv", "write_parquet"])
def test_a_full_disk_is_told(write):
    with pytest.raises(InvalidInput, match="disk: is full"), Engine() as engine:
        getattr(engine, write)(MANY, FULL)


def test_too_little_memory_is_told():
    with pytest.raises(InvalidInput, match="ALTCRED_MEMORY"), Engine(memory="2MB") as engine:
        engine.run(f"CREATE TABLE t AS {MANY}")


def test_a_full_folder_for_what_is_put_aside_is_told():
    engine = Engine(memory="30MB")
    engine.run("SET max_temp_directory_size='1MB'")
    with pytest.raises(InvalidInput, match="TMPDIR"), engine:
        engine.run(f"CREATE TABLE t AS {MANY}")


def test_a_step_before_that_was_not_run_is_told():
    place = "data/processed/any/one/responses.parquet"
    error = FileNotFoundError(errno.ENOENT, "No such file or directory", place)
    assert (
        str(find_limit(error))
        == f"{place}: is not there yet. Run the steps that make it: dvc repro."
    )
    with pytest.raises(InvalidInput, match=rf"^{place}: is not there yet"), Engine() as engine:
        engine.read_parquet("responses", place)


def test_other_errors_stay_as_they_are():
    with pytest.raises(ZeroDivisionError), Engine():
        raise ZeroDivisionError
    with pytest.raises(FileNotFoundError), Engine():
        raise FileNotFoundError(errno.ENOENT, "none")


def test_a_step_that_meets_a_limit_leaves_what_was_there_and_can_be_run_again(
    tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    write_cohort([person(), person(email="a@x.org")])
    build_responses("small", "begin")
    folder = Path("data/processed/small")
    before = {name: (folder / "begin" / name).read_bytes() for name in FILES}

    def fail(self, query, path):
        path.write_text("half")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(Engine, "write_csv", fail)
        with pytest.raises(InvalidInput, match="disk: is full"):
            build_responses("small", "begin")
    assert {one.name for one in folder.iterdir()} == {"begin"}
    assert {one.name: one.read_bytes() for one in (folder / "begin").iterdir()} == before
    assert build_responses("small", "begin").kept == 2


def test_the_command_line_shows_one_line():
    group = PlainErrors()

    @group.command()
    def full():
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    shown = CliRunner().invoke(group, ["full"])
    assert shown.exit_code == 2
    assert shown.output.startswith("disk: is full.")
    assert shown.output.count("\n") == 1


@pytest.mark.parametrize("number", [errno.EACCES, errno.EPERM, errno.EROFS])
def test_a_folder_that_may_not_be_written_in_is_one_line(number):
    group = PlainErrors()

    @group.command()
    def closed():
        raise OSError(number, os.strerror(number), "data/processed/small/begin")

    shown = CliRunner().invoke(group, ["closed"])
    assert shown.exit_code == 2
    assert shown.output.startswith("data/processed/small/begin: may not be opened or written.")
    assert shown.output.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("OSError", "[Errno 28] No space left on device: 'a/b.csv'", "disk: is full."),
        ("OSError", "[Errno 28] No space left on device", "disk: is full."),
        ("PermissionError", "[Errno 13] Permission denied: 'a/b.csv'", "a/b.csv: may not be"),
        ("OSError", "[Errno 30] Read-only file system: 'a'", "a: may not be"),
        ("MemoryError", "", "memory: does not suffice"),
        ("FileNotFoundError", "[Errno 2] No such file or directory: 'a'", ""),
        ("ValueError", "x", ""),
    ],
)
def test_limits_are_known_by_what_a_notebook_says_of_them(name, text, told):
    limit = find_limit(read_error(name, text))
    assert str(limit or "").startswith(told)
    assert bool(limit) == bool(told)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Job aborted: java.lang.OutOfMemoryError: Java heap space", "memory: that Java may have"),
        ("Unable to acquire 65536 bytes of memory, got 0", "memory: that Java may have"),
        ("ExecutorLostFailure (...): Command exited with code 52", "memory: that Java may have"),
        ("ExecutorLostFailure (...): worker lost", "engine: spark: lost a worker"),
        ("Checkpoint block rdd_7_0 not found! Either the executor", "engine: spark: lost a worker"),
        ("java.io.IOException: No space left on device", "disk: is full."),
        ("Division by zero", ""),
    ],
)
def test_limits_that_spark_met_are_known_by_its_text(text, told):
    limit = str(find_limit(RuntimeError(text)) or "")
    assert limit.startswith(told)
    assert bool(limit) == bool(told)


def test_a_second_build_waits_for_the_first_and_says_so(tmp_path, caplog):
    caplog.set_level("INFO")
    entered = threading.Event()

    def build() -> None:
        with hold_folder(tmp_path):
            entered.set()

    with hold_folder(tmp_path):
        second = threading.Thread(target=build)
        second.start()
        assert not entered.wait(0.3)
    assert entered.wait(5)
    second.join()
    assert [f"{tmp_path}: waits for another build that writes here"] == caplog.messages


def test_a_file_that_may_not_be_so_large_is_a_limit():
    assert "is full" in str(find_limit(OSError(errno.EFBIG, "File too large")))
