"""The same people in two waves: by which rule each of them is found, and what that needs."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from altcred.describe.study import Panel
from altcred.reconstruct.assumptions import Identities
from altcred.reconstruct.roster import Roster, Supply, compare

Pair = tuple[int, int]


@dataclass(frozen=True)
class Link:
    """Two rows, by their places in two waves, of one person; `found_by` is empty if none can."""

    waves: tuple[str, str]
    first: int
    second: int
    found_by: str


def link_waves(
    panel: Panel, rosters: dict[str, Roster], settings: Identities, unfindable: int, supply: Supply
) -> list[Link]:
    """Link the people of both waves of a panel and give them what their rule needs.

    At least `unfindable` of them no rule finds: where the drawn answers name fewer, others who
    could well be one person are taken for one.
    """
    first, second = rosters[panel.first], rosters[panel.second]
    places = {key: place for place, key in enumerate(_who(first))}
    findable: list[Pair] = []
    hidden: list[Pair] = []
    for place, (key, is_pair) in enumerate(zip(_who(second), second.frame["pair"], strict=True)):
        if key in places:
            (findable if is_pair else hidden).append((places[key], place))
    if unfindable > len(hidden):
        taken = [*findable, *hidden]
        hidden += _choose_unfindable(panel, rosters, unfindable - len(hidden), taken, supply)
    ways = _choose_ways(panel, first, second, findable, settings, supply)
    links = []
    for pair, way in zip([*findable, *hidden], [*ways, *("" for _ in hidden)], strict=True):
        links.append(Link((panel.first, panel.second), *pair, way))
        _identify_pair(first, second, pair, way, supply)
    first.linked |= {link.first for link in links}
    second.linked |= {link.second for link in links}
    _part_lookalikes(panel, first, second, links)
    return links


def _who(roster: Roster) -> list[tuple[str, int]]:
    return list(zip(roster.programs, roster.persons, strict=True))


def _demographic_keys(panel: Panel) -> list[str]:
    """Return what the panel's rule without an address compares; nothing where it has none."""
    rules = (rule.keys for rule in panel.rules if not {"email", "ip"} & set(rule.keys))
    return list(next(rules, []))


def do_agree(first: Roster, second: Roster, pair: Pair, variables: list[str]) -> bool:
    """Tell whether two rows disagree in none of the variables."""
    names = [name for name in variables if name not in ("email", "ip")]
    one = [first.answers(name)[pair[0]] for name in names]
    two = [second.answers(name)[pair[1]] for name in names]
    return compare(one, two)[0] == 0


def _choose_unfindable(
    panel: Panel, rosters: dict[str, Roster], wanted: int, pairs: list[Pair], supply: Supply
) -> list[Pair]:
    """Choose rows of the two waves that could well be one person's."""
    first, second = rosters[panel.first], rosters[panel.second]
    taken = {one for one, _ in pairs}, {two for _, two in pairs}
    traits = _demographic_keys(panel)[:5]
    index: dict[Any, list[int]] = defaultdict(list)
    for place, key in enumerate(first.keys(traits)):
        if None not in key and place not in taken[0]:
            index[key].append(place)
    candidates = [
        (place, key)
        for place, key in enumerate(second.keys(traits))
        if None not in key and place not in taken[1] and key in index
    ]
    supply.random.shuffle(candidates)
    chosen: list[Pair] = []
    for place, key in candidates:
        latest = second.times[place] - timedelta(days=3)
        earlier = [one for one in index[key] if first.times[one] < latest]
        if earlier and len(chosen) < wanted:
            one = supply.random.choice(earlier)
            index[key].remove(one)
            old, new = second.persons[place], first.persons[one]
            for roster in rosters.values():
                roster.persons = [new if person == old else person for person in roster.persons]
            chosen.append((one, place))
    return chosen


def _choose_ways(
    panel: Panel,
    first: Roster,
    second: Roster,
    pairs: list[Pair],
    settings: Identities,
    supply: Supply,
) -> list[str]:
    """Choose for each pair the rule that finds it; nothing where the address was kept away."""
    ways = ["" for _ in pairs]

    def choose(way: str, suited: list[int], share: float) -> None:
        supply.random.shuffle(suited)
        for place in suited[: round(share * len(pairs))]:
            ways[place] = way

    keys = _demographic_keys(panel)
    if keys:
        known, later = first.keys(keys), second.keys(keys)
        often, often_later = Counter(known), Counter(later)
        alike = [
            place
            for place, (one, two) in enumerate(pairs)
            if None not in known[one]
            and known[one] == later[two]
            and often[known[one]] == often_later[later[two]] == 1
        ]
        choose("demographics", alike, settings.pair_by.demographics)
    by_address = next((rule for rule in reversed(panel.rules) if rule.keys == ["ip"]), None)
    if by_address is not None:
        agreeing = [
            place
            for place, pair in enumerate(pairs)
            if not ways[place] and do_agree(first, second, pair, by_address.agree)
        ]
        choose("ip", agreeing, settings.pair_by.ip)
    # Somebody of an earlier panel may be one who kept the e-mail address to themselves.
    return [
        way or ("" if first.shows[one] is False else "email")
        for way, (one, _) in zip(ways, pairs, strict=True)
    ]


def _identify_pair(first: Roster, second: Roster, pair: Pair, way: str, supply: Supply) -> None:
    """Give the two rows of a person addresses by which that way finds them, and no other."""
    one, two = pair
    email, other = next(supply.emails), next(supply.emails)
    address, elsewhere = next(supply.addresses), next(supply.addresses)
    shown = supply.random.choice([(True, False), (False, True), (False, False)])
    was_shown = first.shows[one]
    # Somebody of an earlier panel has an identity already.
    email, address = first.emails[one] or email, first.addresses[one] or address
    if way == "email":
        shown, other = (True, True), email
        if supply.random.random() < 0.3:
            elsewhere = address
    elif way == "ip":
        elsewhere = address
        if supply.random.random() < 0.4:
            shown = (True, True)
    elif way == "":
        shown = supply.random.choice([(True, True), shown])
    first.emails[one], first.addresses[one] = email, address
    first.shows[one] = shown[0] if was_shown is None else was_shown
    second.emails[two], second.addresses[two], second.shows[two] = other, elsewhere, shown[1]


def _part_lookalikes(panel: Panel, first: Roster, second: Roster, links: list[Link]) -> None:
    """Let different people whose demographics agree in both waves show their own e-mails.

    Among so many people some agree by chance in everything that the demographic rule
    compares. Two e-mail addresses that differ are how a reader tells them apart.
    """
    keys = _demographic_keys(panel)
    if not keys:
        return
    found = [link for link in links if link.found_by]
    both = set(first.keys(keys)) & set(second.keys(keys))
    for roster, places in (
        (first, {link.first for link in found}),
        (second, {link.second for link in found}),
    ):
        for place, key in enumerate(roster.keys(keys)):
            if key in both and None not in key and place not in places:
                roster.shows[place] = True
