"""What of a short series is its season, and what is left without it?

Each series is fitted by least squares with a level that may bend once a year, and step at dated
changes, and one effect for each place in the year. The effects are taken out only where they
explain more than chance would (F test), and are then shrunk towards none by how much of them is
likely noise. Two whole years are the least: with one, a season and a change cannot be told apart.

A season of more places than months (52 weeks) is not 52 effects but a smooth curve through the
year, of as many terms as months have: six waves, the shortest two months long.

What estimating a season costs is kept: `freedom` is the share of the variation that its effects
did not use up, so that limits drawn around the adjusted series can be widened by it.

Sources
-------
Harvey (1989), Forecasting, Structural Time Series Models and the Kalman Filter, 2.3: seasonal
dummies that sum to zero. Miller & Williams (2003), International Journal of Forecasting 19,
669-684: shrinking seasonal factors (James-Stein) where years are few. Hyndman & Athanasopoulos
(2021), Forecasting: Principles and Practice, 3rd ed., 7.4: Fourier terms for weeks of a year.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy import special

WHOLE_SEASONS = 2
# A season is taken out where its F test is below this; at 5 % one series in twenty without a
# season loses a little of its variation, which `freedom` then gives back.
SEASON_LEVEL = 0.05
_FEWEST_FREEDOM = 3
MOST_EFFECTS = 12
"""Places up to which each has an effect of its own; beyond, the season is a sum of waves."""
WAVES = 6


@dataclass(frozen=True)
class Seasons:
    """Seasons of many series.

    Attributes
    ----------
    effects : ndarray (series, season)
        What each place in the season adds, summing to zero; 0 where none is taken out.
    of_period : ndarray (series, periods)
        The same by period.
    adjusted : ndarray (series, periods)
        The series without it; nan stays nan.
    weight : ndarray (series,)
        How much of the estimated effects is kept, 0 to 1.
    p_value : ndarray (series,)
        Of the F test; nan where the series is too short.
    freedom : ndarray (series,)
        Share of the degrees of freedom that is left, 1 where no season is taken out.
    reasons : tuple of (str or None)
        Why a series was not looked at.
    """

    effects: np.ndarray = field(repr=False)
    of_period: np.ndarray = field(repr=False)
    adjusted: np.ndarray = field(repr=False)
    weight: np.ndarray
    p_value: np.ndarray
    freedom: np.ndarray
    reasons: tuple[str | None, ...] = ()

    def __post_init__(self) -> None:
        if self.of_period.shape != self.adjusted.shape:
            raise ValueError("effects and adjusted values must have one entry per period")


def take_out(
    values: np.ndarray,
    places: np.ndarray,
    season: int = 12,
    *,
    stretches: np.ndarray | None = None,
    level: float = SEASON_LEVEL,
) -> Seasons:
    """Take the season out of many series that share their periods.

    Parameters
    ----------
    values : array (series, periods)
        nan is a period without a measurement.
    places : array (periods,) of int
        Where in the season each period lies, 0 to season - 1; periods are in order of time.
    season : int
        Places in a season: 12 months, 4 quarters, 52 weeks.
    stretches : array (series, periods) of int, optional
        Number of the stretch between dated changes, from 0: the level may step where it changes.
    level : float
        Significance a season needs to be taken out.

    Raises
    ------
    ValueError
        Shapes that do not fit, or places outside the season.
    """
    y = np.atleast_2d(np.asarray(values, dtype=float))
    at = np.asarray(places)
    if (
        at.shape != y.shape[1:]
        or season < 2
        or at.min(initial=0) < 0
        or at.max(initial=0) >= season
    ):
        raise ValueError("every period needs its place in the season, 0 to season - 1")
    series = len(y)
    effects = np.zeros((series, season))
    weight, p_value, freedom = np.zeros(series), np.full(series, np.nan), np.ones(series)
    reasons: list[str | None] = [None] * series
    seen = np.isfinite(y)
    kept = np.where(seen, 0 if stretches is None else stretches, -1)
    for numbers, members in _patterns(kept):
        pattern = numbers >= 0
        reason = _too_short(at[pattern], season)
        if reason:
            for member in members:
                reasons[member] = reason
            continue
        level_terms = _bending(np.flatnonzero(pattern), season, numbers[pattern])
        found = _fit(y[np.ix_(members, pattern)], level_terms, at[pattern], season, level)
        effects[members], weight[members], p_value[members], freedom[members] = found
    of_period = effects[:, at]
    return Seasons(effects, of_period, y - of_period, weight, p_value, freedom, tuple(reasons))


def _patterns(numbers: np.ndarray):
    """Series with the same gaps and stretches are fitted together."""
    if not len(numbers) or (numbers == numbers[0]).all():
        yield from ((n, np.arange(len(numbers))) for n in numbers[:1])
        return
    patterns, which = np.unique(numbers, axis=0, return_inverse=True)
    for number, pattern in enumerate(patterns):
        yield pattern, np.flatnonzero(which.ravel() == number)


def _too_short(at: np.ndarray, season: int) -> str | None:
    counts = np.bincount(at, minlength=season)
    seasons_seen = counts.sum() / season if season > MOST_EFFECTS else counts.min()
    if seasons_seen < WHOLE_SEASONS:
        return "a season needs two whole years"
    return None


def _fit(y, level_terms, at, season, level):
    shapes = _shapes(season)
    contrasts = shapes[at]
    n = len(at)
    q_level, _ = np.linalg.qr(level_terms)
    left = y - (y @ q_level) @ q_level.T
    of_season = contrasts - q_level @ (q_level.T @ contrasts)
    q, r = np.linalg.qr(of_season)
    along = left @ q
    explained = (along**2).sum(axis=1)
    total = (left**2).sum(axis=1)
    rest = np.maximum(total - explained, 0.0)
    more = shapes.shape[1]
    df = n - level_terms.shape[1] - more
    if df < _FEWEST_FREEDOM:
        return (
            np.zeros((len(y), season)),
            np.zeros(len(y)),
            np.full(len(y), np.nan),
            np.ones(len(y)),
        )
    with np.errstate(divide="ignore", invalid="ignore"):
        f = (explained / more) / (rest / df)
    varies = total > 1e-20 * np.maximum((y**2).sum(axis=1), 1e-300)
    f = np.where(varies, np.where(np.isnan(f), np.inf, f), 0.0)
    p_value = np.where(varies, special.fdtrc(more, df, f), np.nan)
    weight = np.where(
        p_value < level, np.clip(1 - df / max(df - 2, 1) / np.maximum(f, 1e-300), 0, 1), 0.0
    )
    beta = np.linalg.solve(r, along.T).T
    effects = beta @ shapes.T * weight[:, None]
    return effects, weight, p_value, 1 - weight * more / n


def _shapes(season: int) -> np.ndarray:
    """What a season is made of: (places, terms), each summing to zero over the season."""
    if season <= MOST_EFFECTS:
        ones = np.eye(season)
        return ones[:, :-1] - ones[-1][:, None]
    turn = 2 * np.pi * np.arange(season) / season
    waves = [f(k * turn) for k in range(1, WAVES + 1) for f in (np.cos, np.sin)]
    return np.column_stack(waves)


def _bending(times: np.ndarray, season: int, stretch: np.ndarray) -> np.ndarray:
    """A level that runs straight, may bend once a season, and may step between stretches."""
    knots = np.arange(times[0] + season, times[-1] - season // 2, season)
    columns = [np.ones(len(times)), times - times.mean()]
    columns += [np.maximum(times - k, 0.0) for k in knots]
    columns += [stretch >= n for n in np.unique(stretch)[1:]]
    return np.column_stack(columns).astype(float)
