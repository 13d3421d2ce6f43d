"""What the estimates of a cohort hide, written down so that its stand-in hides the same."""

from pathlib import Path

import pandas as pd

from altcred.describe.cohort import Cohort
from altcred.disclose.changes import BARE, BY_MOVES
from altcred.estimate.store import KEY

# In the folder of a stand-in's description.
_FILE = "hidden.csv"


def write_hidden(estimates: pd.DataFrame, folder: Path) -> None:
    """Write which estimates are not shown, with the reason and whether their n is not either."""
    hidden = estimates[estimates["value"].isna() | estimates["note"].isin([BARE, BY_MOVES])]
    listed = hidden[[*KEY, "note"]].assign(without_n=hidden["n"].isna())
    listed.to_csv(folder / _FILE, index=False, lineterminator="\n")


def read_hidden(cohort: Cohort) -> pd.DataFrame | None:
    """Return what the cohort that a stand-in was made of hides; None of any other cohort.

    Nobody's answers are behind a stand-in, so that there is nothing else to hide: its door shows
    what that of the original shows, and no more.
    """
    path = cohort.folder / _FILE
    if not cohort.study.stand_in or not path.is_file():
        return None
    types = dict.fromkeys([*KEY, "note"], str)
    return pd.read_csv(path, dtype=types, keep_default_na=False)


def hide_same(estimates: pd.DataFrame, hidden: pd.DataFrame) -> pd.DataFrame:
    """Return estimates without the values of those that are hidden."""
    frame = estimates.astype({"value": float, "low": float, "high": float, "n": float})
    keys = pd.MultiIndex.from_frame(frame[KEY].astype(str))
    place = pd.MultiIndex.from_frame(hidden[KEY]).get_indexer(keys)
    is_hidden = place >= 0
    told = hidden.iloc[place[is_hidden]]
    frame.loc[is_hidden, ["low", "high"]] = float("nan")
    kept = told["note"].isin([BARE, BY_MOVES]).to_numpy()
    frame.loc[is_hidden, "value"] = frame.loc[is_hidden, "value"].where(kept)
    frame.loc[is_hidden, "note"] = told["note"].to_numpy()
    without = is_hidden.copy()
    without[is_hidden] = told["without_n"].to_numpy(dtype=bool)
    frame.loc[without, "n"] = float("nan")
    return frame
