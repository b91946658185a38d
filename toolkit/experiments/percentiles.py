"""Percentiles by arm and segment: only the order statistics that are needed leave the engine."""

from __future__ import annotations

import math
from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from toolkit.experiments.columns import tested_rows
from toolkit.experiments.definition import Experiment, Metric
from toolkit.experiments.reading import ARM, Reading, arm_expression, dims_of
from toolkit.experiments.samples import Sample
from toolkit.kpis import Measure, as_number, with_expressions
from toolkit.scan import aggregate, quantile_ranks
from toolkit.stats import order_statistics, quantiles, ratios
from toolkit.stats.comparisons import Interval, undefined_interval
from toolkit.stats.ratios import RatioMoments

_VALUE, _DIM, _BELOW = "toolkit__value", "toolkit__dim", "toolkit__below"

Samples = Mapping[tuple[str, str | None], Sample]


def percentiles(table: ir.Table, definition: Experiment, reading: Reading) -> dict[tuple[str, str | None], Samples]:
    """Samples of every percentile metric.

    Returns
    -------
    dict
        (metric, segment column or None for the whole) -> (arm, segment's value or None) -> sample.
    """
    rows = tested_rows(table, definition)
    found = {}
    for metric in definition.metrics:
        if metric.quantile is None:
            continue
        found[metric.name, None] = _by(rows, definition, metric, None, reading)
        for column, sql in dims_of(definition).items():
            found[metric.name, column] = _by(rows, definition, metric, sql, reading)
    return found


def _by(rows: ir.Table, definition: Experiment, metric: Metric, dim: str | None, reading: Reading) -> Samples:
    sql = {ARM: arm_expression(definition), _VALUE: metric.value, _DIM: dim or "CAST(NULL AS VARCHAR)"}
    if metric.where:
        sql[_VALUE] = f"CASE WHEN ({metric.where}) THEN ({metric.value}) END"
    by_units = reading.basis != "rows"
    asked = with_expressions(rows, sql, [definition.assigned] if by_units else [])
    value = as_number(asked[_VALUE])
    asked = asked.mutate(**{_VALUE: ibis.cases((~value.isnan(), value), else_=ibis.null("float64"))})
    dims = (ARM, _DIM)
    counts = asked.group_by(list(dims)).agg(n=asked[_VALUE].count(), rows=asked.count()).to_pyarrow().to_pylist()
    sizes = {(r[ARM], r[_DIM]): (int(r["n"]), int(r["rows"])) for r in counts}
    needs = {
        key: order_statistics.needed(n, metric.quantile, level=definition.level)
        for key, (n, _) in sizes.items() if n
    }  # fmt: skip
    values = quantile_ranks(asked, _VALUE, dims, {key: need.ranks for key, need in needs.items()})
    intervals = {
        key: order_statistics.interval_of(need, dict(zip(need.ranks, values[key], strict=True)))
        for key, need in needs.items()
    }
    if by_units:
        intervals = _by_units(asked, definition, metric, intervals)
    out = {}
    for key, (n, all_rows) in sizes.items():
        empty = undefined_interval("no values", method=order_statistics.METHOD, n=0, level=definition.level)
        out[key] = Sample("percentile", n, all_rows - n, quantile=intervals.get(key, empty))
    return out


def _by_units(
    asked: ir.Table, definition: Experiment, metric: Metric, intervals: Mapping[tuple, Interval]
) -> dict[tuple, Interval]:
    """Woodruff's interval with the clustered error of the share below the percentile."""
    border = ibis.cases(
        *(
            ((asked[ARM] == arm) & (asked[_DIM].isnull() if value is None else asked[_DIM] == value),
             ibis.literal(found.estimate))
            for (arm, value), found in intervals.items()
        ),
        else_=ibis.null("float64"),
    )  # fmt: skip
    marked = asked.mutate(**{_BELOW: (asked[_VALUE] <= border).cast("int32")})
    shares = aggregate(
        marked, [Measure("below", f'"{_BELOW}"')], (ARM, _DIM), unit=definition.assigned,
        exact_units=definition.exact_units, buckets=definition.buckets, disjoint=False,
    ).cells  # fmt: skip
    ends, errors = {}, {}
    for key, found in intervals.items():
        cell, n = shares[key], round(found.n)
        errors[key] = _share_error(cell) if cell.n > 1 else math.nan
        if errors[key] > 0:
            low, high = quantiles.levels_around(
                metric.quantile, errors[key], level=definition.level, df=cell.n - 1
            )
            ends[key] = max(1, math.floor(n * low)), min(n, math.ceil(n * high) + 1)
    values = quantile_ranks(asked, _VALUE, (ARM, _DIM), ends)
    out = {}
    for key, found in intervals.items():
        if key not in ends:
            reason = "too few units, or all alike: chance cannot be judged"
            out[key] = undefined_interval(
                reason, method="quantile, Woodruff", n=found.n, estimate=found.estimate, level=definition.level
            )
            continue
        low, high = values[key]
        out[key] = quantiles.from_levels(
            found.estimate, min(low, found.estimate), max(high, found.estimate), found.n,
            level=definition.level, df=shares[key].n - 1,
        )  # fmt: skip
    return out


def _share_error(cell) -> float:
    num, den = "below__num", "below__den"
    moments = RatioMoments(
        cell.n, cell.mean_of(num), cell.mean_of(den), max(cell.var_of(num), 0.0), max(cell.var_of(den), 0.0),
        cell.cov_of(num, den),
    )  # fmt: skip
    return ratios.interval(moments).se
