"""Did assignment work: are the arms as large as they were meant to be?

A sample ratio mismatch makes every other number of a test worthless (Fabijan et al. 2019, KDD;
Kohavi, Tang & Xu 2020, chapter 21). It is judged at p < .001, for it is looked at every day.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special, stats

from toolkit.stats.limits import check_choice

THRESHOLD = 0.001
METHODS = ("auto", "chi-square", "exact")
# Below five expected units the chi-square distribution is a poor guide (Cochran 1954).
FEW = 5
TABLES_MOST = 300_000


@dataclass(frozen=True)
class SampleRatio:
    """Counts against intended shares; `passed` is None when there is nothing to judge."""

    counts: tuple[int, ...]
    expected: tuple[float, ...]
    statistic: float
    df: int
    p_value: float
    method: str
    reason: str | None = None

    @property
    def passed(self) -> bool | None:
        """Whether the counts fit the intended split (p at least .001)."""
        return None if math.isnan(self.p_value) else self.p_value >= THRESHOLD


def sample_ratio(
    counts: Sequence[int], intended: Sequence[float] | None = None, *, method: str = "auto"
) -> SampleRatio:
    """Do the arms' sizes fit the split that was intended?

    Parameters
    ----------
    counts : sequence of int
        Units per arm.
    intended : sequence of float, optional
        Intended split in the same order, in any unit (95 and 5, or .95 and .05); equal if None.
    method : str
        "chi-square"; "exact" (binomial for two arms, else all tables); "auto" takes the exact
        one where fewer than five units are expected in an arm and the tables can be counted.

    Returns
    -------
    SampleRatio
        p of "assignment follows the intended split". Fewer than two arms or no units: nan
        with the reason.
    """
    check_choice(method, METHODS, "method")
    found = [int(c) for c in counts]
    if any(c < 0 or c != given for c, given in zip(found, counts, strict=True)):
        raise ValueError(f"counts {list(counts)} must be whole numbers, not negative.")
    split = [1.0] * len(found) if intended is None else [float(s) for s in intended]
    if len(split) != len(found):
        raise ValueError(f"{len(found)} arms but {len(split)} intended shares.")
    if any(not (math.isfinite(s) and s > 0) for s in split):
        raise ValueError(f"intended shares {split} must all be above 0.")
    total = sum(found)
    expected = tuple(total * s / sum(split) for s in split)
    if len(found) < 2 or total == 0:
        reason = "no units" if total == 0 else "one arm has no split to compare"
        return SampleRatio(
            tuple(found), expected, math.nan, 0, math.nan, "none", reason=reason
        )
    statistic = sum((c - e) ** 2 / e for c, e in zip(found, expected, strict=True))
    df = len(found) - 1
    countable = len(found) == 2 or special.comb(total + df, df) <= TABLES_MOST
    if method == "exact" and not countable:
        raise ValueError(f"{total} units in {len(found)} arms make too many tables to count.")
    if method == "exact" or (method == "auto" and min(expected) < FEW and countable):
        p = _exact(found, [e / total for e in expected])
        return SampleRatio(tuple(found), expected, statistic, df, p, "exact")
    p = float(stats.chi2.sf(statistic, df))
    return SampleRatio(tuple(found), expected, statistic, df, p, "chi-square")


def _exact(counts: list[int], shares: list[float]) -> float:
    """Probability of all tables no likelier than the one found."""
    total = sum(counts)
    if len(counts) == 2:
        return float(stats.binomtest(counts[0], total, shares[0]).pvalue)
    tables = _tables(total, len(counts))
    logs = (
        special.gammaln(total + 1)
        - special.gammaln(tables + 1).sum(axis=1)
        + (tables * np.log(shares)).sum(axis=1)
    )
    own = (
        special.gammaln(total + 1)
        - special.gammaln(np.array(counts) + 1).sum()
        + (np.array(counts) * np.log(shares)).sum()
    )
    return min(1.0, float(np.exp(logs[logs <= own + 1e-9]).sum()))


def _tables(total: int, arms: int) -> np.ndarray:
    """Every way to put `total` units into `arms` arms, one a row."""
    if arms == 1:
        return np.array([[total]])
    parts = []
    for first in range(total + 1):
        rest = _tables(total - first, arms - 1)
        parts.append(np.column_stack([np.full(len(rest), first), rest]))
    return np.vstack(parts)
