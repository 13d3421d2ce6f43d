"""Drafts a cohort from the exports of its surveys, writes it, and checks that it builds.

What a check finds wrong with a variable of the draft makes it a text, which is never shown, with
what was found as a comment: a draft is of use only where it is built as it is.
"""

import re
import shutil
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from altcred.clean.responses import check_rows
from altcred.clean.rows import Rows
from altcred.clean.wordings import Wordings
from altcred.core.errors import InvalidInput, Problem, refuse_problems
from altcred.core.paths import cohort_dir, raw_dir
from altcred.describe.codebook import TAKEN_NAMES
from altcred.describe.cohort import open_cohort
from altcred.describe.new import check_name
from altcred.describe.plan import write_plan
from altcred.draft.answers import Asked, draft_entry, list_parts
from altcred.draft.asked import add_conditions
from altcred.draft.marks import split_name
from altcred.draft.matching import match_questions
from altcred.draft.model import Entry, Question, Table, WaveDraft, read_table
from altcred.draft.shape import find_other_shapes
from altcred.draft.study import draft_study
from altcred.draft.waves import draft_waves
from altcred.draft.words import make_key, shorten_label
from altcred.draft.write import write_codebook, write_study
from altcred.link.preview import PanelPreview
from altcred.read.export import open_export
from altcred.read.questionnaires import apply_questionnaire

# What is left of an entry that could not be read as it was drafted.
_KEPT_KEYS = ("label", "section")
_MOST_ROUNDS = 5
_LONGEST_NAME = 30


@dataclass
class Drafted:
    """A cohort that was drafted: what was found, for whoever is to decide."""

    waves: Sequence[WaveDraft]
    entries: list[tuple[Entry, Asked]]
    # Questions that nobody answered.
    left_out: list[Entry] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    # What waves word differently, by what is to be decided of it: variables and answers.
    reworded: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    # What keeps it from being built after all; empty nearly always.
    problems: list[Problem] = field(default_factory=list)


def draft_cohort(
    cohort: str,
    files: Sequence[Path],
    waves: Sequence[str] = (),
    questionnaires: Sequence[Path] = (),
) -> Drafted:
    """Draft and write the description of a cohort, and copy its exports to data/raw/COHORT.

    A file is a wave, in the order given, unless one file holds several; `waves` names them.
    Each questionnaire says what it can of each file. Files are only ever read and copied.

    InvalidInput where the name is none or taken, or a file cannot be read.
    """
    refuse_problems(check_name(cohort))
    tables = _read_tables(files, questionnaires)
    drafted = draft_waves(tables, waves)
    found = Drafted(drafted, [])
    tables_of = {wave.name: wave.tables for wave in drafted}
    taken = set(TAKEN_NAMES)
    for matched in match_questions(drafted):
        asked = {
            wave: [(table, question) for table in tables_of[wave]]
            for wave, question in matched.items()
        }
        entry = draft_entry(_name(matched, taken), asked)
        if not entry.keys:
            found.left_out.append(entry)
            continue
        taken |= {entry.name, *entry.keys.get("items", {})}
        if entry.question.section and entry.question.form != "items":
            entry.keys["section"] = entry.question.section
        found.entries.append((entry, asked))
    add_conditions(found.entries)
    _copy(cohort, drafted)
    for _ in range(_MOST_ROUNDS):
        _write(cohort, found)
        _check(cohort, found)
        if not found.problems or not _give_up(found):
            break
    if not found.problems:
        _mark_reworded(found)
        _write(cohort, found)
        write_plan()
    return found


def _name(matched: Mapping[str, Question], taken: Collection[str]) -> str:
    """Return a name for a question: its column's where that is short, else of what it asks.

    Of what several waves asked the name does not say the wave.
    """
    question = next(iter(matched.values()))
    first = question.columns[0]
    given = first.known.question if question.form != "one" and first.known.question else first.name
    if len(matched) > 1 and (found := split_name(given)):
        given = found[1]
    # As archives call what each wave asked: a_sex, b_sex.
    cut = [re.fullmatch(r"([a-z])_(.+)", one.columns[0].name) for one in matched.values()]
    if len(cut) == len({one[1] for one in cut if one}) > len({one[2] for one in cut if one}) == 1:
        given = cut[0][2] if cut[0] and given == first.name else given
    is_short = question.form == "one" and len(given) <= _LONGEST_NAME and " " not in given.strip()
    text = given if is_short or not question.text else shorten_label(question.text)
    name = make_key(text, taken, "question", _LONGEST_NAME)
    return name if name[0].isalpha() else make_key(f"q_{name}", taken, longest=_LONGEST_NAME)


def _read_tables(files: Sequence[Path], questionnaires: Sequence[Path]) -> list[Table]:
    """Read all files; InvalidInput with what is wrong with any of them."""
    tables: list[Table] = []
    problems: list[Problem] = []
    said = {path: False for path in questionnaires}
    for file in files:
        try:
            export = open_export(file)
            for path in questionnaires:
                try:
                    export = apply_questionnaire(export, path)
                    said[path] = True
                except InvalidInput as error:
                    # A questionnaire may be of another of the files.
                    unsaid = error.problems
            tables.append(read_table(export))
            problems += find_other_shapes(tables[-1])
        except InvalidInput as error:
            problems += error.problems
    if not all(said.values()) and not problems:
        problems += unsaid
    refuse_problems(problems)
    return tables


def _copy(cohort: str, waves: Sequence[WaveDraft]) -> None:
    """Copy the exports of all waves to where the cohort's lie, unless they lie there."""
    folder = raw_dir(cohort)
    for wave in waves:
        for table, name in zip(wave.tables, wave.keys["exports"], strict=True):
            target = folder / name
            if table.export.path.resolve() != target.resolve():
                folder.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(table.export.path, target)


def _write(cohort: str, found: Drafted) -> None:
    folder = cohort_dir(cohort)
    folder.mkdir(parents=True, exist_ok=True)
    study, notes = draft_study(cohort, found.waves)
    currencies = {one.keys["currency"] for one, _ in found.entries if "currency" in one.keys}
    if len(currencies) == 1:
        study["currency"] = currencies.pop()
    codebook = write_codebook(found.entries, [wave.name for wave in found.waves])
    for name, text in (("study", write_study(study, notes)), ("codebook", codebook)):
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8", newline="\n")


def _check(cohort: str, found: Drafted) -> None:
    """Note what a check finds wrong with a cohort, and what it tells."""
    found.notes, found.reworded = [], {}
    try:
        opened = open_cohort(cohort)
    except InvalidInput as error:
        found.problems = error.problems
        return
    preview, wordings = PanelPreview(opened), Wordings(opened)

    def look(rows: Rows) -> None:
        preview.look(rows)
        wordings.look(rows)

    told = list(check_rows(opened, look))
    found.problems = [one for one in told if isinstance(one, Problem)]
    found.notes = [*(one for one in told if isinstance(one, str)), *preview.notes()]
    found.reworded = wordings.find()


def _mark_reworded(found: Drafted) -> None:
    """Say in an entry which of its questions and answers waves word differently."""
    for entry, _ in found.entries:
        own = {entry.name, *entry.keys.get("items", {})}
        for said, places in found.reworded.items():
            answers = [category for name, category in places if name in own]
            where = ", ".join(dict.fromkeys(filter(None, answers)))
            if answers:
                entry.decide.append(f"{where}: {said}" if where else said)


def _give_up(found: Drafted) -> bool:
    """Make texts of the entries that problems are about; tell whether there was one."""
    has_given_up = False
    for place, (entry, asked) in enumerate(found.entries):
        told = [one for one in found.problems if _is_about(one, entry, asked)]
        if told and entry.keys.pop("asked_if", None):
            has_given_up = True
            entry.decide.append(f"was asked of some, until the check said: {told[0].message}")
        elif told and entry.keys.get("kind") != "text":
            has_given_up = True
            found.entries[place] = (_as_text(entry, told[0]), asked)
    return has_given_up


def _as_text(entry: Entry, problem: Problem) -> Entry:
    """Return an entry as texts, one for each column of its question."""
    keys = {key: entry.keys[key] for key in _KEPT_KEYS if key in entry.keys} | {"kind": "text"}
    question, names = entry.question, entry.names
    if question.form != "one":
        # The columns of options are then questions of their own.
        parts = [part for part, _ in list_parts(question)]
        names = {part: f"{entry.name}_{place}" for place, part in enumerate(parts, start=1)}
        labels = dict(entry.keys.get("items", {}))
        question = replace(question, form="items", typed=None)
        keys["items"] = {
            name: {"label": labels.get(name, {}).get("label", part)} for part, name in names.items()
        }
    said = f"was {entry.keys['kind']}, until the check said: {problem.message} {problem.remedy}"
    decide = [*entry.decide, said.strip()]
    return replace(entry, keys=keys, question=question, names=names, decide=decide)


def _is_about(problem: Problem, entry: Entry, asked: Asked) -> bool:
    """Tell whether a problem names a variable of an entry, or a column of it."""
    own = [entry.name, *entry.keys.get("items", {})]
    names = "|".join(map(re.escape, own))
    if re.match(rf"variables\.({names})(\.|$)", problem.where):
        return True
    labels = [
        column.label
        for tables in asked.values()
        for _, question in tables
        for column in question.columns
    ]
    if any(re.match(rf"column '?{re.escape(one)}'?(,|$)", problem.where) for one in labels if one):
        return True
    return bool(re.search(rf"\bof ({names})\b", f"{problem.message} {problem.remedy}"))
