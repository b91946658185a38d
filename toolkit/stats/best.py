"""How likely is each arm to be the best, and what does choosing it cost if it is not?

By numerical integration, so the same numbers come out every time. With a flat prior, the
chances are those of the posterior.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from toolkit.stats.limits import check_choice
from toolkit.stats.noninferiority import BETTER
from toolkit.stats.shares import Share

# Tail probabilities at which the integration is split, and how many points a piece gets.
SPLITS = (1e-14, 1e-9, 1e-6, 1e-4, 1e-3, 0.01, 0.05, 0.2, 0.5)
POINTS = 24


@dataclass(frozen=True)
class Best:
    """Per arm, in the order given: chance of being best, and expected loss when chosen.

    `expected_loss` is how much the best arm is expected to be ahead of this one, in the
    metric's unit, at least 0. All nan with a `reason` when an arm has no spread.
    """

    probability: tuple[float, ...]
    expected_loss: tuple[float, ...]
    reason: str | None = None


def best_of_means(
    means: Sequence[float], ses: Sequence[float], *, better: str = "higher"
) -> Best:
    """How likely is each arm to have the best mean, given independent means and their errors?

    Normal posteriors with a flat prior. Arms need not be differences: give every arm's own
    mean and standard error, the control's included.
    """
    check_choice(better, BETTER, "better")
    if len(means) != len(ses) or not means:
        raise ValueError(f"{len(means)} means and {len(ses)} errors must be equally many.")
    if any(s < 0 for s in ses):
        raise ValueError(f"standard errors {list(ses)} must not be negative.")
    usable = [math.isfinite(m) and math.isfinite(s) and s > 0 for m, s in zip(means, ses)]
    if not all(usable):
        nans = (math.nan,) * len(means)
        number = usable.index(False)
        return Best(nans, nans, f"arm {number} has no mean with a standard error above 0")
    sign = 1.0 if better == "higher" else -1.0
    return _integrate([stats.norm(sign * m, s) for m, s in zip(means, ses, strict=True)])


def best_of_shares(shares: Sequence[Share], *, better: str = "higher") -> Best:
    """How likely is each arm to have the best share? Beta posteriors, uniform prior."""
    check_choice(better, BETTER, "better")
    if not shares:
        raise ValueError("no arms to compare.")
    # The smallest share is the largest share of the opposite.
    counts = [(s.count, s.n - s.count) for s in shares]
    if better == "lower":
        counts = [(no, yes) for yes, no in counts]
    return _integrate([stats.beta(1 + yes, 1 + no) for yes, no in counts])


def _integrate(arms: list[Any]) -> Best:
    """Gauss-Legendre between quantiles of all arms: chance to be the maximum, and its mean."""
    edges = np.unique([q for arm in arms for q in (arm.ppf(SPLITS), arm.isf(SPLITS))])
    nodes, weights = np.polynomial.legendre.leggauss(POINTS)
    half = np.diff(edges)[:, None] / 2
    x = ((edges[:-1, None] + edges[1:, None]) / 2 + half * nodes).ravel()
    w = (half * weights).ravel()
    logs = np.array([arm.logcdf(x) for arm in arms])
    density = np.array([arm.pdf(x) for arm in arms])
    # Summed without the own one, not by subtraction: far behind, a logarithm is minus infinity.
    others = np.exp([np.delete(logs, i, axis=0).sum(axis=0) for i in range(len(arms))])
    masses = w * density * others
    chance = masses.sum(axis=1)
    chance = chance / chance.sum()
    # Mean of max(0, best - own): the best's excess is integrated, not subtracted, for a small
    # loss would drown in the rounding of two large means.
    top = np.exp(logs.sum(axis=0))
    loss = [float((w * (arm.cdf(x) - top)).sum()) for arm in arms]
    return Best(tuple(map(float, chance)), tuple(max(0.0, v) for v in loss))
