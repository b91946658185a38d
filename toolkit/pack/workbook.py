"""All tables of a run as one workbook: the same bytes for the same run.

Numbers are numbers with their interval and unit in columns of their own. Every text is written as text:
one that begins with ``=``, ``+``, ``-`` or ``@`` is shown and never run, and no text becomes a link.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from toolkit.language import Quantity
from toolkit.language.quantities import unplain
from toolkit.pack.published import Published
from toolkit.pack.records import outputs_of
from toolkit.shown import GRID, Grid, cell_text, clean

_EPOCH = datetime(2000, 1, 1)
"""A workbook names the day on which it was made; ours always names this one."""

_FORBIDDEN = re.compile(r"[\[\]:*?/\\']")
_LONGEST_NAME, _LONGEST_TEXT, _WIDEST = 31, 32_767, 60
_AS_TEXT = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "default_date_format": "yyyy-mm-dd"}
_FINDING = ("id", "page", "question", "subject", "period", "verdict", "sentence", "kpi", "estimate", "low", "high", "unit", "per", "n",
            "n_unit", "method", "decision", "owner", "due", "grade")  # fmt: skip
_NUMBERS = ("estimate", "low", "high", "n")


def write_workbook(run: Published, path: Path) -> int:
    """Write findings and tables of `run` to `path`; how many tables there are.

    The first sheet holds the findings, the second lists the tables, each of which has a sheet.
    """
    tables = [(page, grid) for page, notebook in run.notebooks for grid in _grids(notebook)]
    book = xlsxwriter.Workbook(str(path), _AS_TEXT)
    book.set_properties({"title": f"{run.company} {run.period}", "created": _EPOCH})
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    findings, contents = book.add_worksheet("Findings"), book.add_worksheet("Tables")
    _write(findings, [list(_FINDING), *([_plain(f, key) for key in _FINDING] for f in run.findings)], head, day)
    listed: list[list[object]] = [["sheet", "page", "table"]]
    taken = {"findings", "tables"}
    for page, grid in tables:
        name = _sheet_name(grid.title.text(), taken)
        listed.append([name, page, grid.title.text()])
        _write(book.add_worksheet(name), list(_cells(grid)), head, day)
    _write(contents, listed, head, day)
    book.close()
    return len(tables)


def _grids(notebook) -> Iterator[Grid]:
    return (Grid.from_json(shown) for shown in outputs_of(notebook, GRID))


def _cells(grid: Grid) -> Iterator[list[object]]:
    """The rows of a table, headings first: a column of quantities takes one for its unit, two for its interval."""
    kinds = []
    for i in range(len(grid.columns)):
        found = [r[i] for r in grid.rows if isinstance(r[i], Quantity)]
        kinds.append((bool(found), any(q.low is not None for q in found)))
    head: list[object] = []
    for column, (measured, ranged) in zip(grid.columns, kinds, strict=True):
        name = column.text()
        head += [name, *([f"{name} (low)", f"{name} (high)"] if ranged else []), *([f"{name} (unit)"] if measured else [])]
    yield head
    for row in grid.rows:
        line: list[object] = []
        for cell, (measured, ranged) in zip(row, kinds, strict=True):
            if isinstance(cell, Quantity):
                line += [cell.value, *([cell.low, cell.high] if ranged else []), cell.unit]
            else:
                line += [cell, *[None] * (2 * ranged + measured)]
        yield line


def _write(sheet: Worksheet, rows: list[list[object]], head, day) -> None:
    widths: dict[int, int] = {}
    for y, row in enumerate(rows):
        for x, cell in enumerate(row):
            shown = _put(sheet, y, x, cell, head if y == 0 else None, day)
            widths[x] = min(_WIDEST, max(widths.get(x, 8), shown + 2))
    for x, width in widths.items():
        sheet.set_column(x, x, width)
    sheet.freeze_panes(1, 1)


def _put(sheet: Worksheet, y: int, x: int, cell: object, head, day) -> int:
    """Write one cell; how wide it shows."""
    if cell is None:
        return 0
    if isinstance(cell, bool):
        sheet.write_boolean(y, x, cell)
        return 5
    if isinstance(cell, int | float):
        # a workbook has no nan and no infinity: what is not known is an empty cell, not 0
        if cell != cell or cell in (float("inf"), float("-inf")):
            return 0
        sheet.write_number(y, x, cell)
        return 12
    if isinstance(cell, date):
        sheet.write_datetime(y, x, cell, day)
        return 10
    text = clean(cell if isinstance(cell, str) else cell_text(cell, "en"))[:_LONGEST_TEXT]
    sheet.write_string(y, x, text, head)
    return len(text)


def _plain(finding: dict, key: str) -> object:
    value = finding.get(key)
    return value if value is None or key not in _NUMBERS else unplain(value)


def _sheet_name(title: str, taken: set[str]) -> str:
    """A name that a workbook takes: 31 letters, none of ``[]:*?/\\'``, each once whatever its case."""
    words = " ".join(_FORBIDDEN.sub(" ", clean(title)).split())[:_LONGEST_NAME].strip()
    words = words if words and words.lower() != "history" else "Table"
    name, number = words, 2
    while name.lower() in taken:
        tail = f" {number}"
        name, number = words[: _LONGEST_NAME - len(tail)].rstrip() + tail, number + 1
    taken.add(name.lower())
    return name
