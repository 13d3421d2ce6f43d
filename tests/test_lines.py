"""A long text is read in columns as it is read row by row, whatever stands in it."""

import hmac

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from altcred.core.errors import InvalidInput
from altcred.kinds.times import read_times, split_times
from altcred.read import lines
from altcred.read.identifiers import normalise_ip, token_of
from altcred.read.lines import Form, TextRows

# What a part of a text may be: cells as they should be, and what tools and people make of them.
PIECES = [
    *("a", "b c", "Zoë", '"x"', '"x,y"', '"x ""y"""', '""', '"two\nlines"', '"two\r\nlines"', ""),
    *('a"b', '"a"b', '"', ' "c"', "\ufeff", "\0", "\r", "\n", "\r\n", ",", ";", "\u2028", "'"),
]
ROWS = st.lists(
    st.lists(st.sampled_from(PIECES), min_size=1, max_size=4).map(",".join), max_size=30
)
PLAIN_ROWS = st.lists(
    st.lists(st.sampled_from(PIECES[:10]), min_size=3, max_size=3).map(",".join), max_size=30
)


def outcome(read):
    """Return what reading gives, or what is said of it."""
    try:
        return list(read())
    except InvalidInput as error:
        return str(error)


def in_blocks(rows):
    for block in rows.blocks(range(rows.width)):
        cells = [block.cells(place).to_pylist() for place in range(rows.width)]
        for number, *one in zip(block.numbers, *cells, strict=True):
            yield number, one


def write(folder, text, encoding="utf-8"):
    path = folder / "x.csv"
    path.write_bytes(text.encode(encoding))
    return path


@settings(max_examples=400, deadline=None)
@given(
    rows=st.one_of(ROWS, PLAIN_ROWS),
    end=st.sampled_from(["\n", "\r\n"]),
    ends_well=st.booleans(),
    size=st.integers(1, 60),
    header=st.sampled_from(["a,b,c", '"a","b\nc",c', "a,b,"]),
)
def test_columns_are_read_as_rows_are(tmp_path_factory, rows, end, ends_well, size, header):
    text = end.join([header, *rows]) + end * ends_well
    path = write(tmp_path_factory.mktemp("x"), text)
    read = TextRows(path, 1, 3, Form("utf-8-sig", ","))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lines, "_PART", size)
        patch.setattr(lines, "_LONGEST", 3 * size)
        assert outcome(lambda: in_blocks(read)) == outcome(read)


def test_plain_parts_are_read_as_columns_and_only_others_row_by_row(tmp_path, monkeypatch):
    text = "a,b\n" + "1,x\n" * 50 + "2\n" + '3,"y,z"\n' * 50
    read = TextRows(write(tmp_path, text), 1, 2, Form("utf-8", ","))
    monkeypatch.setattr(lines, "_PART", 40)
    in_rows = []
    reader = lines._Lines.read
    monkeypatch.setattr(
        lines._Lines, "read", lambda self, part: in_rows.append(self.row) or reader(self, part)
    )
    assert outcome(lambda: in_blocks(read)) == outcome(read)
    assert "row 52: has 1 fields, and the header 2." in outcome(read)
    assert len(in_rows) == 2 + 2


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-8-sig"])
def test_columns_are_read_in_their_encoding(tmp_path, monkeypatch, encoding):
    path = write(tmp_path, "a,b\n" + "Zoë,ü\n" * 20, encoding)
    monkeypatch.setattr(lines, "_PART", 16)
    read = TextRows(path, 1, 2, Form(encoding, ","))
    assert list(in_blocks(read)) == list(read()) == [(at, ["Zoë", "ü"]) for at in range(2, 22)]


def test_what_is_not_of_the_encoding_is_refused_wherever_it_stands(tmp_path, monkeypatch):
    path = tmp_path / "x.csv"
    path.write_bytes(b"a,b\n" + b"1,2\n" * 30 + b"1,\xff\n" + b"1,2\n" * 30)
    monkeypatch.setattr(lines, "_PART", 16)
    read = TextRows(path, 1, 2, Form("utf-8-sig", ","))
    assert "is not UTF-8 text." in outcome(lambda: in_blocks(read))


@given(
    st.lists(
        st.one_of(
            st.datetimes().map(lambda time: str(time.replace(microsecond=0))),
            st.sampled_from(
                ["", "1980-01-01 00:00:00", "2021-02-30 10:00:00", "2021-07-14", "7/14/2021 3:29"]
            ),
            st.sampled_from(
                ["2021-07-14T03:29:02", " 2021-07-14 03:29:02", "2021-07-14 24:00:00", "x"]
            ),
        )
    )
)
def test_times_that_are_read_at_once_are_read_alike(texts):
    times, rest = split_times(pa.array(texts, pa.string()))
    for text, time, other in zip(texts, times.to_pylist(), rest.to_pylist(), strict=True):
        assert (time is None) != (other is None)
        assert other in (None, text)
        assert time is None or read_times([text]) == ([time], [])


@given(st.binary(min_size=1, max_size=64), st.text())
def test_tokens_are_keyed_hashes(key, address):
    found = hmac.new(key, f"email:{address}".encode(), "sha256").hexdigest()[:32]
    assert token_of(key, "email", address) == found


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("198.51.100.07", None),
        ("198.51.100.256", None),
        ("198.51.100.7.", None),
        ("0.0.0.0", None),
        ("127.0.0.1", None),
        ("224.0.0.1", None),
        ("239.255.255.255", None),
        ("240.0.0.1", "240.0.0.1"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("12345678", "12345678"),
        ("net-0001", "net-0001"),
    ],
)
def test_addresses_are_told_by_one_spelling(text, address):
    assert normalise_ip(text) == address
