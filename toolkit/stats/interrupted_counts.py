"""What did a dated change do to a rate that is made of counts?

The series' past (level, trend, season) is carried on past the date by a Poisson regression with
an offset; the effect is a rate ratio. How sure it is follows `counting_noise`: autocorrelation,
the slow part's share of the variance and the dispersion are integrated over.

Counts must not be mostly zero: below about five a period the working response is too skewed for
a t interval.

Sources
-------
Zeger (1988), Biometrika 75, 621-629. Bernal, Cummins & Gasparrini (2017), International Journal of
Epidemiology 46, 348-355.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from toolkit.stats.autoregression import SMALLEST_DEGREES_OF_FREEDOM
from toolkit.stats.counting_noise import counting_noise_mixture
from toolkit.stats.counts import UNSETTLED, RateRatio, checked_counts, poisson_many
from toolkit.stats.interrupted import InterruptedDesign

SMALLEST_MEAN_COUNT = 5.0
METHOD = "quasi-Poisson, autocorrelation integrated over"


@dataclass(frozen=True)
class RateRatios:
    """The rate ratios of many series, each array (series,); nan where `reasons` says why."""

    estimate: np.ndarray
    low: np.ndarray
    high: np.ndarray
    p_value: np.ndarray
    standard_error: np.ndarray
    dispersion: np.ndarray
    rho: np.ndarray
    n: np.ndarray
    level: float
    reasons: tuple[str | None, ...]

    def __post_init__(self) -> None:
        if np.any(self.low > self.high):
            raise ValueError("a rate ratio's interval must be ordered")
        if len(self.reasons) != len(self.estimate):
            raise ValueError("every series needs a reason or None")


def interrupted_counts(
    counts: np.ndarray,
    design: InterruptedDesign,
    *,
    exposure: np.ndarray | None = None,
    effect: str = "level",
    level: float = 0.95,
) -> RateRatio:
    """What did a dated change do to a rate? Quasi-Poisson, the autocorrelation integrated over.

    Parameters
    ----------
    counts : array (periods,)
        nan is a period without a count.
    design : InterruptedDesign
    exposure : array (periods,), optional
        What the counts are out of (population, customers, hours); 1 by default.
    effect : str
        As in `InterruptedDesign.contrast`; `mean` is the geometric mean of the periods' ratios.
    level : float

    Raises
    ------
    ValueError
        As `counts.poisson_regression`. Too few counts is no error: nan with `reason`.
    """
    checked_counts(counts, design.matrix, exposure)
    found = interrupted_counts_many(
        np.asarray(counts, dtype=float)[None], design, exposure=exposure, effect=effect,
        level=level)
    if found.reasons[0] == UNSETTLED:
        raise ValueError(UNSETTLED)
    own = {f.name: getattr(found, f.name)[0] for f in fields(found)
           if f.name not in ("level", "reasons")}
    rho = None if found.reasons[0] else float(own.pop("rho"))
    n = int(own.pop("n"))
    values = {name: float(value) for name, value in own.items() if name != "rho"}
    return RateRatio(
        **values, level=level, rho=rho, n=n, method=METHOD, reason=found.reasons[0])


def interrupted_counts_many(
    counts: np.ndarray,
    design: InterruptedDesign,
    *,
    exposure: np.ndarray | None = None,
    effect: str = "level",
    level: float = 0.95,
) -> RateRatios:
    """The same of many series that share a design, rows of `counts` (series, periods).

    `exposure` is one row for all or a row a series. A series without an answer carries nan and a
    reason; the others are fitted all the same.

    Raises
    ------
    ValueError
        A negative count, an exposure that is not positive where there is a count, shapes that do
        not fit, an unknown effect.
    """
    contrast = design.contrast(effect)
    y = np.asarray(counts, dtype=float)
    if y.ndim != 2 or y.shape[1] != len(design.times):
        raise ValueError(f"{y.shape} counts for {len(design.times)} periods")
    if np.any(y < 0) or np.any(np.isinf(y)):
        raise ValueError("a count is negative or infinite")
    amount = np.ones(y.shape[1]) if exposure is None else np.asarray(exposure, dtype=float)
    amount = np.broadcast_to(amount, y.shape)
    if np.any(~(amount[np.isfinite(y)] > 0)):
        raise ValueError("exposure must be positive wherever there is a count")
    offset = np.log(np.where(amount > 0, amount, 1.0))
    seen = np.isfinite(y)
    found = {f.name: np.full(len(y), np.nan) for f in fields(RateRatios)
             if f.name not in ("n", "level", "reasons")}
    reasons: list[str | None] = [None] * len(y)
    patterns, which = np.unique(seen, axis=0, return_inverse=True)
    for number, pattern in enumerate(patterns):
        members = np.flatnonzero(which.ravel() == number)
        why = _unanswerable(y[np.ix_(members, pattern)], design, pattern)
        for member, reason in zip(members, why, strict=True):
            reasons[member] = reason
        usable = members[[reason is None for reason in why]]
        if len(usable) == 0:
            continue
        own = _fitted(
            y[np.ix_(usable, pattern)], offset[np.ix_(usable, pattern)], design.matrix[pattern],
            design.times[pattern], contrast, level)
        for name, values in own.items():
            found[name][usable] = values
        for member in usable[np.isnan(own["estimate"])]:
            reasons[member] = UNSETTLED
    return RateRatios(**found, n=seen.sum(axis=1), level=level, reasons=tuple(reasons))


def _unanswerable(
    y: np.ndarray, design: InterruptedDesign, pattern: np.ndarray
) -> list[str | None]:
    """For each series that is seen in the same periods: None, or why it has no answer."""
    terms, after = design.matrix.shape[1], design.after[pattern]
    reason = None
    if after.all() or not after.any():
        reason = "nothing was counted on one side of the change"
    elif pattern.sum() - terms < SMALLEST_DEGREES_OF_FREEDOM:
        reason = f"{pattern.sum()} counts for {terms} terms"
    elif np.linalg.matrix_rank(design.matrix[pattern]) < terms:
        reason = "with its gaps the series cannot tell the terms of the model apart"
    if reason is not None:
        return [reason] * len(y)
    return [
        None if mean >= SMALLEST_MEAN_COUNT else
        f"{mean:.3g} counts a period on average; {SMALLEST_MEAN_COUNT:g} are needed for the "
        "interval to hold"
        for mean in y.mean(axis=1)
    ]


def _fitted(y, offset, x, times, contrast, level) -> dict[str, np.ndarray]:
    coefficients, expected = poisson_many(y, x, offset)
    names = ("estimate", "low", "high", "p_value", "standard_error", "dispersion", "rho")
    out = {name: np.full(len(y), np.nan) for name in names}
    good = np.isfinite(expected).all(axis=1)
    if not good.any():
        return out
    y, expected, coefficients = y[good], expected[good], coefficients[good]
    working = coefficients @ x.T + (y - expected) / expected
    summary, rho = counting_noise_mixture(working, x, expected, times, contrast, level)
    freedom = x.shape[0] - x.shape[1]
    values = (
        np.exp(summary.mean[:, 0]), np.exp(summary.low[:, 0]), np.exp(summary.high[:, 0]),
        summary.p_value[:, 0], summary.sd[:, 0],
        ((y - expected) ** 2 / expected).sum(axis=1) / freedom, rho,
    )
    for name, value in zip(names, values, strict=True):
        out[name][good] = value
    return out
