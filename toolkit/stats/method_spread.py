"""What would the other usual methods have said of the same change?

Ordinary least squares, Newey-West errors, Prais-Winsten, generalised least squares with AR(1)
errors, a structural model, and a counterfactual from the periods before alone. They are shown
beside the default, which integrates over the autocorrelation, because their spread is a part of
what is unknown; on short autocorrelated series each of them claims effects too often.

Sources
-------
Newey & West (1987), Econometrica 55, 703-708. Prais & Winsten (1954), Cowles Commission
Discussion Paper 383. Harvey (1989), Forecasting, Structural Time Series Models and the Kalman
Filter. Brodersen et al. (2015), Annals of Applied Statistics 9, 247-274.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import optimize, stats

from toolkit.stats.autoregression import whiten
from toolkit.stats.interrupted import InterruptedDesign

# Newey & West's rule of thumb for the lags: 4 (n / 100)^(2/9).
_RULE_SCALE, _RULE_POWER = 4.0, 2.0 / 9.0
_RHO_LIMIT = 0.98


@dataclass(frozen=True)
class MethodEffects:
    """One contrast by one method on each of several series: arrays (series,), outcome's unit.

    `rho` is the autocorrelation the method plugged in, nan where it uses none.
    """

    method: str
    estimate: np.ndarray
    standard_error: np.ndarray
    low: np.ndarray
    high: np.ndarray
    p_value: np.ndarray
    rho: np.ndarray
    level: float

    def __post_init__(self) -> None:
        if not len(self.estimate) == len(self.p_value) == len(self.rho):
            raise ValueError("every series needs an estimate, a p-value and a rho")


def ordinary_least_squares(
    outcomes: np.ndarray, design: np.ndarray, contrast: np.ndarray, *, level: float = 0.95
) -> MethodEffects:
    """Least squares as if periods were independent; t with n - p degrees of freedom.

    Parameters
    ----------
    outcomes : array (series, periods) or (periods,)
        Without gaps.
    design : array (periods, terms)
    contrast : array (terms,)
    level : float
    """
    y, x, c = _arrays(outcomes, design, contrast)
    beta, error, inverse = _least_squares(y, x)
    freedom = x.shape[0] - x.shape[1]
    spread = np.sqrt((error**2).sum(axis=1) / freedom * (c @ inverse @ c))
    return _effects("OLS", beta @ c, spread, stats.t(freedom), np.full(len(y), np.nan), level)


def newey_west(
    outcomes: np.ndarray,
    design: np.ndarray,
    contrast: np.ndarray,
    *,
    lags: int | None = None,
    level: float = 0.95,
) -> MethodEffects:
    """Least squares with Newey-West errors (Bartlett kernel, no small-sample factor), normal.

    `lags` defaults to 4 (n / 100)^(2/9), rounded down. Parameters as `ordinary_least_squares`.
    """
    y, x, c = _arrays(outcomes, design, contrast)
    n = x.shape[0]
    if lags is None:
        lags = int(_RULE_SCALE * (n / 100) ** _RULE_POWER)
    if not 0 <= lags < n:
        raise ValueError(f"lags is {lags}; it must lie between 0 and {n - 1}")
    beta, error, inverse = _least_squares(y, x)
    influence = error * (x @ inverse @ c)
    variance = (influence**2).sum(axis=1)
    for lag in range(1, lags + 1):
        weight = 1 - lag / (lags + 1)
        variance = variance + 2 * weight * (influence[:, lag:] * influence[:, :-lag]).sum(axis=1)
    return _effects(f"OLS, Newey-West errors ({lags} lags)", beta @ c, np.sqrt(variance),
                    stats.norm(), np.full(len(y), np.nan), level)


def prais_winsten(
    outcomes: np.ndarray,
    design: np.ndarray,
    contrast: np.ndarray,
    *,
    bias_corrected: bool = True,
    level: float = 0.95,
) -> MethodEffects:
    """Generalised least squares at an autocorrelation estimated from the OLS residuals.

    With `bias_corrected` rho is the one at which the residuals' lag-one autocorrelation would be
    expected to be what was observed: residuals of a regression with many terms look less
    correlated than the errors are. Parameters as `ordinary_least_squares`.
    """
    y, x, c = _arrays(outcomes, design, contrast)
    _, error, _ = _least_squares(y, x)
    rho = (error[:, 1:] * error[:, :-1]).sum(axis=1) / (error**2).sum(axis=1)
    if bias_corrected:
        rho = _without_bias(rho, x)
    name = "Prais-Winsten, rho without bias" if bias_corrected else "Prais-Winsten"
    return _plugged_in(name, y, x, c, rho, level)


def gls_ar1(
    outcomes: np.ndarray,
    design: np.ndarray,
    contrast: np.ndarray,
    *,
    restricted: bool = False,
    level: float = 0.95,
) -> MethodEffects:
    """Generalised least squares at the AR(1) autocorrelation of highest likelihood.

    `restricted` takes the REML likelihood. Parameters as `ordinary_least_squares`.
    """
    y, x, c = _arrays(outcomes, design, contrast)
    rho = np.array([_most_likely_rho(series, x, restricted) for series in y])
    name = f"GLS with AR(1) errors, {'REML' if restricted else 'maximum likelihood'}"
    return _plugged_in(name, y, x, c, rho, level)


def structural_level_season(
    outcome: np.ndarray,
    step: np.ndarray,
    *,
    season: int | None,
    covariates: np.ndarray | None = None,
    level: float = 0.95,
) -> MethodEffects:
    """Effect of a step in a structural model: random-walk level, stochastic season, regression.

    Parameters
    ----------
    outcome : array (periods,)
        nan is a gap (the Kalman filter skips it).
    step : array (periods,)
        0 before the change and 1 under it.
    season : int or None
        Periods in a season.
    covariates : array (periods, k), optional
    level : float
    """
    from statsmodels.tsa.statespace.structural import UnobservedComponents

    y, columns = np.asarray(outcome, dtype=float), np.asarray(step, dtype=float)[:, None]
    if covariates is not None:
        extra = np.asarray(covariates, dtype=float).reshape(len(y), -1)
        columns = np.column_stack([columns, extra])
    # The filter's starting variances are absolute numbers; in units of the series they fit.
    scale = np.nanstd(y)
    if not scale > 0:
        raise ValueError("the series does not vary")
    model = UnobservedComponents(y / scale, level="llevel", seasonal=season, exog=columns)
    fit = model.fit(disp=False, method="powell", maxiter=2000)
    fit = model.fit(start_params=fit.params, disp=False, maxiter=500)
    where = model.param_names.index("beta.x1")
    return _effects(
        "structural model, level and season", np.array([fit.params[where] * scale]),
        np.array([fit.bse[where] * scale]), stats.norm(), np.array([np.nan]), level)


def counterfactual_from_before(
    outcome: np.ndarray,
    design: InterruptedDesign,
    *,
    level: float = 0.95,
) -> MethodEffects:
    """Mean difference after the change from a least-squares line fitted to the periods before.

    The regression counterfactual of causal-impact studies: only periods before the change shape
    it, and covariates carry it on. The interval holds the noise of fit and of the periods after,
    taken as independent.

    Raises
    ------
    ValueError
        A term that cannot be known from the periods before; too few of them.
    """
    y = np.asarray(outcome, dtype=float)
    keep = [k for k, name in enumerate(design.terms)
            if name not in ("level change", "slope change")]
    x, before = design.matrix[:, keep], ~design.after & np.isfinite(y)
    after = design.after & np.isfinite(y)
    freedom = int(before.sum()) - len(keep)
    if freedom < 1 or np.linalg.matrix_rank(x[before]) < len(keep):
        raise ValueError("the periods before the change cannot tell the model's terms apart")
    if not after.any():
        raise ValueError("nothing was measured after the change")
    beta, error, inverse = _least_squares(y[None, before], x[before])
    mean_row = x[after].mean(axis=0)
    variance = (error**2).sum() / freedom * (mean_row @ inverse @ mean_row + 1 / after.sum())
    return _effects("counterfactual from the periods before", np.array(
        [y[after].mean() - mean_row @ beta[0]]), np.sqrt([variance]), stats.t(freedom),
        np.array([np.nan]), level)


def _arrays(outcomes, design, contrast):
    y = np.atleast_2d(np.asarray(outcomes, dtype=float))
    x, c = np.asarray(design, dtype=float), np.asarray(contrast, dtype=float)
    if x.ndim != 2 or y.shape[1] != x.shape[0] or c.shape != (x.shape[1],):
        raise ValueError(
            f"outcomes {y.shape}, design {x.shape} and contrast {c.shape} do not fit together")
    if not np.isfinite(y).all():
        raise ValueError("the series has a gap; this method needs every period")
    if x.shape[0] <= x.shape[1] or np.linalg.matrix_rank(x) < x.shape[1]:
        raise ValueError("the design's terms cannot be told apart (it has not full rank)")
    return y, x, c


def _least_squares(y, x):
    inverse = np.linalg.inv(x.T @ x)
    beta = np.linalg.lstsq(x, y.T, rcond=None)[0].T
    return beta, y - beta @ x.T, inverse


def _effects(method, estimate, error, distribution, rho, level):
    reach = distribution.isf((1 - level) / 2) * error
    with np.errstate(divide="ignore", invalid="ignore"):
        p_value = 2 * distribution.sf(np.abs(estimate) / error)
    return MethodEffects(
        method=method, estimate=estimate, standard_error=error, low=estimate - reach,
        high=estimate + reach, p_value=p_value, rho=rho, level=level)


def _plugged_in(name, y, x, c, rho, level):
    times = np.arange(x.shape[0])
    white_x = whiten(x, times, rho)
    white_y = np.stack([whiten(s[:, None], times, r[None])[0, :, 0]
                        for s, r in zip(y, rho, strict=True)])
    q, r = np.linalg.qr(white_x)
    along = np.einsum("snk,sn->sk", q, white_y)
    freedom = x.shape[0] - x.shape[1]
    rest = white_y - np.einsum("snk,sk->sn", q, along)
    beta = np.linalg.solve(r, along[:, :, None])[:, :, 0]
    reach = np.linalg.solve(r.transpose(0, 2, 1), np.broadcast_to(
        c[:, None], (len(y), len(c), 1)))[:, :, 0]
    spread = np.sqrt((rest**2).sum(axis=1) / freedom * (reach**2).sum(axis=1))
    return _effects(name, beta @ c, spread, stats.t(freedom), rho, level)


def _without_bias(found: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Invert the expected residual autocorrelation, tr(MLMV) / tr(MV), in rho."""
    n = x.shape[0]
    q, _ = np.linalg.qr(x)
    maker = np.eye(n) - q @ q.T
    shifted = np.diag(np.full(n - 1, 0.5), 1) + np.diag(np.full(n - 1, 0.5), -1)
    numerator, distance = maker @ shifted @ maker, np.abs(np.subtract.outer(range(n), range(n)))
    grid = np.sin(np.linspace(np.arcsin(-_RHO_LIMIT), np.arcsin(_RHO_LIMIT), 101))
    expected = np.array([
        (numerator * rho**distance).sum() / (maker * rho**distance).sum() for rho in grid])
    # Close to one the expectation can bend back; the inverse is taken on its rising part.
    return np.interp(found, np.maximum.accumulate(expected), grid)


def _most_likely_rho(y: np.ndarray, x: np.ndarray, restricted: bool) -> float:
    n, terms = x.shape
    times, both = np.arange(n), np.column_stack([x, y])

    def misfit(angle: float) -> float:
        rho = np.sin(angle)
        r = np.linalg.qr(whiten(both, times, np.array([rho]))[0], mode="r")
        log_determinant = (n - 1) * np.log1p(-(rho**2))
        left = 2 * np.log(abs(r[-1, -1]))
        if restricted:
            information = 2 * np.log(np.abs(np.diag(r)[:-1])).sum()
            return log_determinant + information + (n - terms) * left
        return log_determinant + n * left

    limit = np.arcsin(_RHO_LIMIT)
    start = min(np.linspace(-limit, limit, 41), key=misfit)
    step = 2 * limit / 40
    best = optimize.minimize_scalar(
        misfit, bounds=(max(start - step, -limit), min(start + step, limit)), method="bounded",
        options={"xatol": 1e-9})
    return float(np.sin(best.x))
