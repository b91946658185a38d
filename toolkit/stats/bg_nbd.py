"""How often will customers buy, who come and go without saying so?

The BG/NBD model of Fader, Hardie & Lee (2005), "Counting Your Customers the Easy Way", Marketing
Science 24:275. While active a customer buys at random at a rate of its own (gamma: shape `r`, rate
`alpha`); after each purchase it leaves for good with a chance of its own (beta: `a`, `b`). A
customer is a cell (x, t_x, T): repeat purchases, time of the last one, time observed, both since
the first purchase and in one unit of time; customers of one cell are counted.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import special

from toolkit.stats.likeliest import Fit, likeliest

NAMES = ("r", "alpha", "a", "b")
METHOD = "BG/NBD, maximum likelihood"

MOST_FOR_STARTS = 20_000
"""Cells that all starts are tried on; the whole is climbed from where they came to."""

RARE = 1e-3
"""A chance to leave below this, with no top, is none at all."""
EDGE = -200.0
"""The logarithm of an `a` that stands for 0."""

_MOST_AT_ONCE = 2_000_000
_BLOCK = 32_768
"""Cells that are looked at together: few enough to stay in the processor's cache."""
_TAIL = 24.0  # exp(-24) is left out at each end of a beta's logit
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(8)


@dataclass(frozen=True, eq=False)
class Cells:
    """Customers by what they did: `counts` of them share one x, t_x and T.

    Attributes
    ----------
    x : ndarray
        Repeat purchases: the first one is not counted.
    recency : ndarray
        Time from the first purchase to the last (t_x); 0 where x is 0.
    age : ndarray
        Time from the first purchase to the end of observation (T).
    """

    x: np.ndarray
    recency: np.ndarray
    age: np.ndarray
    counts: np.ndarray

    def __post_init__(self) -> None:
        if not len(self.x) == len(self.recency) == len(self.age) == len(self.counts):
            raise ValueError("x, recency, age and counts must be equally long.")
        said = [f"{n} cells: {rule}" for rule, n in faults(self.x, self.recency, self.age).items() if n]
        if (self.counts < 0).any() or not np.isfinite(self.counts).all():
            said.append("counts must be 0 or more")
        if said:
            raise ValueError("; ".join(said) + ".")

    @property
    def n(self) -> float:
        """Customers."""
        return float(self.counts.sum())


def faults(x: np.ndarray, recency: np.ndarray, age: np.ndarray) -> dict[str, int]:
    """How many break each rule of the model's data."""
    return {rule: int(rows.sum()) for rule, rows in broken(x, recency, age).items()}


def broken(x: np.ndarray, recency: np.ndarray, age: np.ndarray) -> dict[str, np.ndarray]:
    """Which break each rule of the model's data; each breaks the first one that it breaks only."""
    missing = ~(np.isfinite(x) & np.isfinite(recency) & np.isfinite(age))
    rules = {
        "a number is missing": missing,
        "repeat purchases must be whole numbers, 0 or more": (x < 0) | (x != np.floor(x)),
        "times must be 0 or more": (recency < 0) | (age < 0),
        "the last purchase must not be after the end of observation": recency > age * (1 + 1e-12),
        "without a repeat purchase the last one is the first": (x == 0) & (recency > 0),
        "a repeat purchase comes after the first one": (x > 0) & (recency == 0),
    }
    seen = np.zeros(len(missing), dtype=bool)
    out = {}
    for rule, rows in rules.items():
        out[rule] = rows & ~seen
        seen |= rows
    return out


def cells(
    x: Sequence[float],
    recency: Sequence[float],
    age: Sequence[float],
    counts: Sequence[float] | None = None,
) -> Cells:
    """Customers as their distinct cells."""
    columns = [np.asarray(c, dtype=float) for c in (x, recency, age)]
    weights = np.ones(len(columns[0])) if counts is None else np.asarray(counts, dtype=float)
    code = np.zeros(len(columns[0]), dtype=np.int64)
    levels = []
    for column in columns:
        distinct, where = np.unique(column, return_inverse=True)
        levels.append(distinct)
        code = code * max(len(distinct), 1) + where
    found, first, where = np.unique(code, return_index=True, return_inverse=True)
    summed = np.bincount(where, weights=weights, minlength=len(found))
    return Cells(*(c[first] for c in columns), summed)


class _Likelihood:
    """The log-likelihood and its gradient; gamma functions are taken once for each distinct x."""

    def __init__(self, data: Cells):
        repeated = data.x > 0
        self.n = data.n
        self.xs, self.of_x = np.unique(data.x, return_inverse=True)
        self.with_x = np.bincount(self.of_x, weights=data.counts, minlength=len(self.xs))
        self.recencies, of_recency = np.unique(data.recency, return_inverse=True)
        self.ages, of_age = np.unique(data.age, return_inverse=True)
        # without a repeat purchase nothing but the age counts
        self.once = np.bincount(of_age[~repeated], weights=data.counts[~repeated], minlength=len(self.ages))
        self.counts, self.x = data.counts[repeated], data.x[repeated]
        self.of_x, self.of_age, self.of_recency = (
            where[repeated].astype(np.int32) for where in (self.of_x, of_age, of_recency)
        )
        self.blocks = [slice(i, i + _BLOCK) for i in range(0, len(self.x), _BLOCK)]

    def __call__(self, logs: np.ndarray) -> tuple[float, np.ndarray]:
        r, alpha, a, b = np.exp(logs)
        xs = self.xs
        total = self.with_x @ (
            special.gammaln(r + xs) + special.gammaln(b + xs) - special.gammaln(a + b + xs)
        ) + self.n * (
            r * math.log(alpha) - special.gammaln(r) + special.gammaln(a + b) - special.gammaln(b)
        )
        slope_ab = self.with_x @ special.digamma(a + b + xs) - self.n * special.digamma(a + b)
        log_age, log_recency = np.log(alpha + self.ages), np.log(alpha + self.recencies)
        total -= r * (self.once @ log_age)
        later = np.maximum(xs - 1 + b, 1e-300)
        left_at, by_age, by_recency = math.log(a) - np.log(later), 1 / (alpha + self.ages), 1 / (alpha + self.recencies)
        sums = np.zeros(7)
        for part in self.blocks:
            sums += self._block(part, r, log_age, log_recency, left_at, by_age, by_recency, 1 / later)
        cells, active, apart, older, gone_sooner, gone, gone_later = sums
        total += cells
        slopes = np.array([
            self.with_x @ special.digamma(r + xs) - self.n * (special.digamma(r) - math.log(alpha))
            - self.once @ log_age - active + apart,
            self.n * r / alpha - r * (self.once @ by_age) - older - gone_sooner,
            gone / a - slope_ab,
            self.with_x @ special.digamma(b + xs) - self.n * special.digamma(b) - slope_ab - gone_later,
        ])  # fmt: skip
        return float(total), slopes * np.exp(logs)

    def _block(self, part: slice, r: float, log_age, log_recency, left_at, by_age, by_recency, by_later) -> np.ndarray:
        """Sums over some of the cells with a repeat purchase."""
        counts, bought, of_x = self.counts[part], r + self.x[part], self.of_x[part]
        of_age, of_recency = self.of_age[part], self.of_recency[part]
        active = log_age[of_age]
        apart = active - log_recency[of_recency]
        odds = left_at[of_x] + bought * apart
        # log(exp(A3) + exp(A4)) = A3 + log(1 + odds of having left)
        gone = counts * special.expit(odds)
        return np.array([
            counts @ (np.logaddexp(0.0, odds) - bought * active),
            counts @ active,
            gone @ apart,
            ((counts - gone) * bought) @ by_age[of_age],
            (gone * bought) @ by_recency[of_recency],
            gone.sum(),
            gone @ by_later[of_x],
        ])  # fmt: skip


def log_likelihood(data: Cells, r: float, alpha: float, a: float, b: float) -> float:
    """Log-likelihood of all customers, equation (7) of the paper."""
    return _Likelihood(data)(np.log([r, alpha, a, b]))[0]


def fit(data: Cells, *, level: float = 0.95) -> Fit:
    """The parameters `r`, `alpha`, `a` and `b`.

    Returns
    -------
    Fit
        With a `reason` where the data cannot tell: nobody bought twice, or customers of a few cells
        only. Where nobody is seen to leave, the model at its `edge`: a = 0, negative binomial.
    """
    repeated = float(data.counts[data.x > 0].sum())
    if data.n < 10 or repeated == 0 or int((data.counts > 0).sum()) < 5:
        reason = "nobody bought a second time" if repeated == 0 else "there are too few different customers"
        nan = math.nan
        return Fit(
            NAMES, (nan,) * 4, nan, np.full((4, 4), nan), data.n, 0, nan, nan, 0, 0, level,
            "there are no customers" if data.n == 0 else reason,
        )  # fmt: skip
    rate = float((data.counts * data.x).sum() / max(float((data.counts * data.age).sum()), 1e-300))
    starts = [(r, r / rate, a, b) for r, a, b in ((0.5, 0.8, 2.5), (1.0, 0.3, 1.0), (2.0, 0.5, 10.0))]
    few = thinned(data, MOST_FOR_STARTS)
    rough = None if few is data else (_Likelihood(few), few.n)
    found = likeliest(NAMES, _Likelihood(data), starts, data.n, level=level, rough=rough)
    leaving = found["a"] / (found["a"] + found["b"])
    if found.reason is not None and leaving < RARE:
        return _nobody_leaves(data, found)
    return found


def _nobody_leaves(data: Cells, found: Fit) -> Fit:
    """The model's edge a = 0, where nobody leaves: purchases are negative binomial (Ehrenberg 1959)."""
    both, at_edge = _Likelihood(data), [EDGE, 0.0]

    def likelihood(logs: np.ndarray) -> tuple[float, np.ndarray]:
        value, slopes = both(np.array([*logs, *at_edge]))
        return value, slopes[:2]

    edge = likeliest(NAMES[:2], likelihood, [found.values[:2], (1.0, found["alpha"])], data.n, level=found.level)
    covariance = np.zeros((4, 4))
    covariance[:2, :2] = edge.covariance
    logs = np.array([*edge.logs, *at_edge])
    return replace(
        edge, names=NAMES, values=(*edge.values, 0.0, 1.0), covariance=covariance, logs=logs,
        edge="nobody is seen to leave for good", at_edge=("a", "b"),
    )  # fmt: skip


def thinned(data: Cells, most: int) -> Cells:
    """Every k-th cell in order of x, recency and age, so that about `most` are left; all where fewer."""
    rows = every_kth(data, most)
    return data if len(rows) == len(data.x) else Cells(*(c[rows] for c in (data.x, data.recency, data.age, data.counts)))


def every_kth(data: Cells, most: int) -> np.ndarray:
    """Which cells `thinned` keeps."""
    step = -(-len(data.x) // most)
    if step <= 1:
        return np.arange(len(data.x))
    if _in_order(data):
        return np.arange(step // 2, len(data.x), step)
    return np.lexsort((data.age, data.recency, data.x))[step // 2 :: step]


def _in_order(data: Cells) -> bool:
    """Whether cells stand in order of x, recency and age already."""
    rises, same = np.zeros(max(len(data.x) - 1, 0), dtype=bool), np.ones(max(len(data.x) - 1, 0), dtype=bool)
    for column in (data.x, data.recency, data.age):
        rises |= same & (column[1:] > column[:-1])
        same &= column[1:] == column[:-1]
    return bool((rises | same).all())


def still_active(logs: np.ndarray, data: Cells) -> np.ndarray:
    """The chance that a customer of each cell still buys; 1 without a repeat purchase, by the model."""
    r, alpha, a, b = np.exp(logs)
    later = np.maximum(b + data.x - 1, 1e-300)
    odds = math.log(a) - np.log(later) + (r + data.x) * (
        np.log(alpha + data.age) - np.log(alpha + data.recency)
    )
    return np.where(data.x > 0, special.expit(-odds), 1.0)


def expected_purchases(
    logs: np.ndarray, data: Cells, ahead: float, *, discount: float = 0.0
) -> np.ndarray:
    """Purchases to expect of one customer of each cell within the next `ahead`.

    Parameters
    ----------
    logs
        Logarithms of r, alpha, a, b (`Fit.logs`).
    ahead
        How long, in the unit of the cells' times.
    discount
        A purchase after s counts exp(-discount s): a continuous rate in one over that unit.

    Notes
    -----
    Equation (10) divides by a - 1 and takes a hypergeometric function whose terms cancel; the same
    number is the mean, over the chance p to leave (beta: a, b + x), of
    (1 - (1 + p ahead / (alpha + T))^-(r + x)) / p, times the chance to be active. Every part of it is
    positive, so it can neither cancel nor turn negative, and a = 1 is no exception. The mean is a
    trapezoid sum over the logit of p, whose error falls exponentially.
    """
    if not ahead >= 0:
        raise ValueError(f"a time ahead is 0 or more, not {ahead}.")
    r, alpha, a, b = np.exp(logs)
    out = np.zeros(len(data.x))
    for rows, x in _by_x(data):
        p, weights = _beta_nodes(a, b + x)
        # recency only tells whether a customer is active: cells of one age expect the same
        ages, of_age = np.unique(data.age[rows], return_inverse=True)
        found = np.zeros(len(ages))
        for part in _parts(np.arange(len(ages)), len(p)):
            scale = alpha + ages[part]
            if discount == 0:
                inside = np.log1p(np.multiply.outer(ahead / scale, p))
                found[part] = -np.expm1(-(r + x) * inside) @ (weights / p)
            else:
                for node, weight in zip(_NODES, _WEIGHTS, strict=True):
                    s = ahead * (node + 1) / 2
                    inside = np.log1p(np.multiply.outer(s / scale, p))
                    rate = (r + x) / scale * (np.exp(-(r + x + 1) * inside) @ weights)
                    found[part] += ahead / 2 * weight * math.exp(-discount * s) * rate
        out[rows] = found[of_age]
    return out * still_active(logs, data)


def expected_of_new(logs: np.ndarray, ahead: Sequence[float]) -> np.ndarray:
    """Repeat purchases to expect of a new customer within each time since its first, equation (9)."""
    r, alpha, a, b = np.exp(logs)
    p, weights = _beta_nodes(a, b)
    inside = np.log1p(np.multiply.outer(np.asarray(ahead, dtype=float) / alpha, p))
    return -np.expm1(-r * inside) @ (weights / p)


def _by_x(data: Cells) -> Iterator[tuple[np.ndarray, float]]:
    order = np.argsort(data.x, kind="stable")
    distinct, first = np.unique(data.x[order], return_index=True)
    for rows, x in zip(np.split(order, first[1:]), distinct, strict=True):
        yield rows, float(x)


def _parts(rows: np.ndarray, nodes: int) -> list[np.ndarray]:
    most = max(1, _MOST_AT_ONCE // nodes)
    return [rows[i : i + most] for i in range(0, len(rows), most)]


def _beta_nodes(a: float, b: float) -> tuple[np.ndarray, np.ndarray]:
    """Values of a beta variable and their weights, which add up to 1."""
    if a < 1e-9:
        return np.array([1e-300]), np.ones(1)
    spread = math.sqrt(1 / a + 1 / b)
    step = min(0.35, spread / 2.5)
    middle = math.log(a / b)
    logit = np.arange(middle - _TAIL / a - 9 * spread, middle + _TAIL / b + 9 * spread, step)
    log_density = -a * np.logaddexp(0, -logit) - b * np.logaddexp(0, logit)
    kept = log_density > log_density.max() - _TAIL
    weights = np.exp(log_density[kept] - log_density.max())
    # far below the smallest normal number p would divide by zero; the weight there is nothing
    return np.maximum(special.expit(logit[kept]), 1e-300), weights / weights.sum()
