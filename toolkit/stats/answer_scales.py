"""What does a question's scale allow, and how are answers on it turned into a score?

An index from 0 to 100, the share of the top answers (CSAT), promoters less detractors (NPS), the
mean effort (CES); and which codes are no answers at all.

Sources
-------
Reichheld (2003), Harvard Business Review 81(12), 46-54: 9-10 promote, 0-6 detract. Dixon, Freeman &
Toman (2010), Harvard Business Review 88(7/8), 116-122: effort. Bhatia & Davis (2000), American
Mathematical Monthly 107, 353-357: the largest variance a mean on a scale allows.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from toolkit.stats.limits import check_choice

KINDS = ("index", "net_score", "top_two", "mean")


@dataclass(frozen=True)
class Scale:
    """Lowest and highest answer of a question; answers are whole steps between them."""

    low: float
    high: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low < self.high):
            raise ValueError(f"a scale goes up from its lowest answer; got {self.low} to {self.high}.")

    @property
    def width(self) -> float:
        """From the lowest to the highest answer."""
        return self.high - self.low

    def outside(self, answers: ArrayLike) -> dict[float, int]:
        """Codes that lie outside the scale, with how often they occur; nan is missing, not outside."""
        x = np.asarray(answers, dtype=float)
        wrong = x[(x < self.low) | (x > self.high)]
        codes, counts = np.unique(wrong, return_counts=True)
        return dict(zip(codes.tolist(), counts.tolist(), strict=True))

    def index(self, value: ArrayLike) -> np.ndarray:
        """Answers, or a mean of them, on 0 to 100: 100 (x - low) / (high - low)."""
        return 100 * (np.asarray(value, dtype=float) - self.low) / self.width

    def widest_sd(self, mean: float) -> float:
        """The largest standard deviation that answers with this mean can have (Bhatia & Davis)."""
        if not self.low <= mean <= self.high:
            raise ValueError(f"a mean of {mean} lies outside the scale {self.low} to {self.high}.")
        return math.sqrt((self.high - mean) * (mean - self.low))


def scored(answers: ArrayLike, scale: Scale, kind: str) -> np.ndarray:
    """Each answer as what is averaged: its mean is the score.

    Parameters
    ----------
    answers : array (n,)
        nan stays nan.
    kind
        ``"index"`` 0 to 100; ``"net_score"`` +100 for the top two steps, -100 for the bottom part
        (of 0 to 10: 9 and 10, 0 to 6), 0 between; ``"top_two"`` 1 for the two highest steps, else
        0; ``"mean"`` as it is (effort).

    Raises
    ------
    ValueError
        A code outside the scale, named; ``net_score`` on a scale that is not 0 to 10.
    """
    check_choice(kind, KINDS, "kind")
    x = np.asarray(answers, dtype=float)
    if wrong := scale.outside(x):
        named = ", ".join(f"{code:g} ({n} times)" for code, n in wrong.items())
        raise ValueError(f"codes outside the scale {scale.low:g} to {scale.high:g}: {named}.")
    known = np.isfinite(x)
    if kind == "index":
        return scale.index(x)
    if kind == "mean":
        return x.copy()
    if kind == "top_two":
        return np.where(known, (x >= scale.high - 1).astype(float), math.nan)
    if (scale.low, scale.high) != (0, 10):
        raise ValueError(f"a net promoter score is of 0 to 10, not {scale.low:g} to {scale.high:g}.")
    return np.where(known, 100.0 * ((x >= 9).astype(float) - (x <= 6)), math.nan)
