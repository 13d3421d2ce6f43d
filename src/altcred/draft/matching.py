"""Finds which questions several waves asked: by their words, else by the names of their columns."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from altcred.draft.marks import split_column, split_text
from altcred.draft.model import Question, Table, WaveDraft
from altcred.kinds.reading import fold_text
from altcred.read.export import Column

# A question, as each wave that asked it did.
Asked = Mapping[str, Question]

# So many of the fewer answers, or of the more parts, must be the same in both waves.
_LEAST_SHARED = 0.5
# What has more answers than this is no closed question.
_MOST_ANSWERS = 15
_WORDS = 3


def match_questions(waves: Sequence[WaveDraft]) -> list[Asked]:
    """Return each question with the waves that asked it, in the order in which they asked it.

    A question is the same where its words are, marks of the survey such as "Pre:" left aside; or,
    where words tell nothing, where its columns have the same names and much the same answers. What
    stands several times in a wave tells nothing. Parts are called as in the first of the waves.
    """
    return [asked for asked, _ in match_with_reason(waves)]


def tell_apart(waves: Sequence[WaveDraft]) -> None:
    """Say in their texts of which wave questions are that are called alike and are not the same."""
    alone = [asked for asked in match_questions(waves) if len(asked) == 1]
    often = Counter(fold_text(one.text) for asked in alone for one in asked.values())
    for wave in waves:
        own = {id(asked[wave.name]) for asked in alone if wave.name in asked}
        wave.questions = [
            replace(one, text=f"{one.text} ({wave.name})")
            if id(one) in own and often[fold_text(one.text)] > 1
            else one
            for one in wave.questions
        ]


def match_with_reason(waves: Sequence[WaveDraft]) -> list[tuple[Asked, bool]]:
    """Return each question with its waves, and whether names alone say that it is the same."""
    firsts: list[_Told] = []
    found: list[dict[str, Question]] = []
    by_name: set[int] = set()
    for wave in waves:
        own = [_Told(question, wave.tables) for question in wave.questions]
        pairs: dict[int, int] = {}
        for tell in (_tell_columns, _tell_words, _tell_name):
            told = _pair_up(firsts, own, tell)
            for place, first in told.items():
                if place in pairs or first in pairs.values():
                    continue
                is_by_name = tell is _tell_name
                is_one = tell is _tell_columns
                if is_one or _are_alike(firsts[first], own[place], is_by_name=is_by_name):
                    pairs[place] = first
                    by_name |= {first} if is_by_name else set()
        for place, one in enumerate(own):
            if place in pairs:
                first = pairs[place]
                found[first][wave.name] = one.called_as(firsts[first])
            else:
                firsts.append(one)
                found.append({wave.name: one.question})
    return [
        ({wave: _unmark(one) for wave, one in asked.items()} if len(asked) > 1 else asked,
         place in by_name)
        for place, asked in enumerate(found)
    ]  # fmt: skip


def _unmark(question: Question) -> Question:
    """Return what several waves asked without what its words say of one of them."""
    found = split_text(question.text)
    return replace(question, text=found[1]) if found else question


@dataclass(frozen=True)
class _Told:
    """A question of a wave, with what is known of it beside its columns."""

    question: Question
    tables: Sequence[Table]

    @cached_property
    def names(self) -> list[str]:
        """The names of its columns without what they say of the survey."""
        return [fold_text(_plain(column).name) for column in self.question.columns]

    @cached_property
    def words(self) -> str:
        """What is asked, folded; empty where the file has nothing but names of columns."""
        column = self.question.columns[0]
        text = self.question.text
        if column.text in ("", column.name) and len(text.split()) < _WORDS:
            return ""
        found = split_text(text)
        return re.sub(r"[\W_]+", " ", fold_text(found[1] if found else text)).strip()

    @cached_property
    def parts(self) -> list[str]:
        """The texts of its parts, folded."""
        return [fold_text(part) for part in self.question.parts]

    @cached_property
    def answers(self) -> Counter[str]:
        """Its answers in all columns, folded: what they say where the file has labels."""
        found: Counter[str] = Counter()
        for table in self.tables:
            for column in self.question.columns:
                for text, times in table.counts(column).items():
                    # Of several answers in a cell each, since hardly two cells may be the same.
                    for one in re.split(r"[;|]", column.known.labels.get(text, text)):
                        found[fold_text(one)] += times
        del found[""]
        return found

    @property
    def is_closed(self) -> bool:
        """Whether it has few answers."""
        return len(self.answers) <= _MOST_ANSWERS

    @property
    def is_number(self) -> bool:
        """Whether its answers are numbers alone."""
        return all(re.fullmatch(r"-?\d+([.,]\d+)?", one) for one in self.answers)

    def called_as(self, first: "_Told") -> Question:
        """Return the question with parts that are called as those of the first wave's."""
        by_text = dict(zip(first.parts, first.question.parts, strict=True))
        by_name = dict(zip(first.names, first.question.parts, strict=False))
        taken: set[str] = set()
        parts = []
        for place, part in enumerate(self.question.parts):
            other = by_text.get(self.parts[place]) or by_name.get(self.names[place]) or part
            other = part if other in taken else other
            taken.add(other)
            parts.append(other)
        return replace(self.question, parts=parts)


_Tell = Callable[[_Told], str]


def _tell_columns(one: _Told) -> str:
    """Return what is the same of the same columns of one file only."""
    positions = [column.position for column in one.question.columns]
    return f"{one.tables[0].export.path} {positions}"


def _tell_words(one: _Told) -> str:
    return f"{one.question.form} {one.words}" if one.words else ""


def _tell_name(one: _Told) -> str:
    return f"{one.question.form} {one.names[0]}" if one.names[0] else ""


def _pair_up(firsts: Sequence[_Told], own: Sequence[_Told], tell: _Tell) -> dict[int, int]:
    """Return which questions of a wave have the key of which earlier one, where both are alone."""
    places: list[dict[str, int]] = []
    for ones in (firsts, own):
        keys = [tell(one) for one in ones]
        often = Counter(keys)
        places.append({key: at for at, key in enumerate(keys) if key and often[key] == 1})
    there, here = places
    return {place: there[key] for key, place in here.items() if key in there}


def _are_alike(first: _Told, one: _Told, *, is_by_name: bool) -> bool:
    """Tell whether parts and answers bear out that two questions are one."""
    if is_by_name and first.words and one.words:
        # Their words differ.
        return False
    if first.parts or one.parts:
        ways = (first.names, one.names) if is_by_name else (first.parts, one.parts)
        shared = len(set(ways[0]) & set(ways[1]))
        most = max(map(len, ways)) if is_by_name else min(map(len, ways))
        if shared < _LEAST_SHARED * most:
            return False
    if not first.answers or not one.answers or first.question.form == "options":
        return True
    if first.is_number or one.is_number:
        return first.is_number == one.is_number or not is_by_name
    if not (first.is_closed or one.is_closed):
        return True
    shared = len(first.answers.keys() & one.answers.keys())
    fewer = min(len(first.answers), len(one.answers))
    is_open = not (first.is_closed and one.is_closed)
    return shared >= _LEAST_SHARED * fewer if is_by_name else shared > 0 or is_open


def _plain(column: Column) -> Column:
    found = split_column(column)
    return found[1] if found else column
