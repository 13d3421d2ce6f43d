"""Starts the description of a cohort from that of another one."""

import re
from collections.abc import Iterator
from pathlib import Path

from altcred.core.errors import Problem, refuse_problems
from altcred.core.paths import cohort_dir
from altcred.describe.plan import write_plan
from altcred.describe.study import load_study

# Folders beside those of the cohorts, under cohorts/ and data/processed/.
TAKEN = {"schema", "measures", "rooms"}
# Keys of study.yaml that say what is true of one cohort only.
OWN_KEYS = ("reconstructed", "reconstruction_note", "disclosure", "series", "build", "costs")


def start_cohort(cohort: str, other: str) -> Path:
    """Copy what describes a cohort under a new name, and plan it; return its study.yaml.

    InvalidInput where the name is none, or is taken, or the other cohort is not as it should be.
    """
    refuse_problems(_check_name(cohort))
    load_study(other)
    # All else, such as texts and prices, says what is true of the other cohort only.
    source, study = cohort_dir(other), cohort_dir(cohort) / "study.yaml"
    codebook = (source / "codebook.yaml").read_bytes()
    text = _rename_study((source / "study.yaml").read_text(encoding="utf-8"), cohort)
    study.parent.mkdir(parents=True)
    study.with_name("codebook.yaml").write_bytes(codebook)
    study.write_text(text, encoding="utf-8", newline="\n")
    write_plan()
    return study


def _check_name(cohort: str) -> Iterator[Problem]:
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", cohort):
        message = "is not a name of small letters, digits and single hyphens."
        yield Problem("COHORT", cohort, message, "Write it as in my-study-2024.")
    elif cohort in TAKEN or cohort_dir(cohort).exists():
        path = cohort_dir(cohort).as_posix()
        yield Problem(path, "", "the name is taken.", "Choose another name.")


def _rename_study(text: str, cohort: str) -> str:
    """Return a study.yaml under a new name, of real people, and otherwise as it was.

    Disclosure control goes back to its default, since it may be off where nobody is real.
    """
    own = rf"^({'|'.join(OWN_KEYS)}):.*\n(?:[ \t]+.*\n|\n(?=[ \t]))*"
    text = re.sub(own, "", text, flags=re.MULTILINE)
    renamed = f"name: {cohort}\nreconstructed: false"
    return re.sub(r"^name:.*$", renamed, text, count=1, flags=re.MULTILINE)
