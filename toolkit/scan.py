"""One scan of a table by the engine, for all measures and cells: only aggregates leave it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import duckdb
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from toolkit.aggregates import Aggregates, Basis, Moments, from_buckets, in_order
from toolkit.data.dialects import answered, answered_table, by_place, md5_sql, name_for
from toolkit.data.duck_views import can_be_viewed
from toolkit.data.session_views import row_count
from toolkit.data.sql_names import name_of
from toolkit.kpis import Measure, kinds_of, measured_sql, number_sql, queried
from toolkit.problems import Problem, Refused
from toolkit.row_scan import complete_rows

BUCKET = "toolkit__bucket"
ROWS = "toolkit__rows"
SMALLEST, LARGEST = 1e-100, 1e100
"""Beyond these a mean's square, and with it every interval, is no number any more."""
BEYOND = "gives numbers that are infinite, beyond 1e100 or nearer to 0 than 1e-100: nothing can be reckoned with them"
_NEAR = 0.3
"""Engines sketch distinct counts to about 5 % (standard error): within this of a limit they are counted."""


class Unreckonable(Refused):
    """Numbers so large or small that their squares are none."""


def aggregate(
    table: ir.Table,
    measures: Iterable[Measure],
    dims: Iterable[str] = (),
    *,
    unit: str | None = None,
    covariates: Iterable[str] = (),
    expressions: Mapping[str, str] | None = None,
    only: str | None = None,
    exact_units: int = 1_000_000,
    buckets: int = 256,
    disjoint: bool = True,
) -> Aggregates:
    """Moments of all measures by cell, from one scan of `table`.

    Parameters
    ----------
    table
        An Ibis table, one row an observation.
    measures
        What to sum.
    dims
        Columns (or names of `expressions`) to group by.
    unit
        The column whose rows belong together; None where every row is a unit of its own.
    covariates
        Columns known beforehand, averaged over a unit's rows.
    expressions
        Further SQL expressions by name, to group by.
    only
        A condition, in SQL; other rows are not read.
    exact_units
        Up to about so many units, moments are by unit; beyond, between buckets.
    buckets
        16 or 256: the first one or two hex digits of the unit's MD5, the same on every engine.
    disjoint
        Whether a unit's rows all have the same `dims`.

    Returns
    -------
    Aggregates
        No cells where the table has no rows.

    Raises
    ------
    Unreckonable
        A measure's numbers are so large or small that their squares are none.
    """
    measures, dims, covariates = tuple(measures), tuple(dims), tuple(covariates)
    asked = _Asked(table, measures, dims, unit, covariates, expressions or {}, only)
    found = _scanned(asked, exact_units, buckets, disjoint)
    return reckonable(found, measures)


def _scanned(asked: _Asked, exact_units: int, buckets: int, disjoint: bool) -> Aggregates:
    try:
        if asked.unit is None:
            found = complete_rows(asked.table, asked.measures, asked.dims, asked.covariates, asked.expressions, asked.only)
            return _by_row(asked) if found is None else found
        # where none may stand by itself, every unit is one too many, if any has a name
        many = exact_units <= 0 or _many_units(asked.table, asked.unit, exact_units, asked.only)
        return (_by_bucket(asked, buckets) if many else None) or _by_unit(asked, disjoint)
    except duckdb.OutOfRangeException as wrong:  # other engines go on with what is infinite
        beyond = wrong
        if len(asked.measures) == 1:
            (m,) = asked.measures
            raise Unreckonable(Problem(m.name, BEYOND, m.numerator if m.denominator == "1" else f"{m.numerator} / {m.denominator}")) from None
    problems = []
    for m in asked.measures:
        try:
            _scanned(replace(asked, measures=(m,)), exact_units, buckets, disjoint)
        except Unreckonable as refused:
            problems += refused.problems
    raise Unreckonable(problems) if problems else beyond


def reckonable(found: Aggregates, measures: Iterable[Measure]) -> Aggregates:
    """`found`, where every sum is of a size that variances can be reckoned with."""
    means = np.array([cell.mean for cell in found.cells.values()])
    if not len(means):
        return found
    size = np.abs(means)
    beyond = (np.isfinite(size) & (size > 0) & ((size < SMALLEST) | (size > LARGEST))).any(axis=0)
    columns = next(iter(found.cells.values())).columns
    problems = [
        Problem(f"{m.name}.{part}", BEYOND, sql)
        for m in measures for part, column, sql in (("numerator", m.num, m.numerator), ("denominator", m.den, m.denominator))
        if beyond[columns.index(column)]
    ]  # fmt: skip
    if problems:
        raise Unreckonable(problems)
    return found


def _many_units(rows: ir.Table, unit: str, limit: int, only: str | None = None) -> bool:
    """Whether there are more units than `limit`; the same answer on every engine."""
    if only is not None:
        rows = queried(rows, "*", only)
    if row_count(rows) <= limit:
        return False
    near = _about(rows, unit)
    if limit * (1 - _NEAR) < near <= limit * (1 + _NEAR):  # each engine sketches differently
        return _counted(rows, f"COUNT(DISTINCT {name_of(unit)})") > limit
    return near > limit


def _about(rows: ir.Table, unit: str) -> int:
    """About how many units there are; some engines count them."""
    if can_be_viewed(rows):
        return _counted(rows, f"APPROX_COUNT_DISTINCT({name_of(unit)})")
    return int(rows[unit].approx_nunique().execute())


def _counted(rows: ir.Table, what: str) -> int:
    name = name_for(rows)
    return int(answered(rows, name, f"SELECT {what} AS n FROM {name}")[0]["n"])


def _columns(measures: Sequence[Measure], covariates: Sequence[str]) -> list[str]:
    return [c for m in measures for c in (m.num, m.den)] + list(covariates)


def _pairs(measures: Sequence[Measure], covariates: Sequence[str]) -> list[tuple[str, str]]:
    """Which covariances are worth their cost: within a measure, and with the covariates."""
    columns = _columns(measures, covariates)
    pairs = [(c, c) for c in columns]
    pairs += [(m.num, m.den) for m in measures]
    pairs += [(a, b) for a in columns for b in covariates if a not in covariates]
    pairs += [(a, b) for i, a in enumerate(covariates) for b in covariates[i + 1:]]
    return pairs


@dataclass(frozen=True)
class _Asked:
    """What is asked of a table, in the words of `aggregate`."""

    table: ir.Table
    measures: tuple[Measure, ...]
    dims: tuple[str, ...]
    unit: str | None
    covariates: tuple[str, ...]
    expressions: Mapping[str, str]
    only: str | None = None

    @property
    def columns(self) -> list[str]:
        return _columns(self.measures, self.covariates)

    @property
    def bounded(self) -> list[str]:
        """The columns whose extremes are wanted."""
        return _columns(self.measures, ())

    def rows(self, name: str) -> str:
        """Rows with their measures as columns."""
        keep = [d for d in self.dims if d not in self.expressions] + ([self.unit] if self.unit else [])
        return measured_sql(self.table, name, self.measures, keep, self.covariates, self.expressions, self.only)

    def units(self, name: str) -> str:
        """A row a unit, with its sums."""
        by = ", ".join(name_of(c) for c in dict.fromkeys((*self.dims, self.unit)))
        sums = ", ".join(f"{'AVG' if c in self.covariates else 'SUM'}({name_of(c)}) AS {name_of(c)}" for c in self.columns)
        return f"SELECT {by}, {sums}, COUNT(*) AS {ROWS} FROM ({self.rows(name)}) AS toolkit_summed GROUP BY {by}"


def _summary(asked: _Asked, name: str, rows: str, weight: str | None) -> list[dict]:
    """One grouped query: count, means, the pairs' covariances, extremes; as a list of dicts."""
    wanted = [f'{name_of(d)} AS "d{i}"' for i, d in enumerate(asked.dims)]
    wanted += ['COUNT(*) AS "__n"', f'{f"SUM({weight})" if weight else "COUNT(*)"} AS "__rows"']
    wanted += [f'AVG({name_of(c)}) AS "m{i}"' for i, c in enumerate(asked.columns)]
    for i, (a, b) in enumerate(_pairs(asked.measures, asked.covariates)):
        spread = f"VAR_SAMP({name_of(a)})" if a == b else f"COVAR_SAMP({name_of(a)}, {name_of(b)})"
        wanted.append(f'{spread} AS "c{i}"')
    for i, c in enumerate(asked.bounded):
        wanted += [f'MIN({name_of(c)}) AS "l{i}"', f'MAX({name_of(c)}) AS "h{i}"']
    return answered(asked.table, name, f"SELECT {', '.join(wanted)} FROM ({rows}) AS toolkit_told{by_place(len(asked.dims))}")


def _from_summary(asked: _Asked, records: list[dict], basis: Basis, disjoint: bool) -> Aggregates:
    columns, pairs = asked.columns, _pairs(asked.measures, asked.covariates)
    at = {c: i for i, c in enumerate(columns)}
    cells = {}
    for record in records:
        n = int(record["__n"])
        if n == 0:
            continue
        mean = np.array([_number(record[f"m{i}"]) for i in range(len(columns))])
        cov = np.full((len(columns), len(columns)), np.nan)
        if n > 1:
            for i, (a, b) in enumerate(pairs):
                cov[at[a], at[b]] = cov[at[b], at[a]] = _number(record[f"c{i}"])
        low, high = np.full(len(columns), np.nan), np.full(len(columns), np.nan)
        for i, c in enumerate(asked.bounded):
            low[at[c]], high[at[c]] = _number(record[f"l{i}"]), _number(record[f"h{i}"])
        key = tuple(record[f"d{i}"] for i in range(len(asked.dims)))
        cells[key] = Moments(tuple(columns), n, int(record["__rows"]), mean, cov, low, high, basis)
    return Aggregates(asked.dims, in_order(cells), disjoint=disjoint)


def _by_row(asked: _Asked) -> Aggregates:
    name = name_for(asked.table)
    return _from_summary(asked, _summary(asked, name, asked.rows(name), None), "rows", True)


def _by_unit(asked: _Asked, disjoint: bool) -> Aggregates:
    name = name_for(asked.table)
    return _from_summary(asked, _summary(asked, name, asked.units(name), ROWS), "units", disjoint)


def _by_bucket(asked: _Asked, buckets: int) -> Aggregates | None:
    """None where no unit has a name."""
    digits = _digits(buckets)
    name, columns = name_for(asked.table), asked.columns
    wanted = [f'{name_of(d)} AS "d{i}"' for i, d in enumerate(asked.dims)]
    wanted.append(f"{md5_sql(name_of(asked.unit), digits)} AS {BUCKET}")
    sums = [f'SUM({name_of(c)}) AS "s{i}"' for i, c in enumerate(columns)]
    text = f"SELECT {', '.join([*wanted, *sums])}, COUNT(*) AS {ROWS} FROM ({asked.rows(name)}) AS toolkit_told{by_place(len(wanted))}"
    found = answered_table(asked.table, name, text)
    hashed = found.column(BUCKET).to_pylist()
    if not any(hashed):
        return None
    keys = list(zip(*(found.column(f"d{i}").to_pylist() for i in range(len(asked.dims))), strict=True)) or [()] * len(hashed)
    place = {key: i for i, key in enumerate(dict.fromkeys(keys))}
    # units without a name hash to nothing; they share the first bucket
    at = np.array([place[key] for key in keys]), np.array([int(digits, 16) if digits else 0 for digits in hashed])
    tables = np.zeros((len(place), buckets, len(columns)))
    np.add.at(tables, at, np.column_stack([found.column(f"s{i}").fill_null(0.0).to_numpy() for i in range(len(columns))]))
    counts = np.bincount(at[0], weights=found.column(ROWS).to_numpy())
    return from_buckets(
        asked.dims, columns, {k: tables[i] for k, i in place.items()}, {k: int(counts[i]) for k, i in place.items()}
    )


def _digits(buckets: int) -> int:
    if buckets not in (16, 256):
        raise ValueError(f"buckets are 16 or 256, by one or two hex digits; got {buckets}")
    return {16: 1, 256: 2}[buckets]


def sums_by(
    table: ir.Table,
    measures: Iterable[Measure],
    dims: Iterable[str],
    *,
    unit: str | None = None,
    averaged: Iterable[str] = (),
    expressions: Mapping[str, str] | None = None,
    exact_units: int = 2_000,
    buckets: int = 256,
) -> tuple[pd.DataFrame, str]:
    """Plain sums by cell and unit, from one scan: what a path over time needs of each unit.

    Parameters
    ----------
    table, measures, dims, unit, expressions, buckets
        As in `aggregate`.
    averaged
        Names of `expressions` to sum as numbers, in columns of their own name.
    exact_units
        Up to so many units each is named; beyond, units are put into buckets.

    Returns
    -------
    pandas.DataFrame
        A row a cell: the dims, ``toolkit__bucket`` (the unit, or its bucket; None without a unit),
        ``toolkit__rows`` and the measures' two sums each.
    str
        The basis: ``rows``, ``units`` or ``buckets``.
    """
    asked = _Asked(table, tuple(measures), tuple(dims), unit, (), expressions or {})
    name = name_for(table)
    wanted, basis = [name_of(d) for d in asked.dims], "rows"
    if unit is not None:
        basis = "buckets" if _many_units(table, unit, exact_units) else "units"
        known = name_of(unit)
        known = md5_sql(known, _digits(buckets)) if basis == "buckets" else f"CAST({known} AS VARCHAR)"
        wanted.append(f"{known} AS {BUCKET}")
    sums = [f"SUM({name_of(c)}) AS {name_of(c)}" for c in asked.columns]
    averaged = {c: asked.expressions[c] for c in averaged}
    kinds = kinds_of(table, averaged.values())
    sums += [f"SUM({number_sql(name_of(c), kinds[sql])}) AS {name_of(c)}" for c, sql in averaged.items()]
    text = f"SELECT {', '.join([*wanted, *sums])}, COUNT(*) AS {ROWS} FROM ({asked.rows(name)}) AS toolkit_told{by_place(len(wanted))}"
    found = answered_table(table, name, text).to_pandas()
    return (found.assign(**{BUCKET: None}) if unit is None else found), basis


def _number(value: object, missing: float = np.nan) -> float:
    return missing if value is None else float(value)


def quantile_ranks(
    table: ir.Table, value: str, dims: Iterable[str], ranks: Mapping[tuple, Sequence[int]]
) -> dict[tuple, list[float]]:
    """The values at given ranks (1 is the smallest) by cell: what order statistics need.

    Parameters
    ----------
    table
        With the columns `value` (numbers, rows where it is missing are left out) and `dims`.
    ranks
        Key -> ranks within that cell.

    Returns
    -------
    dict
        Key -> the values at its ranks, in the order asked.
    """
    wanted = sorted({r for asked in ranks.values() for r in asked})
    if not wanted:
        return {key: [] for key in ranks}
    name, by, number = name_for(table), [name_of(d) for d in dims], name_of(value)
    listed = ", ".join(f'{d} AS "d{i}"' for i, d in enumerate(by))
    within = f"PARTITION BY {', '.join(by)} " if by else ""
    found = answered(
        table, name,
        f"SELECT {listed + ', ' if by else ''}{number} AS v, toolkit__rank FROM (SELECT *, ROW_NUMBER() OVER ({within}ORDER BY {number}) "
        f"AS toolkit__rank FROM {name} WHERE {number} IS NOT NULL) AS toolkit_ranked WHERE toolkit__rank IN ({', '.join(map(str, wanted))})",
    )  # fmt: skip
    by_cell: dict[tuple, dict[int, float]] = {}
    for record in found:
        key = tuple(record[f"d{i}"] for i in range(len(by)))
        by_cell.setdefault(key, {})[int(record["toolkit__rank"])] = float(record["v"])
    return {key: [by_cell[key][r] for r in asked] for key, asked in ranks.items()}
