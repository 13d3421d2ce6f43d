"""Dirt of exports at the rates that a report tells: unusable answers, capitals, blanks."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from altcred.describe.cohort import Cohort
from altcred.disclose.choosing import choose_hidden_counts
from altcred.disclose.rounding import round_counts
from altcred.kinds import kind_of
from altcred.kinds.reading import BLANK, CONTRADICTED, NOT_ASKED, NOT_CHOSEN, READ, fold_text

# Reasons of answers that could be used, or that nobody gave.
_NONE = {"", READ, BLANK, NOT_ASKED, NOT_CHOSEN, CONTRADICTED}
# What is tried in the place of an answer that could not be used, until it is so for the reason.
_TRIED = ("(not to be read)", "n/a", "some", "-3", "2.75", "3-", "5 or 6", "up to 9", "9999999",
          "45", "31/31/2020", "03/04/20", "don't know")  # fmt: skip
CAPITALS, BLANKS = "@dirt capitals", "@dirt blanks"
_WAYS: dict[str, tuple[Callable[[str], str], ...]] = {
    CAPITALS: (str.upper, str.lower),
    BLANKS: (lambda text: f"{text} ", lambda text: f" {text}"),
}


def count_unusable(cohort: Cohort, wave: str) -> dict[str, dict[str, int]]:
    """Return how many answers to each question could not be used and why, as the report tells.

    What it hides is left out, and nothing is told of a survey whose answers were not read yet.
    """
    path = cohort.processed / wave / "answers.csv"
    if not path.is_file():
        return {}
    answers = pd.read_csv(path, dtype=str, keep_default_na=False)
    unread = answers[answers["value"].eq("") & ~answers["reason"].isin(_NONE)]
    counts = unread.astype({"times": int}).groupby(["variable", "reason"])["times"].sum()
    disclosure = cohort.study.disclosure
    found: dict[str, dict[str, int]] = {}
    for name, variable in cohort.codebook.in_wave(wave).items():
        if name not in counts.index.get_level_values(0) or kind_of(variable).is_typed:
            continue
        own = {str(reason): int(count) for reason, count in counts.loc[name].items()}
        hidden = choose_hidden_counts(own, disclosure.minimum)
        shown = {one: int(round_counts(n, disclosure.rounds_to)) for one, n in own.items()
                 if one not in hidden}  # fmt: skip
        if shown:
            found[name] = shown
    return found


def find_rates(pairs: Iterable[tuple[Counter[str], Iterable[str]]], fewest: int) -> dict[str, str]:
    """Return which share of labels has other capitals, or blanks about it, in whole percent.

    `pairs` are the cells of each column with the texts that are known; nothing is told of what
    fewer rows have than `fewest`, in all columns together.
    """
    seen, total = Counter[str](), 0
    for held, texts in pairs:
        known = {fold_text(one): one for one in texts}
        for text, count in held.items():
            plain = known.get(fold_text(text))
            if plain is None:
                continue
            total += count
            if text.strip() != text:
                seen[BLANKS] += count
            elif text != plain and text.casefold() == plain.casefold():
                seen[CAPITALS] += count
    return {way: f"{round(count / total, 2):g}" for way, count in seen.items() if count >= fewest}


def roughen(
    cells: np.ndarray, styles: Mapping[str, str], read: Callable[[str], Any],
    rng: np.random.Generator,
) -> None:  # fmt: skip
    """Write a share of labels with other capitals or blanks, where they are read alike."""
    for way, changes in _WAYS.items():
        share = float(styles.get(way, 0))
        if not share:
            continue
        places = np.flatnonzero((rng.random(len(cells)) < share) & (cells != ""))
        for place in places.tolist():
            text = cells[place]
            changed = changes[place % 2](text)
            if read(changed).value == read(text).value:
                cells[place] = changed


def spoil_answers(
    cells: np.ndarray, counts: Mapping[str, int], free: Sequence[int],
    read: Callable[[str], Any], random: Any,
) -> None:  # fmt: skip
    """Write answers that cannot be used, for each reason as many, into some blank cells."""
    left = list(free)
    random.shuffle(left)
    for reason, count in sorted(counts.items()):
        for text in _TRIED:
            reading = read(text)
            if reading.value is None and reading.reason == reason:
                for place in left[:count]:
                    cells[place] = text
                del left[:count]
                break
