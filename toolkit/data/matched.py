"""Rows with columns looked up in large tables: in parts, each of one range of the key, so that it fits in memory.

Both sides of a part are chosen by the key, which Parquet files that are written in its order answer by
reading that part only; in other files every part reads the key's column.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from toolkit.data.asking import DuckRows, Lookup, Rows, joined_to, literal, name_of

MOST_AT_ONCE = 3_000_000
"""Rows that are looked up in at once."""
_SAMPLED = 4_000


def in_parts(
    rows: Rows, lookups: Sequence[Lookup], sizes: Sequence[int], most: int = MOST_AT_ONCE
) -> list[tuple[Rows, list[Lookup]]]:
    """The rows and their lookups, split where tables looked up in are large; every row stands in one part.

    Parameters
    ----------
    sizes
        How many rows each lookup's table has.
    most
        Rows that are looked up in at once.
    """
    largest = max(range(len(sizes)), key=lambda i: sizes[i], default=0)
    if not sizes or sizes[largest] <= most or not isinstance(rows, DuckRows):
        return [(rows, list(lookups))]
    lookup = lookups[largest]
    parts = []
    borders = _borders(lookup.there, lookup.key, sizes[largest], -(-sizes[largest] // most))
    for i, (low, high) in enumerate(zip([None, *borders], [*borders, None], strict=True)):
        here = _where(rows, lookup.on, low, high, f"{rows.name} part {i}")
        there = _where(lookup.there, lookup.key, low, high, f"{rows.name} looked up {i}")
        parts.append((here, [replace(o, there=there) if o is lookup else o for o in lookups]))
    return parts


def write_joined(
    rows: DuckRows, lookups: Sequence[Lookup], sizes: Sequence[int], start: Path, most: int = MOST_AT_ONCE
) -> tuple[Path, ...]:
    """The joined rows in Parquet files beside `start`, whose names begin with its name."""
    files = []
    for i, (here, theirs) in enumerate(in_parts(rows, lookups, sizes, most)):
        file = start.with_name(f"{start.name}-{i:03}.parquet")
        text = joined_to(here.name, theirs) if theirs else f"SELECT * FROM {name_of(here.name)}"
        target = str(file).replace("'", "''")
        rows.engine.con.execute(f"COPY ({text}) TO '{target}' (FORMAT parquet, COMPRESSION lz4)")
        files.append(file)
    return tuple(files)


def counted(
    rows: Rows, lookups: Sequence[Lookup], sizes: Sequence[int], counts: Sequence[str], name: str,
    most: int = MOST_AT_ONCE,
) -> dict[str, Any]:
    """Counts over the joined rows, added up over the parts."""
    added: dict[str, Any] = {}
    for here, theirs in in_parts(rows, lookups, sizes, most):
        joined = here.looked_up(theirs, name)
        for key, n in joined.ask(f"SELECT {', '.join(counts)} FROM {name_of(joined.name)}")[0].items():
            added[key] = added.get(key, 0) + n
    return added


def _borders(there: Rows, key: str, size: int, parts: int) -> list[Any]:
    """Values of the key between parts of about as many rows each, the same in every run."""
    column, every = name_of(key), max(1, size // _SAMPLED)
    found = there.ask(
        f'SELECT DISTINCT {column} AS "key" FROM {name_of(there.name)} WHERE HASH({column}) % {every} = 0 ORDER BY 1'
    )
    return list(dict.fromkeys(found[len(found) * i // parts]["key"] for i in range(1, parts) if found))


def _where(rows: Rows, column: str, low: Any, high: Any, name: str) -> Rows:
    """The rows from `low` to before `high`; those without a value stand in the first part."""
    column = name_of(column)
    above = "" if low is None else f"{column} >= {literal(low)}"
    below = "" if high is None else f"{column} < {literal(high)}"
    if low is None:
        below = f"({column} IS NULL OR {below})"
    return rows.derived(f"SELECT * FROM {name_of(rows.name)} WHERE {' AND '.join(filter(None, (above, below)))}", name)
