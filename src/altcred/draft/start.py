"""Starts a cohort in one of four ways: drafted, like another, after another, or as a template."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from altcred.clean.changes import check_files, tell_changes
from altcred.core.errors import Problem, refuse_problems
from altcred.core.paths import cohort_dir, raw_dir
from altcred.describe.new import list_dates, start_after, start_blank, start_like


def start_cohort(
    cohort: str,
    like: str | None,
    after: str | None,
    files: Sequence[Path],
    waves: Sequence[str],
    questionnaires: Sequence[Path],
) -> Iterator[str]:
    """Write the two files of a cohort; yield what was found, what is to be decided and to be done.

    InvalidInput where a file is not there or cannot be read as what it is.
    """
    refuse_problems(
        Problem(
            path.as_posix(),
            "",
            "is a folder, not a file." if path.is_dir() else "there is no such file.",
            "Write after --from where an export lies, as in --from ~/Downloads/results.csv.",
        )
        for path in files
        if not path.is_file()
    )
    if files and not after:
        # Loaded here alone: a draft needs what reads exports.
        from altcred.draft.cohort import draft_cohort
        from altcred.draft.tell import tell_draft

        drafted = draft_cohort(cohort, files, waves, questionnaires)
        yield from tell_draft(cohort, drafted)
        refuse_problems(drafted.problems)
        return
    if after:
        yield from _continue_series(cohort, after, files)
    elif like:
        start_like(cohort, like)
    else:
        start_blank(cohort)
    yield (
        f"Edit {cohort_dir(cohort).as_posix()}/study.yaml and codebook.yaml, put the exports into "
        f"{raw_dir(cohort).as_posix()}/, run `altcred check {cohort}`, then `dvc repro`."
    )


def _continue_series(cohort: str, after: str, files: Sequence[Path]) -> Iterator[str]:
    """Start the next cohort of a study, and yield what its exports have otherwise."""
    if files:
        check_files(after, files)
    start_after(cohort, after)
    for place in list_dates(cohort):
        yield f"{place}: names a day; see whether it is of {after} alone."
    yield from tell_changes(cohort, files)
