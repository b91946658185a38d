"""How did a rate change, when the data are counts?

Poisson and quasi-Poisson regression with an offset, and rate ratios with intervals. Both take
neighbouring periods as independent: `interrupted_counts` is for when they are not.

Sources
-------
McCullagh & Nelder (1989), Generalized Linear Models, 2nd ed.: IRLS and quasi-likelihood.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy import stats

_STEPS = 50
_CLOSE = 1e-10
# A period expected to have fewer counts than this is a fit on its way to minus infinity.
_NOTHING = 1e-8
UNSETTLED = (
    "the fit does not settle: a term of the model holds for periods with no count at all")


@dataclass(frozen=True)
class PoissonFit:
    """A Poisson regression with log link.

    Attributes
    ----------
    coefficients : ndarray (terms,)
        On the log scale.
    covariance : ndarray (terms, terms)
        With dispersion 1 (Poisson); times `dispersion` for quasi-Poisson.
    dispersion : float
        Pearson's chi-squared per degree of freedom; 1 for counts that vary as Poisson's do.
    fitted : ndarray (periods,)
        Expected counts.
    deviance : float
    degrees_of_freedom : int
    n : int
        Periods with a count.
    """

    coefficients: np.ndarray
    covariance: np.ndarray = field(repr=False)
    dispersion: float
    fitted: np.ndarray = field(repr=False)
    deviance: float
    degrees_of_freedom: int
    n: int


@dataclass(frozen=True)
class RateRatio:
    """A rate under the change divided by the rate without it.

    `estimate` of 0.9 is a tenth fewer. `standard_error` is on the log scale. `rho` is the mean
    autocorrelation from one period to the next where it was integrated over, else None. nan with
    `reason` where there is no answer.
    """

    estimate: float
    low: float
    high: float
    p_value: float
    standard_error: float
    level: float
    dispersion: float
    rho: float | None
    n: int
    method: str
    reason: str | None = None

    def __post_init__(self) -> None:
        if self.reason is None and not 0 <= self.low <= self.high:
            raise ValueError("a rate ratio's interval must be ordered and not negative")


def poisson_regression(
    counts: np.ndarray, design: np.ndarray, exposure: np.ndarray | None = None
) -> PoissonFit:
    """Fit log(expected count) = log(exposure) + design @ coefficients.

    Parameters
    ----------
    counts : array (periods,)
        Not negative; nan is a period without a count.
    design : array (periods, terms)
        Full column rank over the periods with a count.
    exposure : array (periods,), optional
        What the counts are out of (population, customers, hours); 1 by default.

    Raises
    ------
    ValueError
        Negative counts, exposure not positive, a rank-deficient design, no degrees of freedom,
        or a fit that runs away (a term whose periods have no count at all).
    """
    y, x, offset, seen = checked_counts(counts, design, exposure)
    beta = poisson_many(y[None, seen], x[seen], offset[seen])[0][0]
    if np.isnan(beta).any():
        raise ValueError(UNSETTLED)
    mu = np.exp(offset + x @ beta)
    observed, expected = y[seen], mu[seen]
    freedom = int(seen.sum() - x.shape[1])
    pearson = ((observed - expected) ** 2 / expected).sum()
    logs = np.where(observed > 0, observed * np.log(np.where(observed > 0, observed, 1.0)
                                                    / expected), 0.0)
    covariance = np.linalg.inv(x[seen].T @ (expected[:, None] * x[seen]))
    return PoissonFit(
        coefficients=beta, covariance=covariance, dispersion=float(pearson / freedom),
        fitted=mu, deviance=float(2 * (logs - (observed - expected)).sum()),
        degrees_of_freedom=freedom, n=int(seen.sum()),
    )


def rate_ratio(
    fit: PoissonFit, contrast: np.ndarray, *, overdispersed: bool = True, level: float = 0.95
) -> RateRatio:
    """The rate ratio of a contrast, by a normal interval on the log scale.

    With `overdispersed` the standard error carries the fitted dispersion (quasi-Poisson), else
    the counts are taken to vary as Poisson's do. Neighbouring periods are taken as independent:
    see `interrupted_counts` for when they are not.
    """
    c = np.asarray(contrast, dtype=float)
    scale = fit.dispersion if overdispersed else 1.0
    log_ratio = float(c @ fit.coefficients)
    error = float(np.sqrt(scale * c @ fit.covariance @ c))
    reach = stats.norm.isf((1 - level) / 2) * error
    return RateRatio(
        estimate=float(np.exp(log_ratio)), low=float(np.exp(log_ratio - reach)),
        high=float(np.exp(log_ratio + reach)),
        p_value=float(2 * stats.norm.sf(abs(log_ratio) / error)), standard_error=error,
        level=level, dispersion=scale, rho=None, n=fit.n,
        method="quasi-Poisson" if overdispersed else "Poisson",
    )


def poisson_many(
    counts: np.ndarray, design: np.ndarray, offset: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Fit many series on one design: coefficients, and expected counts (series, periods).

    By Fisher scoring. `counts` (series, periods) has no missing value, `offset` is the logarithm
    of the exposure, one row a series or one for all; nothing is checked. nan where a fit runs away.
    """
    y = np.asarray(counts, dtype=float)
    basis, triangle = np.linalg.qr(np.asarray(design, dtype=float))
    offset = np.broadcast_to(offset, y.shape)
    moving = np.log(y + 0.5)
    beta = (moving - offset) @ basis
    expected = y + 0.5
    settled = np.zeros(len(y), dtype=bool)
    for _ in range(_STEPS):
        information = np.einsum("nk,sn,nl->skl", basis, expected, basis, optimize=True)
        # The first step regresses the starting values, which lie on no line yet.
        missed = y - expected + expected * (moving - offset - beta @ basis.T)
        step = _solved(information, missed @ basis)
        settled = np.abs(step).max(axis=1) <= _CLOSE * (1 + np.abs(beta + step).max(axis=1))
        beta = beta + step
        moving = np.clip(offset + beta @ basis.T, -700, 700)
        expected = np.exp(moving)
        if settled.all():
            break
    settled &= expected.min(axis=1) > _NOTHING
    beta = np.where(settled[:, None], beta, np.nan)
    return np.linalg.solve(triangle, beta.T).T, np.where(settled[:, None], expected, np.nan)


def _solved(information: np.ndarray, score: np.ndarray) -> np.ndarray:
    """Steps of Fisher scoring; where a fit has run away its information is nothing."""
    size = np.trace(information, axis1=1, axis2=2) / information.shape[1]
    held = information + (1e-14 * size)[:, None, None] * np.eye(information.shape[1])
    return np.linalg.solve(held, score[:, :, None])[:, :, 0]


def checked_counts(
    counts: np.ndarray, design: np.ndarray, exposure: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Counts, design, offset, and which periods have a count; raises as `poisson_regression`."""
    y, x = np.asarray(counts, dtype=float), np.asarray(design, dtype=float)
    if y.ndim != 1 or x.ndim != 2 or len(y) != len(x):
        raise ValueError(f"{y.shape} counts for a design of {x.shape}")
    if np.any(y < 0) or np.any(np.isinf(y)):
        raise ValueError("a count is negative or infinite")
    offset = np.zeros(len(y))
    if exposure is not None:
        amount = np.asarray(exposure, dtype=float)
        if amount.shape != y.shape:
            raise ValueError(f"{amount.shape} exposures for {y.shape} counts")
        if np.any(~(amount[np.isfinite(y)] > 0)):
            raise ValueError("exposure must be positive wherever there is a count")
        offset = np.log(np.where(amount > 0, amount, 1.0))
    seen = np.isfinite(y)
    if seen.sum() <= x.shape[1]:
        raise ValueError(f"{seen.sum()} counts for {x.shape[1]} terms")
    if np.linalg.matrix_rank(x[seen]) < x.shape[1]:
        raise ValueError("the design's terms cannot be told apart (it has not full rank)")
    return y, x, offset, seen
