"""A table's raw cells as rows of the declared types: the quick way, and the long way for the rest.

On DuckDB one pass settles nearly every cell; only columns that hold others go through `casting`,
whose expressions are long. Other engines go the long way for every column.
"""

from __future__ import annotations

from dataclasses import dataclass

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
    """

    rows: Rows
    unfit: frozenset[str]


def typed_rows(raw: Raw, model: TableModel, zone: str, engine: BaseBackend, name: str) -> Typed:
    """The cells of `raw` in their declared types; stored where reading them costs.

    Parameters
    ----------
    zone
        The company's time zone.
    name
        What the engine calls the rows; names beginning with it are used as well.

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
        return _typed_by_duckdb(raw, model, zone, engine, name)


def _typed_by_duckdb(raw: Raw, model: TableModel, zone: str, engine: DuckDB, name: str) -> Typed:
    natives = {
        column: native
        for column, native, *_ in engine.con.execute(f"DESCRIBE {raw.cells}").fetchall()
    }
    casts = {
        c: quick_cast(c, natives[c], column, missing_codes(column, model), zone, raw.marks)
        for c, column in model.columns.items()
    }
    cells = DuckRows(name, engine).derived(_settled(raw, casts), f"{name} cells", keep=raw.once)
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
    place = [name_of(POSITION)] if POSITION in natives else []
    if raw.first is not None:
        place = [f"rowid + {raw.first} AS {name_of(POSITION)}"]
    open_ = [c for c, rest in counted.items() if rest]
    if not open_:
        text = f"SELECT {', '.join([*map(name_of, casts), *place])} FROM {name_of(cells.name)}"
        return Typed(cells.derived(text, name), frozenset())
    return _the_long_way(cells, open_, place, raw, model, zone, name)


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
    if raw.word and raw.first is None:
        chosen.append(name_of(POSITION))
    return f"SELECT {', '.join(chosen)} FROM ({raw.cells}) AS raw"


def _rest(column: str) -> str:
    return name_of(f"{column}: rest")


def _quick(column: str) -> str:
    return name_of(f"{column}: quick")
