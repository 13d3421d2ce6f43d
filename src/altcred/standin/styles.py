"""How the cells of an export are mostly written: by code or label, with which signs and spellings.

Nothing is told that fewer rows share than the disclosure limit, and never of fewer than ten: what
is written otherwise by somebody alone stays with them.
"""

import re
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from typing import Any

from altcred.clean.readers import make_reader
from altcred.core.engine import BATCH
from altcred.describe.cohort import Cohort
from altcred.kinds import kind_of
from altcred.kinds.reading import fold_text, plain_code, tidy_text
from altcred.kinds.times import DateOrder
from altcred.kinds.variable import Variable
from altcred.kinds.vocabulary import NOT_TICKED, TICKED
from altcred.read.columns import Source, list_sources
from altcred.read.export import Column, Export
from altcred.standin.dirt import find_rates
from altcred.standin.moments import find_pattern
from altcred.standin.shapes import find_shape

_FEWEST = 10
# How many rows are looked at, and how many different cells of a column are read.
_LOOKED_AT, _READ = 200_000, 300
# Words for who is a respondent, and that a response is finished, as tools write them.
STATUS = ("IP Address", "0", "Survey", "Anonymous", "Email")
FINISHED = ("True", "1", "Yes", "Complete", "Completed", "100", "2", "Finished", "Y")
_SEPARATORS = (", ", "; ", "|", ";", ",", "\n", ">")
# How a label and its code are put together, the plainest first.
_TEMPLATES = (
    "{label}", "{code}", "{code} - {label}", "{code} – {label}", "{code}. {label}",
    "{code} {label}", "{code}: {label}", "{code}) {label}", "{code} = {label}", "{code}={label}",
    "{code} ({label})", "{label} ({code})", "({code}) {label}", "[{code}] {label}",
    "{label} - {code}",
)  # fmt: skip
_CASES: dict[str, Callable[[str], str]] = {"": str, "lower": str.lower, "upper": str.upper}


def fewest_of(cohort: Cohort) -> int:
    """Return how many rows must share what a form tells of them."""
    return max(_FEWEST, cohort.study.disclosure.minimum)


def count_cells(export: Export) -> list[Counter[str]]:
    """Return how often each text stands in each column; blank ones are left out."""
    import pyarrow.compute as pc

    own = [column for column in export.columns if column.position >= 0]
    counts: list[Counter[str]] = [Counter() for _ in range(1 + max(one.position for one in own))]
    seen = 0
    for block in export.blocks(own):
        for column in own:
            for pair in pc.value_counts(block.cells(column.position)).to_pylist():
                if pair["values"] and pair["values"].strip():
                    counts[column.position][pair["values"]] += pair["counts"]
        seen += len(block)
        if seen >= max(_LOOKED_AT, BATCH):
            break
    return counts


Opened = Sequence[tuple[Export, Mapping[str, Column]]]


class Styles:
    """Finds out how the columns of one survey are written, over all of its exports."""

    def __init__(self, cohort: Cohort, wave: str, opened: Opened) -> None:
        self.cohort, self.wave, self.opened = cohort, wave, opened
        self.settings = cohort.study.waves[wave]
        self.fewest = fewest_of(cohort)
        self.counts = [count_cells(export) for export, _ in opened]
        self.found: dict[str, str] = {}
        # The columns of which it is told how labels and codes are put together.
        self._told: set[str] = set()

    def find(self) -> dict[str, str]:
        """Return what is known of each column, by its role."""
        sources = list_sources(self.cohort.codebook, self.wave)
        there = [one for one in sources if any(one.column in columns for _, columns in self.opened)]
        self.found["@decimal"] = self._find_decimal(there)
        for source in there:
            variable = self.cohort.codebook.variables[source.variable]
            kind = kind_of(variable)
            if source.option is not None and kind.has_ticks:
                self._find_ticks(source, variable, there)
            elif source.option is None and (kind.has_ticks or kind.name == "rank"):
                self._find_joined(source, variable)
            elif source.option is None and variable.categories:
                self._find_spellings(source, variable)
            elif source.option is None and not kind.is_typed:
                self._find_way(source, variable)
        self._find_roles()
        self.found |= find_rates(
            (
                (self.held(one.column), self._list_written(one))
                for one in there
                if one.column in self._told
            ),
            self.fewest,
        )
        templates = Counter(one for role, one in self.found.items() if one and role in self._told)
        if templates:
            self.found["@template"] = templates.most_common(1)[0][0]
        return {role: one for role, one in self.found.items() if one or role.startswith("not ")}

    def held(self, role: str) -> Counter[str]:
        """Return how often each text stands in the columns of a role."""
        return sum(
            (
                counts[place]
                for counts, (_, columns) in zip(self.counts, self.opened, strict=True)
                if role in columns
                for place in columns[role].positions
                if place < len(counts)
            ),
            Counter[str](),
        )

    def shared(self, held: Counter[str]) -> Counter[str]:
        """Return the texts that rows enough share."""
        return Counter({text: count for text, count in held.items() if count >= self.fewest})

    def columns(self, role: str) -> list[Column]:
        return [columns[role] for _, columns in self.opened if role in columns]

    # Answers -------------------------------------------------------------------------------

    def _find_ticks(self, source: Source, variable: Variable, there: Sequence[Source]) -> None:
        assert source.option is not None
        category = variable.categories[source.option]
        own = [*category.answers_in(self.wave), str(category.code)]
        own += [column.name for column in self.columns(source.column)]
        known = {fold_text(one) for one in [*own, *TICKED, *variable.ticked]}
        denied = {fold_text(one) for one in [*NOT_TICKED, *variable.not_ticked, "2"]} - known
        held = self.shared(self.held(source.column))
        # Where too few ticked one option, it is written as the others are; what is typed is not.
        others = [
            one.column for one in there if one.variable == source.variable and not category.typed
        ]
        beside = self.shared(sum(map(self.held, others), Counter[str]()))
        common = {fold_text(one) for one in [*TICKED, *variable.ticked]}
        self.found[source.column] = _first(held, known) or _first(beside, common)
        self.found[f"not {source.column}"] = _first(held, denied) or _first(beside, denied)

    def _find_joined(self, source: Source, variable: Variable) -> None:
        held = self.held(source.column)
        marks = [*dict.fromkeys([*(f"{one} " for one in variable.separator), *variable.separator,
                                 *([] if variable.separator else _SEPARATORS)])]  # fmt: skip
        scores = {mark: sum(n for one, n in held.items() if mark in one) for mark in marks}
        mark = max(marks, key=lambda one: scores[one])
        self.found[source.column] = mark if scores[mark] >= self.fewest else ""
        ended = sum(n for one, n in held.items() if one.endswith(mark))
        is_ended = ended >= self.fewest and ended > held.total() / 2
        self.found[f"{source.column} end"] = mark if is_ended else ""
        parts = Counter[str]()
        for text, count in held.items():
            for part in text.split(mark):
                parts[part] += count
        self._find_template(f"{source.column} by", self._list_texts(variable), parts)

    def _find_spellings(self, source: Source, variable: Variable) -> None:
        """Tell how most labels are written, and what many rows write otherwise."""
        held = self.held(source.column)
        texts = self._list_texts(variable)
        self._find_template(source.column, texts, held)
        chosen = self.found[source.column]
        reader = self._make_reader(source, variable, held)
        said: dict[str, Counter[str]] = {}
        for text, count in self.shared(held).most_common(_READ):
            value = reader(text).value
            if isinstance(value, str) and value in texts:
                said.setdefault(value, Counter())[text] += count
        for name, spelled in said.items():
            plain = write_template(chosen or "{label}", *texts[name])
            text, _ = spelled.most_common(1)[0]
            if plain not in spelled and text != plain:
                self.found[f"{source.column}={name}"] = text

    def _find_template(
        self, role: str, texts: Mapping[str, tuple[str, str]], held: Counter[str]
    ) -> None:
        """Note how most cells put together labels and codes."""
        scores: dict[str, int] = {}
        for template in _TEMPLATES:
            for case in _CASES:
                style = f"{template}|{case}" if case else template
                known = {write_template(style, *one) for one in texts.values()}
                scores[style] = sum(n for one, n in held.items() if one.strip() in known)
        best = max(scores, key=lambda one: scores[one])
        self.found[role] = best if scores[best] >= self.fewest else ""
        self._told.add(role)

    def _list_written(self, source: Source) -> Iterator[str]:
        """Yield how the categories of a column are mostly written."""
        style = self.found[source.column] or "{label}"
        for name, texts in self._list_texts(
            self.cohort.codebook.variables[source.variable]
        ).items():
            yield self.found.get(f"{source.column}={name}") or write_template(style, *texts)

    def _list_texts(self, variable: Variable) -> dict[str, tuple[str, str]]:
        return list_texts(variable, self.wave)

    def _find_way(self, source: Source, variable: Variable) -> None:
        """Tell in which of its ways a kind's answers are written."""
        kind, held = kind_of(variable), self.held(source.column)
        if kind.is_day:
            order = self.settings.date_order
            self.found[source.column] = find_pattern(held, self.fewest, order)
            return
        if kind.is_numeric:
            places = Counter[int]()
            for text, count in held.items():
                if number := re.fullmatch(r"-?\d+(?:[.,](\d+))?", text.strip()):
                    places[len(number[1] or "")] += count
            told = [one for one, count in places.items() if count >= self.fewest]
            always = places.total() and len(told) == 1 and told[0] and not places[0]
            self.found[source.column] = f"%.{told[0]}f" if always else ""
            return
        reader = self._make_reader(source, variable, held)
        ways = Counter[int]()
        for text, count in held.most_common(_READ):
            value = reader(text).value
            if value is not None:
                spelled = kind.spell(variable, self.wave, value)
                ways.update({at: count for at, one in enumerate(spelled) if one == text.strip()})
        if ways and max(ways.values()) >= self.fewest:
            self.found[source.column] = f"#{ways.most_common(1)[0][0]}"

    def _make_reader(self, source: Source, variable: Variable, held: Counter[str]) -> Any:
        texts = [text for text, _ in held.most_common(_READ)]
        return make_reader(variable, self.wave, source, self.columns(source.column),
                           {source: texts}, self.settings.decimal)  # fmt: skip

    def _find_decimal(self, there: Iterable[Source]) -> str:
        """Return what numbers have before decimals, of all numbers of the survey together."""
        signs = Counter[str]()
        for source in there:
            variable = self.cohort.codebook.variables[source.variable]
            if source.option is None and kind_of(variable).is_numeric:
                for text, count in self.held(source.column).items():
                    if number := re.fullmatch(r"-?\d+([.,])\d{1,2}", text.strip()):
                        signs[number[1]] += count
        if signs.total() < self.fewest:
            return self.settings.decimal or ""
        return "comma" if signs[","] > signs["."] else "point"

    # Roles ---------------------------------------------------------------------------------

    def _find_roles(self) -> None:
        roles = {role for _, columns in self.opened for role in columns if role.startswith("@")}
        for role, words in (("@status", STATUS), ("@finished", FINISHED)):
            if role in roles:
                known = {fold_text(one) for one in words}
                text = _first(self.shared(self.held(role)), known)
                self.found[role] = text or words[0]
        if "@submitted" in roles:
            held = self.held("@submitted")
            order = self.settings.date_order
            self.found["@submitted"] = find_pattern(held, self.fewest, order)
        for role in sorted(roles):
            if re.fullmatch(r"@(response_id|(?!email|ip|other|joined|exclude).*_\d+)", role):
                self.found[role] = find_shape(self.held(role), self.fewest)
        if "@program" in roles:
            self._find_programs()

    def _find_programs(self) -> None:
        shared = self.shared(self.held("@program"))
        for name, program in self.cohort.study.programs.items():
            known = {fold_text(one) for one in (program.label, *program.answers)}
            self.found[f"@program={name}"] = _first(shared, known)


def list_texts(variable: Variable, wave: str) -> dict[str, tuple[str, str]]:
    """Return how the codebook writes each category, and its code."""
    found = {}
    for name, category in variable.categories_in(wave).items():
        label = category.answers_in(wave)[0]
        found[name] = label, label if category.code is None else str(category.code)
    return found


def write_template(style: str, label: str, code: str) -> str:
    """Write a category as most cells are: label, code, or both; a label that is its code once."""
    template, _, case = style.partition("|")
    written = _CASES[case](label)
    text = label if label == code else template.format(label=written, code=code)
    return text


def _first(held: Counter[str], known: Iterable[str]) -> str:
    """Return the text of most rows that is one of those known, as it is written."""
    wanted = set(known)
    return next(
        (tidy_text(text) for text, _ in held.most_common()
         if {fold_text(text), plain_code(fold_text(text))} & wanted),
        "",
    )  # fmt: skip


def list_fills(
    export: Export, taken: Container[int], counts: Sequence[Counter[str]], fewest: int,
    order: DateOrder | None = None,
) -> Iterator[str]:  # fmt: skip
    """Yield of each column of a file how it is filled where no description names it.

    Of what a tool writes itself that is what stands in all rows, or what the column is made of:
    running numbers, times, digits. Columns that are `taken`, and those of places, networks and
    whatever else has points, are left empty.
    """
    for column in export.columns:
        if column.part or column.position < 0:
            continue
        held = counts[column.position]
        if column.position in taken or held.total() < fewest:
            yield ""
            continue
        text, count = held.most_common(1)[0]
        pattern = find_pattern(held, fewest, order)
        shape = find_shape(held, fewest)
        if count >= max(0.9 * held.total(), fewest):
            yield f"={text}"
        elif pattern:
            began = re.search("start|opened|began|anfang|beginn", column.name, re.IGNORECASE)
            yield f"@{'-' if began else ''}{pattern}"
        else:
            yield shape if re.search(r"(?<!\\)[0*]|running", shape) and r"\." not in shape else ""
