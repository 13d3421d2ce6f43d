"""The tables of executed notebooks, written plainly for the screen, for print and as CSV."""

import re

import pandas as pd

from altcred.build.print_tables import table_typst
from altcred.build.tables import read_tables, table_csv, table_html


def great_table() -> str:
    from great_tables import GT

    rows = pd.DataFrame({"part": ["A", "A", "B"], "row": ["x", "y", "z"], "u": [1, 2, 3]})
    rows["v"] = [0.1, 0.2, 0.3]
    table = GT(rows, rowname_col="row", groupname_col="part", id="t")
    table = table.tab_spanner("Both", ["u", "v"]).tab_source_note("A note.")
    return table.tab_footnote("A footnote.", None).as_raw_html()


def test_a_table_keeps_groups_spanners_and_notes() -> None:
    (table,) = read_tables(great_table())
    html = table_html(table)
    assert html.count('scope="rowgroup" colspan="3"') == 2
    assert '<th scope="colgroup" colspan="2" class="mid spanner"><span>Both</span></th>' in html
    assert '<th scope="row">x</th><td class="num">1</td><td class="num">0.1</td>' in html
    assert {note.text for note in table.notes} == {"A note.", "A footnote."}
    assert table_csv(table) == "group,,Both u,Both v\nA,x,1,0.1\nA,y,2,0.2\nB,z,3,0.3\n"
    printed, turned = table_typst(table)
    assert "table.header(level: 2, table.cell(colspan: 3" in printed
    assert "align: (left, right, right,)" in printed
    assert "#table-note[" in printed
    assert not turned


def test_wide_tables_shrink_and_then_turn_the_page() -> None:
    def wide(columns: int) -> tuple[str, bool]:
        frame = pd.DataFrame({f"column {i}": [12345.6] for i in range(columns)})
        (table,) = read_tables(frame.to_html())
        return table_typst(table)

    assert not wide(5)[1]
    assert wide(20)[1]
    assert "size: 8.5pt" in wide(5)[0]


def test_columns_of_long_texts_get_the_room_that_is_left() -> None:
    claim = "A claim of so many words that it would take three lines"
    frame = pd.DataFrame({"Claim": [claim] * 2, "Number": [1.5, 2.5], "Holds": ["yes", "no"]})
    (table,) = read_tables(frame.to_html(index=False))
    printed, _ = table_typst(table)
    shares = re.search(r"columns: \((\d+)fr, [\d.]+pt, (\d+)fr,\)", printed)
    assert shares
    first, last = map(int, shares.groups())
    # The short words keep what they need, and all the rest is for the long ones.
    assert last == 5
    assert first > len(claim)


def test_markup_in_a_table_is_read_and_never_trusted() -> None:
    html = (
        '<table><tr onclick="x()"><td><img src=x onerror=y><a href="javascript:z">a</a>'
        '<!-- c --><em>b</em>#d [e] "f" \\</td></tr></table>'
    )
    html = html.replace("<tr", "<tbody><tr").replace("</tr>", "</tr></tbody>")
    (table,) = read_tables(html)
    assert '<td>a<em>b</em>#d [e] "f" \\</td>' in table_html(table)
    assert '#"a";#emph[#"b";];#"#d [e] \\"f\\" \\\\";' in table_typst(table)[0]
