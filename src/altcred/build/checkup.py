"""Everything that a build of a cohort would refuse, looked for before it."""

from collections.abc import Callable, Iterator
from contextlib import suppress

from altcred.check.consistency import load_printed
from altcred.clean.responses import check_rows
from altcred.clean.rows import Rows
from altcred.clean.sizes import tell_sizes
from altcred.clean.undescribed import Undescribed
from altcred.clean.wordings import Wordings
from altcred.core.errors import InvalidInput, Problem
from altcred.describe.cohort import Cohort, inspect_cohort
from altcred.describe.correspondence import check_series
from altcred.describe.letters import check_letters
from altcred.describe.new import list_blanks
from altcred.describe.plan import check_files, is_up_to_date
from altcred.describe.prices import load_prices
from altcred.link.preview import PanelPreview
from altcred.reconstruct.assumptions import load_reconstruction
from altcred.reconstruct.build import check_generated
from altcred.write.names import check_words


def check_cohort(name: str) -> tuple[list[str], list[Problem]]:
    """Return what is worth knowing of a cohort's files, and all that is wrong with them."""
    with suppress(InvalidInput):
        if blanks := list(list_blanks(name)):
            return [], blanks
    cohort, problems = inspect_cohort(name)
    if cohort is None:
        return [], problems
    notes: list[str] = []
    if not problems:
        _look(cohort, notes, problems)
    elif cohort.name == name:
        # What else is wrong is told as far as a description with mistakes lets it be found.
        more: list[Problem] = []
        with suppress(Exception):
            _look(cohort, [], more)
        problems += [one for one in more if one not in problems]
    return notes, problems


def _look(cohort: Cohort, notes: list[str], problems: list[Problem]) -> None:
    for look in (check_words, check_letters, check_series, _check_beside):
        problems += _gather(look, cohort)
    gathered: list[PanelPreview | Wordings | Undescribed]
    gathered = [PanelPreview(cohort), Wordings(cohort), Undescribed()]

    def look_at(rows: Rows) -> None:
        for one in gathered:
            one.look(rows)
        notes.extend(f"{rows.wave}: {told}" for told in tell_sizes(rows))

    for one in check_rows(cohort, look_at):
        if isinstance(one, Problem):
            problems.append(one)
        else:
            notes.append(one)
    notes += [note for one in gathered for note in one.notes()]
    with suppress(InvalidInput):
        # Another cohort may be wrong; it is none of this one's faults.
        if cohort.study.build and not is_up_to_date():
            notes.append("params.yaml is not as study.yaml is. Run `altcred plan` before a build.")


def _gather(look: Callable[[Cohort], Iterator[Problem]], cohort: Cohort) -> list[Problem]:
    try:
        return list(look(cohort))
    except InvalidInput as error:
        return error.problems


def _check_beside(cohort: Cohort) -> Iterator[Problem]:
    """Yield what is wrong with the files that a cohort need not have, or lacks though it must."""
    yield from check_files({cohort.name: cohort.study})
    yield from check_generated(cohort.name)
    files: dict[str, Callable[[Cohort], object]] = {
        "": lambda one: load_printed(one.folder),
        "prices.yaml": load_prices,
        "reconstruction.yaml": load_reconstruction,
    }
    for file, load in files.items():
        if (cohort.folder / file).exists():
            try:
                load(cohort)
            except InvalidInput as error:
                yield from error.problems
