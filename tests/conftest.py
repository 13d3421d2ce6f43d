"""What all tests share."""

import logging
import os
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest
from hypothesis import settings
from linkage_runs import Linked, start_runs

# The same examples in each run, so that a test that passed here passes elsewhere.
settings.register_profile("altcred", deadline=None, derandomize=True)
settings.load_profile("altcred")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with what takes longest, and leave out what runs only when it is asked for."""
    for mark in ("long", "spark"):
        if mark not in config.getoption("markexpr"):
            items[:] = [item for item in items if item.get_closest_marker(mark) is None]
    first = {"test_pipeline": 0, "test_two_builds": 1, "test_linkage": 2, "test_chapters": 3}
    items.sort(key=lambda item: first.get(item.path.stem, len(first)))


@pytest.fixture(autouse=True)
def logging_of_before() -> Iterator[None]:
    """Take back how a command of a test set the messages up: the next test reads them elsewhere."""
    logger = logging.getLogger("altcred")
    handlers, level, propagate = [*logger.handlers], logger.level, logger.propagate
    yield
    logger.handlers[:] = handlers
    logger.setLevel(level)
    logger.propagate = propagate


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the root folder of the project."""
    return Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def runs(
    root: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[int | None, Future[Linked]]]:
    """Start the reconstructed cohort at the shipped seed, which is None, and at others."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent  # That of all processes of this run.
    with start_runs(root, folder / "linkage") as started:
        yield started


@pytest.fixture(scope="session")
def shipped(runs: dict[int | None, Future[Linked]]) -> Linked:
    """Return the run at the shipped seed."""
    return runs[None].result()


@pytest.fixture(scope="session")
def example_chapters(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run the chapters of an example once, for tests of what is made of them."""
    from altcred.build.notebooks import run_notebook

    folder = tmp_path_factory.mktemp("executed")
    for source, name, parameters in (
        ("02-survey", "02-survey-begin", {"cohort": "example", "wave": "begin"}),
        ("08-summary", "08-summary", {"cohort": "example"}),
    ):
        notebook = root / "tests/fixtures/notebooks" / f"{source}.ipynb"
        run_notebook(notebook, folder / f"{name}.ipynb", parameters)
    return folder
