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
from toolkit.data.dialects import answered, by_place, name_for
from toolkit.data.sql_names import name_of
from toolkit.kpis import Measure, kinds_of, number_sql, refuse_words

_ONE = "1"


def complete_rows(
    table: ir.Table, measures: Sequence[Measure], dims: Sequence[str], covariates: Sequence[str],
    expressions: Mapping[str, str], only: str | None = None,
) -> Aggregates | None:
    """Moments over rows by cell; None where a value is missing or a measure leaves rows out.

    Parameters
    ----------
    table, measures, dims, covariates, expressions, only
        As in `toolkit.scan.aggregate`.
    """
    if any(m.where or m.clip for m in measures):
        return None
    sql = list(dict.fromkeys(e for m in measures for e in (m.numerator, m.denominator) if e.strip() != _ONE))
    kinds = kinds_of(table, sql)
    refuse_words(kinds, measures)
    named = {e: f"x{i}" for i, e in enumerate(sql)}
    name, schema = name_for(table), table.schema()
    raw = [f"({e}\n) AS toolkit_given_{x}" for e, x in named.items()] + [f"({e}\n) AS {name_of(d)}" for d, e in expressions.items()]
    raw += [name_of(c) for c in dict.fromkeys((*(d for d in dims if d not in expressions), *covariates))]
    values = {x: number_sql(f"toolkit_given_{x}", kinds[e]) for e, x in named.items()}
    values |= {f"y{i}": number_sql(name_of(c), schema[c]) for i, c in enumerate(covariates)}
    chosen = [f"{name_of(d)} AS d{i}" for i, d in enumerate(dims)] + [f"{v} AS {x}" for x, v in values.items()]
    pairs = _pairs(measures, named, [f"y{i}" for i in range(len(covariates))])
    wanted = [*(f"d{i}" for i in range(len(dims))), "COUNT(*) AS n"]
    for x in values:
        wanted += [f"COUNT({x}) AS k_{x}", f"AVG({x}) AS m_{x}", f"VAR_SAMP({x}) AS v_{x}"]
    for e, x in named.items():
        if not kinds[e].is_boolean():  # a share says of itself whether there is a 0 and a 1
            wanted += [f"MIN({x}) AS l_{x}", f"MAX({x}) AS h_{x}"]
    wanted += [f"COVAR_SAMP({a}, {b}) AS c{i}" for i, (a, b) in enumerate(pairs)]
    where = f" WHERE {only}" if only else ""
    found = answered(
        table, name,
        f"SELECT {', '.join(wanted)} FROM (SELECT {', '.join(chosen or ['1'])} FROM (SELECT {', '.join(raw or ['1'])} FROM {name}{where}) "
        f"AS toolkit_raw) AS toolkit_told{by_place(len(dims))}",
    )  # fmt: skip
    found = [r for r in found if r["n"]]
    if any(r[f"k_{x}"] != r["n"] for r in found for x in values):
        return None
    cells = {tuple(r[f"d{i}"] for i in range(len(dims))): _moments(r, measures, named, covariates, pairs) for r in found}
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
    source |= {c: f"y{i}" for i, c in enumerate(covariates)}
    columns, extremes = tuple(source), set(named.values())
    n = int(record["n"])
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

    mean = np.array([1.0 if s is None else float(record[f"m_{s}"]) for s in source.values()])

    def ends(letter: str, of_share: np.ndarray) -> np.ndarray:
        known = zip(source.values(), of_share, strict=True)
        return np.array([1.0 if s is None else np.nan if s not in extremes else float(record.get(f"{letter}_{s}", of)) for s, of in known])

    return Moments(columns, n, n, mean, cov, ends("l", np.floor(mean)), ends("h", np.ceil(mean)), "rows")
