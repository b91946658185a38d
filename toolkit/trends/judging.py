"""Which of many series do something unusual? The methods of `stats`, stretch by stretch.

A stretch runs from one dated change of the plan that touches the KPI to the next; each has its own
centre and limits. Nothing else begins a stretch: limits are never calculated anew because the
series looks different.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from toolkit.stats.autoregression import ar1_regression
from toolkit.stats.seasons import Seasons, take_out
from toolkit.stats.usual_variation import RULES, usual_variation

FEWEST_IN_STRETCH = 8
"""A change begins a stretch of its own when so many periods lie behind it; until then the limits
from before it stand, and show what it did."""

FEWEST_JUDGED = 8
"""Below so many periods, limits and signals are not told."""

SEASONS = {"month": 12, "quarter": 4, "week": 52, "year": None}
"""Places in a year; a fifty-third week lies where the fifty-second does."""


@dataclass(frozen=True)
class Judged:
    """What is usual in each of many series, and which points are not.

    All arrays are (series, periods) unless said otherwise; `marks` and `hints` are by rule of
    `usual_variation.RULES` first.
    """

    seasons: Seasons = field(repr=False)
    centre: np.ndarray = field(repr=False)
    sigma: np.ndarray = field(repr=False)
    spread: np.ndarray = field(repr=False)
    marks: np.ndarray = field(repr=False)
    hints: np.ndarray = field(repr=False)
    rho: np.ndarray = field(repr=False)
    run: np.ndarray = field(repr=False)
    slope: np.ndarray = field(repr=False)
    slope_low: np.ndarray = field(repr=False)
    slope_high: np.ndarray = field(repr=False)
    stretches: np.ndarray = field(repr=False)
    in_latest: np.ndarray = field(repr=False)

    def __post_init__(self) -> None:
        if self.marks.shape != (len(RULES), *self.centre.shape):
            raise ValueError("there must be one mark per rule, series and period")


def judge(
    values: np.ndarray,
    precision: np.ndarray,
    stretches: np.ndarray,
    places: np.ndarray,
    season: int | None,
    *,
    published: bool = False,
    level: float = 0.95,
    sloped: np.ndarray | None = None,
) -> Judged:
    """Limits, signals and trends of many series that share their periods.

    Parameters
    ----------
    values : array (series, periods)
        nan is a gap or a period that is not complete.
    precision : array (series, periods)
        What each value weighs.
    stretches : array (series, periods) of int
        Number of the stretch, from 0.
    places : array (periods,) of int
        Where in the year each period lies.
    season : int, optional
        Places in a year; None where there is no season to look for.
    published : bool
        The plain charts: no season, no allowance for autocorrelation.
    sloped : array of bool (series,), optional
        Whose trend is wanted, the slowest part; all by default, nan elsewhere.

    Returns
    -------
    Judged
        `slope` is the trend per period in the latest stretch, (series,), with its interval at
        `level`; `rho` and `run` are those of the latest stretch.
    """
    y = np.where(np.isfinite(precision) & (precision > 0), values, np.nan)
    series, periods = y.shape
    if season and not published:
        seasons = take_out(y, places, season, stretches=stretches)
    else:
        none = np.zeros((series, season or 1))
        seasons = Seasons(
            none,
            np.zeros_like(y),
            y,
            np.zeros(series),
            np.full(series, np.nan),
            np.ones(series),
            ("not looked for",) * series,
        )
    out = {name: np.full(y.shape, np.nan) for name in ("centre", "sigma", "spread")}
    marks = np.zeros((len(RULES), *y.shape), dtype=bool)
    hints = np.zeros_like(marks)
    rho, run = np.zeros(series), np.zeros(series, dtype=int)
    latest = stretches.max(axis=1) if periods else np.zeros(series, int)
    for number in range(int(stretches.max(initial=0)) + 1):
        inside = stretches == number
        some = np.flatnonzero((inside & np.isfinite(y)).sum(axis=1) >= FEWEST_JUDGED)
        if not len(some):
            continue
        part = np.where(inside[some], seasons.adjusted[some], np.nan)
        found = usual_variation(
            part,
            precision=precision[some],
            freedom=seasons.freedom[some],
            autocorrelated=not published,
        )
        within = inside[some]
        for name, values_ in (
            ("centre", found.centre[:, None]),
            ("sigma", found.sigma),
            ("spread", found.spread),
        ):
            out[name][some] = np.where(within, values_, out[name][some])
        marks[:, some] |= found.marks & within
        hints[:, some] |= found.hints & within
        now = latest[some] == number
        rho[some[now]], run[some[now]] = found.rho[now], found.run[now]
    in_latest = stretches == latest[:, None]
    wanted = in_latest if sloped is None else in_latest & np.asarray(sloped)[:, None]
    slope = _slopes(np.where(wanted, seasons.adjusted, np.nan), level)
    return Judged(
        seasons,
        **out,
        marks=marks,
        hints=hints,
        rho=rho,
        run=run,
        slope=slope[0],
        slope_low=slope[1],
        slope_high=slope[2],
        stretches=stretches,
        in_latest=in_latest,
    )


def _slopes(y: np.ndarray, level: float) -> np.ndarray:
    """Trend per period of every series with its interval, autocorrelation integrated over."""
    found = np.full((3, len(y)), np.nan)
    enough = np.flatnonzero(np.isfinite(y).sum(axis=1) >= FEWEST_JUDGED)
    if not len(enough):
        return found
    times = np.arange(y.shape[1])
    design = np.column_stack([np.ones(len(times)), times - times.mean()])
    fit = ar1_regression(y[enough], design, np.array([0.0, 1.0]), level=level)
    found[:, enough] = fit.estimate[:, 0], fit.low[:, 0], fit.high[:, 0]
    return found
