"""What is a metric in one arm: a share, a mean, a ratio or a percentile, and by which method compared?

The data decide, not the name: a share is called one only where every row is 0 or 1.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from toolkit.aggregates import Moments
from toolkit.stats import means, quantiles, ratios, shares
from toolkit.stats.comparisons import Comparison, Interval
from toolkit.stats.means import MeanMoments
from toolkit.stats.ratios import RatioMoments
from toolkit.stats.shares import Share

Kind = Literal["share", "mean", "ratio", "percentile"]
COUNT = "toolkit_count"
"""The measure that counts rows, summed beside the metrics where buckets need it."""

_SLACK = 1e-9


@dataclass(frozen=True)
class Sample:
    """One metric in one arm, as its method needs it.

    Attributes
    ----------
    kind
        How it is compared.
    n
        Units (rows, or what was assigned) that count.
    missing
        Rows left out because a part of the metric is missing or its `where` does not hold.
    share, mean, ratio, quantile
        The one that `kind` names.
    ends
        Smallest and largest unit; nan where unknown.
    """

    kind: Kind
    n: float
    missing: int
    share: Share | None = None
    mean: MeanMoments | None = None
    ratio: RatioMoments | None = None
    quantile: Interval | None = None
    ends: tuple[float, float] = (math.nan, math.nan)

    def level(self, level: float) -> Interval:
        """The arm's own value with its interval."""
        if self.kind == "share":
            return shares.interval(self.share, level=level)
        if self.kind == "mean":
            return means.interval(self.mean, level=level)
        if self.kind == "ratio":
            return ratios.interval(self.ratio, level=level)
        return self.quantile


def difference(control: Sample, treatment: Sample, level: float) -> Comparison:
    """The difference by the method of their kind."""
    if control.kind == "share":
        return shares.difference(control.share, treatment.share, level=level)
    if control.kind == "mean":
        return means.difference(control.mean, treatment.mean, level=level)
    if control.kind == "ratio":
        return ratios.difference(control.ratio, treatment.ratio, level=level)
    return quantiles.difference(control.quantile, treatment.quantile, level=level)


def relative(control: Sample, treatment: Sample, level: float) -> Comparison:
    """The change as a share of the control's value, by the method of their kind."""
    if control.kind == "share":
        return shares.relative(control.share, treatment.share, level=level)
    if control.kind == "mean":
        return means.relative(control.mean, treatment.mean, level=level)
    if control.kind == "ratio":
        return ratios.relative(control.ratio, treatment.ratio, level=level)
    # a logarithm says nothing where a percentile may as well be 0
    ends = [q.quantile.low for q in (control, treatment)]
    scale = "log" if min(ends) > 0 else "linear"
    return quantiles.relative(control.quantile, treatment.quantile, level=level, scale=scale)


def kind_of(num: str, den: str, cells: Iterable[Moments], counts_rows: bool) -> Kind:
    """Share, mean or ratio, from what the columns hold in every cell.

    Parameters
    ----------
    counts_rows
        Whether the denominator is the number 1, and 0 stands for rows that do not count; one that
        comes from the data (orders) makes a ratio, for it differs from test to test.

    Notes
    -----
    A share's numerators are 0 or 1 besides. Where a unit has several rows, both sums vary and it is
    a ratio.
    """
    cells = [m for m in cells if m.n]
    plain = counts_rows or all(_is_one(m, den) for m in cells)
    if not plain or any(m.basis != "rows" for m in cells):
        return "ratio"
    return "share" if all(zero_or_one(m, num) for m in cells) else "mean"


def _is_one(cell: Moments, column: str) -> bool:
    at = cell.at(column)
    return cell.low[at] == 1 and cell.high[at] == 1


def zero_or_one(cell: Moments, column: str) -> bool:
    """Whether a column holds nothing but 0 and 1: within 0 to 1, x squared sums to what x does."""
    at = cell.at(column)
    if not (cell.low[at] >= 0 and cell.high[at] <= 1):
        return False
    spread = 0.0 if cell.n < 2 else float(cell.cov[at, at])
    squares = (cell.n - 1) * spread + cell.n * float(cell.mean[at]) ** 2
    total = cell.n * float(cell.mean[at])
    return abs(squares - total) <= _SLACK * cell.n and abs(total - round(total)) <= 1e-6 * max(1.0, total)


def sample_of(cell: Moments | None, num: str, den: str, kind: Kind, units: int | None = None) -> Sample:
    """One metric in one cell.

    Parameters
    ----------
    cell
        Moments by arm (and segment); None where the cell has no rows.
    num, den
        Its columns.
    kind
        As `kind_of` found it over all cells.
    units
        How many were assigned, where the moments are between buckets.
    """
    if cell is None or cell.n == 0:
        return _nothing(kind)
    counted = cell.sum_of(den)
    if kind == "ratio":
        n = cell.n if units is None else units
        return Sample(kind, n, 0, ratio=_ratio(cell, num, den), ends=_range(cell, num, 0))
    n = round(counted)
    missing = cell.n - n
    if kind == "share":
        return Sample(kind, n, missing, share=Share(round(cell.sum_of(num)), n))
    return Sample(kind, n, missing, mean=_mean(cell, num, n), ends=_range(cell, num, missing))


def _nothing(kind: Kind) -> Sample:
    nan = math.nan
    if kind == "share":
        return Sample(kind, 0, 0, share=Share(0, 0))
    if kind == "mean":
        return Sample(kind, 0, 0, mean=MeanMoments(0, nan, nan))
    return Sample(kind, 0, 0, ratio=RatioMoments(0, nan, nan, nan, nan, nan))


def _mean(cell: Moments, num: str, n: int) -> MeanMoments:
    """Mean and variance among the rows that count; the others stand in the sums as 0."""
    if n == 0:
        return MeanMoments(0, math.nan, math.nan)
    total, missing = cell.sum_of(num), cell.n - n
    if n < 2:
        return MeanMoments(n, total / n, math.nan)
    if missing == 0:
        return MeanMoments(n, cell.mean_of(num), max(cell.var_of(num), 0.0))
    mean_of_all = cell.mean_of(num)
    squares = (cell.n - 1) * cell.var_of(num) - cell.n * mean_of_all**2 * missing / n
    # a constant leaves rounding here; anything above it is spread
    floor = 1e-12 * cell.n * mean_of_all**2
    return MeanMoments(n, total / n, squares / (n - 1) if squares > floor else 0.0)


def _ratio(cell: Moments, num: str, den: str) -> RatioMoments:
    if cell.n < 2:
        nan = math.nan
        return RatioMoments(cell.n, cell.mean_of(num), cell.mean_of(den), nan, nan, nan)
    y, x = max(cell.var_of(num), 0.0), max(cell.var_of(den), 0.0)
    bound = math.sqrt(y * x)
    # rounding may carry a covariance past what its variances allow
    between = min(max(cell.cov_of(num, den), -bound), bound)
    return RatioMoments(cell.n, cell.mean_of(num), cell.mean_of(den), y, x, between)


def _range(cell: Moments, num: str, missing: int) -> tuple[float, float]:
    """Extremes of the units; a 0 that may stand for a missing row is not taken for one."""
    low, high = float(cell.low[cell.at(num)]), float(cell.high[cell.at(num)])
    if missing:
        low, high = (low if low < 0 else math.nan), (high if high > 0 else math.nan)
    return low, high


def linear_part(
    cell: Moments, num: str, den: str, covariates: Sequence[str], ratio: float, mean_den: float
) -> tuple[np.ndarray, np.ndarray]:
    """Means and covariances of a metric's linearised value and of covariates, in one cell.

    The linearised value of a unit is ratio + (y - ratio x) / mean_den: its mean over an arm is the
    metric, its variance that of the delta method; for a mean it is the value itself.
    """
    columns = [cell.at(num), cell.at(den), *(cell.at(c) for c in covariates)]
    mean = cell.mean[columns]
    cov = cell.cov[np.ix_(columns, columns)]
    weights = np.zeros((1 + len(covariates), len(columns)))
    weights[0, :2] = 1 / mean_den, -ratio / mean_den
    weights[1:, 2:] = np.eye(len(covariates))
    values = weights @ mean
    values[0] += ratio
    matrix = weights @ cov @ weights.T
    return values, (matrix + matrix.T) / 2
