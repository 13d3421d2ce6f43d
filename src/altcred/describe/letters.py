"""Labels whose letters no font has: a chart or the PDF would show boxes in their place."""

import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from altcred.core.errors import Problem
from altcred.core.fonts import FOLDER, find_missing
from altcred.describe.cohort import Cohort

# What is drawn or printed of a description; texts of questions and answers are read by machines.
SHOWN = {"label", "people", "plural", "question", "section", "subtitle", "title", "unit"}
MOST = 6


def check_letters(cohort: Cohort) -> Iterator[Problem]:
    """Yield each label that holds letters which no font has, once."""
    told: set[str] = set()
    for file, model in (("study.yaml", cohort.study), ("codebook.yaml", cohort.codebook)):
        for place, text in _list_labels(model.model_dump(), ()):
            missing = find_missing(text)
            if missing and text not in told:
                told.add(text)
                names = ", ".join(f"{one} ({_name(one)})" for one in missing[:MOST])
                more = " and others" if len(missing) > MOST else ""
                yield Problem(
                    str(cohort.folder / file),
                    place,
                    f"{text!r} has letters that no font here has: {names}{more}.",
                    f"Put a font that has them, a .ttf or .otf file, into the folder {FOLDER}/ of "
                    "the project, or write the label otherwise.",
                )


def _list_labels(described: Mapping[str, Any], place: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for key, value in described.items():
        here = (*place, str(key))
        if isinstance(value, Mapping):
            yield from _list_labels(value, here)
        elif isinstance(value, str) and key in SHOWN:
            yield ".".join(here), value


def _name(letter: str) -> str:
    return f"U+{ord(letter):04X} {unicodedata.name(letter, 'unnamed').lower()}"
