"""Which points of many series are more than their usual variation?

The control charts of `control_charts` for thousands of series in one call, and with allowance for
neighbouring periods that resemble each other. Moving ranges are small where neighbours are alike,
and runs on one side are long, so the published rules cry out over nothing. Here, the distance of
the limits and the length of a run grow with the autocorrelation, such that a steady series gives
no more signals than the published rules promise for independent periods (docs/methods/trends.md has the
measured table).

The autocorrelation is read from how much more periods two to four apart differ than neighbours
do. A step in the level touches only the few differences that span it, while it passes for strong
autocorrelation in the usual estimate and would hide itself.

`hints` are what the published rules mark without the allowance: named, but no reason to act.

Sources
-------
Limits, rules and screening: see `control_charts`. Wardell, Moskowitz & Plante (1994),
Technometrics 36, 3-17: run lengths of charts under autocorrelation. Differences at several lags:
Hall & Van Keilegom (2003), Journal of the Royal Statistical Society B 65, 443-456.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from toolkit.stats.control_charts import (
    LIMIT_SIGMAS,
    LIMITS_PER_MOVING_RANGE,
    MOVING_RANGE_LIMIT,
    NEAR_LIMIT_SIGMAS,
    RUN_LENGTH,
    TREND_LENGTH,
)

RULES = (
    "above",
    "below",
    "run_above",
    "run_below",
    "rising",
    "falling",
    "near_upper",
    "near_lower",
)
"""As `control_charts.Signals` names them; a rule and its opposite stand side by side."""

LAGS = 4


@dataclass(frozen=True)
class UsualVariation:
    """Centre, limits and signals of many series.

    Attributes
    ----------
    centre : ndarray (series,)
    sigma : ndarray (series, periods)
        A third of the distance from centre to limit, as the published rules have it.
    spread : ndarray (series, periods)
        The same with autocorrelation allowed for.
    rho : ndarray (series,)
        The autocorrelation allowed for, 0 to `MOST_RHO`.
    run : ndarray of int (series,)
        How many on one side make a run.
    marks : ndarray of bool (rules, series, periods)
        Signals by rule (`RULES`), autocorrelation allowed for.
    hints : ndarray of bool (rules, series, periods)
        What the published rules mark.
    measured : ndarray of int (series,)
        Periods in the baseline; below 2 there are no limits.
    """

    centre: np.ndarray
    sigma: np.ndarray = field(repr=False)
    spread: np.ndarray = field(repr=False)
    rho: np.ndarray
    run: np.ndarray
    marks: np.ndarray = field(repr=False)
    hints: np.ndarray = field(repr=False)
    measured: np.ndarray

    def __post_init__(self) -> None:
        if self.marks.shape != (len(RULES), *self.sigma.shape):
            raise ValueError("there must be one mark per rule, series and period")

    @property
    def any(self) -> np.ndarray:
        """Points with a signal: bool (series, periods)."""
        return self.marks.any(axis=0)


def usual_variation(
    values: np.ndarray,
    *,
    precision: np.ndarray | None = None,
    baseline: np.ndarray | None = None,
    freedom: np.ndarray | None = None,
    autocorrelated: bool = True,
) -> UsualVariation:
    """Limits and signals of many series at once.

    Parameters
    ----------
    values : array (series, periods)
        In order of time, their season taken out; nan is a period without a measurement, and the
        moving range then spans the gap.
    precision : array (series, periods), optional
        What a period's value weighs: the denominator of a share or a rate, so that limits follow
        it (Laney's p' and u' charts are this with the counting error scaled out). All alike where
        absent.
    baseline : array of bool (series, periods) or (periods,), optional
        Periods that centre and limits are calculated from; all by default.
    freedom : array (series,), optional
        Share of the variation that earlier adjustments left (`seasons.Seasons.freedom`).
    autocorrelated : bool
        Allow for neighbours that resemble each other. Without, `marks` are `hints`.

    Raises
    ------
    ValueError
        Shapes that do not fit.
    """
    x = np.atleast_2d(np.asarray(values, dtype=float))
    weight = np.ones_like(x) if precision is None else np.asarray(precision, dtype=float)
    base = np.ones(x.shape, bool) if baseline is None else np.broadcast_to(baseline, x.shape)
    if weight.shape != x.shape:
        raise ValueError("values and precision must have one entry per series and period")
    seen = np.isfinite(x) & (weight > 0)
    used = seen & base
    x = np.where(seen, x, np.nan)
    measured = used.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        kept = np.where(used, weight, 0.0)
        centre = np.where(used, x * weight, 0.0).sum(axis=1) / kept.sum(axis=1)
        unit = np.where(seen, 1 / np.sqrt(weight), np.nan)
        standard = np.where(used, (x - centre[:, None]) / unit, np.nan)
    mean_range = _screened_ranges(packed(standard, used)[0], 1)
    if freedom is not None:
        mean_range = mean_range / np.sqrt(np.maximum(freedom, 1e-9))
    mean_range = np.where(measured >= 2, mean_range, np.nan)
    rho = _rho_from_differences(packed(standard, used)[0], measured) if autocorrelated else 0.0
    rho = np.where(measured >= FEWEST_FOR_RHO, rho, 0.0)
    sigma = LIMITS_PER_MOVING_RANGE / LIMIT_SIGMAS * mean_range[:, None] * unit
    spread = sigma / np.sqrt(1 - rho)[:, None]
    run = run_length(rho)
    hints = _marks(x, seen, centre, sigma, np.full(len(x), RUN_LENGTH), NEAR_LIMIT_SIGMAS)
    marks = hints
    if autocorrelated:
        marks = _marks(
            x, seen, centre, spread, run, NEAR_LIMIT_SIGMAS + NEAR_PER_RHO * rho[:, None]
        )
    return UsualVariation(centre, sigma, spread, rho, run, marks, hints, measured)


MOST_RHO = 0.9
FEWEST_FOR_RHO = 12
NEAR_PER_RHO = 0.5
# The estimate from differences is this many of its standard errors too low where it does harm;
# chosen by simulation (benchmarks/signals_per_series.py).
RHO_MARGIN = 0.1


def run_length(rho: np.ndarray) -> np.ndarray:
    """How many on one side are as rare as `RUN_LENGTH` are where periods are independent.

    Neighbours of a normal AR(1) series share their side with probability 1/2 + asin(rho) / pi
    (Sheppard 1899).
    """
    same = 0.5 + np.arcsin(rho) / np.pi
    longer = 1 + np.log(0.5**RUN_LENGTH / (1 - same)) / np.log(same)
    return np.ceil(np.round(longer + RUN_PER_RHO * rho, 6)).astype(int)


RUN_PER_RHO = 2.0
_LAG_WEIGHTS = np.array([1.0, 0.8, 0.6])
_GRID = np.linspace(-0.5, 0.95, 59)
_EXPECTED = np.log([(1 - _GRID**k) / (1 - _GRID) for k in range(2, LAGS + 1)])


def _rho_from_differences(x: np.ndarray, measured: np.ndarray) -> np.ndarray:
    """Autocorrelation from the sizes of differences at lags 1 to 4, with its margin."""
    with np.errstate(invalid="ignore", divide="ignore"):
        first = _screened_ranges(x, 1)
        ratios = np.log([_screened_ranges(x, k) / first for k in range(2, LAGS + 1)]) * 2
    ratios = np.where(np.isfinite(ratios), ratios, 0.0)
    # (a - e)^2 summed over lags, without the part that no grid point changes
    cost = _LAG_WEIGHTS @ _EXPECTED**2 - 2 * np.einsum(
        "ks,kg,k->sg", ratios, _EXPECTED, _LAG_WEIGHTS
    )
    found = _GRID[np.argmin(cost, axis=1)]
    error = 1.55 / np.sqrt(np.maximum(measured, 1))
    return np.clip(found + RHO_MARGIN * error, 0.0, MOST_RHO)


def packed(x: np.ndarray, seen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Measured periods moved together to the left, nan behind them; and where each came from."""
    if seen.all():
        return x, np.broadcast_to(np.arange(x.shape[1]), x.shape)
    order = np.argsort(~seen, axis=1, kind="stable")
    together = np.take_along_axis(np.where(seen, x, np.nan), order, axis=1)
    return together, order


def _screened_ranges(x: np.ndarray, lag: int) -> np.ndarray:
    """Mean distance of values `lag` apart, those beyond their limit left out once."""
    if x.shape[1] <= lag:
        return np.full(len(x), np.nan)
    ranges = np.abs(x[:, lag:] - x[:, :-lag])
    there = np.isfinite(ranges)
    ranges = np.where(there, ranges, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = ranges.sum(axis=1) / there.sum(axis=1)
        kept = there & (ranges <= MOVING_RANGE_LIMIT * mean[:, None])
        return (ranges * kept).sum(axis=1) / kept.sum(axis=1)


def _marks(x, seen, centre, sigma, run, near) -> np.ndarray:
    """Every rule on the measured periods, spread out again over all."""
    x, order = packed(x, seen)
    sigma = np.take_along_axis(sigma, order, axis=1)
    with np.errstate(invalid="ignore"):
        off = x - centre[:, None]
        side = np.nan_to_num(np.sign(off))
        steps = np.nan_to_num(np.sign(np.diff(x, axis=1)))
        trend = np.full(len(x), TREND_LENGTH - 1)
        found = [
            off > LIMIT_SIGMAS * sigma, off < -LIMIT_SIGMAS * sigma,
            _stretches(side > 0, run), _stretches(side < 0, run),
            _ends_of_steps(_stretches(steps > 0, trend)),
            _ends_of_steps(_stretches(steps < 0, trend)),
            _two_of_three(off > near * sigma), _two_of_three(-off > near * sigma),
        ]  # fmt: skip
    marks = np.zeros((len(RULES), *x.shape), dtype=bool)
    for rule, marked in enumerate(found):
        np.put_along_axis(marks[rule], order, marked, axis=1)
    return marks


def _stretches(hit: np.ndarray, length: np.ndarray) -> np.ndarray:
    """Marks every member of a stretch of at least `length` hits."""
    count = np.zeros(hit.shape, dtype=np.int16)
    running = np.zeros(len(hit), dtype=np.int16)
    for t in range(hit.shape[1]):
        running = (running + 1) * hit[:, t]
        count[:, t] = running
    longest = np.zeros(len(hit), dtype=np.int16)
    for t in range(hit.shape[1] - 1, -1, -1):
        longest = np.maximum(longest, count[:, t]) * hit[:, t]
        count[:, t] = longest
    return hit & (count >= length[:, None])


def _ends_of_steps(steps: np.ndarray) -> np.ndarray:
    """Steps marked as the points on both their ends."""
    points = np.zeros((len(steps), steps.shape[1] + 1), dtype=bool)
    points[:, :-1] = steps
    points[:, 1:] |= steps
    return points


def _two_of_three(beyond: np.ndarray) -> np.ndarray:
    marked = np.zeros_like(beyond)
    if beyond.shape[1] < 3:
        return marked
    a, b, c = beyond[:, :-2], beyond[:, 1:-1], beyond[:, 2:]
    enough = (a & b) | (a & c) | (b & c)
    for place, hit in enumerate((a, b, c)):
        marked[:, place : beyond.shape[1] - 2 + place] |= enough & hit
    return marked
