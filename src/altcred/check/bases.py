"""Finds of whom the shares of a table are: of a column, of those who answered, or of a row."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from altcred.check.cells import Print
from altcred.core.records import ALL

_SENTENCES = {
    "column": "its shares are of the n of their column.",
    "answered": "its shares are of those who have one of its categories.",
    "row": "its shares are of the people of their row.",
    "unknown": "no number of the table is what its shares are of; they are not compared with n.",
}

# What shares can be of; of equals the first.
KINDS = ("column", "answered", "row")
Place = tuple[str, str]


@dataclass
class Base:
    """Of whom the shares of a variable are.

    `sizes` are by wave and group, `row_sizes` by wave and category. `adds_up` tells that the
    categories of most groups make 100%.
    """

    kind: str
    sizes: dict[Place, str] = field(default_factory=dict)
    row_sizes: dict[Place, str] = field(default_factory=dict)
    categories: list[str] = field(default_factory=list)
    adds_up: bool = False

    @property
    def sentence(self) -> str:
        return _SENTENCES[self.kind]


def fits(prints: Iterable[Print], n: int | None) -> bool:
    """Tell whether count and share are of n people, whichever way the share was rounded."""
    found = {one.statistic: f"{one.qualifier}{one.printed}" for one in prints}
    if not n or not {"count", "proportion"} <= found.keys():
        return False
    return _is_share(_number(found["count"]), n, found["proportion"])


def _number(text: str) -> Fraction:
    digits = re.sub(r"[^\d.-]", "", text)
    return Fraction(digits if re.search(r"\d", digits) else 0)


def _is_share(count: Fraction, n: int | Fraction, share: str) -> bool:
    if not n:
        return False
    unit = Fraction(1, 10 ** len(share.partition(".")[2].rstrip("%")))
    scale = 100 if share.endswith("%") else 1
    off = scale * count / n - _number(share)
    if share.startswith("<"):
        return off < 0
    return -unit / 2 <= off < unit


def find_bases(rows: list[dict[str, str]], told: Mapping[str, str]) -> Iterator[tuple[str, Base]]:
    """Yield each variable with shares, and of whom these are.

    It is what most of a variable's counts and shares fit; a variable of a single category goes
    with most of the table, unless all of its figures speak against it.
    """
    by_variable: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows:
        if row["statistic"] in {"count", "proportion"} and row["variable"] != "responses":
            by_variable[row["variable"]].append(row)
    found = {name: _Shares(items) for name, items in by_variable.items()}
    scores = {kind: [one.score(kind) for one in found.values()] for kind in KINDS}
    usual = max(KINDS, key=lambda kind: sum(right for right, _ in scores[kind]))
    right, total = (sum(score[part] for score in scores[usual]) for part in (0, 1))
    usual = usual if 2 * right > total else ""
    for name, shares in found.items():
        if shares.shares:
            yield name, shares.judge(told.get(name, ""), usual)


class _Shares:
    """The counts and shares of one variable."""

    def __init__(self, rows: list[dict[str, str]]) -> None:
        self.columns: dict[Place, str] = {}
        self.counts: dict[tuple[Place, str], Fraction] = {}
        self.shares: dict[tuple[Place, str], str] = {}
        for row in rows:
            place = row["wave"], row["subgroup"]
            if row["n"]:
                self.columns[place] = row["n"]
            if row["statistic"] == "count":
                self.counts[place, row["category"]] = _number(row["printed"])
            else:
                self.shares[place, row["category"]] = f"{row['qualifier']}{row['printed']}"
        self.categories = list(dict.fromkeys(row["category"] for row in rows))
        self.places = list(dict.fromkeys(place for place, _ in (*self.counts, *self.shares)))

    def size(self, kind: str, place: Place, category: str) -> Fraction:
        """Return how many people a share is of, 0 where that is not known."""
        if kind == "column":
            return Fraction(self.columns.get(place, 0))
        if kind == "answered" and len(self.categories) > 1:
            counts = [self.counts.get((place, one)) for one in self.categories]
            return sum((one or Fraction(0) for one in counts), Fraction(0))
        if kind == "row":
            own = [one for one in self.places if one[1] != ALL and one[0] == place[0]]
            whole = self.counts.get(((place[0], ALL), category))
            parts = sum((self.counts.get((one, category), Fraction(0)) for one in own), Fraction(0))
            return (whole or parts) if len(own) > 1 else Fraction(0)
        return Fraction(0)

    def score(self, kind: str) -> tuple[int, int]:
        """Return how many shares are of a base with their counts, and how many could be."""
        both = [key for key in self.shares if key in self.counts]
        right = sum(
            _is_share(self.counts[key], self.size(kind, *key), self.shares[key]) for key in both
        )
        return right, len(both)

    def judge(self, told: str, usual: str) -> Base:
        scores = {kind: self.score(kind) for kind in KINDS}
        best = max(KINDS, key=lambda kind: scores[kind][0])
        right, total = scores[best]
        if told:
            best = told
        elif not total:
            best = "column" if self._are_whole() else "unknown"
        elif 2 * right <= total:
            # One share of several may be wrong, or all of one row of two, for its wrong count; all
            # of all rows are so only of other people.
            is_single = len(self.categories) == 1 and (right or total == 1)
            is_half = right and 2 * right == total and best == usual == "row"
            best = usual if usual and (is_single or is_half) else "unknown"
        sizes = {}
        if best in {"column", "answered"}:
            sizes = {place: self.size(best, place, "") for place in self.places}
        return Base(
            best,
            {place: str(int(size)) for place, size in sizes.items() if size},
            {
                (place[0], one): str(int(size))
                for place, one in self.counts
                if best == "row" and (size := self.size("row", place, one))
            },
            self.categories,
            best in {"column", "answered", "unknown"} and self._adds_up(),
        )

    def _are_whole(self) -> bool:
        """Tell whether most shares without a count are of a whole number of their column."""
        right = 0
        for (place, _), share in self.shares.items():
            n = Fraction(self.columns.get(place, 0))
            nearest = round(_number(share) * n / 100)
            right += any(_is_share(Fraction(nearest + step), n, share) for step in (-1, 0, 1))
        return 2 * right > len(self.shares)

    def _adds_up(self) -> bool:
        """Tell whether the categories of most groups make 100% within rounding."""
        if len(self.categories) < 2:
            return False
        right = total = 0
        for place in self.places:
            shares = [self.shares.get((place, one)) for one in self.categories]
            if None in shares:
                continue
            texts = [one for one in shares if one is not None]
            units = [Fraction(1, 10 ** len(one.partition(".")[2].rstrip("%"))) for one in texts]
            off = sum((_number(one) for one in texts), Fraction(-100))
            right += -sum(units) <= off <= sum(units) / 2
            total += 1
        return 2 * right > total
