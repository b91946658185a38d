"""Customers under contract: the shifted beta-geometric for how many terms follow."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pandas as pd

from toolkit.customers.lifetime.definition import Renewals
from toolkit.customers.lifetime.reading import Holders
from toolkit.customers.lifetime.results import Holdout, ModelFit, SegmentValue
from toolkit.language import Sentence
from toolkit.stats import shifted_beta_geometric as sbg
from toolkit.stats.comparisons import Interval, undefined_interval
from toolkit.stats.limits import WaldLimits
from toolkit.stats.margin_multiple import margin_multiple

METHOD = "shifted beta-geometric"
POINT = 0.01


def models(part: Holders, level: float) -> tuple[ModelFit, ...]:
    """The model of one segment."""
    return (
        ModelFit(
            Sentence("How many terms follow: shifted beta-geometric"), sbg.fit(_counts(part.decisions), level=level),
            Sentence("decisions"),
        ),
    )  # fmt: skip


def _counts(frame: pd.DataFrame) -> sbg.Renewals:
    return sbg.renewals(frame.term, frame.n, frame.kept)


def value_of(
    segment: str | None, part: Holders, fits: tuple[ModelFit, ...], definition: Renewals
) -> SegmentValue:
    """What the customers of one segment are worth, each on average."""
    fit, terms, discount = fits[0].fit, definition.horizon_terms, definition.term_discount
    renewed, there = part.there.term.to_numpy(), part.there.there.to_numpy()
    n = float(there.sum())
    words = {"method": f"{METHOD}, profile likelihood", "n": n, "level": definition.level}

    def to_come(logs: np.ndarray, added: float = 0.0) -> float:
        each = [_renewals(logs, m, discount, terms, added) for m in renewed]
        return definition.value * float(np.dot(each, there)) / n

    new = fit.of(lambda logs: definition.value * _renewals(logs, 0, discount, terms), METHOD)
    if n == 0 and fit.converged:
        nobody = undefined_interval("nobody is under contract now", **words)
        existing = next_one = point = nobody
    else:
        existing = fit.of(to_come, METHOD)
        next_one = fit.of(lambda logs: float(sbg.retention(logs, renewed + 1) @ there / n), METHOD)
        point = fit.of(lambda logs: to_come(logs, POINT) - to_come(logs), METHOD)
    d = part.decisions
    simple = margin_multiple(
        definition.value, 0.0, float(d.kept.sum()), float(d.n.sum()), discount, level=definition.level
    )
    return SegmentValue(segment, n, existing, new, simple, next_one, point)


def _renewals(logs: np.ndarray, renewed: float, discount: float, terms: int, added: float = 0.0) -> float:
    """Discounted renewals within the horizon, each decision's rate raised by `added`."""
    if added == 0:
        return sbg.discounted_renewals(logs, renewed, discount, terms)
    ahead = np.arange(1, terms + 1)
    rates = np.minimum(sbg.retention(logs, renewed + ahead) + added, 1.0)
    return float(np.cumprod(rates) @ (1 + discount) ** -ahead)


def foretold(part: Holders, split: date | None, ends: date | None, level: float) -> Holdout:
    """Renewals of the last part, from the decisions before."""
    title = Sentence("Renewals of the last part, foretold from the decisions before")
    words = {"method": f"{METHOD} holdout", "n": float(part.before.n.sum()), "level": level}
    actual = float(part.after.kept.sum())
    fit = sbg.fit(_counts(part.before), level=level)
    if not fit.converged or not len(part.after):
        why = fit.reason or "no decision came in the part that was foretold"
        return Holdout(title, undefined_interval(why, **words), actual, split, ends)
    term, at_risk = part.after.term.to_numpy(), part.after.n.to_numpy()
    moved = fit.of(lambda logs: float(sbg.retention(logs, term) @ at_risk))
    rates = sbg.retention(fit.logs, term)
    total = float(rates @ at_risk)
    # each decision falls one way or the other
    chance = float((at_risk * rates * (1 - rates)).sum())
    se = math.hypot(moved.se if moved.defined else 0.0, math.sqrt(chance))
    low, high = WaldLimits(total, se).at(level)
    return Holdout(
        title, Interval(total, max(low, 0.0), high, level, se, math.nan, words["n"], words["method"]), actual, split, ends
    )
