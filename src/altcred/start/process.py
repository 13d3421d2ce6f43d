"""What a fork of the process with everything loaded is: a new process that runs one command."""

import atexit
import json
import os
import select
import signal
import socket
import sys
import threading
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from altcred.build.kernels import keep_waiting, renew
from altcred.core.processes import end_with
from altcred.start.ahead import Ahead, Stage
from altcred.start.trees import Tree


@dataclass
class Request:
    """What somebody asked for: the words of a command, its folder, environment and open files.

    Without files whoever asks runs it, and only tells.
    """

    words: list[str]
    folder: str
    environment: dict[str, str]
    files: list[int]


def receive(caller: socket.socket) -> Request:
    """Return what a caller asks for."""
    head, files, _, _ = socket.recv_fds(caller, 4, 3)
    try:
        with caller.makefile("rb") as sent:
            words, folder, environment = json.loads(sent.read(int.from_bytes(head, "big")))
    except (OSError, ValueError):
        # The caller ended before it had said everything.
        for file in files:
            os.close(file)
        raise
    return Request(words, folder, environment, list(files))


def be_process(parent: int, asked: Request, work: Callable[[], int]) -> None:
    """Be a new process as it was asked for, in which `work` is done, and end as one."""
    code: Any = 1
    try:
        with suppress(OSError):
            os.setpgid(0, 0)
        end_with(parent)
        # Whoever started the server may have ignored them, as a shell has its background do.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
            signal.signal(number, signal.SIG_DFL)
        # What is to be done at the end of the process that was forked is not to be done here.
        atexit._clear()
        for place, file in enumerate(asked.files):
            os.dup2(file, place)
            os.close(file)
        _open_standard_files()
        os.environ.clear()
        os.environ.update(asked.environment)
        os.chdir(asked.folder)
        sys.argv = asked.words
        # It says how the command line is called, and that is not by the name of this module.
        sys.modules["__main__"] = ModuleType("__main__")
        code = work()
        # What a process does when it ends, but for taking apart what it loaded.
        for thread in threading.enumerate():
            if thread is not threading.current_thread() and not thread.daemon:
                thread.join()
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)


def take_or_run(words: list[str], before: int | None, ahead: Ahead | None, stage: str) -> int:
    """Take what was made ahead by a step, which ends with a descriptor, or else run it."""
    if ahead and stage in ahead.tried:
        try:
            if before is not None:
                select.select([before], [], [])
            tree = Tree(ahead.root, stage)
            is_taken = tree.take(ahead.stages[stage].kept)
            tree.remove()
            if is_taken:
                return 0
        except KeyboardInterrupt:
            sys.stderr.write("Aborted!\n")
            return 1
        except OSError:
            # Whatever stands against it may stand against the step, which says it.
            pass
    return _run(words)


def run_ahead(words: list[str], ahead: Ahead, stage: Stage) -> int:
    """Run a step in a tree of its own, and write down there what it made."""
    tree = Tree(ahead.root, stage.name)
    tree.lay_out(stage.deps, stage.outs, ahead.tops, ahead.made - ahead.ended)
    code = _run(words)
    sys.stdout.flush()
    sys.stderr.flush()
    if code == 0:
        tree.close(ahead.tops)
    return code


def _run(words: list[str]) -> int:
    if words[1] == "run":
        # Now, since it is to know nothing of what this process does.
        keep_waiting()
    renew()
    return _call_command_line()


def _call_command_line() -> int:
    from altcred.cli import main

    try:
        main()
    except SystemExit as end:
        if isinstance(end.code, int | None):
            return end.code or 0
        sys.stderr.write(f"{end.code}\n")
        return 1
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


def _open_standard_files() -> None:
    """Open input and outputs anew, since those of this process were nowhere."""
    for name, place, mode in (("stdin", 0, "r"), ("stdout", 1, "w"), ("stderr", 2, "w")):
        former = getattr(sys, name)
        opened = open(  # noqa: SIM115
            place,
            mode,
            buffering=1 if place == 2 or os.isatty(place) else -1,
            encoding=former.encoding,
            errors=former.errors,
            closefd=False,
        )
        setattr(sys, name, opened)
        setattr(sys, f"__{name}__", opened)
