"""Which part of the differences between groups is luck?

Estimates drawn towards their common mean as far as their own uncertainty says (empirical Bayes), so
that the first of many is not believed to be as good as it looks.

Sources
-------
DerSimonian & Laird (1986), Controlled Clinical Trials 7, 177-188: the variance between groups.
Morris (1983), JASA 78, 47-55: shrinking and its uncertainty.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike


@dataclass(frozen=True)
class Shrunk:
    """Groups' values with the luck taken out.

    Attributes
    ----------
    value : array (k,)
        Nearer to `centre` than the estimates are.
    se : array (k,)
        Of `value`, the uncertainty of the centre counted.
    centre : float
        Mean of the groups, weighted by 1 / (se^2 + tau2).
    tau2 : float
        Variance between groups that is no luck; 0 where chance explains all differences.
    kept : array (k,)
        Share of the distance from the centre that is kept.
    q, q_df : float
        Cochran's Q and its degrees of freedom.
    """

    value: np.ndarray
    se: np.ndarray
    centre: float
    tau2: float
    kept: np.ndarray
    q: float
    q_df: int


def shrunk(estimates: ArrayLike, errors: ArrayLike) -> Shrunk:
    """Estimates of groups, each drawn towards the mean of all.

    Parameters
    ----------
    estimates, errors : array (k,)
        Two or more, independent; errors are standard errors above 0.
    """
    x, se = np.asarray(estimates, dtype=float), np.asarray(errors, dtype=float)
    if len(x) < 2 or x.shape != se.shape:
        raise ValueError(f"shrinking needs two or more estimates with their errors; got {len(x)}.")
    if not (np.isfinite(x).all() and np.isfinite(se).all() and (se > 0).all()):
        raise ValueError("estimates must be finite, and their standard errors above 0.")
    k = len(x)
    w = se**-2
    fixed = w @ x / w.sum()
    q = float(w @ (x - fixed) ** 2)
    tau2 = max(0.0, (q - (k - 1)) / float(w.sum() - (w @ w) / w.sum()))
    v = 1 / (se**2 + tau2)
    centre = float(v @ x / v.sum())
    kept = tau2 * v
    value = centre + kept * (x - centre)
    error = np.sqrt(kept * se**2 + (1 - kept) ** 2 / v.sum())
    if math.isclose(tau2, 0.0):
        error = np.full(k, 1 / math.sqrt(v.sum()))
    return Shrunk(value, error, centre, tau2, kept, q, k - 1)
