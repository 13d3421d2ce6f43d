"""Starts the description of a cohort: from a template, like another cohort, or after one."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from altcred.core.description import as_list, read_yaml, write_yaml
from altcred.core.errors import Problem, refuse, refuse_problems
from altcred.core.paths import cohort_dir
from altcred.describe.dependence import PROGRAM_COLUMNS
from altcred.describe.plan import write_plan
from altcred.describe.study import load_study

# Folders beside those of the cohorts, under cohorts/ and data/processed/.
TAKEN = {"schema", "measures", "rooms"}
# What somebody has yet to write in place of words that begin so.
FILL_IN = "FILL IN"
DESCRIPTION = ("study.yaml", "codebook.yaml")

# What of a study is as true of another one that is surveyed alike, and what of a wave is not.
_KEPT = ("currency", "locale", "waves", "duplicates", "panels", "comparisons", "primary")
_OF_ONE_WAVE = ("collected", "opened", "note", "program", "exclude")
# An answer such as A2 or 7, which a platform gives whatever is asked.
_CODE = re.compile(r"[A-Za-z]{0,2}-?\d{1,3}")


def start_blank(cohort: str) -> Path:
    """Write a template of the two files, and plan the cohort; return its study.yaml."""
    study, codebook = (
        Path(__file__).with_name(name).read_text(encoding="utf-8")
        for name in ("blank_study.yaml", "blank_codebook.yaml")
    )
    return _write(cohort, study.replace("COHORT", cohort), codebook)


def list_blanks(cohort: str) -> Iterator[Problem]:
    """Yield each place of a description that nobody has filled in."""
    for path in (cohort_dir(cohort) / name for name in DESCRIPTION):
        for where, text in _list_texts(read_yaml(path)):
            if text.startswith(FILL_IN):
                wanted = text.removeprefix(FILL_IN).strip() or "words of your own"
                yield Problem(str(path), where, "is still to be filled in.", f"Write {wanted}.")


def _list_texts(content: Any, where: str = "") -> Iterator[tuple[str, str]]:
    """Yield each text of a file's content with the keys that lead to it."""
    if isinstance(content, str):
        yield where, content
    entries = content.items() if isinstance(content, Mapping) else ()
    for key, value in [*entries, *(enumerate(content) if isinstance(content, list) else ())]:
        yield from _list_texts(value, f"{where}.{key}".lstrip("."))


def start_like(cohort: str, other: str) -> Path:
    """Write what of another cohort's description is no fact about it, and plan the new cohort.

    Waves and panels, labels, kinds, categories, scales, groups and sections are taken over. Left
    out are its programs, how its answers were worded, its rules, subgroups and periods, and all
    that stands in other files. InvalidInput where a name is none or taken.
    """
    load_study(other)
    study, codebook = (read_yaml(cohort_dir(other) / name) for name in DESCRIPTION)
    head = {"name": cohort, "title": f"{FILL_IN} what the report is called"}
    described = {key: study[key] for key in _KEPT if key in study}
    for wave in described["waves"].values():
        for key in _OF_ONE_WAVE:
            wave.pop(key, None)
    for panel in described.get("panels", []):
        panel.pop("note", None)
    for scale in _mappings(codebook.get("scales")):
        _keep_categories(scale)
    for entry in _mappings(codebook["variables"]):
        _keep_entry(entry, list(described["waves"]))
    told = f"# Started from the description of {other}.\n"
    return _write(cohort, told + write_yaml({**head, **described}), told + write_yaml(codebook))


def _mappings(part: Any) -> list[dict[str, Any]]:
    """Return the values of a mapping that are mappings themselves."""
    return [one for one in part.values() if isinstance(one, dict)] if isinstance(part, dict) else []


def _keep_entry(entry: dict[str, Any], waves: Sequence[str]) -> None:
    """Leave of a variable, or of an entry of several, what is no fact about one cohort."""
    entry.pop("asked_since", None)
    for key, holder in (("asked_if", entry), ("any_of", entry.get("derive"))):
        if isinstance(holder, dict) and isinstance(holder.get(key), dict):
            for name in PROGRAM_COLUMNS:
                holder[key].pop(name, None)
            if not holder[key]:
                del holder[key]
    _keep_categories(entry.get("categories"))
    for item in _mappings(entry.get("items")):
        _keep_entry(item, waves)
    asked = entry.get("question")
    if isinstance(asked, dict):
        # A question of each wave, or one of all.
        each = asked if set(asked) <= set(waves) else {"": asked}
        for question in _mappings(each):
            _keep_entry(question, waves)
            # In another file ids and names of columns may be those of other questions.
            for key in ("id", "name") if "text" in question else ():
                question.pop(key, None)
        first = next(iter(each.values()))
        if "" not in each and all(one == first for one in each.values()):
            entry["question"] = first
            if len(each) < len(waves):
                entry["waves"] = list(each)


def _keep_categories(categories: Any) -> None:
    """Leave of categories their labels and codes, and not in which words a file had them."""
    for name, category in categories.items() if isinstance(categories, dict) else ():
        if isinstance(category, dict):
            _keep_entry(category, [])
            written = category.pop("answers", [])
            codes = [one for one in as_list(written) if _CODE.fullmatch(str(one))]
            category |= {"answers": codes} if codes and not isinstance(written, dict) else {}
            categories[name] = category["label"] if list(category) == ["label"] else category


def start_after(cohort: str, other: str) -> Path:
    """Copy the description of the cohort of the same study that came before, and plan the new one.

    study.yaml names the earlier cohort under `series`, keeps the limits of disclosure where people
    were real, and loses the dates of collection. InvalidInput where a name is none or taken, or
    the other cohort is not as it should be.
    """
    known = load_study(other)
    source = cohort_dir(other)
    if not known.build:
        message = "says build: false, and a series is made of cohorts that are built."
        refuse(source / "study.yaml", "build", message, "Remove it.")
    study, codebook = ((source / name).read_text(encoding="utf-8") for name in DESCRIPTION)
    left_out = ["reconstructed", "reconstruction_note", "stand_in", "series", "build", "costs"]
    # Disclosure control may be off where nobody is real.
    left_out += ["disclosure"] if known.reconstructed else []
    own = rf"^({'|'.join(left_out)}):.*\n(?:[ \t]+.*\n|\n(?=[ \t]))*"
    study = _leave_out_dates(re.sub(own, "", study, flags=re.MULTILINE))
    named = f"name: {cohort}\nseries: {other}\nreconstructed: false"
    study = re.sub(r"^name:.*$", named, study, count=1, flags=re.MULTILINE)
    return _write(cohort, study, codebook)


def list_dates(cohort: str) -> list[str]:
    """Return the places of a description that still name a day, which may be another cohort's."""
    return [
        f"{path.as_posix()}, line {number}"
        for path in (cohort_dir(cohort) / name for name in DESCRIPTION)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if re.search(r"\b\d{4}-\d\d-\d\d\b", line.partition("#")[0])
    ]


def _leave_out_dates(text: str) -> str:
    """Return a study.yaml whose waves do not say when they were collected."""
    own, value = "collected|opened", r"""(?:"[^"]*"|'[^']*'|[^,}"'\n]*)"""
    block = rf"^([ \t]+)(?:{own}):.*\n(?:\1[ \t]+.*\n)*"
    text = re.sub(block, "", text, flags=re.MULTILINE)
    inside = rf",[ \t\n]*(?:{own}):[ \t]*{value}[ \t]*(?=[,}}])"
    at_start = rf"(?<=\{{)[ \t]*(?:{own}):[ \t]*{value}[ \t]*,[ \t]*"
    return re.sub(at_start, "", re.sub(inside, "", text))


def check_name(cohort: str) -> Iterator[Problem]:
    """Yield that a new cohort cannot be called so."""
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", cohort):
        message = "is not a name of small letters, digits and single hyphens."
        yield Problem("COHORT", cohort, message, "Write it as in my-study-2024.")
    elif cohort in TAKEN or cohort_dir(cohort).exists():
        path = cohort_dir(cohort).as_posix()
        # A draft may be made again, with other files or other words.
        remedy = "Choose another name, or remove that folder first."
        yield Problem(path, "", "the name is taken.", remedy)


def _write(cohort: str, study: str, codebook: str) -> Path:
    """Write the two files of a new cohort, and plan it; InvalidInput where its name is none."""
    refuse_problems(check_name(cohort))
    path = cohort_dir(cohort) / "study.yaml"
    path.parent.mkdir(parents=True)
    path.with_name("codebook.yaml").write_text(codebook, encoding="utf-8", newline="\n")
    path.write_text(study, encoding="utf-8", newline="\n")
    write_plan()
    return path
