"""When did the level of a series change, if nobody said?

One break: the split that leaves the least variation, with a significance that pays for having
looked everywhere. Several breaks: the segmentation of least cost with a stated penalty.

Sources
-------
Andrews (1993), Econometrica 61, 821-856: the largest F over all dates. Bai & Perron (2003),
Journal of Applied Econometrics 18, 1-22: segments by dynamic programming, the Bayesian
information criterion. Zeileis et al. (2003), Computational Statistics & Data Analysis 44,
109-123: the Nile.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

# The share of the periods each segment must have (strucchange's default).
SMALLEST_SHARE = 0.15
SIMULATIONS = 9999


@dataclass(frozen=True)
class OneBreak:
    """The single most likely break in the level.

    `position` counts the periods before the break; `before` and `after` are the means; `f` the
    largest F statistic over all admissible dates; `p_value` its probability without a break.
    `rho` is the autocorrelation the null series were given (0 unless asked for). nan with
    `reason` where there is no answer.
    """

    position: int
    before: float
    after: float
    f: float
    p_value: float
    rho: float
    n: int
    reason: str | None = None


@dataclass(frozen=True)
class Segmentation:
    """Breaks (periods before each), segment means, residual sum of squares, and the criterion.

    `sums_of_squares[k]` and `criteria[k]` belong to the best segmentation with k breaks; the one
    with the smallest criterion is chosen.
    """

    breaks: tuple[int, ...]
    means: tuple[float, ...]
    sums_of_squares: tuple[float, ...]
    criteria: tuple[float, ...]
    penalty: float
    n: int


def one_break(
    values: np.ndarray,
    *,
    smallest_share: float = SMALLEST_SHARE,
    autocorrelated: bool = False,
    simulations: int = SIMULATIONS,
    seed: int = 0,
) -> OneBreak:
    """Find the most likely break in the level and how surprising it is.

    Parameters
    ----------
    values : array (periods,)
        In order of time, without gaps.
    smallest_share : float
        Share of the periods that must lie on each side.
    autocorrelated : bool
        Give the null series the lag-one autocorrelation of what the break leaves over (with its
        small-sample bias of about (1 + 3 rho) / n per level put back, once for each level).
    simulations, seed : int
        The p-value is the share of simulated normal series without a break, and the series
        itself, whose largest F is at least as large; its smallest value is 1/(simulations + 1).
    """
    x = np.asarray(values, dtype=float)
    if x.ndim != 1 or not np.isfinite(x).all():
        raise ValueError("values must be one series without gaps")
    n = len(x)
    margin = _smallest_segment(n, smallest_share)
    nan = float("nan")
    if n < 2 * margin or n < 6:
        return OneBreak(0, nan, nan, nan, nan, nan, n, f"{n} periods; at least 6 are needed")
    if np.all(x == x[0]):
        return OneBreak(0, nan, nan, nan, nan, nan, n, "all values are equal")
    f = _f_statistics(x[None], margin)[0]
    position = margin + int(np.argmax(f))
    before, after = float(x[:position].mean()), float(x[position:].mean())
    rho = 0.0
    if autocorrelated:
        rest = np.concatenate([x[:position] - before, x[position:] - after])
        found = (rest[1:] @ rest[:-1]) / (rest @ rest)
        rho = float(np.clip((n * found + 2) / (n - 6), 0.0, 0.95)) if n > 6 else 0.0
    largest = _null_distribution(n, margin, rho, simulations, seed)
    p_value = (1 + np.sum(largest >= f.max())) / (simulations + 1)
    return OneBreak(position, before, after, float(f.max()), float(p_value), rho, n)


def several_breaks(
    values: np.ndarray,
    *,
    most: int = 5,
    smallest_share: float = SMALLEST_SHARE,
    penalty: float | None = None,
) -> Segmentation:
    """Segment a series into levels, as many as pay for themselves.

    Parameters
    ----------
    values : array (periods,)
        In order of time, without gaps.
    most : int
        Most breaks considered.
    smallest_share : float
        Share of the periods in the smallest segment.
    penalty : float, optional
        What each break costs in minus twice the log-likelihood: a mean and a date. Default
        2 log(n), the Bayesian information criterion.
    """
    x = np.asarray(values, dtype=float)
    if x.ndim != 1 or not np.isfinite(x).all() or len(x) < 4:
        raise ValueError("values must be one series of at least 4 periods without gaps")
    n, margin = len(x), _smallest_segment(len(x), smallest_share)
    most = min(most, n // margin - 1)
    price = 2 * np.log(n) if penalty is None else float(penalty)
    cost = _segment_costs(x)
    best = np.full((most + 1, n + 1), np.inf)
    origin = np.zeros((most + 1, n + 1), dtype=int)
    best[0, margin:] = cost[0, margin:]
    for k in range(1, most + 1):
        for stop in range((k + 1) * margin, n + 1):
            starts = np.arange(k * margin, stop - margin + 1)
            totals = best[k - 1, starts] + cost[starts, stop]
            origin[k, stop] = starts[np.argmin(totals)]
            best[k, stop] = totals.min()
    squares = np.maximum(best[:, n], np.finfo(float).tiny)
    criteria = (n * (np.log(2 * np.pi) + 1 + np.log(squares / n))
                + 2 * np.log(n) + price * np.arange(most + 1))
    breaks = _walk_back(origin, int(np.argmin(criteria)), n)
    edges = (0, *breaks, n)
    return Segmentation(
        breaks=breaks,
        means=tuple(float(x[a:b].mean()) for a, b in zip(edges, edges[1:], strict=False)),
        sums_of_squares=tuple(map(float, best[:, n])), criteria=tuple(map(float, criteria)),
        penalty=float(price), n=n,
    )


def _smallest_segment(n: int, share: float) -> int:
    if not 0 < share < 0.5:
        raise ValueError(f"smallest_share is {share}; it must lie between 0 and 0.5")
    return max(2, int(np.floor(n * share)))


def _f_statistics(x: np.ndarray, margin: int) -> np.ndarray:
    """F of a break after each admissible number of periods: (series, dates)."""
    n = x.shape[1]
    centred = x - x.mean(axis=1, keepdims=True)
    before = np.arange(margin, n - margin + 1)
    sums = np.cumsum(centred, axis=1)[:, before - 1]
    total = (centred**2).sum(axis=1, keepdims=True)
    explained = sums**2 * n / (before * (n - before))
    return explained / (total - explained) * (n - 2)


def _null_distribution(n, margin, rho, simulations, seed) -> np.ndarray:
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((simulations, n))
    if rho > 0:
        x[:, 0] /= np.sqrt(1 - rho**2)
        for t in range(1, n):
            x[:, t] += rho * x[:, t - 1]
    return _f_statistics(x, margin).max(axis=1)


def _segment_costs(x: np.ndarray) -> np.ndarray:
    """Sum of squares around its own mean of every segment from i up to, not including, j."""
    centred = x - x.mean()
    sums = np.concatenate([[0.0], np.cumsum(centred)])
    squares = np.concatenate([[0.0], np.cumsum(centred**2)])
    length = np.arange(len(x) + 1)[None, :] - np.arange(len(x) + 1)[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        cost = (squares[None] - squares[:, None]) - (sums[None] - sums[:, None]) ** 2 / length
    return np.where(length > 0, np.maximum(cost, 0.0), np.inf)


def _walk_back(origin: np.ndarray, count: int, n: int) -> tuple[int, ...]:
    breaks, stop = [], n
    for k in range(count, 0, -1):
        stop = int(origin[k, stop])
        breaks.append(stop)
    return tuple(reversed(breaks))
