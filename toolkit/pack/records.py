"""What an executed notebook says: findings and tables, read from its outputs."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

from toolkit.findings import FINDING
from toolkit.pack.notebook_text import Node
from toolkit.shown import GRID, Grid, cell_text, clean

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_SECOND = re.compile(r"([;\t\r\n]\s*)(?=[=@]|[+-](?![0-9]))")  # where a program splits at semicolons, a cell begins


def outputs_of(notebook: Node, media: str) -> Iterator[object]:
    """Every output of the given media type, in order."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if media in output.get("data", {}):
                yield output["data"][media]


def findings_of(notebook: Node, page: str) -> list[dict]:
    """The findings a notebook showed, each with the page it stands on; a repeated id once."""
    found: dict[str, dict] = {}
    for shown in outputs_of(notebook, FINDING):
        for finding in shown if isinstance(shown, list) else [shown]:
            found[finding["id"]] = {**finding, "page": page}
    return list(found.values())


def tables_of(notebook: Node, page: str) -> dict[str, str]:
    """The tables a notebook showed as CSV text, by file name."""
    tables: dict[str, str] = {}
    for shown in outputs_of(notebook, GRID):
        grid = Grid.from_json(shown)
        words = re.sub(r"[^a-z0-9]+", "-", grid.title.text().lower()).strip("-")[:50] or "table"
        name = f"{page}-{words}"
        name = next(n for n in (name, *(f"{name}-{i}" for i in range(2, 1000))) if f"{n}.csv" not in tables)
        tables[f"{name}.csv"] = as_csv(grid)
    return tables


def as_csv(grid: Grid) -> str:
    """A grid as CSV: numbers at full precision with their interval beside them, text made harmless."""
    from toolkit.language import Quantity

    ranged = [any(isinstance(r[i], Quantity) and r[i].low is not None for r in grid.rows) for i in range(len(grid.columns))]
    out = io.StringIO()
    write = csv.writer(out, lineterminator="\n")
    head: list[str] = []
    for column, has_interval in zip(grid.columns, ranged, strict=True):
        name = harmless(column.text())
        head += [name, f"{name} (low)", f"{name} (high)", f"{name} (unit)"] if has_interval else [name]
    write.writerow(head)
    for row in grid.rows:
        line: list[object] = []
        for cell, has_interval in zip(row, ranged, strict=True):
            if isinstance(cell, Quantity):
                value = repr(cell.value) if cell.known else ""
                if has_interval:
                    ends = [repr(cell.low), repr(cell.high)] if cell.low is not None else ["", ""]
                    line += [value, *ends, cell.unit]
                else:
                    line.append(value)
            else:
                line += [harmless(cell_text(cell, "en"))] + [""] * (3 * has_interval)
        write.writerow(line)
    return out.getvalue()


def harmless(text: str) -> str:
    """Text that a spreadsheet shows instead of running: a leading apostrophe where it would act."""
    text = _SECOND.sub(r"\1'", clean(text))
    return f"'{text}" if text.startswith(_FORMULA) else text
