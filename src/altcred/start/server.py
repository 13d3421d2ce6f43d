"""A process that loaded every module and forks one for each step of a build.

`altcred.start.client` starts it with a listening socket, the place of its files and the hash of
the package, and sends it commands. It only loads modules: it runs no code of a step, and has one
thread, so that a fork of it is as a new process that is done with loading. Each step is a child
of its own, which ends with this process or with the one that asked, whichever ends first. After
some minutes without steps it ends, and after one where another was started since.
"""

import atexit
import fcntl
import gc
import importlib
import json
import os
import re
import selectors
import signal
import socket
import sys
import threading
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import nbformat
from nbformat.validator import get_validator

from altcred.build.kernels import keep_waiting, renew
from altcred.build.rooms import find_modules, package_folder
from altcred.build.typeset import keep_typesetter
from altcred.core.code import hash_package
from altcred.core.processes import end_with, is_alone
from altcred.start.client import LOCK, READY, SOCKET, STARTED

# What a caller may take to say what it wants.
_PATIENCE = 5.0
# Seconds without a step: until it looks for another such process, and until it ends. An author who
# edits a text builds again and again, with some minutes in between.
PAUSE, IDLE = 60.0, 900.0
_IMPORT = re.compile(r"^ +(?:from|import) ([\w.]+)", re.MULTILINE)
# What others load when they begin: the kernel of a notebook, papermill, drawing, frames.
_FURTHER = (
    "IPython.core.debugger",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "ipykernel.debugger",
    "ipykernel.ipkernel",
    "ipykernel.kernelapp",
    "matplotlib.backends.backend_svg",
    "nbclient",
    "papermill.engines",
    "psutil",
    "pyarrow.pandas_compat",
    "tornado.platform.asyncio",
)


def load_everything() -> None:
    """Load each module of the package, and what these load in the midst of their functions."""
    # Nobody debugs the chapters of a build, and each kernel would load this for half its start.
    sys.modules["debugpy"] = None  # type: ignore[assignment]
    modules = find_modules(package_folder())
    within = {
        name for path in modules.values() for name in _IMPORT.findall(path.read_text("utf-8"))
    }
    for name in [*sorted(modules), *sorted(within), *_FURTHER]:
        # A step that needs it is told what is wrong with it.
        with suppress(Exception):
            importlib.import_module(name)
    # What notebooks are checked against is code that is made once, a third of a chapter's start.
    get_validator(nbformat.current_nbformat, nbformat.current_nbformat_minor)


@dataclass(eq=False)
class Step:
    """A running command: its process, a descriptor that tells of its end, and who asked for it."""

    pid: int
    ends: int
    caller: socket.socket | None


class Server:
    """Forks a process for each command that comes over a socket.

    It serves until nothing was asked for as long as `idle` seconds, and looks after each `pause`
    of them whether it is `outdone`.
    """

    def __init__(
        self, listener: socket.socket, pause: float, idle: float, outdone: Callable[[], bool]
    ) -> None:
        self.listener = listener
        self.pause = pause
        self.idle = idle
        self.outdone = outdone
        self.steps: list[Step] = []
        self.selector = selectors.DefaultSelector()
        self.selector.register(listener, selectors.EVENT_READ)

    def serve(self) -> None:
        """Run what is asked for until nothing was asked for a while."""
        rested = 0.0
        while rested < self.idle and not (rested and self.outdone()):
            events = self.selector.select(None if self.steps else self.pause)
            rested = 0.0 if events else rested + self.pause
            for key, _ in events:
                step = key.data
                if step is None:
                    self._begin(self.listener.accept()[0])
                elif key.fileobj is step.caller:
                    self._pass_signal(step)
                elif step in self.steps:
                    self._end(step)

    def _begin(self, caller: socket.socket) -> None:
        caller.settimeout(_PATIENCE)
        try:
            words, folder, environment, files = _receive(caller)
        except (OSError, ValueError):
            caller.close()
            return
        if words[1] == "report":
            keep_typesetter()
        me = os.getpid()
        pid = os.fork()
        if pid == 0:
            self._forget(caller)
            _run_step(me, words, folder, environment, files)
        for file in files:
            os.close(file)
        with suppress(OSError):
            os.setpgid(pid, pid)
        step = Step(pid, os.pidfd_open(pid), caller)
        self.steps.append(step)
        self.selector.register(step.ends, selectors.EVENT_READ, step)
        self.selector.register(caller, selectors.EVENT_READ, step)
        with suppress(OSError):
            caller.sendall(STARTED)

    def _forget(self, caller: socket.socket) -> None:
        """Close, in a child, what belongs to the server and to the steps of others."""
        self.selector.close()
        self.listener.close()
        caller.close()
        for step in self.steps:
            os.close(step.ends)
            if step.caller is not None:
                step.caller.close()

    def _end(self, step: Step) -> None:
        _, status = os.waitpid(step.pid, 0)
        self.steps.remove(step)
        self.selector.unregister(step.ends)
        os.close(step.ends)
        if step.caller is not None:
            with suppress(OSError):
                step.caller.sendall(status.to_bytes(4, "big"))
            self._leave(step)

    def _pass_signal(self, step: Step) -> None:
        """Send a step the signal that its caller got; kill it where there is no caller any more."""
        assert step.caller is not None
        try:
            number = step.caller.recv(1)
        except OSError:
            number = b""
        if not number:
            self._leave(step)
        with suppress(ProcessLookupError):
            os.killpg(step.pid, number[0] if number else signal.SIGKILL)

    def _leave(self, step: Step) -> None:
        assert step.caller is not None
        self.selector.unregister(step.caller)
        step.caller.close()
        step.caller = None


def _receive(caller: socket.socket) -> tuple[list[str], str, dict[str, str], list[int]]:
    """Return the words of a command, its folder, its environment, and its three open files."""
    head, files, _, _ = socket.recv_fds(caller, 4, 3)
    try:
        with caller.makefile("rb") as sent:
            words, folder, environment = json.loads(sent.read(int.from_bytes(head, "big")))
    except (OSError, ValueError):
        # The caller ended before it had said everything.
        for file in files:
            os.close(file)
        raise
    return words, folder, environment, list(files)


def _run_step(
    parent: int, words: list[str], folder: str, environment: dict[str, str], files: list[int]
) -> None:
    """Be a new process that runs a command, and end as one."""
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
        for place, file in enumerate(files):
            os.dup2(file, place)
            os.close(file)
        _open_standard_files()
        os.environ.clear()
        os.environ.update(environment)
        os.chdir(folder)
        sys.argv = words
        # It says how the command line is called, and that is not by the name of this module.
        sys.modules["__main__"] = ModuleType("__main__")
        if words[1] == "run":
            # Now, since it is to know nothing of what this process does.
            keep_waiting()
        renew()
        code = _call_command_line()
        # What a process does when it ends, but for taking apart what it loaded.
        for thread in threading.enumerate():
            if thread is not threading.current_thread() and not thread.daemon:
                thread.join()
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)


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


def _is_outdone(place: str) -> bool:
    """Tell whether such a process was started after the one at a place, or its place is gone."""
    try:
        mine = os.stat(place + SOCKET).st_mtime_ns
        others = Path(place).parent.glob(f"*{SOCKET}")
        return any(one.stat().st_mtime_ns > mine for one in others)
    except FileNotFoundError:
        return True


def main(descriptor: str, place: str, package: str) -> None:
    """Load everything and serve, unless forks of this process would not be as new ones."""
    import duckdb

    load_everything()
    # The connection that the module's own functions use has threads, which a kernel starts again.
    duckdb.execute("SET threads = 1")
    with socket.socket(fileno=int(descriptor)) as listener:
        # A module may have been edited while it was loaded.
        if is_alone() and hash_package() == package:
            # What is loaded is never looked through for garbage, which would copy all of it.
            gc.collect()
            gc.freeze()
            os.chdir("/")
            Path(place + READY).touch()
            Server(listener, PAUSE, IDLE, partial(_is_outdone, place)).serve()
        with open(Path(place).with_name(LOCK), "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            for name in (READY, SOCKET):
                Path(place + name).unlink(missing_ok=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
