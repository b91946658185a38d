"""Are groups made up alike: the same mix of regions in every arm, the same share kept by a filter?"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats


@dataclass(frozen=True)
class SameMix:
    """Pearson's test of homogeneity; all nan with a `reason` where there is nothing to compare."""

    statistic: float
    df: int
    p_value: float
    reason: str | None = None


def same_mix(counts: ArrayLike) -> SameMix:
    """Is the mix of kinds the same in every group?

    Parameters
    ----------
    counts : array of shape (groups, kinds)
        Independent units; kinds and groups without any unit are left out.

    Returns
    -------
    SameMix
        Chi-square with (groups - 1)(kinds - 1) degrees of freedom, no continuity correction
        (Pearson 1900; Agresti 2013, section 3.2). p of "the mix is the same".
    """
    table = np.asarray(counts, dtype=float)
    if table.ndim != 2 or (table < 0).any() or not np.isfinite(table).all():
        raise ValueError(f"counts must be a table of numbers of at least 0, got shape {table.shape}.")
    table = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    if min(table.shape) < 2:
        return SameMix(math.nan, 0, math.nan, "one group or one kind leaves nothing to compare")
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
    statistic = float(((table - expected) ** 2 / expected).sum())
    df = (table.shape[0] - 1) * (table.shape[1] - 1)
    return SameMix(statistic, df, float(stats.chi2.sf(statistic, df)))
