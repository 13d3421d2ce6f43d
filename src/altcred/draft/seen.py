"""What stands in the columns of one question, in all waves and files that asked it."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from altcred.draft.model import Table
from altcred.draft.words import any_of, list_unanswered
from altcred.kinds.reading import fold_text, plain_code, tidy_text
from altcred.read.export import Column

# Whoever gave an answer that so few gave may have typed it; in a small file, that one person gave.
_FEW, _SMALL_FILE = 3, 20
_RECOMMEND = any_of("recommend")


@dataclass(frozen=True)
class Place:
    """One column of one file, and the wave that the file is of."""

    wave: str
    table: Table
    column: Column


@dataclass(frozen=True)
class Seen:
    """The answers to one question wherever it was asked."""

    places: Sequence[Place]
    text: str = ""

    @cached_property
    def raw(self) -> Counter[str]:
        """Each cell that is not blank, as it is written, with how often it occurs."""
        found: Counter[str] = Counter()
        for place in self.places:
            found.update(place.table.cells[place.column.position])
        return Counter({one: n for one, n in found.items() if fold_text(one)})

    @cached_property
    def answers(self) -> dict[str, int]:
        """Each answer, tidied and without regard to capitals, the most frequent first.

        What a file declares missing is none.
        """
        forms: dict[str, Counter[str]] = {}
        for one, n in self.raw.items():
            forms.setdefault(fold_text(one), Counter())[tidy_text(one)] += n
        found = {
            min(texts, key=lambda one: (-texts[one], one)): texts.total()
            for folded, texts in forms.items()
            if folded not in self.declared
        }
        return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))

    @cached_property
    def declared(self) -> set[str]:
        """What some file declares missing or codes as no answer, folded."""
        return set().union(*(list_unanswered(place.column) for place in self.places))

    @cached_property
    def forgotten(self) -> dict[str, str]:
        """What is no answer though a file does not declare it missing, and the wave of it.

        Nothing stands in place of the wave where no file declares it, and one codes it as none.
        """
        found: dict[str, str] = {}
        said = {fold_text(one) for place in self.places for one in place.column.missing}
        for place in self.places:
            here = {fold_text(one) for one in place.column.missing}
            cells = {fold_text(one): one for one in {*place.table.cells[place.column.position]}}
            for one in sorted(self.declared & cells.keys() - here):
                found.setdefault(tidy_text(cells[one]), place.wave if one in said else "")
        return found

    @cached_property
    def total(self) -> int:
        """How many answers there are."""
        return sum(self.answers.values())

    @cached_property
    def labels(self) -> dict[str, str]:
        """Every answer offered as the files say it: how it is written, and what it says."""
        found: dict[str, str] = {}
        for place in self.places:
            for written, said in place.column.known.labels.items():
                found.setdefault(written, said)
        return found

    @cached_property
    def codes(self) -> dict[str, str]:
        """The number of each label, as the files say it; none where they differ."""
        found: dict[str, str] = {}
        for place in self.places:
            for one, code in place.column.codes.items():
                if found.setdefault(one, code) != code:
                    return {}
        return found

    @property
    def contradicted(self) -> str:
        """What means one thing in one column and something else in another; mostly nothing."""
        for place in self.places:
            for written, said in place.column.known.labels.items():
                if fold_text(said) != fold_text(self.labels[written]):
                    return written
        return ""

    @property
    def kind(self) -> str:
        """The kind of variable that a file says it is; nothing where none does."""
        return next((one.column.known.kind for one in self.places if one.column.known.kind), "")

    @property
    def ordered(self) -> bool | None:
        """Whether a file says that its answers are in an order."""
        said = [one.column.known.ordered for one in self.places]
        return next((one for one in said if one is not None), None)

    @property
    def empty(self) -> float:
        """The share of rows without an answer."""
        rows = sum(place.table.rows for place in self.places)
        return 1 - self.total / rows if rows else 1.0

    @cached_property
    def header(self) -> str:
        """The question and the names of its columns, folded, in which words are looked for."""
        texts = [self.text, *(text for one in self.places
                              for text in (one.column.name, one.column.text))]  # fmt: skip
        return fold_text(" ".join(dict.fromkeys(texts))).replace("_", " ")

    def is_often(self, count: int) -> bool:
        """Tell whether an answer is given so often that it was offered rather than typed."""
        return count >= (_FEW if self.total >= _SMALL_FILE else _FEW - 1)

    def asks(self, pattern: str) -> bool:
        """Tell whether a word stands in the question or in a column's name."""
        return bool(re.search(pattern, self.header))

    @property
    def asks_to_recommend(self) -> bool:
        """Whether the tool or the words tell that one is asked whether one would recommend."""
        return self.kind == "nps" or self.asks(_RECOMMEND)


@dataclass
class Drafted:
    """Keys of an entry without its label, and what could not be settled."""

    keys: dict[str, Any]
    decide: list[str]


def as_whole(text: str) -> int | None:
    """Return a whole number written in digits alone; None for anything else."""
    plain = plain_code(text.strip())
    return int(plain) if re.fullmatch(r"-?(?:0|[1-9]\d{0,8})", plain, re.ASCII) else None


def quote_few(answers: Mapping[str, Any] | Sequence[str], most: int = 3) -> str:
    """Return some answers in quotation marks, and how many more there are."""
    texts = [f'"{one[:60]}"' for one in list(answers)[:most]]
    more = len(answers) - len(texts)
    return ", ".join(texts) + (f" and {more} more" if more > 0 else "")
