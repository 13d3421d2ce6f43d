"""Descriptions and exports drawn at random: plain, odd, and wrong ones."""

import csv
import io
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

NAMES = [
    *("town", "select", "class", "order", "null", "true", "index", "n", "value", "count", "people"),
    *("group", "mean", "wave", "table", "not", "self", "name", "category", "all_of", "share"),
    *("programs", "panel", "costs", "median", "asked", "items", "subgroup", "end", "year", "other"),
    *("first", "second", "variable", "answer", "weight", "type", "from", "t"),
]  # fmt: skip
CATEGORIES = [
    *("a", "b", "n", "value", "null", "none", "mean", "1", "2", "no", "missing", "all", "total"),
    *("answered", "median", "select", "nunique", "other"),
]  # fmt: skip
LABELS = [
    *("Yes", "No", "Old town", "New, town", "1", "0", "-99", "5", "N/A", "None", "none of these"),
    *("😀", "שלום עולם", "مرحبا", "Հայերեն", "a|b", "*star*", "_x_", "<b>b</b>", "$5 & 6", "5%"),
    *("{{ n }}", "{% if %}", "[link](http://x)", "# head", 'it\'s "so"', "back\\slash", "`code`"),
    *("word " * 40, "x" * 90, "line\nbreak", "a;b;c", "12 - 15", "~", "@tbl-x", "2020", "1,5"),
    *("Yes.", "Who?", "(a)", ":::", "---", "e\u0301t\u00e9", "C#", "Q1_1", " padded ", "", "."),
]
NUMBERS = ["0", "1", "2", "3", "7", "12", "-4", "2.5", "1,5", "1000000", "about 3", "3-4", "", "x"]
COUNTRIES = ["Norway", "GB", "Brazil", "Narnia", "NO", "Côte d'Ivoire", "Iran, Islamic Republic of"]
LISTED = ("single", "ordered", "scale", "multiple", "options", "rank")
KINDS = (
    *("single", "single", *LISTED),
    *("count", "number", "money", "year", "date", "country", "nps", "text", "identifier"),
)
# How many rows an export has.
SIZES = [*([0, 1, 2, 3, 5] * 2), *([12, 30, 60] * 6)]


@dataclass
class Draw:
    """What a cohort is drawn from, and what of it there is so far."""

    draw: Any
    waves: list[str] = field(default_factory=list)
    variables: dict[str, dict[str, Any]] = field(default_factory=dict)
    columns: dict[str, list[str]] = field(default_factory=dict)

    def one(self, options: Any) -> Any:
        return self.draw(st.sampled_from(list(options)))

    def some(self, options: Any, least: int, most: int) -> list[Any]:
        return self.draw(
            st.lists(st.sampled_from(list(options)), min_size=least, max_size=most, unique=True)
        )

    def often(self, times: int = 2) -> bool:
        """Tell whether something is so, about once in so many times."""
        return self.draw(st.integers(1, times)) == times

    def listed(self) -> list[str]:
        """The variables with categories."""
        return [name for name, one in self.variables.items() if one.get("categories")]

    def condition(self) -> dict[str, Any]:
        """Draw a condition on any variable, mostly one that can hold."""
        name = self.one(self.variables)
        described = self.variables[name]
        if described.get("categories"):
            known = [*described["categories"], "not_reported", "unheard"]
            return {name: self.some(known, 1, 2)}
        if described["kind"] == "country":
            return {name: self.some([*COUNTRIES[:3], "GBR", "not_reported"], 1, 2)}
        if described["kind"] in ("text", "identifier"):
            return {name: ["not_reported"]}
        if described["kind"] == "date":
            return {name: "[2020-01-01, 2021-01-01)"}
        if described["kind"] == "nps":
            return {name: ["promoters"]}
        return {name: self.one(["[0, 5)", "[2, )", "[1999, 2000]", "(, )", "promoters"])}


@st.composite
def cohorts(draw: Any) -> dict[str, str]:
    """Draw the files of a cohort `any`: study.yaml, codebook.yaml and an export a wave."""
    made = Draw(draw)
    made.waves = made.some(["begin", "end", "select", "n", "value"], 1, 2)
    for name in made.some(NAMES, 1, 4):
        _add_variable(made, name)
    _add_derived(made)
    study = _draw_study(made)
    files = {
        "cohorts/any/study.yaml": json.dumps(study, ensure_ascii=False),
        "cohorts/any/codebook.yaml": json.dumps({"variables": made.variables}, ensure_ascii=False),
    }
    if made.often(8):
        files["cohorts/any/chapters.yaml"] = json.dumps(_draw_chapters(made), ensure_ascii=False)
    for wave in made.waves:
        files[f"data/raw/any/{wave}.csv"] = _draw_export(made)
    return files


def _draw_study(made: Draw) -> dict[str, Any]:
    study: dict[str, Any] = {"name": "any", "title": made.one(LABELS), "waves": {}}
    if made.often(8):
        study["currency"] = made.one(["USD", "EUR", "JPY"])
    if made.often(8):
        study["locale"] = made.one(["de_DE", "fr_FR", "ar_EG", "hi_IN", "de_CH"])
    study["disclosure"] = {"minimum": made.one([0, 0, 1, 3, 10, 1000])}
    if made.often(8):
        study["disclosure"]["show_extremes"] = True
    has_code, has_weight = made.often(), made.often(8)
    for wave in made.waves:
        settings = {"label": made.one(LABELS), "exports": [f"{wave}.csv"], "status": None}
        settings["submitted"] = "When" if made.often() else None
        if made.often(8):
            settings["people"] = made.one(["pupils", "people", "😀", "x_y"])
        if has_code:
            settings["person"] = "Code"
        if has_weight:
            settings["weight"] = "Weight"
        study["waves"][wave] = settings
    if made.often(8):
        settings["exports"] = [f"{made.waves[0]}.csv"]
    _add_pairs(made, study, has_code)
    _add_groups(made, study)
    if made.often(6):
        study["family"] = made.one(["section", "question", "none", "chapter"])
    if made.often(6):
        study["primary"] = made.one(["rank", "mean"])
    for place in range(made.one([0, 0, 0, 1, 2])):
        key = {"variable" if made.often() else "column": made.one(made.variables)}
        tests = [{"blank": True}, {"blank": False}, {"is": "Yes"}, {"is_not": "a"}, {"below": 2}]
        rule = {"name": f"rule_{place}", **key, **made.one([*tests, {"after": "2021-03-05"}])}
        study.setdefault("exclude", []).append(rule)
    if made.often(8):
        study["duplicates"] = {
            "keep": made.one(["first", "last", "most_complete", "none"]),
            "by": made.one(["submitted", "file", *made.variables]),
            "demographics": made.some(made.variables, 1, 2),
            "minimum_demographics": 1,
        }
    if made.often(8):
        study["program_types"] = {"short": {"label": made.one(LABELS)}}
        study["programs"] = {"knots": {"label": made.one(LABELS), "type": "short"}}
    if made.often(8):
        names = made.some(made.variables, 1, 2)
        study["weighting"] = {"variables": names, "outcomes": made.some(made.variables, 0, 2)}
    return study


def _add_pairs(made: Draw, study: dict[str, Any], has_code: bool) -> None:
    if len(made.waves) < 2:
        return
    pair = {"first": made.waves[0], "second": made.waves[1]}
    if made.often():
        keys = made.some([*(["person"] * has_code), *made.variables], 1, 2)
        rule: dict[str, Any] = {"name": "code", "keys": keys}
        if made.often(6):
            rule["agree"] = made.some(made.variables, 1, 1)
        if made.often(6):
            rule["within"] = {made.one(made.variables): 1}
        study["panels"] = [{**pair, "rules": [rule]}]
        if made.often(4):
            study["panels"][0]["equivalence_margin"] = {made.one(made.variables): 0.5}
    if made.often():
        study["comparisons"] = [pair] if made.often() else []


def _add_groups(made: Draw, study: dict[str, Any]) -> None:
    grouped = [name for name, one in made.variables.items() if one.get("groups")]
    if (made.listed() or grouped) and made.often():
        study["groups"] = [{"by": made.one([*made.listed(), *grouped])}]
        if made.often(6):
            study["groups"][0]["variables"] = made.some(made.variables, 1, 2)
    if made.often(5):
        name = made.one(["some", "n", "select", "mean"])
        study["subgroups"] = {name: {"label": made.one(LABELS), "where": made.condition()}}
        if made.often(6):
            study["subgroups"][name]["variables"] = made.some(made.variables, 1, 2)


def _add_variable(made: Draw, name: str) -> None:
    """Add a variable, and for each of its columns what may stand in it."""
    kind = made.one(KINDS)
    described: dict[str, Any] = {"label": made.one(LABELS), "kind": kind}
    if made.often(8):
        described["section"] = made.one(LABELS)
    if made.often(8):
        described["show"] = False
    if len(made.waves) == 2 and made.often(5):
        described["waves"] = [made.one(made.waves)]
    if made.variables and made.often(5):
        described["asked_if"] = made.condition()
    if made.often(30):
        described["asked_since"] = "2021-03-10"
    held = ["", ""]
    if kind in LISTED:
        keys = made.some(CATEGORIES, 1, 4)
        labels = made.some(LABELS, len(keys), len(keys))
        described["categories"] = dict(zip(keys, labels, strict=True))
        held += labels
        _vary_categories(made, described, held, kind)
    elif kind in ("count", "number", "money"):
        held = made.one([NUMBERS, ["4"], ["1", "2", "3"], ["", ""]])
        if held is NUMBERS:
            # Without it 1,5 beside 2.5 stops the check.
            described["decimal"] = made.one(["point", "mixed", "unclear"])
        if made.often(3):
            described["bounds"] = {"low": 0, "high": made.one([3, 10, 1000])}
        if made.often(5):
            described["groups"] = {
                "low": {"label": "Low", "of": "[0, 3)"},
                "high": {"label": made.one(LABELS), "of": made.one(["[3, )", "[2, 9)"])},
            }
        if made.often(6):
            described["bins"] = made.one([[0, 2, 5], [1], [-3, 3], [5, 4]])
        if made.often(5):
            described["unit"] = made.one(["hours", "€", "%", "x_y"])
    elif kind == "country":
        held += COUNTRIES
    else:
        held += {
            "year": ["1980", "1999", "2001", "85"],
            "date": ["2020-01-01", "2021-12-31", "2020-02-29", "1899-12-31"],
            "nps": [str(at) for at in range(11)],
        }.get(kind, ["ann@example.org", "some words", "Bo"])
    if kind in ("options", "rank"):
        described["kind"] = "multiple" if kind == "options" else "rank"
        keys = list(described["categories"])
        described["question"] = {"options": {key: f"{name} {key}" for key in keys}}
        ticks = [["1", "0"], ["1", ""], ["Yes", "No", ""], ["", ""], ["Yes", "words of my own"]]
        places = ["", *(str(at) for at in range(1, len(keys) + 1))]
        made.columns |= {f"{name} {key}": made.one(ticks) if kind == "options" else places
                         for key in keys}  # fmt: skip
    else:
        made.columns[name] = held
    made.variables[name] = described


def _vary_categories(made: Draw, described: dict[str, Any], held: list[str], kind: str) -> None:
    named = described["categories"]
    if made.often(8):
        described["unlisted"] = made.one(["missing", next(iter(named))])
        held.append("Somewhere else")
    if kind == "scale" and made.often():
        codes = {key: {"label": label, "code": at} for at, (key, label) in enumerate(named.items())}
        described["categories"] = named = codes
    if made.often(6):
        described["groups"] = {
            made.one(["both", "n", "mean"]): {
                "label": made.one(LABELS), "of": made.some(named, 1, len(named))
            }
        }  # fmt: skip
    if kind in ("multiple", "options"):
        first = next(iter(named))
        described["base"] = made.one(["answered", "answered", "asked", "ticked"])
        if made.often(5):
            named[first] = {"label": named[first], made.one(["exclusive", "typed"]): True}
    if kind == "multiple":
        described["separator"] = made.one([";", ",", "|"])
        labels = [one if isinstance(one, str) else one["label"] for one in named.values()]
        held.append(described["separator"].join(labels[:2]))
    if len(made.waves) == 2 and made.often(8):
        last = list(named)[-1]
        own = {"label": named[last]} if isinstance(named[last], str) else named[last]
        named[last] = {**own, "waves": [made.one(made.waves)]}


def _add_derived(made: Draw) -> None:
    numbers = [name for name, one in made.variables.items() if one["kind"] in ("scale", "number")]
    if numbers and made.often(5):
        rule = {made.one(["mean", "sum"]): numbers, "at_least": 1}
        made.variables["score"] = {"label": "Score", "kind": "score", "derive": rule}
    if made.often(8):
        rule = {"any_of": made.condition()}
        made.variables["any_of"] = {"label": "Any", "kind": "number", "derive": rule}
    years = [name for name, one in made.variables.items() if one["kind"] in ("year", "date")]
    if years and made.often():
        rule = {"years_since": made.one(years)}
        made.variables["age"] = {"label": "Age", "kind": "number", "derive": rule}
    ticks = [name for name, one in made.variables.items() if one["kind"] == "multiple"]
    if ticks and made.often(4):
        name = made.one(ticks)
        rule = {"ticks": {name: list(made.variables[name]["categories"])}}
        made.variables["ticks"] = {"label": "Ticks", "kind": "count", "derive": rule}


def _draw_chapters(made: Draw) -> dict[str, Any]:
    chapters: dict[str, Any] = {}
    for chapter in made.some(["02-survey", "03-panel", "04-comparison"], 1, 2):
        items: list[Any] = []
        for name in made.some(made.variables, 1, 3):
            charts = ["shares", "distribution", "pairs", "map", "items", "ranks", "cells"]
            tables = ["shares", "numbers", "texts", "comparison", "paired_numbers", "profile"]
            shown = {"chart": made.one(charts)} if made.often() else {"table": made.one(tables)}
            items.append(made.one([name, {"variable": name, "shows": [shown]}]))
        chapters[chapter] = [{"section": "one", "heading": made.one(LABELS), "items": items}]
    return chapters


def _draw_export(made: Draw) -> str:
    count, number = made.one(SIZES), made.draw(st.integers(0, 2**16))
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(["Code", "When", "Weight", *made.columns])
    weights = made.one([["1", "2.5"], ["0"], ["0.5", "", "1"]])
    for row in range(count):
        # Cheaper than a draw a cell, and the same for the same number.
        cells = [
            held[(number * 31 + row * (7 + at) + row // 3 * at) % len(held)]
            for at, held in enumerate(made.columns.values())
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
