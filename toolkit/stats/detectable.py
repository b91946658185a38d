"""How large must an effect on a series be to be seen, and how much longer must one wait?

Planning and hindsight for an interrupted series: the smallest effect that would be told from
nothing with a given probability, and the number of further periods until a promised effect could
be. Uncertainty about the autocorrelation is carried along.

Source
------
McLeod & Vingilis (2005), Technometrics 47, 87-99: power of interrupted series with AR(1) errors.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from toolkit.stats.autoregression import (
    SMALLEST_DEGREES_OF_FREEDOM,
    ar1_regression,
    simulated_errors,
)
from toolkit.stats.interrupted import InterruptedDesign, InterruptedResult, fourier_terms

POWER = 0.80
MOST_PERIODS = 1040
SIMULATIONS = 500


@dataclass(frozen=True)
class Wait:
    """How many more periods until a promised effect can be told from nothing.

    `more` is 0 if it can be already and None if not even `most` further periods suffice (the
    periods before the change are then too few or too noisy). `visible_now` and `visible_then`
    are the smallest visible effects (outcome's unit).
    """

    more: int | None
    promised: float
    visible_now: float
    visible_then: float
    power: float
    most: int


def smallest_visible_effect(
    design: np.ndarray,
    contrast: np.ndarray,
    *,
    innovation_sd: float,
    rho: float | np.ndarray,
    rho_weights: np.ndarray | None = None,
    times: np.ndarray | None = None,
    weights: np.ndarray | None = None,
    power: float = POWER,
    level: float = 0.95,
    simulations: int = SIMULATIONS,
    seed: int = 0,
) -> float:
    """The effect whose interval would leave zero out with probability `power`.

    Series without an effect are simulated and fitted; an effect moves both ends of the interval
    by itself, so the answer is a quantile of how far the ends reach across zero.

    Parameters
    ----------
    design : array (periods, terms)
        Of the measured periods.
    contrast : array (terms,)
        The effect.
    innovation_sd : float
        Standard deviation of what is new in one period (outcome's unit).
    rho : float or array (k,)
        Autocorrelation between neighbouring periods, or several with
    rho_weights : array (k,), optional
        how likely each is.
    times, weights : optional
        As in `ar1_regression`.
    power : float
    level : float
    simulations, seed : int
        500 series fix the answer to about 2 %.

    Returns
    -------
    float
        In the outcome's unit; nan where the periods are too few for the terms.

    Raises
    ------
    ValueError
        innovation_sd not positive, rho outside (-1, 1), power or level outside (0, 1).
    """
    x = np.asarray(design, dtype=float)
    grid = np.atleast_1d(np.asarray(rho, dtype=float))
    if not innovation_sd > 0 or np.any(np.abs(grid) >= 1):
        raise ValueError("innovation_sd must be positive and rho lie between -1 and 1")
    if not 0 < power < 1 or not 0 < level < 1:
        raise ValueError(f"power is {power} and level {level}; both must lie between 0 and 1")
    if x.shape[0] - x.shape[1] < SMALLEST_DEGREES_OF_FREEDOM:
        return float("nan")
    belief = np.ones(len(grid)) if rho_weights is None else np.asarray(rho_weights, dtype=float)
    steps = np.arange(len(x)) if times is None else np.asarray(times)
    # Even ranks rather than random draws: the answer then moves smoothly from design to design.
    share = (np.arange(simulations) + 0.5) / simulations
    place = np.searchsorted(np.cumsum(belief / belief.sum()), share)
    chosen = np.random.default_rng(seed).permutation(grid[np.minimum(place, len(grid) - 1)])
    noise = simulated_errors(steps, chosen, simulations, seed + 1)
    if weights is not None:
        noise = noise / np.sqrt(np.asarray(weights, dtype=float))
    fits = ar1_regression(noise, x, contrast, times=steps, weights=weights, level=level)
    reach = np.concatenate([-fits.low[:, 0], fits.high[:, 0]])
    return float(innovation_sd * np.quantile(reach, power))


def visible_effect(result: InterruptedResult, *, power: float = POWER) -> float:
    """The smallest effect that this series could have shown (outcome's unit); nan if none."""
    return _visible(result, result.design, np.isfinite(result.outcome), result.weights, power)


def wait_until_visible(
    result: InterruptedResult,
    promised: float,
    *,
    power: float = POWER,
    most: int = MOST_PERIODS,
) -> Wait:
    """How many more periods until the promised effect could be told from nothing?

    Parameters
    ----------
    result : InterruptedResult
        What is known so far; its noise and autocorrelation are taken to stay.
    promised : float
        The promised effect (outcome's unit); its sign does not matter.
    power : float
        Probability with which it should show.
    most : int
        Longest wait considered.

    Raises
    ------
    ValueError
        A promise of zero or nan, or a result without an answer.
    """
    if not abs(promised) > 0:
        raise ValueError(f"the promised effect is {promised}; it must differ from zero")
    if result.reason is not None:
        raise ValueError(f"the series has no answer: {result.reason}")

    def visible(more: int) -> float:
        design = with_more_periods(result.design, more)
        measured = np.concatenate([np.isfinite(result.outcome), np.ones(more, dtype=bool)])
        weights = result.weights
        if weights is not None:
            ahead = np.full(more, weights[result.design.after].mean())
            weights = np.concatenate([weights, ahead])
        return _visible(result, design, measured, weights, power)

    now = visible(0)
    if now <= abs(promised):
        return Wait(0, promised, now, now, power, most)
    short, long = 0, 1
    while long < most and visible(long) > abs(promised):
        short, long = long, min(2 * long, most)
    then = visible(long)
    if then > abs(promised):
        return Wait(None, promised, now, then, power, most)
    while long - short > 1:
        middle = (short + long) // 2
        if visible(middle) > abs(promised):
            short = middle
        else:
            long = middle
    return Wait(long, promised, now, visible(long), power, most)


def with_more_periods(design: InterruptedDesign, more: int) -> InterruptedDesign:
    """The same model, `more` periods longer; covariates go on as in their last season.

    (As in as many of their last periods where the model has no season.)
    """
    if more < 0:
        raise ValueError(f"more is {more}; it must not be negative")
    if more == 0:
        return design
    ahead = design.times[-1] + 1 + np.arange(more)
    cycle = min(design.season or more, len(design.times))
    last = design.matrix[len(design.times) - cycle + np.arange(more) % cycle]
    season = {}
    if design.season is not None:
        harmonics = sum(name.startswith("season cosine") for name in design.terms)
        season = fourier_terms(ahead, design.season, harmonics)
    rows = np.empty((more, len(design.terms)))
    for k, name in enumerate(design.terms):
        if name in ("trend", "slope change"):
            rows[:, k] = ahead - design.change
        elif name.startswith("covariate"):
            rows[:, k] = last[:, k]
        else:
            rows[:, k] = season.get(name, 1.0)
    return InterruptedDesign(
        times=np.concatenate([design.times, ahead]), change=design.change,
        matrix=np.vstack([design.matrix, rows]), terms=design.terms, season=design.season,
        season_left_out=design.season_left_out,
    )


def _visible(result, design, measured, weights, power) -> float:
    if result.reason is not None:
        return float("nan")
    return smallest_visible_effect(
        design.matrix[measured], design.contrast(result.effect),
        innovation_sd=result.innovation_sd, rho=result.regression.grid,
        rho_weights=result.regression.grid_weights[0], times=design.times[measured],
        weights=None if weights is None else np.asarray(weights)[measured],
        power=power, level=result.level,
    )
