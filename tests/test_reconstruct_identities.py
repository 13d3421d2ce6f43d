import ipaddress
from collections import Counter, defaultdict
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pandas as pd
import pytest
from random_frames import draw_frame, draw_waves

from altcred.check.published import COLUMNS
from altcred.core.errors import InvalidInput
from altcred.describe.cohort import Cohort, open_cohort
from altcred.reconstruct.assumptions import Identities
from altcred.reconstruct.build import count_printed
from altcred.reconstruct.identities import Identified, identify_people
from altcred.reconstruct.pairs import Link
from altcred.reconstruct.repeats import Counts
from altcred.reconstruct.roster import BLOCKS, values_of

COUNTS = {"begin": Counts(60, 40), "end": Counts(20, 30)}
SETTINGS = Identities.model_validate(
    {
        "email_given": {"begin": 0.6, "end": 0.7},
        "two_programs": {"begin": 5, "end": 2},
        "pair_by": {"email": 0.5, "ip": 0.25, "demographics": 0.25},
        "unfindable": 8,
        "addresses_in_both": 3,
    }
)
SEEDS = [1, pytest.param(2, marks=pytest.mark.long)]
Drawn = tuple[Cohort, dict[str, Identified], list[Link]]


@pytest.fixture(scope="module")
def cohort(root: Path) -> Cohort:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        return open_cohort("hollands-2023")


@pytest.fixture(scope="module", params=SEEDS)
def answered(request: pytest.FixtureRequest, cohort: Cohort) -> tuple[int, dict[str, pd.DataFrame]]:
    """Return a seed and the answers drawn at it."""
    return request.param, draw_waves(cohort, 3000, 700, 40, seed=request.param)


@pytest.fixture(scope="module")
def drawn(answered: tuple[int, dict[str, pd.DataFrame]], cohort: Cohort) -> Drawn:
    seed, frames = answered
    given = {wave: frame.copy() for wave, frame in frames.items()}
    people, links = identify_people(given, cohort, SETTINGS, COUNTS, seed=seed)
    return cohort, people, links


def groups_of(people: Identified) -> list[list[int]]:
    """Return the rows that share an address, as they were submitted."""
    rows = defaultdict(list)
    for place in people.rows["submitted"].sort_values(kind="stable").index:
        rows[people.addresses[place]].append(place)
    return [places for places in rows.values() if len(places) > 1]


def judge(people: Identified, cohort: Cohort, one: int, two: int) -> bool:
    """Judge two rows as Appendix A does: whether they are one person's answers to one program."""
    rules = cohort.study.duplicates
    if people.rows["program"].iloc[one] != people.rows["program"].iloc[two]:
        return False
    if people.emails[one] and people.emails[two]:
        return people.emails[one] == people.emails[two]

    def compare(names: list[str]) -> list[bool]:
        answers = [
            (people.rows[name].iloc[one], people.rows[name].iloc[two])
            for name in names
            if name in people.rows
        ]
        return [here == there for here, there in answers if here is not None and there is not None]

    demographics = compare(rules.demographics)
    if not all(demographics):
        return False
    if len(demographics) >= rules.minimum_demographics:
        return True
    circumstances = compare(rules.circumstances)
    return len(circumstances) >= rules.minimum_circumstances and all(circumstances)


def test_addresses_belong_to_nobody(drawn: Drawn) -> None:
    blocks = [ipaddress.ip_network(block) for block in BLOCKS]
    for people in drawn[1].values():
        for address in people.addresses:
            assert any(ipaddress.ip_address(address) in block for block in blocks)
        domains = {email.split("@")[1] for email in people.emails if email}
        assert domains == {"example.com", "example.org", "example.net"}


def test_as_many_addresses_are_shared_as_printed(drawn: Drawn) -> None:
    for wave, people in drawn[1].items():
        assert len(groups_of(people)) == COUNTS[wave].shared_addresses
        assert sum(place >= 0 for place in people.original) == COUNTS[wave].repeats


def test_the_procedure_finds_the_repeats_and_nobody_else(drawn: Drawn) -> None:
    cohort, people, _ = drawn
    for one in people.values():
        found = {}
        for places in groups_of(one):
            for later, place in enumerate(places):
                same = [
                    other
                    for other in places[:later]
                    if other not in found and judge(one, cohort, other, place)
                ]
                if same:
                    found[place] = same[0]
        true = {place: first for place, first in enumerate(one.original) if first >= 0}
        assert found == true


def test_different_people_are_told_apart_in_whatever_order(drawn: Drawn) -> None:
    cohort, people, _ = drawn
    for one in people.values():
        first = [place if repeat < 0 else repeat for place, repeat in enumerate(one.original)]
        for places in groups_of(one):
            for here, there in combinations(places, 2):
                if first[here] != first[there]:
                    assert not judge(one, cohort, here, there)


def test_repeats_come_after_what_they_repeat(drawn: Drawn) -> None:
    for people in drawn[1].values():
        submitted = people.rows["submitted"]
        last = submitted[[place < 0 for place in people.original]].max()
        for place, original in enumerate(people.original):
            if original >= 0:
                assert submitted[original] < submitted[place] <= last
                assert people.rows["program"][original] == people.rows["program"][place]


def test_kept_rows_keep_their_answers(
    drawn: Drawn, answered: tuple[int, dict[str, pd.DataFrame]]
) -> None:
    cohort, people, _ = drawn
    frame = answered[1]["begin"]
    for name in ("gender", "income", "birth_year"):
        assert values_of(people["begin"].rows.iloc[:3000], cohort.codebook, name) == values_of(
            frame, cohort.codebook, name
        )


def test_each_link_can_be_found_in_its_own_way_alone(drawn: Drawn) -> None:
    cohort, people, links = drawn
    begin, end = people["begin"], people["end"]
    keys = cohort.study.panels[0].rules[-1].keys
    known = {
        wave: list(
            zip(
                one.rows["program"],
                *(values_of(one.rows, cohort.codebook, name) for name in keys),
                strict=True,
            )
        )
        for wave, one in people.items()
    }
    ways = Counter(link.found_by for link in links)
    assert ways[""] == 8
    assert ways["ip"] == 10
    assert 0 < ways["demographics"] <= 10
    assert sum(ways.values()) == 48
    for link in links:
        emails = begin.emails[link.first], end.emails[link.second]
        same_email = None not in emails and emails[0] == emails[1]
        same_address = begin.addresses[link.first] == end.addresses[link.second]
        alike = known["begin"][link.first] == known["end"][link.second]
        assert same_email == (link.found_by == "email")
        if link.found_by != "email":
            assert same_address == (link.found_by == "ip")
        if link.found_by == "demographics":
            assert alike
            assert None in emails
            assert None not in known["begin"][link.first]
            assert known["begin"].count(known["begin"][link.first]) == 1
            assert known["end"].count(known["end"][link.second]) == 1
        if not link.found_by and alike and None not in known["begin"][link.first]:
            assert None not in emails
        assert begin.persons[link.first] == end.persons[link.second]


def test_no_two_people_of_different_waves_share_an_email(drawn: Drawn) -> None:
    _, people, links = drawn
    linked = {(link.first, link.second) for link in links}
    begin = defaultdict(set)
    for place, email in enumerate(people["begin"].emails):
        begin[email].add(place)
    for place, email in enumerate(people["end"].emails):
        if email and email in begin:
            assert {(other, place) for other in begin[email]} <= linked


def test_an_address_of_both_waves_is_a_linked_persons_or_different_peoples(drawn: Drawn) -> None:
    cohort, people, links = drawn
    rule = next(rule for rule in cohort.study.panels[0].rules if rule.name == "ip")
    begin, end = people["begin"], people["end"]
    linked = {(link.first, link.second) for link in links}
    common = set(begin.addresses) & set(end.addresses)
    again = 0
    for address in common:
        pairs = [
            (one, two)
            for one, here in enumerate(begin.addresses)
            if here == address and begin.original[one] < 0
            for two, there in enumerate(end.addresses)
            if there == address and end.original[two] < 0
        ]
        if set(pairs) <= linked:
            continue
        again += 1
        for one, two in pairs:
            if begin.rows["program"][one] == end.rows["program"][two]:
                assert any(
                    begin.rows[name][one] != end.rows[name][two]
                    for name in rule.agree
                    if begin.rows[name][one] is not None and end.rows[name][two] is not None
                )
    assert again == 3


def test_lookalikes_show_emails_that_differ(drawn: Drawn) -> None:
    cohort, people, links = drawn
    keys = ["program", *cohort.study.panels[0].rules[-1].keys]
    known = {
        wave: list(zip(*(one.rows[name].tolist() for name in keys), strict=True))
        for wave, one in people.items()
    }
    found = {"begin": set(), "end": set()}
    for link in links:
        if link.found_by:
            found["begin"].add(link.first)
            found["end"].add(link.second)
    both = {key for key in set(known["begin"]) & set(known["end"]) if None not in key}
    for wave, one in people.items():
        for place, key in enumerate(known[wave]):
            if key in both and place not in found[wave] and one.original[place] < 0:
                assert one.emails[place] is not None


def test_a_person_of_two_programs_is_kept_twice(drawn: Drawn) -> None:
    _, people, _ = drawn
    for wave, wanted in (("begin", 5), ("end", 2)):
        one = people[wave]
        rows = defaultdict(list)
        for place, person in enumerate(one.persons):
            if one.original[place] < 0:
                rows[person].append(place)
        couples = [places for places in rows.values() if len(places) > 1]
        assert 0 < len(couples) <= wanted
        for here, there in couples:
            assert one.addresses[here] == one.addresses[there]
            assert one.rows["program"][here] != one.rows["program"][there]


def test_shares_of_emails_come_out(drawn: Drawn) -> None:
    for wave, people in drawn[1].items():
        kept = [
            email for email, place in zip(people.emails, people.original, strict=True) if place < 0
        ]
        share = sum(email is not None for email in kept) / len(kept)
        assert abs(share - SETTINGS.email_given[wave]) < 0.04


def test_too_few_people_are_refused(drawn: Drawn) -> None:
    cohort, _, _ = drawn
    frames = {"begin": draw_frame(cohort, "begin", 30)}
    cohort = replace(cohort, study=cohort.study.model_copy(update={"panels": []}))
    for counts in (Counts(40, 0), Counts(20, 60), Counts(0, 1)):
        with pytest.raises(InvalidInput) as caught:
            identify_people(frames, cohort, Identities(), {"begin": counts}, 1)
        assert "begin" in str(caught.value) or "shared" in str(caught.value)


def test_counts_are_those_printed_else_those_assumed(drawn: Drawn) -> None:
    assumed = Identities(shared_addresses={"begin": 7, "end": 8}, repeats={"end": 9})
    rows = [
        ["a", "1", "A", "", "begin", "all", "shared_addresses", "", "count", "1,540", "", "", ""],
        ["b", "1", "A", "", "begin", "all", "dropped", "repeat", "count", "315", "", "", ""],
        ["c", "1", "A", "", "end", "all", "dropped", "repeat", "count", "100", "over", "", ""],
    ]
    published = pd.DataFrame(rows, columns=list(COLUMNS))
    assert count_printed(published, drawn[0].study, assumed) == {
        "begin": Counts(1540, 315),
        "end": Counts(8, 9),
        "followup": Counts(0, 0),
    }


def test_people_of_a_follow_up_keep_the_address_they_had(
    answered: tuple[int, dict[str, pd.DataFrame]], cohort: Cohort
) -> None:
    seed, drawn_before = answered
    frames = {wave: frame.copy() for wave, frame in drawn_before.items()}
    # The first rows of the second wave are the pairs of the first panel: ten of them, all of the
    # unfindable and others answer a third time.
    later = draw_frame(cohort, "followup", 60, seed)
    reached = [*range(10), *range(200, 250)]
    columns = ["person", "program", "program_type"]
    later[columns] = frames["end"].loc[reached, columns].to_numpy()
    later["pair"] = [place >= 5 for place in range(60)]
    frames["followup"] = later
    people, links = identify_people(frames, cohort, SETTINGS, COUNTS, seed=seed)
    before = {link.second: link for link in links if link.waves == ("begin", "end")}
    after = [link for link in links if link.waves == ("end", "followup")]
    assert len(after) == 60
    kept_away = 0
    for link in after:
        emails = people["end"].emails[link.first], people["followup"].emails[link.second]
        found = None not in emails and emails[0] == emails[1]
        assert found == (link.found_by == "email")
        if link.second < 5:
            assert not found
        elif not found:
            # Only a person of the first panel can have kept the address to themselves by then.
            assert link.first in before
            kept_away += 1
        assert people["end"].persons[link.first] == people["followup"].persons[link.second]
    assert kept_away <= 5
    for link in before.values():
        emails = people["begin"].emails[link.first], people["end"].emails[link.second]
        assert (None not in emails and emails[0] == emails[1]) == (link.found_by == "email")
        assert people["begin"].persons[link.first] == people["end"].persons[link.second]
