"""Drafts the content of study.yaml: waves, the panel of their people, and what is compared."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from altcred.describe.wave import ROW
from altcred.draft.links import Link, choose_links
from altcred.draft.matching import match_with_reason
from altcred.draft.model import WaveDraft

# So many found of the smaller wave, and the two are no different people to be set side by side.
_NEARLY_ALL = 0.9
# Why questions that read differently are taken as one.
_SAME = {
    "name": "by the names of their columns alone these are taken as the same in several waves",
    "wording": "asked in other words in another wave, these are taken as the same; where they are "
    "not, write comparable: false under it",
}


def draft_study(
    cohort: str, waves: Sequence[WaveDraft]
) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """Return the content of study.yaml, and what is to be decided: of a wave, under "" of all."""
    study: dict[str, Any] = {"name": cohort, "title": cohort.replace("-", " ").capitalize()}
    study["waves"] = {wave.name: wave.keys for wave in waves}
    notes = {wave.name: list(wave.decide) for wave in waves if wave.decide}
    matched = match_with_reason(waves)
    both = [
        (at, one, other)
        for at, (one, other) in enumerate(pairwise(waves))
        if any(one.name in asked and other.name in asked for asked, _ in matched)
    ]
    links = list(waves[-1].links)
    general: list[str] = []
    chosen = choose_links(links)
    rules = [
        {"name": name, "keys": [role]}
        for role, name in (("person", "code"), ("email", "mail"))
        if role in chosen
    ]
    is_row = waves[-1].keys.get("person") == ROW
    if is_row:
        rules = [{"name": "row", "keys": ["person"]}]
        *earlier, last = [wave.name for wave in waves]
        general.append(
            f"{', '.join(earlier)} and {last} stand side by side in one file, so that each row is "
            "one person's answers to all of them."
        )
    for role, link in chosen.items():
        if any(link.repeated):
            general.append(_say_repeats(link, waves))
            study |= {"duplicates": {"person": False}} if role == "person" else {}
        elif any(link.copied):
            general.append(
                f"of {_list_rows(link.copied, waves)} there is a copy, alike in every cell; each "
                "counts once."
            )
    pairs = [{"first": one.name, "second": other.name} for _, one, other in both]
    found = [at for at, _, _ in both if is_row or any(one.holds[at] for one in chosen.values())]
    panels = [pair for pair, (at, _, _) in zip(pairs, both, strict=True) if at in found]
    if panels:
        study["panels"] = [{**pair, "rules": rules} for pair in panels]
    others = [
        pair
        for pair, (at, one, other) in zip(pairs, both, strict=True)
        if not (at in found and _finds_nearly_all(chosen, at, one, other))
    ]
    # Those of the panels are set side by side if nothing else is said.
    if others != panels:
        study["comparisons"] = others
    general += _say_links(links, chosen, waves)
    for reason, said in _SAME.items():
        alike = [next(iter(asked.values())) for asked, why in matched if why == reason]
        if alike:
            names = ", ".join(repr(one.columns[0].name) for one in alike[:3])
            general.append(f"{said}: {names}{' …' if len(alike) > 3 else ''}.")
    if len(waves) > 1 and not both:
        study["comparisons"] = []
        general.append("no question of two waves is the same by its words or its name.")
    return study, {**notes, **({"": general} if general else {})}


def _finds_nearly_all(
    chosen: Mapping[str, Link], at: int, one: WaveDraft, other: WaveDraft
) -> bool:
    """Tell whether those found in two waves are nearly everybody in one of them."""
    rows = min(sum(table.rows for table in wave.tables) for wave in (one, other))
    return any(link.pairs[at] >= _NEARLY_ALL * rows for link in chosen.values())


def _say_repeats(link: Link, waves: Sequence[WaveDraft]) -> str:
    told = _list_rows(link.repeated, waves)
    if link.role == "email":
        return f"{told} share their address with another row; the first of each address counts."
    return (
        f"{told} share their code with another row. They are all counted and found in no other "
        "wave; without person: false under duplicates: the first row of each code counts."
    )


def _list_rows(counts: Sequence[int], waves: Sequence[WaveDraft]) -> str:
    return " and ".join(
        f"{count} {'row' if count == 1 else 'rows'} of {wave.name}"
        for count, wave in zip(counts, waves, strict=True)
        if count
    )


def _say_links(
    links: Sequence[Link], chosen: Mapping[str, Link], waves: Sequence[WaveDraft]
) -> Iterator[str]:
    for link in links:
        pairs = ", ".join(
            f"{n} {'pair' if n == 1 else 'pairs'} of {one.name} and {other.name}"
            for n, (one, other) in zip(link.pairs, pairwise(waves), strict=True)
        )
        if link in chosen.values():
            zeros = "" if link.leading_zeros else ", if leading zeros tell nobody apart"
            yield f"the same people are found by {link.label}{zeros}: {pairs}."
        elif link.doubt:
            yield f"{link.label} would make {pairs}, and is not used: {link.doubt}."
        else:
            yield f"{link.label} could join the same people as well: {pairs}."
    if len(waves) > 1 and not links and waves[-1].keys.get("person") != ROW:
        yield (
            "no column joins the people of the waves, with codes of one person each of which the "
            "waves share enough; so they are compared as different people."
        )
