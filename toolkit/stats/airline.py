"""What does the airline model say of one seasonal series?

The seasonal ARIMA (0,1,1)(0,1,1) on logarithms by exact maximum likelihood: the reference that
the fast methods of `forecasts` are held against. It takes about a second a series.

Source
------
Box & Jenkins (1976), Time Series Analysis: Forecasting and Control, rev. ed., 9.2.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field

import numpy as np
from statsmodels.tsa.statespace.sarimax import SARIMAX


@dataclass(frozen=True)
class Airline:
    """The fitted model and its forecast.

    Attributes
    ----------
    ma, seasonal_ma : float
        Signs as R's ``arima`` has them: (1 + ma B)(1 + seasonal_ma B^season).
    value, low, high : ndarray (horizon,)
        In the series' unit; the middle is a median.
    level : float
    """

    ma: float
    seasonal_ma: float
    value: np.ndarray = field(repr=False)
    low: np.ndarray = field(repr=False)
    high: np.ndarray = field(repr=False)
    level: float = 0.95

    def __post_init__(self) -> None:
        if not len(self.value) == len(self.low) == len(self.high):
            raise ValueError("every forecast needs both ends of its interval")


def airline(values: np.ndarray, horizon: int, *, season: int = 12, level: float = 0.95) -> Airline:
    """Fit the airline model and forecast.

    Parameters
    ----------
    values : array (periods,)
        Positive; nan is a period without a measurement.
    horizon : int
        Periods ahead.

    Raises
    ------
    ValueError
        A value that is not positive; fewer than two seasons and a half.
    """
    y = np.asarray(values, dtype=float)
    if y.ndim != 1 or np.any(y[np.isfinite(y)] <= 0):
        raise ValueError("the airline model needs one series of positive values")
    if np.isfinite(y).sum() < 2.5 * season:
        raise ValueError(f"{np.isfinite(y).sum()} measured periods; {int(2.5 * season)} are needed")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about starting values, which the search leaves behind
        model = SARIMAX(np.log(y), order=(0, 1, 1), seasonal_order=(0, 1, 1, season))
        fit = model.fit(disp=False)
    ahead = fit.get_forecast(horizon)
    ends = np.exp(ahead.conf_int(alpha=1 - level))
    return Airline(
        float(fit.params[0]),
        float(fit.params[1]),
        np.exp(ahead.predicted_mean),
        ends[:, 0],
        ends[:, 1],
        level,
    )
