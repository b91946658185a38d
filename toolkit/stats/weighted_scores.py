"""Which choice has the best weighted score, and how far may the weights move before that changes?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Turn:
    """The weight of one criterion at which another choice comes first.

    Attributes
    ----------
    weight
        As it is, of 1.
    turns_at
        The nearest weight at which the first place changes, the others keeping their proportions;
        nan where it never does.
    to
        Position of the choice that is first then; -1 where none is.
    """

    weight: float
    turns_at: float
    to: int

    @property
    def room(self) -> float:
        """How far the weight may move; infinite where nothing changes."""
        return abs(self.turns_at - self.weight) if math.isfinite(self.turns_at) else math.inf


def totals(scores: np.ndarray, weights: Sequence[float]) -> np.ndarray:
    """Weighted mean of the scores of each choice.

    Parameters
    ----------
    scores
        Shape (choices, criteria).
    weights
        One a criterion, not negative; they are scaled to a sum of 1.

    Raises
    ------
    ValueError
        Shapes that do not fit, a weight below 0, or no weight at all.
    """
    scores, weights = np.asarray(scores, float), _weights(weights)
    if scores.ndim != 2 or scores.shape[1] != weights.size:
        raise ValueError(f"{weights.size} weights do not fit scores of shape {scores.shape}.")
    return scores @ weights


def turns(scores: np.ndarray, weights: Sequence[float]) -> tuple[Turn, ...]:
    """How far each weight may move, alone, before another choice comes first.

    With one weight at w and the others in proportion, every total is a straight line in w; where
    the leader's line is met first, upwards or downwards, the order changes.
    """
    scores, weights = np.asarray(scores, float), _weights(weights)
    leader = int(np.argmax(totals(scores, weights)))
    out = []
    for j, weight in enumerate(weights):
        others = weights.copy()
        others[j] = 0.0
        rest = others / others.sum() if others.sum() > 0 else others
        alone, without = scores[:, j], scores @ rest  # totals at w = 1 and at w = 0
        best, to = math.nan, -1
        for k in range(len(scores)):
            slope = (alone[k] - without[k]) - (alone[leader] - without[leader])
            if k == leader or slope == 0:
                continue
            at = (without[leader] - without[k]) / slope
            if 0 <= at <= 1 and not abs(at - weight) >= abs(best - weight):
                best, to = float(at), k
        out.append(Turn(float(weight), best, to))
    return tuple(out)


def first_share(scores: np.ndarray, n: int, seed: int) -> np.ndarray:
    """For which share of all possible weights is each choice first?

    Weights are drawn evenly from all that sum to 1 (stochastic multicriteria acceptability
    analysis: Lahdelma, Hokkanen & Salminen 1998, SMAA, European Journal of Operational Research
    106:137). Ties share.
    """
    scores = np.asarray(scores, float)
    weights = np.random.default_rng(seed).dirichlet(np.ones(scores.shape[1]), n)
    worth = weights @ scores.T
    first = worth >= worth.max(axis=1, keepdims=True)
    return (first / first.sum(axis=1, keepdims=True)).mean(axis=0)


def _weights(weights: Sequence[float]) -> np.ndarray:
    weights = np.asarray(weights, float)
    if weights.size == 0 or not np.isfinite(weights).all() or (weights < 0).any():
        raise ValueError("a weight is a number that is not below 0, one a criterion.")
    if weights.sum() <= 0:
        raise ValueError("no criterion has a weight.")
    return weights / weights.sum()
