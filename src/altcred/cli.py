"""The command line: each command calls one room. `altcred --help` loads none of them."""

import os
from collections.abc import Callable
from contextlib import suppress
from fractions import Fraction
from functools import partial
from pathlib import Path

import click

from altcred.build.console import (
    TYPED_IN,
    GivenPath,
    PlainErrors,
    check_engine,
    completion_option,
    engine_option,
    of_cohort,
    of_files,
    perhaps_of_cohort,
    show_progress,
)
from altcred.core.errors import InvalidInput, Problem, refuse_problems
from altcred.core.paths import cohort_dir, executed_dir, find_project, overall_dir, project_root


@click.group(cls=PlainErrors, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--quiet", is_flag=True, help="Say nothing but what goes wrong.")
@completion_option
@click.version_option(package_name="altcred")
@click.pass_context
def main(ctx: click.Context, quiet: bool) -> None:
    """Rebuild a survey report from raw exports to every table, figure and test.

    Run it anywhere in a project, which `altcred init FOLDER` lays out. `dvc repro` runs these
    commands in their order.
    """
    here = Path.cwd()
    root = find_project(here)
    if root is not None and root != here:
        ctx.meta[TYPED_IN] = here
        os.chdir(root)
    ctx.obj = not quiet and not os.environ.get("CI")
    show_progress(ctx.obj)


@main.command()
@click.argument("folder", required=False, type=GivenPath())
@click.option("--upgrade", "is_upgrade", is_flag=True, help="Bring a project to this version.")
@click.pass_context
def init(ctx: click.Context, folder: Path | None, is_upgrade: bool) -> None:
    """Begin a project in FOLDER: the steps, the chapters and the look of a report, and no survey.

    With --upgrade, write the files of a project anew that this version of altcred has otherwise.
    What you edited or removed stays as it is, and you are shown how it differs.
    """
    from altcred.build.project import lay_out, upgrade

    if is_upgrade:
        root = folder or project_root()
        for line in upgrade(root):
            click.echo(line)
        os.chdir(root)
        ctx.invoke(plan)
        return
    if folder is None:
        raise click.UsageError("Name the folder, which may be new; `.` is this one.")
    count = lay_out(folder)
    click.echo(f"{folder.as_posix()}: a project of {count} files. Its README.md says how to go on.")


@main.command()
@of_cohort
@click.option("--seed", type=int, help="Another draw of people and of the export's dirt.")
def reconstruct(cohort: str, seed: int | None) -> None:
    """Generate raw exports of COHORT from its printed figures.

    Only for cohorts whose study.yaml says `reconstructed: true`; a folder under data/raw that
    this command did not make is never touched.
    """
    from altcred.reconstruct import reconstruct_cohort

    reconstruct_cohort(cohort, seed=seed)


@main.command("run")
@click.argument("notebook")
@of_cohort
@click.option("--wave", help="The survey to work on.")
@click.option("--first", help="The earlier survey of a pair.")
@click.option("--second", help="The later survey of a pair.")
@click.option(
    "--estimates",
    metavar="FOLDER",
    help="Copy the estimates.csv the notebook writes to this folder of the cohort beside those "
    "of the other chapters.",
)
@engine_option
@click.pass_obj
def run_chapter(
    progress: bool,
    notebook: str,
    cohort: str,
    wave: str | None,
    first: str | None,
    second: str | None,
    estimates: str | None,
) -> None:
    """Run NOTEBOOK (such as 02-survey) for COHORT; the executed copy lies under data/processed."""
    from altcred.build.notebooks import NotebookFailed, gather_estimates, run_notebook
    from altcred.reconstruct import refuse_other_exports

    _check_cohort(cohort)
    check_engine(cohort)
    if notebook.startswith("01-"):
        refuse_other_exports(cohort)
    given = {"wave": wave, "first": first, "second": second}
    chosen = {name: value for name, value in given.items() if value is not None}
    folder = executed_dir(cohort) if chosen else overall_dir(cohort)
    target = folder / f"{'-'.join([notebook, *chosen.values()])}.ipynb"
    source = Path("notebooks", f"{notebook}.ipynb")
    try:
        run_notebook(source, target, {"cohort": cohort, **chosen}, progress=progress)
    except NotebookFailed as error:
        raise click.ClickException(str(error)) from None
    if estimates is not None:
        gather_estimates(cohort, estimates)


@main.command()
@of_cohort
@click.argument("earlier")
def series(cohort: str, earlier: str) -> None:
    """Set the estimates of EARLIER, a cohort of the same study, beside those of COHORT."""
    from altcred.build.gather import gather_series

    _check_cohort(cohort)
    gather_series(cohort, earlier)


@main.command()
@of_cohort
def report(cohort: str) -> None:
    """Assemble the executed notebooks of COHORT into report/COHORT: HTML and PDF."""
    from altcred.build.report import build_report

    _check_cohort(cohort)
    build_report(cohort)


@main.command()
@of_cohort
def audit(cohort: str) -> None:
    """Attack what COHORT's estimates hide; fail where a hidden count can be narrowed."""
    from altcred.estimate.audit import audit_cohort

    _check_cohort(cohort)
    for line in audit_cohort(cohort):
        click.echo(line)


def _served(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command the arguments of those that show a report in a browser."""
    for option in (
        perhaps_of_cohort,
        click.option("--port", default=0, help="The port of this machine; a free one without it."),
        click.option("--browser/--no-browser", default=True, help="Open a browser, or only serve."),
    ):
        function = option(function)
    return main.command(function.__name__.removesuffix("_report"))(function)


@_served
def open_report(cohort: str | None, port: int, browser: bool) -> None:
    """Show the built report of COHORT, or of the first one, in a browser."""
    from altcred.build.serve import open_report

    open_report(_chosen(cohort), port, browser, click.echo)


@_served
def preview(cohort: str | None, port: int, browser: bool) -> None:
    """Show a report in a browser, and build it again after each change of what it is made of."""
    from altcred.build.serve import preview_report

    preview_report(_chosen(cohort), port, browser, click.echo)


def _chosen(cohort: str | None) -> str:
    """Return the cohort that was named, or else the first one."""
    from altcred.describe.folders import first_cohort

    if cohort:
        _check_cohort(cohort)
    return cohort or first_cohort()


@main.command()
@of_cohort
def gather(cohort: str) -> None:
    """List what the chapters on the surveys of COHORT made, and write the data of its plots."""
    from altcred.build.gather import gather_chapters

    _check_cohort(cohort)
    gather_chapters(cohort)


@main.command()
@of_cohort
def metrics(cohort: str) -> None:
    """Write the few measures of COHORT that `dvc metrics` shows to report/COHORT.json."""
    from altcred.core.measures import write_metrics

    write_metrics(cohort)


@main.command("check-published")
@of_files
@click.option("--relations", type=GivenPath(), help="How the figures relate.")
@click.option("--layout", "tell", flag_value="layout", help="Only say what each cell is read as.")
@click.option("--draft", "tell", flag_value="draft", help="Only write its layout as YAML.")
def check_published(
    files: tuple[Path, ...], html: Path | None, table: Path | None,
    relations: Path | None, tell: str | None,
) -> None:  # fmt: skip
    """Find what in each of FILES, a table of printed figures, cannot all be true."""
    from altcred.build.checking import check_files
    from altcred.write.checked import judge_table

    if tell and (html or table):
        raise click.UsageError(f"--{tell} checks nothing: leave --html and --csv out.")
    if len(files) > 1 and tell == "draft":
        raise click.UsageError("--draft writes the layout of one file.")
    judge = partial(judge_table, relations=relations, part=tell)
    check_files(files, judge, "Printed figures", html, table)


@main.command("check-article")
@of_files
@click.option("--alpha", default="0.05", show_default=True, help="What is called significant.")
@click.option("--one-sided", is_flag=True, help="Take half of a p for right, whatever is written.")
def check_articles(
    files: tuple[Path, ...], html: Path | None, table: Path | None,
    alpha: str, one_sided: bool,
) -> None:  # fmt: skip
    """Recompute the p of the tests that FILES report: docx, HTML, JATS, Markdown, text or PDF."""
    from altcred.build.checking import check_files
    from altcred.write.checked import judge_article

    try:
        level = Fraction(alpha)
    except (ValueError, ZeroDivisionError):
        raise click.UsageError(f"--alpha is a number such as 0.05, not {alpha}.") from None
    judge = partial(judge_article, alpha=level, one_sided=one_sided)
    check_files(files, judge, "Tests, recomputed,", html, table)


@main.command()
@perhaps_of_cohort
@click.option("--explain", metavar="KEY", help="Say what a key of its files means, and check none.")
def check(cohort: str | None, explain: str | None) -> None:
    """Check description, chapters, texts and exports of COHORT; name every problem."""
    if explain:
        from altcred.describe.reference import explain_key

        for line in explain_key(explain):
            click.echo(line)
    elif cohort:
        _check_description(cohort)
    else:
        raise click.UsageError("Name a cohort, or a key with --explain.")


def _check_description(cohort: str) -> None:
    from altcred.build.checkup import check_cohort
    from altcred.clean.changes import tell_changes

    _check_cohort(cohort)
    notes, problems = check_cohort(cohort)
    for note in notes:
        click.echo(note)
    with suppress(InvalidInput):
        for line in tell_changes(cohort):
            click.echo(line)
    refuse_problems(problems)
    click.echo(f"{cohort}: fine")


@main.command()
@click.option("--check", "only_check", is_flag=True, help="Write nothing; fail on a difference.")
def schema(only_check: bool) -> None:
    """Write what the models say of each key: schemas for editors, and docs/reference.md."""
    from altcred.describe.reference import compose_reference
    from altcred.describe.schema import compose_schemas

    made = {**compose_schemas(), Path("docs/reference.md"): compose_reference()}
    for path, text in made.items():
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            continue
        if only_check:
            message = f"{path.as_posix()}: not as the models are. Run `altcred schema`."
            raise click.ClickException(message)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")


@main.command()
@click.option("--check", "only_check", is_flag=True, help="Write nothing; fail on a difference.")
def plan(only_check: bool) -> None:
    """Write into params.yaml what the studies under cohorts/ say is to be built."""
    from altcred.describe.plan import is_up_to_date, write_plan

    if is_up_to_date():
        return
    if only_check:
        message = "params.yaml is not as the studies under cohorts/ are. Run `altcred plan`."
        raise click.ClickException(message)
    write_plan()


@main.command()
@click.pass_context
def rooms(ctx: click.Context) -> None:
    """List what each chapter and command uses, by which a build knows what to do again.

    The first step of every build; fails where params.yaml is not as the studies are, or there is
    none.
    """
    from altcred.build.rooms import package_folder, write_rooms
    from altcred.describe.folders import first_cohort

    ctx.invoke(plan, only_check=True)
    first_cohort()
    write_rooms(project_root(), package_folder())


@main.command()
@click.argument("cohort")
@click.option("--like", help="A cohort that was surveyed alike.")
@click.option("--after", help="The cohort of the same study that this one comes after.")
@click.option(
    "--from",
    "files",
    multiple=True,
    type=GivenPath(),
    help="An export of COHORT, one for each survey in their order: its description is drafted.",
)
@click.option("--waves", help="What to call the surveys in their order, as in begin,end.")
@click.option(
    "--questions",
    "questionnaires",
    multiple=True,
    type=GivenPath(),
    help="What the survey tool knows of the questions: a .lss, .qsf or REDCap dictionary.",
)
def new(
    cohort: str,
    like: str | None,
    after: str | None,
    files: tuple[Path, ...],
    waves: str | None,
    questionnaires: tuple[Path, ...],
) -> None:
    """Start COHORT: its two files, and its lines in params.yaml.

    --from drafts them from exports, and `dvc repro` builds the draft as it is. Alone it writes a
    template to fill in; --like takes over how another cohort was surveyed and asked, and --after
    the cohort of the same study before it, with --from what changed since.
    """
    from altcred.draft.start import start_cohort

    if like and (after or files):
        raise click.UsageError("--like goes with neither --after nor --from.")
    if (waves or questionnaires) and (after or not files):
        raise click.UsageError("--waves and --questions go with --from, without --after.")
    for other in filter(None, (like, after)):
        _check_cohort(other)
    names = [one.strip() for one in waves.split(",")] if waves else []
    for line in start_cohort(cohort, like, after, files, names, questionnaires):
        click.echo(line)


def _check_cohort(cohort: str) -> None:
    path = cohort_dir(cohort) / "study.yaml"
    if not path.is_file():
        known = sorted(path.parent.name for path in Path("cohorts").glob("*/study.yaml"))
        remedy = (
            f"Use one of {', '.join(known)}."
            if known
            else "Run altcred in a project (`altcred init FOLDER` begins one)."
        )
        refuse_problems([Problem(path.as_posix(), "", "there is no such cohort.", remedy)])


if __name__ == "__main__":
    main()
