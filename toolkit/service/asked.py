"""A question about the service: its main table, the others it needs, and what was set aside before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import ibis
import ibis.expr.types as ir

from toolkit.data.frames import TableLike, as_table
from toolkit.data.session_views import brought, in_session
from toolkit.language import Sentence
from toolkit.study import Study

Definition = TypeVar("Definition")


@dataclass(frozen=True)
class Aside:
    """Rows that break a rule and are left out of what it touches.

    Attributes
    ----------
    what
        The column, or the rule, by name.
    rows
        How many.
    out_of
        Of how many, where that is not the rows asked about: a whole table.
    """

    what: Sentence
    rows: int
    out_of: int | None = None


@dataclass(frozen=True, eq=False)
class PartStudy(Study[Definition], Generic[Definition]):
    """What ``estimate`` of one part takes.

    Attributes
    ----------
    others
        Name -> further tables.
    aside
        Rows that the tables' contracts set aside.
    """

    others: Mapping[str, ir.Table] = field(default_factory=dict, repr=False)
    aside: tuple[Aside, ...] = ()


def opened(
    table: TableLike | PartStudy | None,
    definition: Definition | None,
    others: Mapping[str, TableLike | None],
) -> tuple[ir.Table | None, Definition, dict[str, ir.Table], tuple[Aside, ...]]:
    """Table, definition, other tables and what was set aside, however the question came."""
    if isinstance(table, PartStudy):
        return table.table, definition or table.definition, dict(table.others), table.aside
    if definition is None:
        raise TypeError("a table needs what is asked of it: estimate(table, definition)")
    main = None if table is None else as_table(table)
    return main, definition, {k: as_table(v) for k, v in others.items() if v is not None}, ()


def beside(table: ir.Table, other: ir.Table) -> ir.Table:
    """A small table where `other` lies, so that both can be joined; itself where it is there already."""
    # two engines in this process compare as equal and still know nothing of each other's tables
    if table.get_backend() is other.get_backend():
        return table
    return brought(table, other.get_backend(), ibis.util.gen_name("toolkit_beside"))


def settled(rows: ir.Table) -> ir.Table:
    """The same rows under a name of their own in this session of the engine; nothing is copied.

    Many questions are asked of the same rows, and each would have their long expression translated
    again.
    """
    return in_session(rows, ibis.util.gen_name("toolkit_settled"))


def gathered(rows: ir.Table, columns: Iterable[str]) -> ir.Table:
    """Those columns of `rows`, read once: for several questions of rows that take longer to find than to keep.

    The engine keeps them while the table that is returned, or one made of it, is there.
    """
    return rows.select(*dict.fromkeys(columns)).cache()
