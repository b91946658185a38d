"""How many terms of contract follow, when customers differ in how likely they are to leave?

The shifted beta-geometric model (Fader & Hardie 2007, "How to Project Customer Retention", Journal
of Interactive Marketing 21:76): at the end of every term a customer leaves with a chance of its own
(beta: `alpha`, `beta`). Those likely to leave go first, so retention rises with age though nobody
changes; one rate for all misjudges what is left (Fader & Hardie 2010, Marketing Science 29:85).

Intervals are ranges over the likelihood region: where customers are nearly alike the likelihood is
lopsided and its top often lies at the edge, and an interval from the curvature at the top then holds
79 to 90 % instead of 95 %.

Data are counted by the number of the renewal, so that customers of different ages, and customers
first seen at a later renewal, enter alike.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import special

from toolkit.stats.likelihood_regions import region_outline
from toolkit.stats.likeliest import Fit, likeliest

NAMES = ("alpha", "beta")
METHOD = "shifted beta-geometric, maximum likelihood"
ALIKE = 1e3
"""Parameters that add up to more than this, with no top, tell no difference between customers."""
FEWEST = 10
"""Decisions below which nothing is fitted."""
NOTHING = 34.0
"""exp(-34) is left out of a sum without end."""
EDGE = 1e6
"""What they add up to instead: retention then rises by a millionth a term."""

ALL_BUT_ALIKE = 1e8
"""And along the edge of the likelihood region, where not even that is known."""


@dataclass(frozen=True, eq=False)
class Renewals:
    """Decisions at the end of each term.

    Attributes
    ----------
    term : ndarray
        Number of the decision: 1 is that at the end of the first term.
    at_risk, kept : ndarray
        Customers whose term ended, and those of them who went on.
    """

    term: np.ndarray
    at_risk: np.ndarray
    kept: np.ndarray

    def __post_init__(self) -> None:
        if not len(self.term) == len(self.at_risk) == len(self.kept):
            raise ValueError("terms, customers at risk and customers kept must be equally long.")
        if ((self.term < 1) | (self.term != np.floor(self.term))).any():
            raise ValueError("terms are counted 1, 2, 3 and on.")
        if len(np.unique(self.term)) != len(self.term):
            raise ValueError("each term stands once.")
        if not ((self.kept >= 0) & (self.kept <= self.at_risk)).all():
            raise ValueError("customers kept lie between 0 and those at risk.")

    @property
    def n(self) -> float:
        """Decisions."""
        return float(self.at_risk.sum())


def renewals(term: Sequence[float], at_risk: Sequence[float], kept: Sequence[float]) -> Renewals:
    """Decisions from counts."""
    return Renewals(*(np.asarray(c, dtype=float) for c in (term, at_risk, kept)))


def of_survivors(survivors: Sequence[float]) -> Renewals:
    """Decisions of one cohort, from how many were left after 0, 1, 2 and more terms."""
    left = np.asarray(survivors, dtype=float)
    return Renewals(np.arange(1, len(left), dtype=float), left[:-1], left[1:])


def fit(data: Renewals, *, level: float = 0.95) -> Fit:
    """The parameters `alpha` and `beta`.

    Returns
    -------
    Fit
        With a `reason` where the data cannot tell: no decisions, nobody left or everybody, or
        decisions of one term only, which no two parameters can be told from. Where customers are
        not seen to differ, the model at its `edge`: one chance to leave for all, geometric.
    """
    lost = data.at_risk - data.kept
    nan = math.nan
    reason = None
    if data.n == 0:
        reason = "no term has ended"
    elif data.n < FEWEST:
        reason = "fewer than 10 decisions were taken"
    elif lost.sum() == 0:
        reason = "nobody has left, so how long customers stay is not known"
    elif data.kept.sum() == 0:
        reason = "everybody left at the first chance"
    elif (data.at_risk > 0).sum() < 2:
        reason = "decisions of two terms or more are needed"
    if reason:
        return Fit(NAMES, (nan,) * 2, nan, np.full((2, 2), nan), data.n, 0, nan, nan, 0, 0, level, reason)
    share = float(lost.sum() / data.n)
    starts = [(share * s, (1 - share) * s) for s in (2.0, 0.5, 20.0)]
    found = likeliest(NAMES, lambda logs: _likelihood(data, logs), starts, data.n, level=level)
    if found.reason is not None and sum(found.values) > ALIKE:
        found = _all_alike(data, found, share)
    return replace(found, region=_region(data, found)) if found.reason is None else found


def _region(data: Renewals, found: Fit) -> np.ndarray:
    """The outline of the likelihood region, as logarithms of alpha and beta.

    Traced in the logit of the mean chance to leave and in how much customers differ,
    1 / (alpha + beta), in which the likelihood is regular down to 0, where all are alike.
    """
    share = found.values[0] / sum(found.values)
    differ = 0.0 if found.edge else 1 / sum(found.values)
    lost, before = data.at_risk - data.kept, data.term - 1

    def at(points: np.ndarray) -> np.ndarray:
        leave, further = special.expit(points[:, :1]), points[:, 1:] * before
        with np.errstate(divide="ignore", invalid="ignore"):
            kept = special.xlogy(data.kept, special.expit(-points[:, :1]) + further)
            return lost.sum() * np.log(leave[:, 0]) + (kept - data.at_risk * np.log1p(further)).sum(axis=1)

    further = 1 + differ * before
    stay = (further - share) / further
    slopes = np.stack([-share * (1 - share) / further, share * before / further**2])
    information = (slopes * (data.at_risk / (stay * (1 - stay)))) @ slopes.T
    top = np.array([special.logit(share), differ])
    outline = region_outline(at, top, np.linalg.inv(information), least=0.0, level=found.level)
    both = -np.log(np.maximum(outline[:, 1], 1 / ALL_BUT_ALIKE))
    return np.stack([special.log_expit(outline[:, 0]) + both, special.log_expit(-outline[:, 0]) + both], axis=1)


def _all_alike(data: Renewals, found: Fit, share: float) -> Fit:
    """The model's edge, where all leave with one chance: geometric, alpha and beta without end.

    What is left to know is that chance; its logit is log alpha - log beta, and moves them apart.
    """
    logs = np.log([share * EDGE, (1 - share) * EDGE])
    apart = np.array([1 - share, -share])
    covariance = np.outer(apart, apart) / (data.n * share * (1 - share))
    value, slope = _likelihood(data, logs)
    return replace(
        found, values=tuple(np.exp(logs).tolist()), log_likelihood=value, covariance=covariance, logs=logs,
        gradient=float(np.abs(slope).max()) / data.n, distance=0.0, reason=None,
        edge="customers are not seen to differ", at_edge=NAMES,
    )  # fmt: skip


def _likelihood(data: Renewals, logs: np.ndarray) -> tuple[float, np.ndarray]:
    alpha, beta = np.exp(logs)
    lost, before = data.at_risk - data.kept, data.term - 1
    both = alpha + beta + before
    value = lost.sum() * logs[0] + data.kept @ np.log(beta + before) - data.at_risk @ np.log(both)
    shared = data.at_risk @ (1 / both)
    slopes = np.array([lost.sum() / alpha - shared, data.kept @ (1 / (beta + before)) - shared])
    return float(value), slopes * np.exp(logs)


def log_likelihood(data: Renewals, alpha: float, beta: float) -> float:
    """Log-likelihood of all decisions."""
    return _likelihood(data, np.log([alpha, beta]))[0]


def survival(logs: np.ndarray, terms: Sequence[float], renewed: float = 0.0) -> np.ndarray:
    """Share still there after so many further terms, of those who have renewed `renewed` times."""
    alpha, beta = np.exp(logs)
    terms = np.asarray(terms, dtype=float)
    start = beta + renewed
    return np.exp(special.betaln(alpha, start + terms) - special.betaln(alpha, start))


def retention(logs: np.ndarray, term: Sequence[float]) -> np.ndarray:
    """Share renewing at decision `term` of those who came to it."""
    alpha, beta = np.exp(logs)
    before = np.asarray(term, dtype=float) - 1
    return (beta + before) / (alpha + beta + before)


def expected_terms(logs: np.ndarray) -> float:
    """Mean number of terms of a new customer, the first included; infinite where alpha is 1 or less."""
    alpha, beta = np.exp(logs)
    return float((alpha + beta - 1) / (alpha - 1)) if alpha > 1 else math.inf


def discounted_renewals(
    logs: np.ndarray, renewed: float, discount: float, horizon: float = math.inf
) -> float:
    """How many further renewals to expect, those further off counting less?

    Parameters
    ----------
    renewed
        How often the customer has renewed; 0 is a new one in its first term.
    discount
        A renewal j terms from now counts (1 + discount)^-j.
    horizon
        Only renewals within so many terms; all where infinite.

    Notes
    -----
    Fader & Hardie (2010) state DERL at the moment of the next decision: it is (1 + discount) times
    this, which is stated one term earlier, as margin * r / (1 + d - r) is.
    """
    if discount < 0 or (discount == 0 and math.isinf(horizon) and math.exp(logs[0]) <= 1):
        raise ValueError("without an end and a discount there is no finite number of renewals.")
    if discount == 0 and math.isinf(horizon):
        alpha, beta = np.exp(logs)
        return float((beta + renewed) / (alpha - 1))
    # what lies further off than this adds less than 1e-14; the closed form's 2F1 fails where all are alike
    furthest = NOTHING / math.log1p(discount) if discount > 0 else math.inf
    ahead = np.arange(1, math.floor(min(horizon, furthest)) + 1)
    return float(survival(logs, ahead, renewed) @ np.exp(-math.log1p(discount) * ahead))
