"""Cells of tables, and the notes under them: how an estimate is shown, or why there is none."""

import re
from collections.abc import Iterable, Sequence

from altcred.core.numbers import Written
from altcred.core.records import Estimate
from altcred.core.statistics import find_statistic
from altcred.disclose.door import EXTREME_NOTE
from altcred.kinds.phrases import join_words
from altcred.kinds.yardstick import TESTS, name_test
from altcred.write.tables.table import BEHIND, Shown, Table, slug
from altcred.write.views import HIDDEN, NOT_OFFERED, WAS_NOT_ASKED, View


def show(
    view: View, variable: str, category: str, statistic: str, subgroup: str, digits: int | None
) -> Shown:
    """Return the cell of one estimate; a word where the question or the option was not there."""
    found = view.find(variable, category, statistic, subgroup)
    if found is not None:
        return show_found(view, found, digits)
    answered = view.size(variable, subgroup)
    return Shown(WAS_NOT_ASKED if answered is None else NOT_OFFERED if answered else HIDDEN)


def show_found(view: View, found: Estimate | None, digits: int | None = None) -> Shown:
    """Return the cell of an estimate, with what stands behind it; a dash where there is none."""
    if found is None:
        return Shown(HIDDEN)
    return Shown(view.write(found, digits=digits), found, behind(view, found))


def write_gap(view: View, gap: Estimate, variable: str = "", digits: int | None = None) -> str:
    """Write a difference with its sign: of shares in points, of means in their unit."""
    text = view.write(gap, variable, digits=digits)
    has_sign = find_statistic(gap.statistic).unit == "points" or gap.value <= 0
    is_bare = has_sign or not gap.is_shown or text == view.writer.number(0)
    return text if is_bare else Written(f"+{text}", gap.value)


def behind(view: View, found: Estimate) -> tuple[str, ...]:
    """Return the value with a decimal more than people read, its interval, and its n."""
    if not found.is_shown:
        return HIDDEN, "", HIDDEN
    digits = 1 if find_statistic(found.statistic).unit == "share" else None
    interval = view.write_interval(found)
    return view.write(found, digits=digits), interval, view.writer.number(found.n)


def numbers_behind(
    view: View,
    variable: str,
    categories: Iterable[str],
    subgroups: Iterable[str],
) -> Table:
    """Return the numbers a figure is drawn from: value, interval and n, a line each."""
    parts = list(subgroups)
    rows = [
        (
            view.label_row(view.label(variable, category), part, parts),
            [Shown(text) for text in behind(view, found)],
        )
        for category in categories
        for part in parts
        if (found := view.find(variable, category, "proportion", part)) is not None
    ]
    id = f"{slug(variable)}-{slug(view.wave)}-numbers"
    return Table(id, view.label(variable), BEHIND, rows)


# Headers and notes -----------------------------------------------------------------------------


def with_n(view: View, label: str, n: float | None) -> str:
    """Return a label with the number of people it is of, if that is known."""
    return label if n is None else f"{label} (n = {view.writer.number(n)})"


def name_parts(view: View, variable: str, parts: Iterable[str]) -> list[str]:
    """Return what subgroups are called, each with how many of it answered a variable."""
    return [with_n(view, view.subgroup_label(one), view.size(variable, one)) for one in parts]


def own_note(view: View, variable: str) -> list[str]:
    """Return what the codebook wants readers of a variable to know, if anything."""
    note = view.note(variable)
    return [note] if note else []


def base_notes(view: View, variable: str) -> list[str]:
    """Return the codebook's note, and of whom the shares of several answers are."""
    notes, described, kind = own_note(view, variable), view.described(variable), view.kind(variable)
    if described is not None and kind is not None and kind.has_ticks:
        whom = "all who were asked" if described.base == "asked" else "those who answered"
        notes.append(
            "Shares of those who chose at least one answer; several could be chosen."
            if described.everyone_ticks
            else f"Shares of {whom}; several answers could be chosen."
        )
        notes += [
            f"“{one.label}” excludes the other answers, and does not count where one of them was "
            "chosen as well; the log of answers tells how often that was."
            for one in described.categories_in(view.wave).values() if one.exclusive
        ]  # fmt: skip
    return notes


def say_tests(tests: Iterable[Estimate | None]) -> list[str]:
    """Say which tests p values are of, and for which families the adjusted ones are adjusted."""
    known = [one for one in tests if one is not None]
    names = dict.fromkeys(
        name_test(one.statistic, one.note) for one in known if one.statistic in TESTS
    )
    families = say_families(one for one in known if one.statistic.endswith("_holm"))
    notes = [f"p: {', '.join(names)}."] if names else []
    return notes + ([f"p (Holm): {families}."] if families else [])


def say_families(adjusted: Iterable[Estimate]) -> str:
    """Say for how many tests p values are adjusted: adjusted for 5, 9 or 10 tests."""
    notes = {one.note for one in adjusted if one.note}
    sizes = sorted({int(one) for note in notes for one in re.findall(r"\d+", note)})
    if len(sizes) < 2:
        return " or ".join(sorted(notes))
    return f"adjusted for {join_words(map(str, sizes), 'or')} tests, those of its own family"


def hidden_note(view: View, rows: Iterable[tuple[str, Sequence[Shown]]]) -> list[str]:
    """Return why numbers are not shown, where a cell has none."""
    found = (cell.estimate for _, shown in rows for cell in shown)
    reasons = {one.note == EXTREME_NOTE for one in found if one is not None and one.is_suppressed}
    texts = {
        False: f"fewer than {view.study.disclosure.minimum} people, or a number from which so few "
        "could be worked out",
        True: "the lowest and the highest answer, each of which may be one person's",
    }
    told = "; ".join(text for is_extreme, text in texts.items() if is_extreme in reasons)
    return [f"{HIDDEN} Not shown: {told}."] if told else []
