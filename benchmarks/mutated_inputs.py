"""A small company's params file and table, changed at random: text, structure, bytes or cells.

Mutant number i of a seed is the same in every run.
"""

from __future__ import annotations

import copy
import io
import json
import math
import random
from collections.abc import Iterator
from pathlib import Path

import numbers_by_pandas as independent
import pandas as pd
import yaml

PARAMS = """\
version: 1
company: {id: small, name: Small, as_of: 2026-09-30}
tables:
  orders:
    path: orders.csv
    key: [order_id]
    time: day
    columns:
      order_id: {type: text, required: true}
      day: {type: date}
      late: {type: boolean}
      hours: {type: number, min: 0}
      items: {type: integer}
      region: {type: category, values: [north, south]}
kpis:
  late: {label: Late, table: orders, numerator: late, denominator: 1, better: lower, format: percent}
  hours_north: {label: Hours, table: orders, numerator: hours, where: region = 'north', better: lower}
  hours_per_item: {label: Hours per item, table: orders, numerator: hours, denominator: items}
"""
NASTY_BYTES = [
    b",", b";", b"\t", b"|", b'"', b"'", b"\n", b"\r", b"\r\n", b"\x00", b"\xff", b"\xe9", b"\xef\xbb\xbf", b"=", b"\x1a",
    b"\xe2\x80\xa8", b"\xc2\xa0", b"1e999", b"-1", b"NaN", b"inf", b"1,5", b"2026-02-30", b'""', b'"\n"', b" ", b"0x1F",
    b": ", b"- ", b"#", b"&a ", b"*a", b"!!python/name:os ", b"{", b"}", b"[", b"]", b"null", b"true", b"2026-01-01",
    b"sum(", b"orders", b"hours", b"late", b"date", b"number", b"text", b"north", b"datetime", b"quantile", b"(" * 70,
]  # fmt: skip
CELLS = [
    None, "", " ", "0", "1", "1.0", "2.0", "-1", "-0", "+3", "1e3", "1E-2", "1e999", ".5", "5.", "1,5", "1,234", "1.234", "1.234,5",
    "1,234.5", "12,34", "0x10", "1_000", "NaN", "nan", "inf", "-Infinity", "NULL", "n/a", "true", "TRUE", "no", "Y", "t", "wahr",
    "north", "North", " north ", "south", "east", "2026-02-28", "2026-02-30", "2026-2-3", "02/03/2026", "2026-03-01 00:00:00",
    "2026-03-01T00:00", "2026-03-01 12:00", "2027-01-01", "1899-12-31", "0000-00-00", "20260301", "ORD1", "ORD2", "１２", "٣",
    "=1+1", "1 000", "1'000", "\u202e12", "\ufeff3", "9" * 25, "0.1" + "0" * 50, True, False, 0, 1, 7, -3, 2**60, 0.5, -2.5, 1e300,
    math.nan, math.inf,
]  # fmt: skip
FITTING = {
    "day": (None, "", "2026-02-28 00:00:00", "2026-09-30T00:00", " 2026-01-31 ", "2024-02-29", "2026-10-01"),
    "late": (None, "yes", "N", "1", "0.0", "T", "FALSE ", True, 0),
    "hours": (None, "", "7", "0.25", ".5", "1e2", "+3", "-0", " 4.75 ", "1234.5", 2, 0.125, "00012"),
    "items": (None, "", "3", "+2", "0", "1", " 5", 4, 2.0, "007"),
    "region": (None, "", "north", "south", " south"),
}


def base(rng: random.Random) -> pd.DataFrame:
    """Orders of nine months, in which everything is as declared."""
    rows = []
    for i in range(72):  # four a month in each region, one of them on the month's last days
        day = f"2026-{i % 9 + 1:02d}-{28 if i < 18 else rng.randrange(1, 28):02d}"
        late, region = rng.choice(["true", "false"]), ("north", "south")[i // 9 % 2]
        rows.append([f"ORD{i}", day, late, rng.randrange(1, 4000) / 8, rng.randrange(1, 9), region])
    return pd.DataFrame(rows, columns=independent.COLUMNS, dtype=object)


def bytes_mutated(raw: bytes, rng: random.Random) -> bytes:
    """Some bytes replaced, left out, doubled, or lines exchanged."""
    for _ in range(rng.choice([1, 1, 1, 2, 4])):
        at = rng.randrange(len(raw) + 1)
        until = min(len(raw), at + rng.choice([0, 1, 1, 4, 30]))
        move = rng.randrange(6)
        if move < 2:
            raw = raw[:at] + rng.choice(NASTY_BYTES) + raw[until:]
        elif move == 2:
            raw = raw[:at] + raw[until:]
        elif move == 3:
            raw = raw[:at] + raw[at:until] * 2 + raw[until:]
        elif move == 4:
            lines = raw.split(b"\n")
            i, j = rng.randrange(len(lines)), rng.randrange(len(lines))
            lines[i], lines[j] = lines[j], lines[i]
            raw = b"\n".join(lines)
        else:
            raw = raw[:at] + bytes([rng.randrange(256)]) + raw[at + 1 :]
    return raw


def cells_mutated(frame: pd.DataFrame, rng: random.Random) -> pd.DataFrame:
    """Some cells replaced, rows doubled or left out, columns renamed, left out, added or exchanged."""
    frame = frame.copy()
    for _ in range(rng.choice([1, 1, 2, 3])):
        column = rng.choice(list(frame.columns))
        move = rng.randrange(12)
        if move < 7:
            kept = FITTING.get(column, (None,))
            frame.loc[rng.randrange(len(frame)), column] = rng.choice(kept if rng.random() < 0.5 else CELLS)
        elif move == 7:
            frame[column] = pd.Series([rng.choice(CELLS)] * len(frame), dtype=object)
        elif move == 8:
            frac = rng.choice([0.0, 0.2, 0.5, 1.0, 1.0, 1.2])
            frame = frame.sample(frac=frac, replace=frac > 1, random_state=rng.randrange(99))
            frame = frame.reset_index(drop=True)
            if frame.empty:
                break
        elif move == 9:
            frame = frame.rename(columns={column: rng.choice([f" {column} ", column.upper(), "x", "order_id", ""])})
            break
        elif move == 10:
            frame = frame.drop(columns=column)
            break
        else:
            frame.insert(rng.randrange(len(frame.columns)), "more", pd.Series([rng.choice(CELLS)] * len(frame), dtype=object))
            break
    return frame


def structure_mutated(text: str, rng: random.Random) -> bytes:
    """One value of the params replaced by another, left out, or put somewhere else."""
    data = yaml.safe_load(text)
    data["company"]["as_of"] = "2026-09-30"
    paths = list(_paths(data))
    for _ in range(rng.choice([1, 1, 2])):
        *way, last = rng.choice(paths)
        part = data
        try:
            for step in way:
                part = part[step]
            other = copy.deepcopy(data)
            for step in rng.choice(paths):
                other = other[step]
            move = rng.randrange(4)
            if move == 0:
                del part[last]
            elif move == 1 and isinstance(part, dict):
                part[rng.choice(["path", "where", "min", "Ω", "a b", "version", "join", "1", "late"])] = part.pop(last)
            else:
                part[last] = other if move == 2 else rng.choice([*CELLS, [], {}, [1], {"a": None}, -1, 1.5])
        except (KeyError, IndexError, TypeError):
            continue
    return json.dumps(data, ensure_ascii=rng.random() < 0.5, default=str).encode("utf-8", "replace")


def _paths(data: object, way: tuple = ()) -> Iterator[tuple]:
    if way:
        yield way
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        yield from _paths(value, (*way, key))


def as_csv(frame: pd.DataFrame, rng: random.Random) -> bytes:
    """Written plainly, or with another delimiter, quotes, line end or encoding."""
    delimiter, quoting = rng.choice([",", ",", ";", "\t", "|"]), rng.choice([0, 0, 1])
    out = io.StringIO(newline="")
    ends = rng.choice(["\n", "\n", "\r\n"])
    frame.to_csv(out, index=False, sep=delimiter, quoting=quoting, lineterminator=ends)
    return out.getvalue().encode(rng.choice(["utf-8", "utf-8", "utf-8-sig", "utf-16"]))


def as_parquet(frame: pd.DataFrame, path: Path, rng: random.Random) -> None:
    """In the types the cells have, several kinds of them at random; all as text where they are mixed."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    typed = {"hours": [pa.float64(), pa.float32(), pa.decimal128(12, 3)], "items": [pa.int64(), pa.int8(), pa.uint32(), pa.float64()],
             "late": [pa.bool_(), pa.int8()], "region": [pa.dictionary(pa.int8(), pa.string())],
             "day": [pa.date32(), pa.timestamp("ms"), pa.timestamp("us", "UTC"), pa.timestamp("ns")]}  # fmt: skip
    arrays = []
    for i, name in enumerate(frame.columns):
        values = [None if v is None else v for v in frame.iloc[:, i]]
        try:
            if name == "day" and rng.random() < 0.7:
                values = [None if v is None else pd.Timestamp(v) for v in values]
            if name == "late" and rng.random() < 0.7:
                values = [{"true": True, "false": False}.get(v, v) for v in values]
            array = pa.array(values)
            if name in typed and rng.random() < 0.7:
                array = array.cast(rng.choice(typed[name]))
        except (pa.ArrowException, ValueError, TypeError, OverflowError):
            array = pa.array([None if v is None else str(v) for v in values], pa.string())
        arrays.append(array)
    table = pa.Table.from_arrays(arrays, names=[str(c) for c in frame.columns])
    pq.write_table(table, path, row_group_size=rng.choice([7, 60, 1000]), compression=rng.choice(["snappy", "none", "zstd"]))


def as_excel(frame: pd.DataFrame, path: Path, rng: random.Random) -> None:
    """Numbers, days and booleans as such or as text, at random."""
    import xlsxwriter

    with xlsxwriter.Workbook(path, {"nan_inf_to_errors": True}) as book:
        sheet, dated = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
        days, flags = rng.random() < 0.5, rng.random() < 0.5
        for j, name in enumerate(frame.columns):
            sheet.write_string(0, j, str(name))
            for i, value in enumerate(frame.iloc[:, j], 1):
                if isinstance(value, str) and name == "day" and days and value.startswith("2026-0") and len(value) == 10:
                    try:
                        sheet.write_datetime(i, j, pd.Timestamp(value).to_pydatetime(), dated)
                        continue
                    except ValueError:
                        pass  # no such day: it stays text
                if isinstance(value, str) and flags and value in ("true", "false"):
                    sheet.write_boolean(i, j, value == "true")
                elif isinstance(value, str):
                    sheet.write_string(i, j, value)
                elif isinstance(value, bool):
                    sheet.write_boolean(i, j, value)
                elif value is not None:
                    sheet.write_number(i, j, value)


def mutant(seed: int, number: int, folder: Path) -> tuple[str, Path, Path]:
    """Write mutant `number`: its kind, its params file and its table."""
    rng = random.Random(f"{seed}/{number}")
    kind = ("params text", "params structure", "csv bytes", "csv cells", "parquet cells", "parquet bytes",
            "excel cells", "excel bytes")[number % 8]  # fmt: skip
    suffix = {"par": "parquet", "exc": "xlsx"}.get(kind[:3] if not kind.startswith("params") else "", "csv")
    table, params = folder / f"orders.{suffix}", folder / "small.yaml"
    frame, text = base(rng), PARAMS.replace("orders.csv", table.name)
    if kind.endswith("cells"):
        frame = cells_mutated(frame, rng)
    if suffix == "csv":
        raw = frame.to_csv(index=False).encode() if kind != "csv cells" else as_csv(frame, rng)
        table.write_bytes(bytes_mutated(raw, rng) if kind == "csv bytes" else raw)
    else:
        (as_parquet if suffix == "parquet" else as_excel)(frame, table, rng)
        if kind.endswith("bytes"):
            table.with_suffix(".untouched").write_bytes(table.read_bytes())
            table.write_bytes(bytes_mutated(table.read_bytes(), rng))
    raw = structure_mutated(text, rng) if kind == "params structure" else text.encode()
    params.write_bytes(bytes_mutated(raw, rng) if kind == "params text" else raw)
    return kind, params, table
