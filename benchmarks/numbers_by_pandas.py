"""What a small table's KPIs are, read and reckoned without the toolkit: for the fuzzing of inputs.

Reads with pandas and the standard library alone, checks the contract's rules by itself, and gives the
two sums and rows of every KPI by month. What breaks a rule, or can be read in two ways that differ, is
said as `Unfit`: a toolkit that accepts such a table is wrong.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import math
import re
import zipfile
import zlib
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd

COLUMNS = ("order_id", "day", "late", "hours", "items", "region")
AS_OF = dt.date(2026, 9, 30)
KPIS = {
    "late": ("late", None, None),
    "hours_north": ("hours", None, "north"),
    "hours_per_item": ("hours", "items", None),
}
"""Name -> numerator, denominator (None: 1), region it is limited to (None: all)."""

_SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_TRUE, _FALSE = {"true", "t", "yes", "y", "1", "1.0"}, {"false", "f", "no", "n", "0", "0.0"}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]00:00(?::00(?:\.0+)?)?)?", re.ASCII)


class Unfit(Exception):
    """The table breaks a rule of its contract, or cannot be read by itself."""


def csv_rows(raw: bytes) -> pd.DataFrame:
    """The cells as text."""
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = raw.decode("utf-16")
    else:
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise Unfit("not UTF-8") from None
    text = text.lstrip("\r\n")
    tried = []
    for delimiter in [text[4]] if re.match(r"sep=[,;\t|]\r?\n", text) else ",;\t|":
        body = text.partition("\n")[2] if text.startswith("sep=") else text
        try:
            rows = [r for r in csv.reader(io.StringIO(body, newline=""), delimiter=delimiter, strict=True) if r]
        except csv.Error:
            continue
        if rows and {h.strip() for h in rows[0]} >= set(COLUMNS):
            tried.append(rows)
    if len(tried) != 1:
        raise Unfit(f"{len(tried)} delimiters fit")
    (head, *body), names = tried[0], [h.strip() for h in tried[0][0]]
    if any(len(r) != len(head) for r in body):
        raise Unfit("rows of unequal length")
    if any(names.count(c) != 1 for c in COLUMNS):
        raise Unfit("a column stands twice")
    return pd.DataFrame(body, columns=names, dtype=object)[list(COLUMNS)]


def parquet_rows(path: Path) -> pd.DataFrame:
    """The cells as Python's own values; those of the table before it was damaged, where it cannot be read."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path)
    except (OSError, pa.ArrowException):  # damaged in what this reader needs and the other does not
        table = pq.read_table(path.with_suffix(".untouched"))
    if any(table.column_names.count(c) != 1 for c in COLUMNS):
        raise Unfit("a column is missing or stands twice")
    return pd.DataFrame({c: pd.Series(table[c].to_pylist(), dtype=object) for c in COLUMNS})


def excel_rows(path: Path) -> pd.DataFrame:
    """The cells of the first sheet, from the parts of the file; days as serial numbers."""
    try:
        with zipfile.ZipFile(path) as parts:  # reading a part checks its sum
            texts = []
            if "xl/sharedStrings.xml" in parts.namelist():
                shared = ElementTree.fromstring(parts.read("xl/sharedStrings.xml"))
                texts = ["".join(t.text or "" for t in si.iter(f"{_SHEET}t")) for si in shared]
            sheet = ElementTree.fromstring(parts.read("xl/worksheets/sheet1.xml"))
    except (zipfile.BadZipFile, zlib.error, KeyError, ElementTree.ParseError, EOFError, NotImplementedError) as wrong:
        raise Unfit(f"no workbook: {wrong}") from None
    rows: dict[int, dict[str, object]] = {}
    for cell in sheet.iter(f"{_SHEET}c"):
        letters, number = re.fullmatch(r"([A-Z]+)(\d+)", cell.get("r")).groups()
        value = cell.find(f"{_SHEET}v")
        if value is None or value.text is None:
            continue
        kind = cell.get("t", "n")
        if kind == "e":
            found: object = Unfit
        elif kind == "s":
            found = texts[int(value.text)]
        else:
            found = {"b": lambda t: t == "1", "str": str, "n": float}[kind](value.text)
        rows.setdefault(int(number), {})[letters] = found
    if not rows:
        raise Unfit("empty")
    (_, head), *body = sorted(rows.items())
    names = {letters: str(v).strip() for letters, v in head.items()}
    if any(list(names.values()).count(c) != 1 for c in COLUMNS):
        raise Unfit("a column is missing or stands twice")
    found = [{names[k]: v for k, v in row.items() if k in names} for _, row in body]
    return pd.DataFrame([[row.get(c) for c in COLUMNS] for row in found], columns=COLUMNS, dtype=object)


def missing(value: object) -> bool:
    """No value: none, or text of white space only."""
    return value is None or value is pd.NaT or (isinstance(value, str) and not value.strip())


def _day(value: object) -> dt.date:
    if isinstance(value, str):
        if not _DAY.fullmatch(value.strip()):
            raise Unfit(f"no day: {value!r}")
        try:
            return dt.date.fromisoformat(value.strip()[:10])
        except ValueError:
            raise Unfit(f"no day: {value!r}") from None
    if isinstance(value, dt.datetime):
        if value.tzinfo is not None:
            value = value.astimezone(dt.UTC).replace(tzinfo=None)
        if value.time() != dt.time():
            raise Unfit("a moment, not a day")
        return value.date()
    if isinstance(value, dt.date):
        return value
    if isinstance(value, float) and not isinstance(value, bool) and value == int(value):
        return dt.date(1899, 12, 30) + dt.timedelta(days=int(value))
    raise Unfit(f"no day: {value!r}")


def _flag(value: object) -> float:
    if isinstance(value, str):
        word = value.strip().lower()
        if word in _TRUE | _FALSE:
            return float(word in _TRUE)
    elif isinstance(value, (bool, int, float, Decimal)) and value in (0, 1):
        return float(value)
    raise Unfit(f"neither true nor false: {value!r}")


def _number(text: str, decimal: str) -> float:
    other = "," if decimal == "." else "."
    point, between = re.escape(decimal), re.escape(other)
    whole = rf"(?:[0-9]{{1,3}}(?:{between}[0-9]{{3}})+|[0-9]+)"
    if not re.fullmatch(rf"[+-]?(?:{whole}(?:{point}[0-9]+)?|{point}[0-9]+)(?:[eE][+-]?[0-9]{{1,2}})?", text):
        raise Unfit(f"no number: {text!r}")
    return float(text.replace(other, "").replace(decimal, "."))


def _numbers(columns: list[pd.Series]) -> list[list[float]]:
    """Of all columns of numbers together: texts are read with the one mark that fits them all."""
    readings = []
    for decimal in ".,":
        try:
            readings.append([[_value(v, decimal) for v in column] for column in columns])
        except Unfit:
            continue
    if not readings:
        raise Unfit("no numbers under either mark")
    if len(readings) == 2 and repr(readings[0]) != repr(readings[1]):
        raise Unfit("numbers that can be read in two ways")
    return readings[0]


def _value(value: object, decimal: str) -> float:
    if missing(value):
        return math.nan
    if isinstance(value, str):
        value = _number(value.strip(), decimal)
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)) or not math.isfinite(value):
        raise Unfit(f"no finite number: {value!r}")
    return float(value)


def sums(rows: pd.DataFrame, commas_are_points: bool = False) -> dict[str, pd.DataFrame]:
    """KPI -> month -> numerator, denominator, rows with a denominator; `Unfit` where the contract is broken.

    Parameters
    ----------
    commas_are_points
        The numbers are texts in which only the point can be a decimal mark (a CSV with commas as
        delimiter and without quotes).
    """
    if any(v is Unfit for v in rows.to_numpy().ravel()):
        raise Unfit("an error of the sheet stands in a cell")
    if rows.empty:
        raise Unfit("no rows")
    ids = [None if missing(v) else str(v) for v in rows["order_id"]]
    if None in ids or len(set(ids)) < len(ids):
        raise Unfit("a key is missing or stands twice")
    day = [None if missing(v) else _day(v) for v in rows["day"]]
    if any(d is not None and not dt.date(1900, 1, 1) <= d <= AS_OF for d in day):
        raise Unfit("a day out of range")
    late = [math.nan if missing(v) else _flag(v) for v in rows["late"]]
    if commas_are_points:
        hours, items = [[_value(v, ".") for v in rows[c]] for c in ("hours", "items")]
    else:
        hours, items = _numbers([rows["hours"], rows["items"]])
    if any(v != int(v) for v in items if not math.isnan(v)):
        raise Unfit("items that are no whole numbers")
    region = [None if missing(v) else str(v) for v in rows["region"]]
    if any(r is not None and r.strip() not in ("north", "south") for r in region):
        raise Unfit("an unknown region")
    if any(h < 0 for h in hours if not math.isnan(h)):
        raise Unfit("hours below 0")
    frame = pd.DataFrame({"late": late, "hours": hours, "items": items})
    frame["month"] = [None if d is None else (d.year, d.month) for d in day]
    frame["region"] = [None if r is None else r.strip() for r in region]
    frame["one"] = 1.0
    found = {}
    for name, (above, below, limited) in KPIS.items():
        part = frame[frame["region"] == limited] if limited else frame
        part = part.dropna(subset=["month", above, below or "one"])
        by = part.groupby("month")
        found[name] = pd.DataFrame({"num": by[above].sum(), "den": by[below or "one"].sum(), "rows": (part[below or "one"] != 0).groupby(part["month"]).sum()})
    return found
