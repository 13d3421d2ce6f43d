"""Starts the command line: in a process that has everything loaded, or else in this one.

The steps of a build are many and short, and loading modules took two fifths of it. So a step asks
a process that loaded them once (`altcred.start.server`) to fork one that runs it, with this one's
arguments, folder, environment, input and outputs; this one only passes signals on and ends as
that one did. Where there is no such process the first step starts it. Whatever stands against
that, the step runs here, as every other command does, and as all do with ALTCRED_WARM=0.
"""

import os
import sys
from contextlib import suppress
from pathlib import Path

# Where steps run ahead of a build, beside what they make: who removes that removes this.
AHEAD = "data/processed/.ahead"
# The steps of a build. Other commands may ask questions, or stay.
STEPS = {"rooms", "reconstruct", "run", "gather", "series", "report", "metrics"}


def main() -> int:
    """Run the command that was typed, and return the code to exit with."""
    # What a build begins with, which looks every time and finds something new seldom.
    if sys.argv[1:] != ["rooms"] or not os.path.isfile("params.yaml"):
        return _run()
    from altcred.start.lists import Lists

    if os.path.isdir(AHEAD):
        import shutil

        # Of a build that was ended with all its processes.
        shutil.rmtree(AHEAD, ignore_errors=True)
    try:
        lists = Lists()
        if lists.are_restored():
            return 0
        _prepare()
        if lists.is_decided():
            from altcred.build.rooms import package_folder, write_rooms

            write_rooms(Path(), package_folder())
            lists.keep()
            return 0
    except OSError:
        # Whatever cannot be read may be none of what the lists are made from.
        return _run()
    try:
        code = _run()
    except SystemExit as end:
        if end.code:
            raise
        code = 0
    if code == 0:
        lists.keep()
    return code


def _prepare() -> None:
    """Start the process that has everything loaded, since a step will ask for it soon."""
    if sys.platform == "linux" and os.environ.get("ALTCRED_WARM") != "0":
        with suppress(ImportError, OSError):
            from altcred.start.client import prepare

            prepare()


def _run() -> int:
    switch = os.environ.get("ALTCRED_WARM", "")
    if sys.platform == "linux" and switch != "0" and _is_step():
        try:
            from altcred.start.client import run_warm

            code = run_warm(sys.argv)
        except (ImportError, OSError) as error:
            code = None
            if switch:
                sys.stderr.write(f"altcred: not started warm: {error}\n")
        except KeyboardInterrupt:
            sys.stderr.write("Aborted!\n")
            return 1
        if code is not None:
            return code
    from altcred.cli import main as run

    return run()


def _is_step() -> bool:
    """Tell whether a step of a build is to run, by a Python that was told nothing but that."""
    return bool(STEPS.intersection(sys.argv[1:2])) and not sys.orig_argv[1].startswith("-")
