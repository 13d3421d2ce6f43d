"""Makes the next of several things while one is used."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")


def ahead(items: Iterator[Item]) -> Iterator[Item]:
    """Yield items, of which the next is made in a thread of its own while one is used.

    What is raised on the way is raised here, in its place.
    """

    def take() -> list[Item]:
        return list(islice(items, 1))

    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(take)
        while item := coming.result():
            coming = pool.submit(take)
            yield item[0]
