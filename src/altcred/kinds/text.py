"""Text: what somebody typed; only that something was typed is kept."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from altcred.core.engine import quoted
from altcred.core.records import NOT_REPORTED, Estimate, Recorder
from altcred.kinds.kind import Kind, Part, Source
from altcred.kinds.phrases import View, begin_sentence, say_everybody
from altcred.kinds.reading import NOT_APPLICABLE, Reader, Reading, Value, fold_text
from altcred.kinds.registry import register_kind
from altcred.kinds.variable import Variable
from altcred.kinds.vocabulary import NO_ANSWER, NOT_SHOWN

if TYPE_CHECKING:
    import pyarrow as pa


class Text(Kind):
    """A typed answer; its content never leaves the reading of the export."""

    name: ClassVar[str] = "text"
    is_typed: ClassVar[bool] = True
    is_compared: ClassVar[bool] = False
    table: ClassVar[str] = "texts"
    stand_in: ClassVar[str] = "words"

    def read_given(self, variable: Variable, wave: str) -> Reader:
        """Return the function that reads any text as given but what says that there is none."""

        def read(text: str) -> Reading:
            is_none = fold_text(text) in NO_ANSWER | NOT_SHOWN
            return Reading(None, NOT_APPLICABLE) if is_none else Reading(1.0, "answered")

        return read

    def spell(self, variable: Variable, wave: str, answer: Any) -> list[str]:
        """Return words that stand for somebody's own."""
        return ["(text of a stand-in)"]

    def arrays(
        self, variable: Variable, wave: str, values: Sequence[Value]
    ) -> Mapping[str, "pa.Array"]:
        """Return whether something was typed."""
        import pyarrow as pa

        return {"value": pa.array([value is not None for value in values], pa.bool_())}

    def test(self, name: str, variable: Variable, wave: str, wanted: Sequence[str]) -> str:
        """Return in SQL that something was typed, or that nothing was."""
        missing = self.is_missing(name, variable, wave)
        return missing if list(wanted) == [NOT_REPORTED] else quoted(name)

    def is_missing(self, name: str, variable: Variable, wave: str) -> str:
        """Return in SQL that nothing was typed."""
        return f"NOT coalesce({quoted(name)}, FALSE)"

    def sentence(self, view: View, name: str) -> str:
        """Return how many typed something."""
        found = view.shown(name, "", "count")
        if found is None:
            return ""
        if found.value == found.n:
            return f"{say_everybody(view, found.n, view.people)} who were asked typed an answer."
        wrote = "Nobody" if found.value == 0 else begin_sentence(view.writer.spell(found.value))
        return f"{wrote} of the {view.writer.number(found.n)} {view.people} asked typed an answer."

    def estimate(self, source: Source, name: str, parts: Sequence[Part]) -> Iterator[Estimate]:
        """Yield how many of those asked typed something."""
        wrote = f"sum(CASE WHEN {quoted(name)} THEN 1 ELSE 0 END) AS wrote"
        cells = source.count(name, wrote)
        for part in parts:
            inside = cells[part.holds(cells)]
            if len(inside):
                asked = float(inside["asked"].sum())
                yield Recorder(part.name, name).number(
                    "count", float(inside["wrote"].sum()), n=asked
                )


register_kind(Text())
