"""What all tests share."""

from pathlib import Path

import pytest
from hypothesis import settings

# The same examples in each run, so that a test that passed here passes elsewhere.
settings.register_profile("altcred", deadline=None, derandomize=True)
settings.load_profile("altcred")


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the root folder of the project."""
    return Path(__file__).resolve().parent.parent
