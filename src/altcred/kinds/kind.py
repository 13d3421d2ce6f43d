"""What a kind of variable is: the verbs that a file for a kind fills in.

A kind reads an answer, names its columns, writes conditions on it, estimates, compares answers of
the same people, and says what shows it. A new kind is a subclass in its own file, registered.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

import numpy as np

from altcred.core.engine import literal, quoted
from altcred.core.intervals import Interval
from altcred.core.mistakes import list_unknown, name_known
from altcred.core.records import ALL, NOT_REPORTED, Estimate, Recorder
from altcred.core.weights import Tally
from altcred.kinds.asked import describe_condition
from altcred.kinds.pairs import Pairs
from altcred.kinds.phrases import View, end_sentence, plain_text
from altcred.kinds.reading import BLANK, Reader, Reading, Value, blanks_of, fold_text, tidy_text
from altcred.kinds.times import DateOrder
from altcred.kinds.variable import Variable
from altcred.kinds.yardstick import Yardstick

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


class Part(Protocol):
    """A subgroup of a wave's respondents."""

    @property
    def name(self) -> str: ...

    def holds(self, cells: "pd.DataFrame") -> np.ndarray:
        """Tell for each counted cell whether its people are in the subgroup."""
        ...


class Source(Protocol):
    """The responses of one wave: counted in SQL, never a row a person."""

    @property
    def wave(self) -> str: ...
    @property
    def is_weighted(self) -> bool:
        """Whether people count by their survey weights."""
        ...

    def variable(self, name: str) -> Variable: ...

    def count(self, name: str, *columns: str) -> "pd.DataFrame":
        """Return aggregates of those who were asked a variable, in each smallest part."""
        ...

    def count_by(self, name: str) -> "pd.DataFrame":
        """Count those who were asked by the `value` of the variable's column: `people`."""
        ...

    def tally(self, tests: Mapping[str, str]) -> list[str]:
        """Return the columns for `count` of those for whom a test is true, with their weights."""
        ...


class Kind:
    """One kind of variable; what is not filled in has the plainest answer."""

    name: ClassVar[str]
    # Whether an answer is a number, a whole one, an amount of money.
    is_numeric: ClassVar[bool] = False
    is_whole: ClassVar[bool] = False
    is_money: ClassVar[bool] = False
    # Whether a change can be told as a share of where it began.
    has_zero: ClassVar[bool] = False
    # Whether the numbers are days or years, which are written without separated thousands.
    is_calendar: ClassVar[bool] = False
    # Whether a few large numbers make the mean; None leaves it to how they are spread.
    is_skewed: ClassVar[bool | None] = False
    # Whether an answer is a day, held as the number of days since the first of 1970.
    is_day: ClassVar[bool] = False
    # How a smaller number is told: 33 years or less, 1985 or earlier.
    less: ClassVar[str] = "or less"
    # Whether the codebook lists the answers offered, and whether it may.
    needs_categories: ClassVar[bool] = False
    may_have_categories: ClassVar[bool] = False
    # Whether answers have an order, and whether a person gives one of them or several.
    is_ordered: ClassVar[bool] = False
    # Where small answers are hidden, whether the other shares are worth more than the mean.
    shares_first: ClassVar[bool] = False
    has_ticks: ClassVar[bool] = False
    # Whether each person gives one answer, so that the categories add up to those who answered.
    is_exclusive: ClassVar[bool] = False
    # Whether there is anything to estimate, and whether change of it is.
    is_estimated: ClassVar[bool] = True
    is_compared: ClassVar[bool] = True
    # Whether its answers are read at all, and whether the log of answers tells as what.
    is_read: ClassVar[bool] = True
    is_logged: ClassVar[bool] = True
    # Whether it tells who somebody is, so that only keyed tokens of it are ever compared.
    is_identifier: ClassVar[bool] = False
    # Whether line breaks may part an answer; whether typed texts are only marked as given.
    keeps_lines: ClassVar[bool] = False
    is_typed: ClassVar[bool] = False
    # Names in the registries of charts and tables, empty for none; and how reports print the chart.
    chart: ClassVar[str] = ""
    printed_chart: ClassVar[str] = ""
    more_charts: ClassVar[tuple[str, ...]] = ()
    table: ClassVar[str] = ""
    change_chart: ClassVar[str] = ""
    change_table: ClassVar[str] = ""
    # Name of the way in which stand-ins for answers are drawn; empty where none are.
    stand_in: ClassVar[str] = ""
    contrast_table: ClassVar[str] = ""
    # How a change is told of the same people, and of different people; None where it is not.
    paired: ClassVar[Yardstick | None] = None
    independent: ClassVar[Yardstick | None] = None

    # Describe ------------------------------------------------------------------------------

    def complete(self, described: dict[str, Any]) -> dict[str, Any]:
        """Return the description of a variable with what the kind knows of itself."""
        return described

    # Read ----------------------------------------------------------------------------------

    def make_reader(self, variable: Variable, wave: str) -> Reader:
        """Return the function that reads a variable's answers in one wave."""
        blanks, read = blanks_of(variable), self.read_given(variable, wave)

        def read_one(text: str) -> Reading:
            if fold_text(text) in blanks:
                return Reading(None, BLANK)
            return read(text if self.keeps_lines else tidy_text(text))

        return read_one

    def suit(self, variable: Variable, wave: str, answers: Sequence[str]) -> Variable:
        """Return the variable with what its column's answers show of how they are written."""
        return variable

    def read_given(self, variable: Variable, wave: str) -> Reader:
        """Return the function that reads an answer which is not blank."""
        raise NotImplementedError

    def make_column_reader(
        self, variable: Variable, wave: str, answers: Sequence[str], order: DateOrder | None
    ) -> Reader:
        """Return the function that reads a variable's column, given all that stands in it.

        `order` is that of day, month and year, where the study says it.
        """
        return self.make_reader(variable, wave)

    def make_option_reader(
        self,
        variable: Variable,
        wave: str,
        option: str,
        header: str = "",
        found: Mapping[str, Collection[str]] | None = None,
    ) -> Reader:
        """Return the function that reads the column of one option; see kinds/options.py."""
        from altcred.kinds.options import make_option_reader

        return make_option_reader(variable, wave, option, header, found)

    # Columns -------------------------------------------------------------------------------

    def columns(self, name: str, variable: Variable, wave: str) -> list[str]:
        """Return the columns in which responses.parquet holds the variable."""
        return [name]

    def parts_of_column(self, variable: Variable, wave: str) -> list[str]:
        """Return the categories that have a column each; none where one column holds the answer."""
        return []

    def arrays(
        self, variable: Variable, wave: str, values: Sequence[Value]
    ) -> Mapping[str, "pa.Array"]:
        """Return what answers were read as: the column `value`, or a column a category."""
        import pyarrow as pa

        return {"value": pa.array(values, pa.float64() if self.is_numeric else pa.string())}

    def count_as(
        self,
        name: str,
        variable: Variable,
        wave: str,
        asked: str,
        offered: Mapping[str, str],
        unsaid: Mapping[str, str],
    ) -> dict[str, str]:
        """Return in SQL what counts of the answer, by its column: nothing of who was not asked.

        `asked` is true of those who were, `offered` says it of each category that has a column;
        `unsaid` is true where a column that says of its option that it is not chosen is blank.
        """
        return {
            column: counted_where([asked], quoted(column))
            for column in self.columns(name, variable, wave)
        }

    def doubts(self, name: str, variable: Variable, wave: str) -> dict[str, str]:
        """Return in SQL, by category, of which answers one should ask whether they go together."""
        return {}

    def contradictions(self, name: str, variable: Variable, wave: str) -> dict[str, str]:
        """Return in SQL of each category whether it cannot count beside what else was answered."""
        return {}

    def spell(self, variable: Variable, wave: str, answer: Any) -> list[str]:
        """Return how an export may write an answer, the plainest first."""
        return [str(int(answer)) if float(answer).is_integer() else repr(float(answer))]

    # Conditions ----------------------------------------------------------------------------

    def test(self, name: str, variable: Variable, wave: str, wanted: Sequence[str]) -> str:
        """Return in SQL that the answer is one of those wanted, or that there is none."""
        members = variable.expand_groups(one for one in wanted if one != NOT_REPORTED)
        tests = [f"{quoted(name)} IN ({', '.join(map(literal, members))})"] if members else []
        if NOT_REPORTED in wanted:
            tests.append(self.is_missing(name, variable, wave))
        return " OR ".join(f"({test})" for test in tests) or "FALSE"

    def is_missing(self, name: str, variable: Variable, wave: str) -> str:
        """Return in SQL that somebody gave no usable answer: all columns of it are empty."""
        columns = self.columns(name, variable, wave)
        return " AND ".join(f"{quoted(column)} IS NULL" for column in columns) or "TRUE"

    def comparable(self, name: str, variable: Variable, wave: str) -> str:
        """Return in SQL the answer as one value that can be compared between two rows."""
        return quoted(name)

    def sortable(self, name: str, variable: Variable, wave: str) -> str:
        """Return in SQL what orders rows by the answer: a category's place, else the answer."""
        if self.parts_of_column(variable, wave) or not variable.categories:
            return self.comparable(name, variable, wave)
        places = (f"WHEN {literal(one)} THEN {at}" for at, one in enumerate(variable.categories))
        return f"CASE {quoted(name)} {' '.join(places)} END"

    def name_answer(self, variable: Variable, word: str) -> str:
        """Return what responses call an answer that a description or a text names."""
        return word

    # Numbers behind answers ----------------------------------------------------------------

    def number_in_sql(self, name: str, variable: Variable) -> str:
        """Return in SQL the number that an answer counts as in a score; nothing where none does."""
        return ""

    def ends_of(self, variable: Variable) -> tuple[float, float] | None:
        """Return the lowest and the highest number that an answer may count as, where known."""
        return None

    def cell_numbers(self, variable: Variable) -> dict[str, float]:
        """Return the number behind each category told, where means and the like are of these."""
        return {}

    def years_since(self, name: str, moment: str) -> str:
        """Return in SQL how many years lie between the answer, a year, and a moment."""
        return f"CAST(year({moment}) AS DOUBLE) - {quoted(name)}"

    # Check ---------------------------------------------------------------------------------

    def problems(self, variable: Variable) -> Iterator[tuple[str, str, str]]:
        """Yield what is wrong with a description: the key, what is wrong, and the remedy."""
        if self.needs_categories and not variable.categories and not variable.scale:
            yield "categories", "is missing.", "List the answers offered."
        if variable.categories and not (self.needs_categories or self.may_have_categories):
            yield "categories", f"does not go with kind {self.name}.", "Remove it."
        for key in self.misplaced_keys(variable):
            yield key, f"does not go with kind {self.name}.", "Remove it."
        low, high = variable.bounds.low, variable.bounds.high
        if low is not None and high is not None and low > high:
            yield "bounds", "has a low above its high.", "Write the smaller one as low."
        if variable.bins and not self.is_numeric:
            yield "bins", f"does not go with kind {self.name}.", "Remove it."
        if self.needs_categories:
            for name, group in variable.groups.items():
                for category in group.members:
                    if category not in variable.categories:
                        yield (
                            f"groups.{name}.of",
                            f"{category!r} is not one of the variable's categories.",
                            name_known(category, variable.categories),
                        )

    def misplaced_keys(self, variable: Variable) -> Iterator[str]:
        """Yield the keys that say how answers are written which other kinds have."""
        if not self.has_ticks:
            yield from (one for one in ("ticked", "not_ticked") if getattr(variable, one))
            for name, category in variable.categories.items():
                yield from (f"categories.{name}.{one}" for one in ("exclusive", "typed")
                            if getattr(category, one))  # fmt: skip
        if variable.separator and (self.is_exclusive or self.is_numeric):
            yield "separator"
        if variable.decimal is not None and not self.is_numeric:
            yield "decimal"

    def known_answers(self, variable: Variable) -> list[str] | None:
        """Return what a condition may name; None where that is not listed."""
        if self.needs_categories:
            return [*variable.categories, *variable.groups, NOT_REPORTED]
        return None

    def condition_problems(
        self, variable: Variable, wanted: Sequence[str]
    ) -> Iterator[tuple[str, str]]:
        """Yield what a condition on the answer names wrongly, and the remedy."""
        known = self.known_answers(variable)
        if known is not None:
            yield from list_unknown(known, wanted)

    # Estimate ------------------------------------------------------------------------------

    def estimate(self, source: Source, name: str, parts: Sequence[Part]) -> Iterator[Estimate]:
        """Yield the estimates of a variable in each subgroup."""
        yield from ()

    def is_uneven(self, variable: Variable, waves: Sequence[str]) -> bool:
        """Tell whether waves offered other answers, of which each takes people from the rest."""
        return not (self.has_ticks or variable.is_offered_alike(waves))

    def bins_of(self, variable: Variable) -> list[Interval]:
        """Return the bins of a number as the codebook lists them."""
        return []

    # Compare -------------------------------------------------------------------------------

    def compare(self, name: str, variable: Variable, pairs: Pairs) -> Iterator[Estimate]:
        """Yield how the answers of the same people changed."""
        yield from ()

    def test_samples(
        self, record: Recorder, variable: Variable, categories: Sequence[str], counts: Tally
    ) -> Iterator[Estimate]:
        """Yield whether samples of different people answer alike, from counts of the answers.

        A row of `counts` is a sample, and a column one of the categories.
        """
        yield from ()

    # Write ---------------------------------------------------------------------------------

    def label_answer(self, answer: str) -> str:
        """Return how an answer that the codebook does not list is called."""
        return answer

    def write_value(self, value: float, statistic: str) -> str:
        """Return how a number of a statistic is written; nothing where as any other is."""
        return ""

    def label_range(self, interval: Interval) -> str:
        """Return how an interval of answers is called; nothing where as one of numbers is."""
        return ""

    def draw_options(self, variable: Variable) -> dict[str, Any]:
        """Return how the chart of a variable is drawn unless a chapter says otherwise."""
        return {}

    def sentence(self, view: View, name: str) -> str:
        """Return in Markdown to whom the question was put, and what the answers say.

        It is true whatever the numbers are.
        """
        parts = [describe_condition(view, name), self.finding(view, name)]
        parts += self.remarks(view, name)
        return " ".join(part for part in parts if part)

    def remarks(self, view: View, name: str) -> list[str]:
        """Return what a sentence says after what a reader would take away."""
        return []

    def alt(self, view: View, name: str, subgroup: str = ALL) -> str:
        """Return what a chart shows, for whoever cannot see it."""
        return plain_text(f"{end_sentence(view.label(name))} {self.finding(view, name, subgroup)}")

    def finding(self, view: View, name: str, subgroup: str = ALL) -> str:
        """Return the one or two numbers a reader would take away."""
        return ""

    def answered(self, variable: Variable) -> str:
        """Return whom shares are of: who answered."""
        return "who answered"

    def change(self, view: View, name: str, first: View, second: View) -> str:
        """Return in Markdown how the answers of the same people changed between two waves."""
        return ""

    def contrast(self, view: View, name: str, first: View, second: View) -> str:
        """Return in Markdown how the answers of two waves' different people differ."""
        return ""


def counted_where(tests: Sequence[str], value: str) -> str:
    """Return in SQL a value where all tests are true, and nothing elsewhere."""
    needed = [f"({test})" for test in tests if test != "TRUE"]
    return f"CASE WHEN {' AND '.join(needed)} THEN {value} END" if needed else value
