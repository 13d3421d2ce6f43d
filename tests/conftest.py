"""What all tests share."""

import gc
import logging
import os
from collections.abc import Generator, Mapping
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
from builds import make_once
from hypothesis import settings

if TYPE_CHECKING:
    from linkage_runs import Linked

pytest.register_assert_rewrite("linkage_runs")

# The same examples in each run, so that a test that passed here passes elsewhere.
settings.register_profile("altcred", deadline=None, derandomize=True)
settings.load_profile("altcred")

# The builds, what takes longest beside them, and what would keep one processor idle if it was last.
LONGEST = (
    *("pipeline", "two_builds", "linkage", "chapters", "people", "report", "verdicts"),
    *("release", "tutorial", "weights", "wording"),
)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Import all tests without a search for garbage, which never again looks at what stays.

    What tests leave is searched for seldom: as often as Python would it took a twelfth of the time.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(20_000, 20, 20)
        gc.enable()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with what takes longest, and leave out what runs only when it is asked for."""
    for mark in ("long", "spark"):
        if mark not in config.getoption("markexpr"):
            items[:] = [item for item in items if item.get_closest_marker(mark) is None]
    first = {f"test_{name}": place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: first.get(item.path.stem, len(first)))


@pytest.fixture(autouse=True)
def logging_as_imported() -> None:
    """Take back how a command of a test set the messages up: this test reads them elsewhere."""
    logger = logging.getLogger("altcred")
    logger.handlers.clear()
    logger.setLevel(logging.NOTSET)
    logger.propagate = True


@pytest.fixture(autouse=True, scope="session")
def one_thread_each() -> Generator[None, None, None]:
    """Give DuckDB one thread where none is asked for, as other processors have tests of their own.

    What is built by processes of its own has as many as anywhere.
    """
    connect = duckdb.connect

    def connect_with_one(*where: str, config: Mapping[str, Any] = MappingProxyType({})) -> Any:
        return connect(*where, config={"threads": 1, **config})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("duckdb.connect", connect_with_one)
        yield


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the root folder of the project."""
    return Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder for what is made once for all processes of this run."""
    folder = tmp_path_factory.getbasetemp()
    return folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder


@pytest.fixture(scope="session")
def another_draw(root: Path, shared: Path) -> "Linked":
    """Return the reconstructed cohort at another seed than the shipped one."""
    from linkage_runs import link_cohort

    return make_once(shared / "linkage", partial(link_cohort, root))


@pytest.fixture(scope="session")
def projects(root: Path, shared: Path) -> list[Path]:
    """Return two copies of the project in which small cohorts were built."""
    from small_builds import build_twice

    return make_once(shared / "builds", partial(build_twice, root))


@pytest.fixture(scope="session")
def example_chapters(root: Path, shared: Path) -> Path:
    """Run the chapters of an example once, for tests of what is made of them."""
    from altcred.build.notebooks import run_notebook

    def run(folder: Path) -> Path:
        for source, name, parameters in (
            ("02-survey", "02-survey-begin", {"cohort": "example", "wave": "begin"}),
            ("08-summary", "08-summary", {"cohort": "example"}),
        ):
            notebook = root / "tests/fixtures/notebooks" / f"{source}.ipynb"
            run_notebook(notebook, folder / f"{name}.ipynb", parameters)
        return folder

    return make_once(shared / "executed", run)
