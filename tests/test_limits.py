"""A full disk or a limit of memory ends a step with one message and no half-written file."""

import errno
import os
from pathlib import Path

import pytest
from click.testing import CliRunner
from small_cohort import person, write_cohort

from altcred.build.console import PlainErrors
from altcred.clean.responses import FILES, build_responses
from altcred.core.engine import Engine
from altcred.core.errors import InvalidInput

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
