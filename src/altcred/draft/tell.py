"""Says what was drafted: the files, a table of the variables, and what is to be decided."""

from collections.abc import Iterator
from textwrap import shorten

from altcred.core.fonts import FOLDER
from altcred.core.paths import cohort_dir
from altcred.describe.cohort import open_cohort
from altcred.describe.letters import check_letters
from altcred.draft.cohort import Drafted
from altcred.draft.model import WaveDraft
from altcred.draft.study import draft_study
from altcred.kinds.masking import may_identify

# How many columns of a reason are named.
_MOST_NAMED = 5
# Fewer items are hardly made to measure one thing.
_FEWEST_ITEMS = 3
_HEAD = ("variable", "kind", "answers", "empty", "decide")


def tell_draft(cohort: str, drafted: Drafted) -> Iterator[str]:
    """Yield the lines in which a draft is told in a terminal.

    No answer is quoted, and nothing of a column that says who somebody is.
    """
    for wave in drafted.waves:
        yield from _tell_wave(wave)
    yield ""
    rows = [_HEAD]
    for entry, _ in drafted.entries:
        items = f" ({len(entry.names)} items)" if entry.question.form == "items" else ""
        kind = f"{entry.keys.get('kind', '')}{items}"
        open_points = str(len(entry.decide) or "")
        rows.append((entry.name, kind, f"{entry.answers:,}", f"{entry.empty:.0%}", open_points))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for name, kind, *numbers in rows:
        told = [name.ljust(widths[0]), kind.ljust(widths[1])]
        told += [one.rjust(width) for one, width in zip(numbers, widths[2:], strict=True)]
        yield "  ".join(told).rstrip()
    yield ""
    yield from drafted.notes
    scales = [
        entry for entry, _ in drafted.entries
        if entry.keys.get("kind") == "scale" and len(entry.names) >= _FEWEST_ITEMS
        and entry.question.form == "items"
    ]  # fmt: skip
    if scales:
        several = "question has" if len(scales) == 1 else "questions have"
        yield (
            f"{len(scales)} {several} several items on one scale. Where they measure one thing, an "
            f"entry such as {{kind: score, derive: {{mean: {scales[0].name}}}}} tells of it: see "
            "Scores in docs/adapting.md."
        )
    folder = cohort_dir(cohort).as_posix()
    decide = sum(len(entry.decide) for entry, _ in drafted.entries)
    decide += sum(map(len, draft_study(cohort, drafted.waves)[1].values()))
    if decide:
        yield (
            f"{decide} {'thing' if decide == 1 else 'things'} to decide: look for `# decide:` in "
            f"{folder}/study.yaml and codebook.yaml. The draft is built as it is, with the safest "
            "reading of each."
        )
    if not drafted.problems:
        if labels := list(check_letters(open_cohort(cohort))):
            yield (
                f"{len(labels)} {'label has' if len(labels) == 1 else 'labels have'} letters that "
                "no font here has. Before a build put a font that has them, a .ttf or .otf file, "
                f"into the folder {FOLDER}/ of the project."
            )
        yield (
            f"{folder} is written. Run `dvc repro` for the report; after an edit, "
            f"`altcred check {cohort}`."
        )


def _tell_wave(wave: WaveDraft) -> Iterator[str]:
    for table in wave.tables:
        export = table.export
        tool = f", {export.tool}" if export.tool else ""
        rows = f"{table.rows:,} {'row that counts' if table.rows == 1 else 'rows that count'}"
        columns = f"{len(export.columns):,} columns"
        yield f"{wave.name}: {export.file} ({export.format}{tool}), {rows}, {columns}"
    reasons: dict[str, list[str]] = {}
    for name, reason in wave.left_out.items():
        reasons.setdefault(reason, []).append(name if not may_identify(name) else "one")
    for reason, names in reasons.items():
        more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
        shown = [shorten(name, 40, placeholder="…") for name in names[:_MOST_NAMED]]
        yield f"{wave.name}: no question, as it {reason}: {', '.join(shown)}{more}"
