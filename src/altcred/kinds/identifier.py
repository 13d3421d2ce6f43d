"""Identifier: something that tells who somebody is; nothing of it leaves the reading."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

from altcred.kinds.kind import Kind
from altcred.kinds.reading import Reader, Reading
from altcred.kinds.registry import register_kind
from altcred.kinds.variable import Variable


class Identifier(Kind):
    """A name, address or number of a person, which no result may hold."""

    name: ClassVar[str] = "identifier"
    is_estimated: ClassVar[bool] = False
    is_compared: ClassVar[bool] = False
    is_read: ClassVar[bool] = False
    is_identifier: ClassVar[bool] = True
    is_typed: ClassVar[bool] = True

    def read_given(self, variable: Variable, wave: str) -> Reader:
        """Return the function that reads any text as given."""
        return lambda text: Reading(1.0, "answered", "")

    def condition_problems(
        self, variable: Variable, wanted: Sequence[str]
    ) -> Iterator[tuple[str, str]]:
        """Yield that nothing is kept by which a condition could tell."""
        yield "is an identifier, which responses do not hold.", "Use another variable."

    def columns(self, name: str, variable: Variable, wave: str) -> list[str]:
        """Return no column: responses hold no identifier."""
        return []


register_kind(Identifier())
