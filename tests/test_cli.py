"""The command line: what it passes on, how it refuses, and how a cohort is started."""

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner, Result
from ruamel.yaml import YAML

from altcred.cli import main
from altcred.core.description import read_yaml

STUDY = """\
# A study of two surveys.
name: first-study
reconstructed: true
reconstruction_note: >-
  Nobody in it is real.

  Really.
series: other
title: A title  # to be edited
program_types: {one: {label: One}}
programs: {one: {label: One, type: one}}
waves: {begin: {label: Begin, exports: [begin.csv]}}
"""
OTHER = """\
name: other
title: Another
program_types: {one: {label: One}}
programs: {one: {label: One, type: one}}
waves: {begin: {label: Begin, exports: [begin.csv]}}
"""
PARAMETERS = """\
# What is built.
reconstructions:
  first-study: {cohort: first-study}

# Every survey.
waves:
  first-study-begin: {cohort: first-study, wave: begin}
  other-begin: {cohort: other, wave: begin}
panels: {}
comparisons: {}
costs: {}
reproductions:
  first-study: {cohort: first-study}
series:
  first-study-other: {cohort: first-study, earlier: other}
trends:
  first-study: {cohort: first-study}

# What gets a report.
cohorts:
  first-study: {cohort: first-study}
  other: {cohort: other}
"""


def call(*words: str) -> Result:
    return CliRunner().invoke(main, words)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    cohort = tmp_path / "cohorts/first-study"
    cohort.mkdir(parents=True)
    (cohort / "study.yaml").write_text(STUDY)
    (cohort / "codebook.yaml").write_text("variables: {}\n")
    (cohort / "published.csv").write_text("id\n")
    (cohort / "relations.yaml").touch()
    (cohort / "reconstruction.yaml").write_text("seed: 1\n")
    (cohort / "chapters.yaml").write_text("{}\n")
    (cohort / "text/02-survey").mkdir(parents=True)
    other = tmp_path / "cohorts/other"
    other.mkdir()
    (other / "study.yaml").write_text(OTHER)
    (tmp_path / "params.yaml").write_text(PARAMETERS)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_files_of_a_draft_that_are_none_are_told_all_at_once(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("sub").mkdir()
    refused = CliRunner().invoke(main, ["new", "x", "--from", "sub", "--from", "gone.csv"])
    assert refused.exit_code != 0
    assert "sub: is a folder, not a file. Write after --from" in refused.output
    assert "gone.csv: there is no such file. Write after --from" in refused.output
    assert "exports:" not in refused.output


def test_cohort_like_another_has_its_shape_and_none_of_its_facts(project: Path) -> None:
    other = project / "cohorts/first-study"
    (other / "prices.yaml").touch()
    (other / "study.yaml").write_text(
        STUDY.partition("waves:")[0]
        + """\
waves:
  begin: {label: Begin, collected: May 2021, exports: [a.csv], program: Course, person: Code}
  end: {label: End, exports: [b.csv], program: Course, person: Code, opened: 2021-05-01}
subgroups: {few: {label: Few, where: {visits: [low]}}}
panels:
  - {first: begin, second: end, note: Few answered., rules: [{name: code, keys: [person]}]}
"""
    )
    (other / "codebook.yaml").write_text(
        """\
scales:
  often: {A1: {label: Never, code: 1, answers: A1}, A2: {label: Often, code: 2, answers: A2}}
variables:
  visits:
    label: Visits
    section: People
    kind: ordered
    question:
      begin: {id: QID3, name: Q3, text: How many visits?, asked_if: {program: [one]}}
      end: {id: QID7, text: How many visits?}
    categories:
      low: {label: One, answers: [A single one, Only one]}
      high: {label: More, asked_since: 2021-06-01, answers: {begin: Several}}
    groups: {any: {label: Any, of: [low, high]}}
  answers: {label: How often, scale: often, question: {begin: Q9}, asked_if: {visits: [low]}}
"""
    )
    result = call("new", "my-2024", "--like", "first-study")
    assert result.exit_code == 0, result.stderr
    folder = project / "cohorts/my-2024"
    assert sorted(path.name for path in folder.iterdir()) == ["codebook.yaml", "study.yaml"]
    assert read_yaml(folder / "study.yaml") == {
        "name": "my-2024",
        "title": "FILL IN what the report is called",
        "waves": {
            "begin": {"label": "Begin", "exports": ["a.csv"], "person": "Code"},
            "end": {"label": "End", "exports": ["b.csv"], "person": "Code"},
        },
        "panels": [
            {"first": "begin", "second": "end", "rules": [{"name": "code", "keys": ["person"]}]}
        ],
    }
    assert read_yaml(folder / "codebook.yaml") == {
        "scales": {
            "often": {
                "A1": {"label": "Never", "code": 1, "answers": ["A1"]},
                "A2": {"label": "Often", "code": 2, "answers": ["A2"]},
            }
        },
        "variables": {
            "visits": {
                "label": "Visits",
                "section": "People",
                "kind": "ordered",
                "question": {"text": "How many visits?"},
                "categories": {"low": "One", "high": "More"},
                "groups": {"any": {"label": "Any", "of": ["low", "high"]}},
            },
            "answers": {
                "label": "How often",
                "scale": "often",
                "question": "Q9",
                "waves": ["begin"],
                "asked_if": {"visits": ["low"]},
            },
        },
    }
    (folder / "study.yaml").write_text(
        (folder / "study.yaml").read_text().replace("FILL IN what", "What")
    )
    refused = call("check", "my-2024")
    assert "data/raw/my-2024/a.csv: there is no such file." in refused.stderr


def test_template_is_short_and_check_tells_what_is_to_be_filled_in(project: Path) -> None:
    assert call("new", "my-2024").exit_code == 0
    folder = project / "cohorts/my-2024"
    texts = {name: (folder / name).read_text() for name in ("study.yaml", "codebook.yaml")}
    assert sum(len(text.splitlines()) for text in texts.values()) <= 40
    assert "my-2024-survey: {cohort: my-2024, wave: survey}" in Path("params.yaml").read_text()
    told = call("check", "my-2024").stderr.splitlines()
    # Not counted: the comment at the head of study.yaml that says what to do.
    assert len(told) == sum(text.count("FILL IN") for text in texts.values()) - 1
    assert told[0] == (
        "cohorts/my-2024/study.yaml: title: is still to be filled in. Write what the report is "
        "called."
    )
    assert any("codebook.yaml: variables.liked.categories.low: is" in line for line in told)


def test_template_filled_in_is_fine(project: Path) -> None:
    call("new", "my-2024")
    answers = {
        "the file in data/raw/my-2024": "answers.csv",
        "the header of its column, or the question as asked": "Liked?",
        "the lowest answer": "A little",
        "the highest answer": "A lot",
        "its column": "Used",
        "an answer": "Book",
        "another answer": "Film",
        "the column of a number": "Hours",
        "the column of what people typed": "Remarks",
    }
    for path in (project / "cohorts/my-2024").iterdir():
        text = path.read_text()
        for asked, answer in sorted(answers.items(), key=lambda one: -len(one[0])):
            text = text.replace(f"FILL IN {asked}", answer)
        path.write_text(re.sub(r"FILL IN", "Words for", text))
    raw = project / "data/raw/my-2024"
    raw.mkdir(parents=True)
    rows = 6 * 'A lot,"Book, Film",3,fine\nA little,Book,1,\n'
    (raw / "answers.csv").write_text(f"Liked?,Used,Hours,Remarks\n{rows}")
    result = call("check", "my-2024")
    assert (result.exit_code, result.output.splitlines()[-1]) == (0, "my-2024: fine"), result.stderr


def test_new_cohort_adds_its_lines_and_keeps_all_others(project: Path) -> None:
    assert call("new", "my-2024", "--like", "first-study").exit_code == 0
    lines = (project / "params.yaml").read_text().splitlines()
    added = [
        "  my-2024-begin: {cohort: my-2024, wave: begin}",
        "  my-2024: {cohort: my-2024}",
    ]
    assert [line for line in lines if line not in added] == PARAMETERS.splitlines()
    parameters = YAML(typ="safe").load(project / "params.yaml")
    assert list(parameters["reconstructions"]) == ["first-study"]
    assert list(parameters["cohorts"]) == ["first-study", "other", "my-2024"]


@pytest.mark.parametrize(
    ("name", "like", "message"),
    [
        ("first-study", "first-study", "taken"),
        ("schema", "first-study", "taken"),
        ("rooms", "first-study", "taken"),
        ("My Study", "first-study", "small letters"),
        ("../up", "first-study", "small letters"),
        ("my-2024", "nowhere", "no such cohort"),
        ("My Study", "", "small letters"),
    ],
)
def test_new_cohort_is_refused(project: Path, name: str, like: str, message: str) -> None:
    before = {path: path.is_file() and path.read_bytes() for path in project.rglob("*")}
    result = call("new", name, *(["--like", like] if like else []))
    assert result.exit_code == 2
    assert message in result.stderr
    assert {path: path.is_file() and path.read_bytes() for path in project.rglob("*")} == before


def test_new_cohort_leaves_the_stages_of_others_as_they_are(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dvc.repo import Repo

    def stages() -> dict[str, tuple[Any, ...]]:
        return {
            stage.addressing: (stage.cmd, *map(str, stage.deps), *map(str, stage.outs))
            for stage in Repo(tmp_path).index.stages
        }

    for name in ("dvc.yaml", "params.yaml", ".dvc/config"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copyfile(root / name, tmp_path / name)
    (tmp_path / ".dvc/config.local").write_text("[core]\n    no_scm = true\n")
    shutil.copytree(root / "cohorts", tmp_path / "cohorts")
    monkeypatch.chdir(tmp_path)
    (other,) = YAML(typ="safe").load(tmp_path / "params.yaml")["comparisons"]
    before = stages()
    assert call("new", "my-2024", "--like", other).exit_code == 0
    after = stages()
    assert {name: after[name] for name in before} == before
    added = {name for name in after if name not in before}
    assert {"responses@my-2024-begin", "panel@my-2024", "report@my-2024"} <= added
    assert not any(name.startswith("reconstruct") for name in added)


def test_plan_is_written_once_and_compared(project: Path) -> None:
    assert call("plan", "--check").exit_code == 0
    params = project / "params.yaml"
    params.write_text(PARAMETERS.replace("  other: {cohort: other}\n", ""))
    result = call("plan", "--check")
    assert result.exit_code == 1
    assert "Run `altcred plan`" in result.stderr
    assert call("plan").exit_code == 0
    assert params.read_text() == PARAMETERS


def test_run_names_the_copy_and_gathers_estimates(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []

    def run(source: Path, target: Path, parameters: dict[str, Any], *, progress: bool) -> None:
        calls.append((source.as_posix(), target.as_posix(), parameters))
        made = Path("data/processed/first-study/panel/estimates.csv")
        made.parent.mkdir(parents=True, exist_ok=True)
        made.write_bytes(b"wave\r\nbegin\n")

    monkeypatch.setattr("altcred.build.notebooks.run_notebook", run)
    words = "run 03-panel first-study --first begin --second end --estimates panel"
    assert call(*words.split()).exit_code == 0
    assert calls == [
        (
            "notebooks/03-panel.ipynb",
            "data/processed/first-study/notebooks/03-panel-begin-end.ipynb",
            {"cohort": "first-study", "first": "begin", "second": "end"},
        )
    ]
    gathered = project / "data/processed/first-study/estimates/panel.csv"
    assert gathered.read_bytes() == b"wave\r\nbegin\n"


def test_run_fails_where_a_chapter_wrote_no_estimates(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("altcred.build.notebooks.run_notebook", lambda *_, **__: None)
    result = call("run", "02-survey", "first-study", "--wave", "begin", "--estimates", "begin")
    assert result.exit_code == 2
    assert "data/processed/first-study/begin/estimates.csv" in result.stderr


def test_failing_cell_is_told_without_a_traceback(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from altcred.build.notebooks import NotebookFailed

    def fail(*_: Any, **__: Any) -> None:
        raise NotebookFailed("notebooks/02-survey.ipynb: cell 3: KeyError: 'age'")

    monkeypatch.setattr("altcred.build.notebooks.run_notebook", fail)
    result = call("run", "02-survey", "first-study", "--wave", "begin", "--estimates", "begin")
    assert result.exit_code == 1
    assert result.stderr == "Error: notebooks/02-survey.ipynb: cell 3: KeyError: 'age'\n"
    assert not (project / "data").exists()


@pytest.mark.parametrize("words", ["run 02-survey nowhere --wave begin", "report nowhere"])
def test_unknown_cohort_is_named_with_those_there_are(project: Path, words: str) -> None:
    result = call(*words.split())
    assert result.exit_code == 2
    assert "cohorts/nowhere/study.yaml" in result.stderr
    assert "first-study" in result.stderr
    assert "Traceback" not in result.output


def test_check_reports_every_problem_without_a_traceback(project: Path) -> None:
    study = project / "cohorts/first-study/study.yaml"
    study.write_text(STUDY.replace("label", "lable"))
    result = call("check", "first-study")
    assert result.exit_code == 2
    problems = result.stderr.strip().splitlines()
    assert len(problems) > 1
    assert all(re.match(r"cohorts.first-study.\w+\.yaml: ", problem) for problem in problems)


def test_schemas_in_the_repository_are_those_of_the_models(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root)
    result = call("schema", "--check")
    assert result.exit_code == 0, result.output


def test_schemas_are_written_once_and_compared(project: Path) -> None:
    assert call("schema", "--check").exit_code == 1
    assert call("schema").exit_code == 0
    assert call("schema", "--check").exit_code == 0
    path = project / "cohorts/schema/study.schema.json"
    path.write_text(path.read_text() + " ")
    assert call("schema", "--check").exit_code == 1


def test_progress_is_quiet_in_continuous_integration(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    monkeypatch.setattr(
        "altcred.build.notebooks.run_notebook", lambda *_, progress, **__: seen.append(progress)
    )
    words = ["run", "02-survey", "first-study"]
    monkeypatch.delenv("CI", raising=False)
    call(*words)
    call("--quiet", *words)
    monkeypatch.setenv("CI", "true")
    call(*words)
    assert seen == [True, False, False]


def test_exports_may_be_there_before_the_cohort_is_described(project: Path) -> None:
    raw = project / "data/raw/my-2024"
    raw.mkdir(parents=True)
    assert call("new", "my-2024", "--like", "first-study").exit_code == 0
    assert (project / "cohorts/my-2024/study.yaml").is_file()


def test_check_names_what_chapters_and_texts_misname(project: Path) -> None:
    folder = project / "cohorts/other"
    (folder / "codebook.yaml").write_text(
        "variables: {hours: {kind: number, label: Hours, question: {begin: {name: Hours}}}}\n"
    )
    (folder / "chapters.yaml").write_text(
        "02-survey: [{section: one, items: [{variable: pay, waves: [begin, ending]}]}]\n"
    )
    (folder / "text/02-survey").mkdir(parents=True)
    (folder / "text/02-survey/pay.md").write_text("{{ people }}\n{{ begining.pay.median }}\n")
    (folder / "text/02-survey/opening.md").write_text("{% for one in people %}{% endfor %}\n")
    result = call("check", "other")
    assert result.exit_code == 2
    for told in (
        "02-survey.pay: 'pay' is not a variable",
        "02-survey.pay: 'ending' is not a wave",
        "pay.md: line 2: looks up 'begining'",
        "opening.md: line 1: uses 'for'",
    ):
        assert told in result.stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_installed_without_a_change_of_other_files(
    shell: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("SHELL", f"/usr/bin/{shell}")
    told = call("--install-completion")
    (file,) = (path for path in tmp_path.rglob("*") if path.is_file())
    assert told.output.startswith(f"{file}: completes altcred in {shell}.\n")
    assert "_ALTCRED_COMPLETE" in file.read_text()
    assert call("--install-completion", "tcsh").exit_code == 2


def test_names_of_cohorts_are_completed(project: Path) -> None:
    completion = ShellComplete(main, {}, "altcred", "_ALTCRED_COMPLETE")
    for command in ("report", "open", "check"):
        found = [item.value for item in completion.get_completions([command], "f")]
        assert found == ["first-study"]
