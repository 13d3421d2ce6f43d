"""From exports to a description that is written, checked and built as it is."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest

from altcred.clean.responses import build_responses
from altcred.core.description import read_yaml, write_yaml
from altcred.core.errors import InvalidInput
from altcred.describe.cohort import open_cohort
from altcred.describe.letters import check_letters
from altcred.draft.cohort import Drafted, draft_cohort
from altcred.draft.tell import tell_draft

HEADER = (
    "Timestamp,Your e-mail,How do you come here?,Which days suit you?,"
    "How far is it? (km),Rate us [Shelves],Rate us [Staff],Anything else?"
)
PLACES = ("On foot", "By tram", "By bicycle")
RATES = ("Poor", "Fair", "Good", "Excellent")


def write_forms(path: Path, rows: int = 24) -> Path:
    """Write what a form with a grid and a question of several answers would give."""
    lines = [HEADER]
    for row in range(rows):
        days = ("Monday, Friday", "Saturday", "Friday", "Monday, Saturday")[row % 4]
        lines.append(
            f"2025/03/{row + 1:02} 9:15:02 AM GMT+1,reader{row}@example.org,{PLACES[row % 3]},"
            f'"{days}",{row % 7 + 0.5},{RATES[row % 4]},{RATES[(row + 1) % 3]},'
            f"{f'I liked shelf {row} a lot' if row % 2 else ''}"
        )
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, and beside it one for the key of tokens."""
    monkeypatch.setenv("ALTCRED_KEYS", str(tmp_path / "keys"))
    (tmp_path / "project").mkdir()
    monkeypatch.chdir(tmp_path / "project")
    return tmp_path / "project"


@pytest.fixture
def drafted(project: Path, tmp_path: Path) -> Drafted:
    return draft_cohort("library", [write_forms(tmp_path / "Library visit.csv")])


def test_a_draft_is_read_as_it_is(drafted: Drafted) -> None:
    assert drafted.problems == []
    opened = open_cohort("library")
    kinds = [one.kind for one in opened.codebook.variables.values()]
    assert kinds == ["single", "multiple", "number", "scale", "scale", "text"]
    assert list(opened.study.waves) == ["survey"]
    assert opened.study.waves["survey"].email_locators == ["Your e-mail"]
    assert build_responses("library", "survey").kept == 24
    params = read_yaml(Path("params.yaml"))
    assert [line["cohort"] for line in params["cohorts"].values()] == ["library"]


def test_the_export_is_copied_as_it_is(drafted: Drafted, project: Path, tmp_path: Path) -> None:
    copied = project / "data/raw/library/Library visit.csv"
    assert copied.read_bytes() == (tmp_path / "Library visit.csv").read_bytes()


def test_nothing_of_a_person_is_written_or_told(drafted: Drafted) -> None:
    folder = Path("cohorts/library")
    texts = [path.read_text(encoding="utf-8") for path in folder.glob("*.yaml")]
    texts += list(tell_draft("library", drafted))
    for text in texts:
        assert "example.org" not in text
        assert "liked shelf" not in text


def test_the_table_names_each_variable_and_what_is_to_decide(drafted: Drafted) -> None:
    lines = list(tell_draft("library", drafted))
    assert lines[0].startswith("survey: Library visit.csv (csv")
    told = lines[: lines.index("")]
    assert "survey: no question, as it is an e-mail address: Your e-mail" in told
    table = lines[lines.index("") + 1 :]
    assert table[0].split() == ["variable", "kind", "answers", "empty", "decide"]
    names = [entry.name for entry, _ in drafted.entries]
    assert [line.split()[0] for line in table[1 : 1 + len(names)]] == names
    written = Path("cohorts/library/codebook.yaml").read_text(encoding="utf-8")
    assert written.count("# decide: ") == sum(len(entry.decide) for entry, _ in drafted.entries)


def write_answers(path: Path, header: str, answers: Sequence[str]) -> Path:
    lines = [header, *(one for one in answers for _ in range(5))]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("heads", ["Question,Answer", "Frage_ID,Antwort", "variable,value"])
def test_a_row_an_answer_is_refused(project: Path, tmp_path: Path, heads: str) -> None:
    rows = [f"p{person},{asked},{(person + len(asked)) % 4}" for person in range(9)
            for asked in ("Like it?", "Use it?", "Why?")]  # fmt: skip
    file = tmp_path / "rows.csv"
    file.write_text("\n".join([f"Who,{heads}", *rows]) + "\n")
    with pytest.raises(InvalidInput, match="a row is one of 3 questions and no respondent"):
        draft_cohort("visits", [file])
    assert not Path("cohorts/visits").exists()
    # One that people asked themselves, each another one, is a question of each.
    file.write_text("\n".join(["Who,Question,Answer", *(f"p{n},Why {n}?,Yes" for n in range(9))]))
    assert not draft_cohort("visits", [file]).problems


def test_a_table_without_names_is_refused(project: Path, tmp_path: Path) -> None:
    rows = [f"{n},{('Yes', 'No')[n % 2]},{20 + n},{('Red', 'Blue', 'Green')[n % 3]}"
            for n in range(12)]  # fmt: skip
    file = tmp_path / "rows.csv"
    file.write_text("\n".join(rows))
    with pytest.raises(InvalidInput, match="row 1: does not name the columns, it seems"):
        draft_cohort("walks", [file])
    file.write_text("\n".join(["Row,Walk?,Age,Colour", *rows]))
    assert not draft_cohort("walks", [file]).problems
    # Boxes to tick hold their names, and questions may be called by their numbers.
    ticks = [f"{('Cat', '')[n % 2]},{('', 'Dog')[n % 2]},{n % 5 + 1},{n % 3}" for n in range(12)]
    file.write_text("\n".join(["Cat,Dog,1,2", *ticks]))
    assert not draft_cohort("pets", [file]).problems


def test_pictures_that_no_font_has_are_in_no_label(project: Path, tmp_path: Path) -> None:
    answers = ["Again 🎉", "No", "🙂", "✓ Yes"]
    path = write_answers(tmp_path / "x.csv", "How was it? 💬", answers)
    drafted = draft_cohort("library", [path])
    opened = open_cohort("library")
    assert list(check_letters(opened)) == []
    (asked,) = opened.codebook.variables.values()
    labels = [one.label for one in asked.categories.values()]
    assert asked.label == "How was it?"
    assert sorted(labels) == ["Again", "No", "Slightly smiling face", "✓ Yes"]
    assert build_responses("library", "survey").kept == 20
    assert "fonts/" not in "\n".join(tell_draft("library", drafted))


def test_letters_that_no_font_has_are_told(project: Path, tmp_path: Path) -> None:
    path = write_answers(tmp_path / "x.csv", "Town", ["東京", "Oslo", "Bergen"])
    assert "1 label has letters that no font here has" in "\n".join(
        tell_draft("library", draft_cohort("library", [path]))
    )


def test_what_a_check_refuses_becomes_a_text(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from altcred.draft import cohort as module

    honest = module.draft_entry

    def forget_an_answer(name, asked):  # type: ignore[no-untyped-def]
        entry = honest(name, asked)
        if name == "how_do_you_come_here":
            entry.keys["categories"].popitem()
        return entry

    monkeypatch.setattr(module, "draft_entry", forget_an_answer)
    drafted = draft_cohort("library", [write_forms(tmp_path / "forms.csv")])
    assert drafted.problems == []
    (given_up,) = [entry for entry, _ in drafted.entries if "was single" in " ".join(entry.decide)]
    assert given_up.keys["kind"] == "text"
    assert "# decide: was single" in Path("cohorts/library/codebook.yaml").read_text("utf-8")


def test_all_unreadable_files_are_named_and_nothing_is_written(
    project: Path, tmp_path: Path
) -> None:
    (tmp_path / "empty.csv").write_text("", encoding="utf-8")
    with pytest.raises(InvalidInput) as caught:
        draft_cohort("library", [tmp_path / "empty.csv", tmp_path / "none.csv"])
    assert {Path(one.file).name for one in caught.value.problems} == {"empty.csv", "none.csv"}
    assert not (project / "cohorts").exists()


def write_panel(folder: Path) -> list[Path]:
    """Write two waves as archives of panels have them: labels, and negative codes for no answer."""
    none = {-9.0: "missing", -2.0: "refusal", -1.0: "don't know"}
    ticks = {**none, 0.0: "not mentioned", 1.0: "mentioned"}
    steps = {**none, 1.0: "dissatisfied", 2.0: "neither", 3.0: "satisfied"}
    paths = []
    for wave, people in (("a", range(60)), ("b", range(10, 60))):
        frame = pd.DataFrame({
            "pidp": [68_001.0 + 17 * n for n in people],
            f"{wave}_sex": [1.0 + n % 2 for n in people],
            f"{wave}_ben1": [-2.0 if n % 20 == 3 else float(n % 3 == 0) for n in people],
            f"{wave}_ben2": [-1.0 if n % 20 == 3 else float(n % 2 == 0) for n in people],
            f"{wave}_life": [-9.0 if n % 20 == 3 else 1.0 + n % 3 for n in people],
        })  # fmt: skip
        paths.append(folder / f"{wave}_people.dta")
        pyreadstat.write_dta(
            frame, paths[-1],
            column_labels=["cross-wave person identifier (public release)", "sex", "Child Benefit",
                           "Pension Credit", "Satisfaction with life"],
            variable_value_labels={
                f"{wave}_sex": {1.0: "male", 2.0: "female"}, f"{wave}_ben1": ticks,
                f"{wave}_ben2": ticks, f"{wave}_life": steps,
            },
        )  # fmt: skip
    return paths


def test_an_archive_s_panel_is_drafted_with_its_people_and_its_codes(
    project: Path, tmp_path: Path
) -> None:
    drafted = draft_cohort("panel", write_panel(tmp_path), ["first", "second"])
    cohort = open_cohort("panel")
    found = cohort.codebook.variables
    assert list(found) == ["sex", "child_benefit_pension_credit", "life"]
    benefits = found["child_benefit_pension_credit"]
    assert (benefits.label, benefits.kind) == ("Child Benefit, Pension Credit", "multiple")
    assert [one.label for one in benefits.categories.values()] == [
        "Child Benefit",
        "Pension Credit",
    ]
    assert [*benefits.missing] == ["refusal", "don't know"]
    assert (found["life"].kind, [*found["life"].missing]) == ("scale", ["missing"])
    assert cohort.study.waves["second"].person == "pidp"
    assert not any("in other words" in note for note in drafted.notes)
    build_responses("panel", "first")
    rows = pd.read_parquet("data/processed/panel/first/responses.parquet")
    given = [n for n in range(60) if n % 20 != 3]
    ticked = rows["child_benefit_pension_credit__child_benefit"]
    assert ticked.sum() == sum(n % 3 == 0 for n in given)
    assert ticked.notna().sum() == len(given)
    assert rows["life"].notna().sum() == len(given)


def test_comments_stand_before_their_keys() -> None:
    text = write_yaml({"a": {"b": {"c": 1}}, "d": 2}, {("a", "b"): ["one", "two"], ("d",): ["x"]})
    assert text == "a:\n  # one\n  # two\n  b:\n    c: 1\n# x\nd: 2\n"
