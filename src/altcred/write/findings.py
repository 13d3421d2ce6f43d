"""What stands out in the estimates: one sentence a finding, for the first page of a report."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from altcred.core.records import Estimate
from altcred.core.statistics import find_statistic
from altcred.describe.folders import compared_pairs, list_pairs, panel_folder
from altcred.kinds import kind_of
from altcred.kinds.averages import say_amount, say_scale
from altcred.kinds.changes import FEWEST_PAIRS, UNLIKELY
from altcred.kinds.phrases import (
    ENDS,
    OTHER,
    begin_sentence,
    escape_markdown,
    join_words,
    name_answer,
    quote,
    say_share,
    say_weighted,
)
from altcred.write.changes import Change, list_changes
from altcred.write.chapters import COMPARISON, PANEL, SURVEY, Chapter
from altcred.write.labels import ask_item, shorten
from altcred.write.pairs import ComparisonChapter, PanelChapter
from altcred.write.survey import SurveyChapter
from altcred.write.tables.counts import count_kept
from altcred.write.views import HIDDEN, View, write_short_interval

# A finding is of so many people at least, and of half of those who responded or of so many.
LEAST, ENOUGH = 10, 100
# More answers than these that tie for the first place are no finding.
MOST_TIED = 3
# So many weak findings are told where there are no others.
MOST_WEAK = 2


@dataclass(frozen=True)
class Finding:
    """A sentence in Markdown, and the chapter and variable that it is of."""

    text: str
    chapter: Chapter
    variable: str = ""

    @property
    def label(self) -> str:
        """The label of the section that says more."""
        return self.chapter.anchor_of(self.variable)


def open_chapter(view: View, waves: tuple[str, ...]) -> Chapter:
    """Return the chapter of one wave, or the one that says most of two.

    Of two waves that is the panel where half of the later one's people were found in both, or
    where different people are not compared.
    """
    if len(waves) == 1:
        return SurveyChapter(SURVEY, view.on(waves[0]), waves)
    first, second = waves
    is_compared = (first, second) in compared_pairs(view.study)
    if any((one.first, one.second) == waves for one in view.study.panels):
        panel = view.on(panel_folder(view.study, first, second).name)
        pairs, later = find_count(panel, "pairs"), count_kept(view.on(second), of_panel=True)
        if not is_compared or (pairs and later and pairs >= later / 2):
            return PanelChapter(PANEL, panel, waves)
    return ComparisonChapter(COMPARISON, view.on(f"{first}-{second}"), waves)


def find_count(view: View, what: str) -> float | None:
    """Return how many responses or pairs there are; None where that is not shown."""
    found = view.shown(what, "", "count")
    return None if found is None else found.value


# One survey ------------------------------------------------------------------------------------


def list_shares(view: View) -> list[Finding]:
    """Return what stands out in one survey, the largest shares first, then the middle of numbers.

    The first of each section, or of each grid of statements, goes before its others.
    """
    chapter = open_chapter(view, (view.wave,))
    told = {piece.item.variable for piece in chapter.pieces.values()}
    found: list[tuple[float, str, Finding]] = []
    for name, variable in view.codebook.in_wave(view.wave).items():
        if name not in told or not (variable.show and _is_of_enough(view, name)):
            continue
        size, text = _tell_number(view, name) if variable.is_numeric else _tell_share(view, name)
        if text:
            group = variable.item_of or variable.section or name
            found.append((size, group, Finding(text, chapter, name)))
    found.sort(key=lambda one: -one[0])
    found = [one for one in found if one[0] >= 0] or found[:MOST_WEAK]
    seen: dict[str, int] = {}
    places = []
    for place, (_, group, finding) in enumerate(found):
        places.append((seen.get(group, 0), place, finding))
        seen[group] = seen.get(group, 0) + 1
    return [finding for *_, finding in sorted(places, key=lambda one: one[:2])]


def _is_of_enough(view: View, name: str) -> bool:
    n, responses = view.size(name), find_count(view, "responses")
    return n is not None and responses is not None and n >= max(LEAST, min(responses / 2, ENOUGH))


def _tell_share(view: View, name: str) -> tuple[float, str]:
    """Return the largest share of a question's answers, and say whose it is; '' for none to tell.

    Of a question with hidden answers that may be the largest nothing is told.
    """
    variable = view.codebook.variables[name]
    n = view.size(name) or 0
    answers = {one: view.find(name, one) for one in view.categories(name, falling=True)}
    found = {one: share for one, share in answers.items() if share is not None}
    shown = {one: share for one, share in found.items() if share.is_shown and share.n >= n / 2}
    if not shown:
        return 0.0, ""
    largest = max(shown.values(), key=lambda share: share.value)
    if any(not share.is_shown for share in found.values()):
        rest = 1 - sum(share.value for share in shown.values())
        if not kind_of(variable).is_exclusive or rest >= largest.value:
            return 0.0, ""
    best = say_share(view, largest)
    lead = [one for one, share in shown.items() if say_share(view, share) == best]
    if not 0 < largest.value < 1 or OTHER in lead or len(lead) > MOST_TIED:
        return 0.0, ""
    ends = kind_of(variable).ends_of(variable)
    if ends is not None and not variable.categories.keys() >= {*lead}:
        # Groups of a score, as promoters, are no answers: it is the score that tells of them.
        is_shown = view.shown(name, "", "nps") is not None
        return largest.value, is_shown * _tell(view, name, kind_of(variable).finding(view, name))
    if all(one.lstrip("-").isdigit() for one in (view.label(name, one) for one in lead)):
        # Bare numbers on a scale say less than their mean.
        return _tell_number(view, name)
    if not (kind_of(variable).is_exclusive or kind_of(variable).has_ticks):
        # What an option was put first by, its own sentence says.
        return largest.value, _tell(view, name, kind_of(variable).finding(view, name))
    others = [share.value for one, share in shown.items() if one not in lead]
    # That one answer was named a little more often than the next tells nobody anything.
    is_weak = (len(lead) > 1 and not others) or max(others, default=0.0) >= largest.low
    if is_weak and (told := _tell_number(view, name))[1]:
        return told
    did = kind_of(variable).answered(variable)
    if variable.condition_in(view.wave) and did == "who answered":
        did = "who were asked and answered"
    of = f"of the {view.writer.number(largest.n)} {escape_markdown(view.people)} {did}"
    sure = _say_sure(view, largest, name)
    labels = join_words(_name_answer(view, name, one) for one in lead)
    if len(lead) > 1:
        text = f"{labels} were chosen most often, each by {best} {of}{sure}."
    else:
        verb = "named" if kind_of(variable).has_ticks else "said"
        text = f"{best} {of} {verb} {labels}{sure}."
    # That most choose one of two answers says less than that most choose one of ten.
    size = largest.value * (1 - 1 / len(found))
    return size - is_weak, _tell(view, name, say_weighted(text, [largest]))


def _name_answer(view: View, name: str, category: str) -> str:
    """Return an answer in quotation marks, and that it is none of the others where it is."""
    described = view.codebook.variables[name].categories.get(category)
    alone = described is not None and described.exclusive
    label = quote(shorten(view.label(name, category)))
    return f"{label} (none of the others)" if alone else label


def _tell_number(view: View, name: str) -> tuple[float, str]:
    """Return nought, by which numbers follow shares, and say where the middle of a number lies."""
    variable = view.codebook.variables[name]
    kind, ends = kind_of(variable), kind_of(variable).ends_of(variable)
    gave, who = "gave", "who answered"
    if variable.derive is not None:
        gave, who = "have", "for whom it is known"
    statistics = ["median", "mean"] if kind.is_skewed is not False else ["mean"]
    found = next((one for of in statistics if (one := view.shown(name, "", of))), None)
    if found is None or not kind.chart or kind.is_calendar:
        return 0.0, ""
    if ends and not kind.is_numeric and found.low <= sum(ends) / 2 <= found.high:
        # Nor does a mean in the middle of its points say anything.
        return 0.0, ""
    std = view.find(name, "", "std")
    if std is not None and std.value == 0:
        # What all gave is no middle of anything.
        return 0.0, ""
    amount, n = say_amount(view, found, name, found.statistic), view.writer.number(found.n)
    people, sure = escape_markdown(view.people), _say_sure(view, found, name)
    if found.statistic == "median":
        text = f"at least half of the {n} {people} {gave} {amount} {kind.less}{sure}."
    else:
        scale = ""
        if ends is not None and not kind.is_numeric:
            scale = f" on a scale from {' to '.join(map(view.writer.number, ends))}"
        text = f"the mean of the {n} {people} {who} is {amount}{scale}{sure}."
    return 0.0, _tell(view, name, say_weighted(text, [found]))


def _say_sure(view: View, found: Estimate, name: str) -> str:
    interval = write_short_interval(view, found, name)
    return f" (95% interval {escape_markdown(interval)})" if interval else ""


def _tell(view: View, name: str, text: str) -> str:
    """Return what is told of a variable behind its label: a sentence where that ended one."""
    full = name_fully(view, name)
    short = shorten(full)
    # Of two that begin alike the first words tell neither.
    is_told = short == full or not _begin_alike(view, name, shorten(view.label(name)).rstrip("…"))
    label = escape_markdown(short if is_told else full)
    if label.endswith(ENDS):
        return f"**{label}** {begin_sentence(text)}"
    # Behind a colon a sentence goes on.
    return f"**{label}:** {text[:1].lower()}{text[1:]}"


def _begin_alike(view: View, name: str, words: str) -> bool:
    """Tell whether another question's label begins with some words that would tell of both."""
    others = (one for one in view.codebook.variables if one != name)
    return any(view.label(one).startswith(words) and not ask_item(view, one) for one in others)


def name_fully(view: View, name: str) -> str:
    """Return a label as it is told outside its chapter: an item behind what is asked of all items.

    Where both are long the item goes alone, unless another is called so. The survey stands before
    it where the people of another are called the same.
    """
    variable = view.codebook.variables[name]
    label = ask_item(view, name) or view.label(name)
    if variable.item_of and variable.section and _begin_alike(view, name, label):
        label = name_answer(variable.section, view.label(name))
    waves = view.study.waves
    if view.wave not in waves:
        return label
    alike = [wave for wave, one in waves.items() if one.people == waves[view.wave].people]
    return label if len(alike) == 1 else f"{waves[view.wave].label}: {label}"


# Two surveys -----------------------------------------------------------------------------------


# In what differences are measured that a sentence tells.
MEASURED = {"points", "own", "score"}


def list_differences(view: View, waves: tuple[str, str]) -> list[Finding]:
    """Return the clearest changes of the same people, or differences of different people.

    The largest goes first, one a question; what is left open of all that was compared comes last.
    """
    chapter = open_chapter(view, waves)
    is_panel = isinstance(chapter, PanelChapter)
    if is_panel and not (find_count(chapter.view, "pairs") or 0) >= FEWEST_PAIRS:
        return []
    changes = list_changes(chapter.view, *waves)
    tested = [one for one in changes if (p := one.pvalue) is not None and p.is_shown]
    clear = [one for one in tested if (p := one.pvalue) is not None and p.value < UNLIKELY]
    # Of a question with one test it is the answer with the largest difference that is told.
    told = [
        one if one.gap is not None
        else max((o for o in changes if o.variable == one.variable), key=lambda o: o.size)
        for one in clear
    ]  # fmt: skip
    found: dict[str, Finding] = {}
    for one in sorted(told, key=lambda one: -_weigh(one)):
        described = chapter.view.described(one.variable)
        is_age = is_panel and described and described.derive and described.derive.years_since
        if described is not None and (kind_of(described).is_day or is_age):
            # That days of a later survey are later, and people older, tells nobody anything.
            continue
        if one.variable not in found and (text := _tell_change(chapter, one, is_panel=is_panel)):
            found[one.variable] = Finding(text, chapter, one.variable)
    rest = _tell_rest(chapter, len(tested), len(clear), is_panel=is_panel)
    return [*found.values(), *([Finding(rest, chapter)] if rest else [])]


def _weigh(change: Change) -> float:
    """Return how large a change is beside those in other units.

    Twice a difference of shares is about Cohen's h in the middle of its range.
    """
    if change.gap is not None and find_statistic(change.gap.statistic).unit == "points":
        return 2 * change.size
    return abs(change.effect.value) if change.effect is not None and change.effect.is_shown else 0.0


def _tell_change(chapter: Chapter, change: Change, *, is_panel: bool) -> str:
    """Say what a number, a score or a share was in both surveys, or how far it moved.

    Nothing where neither is shown, or where both would be written alike.
    """
    view, gap = chapter.view, change.gap
    unit = find_statistic(gap.statistic).unit if gap is not None else ""
    if gap is None or not gap.is_shown or unit not in MEASURED or len(change.ends) != 2:
        return ""
    first, second = map(escape_markdown, change.ends)
    is_silent = {*change.ends} == {HIDDEN} and not change.category
    if first == second and not is_silent:
        return ""
    mean = "net promoter score" if unit == "score" else "mean"
    what = f"{_say_scale(view, change.variable, gap.statistic)}the {mean} was"
    if change.category:
        what = f"{_name_answer(view, change.variable, change.category)} was the answer of"
    labels = [quote(shorten(view.study.waves[wave].label)) for wave in chapter.waves]
    sizes = [f" (n = {n})" for n in change.n.split(" / ")]
    if is_panel or len(sizes) != len(labels):
        sizes = ["", ""]
    who = f", of the {change.n} people asked twice" if is_panel else ""
    sure = ""
    if not math.isnan(gap.low):
        ends = [
            view.write(replace(gap, value=end), change.variable, gap.statistic, change.digits)
            for end in (gap.low, gap.high)
        ]
        of = "change" if is_panel else "difference, between different people,"
        points = " points" if unit == "points" else ""
        sure = f" The 95% interval of the {of} is {escape_markdown(' to '.join(ends))}{points}."
    told = f"{first} in {labels[0]}{sizes[0]} and {second} in {labels[1]}{sizes[1]}"
    if is_silent:
        size = replace(gap, value=abs(gap.value))
        size_text = escape_markdown(view.write(size, change.variable, gap.statistic, change.digits))
        more = "higher" if gap.value > 0 else "lower"
        told = f"{size_text} {more} in {labels[1]} than in {labels[0]}"
    return _tell(view, change.variable, f"{what} {told}{who}.{sure}")


def _say_scale(view: View, name: str, statistic: str) -> str:
    """Say between which ends a mean of points lies; '' where it is of amounts."""
    variable = view.described(name)
    kind = None if variable is None else kind_of(variable)
    if variable is None or kind is None or kind.is_numeric or statistic != "mean_difference":
        return ""
    numbers = kind.cell_numbers(variable)
    ends = [
        (number, variable.categories[one].label)
        for number in kind.ends_of(variable) or ()
        for one in numbers
        if numbers[one] == number and one in variable.categories
    ]
    return f"on a {say_scale(view, ends)} " if len(ends) == 2 else ""


def _tell_rest(chapter: Chapter, tested: int, clear: int, *, is_panel: bool) -> str:
    """Say of how many comparisons chance alone would hardly explain what they show."""
    if tested < 2:
        return ""
    spell, noun = chapter.view.writer.spell, "change" if is_panel else "difference"
    labels = " and ".join(
        quote(shorten(chapter.view.study.waves[wave].label)) for wave in chapter.waves
    )
    labels = f"the same people in {labels}" if is_panel else labels
    if not clear:
        none = "Neither" if tested == 2 else "None"
        return (
            f"{none} of the {spell(tested)} comparisons of {labels} shows more than chance alone "
            f"could explain, which is not the same as no {noun}."
        )
    left = tested - clear
    open_ones = (
        f"; the other {'one is' if left == 1 else f'{spell(left)} are'} left open" if left else ""
    )
    show = "shows" if clear == 1 else "show"
    many = f"{spell(clear)} of the {spell(tested)}"
    if not left:
        many = "both" if tested == 2 else f"all {spell(tested)}"
    text = (
        f"{many} comparisons of {labels} {show} a {noun} that "
        f"chance alone would hardly explain{open_ones}."
    )
    return begin_sentence(text)


def list_findings(view: View, most: int) -> Iterator[Finding]:
    """Yield so many findings of all surveys: changes first, then the largest shares of each."""
    pairs = [list_differences(view, waves) for waves in list_pairs(view.study)]
    pairs = [found for found in pairs if found]
    each = max(2, 3 // max(1, len(pairs)))
    changes: list[Finding] = []
    rests: list[Finding] = []
    told: set[str] = set()
    for found in pairs:
        # What one pair of surveys tells of a question need not be told again of another.
        named = [one for one in found if one.variable and one.variable not in told][:each]
        told |= {one.variable for one in named}
        changes += named
        rests += [one for one in found if not one.variable]
    changes = [*changes, *rests][: most - 2]
    surveys = [list_shares(view.on(wave)) for wave in view.study.waves]
    shares: list[Finding] = []
    for place in range(most):
        for found in surveys:
            if place < len(found) and found[place].variable not in told:
                shares.append(found[place])
                told.add(found[place].variable)
    yield from [*changes, *shares][:most]
