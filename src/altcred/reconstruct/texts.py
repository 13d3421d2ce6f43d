"""Short texts that people type, made of a cohort's forms and words."""

from itertools import product

import numpy as np

from altcred.kinds import kind_of
from altcred.reconstruct.assumptions import Texts
from altcred.reconstruct.figures import Printed
from altcred.reconstruct.people import People, make_tests


def write_texts(people: People, rows: list[Printed], rng: np.random.Generator) -> None:
    """Give some of those who are asked for words a text, as many as are printed or assumed."""
    sizes = {
        (row.variable, row.category): row.number
        for row in rows
        if row.wave == people.wave and row.statistic in {"nobs", "count"} and not row.tests
    }
    for name, variable in people.codebook.in_wave(people.wave).items():
        if kind_of(variable).stand_in != "words":
            continue
        column = people.columns[name] = np.full(len(people), None, dtype=object)
        texts = people.reconstruction.texts.get(name)
        if texts is not None:
            able = people.meet(make_tests(people.codebook, texts.asked_if))
            places = rng.permutation(np.flatnonzero(able))
            places = places[: sizes.get((name, ""), round(texts.answered * len(places)))]
            frequent = sizes.get((name, "most_frequent"), 0)
            column[places] = _make_texts(name, texts, len(places), frequent, rng)


def _make_texts(
    name: str, texts: Texts, number: int, frequent: int, rng: np.random.Generator
) -> np.ndarray:
    """Make so many texts, the most frequent of them so often; 0 where no such count is printed."""
    made: list[str] = []
    for form in texts.forms:
        places = [word for word in texts.words if "{" + word + "}" in form]
        for words in product(*(texts.words[place] for place in places)):
            made.append(form.format(**dict(zip(places, words, strict=True))))
    made = [text for text in dict.fromkeys(made) if text != texts.most_frequent]
    if not frequent:
        once = np.array(texts.once[:number], dtype=object)
        others = rng.choice(np.array(made, dtype=object), size=number - len(once))
        return rng.permutation(np.concatenate([once, others]))
    # Everybody else's text stays rarer than the most frequent one.
    mixed = rng.permutation(np.array(made, dtype=object))
    falling = (frequent - 1) * (1 - np.arange(len(mixed)) / max(len(mixed), 1)) ** 2
    pool = np.repeat(mixed, np.maximum(1, np.ceil(falling).astype(int)))
    if len(pool) < number - frequent:
        raise ValueError(f"{name} needs more forms or words for {number} texts.")
    chosen = rng.permutation(pool)[: number - frequent]
    most = np.full(frequent, texts.most_frequent or made[0], object)
    return rng.permutation(np.concatenate([chosen, most]))
