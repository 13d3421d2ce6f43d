"""The registry of kinds: everything that depends on the kind of a variable is found through it."""

from typing import TYPE_CHECKING

from altcred.core.mistakes import name_known

if TYPE_CHECKING:
    from altcred.kinds.kind import Kind
    from altcred.kinds.variable import Variable

_KINDS: dict[str, "Kind"] = {}


class UnknownKind(KeyError):
    """Raised for a kind that nobody registered; names those there are."""

    def __str__(self) -> str:
        remedy = name_known(self.args[0], list_kinds(), most=99).rstrip(".")
        return f"{self.args[0]!r} is not a kind; {remedy}"


def register_kind(kind: "Kind") -> None:
    """Make a kind known under its name; a later one of the same name replaces it."""
    _KINDS[kind.name] = kind


def forget_kind(name: str) -> None:
    """Remove a kind, as a test does with one of its own."""
    _KINDS.pop(name, None)


def find_kind(name: str) -> "Kind":
    """Return the kind of that name; UnknownKind where there is none."""
    try:
        return _KINDS[name]
    except KeyError:
        raise UnknownKind(name) from None


def kind_of(variable: "Variable") -> "Kind":
    """Return the kind of a variable."""
    return find_kind(variable.kind)


def list_kinds() -> list[str]:
    """Return the names of all kinds, in the order of their registration."""
    return list(_KINDS)
