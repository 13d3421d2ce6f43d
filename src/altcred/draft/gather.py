"""Gathers the columns of a file into questions: by what the file says, by headers, by answers.

Surest first: what a questionnaire or the spelling of a tool says belongs together does, and its
answers decide only whether it is one question of several options, a grid, or several questions.
What headers merely suggest counts where the answers bear it out.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from altcred.draft.forms import (
    counts_twos,
    end_heading,
    fill_one_another,
    is_tick,
    is_told_beside,
    runs_of_answers,
    runs_of_nameless,
    runs_of_ticks,
    say_alike,
    stand_for_one_another,
    tell_form,
)
from altcred.draft.headers import (
    Part,
    Run,
    are_numbered,
    cut_grid,
    cut_header,
    cut_number,
    find_title,
    is_bare_other,
    join_first,
    number_alike,
    runs_by_end,
    runs_by_number,
    runs_by_start,
    runs_by_word,
    say_beside,
    shared_letters,
    shared_start,
    trim_start,
)
from altcred.draft.leave import leave_out
from altcred.draft.model import Question, Table
from altcred.draft.words import is_other
from altcred.kinds.reading import fold_text
from altcred.read.export import Column
from altcred.read.platforms import is_answer

# Finds runs of headers that are alike.
Runs = Callable[[Sequence[str]], list[Run]]

# Ways of spelling that make one column no part of a question.
_ALONE = ("brackets", "rows")
_LONGEST_HEADING = 90  # what is longer is a paragraph


@dataclass
class Gathered:
    """The questions of a file in its order, and why a column is in none of them."""

    questions: list[Question] = field(default_factory=list)
    left_out: dict[Column, str] = field(default_factory=dict)


def gather_columns(table: Table, roles: Mapping[str, Column]) -> Gathered:
    """Return the questions of a file; each column is in one of them, or left out for a reason."""
    found = Gathered(left_out=leave_out(table, roles))
    gatherer = _Gatherer(table, found)
    gatherer.gather([one for one in table.export.columns if one not in found.left_out])
    found.questions.sort(key=lambda one: one.columns[0].position)
    if table.export.tool == "kobotoolbox":
        # It puts the groups of a form before the name of a question.
        found.questions = [
            one if " " in one.text else replace(one, text=one.text.rpartition("/")[2])
            for one in found.questions
        ]
    if are_numbered([one.text for one in found.questions]):
        found.questions = [replace(one, text=cut_number(one.text)) for one in found.questions]
    found.questions = _tell_apart(_head_by_question(found.questions))
    return found


class _Gatherer:
    """Puts the columns of a table into questions, step by step."""

    def __init__(self, table: Table, found: Gathered) -> None:
        self.table = table
        self.found = found

    def gather(self, columns: Sequence[Column]) -> None:
        self.title = find_title([one.text for one in columns])
        rest = self._take_alike(self._take_named(list(columns)))
        # What a tool is known to have asked alone is no part of anything, unless the tool has no
        # questions of several parts, and no questionnaire says what the column is.
        is_flat = self.table.export.tool == "redcap"
        alone = {one for one in rest if cut_header(one) and (one.known.kind or not is_flat)}
        rest = self._take_headers([one for one in rest if one not in alone])
        for runs in (runs_by_start, runs_by_end):
            rest = self._take_runs(rest, runs, [self._text(one) for one in rest])
        for by_name in (runs_by_number, runs_by_word):
            rest = self._take_runs(rest, by_name, [one.name for one in rest])
        for run in runs_of_answers(self.table, rest):
            parts = [Part(one, ("run",), "", one.name) for one in run]
            if self._settle(parts, is_sure=False):
                rest = [one for one in rest if one not in run]
        for column in columns:
            if column in alone or column in rest:
                self._add_alone(column, self._text(column))

    def _text(self, column: Column) -> str:
        """Return what a column asks, as its file or its header says it."""
        if column.known.stem and not column.known.part:
            return column.known.stem
        return column.text.removeprefix(self.title) or column.name

    def _take_named(self, columns: list[Column]) -> list[Column]:
        """Take what the file or the spelling of its tool says belongs together."""
        groups: dict[object, list[list[Part]]] = {}
        taken: dict[Column, list[Part]] = {}
        for column in columns:
            part = cut_header(column)
            if part is None:
                continue
            ones = groups.setdefault(part.key, [])
            # A part that comes again begins another question of the same words.
            again = {one.label for one in ones[-1]} if ones else set()
            if not ones or (part.label in again and part.key[:1] == ("brackets",)):
                ones.append([])
            ones[-1].append(part)
            taken[column] = ones[-1]
        by_place = {one.position: one for one in columns}
        for ones in groups.values():
            for group in ones:
                main = by_place.get(group[0].column.position - 1)
                is_free = main and main not in taken and group[0].label
                if main and is_free and _is_asked_by(main, group[0]):
                    group.insert(0, Part(main, group[0].key, group[0].stem))
                    taken[main] = group
                if len(group) == 1 and (not group[0].label or group[0].key[0] in _ALONE):
                    # Brackets in one header alone are part of its text.
                    del taken[group[0].column]
                    continue
                under_it, after_it = end_heading(self.table, group, self._is_typed)
                self._settle(under_it, is_sure=True)
                for one in after_it:
                    self._add_alone(one.column, one.label)
        return [one for one in columns if one not in taken]

    def _take_alike(self, columns: list[Column]) -> list[Column]:
        """Take columns of one question that different people were asked in different columns."""
        groups: dict[str, list[Column]] = {}
        for column in columns:
            groups.setdefault(fold_text(self._text(column)), []).append(column)
        taken: set[Column] = set()
        for text, ones in groups.items():
            akin = len(shared_letters([one.name for one in ones])) >= 3
            says = len(text.split()) > 2 and not is_other(text)
            if not (len(ones) > 1 and says and akin and say_alike(ones)):
                continue
            if stand_for_one_another(self.table, ones):
                self._add(Question(ones, text=self._text(ones[0])))
                taken |= set(ones)
        return [one for one in columns if one not in taken]

    def _take_headers(self, columns: list[Column]) -> list[Column]:
        """Take runs of columns that hold nothing but one option, or a 1 for their header."""
        taken: set[Column] = set()
        for parts in [*runs_of_nameless(self.table, columns), *runs_of_ticks(self.table, columns)]:
            if self._settle(parts, is_sure=False):
                taken |= {one.column for one in parts}
        return [one for one in columns if one not in taken]

    def _take_runs(self, columns: list[Column], runs: Runs, texts: list[str]) -> list[Column]:
        taken: set[Column] = set()
        for run in runs(texts):
            parts = [Part(columns[place], ("run",), stem, label) for place, stem, label in run]
            parts = [one for one in parts if one.column not in taken and one.label]
            if len(parts) < 2:
                continue
            places = [one.column.position for one in parts]
            if places != list(range(places[0], places[0] + len(places))):
                continue
            before = [one for one in columns if one.position == places[0] - 1]
            if before and before[0] not in taken and _is_asked_by(before[0], parts[0]):
                parts.insert(0, Part(before[0], ("run",), parts[0].stem))
            asks = sum(one.label.endswith("?") for one in parts)
            if asks < len(parts) / 2 and self._settle(parts, is_sure=False):
                taken |= {one.column for one in parts}
        return [one for one in columns if one not in taken]

    def _add_alone(self, column: Column, text: str) -> None:
        """Add a question of one column, or to the one before it the answers typed beside it."""
        for place, question in enumerate(self.found.questions):
            is_before = question.columns[-1].position == column.position - 1
            is_open = question.form == "one" and question.typed is None
            if is_before and is_open and is_bare_other(column.name, question.columns[-1].name):
                self.found.questions[place] = self._with_typed(question, column)
                return
        self._add(Question([column], text=_trim(text)))

    def _settle(self, parts: list[Part], *, is_sure: bool) -> bool:
        """Add the question that parts make, or several; tell whether it could be told which."""
        mains = [one for one in parts if not one.label]
        typed = [one for one in parts if one.label and self._is_typed(one)]
        rest = [one for one in parts if one.label and one not in typed]
        parts = self._name(parts)
        named = {one.column: one for one in parts}
        stem = next((one.stem for one in parts if one.stem), "")
        if not rest:
            for one in mains[1:]:
                self._add(Question([one.column], text=_trim(self._text(one.column))))
            first = (mains or typed)[0].column
            text = stem or _trim(self._text(first))
            if not mains and stem and named[first].label:
                text = say_beside(named[first].label, stem)
            question = Question([first], text=text)
            others = [one for one in typed if one.column != first]
            if others:
                question = self._with_typed(question, others.pop(0).column)
            self._add(question)
            self._add_apart(stem, [named[one.column] for one in others])
            return True
        counted = [one for one in mains if counts_twos(self.table, one.column, rest)]
        if counted:
            # SoSci Survey writes 1 and 2 in the columns of options, and how many have a 2.
            rest = [replace(one, column=_with_ticks(one.column)) for one in rest]
        form = "options" if counted else tell_form(self.table, rest, is_sure=is_sure)
        cells = cut_grid([named[one.column].label for one in rest])
        if cells and (form == "options" or (is_sure and not form)):
            # Boxes to tick in a grid, or unlike columns of one: a question a row.
            for row in dict.fromkeys(row for row, _ in cells):
                about = f"{stem} - {row}" if stem else row
                self._settle(
                    [
                        Part(one.column, one.key, about, label)
                        for one, (where, label) in zip(rest, cells, strict=True)
                        if where == row
                    ],
                    is_sure=True,
                )
            self._add_apart(stem, [named[one.column] for one in typed])
            self._add_apart("", [named[one.column] for one in mains])
            return True
        if not form:
            if is_sure:
                self._add_apart(stem, [one for one in parts if one.label])
                self._add_apart("", [named[one.column] for one in mains])
            return is_sure
        columns = [one.column for one in rest]
        labels = [named[one].label for one in columns]
        beside = None
        if form == "options" and typed:
            beside = typed[0].column
            label = named[beside].label
            if not is_told_beside(self.table, named[beside], [named[one] for one in columns]):
                place = sum(one.position < beside.position for one in columns)
                columns.insert(place, beside)
                labels.insert(place, label)
            typed = typed[1:]
        # A stem that is a number alone says nothing.
        text = stem if any(map(str.isalpha, stem)) else join_first(labels)
        self._add(Question(columns, form, text, number_alike(labels), beside))
        self._add_apart(stem, [named[one.column] for one in typed])
        for one in mains:
            repeats = one in counted or self._repeats(one.column, columns)
            if form == "options" and repeats:
                self.found.left_out[one.column] = "says again what the columns of its options say"
            else:
                self._add_apart("", [named[one.column]])
        return True

    def _is_typed(self, part: Part) -> bool:
        held = self.table.counts(part.column)
        if part.column.name.endswith(("_TEXT", "comment]")):
            return True
        is_own = part.typed or is_other(part.label)
        return is_own and not (held and is_tick(self.table, part))

    def _name(self, parts: list[Part]) -> list[Part]:
        """Return parts with the texts that readers are to see."""
        parts = [replace(one, label="Other") if one.label == "other" else one for one in parts]
        labelled = [one for one in parts if one.label]
        texts = [self._text(one.column) for one in labelled]
        if parts[0].key == ("run",) and all(_is_told(one) for one in labelled):
            # What only names of columns share says less than the texts do, where these are short.
            is_said = len(join_first(texts)) > _LONGEST_HEADING
            parts = [
                replace(one, label=one.label and self._text(one.column), stem=one.stem * is_said)
                for one in parts
            ]
        if any(one.stem for one in parts) or not labelled:
            return [replace(one, stem=_trim(one.stem.removeprefix(self.title))) for one in parts]
        if all(one.column.text in ("", one.column.name) for one in parts):
            if parts[0].key == ("run",):
                return parts
            stem = shared_letters([one.column.name for one in parts])
            stem = re.sub(r"(\[|___|[_.\-]\d*$).*", "", stem)
            return [replace(one, stem=stem if len(parts) > 1 else "") for one in parts]
        every = [self._text(one.column) for one in parts]
        start = shared_start(every)
        inner = start + shared_start(
            [self._text(one.column)[len(start) :] for one in labelled if not self._is_typed(one)]
        )
        named = []
        for one in parts:
            text = self._text(one.column)
            label = text[len(inner) if text.startswith(inner) else len(start) :]
            label = re.sub(r" - Text$", "", label).strip()
            named.append(replace(one, stem=_trim(trim_start(start)), label=one.label and label))
        labels = [one.label for one in named if one.label]
        enough = len(labels) == len(labelled) and len(texts) == len(labels)
        return named if enough else [replace(one, stem=_trim(trim_start(start))) for one in parts]

    def _with_typed(self, question: Question, typed: Column) -> Question:
        """Return a question of one answer with the column of answers of one's own.

        Where nobody filled both, the typed one stands in the place of the other.
        """
        own = [*question.columns, typed]
        instead = fill_one_another(self.table, own)
        return replace(question, columns=own if instead else question.columns, typed=typed)

    def _repeats(self, column: Column, options: Sequence[Column]) -> bool:
        """Tell whether a column is filled for just those who ticked an option."""
        held = (self.table.cells[one.position] for one in (column, *options))
        return all(
            is_answer(main) == any(map(is_answer, ticks))
            for main, *ticks in zip(*held, strict=True)
        )

    def _add_apart(self, stem: str, parts: Sequence[Part]) -> None:
        """Add parts as questions of their own, under a heading where the stem can be one."""
        is_heading = stem and len(stem) <= _LONGEST_HEADING
        for one in parts:
            label = one.label or self._text(one.column)
            text = label if is_heading or not stem else f"{stem}: {label}"
            section = stem if is_heading else ""
            self._add(Question([one.column], text=_trim(text), section=section))

    def _add(self, question: Question) -> None:
        given = question.columns[0].known.section
        # A sentence tells people what to do, and heads nothing.
        is_heading = len(given) <= _LONGEST_HEADING and not given.endswith((".", "!", ":"))
        section = question.section or (given if is_heading else "")
        self.found.questions.append(replace(question, section=section))


def _is_asked_by(main: Column, part: Part) -> bool:
    """Tell whether a column before the parts of a question is the question itself."""
    code = part.key[0] if isinstance(part.key, tuple) else None
    if isinstance(code, str) and main.name in (code, f"{code}. {part.stem}"):
        return True
    return bool(part.stem) and part.stem in (main.text, main.name)


def _is_told(part: Part) -> bool:
    """Tell whether a column has a text of its own, of which the label is neither end."""
    text = part.column.text or part.column.name
    return not text.startswith((part.column.name, part.label)) and not text.endswith(part.label)


def _with_ticks(column: Column) -> Column:
    known = replace(column.known, kind="multiple", labels={"1": "not chosen", "2": "chosen"})
    return replace(column, known=known)


def _trim(text: str) -> str:
    return re.sub(r" - (Selected Choice|Text)$", "", text).strip()


def _head_by_question(questions: Sequence[Question]) -> list[Question]:
    """Return questions of which none, such as a comment, is alone under what another one asks."""
    alone = {one for one, n in Counter(one.section for one in questions).items() if n == 1}
    alone &= {one.text for one in questions}
    return [
        replace(one, section="", text=say_beside(one.text, one.section))
        if one.section in alone else one
        for one in questions
    ]  # fmt: skip


def _tell_apart(questions: Sequence[Question]) -> list[Question]:
    """Return questions whose texts differ: those alike have the names of their columns, if any."""
    count = Counter(fold_text(one.text) for one in questions)
    texts = [
        f"{one.text} ({one.columns[0].name})"
        if count[fold_text(one.text)] > 1
        # A header that begins with the text says no more than it.
        and not fold_text(one.columns[0].name).startswith(fold_text(one.text))
        else one.text
        for one in questions
    ]
    return [
        replace(one, text=text) for one, text in zip(questions, number_alike(texts), strict=True)
    ]
