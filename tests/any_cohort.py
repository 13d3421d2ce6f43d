"""Descriptions and exports drawn at random: plain, odd, and wrong ones."""

import csv
import io
import json
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

NAMES = [
    *("town", "select", "class", "order", "null", "true", "index", "n", "value", "count", "people"),
    *("group", "mean", "wave", "table", "not", "self", "name", "category", "all_of", "share"),
    *("programs", "panel", "costs", "median", "asked", "items", "subgroup", "end", "year", "other"),
]  # fmt: skip
CATEGORIES = [
    *("a", "b", "n", "value", "null", "none", "mean", "1", "2", "no", "missing", "all", "total"),
    *("answered", "median", "A", "select", "nunique", "other"),
]  # fmt: skip
LABELS = [
    *("Yes", "No", "Old town", "New, town", "1", "0", "-99", "5", "N/A", "None", "none of these"),
    *("🙂", "שלום עולם", "مرحبا", "日本語", "a|b", "*star*", "_x_", "<b>b</b>", "$5 & 6", "5%"),
    *("{{ n }}", "{% if %}", "[link](http://x)", "# head", "it's \"so\"", "back\\slash", "`code`"),
    *("word " * 40, "x" * 90, "line\nbreak", "a;b;c", "12 - 15", "~", "@tbl-x", "2020", "1,5"),
    *("Yes.", "Who?", "(a)", ":::", "---", "e\u0301t\u00e9", "C#", "Q1_1", " padded "),
]  # fmt: skip
WORDS = [label.strip() or "blank" for label in LABELS]
NUMBERS = ["0", "1", "2", "3", "7", "12", "-4", "2.5", "1,5", "1000000", "about 3", "3-4", "", "x"]


def _pick(draw: Any, options: list[Any], least: int, most: int) -> list[Any]:
    return draw(st.lists(st.sampled_from(options), min_size=least, max_size=most, unique=True))


@st.composite
def cohorts(draw: Any) -> dict[str, str]:
    """Draw the files of a cohort `any`: study.yaml, codebook.yaml and an export a wave."""
    waves = _pick(draw, ["begin", "end", "select", "n", "value"], 1, 2)
    seldom = st.integers(0, 11).map(lambda at: at == 0)
    names = _pick(draw, NAMES, 1, 4)
    variables: dict[str, dict[str, Any]] = {}
    columns: dict[str, list[str]] = {}
    for name in names:
        described, held = _draw_variable(draw, name, waves, variables)
        variables[name] = described
        columns.update(held)
    categorical = [name for name, one in variables.items() if one.get("categories")]
    study: dict[str, Any] = {"name": "any", "title": draw(st.sampled_from(LABELS)), "waves": {}}
    if draw(seldom):
        study["currency"] = draw(st.sampled_from(["USD", "EUR", "JPY"]))
    if draw(seldom):
        study["locale"] = draw(st.sampled_from(["de_DE", "fr_FR", "ar_EG", "hi_IN"]))
    study["disclosure"] = {"minimum": draw(st.sampled_from([0, 0, 1, 3, 10, 1000]))}
    if draw(seldom):
        study["disclosure"]["show_extremes"] = True
    has_code, has_weight = draw(st.booleans()), draw(seldom)
    for wave in waves:
        study["waves"][wave] = {
            "label": draw(st.sampled_from(LABELS)), "exports": [f"{wave}.csv"],
            "submitted": "When" if draw(seldom) else None, "status": None,
        }  # fmt: skip
        if draw(seldom):
            study["waves"][wave]["people"] = draw(
                st.sampled_from(["pupils", "people", "🙂", "x_y"])
            )
        if has_code:
            study["waves"][wave]["person"] = "Code"
        if has_weight:
            study["waves"][wave]["weight"] = "Weight"
    if len(waves) == 2:
        if has_code and draw(st.booleans()):
            rules = [{"name": "code", "keys": ["person"]}]
            study["panels"] = [{"first": waves[0], "second": waves[1], "rules": rules}]
        if draw(st.booleans()):
            study["comparisons"] = [{"first": waves[0], "second": waves[1]}]
    if categorical and draw(st.booleans()):
        by = draw(st.sampled_from(categorical))
        study["groups"] = [{"by": by}]
    if categorical and draw(seldom):
        by = draw(st.sampled_from(categorical))
        chosen = draw(st.sampled_from([*variables[by]["categories"], "not_reported"]))
        study["subgroups"] = {
            draw(st.sampled_from(["some", "n", "select"])): {
                "label": draw(st.sampled_from(LABELS)), "where": {by: [chosen]}
            }
        }  # fmt: skip
    if draw(seldom):
        study["family"] = draw(st.sampled_from(["section", "question", "none", "chapter"]))
    if draw(seldom):
        study["primary"] = draw(st.sampled_from(["rank", "mean"]))
    if draw(seldom):
        key = draw(st.sampled_from(names))
        test = draw(st.sampled_from([{"blank": True}, {"blank": False}, {"is": "Yes"}]))
        study["exclude"] = [{"name": "dropped", "column": key, **test}]
    if categorical and len(names) > 1 and draw(seldom):
        by = draw(st.sampled_from(categorical))
        other = draw(st.sampled_from([name for name in names if name != by]))
        variables[other]["asked_if"] = {by: [draw(st.sampled_from([*variables[by]["categories"]]))]}
    numbers = [name for name, one in variables.items() if one["kind"] in ("scale", "number")]
    if numbers and draw(seldom):
        rule = draw(st.sampled_from(["mean", "sum"]))
        variables["score"] = {"label": "Score", "kind": "score", "derive": {rule: numbers}}
    files = {
        "cohorts/any/study.yaml": json.dumps(study, ensure_ascii=False),
        "cohorts/any/codebook.yaml": json.dumps({"variables": variables}, ensure_ascii=False),
    }
    for wave in waves:
        files[f"data/raw/any/{wave}.csv"] = _draw_export(draw, columns, wave)
    return files


def _draw_variable(
    draw: Any, name: str, waves: list[str], others: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """Draw a variable, and for each of its columns what may stand in it."""
    kind = draw(
        st.sampled_from(
            ["single", "single", "ordered", "scale", "multiple", "options", "count", "number",
             "money", "year", "date", "country", "nps", "rank", "text", "identifier"]
        )
    )  # fmt: skip
    described: dict[str, Any] = {"label": draw(st.sampled_from(LABELS)), "kind": kind}
    if draw(st.integers(0, 9)) == 0:
        described["section"] = draw(st.sampled_from(LABELS))
    if len(waves) == 2 and draw(st.integers(0, 5)) == 0:
        described["waves"] = [draw(st.sampled_from(waves))]
    held = ["", ""]
    if kind in ("single", "ordered", "scale", "multiple", "options", "rank"):
        keys = _pick(draw, CATEGORIES, 1, 4)
        labels = _pick(draw, LABELS, len(keys), len(keys))
        described["categories"] = dict(zip(keys, labels, strict=True))
        held += labels
        if draw(st.integers(0, 9)) == 0:
            described["unlisted"] = "missing"
            held.append("Somewhere else")
        if kind == "scale" and draw(st.booleans()):
            described["categories"] = {
                key: {"label": label, "code": at}
                for at, (key, label) in enumerate(described["categories"].items())
            }
    elif kind in ("count", "number", "money"):
        held = NUMBERS if draw(st.booleans()) else ["4"]
        if draw(st.integers(0, 3)) == 0:
            described["bounds"] = {"low": 0, "high": draw(st.sampled_from([3, 10, 1000]))}
    elif kind == "year":
        held += ["1980", "1999", "2001", "85"]
    elif kind == "date":
        held += ["2020-01-01", "2021-12-31", "2020-02-29"]
    elif kind == "country":
        held += ["Norway", "GB", "Brazil", "Narnia", "NO", "Côte d'Ivoire"]
    elif kind == "nps":
        held += [str(at) for at in range(11)]
    else:
        held += ["ann@example.org", "some words", "Bo"]
    if kind == "options":
        described["kind"] = "multiple"
        keys = list(described["categories"])
        described["question"] = {"options": {key: f"{name} {key}" for key in keys}}
        ticks = draw(st.sampled_from([["1", "0"], ["1", ""], ["Yes", "No", ""], ["", ""]]))
        return described, {f"{name} {key}": ticks for key in keys}
    if kind == "rank":
        keys = list(described["categories"])
        described["question"] = {"options": {key: f"{name} {key}" for key in keys}}
        places = ["", *(str(at) for at in range(1, len(keys) + 1))]
        return described, {f"{name} {key}": places for key in keys}
    if kind == "multiple":
        described["separator"] = draw(st.sampled_from([";", ",", "|"]))
        mark = described["separator"]
        held.append(mark.join(list(_labels(described))[:2]))
    return described, {name: held}


def _labels(described: dict[str, Any]) -> list[str]:
    return [
        one if isinstance(one, str) else one["label"] for one in described["categories"].values()
    ]


def _draw_export(draw: Any, columns: dict[str, list[str]], wave: str) -> str:
    count = draw(st.sampled_from([0, 1, 2, 3, 5, 12, 30, 60]))
    number = draw(st.integers(0, 2**16))
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(["Code", "When", "Weight", *columns])
    weights = draw(st.sampled_from([["1", "2.5"], ["0"], ["0.5", "", "1"]]))
    for row in range(count):
        # Cheaper than a draw a cell, and the same for the same number.
        cells = [
            held[(number * 31 + row * (7 + at) + row // 3 * at) % len(held)]
            for at, held in enumerate(columns.values())
        ]
        when = f"2021-03-{1 + row % 28:02d} 10:00:00"
        code = f"c{row + (number % 3) * 20}" if number % 5 else ""
        writer.writerow([code, when, weights[row % len(weights)], *cells])
    return written.getvalue()


def write_files(files: dict[str, str], folder: Path) -> None:
    """Write the files of a cohort under a folder."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
