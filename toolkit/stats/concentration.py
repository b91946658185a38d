"""How much of the whole comes from few? The Gini index, the top's share, and the Lorenz curve.

Standard errors are linearised (influence functions), as in Langel & Tille (2013), "Variance
estimation of the Gini index: revisiting a result several times published", JRSS A 176:521, and
Beach & Davidson (1983), Review of Economic Studies 50:723; intervals are symmetric on the logit
scale, so that they stay between 0 and 1. Customers are taken as a sample of the customers there
could have been.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from toolkit.stats.comparisons import Interval, undefined_interval
from toolkit.stats.limits import Limits, check_level

FEWEST = 5
"""Units below which a linearised interval says nothing."""


@dataclass(frozen=True)
class LogitLimits(Limits):
    """Symmetric for the logit of a share."""

    logit_se: float

    def ends(self, k: float) -> tuple[float, float]:
        centre = math.log(self.estimate / (1 - self.estimate))
        low, high = centre - k * self.logit_se, centre + k * self.logit_se
        return 1 / (1 + math.exp(-low)), 1 / (1 + math.exp(-high))


@dataclass(frozen=True, eq=False)
class Lorenz:
    """The Lorenz curve: the poorest `share` of the units hold `held` of the whole."""

    share: np.ndarray
    held: np.ndarray

    def at(self, share: float) -> float:
        """What the lowest `share` of the units hold together."""
        return float(np.interp(share, self.share, self.held))


def gini(
    values: Sequence[float], counts: Sequence[float] | None = None, *, level: float = 0.95
) -> Interval:
    """How unequal are the values: 0 all alike, near 1 one has it all.

    Parameters
    ----------
    values
        One a unit, 0 or more, in any unit.
    counts
        How many units have each value; 1 each where absent.

    Returns
    -------
    Interval
        The plain index (half the relative mean difference, divisor n squared). nan with the reason
        where values are negative (the index then has no upper end), all are 0, or there are none.
    """
    check_level(level)
    values, counts = _checked(values, counts)
    n = float(counts.sum())
    reason = _undefined(values, n)
    if reason:
        return undefined_interval(reason, method="Gini, linearised, logit", n=n, level=level)
    below, above = _running(values, counts)
    mean = float((counts * values).sum() / n)
    # rank of a value among all, ties sharing theirs; what units at or above it hold, ties by half
    rank = (below[0] + counts / 2) / n
    theta = float((counts * values * rank).sum() / n)
    estimate = 2 * theta / mean - 1
    holds = (above[1] + counts * values / 2) / n
    influence = (2 / mean) * (values * rank + holds - 2 * theta) - (2 * theta / mean**2) * (values - mean)
    return _interval(estimate, influence, counts, "Gini, linearised, logit", level)


def top_share(
    values: Sequence[float],
    top: float = 0.2,
    counts: Sequence[float] | None = None,
    *,
    level: float = 0.95,
) -> Interval:
    """Which share of the whole do the highest `top` of the units hold (a fifth, if not said)?

    A unit that lies across the line counts by the part above it. nan as in `gini`.
    """
    check_level(level)
    check_level(top, "top")
    values, counts = _checked(values, counts)
    n = float(counts.sum())
    method = f"share of the top {top:.0%}, linearised, logit"
    reason = _undefined(values, n)
    if reason:
        return undefined_interval(reason, method=method, n=n, level=level)
    total = float((counts * values).sum())
    estimate = 1 - _curve(values, counts).at(1 - top)
    at = int(np.searchsorted(np.cumsum(counts), (1 - top) * n * (1 - 1e-12), side="left"))
    line = values[min(at, len(values) - 1)]
    influence = (np.maximum(values - line, 0) + top * line - estimate * values) / (total / n)
    return _interval(estimate, influence, counts, method, level)


def lorenz(values: Sequence[float], counts: Sequence[float] | None = None) -> Lorenz:
    """What the lowest of the units hold together, for every share of them.

    Raises
    ------
    ValueError
        There is nothing to share: no values, or all are 0.
    """
    values, counts = _checked(values, counts)
    if float((counts * values).sum()) == 0:
        raise ValueError("there is nothing to share: no values, or all are 0.")
    return _curve(values, counts)


def _curve(values: np.ndarray, counts: np.ndarray) -> Lorenz:
    share = np.concatenate([[0.0], np.cumsum(counts)])
    held = np.concatenate([[0.0], np.cumsum(counts * values)])
    return Lorenz(share / share[-1], held / held[-1])


def _checked(values, counts) -> tuple[np.ndarray, np.ndarray]:
    values = np.asarray(values, dtype=float)
    counts = np.ones(len(values)) if counts is None else np.asarray(counts, dtype=float)
    if len(values) != len(counts):
        raise ValueError(f"{len(values)} values and {len(counts)} counts do not match.")
    if not np.isfinite(values).all():
        raise ValueError(f"{int((~np.isfinite(values)).sum())} values are missing.")
    if (counts < 0).any() or not np.isfinite(counts).all():
        raise ValueError("counts must be 0 or more.")
    distinct, where = np.unique(values, return_inverse=True)
    return distinct, np.bincount(where, weights=counts, minlength=len(distinct))


def _undefined(values: np.ndarray, n: float) -> str | None:
    if n == 0:
        return "there are no units"
    if values[0] < 0:
        return "some values are negative, and shares of a whole need values of 0 or more"
    if values[-1] == 0:
        return "every value is 0"
    return None


def _running(values: np.ndarray, counts: np.ndarray):
    """Units, and what they hold, strictly below each value and strictly above it."""
    held = counts * values
    below = np.cumsum(counts) - counts, np.cumsum(held) - held
    return below, (counts.sum() - below[0] - counts, held.sum() - below[1] - held)


def _interval(
    estimate: float, influence: np.ndarray, counts: np.ndarray, method: str, level: float
) -> Interval:
    n = float(counts.sum())
    words = {"method": method, "n": n, "level": level, "estimate": estimate}
    if n < FEWEST:
        return undefined_interval(f"{n:g} units are too few for an interval", **words)
    se = math.sqrt(float((counts * influence**2).sum()) / (n * (n - 1)))
    if not (0 < estimate < 1 and se > 0):
        return undefined_interval("all values are alike", **words)
    limits = LogitLimits(estimate, se / (estimate * (1 - estimate)))
    low, high = limits.at(level)
    return Interval(estimate, low, high, level, se, math.nan, n, method, limits)
