"""Questions and answers that waves word so differently that somebody should look, for a check.

What a question reads is told by the codebook, else by the header of its column; of an answer that
may be written in several ways, those that a wave's export holds.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from altcred.clean.rows import Rows
from altcred.describe.cohort import Cohort
from altcred.describe.folders import list_pairs
from altcred.kinds import kind_of
from altcred.kinds.masking import may_identify
from altcred.kinds.reading import fold_text
from altcred.kinds.rewording import drop_item, may_mean_other, show_difference
from altcred.kinds.variable import Variable, column_of

# So many are listed; there are seldom more that differ for reasons of their own.
_MOST = 12
# A wave's wordings, by variable and category; no category is the question.
Words = dict[tuple[str, str], list[str]]


class Wordings:
    """Gathers how each wave words its questions and answers, and tells which may differ."""

    def __init__(self, cohort: Cohort) -> None:
        self.cohort = cohort
        self.words: dict[str, Words] = {}

    def look(self, rows: Rows) -> None:
        """Take the wordings of a wave."""
        found = self.words.setdefault(rows.wave, {})
        for name, variable in rows.asked.items():
            found[name, ""] = [variable.wording(rows.wave) or _read_header(rows, name, variable)]
            for category in variable.categories_in(rows.wave):
                found[name, category] = _find_answers(rows, name, category)

    def find(self) -> dict[str, list[tuple[str, str]]]:
        """Return what two waves that are compared word differently, by what is said of it.

        Each is a variable with one of its answers, or with none where it is the question.
        """
        told: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for pair in list_pairs(self.cohort.study):
            for name in self.cohort.asked_twice(*pair):
                variable = self.cohort.codebook.variables[name]
                if variable.derive is None:
                    for category, said in self._compare(name, variable, pair):
                        told[said].append((name, category))
        return told

    def notes(self) -> Iterator[str]:
        """Yield what two waves that are compared word differently, with what to write."""
        told = self.find()
        for said, places in list(told.items())[:_MOST]:
            where = ": ".join(filter(None, places[0]))
            if len(places) > 1:
                where += f" and {len(places) - 1} more"
                said = said.replace("under it", "under each, or under their entry")
            yield f"{where}: {said}"
        if len(told) > _MOST:
            yield f"{len(told) - _MOST} more questions or answers are worded differently."

    def _compare(
        self, name: str, variable: Variable, pair: tuple[str, str]
    ) -> Iterator[tuple[str, str]]:
        first, second = (self.words.get(wave, {}) for wave in pair)
        for category in ["", *variable.categories]:
            marked = variable.categories[category].comparable if category else None
            ways = [of.get((name, category), [""]) for of in (first, second)]
            words = [of_wave[0] for of_wave in ways]
            # What both write in one of several ways, as where people chose a language, is the same.
            is_shared = {*map(fold_text, ways[0])} & {*map(fold_text, ways[1])}
            if marked or variable.comparable or is_shared or not all(words):
                continue
            if may_mean_other(*words, is_question=not category):
                shown = show_difference(*(words if category else drop_item(*words)))
                known = [fold_text(variable.wording(wave, category)) for wave in pair]
                is_known = known == [fold_text(one) for one in words]
                key = "answers: {WAVE: ...}" if category else "text: of each wave"
                more = "" if is_known else f", and the words under {key}"
                told = [f"“{text}” in {wave}" for text, wave in zip(shown, pair, strict=True)]
                yield (
                    category,
                    (
                        f"{told[0]} and {told[1]} may not be the same. Write comparable: true or "
                        f"comparable: false under it{more}."
                    ),
                )


def _read_header(rows: Rows, name: str, variable: Variable) -> str:
    """Return what the header of a column asks; of options, what stands before all of them."""
    texts = [
        column.known.stem or column.text
        for _, found in rows.exports
        for source in rows.sources
        if source.variable == name and (column := found.get(source.column)) is not None
        if fold_text(column.text) not in {"", fold_text(column.name), fold_text(column.label)}
    ]
    if not texts or any(map(may_identify, texts)):
        return ""
    if len(texts) > 1 and len(set(texts)) > 1:
        parts = {text.rpartition(" - ")[0] for text in texts}
        texts = sorted(parts) if len(parts) == 1 else [""]
    return texts[0] if fold_text(texts[0]) != fold_text(variable.label) else ""


def _find_answers(rows: Rows, name: str, category: str) -> list[str]:
    """Return how a wave writes an answer: of the ways listed those that its export holds."""
    variable = rows.asked[name]
    listed = variable.categories[category].wordings(rows.wave)
    option = column_of(name, category)
    for _, found in rows.exports:
        if (column := found.get(option)) is not None and column.known.part:
            return [listed[0] if may_identify(column.known.part) else column.known.part]
    given: Mapping[str, object] = rows.readings.get(name, {})
    held = [fold_text(answer) for answer in given]
    has_ticks = kind_of(variable).has_ticks
    # What nobody gave, or gave by its code, reads as the codebook has it.
    return [
        one
        for one in listed
        if any(fold_text(one) == text or (has_ticks and fold_text(one) in text) for text in held)
    ] or listed[:1]
