"""Printed figures against the documents they were copied from, number by number.

The documents are not part of the project. They are read from the folder that the variable
ALTCRED_DOCUMENTS names, else from `../shared/seeds` beside the project.
"""

import os
import re
import warnings
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pandas as pd
import pytest

from altcred.check.published import COLUMNS, FRACTION_WORDS, NUMBER_WORDS, read_published
from altcred.describe.codebook import Codebook, load_codebook
from altcred.describe.study import load_study

COHORTS = ("hollands-2023", "baseline-2017")
# How many rows each document has at least; a table may only grow.
AT_LEAST = {"000": 31, "001": 244, "002": 19, "003": 1236, "004": 5}

# Each section's first line, in the order of the document. What stands before the first one named
# has the section "".
SECTIONS: dict[str, dict[str, str]] = {
    "000": {
        "Title": r"Help Articles",
        "Contents": r"  1\. ",
        **{str(number): rf"{number}\. " for number in range(1, 14)},
    },
    "001": {
        "Source of data": r"Source of data:",
        "Participant demographics": r"Participant demographics:",
        "Key Takeaways: Reasons for taking the courses in the series": (
            r"Reasons for taking .*series$"
        ),
        "Key Takeaways: Opportunity costs": r"Opportunity costs$",
        "Key Takeaways: Who pays the fees": r"Who pays the fees$",
        "Key Takeaways: Plans for earning the alternative credential and further education": (
            r"Plans for earning .* further education$"
        ),
        "Overall": r"Overall,",
        "Next steps": r"Next steps:",
        "Background": r"Background:",
        "Benefits to learners of completing MOOCs": r"Benefits to learners of completing MOOCs:",
        "What this study is about": r"What this study is about:",
        "Methods": r"Methods:",
        "Who were the learners?": r"Who were the learners\?",
        "Basic demographics": r"Basic demographics$",
        "Education level and current knowledge/skill level": r"Education level .*skill level$",
        "Employment status": r"Employment status$",
        "Total annual income": r"Total annual income$",
        "Reasons for taking the courses in the series": r"Reasons for taking .*series: ",
        "How much are the fees to earn a credential and who is paying them?": r"How much are the",
        "Opportunity cost of time": r"Opportunity cost of time$",
        "Plans for earning the alternative credential": r"Plans for earning .*credential: ",
    },
    "002": {
        "Title": r"Benefits of Earning",
        "Introduction": r"This brief",
        "Key Takeaways": r"Key Takeaways$",
        "Additional Reports on This Topic": r"Additional Reports on This Topic$",
    },
    "003": {
        "Title": r"FEBRUARY",
        "Contents": r"Contents$",
        "Key Takeaways": r"Key Takeaways$",
        **{
            number: rf"{re.escape(number)}\.? [^\t]+$"
            for number in (
                *("1", "1.1", "1.2", "1.3", "2", "2.1", "2.2", "3", "3.1"),
                *("3.1.1", "3.1.2", "3.1.3", "3.1.4", "3.1.5"),
                *("3.2", "3.2.1", "3.2.2", "3.2.3", "3.2.4", "3.2.5", "3.2.6", "3.3", "3.4"),
                *("4", "4.1", "4.2", "4.3", "4.4", "5"),
            )
        },
        "Appendix A": r"Appendix A$",
    },
    "004": {
        "American Council on Education to Evaluate Credit Equivalency": (
            r"American Council on Education to Evaluate"
        ),
        "Keep reading": r"Keep reading$",
        "About Coursera": r"Coursera was launched",
    },
}

# Numbers that are no figures wherever they stand, by kind. All others are in
# cohorts/unrecorded.csv, each with its reason.
KINDS = {
    "year of a work that is cited": r"\[[^\[\]()]*\d{4}\]\(#\)",
    "link": r"<[^<>\s]+>",
    "number of a figure or a table": r"\b(?:Figure|Table)s? \d+\b",
    "number of a section or a question": r"^ *\d+(?:\.\d+)*\.? +(?=[A-Z])",
    "number in the name of a disease": r"\bCOVID-19\b",
    "word that compares chances": r"\bmost likely\b",
}

# The pages of a list of contents, which would be figures of a table elsewhere.
PAGES = r"\t\d+$"

# Words that are looked for. "All", "no", "both", "another" and ordinal numbers are not: they
# have a row where a share of people is said with them, and mostly are no numbers.
WORDS = sorted(
    {
        *NUMBER_WORDS,
        *FRACTION_WORDS,
        *(f"{word}s" for word in FRACTION_WORDS),
        *("hundred", "thousand", "thousands", "million", "millions"),
        *("none", "single", "twice", "most", "majority"),
    },
    key=lambda word: (-len(word), word),
)
TOKEN = re.compile(rf"\d[\d,]*(?:\.\d+)?|\.\d+|\b(?:{'|'.join(WORDS)})\b")
# A figure that is printed once for several groups has a row for each of them. The note says so.
SHARED = re.compile(r"lower end|upper end|\bbounds\b|one print|the same print|said of")


def simplify_text(text: str) -> str:
    """Write a text in lower case, with one kind of dash and of space, and plain dollars."""
    plain = text.replace("\\$", "$").replace("\u00a0", " ")
    return re.sub("[\u2010-\u2015\u2212]", "-", plain).lower()


def split_sections(text: str, openings: Mapping[str, str]) -> dict[str, str]:
    """Return the text of each section, which begins with the line that opens it."""
    starts, names, place = [0], [""], 0
    for name, opening in openings.items():
        found = re.compile(rf"^{opening}", re.MULTILINE).search(text, place)
        if found is None:
            raise ValueError(f"No line opens section {name!r}.")
        starts.append(found.start())
        names.append(name)
        place = found.start() + 1
    ends = [*starts[1:], len(text)]
    return {name: text[start:end] for name, start, end in zip(names, starts, ends, strict=True)}


def list_numbers(text: str) -> Iterator[str]:
    """Yield every number of a text, without its signs and commas, and words in lower case."""
    for found in TOKEN.finditer(simplify_text(text)):
        yield found.group().replace(",", "")


def count_prints(rows: pd.DataFrame) -> Counter[str]:
    """Count the numbers that rows of one section record, each print once."""
    counts: Counter[str] = Counter()
    # Of two ranges with the same end, each row names its own.
    ranges = rows["note"].str.extract(r"end of (\S+)", expand=False).fillna("")
    prints_of = rows.assign(range=ranges).groupby(["locator", "printed", "range"], sort=False)
    for (_, printed, _), group in prints_of:
        prints = max(1, int((~group["note"].str.contains(SHARED)).sum()))
        for number in list_numbers(printed):
            counts[number] += prints
    return counts


def compare_section(
    document: str, section: str, text: str, published: pd.DataFrame, unrecorded: pd.DataFrame
) -> list[str]:
    """List numbers that stand more or less often in a section than its rows and reasons say."""
    for pattern in [*KINDS.values(), *([PAGES] if section == "Contents" else [])]:
        text = re.sub(pattern, " ", text, flags=re.MULTILINE)
    printed = Counter(list_numbers(text))
    rows, reasons = (
        frame[(frame["document"] == document) & (frame["section"] == section)]
        for frame in (published, unrecorded)
    )
    recorded = count_prints(rows)
    for row in reasons.itertuples():
        recorded[row.token] += int(row.times)
    return [
        f"{document}, {section}: {number} stands there {printed[number]} times, "
        f"in rows and reasons {recorded[number]} times"
        for number in sorted({*printed, *recorded})
        if printed[number] != recorded[number]
    ]


def find_differences(
    document: str,
    text: str,
    published: pd.DataFrame,
    unrecorded: pd.DataFrame,
    openings: Mapping[str, str],
) -> list[str]:
    """List the differences of all sections of a document."""
    return [
        line
        for section, part in split_sections(text, openings).items()
        for line in compare_section(document, section, part, published, unrecorded)
    ]


def join_words(text: str) -> str:
    return " ".join(simplify_text(text).split())


def is_printed(figure: str, qualifier: str, words: str) -> bool:
    """Tell whether a figure stands in these words as written, with its qualifier near it.

    A figure that is a part of another number is none. "Near" is up to seventy signs before it, so
    that a word that is said once of several figures counts for each, and up to forty after it.
    """
    pattern = rf"(?<![\w.,]){re.escape(join_words(figure))}(?!\w|[.,]\d)"
    beside = re.compile(
        rf"(?<!\w){re.escape(qualifier.lower())}(?!\w)"
        if qualifier[:1].isalpha()
        else re.escape(qualifier)
    )
    return any(
        beside.search(words, max(0, found.start() - 70), found.end() + 40)
        for found in re.finditer(pattern, words)
    )


def list_not_printed(
    document: str, text: str, published: pd.DataFrame, openings: Mapping[str, str]
) -> list[str]:
    """List the rows whose figure does not stand in the section that they name."""
    parts = {name: join_words(part) for name, part in split_sections(text, openings).items()}
    rows = published[published["document"] == document]
    return [
        f"{row.id}: {row.qualifier} {row.printed} is not in {row.section}"
        for row in rows.itertuples()
        # What a comparison or a place in an order has there is no word of the document.
        if not is_printed(
            row.printed,
            "" if row.statistic in {"order", "rank"} else row.qualifier,
            parts.get(row.section, ""),
        )
    ]


def read_unrecorded(root: Path) -> pd.DataFrame:
    return pd.read_csv(root / "cohorts/unrecorded.csv", dtype=str, keep_default_na=False)


@pytest.fixture(scope="module")
def published(root: Path) -> pd.DataFrame:
    """Return the printed figures of all documents."""
    return pd.concat(
        [read_published(root / "cohorts" / name / "published.csv") for name in COHORTS],
        ignore_index=True,
    )


@pytest.fixture(scope="module")
def documents(root: Path) -> dict[str, str]:
    """Return the text of each document by its number; skip where they are not there."""
    named = os.environ.get("ALTCRED_DOCUMENTS")
    folder = Path(named) if named else root.parent / "shared/seeds"
    paths = {number: sorted(folder.glob(f"{number}_*.txt")) for number in SECTIONS}
    missing = [number for number, found in paths.items() if len(found) != 1]
    if missing:
        reason = (
            f"THE DOCUMENTS ARE NOT CHECKED: {', '.join(missing)} not in {folder.name or folder}. "
            "Set ALTCRED_DOCUMENTS to the folder that holds them."
        )
        if named:
            pytest.fail(reason)
        warnings.warn(reason, stacklevel=1)
        pytest.skip(reason)
    return {number: found[0].read_text(encoding="utf-8") for number, found in paths.items()}


@pytest.mark.parametrize("document", SECTIONS)
def test_every_row_stands_in_its_section_as_printed(
    document: str, documents: dict[str, str], published: pd.DataFrame
) -> None:
    text = documents[document]
    assert list_not_printed(document, text, published, SECTIONS[document]) == []


@pytest.mark.parametrize("document", SECTIONS)
def test_every_number_has_a_row_or_a_reason(
    document: str, documents: dict[str, str], published: pd.DataFrame, root: Path
) -> None:
    unrecorded = read_unrecorded(root)
    openings = SECTIONS[document]
    assert find_differences(document, documents[document], published, unrecorded, openings) == []


@pytest.mark.parametrize("document", SECTIONS)
def test_a_number_planted_in_a_document_is_found(
    document: str, documents: dict[str, str], published: pd.DataFrame, root: Path
) -> None:
    unrecorded = read_unrecorded(root)
    openings = SECTIONS[document]
    for section, part in split_sections(documents[document], openings).items():
        # 12 stands in many places already; seventeen million in none.
        for number in ("12%", "seventeen million"):
            planted = f"{part}\nAnd {number} more.\n"
            assert compare_section(document, section, planted, published, unrecorded) != []


def test_reasons_are_complete_and_used_once(root: Path) -> None:
    unrecorded = read_unrecorded(root)
    assert list(unrecorded.columns) == ["document", "section", "token", "times", "reason"]
    assert not unrecorded.duplicated(["document", "section", "token", "reason"]).any()
    assert unrecorded["times"].str.fullmatch(r"[1-9]\d*").all()
    assert (unrecorded["reason"].str.len() > 10).all()
    for row in unrecorded.itertuples():
        assert row.section in {"", *SECTIONS[row.document]}
        assert list(list_numbers(row.token)) == [row.token]


TINY_SECTIONS = {"Food": "Food$", "Drink": "Drink$"}
TINY = """Meals, a report (2020)
Food
Almost half of 1,203 guests had rice and 38% soup\u00a0(see [Cook, 2019](#), Table 3).
Soup was 38% in both years; 4\u20137% had two or more.
Drink
None had wine. Water cost \\$2.50.
"""
TINY_ROWS = [
    ("Food", "1", "half", ""),
    ("Food", "1", "1,203", ""),
    ("Food", "1", "38%", ""),
    ("Food", "2", "38%", ""),
    ("Food", "2", "38%", "one print for both years"),
    ("Food", "2", "4-7%", "lower end"),
    ("Food", "2", "4-7%", "upper end"),
    ("Drink", "1", "None", ""),
    ("Drink", "1", "$2.50", ""),
]
TINY_LEFT = [("", "2020", "1"), ("Food", "two", "1")]


def make_tiny(
    rows: Iterable[tuple[str, str, str, str]] = TINY_ROWS,
    left: Iterable[tuple[str, str, str]] = TINY_LEFT,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    figures = pd.DataFrame(
        [
            {
                **dict.fromkeys(COLUMNS, ""),
                **{"id": f"t{place}", "document": "t", "section": section, "locator": locator},
                **{"printed": printed, "note": note},
            }
            for place, (section, locator, printed, note) in enumerate(rows)
        ]
    )
    reasons = pd.DataFrame(
        [("t", *row, "a reason") for row in left],
        columns=["document", "section", "token", "times", "reason"],
    )
    return figures, reasons


def find_tiny(text: str = TINY, **changed: list[tuple[str, ...]]) -> list[str]:
    return find_differences("t", text, *make_tiny(**changed), TINY_SECTIONS)


def test_a_complete_table_has_no_differences():
    assert find_tiny() == []
    assert list_not_printed("t", TINY, make_tiny()[0], TINY_SECTIONS) == []


@pytest.mark.parametrize(
    ("old", "new", "number"),
    [
        ("None", "None of 12", "12"),
        ("rice", "rice, 38% bread", "38"),
        ("Water", "A third had water, which", "third"),
        ("wine", "wine in 2020", "2020"),
        ("\\$2.50", "\\$2.60", "2.50"),
        ("two or more", "two or more, or two", "two"),
    ],
)
def test_a_number_without_a_row_is_found(old: str, new: str, number: str) -> None:
    found = find_tiny(TINY.replace(old, new))
    assert any(f": {number} stands there" in line for line in found)


def test_a_row_or_a_reason_without_a_number_is_found():
    assert find_tiny(rows=[*TINY_ROWS, ("Drink", "2", "5%", "")]) == [
        "t, Drink: 5 stands there 0 times, in rows and reasons 1 times"
    ]
    assert find_tiny(left=[*TINY_LEFT, ("Drink", "6", "1")]) == [
        "t, Drink: 6 stands there 0 times, in rows and reasons 1 times"
    ]


@pytest.mark.parametrize("row", range(len(TINY_ROWS)))
def test_a_row_left_out_is_found_unless_another_shares_its_print(row: int) -> None:
    found = find_tiny(rows=[each for place, each in enumerate(TINY_ROWS) if place != row])
    is_shared = TINY_ROWS[row][1:3] in {("2", "38%"), ("2", "4-7%")}
    assert bool(found) is not is_shared


@pytest.mark.parametrize(
    ("section", "printed", "qualifier"),
    [
        ("Food", "39%", ""),
        ("Food", "203", ""),
        ("Food", "2.5", ""),
        ("Drink", "38%", ""),
        ("Drink", "$2.5", ""),
        ("Food", "half", "over"),
        ("Food", "38%", "all"),
        ("Soup", "38%", ""),
    ],
)
def test_a_figure_that_is_not_printed_so_is_found(
    section: str, printed: str, qualifier: str
) -> None:
    figures, _ = make_tiny([(section, "1", printed, "")])
    altered = figures.assign(qualifier=qualifier)
    assert len(list_not_printed("t", TINY, altered, TINY_SECTIONS)) == 1


def test_a_qualifier_beside_its_figure_is_seen():
    figures, _ = make_tiny([("Food", "1", "half", ""), ("Food", "2", "two", "")])
    qualified = figures.assign(qualifier=["almost", "or more"])
    assert list_not_printed("t", TINY, qualified, TINY_SECTIONS) == []


def test_a_section_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match="Dessert"):
        split_sections(TINY, {"Food": "Food$", "Dessert": "Dessert$"})


def test_documents_have_no_fewer_rows_than_they_had(published: pd.DataFrame) -> None:
    counts = published.groupby("document").size().to_dict()
    assert set(counts) == set(AT_LEAST)
    assert {name: counts[name] for name in AT_LEAST if counts[name] < AT_LEAST[name]} == {}


def test_ids_are_unique_among_all_documents(published: pd.DataFrame) -> None:
    assert published["id"][published["id"].duplicated()].tolist() == []
    assert all(row.id.startswith(f"{row.document}-") for row in published.itertuples())


# Variables that no question asks. docs/published.md explains them.
PSEUDO_VARIABLES = {
    *("responses", "raw_rows", "dropped", "shared_addresses"),
    *("pairs", "days_between", "years_between", "opportunity_cost"),
}
# Collections of which the project has no rows: an earlier one (WAVE-YEAR), or one of another study.
OTHER_WAVES = {"context"}
# Of a question that is answered in words of one's own.
TEXT_CATEGORIES = {"most_frequent"}
# Facts and words without a number, which no estimate is compared with.
NO_KEY = {"text", "date", "fact"}


def list_unknown_keys(rows: pd.DataFrame, codebook: Codebook, waves: set[str]) -> list[str]:
    """List the survey figures whose wave, variable or category is not known."""
    unknown: dict[str, list[str]] = defaultdict(list)
    for row in rows.itertuples():
        wave, _, year = row.wave.rpartition("-")
        if row.wave in OTHER_WAVES or (wave in waves and re.fullmatch(r"\d{4}", year)):
            continue
        if row.wave.removeprefix("panel:") not in waves:
            unknown[f"wave {row.wave}"].append(row.id)
        if row.statistic in NO_KEY or row.variable in PSEUDO_VARIABLES:
            continue
        described = codebook.variables.get(row.variable)
        if described is None:
            unknown[row.variable].append(row.id)
            continue
        names = {"", "not_reported", *described.categories, *described.groups}
        names |= TEXT_CATEGORIES if described.kind == "text" else set()
        for category in re.split(r"[+|]", row.category):
            is_country = described.kind == "country" and re.fullmatch(r"[A-Z]{3}", category)
            is_interval = re.fullmatch(r"\[[\d.]+, [\d.]+\)", category)
            if category not in names and not is_country and not is_interval:
                unknown[f"{row.variable} {category}"].append(row.id)
    return [f"{key}: {', '.join(ids)}" for key, ids in unknown.items()]


@pytest.mark.parametrize("cohort", COHORTS)
def test_every_survey_figure_has_a_key_that_is_known(
    cohort: str, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root)
    study = load_study(cohort)
    codebook = load_codebook(cohort, study)
    rows = read_published(root / "cohorts" / cohort / "published.csv")
    pairs = {f"{panel.first}-{panel.second}" for panel in study.panels}
    waves = {*study.waves, "panel", *pairs}
    assert list_unknown_keys(rows, codebook, waves) == []
    known = rows[(rows["variable"] == "gender") & (rows["statistic"] == "proportion")].head(1)
    assert list_unknown_keys(known, codebook, waves) == []
    for changed in ({"wave": "beginn"}, {"variable": "shoe_size"}, {"category": "femal"}):
        assert len(list_unknown_keys(known.assign(**changed), codebook, waves)) == 1


def test_pseudo_variables_are_explained(root: Path) -> None:
    explained = (root / "docs/published.md").read_text(encoding="utf-8")
    assert [name for name in sorted(PSEUDO_VARIABLES) if f"`{name}`" not in explained] == []
