"""The folder of a stand-in: descriptions that say what it is, and its README."""

import re
import shutil
from pathlib import Path

from altcred.core.description import read_yaml
from altcred.describe.cohort import Cohort
from altcred.describe.made import STAND_IN_NOTE
from altcred.describe.new import DESCRIPTION

# What of a cohort's folder says nothing of its respondents and is needed to build its report.
_COPIED = ("chapters.yaml", "prices.yaml", "text")
_DROPPED = ("reconstructed", "reconstruction_note", "stand_in", "series")


def write_description(
    cohort: Cohort, folder: Path, names: dict[str, str], bins: dict[str, list[float]]
) -> None:
    """Write the cohort's description into a folder, marked as that of a stand-in.

    `names` are those of the files, with what they are called here; `bins` those of numbers whose
    codebook names none, since others might be chosen for the numbers of a stand-in.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name in DESCRIPTION:
        shutil.copy(cohort.folder / name, folder / name)
    for name in _COPIED:
        if (cohort.folder / name).is_dir():
            shutil.copytree(cohort.folder / name, folder / name, dirs_exist_ok=True)
        elif (cohort.folder / name).is_file():
            shutil.copy(cohort.folder / name, folder / name)
    _name_bins(folder / "codebook.yaml", bins)
    path = folder / DESCRIPTION[0]
    text = path.read_text(encoding="utf-8")
    own = rf"^({'|'.join(_DROPPED)}):.*\n(?:[ \t]+.*\n|\n(?=[ \t]))*"
    marked = re.sub(own, "", text, flags=re.MULTILINE)
    path.write_text(f"{marked.rstrip()}\nstand_in: true\n", encoding="utf-8", newline="\n")
    content = _load(path)
    is_renamed = any(name != here for name, here in names.items())
    if is_renamed or content is None or any(one in content for one in _DROPPED[:2]):
        _write_anew(path, text, names)


def _name_bins(path: Path, bins: dict[str, list[float]]) -> None:
    import yaml

    content = _load(path) or {}
    named = {one: own for one, own in (content.get("variables") or {}).items() if one in bins}
    if named:
        for one, own in named.items():
            own["bins"] = bins[one]
        written = yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
        path.write_text(written, encoding="utf-8", newline="\n")


def _load(path: Path) -> dict | None:
    try:
        content = read_yaml(path)
    except Exception:
        return None
    return content if isinstance(content, dict) else None


def _write_anew(path: Path, text: str, names: dict[str, str]) -> None:
    """Write a study.yaml again from what it says, where its text could not be edited."""
    import yaml

    path.write_text(text, encoding="utf-8")
    content = {one: value for one, value in (_load(path) or {}).items() if one not in _DROPPED}
    content["stand_in"] = True
    for wave in content["waves"].values():
        for one in [wave, *(wave.get("join") or [])]:
            one["exports"] = [names.get(name, name) for name in one["exports"]]
    written = yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
    path.write_text(written, encoding="utf-8", newline="\n")


def write_readme(cohort: Cohort, folder: Path, told: list[str], seed: int) -> None:
    """Write what a stand-in is good for and what not."""
    study = cohort.study
    tail = "\n".join(f"- {one}" for one in told)
    (folder / "README.md").write_text(
        f"""# A stand-in for the data of {study.title}

{STAND_IN_NOTE}

It was made by `altcred stand-in {study.name} --seed {seed}` from the disclosed estimates, the
description of the study and the form of its exports. `form.json` has all that was taken of these:
headers, and how cells are written that ten respondents or more wrote alike.

## What it is good for

- Building the report and every chapter: `altcred init` in a folder, `cohorts/` and `data/raw/`
  copied into it, then `altcred plan` and `dvc repro`. Each page says that it is of a stand-in.
- Learning and teaching: exports have the columns, headers and ways of writing of the originals.
- Trying an analysis out before asking the authors to run it on the real answers.

## What it is not good for

- Any finding. Relations between questions that no estimate tells are not in it: answers that are
  only related within subgroups, panels and tests which the report does not show are drawn
  independently of each other.
- Numbers that the report hides. They are drawn as is plausible, and say nothing of the real ones.
- Free texts, which are placeholders, and codes or addresses, which are invented.

## How near it comes

{tail}

`estimates.csv` has each estimate beside that of the stand-in, `tests.csv` each test of the report,
and `not-met.csv` what is not met, with the reason.
""",
        encoding="utf-8",
        newline="\n",
    )
