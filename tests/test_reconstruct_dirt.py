"""Reconstructed exports hold what real exports hold besides clean answers, at fair rates."""

import csv
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from linkage_runs import COHORT, Linked

from altcred.describe.codebook import Codebook, load_codebook
from altcred.describe.study import load_study
from altcred.kinds import kind_of
from altcred.read.identifiers import normalise_email

WAVES = ("begin", "end")


@dataclass(frozen=True)
class Raw:
    """One export: its columns by ImportId, and which rows are people's own answers."""

    ids: list[str]
    columns: dict[str, list[str]]
    codebook: Codebook
    wave: str

    def typed(self, name: str) -> list[str]:
        """Return what people typed or chose, of those who did."""
        column = self.columns[self.codebook.variables[name].question[self.wave].id]
        return [
            cell
            for cell, status in zip(column, self.columns["status"], strict=True)
            if cell.strip() and status == "IP Address"
        ]

    def unreadable(self, name: str) -> list[str]:
        variable = self.codebook.variables[name]
        read = kind_of(variable).make_reader(variable, self.wave)
        return [cell for cell in self.typed(name) if read(cell).value is None]


@pytest.fixture(scope="module")
def raw(another_draw: Linked) -> dict[str, Raw]:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(another_draw.folder)
        codebook = load_codebook(COHORT, load_study(COHORT))
    read = {}
    for wave in WAVES:
        content = another_draw.file("raw", f"{wave}.csv").read_bytes()
        rows = list(csv.reader(content.decode("utf-8-sig").splitlines(keepends=True)))
        ids = [json.loads(cell)["ImportId"] for cell in rows[2]]
        columns = dict(zip(ids, map(list, zip(*rows[3:], strict=True)), strict=True))
        read[wave] = Raw(ids, columns, codebook, wave)
    return read


def is_between(low: float, share: float, high: float) -> bool:
    return low <= share <= high


@pytest.mark.parametrize(("wave", "rows"), [("begin", 26_228), ("end", 2_394)])
def test_rows_with_an_answer_are_as_many_as_printed(
    raw: dict[str, Raw], wave: str, rows: int
) -> None:
    one = raw[wave]
    answers = [
        any(cells)
        for cells in zip(*(one.columns[i] for i in one.ids if i.startswith("QID")), strict=True)
    ]
    counted = Counter(zip(one.columns["status"], answers, strict=True))
    assert counted["IP Address", True] == rows
    # Who opened the survey and left without a word; and what was never anybody's answer.
    assert is_between(0.01, counted["IP Address", False] / rows, 0.1)
    strays = {status: count for (status, _), count in counted.items() if status != "IP Address"}
    assert set(strays) == {"Survey Preview", "Survey Test", "Spam"}
    assert 0 < sum(strays.values()) < 0.02 * rows


def test_some_incomes_and_amounts_cannot_be_read(raw: dict[str, Raw]) -> None:
    for one in raw.values():
        wrong = one.unreadable("income")
        assert is_between(0.02, len(wrong) / len(one.typed("income")), 0.15)
        assert any(len(cell) == 5 and cell[2:] == ",00" for cell in wrong)
        assert any("month" in cell for cell in wrong)
        assert any("₹" in cell or "INR" in cell for cell in wrong)
        assert is_between(0.1, share_of(one.typed("income"), is_not_plain), 0.4)


def test_some_years_of_birth_are_implausible(raw: dict[str, Raw]) -> None:
    for one in raw.values():
        wrong = one.unreadable("birth_year")
        assert is_between(0.002, len(wrong) / len(one.typed("birth_year")), 0.05)
        years = [int(cell) for cell in wrong if cell.isdigit()]
        assert min(years) < 1900
        assert max(years) > 2016


def test_hours_and_weeks_come_with_units_words_and_ranges(raw: dict[str, Raw]) -> None:
    for one in raw.values():
        cells = [*one.typed("hours_per_week"), *one.typed("weeks")]
        assert is_between(0.1, share_of(cells, is_not_plain), 0.4)
        for is_so in (
            lambda cell: "week" in cell.casefold() or "hour" in cell.casefold(),
            lambda cell: "-" in cell.strip("-"),
            lambda cell: cell.casefold() in {"two", "four", "ten"},
        ):
            assert any(map(is_so, cells))


def test_none_and_not_applicable_are_answers(raw: dict[str, Raw]) -> None:
    for one in raw.values():
        # An option that a careless reader takes for a missing value.
        assert is_between(0.2, share_of(one.typed("prior_courses"), lambda c: c == "None"), 0.5)
        for word in ("None", "N/A", "NA"):
            assert word in one.typed("income")


def test_options_hold_commas_and_are_ticked_together(raw: dict[str, Raw]) -> None:
    for one in raw.values():
        options = [
            category.answers_in(one.wave)[0]
            for category in one.codebook.variables["employment"].categories_in(one.wave).values()
        ]
        cells = [cell for cell in one.typed("employment") if cell not in options]
        ticked = [[option for option in options if option in cell] for cell in cells]
        assert sum(len(found) > 1 and any("," in o for o in found) for found in ticked) > 20


def test_free_text_holds_what_breaks_careless_readers(raw: dict[str, Raw]) -> None:
    for one in raw.values():
        remarks = {cell for i in one.ids if i.endswith("_TEXT") for cell in one.columns[i]}
        for sign in ('"', "\n", ",", "<b>", "=", "í"):
            assert any(sign in cell for cell in remarks), sign


def test_emails_are_missing_refused_and_spelled_in_many_ways(raw: dict[str, Raw]) -> None:
    for wave, given in (("begin", 0.62), ("end", 0.74)):
        cells = raw[wave].columns["QID90_TEXT"]
        emails = [cell for cell in cells if normalise_email(cell)]
        rows = len([1 for status in raw[wave].columns["status"] if status == "IP Address"])
        assert abs(len(emails) / rows - given) < 0.05
        assert any(cell and not normalise_email(cell) for cell in cells)
        assert is_between(0.1, share_of(emails, lambda c: c != normalise_email(c)), 0.4)


def test_people_of_both_waves_changed_what_they_can_be_known_by(
    another_draw: Linked, raw: dict[str, Raw]
) -> None:
    known = {
        wave: {
            row: (normalise_email(email), address)
            for row, email, address in zip(
                *(raw[wave].columns[i] for i in ("_recordId", "QID90_TEXT", "ipAddress")),
                strict=True,
            )
        }
        for wave in WAVES
    }
    with another_draw.file("truth", "links.csv").open(encoding="utf-8", newline="") as file:
        links = [row for row in csv.DictReader(file) if row["second_wave"] == WAVES[1]]
    changed: Counter[str] = Counter()
    for link in links:
        sides = zip(WAVES, (link["first"], link["second"]), strict=True)
        (email, address), (later, elsewhere) = (known[wave][row] for wave, row in sides)
        changed["email"] += bool(email and later and email != later)
        changed["address"] += address != elsewhere
        changed["both given and kept"] += bool(email) and email == later and address == elsewhere
        changed["no email"] += not email or not later
    assert len(links) == 164
    assert all(changed[kind] >= 10 for kind in ("address", "both given and kept", "no email"))
    assert changed["email"] >= 3


def share_of(cells: list[str], is_so: Callable[[str], bool]) -> float:
    return sum(map(is_so, cells)) / len(cells)


def is_not_plain(cell: str) -> bool:
    return not cell.isdigit()
