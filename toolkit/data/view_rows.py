"""Rows under a name in a session of a database: a contract's questions as text, without detours.

Ibis would write every question out with all that lies below it, ask the engine for the types of the
answer, and write it out again. Where the engine has temporary views, each step is a view instead,
and a question is one short text, translated once.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ibis.backends import BaseBackend
from ibis.expr.types import Table

from toolkit.data.asking import Lookup, Rows, joined_to
from toolkit.data.dialects import translated

DIALECTS = {"postgres": "postgres", "pyspark": "spark"}
"""Engines with temporary views of a session -> sqlglot's name of their SQL."""


def plain_name(name: str) -> str:
    """A name that needs no quotes in any engine."""
    return re.sub(r"\W", "_", name)


@dataclass(frozen=True)
class ViewRows(Rows):
    """Rows of a temporary view; `name` is that view's."""

    engine: BaseBackend

    def ask(self, text: str) -> list[dict[str, Any]]:
        done = self.engine.raw_sql(self._translated(text))
        if self.engine.name == "pyspark":
            return [row.asDict() for row in done.collect()]
        with done as cursor:
            columns = [c.name for c in cursor.description]
            return [{c: _plain(v) for c, v in zip(columns, row, strict=True)} for row in cursor.fetchall()]

    def derived(self, text: str, name: str, keep: bool = False) -> ViewRows:
        name = plain_name(name)
        create_view(self.engine, name, self._translated(text))
        return ViewRows(name, self.engine)

    def looked_up(self, lookups: Sequence[Lookup], name: str) -> ViewRows:
        return self.derived(joined_to(self.name, lookups), name)

    def table(self) -> Table:
        return self.engine.table(self.name)

    def meets(self, other: Rows) -> bool:
        return isinstance(other, ViewRows) and other.engine is self.engine

    def _translated(self, text: str) -> str:
        return translated(text, self.engine.name, DIALECTS[self.engine.name])


def create_view(engine: BaseBackend, name: str, text: str) -> None:
    """A temporary view of the engine's session, from a query in the engine's own SQL."""
    kind = "TEMPORARY VIEW" if engine.name == "pyspark" else "TEMP VIEW"
    done = engine.raw_sql(f"CREATE OR REPLACE {kind} {plain_name(name)} AS {text}")
    if engine.name == "postgres":
        done.close()


def _plain(value: Any) -> Any:
    """Sums of whole numbers come as decimals."""
    return int(value) if isinstance(value, Decimal) and value == value.to_integral_value() else value
