"""A process that loaded every module and forks one for each step of a build.

`altcred.start.client` starts it with a listening socket, the place of its files and the hash of
the package, and sends it commands. It only loads modules: it runs no code of a step, and has one
thread, so that a fork of it is as a new process that is done with loading. Each step is a child
of its own, which ends with this process or with the one that asked, whichever ends first. After
some minutes without steps it ends, and after one where another was started since. Where a
processor would idle it runs steps ahead of the build (`altcred.start.ahead`).
"""

import fcntl
import gc
import importlib
import os
import re
import selectors
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import nbformat
from nbformat.validator import get_validator

from altcred.build.rooms import find_modules, package_folder
from altcred.build.typeset import keep_typesetter
from altcred.core.code import hash_package
from altcred.core.processes import MOST_AT_ONCE, count_processors, is_alone
from altcred.start.ahead import Ahead, find_build
from altcred.start.client import LOCK, READY, SOCKET, STARTED
from altcred.start.process import Request, be_process, receive, run_ahead, take_or_run
from altcred.start.trees import Tree, clear

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
    """A running command: its process, a descriptor that tells of its end, and who asked for it.

    `stage` is what DVC calls it where its build may be run ahead of; it joins `done` when it has
    ended well. Nobody asked for what runs ahead; what its caller runs has no process here.
    """

    pid: int
    ends: int
    caller: socket.socket | None
    stage: str
    done: set[str]


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
        # The build that is run ahead of, what tells of its end, and what was last asked for it.
        self.ahead: Ahead | None = None
        self.build = (0, -1)
        self.asked = Request([], "", {}, [])
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
                if key.fileobj is self.listener:
                    self._begin(self.listener.accept()[0])
                elif isinstance(step, tuple):
                    # Another build may have begun in the same moment, and ended this one.
                    if step is self.build:
                        self._end_build()
                elif key.fileobj is step.caller:
                    self._pass_signal(step)
                elif step in self.steps:
                    self._end(step)
            self._go_ahead()
        self._end_build()

    def _begin(self, caller: socket.socket) -> None:
        caller.settimeout(_PATIENCE)
        try:
            asked = receive(caller)
        except (OSError, ValueError):
            caller.close()
            return
        stage = self._follow(caller, asked)
        done = self.ahead.ended if self.ahead and stage else set()
        if asked.files:
            before = next((one.ends for one in self.steps if one.stage == stage and stage), None)
            work = partial(take_or_run, asked.words, before, self.ahead, stage)
            step = self._fork(asked, work, caller, stage, done)
            with suppress(OSError):
                caller.sendall(STARTED)
        else:
            step = Step(0, -1, caller, stage, done)
            self.steps.append(step)
        self.selector.register(caller, selectors.EVENT_READ, step)

    def _follow(self, caller: socket.socket, asked: Request) -> str:
        """Return what the build that may be run ahead of calls a step; nothing if it is none's."""
        if count_processors() == 1:
            return ""
        # A build of which anything is not understood is not run ahead of.
        with suppress(Exception):
            about = caller.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
            process, is_forced = find_build(int.from_bytes(about[:4], sys.byteorder))
            if process != self.build[0]:
                self._end_build()
                self.build = process, os.pidfd_open(process)
                self.selector.register(self.build[1], selectors.EVENT_READ, self.build)
                self.ahead = Ahead(Path(asked.folder), is_forced)
            if self.ahead:
                stage = asked.environment["DVC_STAGE"]
                if self.ahead.stages[stage].words[1:] == asked.words[1:]:
                    self.ahead.begun.add(stage)
                    self.asked = asked
                    return stage
        return ""

    def _go_ahead(self) -> None:
        """Run steps that the build will ask for on processors that it leaves idle.

        Only while it runs one: the next one it asks for at once, and some are read while they run.
        """
        while self.ahead:
            asked_for = [one for one in self.steps if one.stage in self.ahead.begun and one.caller]
            running = [one for one in self.steps if one.stage not in self.ahead.begun]
            stage = None
            if asked_for and len(running) < min(count_processors(), MOST_AT_ONCE) - 1:
                with suppress(Exception):
                    stage = self.ahead.choose()
            if stage is None:
                return
            self.ahead.tried.add(stage.name)
            tree = Tree(self.ahead.root, stage.name)
            told = {"DVC_STAGE": stage.name, "PWD": str(tree.place)}
            words = [self.asked.words[0], *stage.words[1:]]
            with suppress(OSError):
                environment = self.asked.environment | told
                asked = Request(words, str(tree.place), environment, tree.open_files())
                work = partial(run_ahead, words, self.ahead, stage)
                self._fork(asked, work, None, stage.name, self.ahead.made)

    def _end_build(self) -> None:
        """Leave nothing of what was run ahead of a build that has ended."""
        if self.build[0]:
            self.selector.unregister(self.build[1])
            os.close(self.build[1])
        for step in self.steps:
            if step.caller is None:
                with suppress(ProcessLookupError):
                    os.killpg(step.pid, signal.SIGKILL)
                os.waitid(os.P_PIDFD, step.ends, os.WEXITED | os.WNOWAIT)
        if self.ahead:
            clear(self.ahead.root)
        self.ahead, self.build = None, (0, -1)

    def _fork(
        self,
        asked: Request,
        work: Callable[[], int],
        caller: socket.socket | None,
        stage: str,
        done: set[str],
    ) -> Step:
        """Have a child be the process that was asked for, in which `work` is done."""
        if asked.words[1] == "report":
            keep_typesetter()
        me = os.getpid()
        pid = os.fork()
        if pid == 0:
            self._forget(caller)
            be_process(me, asked, work)
        for file in asked.files:
            os.close(file)
        with suppress(OSError):
            os.setpgid(pid, pid)
        step = Step(pid, os.pidfd_open(pid), caller, stage, done)
        self.steps.append(step)
        self.selector.register(step.ends, selectors.EVENT_READ, step)
        return step

    def _forget(self, caller: socket.socket | None) -> None:
        """Close, in a child, what belongs to the server and to those who asked for other steps."""
        self.selector.close()
        self.listener.close()
        for one in (caller, *(step.caller for step in self.steps)):
            if one is not None:
                one.close()

    def _end(self, step: Step) -> None:
        status = os.waitpid(step.pid, 0)[1] if step.pid else 0
        self.steps.remove(step)
        if status == 0:
            step.done.add(step.stage)
        if step.pid:
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
        if not step.pid:
            self._end(step)
            return
        if not number:
            self._leave(step)
        with suppress(ProcessLookupError):
            os.killpg(step.pid, number[0] if number else signal.SIGKILL)

    def _leave(self, step: Step) -> None:
        assert step.caller is not None
        self.selector.unregister(step.caller)
        step.caller.close()
        step.caller = None


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
