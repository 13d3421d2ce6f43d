"""Starts the description of a cohort from that of another one."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from altcred.core.errors import Problem, refuse, refuse_problems
from altcred.core.paths import cohort_dir
from altcred.describe.plan import write_plan
from altcred.describe.study import load_study

# Folders beside those of the cohorts, under cohorts/ and data/processed/.
TAKEN = {"schema", "measures", "rooms"}
# Keys of study.yaml that say what is true of one cohort only.
OWN_KEYS = ("reconstructed", "reconstruction_note", "disclosure", "series", "build", "costs")
# What a wave says of one collection: when it was, and from which day on its times count.
_COLLECTION = "collected|opened"
_VALUE = r"""(?:"[^"]*"|'[^']*'|[^,}"'\n]*)"""


def start_cohort(cohort: str, other: str, *, is_after: bool = False) -> Path:
    """Copy what describes a cohort under a new name, and plan it; return its study.yaml.

    `is_after` says that it is of the same study and comes after the other cohort: study.yaml names
    that one under `series`, keeps the limits of disclosure, and loses the dates of collection.

    InvalidInput where the name is none, or is taken, or the other cohort is not as it should be.
    """
    refuse_problems(_check_name(cohort))
    known = load_study(other)
    if is_after and not known.build:
        message = "says build: false, and a series is made of cohorts that are built."
        refuse(cohort_dir(other) / "study.yaml", "build", message, "Remove it.")
    # All else, such as texts and prices, says what is true of the other cohort only.
    source, study = cohort_dir(other), cohort_dir(cohort) / "study.yaml"
    codebook = (source / "codebook.yaml").read_bytes()
    text = (source / "study.yaml").read_text(encoding="utf-8")
    kept = {"disclosure"} if is_after and not known.reconstructed else set()
    text = _rename_study(text, cohort, [key for key in OWN_KEYS if key not in kept])
    if is_after:
        named = f"name: {cohort}\n"
        text = _leave_out_dates(text).replace(named, f"{named}series: {other}\n", 1)
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


def list_dates(cohort: str) -> list[str]:
    """Return the places of a description that still name a day, which may be another cohort's."""
    return [
        f"{path.as_posix()}, line {number}"
        for path in (cohort_dir(cohort) / name for name in ("study.yaml", "codebook.yaml"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if re.search(r"\b\d{4}-\d\d-\d\d\b", line.partition("#")[0])
    ]


def _leave_out_dates(text: str) -> str:
    """Return a study.yaml whose waves do not say when they were collected."""
    block = rf"^([ \t]+)(?:{_COLLECTION}):.*\n(?:\1[ \t]+.*\n)*"
    text = re.sub(block, "", text, flags=re.MULTILINE)
    inside = rf",[ \t\n]*(?:{_COLLECTION}):[ \t]*{_VALUE}[ \t]*(?=[,}}])"
    at_start = rf"(?<=\{{)[ \t]*(?:{_COLLECTION}):[ \t]*{_VALUE}[ \t]*,[ \t]*"
    return re.sub(at_start, "", re.sub(inside, "", text))


def _rename_study(text: str, cohort: str, left_out: Sequence[str]) -> str:
    """Return a study.yaml under a new name, of real people, and otherwise as it was.

    Disclosure control goes back to its default where it is left out, since it may be off where
    nobody is real.
    """
    own = rf"^({'|'.join(left_out)}):.*\n(?:[ \t]+.*\n|\n(?=[ \t]))*"
    text = re.sub(own, "", text, flags=re.MULTILINE)
    renamed = f"name: {cohort}\nreconstructed: false"
    return re.sub(r"^name:.*$", renamed, text, count=1, flags=re.MULTILINE)
