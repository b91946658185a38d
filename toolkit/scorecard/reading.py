"""The plan's own tables as plain rows: a few lines somebody wrote, so no sums are needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from toolkit.data.frames import TableLike, as_table
from toolkit.kpis import with_expressions

MOST = 10_000
"""More rows than this are no plan."""


def rows_of(table: TableLike, columns: Mapping[str, str | None], expressions: Mapping[str, str] | None = None) -> list[dict]:
    """The table's rows under our names.

    Parameters
    ----------
    columns
        Our name -> the table's column; None for one that is not kept, which is None in every row.
    expressions
        Our name -> SQL over the table's columns.

    Raises
    ------
    ValueError
        The table has more rows than a plan can have.
    """
    kept = {name: column for name, column in columns.items() if column}
    source = as_table(table)
    rows = with_expressions(source, dict(expressions or {}), list(dict.fromkeys(kept.values())))
    picked = rows.select(**{n: rows[c] for n, c in kept.items()}, **{n: rows[n] for n in expressions or {}})
    found = picked.limit(MOST + 1).to_pyarrow().to_pylist()
    if len(found) > MOST:
        raise ValueError(f"a plan's table has at most {MOST} rows; this one has more")
    missing = {name: None for name, column in columns.items() if not column}
    return [{**missing, **{k: _day(v) for k, v in row.items()}} for row in found]


def _day(value: object) -> object:
    return value.date() if isinstance(value, datetime) else value


def in_order(rows: Sequence[dict], *keys: str) -> list[dict]:
    """Sorted by `keys`; rows without a value come last."""
    return sorted(rows, key=lambda r: tuple((r[k] is None, r[k] if r[k] is not None else date.min) for k in keys))
