"""What is wrong with an input, said so that the person who made it can mend it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NoReturn

_LONG_WORD = re.compile(r"(\S{100})\S{300,}")


@dataclass(frozen=True)
class Problem:
    """One thing wrong with one input: where it is, what it is, and what would be right.

    `where` names the key, the column or the row. No field may hold an answer that could
    identify a person.
    """

    file: str
    where: str
    message: str
    remedy: str = ""

    def __str__(self) -> str:
        text = (
            f"{self.file}: {self.where}: {self.message}"
            if self.where
            else (f"{self.file}: {self.message}")
        )
        # A word that fills pages is a slip of somebody's, and hides what is said of it.
        return _LONG_WORD.sub(r"\1…", f"{text} {self.remedy}".rstrip())


class InvalidInput(Exception):
    """Raised once for an input, with every problem found in it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def refuse_problems(problems: Iterable[Problem]) -> None:
    """Raise InvalidInput with all the problems there are; return where there is none."""
    found = list(problems)
    if found:
        raise InvalidInput(found)


def refuse(file: object, where: str, message: str, remedy: str = "") -> NoReturn:
    """Raise InvalidInput with one problem."""
    raise InvalidInput([Problem(str(file), where, message, remedy)])
