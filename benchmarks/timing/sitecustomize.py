"""Writes down what each Python process of a build spends on imports and on the cells of notebooks.

Python runs this file when it starts, where the folder is on PYTHONPATH; `build.py` puts it there
and reads the lines, one JSON object each, from the file that ALTCRED_BUILD_TIMES names.
"""

import atexit
import json
import os
import resource
import sys
import threading
import time
from importlib import _bootstrap
from typing import Any

_FILE = os.environ.get("ALTCRED_BUILD_TIMES")
_MAIN = threading.get_ident()
_imported = 0.0
_depth = 0
# How often this process is a fork of a fork: a step is one, its kernel a fork of that, and what
# draws cells ahead a fork of the kernel.
_STEP, _DRAWING = 1, 3
_forks = 0
_exit = os._exit
_find_and_load = _bootstrap._find_and_load


def _write(kind: str, **content: Any) -> None:
    stage = os.environ.get("DVC_STAGE", "")
    line = {"kind": kind, "process": os.getpid(), "stage": stage, "at": time.time(), **content}
    # A line of its own at once, since a kernel may end without being asked.
    file = os.open(str(_FILE), os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(file, (json.dumps(line) + "\n").encode())
    os.close(file)


def _timed_import(name: str, load: Any) -> Any:
    """Load a module as Python does and add up the seconds, those of modules within it once."""
    global _imported, _depth
    if threading.get_ident() != _MAIN:
        return _find_and_load(name, load)
    started = time.perf_counter()
    _depth += 1
    try:
        return _find_and_load(name, load)
    finally:
        _depth -= 1
        if not _depth:
            _imported += time.perf_counter() - started
            if name.startswith("ipykernel"):
                _time_cells()


def _time_cells() -> None:
    kernel = getattr(sys.modules.get("ipykernel.ipkernel"), "IPythonKernel", None)
    if kernel is None or hasattr(kernel, "altcred_is_timed"):
        return
    execute = kernel.do_execute

    async def timed(self: Any, *arguments: Any, **options: Any) -> Any:
        started, before = time.perf_counter(), _imported
        try:
            return await execute(self, *arguments, **options)
        finally:
            seconds = time.perf_counter() - started
            _write("cell", parent=os.getppid(), seconds=seconds, imports=_imported - before)

    kernel.do_execute = timed
    kernel.altcred_is_timed = True


def _end(**content: Any) -> None:
    own, children = (
        resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    processor = own.ru_utime + own.ru_stime
    _write(
        "end",
        imports=_imported,
        processor=processor,
        processors=processor + children.ru_utime + children.ru_stime,
        **content,
    )


def _begin_fork() -> None:
    global _imported, _forks
    _imported = 0.0
    _forks += 1
    _write("start", words=[])


def _end_fork(code: int) -> None:
    if _forks == _STEP:
        _end(forked=True)
    elif _forks == _DRAWING:
        # The kernel is ended without asking it how much its own forks took.
        _write("drawn", processors=time.process_time())
    _exit(code)


def _tell_loading() -> None:
    # What a process that is forked for each step took for itself until now.
    if not _forks:
        _write("loaded", processor=time.process_time())


if _FILE and sys.orig_argv[1:4] == ["-P", "-m", "altcred.start.server"]:
    os.register_at_fork(before=_tell_loading, after_in_child=_begin_fork)
    os._exit = _end_fork  # type: ignore[assignment]
if _FILE:
    _write("start", words=[os.path.basename(sys.orig_argv[1]), *sys.orig_argv[2:]]
           if len(sys.orig_argv) > 1 else [])  # fmt: skip
    _bootstrap._find_and_load = _timed_import
    atexit.register(_end)
