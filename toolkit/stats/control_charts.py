"""Does a series show anything but its usual variation?

Process behaviour charts: XmR for single values, p and u charts for shares and rates, with
Laney's correction where the base is so large that the binomial or Poisson limits alone would
flag everything. A signal says that something changed, not what.

Sources
-------
Wheeler (2000), Understanding Variation, 2nd ed.: XmR, constants 2.66 and 3.267.
Nelson (1982), Journal of Quality Technology 14, 172-173: moving ranges beyond their limit are
left out of their own average. NHSRplotthedots, "Deviations from the SPC methodology": the same.
NHS England, Making Data Count: the four rules. Laney (2002), Quality Engineering 14, 531-537.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

# 3 / d2 and 1 + 3 d3 / d2 with d2 = 1.128, d3 = 0.853 for ranges of two (Wheeler).
LIMITS_PER_MOVING_RANGE = 2.66
MOVING_RANGE_LIMIT = 3.267
MOVING_RANGE_PER_SIGMA = 1.128
# Making Data Count takes seven points on one side of the mean and seven rising or falling;
# Wheeler (2000) eight on one side, Nelson (1984) nine and six. Give the length to change it.
RUN_LENGTH = 7
TREND_LENGTH = 7
NEAR_LIMIT_SIGMAS = 2.0
LIMIT_SIGMAS = 3.0


@dataclass(frozen=True)
class ControlChart:
    """A centre line and limits, and where the points stand to them.

    Attributes
    ----------
    values : ndarray (periods,)
        nan is a period without a measurement; it takes part in nothing.
    centre : float
    lower, upper : ndarray (periods,)
        Limits of usual variation, three sigma from the centre.
    sigma : ndarray (periods,)
        A third of the distance from centre to limit.
    baseline : ndarray of bool (periods,)
        The periods the centre and the limits were calculated from.
    moving_range_mean, moving_range_limit : float
        Mean moving range behind the limits, and the largest range that is usual; nan where the
        chart does not use moving ranges.
    method : str
    """

    values: np.ndarray = field(repr=False)
    centre: float
    lower: np.ndarray = field(repr=False)
    upper: np.ndarray = field(repr=False)
    sigma: np.ndarray = field(repr=False)
    baseline: np.ndarray = field(repr=False)
    moving_range_mean: float
    moving_range_limit: float
    method: str

    def __post_init__(self) -> None:
        if not len(self.values) == len(self.lower) == len(self.upper) == len(self.sigma):
            raise ValueError("values and limits must have one entry per period")
        if np.any(self.lower > self.upper):
            raise ValueError("a lower limit lies above its upper limit")


@dataclass(frozen=True)
class Signals:
    """Which points break which rule: bool (periods,) each; every point of a run is marked.

    `above` and `below`: outside the limits. `run_above`, `run_below`: a run on one side of the
    centre. `rising`, `falling`: a trend. `near_upper`, `near_lower`: the points beyond two sigma
    of two out of three on one side.
    """

    above: np.ndarray
    below: np.ndarray
    run_above: np.ndarray
    run_below: np.ndarray
    rising: np.ndarray
    falling: np.ndarray
    near_upper: np.ndarray
    near_lower: np.ndarray

    @property
    def any(self) -> np.ndarray:
        """Points that break at least one rule."""
        return np.any([getattr(self, name) for name in self.__dataclass_fields__], axis=0)


def xmr_chart(
    values: np.ndarray, *, baseline: np.ndarray | None = None, screen: bool = True
) -> ControlChart:
    """Limits of usual variation for single values, from how much neighbours differ.

    Parameters
    ----------
    values : array (periods,)
        In order of time; nan is no measurement (the range then spans the gap).
    baseline : array of bool (periods,), optional
        Periods that limits are calculated from; all by default. Freeze it at a change and later
        points are judged by what was usual before.
    screen : bool
        Leave moving ranges above their own limit (3.267 x mean) out of their mean, once, so that
        one wild point does not widen the limits.

    Raises
    ------
    ValueError
        Fewer than two measured values in the baseline; shapes that do not fit.
    """
    x, base = _series(values, baseline)
    usable = x[base & np.isfinite(x)]
    if len(usable) < 2:
        raise ValueError(f"{len(usable)} measured values in the baseline; at least 2 are needed")
    mean_range, range_limit = _mean_moving_range(usable, screen)
    half = np.full(len(x), LIMITS_PER_MOVING_RANGE * mean_range)
    centre = float(usable.mean())
    return ControlChart(
        values=x, centre=centre, lower=centre - half, upper=centre + half,
        sigma=half / LIMIT_SIGMAS, baseline=base, moving_range_mean=mean_range,
        moving_range_limit=range_limit,
        method="XmR" + (", moving ranges screened" if screen else ""),
    )


def p_chart(
    counts: np.ndarray,
    totals: np.ndarray,
    *,
    baseline: np.ndarray | None = None,
    laney: bool = True,
    screen: bool = False,
) -> ControlChart:
    """Limits for a share: `counts` of `totals` in each period.

    With `laney` the binomial limits are widened (or narrowed) by how much the standardised
    shares really vary from period to period. Limits are cut at 0 and 1. A total of 0 is a period
    without a measurement.

    Raises
    ------
    ValueError
        A count below 0 or above its total; fewer than two measured periods in the baseline.
    """
    y, n = np.asarray(counts, dtype=float), np.asarray(totals, dtype=float)
    if np.any(y < 0) or np.any(y > n):
        raise ValueError("a count lies below 0 or above its total")
    return _ratio_chart(
        y, n, lambda mean: mean * (1 - mean), 1.0, baseline, laney, screen, "p chart")


def u_chart(
    counts: np.ndarray,
    exposure: np.ndarray,
    *,
    baseline: np.ndarray | None = None,
    laney: bool = True,
    screen: bool = False,
) -> ControlChart:
    """Limits for a rate: `counts` per unit of `exposure` in each period; see `p_chart`.

    Raises
    ------
    ValueError
        A negative count; fewer than two measured periods in the baseline.
    """
    y, n = np.asarray(counts, dtype=float), np.asarray(exposure, dtype=float)
    if np.any(y < 0) or np.any(n < 0):
        raise ValueError("a count or an exposure is negative")
    return _ratio_chart(y, n, lambda mean: mean, np.inf, baseline, laney, screen, "u chart")


def signals(
    chart: ControlChart, *, run: int = RUN_LENGTH, trend: int = TREND_LENGTH
) -> Signals:
    """Which points break a rule of the chart.

    Parameters
    ----------
    chart : ControlChart
    run : int
        Points in a row on one side of the centre that make a run. A point on the centre ends it.
    trend : int
        Points in a row, each above (below) the one before, that make a trend; n points are
        n - 1 steps. Equal neighbours end it.
    """
    seen = np.flatnonzero(np.isfinite(chart.values))
    x, sigma = chart.values[seen], chart.sigma[seen]
    side = np.sign(x - chart.centre)
    steps = np.sign(np.diff(x))

    def spread_out(marks: np.ndarray) -> np.ndarray:
        out = np.zeros(len(chart.values), dtype=bool)
        out[seen] = marks
        return out

    def trending(direction: float) -> np.ndarray:
        in_run = _runs(steps == direction, trend - 1)
        return np.concatenate([in_run, [False]]) | np.concatenate([[False], in_run])

    return Signals(
        above=spread_out(x > chart.upper[seen]),
        below=spread_out(x < chart.lower[seen]),
        run_above=spread_out(_runs(side > 0, run)),
        run_below=spread_out(_runs(side < 0, run)),
        rising=spread_out(trending(1.0)),
        falling=spread_out(trending(-1.0)),
        near_upper=spread_out(_two_of_three(x - chart.centre > NEAR_LIMIT_SIGMAS * sigma)),
        near_lower=spread_out(_two_of_three(chart.centre - x > NEAR_LIMIT_SIGMAS * sigma)),
    )


def _series(values, baseline):
    x = np.asarray(values, dtype=float)
    if x.ndim != 1:
        raise ValueError("values must be one series")
    base = np.ones(len(x), dtype=bool) if baseline is None else np.asarray(baseline, dtype=bool)
    if base.shape != x.shape:
        raise ValueError("the baseline needs one entry per period")
    return x, base


def _mean_moving_range(x: np.ndarray, screen: bool) -> tuple[float, float]:
    ranges = np.abs(np.diff(x))
    mean = ranges.mean()
    if screen:
        mean = ranges[ranges <= MOVING_RANGE_LIMIT * mean].mean()
    return float(mean), float(MOVING_RANGE_LIMIT * mean)


def _ratio_chart(y, n, unit_variance, ceiling, baseline, laney, screen, name) -> ControlChart:
    if y.shape != n.shape:
        raise ValueError("each count needs its total or exposure")
    measured = np.isfinite(y) & np.isfinite(n) & (n > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(measured, y / n, np.nan)
    share, base = _series(share, baseline)
    use = base & measured
    if use.sum() < 2:
        raise ValueError(f"{use.sum()} measured periods in the baseline; at least 2 are needed")
    centre = float(y[use].sum() / n[use].sum())
    with np.errstate(divide="ignore"):
        sigma = np.where(measured, np.sqrt(unit_variance(centre) / n), np.nan)
    mean_range = range_limit = np.nan
    if laney and unit_variance(centre) > 0:
        standard = (share[use] - centre) / sigma[use]
        mean_range, range_limit = _mean_moving_range(standard, screen)
        sigma = sigma * mean_range / MOVING_RANGE_PER_SIGMA
    return ControlChart(
        values=share, centre=centre,
        lower=np.maximum(centre - LIMIT_SIGMAS * sigma, 0.0),
        upper=np.minimum(centre + LIMIT_SIGMAS * sigma, ceiling),
        sigma=sigma, baseline=base, moving_range_mean=mean_range,
        moving_range_limit=range_limit, method=name + (", Laney's correction" if laney else ""),
    )


def _runs(hit: np.ndarray, length: int) -> np.ndarray:
    """Marks every member of a stretch of at least `length` hits."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], hit.astype(int), [0]])))
    marked = np.zeros(len(hit), dtype=bool)
    for start, stop in edges.reshape(-1, 2):
        marked[start:stop] = stop - start >= length
    return marked


def _two_of_three(beyond: np.ndarray) -> np.ndarray:
    marked = np.zeros(len(beyond), dtype=bool)
    for start in range(len(beyond) - 2):
        window = beyond[start:start + 3]
        if window.sum() >= 2:
            marked[start:start + 3] |= window
    return marked
