"""A registry by name: charts and tables are found through one each, and others may add theirs."""

from dataclasses import dataclass, field
from typing import Generic, TypeVar

Item = TypeVar("Item")


class UnknownName(KeyError):
    """Raised for a name that nobody registered; names those there are."""

    def __str__(self) -> str:
        return str(self.args[0])


@dataclass
class Registry(Generic[Item]):
    """What is registered under names; `what` is what one of it is called."""

    what: str
    _items: dict[str, Item] = field(default_factory=dict)

    def register(self, name: str, item: Item) -> None:
        """Make an item known under a name; a later one of the same name replaces it."""
        self._items[name] = item

    def forget(self, name: str) -> None:
        """Remove an item, as a test does with one of its own."""
        self._items.pop(name, None)

    def find(self, name: str) -> Item:
        """Return the item of that name; UnknownName where there is none."""
        try:
            return self._items[name]
        except KeyError:
            known = ", ".join(self._items)
            raise UnknownName(f"{name!r} is not a {self.what}; use one of {known}") from None

    def names(self) -> list[str]:
        """Return all names, in the order of their registration."""
        return list(self._items)
