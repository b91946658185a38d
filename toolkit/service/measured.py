"""Shares and means by group from one scan, as sure as the customers behind the rows make them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import ibis.expr.types as ir

from toolkit.aggregates import Moments
from toolkit.kpis import Measure
from toolkit.language import Quantity
from toolkit.scan import aggregate
from toolkit.service.asked import settled
from toolkit.stats.clustered_shares import interval as share_interval
from toolkit.stats.limits import critical

NOT_SAID = "not said"
"""Stands where the column of a group is empty."""

Key = tuple[str, ...]


@dataclass(frozen=True)
class Measured:
    """A share or a mean with its interval.

    Attributes
    ----------
    value, low, high
        nan where there is none, and `reason` says why.
    se, df
        Between clusters.
    n
        Rows behind it.
    total
        The sum of what was measured: how many have it, for a share.
    level
        Of the interval.
    method
    """

    value: float
    low: float
    high: float
    se: float
    df: float
    n: int
    total: float
    level: float
    method: str
    reason: str | None = None

    @property
    def count(self) -> int:
        """How many have it."""
        return round(self.total)

    def quantity(self, unit: str = "percent") -> Quantity:
        """For people."""
        if math.isnan(self.value):
            return Quantity(math.nan, unit, reason=self.reason)
        if math.isnan(self.low):
            return Quantity(self.value, unit)
        return Quantity(self.value, unit, self.low, self.high)


def verdict_of(found: Measured, wanted: float | None) -> str:
    """A share against the share wanted, as surely as it is known; one of the target verdicts."""
    if not found.n:
        return "no_data"
    if wanted is None or math.isnan(wanted) or math.isnan(found.low):
        return "measured"
    if found.low >= wanted:
        return "reliably_met"
    return "reliably_missed" if found.high < wanted else "hit_and_miss"


def nothing(reason: str, level: float = 0.95, n: int = 0) -> Measured:
    """No value, and why."""
    nan = math.nan
    return Measured(nan, nan, nan, nan, nan, n, 0.0, level, "", reason)


def measured_by(
    table: ir.Table,
    of: Mapping[str, str | tuple[str, str]],
    dims: Iterable[str] = (),
    *,
    unit: str | None = None,
    shares: bool = True,
    level: float = 0.95,
) -> dict[Key, dict[str, Measured]]:
    """Each share (or mean) in each group.

    Parameters
    ----------
    of
        Name -> SQL: true or 1 where a row has it, empty where it does not count; a number for means.
        Two of them are numerator and denominator.
    dims
        Columns to group by; empty values are `NOT_SAID`.
    unit
        The column of clusters: rows of one are not independent.

    Returns
    -------
    dict
        Group -> name -> measured; groups without a row are absent.
    """
    dims = tuple(dims)
    table = table.mutate(**{d: table[d].cast("string").fill_null(NOT_SAID) for d in dims})
    if unit is not None:
        table = table.mutate(**{unit: table[unit].cast("string").fill_null(NOT_SAID)})
    table = settled(table)
    measures = [Measure(name, *((sql,) if isinstance(sql, str) else sql)) for name, sql in of.items()]
    found = aggregate(table, measures, dims, unit=unit, disjoint=False)
    return {
        tuple(str(v) for v in key): {m.name: _of(cell, m, shares, level) for m in measures}
        for key, cell in found.cells.items()
    }


def of_clusters(
    num: float, den: float, squares: float, squares_of_den: float, products: float,
    *, share: bool, level: float,
) -> Measured:
    """A ratio of two sums over clusters, from the sums of their squares and products."""
    if den == 0:
        return nothing("no rows", level)
    ratio = num / den
    spread = squares - 2 * ratio * products + ratio**2 * squares_of_den
    clusters = den**2 / squares_of_den if squares_of_den > 0 else math.nan
    widened = math.sqrt(clusters / (clusters - 1)) if clusters > 1 + 1e-9 else math.nan
    se = math.sqrt(max(spread, 0.0)) / den * widened
    n = round(den)
    if share:
        found = share_interval(num, den, se, clusters, level=level)
        return Measured(ratio, found.low, found.high, se, clusters - 1, n, num, level, found.method, found.reason)
    method = "ratio of sums, delta method"
    if not (math.isfinite(se) and clusters > 1):
        return Measured(ratio, math.nan, math.nan, se, math.nan, n, num, level, method, "too few to tell")
    reach = critical((1 - level) / 2, clusters - 1) * se
    return Measured(ratio, ratio - reach, ratio + reach, se, clusters - 1, n, num, level, method)


def _of(cell: Moments, m: Measure, share: bool, level: float) -> Measured:
    def second(a: str, b: str) -> float:
        spread = cell.cov_of(a, b) * (cell.n - 1) if cell.n > 1 else 0.0
        return spread + cell.n * cell.mean_of(a) * cell.mean_of(b)

    num, den = round(cell.sum_of(m.num), 9), round(cell.sum_of(m.den), 9)
    return of_clusters(
        num, den, second(m.num, m.num), second(m.den, m.den), second(m.num, m.den),
        share=share, level=level,
    )  # fmt: skip
