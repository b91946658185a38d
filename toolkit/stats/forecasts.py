"""Where will a series be, and which method should say so?

Each series is forecast by the method that would have missed least had it been asked before: from
several past origins, with nothing but what was known then, its season estimated anew each time;
the average of three methods wins ties (`forecast_choice.PREFERENCE`). The interval starts from
the chosen method's own one-period errors and their growth with the horizon, is widened or
narrowed by how far past forecasts missed, and has the tails that errors of forecasts have.

Sources
-------
Tashman (2000), International Journal of Forecasting 16, 437-450: rolling origins. Hyndman &
Koehler (2006), 22, 679-688: scaled errors. Makridakis, Spiliotis & Assimakopoulos (2020), 36,
54-74: averages of simple methods forecast better than most, and intervals from the fit alone are
too narrow.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy import stats

from toolkit.stats.forecast_choice import FEWEST, METHODS, ORIGINS, Choice, best_method, origins_of

# Series whose largest value is beyond so many times their smallest are tried on a log scale.
LOG_FROM = 1.5


@dataclass(frozen=True)
class Forecasts:
    """Forecasts of many series from the period after their last.

    Attributes
    ----------
    middle, spread : ndarray (series, horizon)
        Middle and standard deviation of the forecast, on the scale it was made on.
    freedom : ndarray (series,)
        Degrees of freedom of its t distribution.
    log : ndarray of bool (series,)
        Whether that scale is the logarithm.
    methods : tuple of str
        The method chosen for each series.
    past_error : ndarray (series,)
        Mean absolute error of that method over the origins, in the series' unit.
    tried : ndarray (methods, series)
        The same for every method of `METHODS`; nan where it could not be tried.
    origins : int
    reasons : tuple of (str or None)
        Why a series has no forecast.
    """

    middle: np.ndarray = field(repr=False)
    spread: np.ndarray = field(repr=False)
    freedom: np.ndarray
    log: np.ndarray
    methods: tuple[str, ...]
    past_error: np.ndarray
    tried: np.ndarray = field(repr=False)
    origins: int
    reasons: tuple[str | None, ...]

    def __post_init__(self) -> None:
        if not len(self.middle) == len(self.methods) == len(self.reasons) == len(self.log):
            raise ValueError("every series needs a method and a reason or None")

    @property
    def value(self) -> np.ndarray:
        """The middle of the forecast in the series' unit: (series, horizon)."""
        return self._shown(self.middle)

    def interval(self, level: float = 0.95) -> tuple[np.ndarray, np.ndarray]:
        """Equal-tailed interval of a single future value at `level`: two (series, horizon)."""
        reach = stats.t.isf((1 - level) / 2, self.freedom)[:, None] * self.spread
        return self._shown(self.middle - reach), self._shown(self.middle + reach)

    def chance(self, wanted: np.ndarray, ahead: np.ndarray, above: np.ndarray) -> np.ndarray:
        """Probability that the value so many periods ahead reaches what is wanted: (series,).

        Parameters
        ----------
        wanted : array (series,)
        ahead : array (series,) of int
            1 is the first period after the last.
        above : array (series,) of bool
            Whether higher is better.
        """
        at = np.asarray(ahead)[:, None] - 1
        middle = np.take_along_axis(self.middle, at, axis=1)[:, 0]
        spread = np.take_along_axis(self.spread, at, axis=1)[:, 0]
        goal = np.asarray(wanted, dtype=float)
        with np.errstate(invalid="ignore", divide="ignore"):
            goal = np.where(self.log, np.log(np.maximum(goal, 0.0)), goal)
            z = (middle - goal) / spread
        z = np.where(
            np.isfinite(goal), z, np.where(np.isnan(goal), np.nan, -np.sign(goal) * np.inf)
        )
        return stats.t.cdf(np.where(above, z, -z), self.freedom)

    def _shown(self, x: np.ndarray) -> np.ndarray:
        with np.errstate(over="ignore"):
            return np.where(self.log[:, None], np.exp(np.minimum(x, 700)), x)


def forecast(
    values: np.ndarray,
    places: np.ndarray,
    horizon: int,
    *,
    season: int | None = 12,
    origins: int = ORIGINS,
    logs: bool = True,
) -> Forecasts:
    """Forecast many series that share their periods, each by the method that missed least.

    Parameters
    ----------
    values : array (series, periods)
        nan is a period without a measurement; gaps inside are bridged by a straight line for the
        forecast, never for the errors. Series must be measured in the last period.
    places : array (periods,) of int
        Where in the season each period lies.
    horizon : int
        Periods ahead.
    season : int, optional
        Places in a season; None where there is none.
    origins : int
        Past origins tried.
    logs : bool
        Try positive series on a log scale as well.

    Raises
    ------
    ValueError
        Shapes that do not fit; a horizon below 1. A series that cannot be forecast is no error:
        it gets nan and a reason.
    """
    y = np.atleast_2d(np.asarray(values, dtype=float))
    at = np.asarray(places)
    if at.shape != y.shape[1:] or horizon < 1:
        raise ValueError("every period needs its place in the season, and the horizon is 1 or more")
    reasons = tuple(_unfit(row) for row in y)
    able = np.flatnonzero([r is None for r in reasons])
    found = Choice.none(len(y), horizon)
    log, used = np.zeros(len(y), dtype=bool), 0
    if len(able):
        first = int(np.isfinite(y[able]).any(axis=0).argmax())
        part, part_at = y[able][:, first:], at[first:]
        used = len(origins_of(part.shape[1], origins))
        plain = best_method(part, part_at, horizon, season, origins)
        low, high = np.nanmin(part, axis=1), np.nanmax(part, axis=1)
        worth = np.flatnonzero(logs & (low > 0) & (high > LOG_FROM * np.maximum(low, 1e-300)))
        if len(worth):
            other = best_method(np.log(part[worth]), part_at, horizon, season, origins, logs=True)
            better = np.flatnonzero(other.past_error < plain.past_error[worth])
            plain = plain.replaced(worth[better], other.at(better))
            log[able[worth[better]]] = True
        found = found.replaced(able, plain)
    return Forecasts(
        found.middle, found.spread, found.freedom, log,
        tuple(METHODS[c] if c >= 0 else "" for c in found.chosen), found.past_error, found.tried,
        used, reasons,
    )  # fmt: skip


def _unfit(row: np.ndarray) -> str | None:
    seen = np.isfinite(row)
    if seen.sum() < FEWEST:
        return f"{seen.sum()} measured periods; a forecast needs {FEWEST}"
    if not seen[-1]:
        return "the last period has no measurement"
    if np.ptp(row[seen]) == 0:
        return "all values are equal"
    return None
