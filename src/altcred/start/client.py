"""Asks a process that has everything loaded to run a step of a build; starts it if need be.

Standard library only, and little of it, since every step loads it.
"""

import fcntl
import hashlib
import json
import os
import resource
import signal
import socket
import sys
from contextlib import suppress

from altcred.core.code import date_packages, hash_package

# The steps that are worth such a process; the one other step uses it where it is there.
STARTING = {"run", "report", "reconstruct", "gather", "series", "metrics"}
# The first steps of a build, which are done sooner than one that just starts has loaded everything.
FIRST = {"rooms", "reconstruct"}
# What differs from step to step and from shell to shell, and no module reads when it is loaded.
PASSING = ("DVC_", "OLDPWD", "PWD", "SHLVL", "_")
SOCKET, READY, REFUSED, LOCK = ".socket", ".ready", ".refused", "lock"
STARTED = b"s"
# Open as long as this process runs a step itself, by which the other one knows how long that is.
_told: list[socket.socket] = []


def name_caller(package: str) -> str:
    """Return a hash of everything by which a process started here might differ from another."""
    umask = os.umask(0)
    os.umask(umask)
    names = sorted(name for name in vars(resource) if name.startswith("RLIMIT_"))
    about: list[object] = [
        package,
        (sys.version, sys.executable, sys.flags, os.getcwd(), umask),
        date_packages(),
        sorted((k, v) for k, v in os.environ.items() if not k.startswith(PASSING)),
        (os.getresuid(), os.getresgid(), os.getgroups()),
        (os.getpriority(os.PRIO_PROCESS, 0), os.sched_getscheduler(0)),
        [resource.getrlimit(getattr(resource, name)) for name in names],
        sorted(os.sched_getaffinity(0)),
        os.readlink("/proc/self/root"),
        [os.readlink(f"/proc/self/ns/{name}") for name in sorted(os.listdir("/proc/self/ns"))],
    ]
    for path in ("/proc/self/cgroup", "requirements.lock"):
        if os.path.exists(path):
            with open(path, "rb") as file:
                about.append(file.read())
    return hashlib.sha256(repr(about).encode()).hexdigest()[:32]


def _private_folder() -> str:
    """Return a folder that only this user can enter, made where there is none."""
    base = os.environ.get("XDG_RUNTIME_DIR") or os.environ.get("TMPDIR") or "/tmp"
    folder = os.path.join(base, f"altcred-{os.getuid()}")
    if not os.path.isdir(folder):
        os.makedirs(folder, mode=0o700, exist_ok=True)
    found = os.lstat(folder)
    if found.st_uid != os.getuid() or found.st_mode & 0o170077 != 0o040000:
        raise OSError(f"{folder} is open to others")
    return folder


def run_warm(words: list[str]) -> int | None:
    """Have a command run by a fork of the process that loaded everything; None where none did."""
    # One that just ends may still take what is sent and not answer, and one whose code is edited
    # while it loads ends. A second one stays.
    for _ in range(2):
        package = hash_package()
        place = os.path.join(_private_folder(), name_caller(package))
        if os.path.exists(place + REFUSED):
            raise OSError("two processes that were to load everything ended")
        server = _connect(place, package, may_start=words[1] in STARTING)
        if server is None:
            return None
        if words[1] in FIRST and not os.path.exists(place + READY):
            with suppress(BrokenPipeError, ConnectionResetError):
                server.sendall(_say(words))
            _told.append(server)
            return None
        with server:
            status = _pass_on(server, words)
        if status is not None:
            return _end_alike(status)
    # Nor would a third one, with the same code in the same circumstances.
    with open(place + REFUSED, "w"):
        return None


def prepare() -> None:
    """Start the process that loads everything, where there is none, and wait for nothing."""
    package = hash_package()
    place = os.path.join(_private_folder(), name_caller(package))
    if not os.path.exists(place + REFUSED):
        server = _connect(place, package, may_start=True)
        if server is not None:
            server.close()


def _connect(place: str, package: str, *, may_start: bool) -> socket.socket | None:
    """Return a connection to the process at a place, which is started where there is none."""
    server = socket.socket(socket.AF_UNIX)
    try:
        server.connect(place + SOCKET)
        return server
    except (FileNotFoundError, ConnectionRefusedError):
        if not may_start:
            return None
    with open(os.path.join(os.path.dirname(place), LOCK), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            server.connect(place + SOCKET)
            return server
        except FileNotFoundError:
            pass
        except ConnectionRefusedError:
            for left in (READY, SOCKET):
                with suppress(FileNotFoundError):
                    os.unlink(place + left)
        # It is asked before it listens, and answers when everything is loaded.
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(place + SOCKET)
            listener.listen(8)
            _start(listener.fileno(), place, package)
    server.connect(place + SOCKET)
    return server


def _start(listener: int, place: str, package: str) -> None:
    """Start the process that loads everything, with nothing open of what is open here."""
    import subprocess

    # What is read before modules are loaded: the same order in sets as in every chapter, and no
    # threads, which a fork would be without.
    alone = {
        "PYTHONHASHSEED": "0",
        "MPLBACKEND": "agg",
        "OPENBLAS_NUM_THREADS": "1",
        "JE_ARROW_MALLOC_CONF": "background_thread:false",
    }
    told = [str(listener), place, package]
    subprocess.Popen(
        [sys.executable, "-P", "-m", "altcred.start.server", *told],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ | alone,
        pass_fds=[listener],
        start_new_session=True,
    )


def _say(words: list[str]) -> bytes:
    """Return a command as it is told to the other process, with its length before it."""
    asked = json.dumps([words, os.getcwd(), dict(os.environ)]).encode()
    return len(asked).to_bytes(4, "big") + asked


def _pass_on(server: socket.socket, words: list[str]) -> int | None:
    """Have a process run a command, and return how it ended; None where it was never run."""
    asked = _say(words)
    try:
        socket.send_fds(server, [asked[:4]], [0, 1, 2])
        server.sendall(asked[4:])
        if server.recv(1) != STARTED:
            return None
    except (BrokenPipeError, ConnectionResetError):
        return None

    def pass_signal(number: int, frame: object) -> None:
        with suppress(OSError):
            server.send(bytes([number]))

    former = {
        number: signal.signal(number, pass_signal)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
        if signal.getsignal(number) != signal.SIG_IGN
    }
    try:
        status = server.recv(4)
    except ConnectionResetError:
        status = b""
    for number, handler in former.items():
        signal.signal(number, handler)
    # Without an answer it was killed, and the step with it; a step can always be run again.
    return int.from_bytes(status, "big") if status else None


def _end_alike(status: int) -> int:
    """Return the exit code of a process that ended with a status, or end by the same signal."""
    if os.WIFSIGNALED(status):
        signal.signal(os.WTERMSIG(status), signal.SIG_DFL)
        os.kill(os.getpid(), os.WTERMSIG(status))
    return os.waitstatus_to_exitcode(status)
