"""Tables from the outputs of cells to the screen, to print and to CSV."""

import csv
import io
import json
import re
from pathlib import Path

import pandas as pd
import pytest
from kinds_cohort import estimate_kinds, open_chapters

from altcred.build.print_tables import numbers_typst, table_typst
from altcred.build.tables import read_tables, table_csv
from altcred.core.numbers import HIDDEN, Writer
from altcred.write.tables.html import notes_html, table_html
from altcred.write.tables.table import Shown, Table, keep_n

WRITE = Writer("de_DE")


def table_of(*rows: tuple[str, list[str]], columns: list[str], **more: object) -> Table:
    """Return a table as it comes out of an executed notebook."""
    made = Table(
        "t", "Part", columns, [(label, [Shown(text) for text in texts]) for label, texts in rows],
        **more,  # type: ignore[arg-type]
    )  # fmt: skip
    (read,) = read_tables(json.loads(json.dumps(made._repr_mimebundle_())))
    return read


def sample() -> Table:
    return table_of(
        ("x <y>", [WRITE.number(1234), WRITE.percent(0.1)]),
        ("Net", [WRITE.number(5), HIDDEN]),
        columns=["u", "v"], notes=["A note."], nets=1, spanners=[("Both", 0, 2)],
    )  # fmt: skip


def csv_of(table: Table) -> pd.DataFrame:
    return pd.read_csv(io.StringIO(table_csv(table)))


def test_a_table_keeps_spanners_nets_and_notes() -> None:
    table = sample()
    html = table_html(table, 'id="one"')
    assert html.startswith('<table id="one">')
    assert '<tr><th scope="col" rowspan="2">Part</th><th scope="colgroup" colspan="2"' in html
    assert '<tr><th scope="col" class="num">u</th><th scope="col" class="num">v</th></tr>' in html
    assert '<tr><th scope="row">x &lt;y&gt;</th><td class="num">1.234</td>' in html
    assert '<tr class="net"><th scope="row">Net</th>' in html
    assert notes_html(table) == '<p class="table-note">A note.</p>'
    printed, form = table_typst(table)
    assert 'table.cell(colspan: 2, align: center, stroke: (bottom: 0.4pt))[#"Both";]' in printed
    assert "align: (left, right, right,)" in printed
    assert '[#emph[#"Net";]]' in printed
    assert '#table-note[#"A note.";]' in printed
    assert form == "floats"


def test_what_jupyter_shows_needs_no_style_of_the_report() -> None:
    html = sample().as_html()
    assert "class=" not in html.replace('class="table-note"', "")
    assert '<th scope="row" style="text-align: left">Net</th><td>5</td>' in html


def test_a_csv_has_numbers_as_programs_read_them_in_any_locale() -> None:
    frame = csv_of(sample())
    assert [*frame] == ["Part", "Both: u", "Both: v", "Both: v, note"]
    assert frame["Both: u"].tolist() == [1234, 5]
    assert frame["Both: v"][0] == 0.1
    assert frame["Both: v"].isna()[1]
    assert frame["Both: v, note"].fillna("").tolist() == ["", "not shown"]


def test_a_column_of_hidden_numbers_is_empty_and_says_why() -> None:
    frame = csv_of(table_of(("x", [HIDDEN]), ("y", ["Not asked"]), columns=["A"]))
    assert frame["A"].isna().all()
    assert frame["A, note"].tolist() == ["not shown", "not asked"]


@pytest.mark.parametrize("text", ["=1+1", "+49 30", "-2 to 0", "@SUM(A1)", "\t=1", "\r=1", "-inf"])
def test_no_text_of_a_csv_begins_a_formula(text: str) -> None:
    table = table_of((text, [text, WRITE.points(-0.125)]), columns=[text, "A"])
    heads, cells = csv.reader(io.StringIO(table_csv(table), newline=""))
    inert = "'" + text.replace("\r", "\n")
    assert heads == ["Part", inert, "A"]
    assert cells == [inert, inert, "-0.125"]


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        (WRITE.interval(0.25, 0.5, "proportion"), {"A, low": 0.25, "A, high": 0.5}),
        (WRITE.money(1234.5, "EUR"), {"A": 1234.5}),
        (WRITE.points(-0.125), {"A": -0.125}),
        (WRITE.pvalue(0.0004), {"A": 0.0004}),
        ("a, b", {"A": "a, b"}),
    ],
)
def test_each_number_of_a_cell_has_a_column(text: str, columns: dict[str, object]) -> None:
    frame = csv_of(table_of(("x", [text]), columns=["A"]))
    assert frame.drop(columns="Part").iloc[0].to_dict() == columns


def test_words_among_numbers_have_a_column_of_their_own() -> None:
    table = table_of(
        ("x", [WRITE.number(3)]), ("y", ["Closed"]), ("z", ["Not asked"]), columns=["A"]
    )
    frame = csv_of(table)
    assert frame["A"].tolist()[0] == 3
    assert frame["A"].isna().tolist() == [False, True, True]
    assert frame["A, note"].fillna("").tolist() == ["", "Closed", "not asked"]


def test_columns_of_one_name_are_told_apart() -> None:
    table = table_of(("x", [WRITE.number(3), WRITE.number(4)]), columns=["n", "n"])
    assert [*csv_of(table)] == ["Part", "n", "n (2)"]


def read_html(html: str) -> Table:
    (table,) = read_tables({"text/html": html})
    return table


def test_wide_tables_shrink_and_then_turn_the_page() -> None:
    def wide(columns: int, rows: int = 1) -> tuple[str, str]:
        frame = pd.DataFrame({f"column {i}": [12345.6] * rows for i in range(columns)})
        return table_typst(read_html(frame.to_html()))

    # A column of the page is enough for a few, the text for some, a page on its side for many.
    for columns, width, form in (
        (2, "238.0", "floats"),
        (9, "493.0", "floats"),
        (20, "7", "turned"),
    ):
        printed, found = wide(columns)
        assert printed.startswith(f"#block(width: {width}")
        assert found == form
    assert "size: 8.2pt" in wide(2)[0]
    # Of a table that breaks over pages the last rows stay together.
    printed, found = wide(2, 60)
    assert found == "long"
    assert printed.partition("table.footer(repeat: false,")[2].count('#"12345.6";') == 6


def test_numbers_of_groups_stand_side_by_side_in_print() -> None:
    values = {"x · A": ("1%", "20"), "x · B": ("2%", "30"), "y · A": ("3%", "20")}
    rows = [(label, [*cells]) for label, cells in values.items()]
    printed = numbers_typst(table_of(*rows, columns=["Value", "n"]))
    # How many a group has is over its columns, and what it did not tell is empty.
    assert f'#"{keep_n("A (n = 20)")}";' in printed
    assert '[#"x";], [#"1%";], [#"2%";]' in printed
    assert '[#"y";], [#"3%";], []' in printed
    # A group with several sizes keeps them.
    rows[2][1][1] = "19"
    printed = numbers_typst(table_of(*rows, columns=["Value", "n"]))
    assert '[#"x";], [#"1%";], [#"20";], [#"2%";], [#"30";]' in printed


@pytest.mark.parametrize(
    ("answer", "rows", "is_whole"),
    [("x", 15, True), ("x", 17, False), ("words " * 20, 15, False), ("words " * 20, 5, True)],
)
def test_low_numbers_of_a_figure_stay_in_one_piece(answer: str, rows: int, is_whole: bool) -> None:
    printed = numbers_typst(table_of(*[(answer, ["1%", "20"])] * rows, columns=["Value", "n"]))
    assert printed.startswith("#block(width: 238.0pt, breakable: false)[") == is_whole


def test_columns_of_long_texts_get_the_room_that_is_left() -> None:
    claim = "A claim of so many words that it would take three lines"
    frame = pd.DataFrame({"Claim": [claim] * 2, "Number": [1.5, 2.5], "Holds": ["yes", "no"]})
    printed, _ = table_typst(read_html(frame.to_html(index=False)))
    shares = re.search(r"columns: \((\d+)fr, [\d.]+pt, (\d+)fr,\)", printed)
    assert shares
    first, last = map(int, shares.groups())
    # The short words keep what they need, and all the rest is for the long ones.
    assert last == 5
    assert first >= 28


def test_a_frame_keeps_its_columns_where_cells_span_rows_and_columns() -> None:
    index = pd.MultiIndex.from_tuples([("a", "x"), ("a", "y"), ("b", "x")], names=["p", "q"])
    columns = pd.MultiIndex.from_tuples([("U", "m"), ("U", "n")])
    frame = pd.DataFrame([[1, 2], [3, 4], [5, 6]], index=index, columns=columns)
    table = read_html(frame.to_html())
    assert [table.heading, *table.columns] == ["p", "q", "U m", "U n"]
    texts = [[label, *(cell.text for cell in cells)] for label, cells in table.rows]
    assert texts == [["a", "x", "1", "2"], ["a", "y", "3", "4"], ["b", "x", "5", "6"]]
    assert csv_of(table)["U n"].tolist() == [2, 4, 6]


def test_markup_in_a_table_is_read_and_never_trusted() -> None:
    table = read_html(
        '<table><tr onclick="x()"><td><img src=x onerror=y><a href="javascript:z">a</a>'
        '<!-- c --><script>w</script><em>b</em>#d [e] "f" \\ &lt;i></td></tr></table>'
    )
    assert '<th scope="row">ab#d [e] "f" \\ &lt;i&gt;</th>' in table_html(table)
    assert '#"ab#d [e] \\"f\\" \\\\ <i>";' in table_typst(table)[0]


@pytest.mark.parametrize(
    ("columns", "layout"),
    [(["n", "Share"], ""), ([f"Group {i}" for i in range(6)], "rows"),
     ([f"Participants {i}" for i in range(6)], "cards")],
)  # fmt: skip
def test_a_wide_table_goes_otherwise_with_a_narrow_screen(columns: list[str], layout: str) -> None:
    texts: list[str] = [WRITE.percent(0.5) for _ in columns]
    html = table_html(table_of(("A label of several words", texts), columns=columns))
    assert html.startswith(f'<table class="{layout}' if layout else "<table>")
    assert (f'data-head="{columns[-1]}"' in html) == (layout == "cards")


# A small cohort --------------------------------------------------------------------------------

CODEBOOK = """
scales: {agree: {1: Never, 2: Seldom, 3: Often}}
variables:
  keen: {label: Keen, scale: agree}
  beds: {label: Beds, kind: number, bins: [0, 5, 50]}
  spent: {label: Spent, kind: money, currency: EUR, bins: [0, 50, 5000]}
  tools: {label: Tools, kind: multiple, categories: {rake: Rake, hoe: Hoe, none: None of these}}
  soil: {label: Soil, kind: single, categories: {sand: Sand, clay: Clay, loam: Loam}}
"""
# What a reader takes for a number, in words, signs or separated thousands.
NUMBER = r"[<>+−$€]*\s*[\d.,\s]+\s*[%€]?(?: to [\d.,\s+−]+%?)?"


def test_every_number_of_a_cohort_is_one_in_its_csv(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ALTCRED_KEYS", str(tmp_path.parent / f"{tmp_path.name}-keys"))
    soils, tools = ["sand", "clay", "loam"], ["Rake", "Hoe", "Rake,Hoe", "None of these"]
    before = [
        {"keen": at % 3 + 1, "beds": at, "spent": 1250.5 * at, "tools": tools[at % 4],
         "soil": soils[at % 3]}
        for at in range(24)
    ]  # fmt: skip
    after = [{**row, "keen": 3, "beds": row["beds"] + 2, "soil": "clay"} for row in before]
    estimate_kinds(CODEBOOK, before, after)
    shown: list[Table] = []

    def keep(*things: object, **_: object) -> None:
        found = [one for one in things if isinstance(one, Table)]
        shown.extend(one for table in found for one in (table, table.behind()) if one)

    monkeypatch.setattr("IPython.display.display", keep)
    monkeypatch.setattr("altcred.write.charts.drawing.Drawing.as_svg", lambda _: "<svg/>")
    for chapter in open_chapters().values():
        for name in chapter.sections:
            chapter.show(name)
    assert len(shown) > 20
    for table in shown:
        frame = csv_of(table)
        assert not any("95% interval" in one and "," not in one for one in frame)
        for name in list(frame)[1:]:
            if not pd.api.types.is_numeric_dtype(frame[name]):
                told = frame[name].dropna().astype(str)
                assert not told.str.fullmatch(NUMBER).any(), (table.id, name, [*told])


def test_several_numbers_stay_in_one_line_of_print_where_there_is_room() -> None:
    rows = [(f"Answer {n}", [Shown("613 / 187 / 51"), Shown("41%")]) for n in range(3)]
    printed, _ = table_typst(Table("t", "Answers", ["n", "Share"], rows))
    width = re.search(r"columns: \(\S+ ([\d.]+)pt", printed)
    assert width
    assert float(width[1]) > 14 * 8.2 * 0.48


def test_a_panel_says_of_how_many_its_shares_are(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    codebook = """
variables:
  tree:
    label: Tree
    kind: single
    question: Tree
    categories: {oak: Oak, elm: Elm}
  size: {label: Size, kind: number, question: Size}
"""
    before = [{"Tree": "Oak" if at % 3 else "Elm", "Size": at} for at in range(200)]
    after = [{**one, "Tree": one["Tree"] if at > 7 else ""} for at, one in enumerate(before)]
    before[-1] = {"Tree": "", "Size": ""}
    estimate_kinds(codebook, before, after)
    told: dict[str, list[dict[str, str]]] = {}
    for name, chapter in open_chapters().items():
        monkeypatch.setattr(
            "altcred.write.charts.drawing.Drawing.show",
            lambda self, about, name=name: told.setdefault(name, []).append(
                {**about, "rows": [label for one in self.numbers for label, _ in one.rows]}
            ),
        )
        for one in ("tree", "size"):
            chapter.show(one)
    tree, *_ = told["panel"]
    assert tree["caption"] == (
        "Tree, gardeners; pairs: 191; "
        "shares of the 199 and 191 of those found who answered each time"
    )
    tree, size = told["survey"]
    assert tree["rows"] == ["Oak", "Elm"]
    assert size["rows"][:3] == ["25% at or below", "Median", "75% at or below"]
