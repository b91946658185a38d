"""A table's raw cells as rows of the declared types: the quick way, and the long way for the rest.

On DuckDB one pass settles nearly every cell; only columns that hold others go through `casting`,
whose expressions are long. Whether there are such columns is counted with the rules where reading is
cheap, so that nothing is read twice. Other engines go the long way for every column.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ibis.backends import BaseBackend
from ibis.backends.duckdb import Backend as DuckDB

from toolkit.company.tables import Table as TableModel
from toolkit.data.asking import DuckRows, IbisRows, Rows, name_of
from toolkit.data.casting import as_read, converted, missing_codes
from toolkit.data.quick_casts import QuickCast, quick_cast
from toolkit.data.readers import POSITION, Raw, reading
from toolkit.data.view_rows import DIALECTS, ViewRows, create_view
from toolkit.problems import Problem, Refused


@dataclass(frozen=True)
class Typed:
    """Declared columns in their declared types.

    Attributes
    ----------
    rows
        The values; ``<name> as read`` where something did not fit; `POSITION` where rows have one.
    unfit
        The columns that have such a column beside them.
    asked
        Name -> SQL over `rows` that tells what `left` and `plain` must know; empty where nothing is left.
    casts
        On DuckDB, how each column was cast.
    """

    rows: Rows
    unfit: frozenset[str]
    asked: Mapping[str, str] = field(default_factory=dict)
    casts: Mapping[str, QuickCast] = field(default_factory=dict)

    def left(self, counted: Mapping[str, Any]) -> tuple[str, ...]:
        """The columns with cells for the long way, by the answer to what was `asked`."""
        return tuple(c for c in self.casts if counted.get(f"left {c}"))

    def plain(self, counted: Mapping[str, Any]) -> frozenset[str]:
        """The columns whose values are what `QuickCast.plain` says."""
        return frozenset(
            c for c, cast in self.casts.items()
            if cast.plain and f"there {c}" in counted and not counted.get(f"left {c}")
            and counted[f"there {c}"] == counted["rows read"] - counted[f"missing {c}"]
        )  # fmt: skip


def typed_rows(
    raw: Raw, model: TableModel, zone: str, engine: BaseBackend, name: str, left: tuple[str, ...] | None = None
) -> Typed:
    """The cells of `raw` in their declared types; stored where reading them costs.

    Parameters
    ----------
    zone
        The company's time zone.
    name
        What the engine calls the rows; names beginning with it are used as well.
    left
        Columns that go the long way, where that is known. Where it is not, and reading is cheap, the
        rows are typed as if there were none: ask `Typed.asked` of them, and come again with `Typed.left`.

    Raises
    ------
    Refused
        The engine cannot read the cells, or reads another number of rows than there are.
    """
    if not isinstance(engine, DuckDB):
        table = converted(raw.cells, model, tuple(model.columns), zone, raw.marks, name)
        unfit = frozenset(c for c in model.columns if as_read(c) in table.columns)
        if engine.name in DIALECTS:
            create_view(engine, f"{name}_typed", engine.compile(table))
            return Typed(ViewRows(f"{name}_typed", engine), unfit)
        return Typed(IbisRows(f"{name} typed", table), unfit)
    with reading(raw.origin):
        return _typed_by_duckdb(raw, model, zone, engine, name, left)


def standing(raw: Raw, typed: Typed, plain: frozenset[str]) -> str:
    """The typed values as a query over the file itself, where none went the long way.

    Parameters
    ----------
    plain
        The columns whose values need no condition.
    """
    chosen = [f"{cast.plain if c in plain else cast.value} AS {name_of(c)}" for c, cast in typed.casts.items()]
    place = [name_of(POSITION)] if raw.word else []
    return f"SELECT {', '.join([*chosen, *place])} FROM ({raw.cells}) AS raw"


def _typed_by_duckdb(
    raw: Raw, model: TableModel, zone: str, engine: DuckDB, name: str, left: tuple[str, ...] | None
) -> Typed:
    natives = {
        column: native
        for column, native, *_ in engine.con.execute(f"DESCRIBE {raw.cells}").fetchall()
    }
    casts = {
        c: quick_cast(c, natives[c], column, missing_codes(column, model), zone, raw.marks)
        for c, column in model.columns.items()
    }
    cells = DuckRows(name, engine).derived(_settled(raw, casts), f"{name} cells", keep=raw.once)
    if left is None and raw.once:
        left = _left(raw, cells, casts)
    place = [name_of(POSITION)] if POSITION in natives else []
    if raw.first is not None:
        place = [f"rowid + {raw.first} AS {name_of(POSITION)}"]
    if left:
        return _the_long_way(cells, list(left), place, raw, model, zone, name)
    asked = {}
    if left is None:
        asked = {f"left {c}": f"COUNT({_rest(c)})" for c, cast in casts.items() if cast.rest}
        asked |= {f"there {c}": f"COUNT({_raw(c)})" for c, cast in casts.items() if cast.plain}
        beside = [_rest(c) for c, cast in casts.items() if cast.rest]
        beside += [_raw(c) for c, cast in casts.items() if cast.plain]
    else:
        beside = []
    text = f"SELECT {', '.join([*map(name_of, casts), *beside, *place])} FROM {name_of(cells.name)}"
    return Typed(cells.derived(text, name), frozenset(), asked, casts)


def _left(raw: Raw, cells: DuckRows, casts: Mapping[str, QuickCast]) -> tuple[str, ...]:
    """The columns of stored cells of which some are left; refused where rows are lost."""
    asked = {c: f"COUNT({_rest(c)}) AS {name_of(c)}" for c, cast in casts.items() if cast.rest}
    every = {"rows read": 'COUNT(*) AS "rows read"'} if raw.rows is not None else {}
    asked = {**every, **asked}
    counted = {}
    if asked:
        counted = cells.ask(f"SELECT {', '.join(asked.values())} FROM {name_of(cells.name)}")[0]
    if raw.rows is not None and (read := counted.pop("rows read")) != raw.rows:
        raise Refused(
            Problem(
                raw.origin,
                f"holds {raw.rows:,} records, but the engine reads {read:,}: its quotes "
                "or line ends are ambiguous",
            )
        )
    return tuple(c for c, rest in counted.items() if rest)


def _the_long_way(
    cells: DuckRows,
    columns: list[str],
    place: list[str],
    raw: Raw,
    model: TableModel,
    zone: str,
    name: str,
) -> Typed:
    """`cells` with what was left of these columns converted as well."""
    settled = [c for c in model.columns if c not in columns]
    chosen = [*map(name_of, settled), *place]
    chosen += [f"{_rest(c)} AS {name_of(c)}, {name_of(c)} AS {_quick(c)}" for c in columns]
    rest = cells.derived(f"SELECT {', '.join(chosen)} FROM {name_of(cells.name)}", f"{name} rest")
    table = converted(rest.table(), model, columns, zone, raw.marks, name)
    unfit = [c for c in columns if as_read(c) in table.columns]
    values = [
        f"COALESCE({_quick(c)}, {name_of(c)}) AS {name_of(c)}" if c in columns else name_of(c)
        for c in model.columns
    ]
    values += [name_of(as_read(c)) for c in unfit] + ([name_of(POSITION)] if place else [])
    text = f"SELECT {', '.join(values)} FROM ({cells.engine.compile(table)}) AS long"
    return Typed(cells.derived(text, name, keep=raw.once), frozenset(unfit))


def _settled(raw: Raw, casts: dict[str, QuickCast]) -> str:
    """SQL for the values of settled cells, beside them those that are left."""
    chosen = [f"{cast.value} AS {name_of(c)}" for c, cast in casts.items()]
    chosen += [f"{cast.rest} AS {_rest(c)}" for c, cast in casts.items() if cast.rest]
    if not raw.once:
        chosen += [f"{name_of(c)} AS {_raw(c)}" for c, cast in casts.items() if cast.plain]
    if raw.word and raw.first is None:
        chosen.append(name_of(POSITION))
    return f"SELECT {', '.join(chosen)} FROM ({raw.cells}) AS raw"


def _rest(column: str) -> str:
    return name_of(f"{column}: rest")


def _raw(column: str) -> str:
    return name_of(f"{column}: raw")


def _quick(column: str) -> str:
    return name_of(f"{column}: quick")
