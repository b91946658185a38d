"""Who does better, once everyone's mix of easy and hard work is allowed for?

Indirect standardisation: what each did, over what all together would have done with the same work.
Keiding & Clayton (2014), Statistical Science 29:529.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike


@dataclass(frozen=True)
class Standardised:
    """Each one's share, as if the mix had been everyone's.

    Attributes
    ----------
    value : array (p,)
        Observed over expected, times the overall share; nan where nothing is expected.
    se : array (p,)
        Its standard error.
    raw : array (p,)
        The share as it is.
    expected : array (p,)
        The share that all together would have had with this mix.
    n : array (p,)
        Opportunities.
    overall : float
        The share of all.
    """

    value: np.ndarray
    se: np.ndarray
    raw: np.ndarray
    expected: np.ndarray
    n: np.ndarray
    overall: float


def indirect(
    kept: ArrayLike, opportunities: ArrayLike, squares: ArrayLike | None = None
) -> Standardised:
    """Shares adjusted for a mix of strata.

    Parameters
    ----------
    kept : array (p, s)
        Of each one in each stratum: sum of what was kept.
    opportunities : array (p, s)
        Out of how many; 0 where that one had none of that stratum.
    squares : array (p, s), optional
        Sum of squares of what was kept by opportunity; `kept` (0 or 1 each) where absent.

    Returns
    -------
    Standardised
        Standard errors take the strata's shares as known, and the spread within strata from all.

    Raises
    ------
    ValueError
        Shapes that differ, negative numbers, or more kept than there were opportunities.
    """
    y, n = np.asarray(kept, dtype=float), np.asarray(opportunities, dtype=float)
    q = y if squares is None else np.asarray(squares, dtype=float)
    if y.ndim != 2 or y.shape != n.shape or q.shape != n.shape:
        raise ValueError("kept and opportunities are tables of the same shape.")
    if (y < 0).any() or (n < 0).any() or (y > n + 1e-9).any():
        raise ValueError("what was kept lies between 0 and the opportunities.")
    total = n.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(total > 0, y.sum(axis=0) / total, 0.0)
        spread = np.where(total > 0, q.sum(axis=0) / total - share**2, 0.0)
        expected = n @ share
        overall = float(y.sum() / n.sum()) if n.sum() else np.nan
        value = np.where(expected > 0, y.sum(axis=1) / expected * overall, np.nan)
        se = np.where(
            expected > 0, np.sqrt(n @ np.maximum(spread, 0.0)) / expected * overall, np.nan
        )
        rows = n.sum(axis=1)
        raw = np.where(rows > 0, y.sum(axis=1) / rows, np.nan)
        mine = np.where(rows > 0, expected / rows, np.nan)
    return Standardised(value, se, raw, mine, rows, overall)
