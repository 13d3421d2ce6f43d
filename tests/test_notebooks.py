"""Running notebooks: the same bytes, the running Python, errors a person can read."""

import json
import os
import sys
from pathlib import Path

import nbformat
import pytest

from altcred.build.notebooks import (
    NotebookFailed,
    parameters_of,
    run_notebook,
)
from altcred.core.errors import InvalidInput

FIXTURES = Path(__file__).parent / "fixtures" / "notebooks"
PARAMETERS = {"cohort": "example", "wave": "begin"}


@pytest.fixture(autouse=True)
def somewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def outputs_of(path: Path) -> str:
    notebook = nbformat.read(path, as_version=4)
    return json.dumps([cell.get("outputs", []) for cell in notebook.cells])


def test_two_runs_give_the_same_bytes_without_traces_of_the_machine(tmp_path: Path) -> None:
    source = FIXTURES / "untidy.ipynb"
    before = source.read_bytes()
    first, second = tmp_path / "a" / "first.ipynb", tmp_path / "b" / "second.ipynb"
    run_notebook(source, first, PARAMETERS, progress=False)
    run_notebook(source, second, PARAMETERS, progress=False)

    assert first.read_bytes() == second.read_bytes()
    text = first.read_text()
    assert str(tmp_path) not in text
    assert sys.prefix not in text
    assert "at 0x0" in text
    assert "ipykernel_" not in text
    assert "careful" in text
    assert source.read_bytes() == before
    assert [path.name for path in first.parent.iterdir()] == ["first.ipynb"]


def test_the_kernel_is_this_python_even_where_the_user_has_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kernel = tmp_path / "data" / "kernels" / "python3"
    kernel.mkdir(parents=True)
    (kernel / "kernel.json").write_text(
        json.dumps({"argv": ["false"], "display_name": "Other", "language": "python"})
    )
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "data"))
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))
    target = tmp_path / "out.ipynb"
    run_notebook(FIXTURES / "untidy.ipynb", target, PARAMETERS, progress=False)
    assert "<python>" in outputs_of(target)


def test_typed_parameters_stay_what_they_are_and_are_recorded(tmp_path: Path) -> None:
    source = tmp_path / "typed.ipynb"
    cells = [
        nbformat.v4.new_code_cell("code = ''\nshare = 0.0", metadata={"tags": ["parameters"]}),
        nbformat.v4.new_code_cell("(code, share)"),
    ]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), source)
    target = tmp_path / "out.ipynb"
    run_notebook(source, target, {"code": "007", "share": 0.5}, progress=False)
    assert "('007', 0.5)" in outputs_of(target)
    executed = nbformat.read(target, as_version=4)
    assert parameters_of(executed) == {"code": "007", "share": 0.5}


def test_unknown_and_missing_parameters_are_all_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as refused:
        run_notebook(
            FIXTURES / "untidy.ipynb", tmp_path / "out.ipynb", {"cohrt": "x", "wave": "begin"}
        )
    assert [problem.where for problem in refused.value.problems] == ["cohrt", "cohort"]
    assert not (tmp_path / "out.ipynb").exists()


@pytest.mark.parametrize(
    ("sources", "message"),
    [
        (["x = 1"], "0 cells are tagged"),
        (["#p\nx = 1", "#p\ny = 1"], "2 cells are tagged"),
        (["#p\nx = open('f')"], "is not a name set to a literal"),
        (["#p\nx ="], "is not Python"),
    ],
)
def test_a_notebook_without_one_clean_parameters_cell_is_refused(
    tmp_path: Path, sources: list[str], message: str
) -> None:
    cells = [
        nbformat.v4.new_code_cell(
            source, metadata={"tags": ["parameters"] if source.startswith("#p") else []}
        )
        for source in sources
    ]
    source = tmp_path / "source.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), source)
    with pytest.raises(InvalidInput, match=message):
        run_notebook(source, tmp_path / "out.ipynb", {"x": 1})


def test_files_that_are_no_notebooks_are_refused(tmp_path: Path) -> None:
    (tmp_path / "text.ipynb").write_text("no notebook")
    for name in ("missing.ipynb", "text.ipynb"):
        with pytest.raises(InvalidInput, match=name):
            run_notebook(tmp_path / name, tmp_path / "out.ipynb", {})


def test_a_failing_cell_keeps_the_notebook_apart_and_says_where(tmp_path: Path) -> None:
    target = tmp_path / "out.ipynb"
    target.write_text("an older copy")
    with pytest.raises(NotebookFailed) as failed:
        run_notebook(FIXTURES / "fails.ipynb", target, PARAMETERS, progress=False)
    message = str(failed.value)
    assert "ZeroDivisionError: division by zero" in message
    assert "out.failed.ipynb" in message
    assert not target.exists()
    kept = tmp_path / "out.failed.ipynb"
    assert "ZeroDivisionError" in outputs_of(kept)
    assert [path.name for path in tmp_path.iterdir()] == ["out.failed.ipynb"]

    run_notebook(FIXTURES / "untidy.ipynb", target, PARAMETERS, progress=False)
    assert not kept.exists()


def test_a_kernel_that_ends_keeps_what_ran_and_one_that_ran_is_gone(tmp_path: Path) -> None:
    cells = [
        nbformat.v4.new_code_cell("end = False", metadata={"tags": ["parameters"]}),
        nbformat.v4.new_code_cell("import os\nprint(os.getpid())"),
        nbformat.v4.new_code_cell("if end:\n    os._exit(1)"),
    ]
    source = tmp_path / "source.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), source)
    with pytest.raises(NotebookFailed, match="Python ended while a cell was running"):
        run_notebook(source, tmp_path / "out.ipynb", {"end": True})
    assert '"name": "stdout"' in outputs_of(tmp_path / "out.failed.ipynb")

    run_notebook(source, tmp_path / "out.ipynb", {"end": False})
    # The first cell is the parameters', the second the ones given.
    number = nbformat.read(tmp_path / "out.ipynb", as_version=4).cells[2].outputs[0].text
    with pytest.raises(ProcessLookupError):
        os.kill(int(number), 0)


def test_invalid_input_in_a_cell_comes_out_with_its_own_message_only(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as refused:
        run_notebook(FIXTURES / "refused.ipynb", tmp_path / "out.ipynb", PARAMETERS)
    assert str(refused.value) == (
        "study.yaml: waves.begin: is missing. Add it.\ncodebook.yaml: is empty."
    )
    assert len(refused.value.problems) == 2
    assert (tmp_path / "out.failed.ipynb").exists()


def test_progress_is_shown_when_asked_and_quiet_in_ci(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    source = FIXTURES / "untidy.ipynb"
    monkeypatch.delenv("CI", raising=False)
    run_notebook(source, tmp_path / "01-survey-begin.ipynb", PARAMETERS, progress=True)
    assert "example · 01-survey-begin: cell 2 of 4" in capfd.readouterr().err
    monkeypatch.setenv("CI", "true")
    run_notebook(source, tmp_path / "01-survey-begin.ipynb", PARAMETERS, progress=True)
    assert capfd.readouterr().err == ""


def test_the_environment_is_left_as_it_was(tmp_path: Path) -> None:
    before = dict(os.environ)
    with pytest.raises(InvalidInput):
        run_notebook(FIXTURES / "refused.ipynb", tmp_path / "out.ipynb", PARAMETERS)
    assert dict(os.environ) == before


def write_chapter(path: Path, *sources: str) -> Path:
    """Write a notebook whose cells are `#tag: code` or plain code."""
    cells = []
    for source in sources:
        tag, _, code = source.removeprefix("#").partition(": ")
        tagged = source.startswith("#")
        metadata = {"tags": [tag, "kept"]} if tagged else {}
        code = code if tagged else source
        cells.append(nbformat.v4.new_code_cell(code, metadata=metadata, id=f"cell-{len(cells)}"))
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return path


LOOP = "#each-section: for section in chapter.sections:\n    chapter.show(section)"


def test_each_section_is_run_in_a_cell_of_its_own(tmp_path: Path) -> None:
    source = write_chapter(
        tmp_path / "02-survey.ipynb",
        "#parameters: cohort: str = ''  # the folder of the cohort",
        "class chapter:\n    sections = ['age', 'two words']\n    show = staticmethod(str.upper)",
        LOOP,
    )
    asked = []

    def name_sections(*about: object) -> list[str]:
        asked.append(about)
        return ["age", "two words"]

    target = tmp_path / "out.ipynb"
    run_notebook(source, target, {"cohort": "example"}, name_sections=name_sections)
    assert asked == [("02-survey", "example", {"cohort": "example"})]
    cells = nbformat.read(target, as_version=4).cells[3:]
    assert [(cell.id, cell.source, cell.outputs[0].data["text/plain"]) for cell in cells] == [
        ("section-age", 'chapter.show("age")', "'AGE'"),
        ("section-two-words", 'chapter.show("two words")', "'TWO WORDS'"),
    ]
    assert all(cell.metadata.tags == ["kept"] for cell in cells)
    # As it was written, the notebook runs by itself too.
    assert LOOP.partition(": ")[2] in json.dumps(nbformat.read(source, 4)).replace("\\n", "\n")


def test_a_cell_of_sections_that_is_no_loop_is_refused(tmp_path: Path) -> None:
    source = write_chapter(tmp_path / "a.ipynb", "#parameters: x = 1", "#each-section: show_all()")
    with pytest.raises(InvalidInput, match="cell 2: is tagged `each-section`"):
        run_notebook(source, tmp_path / "out.ipynb", {"x": 1})


def test_papermill_knows_the_parameters_of_each_chapter(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from papermill import inspect_notebook

    monkeypatch.chdir(root)
    for path in sorted(root.glob("notebooks/*.ipynb")):
        known = inspect_notebook(path)
        assert "cohort" in known, path.name
        for name, parameter in known.items():
            assert parameter["inferred_type_name"] == "str", (path.name, name)
            assert len(parameter["help"]) > 10, (path.name, name)
