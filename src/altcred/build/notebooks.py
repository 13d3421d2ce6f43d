"""Runs a chapter's notebook with papermill so that the same input gives the same bytes."""

import ast
import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from altcred.build.traces import remove_traces, without_traces
from altcred.core.errors import InvalidInput, Problem, refuse, refuse_problems
from altcred.core.limits import find_limit, read_error
from altcred.core.paths import processed_dir
from altcred.core.processes import FORKS, MOST_AT_ONCE, count_processors

# One moment for everything that would write the time of the build, in seconds of 1970.
SOURCE_DATE = "1700000000"
_DETERMINISTIC = {
    "PYTHONHASHSEED": "0",
    "SOURCE_DATE_EPOCH": SOURCE_DATE,
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    "MPLBACKEND": "agg",
    "OPENBLAS_NUM_THREADS": "1",
}
_SELDOM_COLLECT = "import gc; gc.set_threshold(100_000, 20, 20)"
# The tag of the cell that shows a chapter's sections one after the other, and what stands in it.
EACH_SECTION = "each-section"
_LOOP = re.compile(r"for (\w+) in .+:\n[ \t]+(.+)")

# The names of a chapter's sections, by its notebook's stem, the cohort and the parameters.
NameSections = Callable[[str, str, Mapping[str, Any]], Sequence[str]]


class NotebookFailed(Exception):
    """Raised where a cell failed for another reason than the input; says where to look."""


def run_notebook(
    source: Path,
    target: Path,
    parameters: Mapping[str, Any],
    *,
    progress: bool = False,
    name_sections: NameSections | None = None,
) -> None:
    """Run a notebook with typed parameters and write the executed copy, the same bytes each time.

    A cell tagged `each-section` is run as one cell a section. The copy appears at `target` only
    when every cell has run. When one fails, the notebook as far as it got is kept beside it with
    the suffix `.failed.ipynb`. The kernel is the Python that runs this function, whatever kernels
    are installed.

    Raises InvalidInput when the notebook or its parameters are not as they should be, and passes
    on an InvalidInput that a cell raised with its own message. NotebookFailed otherwise.
    """
    import nbformat

    source, target = Path(source), Path(target)
    notebook = _read_source(source)
    refuse_problems(_check_parameters(notebook, source, parameters))
    repeat_sections(notebook, source, parameters, name_sections or _sections_of_chapter)

    target.parent.mkdir(parents=True, exist_ok=True)
    failed = target.with_suffix(".failed.ipynb")
    failed.unlink(missing_ok=True)
    aside = target.with_name(f".{target.stem}.running.ipynb")
    title = " · ".join(filter(None, [str(parameters.get("cohort", "")), target.stem]))
    # One more cell than the source has: the parameters are injected as a cell of their own.
    started = _tell_progress(title, len(notebook.cells) + bool(parameters), shown=progress)
    ran: list[Any] = []
    try:
        _execute(notebook, dict(parameters), started, ran)
    except Exception as error:
        if sys.stderr.isatty():
            sys.stderr.write("\n")
        target.unlink(missing_ok=True)
        for partial in ran:
            remove_traces(partial, notebook, parameters)
            nbformat.write(partial, failed)
        raise _readable(error, source, failed) from None
    else:
        remove_traces(ran[0], notebook, parameters)
        nbformat.write(ran[0], aside)
        aside.replace(target)
    finally:
        aside.unlink(missing_ok=True)


def gather_estimates(cohort: str, folder: str) -> None:
    """Copy the estimates that a chapter wrote into a folder beside those of the other chapters."""
    made = processed_dir(cohort) / folder / "estimates.csv"
    if not made.is_file():
        message = "the notebook did not write it."
        refuse(made.as_posix(), "", message, "Write the chapter's estimates.")
    gathered = processed_dir(cohort) / "estimates" / f"{folder}.csv"
    gathered.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(made, gathered)


def parameters_of(notebook: Any) -> dict[str, Any]:
    """Return the parameters an executed notebook was run with, by altcred or papermill alone."""
    own, papermill = (notebook.metadata.get(key, {}) for key in ("altcred", "papermill"))
    return dict(own.get("parameters") or papermill.get("parameters") or {})


def repeat_sections(
    notebook: Any, source: Path, parameters: Mapping[str, Any], name_sections: NameSections
) -> None:
    """Put in place of the loop over a chapter's sections one cell for each, `section-NAME`.

    The loop `for section in chapter.sections:` over `chapter.show(section)` becomes the cells
    `chapter.show("age")`, `chapter.show("gender")` and so on. InvalidInput where the tagged cell
    is no such loop.
    """
    import nbformat

    for place, cell in enumerate(notebook.cells):
        if EACH_SECTION not in _tags(cell):
            continue
        loop = _LOOP.fullmatch(cell.source.strip())
        if loop is None:
            message = f"is tagged `{EACH_SECTION}` and is not a loop over one statement."
            remedy = "Write `for section in chapter.sections:` and `chapter.show(section)`."
            raise InvalidInput([Problem(str(source), f"cell {place + 1}", message, remedy)])
        metadata = {**cell.metadata, "tags": [t for t in _tags(cell) if t != EACH_SECTION]}
        names = name_sections(source.stem, str(parameters.get("cohort", "")), parameters)
        notebook.cells[place : place + 1] = [
            nbformat.v4.new_code_cell(
                re.sub(rf"\b{loop[1]}\b", json.dumps(name, ensure_ascii=False), loop[2]),
                metadata=metadata,
                id=re.sub(r"[^\w-]", "-", f"section-{name}", flags=re.ASCII)[:64],
            )
            for name in names
        ]
        return


def _sections_of_chapter(stem: str, cohort: str, parameters: Mapping[str, Any]) -> Sequence[str]:
    from altcred.write.chapters import section_names

    return section_names(stem, cohort, parameters)


def _tags(cell: Any) -> list[str]:
    return list(cell.metadata.get("tags", []))


# What may be run -------------------------------------------------------------------------------


def _read_source(source: Path) -> Any:
    """Return a notebook; InvalidInput where there is none."""
    import nbformat

    if not source.is_file():
        raise InvalidInput([Problem(str(source), "", "there is no such notebook.")])
    try:
        notebook = nbformat.read(source, as_version=4)
        nbformat.validate(notebook)
    except Exception as error:
        # nbformat raises errors of several kinds for files that are not notebooks.
        first = (str(error).strip() or type(error).__name__).splitlines()[0]
        message = f"is not a Jupyter notebook: {first}"
        raise InvalidInput([Problem(str(source), "", message)]) from None
    return notebook


def _check_parameters(notebook: Any, source: Path, given: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield what is wrong with the parameters cell, or else with what was given for it."""

    def problem(where: str, message: str, remedy: str = "") -> Problem:
        return Problem(str(source), where, message, remedy)

    cells = [cell for cell in notebook.cells if "parameters" in _tags(cell)]
    if len(cells) != 1:
        message = f"{len(cells)} cells are tagged `parameters`."
        yield problem("parameters", message, "Tag exactly one.")
        return
    try:
        statements = ast.parse(cells[0].source).body
    except SyntaxError as error:
        yield problem("parameters", f"is not Python: {error.msg}.")
        return
    known = [_name_set_by(statement) for statement in statements]
    unclear = [ast.unparse(s) for s, name in zip(statements, known, strict=True) if not name]
    for text in unclear:
        message = f"`{text}` is not a name set to a literal."
        yield problem("parameters", message, "Derive values in the next cell.")
    if unclear:
        return
    has = f"It has: {', '.join(known) or 'none'}."
    for name in [name for name in given if name not in known]:
        yield problem(name, "is not a parameter of this notebook.", has)
    for name in [name for name in known if name not in given]:
        yield problem(name, "is a parameter and was not given.", "Give it.")


def _name_set_by(statement: ast.stmt) -> str:
    """Return the name that a statement sets to a literal, '' where it does another thing."""
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            pass
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
            pass
        case _:
            return ""
    try:
        ast.literal_eval(value)
    except ValueError:
        return ""
    return name


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
            **_forks_of_kernels(),
        }
        before = dict(os.environ)
        os.environ.update(changed)
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)


def _forks_of_kernels() -> dict[str, str]:
    """Say how many forks of a kernel may show cells beside it."""
    forks = min(count_processors(), MOST_AT_ONCE) - 1
    return {FORKS: str(forks)} if forks and os.environ.get("ALTCRED_WARM") != "0" else {}


def _execute(
    notebook: Any, parameters: dict[str, Any], started: Callable[..., None], ran: list[Any]
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

        from altcred.build.kernels import ForkedProvisioner, PromptClient, is_waiting

        manager = ThisPython(client_factory=PromptClient)
        if is_waiting():
            manager.provisioner = ForkedProvisioner(kernel_spec=manager.kernel_spec, parent=manager)
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
                notebook,
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


def _tell_progress(title: str, cells: int, *, shown: bool) -> Callable[..., None]:
    """Return what tells standard error of each cell that begins: over itself on a terminal."""
    terminal = sys.stderr.isatty()

    def started(cell: Any, cell_index: int) -> None:
        line = f"{title}: cell {cell_index + 1} of {cells}"
        if terminal:
            line = f"[{'#' * (20 * cell_index // cells):.<20}] {line}"
        after = "\n" if not terminal or cell_index + 1 == cells else ""
        sys.stderr.write((f"\r\x1b[2K{line}" if terminal else line) + after)
        sys.stderr.flush()

    is_told = (shown or terminal) and not os.environ.get("CI")
    return started if is_told else lambda cell, cell_index: None


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
    if limit := find_limit(read_error(error.ename, str(error.evalue))):
        return InvalidInput([limit])
    code = [line.strip() for line in error.source.splitlines() if line.strip()]
    where = f"cell {error.cell_index + 1}" + (f" ({code[0]} …)" if code else "")
    return NotebookFailed(
        f"{source}: {where}: {error.ename}: {without_traces(error.evalue)}\n"
        f"The notebook as far as it ran, with the whole traceback: {failed}"
    )


def _problems_from(text: str) -> list[Problem]:
    """Return problems that print as `text`, which is all that comes back from a kernel."""
    # A line without a file goes on with what the one before it says.
    found = re.split(r"\n(?=[^\n]*?: )", without_traces(text))
    parts = [one.partition(": ") for one in found]
    return [Problem(file, "", message) for file, _, message in parts]
