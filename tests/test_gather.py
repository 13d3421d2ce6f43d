"""Which columns of a file belong together, and how a description names each of them."""

import csv
import io

from hypothesis import example, given
from hypothesis import strategies as st

from altcred.draft.locate import locate
from altcred.read import open_export
from altcred.read.columns import find_column
from altcred.read.export import Column, Export
from altcred.read.headers import name_columns


def opened(headers, path="x.csv"):
    return Export(path, name_columns([headers]), lambda: iter(()))


_HEADERS = st.lists(
    st.one_of(
        st.sampled_from(["", " ", "A", "a", "A#2", "a#2", "A#1", "#A", "#B", "Q {name}", "&amp;amp;"]),
        st.text("aA #2<&;", max_size=6),
    ),
    min_size=1,
    max_size=8,
)


@given(_HEADERS)
@example(["A", "A", "A#2"])
@example(["", "A"])
@example(["Your {name}?", "B"])
def test_a_locator_finds_its_column_and_no_other(headers):
    export = opened(headers)
    for column in export.columns:
        wanted = locate(column, export)
        assert not wanted or find_column(export, [("any", wanted)]) == column
        # Only a header that reads like letters of a column can be in the way of them.
        assert wanted or any(one.strip().startswith("#") for one in headers)


def test_a_locator_is_as_readable_as_can_be():
    headers = ["Name", "Other", "Other", "", "{item}"]
    export = opened(headers)
    found = [locate(one, export) for one in export.columns]
    assert found == ["Name", "Other#1", "Other#2", "#D", "#E"]
