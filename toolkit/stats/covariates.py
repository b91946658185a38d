"""How much sharper is the test when each unit's history is taken out of its result?

CUPED (Deng, Xu, Kohavi & Walker 2013, WSDM) is the covariance adjustment with covariates
measured before assignment. Everything comes from moments per arm; no rows.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from toolkit.stats.means import MeanMoments


@dataclass(frozen=True)
class JointMoments:
    """One arm's count, means and covariance matrix of the outcome and its covariates.

    Parameters
    ----------
    n : float
        Independent units.
    means : tuple of float, length k
        The outcome first, then the covariates.
    covariance : tuple of tuple of float, k x k
        With divisor n - 1.
    """

    n: float
    means: tuple[float, ...]
    covariance: tuple[tuple[float, ...], ...]

    def __post_init__(self) -> None:
        k = len(self.means)
        matrix = np.asarray(self.covariance, dtype=float)
        if k < 1 or matrix.shape != (k, k):
            raise ValueError(
                f"{k} means need a {k} x {k} covariance matrix, not {matrix.shape}."
            )
        if self.n < 2:
            raise ValueError(f"n is {self.n}; a covariance matrix needs two units.")
        if not (np.isfinite(matrix).all() and np.isfinite(self.means).all()):
            raise ValueError("means and covariances must be finite.")
        if not np.allclose(matrix, matrix.T, rtol=1e-9, atol=0):
            raise ValueError("a covariance matrix is symmetric.")
        if (np.diag(matrix) < 0).any():
            raise ValueError("a variance is not negative.")

    def linearised(self, *columns: int | tuple[int, int]) -> JointMoments:
        """The same arm with some columns turned into ratios of two, by the delta method.

        Each argument is a column, or a (numerator, denominator) pair; `linearised((0, 1), 2)`
        makes a ratio metric with one plain covariate out of moments of y, x and the covariate.
        """
        means = np.asarray(self.means)
        weights = np.zeros((len(columns), len(means)))
        values = []
        for row, column in enumerate(columns):
            if isinstance(column, tuple):
                top, bottom = column
                if means[bottom] == 0:
                    raise ValueError(f"column {bottom} is empty: no ratio over it.")
                ratio = means[top] / means[bottom]
                weights[row, top] += 1 / means[bottom]
                weights[row, bottom] -= ratio / means[bottom]
                values.append(float(ratio))
            else:
                weights[row, column] = 1
                values.append(float(means[column]))
        matrix = weights @ np.asarray(self.covariance) @ weights.T
        matrix = (matrix + matrix.T) / 2
        return JointMoments(self.n, tuple(values), tuple(map(tuple, matrix.tolist())))


def from_columns(outcome: np.ndarray, *covariates: np.ndarray) -> JointMoments:
    """Joint moments of arrays of equal length, centred."""
    rows = np.vstack([np.asarray(c, dtype=float) for c in (outcome, *covariates)])
    matrix = np.atleast_2d(np.cov(rows))
    return JointMoments(
        rows.shape[1], tuple(rows.mean(axis=1).tolist()), tuple(map(tuple, matrix.tolist()))
    )


@dataclass(frozen=True)
class Adjustment:
    """What adjusting for covariates gives.

    Attributes
    ----------
    arms : tuple of MeanMoments
        Adjusted mean and variance of each arm, in the order given; go on with
        `means.difference` and `means.relative`.
    theta : tuple of float
        Change of the outcome per unit of each covariate, within arms.
    variance_saved : float
        1 - (adjusted / plain variance of the arms' means, summed); what the covariates really
        saved, 0 when they are useless, slightly negative when they only cost.
    """

    arms: tuple[MeanMoments, ...]
    theta: tuple[float, ...]
    variance_saved: float


def adjust(arms: Sequence[JointMoments]) -> Adjustment:
    """What are the arms' means after what the covariates explain is taken out?

    theta is the regression of the outcome on the covariates within arms (pooled covariance, so
    that an effect of the treatment on the outcome does not leak into it); each arm's mean is
    moved to the covariates' overall mean. The difference of two arms' adjusted means equals
    the least-squares coefficient of the arm in outcome ~ arm + covariates. Variances are by
    arm, divided by the degrees of freedom left after theta, so that unequal spread stays
    allowed as in Welch's test. A covariate that does not vary, or repeats others, adds nothing.

    For a ratio metric give `linearised` moments.
    """
    if not arms:
        raise ValueError("no arm to adjust.")
    sizes = {len(arm.means) for arm in arms}
    if len(sizes) != 1:
        raise ValueError(f"arms have {sorted(sizes)} columns; all need the same ones.")
    counts = np.array([arm.n for arm in arms])
    means = np.array([arm.means for arm in arms])
    matrices = np.array([arm.covariance for arm in arms])
    within = ((counts - 1)[:, None, None] * matrices).sum(axis=0) / (counts - 1).sum()
    theta, rank = _regression(within)
    overall = (counts[:, None] * means[:, 1:]).sum(axis=0) / counts.sum()
    contrast = np.concatenate([[1.0], -theta])
    left = counts.sum() - len(arms)
    if left - rank <= 0:
        raise ValueError(f"{int(counts.sum())} units are too few for {rank} covariates.")
    adjusted = []
    for count, mean, matrix in zip(counts, means, matrices, strict=True):
        variance = float(contrast @ matrix @ contrast) * left / (left - rank)
        adjusted.append(
            MeanMoments(
                float(count), float(mean[0] - theta @ (mean[1:] - overall)), max(variance, 0.0)
            )
        )
    before = float((matrices[:, 0, 0] / counts).sum())
    after = sum(arm.variance / arm.n for arm in adjusted)
    saved = 1 - after / before if before > 0 else math.nan
    return Adjustment(tuple(adjusted), tuple(map(float, theta)), saved)


def _regression(within: np.ndarray) -> tuple[np.ndarray, int]:
    """Slopes of column 0 on the others and how many of them are independent."""
    spread = np.sqrt(np.diag(within)[1:])
    varies = spread > 0
    theta = np.zeros(len(spread))
    if not varies.any():
        return theta, 0
    scale = spread[varies]
    inner = within[1:, 1:][np.ix_(varies, varies)] / np.outer(scale, scale)
    # Correlations, so that pence and years weigh alike when deciding what repeats what.
    slopes, _, rank, _ = np.linalg.lstsq(inner, within[1:, 0][varies] / scale, rcond=1e-10)
    theta[varies] = slopes / scale
    return theta, int(rank)
