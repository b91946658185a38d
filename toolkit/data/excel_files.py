"""A sheet of an Excel or OpenDocument workbook: one header row, then rows, or refused by name.

Cells become text that reads back to the same value (``1.5``, ``2026-09-30``), written with the
decimal mark of the table's text cells; `casting` does the rest, as for any other file.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from pathlib import Path
from zipfile import BadZipFile

import pyarrow as pa
from python_calamine import CalamineError, CalamineWorkbook

from toolkit.company.tables import Column, CsvOptions
from toolkit.data.excel_errors import error_cells
from toolkit.data.number_marks import NUMERIC, Marks, is_open_number
from toolkit.problems import Problem, Refused, quoted

_MOST = 3


def excel_table(
    path: Path,
    sheet: str | None,
    columns: Mapping[str, Column],
    options: CsvOptions,
    place: str,
    position: str,
) -> tuple[pa.Table, Marks, str]:
    """Read the declared columns of a sheet as text.

    Parameters
    ----------
    sheet
        Its name; None for the first.
    columns
        The declared columns under our names.
    options
        Of them, `decimal` and `thousands` say how numbers kept as text are written.
    place
        How messages name the file.
    position
        Name of a column for the number of the row in the sheet.

    Returns
    -------
    table, marks, sha256
        Text columns and `position`; how numbers are written in them; the hash of the file.

    Raises
    ------
    Refused
        No workbook, no such sheet, a header that is blank, merged or names a column twice, cells
        that hold an Excel error, rows that are merged.
    """
    digest = sha256(path.read_bytes()).hexdigest()
    name, rows, merged = _sheet(path, sheet, place)
    place = f"{place} sheet {quoted(name)}"
    top = next((i for i, row in enumerate(rows) if any(c != "" for c in row)), None)
    if top is None:
        raise Refused(Problem(place, "is empty: it has not even a header"))
    where = _header(rows[top], columns, place, top, merged)
    body = [
        (i + 1, row) for i, row in enumerate(rows[top + 1 :], top + 1) if any(c != "" for c in row)
    ]
    if not body:
        raise Refused(Problem(place, "has a header and no rows"))
    problems = _merged_rows(merged, top, set(where.values()), place)
    problems += _errors(path, name, where, columns, top, place)
    marks = Marks(options.decimal or ".", options.thousands)
    out: dict[str, list[str | None]] = {}
    for ours, column in columns.items():
        at = where[ours]
        cells = [row[at] if at < len(row) else "" for _, row in body]
        if column.type in NUMERIC and not options.decimal:
            problems += _open_numbers(cells, body, ours, at, place)
        out[ours] = [_text(cell, marks.decimal) for cell in cells]
    if problems:
        raise Refused(problems)
    arrays = {ours: pa.array(cells, pa.string()) for ours, cells in out.items()}
    return pa.table({**arrays, position: pa.array([n for n, _ in body], pa.int64())}), marks, digest


def cell_name(row: int, column: int) -> str:
    """``B7`` of row 6, column 1, both counted from 0."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"


def _sheet(path: Path, sheet: str | None, place: str) -> tuple[str, list[list], list]:
    try:
        with CalamineWorkbook.from_path(path) as book:
            names = book.sheet_names
            if not names:
                raise Refused(Problem(place, "is a workbook without a sheet"))
            if sheet is not None and sheet not in names:
                raise Refused(
                    Problem(place, "is not a sheet of this workbook", sheet, tuple(names))
                )
            name = sheet if sheet is not None else names[0]
            found = book.get_sheet_by_name(name)
            return name, found.to_python(skip_empty_area=False), found.merged_cell_ranges or []
    except (CalamineError, BadZipFile, OSError, ValueError) as wrong:
        said = str(wrong).split("\n")[0]
        raise Refused(
            Problem(
                place,
                f"cannot be read as a workbook, it is damaged, locked or of another kind ({said})",
            )
        ) from None
    except BaseException as wrong:
        if type(wrong).__name__ != "PanicException":  # the reader's way to give up on broken bytes
            raise
        raise Refused(Problem(place, "cannot be read as a workbook: it is damaged")) from None


def _header(
    row: list, columns: Mapping[str, Column], place: str, top: int, merged: list
) -> dict[str, int]:
    names = [_text(c, ".").strip() if c != "" else "" for c in row]
    problems = []
    for start, end in merged:
        if start[0] <= top <= end[0]:
            problems.append(
                Problem(
                    f"{place} {cell_name(*start)}",
                    "the header has merged cells: give every column one name in one cell",
                    value=names[start[1]] if start[1] < len(names) else None,
                )
            )
    filled = [i for i, n in enumerate(names) if n]
    if not problems:
        problems += [
            Problem(f"{place} {cell_name(top, i)}", "a column without a name stands in the header")
            for i in range(filled[0], filled[-1])
            if not names[i]
        ]
    where: dict[str, int] = {}
    for ours, column in columns.items():
        theirs = column.source or ours
        if theirs not in names:
            listed = tuple(n for n in names if n)
            problems.append(Problem(place, "is not a column of this sheet", theirs, listed))
        elif names.count(theirs) > 1:
            problems.append(
                Problem(
                    place,
                    f"stands {names.count(theirs)} times in the header: rename all but one",
                    theirs,
                )
            )
        else:
            where[ours] = names.index(theirs)
    if problems:
        raise Refused(problems)
    return where


def _merged_rows(merged: list, top: int, read: set[int], place: str) -> list[Problem]:
    hits = [
        cell_name(*start)
        for start, end in merged
        if end[0] > top and any(start[1] <= c <= end[1] for c in read)
    ]
    if not hits:
        return []
    return [
        Problem(
            place,
            "rows hold merged cells: unmerge them and fill in every row",
            rows=len(hits),
            examples=tuple(hits[:_MOST]),
        )
    ]


def _errors(path, sheet, where, columns, top, place) -> list[Problem]:
    read = {at: ours for ours, at in where.items()}
    hits: dict[str, list[tuple[str, str]]] = {}
    for row, column, code in error_cells(path, sheet, place):
        if row > top and column in read:
            hits.setdefault(read[column], []).append((cell_name(row, column), code))
    return [
        Problem(
            f"{place} column {quoted(columns[ours].source or ours)}",
            "holds cells with an Excel error: correct their formulas",
            rows=len(cells),
            examples=tuple(f"{at} {code}" for at, code in cells[:_MOST]),
        )
        for ours, cells in hits.items()
    ]


def _open_numbers(cells, body, ours: str, at: int, place: str) -> list[Problem]:
    hits = [
        (cell_name(n - 1, at), c)
        for (n, _), c in zip(body, cells, strict=True)
        if isinstance(c, str) and is_open_number(c)
    ]
    if not hits:
        return []
    return [
        Problem(
            f"{place} column '{ours}'",
            "is text that may be a decimal or a thousand: declare "
            "'csv: {decimal: \",\"}' or 'csv: {decimal: \".\"}'",
            rows=len(hits),
            examples=tuple(f"{name} {quoted(c)}" for name, c in hits[:_MOST]),
        )
    ]


def _text(cell: object, decimal: str) -> str | None:
    if isinstance(cell, str):
        return cell or None
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, (int, float)):
        whole = float(cell)
        if whole.is_integer() and abs(whole) < 1e15:
            return str(int(whole))
        return repr(whole).replace(".", decimal)
    if isinstance(cell, datetime):
        return cell.isoformat(" ")
    if isinstance(cell, (date, time)):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    return str(cell)
