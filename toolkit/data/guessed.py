"""What does this CSV seem to hold? Guesses to confirm, from every row of it: types, key, time.

Guessing is for the first params file only. What the file then says is what holds: nothing is guessed
when tables are read.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from toolkit.problems import Problem, Refused

_DELIMITERS = (",", ";", "\t", "|")
_TRUTHS = {"true", "false", "yes", "no", "y", "n", "t", "f"}
_WHOLE = re.compile(r"-?(?:0|[1-9]\d{0,14})")
_DECIMAL = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?")
_DECIMAL_COMMA = re.compile(r"-?\d+,\d+")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?")
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_MOST_VALUES, _MOST_ROWS = 12, 500_000
_WORDS_OF_IDS = ("id", "no", "number", "key", "code", "nr")
_WORDS_OF_PEOPLE = ("customer", "client", "person", "user", "member", "account", "email", "phone", "name")


@dataclass(frozen=True)
class Column:
    """One column: our name for it, the file's, and what it seems to be."""

    name: str
    origin: str
    type: str
    values: tuple[str, ...] = ()
    missing: int = 0
    different: int = 0
    format: str | None = None
    first: date | None = None
    last: date | None = None
    most: str | None = None

    @property
    def words(self) -> tuple[str, ...]:
        """Its name in words."""
        return tuple(self.name.split("_"))

    @property
    def dated(self) -> bool:
        """Whether it holds days or moments."""
        return self.type in ("date", "datetime")


@dataclass(frozen=True)
class Guessed:
    """What the file seems to hold."""

    name: str
    file: str
    rows: int
    columns: tuple[Column, ...]
    options: dict[str, str] = field(default_factory=dict)

    @property
    def key(self) -> Column | None:
        """The first column whose values all differ, one that is called an id before any other."""
        unique = [c for c in self.columns if c.type in ("text", "integer") and c.different == self.rows and not c.missing]
        return next((c for c in unique if set(c.words) & set(_WORDS_OF_IDS)), unique[0] if unique else None)

    @property
    def time(self) -> Column | None:
        """The date that most rows have, the first of those."""
        return min((c for c in self.columns if c.dated), key=lambda c: c.missing, default=None)

    @property
    def unit(self) -> Column | None:
        """Whose row it is, where rows repeat it."""
        people = (c for c in self.columns if c.type in ("text", "integer") and c.different < self.rows and not c.missing)
        return next((c for c in people if set(c.words) & set(_WORDS_OF_PEOPLE[:6]) and set(c.words) & set(_WORDS_OF_IDS)), None)

    def personal(self, column: Column) -> bool:
        """Whether its values seem to identify somebody."""
        named = set(column.words) & set(_WORDS_OF_PEOPLE)
        return column in (self.key, self.unit) or (column.type == "text" and bool(named) and column.different > self.rows / 2)


def guessed(path: Path) -> Guessed:
    """Read `path` as a CSV and guess.

    Raises
    ------
    Refused
        Where it is no file with a header and rows, all as long as the header.
    """
    if not path.is_file():
        raise Refused(Problem(str(path), "is no file"))
    text, encoding = _text(path)
    lines = text.splitlines()
    if len(lines) < 2:
        raise Refused(Problem(str(path), "must have a header and rows below it"))
    delimiter = max(_DELIMITERS, key=lines[0].count)
    rows = [r for r in csv.reader(text.splitlines(keepends=True), delimiter=delimiter) if r]
    header, body = [h.strip() for h in rows[0]], rows[1 : _MOST_ROWS + 1]
    if wrong := [i for i, row in enumerate(body, 2) if len(row) != len(header)]:
        raise Refused(Problem(str(path), f"must have {len(header)} cells in every row, as in its header", rows=len(wrong),
                              examples=(f"row {wrong[0]}",)))
    names = _names(header)
    columns = [_column(n, h, [row[i].strip() for row in body]) for i, (n, h) in enumerate(zip(names, header, strict=True))]
    options = {"encoding": encoding} if encoding != "utf-8" else {}
    if delimiter != "," and any(_DECIMAL_COMMA.fullmatch(row[i].strip()) for i, c in enumerate(columns) for row in body[:1000]
                                if c.type == "number"):  # fmt: skip
        options["decimal"] = ","
    return Guessed(_names([path.stem])[0], path.name, len(body), tuple(columns), options)


def _text(path: Path) -> tuple[str, str]:
    raw = path.read_bytes()
    try:
        return raw.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        try:
            return raw.decode("windows-1252"), "windows-1252"
        except UnicodeDecodeError:
            raise Refused(Problem(str(path), "is neither in UTF-8 nor in Windows-1252: save it as UTF-8")) from None


def _names(header: list[str]) -> list[str]:
    """Our names: lower-case words with underscores, each once, none that SQL or Python reserves."""
    from toolkit.company.base import _a_name
    from toolkit.company.expressions import SQL_WORDS

    found: list[str] = []
    for i, origin in enumerate(header, 1):
        split = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", origin)
        name = re.sub(r"[^a-z0-9]+", "_", split.lower()).strip("_")[:50]
        name = name if name[:1].isalpha() else f"column_{i}"
        try:
            _a_name(name)
        except ValueError:
            name = f"{name}_"
        name = f"{name}_value".replace("__", "_") if name in SQL_WORDS or name.endswith("_") else name
        found.append(name if name not in found else f"{name}_{i}")
    return found


def _column(name: str, origin: str, cells: list[str]) -> Column:
    given = [c for c in cells if c]
    counts = Counter(given)
    common = dict(missing=len(cells) - len(given), different=len(counts), most=counts.most_common(1)[0][0] if counts else None)
    if not given:
        return Column(name, origin, "text", **common)
    for kind, pattern in (("integer", _WHOLE), ("number", _DECIMAL), ("number", _DECIMAL_COMMA), ("date", _DAY), ("datetime", _MOMENT)):
        if all(pattern.fullmatch(c) for c in counts):
            days = [date.fromisoformat(c[:10]) for c in (min(counts), max(counts))] if kind in ("date", "datetime") else [None, None]
            return Column(name, origin, kind, first=days[0], last=days[1], **common)
    if {c.lower() for c in counts} <= _TRUTHS and len(counts) == 2:
        return Column(name, origin, "boolean", **common)
    if all(_SLASHED.fullmatch(c) for c in counts):
        parts = [tuple(map(int, _SLASHED.fullmatch(c).groups())) for c in counts]
        month_first = any(b > 12 for _, b, _ in parts)
        try:
            days = [date(y, a, b) if month_first else date(y, b, a) for a, b, y in parts]
        except ValueError:
            return Column(name, origin, "text", **common)
        form = "%m/%d/%Y" if month_first else "%d/%m/%Y"
        return Column(name, origin, "date", format=form, first=min(days), last=max(days), **common)
    identifies = bool(set(name.split("_")) & set(_WORDS_OF_IDS))
    if not identifies and len(counts) <= _MOST_VALUES and len(counts) * 5 <= len(given):
        return Column(name, origin, "category", values=tuple(sorted(counts)), **common)
    return Column(name, origin, "text", **common)
