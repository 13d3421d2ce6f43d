"""Who the reconstructed people are: e-mail and network addresses, repeats, true links.

What the matching rules of study.yaml can find, and what they cannot, is decided here and written
down as the truth.
"""

from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING

from altcred.describe.cohort import Cohort
from altcred.describe.study import Panel
from altcred.reconstruct.assumptions import Identities
from altcred.reconstruct.pairs import Link, do_agree, link_waves
from altcred.reconstruct.repeats import Counts, Sharing, list_repeats
from altcred.reconstruct.roster import Roster, Supply, blank_missing

if TYPE_CHECKING:
    import pandas as pd


@dataclass
class Identified:
    """One wave's rows, the kept ones first and then their repeats, with their identities.

    `original` is the place of the row that a repeat repeats, -1 of a kept row. `emails` holds
    None where none was given.
    """

    rows: "pd.DataFrame"
    persons: list[int]
    emails: list[str | None]
    addresses: list[str]
    original: list[int]
    addresses_elsewhere: set[str] = field(default_factory=set)


def identify_people(
    frames: "dict[str, pd.DataFrame]",
    cohort: Cohort,
    settings: Identities,
    counts: dict[str, Counts],
    seed: int,
) -> tuple[dict[str, Identified], list[Link]]:
    """Give everybody an identity, add the repeats, and return the true links of the panels.

    Exactly `counts` addresses of a wave are shared by two or more rows and exactly so many rows
    are repeats that the procedure of `study.duplicates` finds. InvalidInput where the frames
    have too few people for that.
    """
    study, supply = cohort.study, Supply(Random(f"{seed} people"))
    rosters = {
        wave: Roster(wave, frame, cohort.codebook, study.duplicates)
        for wave, frame in frames.items()
    }
    links: list[Link] = []
    for panel in study.panels:
        if {panel.first, panel.second} <= set(frames):
            # Who of a further panel cannot be found was decided when its answers were drawn.
            unfindable = settings.unfindable if panel is study.panels[0] else 0
            links += link_waves(panel, rosters, settings, unfindable, supply)
    for roster in rosters.values():
        _decide_emails(roster, settings.email_given.get(roster.wave, 0.6), supply)
    groups = {
        wave: Sharing(roster, settings, supply).share_addresses(counts.get(wave, Counts(0, 0)))
        for wave, roster in rosters.items()
    }
    if study.panels and settings.addresses_in_both:
        _use_addresses_again(study.panels[0], rosters, groups, settings.addresses_in_both)
    _give_the_rest(rosters, supply)
    people = {wave: _gather(roster, supply) for wave, roster in rosters.items()}
    for wave, one in people.items():
        elsewhere = (others.addresses for other, others in people.items() if other != wave)
        one.addresses_elsewhere = set().union(*elsewhere)
    return people, links


def _decide_emails(roster: Roster, share: float, supply: Supply) -> None:
    # What the lookalikes had to show is taken off the others, so that the share comes out.
    places = [place for place, shown in enumerate(roster.shows) if shown is None]
    if places:
        wanted = share * len(roster.shows) - sum(1 for shown in roster.shows if shown)
        share = min(1.0, max(0.0, wanted / len(places)))
    for place in places:
        roster.shows[place] = supply.random.random() < share


def _use_addresses_again(
    panel: Panel, rosters: dict[str, Roster], groups: dict[str, list[list[int]]], wanted: int
) -> None:
    """Let some addresses of different people be the same in both waves, as a library's is."""
    first, second = rosters[panel.first], rosters[panel.second]
    rule = next((rule for rule in panel.rules if rule.keys == ["ip"]), None)

    def is_apart(one: int, two: int) -> bool:
        return first.programs[one] != second.programs[two] or (
            rule is not None and not do_agree(first, second, (one, two), rule.agree)
        )

    for later in groups[panel.second]:
        for earlier in groups[panel.first] if wanted else []:
            if all(is_apart(one, two) for one in earlier for two in later):
                for two in later:
                    second.addresses[two] = first.addresses[earlier[0]]
                groups[panel.first].remove(earlier)
                wanted -= 1
                break


def _give_the_rest(rosters: dict[str, Roster], supply: Supply) -> None:
    known: dict[int, str] = {}
    for roster in rosters.values():
        for place, person in enumerate(roster.persons):
            if roster.emails[place] is None:
                if person not in known:
                    known[person] = next(supply.emails)
                roster.emails[place] = known[person]
            if roster.addresses[place] is None:
                roster.addresses[place] = next(supply.addresses)


def _gather(roster: Roster, supply: Supply) -> Identified:
    import pandas as pd

    kept = range(len(roster.frame))
    places = [*kept, *(place for place, _, _ in roster.repeats)]
    shown = [*roster.shows, *(is_shown for _, _, is_shown in roster.repeats)]
    repeated = list(list_repeats(roster, supply))
    rows = roster.frame
    if repeated:
        added = blank_missing(pd.DataFrame(repeated, columns=rows.columns, dtype=object))
        rows = pd.concat([rows, added], ignore_index=True)
    moments = [*roster.times, *(row["submitted"] for row in repeated)]
    return Identified(
        rows.assign(submitted=pd.to_datetime(pd.Series(moments))),
        [roster.persons[place] for place in places],
        [roster.emails[at] if is_so else None for at, is_so in zip(places, shown, strict=True)],
        [roster.addresses[place] for place in places],
        [-1 for _ in kept] + places[len(kept) :],
    )
