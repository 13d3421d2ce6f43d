"""The store of estimates: written to and read from estimates.csv, looked up by key."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from altcred.core.distribution import bound_shares
from altcred.core.records import ALL, NAN, Estimate
from altcred.core.statistics import find_statistic
from altcred.core.weights import WEIGHTED

COLUMNS = ["wave", "subgroup", "variable", "category", "statistic", "value", "low", "high", "n",
           "note"]  # fmt: skip
KEY = COLUMNS[:5]
NUMBERS = ["value", "low", "high", "n"]


class UnknownEstimate(KeyError):
    """Raised for an estimate that there is not; names the nearest that there are."""

    def __str__(self) -> str:
        return str(self.args[0])


@dataclass(frozen=True)
class _Later:
    """A text that is made when it is read."""

    write: Callable[[], str]

    def __str__(self) -> str:
        return self.write()


class Estimates:
    """All estimates of some chapters, to look up one or to select many."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self.frame = frame.reset_index(drop=True)
        self._places = {key: place for place, key in enumerate(_list_keys(self.frame))}
        self._known: dict[tuple[str, ...], list[tuple[str, str]]] = defaultdict(list)
        for *variable, category, statistic in self._places:
            self._known[tuple(variable)].append((category, statistic))
        self._values = self.frame[["value", "low", "high", "n", "note"]].to_numpy(dtype=object)

    def find(
        self,
        wave: str,
        variable: str,
        category: str = "",
        statistic: str = "proportion",
        subgroup: str = ALL,
    ) -> Estimate:
        """Return one estimate; UnknownEstimate with the nearest keys where there is none."""
        place = self._places.get((wave, subgroup, variable, category, statistic))
        if place is None:
            key = (wave, subgroup, variable, category, statistic)
            # Whoever tries whether there is an estimate never reads the message.
            raise UnknownEstimate(_Later(lambda: self._describe_nearest(*key)))
        value, low, high, n, note = self._values[place]
        return Estimate(
            float(value), float(low), float(high), float(n), str(note),
            wave, subgroup, variable, category, statistic,
        )  # fmt: skip

    def has(
        self,
        wave: str,
        variable: str,
        category: str | None = None,
        statistic: str | None = None,
        subgroup: str = ALL,
    ) -> bool:
        """Tell whether there is an estimate of the variable, of one category or statistic of it."""
        return any(
            category in (None, known) and statistic in (None, other)
            for known, other in self._known.get((wave, subgroup, variable), ())
        )

    def is_weighted(self, wave: str) -> bool:
        """Tell whether shares and means of the wave are weighted."""
        return bool(((self.frame["wave"] == wave) & (self.frame["note"] == WEIGHTED)).any())

    def categories(
        self, wave: str, variable: str, statistic: str, subgroup: str = ALL
    ) -> list[str]:
        """Return the categories of a variable of which there is a statistic, by their names."""
        known = self._known.get((wave, subgroup, variable), ())
        return sorted(category for category, other in known if other == statistic)

    def select(self, **columns: str | Iterable[str]) -> pd.DataFrame:
        """Return the rows in which each named column is the given value, or one of several."""
        mask = np.ones(len(self.frame), dtype=bool)
        for column, wanted in columns.items():
            one_of = [wanted] if isinstance(wanted, str) else list(wanted)
            mask &= self.frame[column].isin(one_of).to_numpy()
        return self.frame[mask]

    def _describe_nearest(self, *key: str) -> str:
        from difflib import SequenceMatcher

        def nearness(other: tuple[str, ...]) -> float:
            return sum(
                2.0 if mine == theirs else SequenceMatcher(None, mine, theirs).ratio()
                for mine, theirs in zip(key, other, strict=True)
            )

        # Comparing texts is slow; the keys that share most of their parts are compared alone.
        shared = sorted(
            self._places,
            key=lambda other: -sum(a == b for a, b in zip(key, other, strict=True)),
        )[:500]
        nearest = sorted(shared, key=lambda other: (-nearness(other), other))[:3]
        names = "; ".join(_write_key(other) for other in nearest) or "none at all"
        return f"There is no estimate {_write_key(key)}. The nearest are: {names}."


def _list_keys(frame: pd.DataFrame) -> list[tuple[str, ...]]:
    # Texts as objects at once: each by itself takes five times as long.
    return list(zip(*(frame[column].to_numpy(dtype=object) for column in KEY), strict=True))


def _write_key(key: Iterable[str]) -> str:
    return ", ".join(f"{name}={part!r}" for name, part in zip(KEY, key, strict=True))


def read_estimates(*paths: str | Path) -> Estimates:
    """Read estimates.csv files into one Estimates; rows of the same key are kept once."""
    frames = [
        pd.read_csv(
            path,
            dtype=dict.fromkeys([*KEY, "note"], str),
            keep_default_na=False,
            na_values=dict.fromkeys(NUMBERS, ""),
        )
        for path in paths
    ]
    if not frames:
        return Estimates(compose_frame([]))
    return Estimates(pd.concat(frames).drop_duplicates(KEY))


def write_estimates(frame: pd.DataFrame, path: str | Path) -> None:
    """Write estimates as CSV: sorted, whole numbers whole, others of six significant digits."""
    written = sort_estimates(frame).copy()
    for column in NUMBERS:
        written[column] = [_write_number(number) for number in written[column].astype(float)]
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.writing")
    try:
        written.to_csv(aside, index=False, encoding="utf-8", lineterminator="\n")
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def _write_number(number: float) -> str:
    if np.isnan(number):
        return ""
    return f"{number:.0f}" if float(number).is_integer() else repr(round_number(number))


def round_number(number: float) -> float:
    """Round to six significant digits, from a million on to cents; whole numbers stay."""
    if float(number).is_integer():
        return float(number)
    # Six digits would lose the units of 1,790,122.50.
    return round(number, 2) if abs(number) >= 1e6 else float(f"{number:.6g}")


def compose_frame(records: Iterable[Estimate], wave: str = "") -> pd.DataFrame:
    """Return records as a frame in the columns of COLUMNS, sorted.

    A record without a wave is of `wave`. Where a share asks for it, it gets Wilson's interval of
    its value and n. UnknownStatistic where nobody registered a record's statistic.
    """
    records = list(records)
    for statistic in {one.statistic for one in records}:
        find_statistic(statistic)
    numbers = {name: np.array([getattr(one, name) for one in records], float) for name in NUMBERS}
    needs_interval = np.array([one.has_wilson for one in records], dtype=bool)
    if needs_interval.any():
        ends = bound_shares(numbers["value"][needs_interval], numbers["n"][needs_interval])
        numbers["low"][needs_interval], numbers["high"][needs_interval] = ends.T
    for name in ("value", "low", "high"):
        shown = [round_number(one) if one == one else NAN for one in numbers[name]]
        numbers[name] = np.array(shown, float)
    texts = {name: [getattr(one, name) for one in records] for name in (*KEY, "note")}
    texts["wave"] = [one or wave for one in texts["wave"]]
    frame = pd.DataFrame({name: pd.Series(texts[name], dtype=object) for name in texts} | numbers)
    return sort_estimates(frame)


def sort_estimates(frame: pd.DataFrame) -> pd.DataFrame:
    """Return estimates in the order of their keys."""
    # Pandas takes several times as long for the few hundred rows that most frames have.
    keys = _list_keys(frame)
    return (
        frame[COLUMNS].iloc[sorted(range(len(keys)), key=keys.__getitem__)].reset_index(drop=True)
    )
