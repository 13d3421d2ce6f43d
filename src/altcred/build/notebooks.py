"""Runs a chapter's notebook so that the same input gives the same bytes."""

import ast
import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from altcred.core.errors import InvalidInput, Problem, refuse_problems

# One moment for everything that would write the time of the build, in seconds of 1970.
SOURCE_DATE = "1700000000"
_DETERMINISTIC = {
    "PYTHONHASHSEED": "0",
    "SOURCE_DATE_EPOCH": SOURCE_DATE,
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    "MPLBACKEND": "agg",
}
_SELDOM_COLLECT = "import gc; gc.set_threshold(100_000, 20, 20)"


class NotebookFailed(Exception):
    """Raised where a cell failed for another reason than the input; says where to look."""


def run_notebook(
    source: Path, target: Path, parameters: Mapping[str, Any], *, progress: bool = False
) -> None:
    """Run a notebook with typed parameters and write the executed copy, the same bytes each time.

    The copy appears at `target` only when every cell has run. When one fails, the notebook as far
    as it got is kept beside it with the suffix `.failed.ipynb`. The kernel is the Python that
    runs this function, whatever kernels are installed.

    Raises InvalidInput when the notebook or its parameters are not as they should be, and passes
    on an InvalidInput that a cell raised with its own message. NotebookFailed otherwise.
    """
    import nbformat

    source, target = Path(source), Path(target)
    refuse_problems(_check_source(source))
    original = nbformat.read(source, as_version=4)
    refuse_problems(_check_notebook(original, source))
    refuse_problems(_check_parameters(original, source, parameters))

    target.parent.mkdir(parents=True, exist_ok=True)
    failed = target.with_suffix(".failed.ipynb")
    failed.unlink(missing_ok=True)
    aside = target.with_name(f".{target.stem}.running.ipynb")
    report = _progress_of(target, parameters, original, shown=progress)
    ran: list[Any] = []
    try:
        _execute(source, dict(parameters), report.started, ran)
    except Exception as error:
        report.finished()
        target.unlink(missing_ok=True)
        for partial in ran:
            _make_deterministic(partial, original, parameters)
            nbformat.write(partial, failed)
        raise _readable(error, source, failed) from None
    else:
        report.finished()
        _make_deterministic(ran[0], original, parameters)
        nbformat.write(ran[0], aside)
        aside.replace(target)
    finally:
        aside.unlink(missing_ok=True)


def has_outputs(path: Path) -> bool:
    """Tell whether a notebook holds outputs or execution counts, which git should not see."""
    import nbformat

    notebook = nbformat.read(path, as_version=4)
    return any(
        cell.outputs or cell.execution_count is not None
        for cell in notebook.cells
        if cell.cell_type == "code"
    )


def strip_outputs(path: Path) -> bool:
    """Empty a notebook of what running it left behind; return whether anything was removed."""
    import nbformat

    notebook = nbformat.read(path, as_version=4)
    before = nbformat.writes(notebook)
    for cell in notebook.cells:
        for key in ("execution", "papermill", "collapsed", "scrolled"):
            cell.metadata.pop(key, None)
        if cell.cell_type == "code":
            cell.outputs = []
            cell.execution_count = None
    for key in ("papermill", "widgets"):
        notebook.metadata.pop(key, None)
    notebook.metadata.get("language_info", {}).pop("version", None)
    after = nbformat.writes(notebook)
    if after == before:
        return False
    nbformat.write(notebook, path)
    return True


def parameters_of(notebook: Any) -> dict[str, Any]:
    """Return the parameters an executed notebook was run with."""
    return dict(notebook.metadata.get("altcred", {}).get("parameters", {}))


# What may be run -------------------------------------------------------------------------------


def _check_source(source: Path) -> Iterator[Problem]:
    import nbformat

    if not source.is_file():
        yield Problem(str(source), "", "there is no such notebook.")
        return
    try:
        nbformat.validate(nbformat.read(source, as_version=4))
    except Exception as error:
        # nbformat raises errors of several kinds for files that are not notebooks.
        first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        yield Problem(str(source), "", f"is not a Jupyter notebook: {first}")


def _parameter_cells(notebook: Any) -> list[Any]:
    return [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])]


def _check_notebook(notebook: Any, source: Path) -> Iterator[Problem]:
    cells = _parameter_cells(notebook)
    if len(cells) != 1:
        yield Problem(
            str(source),
            "parameters",
            f"{len(cells)} cells are tagged `parameters`.",
            "Tag exactly one.",
        )
        return
    try:
        statements = ast.parse(cells[0].source).body
    except SyntaxError as error:
        yield Problem(str(source), "parameters", f"is not Python: {error.msg}.")
        return
    for statement in statements:
        try:
            if not _parameter_name(statement):
                raise ValueError
            ast.literal_eval(statement.value)
        except ValueError:
            yield Problem(
                str(source),
                "parameters",
                f"`{ast.unparse(statement)}` is not a name set to a literal.",
                "Derive values in the next cell.",
            )


def _parameter_name(statement: Any) -> str:
    """Return the name that a statement sets, or nothing where it is no plain assignment."""
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target = statement.targets[0]
    elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
        target = statement.target
    else:
        return ""
    return target.id if isinstance(target, ast.Name) else ""


def _check_parameters(
    notebook: Any, source: Path, parameters: Mapping[str, Any]
) -> Iterator[Problem]:
    # The names are read as Python reads them: papermill's own inspection goes by lines and
    # needs a kernel's name in the notebook.
    known = [_parameter_name(each) for each in ast.parse(_parameter_cells(notebook)[0].source).body]
    for name in parameters:
        if name not in known:
            yield Problem(
                str(source),
                name,
                "is not a parameter of this notebook.",
                f"It has: {', '.join(known) or 'none'}.",
            )
    for name in known:
        if name not in parameters:
            yield Problem(str(source), name, "is a parameter and was not given.", "Give it.")


# Running ---------------------------------------------------------------------------------------


@contextmanager
def _environment() -> Iterator[None]:
    """Set what makes a kernel deterministic and independent of the user's own set-up."""
    with tempfile.TemporaryDirectory(prefix="altcred-") as private:
        changed = {
            **_DETERMINISTIC,
            "IPYTHONDIR": f"{private}/ipython",
            "JUPYTER_RUNTIME_DIR": f"{private}/runtime",
            "JUPYTER_CONFIG_DIR": f"{private}/config",
        }
        before = {name: os.environ.get(name) for name in changed}
        os.environ.update(changed)
        try:
            yield
        finally:
            for name, value in before.items():
                if value is None:
                    os.environ.pop(name, None)
                else:
                    os.environ[name] = value


def _execute(
    source: Path, parameters: dict[str, Any], started: Callable[..., None], ran: list[Any]
) -> None:
    """Run a notebook; `ran` receives it, as far as it got when a cell fails."""
    with _environment():
        from jupyter_client.kernelspec import KernelSpec
        from jupyter_client.manager import AsyncKernelManager
        from jupyter_client.utils import run_sync

        class ThisPython(AsyncKernelManager):
            """Starts the running interpreter, whichever kernels the user has installed."""

            @property
            def kernel_spec(self) -> KernelSpec:
                return KernelSpec(
                    argv=[
                        sys.executable,
                        *("-Xfrozen_modules=off", "-m", "ipykernel_launcher"),
                        *("-f", "{connection_file}"),
                        "--HistoryManager.enabled=False",
                        # It logs connections and its own end, nothing of the notebook.
                        "--IPKernelApp.log_level=CRITICAL",
                        # A chapter loads a hundred thousand objects that stay until its end;
                        # looking through them for garbage takes a tenth of its time.
                        f"--IPKernelApp.exec_lines={_SELDOM_COLLECT}",
                    ],
                    display_name="Python 3",
                    language="python",
                    env=dict(_DETERMINISTIC),
                )

        manager = ThisPython()
        run_sync(manager.start_kernel)()
        try:
            # Loaded while the kernel starts, which takes as long.
            import papermill
            from papermill.clientwrap import PapermillNotebookClient
            from papermill.engines import NBClientEngine, papermill_engines

            class StartedKernel(NBClientEngine):
                """Runs a notebook in the kernel that is already starting."""

                @classmethod
                def execute_managed_notebook(
                    cls, nb_man: Any, kernel_name: str, **options: Any
                ) -> Any:
                    ran.append(nb_man.nb)
                    client = PapermillNotebookClient(
                        nb_man,
                        km=manager,
                        kernel_name=kernel_name,
                        record_timing=False,
                        coalesce_streams=True,
                        on_cell_start=started,
                        # Every cell has answered and closed its files: nothing to wait for.
                        shutdown_kernel="immediate",
                    )
                    client.owns_km = True
                    return client.execute()

            papermill_engines.register("altcred", StartedKernel)
            papermill.execute_notebook(
                str(source),
                # Given a path, papermill writes the whole notebook before and after every cell.
                None,
                parameters=parameters,
                engine_name="altcred",
                kernel_name="python3",
                language="python",
                progress_bar=False,
            )
        finally:
            if manager.has_kernel:
                run_sync(manager.shutdown_kernel)(now=True)


class _Silent:
    def started(self, cell: Any, cell_index: int) -> None:
        """Say nothing."""

    def finished(self) -> None:
        """Say nothing."""


class _Shown(_Silent):
    """Writes stage, notebook and cell to standard error: over itself on a terminal."""

    def __init__(self, title: str, cells: int) -> None:
        self.title = title
        self.cells = cells
        self.terminal = sys.stderr.isatty()
        self.written = False

    def started(self, cell: Any, cell_index: int) -> None:
        line = f"{self.title}: cell {cell_index + 1} of {self.cells}"
        sys.stderr.write(f"\r\x1b[2K{line}" if self.terminal else f"{line}\n")
        sys.stderr.flush()
        self.written = True

    def finished(self) -> None:
        if self.terminal and self.written:
            sys.stderr.write("\n")
            sys.stderr.flush()


def _progress_of(
    target: Path, parameters: Mapping[str, Any], notebook: Any, *, shown: bool
) -> _Silent:
    if os.environ.get("CI") or not (shown or sys.stderr.isatty()):
        return _Silent()
    names = [str(parameters["cohort"])] if "cohort" in parameters else []
    # One more cell than the source has: the parameters are injected as a cell of their own.
    return _Shown(" · ".join([*names, target.stem]), len(notebook.cells) + bool(parameters))


def _readable(error: Exception, source: Path, failed: Path) -> Exception:
    """Return an error whose text a person can act on."""
    from nbclient.exceptions import DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    if isinstance(error, DeadKernelError):
        return NotebookFailed(
            f"{source}: Python ended while a cell was running, as it does when memory runs out.\n"
            f"The notebook as far as it ran: {failed}"
        )
    if not isinstance(error, PapermillExecutionError):
        return error
    if error.ename == "InvalidInput":
        refused = InvalidInput(_problems_from(str(error.evalue)))
        refused.add_note(f"The notebook as far as it ran: {failed}")
        return refused
    code = [line for line in error.source.splitlines() if line.strip()]
    return NotebookFailed(
        f"{source}: cell {error.cell_index + 1}"
        f"{f' ({code[0].strip()} …)' if code else ''}: {error.ename}: {_scrubbed(error.evalue)}\n"
        f"The notebook as far as it ran, with the whole traceback: {failed}"
    )


def _problems_from(text: str) -> list[Problem]:
    """Return problems that print as `text`, which is all that comes back from a kernel."""
    problems: list[Problem] = []
    for line in _scrubbed(text).splitlines():
        file, separator, rest = line.partition(": ")
        if separator:
            problems.append(Problem(file, "", rest))
        elif problems:
            last = problems.pop()
            problems.append(Problem(last.file, "", f"{last.message}\n{line}"))
        else:
            problems.append(Problem("input", "", line))
    return problems


# The same bytes --------------------------------------------------------------------------------


def _make_deterministic(notebook: Any, original: Any, parameters: Mapping[str, Any]) -> None:
    """Remove from an executed notebook what differs between two runs or two machines."""
    metadata = notebook.metadata
    metadata.pop("papermill", None)
    metadata.pop("widgets", None)
    metadata["kernelspec"] = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata["language_info"] = {"name": "python", "file_extension": ".py"}
    metadata["altcred"] = {
        **metadata.get("altcred", {}),
        "parameters": {name: _scrubbed_value(value) for name, value in parameters.items()},
    }
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    ids = {cell.get("id") for cell in original.cells}
    for index, cell in enumerate(notebook.cells):
        for key in ("papermill", "execution"):
            cell.metadata.pop(key, None)
        if cell.get("id") not in ids or original.nbformat_minor < 5:
            cell["id"] = f"cell-{index:03d}"
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell.source = _scrubbed(cell.source)
        for output in cell.get("outputs", []):
            _scrub_output(output)


def _scrub_output(output: Any) -> None:
    output.get("metadata", {}).pop("papermill", None)
    if "text" in output:
        output["text"] = _scrubbed(output["text"])
    for kind, content in (output.get("data") or {}).items():
        if isinstance(content, str) and kind.startswith("text/"):
            output["data"][kind] = _scrubbed(content)
    if output.get("output_type") == "error":
        output["evalue"] = _scrubbed(output["evalue"])
        output["traceback"] = [_scrubbed(line) for line in output["traceback"]]


def _scrubbed_value(value: Any) -> Any:
    return _scrubbed(value) if isinstance(value, str) else value


def _scrubbed(text: str) -> str:
    """Return a text without memory addresses and without the machine's own paths."""
    text = re.sub(r"\S*ipykernel_\d+[/\\]\d+\.py", "<cell>", text)
    text = re.sub(r"\bat 0x[0-9a-fA-F]{6,}", "at 0x0", text)
    places = ((Path.cwd(), ""), (sys.prefix, "<python>"), (sys.base_prefix, "<python>"))
    for place, name in (*places, (tempfile.gettempdir(), "<temporary>"), (Path.home(), "~")):
        path = str(place)
        # The root of the file system is in every path and tells nothing of the machine.
        if len(path) > 1:
            text = re.sub(rf"{re.escape(path)}/", f"{name}/" if name else "", text)
            text = re.sub(rf"{re.escape(path)}(?![\w.-])", name or ".", text)
    return text
