"""Which positive parameters make the data most likely, how surely, and was the top really found?

Maximum likelihood on the logarithms of the parameters, from several starts, finished by Newton
steps. Errors are those of the inverse Hessian on the log scale, so that an interval of a positive
parameter stays positive; a positive function of the parameters gets its interval by the delta
method on its own logarithm, or, where the model tells its likelihood region
(`likelihood_regions`), by its range over that.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from scipy import linalg, optimize

from toolkit.stats.comparisons import Interval, undefined_interval
from toolkit.stats.limits import LogLimits, check_level, critical

FURTHEST = 12.0
"""Logarithms are looked for between -12 and 12: a parameter beyond has run away."""
CLOSE_ENOUGH = 1e-3
"""A top is found where no parameter could move by more than this part of its standard error."""
NEWTON_STEPS = 25
NEAR = 1e-4
_STEP = 1e-4

LogLikelihood = Callable[[np.ndarray], tuple[float, np.ndarray]]


@dataclass(frozen=True, eq=False)
class Fit:
    """Parameters with their errors, and everything that says whether to believe them.

    Attributes
    ----------
    names, values
        The parameters, positive.
    log_likelihood
        Of all units, at the top.
    covariance : ndarray
        Of the parameters' logarithms; nan where there is no top.
    n
        Units behind it.
    iterations
        Steps of the optimiser from the best start, Newton's included.
    gradient
        Largest slope of the log-likelihood per unit, in the parameters' logarithms.
    distance
        How far the top still is, in standard errors (the Newton decrement).
    starts, agreed
        How many starts were tried, and how many came to this top.
    reason
        Why the parameters must not be used; None where they may.
    edge
        What the model was reduced to, in words, where its top lies at the edge of what it can say.
    at_edge
        The parameters that have no value of their own there; functions of all are still told.
    region : ndarray (points, parameters) or None
        Logarithms of the parameters along the outline of the likelihood region at `level`: intervals
        are then ranges over it. None for the delta method.
    """

    names: tuple[str, ...]
    values: tuple[float, ...]
    log_likelihood: float
    covariance: np.ndarray
    n: float
    iterations: int
    gradient: float
    distance: float
    starts: int
    agreed: int
    level: float = 0.95
    reason: str | None = None
    logs: np.ndarray = field(repr=False, default_factory=lambda: np.empty(0))
    edge: str | None = None
    at_edge: tuple[str, ...] = ()
    region: np.ndarray | None = field(repr=False, default=None)

    @property
    def converged(self) -> bool:
        """Whether the top was found."""
        return self.reason is None

    def __getitem__(self, name: str) -> float:
        return self.values[self.names.index(name)]

    def interval(self, name: str) -> Interval:
        """One parameter with its interval; open above where the data allow that it has run away."""
        index = self.names.index(name)
        if name in self.at_edge:
            words = {"method": "maximum likelihood", "n": self.n, "level": self.level}
            return undefined_interval(self.edge, **words)
        found = self.of(lambda logs: math.exp(logs[index]))
        if self.region is not None and found.defined and found.high > math.exp(FURTHEST):
            return replace(found, high=math.inf, se=math.inf)
        return found

    def of(self, function: Callable[[np.ndarray], float], method: str = "maximum likelihood") -> Interval:
        """A positive function of the parameters' logarithms, with its interval.

        nan with the reason where there is no top, or the function is not a positive number there.
        Over a `region`, the standard error is half of the interval over its normal quantile.
        """
        over = self.region is not None
        method = f"{method}, profile likelihood" if over else f"{method}, delta method on the log scale"
        words = {"method": method, "n": self.n, "level": self.level}
        if self.reason is not None:
            return undefined_interval(self.reason, **words)
        estimate = function(self.logs)
        if not (math.isfinite(estimate) and estimate > 0):
            return undefined_interval("it is not a positive number at these parameters", **words)
        if self.region is not None:
            return self._over_region(function, estimate, words)
        slopes = np.zeros(len(self.logs))
        for i in np.flatnonzero(np.diag(self.covariance) > 0):
            move = np.zeros(len(self.logs))
            move[i] = 0.01 * min(1.0, math.sqrt(self.covariance[i, i]))
            above, below = function(self.logs + move), function(self.logs - move)
            if not (above > 0 and below > 0):
                return undefined_interval("it is not a positive number near these parameters", **words)
            slopes[i] = (math.log(above) - math.log(below)) / (2 * move[i])
        log_se = math.sqrt(max(float(slopes @ self.covariance @ slopes), 0.0))
        if not log_se > 0:
            return undefined_interval("nothing moves it", estimate=estimate, **words)
        limits = LogLimits(estimate - 1, log_se)  # symmetric for log(1 + x)
        low, high = (end + 1 for end in limits.at(self.level))
        return Interval(estimate, low, high, self.level, estimate * log_se, math.nan, self.n, method)

    def _over_region(self, function: Callable[[np.ndarray], float], estimate: float, words: dict) -> Interval:
        values = [estimate, *map(function, self.region)]
        if not all(math.isfinite(v) and v >= 0 for v in values):
            return undefined_interval("it is not a positive number near these parameters", **words)
        low, high = min(values), max(values)
        if not high > low:
            return undefined_interval("nothing moves it", estimate=estimate, **words)
        se = (high - low) / (2 * critical((1 - self.level) / 2, math.inf))
        return Interval(estimate, low, high, self.level, se, math.nan, self.n, words["method"])


def likeliest(
    names: Sequence[str],
    log_likelihood: LogLikelihood,
    starts: Sequence[Sequence[float]],
    n: float,
    *,
    level: float = 0.95,
    rough: tuple[LogLikelihood, float] | None = None,
) -> Fit:
    """The parameters at the top of the likelihood.

    Parameters
    ----------
    names
        Of the parameters, in order.
    log_likelihood
        Given the parameters' logarithms: the log-likelihood of all units and its gradient in them.
    starts
        Positive parameters to start from, the likeliest guess first.
    n
        Units behind it.
    rough
        The likelihood of a part of the data and its units: all starts are tried on it, and the whole
        is climbed from where they came to.
    """
    check_level(level)
    downhill = _downhill(log_likelihood, n)
    part, units = (downhill, n) if rough is None else (_downhill(*rough), rough[1])
    runs = [_run(part, np.log(np.asarray(s, dtype=float))) for s in starts]
    best = min(runs, key=lambda run: run.fun)
    # one thousandth of a log-likelihood unit is far below what any data could tell apart
    agreed = sum((run.fun - best.fun) * units < 1e-3 + 1e-9 * abs(best.fun) * units for run in runs)
    logs, steps, hessian, slope = _polished(downhill, best.x)
    value = downhill(logs)[0]
    covariance, distance, reason = _judged(names, logs, hessian * n, slope * n)
    return Fit(
        tuple(names), tuple(np.exp(logs).tolist()), -value * n, covariance, float(n),
        int(best.nit) + steps, float(np.abs(slope).max()), distance, len(runs), agreed, level, reason, logs,
    )  # fmt: skip


def _downhill(log_likelihood: LogLikelihood, n: float):
    """What is minimised, and its gradient: both by unit."""

    def at(logs: np.ndarray) -> tuple[float, np.ndarray]:
        value, slope = log_likelihood(logs)
        return -value / n, -slope / n

    return at


def _run(downhill, logs: np.ndarray) -> optimize.OptimizeResult:
    return optimize.minimize(
        downhill, logs, jac=True, method="L-BFGS-B", bounds=[(-FURTHEST, FURTHEST)] * len(logs),
        options={"maxiter": 500, "ftol": 1e-12, "gtol": 1e-7},
    )  # fmt: skip


def _polished(downhill, logs: np.ndarray):
    """Newton steps from near the top, halved until they go down; how many it took."""
    logs = np.array(logs)
    value, slope = downhill(logs)
    hessian = _hessian(downhill, logs)
    for step in range(NEWTON_STEPS):
        try:
            move = -linalg.cho_solve(linalg.cho_factor(hessian), slope)
        except linalg.LinAlgError:
            return logs, step, hessian, slope
        if np.abs(move).max() < 1e-9:
            return logs, step, hessian, slope
        near = np.abs(move).max() < NEAR
        scale = min(1.0, 2.0 / np.abs(move).max())
        while scale > 1e-4:
            there = np.clip(logs + scale * move, -FURTHEST, FURTHEST)
            lower, new_slope = downhill(there)
            if lower <= value and np.isfinite(lower):
                break
            scale /= 2
        else:
            return logs, step, hessian, slope
        logs, value, slope = there, lower, new_slope
        # so near the top the curvature is the same to as many digits as the next step needs
        if not near:
            hessian = _hessian(downhill, logs)
    return logs, NEWTON_STEPS, hessian, slope


def _hessian(downhill, logs: np.ndarray) -> np.ndarray:
    columns = []
    for i in range(len(logs)):
        move = np.zeros(len(logs))
        move[i] = _STEP
        columns.append((downhill(logs + move)[1] - downhill(logs - move)[1]) / (2 * _STEP))
    hessian = np.array(columns)
    return (hessian + hessian.T) / 2


def _judged(names, logs, hessian, slope) -> tuple[np.ndarray, float, str | None]:
    nothing = np.full(hessian.shape, math.nan)
    away = [name for name, log in zip(names, logs, strict=True) if abs(log) > FURTHEST - 0.5]
    if away:
        return nothing, math.nan, f"the likelihood has no top: {' and '.join(away)} runs off without end"
    if not np.isfinite(hessian).all():
        return nothing, math.nan, "the likelihood cannot be computed at its top"
    try:
        factor = linalg.cho_factor(hessian)
    except linalg.LinAlgError:
        return nothing, math.nan, "the likelihood is flat: the data do not tell the parameters apart"
    covariance = linalg.cho_solve(factor, np.eye(len(logs)))
    distance = math.sqrt(max(float(slope @ covariance @ slope), 0.0))
    if distance > CLOSE_ENOUGH:
        return covariance, distance, f"the top was not reached: it is still {distance:.2g} standard errors away"
    return covariance, distance, None
