"""The command that makes a stand-in of a cohort."""

from pathlib import Path

import click

from altcred.build.console import GivenPath, of_cohort


@click.command("stand-in")
@of_cohort
@click.option("--seed", default=0, show_default=True, help="Another draw of people.")
@click.option("--out", type=GivenPath(), help="Its folder; data/stand-in/COHORT if left out.")
def command(cohort: str, seed: int, out: Path | None) -> None:
    """Make exports like those of COHORT from its disclosed estimates alone, which anyone may have.

    They are built as the real ones were, and each estimate that they do not give is listed.
    """
    from altcred.standin.build import build_stand_in

    for line in build_stand_in(cohort, out, seed):
        click.echo(line)
