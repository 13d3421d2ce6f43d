"""What the command line is made of: plain errors, paths as they are typed, and completion."""

import logging
import os
import re
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import click
from click.shell_completion import get_completion_class

from altcred.core.errors import InvalidInput
from altcred.core.limits import find_limit
from altcred.core.paths import cohort_dir, find_project

# Where a command was typed, by which the paths given to it are meant.
TYPED_IN = "altcred.typed_in"
# Commands that have a room of their own, by the module that holds each.
OWN_ROOM = {"release": "altcred.release.console", "stand-in": "altcred.standin.console"}
# Where each shell looks for such a file, under the home folder, and what to do where it does not.
PLACES = {
    "bash": (
        ".local/share/bash-completion/completions/altcred",
        "Without the package bash-completion add to ~/.bashrc: source {path}",
    ),
    "zsh": (
        ".zfunc/_altcred",
        "Add to ~/.zshrc, once: fpath+=~/.zfunc; autoload -Uz compinit && compinit",
    ),
    "fish": (".config/fish/completions/altcred.fish", ""),
}


class PlainErrors(click.Group):
    """Commands, some in rooms of their own.

    What is wrong with an input is shown as its message alone, with exit code 2.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), *OWN_ROOM])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in OWN_ROOM:
            found: click.Command = import_module(OWN_ROOM[cmd_name]).command
            return found
        return super().get_command(ctx, cmd_name)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except InvalidInput as error:
            lines = [str(error), *getattr(error, "__notes__", [])]
            click.echo("\n".join(lines), err=True)
            ctx.exit(2)
        except (OSError, MemoryError) as error:
            if (limit := find_limit(error)) is None:
                raise
            click.echo(str(limit), err=True)
            ctx.exit(2)


class GivenPath(click.Path):
    """A path as it was typed in some folder of the project, seen from the project's root."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(self, value: Any, param: Any, ctx: click.Context | None) -> Any:
        typed_in = ctx.meta.get(TYPED_IN) if ctx else None
        if typed_in and not os.path.isabs(value):
            value = os.path.relpath(typed_in / value)
        return super().convert(value, param, ctx)


def _list_cohorts(ctx: click.Context, parameter: click.Parameter, begun: str) -> list[str]:
    root = find_project(Path.cwd()) or Path()
    names = (path.parent.name for path in root.glob("cohorts/*/study.yaml"))
    return sorted(name for name in names if name.startswith(begun))


def _choose_engine(ctx: click.Context, option: click.Parameter, name: str | None) -> None:
    if name is not None:
        from altcred.core.engine import CHOSEN

        # The environment reaches the kernel of a chapter too.
        os.environ[CHOSEN] = name


def check_engine(cohort: str) -> None:
    """Refuse a step on Spark where Spark lacks something, before its chapter is begun.

    study.yaml is not parsed here: most steps are on DuckDB, and are to begin at once.
    """
    asked = os.environ.get("ALTCRED_ENGINE")  # Its constant lies beside DuckDB, slow to load.
    if not asked:
        text = (cohort_dir(cohort) / "study.yaml").read_text("utf-8", errors="replace")
        asked = "spark" if re.search(r"""^engine:\s+["']?spark\b""", text, re.M) else ""
    if asked == "spark":
        from altcred.core.cluster import check_spark

        check_spark()


def _install(ctx: click.Context, option: click.Parameter, shell: str | None) -> None:
    """Write the file that a shell reads, and say where it is and what is left to be done.

    Without a name the shell is that of the environment. No file of the shell's own is changed.
    """
    if shell is None:
        return
    shell = shell or Path(os.environ.get("SHELL", "")).name
    if shell not in PLACES:
        message = f"{shell or 'no shell'!r} is not one it knows. Name one of {', '.join(PLACES)}."
        raise click.BadParameter(message)
    completion = get_completion_class(shell)
    assert completion is not None
    place, left = PLACES[shell]
    path = Path.home() / place
    path.parent.mkdir(parents=True, exist_ok=True)
    source = completion(ctx.command, {}, "altcred", "_ALTCRED_COMPLETE").source()
    path.write_text(source, encoding="utf-8")
    for line in (f"{path}: completes altcred in {shell}.", left.format(path=path)):
        click.echo(line, nl=bool(line))
    click.echo("Then open a new terminal.")
    ctx.exit()


def of_files(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the files that it checks, and where what it finds is to be written."""
    page = click.option("--html", type=GivenPath(), help="Write a page of all files here.")
    table = click.option("--csv", "table", type=GivenPath(), help="Write a table of all here.")
    files = click.argument("files", type=GivenPath(), nargs=-1, required=True)
    return files(page(table(command)))


of_cohort = click.argument("cohort", shell_complete=_list_cohorts)
perhaps_of_cohort = click.argument("cohort", required=False, shell_complete=_list_cohorts)
engine_option = click.option(
    "--engine",
    type=click.Choice(["duckdb", "spark"]),
    expose_value=False,
    callback=_choose_engine,
    help="What works on rows, whatever study.yaml and ALTCRED_ENGINE say: see docs/scale.md.",
)
completion_option = click.option(
    "--install-completion",
    metavar="[SHELL]",
    is_flag=False,
    flag_value="",
    is_eager=True,
    expose_value=False,
    callback=_install,
    help="Let bash, zsh or fish complete commands with the Tab key.",
)


def show_progress(shown: bool) -> None:
    """Send what the rooms report of their work to standard error, or only their warnings."""
    logger = logging.getLogger("altcred")
    logger.handlers.clear()
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(message)s"))
    logger.addHandler(handler)
    logger.setLevel(logging.INFO if shown else logging.WARNING)
    logger.propagate = False
