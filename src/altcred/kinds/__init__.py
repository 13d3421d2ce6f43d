"""Kinds of variables: a file each, found through one registry."""

from altcred.kinds import (
    count,
    country,
    date,
    identifier,
    money,
    multiple,
    nps,
    number,
    ordered,
    rank,
    scale,
    score,
    single,
    text,
    year,
)
from altcred.kinds.kind import Kind
from altcred.kinds.registry import find_kind, forget_kind, kind_of, list_kinds, register_kind

__all__ = [
    "Kind",
    "count",
    "country",
    "date",
    "find_kind",
    "forget_kind",
    "identifier",
    "kind_of",
    "list_kinds",
    "money",
    "multiple",
    "nps",
    "number",
    "ordered",
    "rank",
    "register_kind",
    "scale",
    "score",
    "single",
    "text",
    "year",
]
