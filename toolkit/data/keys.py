"""Does a key repeat? Asked in the order of the rows first, which is how most files are written.

Keys that rise from row to row cannot repeat, and to see that takes no memory. Rows that break the order
are few in most other files, so only their keys are looked for among the others. Grouping all rows by
their key, several gigabytes where there are tens of millions, is the last resort, and done in parts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from toolkit.data.asking import DuckRows, Rows, name_of

_FEW = 200_000
"""Rows that are grouped by their key without more ado."""
_MOST_RUNS = 10_000
"""Rising runs of rows beyond which a table is taken for unordered."""
_MOST_RANGES = 50
_MOST_AT_ONCE = 3_000_000
"""Rows whose keys are grouped at once."""


@dataclass(frozen=True)
class Keyed:
    """Rows and the columns that must tell them apart.

    Attributes
    ----------
    rows
        Of which `among` selects.
    among
        SQL after ``FROM``: the rows whose key counts, named.
    key
        The columns, none of which is missing there.
    at
        SQL: where a row stands, rising with the rows; None where rows have no place.
    n
        About how many rows there are.
    """

    rows: Rows
    among: str
    key: tuple[str, ...]
    at: str | None
    n: int

    @property
    def columns(self) -> str:
        """The key's columns between commas."""
        return ", ".join(map(name_of, self.key))


def repeats(keyed: Keyed, few: int = _FEW) -> tuple[int, str]:
    """How many rows repeat a key that an earlier row has, and SQL after ``FROM`` for all that may.

    The SQL gives at least all rows whose key stands there more than once.

    Parameters
    ----------
    few
        Up to so many rows are grouped at once without looking at their order.
    """
    suspects = keyed.among if keyed.n <= few else _suspects(keyed)
    if suspects is None:
        return 0, keyed.among
    parts = -(-keyed.n // _MOST_AT_ONCE) if suspects == keyed.among and isinstance(keyed.rows, DuckRows) else 1
    found = 0
    for part in range(parts):
        where = f" WHERE HASH({keyed.columns}) % {parts} = {part}" if parts > 1 else ""
        repeated = f'SELECT COUNT(*) AS "times it stands" FROM {suspects}{where} GROUP BY {keyed.columns} HAVING COUNT(*) > 1'
        answer = keyed.rows.ask(f'SELECT SUM("times it stands" - 1) AS "repeats" FROM ({repeated}) AS repeated')
        found += int(answer[0]["repeats"] or 0)
    return found, suspects


def _suspects(keyed: Keyed) -> str | None:
    """SQL for the rows whose key may stand there more than once; None where none can."""
    if not isinstance(keyed.rows, DuckRows):
        return keyed.among  # elsewhere rows come in no order
    whole = _whole(keyed)
    at = keyed.at or "CAST(NULL AS BIGINT)"
    seen = f'SELECT {whole} AS "key", LAG({whole}) OVER () AS "before", {at} AS "at" FROM {keyed.among}'
    breaks = keyed.rows.ask(
        f'SELECT "key", "before", "at" FROM ({seen}) AS seen '
        f'WHERE "before" IS NULL OR NOT "key" > "before" LIMIT {_MOST_RUNS + 1}'
    )
    if len(breaks) <= 1:
        return None
    if len(breaks) > _MOST_RUNS or keyed.at is None:
        return keyed.among
    last = keyed.rows.ask(f'SELECT {whole} AS "key", {at} AS "at" FROM {keyed.among} ORDER BY 2 DESC LIMIT 1')[0]
    late = _late(breaks, last)
    if not late:
        return None
    if len(late) > _MOST_RANGES or sum(b - a for a, b in late) > keyed.n / 8:
        return keyed.among
    somewhere = " OR ".join(f"{keyed.at} BETWEEN {a} AND {b - 1}" for a, b in late)
    theirs = f"(SELECT DISTINCT {keyed.columns} FROM {keyed.among} WHERE {somewhere}) AS late"
    return f"(SELECT * FROM {keyed.among} SEMI JOIN {theirs} USING ({keyed.columns})) AS suspects"


def _whole(keyed: Keyed) -> str:
    return keyed.columns if len(keyed.key) == 1 else f"ROW({keyed.columns})"


@dataclass(frozen=True)
class _Run:
    """Rows one after another whose keys rise from `low` to `high`; they stand from `first` to before `end`."""

    low: Any
    high: Any
    first: int
    end: int


def _late(breaks: Sequence[dict[str, Any]], last: dict[str, Any]) -> list[tuple[int, int]]:
    """Where the rows stand that may repeat a key: of runs that overlap all but the longest.

    Keys of runs that overlap no other stand there once, and so do those of one run; whatever repeats has a
    row in a run that is not the longest of those it overlaps with.
    """
    ends = [(b["before"], b["at"]) for b in breaks[1:]] + [(last["key"], last["at"] + 1)]
    runs = [
        _Run(_sorted_by(b["key"]), _sorted_by(high), b["at"], end) for b, (high, end) in zip(breaks, ends, strict=True)
    ]
    found: list[tuple[int, int]] = []
    together: list[_Run] = []
    for run in sorted(runs, key=lambda r: r.low):
        if together and run.low > together[-1].high:
            found += _all_but_the_longest(together)
            together = []
        # the highest end so far is carried by the last one
        high = max(run.high, together[-1].high) if together else run.high
        together.append(_Run(run.low, high, run.first, run.end))
    found += _all_but_the_longest(together)
    merged: list[tuple[int, int]] = []
    for first, end in sorted(found):
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((first, end))
    return merged


def _all_but_the_longest(runs: Sequence[_Run]) -> list[tuple[int, int]]:
    longest = max(runs, key=lambda r: r.end - r.first, default=None)
    return [(r.first, r.end) for r in runs if r is not longest]


def _sorted_by(key: Any) -> Any:
    """A key of several columns as DuckDB compares it: column by column."""
    return tuple(key.values()) if isinstance(key, dict) else key
