"""Sets a report in type, in a process that remembers what it set before, where there is one.

Typst knows again what did not change in files that have the same names, but only in the process
that set them. So a process with everything loaded (`altcred.start.server`) forks one that sets
the reports of all its steps, and what is set is given to typst in pieces, each in a file with a
name by its content.
"""

import hashlib
import json
import logging
import os
import re
import shutil
import socket
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from altcred.build.notebooks import SOURCE_DATE
from altcred.build.pandoc import markdown_to_typst
from altcred.core.fonts import lay_fonts
from altcred.core.processes import end_with, is_alone

logger = logging.getLogger(__name__)

_LOOK = "report.typ"
# What the template puts around a piece, with a sign that stands for nothing in any writing.
_PIECE = re.compile("^//begin-\U0010fffd$(.*?)^//end-\U0010fffd$", re.MULTILINE | re.DOTALL)
# The process that remembers ends when it has more than this part of the memory there is.
_MOST = 0.25
_ASKED = 65536

# That process and the way to it, in the one that forked it and in its forks.
_typesetter = 0
_line: socket.socket | None = None


def set_in_type(
    markdown: str, pictures: Mapping[str, bytes], template: Path, **how: Any
) -> bytes | list[bytes]:
    """Return a Markdown text with pieces of typst as a PDF, or as typst is told."""
    import typst

    with tempfile.TemporaryDirectory(prefix="altcred-") as folder:
        root = Path(folder)
        (root / "figures").mkdir()
        for name, content in pictures.items():
            (root / name).write_bytes(content)
        shutil.copy(template / _LOOK, root)
        main = _write_pieces(root, markdown_to_typst(markdown, template))
        given: dict[str, Any] = {
            "root": str(root),
            "font_paths": [str(lay_fonts(root))],
            "ignore_system_fonts": True,
            "timestamp": int(SOURCE_DATE),
        }
        if how:
            return typst.compile(main, **given, **how)
        try:
            return _compile(main, {**given, "pdf_standards": "ua-1"})
        except typst.TypstError as error:
            if "PDF/UA" not in str(error):
                raise
            logger.warning("The PDF is not PDF/UA, the form for screen readers: %s", error)
            return typst.compile(main, **given)


def _write_pieces(root: Path, text: str) -> Path:
    """Write a text of typst in files, and return the one that has the others in it."""

    def put_aside(piece: re.Match[str]) -> str:
        content = f'#import "{_LOOK}": *\n{piece[1].strip()}\n'
        name = f"piece-{hashlib.sha256(content.encode()).hexdigest()}.typ"
        (root / name).write_text(content, "utf-8")
        return f'#include "{name}"'

    main = root / "main.typ"
    main.write_text(_PIECE.sub(put_aside, text), "utf-8")
    return main


def _compile(main: Path, given: Mapping[str, Any]) -> bytes:
    import typst

    made = _ask(json.dumps([str(main), given])) if _line is not None else b""
    # What fails there is done here again, so that it fails here.
    return made or typst.compile(main, **given)


def _ask(words: str) -> bytes:
    """Return what the process that remembers makes of words; nothing where it makes nothing."""
    assert _line is not None
    read, write = os.pipe()
    with os.fdopen(read, "rb") as answer:
        try:
            socket.send_fds(_line, [words.encode()], [write])
        except OSError:
            return b""
        finally:
            os.close(write)
        return answer.read()


def keep_typesetter() -> None:
    """Fork the process that remembers, which ends when this one does, unless there is one."""
    global _typesetter, _line
    if _line is not None:
        if os.waitpid(_typesetter, os.WNOHANG)[0] == 0:
            return
        _line.close()
        _line = None
    if not is_alone():
        return
    parent = os.getpid()
    _line, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    _typesetter = os.fork()
    if _typesetter == 0:
        try:
            end_with(parent)
            # What it would hold open others may wait to see closed.
            for name in os.listdir("/proc/self/fd"):
                if int(name) > 2 and int(name) != other.fileno():
                    with suppress(OSError):
                        os.close(int(name))
            while _answer(other) and _is_small():
                pass
        finally:
            os._exit(0)
    other.close()


def _answer(line: socket.socket) -> bool:
    """Set what is asked for next in type; tell whether more may come."""
    import typst

    asked, files, _, _ = socket.recv_fds(line, _ASKED, 1)
    if not asked:
        return False
    with os.fdopen(files[0], "wb") as answer, suppress(OSError, typst.TypstError):
        main, given = json.loads(asked)
        answer.write(typst.compile(main, **given))
    return True


def _is_small() -> bool:
    """Tell whether this process has little of the memory of the machine, and of a container."""
    with open("/proc/self/statm") as file:
        own = int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    with open("/proc/meminfo") as file:
        found = dict(line.split(":") for line in file)
    rooms = [int(found["MemAvailable"].split()[0]) * 1024]
    for name in ("memory.max", "memory/memory.limit_in_bytes"):
        # A container without a limit says so in words.
        with suppress(OSError, ValueError):
            rooms.append(int(Path("/sys/fs/cgroup", name).read_text()))
    return own < _MOST * min(rooms)
