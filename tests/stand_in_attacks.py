"""Attacks on a stand-in: was somebody among the respondents, and what did somebody answer?"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.stats import rankdata


def code(*frames: pd.DataFrame, names: Sequence[str]) -> list[np.ndarray]:
    """Return the answers of several frames as numbers, the same for the same answer."""
    columns = []
    for name in names:
        texts = [frame[name].map(lambda one: "" if pd.isna(one) else str(one)) for frame in frames]
        known = {text: place for place, text in enumerate(sorted({*pd.concat(texts)}))}
        columns.append([text.map(known).to_numpy() for text in texts])
    return [np.column_stack(ones) for ones in zip(*columns, strict=True)]


def nearest(rows: np.ndarray, others: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return how many answers of each row the most alike of others lacks, and which that is."""
    apart = np.array([(others != row).sum(axis=1) for row in rows])
    return apart.min(axis=1), apart.argmin(axis=1)


def tell_members(inside: np.ndarray, outside: np.ndarray) -> float:
    """Return how often somebody inside scores above somebody outside; a half is chance alone."""
    ranks = rankdata(np.concatenate([inside, outside]))[: len(inside)].sum()
    return float((ranks - len(inside) * (len(inside) + 1) / 2) / (len(inside) * len(outside)))


def attack_members(
    real: pd.DataFrame, others: pd.DataFrame, made: pd.DataFrame, names: Sequence[str]
) -> tuple[float, float]:
    """Return how well members are told by the nearest row of a stand-in, and by shares alone.

    By shares alone somebody is the likelier a member the more common each answer is among them.
    """
    inside, outside, rows = code(real, others, made, names=names)
    by_rows = [-nearest(one, rows)[0] for one in (inside, outside)]
    shares = [
        {answer: np.log((inside[:, at] == answer).mean() + 1e-3) for answer in np.unique(
            np.concatenate([inside[:, at], outside[:, at]]))}
        for at in range(inside.shape[1])
    ]  # fmt: skip
    by_shares = [
        np.array([sum(shares[at][answer] for at, answer in enumerate(row)) for row in one])
        for one in (inside, outside)
    ]
    return tell_members(*by_rows), tell_members(*by_shares)


def attack_answer(
    real: pd.DataFrame, made: pd.DataFrame, names: Sequence[str], wanted: str
) -> tuple[float, float]:
    """Return how often an answer is guessed from the nearest row of a stand-in, and from shares."""
    rest = [name for name in names if name != wanted]
    rows, others = code(real, made, names=rest)
    (answers,), (guesses,) = (one.T for one in code(real, made, names=[wanted]))
    nearby = guesses[nearest(rows, others)[1]]
    return float((nearby == answers).mean()), float(np.bincount(answers).max() / len(answers))
