"""A study of two waves and the same people, made of a codebook and rows, run to its estimates."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from altcred.clean.responses import build_responses
from altcred.estimate.comparison import estimate_comparison
from altcred.estimate.panel import estimate_panel
from altcred.estimate.store import write_estimates
from altcred.estimate.wave import estimate_wave
from altcred.link.panel import match_panel
from altcred.write.pairs import open_comparison, open_panel
from altcred.write.survey import open_survey
from altcred.write.views import View, open_view

WAVES = ("before", "after")
STUDY = """
name: kinds
title: Two rounds
waves:
  before: {{label: Before, people: gardeners, exports: [before.csv], submitted: null, status: null,
           email: Mail}}
  after: {{label: After, people: gardeners, exports: [after.csv], submitted: null, status: null,
           email: Mail}}
panels:
  - {{first: before, second: after, rules: [{{name: mail, keys: [email]}}]}}
disclosure: {{minimum: {minimum}}}
"""
Rows = Sequence[Mapping[str, Any]]


def write_kinds(codebook: str, before: Rows, after: Rows | None = None, minimum: int = 0) -> None:
    """Write the study with its exports; a person is a place in the rows of both waves."""
    for folder in ("cohorts/kinds", "data/raw/kinds"):
        Path(folder).mkdir(parents=True, exist_ok=True)
    Path("cohorts/kinds/study.yaml").write_text(STUDY.format(minimum=minimum), encoding="utf-8")
    Path("cohorts/kinds/codebook.yaml").write_text(codebook, encoding="utf-8")
    for wave, rows in zip(WAVES, (before, before if after is None else after), strict=True):
        with Path(f"data/raw/kinds/{wave}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["Mail", *rows[0]])
            writer.writerows([f"p{at}@example.org", *row.values()] for at, row in enumerate(rows))


def estimate_kinds(
    codebook: str, before: Rows, after: Rows | None = None, minimum: int = 0
) -> View:
    """Return the estimates of both waves, of their panel and of their comparison."""
    write_kinds(codebook, before, after, minimum)
    for wave in WAVES:
        build_responses("kinds", wave)
    match_panel("kinds", *WAVES)
    for wave in WAVES:
        write_estimates(estimate_wave("kinds", wave), f"data/processed/kinds/{wave}/estimates.csv")
    for folder, estimate in (("panel", estimate_panel), ("comparison", estimate_comparison)):
        path = f"data/processed/kinds/{folder}/estimates.csv"
        write_estimates(estimate("kinds", *WAVES), path)
    return open_view("kinds", "before", read=[*WAVES, "panel", "comparison"])


def open_chapters() -> dict[str, Any]:
    """Return the three chapters that show the study's questions, by what they are about."""
    return {
        "survey": open_survey("02-survey", "kinds", "before"),
        "panel": open_panel("03-panel", "kinds", *WAVES),
        "comparison": open_comparison("04-comparison", "kinds", *WAVES),
    }


def shown_of(name: str, monkeypatch: Any) -> dict[str, str]:
    """Return everything that each of the three chapters shows of a variable, as one text.

    How charts come out is looked at where they are drawn.
    """
    found: dict[str, str] = {}
    monkeypatch.setattr("altcred.write.charts.drawing.Drawing.as_svg", lambda _: "<svg/>")
    for place, chapter in open_chapters().items():
        shown: list[str] = []

        def keep(*things: Any, shown: list[str] = shown, **about: Any) -> None:
            for one in things:
                text = getattr(one, "data", None) or getattr(one, "as_html", lambda: "")()
                shown.append(text if isinstance(text, str) else "<figure>")
            shown.append(str(about.get("metadata", "")))

        monkeypatch.setattr("IPython.display.display", keep)
        chapter.show(name)
        found[place] = "\n".join(shown)
    return found
