"""Finds which questions several waves asked: by their words, else by the names of their columns."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import cached_property

from altcred.draft.marks import split_column, split_text
from altcred.draft.model import Question, Table, WaveDraft
from altcred.draft.words import any_of
from altcred.kinds.reading import fold_text
from altcred.read.export import Column

# A question, as each wave that asked it did.
Asked = Mapping[str, Question]

# So many of the fewer answers, or of the more parts, must be the same in both waves.
_LEAST_SHARED = 0.5
# What has more answers than this is no closed question.
_MOST_ANSWERS = 15
_WORDS = 3
# Words that say when, as surveys add them the second time.
_NOW = re.compile(
    r"\b(?:right now|now|today|currently|at present|at the moment|nowadays|this time|heute|jetzt|"
    r"aktuell|derzeit|zurzeit|maintenant|aujourd hui|actuellement|ahora|hoy|actualmente|adesso|"
    r"oggi|attualmente|agora|hoje|atualmente|vandaag|momenteel|nu|idag|i dag|nå)\b"
)
# A name that only counts questions says nothing of what is asked.
_COUNTED = re.compile(r"(?:[a-z]{0,3}|var|item|frage|question|g\d+q)[_ .]?\d+(?:\W.*|_.*|[a-z])?")
# How to answer, as it stands in brackets behind a question.
_HOW_TO = re.compile(rf"\([^()]*\b(?:{any_of('how to answer')})\b[^()]*\)\W*$")
_LEAST_ALIKE = 0.6


def match_questions(waves: Sequence[WaveDraft]) -> list[Asked]:
    """Return each question with the waves that asked it, in the order in which they asked it.

    A question is the same where its words are, marks of the survey such as "Pre:" and words such as
    "now" left aside; or where its columns have the same names and much the same answers, and words
    that are alike or tell nothing; or where all parts of a grid are the same. What stands several
    times in a wave tells nothing. Parts are called as in the first of the waves.
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


def match_with_reason(waves: Sequence[WaveDraft]) -> list[tuple[Asked, str]]:
    """Return each question with its waves, and why it is the same where words do not say so.

    That is "name" where columns of no words are called alike, and "wording" where the words differ.
    """
    firsts: list[_Told] = []
    found: list[dict[str, Question]] = []
    reasons: dict[int, str] = {}
    for wave in waves:
        own = [_Told(question, wave.tables) for question in wave.questions]
        pairs: dict[int, int] = {}
        for tell in (_tell_columns, _tell_words, _tell_name, _tell_gist, _tell_parts):
            told = _pair_up(firsts, own, tell)
            for place, first in told.items():
                if place in pairs or first in pairs.values():
                    continue
                reason = _find_reason(tell, firsts[first], own[place])
                if reason is not None:
                    pairs[place] = first
                    reasons |= {first: reason} if reason else {}
        for place, one in enumerate(own):
            if place in pairs:
                first = pairs[place]
                found[first][wave.name] = one.called_as(firsts[first])
            else:
                firsts.append(one)
                found.append({wave.name: one.question})
    return [
        ({wave: _unmark(one) for wave, one in asked.items()} if len(asked) > 1 else asked,
         reasons.get(place, ""))
        for place, asked in enumerate(found)
    ]  # fmt: skip


def _find_reason(tell: "_Tell", first: "_Told", one: "_Told") -> str | None:
    """Return why questions that have a key in common are one; None where they are not."""
    if tell is _tell_columns:
        return ""
    if tell is _tell_words:
        return "" if _are_alike(first, one, is_by_name=False) else None
    differ = bool(first.words and one.words)
    if tell is _tell_name and differ and not _are_reworded(first, one):
        return None
    # Numbers are the answers to anything that is asked of the same parts.
    is_told = differ and not (first.is_number or one.is_number) and _ask_of_parts(first, one)
    if tell is _tell_parts and not is_told:
        return None
    is_alike = _are_alike(first, one, is_by_name=tell is _tell_name)
    return ("wording" if differ else "name") if is_alike else None


def _are_reworded(first: "_Told", one: "_Told") -> bool:
    """Tell whether questions of one name ask much the same, with the same numbers in them."""
    numbers = [re.findall(r"\d+", told.words) for told in (first, one)]
    is_counted = bool(_COUNTED.fullmatch(one.names[0])) and not first.parts
    return not is_counted and numbers[0] == numbers[1] and _share_words(first, one)


def _ask_of_parts(first: "_Told", one: "_Told") -> bool:
    """Tell whether grids of the same parts ask the same: sentences do, and words of like stems."""
    words = sum(len(part.split()) for part in first.parts)
    return words >= _WORDS * len(first.parts) or _share_words(first, one)


def _share_words(first: "_Told", one: "_Told") -> bool:
    return SequenceMatcher(None, first.gist, one.gist, autojunk=False).ratio() >= _LEAST_ALIKE


def _unmark(question: Question) -> Question:
    """Return what several waves asked without what its words say of one of them."""
    found = split_text(question.text)
    return replace(question, text=found[1][:1].upper() + found[1][1:]) if found else question


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
        return _plain_words(text)

    @cached_property
    def gist(self) -> str:
        """What is asked, without the words that say when, and how to answer."""
        rest = _HOW_TO.sub("", fold_text(self.question.text))
        words = _plain_words(rest) if self.words and rest else self.words
        return " ".join(_NOW.sub(" ", words).split())

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


def _plain_words(text: str) -> str:
    """Return the words of a question, folded, without what they say of the survey."""
    found = split_text(text)
    return re.sub(r"[\W_]+", " ", fold_text(found[1] if found else text)).strip()


_Tell = Callable[[_Told], str]


def _tell_columns(one: _Told) -> str:
    """Return what is the same of the same columns of one file only."""
    positions = [column.position for column in one.question.columns]
    return f"{one.tables[0].export.path} {positions}"


def _tell_words(one: _Told) -> str:
    return f"{one.question.form} {one.words}" if one.words else ""


def _tell_name(one: _Told) -> str:
    return f"{one.question.form} {one.names[0]}" if one.names[0] else ""


def _tell_gist(one: _Told) -> str:
    return f"{one.question.form} {one.gist}" if one.words else ""


def _tell_parts(one: _Told) -> str:
    return " / ".join(sorted(one.parts)) if one.question.form == "items" else ""


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
