"""Shows a built report in a browser, from this machine alone, and builds it again after a change.

The pages are served as they were built. While a report is previewed, each gets a few lines of
script on its way to the browser, which ask whether there is a newer one; the files have none.
"""

import json
import os
import re
import subprocess
import sys
import threading
import time
import webbrowser
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from altcred.core.errors import refuse
from altcred.core.paths import cohort_dir, project_root, report_dir

# What a report is made of that a person edits, beside the folder of its cohort.
EDITED = ("dvc.yaml", "fonts", "notebooks", "params.yaml", "report/template")
PASSING = (".", "~", "#")
SECONDS = 0.5
STATE = "/.altcred/state"
# A page's own rules would keep the script out.
POLICY = re.compile(rb'<meta http-equiv="Content-Security-Policy"[^>]*>')
SCRIPT = """<script>
(() => {
  let seen = null;
  const bar = document.createElement("pre");
  bar.style.cssText = "position:fixed;inset:auto 0 0 0;margin:0;padding:.5em 1em;z-index:99;" +
    "background:#222;color:#fff;white-space:pre-wrap;max-height:40vh;overflow:auto";
  setInterval(async () => {
    const state = await fetch("STATE").then(r => r.json()).catch(() => ({said: "Not served now."}));
    if (seen !== null && state.built && state.built !== seen) location.reload();
    seen = state.built ?? seen;
    bar.textContent = state.said;
    state.said ? document.body.append(bar) : bar.remove();
  }, 700);
})();
</script></body>""".replace("STATE", STATE).encode()


class Pages(SimpleHTTPRequestHandler):
    """Gives out the files of a folder, to this machine alone."""

    def do_GET(self) -> None:
        if (self.headers.get("Host") or "").partition(":")[0] not in {"127.0.0.1", "localhost"}:
            self.send_error(HTTPStatus.FORBIDDEN, "Only for this machine")
        else:
            self.answer()

    def answer(self) -> None:
        super().do_GET()

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_message(self, format: str, *words: object) -> None:
        """Say nothing of each file that is asked for."""


class Watched(Pages):
    """Gives out pages that load anew when there is a newer one."""

    def __init__(self, *given: object, preview: "Preview", **named: object) -> None:
        self.preview = preview
        super().__init__(*given, **named)  # type: ignore[arg-type]

    def answer(self) -> None:
        if self.path == STATE:
            self.give(json.dumps(self.preview.state()).encode(), "application/json")
            return
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() and self.path.endswith("/") else path
        if path.suffix == ".html" and path.is_file():
            page = POLICY.sub(b"", path.read_bytes()).replace(b"</body>", SCRIPT)
            self.give(page, "text/html; charset=utf-8")
        else:
            super().answer()

    def give(self, content: bytes, kind: str) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


class Preview:
    """A report that is built again whenever a file changes that a person edits for it."""

    def __init__(self, cohort: str, tell: Callable[[str], None]) -> None:
        self.cohort = cohort
        self.tell = tell
        # What the page is to say while it is not as the files are.
        self.said = ""

    @property
    def page(self) -> Path:
        """The first page of the report."""
        return report_dir(self.cohort) / "index.html"

    def state(self) -> dict[str, object]:
        """Return when the report was built, and what the page is to say."""
        state: dict[str, object] = {"said": self.said}
        # Meanwhile the new report takes the place of the former.
        with suppress(FileNotFoundError):
            state["built"] = str(self.page.stat().st_mtime_ns)
        return state

    def build(self) -> None:
        """Run the steps that have something to do; keep what they said last where one fails."""
        self.said = "Building…"
        failed, lines = run_steps(self.cohort, self._tell_progress)
        own = (">", "ERROR: failed", "Use `dvc push`")
        told = [line for line in lines[-15:] if line and not line.startswith(own)]
        self.said = "\n".join(["Not built:", *told]) if failed else ""

    def _tell_progress(self, line: str) -> None:
        self.tell(line)
        self.said = f"Building… {line}" if line else self.said

    def watch(self, seconds: float = SECONDS) -> None:
        """Build once, then after each change, until the program ends."""
        seen: dict[Path, int] | None = None
        while True:
            # A folder may be gone while it is looked through, as when git changes branches.
            try:
                now = times_of_edits(self.cohort)
            except FileNotFoundError:
                now = seen or {}
            if now != seen:
                for path in sorted(dict(set(now.items()) ^ set((seen or now).items()))):
                    self.tell(f"changed: {path.as_posix()}")
                seen = now
                self.build()
            time.sleep(seconds)


def times_of_edits(cohort: str) -> dict[Path, int]:
    """Return when each file was last changed that a person edits for a cohort's report."""
    root = project_root()
    times = {}
    for place in [cohort_dir(cohort), *(root / name for name in EDITED)]:
        for path in [place] if place.is_file() else place.rglob("*"):
            names = path.relative_to(root).parts
            # What editors leave while they write is no edit, and may be gone by now; nor is what
            # DVC writes beside its steps.
            if not any(name.startswith(PASSING) or name.endswith(("~", ".lock")) for name in names):
                with suppress(FileNotFoundError):
                    if path.is_file():
                        times[path] = path.stat().st_mtime_ns
    return times


def run_steps(cohort: str, tell: Callable[[str], None]) -> tuple[bool, list[str]]:
    """Bring a cohort's report up to date with DVC; return whether it failed and what was said."""
    found = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    process = subprocess.Popen(
        [sys.executable, "-m", "dvc", "repro", f"report@{cohort}"],
        env={**os.environ, "PATH": found},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    )
    lines = []
    assert process.stdout is not None
    for line in process.stdout:
        lines.append(line.rstrip())
        tell(lines[-1])
    return process.wait() != 0, lines


def open_report(cohort: str, port: int, in_browser: bool, tell: Callable[[str], None]) -> None:
    """Serve a built report until Ctrl+C; InvalidInput where it is not built."""
    page = report_dir(cohort) / "index.html"
    if not page.is_file():
        refuse(page.as_posix(), "", "is not there yet.", "Build it: `dvc repro`.")
    _serve(partial(Pages, directory=page.parent), port, in_browser, tell)


def preview_report(cohort: str, port: int, in_browser: bool, tell: Callable[[str], None]) -> None:
    """Serve a report until Ctrl+C, and build it again after each change of what it is made of."""
    preview = Preview(cohort, tell)
    if not preview.page.is_file():
        preview.build()
    threading.Thread(target=preview.watch, daemon=True).start()
    handler = partial(Watched, directory=report_dir(cohort), preview=preview)
    _serve(handler, port, in_browser, tell)


def _serve(handler: Callable[..., Pages], port: int, in_browser: bool, tell: Callable) -> None:
    with ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        address = f"http://127.0.0.1:{server.server_port}/"
        tell(f"{address} (Ctrl+C ends it)")
        if in_browser:
            webbrowser.open(address)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            tell("")
