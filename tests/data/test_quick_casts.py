"""Where DuckDB settles a cell, it settles it as the long way does: on cells made to tell them apart."""

from __future__ import annotations

import random

import pyarrow as pa
import pytest

from toolkit.company.tables import Table
from toolkit.data.asking import name_of
from toolkit.data.casting import as_read, converted
from toolkit.data.connection import quiet_duckdb
from toolkit.data.number_marks import PLAIN, Marks
from toolkit.data.readers import Raw
from toolkit.data.typed import typed_rows

PIECES = {
    "integer": ["0", "7", "12", "345", ".", ",", " ", "-", "+", "000", "'", "\u202f", "00"],
    "number": ["0", "7", "12", "345", ".", ",", " ", "-", "e", "E5", "000", "\u00a0", "inf", "5"],
    "boolean": ["true", "T", "Yes", "no", "1", "0", ".0", " ", "FALSE", "nO", "y"],
    "date": ["2024", "1900", "02", "29", "31", "-", "/", ".", "T00:00", " ", "0000", "4", ":00"],
    "datetime": [
        "2024-02-29", "1900-02-29", "2026-11-05", "T", " ", "10:30", "24:00", ":59", ":60", ".25",
        ".1234567", "+01:00", "Z", "0000-01-01", "2026-1-5",
    ],
    "text": ["a", " ", "\t", "n/a", "-99", "\u00a0", "\v", "\n"],
}  # fmt: skip
FORMATS = {
    "date": ["%d/%m/%Y", "%Y%m%d", "%d.%m.%y", "%m-%d-%Y %H:%M"],
    "datetime": ["%Y-%m-%d %H:%M:%S", "%d/%m/%Y %T", "%d/%m/%Y %I:%M %p"],
}
MARKS = [
    PLAIN,
    Marks(".", None, assumed=True),
    Marks(".", ",", assumed=True),
    Marks(",", "."),
    Marks(",", " "),
    Marks(".", "'"),
]


def made(kind: str, chance: random.Random) -> str:
    """A few pieces beside each other, half of them in the form of the type."""
    if kind == "date" and chance.random() < 0.7:
        day, month = chance.randint(0, 32), chance.randint(0, 13)
        year = chance.choice([1, 26, 999, 1900, 2024, 2026, 9999, 12345])
        form = chance.choice(["{0:02}/{1:02}/{2:04}", "{2:04}-{1:02}-{0:02}", "{2:04}{1:02}{0:02}",
                              "{0}/{1}/{2}", "{0:02}.{1:02}.{2:02}", "{1:02}-{0:02}-{2} 00:00",
                              "{1:02}-{0:02}-{2} 10:00"])  # fmt: skip
        return form.format(day, month, year)
    if kind == "datetime" and chance.random() < 0.6:
        form = chance.choice(["{:02}/{:02}/{} {:02}:{:02}:{:02}", "{2}-{1:02}-{0:02} {3:02}:{4:02}:{5:02}",
                              "{:02}/{:02}/{} {:02}:{:02} PM"])  # fmt: skip
        return form.format(chance.randint(0, 32), chance.randint(0, 13), chance.choice([2024, 26, 999]),
                           chance.randint(0, 25), chance.randint(0, 61), chance.randint(0, 61))  # fmt: skip
    return "".join(chance.choices(PIECES[kind], k=chance.randint(0, 4)))


@pytest.mark.parametrize("marks", MARKS)
def test_the_quick_way_is_the_long_way(marks):
    chance = random.Random(MARKS.index(marks))
    columns = {kind: {"type": kind} for kind in PIECES}
    for kind, formats in FORMATS.items():
        columns |= {f"{kind}{i}": {"type": kind, "format": f} for i, f in enumerate(formats)}
    model = Table.model_validate({"path": "t", "columns": columns, "missing": [-99, "n/a", "12"]})
    cells = {c: [made(c.rstrip("0123456789"), chance) for _ in range(1500)] for c in columns}
    engine = quiet_duckdb()
    stored = engine.create_table("stored", pa.table(cells))
    raw = Raw("SELECT * FROM stored", "t", marks, "", once=True)
    quick = typed_rows(raw, model, "Europe/Lisbon", engine, "quick").rows.table()
    long = converted(stored, model, tuple(columns), "Europe/Lisbon", marks, "long")
    chosen = [c for kind in columns for c in (kind, as_read(kind)) if c in long.columns]
    ways = [engine.to_pyarrow(way.select(*chosen)).to_pydict() for way in (quick, long)]
    for column in chosen:
        apart = [
            (cell, a, b)
            for cell, a, b in zip(cells[column.split(" ")[0]], *(w[column] for w in ways), strict=True)
            if a != b
        ]
        assert not apart, (column, apart[:3])
    # neither way is trivial: the quick one leaves little of what fits, and much does not fit
    left = engine.con.execute(f'SELECT COUNT({name_of("number: rest")}) FROM "quick cells"').fetchone()
    fits = [v for v in ways[1]["number"] if v is not None]
    unfit = [v for v in ways[1][as_read("number")] if v is not None]
    assert len(fits) > 100 and len(unfit) > 100
    assert left[0] < len(unfit) + 0.6 * len(fits)


def test_clean_columns_are_settled_at_once():
    cells = {
        "integer": ["1", "-20", "3.0", ""],
        "number": ["1", "-2.5", ".5", "1e3"],
        "boolean": ["true", "No", "1", "F"],
        "date": ["2026-09-30", "1900-01-01", "", "2024-02-29"],
        "datetime": ["2026-09-30", "2026-09-30T10:00", "2026-09-30 10:00:00", "2026-09-30 10:00:00.25"],
        "text": ["a", " b ", "  ", ""],
    }
    model = Table.model_validate({"path": "t", "columns": {k: {"type": k} for k in cells}})
    engine = quiet_duckdb()
    engine.create_table("stored", pa.table(cells))
    typed = typed_rows(
        Raw("SELECT * FROM stored", "t", PLAIN, "", once=True), model, "UTC", engine, "t"
    )
    assert not typed.unfit
    assert typed.rows.table().columns == tuple(cells)
