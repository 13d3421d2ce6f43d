"""Knows the tools that write a plain table, by the columns that they put beside the answers."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from altcred.core.description import read_yaml
from altcred.kinds.reading import fold_text
from altcred.read.export import Column, Export, Known, register_tool


@dataclass(frozen=True)
class Form:
    """A tool, what its own columns are for by their headers, and which of them tell it."""

    name: str
    # Each role with the headers of its columns, in the languages in which the tool writes them.
    roles: Mapping[str, str]
    # Of each of these a table has a column, in the first columns if `first` says how many.
    needs: Sequence[str]
    first: int | None = None

    def recognises(self, columns: Sequence[Column]) -> bool:
        """Tell by the headers of its own columns."""
        names = [_fold(column.name) for column in columns[: self.first]]
        return all(any(_has(name, need) for name in names) for need in self.needs)

    def complete(self, export: Export) -> Export:
        """Say of its own columns what they are for; of two alike the first is its own."""
        seen: set[str] = set()
        columns = []
        for column in export.columns:
            name = _fold(column.name)
            role = next((role for role, words in self.roles.items() if _has(name, words)), "")
            if role and name not in seen:
                seen.add(name)
                columns.append(replace(column, known=Known(role=role)))
            else:
                columns.append(column)
        return replace(export, columns=columns)


def _fold(name: str) -> str:
    return fold_text(name).strip(" .:*")


def _has(name: str, words: str) -> bool:
    return name in _split(words)


@cache
def _split(words: str) -> tuple[str, ...]:
    return tuple(re.split(r" ?\| ?", fold_text(words)))


_FORMS: dict[str, Any] = read_yaml(Path(__file__).with_name("forms.yaml"))
for _name, _about in _FORMS.items():
    register_tool(Form(_name, **_about))
