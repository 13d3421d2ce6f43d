"""Rank: options put in order; the place of each stands in a column of its own."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from altcred.core.distribution import LEVEL, describe_numbers
from altcred.core.engine import quoted
from altcred.core.paired import IN_BOTH, compare_means
from altcred.core.records import ALL, NOT_REPORTED, Estimate, Recorder
from altcred.core.weights import Tally, count_share
from altcred.kinds.changes import UNLIKELY, find_tests, say_pvalue, say_too_few
from altcred.kinds.choices import list_separators, spell_category, split_choices
from altcred.kinds.kind import Kind, Part, Source
from altcred.kinds.masking import mask_typed, refuse_unlisted
from altcred.kinds.pairs import Pairs
from altcred.kinds.phrases import (
    View,
    begin_sentence,
    escape_markdown,
    join_words,
    quote,
    say_share,
    say_size,
    say_unanswered,
    say_weighted,
)
from altcred.kinds.reading import (
    BLANK,
    NEXT_PLACE,
    NOT_APPLICABLE,
    READ,
    Reader,
    Reading,
    Value,
    blanks_of,
    choices_of,
    codes_of,
    fold_text,
    plain_code,
    tidy_text,
)
from altcred.kinds.registry import register_kind
from altcred.kinds.variable import Variable, column_of
from altcred.kinds.vocabulary import NO_ANSWER
from altcred.kinds.yardstick import MEANS, Yardstick

if TYPE_CHECKING:
    import pyarrow as pa

TWICE = "an option has two places"
# What is told of the place of an option.
TOLD = {"mean", "std", "std_error"}
# What options in order are joined by, unless the codebook says it.
MARKS = (">", ";", "|", "\n", ",")
_PLACE = re.compile(r"(?:rank|place|choice)?\s*#?(\d+)(?:\.0+)?(?:st|nd|rd|th|\.)?", re.ASCII)
_NUMBER = re.compile(r"^\s*\d+\s*[.):]\s*")


class Rank(Kind):
    """An order of options, in one text, with a column an option or with a column a place.

    How far up an option stands is told under NAME:OPTION, as a number of those who gave it a
    place; the shares of NAME are of those who put an option first.
    """

    name: ClassVar[str] = "rank"
    needs_categories: ClassVar[bool] = True
    keeps_lines: ClassVar[bool] = True
    chart: ClassVar[str] = "ranks"
    table: ClassVar[str] = "ranks"
    change_table: ClassVar[str] = "paired_ranks"
    contrast_table: ClassVar[str] = "compared_ranks"
    paired: ClassVar[Yardstick | None] = Yardstick(
        "mean_difference", "rank_biserial", "wilcoxon_pvalue", each=True, ends=MEANS
    )
    independent: ClassVar[Yardstick | None] = Yardstick(
        "mean_difference", "hedges_g", "ttest_ind_pvalue", each=True, ends=("mean",) * 2
    )

    # Read ----------------------------------------------------------------------------------

    def read_given(self, variable: Variable, wave: str) -> Reader:
        """Return the function that reads options joined by a sign, the first place first."""
        choices, codes = choices_of(variable, wave), codes_of(variable, wave)
        marks = list_separators(variable) if variable.separator else MARKS

        def read(text: str) -> Reading:
            if NEXT_PLACE in text:
                return _read_places(variable, text, choices, codes)
            for mark in marks:
                parts = [part.strip() for part in text.split(mark) if part.strip()]
                for pieces in (parts, [_NUMBER.sub("", part) for part in parts]):
                    found = _order(pieces, mark, choices, codes)
                    if found and len(set(found)) < len(found):
                        return Reading(None, TWICE, mask_typed(text))
                    if found:
                        return Reading(tuple(found), READ, tidy_text(text))
            return _refuse(variable, text)

        return read

    def make_option_reader(
        self,
        variable: Variable,
        wave: str,
        option: str,
        header: str = "",
        found: Mapping[str, Collection[str]] | None = None,
    ) -> Reader:
        """Return the function that reads the place of one option: 1, 1st or Rank 1."""
        last = len(variable.categories_in(wave))
        blanks = blanks_of(variable)

        def read(text: str) -> Reading:
            folded = fold_text(text)
            if folded in blanks:
                return Reading(None, BLANK)
            place = _PLACE.fullmatch(folded)
            if place and 1 <= int(place[1]) <= last:
                return Reading(float(place[1]), READ, tidy_text(text))
            return _refuse(variable, text)

        return read

    # Columns -------------------------------------------------------------------------------

    def spell(self, variable: Variable, wave: str, answer: Any) -> list[str]:
        """Return one of the options as the codebook says that it is written, and its code."""
        return spell_category(variable, wave, answer)

    def columns(self, name: str, variable: Variable, wave: str) -> list[str]:
        """Return a column for each option that the wave offered."""
        return [column_of(name, one) for one in variable.categories_in(wave)]

    def parts_of_column(self, variable: Variable, wave: str) -> list[str]:
        """Return the options that the wave offered."""
        return list(variable.categories_in(wave))

    def arrays(
        self, variable: Variable, wave: str, values: Sequence[Value]
    ) -> Mapping[str, "pa.Array"]:
        """Return the place of each option in an order, and a place that stands by itself."""
        import pyarrow as pa

        def place(value: Value, option: str) -> float | None:
            given = isinstance(value, tuple) and option in value
            return value.index(option) + 1.0 if given else None  # type: ignore[union-attr]

        own = [one if isinstance(one, float) else None for one in values]
        return {"value": pa.array(own, pa.float64())} | {
            option: pa.array([place(one, option) for one in values], pa.float64())
            for option in variable.categories_in(wave)
        }

    # Conditions ----------------------------------------------------------------------------

    def test(self, name: str, variable: Variable, wave: str, wanted: Sequence[str]) -> str:
        """Return in SQL that one of the wanted options was put first, or that none has a place."""
        offered = variable.categories_in(wave)
        members = variable.expand_groups(one for one in wanted if one != NOT_REPORTED)
        tests = [f"{quoted(column_of(name, one))} = 1" for one in members if one in offered]
        if NOT_REPORTED in wanted:
            tests.append(f"({self.is_missing(name, variable, wave)})")
        return " OR ".join(tests) or "FALSE"

    def comparable(self, name: str, variable: Variable, wave: str) -> str:
        """Return in SQL the places as one text."""
        columns = [quoted(column) for column in self.columns(name, variable, wave)]
        places = ", ".join(f"coalesce(CAST({one} AS VARCHAR), '.'), ' '" for one in columns)
        return f"CASE WHEN NOT ({self.is_missing(name, variable, wave)}) THEN concat({places}) END"

    def problems(self, variable: Variable) -> Iterator[tuple[str, str, str]]:
        """Yield options without a column, and those that only some were offered."""
        yield from super().problems(variable)
        for wave, question in variable.question.items():
            lacking = set(variable.categories_in(wave)) - set(question.options)
            if question.options and lacking:
                message = f"has no column for {', '.join(sorted(lacking))}."
                yield f"question.{wave}.options", message, "Name the column of each option."
        for name, category in variable.categories.items():
            if category.asked_if or category.asked_since:
                message = "cannot be offered to some only in kind rank."
                yield f"categories.{name}", message, "Put the condition under the variable."

    # Estimate ------------------------------------------------------------------------------

    def estimate(self, source: Source, name: str, parts: Sequence[Part]) -> Iterator[Estimate]:
        """Yield of each option who put it first, and its mean place."""
        variable = source.variable(name)
        options = list(variable.categories_in(source.wave))
        missing = self.is_missing(name, variable, source.wave)
        places = range(1, len(options) + 1)
        tests = {"answered": f"NOT ({missing})"}
        for at, option in enumerate(options):
            column = quoted(column_of(name, option))
            tests |= {f"{at}:{place}": f"{column} = {place}" for place in places}
        cells = source.count(name, *source.tally(tests))
        for part in parts:
            inside = cells[part.holds(cells)]
            if not len(inside):
                continue
            record, whole = Recorder(part.name, name), Tally.of(inside, "answered")
            yield from record.response(float(inside["asked"].sum()), whole.n)
            for at, option in enumerate(options if whole.n else []):
                gave = Tally.of_columns(inside, [f"{at}:{place}" for place in places])
                yield from count_share(record, option, gave[:1], whole)
                yield from _describe_place(
                    Recorder(part.name, f"{name}:{option}"), np.array(places, float), gave
                )

    def compare(self, name: str, variable: Variable, pairs: Pairs) -> Iterator[Estimate]:
        """Yield how the place of each option of both surveys changed, with its tests."""
        most = 0.0
        for option in variable.shared_categories(pairs.waves):
            sides = (side.astype(float) for side in pairs.column(column_of(name, option)))
            record = Recorder(pairs.subgroup, f"{name}:{option}")
            found = list(compare_means(record, *sides, has_zero=False, alpha=1 - LEVEL))
            yield from found
            most = max([most, *(one.n for one in found if one.statistic == "nobs")])
        # Somebody may give places to some options only.
        yield Recorder(pairs.subgroup, name).number("nobs", most, n=most, note=IN_BOTH)

    # Write ---------------------------------------------------------------------------------

    def finding(self, view: View, name: str, subgroup: str = ALL) -> str:
        """Return which options have the best mean place, and what was put first most often."""
        n = view.size(name, subgroup)
        if n is None:
            return ""
        how = "how they ranked the options"
        if untold := say_unanswered(n, how, "Nobody ranked the options."):
            return untold
        means = mean_places(view, name, subgroup)
        if not means:
            return f"How they ranked the options is not shown ({say_size(view, n)})."
        texts = {one: view.write(found, name, "mean") for one, found in means.items()}
        best = next(iter(texts.values()))
        leading = [one for one, text in texts.items() if text == best]
        labels = join_words(quote(view.label(name, one)) for one in leading)
        each = " each" if len(leading) > 1 else ""
        told = (
            f"Of the options that may be shown, {labels}"
            if len(means) < len(view.categories(name))
            else labels
        )
        verb = "have" if len(leading) > 1 else "has"
        text = f"{told} {verb} the best mean place ({escape_markdown(best)}{each})"
        first = view.shown(name, leading[0], "", subgroup)
        if len(leading) == 1 and first is not None:
            share = "all" if first.value == 1 else say_share(view, first)
            people = escape_markdown(view.people) if n > 1 else "person"
            text += f", and {share} of the {view.writer.number(n)} {people} put it first"
        return say_weighted(f"{text}.", means.values())

    def change(self, view: View, name: str, first: View, second: View) -> str:
        """Return which options the same people put further up and down the second time."""
        n = view.size(name)
        if too_few := say_too_few(n):
            return too_few
        told = self._say_moved(view, name, "the second time", paired=True)
        return f"{told} {begin_sentence(view.writer.spell(n or 0))} people ranked them both times."

    def contrast(self, view: View, name: str, first: View, second: View) -> str:
        """Return which options stand further up and down in the second survey."""
        return self._say_moved(view, name, "in the second survey", paired=False)

    def _say_moved(self, view: View, name: str, when: str, *, paired: bool) -> str:
        variable = view.described(name)
        options = list(variable.categories) if variable is not None else []
        moved: dict[str, list[str]] = {"further up": [], "further down": []}
        known = 0
        for one in options:
            gap = view.shown(f"{name}:{one}", "", "mean_difference")
            tests = find_tests(view, f"{name}:{one}", paired=paired)
            if gap is None or not tests:
                continue
            known += 1
            if tests[-1].value < UNLIKELY:
                side = "further up" if gap.value < 0 else "further down"
                moved[side].append(
                    f"{quote(view.label(name, one))} ({say_pvalue(view, tests[-1])})"
                )
        if not known:
            return "Too few people gave the options a place for changes to be shown."
        texts = [f"{join_words(ones)} stood {side} {when}." for side, ones in moved.items() if ones]
        if not texts:
            return f"Of no option can it be told from chance that it stood elsewhere {when}."
        return " ".join(texts)


def mean_places(view: View, name: str, subgroup: str = ALL) -> dict[str, Estimate]:
    """Return the mean places of a variable's options that may be shown, the best first."""
    found = {
        one: mean
        for one in view.categories(name)
        if (mean := view.shown(f"{name}:{one}", "", "mean", subgroup))
    }
    return dict(sorted(found.items(), key=lambda item: item[1].value))


def _order(
    pieces: Sequence[str], mark: str, choices: Mapping[str, str], codes: Mapping[str, str]
) -> list[str]:
    """Return the options in order; none where a piece is no option."""
    by_pieces = {
        tuple(part for piece in choice.split(mark) if (part := piece.strip())): name
        for choice, name in choices.items()
    }
    ticked, rest = split_choices(list(pieces), by_pieces)
    if not rest:
        return ticked
    coded = [codes.get(plain_code(fold_text(piece))) for piece in pieces]
    return [one for one in coded if one] if all(coded) else []


def _read_places(
    variable: Variable, text: str, choices: Mapping[str, str], codes: Mapping[str, str]
) -> Reading:
    """Read options that stood in a column each; a place left empty is nobody's."""
    pieces = [fold_text(piece) for piece in text.split(NEXT_PLACE)]
    found = [choices.get(one) or codes.get(plain_code(one)) for one in pieces]
    shown = " > ".join(tidy_text(piece) or "-" for piece in text.split(NEXT_PLACE))
    if any(one is None and piece for one, piece in zip(found, pieces, strict=True)):
        return _refuse(variable, shown)
    named = [one for one in found if one]
    if len(set(named)) < len(named):
        return Reading(None, TWICE, mask_typed(shown))
    return Reading(tuple(one or "" for one in found), READ, shown)


def _refuse(variable: Variable, text: str) -> Reading:
    if fold_text(text) in NO_ANSWER:
        return Reading(None, NOT_APPLICABLE, tidy_text(text))
    return refuse_unlisted(variable, text)


def _describe_place(record: Recorder, places: np.ndarray, gave: Tally) -> Iterator[Estimate]:
    """Yield the mean place of an option with Student's interval, of those who gave it one."""
    yield record.number("nobs", gave.n, n=gave.n)
    ends = (float(places[0]), float(places[-1]))
    for one in describe_numbers(record, places, gave, {}, is_skewed=False, limits=ends):
        if one.statistic in TOLD:
            yield one


register_kind(Rank())
