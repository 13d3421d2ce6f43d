"""Kinds of variables: a file each, found through one registry."""

# Each registers its kind.
from altcred.kinds import (  # noqa: F401
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

__all__ = ["Kind", "find_kind", "forget_kind", "kind_of", "list_kinds", "register_kind"]
