"""Reports in a browser: who is served, what a preview watches, and that its pages load anew."""

import json
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from http.client import HTTPConnection
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner

from altcred.build import serve
from altcred.build.serve import STATE, Pages, Preview, Watched, times_of_edits
from altcred.cli import main

PAGE = """<!doctype html><head>
<meta http-equiv="Content-Security-Policy" content="script-src 'none'"><title>Kites</title></head>
<body><p>Version 1</p></body>"""
Start = Callable[..., int]


@pytest.fixture
def report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of a built report in the project that a test runs in."""
    for folder in ("cohorts/kites/text/02-survey", "report/kites", "report/template", "notebooks"):
        (tmp_path / folder).mkdir(parents=True)
    for name in ("cohorts/kites/study.yaml", "dvc.yaml"):
        (tmp_path / name).touch()
    (tmp_path / "params.yaml").write_text("cohorts: {kites: {cohort: kites}}\n")
    (tmp_path / "report/kites/index.html").write_text(PAGE)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "report/kites"


@pytest.fixture
def start() -> Iterator[Start]:
    """Return a function that serves with a handler and returns the port."""
    servers = []

    def start(handler: Callable[..., Pages]) -> int:
        servers.append(ThreadingHTTPServer(("127.0.0.1", 0), handler))
        threading.Thread(target=servers[-1].serve_forever, daemon=True).start()
        return servers[-1].server_port

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def ask(port: int, path: str, host: str = "127.0.0.1") -> tuple[int, str]:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path, headers={"Host": f"{host}:{port}"})
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


def test_pages_are_served_as_they_are_and_to_this_machine_alone(report: Path, start: Start) -> None:
    port = start(partial(Pages, directory=report))
    assert ask(port, "/") == (200, PAGE)
    assert ask(port, "/gone.html")[0] == 404
    assert ask(port, "/../../params.yaml")[0] == 404
    assert ask(port, "/", host="elsewhere.example")[0] == 403


def test_a_preview_adds_its_script_on_the_way(report: Path, start: Start) -> None:
    preview = Preview("kites", print)
    port = start(partial(Watched, directory=report, preview=preview))
    status, page = ask(port, "/")
    assert (status, STATE in page, "Security-Policy" in page) == (200, True, False)
    assert (report / "index.html").read_text() == PAGE
    preview.said = "Building…"
    told = json.loads(ask(port, STATE)[1])
    assert told == {"said": "Building…", "built": str((report / "index.html").stat().st_mtime_ns)}
    # While DVC puts a new report in the place of the former there is none.
    shutil.rmtree(report)
    assert json.loads(ask(port, STATE)[1]) == {"said": "Building…"}


def test_edits_of_what_a_report_is_made_of_are_seen(report: Path) -> None:
    before = times_of_edits("kites")
    for name in ("data.csv", "cohorts/kites/text/02-survey/.age.md.swp", "report/kites/new.html"):
        Path(name).touch()
    assert times_of_edits("kites") == before
    for name in ("cohorts/kites/text/02-survey/age.md", "report/template/report.css"):
        Path(name).write_text("New.")
        after = times_of_edits("kites")
        assert after.keys() - before.keys() == {Path(name)}
        before = after


def test_a_change_builds_again_and_says_why_it_could_not(
    report: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    runs = iter([(False, []), (True, ["> altcred run", "study.yaml: title: is missing.", ""])])
    monkeypatch.setattr(serve, "run_steps", lambda cohort, tell: next(runs))
    preview = Preview("kites", told.append)
    threading.Thread(target=preview.watch, args=(0.02,), daemon=True).start()
    text = Path("cohorts/kites/text/02-survey/age.md")
    wait_until(lambda: preview.said == "")
    time.sleep(0.1)
    text.write_text("Words.")
    wait_until(lambda: preview.said.startswith("Not built"))
    assert preview.said == "Not built:\nstudy.yaml: title: is missing."
    assert told == [f"changed: {text.as_posix()}"]


def wait_until(happened: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_an_open_page_loads_anew(report: Path, start: Start) -> None:
    browsers = pytest.importorskip("playwright.sync_api")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("Chromium is not installed")
    preview = Preview("kites", print)
    port = start(partial(Watched, directory=report, preview=preview))
    with browsers.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{port}/")
        assert page.text_content("p") == "Version 1"
        page.wait_for_timeout(1000)
        preview.said = "Building…"
        page.wait_for_selector("pre >> text=Building")
        (report / "index.html").write_text(PAGE.replace("Version 1", "Version 2"))
        page.wait_for_selector("p >> text=Version 2")
        browser.close()


def test_a_report_that_is_not_built_is_not_opened(report: Path) -> None:
    (report / "index.html").unlink()
    told = CliRunner().invoke(main, ["open", "--no-browser"])
    assert (told.exit_code, "report/kites/index.html: is not there yet." in told.stderr) == (
        2,
        True,
    )
    told = CliRunner().invoke(main, ["preview", "kits", "--no-browser"])
    assert (told.exit_code, "Use one of kites." in told.stderr) == (2, True)
