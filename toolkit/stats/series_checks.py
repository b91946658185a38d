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
    ar1_regression,
    simulated_errors,
    whiten,
    whitened_residuals,
)
from toolkit.stats.detectable import POWER, visible_effect
from toolkit.stats.interrupted import InterruptedDesign, InterruptedResult

PERIODS_BEFORE = 24
PERIODS_AFTER = 8
ALARM = 0.05
FAKE_DATES = 3
LAST_PERIODS = 3
# A period decides if the effect moves by more than this share of a standard error without it; only
# the few heaviest need looking at.
LARGEST_MOVE = 0.5
HEAVIEST = 5
SIMULATIONS = 199
_FEWEST_BESIDE_FAKE = 4

# Share of undisturbed series in which a check alarms, over 24+8 to 104+26 periods and
# autocorrelations 0 to .8, with and without season (plus or minus 0.3 points), measured by
# `python benchmarks/calibrate_interrupted.py --only checks`. Checks that count, or compute what
# the design alone decides, have no false alarms.
FALSE_ALARM_RATES = {
    "enough periods": 0.0,
    "season covered": 0.0,
    "fake dates before": 0.045,
    "autocorrelation left over": 0.05,
    "made after an extreme": 0.05,
    "no single period decides": 0.02,
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
    p_values = {date: _added_term(result, design.times >= date).p_value for date in wanted}
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
    own = _added_term(result, recent)
    if not np.isfinite(own.p_value):
        return _inapplicable(name, "too few periods before the change")
    return _check(
        name, own.p_value >= ALARM, own.p_value, ALARM,
        f"the last {last} periods before the change lay {abs(own.size):.3g} "
        f"{'above' if own.size > 0 else 'below'} the usual (p {own.p_value:.2g}); "
        f"left out, the effect is {own.effect:.3g} rather than {result.estimate:.3g}")


def leave_one_out(
    result: InterruptedResult, *, largest_move: float = LARGEST_MOVE
) -> SeriesCheck:
    """Does the effect hang on a single period that does not fit?

    Near the change single periods always weigh much when neighbours resemble each other, so
    weight alone is no reason for doubt. Doubtful is a period that lies out of line with the others
    and without which the effect moves by more than `largest_move` of its standard error without
    it. Number: the smallest p-value of such a period being out of line, times the number of
    periods; 1 where there is none.
    """
    name = "no single period decides"
    if result.reason is not None:
        return _inapplicable(name, result.reason)
    moves = _moves_without(result)
    seen = result.design.times[np.isfinite(result.outcome)]
    heaviest = [int(seen[k]) for k in np.argsort(-np.abs(moves))[:HEAVIEST]]
    without = {at: _added_term(result, result.design.times == at) for at in heaviest}
    deciding = {
        at: min(1.0, len(seen) * own.p_value) for at, own in without.items()
        if abs(own.effect - result.estimate) > largest_move * own.effect_error}
    if not deciding:
        return _check(
            name, True, 1.0, ALARM,
            f"the period at {heaviest[0]} weighs most; without it the effect is "
            f"{without[heaviest[0]].effect:.3g} rather than {result.estimate:.3g}")
    worst = min(deciding, key=deciding.get)
    return _check(
        name, deciding[worst] >= ALARM, deciding[worst], ALARM,
        f"without the period at {worst} the effect is {without[worst].effect:.3g} rather than "
        f"{result.estimate:.3g}; it lies out of line with the others: p {deciding[worst]:.2g}")


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


@dataclass(frozen=True)
class _Added:
    """A term added to the model, and the effect beside it."""

    size: float
    p_value: float
    effect: float
    effect_error: float


def _added_term(result: InterruptedResult, column: np.ndarray) -> _Added:
    design: InterruptedDesign = result.design
    longer = replace(
        design, matrix=np.column_stack([design.matrix, column.astype(float)]),
        terms=(*design.terms, "added"))
    if result.reason is not None or np.linalg.matrix_rank(longer.matrix) < len(longer.terms):
        return _Added(*(float("nan"),) * 4)
    own = np.array([float(name == "added") for name in longer.terms])
    fit = ar1_regression(
        result.outcome, longer.matrix, np.vstack([own, longer.contrast(result.effect)]),
        times=design.times, weights=result.weights)
    return _Added(
        size=float(fit.estimate[0, 0]), p_value=float(fit.p_value[0, 0]),
        effect=float(fit.estimate[0, 1]), effect_error=float(fit.standard_error[0, 1]))


def _ljung_box(residuals: np.ndarray, lags: int) -> float:
    n, total = len(residuals), residuals @ residuals
    correlations = np.array([residuals[k:] @ residuals[:-k] for k in range(1, lags + 1)]) / total
    return float(n * (n + 2) * (correlations**2 / (n - np.arange(1, lags + 1))).sum())


def _moves_without(result: InterruptedResult) -> np.ndarray:
    """How leaving out each measured period moves the effect, at the mean autocorrelation."""
    design, seen = result.design, np.isfinite(result.outcome)
    root = np.ones(seen.sum())
    if result.weights is not None:
        root = np.sqrt(np.asarray(result.weights, dtype=float)[seen])
    whitener = whiten(np.diag(root), design.times[seen], np.array([result.rho]))[0]
    white = whitener @ design.matrix[seen]
    inverse = np.linalg.inv(white.T @ white)
    error = whitener @ result.outcome[seen]
    error = error - white @ (inverse @ (white.T @ error))
    # Leaving a period out is giving it a term of its own: the pulse, cleared of the other terms.
    pulses = whitener - white @ (inverse @ (white.T @ whitener))
    size = (pulses.T @ error) / (pulses**2).sum(axis=0)
    reach = design.contrast(result.effect) @ inverse @ white.T @ whitener
    return -reach * size
