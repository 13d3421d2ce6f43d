"""Who was asked, who was offered what, who is in a group: the one place that writes it, in SQL.

Conditions are over responses as the codebook names them: a column a variable, or a column a
category. A test of an answer that is missing is neither true nor false, but NULL; so it is not
known of whoever gave none whether they were asked what the answer decides.
`tell_rows` evaluates what is written here over a frame.
"""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from altcred.core.description import Condition, as_list
from altcred.core.engine import Engine, literal, quoted
from altcred.describe.codebook import Codebook
from altcred.describe.dependence import PROGRAM_COLUMNS, source_names
from altcred.kinds import kind_of

if TYPE_CHECKING:
    import pandas as pd


class Conditions:
    """The conditions of one wave's questions, as SQL."""

    def __init__(self, codebook: Codebook, wave: str) -> None:
        self.codebook, self.wave = codebook, wave

    def holds(self, condition: Condition) -> str:
        """Return that a condition holds, and FALSE where that is not known."""
        return f"coalesce({self.write(condition)}, FALSE)" if condition else "TRUE"

    def write(self, condition: Condition) -> str:
        """Return that all of a condition's tests are true; an empty condition is."""
        return join_all(self._test(name, as_list(wanted)) for name, wanted in condition.items())

    def asked(self, name: str) -> str:
        """Return who was asked a variable; of a derived one, who was asked all its sources."""
        variable = self.codebook.variables[name]
        if variable.derive is not None:
            clauses = [self.asked(source) for source in source_names(variable)]
            if variable.derive.any_of and "TRUE" not in clauses:
                # Where any of its conditions fulfils a rule, who was asked one of them was asked.
                return " OR ".join(f"({clause})" for clause in clauses)
            return "TRUE" if variable.derive.any_of else join_all(clauses)
        return join_all(
            [self.write(variable.condition_in(self.wave)), *since(variable.since(self.wave))]
        )

    def offered(self, name: str, category: str) -> str:
        """Return to whom a category was offered, of those who were asked the variable."""
        described = self.codebook.variables[name].categories[category]
        return join_all([self.write(described.asked_if), *since(described.since(self.wave))])

    def is_missing(self, name: str) -> str:
        """Return that a variable has no usable answer."""
        variable = self.codebook.variables[name]
        return kind_of(variable).is_missing(name, variable, self.wave)

    def _test(self, name: str, wanted: Sequence[str]) -> str:
        if name in PROGRAM_COLUMNS:
            return f"{name} IN ({', '.join(map(literal, wanted))})"
        variable = self.codebook.variables[name]
        return kind_of(variable).test(name, variable, self.wave, wanted)


def since(day: datetime.date | None) -> list[str]:
    """Return that a response was submitted on a day or later; nothing where there is no day."""
    if day is None:
        return []
    return [f"submitted >= CAST({literal(day.isoformat())} AS TIMESTAMP)"]


def join_all(tests: Iterable[str]) -> str:
    """Return that all tests are true, those that always are left out."""
    needed = [test for test in tests if test != "TRUE"]
    return " AND ".join(f"({test})" for test in needed) or "TRUE"


def tell_rows(frame: "pd.DataFrame", tests: Mapping[str, str]) -> dict[str, list[bool]]:
    """Tell of each test, by its name, for which rows it holds; of a missing answer it does not.

    Tests are what `Conditions` writes, for example `cohort.conditions(wave).asked(name)`; the
    frame has the columns of responses that they name, truth values as bool.
    """
    columns = [f"coalesce({test}, FALSE) AS {quoted(name)}" for name, test in tests.items()]
    with Engine(threads=1) as engine:
        engine.add("people", frame.assign(**{"@place": range(len(frame))}))
        query = f'SELECT {", ".join(["TRUE", *columns])} FROM people ORDER BY "@place"'
        found = engine.frame(query)
    return {name: [bool(one) for one in found[name]] for name in tests}
