"""Other ways of matching two surveys: by fewer rules and by probability, on people made by hand."""

import csv
import hashlib
import re
from pathlib import Path
from random import Random

import pandas as pd
import pytest
from small_cohort import CODEBOOK, STUDY, person, write_cohort

from altcred.clean.responses import build_responses
from altcred.core.engine import Engine
from altcred.describe.cohort import open_cohort
from altcred.describe.study import MatchRule, load_study
from altcred.estimate import linkage as linkage_estimates
from altcred.estimate.panel import estimate_panel
from altcred.estimate.store import read_estimates, write_estimates
from altcred.link.linkage import (
    FEWEST_PAIRS,
    FILE,
    RULES,
    Linkage,
    link_otherwise,
    vary_rules,
)
from altcred.link.panel import match_panel, read_sides
from altcred.link.probability import (
    COLUMNS,
    LARGEST_BLOCK,
    _count_chance,
    _list_blocks,
    _prepare_sides,
    choose_pairs,
)
from altcred.link.rules import find_by_rules
from altcred.write import evaluation as evaluation_views
from altcred.write import linkage as views
from altcred.write.views import open_view

OUT = Path("data/processed/small/panel")
LATER = {"at": "2021-05-01 09:00:00"}
COUNTRIES = ["Chile", "India", "France", "Kenya", "Japan", "Spain", "Brazil", "Ghana", "Nepal",
             "Norway", "Poland", "Turkey", "Mexico", "Egypt", "Canada"]  # fmt: skip
WORK = ["Employed", "Unemployed", "Unemployed, looking for a job"]
FOUND_BY_EMAIL = 40


def draw_people(seed: int = 1, people: int = 120) -> list[dict]:
    """Return people with an address of their own each, and answers drawn at random."""
    random = Random(seed)
    return [
        {
            "email": f"person{number}@x.org",
            "ip": f"198.51.{number // 200}.{number % 200 + 1}",
            "gender": random.choice(["Female", "Male"]),
            "born": random.randrange(1940, 2000),
            "country": random.choice(COUNTRIES),
            "work": random.choice(WORK),
        }
        for number in range(people)
    ]


def answers(who: dict, **other) -> dict[str, str]:
    """Return a row of somebody, with some answers changed; None leaves one blank."""
    given = {**who, **other}
    return person(**{name: value for name, value in given.items() if value is not None})


def build(begin, end, **files) -> Linkage:
    write_cohort(begin, end, **files)
    build_responses("small", "begin")
    build_responses("small", "end")
    match_panel("small", "begin", "end")
    return link_otherwise("small", "begin", "end")


def read_scored() -> list[dict[str, str]]:
    with (OUT / FILE).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def in_own_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module")
def linked(tmp_path_factory):
    """Link forty people found by e-mail and forty strangers in each survey, below odd cases."""
    folder = tmp_path_factory.mktemp("linked")
    people = draw_people()
    known, strangers, others = people[:40], people[40:80], people[80:120]
    odd = {"country": "Peru", "born": 1961, "work": "Employed", "gender": "Female"}
    home = {"email": None, "ip": "203.0.113.5"}
    begin = [
        answers({**odd, **home}),
        answers({**odd, "email": None, "ip": "203.0.113.6"}, born=1972),
        answers({**odd, "email": None, "ip": "203.0.113.7"}, born=1973, country="Cuba"),
        person(gender="", hours=3),
        answers({**odd, "email": None, "ip": "203.0.113.8"}, born=1974, country="Fiji"),
        answers({**odd, "email": None}, born=1975, country="Iran"),
        answers({**odd, "email": None}, born=1975, country="Iran"),
    ]
    end = [
        # The same person, who ticked another gender: no rule makes this pair.
        answers({**odd, **home}, gender="Male", **LATER),
        # Somebody else of the same office.
        answers({"email": None, "ip": "203.0.113.6", "gender": "Male", "born": 1999,
                 "country": "Togo", "work": "Unemployed"}, **LATER),
        answers({**odd, "email": None, "ip": "203.0.113.7"}, born=1973, country="Cuba",
                program="Stars", **LATER),
        person(gender="", hours=3, **LATER),
        answers({**odd, "email": None, "ip": "203.0.113.8"}, born=1974, country="Fiji",
                at="2019-01-01 10:00:00"),
        answers({**odd, "email": None}, born=1975, country="Iran", **LATER),
    ]  # fmt: skip
    random = Random(2)
    begin += [answers(who) for who in known + strangers]
    for who in known:
        # A few answer differently, as people do.
        other = {"work": random.choice(WORK)} if random.random() < 0.2 else {}
        end.append(answers(who, **LATER, **other))
    end += [answers(who, **LATER) for who in others]
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        linkage = build(begin, end)
    return folder, linkage


@pytest.fixture
def in_linked(linked, monkeypatch):
    monkeypatch.chdir(linked[0])
    return linked[1]


def pair(number: int, other: int | None = None) -> tuple[str, str]:
    """Return the ids of the people in a place of both surveys, counted from 1."""
    return f"begin-{number:06d}", f"end-{other or number:06d}"


def test_one_disagreement_does_not_part_a_pair(in_linked):
    assert pair(1) not in in_linked.ways[RULES]
    assert pair(1) in in_linked.ways["probability_50"]
    assert pair(1) in in_linked.ways["probability_95"]
    (row,) = [row for row in read_scored() if (row["first_id"], row["second_id"]) == pair(1)]
    assert row["agree"] == "ip birth_year country employment"
    assert row["disagree"] == "gender"
    assert row["chosen"] == "true"


def test_an_address_alone_does_not_make_a_pair(in_linked):
    assert pair(2) not in in_linked.ways["probability_50"]
    (row,) = [row for row in read_scored() if (row["first_id"], row["second_id"]) == pair(2)]
    assert row["agree"] == "ip"
    assert float(row["probability"]) < 0.5


def test_nobody_is_matched_across_programs_on_blanks_or_backwards(in_linked):
    scored = {(row["first_id"], row["second_id"]) for row in read_scored()}
    for number in (3, 4, 5):
        assert pair(number) not in scored
    assert not any("begin-000004" in one or "end-000004" in one for one in scored)


def test_of_two_who_are_alike_neither_is_chosen(in_linked):
    twins = [row for row in read_scored() if row["second_id"] == "end-000006"]
    alike = [row for row in twins if row["first_id"] in ("begin-000006", "begin-000007")]
    assert len({row["probability"] for row in alike}) == 1
    assert [row["chosen"] for row in alike] == ["false", "false"]
    assert not any("end-000006" in one for one in in_linked.ways["probability_50"])


def test_people_found_by_the_rules_are_found_by_probability_too(in_linked):
    rules = in_linked.ways[RULES]
    assert len(rules) == FOUND_BY_EMAIL
    assert rules <= in_linked.ways["probability_95"]


def test_every_way_is_one_to_one(in_linked):
    for pairs in in_linked.ways.values():
        firsts, seconds = zip(*pairs, strict=True)
        assert len(set(firsts)) == len(set(seconds)) == len(pairs)


def test_the_rules_are_those_of_the_panel(in_linked):
    with (OUT / "matches.csv").open(encoding="utf-8", newline="") as file:
        matches = {(row["first_id"], row["second_id"]) for row in csv.DictReader(file)}
    assert in_linked.ways[RULES] == matches
    assert list(in_linked.ways) == [
        RULES, "without_email", "without_ip", "without_demographics", "only_email",
        "probability_50", "probability_95",
    ]  # fmt: skip


def test_the_file_holds_no_address(in_linked):
    text = (OUT / FILE).read_text("utf-8")
    assert text.splitlines()[0] == ",".join(COLUMNS)
    tokens = pd.read_parquet("data/processed/small/begin/identifiers.parquet")
    assert not any(token in text for token in tokens["email_token"].dropna())
    assert not re.search(r"[0-9a-f]{16}|@", text)


def test_the_same_rows_in_any_order_give_the_same_bytes(in_linked):
    def digest() -> str:
        return hashlib.sha256((OUT / FILE).read_bytes()).hexdigest()

    before = digest()
    assert link_otherwise("small", "begin", "end") == in_linked
    assert digest() == before
    for wave in ("begin", "end"):
        for name in ("responses", "identifiers"):
            path = Path(f"data/processed/small/{wave}/{name}.parquet")
            frame = pd.read_parquet(path)
            frame.sample(frac=1, random_state=3).to_parquet(path, index=False)
    assert link_otherwise("small", "begin", "end").ways == in_linked.ways
    assert digest() == before


def test_splink_says_nothing(in_linked, capfd, caplog):
    link_otherwise("small", "begin", "end")
    said = capfd.readouterr()
    assert said.out + said.err == ""
    assert caplog.records == []


@pytest.mark.usefixtures("in_own_folder")
def test_too_few_pairs_are_no_ground_to_learn_from():
    people = draw_people()[: FEWEST_PAIRS - 1]
    linkage = build([answers(who) for who in people], [answers(who, **LATER) for who in people])
    assert "fewer than" in linkage.reason
    assert read_scored() == []
    assert list(linkage.ways) == [
        RULES, "without_email", "without_ip", "without_demographics", "only_email",
    ]  # fmt: skip


@pytest.mark.usefixtures("in_own_folder")
def test_one_rule_of_one_key_leaves_nothing_to_compare():
    start = STUDY.index("      - {name: ip,")
    study = STUDY[:start] + STUDY[STUDY.index("disclosure:") :]
    people = draw_people()[:30]
    linkage = build(
        [answers(who) for who in people], [answers(who, **LATER) for who in people], study=study
    )
    assert list(linkage.ways) == [RULES]
    assert "one thing" in linkage.reason
    frame = linkage_estimates.estimate_linkage("small", "begin", "end", linkage)
    assert len(frame) == 0
    write_estimates(estimate_panel("small", "begin", "end"), OUT / "estimates.csv")
    linkage_estimates.add_estimates(frame, OUT / "estimates.csv")
    view = open_view("small", "panel")
    assert views.ways_table(view, "begin", "end") is None
    assert views.headline_figure(view, "begin", "end") is None
    text = views.describe_ways(view, "begin", "end", linkage.reason)
    assert text == f"Nothing was matched by probability: {linkage.reason}."


# The parts -------------------------------------------------------------------------------------


def test_pairs_are_chosen_best_first_and_ties_are_dropped():
    scored = [
        # a takes x, so b has to be content with y.
        ("a", "x", 9.0, True),
        ("b", "x", 8.0, False),
        ("b", "y", 7.0, True),
        # Nobody can say whether z is c or d; and c does not fall back on v.
        ("c", "z", 5.0, False),
        ("d", "z", 5.0, False),
        ("c", "v", 4.0, False),
        # As good, but of other people.
        ("e", "w", 5.0, True),
    ]
    for order in (scored, scored[::-1]):
        firsts, seconds, weights, kept = zip(*order, strict=True)
        assert choose_pairs(firsts, seconds, weights) == list(kept)


def rule(name: str, *keys: str, agree: tuple[str, ...] = ()) -> MatchRule:
    return MatchRule(name=name, keys=list(keys), agree=list(agree))


def test_rules_are_varied_without_saying_the_same_twice():
    email, ip = rule("email", "email"), rule("ip", "ip", agree=("gender",))
    who = rule("who", "gender", "born")
    varied = vary_rules([email, ip, who])
    assert {name: [one.name for one in some] for name, some in varied.items()} == {
        "rules": ["email", "ip", "who"],
        "without_email": ["ip", "who"],
        "without_ip": ["email", "who"],
        "without_who": ["email", "ip"],
        "only_email": ["email"],
    }
    # Without the second of two rules there is only the first.
    assert list(vary_rules([email, ip])) == ["rules", "without_email", "without_ip"]
    assert list(vary_rules([email])) == ["rules"]


def test_candidates_agree_in_an_address_or_in_all_answers_but_one():
    rules = [rule("email", "email"), rule("ip", "ip", "a"), rule("who", "a", "b", "c")]
    keys, tokens = ["email", "ip", "a", "b", "c"], {"email", "ip"}
    blocks = [("email",), ("ip",), ("b", "c"), ("a", "c"), ("a", "b")]
    assert _list_blocks(rules, keys, tokens) == blocks
    # Nobody answered b.
    assert _list_blocks(rules, ["email", "ip", "a", "c"], tokens) == [("email",), ("ip",)]
    # Of two answers one is too little.
    assert _list_blocks([rule("who", "a", "b")], keys, tokens) == [("a", "b")]


def test_chance_is_counted_within_programs_and_without_the_linked():
    sides = {
        "first": [("b1", "p", "Chile"), ("b2", "p", "Chile"), ("b3", "p", None), ("b4", "q", "X")],
        "second": [("e1", "p", "Chile"), ("e2", "p", "Kenya"), ("e3", "q", "Chile")],
    }
    with Engine() as engine:
        for side, rows in sides.items():
            values = ", ".join(
                f"('{id}', '{program}', NULL, {f'{value!r}' if value else 'NULL'})"
                for id, program, value in rows
            )
            engine.run(
                f"CREATE TABLE {side}_rows AS SELECT * FROM (VALUES {values}) "
                "AS rows(response_id, program, submitted, country)"
            )
        engine.run("CREATE TABLE matches AS SELECT 'b1' AS first_id, 'e1' AS second_id")
        _prepare_sides(engine, ["country"])
        # Of p: b1 and b2 with e1 and e2, of which b1-e1 and b2-e1 agree; of q: b4 with e3. The
        # linked b1-e1 is left out: 1 of 4 agrees, plus a half to either side.
        assert _count_chance(engine, "country") == pytest.approx(1.5 / 5)
        engine.run("UPDATE second_keys SET key_country = NULL")
        assert _count_chance(engine, "country") is None


def test_what_too_many_share_makes_no_candidates(in_linked, monkeypatch):
    monkeypatch.setattr("altcred.link.probability.LARGEST_BLOCK", 41)
    fewer = link_otherwise("small", "begin", "end")
    # The forty who share an e-mail and the one who shares a network are left.
    assert 0 < fewer.scored < in_linked.scored
    monkeypatch.setattr("altcred.link.probability.LARGEST_BLOCK", 0)
    none = link_otherwise("small", "begin", "end")
    assert none.scored == 0
    assert "shared by too many" in none.reason
    assert "probability_50" not in none.ways
    monkeypatch.setattr("altcred.link.probability.LARGEST_BLOCK", LARGEST_BLOCK)
    # As the other tests expect to find the file.
    assert link_otherwise("small", "begin", "end") == in_linked


@pytest.mark.usefixtures("in_linked")
def test_rules_on_their_own_make_the_panel_s_pairs():
    """Matching twice in one engine starts from nothing each time."""
    cohort = open_cohort("small")
    rules = cohort.study.panel_of("begin", "end").rules
    with Engine() as engine:
        read_sides(engine, cohort, ("begin", "end"), rules)
        once = find_by_rules(engine, rules)
        assert find_by_rules(engine, rules[:1]) <= once
        assert find_by_rules(engine, rules) == once


# Estimates and words ---------------------------------------------------------------------------


def number(first: int, second: int) -> tuple[str, str]:
    return f"begin-{first:06d}", f"end-{second:06d}"


INCOMES = [(1000, 3000), (2000, 2000), (3000, 2000), (None, 500), (5000, 9000)]


@pytest.fixture
def three_ways(in_own_folder):
    """Five people of both surveys by the rules; a way that finds four of them, and a sixth."""
    people = [{"email": f"p{n}@x.org", "work": "Employed"} for n in range(1, 8)]
    income = [*INCOMES, (100, 200), (7, 8)]
    begin = [answers(one, income=a) for one, (a, _) in zip(people, income, strict=True)]
    end = [answers(one, income=b, **LATER) for one, (_, b) in zip(people, income, strict=True)]
    write_cohort(begin, end)
    for wave in ("begin", "end"):
        build_responses("small", wave)
    match_panel("small", "begin", "end")
    rules = frozenset(number(n, n) for n in range(1, 6))
    other = frozenset([number(n, n) for n in (1, 2, 3, 4)] + [number(6, 6)])
    return Linkage({RULES: rules, "only_email": rules, "probability_50": other}, 9)


def test_estimates_can_be_checked_by_eye(three_ways):
    frame = linkage_estimates.estimate_linkage("small", "begin", "end", three_ways)
    keys = zip(frame["variable"], frame["category"], frame["statistic"], strict=True)
    found = dict(zip(keys, frame["value"], strict=True))
    of = "linkage:probability_50"
    assert found[of, "", "nobs"] == 6
    assert [found[of, part, "count"] for part in ("both", "added", "lost", "pairs", "rules")] == [
        4, 1, 1, 5, 5,
    ]  # fmt: skip
    # 1000 to 3000, 2000 to 2000, 3000 to 2000, 100 to 200.
    assert found[f"{of}:income", "", "nobs"] == 4
    assert found[f"{of}:income", "", "mean_difference"] == pytest.approx(1100 / 4)
    assert found["linkage:only_email:income", "", "mean_difference"] == pytest.approx(5000 / 4)
    assert found["linkage", "", "nunique"] == 2
    row = frame[(frame["variable"] == f"{of}:income") & frame["low"].notna()].iloc[0]
    # As R: t.test(c(2000, 0, -1000, 100))$conf.int
    assert row["low"] == pytest.approx(-1718.268, abs=0.005)
    assert row["high"] == pytest.approx(2268.268, abs=0.005)


def make_view(three_ways, minimum: int | None = None):
    if minimum is not None:
        path = Path("cohorts/small/study.yaml")
        path.write_text(path.read_text("utf-8").replace("minimum: 0", f"minimum: {minimum}"))
    write_estimates(estimate_panel("small", "begin", "end"), OUT / "estimates.csv")
    for _ in range(2):
        # A second time replaces the first.
        frame = linkage_estimates.estimate_linkage("small", "begin", "end", three_ways)
        linkage_estimates.add_estimates(frame, OUT / "estimates.csv")
    there = read_estimates(OUT / "estimates.csv").frame
    assert not there.duplicated(["wave", "subgroup", "variable", "category", "statistic"]).any()
    return open_view("small", "panel")


def test_table_and_words_say_the_same(three_ways):
    view = make_view(three_ways)
    table = views.ways_table(view, "begin", "end")
    assert table.cell("Probability of 0.5 or more", "Only here") == "1"
    assert table.cell("Probability of 0.5 or more", "n") == "4"
    assert table.cell("Only the rule email", "Only by the rules") == "0"
    assert table.cell("The rules as they are", "Pairs") == "7"
    text = views.describe_ways(view, "begin", "end")
    assert "there are 5 pairs: 4 that the rules make too and 1 that they do not" in text
    assert "Of the rules' pairs, 1 is missing then." in text
    assert "holds losses as well as gains" in text
    assert "in “Income” lies between \\$275 (probability of 0.5 or more) and \\$" in text
    drawing = views.headline_figure(view, "begin", "end")
    marks = {line.get_label(): line.get_xdata()[0] for line in drawing.figure.axes[0].lines}
    assert marks["probability_50|income"] == pytest.approx(275)


def test_what_would_tell_of_few_people_is_not_shown(three_ways):
    view = make_view(three_ways, 3)
    # One pair more and one less: whoever knows the rest could work them out.
    for part in ("both", "added", "lost"):
        assert view.find("linkage:probability_50", part, "count").is_suppressed
    # Incomes of the two ways differ by one person's each, so their sums give these away.
    income = view.find("linkage:probability_50:income", "", "mean_difference")
    assert income.is_suppressed
    assert income.n != income.n
    text = views.describe_ways(view, "begin", "end")
    assert "differ from the rules' is not shown" in text
    assert views.ways_table(view, "begin", "end").notes


def test_a_number_asked_once_has_no_headline(three_ways):
    codebook = CODEBOOK.replace(
        "question: {begin: {id: QID5_TEXT}, end: {id: QID5_TEXT}}",
        "question: {begin: {id: QID5_TEXT}}",
    )
    Path("cohorts/small/codebook.yaml").write_text(codebook, "utf-8")
    frame = linkage_estimates.estimate_linkage("small", "begin", "end", three_ways)
    assert not frame["variable"].str.endswith(":income").any()
    assert len(frame) > 0


def measures(**ways) -> dict:
    agreement = {"found": 10, "true": 12, "precision": 0.9, "recall": 0.75}
    repeats = {"found": 3, "true": 4, "precision": 1.0, "recall": 0.75}
    none = {"found": 0, "true": 0, "precision": 1.0, "recall": 1.0}
    return {
        "begin": {"repeats": repeats},
        "end": {"repeats": none},
        "panel": {"pairs": agreement, "findable": {**agreement, "true": 11}, **ways},
    }


def probable(added: tuple[int, int], apart: int = 0) -> dict:
    return {
        "found": 20, "true": 12, "precision": 0.5, "recall": 0.9, "added_true": added[0],
        "added_false": added[1], "added_false_without_address": apart, "lost_true": 1,
    }  # fmt: skip


@pytest.mark.usefixtures("three_ways")
def test_words_on_the_truth_follow_the_measures():
    study = load_study("small")
    text = evaluation_views.describe_repeats(measures(), study)
    assert "of 4 repeats among the rows, 1 was missed; of 3 rows dropped as such, none was" in text
    assert "no row repeats another" in text
    table = evaluation_views.repeats_table(measures(), study)
    assert table.cell("Begin", "Recall") == "0.750"
    assert table.cell("End", "Recall") == "–"
    text = evaluation_views.describe_pairs(measures(), study)
    assert "12 people answered both surveys, 1 of them in such a way" in text
    assert "make 10 pairs, 1 of them wrong, and miss 3 of the people" in text
    assert "Nothing was matched by probability." in text
    for (right, wrong, apart), words in {
        (3, 1, 1): ["finds more people than it confuses", "wrong pairs share no address"],
        (1, 3, 2): ["no more often right than wrong", "Some of the wrong pairs share no address"],
        (2, 2, 0): ["no more often right than wrong", "wrong pairs share an address"],
        (0, 0, 0): ["finds nobody whom the rules miss"],
    }.items():
        text = evaluation_views.describe_pairs(
            measures(probability_50=probable((right, wrong), apart)), study
        )
        assert all(each in text for each in words)
    table = evaluation_views.pairs_table(measures(probability_95=probable((0, 0))), study)
    assert table.cell("Probability of 0.95 or more", "Precision") == "0.500"
