"""What several questions about customers rest on, made once and shared by the questions of one page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

import ibis.expr.types as ir

from toolkit.data.duck_views import can_be_viewed
from toolkit.data.session_views import row_count

Made = TypeVar("Made")

MOST_IN_MEMORY = 1_000_000
"""Rows of a company's table beyond which what is made of it is kept in a file beside the engine's own."""


class Tables(dict[str, ir.Table]):
    """Tables by name, with what was made of them; studies of one page share it through `made`."""

    def __init__(self, tables: Mapping[str, ir.Table], made: dict[tuple, object] | None = None):
        super().__init__(tables)
        self.made: dict[tuple, object] = {} if made is None else made

    def once(self, asked: tuple, make: Callable[[], Made]) -> Made:
        """What was made of the tables for the same question, or what `make` gives."""
        if asked not in self.made:
            self.made[asked] = make()
        return self.made[asked]

    def large(self, *names: str) -> bool:
        """Whether one of these tables has more rows than are kept in memory."""
        return any(self.once(("many", n), lambda n=n: many_rows(self[n])) for n in dict.fromkeys(names))


def many_rows(table: ir.Table) -> bool:
    """Whether what is made of a table in DuckDB is better kept in a file."""
    return can_be_viewed(table) and row_count(table) > MOST_IN_MEMORY
