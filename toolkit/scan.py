"""One scan of a table by the engine, for all measures and cells: only aggregates leave it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import duckdb
import ibis
import ibis.expr.types as ir
import numpy as np

from toolkit.aggregates import Aggregates, Basis, Moments, from_buckets, in_order
from toolkit.data.dialects import md5_digits
from toolkit.data.session_views import row_count
from toolkit.kpis import Measure, measured
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
    found = _scanned(table, measures, dims, unit, covariates, expressions or {}, exact_units, buckets, disjoint)
    return reckonable(found, measures)


def _scanned(table, measures, dims, unit, covariates, expressions, exact_units, buckets, disjoint) -> Aggregates:
    keep = [d for d in dims if d not in expressions] + ([unit] if unit else [])
    try:
        if unit is None and (found := complete_rows(table, measures, dims, covariates, expressions)) is not None:
            return found
        rows = measured(table, measures, keep, covariates, expressions)
        if unit is None:
            return _by_row(rows, measures, dims, covariates)
        if _many_units(table, unit, exact_units):
            return _by_bucket(rows, measures, dims, covariates, unit, buckets)
        return _by_unit(rows, measures, dims, covariates, unit, disjoint)
    except duckdb.OutOfRangeException as wrong:  # other engines go on with what is infinite
        beyond = wrong
        if len(measures) == 1:
            (m,) = measures
            raise Unreckonable(Problem(m.name, BEYOND, m.numerator if m.denominator == "1" else f"{m.numerator} / {m.denominator}")) from None
    problems = []
    for m in measures:
        try:
            _scanned(table, (m,), dims, unit, covariates, expressions, exact_units, buckets, disjoint)
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


def _many_units(rows: ir.Table, unit: str, limit: int) -> bool:
    """Whether there are more units than `limit`; the same answer on every engine."""
    if row_count(rows) <= limit:
        return False
    near = int(rows[unit].approx_nunique().execute())
    if limit * (1 - _NEAR) < near <= limit * (1 + _NEAR):  # each engine sketches differently
        return int(rows[unit].nunique().execute()) > limit
    return near > limit


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


def _summary(rows: ir.Table, dims: Sequence[str], columns: Sequence[str], pairs: Sequence[tuple[str, str]],
             weight: str | None, bounded: Sequence[str]):
    """One grouped query: count, means, the pairs' covariances, extremes; as a list of dicts."""
    wanted = {"__n": rows.count(), "__rows": rows[weight].sum() if weight else rows.count()}
    wanted |= {f"m{i}": rows[c].mean() for i, c in enumerate(columns)}
    for i, (a, b) in enumerate(pairs):
        wanted[f"c{i}"] = rows[a].var(how="sample") if a == b else rows[a].cov(rows[b], how="sample")
    for i, c in enumerate(bounded):
        wanted[f"l{i}"], wanted[f"h{i}"] = rows[c].min(), rows[c].max()
    result = rows.group_by(list(dims)).agg(**wanted) if dims else rows.agg(**wanted)
    return result.to_pyarrow().to_pylist()


def _from_summary(records, dims, columns, pairs, bounded, basis: Basis, disjoint: bool) -> Aggregates:
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
        for i, c in enumerate(bounded):
            low[at[c]], high[at[c]] = _number(record[f"l{i}"]), _number(record[f"h{i}"])
        key = tuple(record[d] for d in dims)
        cells[key] = Moments(tuple(columns), n, int(record["__rows"]), mean, cov, low, high, basis)
    return Aggregates(tuple(dims), in_order(cells), disjoint=disjoint)


def _by_row(rows, measures, dims, covariates) -> Aggregates:
    columns = _columns(measures, covariates)
    bounded = [c for m in measures for c in (m.num, m.den)]
    pairs = _pairs(measures, covariates)
    records = _summary(rows, dims, columns, pairs, None, bounded)
    return _from_summary(records, dims, columns, pairs, bounded, "rows", True)


def _per_unit(rows, measures, dims, covariates, unit) -> ir.Table:
    sums = {c: rows[c].sum() for m in measures for c in (m.num, m.den)}
    sums |= {c: rows[c].mean() for c in covariates}
    return rows.group_by([*dims, unit]).agg(**sums, **{ROWS: rows.count()})


def _by_unit(rows, measures, dims, covariates, unit, disjoint) -> Aggregates:
    units = _per_unit(rows, measures, dims, covariates, unit)
    columns = _columns(measures, covariates)
    bounded = [c for m in measures for c in (m.num, m.den)]
    pairs = _pairs(measures, covariates)
    records = _summary(units, dims, columns, pairs, ROWS, bounded)
    return _from_summary(records, dims, columns, pairs, bounded, "units", disjoint)


def _by_bucket(rows, measures, dims, covariates, unit, buckets) -> Aggregates:
    if buckets not in (16, 256):
        raise ValueError(f"buckets are 16 or 256, by one or two hex digits; got {buckets}")
    digits = {16: 1, 256: 2}[buckets]
    columns = _columns(measures, covariates)
    hashed = rows.mutate(**{BUCKET: md5_digits(rows[unit], digits)})
    sums = {f"s{i}": hashed[c].sum() for i, c in enumerate(columns)}
    records = hashed.group_by([*dims, BUCKET]).agg(**sums, **{ROWS: hashed.count()}).to_pyarrow().to_pylist()
    tables: dict[tuple, np.ndarray] = {}
    counts: dict[tuple, int] = {}
    for record in records:
        key = tuple(record[d] for d in dims)
        table = tables.setdefault(key, np.zeros((buckets, len(columns))))
        # units without a name hash to nothing; they share the first bucket
        position = int(record[BUCKET], 16) if record[BUCKET] else 0
        table[position] += [_number(record[f"s{i}"], 0.0) for i in range(len(columns))]
        counts[key] = counts.get(key, 0) + int(record[ROWS])
    return from_buckets(dims, columns, tables, counts)


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
) -> tuple[list[dict], str]:
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
    list of dict
        One a cell: the dims, ``toolkit__bucket`` (the unit, or its bucket; None without a unit),
        ``toolkit__rows`` and the measures' two sums each.
    str
        The basis: ``rows``, ``units`` or ``buckets``.
    """
    measures, dims, averaged = tuple(measures), tuple(dims), tuple(averaged)
    named = expressions or {}
    keep = [d for d in dims if d not in named] + ([unit] if unit else [])
    rows = measured(table, measures, keep, (), named)
    basis, group = "rows", list(dims)
    if unit is not None:
        basis = "buckets" if _many_units(table, unit, exact_units) else "units"
        column = md5_digits(rows[unit], {16: 1, 256: 2}[buckets]) if basis == "buckets" else rows[unit].cast("string")
        rows = rows.mutate(**{BUCKET: column})
        group.append(BUCKET)
    sums = {c: rows[c].sum() for m in measures for c in (m.num, m.den)}
    sums |= {c: rows[c].cast("float64").sum() for c in averaged}
    result = rows.group_by(group).agg(**sums, **{ROWS: rows.count()})
    records = result.to_pyarrow().to_pylist()
    if unit is None:
        records = [{**r, BUCKET: None} for r in records]
    return records, basis


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
    dims = tuple(dims)
    rows = table.filter(table[value].notnull()).select(*dims, value)
    wanted = sorted({r for asked in ranks.values() for r in asked})
    place = ibis.row_number().over(group_by=[rows[d] for d in dims], order_by=rows[value]) + 1
    found = rows.mutate(toolkit__rank=place)
    found = found.filter(found.toolkit__rank.isin(wanted)).to_pyarrow().to_pylist()
    by_cell: dict[tuple, dict[int, float]] = {}
    for record in found:
        by_cell.setdefault(tuple(record[d] for d in dims), {})[int(record["toolkit__rank"])] = float(record[value])
    return {key: [by_cell[key][r] for r in asked] for key, asked in ranks.items()}
