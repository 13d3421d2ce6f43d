"""How answers were read, counted from answers.csv as far as disclosure control allows."""

from collections.abc import Mapping

import pandas as pd

from altcred.disclose.choosing import choose_hidden_counts
from altcred.disclose.rounding import round_counts
from altcred.kinds.reading import BLANK, CONTRADICTED, NOT_ASKED, NOT_CHOSEN, READ
from altcred.write.tables.table import Shown, Table, register_table, slug
from altcred.write.views import HIDDEN, View

BY_OPTION = {
    " *": "* The export has a column for each option, so that what is read are ticks, several a "
    "person; where it does not say that one was not chosen, who chose none cannot be told from who "
    "gave no answer.",
    " †": "† What is read are the places of options, several a person, each in a column.",
}


def answers_table(view: View, variable: str = "") -> Table | None:
    """Return how the answers to each question were read, from answers.csv.

    A line a question: how many different answers were written, how often one was read, left
    blank by somebody who was asked, and written but not usable. Of a typed text and of a day,
    whose content is not logged, nobody knows how many differ. A question with a column an option
    counts its ticks or places, and no blanks: a column left empty is an option not chosen as well
    as a question not answered. Counts that the study's disclosure rules hide are not shown.
    """
    answers = _read_answers(view)
    lines = []
    for name, described in view.codebook.in_wave(view.wave).items():
        own = answers[answers["variable"] == name]
        if not len(own) or described.derive is not None:
            continue
        kind = view.kind(name)
        given = own[~own["reason"].isin({BLANK, NOT_ASKED, NOT_CHOSEN})]
        is_typed = kind is not None and kind.is_typed
        # Of what is not logged, as a day, the log tells only that it was read.
        is_read = given["value"].ne("") | given["reason"].eq(READ) | is_typed
        is_hidden = is_typed or (kind is not None and not kind.is_logged)
        has_options = bool(own["is_option"].any())
        # Together the blank and the unusable are who gave no answer, which the estimates tell.
        missing = {"unusable": int(given.loc[~is_read, "times"].sum())}
        if not has_options:
            missing["blank"] = int(own.loc[own["reason"] == BLANK, "times"].sum())
        texts = _write_counts(view, missing)
        texts |= _write_counts(view, {"read": int(given.loc[is_read, "times"].sum())})
        cells = [
            "" if is_hidden else _write_size(view, len(given)),
            *(texts.get(one, HIDDEN) for one in ("read", "blank", "unusable")),
        ]
        mark = "" if not has_options else " *" if kind is not None and kind.has_ticks else " †"
        lines.append((view.label(name) + mark, [Shown(text) for text in cells]))
    if not lines:
        return None
    marked = {label[-2:] for label, _ in lines}
    notes = [note for mark, note in BY_OPTION.items() if mark in marked]
    columns = ["Different answers", "Read", "Left blank", "Not usable"]
    return Table(f"answers-{slug(view.wave)}", "Question", columns, lines, notes)


def unread_table(view: View, variable: str = "") -> Table | None:
    """Return why answers could not be used: a line a question and reason, from answers.csv."""
    answers = _read_answers(view)
    is_unread = answers["value"].eq("") & ~answers["reason"].isin(
        {"", READ, BLANK, NOT_ASKED, NOT_CHOSEN}
    )
    # Of an answer that contradicts itself a part was read.
    is_unread |= answers["reason"].eq(CONTRADICTED)
    counts = answers[is_unread].groupby(["variable", "reason"])["times"].sum()
    lines = []
    for name, described in view.codebook.in_wave(view.wave).items():
        kind = view.kind(name)
        # Of a text nothing is read; what is derived nobody wrote.
        is_written = described.derive is None and kind is not None and not kind.is_typed
        if not is_written or name not in counts.index.get_level_values(0):
            continue
        # The reasons add up to the answers that are not usable, which stand in answers_table.
        texts = _write_counts(view, {str(one): int(n) for one, n in counts.loc[name].items()})
        lines += [(f"{view.label(name)}: {one}", [Shown(text)]) for one, text in texts.items()]
    if not lines:
        return None
    return Table(f"unread-{slug(view.wave)}", "Question and reason", ["Answers"], lines)


def _write_size(view: View, size: int) -> str:
    """Write how many different answers there were; few are not rounded to none."""
    if 0 < size < view.rounds_to:
        return f"fewer than {view.rounds_to}"
    return view.writer.number(round_counts(size, view.rounds_to))


def _write_counts(view: View, counts: Mapping[str, int]) -> dict[str, str]:
    """Write how often something was answered, where the parts' total stands in another place."""
    minimum, base = view.study.disclosure.minimum, view.rounds_to
    hidden = choose_hidden_counts(counts, minimum)

    def write(name: str, count: int) -> str:
        if name in hidden and (hidden[name] == "few" or not base):
            return f"fewer than {minimum}" if hidden[name] == "few" else HIDDEN
        return view.writer.number(round_counts(count, base))

    return {name: write(name, count) for name, count in counts.items()}


def _read_answers(view: View) -> pd.DataFrame:
    path = view.cohort.processed / view.wave / "answers.csv"
    answers = pd.read_csv(path, dtype=str, keep_default_na=False)
    answers["times"] = answers["times"].astype(int)
    # A question with a column an option is logged by its columns.
    known = view.cohort.codebook.variables
    answers["is_option"] = ~answers["variable"].isin(known)
    answers["variable"] = [
        one if one in known else one.partition("__")[0] for one in answers["variable"]
    ]
    return answers


register_table("answers", answers_table)
register_table("unread", unread_table)
