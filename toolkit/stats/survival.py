"""How long does it last, when for many it has not ended yet?

The product-limit estimate of Kaplan & Meier (1958), "Nonparametric Estimation from Incomplete
Observations", JASA 53:457, with Greenwood's variance and intervals that are symmetric for
log(-log S), so that they stay between 0 and 1 (Kalbfleisch & Prentice 1980, The Statistical
Analysis of Failure Time Data, 1.3). Every function takes counts, so that a million customers
arrive as a few hundred distinct durations.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy import stats

from toolkit.stats.comparisons import Interval, undefined_interval
from toolkit.stats.limits import Limits, WaldLimits, check_level, critical

METHOD = "Kaplan-Meier, Greenwood, log-log"


@dataclass(frozen=True)
class LogLogLimits(Limits):
    """Symmetric for log(-log S): S to the power exp(-+ k log_log_se)."""

    log_log_se: float

    def ends(self, k: float) -> tuple[float, float]:
        power = math.exp(k * self.log_log_se)
        return self.estimate**power, self.estimate ** (1 / power)


@dataclass(frozen=True, eq=False)
class Survival:
    """A survival curve: it steps down at `times` and is level between them.

    Attributes
    ----------
    times : ndarray
        Where something ended, in order.
    at_risk, lost : ndarray
        How many were still there just before each time, and how many ended at it.
    survival, se, low, high : ndarray
        Share still there after each time, its Greenwood standard error and interval.
    last : float
        The longest duration seen; beyond it the curve is not known unless it has reached 0.
    n, events : float
        All units, and those that ended.
    """

    times: np.ndarray
    at_risk: np.ndarray
    lost: np.ndarray
    survival: np.ndarray
    se: np.ndarray
    low: np.ndarray
    high: np.ndarray
    last: float
    n: float
    events: float
    level: float = 0.95
    spread: np.ndarray = field(repr=False, default_factory=lambda: np.empty(0))

    def at(self, time: float) -> Interval:
        """The share still there after `time`.

        nan with the reason before the first duration could be 0, for nobody, and beyond the longest
        duration seen while somebody was still there. Before the first end, and where all have
        ended, the share is known and has no interval: there is nothing to judge it by.
        """
        words = {"method": METHOD, "n": self.n, "level": self.level}
        if self.n == 0:
            return undefined_interval("nobody was observed", **words)
        if time < 0 or math.isnan(time):
            raise ValueError(f"a time since the start is 0 or more, not {time}.")
        step = int(np.searchsorted(self.times, time, side="right")) - 1
        if time > self.last and not (step >= 0 and self.survival[step] == 0):
            return undefined_interval(f"nobody was observed for longer than {self.last:g}", **words)
        if step < 0:
            return undefined_interval("nothing had ended by then", estimate=1.0, **words)
        share = float(self.survival[step])
        if share == 0:
            return undefined_interval("everything had ended by then", estimate=0.0, **words)
        limits = LogLogLimits(share, math.sqrt(self.spread[step]) / abs(math.log(share)))
        low, high = limits.at(self.level)
        return Interval(
            share, low, high, self.level, float(self.se[step]), math.nan, self.n, METHOD, limits
        )

    def median(self) -> Interval:
        """The time by which half have ended: `quantile(0.5)`."""
        return self.quantile(0.5)

    def quantile(self, share: float) -> Interval:
        """The time by which `share` have ended.

        The interval holds the times whose own interval holds 1 - share (Brookmeyer & Crowley 1982,
        Biometrics 38:29); its high end is infinite where the curve's upper end never comes down to it.
        nan where fewer have ended so far.
        """
        check_level(share, "share")
        words = {"method": "Kaplan-Meier, Brookmeyer-Crowley", "n": self.n, "level": self.level}
        there = 1 - share
        below = np.flatnonzero(self.survival <= there + 1e-12)
        if not len(below):
            return undefined_interval(f"fewer than {share:.0%} have ended so far", **words)
        estimate = float(self.times[below[0]])
        if below[0] + 1 < len(self.times) and abs(self.survival[below[0]] - there) <= 1e-12:
            estimate = (estimate + float(self.times[below[0] + 1])) / 2  # level at the share: midway
        low = self.times[np.flatnonzero(self.low <= there)[:1]]
        high = self.times[np.flatnonzero(self.high < there)[:1]]
        return Interval(
            estimate, float(low[0]) if len(low) else 0.0, float(high[0]) if len(high) else math.inf,
            self.level, math.nan, math.nan, self.n, "Kaplan-Meier, Brookmeyer-Crowley",
        )  # fmt: skip

    def restricted_mean(self, until: float) -> Interval:
        """The mean time there within the first `until`: the area under the curve up to it.

        Its variance is Irwin's (1949), as in Klein & Moeschberger (2003), Survival Analysis, 4.5.
        nan beyond the longest duration seen while somebody is still there.
        """
        words = {"method": "restricted mean of Kaplan-Meier", "n": self.n, "level": self.level}
        if self.n == 0:
            return undefined_interval("nobody was observed", **words)
        if not (until > 0 and math.isfinite(until)):
            raise ValueError(f"a restricted mean needs a time above 0, not {until}.")
        gone = len(self.survival) > 0 and self.survival[-1] == 0
        if until > self.last and not gone:
            return undefined_interval(f"nobody was observed for longer than {self.last:g}", **words)
        inside = self.times < until
        times, heights = self.times[inside], np.concatenate([[1.0], self.survival[inside]])
        areas = heights * np.diff(np.concatenate([[0.0], times, [until]]))
        estimate = float(areas.sum())
        if not len(times):
            return undefined_interval("nothing had ended by then", estimate=estimate, **words)
        rest = areas[::-1].cumsum()[::-1][1:]  # area to the right of each end
        left = self.at_risk[inside] - self.lost[inside]
        terms = np.where(left > 0, self.lost[inside] / (self.at_risk[inside] * np.maximum(left, 1e-300)), 0)
        se = math.sqrt(float((rest**2 * terms).sum()))
        if se == 0:
            return undefined_interval("everything ended at once", estimate=estimate, **words)
        limits = WaldLimits(estimate, se)
        low, high = limits.at(self.level)
        return Interval(estimate, low, high, self.level, se, math.nan, self.n, words["method"], limits)


@dataclass(frozen=True)
class LogRank:
    """Whether groups end at the same rate: the statistic is chi-squared with `df`."""

    statistic: float
    df: int
    p_value: float
    observed: tuple[float, ...]
    expected: tuple[float, ...]
    reason: str | None = None


def kaplan_meier(
    durations: Sequence[float],
    events: Sequence[bool],
    counts: Sequence[float] | None = None,
    *,
    level: float = 0.95,
) -> Survival:
    """Which share is still there after each time, and how surely?

    Parameters
    ----------
    durations
        How long each was observed, 0 or more, in any unit of time.
    events
        True where it ended then, False where it was still there (censored). Where both happen at
        one time, ends come first, as everywhere.
    counts
        How many units each entry stands for; 1 each where absent.

    Raises
    ------
    ValueError
        Durations that are missing or below 0, lengths that differ, negative counts.
    """
    check_level(level)
    durations, events, counts = _checked(durations, events, counts)
    times, lost, at_risk = _steps(durations, events, counts)
    last = float(durations[counts > 0].max()) if (counts > 0).any() else math.nan
    with np.errstate(divide="ignore"):
        survival = np.exp(np.cumsum(np.log1p(-lost / at_risk)))
        spread = np.cumsum(lost / (at_risk * (at_risk - lost)))
    survival[at_risk == lost] = 0.0
    known = survival > 0
    se = np.where(known, survival * np.sqrt(np.where(known, spread, 0.0)), 0.0)
    k = critical((1 - level) / 2)
    low, high = np.zeros_like(survival), np.zeros_like(survival)
    width = np.sqrt(spread[known]) / np.abs(np.log(survival[known]))
    low[known] = survival[known] ** np.exp(k * width)
    high[known] = survival[known] ** np.exp(-k * width)
    return Survival(
        times, at_risk, lost, survival, se, low, high, last, float(counts.sum()), float(lost.sum()),
        level, spread,
    )  # fmt: skip


def log_rank(
    groups: Sequence[tuple[Sequence[float], Sequence[bool], Sequence[float] | None]],
) -> LogRank:
    """Do the groups end at the same rate? Mantel (1966); null: all hazards are equal.

    Parameters
    ----------
    groups
        For each group its durations, events and counts, as in `kaplan_meier`.
    """
    if len(groups) < 2:
        raise ValueError("it takes two groups or more to compare.")
    parts = [_checked(*g) for g in groups]
    ends = [d[e & (c > 0)] for d, e, c in parts]
    times = np.unique(np.concatenate(ends))
    if not len(times):
        nan = (math.nan,) * len(groups)
        return LogRank(math.nan, len(groups) - 1, math.nan, nan, nan, "nothing has ended in any group")
    lost = np.array([_sum_at(d[e], c[e], times) for d, e, c in parts])
    at_risk = np.array([_still_there(d, c, times) for d, _, c in parts])
    all_lost, all_risk = lost.sum(axis=0), at_risk.sum(axis=0)
    expected = at_risk * (all_lost / all_risk)
    # the variance of a hypergeometric draw at every time
    scale = np.where(all_risk > 1, all_lost * (all_risk - all_lost) / np.maximum(all_risk - 1, 1), 0)
    shares = at_risk / all_risk
    covariance = -np.einsum("it,jt,t->ij", shares, shares, scale) + np.diag((shares * scale).sum(axis=1))
    gaps = (lost - expected).sum(axis=1)
    df = int(np.linalg.matrix_rank(covariance))
    observed, wanted = tuple(lost.sum(axis=1).tolist()), tuple(expected.sum(axis=1).tolist())
    if df == 0:
        return LogRank(math.nan, 0, math.nan, observed, wanted, "the groups are never there together")
    statistic = float(gaps @ np.linalg.pinv(covariance) @ gaps)
    return LogRank(statistic, df, float(stats.chi2.sf(statistic, df)), observed, wanted)


def _checked(durations, events, counts) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    durations, events = np.asarray(durations, dtype=float), np.asarray(events, dtype=bool)
    counts = np.ones(len(durations)) if counts is None else np.asarray(counts, dtype=float)
    if not len(durations) == len(events) == len(counts):
        raise ValueError(
            f"{len(durations)} durations, {len(events)} events and {len(counts)} counts do not match."
        )
    wrong = int((~np.isfinite(durations) | (durations < 0)).sum())
    if wrong:
        raise ValueError(f"{wrong} durations are missing or below 0; a duration is 0 or more.")
    if (counts < 0).any() or not np.isfinite(counts).all():
        raise ValueError("counts must be 0 or more.")
    return durations, events, counts


def _steps(durations, events, counts) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    ended = events & (counts > 0)
    times = np.unique(durations[ended])
    lost = _sum_at(durations[ended], counts[ended], times)
    return times, lost, _still_there(durations, counts, times)


def _sum_at(durations: np.ndarray, counts: np.ndarray, times: np.ndarray) -> np.ndarray:
    return np.bincount(np.searchsorted(times, durations), weights=counts, minlength=len(times))


def _still_there(durations: np.ndarray, counts: np.ndarray, times: np.ndarray) -> np.ndarray:
    order = np.argsort(durations, kind="stable")
    gone = np.concatenate([[0.0], np.cumsum(counts[order])])
    return gone[-1] - gone[np.searchsorted(durations[order], times, side="left")]
