"""How often the first repair that is proposed is the right one, on slips that are planted.

`python benchmarks/slips.py` prints tables of invented people in which everything is true and
nothing is found, puts one slip into each, and asks for repairs. A kind of slip is drawn first,
then a figure that can suffer it, then how it does: with equal chances both, and without asking
whether it could be found. `--shipped` plants into the tables of this repository's cohorts
instead, less the figures that contradict each other.

What is counted: slips that are found in a conflict; of these, those of which the first repair
of the first finding, or one of its first three, puts back what was there, digit by digit. In
the last columns only those slips count of which no other figure can be the wrong one: where one
slip in another figure would leave no contradiction either, nothing printed tells which it was.
"""

import argparse
import itertools
import random
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from altcred.check.consistency import check_all, check_published, make_table
from altcred.check.derived import relations_of_cohort
from altcred.check.figures import reread
from altcred.check.published import read_published
from altcred.check.relations import Relations
from altcred.check.search import Repair
from altcred.check.witnesses import Witnesses
from altcred.describe.cohort import open_cohort

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from honest_reports import make_report  # noqa: E402

# Of a hundred slips so many are of each kind.
KINDS = {
    "digit": 40,  # one digit is another
    "transposition": 20,  # two digits side by side are exchanged
    "beside": 15,  # the number of the row above or below, of the same statistic, is printed
    "swap": 10,  # the two are exchanged
    "shift": 5,  # the decimal point is one place away
    "sign": 5,  # a minus is missing, or one too many
    "share": 5,  # the percentage of a category is printed for its count
}
SIGNED = ("t_statistic", "z_statistic", "difference", "coefficient", "cohen_d", "cohen_dz", "r")


def list_digits(text: str) -> Iterator[str]:
    """Yield a number with one digit changed."""
    for place, letter in enumerate(text):
        if letter.isdigit():
            yield from (text[:place] + digit + text[place + 1 :] for digit in "0123456789")


def list_transpositions(text: str) -> Iterator[str]:
    """Yield a number with two digits side by side exchanged, also across the point."""
    places = [place for place, letter in enumerate(text) if letter.isdigit()]
    for first, second in itertools.pairwise(places):
        letters = list(text)
        letters[first], letters[second] = letters[second], letters[first]
        yield "".join(letters)


def list_shifts(text: str) -> Iterator[str]:
    """Yield a number with its decimal point a place to the left, and to the right."""
    sign, number = ("-", text[1:]) if text.startswith("-") else ("", text)
    number, percent = (number[:-1], "%") if number.endswith("%") else (number, "")
    before, point, after = number.partition(".")
    if point and before.isdigit():
        yield f"{sign}{before[:-1] or '0'}.{before[-1]}{after}{percent}"
        yield f"{sign}{int(before + after[0])}.{after[1:]}".rstrip(".") + percent


def list_changes(frame: pd.DataFrame, place: int, kind: str) -> list[dict[str, str]]:
    """Return how a figure can suffer a slip of a kind: what is printed instead, by id."""
    row = frame.loc[place]
    text, found = row["printed"], []
    if kind == "digit":
        found = [{row["id"]: changed} for changed in list_digits(text)]
    elif kind == "transposition":
        found = [{row["id"]: changed} for changed in list_transpositions(text)]
    elif kind == "shift":
        found = [{row["id"]: changed} for changed in list_shifts(text)]
    elif kind == "sign" and row["statistic"] in SIGNED:
        found = [{row["id"]: text[1:] if text.startswith("-") else f"-{text}"}]
    elif kind in {"beside", "swap"}:
        near = frame.loc[[other for other in (place - 1, place + 1) if other in frame.index]]
        for _, other in near[near["statistic"] == row["statistic"]].iterrows():
            back = {other["id"]: text} if kind == "swap" else {}
            found.append({row["id"]: other["printed"], **back})
    elif kind == "share" and row["statistic"] == "count":
        is_share = frame["statistic"] == "proportion"
        for part in ("wave", "subgroup", "variable", "category"):
            is_share &= frame[part] == row[part]
        shares = frame["printed"].where(is_share).dropna()
        found = [{row["id"]: share.strip("%").partition(".")[0]} for share in shares]
    return [changed for changed in found if changed[row["id"]] != text and is_number(changed)]


def is_number(changed: dict[str, str]) -> bool:
    """Tell whether each print is a number as numbers are written: no "07", no "-0"."""
    bare = [text.lstrip("-").strip("%") for text in changed.values()]
    return all(text[:1] != "0" or text == "0" or text[:2] == "0." for text in bare) and not any(
        text.startswith("-") and not float(text.strip("%"))
        for text in changed.values()
        if text.strip("-%").replace(".", "").isdigit()
    )


def plant(frame: pd.DataFrame, choose: random.Random) -> tuple[pd.DataFrame, str, dict[str, str]]:
    """Return a table with one slip, its kind, and what was printed before by id."""
    rows = frame[frame["printed"].str.contains(r"\d") & (frame["qualifier"] == "")]
    while True:
        kind = choose.choices(list(KINDS), list(KINDS.values()))[0]
        for place in choose.sample(list(rows.index), len(rows)):
            if changes := list_changes(frame, place, kind):
                changed = choose.choice(changes)
                damaged = frame.set_index("id", drop=False)
                before = {id: damaged.loc[id, "printed"] for id in changed}
                for id, text in changed.items():
                    damaged.loc[id, "printed"] = text
                return damaged.reset_index(drop=True), kind, before


def is_right(repair: Repair, before: dict[str, str]) -> bool:
    """Tell whether a repair puts back what was printed before a slip."""
    if repair.kind == "swap":
        return {repair.id, repair.exchanged_with} == set(before)
    if set(before) != {repair.id}:
        return False
    # A table that says once that its shares are in percent is completed with the signs.
    was, meant = (
        text.replace(",", "").strip(" %") for text in (before[repair.id], repair.replacement)
    )
    return was == meant


def can_be_another(damaged: pd.DataFrame, relations: Relations, before: dict[str, str]) -> bool:
    """Tell whether a slip in a figure that suffered none would leave no contradiction either."""
    witnesses = Witnesses(make_table(damaged, relations))
    failed = frozenset(witnesses.failed)
    figures = witnesses.table.figures
    for place, row in damaged.iterrows():
        if row["id"] in before or row["id"] not in figures:
            continue
        if not failed <= set(witnesses.readers(figures[row["id"]].key)):
            continue
        for kind in ("digit", "transposition", "shift", "sign"):
            for change in list_changes(damaged, place, kind):
                read = reread(figures[row["id"]], change[row["id"]])
                is_read = read is not None and read.is_number
                if is_read and witnesses.judge({row["id"]: read}, failed) is not None:
                    return True
    return False


def measure(tables: list[tuple[pd.DataFrame, Relations]], times: int, show: bool = False) -> None:
    """Plant slips, look for them, and print how many were found and repaired."""
    choose = random.Random(20)
    counts: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS}
    for place in range(times):
        frame, relations = tables[place % len(tables)]
        damaged, kind, before = plant(frame, choose)
        counts[kind]["planted"] += 1
        findings = check_published(damaged, relations)
        if not findings:
            continue
        repairs = next((item.repairs for item in findings if item.repairs), ())
        right = [is_right(repair, before) for repair in repairs]
        told = {"found": True, "first": any(right[:1]), "three": any(right[:3])}
        is_alone = not can_be_another(damaged, relations, before)
        told |= {f"alone {name}": is_alone and value for name, value in told.items()}
        counts[kind].update({name: int(value) for name, value in told.items()})
        if show and not any(right[:1]):
            slips = [dict(row) for _, row in damaged[damaged["id"].isin(before)].iterrows()]
            print(f"\n{place} {kind}{' alone' if is_alone else ''}: {before} ->")
            for slip in slips:
                print("   ", {name: value for name, value in slip.items() if value})
            for finding in findings:
                print("   ", finding.kind, finding.line, finding.ids)
                for repair in finding.repairs:
                    print("       ", repair.describe(), is_right(repair, before) * "RIGHT")
        sys.stdout.flush()
    every = sum(counts.values(), Counter())
    print(
        "slips of       planted  found  first  of three | no other figure can be it: first  three"
    )
    for kind, count in [*counts.items(), ("all", every)]:
        shares = (
            f"{count[of] / max(count[base], 1):7.0%}"
            for of, base in (
                ("first", "found"), ("three", "found"),
                ("alone first", "alone found"), ("alone three", "alone found"),
            )
        )  # fmt: skip
        first, three, alone_first, alone_three = shares
        print(
            f"{kind:14}{count['planted']:8}{count['found']:7}{first}{three}   | "
            f"{count['alone found']:6}{alone_first}{alone_three}"
        )


def shipped() -> list[tuple[pd.DataFrame, Relations]]:
    """Return the cohorts' tables without the figures that contradict each other."""
    tables = []
    for name in ("hollands-2023", "baseline-2017"):
        frame = read_published(ROOT / "cohorts" / name / "published.csv")
        relations = relations_of_cohort(open_cohort(name))
        while findings := check_all(frame, relations).findings:
            frame = frame[~frame["id"].isin({id for item in findings for id in item.places})]
        tables.append((frame.reset_index(drop=True), relations))
    return tables


def invented(first: int, times: int) -> list[tuple[pd.DataFrame, Relations]]:
    """Return tables of invented people in which nothing is found."""
    tables = (make_report(seed) for seed in itertools.count(first))
    return list(itertools.islice((one for one in tables if not check_published(*one)), times))


def main() -> None:
    """Measure on invented tables, or on the shipped ones."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=300)
    parser.add_argument("--from-seed", type=int, default=0, help="The first invented table.")
    parser.add_argument("--shipped", action="store_true")
    parser.add_argument("--show", action="store_true", help="Print what was not repaired.")
    given = parser.parse_args()
    tables = shipped() if given.shipped else invented(given.from_seed, given.times)
    measure(tables, given.times, given.show)


if __name__ == "__main__":
    main()
