"""How a long calculation on columns stays a short query: in stages, each named once.

Ibis writes an expression out wherever it is used, so a check used three times by a check used
three times grows without bound. Here every column's calculation is a generator that yields its
intermediate results; those of all columns make one subquery, and are handed back as plain columns.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping

from ibis.expr.types import Table, Value


class Cell:
    """One column at one stage: what it holds, and its working columns as ``cell["ok"]``."""

    def __init__(self, table: Table, name: str):
        self._table, self._name = table, name

    def __getitem__(self, key: str) -> Value:
        return self._table[working(self._name, key)]

    @property
    def raw(self) -> Value:
        """The column itself, as the table holds it."""
        return self._table[self._name]


Steps = Generator[dict[str, Value], Cell, Cell | None]
"""Yields intermediate results by name, receives them as columns."""


def working(name: str, key: str) -> str:
    """The name of an intermediate result; no column of ours can be called so."""
    return f"{name}: {key}"


def in_stages(table: Table, steps: Mapping[str, Callable[[Cell], Steps]], alias: str) -> Table:
    """`table` with the last results of all `steps` (and all before) as working columns.

    Parameters
    ----------
    steps
        Column -> what starts its calculation.
    alias
        Names the subqueries; unique among the tables of one query.
    """
    running: dict[str, Steps] = {}
    wanted: dict[str, dict[str, Value]] = {}
    for name, start in steps.items():
        running[name] = start(Cell(table, name))
        wanted[name] = next(running[name])
    stage = 0
    while wanted:
        stage += 1
        new = {working(n, k): v for n, results in wanted.items() for k, v in results.items()}
        table = table.mutate(**new).alias(f"{alias} {stage}")
        following = {}
        for name in wanted:
            try:
                following[name] = running[name].send(Cell(table, name))
            except StopIteration:
                continue
        wanted = following
    return table
