"""The command that releases a cohort."""

import datetime
from pathlib import Path

import click

from altcred.build.console import GivenPath, of_cohort


@click.command("release")
@of_cohort
@click.option("--out", required=True, type=GivenPath(), metavar="FOLDER", help="Where it goes.")
@click.option("--seed", default=0, show_default=True, help="Another draw of the stand-in.")
@click.option(
    "--date",
    "day",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day that it bears; `released` of study.yaml if left out.",
)
def command(cohort: str, out: Path, seed: int, day: datetime.datetime | None) -> None:
    """Write what journals and archives take of COHORT to FOLDER, with a stand-in for its data.

    Every file is looked through first; where one holds what may not leave, nothing is written.
    """
    from altcred.release.release import release_cohort

    for line in release_cohort(cohort, out, seed, day.date() if day else None):
        click.echo(line)
