"""Cells become values of their type or are named; Python's own types are the independent reader."""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from company_tables import opened, said, values, written
from hypothesis import given, settings
from hypothesis import strategies as st
from test_csv_files import settings as _profiles  # noqa: F401 - loads the profile "files"


def one(folder, kind, cells, delimiter=";", **options):
    column = kind if isinstance(kind, dict) else {"type": kind}
    body = "".join(f"{i}{delimiter}{c}\n" for i, c in enumerate(cells))
    return written(folder, f"i{delimiter}v\n{body}", {"i": "integer", "v": column}, **options)


def read(folder, kind, cells, delimiter=";", **options):
    with one(folder, kind, cells, delimiter, **options) as source:
        return [v for _, v in values(source, "i", "v")]


def refused(folder, kind, cells, delimiter=";", **options):
    with one(folder, kind, cells, delimiter, **options) as source:
        assert not source.report("t").holds
        return said(source)


@pytest.mark.parametrize(
    ("kind", "cells", "expected"),
    [
        ("integer", ["7", " -3 ", "+4", "007", "", "  "], [7, -3, 4, 7, None, None]),
        ("integer", ["3.5e0"], None),
        ("number", ["1.5", "1e3", ".5", "-2", "0.125"], [1.5, 1000.0, 0.5, -2.0, 0.125]),
        ("number", ["nan"], None),
        ("number", ["inf"], None),
        ("number", ["1_000"], None),
        ("number", ["0x1F"], None),
        ("money", ["€5"], None),
        ("integer", ["1" * 19], None),
        (
            "boolean",
            ["Yes", "no", "TRUE", "f", "1", "0", ""],
            [True, False, True, False, True, False, None],
        ),
        ("boolean", ["maybe"], None),
        ("date", ["2024-02-29", "2026-01-05 00:00:00"], [date(2024, 2, 29), date(2026, 1, 5)]),
        ("date", ["2026-02-29"], None),
        ("date", ["1900-02-29"], None),
        ("date", ["2026-01-05 10:00:00"], None),
        ("date", ["31/02/2026"], None),
        ("date", ["infinity"], None),
        ("date", ["epoch"], None),
        ("date", ["2026-1-5"], None),
        (
            "datetime",
            ["2026-01-05T10:00", "2026-01-05", "2026-01-05 10:00:00.25"],
            [
                datetime(2026, 1, 5, 10),
                datetime(2026, 1, 5),
                datetime(2026, 1, 5, 10, 0, 0, 250000),
            ],
        ),
        ("datetime", ["2026-01-05 24:00:00"], None),
        ("datetime", ["2026-01-05 10:60"], None),
        ("datetime", ["2026-01-05 10:00:60"], None),
    ],
)
def test_what_fits_a_type(tmp_path, kind, cells, expected):
    if expected is None:
        assert f"'{cells[0]}'" in refused(tmp_path, kind, cells, ",")
    else:
        assert read(tmp_path, kind, cells, ",") == expected


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["1,5", "1.234"], [1.5, 1234.0]),  # 1,5 proves a decimal comma for the file
        (["1.234,5", "2"], [1234.5, 2.0]),
        (["1.234.567"], [1234567.0]),
        (["1.5", "1,234"], [1.5, 1234.0]),
        (["1,234,567.25"], [1234567.25]),
        (["0,125"], [0.125]),
        (["12345,678"], [12345.678]),
        (["3", "14"], [3.0, 14.0]),
    ],
)
def test_a_file_proves_its_decimal_mark(tmp_path, cells, expected):
    assert read(tmp_path, "number", cells) == expected


def test_what_proves_nothing_is_refused_with_what_to_declare(tmp_path):
    for cells in (["1,234"], ["1.234", "2"]):
        message = refused(tmp_path, "number", cells)
        assert "may be a decimal or a thousand" in message and "csv: {decimal:" in message
        assert f"'{cells[0]}'" in message
    assert "here and a decimal point elsewhere" in refused(tmp_path, "number", ["1,5", "1.5"])
    # an integer written 1.000 may be one thousand even in a comma-separated file
    assert "'1.000'" in refused(tmp_path, "integer", ["1.000"], ",")
    assert read(tmp_path, "integer", ["1.000"], ",", csv={"decimal": "."}) == [1]
    assert read(tmp_path, "integer", ["1.000"], ",", csv={"thousands": "."}) == [1000]


def test_declared_marks_bind(tmp_path):
    assert read(tmp_path, "number", ["1,234", "5"], csv={"decimal": ","}) == [1.234, 5.0]
    assert "'1.234'" in refused(tmp_path, "number", ["1.234"], csv={"decimal": ","})
    swiss = {"decimal": ".", "thousands": "'"}
    assert read(tmp_path, "money", ["1'234.50", "1’000", "12"], csv=swiss) == [1234.5, 1000.0, 12.0]
    french = {"thousands": " "}
    assert read(tmp_path, "money", ["1 234,50", "1\u202f000", "12\u00a0345,5"], csv=french) == [
        1234.5,
        1000.0,
        12345.5,
    ]
    assert "'12 34'" in refused(tmp_path, "money", ["12 34"], csv={**french, "decimal": ","})


def test_missing_codes_as_text_and_as_numbers(tmp_path):
    column = {"type": "integer", "missing": [-99, "n/a"]}
    assert read(tmp_path, column, ["-99", "n/a", " -99.0 ", "5"]) == [None, None, None, 5]
    day = {"type": "date", "missing": ["9999-12-31"]}
    assert read(tmp_path, day, ["9999-12-31", "2026-01-01"]) == [None, date(2026, 1, 1)]
    assert read(tmp_path, "text", ["x", "-"], missing=["-"]) == ["x", None]


@pytest.mark.parametrize(
    ("written_as", "texts", "expected"),
    [
        ("%d/%m/%Y", ["31/01/2026", "1/2/2026"], [date(2026, 1, 31), date(2026, 2, 1)]),
        ("%m/%d/%Y", ["12/31/2025"], [date(2025, 12, 31)]),
        ("%d.%m.%y", ["01.02.69", "01.02.26"], [date(1969, 2, 1), date(2026, 2, 1)]),
        ("%d %b %Y", ["5 Mar 2026"], [date(2026, 3, 5)]),
        ("%B %d, %Y", ["March 05, 2026"], [date(2026, 3, 5)]),
        ("%Y%m%d", ["20260305"], [date(2026, 3, 5)]),
        ("%d/%m/%Y", ["31/02/2026"], None),
        ("%d/%m/%Y", ["2026-01-31"], None),
        ("%Y%m%d", ["2026111"], None),
        ("%d %b %Y", ["5 Mär 2026"], None),
    ],
)
def test_declared_formats(tmp_path, written_as, texts, expected):
    column = {"type": "date", "format": written_as}
    if expected is None:
        assert texts[0] in refused(tmp_path, column, texts)
    else:
        assert read(tmp_path, column, texts) == expected


@settings(settings.get_profile("files"), max_examples=6)
@given(
    moments=st.lists(
        st.datetimes(datetime(1950, 1, 1), datetime(2026, 9, 29)).map(
            lambda m: m.replace(microsecond=0)
        ),
        min_size=1,
        max_size=20,
    ),
    minutes=st.integers(-12 * 60, 14 * 60),
    zone=st.sampled_from(["UTC", "Europe/Lisbon", "America/New_York", "Asia/Kathmandu"]),
)
def test_moments_with_an_offset_are_local_times_of_the_company(tmp_path, moments, minutes, zone):
    aware = [m.replace(tzinfo=timezone(timedelta(minutes=minutes))) for m in moments]
    cells = "".join(f"{i},{m.isoformat()}\n" for i, m in enumerate(aware))
    (tmp_path / "t.csv").write_text("i,v\n" + cells)
    columns = {"i": {"type": "integer"}, "v": {"type": "datetime", "future": True}}
    with opened(tmp_path, {"t": {"path": "t.csv", "columns": columns}}, time_zone=zone) as source:
        expected = [m.astimezone(ZoneInfo(zone)).replace(tzinfo=None) for m in aware]
        assert [v for _, v in values(source, "i", "v")] == expected


@settings(settings.get_profile("files"), max_examples=8)
@given(
    days=st.lists(
        st.tuples(st.integers(1890, 2210), st.integers(0, 13), st.integers(0, 32)), min_size=1
    )
)
def test_the_calendar_is_pythons(tmp_path, days):
    """The long way and DuckDB's shortcut agree with Python on which days there are."""

    def python(y, m, d):
        try:
            return date(y, m, d)
        except ValueError:
            return None

    texts = [f"{y:04}-{m:02}-{d:02}" for y, m, d in days]
    column = {
        "type": "date",
        "future": True,
        "min": "1800-01-01",
        "max": "2300-01-01",
        "tolerate": 1,
    }
    for cells in (texts, [t + " 00:00" for t in texts]):
        good = [d for d in (python(*day) for day in days) if d]
        with one(tmp_path, column, cells) as source:
            report = source.report("t")
            assert report.aside == len(days) - len(good)
            if good:
                assert [v for _, v in values(source, "i", "v")] == good


@settings(settings.get_profile("files"), max_examples=8)
@given(
    numbers=st.lists(
        st.floats(allow_nan=False, allow_infinity=False, width=64), min_size=1, max_size=30
    ),
    comma=st.booleans(),
)
def test_every_number_comes_back_to_the_last_bit(tmp_path, numbers, comma):
    numbers = [0.0 if x and not 1e-90 < abs(x) < 1e90 else x for x in numbers]
    cells = [repr(x).replace(".", ",") if comma else repr(x) for x in numbers]
    got = read(tmp_path, "number", cells, csv={"decimal": "," if comma else "."})
    assert all(math.isclose(a, b, rel_tol=0, abs_tol=0) for a, b in zip(got, numbers, strict=True))
