"""How sure is an effect on a rate, when counting adds noise of its own to a series with memory?

The counts' working response at their Poisson fit is a linear regression whose errors are a slow
part, first-order autoregressive, and counting noise with variance 1 / mean that forgets at once
(Zeger 1988). Nobody can tell from 32 months which of the two it is that moves a series: noise
that forgets at once hides how long the slow part remembers, and a model that takes both for one
autoregression claims up to 16 % of effects falsely. So both readings are kept, each weighed by
how well it explains the series: one autoregression for everything, with probability .8
beforehand, and a slow part with counting noise beside it, with .2. In the second, the slow part's
share of the variance is 7/8 beforehand, give or take 1/9 (a beta distribution of 7 and 1), and
its autocorrelation leans to 1. Autocorrelation, share and overall dispersion are integrated
over: REML on a grid, a mixture of t distributions, as in `autoregression`.

The weights were chosen on simulated counts (averages of 40 a period, Poisson around a moving
level) so that false claims stay between 3 and 7 % at every autocorrelation from 0 to .8, and
held on others: see `benchmarks/calibrate_interrupted.py`.

Sources
-------
Zeger (1988), Biometrika 75, 621-629: counts with a latent autoregression.
Harvey (1989), Forecasting, Structural Time Series Models and the Kalman Filter, 3.2, 3.4: the
likelihood of a slow part with noise by the filter; regression terms filtered as the outcome is.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy import special

from toolkit.stats.autoregression import log_rho_prior, rho_grid
from toolkit.stats.t_mixtures import MixtureSummary, mixture_of_t

# Beforehand: how likely it is that the slow part and the counting noise are two.
TWO_PARTS = 0.2
# The slow part's share of the errors' variance at the average count: a beta distribution.
SHARE_ABOVE, SHARE_BELOW = 7.0, 1.0
SHARE_EDGES = (0.0, 0.6, 0.75, 0.9, 1.0)
# Prior of the slow part's autocorrelation, (1 + rho)^2 (1 - rho)^(-1/2) above 0: what alternates
# from period to period is no slow part.
SLOW_UP, SLOW_DOWN = 2.0, -0.5
# Components less likely than this, beside the likeliest, change no digit that is shown.
NEGLIGIBLE = 1e-9
# Series filtered together: their copies then stay in the processor's cache.
_CHUNK = 32


def counting_noise_mixture(
    response: np.ndarray,
    design: np.ndarray,
    mean: np.ndarray,
    times: np.ndarray,
    contrast: np.ndarray,
    level: float,
) -> tuple[MixtureSummary, np.ndarray]:
    """The contrast of a regression whose errors are a slow part and counting noise.

    Parameters
    ----------
    response : array (series, periods)
        Working responses, on the log scale; none missing.
    design : array (periods, terms)
        Shared by all series; full column rank.
    mean : array (series, periods)
        Expected counts: counting noise has a variance inverse to them.
    times : array (periods,) of int
        Increasing positions.
    contrast : array (terms,)
    level : float
        Coverage of the interval.

    Returns
    -------
    summary : MixtureSummary
        Of shape (series, 1).
    rho : ndarray (series,)
        Mean autocorrelation from one period to the next, of the slow part or of everything.
    """
    rho, share, log_prior = _components(len(times))
    basis, triangle = np.linalg.qr(design)
    wanted = np.linalg.solve(triangle.T, contrast)
    freedom = len(times) - design.shape[1]
    found = {name: [] for name in ("mean", "sd", "low", "high", "p_value")}
    rhos = []
    for start in range(0, len(response), _CHUNK):
        rows = slice(start, start + _CHUNK)
        centre, spread, log_likelihood = _filtered(
            response[rows], basis, mean[rows], times, wanted, rho, share)
        weight = np.exp(log_prior + log_likelihood - (log_prior + log_likelihood).max(
            axis=1, keepdims=True))
        weight /= weight.sum(axis=1, keepdims=True)
        matters = weight.max(axis=0) > NEGLIGIBLE
        kept = weight[:, matters] / weight[:, matters].sum(axis=1, keepdims=True)
        summary = mixture_of_t(
            centre[:, matters, None], spread[:, matters, None], kept, freedom, level)
        for name, parts in found.items():
            parts.append(getattr(summary, name))
        rhos.append(kept @ rho[matters])
    return (MixtureSummary(**{name: np.concatenate(parts) for name, parts in found.items()}),
            np.concatenate(rhos))


@lru_cache(maxsize=64)
def _components(periods: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Autocorrelation, share of the slow part, and log prior probability of each reading."""
    grid = rho_grid(periods)
    one = np.exp(log_rho_prior(len(grid)))
    one *= (1 - TWO_PARTS) / one.sum()
    # The grid is even in asin(rho): a cell's width is proportional to sqrt(1 - rho^2).
    slow = grid[grid > 0]
    two = (1 + slow) ** SLOW_UP * (1 - slow) ** SLOW_DOWN * np.sqrt(1 - slow**2)
    two *= TWO_PARTS / two.sum()
    edges = np.array(SHARE_EDGES)
    part = np.diff(special.betainc(SHARE_ABOVE, SHARE_BELOW, edges))
    # Each cell stands for its mean share.
    further = special.betainc(SHARE_ABOVE + 1, SHARE_BELOW, edges)
    inside = SHARE_ABOVE / (SHARE_ABOVE + SHARE_BELOW) * np.diff(further) / part
    return (
        np.concatenate([grid, np.repeat(slow, len(inside))]),
        np.concatenate([np.ones(len(grid)), np.tile(inside, len(slow))]),
        np.log(np.concatenate([one, np.outer(two, part).ravel()])),
    )


def _filtered(response, basis, mean, times, wanted, rho, share):
    """Contrast, its scale and the restricted log likelihood: each (series, components)."""
    series, (periods, terms) = len(response), basis.shape
    noise = mean.mean(axis=1, keepdims=True) / mean
    start = response @ basis
    columns = np.empty((series, periods, terms + 1))
    columns[:, :, :-1] = basis
    columns[:, :, -1] = response - start @ basis.T
    shape = series, len(rho)
    carried = np.zeros((*shape, terms + 1))
    uncertain = np.broadcast_to(share, shape)
    white = np.empty((*shape, periods, terms + 1))
    log_variance = np.zeros(shape)
    gaps = np.diff(times, prepend=times[0])
    for k in range(periods):
        if k:
            kept = np.power(rho, int(gaps[k]))
            carried *= kept[:, None]
            uncertain = kept**2 * uncertain + share * (1 - kept**2)
        variance = uncertain + (1 - share) * noise[:, k, None]
        new = columns[:, k, None, :] - carried
        white[:, :, k] = new / np.sqrt(variance)[:, :, None]
        log_variance += np.log(variance)
        gain = uncertain / variance
        carried += gain[:, :, None] * new
        uncertain = uncertain * (1 - gain)
    products = np.matmul(white.transpose(0, 1, 3, 2), white)
    factor = np.linalg.cholesky(products[:, :, :-1, :-1])
    along = np.linalg.solve(factor, products[:, :, :-1, -1:])[..., 0]
    reach = np.linalg.solve(factor, np.broadcast_to(wanted[:, None], (*shape, terms, 1)))[..., 0]
    squares = np.maximum(products[:, :, -1, -1] - (along**2).sum(axis=-1), np.finfo(float).tiny)
    freedom = periods - terms
    information = np.log(np.diagonal(factor, axis1=-2, axis2=-1)).sum(axis=-1)
    centre = (reach * along).sum(axis=-1) + (start @ wanted)[:, None]
    spread = np.sqrt(squares / freedom * (reach**2).sum(axis=-1))
    return centre, spread, -0.5 * log_variance - information - 0.5 * freedom * np.log(squares)
