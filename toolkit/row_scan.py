"""The scan where every row is its own unit and none lacks a value: as few sums as can be.

The engine's own means and variances leave missing values out, column by column. Where no column
of any measure has one, that is what is wanted, and the rows need not be prepared; an expression
that several measures share is summed once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import ibis.expr.types as ir
import numpy as np

from toolkit.aggregates import Aggregates, Moments, in_order
from toolkit.kpis import Measure, as_number, with_expressions

_ONE = "1"


def complete_rows(
    table: ir.Table, measures: Sequence[Measure], dims: Sequence[str], covariates: Sequence[str],
    expressions: Mapping[str, str],
) -> Aggregates | None:
    """Moments over rows by cell; None where a value is missing or a measure leaves rows out.

    Parameters
    ----------
    table, measures, dims, covariates, expressions
        As in `toolkit.scan.aggregate`.
    """
    if any(m.where or m.clip for m in measures):
        return None
    sql = list(dict.fromkeys(e for m in measures for e in (m.numerator, m.denominator) if e.strip() != _ONE))
    keep = [*(d for d in dims if d not in expressions), *covariates]
    rows = with_expressions(table, {**{f"x{i}": e for i, e in enumerate(sql)}, **expressions}, keep)
    named = {e: f"x{i}" for i, e in enumerate(sql)}
    values = {c: as_number(rows[c]) for c in (*named.values(), *covariates)}
    rows = rows.select(**{d: rows[d] for d in dims}, **values)
    pairs = _pairs(measures, named, covariates)
    wanted = {"__n": rows.count()}
    for c in values:
        wanted |= {f"k_{c}": rows[c].count(), f"m_{c}": rows[c].mean(), f"v_{c}": rows[c].var(how="sample")}
    for c in named.values():
        wanted |= {f"l_{c}": rows[c].min(), f"h_{c}": rows[c].max()}
    for i, (a, b) in enumerate(pairs):
        wanted[f"c{i}"] = rows[a].cov(rows[b], how="sample")
    found = (rows.group_by(list(dims)).agg(**wanted) if dims else rows.agg(**wanted)).to_pyarrow().to_pylist()
    found = [r for r in found if r["__n"]]
    if any(r[f"k_{c}"] != r["__n"] for r in found for c in values):
        return None
    cells = {tuple(r[d] for d in dims): _moments(r, measures, named, covariates, pairs) for r in found}
    return Aggregates(tuple(dims), in_order(cells))


def _pairs(measures: Sequence[Measure], named: Mapping[str, str], covariates: Sequence[str]) -> list[tuple[str, str]]:
    """Which covariances are worth their cost: within a ratio, and with the covariates."""
    ratios = [(named[m.numerator], named[m.denominator]) for m in measures
              if m.denominator.strip() != _ONE and m.numerator.strip() != _ONE]
    pairs = [*ratios, *((a, b) for a in named.values() for b in covariates),
             *((a, b) for i, a in enumerate(covariates) for b in covariates[i + 1:])]
    return list(dict.fromkeys(p for p in pairs if p[0] != p[1]))


def _moments(record: Mapping, measures, named, covariates, pairs) -> Moments:
    """One cell's moments in the columns of every measure, shared expressions repeated."""
    source = {}
    for m in measures:
        source |= {m.num: named.get(m.numerator), m.den: named.get(m.denominator)}
    source |= {c: c for c in covariates}
    columns = tuple(source)
    n = int(record["__n"])
    known = {}
    for i, (a, b) in enumerate(pairs):
        known[a, b] = known[b, a] = record[f"c{i}"]
    for c in set(source.values()) - {None}:
        known[c, c] = record[f"v_{c}"]
    cov = np.full((len(columns), len(columns)), np.nan)
    if n > 1:
        for i, a in enumerate(source.values()):
            for j, b in enumerate(source.values()):
                # a literal 1 does not vary, with anything
                value = 0.0 if a is None or b is None else known.get((a, b))
                cov[i, j] = np.nan if value is None else value

    def ends(letter: str) -> np.ndarray:
        return np.array([1.0 if s is None else float(record.get(f"{letter}_{s}", np.nan)) for s in source.values()])

    return Moments(columns, n, n, ends("m"), cov, ends("l"), ends("h"), "rows")
