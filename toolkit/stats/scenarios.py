"""What may come of it, when several numbers are uncertain at once?

Each number is a `Spread`: a fixed value, an estimate with its interval, a judgement (low, likely,
high), or anything between two ends. `draws` draws them together, correlated where that is declared
(Gaussian copula), everything at once and from a stated seed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special, stats

from toolkit.stats.cash_flows import discount_factors
from toolkit.stats.limits import check_level, critical

_NEARLY_NORMAL = 100.0  # degrees of freedom from which t's quantiles are scaled normal ones to 1 %


@dataclass(frozen=True)
class Fixed:
    """A number that is known."""

    value: float

    @property
    def middle(self) -> float:
        return self.value

    def from_normal(self, z: np.ndarray) -> np.ndarray:
        return np.full_like(z, self.value)


@dataclass(frozen=True)
class Estimated:
    """An estimate with its interval: normal (or Student's t), each side as wide as the interval says."""

    value: float
    low: float
    high: float
    level: float = 0.95
    df: float = math.nan

    def __post_init__(self) -> None:
        check_level(self.level)
        if not self.low <= self.value <= self.high:
            raise ValueError(f"an estimate lies in its interval; got {self.value} in {self.low} to {self.high}.")

    @property
    def middle(self) -> float:
        return self.value

    def from_normal(self, z: np.ndarray) -> np.ndarray:
        reach = critical((1 - self.level) / 2, self.df)
        if self.df < _NEARLY_NORMAL:
            z = stats.t.ppf(special.ndtr(z), self.df)
        below, above = (self.value - self.low) / reach, (self.high - self.value) / reach
        if math.isclose(below, above, rel_tol=1e-9):
            return self.value + above * z
        return self.value + np.where(z < 0, below, above) * z


@dataclass(frozen=True)
class Judged:
    """What somebody judged: lowest, likeliest and highest value (triangular distribution)."""

    low: float
    likely: float
    high: float

    def __post_init__(self) -> None:
        if not self.low <= self.likely <= self.high:
            raise ValueError(f"low, likely and high are in order; got {self.low}, {self.likely}, {self.high}.")

    @property
    def middle(self) -> float:
        """Its expected value."""
        return (self.low + self.likely + self.high) / 3

    def from_normal(self, z: np.ndarray) -> np.ndarray:
        width = self.high - self.low
        if width == 0:
            return np.full_like(z, self.low)
        u, turn = special.ndtr(z), (self.likely - self.low) / width
        rises = u < turn
        root = np.sqrt(np.where(rises, u * turn, (1 - u) * (1 - turn)))
        return np.where(rises, self.low + width * root, self.high - width * root)


@dataclass(frozen=True)
class Between:
    """Not known: anything between two ends, all alike."""

    low: float
    high: float

    def __post_init__(self) -> None:
        if not self.low <= self.high:
            raise ValueError(f"two ends are in order; got {self.low}, {self.high}.")

    @property
    def middle(self) -> float:
        return (self.low + self.high) / 2

    def from_normal(self, z: np.ndarray) -> np.ndarray:
        return self.low + (self.high - self.low) * special.ndtr(z)


Spread = Fixed | Estimated | Judged | Between
Pairs = Mapping[tuple[int, int], float]


@dataclass(frozen=True)
class Swing:
    """What one number does to the outcome, all others at their middle.

    Attributes
    ----------
    low, high
        The number at the ends of its interval.
    at_low, at_high
        The outcome there.
    switching
        The value of the number at which the outcome is 0; nan where it never is.
    share
        Of the outcome's variance over the scenarios, what goes with this number alone (squared
        correlation); nan where nothing varies.
    """

    low: float
    high: float
    at_low: float
    at_high: float
    switching: float
    share: float

    @property
    def width(self) -> float:
        """How far it moves the outcome."""
        return abs(self.at_high - self.at_low)


def draws(
    spreads: Sequence[Spread], n: int, seed: int, correlation: Pairs | None = None
) -> np.ndarray:
    """Scenarios of several uncertain numbers.

    Parameters
    ----------
    correlation
        Pairs of positions -> correlation of the normal scores (Gaussian copula); others are
        independent.

    Returns
    -------
    numpy.ndarray
        Shape (`n`, numbers).

    Raises
    ------
    ValueError
        Correlations outside -1 to 1, or that cannot all hold together.
    """
    rng = np.random.default_rng(seed)
    z = np.empty((len(spreads), n))
    for i, spread in enumerate(spreads):
        if correlation or not isinstance(spread, Fixed):
            rng.standard_normal(out=z[i])
    if correlation:
        z = _root(len(spreads), correlation) @ z
    for row, spread in zip(z, spreads, strict=True):
        row[:] = spread.from_normal(row)
    return z.T


def present_values(
    amounts: np.ndarray, profiles: np.ndarray, rate: float
) -> np.ndarray:
    """What each scenario of a plan is worth now.

    Parameters
    ----------
    amounts
        Shape (scenarios, lines): the size of each line.
    profiles
        Shape (lines, periods): how one unit of a line falls on the periods; period 0 is now.
    rate
        Of one period.

    Returns
    -------
    numpy.ndarray
        Shape (scenarios,).
    """
    return amounts @ (profiles @ discount_factors(rate, profiles.shape[1]))


def simulated(
    spreads: Sequence[Spread],
    profiles: np.ndarray,
    rate: float,
    n: int,
    seed: int,
    correlation: Pairs | None = None,
) -> np.ndarray:
    """Present values of `n` scenarios of a plan whose lines are uncertain: draw, lay out, discount."""
    return present_values(draws(spreads, n, seed, correlation), np.asarray(profiles, float), rate)


def swings(
    spreads: Sequence[Spread],
    outcome: Callable[[np.ndarray], np.ndarray],
    sample: np.ndarray | None = None,
    level: float = 0.9,
) -> tuple[Swing, ...]:
    """Which number moves the outcome most, and where would each have to lie to turn it?

    Parameters
    ----------
    outcome
        Takes numbers of shape (m, numbers), returns (m,). Along one number alone it must be a
        straight line, which sums and products of the numbers are.
    sample
        Scenarios from `draws`, for the share of variance.
    """
    base = np.array([s.middle for s in spreads], float)
    reach = critical((1 - level) / 2)
    varied = None if sample is None else np.asarray(outcome(sample), float)
    out = []
    for i, spread in enumerate(spreads):
        low, high = (float(spread.from_normal(np.array([z]))[0]) for z in (-reach, reach))
        at = np.tile(base, (2, 1))
        step = high - low if high > low else abs(base[i]) or 1.0
        at[:, i] = low, low + step
        at_low, at_step = (float(v) for v in outcome(at))
        slope = (at_step - at_low) / step
        out.append(Swing(
            low, high, at_low, at_step if high > low else at_low,
            low - at_low / slope if slope else math.nan, _share(sample, varied, i),
        ))  # fmt: skip
    return tuple(out)


def losses(
    chances: Sequence[Spread], costs: Sequence[Spread], years: float, n: int, seed: int
) -> np.ndarray:
    """What unlikely events cost over some years, in each scenario.

    Parameters
    ----------
    chances
        Of each event in a year, 0 to 1; it may happen more than once (Poisson, with the rate that
        gives this chance of at least one in a year).
    costs
        Of one such event.

    Returns
    -------
    numpy.ndarray
        Shape (`n`, events).
    """
    rng = np.random.default_rng([seed, 1])
    chance = np.clip(draws(chances, n, int(rng.integers(2**31))), 0.0, 1 - 1e-12)
    cost = draws(costs, n, int(rng.integers(2**31)))
    return rng.poisson(-np.log1p(-chance) * years) * cost


def _share(sample: np.ndarray | None, varied: np.ndarray | None, i: int) -> float:
    if sample is None or np.ptp(sample[:, i]) == 0 or np.ptp(varied) == 0:
        return math.nan if sample is None or np.ptp(varied) == 0 else 0.0
    return float(np.corrcoef(sample[:, i], varied)[0, 1] ** 2)


def _root(k: int, correlation: Pairs) -> np.ndarray:
    matrix = np.eye(k)
    for (i, j), rho in correlation.items():
        if i == j or not -1 <= rho <= 1:
            raise ValueError(f"{rho} is no correlation of two numbers; it lies between -1 and 1.")
        matrix[i, j] = matrix[j, i] = rho
    values, vectors = np.linalg.eigh(matrix)
    if values.min() < -1e-9:
        raise ValueError("these correlations cannot all hold together.")
    return vectors * np.sqrt(np.clip(values, 0.0, None))
