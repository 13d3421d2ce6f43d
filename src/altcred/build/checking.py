"""Checks printed figures and articles, one file or many at once, and writes what was found."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import click

from altcred.core.errors import refuse
from altcred.write.checked import Judged, checked_page, say_total

Judge = Callable[[Path], Judged]


def check_files(
    files: Sequence[Path],
    judge: Judge,
    title: str,
    page: Path | None = None,
    table: Path | None = None,
) -> None:
    """Tell what came of each file, in their order, and write it as a page and as a table.

    `title` heads the page. What is wrong with one file is told, and the others go on; the command
    then ends with code 2.
    """
    for out in filter(None, (page, table)):
        if out.is_dir():
            refuse(out, "", "is a folder.", "Name the file to be written.")
    judged = []
    for one in judge_all(files, judge):
        judged.append(one)
        if one.fault:
            click.echo(one.fault, err=True)
        elif len(files) > 1 and one.lines and not one.lines[0].startswith(one.file):
            click.echo(f"{one.file}:")
        for line in one.lines:
            click.echo(line)
    if len(judged) > 1 and any(one.counts for one in judged):
        click.echo(say_total(judged))
    if page is not None:
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(checked_page(title, judged), "utf-8", newline="\n")
    if table is not None:
        import pandas as pd

        table.parent.mkdir(parents=True, exist_ok=True)
        rows = [row for one in judged for row in one.rows]
        pd.DataFrame(rows).to_csv(table, index=False, lineterminator="\n")
    if any(one.fault for one in judged):
        click.get_current_context().exit(2)


def judge_all(files: Sequence[Path], judge: Judge) -> Iterator[Judged]:
    """Yield what came of each file in their order, with a process for each core of the machine."""
    workers = min(len(files), os.cpu_count() or 1)
    if workers < 2:
        yield from map(judge, files)
        return
    with ProcessPoolExecutor(workers) as pool:
        yield from pool.map(judge, files)
