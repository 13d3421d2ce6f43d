"""All that two waves, or the same people twice, can be compared in: one line each, by size."""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from altcred.core.numbers import Written, digits_needed
from altcred.core.records import ALL, Estimate
from altcred.core.statistics import find_statistic
from altcred.kinds import kind_of
from altcred.kinds.changes import UNLIKELY
from altcred.kinds.phrases import escape_markdown, join_words, name_answer, quote
from altcred.kinds.variable import Variable
from altcred.kinds.yardstick import Yardstick
from altcred.write.labels import ask_item
from altcred.write.paired import FEWEST, list_cells
from altcred.write.views import HIDDEN, View

# Of fewer variables there is no summary.
FEWEST_COMPARED = 3
# So many lines fit a screen.
MOST_LINES = 12
# Of a question with more answers, of which a person gives one, only the whole is told.
MOST_ANSWERS = 8


class Unit(NamedTuple):
    """What a difference is measured in: of which statistic, and a unit or the ends of a scale.

    Without either only differences of one variable, the one that is `alone`, can be compared.
    """

    statistic: str
    words: str = ""
    alone: str = ""


@dataclass(frozen=True)
class Change:
    """How one answer, or a number, differs between two waves; None for what there is not."""

    variable: str
    category: str
    label: str
    # What the gap is measured in: what may stand on one axis.
    unit: Unit
    n: str
    ends: tuple[str, ...]
    gap: Estimate | None
    effect: Estimate | None
    test: Estimate | None
    adjusted: Estimate | None
    # Decimals of a difference of means: as many as the means have.
    digits: int | None = None

    @property
    def size(self) -> float:
        """How large the change is, whichever way; nothing is smaller than what is not told."""
        return abs(self.gap.value) if self.gap is not None and self.gap.is_shown else -1.0

    @property
    def pvalue(self) -> Estimate | None:
        """The p value that is told: the adjusted one where there is one."""
        return self.adjusted or self.test


def compared_variables(changes: Iterable[Change]) -> list[str]:
    """Return the variables of which a test or a difference is shown."""
    return list(
        dict.fromkeys(
            one.variable
            for one in changes
            if one.size >= 0 or (one.test is not None and one.test.is_shown)
        )
    )


def has_summary(changes: Iterable[Change]) -> bool:
    """Tell whether enough variables are compared for a summary of them."""
    return len(compared_variables(changes)) >= FEWEST_COMPARED


def list_changes(view: View, first: str, second: str) -> list[Change]:
    """Return the changes of every variable that both waves asked, the largest of a unit first.

    A variable whose answers exclude each other has a line for its test, followed by its answers'.
    """
    sides = [view.side(wave) for wave in (first, second)]
    is_panel = sides[0].wave != first
    left_out = view.cohort.asked_once(first, second)
    if is_panel:
        left_out |= view.study.panel_of(first, second).shared_keys
    return _sort(_Sides(view, [(side, ALL) for side in sides], is_panel), left_out)


def list_parts(changes: Iterable[Change]) -> list[list[str]]:
    """Return the variables of which a difference is shown, in parts of about MOST_LINES lines.

    Those measured in one unit follow each other, and the lines of a variable stay together.
    """
    lines: dict[tuple[Unit, str], int] = {}
    for one in changes:
        if one.size >= 0:
            lines[one.unit, one.variable] = lines.get((one.unit, one.variable), 0) + 1
    units = list(dict.fromkeys(unit for unit, _ in lines))
    parts: list[list[str]] = []
    left = 0
    for (_, name), count in sorted(lines.items(), key=lambda item: units.index(item[0][0])):
        if parts and name in parts[-1]:
            left -= count
            continue
        if count > left:
            parts.append([])
            left = MOST_LINES
        parts[-1].append(name)
        left -= count
    return parts


def choose_variables(changes: Sequence[Change], first: Iterable[str]) -> list[str]:
    """Return the variables whose differences fit one figure: some first, then the surest ones."""
    lines = Counter(one.variable for one in changes if one.size >= 0)
    pvalues = dict.fromkeys(lines, math.inf)
    for one in changes:
        if one.variable in lines and one.pvalue is not None and one.pvalue.is_shown:
            pvalues[one.variable] = min(pvalues[one.variable], one.pvalue.value)
    chosen: list[str] = []
    for name in dict.fromkeys([*first, *sorted(lines, key=pvalues.__getitem__)]):
        size = sum(lines[one] for one in chosen) + lines[name]
        # Of whom nobody changed there is nothing to see.
        is_seen = pvalues.get(name, math.inf) < math.inf or lines.total() <= MOST_LINES
        if lines[name] and (not chosen or (is_seen and size <= MOST_LINES)):
            chosen.append(name)
    return chosen


def list_gaps(view: View, by: str) -> list[Change]:
    """Return how the groups that a wave is parted in differ, as list_changes does of waves.

    `view` is of the wave, and `by` the variable that parts its people.
    """
    parts = [(view, part) for part in parts_of(view, by)]
    between = view.on(f"{view.wave}:{by}")
    return _sort(_Sides(between, parts, False), {by}) if len(parts) > 1 else []


def parts_of(view: View, by: str) -> list[str]:
    """Return the groups of a wave that may be shown, in their order."""
    groups = view.cohort.groups(view.wave).get(by, {})
    sizes = {part: view.shown("responses", "", "count", part) for part in groups}
    return [part for part, n in sizes.items() if n is not None and n.value > 0]


def _sort(sides: "_Sides", left_out: Collection[str]) -> list[Change]:
    blocks: list[list[Change]] = []
    for name, variable in sides.view.codebook.variables.items():
        found = []
        if variable.show and name not in left_out:
            found = list(sides.list_of(name, variable))
        # Answers of which one is given stay under their question.
        stays_together = any(one.category for one in found) and not found[0].category
        blocks += [found] if found and stays_together else [[one] for one in found]
    order = list(dict.fromkeys(block[0].unit for block in blocks))

    def place(block: list[Change]) -> tuple[int, float]:
        return order.index(block[0].unit), -max(one.size for one in block)

    return [one for block in sorted(blocks, key=place) for one in block]


@dataclass(frozen=True)
class _Sides:
    """Waves or groups whose answers are compared; of a panel, those of the same people.

    `view` is where their differences are, and each side a view of a wave and its subgroup.
    """

    view: View
    sides: Sequence[tuple[View, str]]
    is_panel: bool

    def find(self, name: str, category: str, statistic: str) -> Estimate | None:
        """Return an estimate of the difference of a variable, or of one of its answers."""
        if not statistic:
            return None
        of_answer = self.view.find(f"{name}:{category}", "", statistic) if category else None
        if of_answer is not None or (self.is_panel and category):
            return of_answer
        return self.view.find(name, category, statistic)

    def find_each(self, name: str, category: str, statistic: str) -> list[Estimate | None]:
        """Return what each side says itself."""
        return [side.find(name, category, statistic, part) for side, part in self.sides]

    def list_of(self, name: str, variable: Variable) -> Iterator[Change]:
        """Yield the changes of one variable: of the whole, and of its answers one by one."""
        yardstick = self.view.yardstick(name, paired=self.is_panel)
        kind = kind_of(variable)
        if yardstick is None or not kind.is_compared:
            return
        if not (kind.has_ticks or self.view.compares(name)):
            return
        if None in self.find_each(name, "", "nobs"):
            return
        if self.is_panel and not (self.view.size(name) or 0) >= FEWEST:
            return
        if not yardstick.each:
            yield self._make(name, "", yardstick)
        for category in self._list_categories(name, variable, yardstick):
            yield self._make(name, category, yardstick)

    def _list_categories(self, name: str, variable: Variable, yardstick: Yardstick) -> list[str]:
        if yardstick.each:
            told = (yardstick.gap, yardstick.test)
            return [
                one
                for one in variable.categories
                if self.view.compares(name, one)
                and any(self.find(name, one, statistic) for statistic in told)
            ]
        if self.is_panel:
            found = [one for one in variable.categories if self.find(name, one, yardstick.gap)]
        else:
            shares = {one: self.find_each(name, one, "proportion") for one in variable.categories}
            found = [one for one, of in shares.items() if None not in of]
            found = [one for one in found if self.view.compares(name, one)]
        if yardstick.gap != "difference":
            # Of ordered answers without numbers, groups are told by their shares.
            return found if yardstick.gap == "cliffs_delta" and self._are_groups else []
        # The second of two answers says what the first does.
        return [] if len(found) > MOST_ANSWERS else found[: 1 if len(found) == 2 else None]

    @property
    def _are_groups(self) -> bool:
        return any(part != ALL for _, part in self.sides)

    def _make(self, name: str, category: str, yardstick: Yardstick) -> Change:
        view = self.view
        is_whole = not category or yardstick.each
        test = yardstick.test if is_whole else ""
        label = ask_item(view, name) or view.label(name)
        if category:
            label = name_answer(label, view.label(name, category))
        gap = None
        if category or yardstick.gap != "difference":
            gap = self.find(name, category, yardstick.gap if is_whole else "difference")
        ends = self._find_ends(name, category, yardstick)
        digits = None
        if yardstick.gap == "mean_difference" and not view.currency(name):
            digits = max((digits_needed(one.value) for one in ends if one.is_shown), default=None)
        return Change(
            name, category, label, self._unit_of(name, gap.statistic if gap else yardstick.gap),
            self._say_n(name, category),
            tuple(view.write(one, name, digits=digits) for one in ends), gap,
            self.find(name, category, yardstick.effect) if is_whole else None,
            self.find(name, category, test), self.find(name, category, test and f"{test}_holm"),
            digits,
        )  # fmt: skip

    def _unit_of(self, name: str, gap: str) -> Unit:
        if find_statistic(gap).unit != "own":
            return Unit(gap)
        described, write = self.view.described(name), self.view.writer.number
        unit = self.view.currency(name) or self.view.unit(name)
        ends = None if described is None else kind_of(described).ends_of(described)
        # A score of promoters is not on the scale of the answers.
        if unit or ends is None or gap != "mean_difference":
            return Unit(gap, unit, "" if unit else name)
        return Unit(gap, f"on a scale from {write(ends[0])} to {write(ends[1])}")

    def _say_n(self, name: str, category: str) -> str:
        if self.is_panel:
            found = self.find(name, category, "nobs") or self.find(name, "", "nobs")
            return self.view.write(found)
        known = self.find_each(name, category, "proportion" if category else "nobs")
        if None in known:
            known = self.find_each(name, "", "nobs")
        sizes = {str(n): one.n for n, one in enumerate(known, 1) if one and not math.isnan(one.n)}
        texts = (HIDDEN if one is None else self.view.writer.number(one.n) for one in known)
        return Written(" / ".join(texts), sizes)

    def _find_ends(self, name: str, category: str, yardstick: Yardstick) -> list[Estimate]:
        """Return what the difference lies between; nothing where that is no one number."""
        if category and yardstick.each and yardstick.ends[0]:
            name, category = f"{name}:{category}", ""
        if category and self.is_panel:
            cells = next((o for o in list_cells(self.view, name) if o.name == category), None)
            if cells is None or not cells.is_shown:
                # A difference without its interval is that of shares which are shown.
                gap = self.find(name, category, yardstick.gap)
                ends = self.find_each(name, category, "proportion")
                return [one for one in ends if one] if gap is not None and gap.is_shown else []
            shares = [cells.share(only, "both") for only in ("only_first", "only_second")]
            return [Estimate(one, n=cells.n, statistic="proportion") for one in shares]
        if category:
            ends = self.find_each(name, category, "proportion")
        elif self.is_panel:
            ends = [self.find(name, "", one) for one in yardstick.ends]
        else:
            ends = self.find_each(name, "", yardstick.ends[0]) if yardstick.ends[0] else []
        known = [one for one in ends if one is not None]
        return known if len(known) == len(self.sides) else []


def describe_changes(view: View, first: str, second: str) -> str:
    """Say how many of the answers compared were higher and lower the second time, beyond chance."""
    changes = list_changes(view, first, second)
    if not has_summary(changes):
        return ""
    if view.side(first).wave != first:
        return _describe(view, changes, "went up", "went down", "change")
    return _describe(view, changes, "are higher in the second survey", "lower", "difference")


def describe_gaps(view: View, by: str) -> str:
    """Say how many answers differ between groups by more than chance alone would explain."""
    labels = [quote(view.subgroup_label(part)) for part in parts_of(view, by)]
    if len(labels) < 2:
        return "Too few groups may be shown for them to be compared."
    up, down = f"are higher for {labels[-1]}", f"higher for {labels[0]}"
    told = _describe(view, list_gaps(view, by), up, down, "difference")
    return (
        f"{told} Groups may differ in more than what parts them here; unless chance put people "
        "into them, a difference does not say what it comes from."
    ).strip()


def _describe(view: View, changes: Sequence[Change], up: str, down: str, noun: str) -> str:
    spell = view.writer.spell
    tested = [one for one in changes if (p := one.pvalue) is not None and p.is_shown]
    if len(tested) < 2:
        return ""
    clear = [one for one in tested if (p := one.pvalue) is not None and p.value < UNLIKELY]
    rose = [one for one in clear if one.size > 0 and one.gap is not None and one.gap.value > 0]
    fell = [one for one in clear if one.size > 0 and one.gap is not None and one.gap.value < 0]
    spread = len(clear) - len(rose) - len(fell)
    notes = {one.adjusted.note for one in tested if one.adjusted is not None}
    how = "p not adjusted for the number of tests"
    if notes:
        family = notes.pop() if len(notes) == 1 else "adjusted within each family of tests"
        how = f"p {family}, by Holm's method"
    of = f"the {spell(len(tested))} answers compared"
    if not clear:
        moved = "changed" if noun == "change" else "differs"
        has_intervals = any(one.gap is not None for one in tested)
        more = ": the intervals say how much is left open" if has_intervals else ""
        return (
            f"None of {of} {moved} by more than chance alone could explain ({how}). That is not "
            f"the same as no {noun}{more}."
        )
    told = [(len(rose), up), (len(fell), down), (spread, "differ in how they are spread")]
    parts = join_words(f"{spell(count)} {_agree(words, count)}" for count, words in told if count)
    rest = len(tested) - len(clear)
    left = ""
    if rest:
        left = " The other one is" if rest == 1 else f" The other {spell(rest)} are"
        left += f" left open, which is not the same as no {noun}."
    return (
        f"Of {of}, {parts}, by more than chance alone would easily explain ({how})."
        f"{_say_largest([*rose, *fell], noun)}{left}"
    )


def _agree(words: str, count: int) -> str:
    """Return words with their verb as one answer needs it: is higher, differs."""
    if count > 1:
        return words
    return words.replace("are higher", "is higher", 1).replace("differ ", "differs ", 1)


def _say_largest(moved: list[Change], noun: str) -> str:
    """Name the largest of several differences of one unit, with what it lies between."""
    if len(moved) < 2 or len({one.unit for one in moved}) > 1:
        return ""
    first, second = sorted(moved, key=lambda one: -one.size)[:2]
    if first.size == second.size:
        return ""
    ends = f" ({' and '.join(first.ends)})" if first.ends else ""
    return f" The largest {noun} is that of {quote(first.label)}{escape_markdown(ends)}."
