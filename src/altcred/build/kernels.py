"""Kernels by fork: a notebook's Python that has everything loaded when it is asked for.

A process with everything loaded (`altcred.start.server`) forks the kernel before it does anything
else, so that nothing of what it does is in the notebook. The kernel waits for its connection
file, and runs one notebook.
"""

import asyncio
import json
import os
import random
import signal
import sys
import time
from contextlib import suppress
from queue import Empty
from typing import Any

from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.provisioning import LocalProvisioner

from altcred.core.processes import end_with

# The kernel that waits in this process, if it is one with everything loaded.
_waiting: list["ForkedKernel"] = []


def renew() -> None:
    """Make new what a fork must not share: seeds, and the time zone of the environment."""
    import numpy as np

    random.seed()
    np.random.seed()
    time.tzset()


class ForkedKernel:
    """A child of this process that becomes a kernel when it is told its words; as a Popen is."""

    stdin = stdout = stderr = None
    returncode: int | None = None

    def __init__(self) -> None:
        parent = os.getpid()
        read, self._write = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(self._write)
            _become_kernel(read, parent)
        os.close(read)

    def begin(self, words: list[str], environment: dict[str, str], folder: str | None) -> None:
        """Tell the child the words of a kernel's command, and what else a Popen is told."""
        with os.fdopen(self._write, "w") as file:
            json.dump([words, environment, folder], file)

    def poll(self) -> int | None:
        if self.returncode is None:
            self._reap(os.WNOHANG)
        return self.returncode

    def wait(self) -> int | None:
        if self.returncode is None:
            self._reap(0)
        return self.returncode

    def _reap(self, options: int) -> None:
        pid, status = os.waitpid(self.pid, options)
        if pid:
            self.returncode = os.waitstatus_to_exitcode(status)

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)


class ForkedProvisioner(LocalProvisioner):
    """Gives a kernel's connection file to the child that waits for it."""

    async def launch_kernel(self, cmd: list[str], **given: Any) -> Any:
        kernel = _waiting.pop()
        environment = {**given.get("env", os.environ), "JPY_PARENT_PID": str(os.getpid())}
        kernel.begin(cmd, environment, given.get("cwd"))
        self.process = kernel  # type: ignore[assignment]
        self.pid = self.pgid = kernel.pid
        self.cwd = given.get("cwd")
        return self.connection_info

    async def wait(self) -> int | None:
        """Wait until the kernel ended; the usual one looks every tenth of a second."""
        if self.process is not None and await self.poll() is None:
            ended, loop = asyncio.Event(), asyncio.get_running_loop()
            told = os.pidfd_open(self.process.pid)
            loop.add_reader(told, ended.set)
            try:
                await ended.wait()
            finally:
                loop.remove_reader(told)
                os.close(told)
        return await super().wait()


class PromptClient(AsyncKernelClient):
    """Speaks with a kernel as soon as that answers.

    The usual one waits a fifth of a second more, until the kernel says nothing. What it said until
    then answers no cell, and each cell takes its own answers only.
    """

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        while True:
            self.kernel_info()
            with suppress(Empty):
                await self.shell_channel.get_msg(timeout=1)
                await self.iopub_channel.get_msg(timeout=1)
                return
            if not await self.is_alive():
                raise RuntimeError("Kernel died before replying to kernel_info")


def keep_waiting() -> None:
    """Fork the kernel of the notebook that this process will run, from what it is now."""
    _waiting.append(ForkedKernel())


def is_waiting() -> bool:
    """Tell whether a kernel waits that has everything loaded."""
    return bool(_waiting) and _waiting[-1].poll() is None


def _become_kernel(read: int, parent: int) -> None:
    """Wait to be told the words of a kernel's command, and be that kernel."""
    code = 1
    try:
        os.setsid()
        end_with(parent)
        with os.fdopen(read) as file:
            told = file.read()
        if told:
            code = _run_kernel(*json.loads(told))
    finally:
        os._exit(code)


def _run_kernel(words: list[str], environment: dict[str, str], folder: str | None) -> int:
    import duckdb
    from ipykernel.kernelapp import launch_new_instance

    os.environ.clear()
    os.environ.update(environment)
    if folder:
        os.chdir(folder)
    renew()
    duckdb.execute("RESET threads")
    nowhere = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nowhere, 0)
    # What follows the options of Python and the module that it runs.
    sys.argv = words[words.index("-m") + 1 :]
    with suppress(SystemExit):
        launch_new_instance()
    return 0
