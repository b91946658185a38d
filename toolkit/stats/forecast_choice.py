"""Which method would have missed least, had it been asked before? See `forecasts`."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

import numpy as np
from scipy import special

from toolkit.stats.forecast_filters import WARM_UP, filters, seasonal_naive
from toolkit.stats.seasons import take_out

METHODS = ("mean", "drift", "level", "damped trend", "theta", "average", "seasonal naive")
AVERAGED = ("level", "damped trend", "theta")
FEWEST = 8
ORIGINS = 8
LONGEST_TRIED = 12
# How far past forecasts missed counts against the fit as origins against so many periods.
FIT_COUNTS_AS = 6
# The average is taken unless another missed a tenth less: over a few origins, smaller differences
# are luck, and averages forecast better (measured: 3 % smaller errors than without preference).
PREFERENCE = 0.9
# Errors of forecasts are larger, and have longer tails, than those of a fit: the method and the
# season were chosen by what they are judged by. Both wear off as a series gets longer: the
# interval is 1 + WIDER / periods as wide, with a t distribution of periods / TAIL_PERIODS degrees
# of freedom within these bounds. So 80 and 95 % intervals hold on public series
# (docs/methods/trends.md has the table).
WIDER, WIDER_WITH_SEASON = 4.0, 8.0
TAIL_PERIODS = 10.0
LEAST_FREEDOM, LEAST_FREEDOM_WITH_SEASON, MOST_FREEDOM = 5.0, 3.0, 12.0
_FIT_FREEDOM = 5.0
_MIDDLE = 0.1
_LEAST_SPREAD = 1e-12


@dataclass(frozen=True)
class Choice:
    """The method chosen for each series, and what it says.

    `chosen` is the place in `METHODS` (-1: none); the rest is as in `forecasts.Forecasts`.
    """

    middle: np.ndarray = field(repr=False)
    spread: np.ndarray = field(repr=False)
    freedom: np.ndarray
    past_error: np.ndarray
    tried: np.ndarray = field(repr=False)
    chosen: np.ndarray

    @classmethod
    def none(cls, series: int, horizon: int) -> Choice:
        """No forecast for any series."""
        wide, long = np.full((series, horizon), np.nan), np.full(series, np.nan)
        return cls(
            wide, wide, long, long, np.full((series, len(METHODS)), np.nan), np.full(series, -1)
        )

    def at(self, members: np.ndarray) -> Choice:
        """Some of the series."""
        return Choice(**{f.name: getattr(self, f.name)[members] for f in fields(self)})

    def replaced(self, members: np.ndarray, other: Choice) -> Choice:
        """The same with `members` from another choice."""
        parts = {f.name: getattr(self, f.name).copy() for f in fields(self)}
        for name, part in parts.items():
            part[members] = getattr(other, name)
        return Choice(**parts)


def origins_of(periods: int, wanted: int) -> tuple[int, ...]:
    """The numbers of periods known at each past origin: every second one of the last year."""
    least = max(FEWEST - 2, periods // 2)
    step = 2 if periods - 2 * wanted >= least else 1
    return tuple(o for o in range(periods - step * wanted, periods, step) if o >= least)


def width_and_freedom(periods: int, season: int | None) -> tuple[float, float]:
    """How many times as wide as the fit says an interval is, and its degrees of freedom."""
    more = WIDER_WITH_SEASON if season else WIDER
    least = LEAST_FREEDOM_WITH_SEASON if season else LEAST_FREEDOM
    return 1 + more / periods, min(max(periods / TAIL_PERIODS, least), MOST_FREEDOM)


def best_method(
    y: np.ndarray,
    places: np.ndarray,
    horizon: int,
    season: int | None,
    origins: int,
    logs: bool = False,
) -> Choice:
    """Try every method from past origins and forecast with the one that missed least.

    Parameters
    ----------
    y : array (series, periods)
    logs : bool
        The values are logarithms; misses are compared in the unit they were taken of.
    """
    n = y.shape[1]
    missed = np.zeros((len(METHODS), len(y)))
    beyond, promised, seen = np.zeros_like(missed), np.zeros_like(missed), np.zeros_like(missed)
    shown = np.exp if logs else np.asarray
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        for o in origins_of(n, origins):
            far = min(LONGEST_TRIED, horizon, n - o)
            middle, spread, _ = _all_methods(y[:, :o], places[:o], far, season)
            truth = y[:, o : o + far]
            there = np.isfinite(truth) & np.isfinite(middle)
            missed += np.where(there, np.abs(shown(truth) - shown(middle)), 0.0).sum(axis=2)
            # sums of squares, not a mean of ratios: a fit to six periods can be nearly perfect
            beyond += np.where(there, (truth - middle) ** 2, 0.0).sum(axis=2)
            promised += np.where(there, spread**2, 0.0).sum(axis=2)
            seen += there.sum(axis=2)
        missed = np.where(seen > 0, missed / seen, np.nan)
        beyond = np.where(promised > 0, beyond / promised, 1.0)
    middle, spread, freedom = _all_methods(y, places, horizon, season)
    usable = np.isfinite(middle).all(axis=2)
    order = np.where(usable, np.where(np.isfinite(missed), missed, 1e300), np.inf)
    order[METHODS.index("average")] *= PREFERENCE
    chosen = order.argmin(axis=0)
    rows = np.arange(len(y))
    count = np.minimum(len(origins_of(n, origins)), seen[chosen, rows])
    widened = (FIT_COUNTS_AS + count * beyond[chosen, rows]) / (FIT_COUNTS_AS + count)
    width, tails = width_and_freedom(n, season)
    fitted = special.stdtrit(np.maximum(freedom[chosen, rows], _FIT_FREEDOM), 1 - _MIDDLE)
    wide = width * fitted / special.stdtrit(tails, 1 - _MIDDLE)
    return Choice(
        middle[chosen, rows], spread[chosen, rows] * (np.sqrt(widened) * wide)[:, None],
        np.full(len(y), tails), missed[chosen, rows],
        np.where(usable, missed, np.nan).T, chosen,
    )  # fmt: skip


def _all_methods(y, places, horizon, season):
    """Middle and spread (methods, series, horizon) and degrees of freedom (methods, series)."""
    n = y.shape[1]
    later = np.zeros((len(y), horizon))
    left, freedom, seasonal = y, np.ones(len(y)), np.zeros(len(y), dtype=bool)
    if season:
        found = take_out(y, places, season)
        left, freedom, seasonal = found.adjusted, found.freedom, found.weight > 0
        later = found.effects[:, (places[-1] + 1 + np.arange(horizon)) % season]
    whole, seen = bridged(left), np.isfinite(y)
    middle = np.full((len(METHODS), len(y), horizon), np.nan)
    spread, error = np.full_like(middle, np.nan), {}
    df = np.full((len(METHODS), len(y)), np.nan)
    best = np.full((len(METHODS), len(y)), np.inf)
    used = seen[:, WARM_UP:]
    count = used.sum(axis=1)
    growth = np.full_like(middle, np.nan)
    for f in filters(n, horizon):
        miss = np.where(seen, left - whole @ f.one_ahead, 0.0)[:, WARM_UP:]
        squares = np.einsum("st,st->s", miss, miss) / np.maximum(count * freedom - f.constants, 1)
        at = METHODS.index(f.family)
        better = squares < best[at]
        if not better.any():
            continue
        best[at, better] = squares[better]
        middle[at, better] = whole[better] @ f.ahead
        growth[at, better] = f.growth
        df[at, better] = np.maximum(count * freedom - f.constants, 2)[better]
        if f.family in AVERAGED:
            error.setdefault(f.family, np.zeros_like(miss))[better] = miss[better]
    at, of = METHODS.index("average"), [METHODS.index(f) for f in AVERAGED]
    miss = sum(error[f] for f in AVERAGED) / len(AVERAGED)
    middle[at], growth[at], df[at] = (
        middle[of].mean(axis=0),
        growth[of].mean(axis=0),
        df[of].min(axis=0),
    )
    best[at] = np.einsum("st,st->s", miss, miss) / np.maximum(count * freedom - 3, 1)
    middle += later
    if season and n >= 2 * season and seasonal.any():
        _last_season(y, horizon, season, middle, best, growth, df)
        middle[METHODS.index("seasonal naive"), ~seasonal] = np.nan
    size = np.maximum(np.abs(whole).max(axis=1), 1e-300) * _LEAST_SPREAD
    spread = np.sqrt(np.maximum(best, size**2)[:, :, None] * growth)
    return middle, spread, df


def _last_season(y, horizon, season, middle, best, growth, df) -> None:
    """The seasonal naive forecast into its place."""
    at, f = METHODS.index("seasonal naive"), seasonal_naive(y.shape[1], horizon, season)
    whole = bridged(y)
    miss = np.where(np.isfinite(y), whole - whole @ f.one_ahead, np.nan)[:, season:]
    count = np.isfinite(miss).sum(axis=1)
    middle[at], growth[at] = whole @ f.ahead, f.growth
    best[at] = np.nansum(miss**2, axis=1) / np.maximum(count, 1)
    df[at] = np.maximum(count - 1, 2)


def bridged(y: np.ndarray) -> np.ndarray:
    """Gaps filled by straight lines; ends by their nearest value."""
    if np.isfinite(y).all():
        return y
    out, times = y.copy(), np.arange(y.shape[1])
    for row in np.flatnonzero(~np.isfinite(y).all(axis=1)):
        seen = np.isfinite(y[row])
        if seen.any():
            out[row] = np.interp(times, times[seen], y[row][seen])
    return out
