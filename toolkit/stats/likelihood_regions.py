"""Which values of two parameters do the data allow, and so which values of anything made of them?

The likelihood region holds the parameters whose log-likelihood lies at most half the chi-square
quantile of one degree of freedom below the top. The range of a function over that region is the
function's profile likelihood interval: no curvature at the top is taken for the shape of the whole,
so it holds where the likelihood is lopsided and where a parameter lies at the edge of what it can be.

Sources
-------
Venzon & Moolgavkar (1988), Applied Statistics 37, 87-94: profile likelihood intervals.
Self & Liang (1987), JASA 82, 605-610: the likelihood ratio at the edge of what a parameter can be.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from toolkit.stats.limits import check_level, critical

RAYS = 64
"""Points along the outline: a range over them is at most .12 % narrower than over the whole."""
HALVINGS = 50
WIDER = 1.6
"""Rays grow by this factor until they leave the region, so many times at most."""
WIDENINGS = 40

LogLikelihood = Callable[[np.ndarray], np.ndarray]


def region_outline(
    log_likelihood: LogLikelihood,
    top: np.ndarray,
    covariance: np.ndarray,
    *,
    least: float = -np.inf,
    level: float = 0.95,
) -> np.ndarray:
    """Points along the outline of the likelihood region.

    Parameters
    ----------
    log_likelihood
        Of points (k, 2): (k,) values; falls on every ray from the top.
    top : array (2,)
        Where the likelihood is largest among what is allowed.
    covariance : array (2, 2)
        About that of the two estimates, such as the inverse information: it only decides which way
        the rays go.
    least
        The least that the second parameter may be; the region ends there.
    level
        Of the interval that the range of one function over the region is.

    Returns
    -------
    array (points, 2)
        `RAYS` points, and the two corners where the region ends at `least`.
    """
    check_level(level)
    top = np.asarray(top, dtype=float)
    lowest = log_likelihood(top[None])[0] - critical((1 - level) / 2, np.inf) ** 2 / 2

    def inside(points: np.ndarray) -> np.ndarray:
        return log_likelihood(points) > lowest

    angles = 2 * np.pi * np.arange(RAYS) / RAYS
    ways = np.stack([np.cos(angles), np.sin(angles)], axis=1) @ np.linalg.cholesky(covariance).T
    down = ways[:, 1] < 0
    end = np.full(RAYS, np.inf)
    end[down] = (top[1] - least) / -ways[down, 1]

    def at(length: np.ndarray) -> np.ndarray:
        points = top + length[:, None] * ways
        points[:, 1] = np.maximum(points[:, 1], least)
        return points

    far = np.minimum(np.full(RAYS, 4.0), end)
    for _ in range(WIDENINGS):
        grows = inside(at(far)) & (far < end)
        if not grows.any():
            break
        far = np.where(grows, np.minimum(WIDER * far, end), far)
    stopped = inside(at(far)) & (far >= end)
    near = np.where(stopped, far, 0.0)
    for _ in range(HALVINGS):
        middle = (near + far) / 2
        within = inside(at(middle))
        near, far = np.where(within, middle, near), np.where(within, far, middle)
    outline = at(near)
    if not stopped.any():
        return outline
    along = outline[stopped, 0]
    corners = [_corner(inside, start, way, least) for start, way in ((along.min(), -1.0), (along.max(), 1.0))]
    return np.concatenate([outline, corners])


def _corner(inside: Callable[[np.ndarray], np.ndarray], start: float, way: float, least: float) -> np.ndarray:
    """Where the region ends along its border at `least`, on from a point of it."""

    def within(length: float) -> bool:
        return bool(inside(np.array([[start + way * length, least]]))[0])

    near, far = 0.0, 1e-3
    for _ in range(WIDENINGS):
        if not within(far):
            break
        near, far = far, WIDER * far
    for _ in range(HALVINGS):
        middle = (near + far) / 2
        near, far = (middle, far) if within(middle) else (near, middle)
    return np.array([start + way * near, least])
