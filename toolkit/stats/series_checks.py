"""Should one believe the effect found in one series?

Each check returns its number, its limit and how often it alarms where nothing is wrong. A failed
check is a named reason for doubt, not a proof of error.

Sources
-------
Linden & Yarnold (2016), Journal of Evaluation in Clinical Practice 22, 861-867, and Linden
(2015), Stata Journal 15, 480-500: placebo dates. Ljung & Box (1978), Biometrika 65, 297-303.
Campbell & Ross (1968), Law & Society Review 3, 33-53: changes made after an extreme.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from toolkit.stats.autoregression import (
    ar1_regression, simulated_errors, whitened_residuals,
)
from toolkit.stats.detectable import POWER, visible_effect
from toolkit.stats.interrupted import InterruptedDesign, InterruptedResult

PERIODS_BEFORE = 24
PERIODS_AFTER = 8
ALARM = 0.05
FAKE_DATES = 3
LAST_PERIODS = 3
# One point may move the effect by this many standard errors before the effect hangs on it.
LARGEST_MOVE = 1.0
SIMULATIONS = 199
_FEWEST_BESIDE_FAKE = 4

# Share of undisturbed series in which a check alarms, the largest over 24+8, 24+12, 48+12 and
# 104+26 periods and autocorrelations 0 to .8, with and without season: measured by
# `python benchmarks/calibrate_interrupted.py --only checks`. Checks that count or compute
# what the design alone decides have no false alarms.
FALSE_ALARM_RATES = {
    "enough periods": 0.0,
    "season covered": 0.0,
    "fake dates before": 0.07,
    "autocorrelation left over": 0.07,
    "made after an extreme": 0.07,
    "no single period decides": 0.07,
    "promise could have been seen": 0.0,
}


@dataclass(frozen=True)
class SeriesCheck:
    """A named reason for doubt.

    Attributes
    ----------
    name : str
    passed : bool or None
        None: the check does not apply here, and `detail` says why.
    number, limit : float
        What was found and what it was held against; nan where it does not apply.
    detail : str
        The plain sentence.
    false_alarm_rate : float
        How often the check fails where nothing is wrong.
    """

    name: str
    passed: bool | None
    number: float
    limit: float
    detail: str
    false_alarm_rate: float

    def __post_init__(self) -> None:
        if self.name not in FALSE_ALARM_RATES:
            raise ValueError(f"no false-alarm rate was measured for a check named {self.name!r}")


def enough_periods(
    result: InterruptedResult, *, before: int = PERIODS_BEFORE, after: int = PERIODS_AFTER
) -> SeriesCheck:
    """Were there enough measured periods on both sides? Number: the smaller share of the need."""
    share = min(result.n_before / before, result.n_after / after)
    return _check(
        "enough periods", share >= 1, share, 1.0,
        f"{result.n_before} periods before and {result.n_after} after the change; "
        f"{before} and {after} are needed")


def season_covered(result: InterruptedResult) -> SeriesCheck:
    """Is the season in the model? Number: whole seasons before the change."""
    design = result.design
    name = "season covered"
    if design.season is None and design.season_left_out is None:
        return _inapplicable(name, "no season was asked for")
    if design.season_left_out is not None:
        return _check(name, False, float("nan"), 2.0, design.season_left_out)
    seasons = (design.change - design.times[0]) / design.season
    return _check(
        name, True, float(seasons), 2.0,
        f"{seasons:.1f} seasons of {design.season} periods lie before the change")


def fake_dates(result: InterruptedResult, *, dates: int = FAKE_DATES) -> SeriesCheck:
    """Would a change on a date when nothing happened have been found too?

    Steps at evenly spread dates before the change are added to the model, one at a time. Number:
    the smallest of their p-values times the number of dates.
    """
    name = "fake dates before"
    design, first, change = result.design, result.design.times[0], result.design.change
    spread = np.linspace(first, change, dates + 2)[1:-1].round().astype(int)
    wanted = [int(date) for date in np.unique(spread)
              if date - first >= _FEWEST_BESIDE_FAKE and change - date >= _FEWEST_BESIDE_FAKE]
    p_values = {date: _added_term(result, design.times >= date)[2] for date in wanted}
    p_values = {date: p for date, p in p_values.items() if np.isfinite(p)}
    if not p_values:
        return _inapplicable(name, "too few periods before the change to try another date")
    worst = min(p_values, key=p_values.get)
    number = min(1.0, len(p_values) * p_values[worst])
    return _check(
        name, number >= ALARM, number, ALARM,
        f"of {len(p_values)} dates before the change the model finds most at {worst} "
        f"(p {number:.2g}, all dates considered)")


def autocorrelation_left(
    result: InterruptedResult, *, simulations: int = SIMULATIONS, seed: int = 0
) -> SeriesCheck:
    """Is there pattern left in what the model takes for noise?

    Number: the share of series simulated from the fitted model whose left-overs have at least as
    large a Ljung-Box statistic (a chi-squared reference is wrong with this many terms).
    """
    name = "autocorrelation left over"
    if result.reason is not None:
        return _inapplicable(name, result.reason)
    design, weights = result.design, result.weights
    seen = np.isfinite(result.outcome)
    lags = max(1, min(design.season or 10, seen.sum() // 4))
    found = _ljung_box(result.residuals, lags)
    noise = simulated_errors(design.times[seen], result.rho, simulations, seed)
    series = np.full((simulations, len(seen)), np.nan)
    series[:, seen] = noise if weights is None else noise / np.sqrt(weights[seen])
    fits = ar1_regression(
        series, design.matrix, design.contrast(result.effect), times=design.times,
        weights=weights)
    beyond = sum(
        _ljung_box(whitened_residuals(
            row, design.matrix, coefficients, rho, times=design.times, weights=weights),
            lags) >= found
        for row, coefficients, rho in zip(series, fits.coefficients, fits.rho, strict=True))
    number = (1 + beyond) / (1 + simulations)
    return _check(
        name, number > ALARM, float(number), ALARM,
        f"the left-overs' first {lags} autocorrelations are as large as these in "
        f"{number:.0%} of series that follow the model")


def made_after_extreme(result: InterruptedResult, *, last: int = LAST_PERIODS) -> SeriesCheck:
    """Was the change made when the series was unusually high or low?

    If so, part of the effect is the return to the usual. Number: p-value of the last periods
    before the change having a level of their own; the detail gives the effect without them.
    """
    name = "made after an extreme"
    design = result.design
    recent = (design.times < design.change) & (design.times >= design.change - last)
    level, without, p_value = _added_term(result, recent)
    if not np.isfinite(p_value):
        return _inapplicable(name, "too few periods before the change")
    return _check(
        name, p_value >= ALARM, p_value, ALARM,
        f"the last {last} periods before the change lay {abs(level):.3g} "
        f"{'above' if level > 0 else 'below'} the usual (p {p_value:.2g}); "
        f"left out, the effect is {without:.3g} rather than {result.estimate:.3g}")


def leave_one_out(
    result: InterruptedResult, *, largest_move: float = LARGEST_MOVE
) -> SeriesCheck:
    """Does the effect hang on a single period?

    Number: the furthest that leaving out one period moves the effect, in standard errors.
    """
    name = "no single period decides"
    if result.reason is not None:
        return _inapplicable(name, result.reason)
    design = result.design
    seen = np.flatnonzero(np.isfinite(result.outcome))
    series = np.tile(result.outcome, (len(seen), 1))
    series[np.arange(len(seen)), seen] = np.nan
    fits = ar1_regression(
        series, design.matrix, design.contrast(result.effect), times=design.times,
        weights=result.weights)
    moves = np.abs(fits.estimate[:, 0] - result.estimate) / result.standard_error
    if not np.isfinite(moves).any():
        return _inapplicable(name, "too few periods to leave one out")
    worst = int(np.nanargmax(moves))
    number = float(moves[worst])
    return _check(
        name, number <= largest_move, number, largest_move,
        f"without the period at {design.times[seen[worst]]} the effect is "
        f"{fits.estimate[worst, 0]:.3g} rather than {result.estimate:.3g}: {number:.2g} "
        "standard errors")


def promise_visible(
    result: InterruptedResult, promised: float, *, power: float = POWER
) -> SeriesCheck:
    """Could the promised effect have been seen at all? Number: the smallest visible effect."""
    name = "promise could have been seen"
    if result.reason is not None or not np.isfinite(promised):
        return _inapplicable(name, result.reason or "nothing was promised")
    smallest = visible_effect(result, power=power)
    return _check(
        name, smallest <= abs(promised), smallest, abs(promised),
        f"effects from {smallest:.3g} on would show in {power:.0%} of cases; "
        f"{abs(promised):.3g} was promised")


def _check(name, passed, number, limit, detail) -> SeriesCheck:
    return SeriesCheck(name, bool(passed), float(number), limit, detail, FALSE_ALARM_RATES[name])


def _inapplicable(name: str, why: str) -> SeriesCheck:
    nan = float("nan")
    return SeriesCheck(name, None, nan, nan, why, FALSE_ALARM_RATES[name])


def _added_term(result: InterruptedResult, column: np.ndarray) -> tuple[float, float, float]:
    """The added term's coefficient, the effect beside it, and the term's p-value."""
    design: InterruptedDesign = result.design
    longer = replace(
        design, matrix=np.column_stack([design.matrix, column.astype(float)]),
        terms=(*design.terms, "added"))
    if result.reason is not None or np.linalg.matrix_rank(longer.matrix) < len(longer.terms):
        return (float("nan"),) * 3
    own = np.array([float(name == "added") for name in longer.terms])
    fit = ar1_regression(
        result.outcome, longer.matrix, np.vstack([own, longer.contrast(result.effect)]),
        times=design.times, weights=result.weights)
    return float(fit.estimate[0, 0]), float(fit.estimate[0, 1]), float(fit.p_value[0, 0])


def _ljung_box(residuals: np.ndarray, lags: int) -> float:
    n, total = len(residuals), residuals @ residuals
    correlations = np.array([residuals[k:] @ residuals[:-k] for k in range(1, lags + 1)]) / total
    return float(n * (n + 2) * (correlations**2 / (n - np.arange(1, lags + 1))).sum())
