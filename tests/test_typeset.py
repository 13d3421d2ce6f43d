"""A report is set in type by a process that remembers: the same pages, and never needed."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

if sys.platform != "linux":
    pytest.skip("processes are forked on Linux alone", allow_module_level=True)

TEMPLATE = Path(__file__).parent.parent / "report" / "template"
# What sets a text of some parts, or one with an edit, in one piece or in several.
WRITE = f"""
import os, signal, sys
from pathlib import Path
from altcred.build import typeset

def fence(line):
    return f"```{{{{=typst}}}}\\n{{line}}\\n```"

def write(word, is_apart=True):
    sign = chr(0x10FFFD)
    parts = [fence('#import "report.typ": *\\n#show: report.with(title: "A")')]
    for number in range(9):
        part = f"# Part {{number}} {{{{#sec-{{number}}}}}}\\n\\n" + f"{{word}} {{number}}. " * 400
        around = [fence(f"//begin-{{sign}}"), part, fence(f"//end-{{sign}}")]
        parts += around if is_apart else [part]
    return typeset.set_in_type("\\n\\n".join(parts), {{}}, Path({str(TEMPLATE)!r}))
"""
PLAIN = f"""{WRITE}
for word in ("One", "Two"):
    Path(word).write_bytes(write(word, False))
"""
REMEMBERED = f"""{WRITE}
plain = {{word: Path(word).read_bytes() for word in ("One", "Two")}}
assert plain["One"] != plain["Two"]
typeset.keep_typesetter()
first, ask, made = typeset._typesetter, typeset._ask, []
typeset._ask = lambda words: made.append(ask(words)) or made[-1]
for word in ("One", "Two", "One"):
    assert write(word) == plain[word] == made[-1]
typeset.keep_typesetter()
assert typeset._typesetter == first
# What it cannot set fails here.
try:
    typeset.set_in_type(fence("#panic()"), {{}}, Path({str(TEMPLATE)!r}))
except Exception as error:
    assert "panicked" in str(error) and made[-1] == b""
else:
    raise AssertionError
print(first)
if sys.argv[1:]:
    os.kill(first, signal.SIGKILL)
    os.waitid(os.P_PID, first, os.WEXITED | os.WNOWAIT)
    assert write("Two") == plain["Two"] and made[-1] == b""
"""


def run(folder: Path, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", *words], cwd=folder, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_pages_are_the_same_whoever_sets_them_and_nobody_is_left(tmp_path: Path) -> None:
    run(tmp_path, PLAIN)
    typesetter = int(run(tmp_path, REMEMBERED))
    run(tmp_path, REMEMBERED, "kill it")
    # It ends with the process that forked it; who took it over may not have noticed yet.
    until = time.monotonic() + 20
    while not _has_ended(typesetter) and time.monotonic() < until:
        time.sleep(0.1)
    assert _has_ended(typesetter)


def _has_ended(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2][:1]
    except OSError:
        return True
    return state == "Z"
