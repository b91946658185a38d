"""A CSV is read right or refused by name. The independent reader is Python's csv module."""

from __future__ import annotations

import csv
import io
import random

import pytest
from company_tables import in_order, said, values, written
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from toolkit.problems import Refused

TEXT = {"a": "text", "b": "text"}
settings.register_profile(
    "files",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.mark.parametrize(
    ("data", "rows"),
    [
        (b"a,b\n1,2\n", [("1", "2")]),
        (b"\xef\xbb\xbfa;b\r\n1;2\r\n", [("1", "2")]),
        (b'\xef\xbb\xbf"a"\t"b"\n1\t2', [("1", "2")]),
        (b"a|b\r1|2\r3|4\r", [("1", "2"), ("3", "4")]),
        (b"a,b\r\n1,2\n3,4\r\n", [("1", "2"), ("3", "4")]),
        (b'a,b\n"x\r\ny","q ""z"", w"\n', [("x\r\ny", 'q "z", w')]),
        (b"\n\na,b\n\n1,2\n\n", [("1", "2")]),
        (b"sep=;\r\na;b\r\n1,5;2\r\n", [("1,5", "2")]),
        (b' a ,"b\n"\n1,2\n', [("1", "2")]),
        ("a;b\né;ß\n".encode("utf-16"), [("é", "ß")]),
        (b'a,b\n,""\nx,  \n', [("x", None), (None, None)]),
    ],
)
def test_what_is_read(tmp_path, data, rows):
    columns = {"a": "text", "b": {"type": "text", "from": "b"}}
    with written(tmp_path, data, columns) as source:
        assert values(source, "a", "b") == rows


@pytest.mark.parametrize(
    ("encoding", "codec"),
    [("latin-1", "latin-1"), ("windows-1252", "cp1252"), ("utf-16", "utf-16-be")],
)
def test_declared_encodings(tmp_path, encoding, codec):
    word = "für 5 €" if encoding != "latin-1" else "für fünf"
    with written(
        tmp_path, f"a;b\n{word};1\n".encode(codec), TEXT, csv={"encoding": encoding}
    ) as source:
        assert values(source, "a") == [(word,)]


@pytest.mark.parametrize(
    ("data", "options", "words"),
    [
        (b"", {}, "empty file"),
        (b"\n\r\n", {}, "not even a header"),
        (b"sep=;", {}, "not even a header"),
        (b"\nsep=;\r\n", {}, "not even a header"),
        (b"a,b\n", {}, "a header and no rows"),
        (b"a,b\n1,2,3\n4\n", {}, "line 2 has 3, line 3 has 1"),
        (b'a,b\n1,"2\n3,4\n', {}, "line 2: a quote opens a cell here that is never closed"),
        (
            b'a,b\n1,x"y\n',
            {},
            "within a cell that does not begin with one (1 row, for example line 2)",
        ),
        (b'a,b\n1,"x"y\n', {}, "text follows the closing quote"),
        (b'a,b\n1,"x\\"y"\n', {}, "must be doubled"),
        (b"a,b,a\n1,2,3\n", {}, "stands 2 times in the header"),
        (b"a,c\n1,2\n", {}, "'b' is not a column of this file. Choices: 'a', 'c'"),
        (b"a,b\n1,\x002\n", {}, "line 2: holds a NUL byte"),
        (b"a,b\n1,\xe9\n", {}, "line 2: byte 0xE9 cannot be read as UTF-8: declare"),
        (b"a,b\n1,\x81\n", {"encoding": "windows-1252"}, "0x81 cannot be read as WINDOWS-1252"),
        (b"a,b\n1,\x80\n", {"encoding": "latin-1"}, "declare 'csv: {encoding: windows-1252}'"),
        ("a,b\n1,é\n".encode(), {"encoding": "latin-1"}, "is valid UTF-8, accents included"),
        ("a,b\n1,é\n".encode("utf-16"), {"encoding": "latin-1"}, "byte order mark of UTF-16"),
        ("a,b\n1,2\n".encode("utf-16-le"), {}, "looks like UTF-16"),
        ("a,b\n1,2\n".encode("utf-32"), {}, "UTF-32"),
        (b"\x1f\x8b\x08junk", {}, "gzip"),
        (b"a,b\n1,2\r3\n4,5\n", {}, "a carriage return stands alone"),
        (b"a,b;c\n1,2;3\n", {"delimiter": "|"}, "is not a column"),
    ],
)
def test_what_is_refused_and_how(tmp_path, data, options, words):
    with written(tmp_path, data, TEXT, csv=options) as source:
        assert words in said(source)
        with pytest.raises(Refused):
            source.table("t")


def test_one_column_is_not_cut_in_two(tmp_path):
    with written(tmp_path, "a\n1;5\n", {"a": "text"}) as source:
        assert "declare 'csv: {delimiter: …}'" in said(source)
    with written(tmp_path, "a\n1;5\n", {"a": "text"}, csv={"delimiter": ","}) as source:
        assert values(source, "a") == [("1;5",)]
    with written(tmp_path, "a\n1\n\n2\n", {"a": "text"}) as source:
        assert "blank lines" in said(source)


def test_quotes_that_are_letters(tmp_path):
    with written(tmp_path, 'a\tb\n5" pipe\t"x\n', TEXT, csv={"quote": "none"}) as source:
        assert values(source, "a", "b") == [('5" pipe', '"x')]


def test_a_name_that_looks_like_a_pattern(tmp_path):
    (tmp_path / "t1.csv").write_text("a,b\nwrong,wrong\n")
    with written(tmp_path, "a,b\n1,2\n", TEXT, name="t[1].csv") as source:
        assert values(source, "a", "b") == [("1", "2")]


def test_a_cell_longer_than_the_engine_expects(tmp_path):
    long = "x" * 5_000_000
    with written(tmp_path, f"a,b\n{long},1\n", TEXT) as source:
        assert source.run(source.table("t").select(n=source.table("t").a.length())) == [
            {"n": len(long)}
        ]


def test_records_that_cross_the_scan_s_chunks(tmp_path, monkeypatch):
    """Every way to cut a file in two must find the same records."""
    from toolkit.data import csv_bytes
    from toolkit.data.csv_structure import scan

    data = 'a,b\r\n"x,\r\n""y""",é\r\n\r\n1,""\r\n"",2'.encode()
    whole = scan([data], ",", '"', 2, "t")
    assert (whole.records, whole.blank, whole.quoted_breaks) == (4, 1, 2)
    for cut in range(1, len(data)):
        assert scan([data[:cut], data[cut:]], ",", '"', 2, "t") == whole
    assert scan([data[i : i + 1] for i in range(len(data))], ",", '"', 2, "t") == whole
    monkeypatch.setattr(csv_bytes, "CHUNK", 3)
    with written(tmp_path, data, TEXT) as source:
        assert values(source, "a", "b") == [("1", None), ('x,\r\n"y"', "é"), (None, "2")]


cell = st.text(
    st.characters(codec="latin-1", exclude_characters="\0", exclude_categories=("Cc",))
    | st.sampled_from(",;\t|\"'\n\r .5€"),
    max_size=8,
)


@settings(settings.get_profile("files"), max_examples=30)
@given(data=st.data())
def test_random_tables_in_random_dialects_come_back_or_are_refused(tmp_path, data):
    width = data.draw(st.integers(2, 4))
    rows = data.draw(st.lists(st.tuples(*[cell] * width), min_size=1, max_size=6))
    delimiter = data.draw(st.sampled_from(",;\t|"))
    ends = data.draw(st.sampled_from(["\n", "\r\n"]))
    quoting = data.draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
    if any("\r" in c for row in rows for c in row):
        quoting = csv.QUOTE_ALL  # Python writes a carriage return bare, which no reader can tell
    declared, codec = data.draw(
        st.sampled_from(
            [
                (None, "utf-8"),
                (None, "utf-8-sig"),
                ("utf-8", "utf-8"),
                ("windows-1252", "cp1252"),
                (None, "utf-16"),
            ]
        )
    )
    names = [f"c{i}" for i in range(width)]
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator=ends, quoting=quoting)
    writer.writerows([names, *rows])
    try:
        raw = out.getvalue().encode(codec)
    except UnicodeEncodeError:
        return
    options = {"encoding": declared} if declared else {}
    with written(tmp_path, raw, dict.fromkeys(names, "text"), csv=options) as source:
        report = source.report("t")
        blank = " \t\n\r\v\f"
        if report.violations:
            if declared == "windows-1252":
                assert "is valid UTF-8" in said(source)
            else:  # nothing that the csv module writes may be refused
                raise AssertionError(said(source))
            return
        expected = [tuple(c if c.strip(blank) else None for c in row) for row in rows]
        assert values(source, *names) == in_order(expected)


@settings(settings.get_profile("files"), max_examples=40)
@given(seed=st.integers(0, 10**9))
def test_damaged_bytes_are_refused_or_read_as_the_csv_module_reads_them(tmp_path, seed):
    chance = random.Random(seed)
    raw = bytearray('a;b;n\r\n"x;\ny";é;1,5\r\n"q ""z""";;-2,25\r\nü;w;7\r\n'.encode())
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(raw))
        kind = chance.randrange(3)
        if kind == 0:
            raw[at] = (
                chance.choice(b'";,\n\r\0\xff\xe9 a1')
                if chance.random() < 0.8
                else chance.randrange(256)
            )
        elif kind == 1:
            del raw[at]
        else:
            raw.insert(at, chance.choice(b'";,\n\r\0\xff'))
    with written(tmp_path, bytes(raw), {"a": "text", "b": "text", "n": "number"}) as source:
        if source.report("t").violations:  # a refusal, and no other exception, is the point
            return
        records = [
            r
            for r in csv.reader(
                io.StringIO(raw.decode("utf-8-sig"), newline=""), delimiter=";", strict=True
            )
            if r
        ]
        where = [[h.strip() for h in records[0]].index(c) for c in ("a", "b")]
        expected = [tuple(r[i] if r[i].strip() else None for i in where) for r in records[1:]]
        assert values(source, "a", "b") == in_order(expected)


@pytest.mark.parametrize("rows", [200_000])
def test_rows_keep_their_place(tmp_path, rows):
    """The row that a message names is the row of the file, however many threads read it."""
    body = "".join(f"{i},{'x' if i == rows - 7 else i}\n" for i in range(rows))
    with written(tmp_path, "a,b\n" + body, {"a": "integer", "b": "integer"}) as source:
        assert f"line {rows - 7 + 2}: 'x'" in said(source)
