"""Multiple: several answers may be ticked; a column of yes or no for each."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import pandas as pd

from altcred.core.engine import literal, quoted
from altcred.core.paired import IN_BOTH, compare_proportions
from altcred.core.records import ALL, NOT_REPORTED, Estimate, Recorder
from altcred.core.weights import Tally, count_share
from altcred.kinds.changes import describe_ticks
from altcred.kinds.choices import make_ticks_reader, rank_separators, spell_category
from altcred.kinds.contrasts import compare_shares
from altcred.kinds.kind import Kind, Part, Source, counted_where
from altcred.kinds.pairs import Pairs
from altcred.kinds.parts import Category
from altcred.kinds.phrases import View, describe_groups, describe_shares
from altcred.kinds.reading import Reader, Value, tidy_text
from altcred.kinds.registry import register_kind
from altcred.kinds.variable import Variable, column_of
from altcred.kinds.yardstick import Yardstick

if TYPE_CHECKING:
    import pyarrow as pa

# Labels of answers that leave no other standing.
NONE_OF_THESE = re.compile(
    r"(none|nothing|neither)( of (the|these|those).*)?|not applicable|does not apply|n/a|"
    r"(kein[es]?|keiner|nichts)( davon| de[rs] .*)?|trifft nicht zu|aucune?( de.*)?|rien|"
    r"ning[uú]n[oa]?( de.*| problema)?|nenhuma?( d[aeo].*| problema)?|"
    r"nessun[oa]?( d[ei].*| problema)?|"
    r"no (problems?|issues?|difficulties)|keine? probleme?|aucun problème|geen problemen|"
    r"ing(en|et|a)( a[vf] .*)?|geen( van .*)?|żad(en|na|ne)( z .*)?|žádn[ýáé]( z .*)?|"
    r"hiçbiri( değil)?|ни один из .*|ничего из .*",
    re.IGNORECASE,
)


class Multiple(Kind):
    """Any of several answers; shares are of those who answered, or of all who were asked."""

    name: ClassVar[str] = "multiple"
    has_ticks: ClassVar[bool] = True
    keeps_lines: ClassVar[bool] = True
    needs_categories: ClassVar[bool] = True
    chart: ClassVar[str] = "shares"
    printed_chart: ClassVar[str] = "printed_bars"
    table: ClassVar[str] = "shares"
    change_chart: ClassVar[str] = "pairs"
    change_table: ClassVar[str] = "cells"
    contrast_table: ClassVar[str] = "comparison"
    stand_in: ClassVar[str] = "ticks"
    paired: ClassVar[Yardstick | None] = Yardstick("difference", "", "mcnemar_pvalue", each=True)
    independent: ClassVar[Yardstick | None] = Yardstick(
        "difference", "", "proportions_pvalue", each=True
    )

    def suit(self, variable: Variable, wave: str, answers: Sequence[str]) -> Variable:
        """Return the variable with the sign that joins its answers first among those tried."""
        if variable.separator:
            return variable
        ranked = rank_separators(variable, wave, answers)
        return variable.model_copy(update={"separator": ranked})

    def read_given(self, variable: Variable, wave: str) -> Reader:
        """Return the function that reads a text of several answers as a tuple of categories."""
        return make_ticks_reader(variable, wave)

    def spell(self, variable: Variable, wave: str, answer: Any) -> list[str]:
        """Return one of the options as the codebook says that it is written, and its code."""
        return spell_category(variable, wave, answer)

    def columns(self, name: str, variable: Variable, wave: str) -> list[str]:
        """Return a column for each category that the wave offered."""
        return [column_of(name, category) for category in variable.categories_in(wave)]

    def problems(self, variable: Variable) -> Iterator[tuple[str, str, str]]:
        """Yield also what is said to be a tick and none alike, and options that all exclude."""
        yield from super().problems(variable)
        for one in sorted(set(variable.ticked) & set(variable.not_ticked)):
            yield "ticked", f"{one!r} stands under not_ticked as well.", "Say which it is."
        if variable.categories and all(one.exclusive for one in variable.categories.values()):
            yield "categories", "all exclude the others.", "Then the kind is single."

    def draw_options(self, variable: Variable) -> dict[str, Any]:
        """Return that answers are drawn by falling share."""
        return {"falling": True}

    def parts_of_column(self, variable: Variable, wave: str) -> list[str]:
        """Return the categories that the wave offered."""
        return list(variable.categories_in(wave))

    def arrays(
        self, variable: Variable, wave: str, values: Sequence[Value]
    ) -> Mapping[str, "pa.Array"]:
        """Return for each category whether an answer ticks it."""
        import pyarrow as pa

        return {
            category: pa.array(
                [category in value if isinstance(value, tuple) else False for value in values],
                pa.bool_(),
            )
            for category in variable.categories_in(wave)
        }

    def count_as(
        self,
        name: str,
        variable: Variable,
        wave: str,
        asked: str,
        offered: Mapping[str, str],
        unsaid: Mapping[str, str],
    ) -> dict[str, str]:
        """Return in SQL of each category whether it is ticked.

        Nothing is known of whoever was not offered it, nor, unless the shares are of all who were
        asked, of whoever ticked nothing that was offered and did not say of any that it is not
        ticked; where shares are of those who answered, nor of a blank where others say so of it.
        One that excludes others does not count where one of them is ticked as well.
        """
        columns = {one: quoted(column_of(name, one)) for one in offered}
        flags = {one: f"coalesce({column}, FALSE)" for one, column in columns.items()}
        tests = [asked]
        if variable.base != "asked":
            known = [f"(({offered[one]}) AND {flags[one]})" for one in flags]
            if variable.base == "answered":
                known += [f"coalesce(NOT {column}, FALSE)" for column in columns.values()]
            tests.append(" OR ".join(known))
        for one, contradicted in self.contradictions(name, variable, wave).items():
            flags[one] = f"({flags[one]} AND NOT {contradicted})"
        blank = {one: f"NOT {test}" for one, test in unsaid.items() if variable.base == "answered"}
        return {
            column_of(name, one): counted_where(
                [*tests, offered[one], blank.get(one, "TRUE")], flag
            )
            for one, flag in flags.items()
        }

    def contradictions(self, name: str, variable: Variable, wave: str) -> dict[str, str]:
        """Return in SQL of each category that excludes others that it is ticked with one."""
        offered = variable.categories_in(wave)
        return _ticked_beside(name, offered, [one for one in offered if offered[one].exclusive])

    def doubts(self, name: str, variable: Variable, wave: str) -> dict[str, str]:
        """Return in SQL of each category that reads as if it excluded others that it is beside one.

        Only of categories of which the codebook does not say so.
        """
        offered = variable.categories_in(wave)
        named = [
            one for one, category in offered.items()
            if not category.exclusive and NONE_OF_THESE.fullmatch(tidy_text(category.label))
        ]  # fmt: skip
        return _ticked_beside(name, offered, named)

    def test(self, name: str, variable: Variable, wave: str, wanted: Sequence[str]) -> str:
        """Return in SQL that one of the wanted answers is ticked, or that none is at all."""
        offered = variable.categories_in(wave)
        members = variable.expand_groups(one for one in wanted if one != NOT_REPORTED)
        tests = [
            f"coalesce({quoted(column_of(name, one))}, FALSE)" for one in members if one in offered
        ]
        if NOT_REPORTED in wanted:
            tests.append(f"({self.is_missing(name, variable, wave)})")
        return " OR ".join(tests) or "FALSE"

    def comparable(self, name: str, variable: Variable, wave: str) -> str:
        """Return in SQL what was ticked as one text, which another wave may have offered too."""
        columns = {one: quoted(column_of(name, one)) for one in variable.categories_in(wave)}
        ticked = ", ".join(
            f"CASE WHEN {column} THEN {literal(f'{one} ')} ELSE '' END"
            for one, column in columns.items()
        )
        given = " OR ".join(f"{column} IS NOT NULL" for column in columns.values())
        return f"CASE WHEN {given} THEN concat({ticked}) END"

    def estimate(self, source: Source, name: str, parts: Sequence[Part]) -> Iterator[Estimate]:
        """Yield counts and shares of each answer and group, each of those it was offered to."""
        variable = source.variable(name)
        cells, labels = self._count(source, name, variable)
        for part in parts:
            inside = cells[part.holds(cells)]
            if not len(inside):
                continue
            asked, answered = float(inside["asked"].sum()), float(inside["answered"].sum())
            # Where the shares are of all asked, to tick nothing is an answer too.
            if variable.base == "asked":
                answered = asked
            record = Recorder(part.name, name)
            yield from record.response(asked, answered)
            for label in labels:
                whole = Tally.of(inside, f"n:{label}")
                # A category that nobody of the subgroup was offered is not a share of zero.
                if whole.n > 0:
                    ticked = Tally.of(inside, f"ticked:{label}")
                    yield from count_share(record, label, ticked, whole)

    def _count(
        self, source: Source, name: str, variable: Variable
    ) -> tuple[pd.DataFrame, list[str]]:
        """Count ticks: `asked`, `answered`, and of each category and group `n:` and `ticked:`."""
        categories = list(variable.categories_in(source.wave))
        column = {one: quoted(column_of(name, one)) for one in categories}
        base = {one: f"{column[one]} IS NOT NULL" for one in categories}
        members = {one: [one] for one in categories}
        for group, described in variable.groups.items():
            inside = [one for one in described.members if one in column]
            if inside:
                members[group] = inside
        answered = " OR ".join(f"{column[one]} IS NOT NULL" for one in categories)
        tests = {"answered": answered or "FALSE"}
        for label, ones in members.items():
            in_base = " OR ".join(f"({base[one]})" for one in ones)
            ticked = " OR ".join(
                f"(({base[one]}) AND coalesce({column[one]}, FALSE))" for one in ones
            )
            tests |= {f"n:{label}": in_base, f"ticked:{label}": ticked}
        return source.count(name, *source.tally(tests)), list(members)

    def remarks(self, view: View, name: str) -> list[str]:
        """Return that there could be several answers, and the shares of their groups."""
        return ["Several answers could be chosen.", describe_groups(view, name)]

    def finding(self, view: View, name: str, subgroup: str = ALL) -> str:
        """Return which answers were chosen most often."""
        variable = view.described(name)
        assert variable is not None
        did = self.answered(variable)
        each = did == "who answered"
        return describe_shares(view, name, did=did, several=True, each=each, subgroup=subgroup)

    def answered(self, variable: Variable) -> str:
        """Return whom shares are of: who chose at least one answer, who answered or were asked."""
        if variable.everyone_ticks:
            return "who chose at least one answer"
        return "who were asked" if variable.base == "asked" else "who answered"

    def change(self, view: View, name: str, first: View, second: View) -> str:
        """Return which answers the same people gave more and less often the second time."""
        return describe_ticks(view, name, first.categories(name))

    def contrast(self, view: View, name: str, first: View, second: View) -> str:
        """Return which answers were more and less frequent in the second wave."""
        return compare_shares(view, name, first.categories(name))

    def compare(self, name: str, variable: Variable, pairs: Pairs) -> Iterator[Estimate]:
        """Yield for each answer of both surveys who gave it when, and the exact McNemar test."""
        sizes = []
        offered = [variable.categories_in(wave) for wave in pairs.waves]
        for category in [one for one in offered[0] if one in offered[1]]:
            record = Recorder(pairs.subgroup, f"{name}:{category}")
            found = compare_proportions(record, *pairs.column(column_of(name, category)))
            if not variable.is_tested(*pairs.waves, category):
                found = (one for one in found if one.statistic != "mcnemar_pvalue")
            for one in found:
                sizes.append(one.n)
                yield one
        if sizes:
            # Some answers were put to fewer people than the question.
            yield Recorder(pairs.subgroup, name).number(
                "nobs", max(sizes), n=max(sizes), note=IN_BOTH
            )


def _ticked_beside(
    name: str, offered: Mapping[str, Category], alone: Collection[str]
) -> dict[str, str]:
    """Return in SQL of each answer that should be alone that another one is ticked beside it."""
    flags = {one: f"coalesce({quoted(column_of(name, one))}, FALSE)" for one in offered}
    others = " OR ".join(
        flags[one] for one in offered if one not in alone and not offered[one].exclusive
    )
    return {one: f"({flags[one]} AND ({others or 'FALSE'}))" for one in alone}


register_kind(Multiple())
