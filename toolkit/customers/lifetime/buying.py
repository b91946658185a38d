"""Customers without a contract: BG/NBD for how often, Gamma-Gamma for how much."""

from __future__ import annotations

import math
from datetime import date

import numpy as np

from toolkit.customers.lifetime.definition import Purchases, Summary
from toolkit.customers.lifetime.purchases import PER_YEAR
from toolkit.customers.lifetime.reading import Buyers, Windows
from toolkit.customers.lifetime.results import Holdout, ModelFit, SegmentValue
from toolkit.language import Sentence
from toolkit.stats import bg_nbd, gamma_gamma
from toolkit.stats.comparisons import Interval, undefined_interval
from toolkit.stats.likeliest import Fit
from toolkit.stats.limits import LogLimits, WaldLimits
from toolkit.stats.margin_multiple import margin_multiple

MOST_FOR_SLOPES = 4_000
"""Cells that an interval's slopes are taken on; the value itself is over all."""
METHOD = "BG/NBD x Gamma-Gamma, delta method"


def models(part: Buyers, money: bool, level: float) -> tuple[ModelFit, ...]:
    """The models of one segment."""
    often = ModelFit(
        Sentence("How often they buy: BG/NBD, in weeks"), bg_nbd.fit(part.cells, level=level), Sentence("customers")
    )
    if not money:
        return (often,)
    amounts = part.amounts
    if amounts is None or not len(amounts):
        much = gamma_gamma.fit([], [], level=level)
    else:
        much = gamma_gamma.fit(amounts.x, amounts["mean"], amounts.n, level=level)
    return often, ModelFit(
        Sentence("How much they spend at a purchase: Gamma-Gamma"), much, Sentence("customers who came back")
    )


def in_weeks(cells: bg_nbd.Cells, per_year: float) -> bg_nbd.Cells:
    """Cells of another unit of time, in weeks."""
    scale = PER_YEAR / per_year
    return bg_nbd.Cells(cells.x, cells.recency * scale, cells.age * scale, cells.counts)


def related(part: Buyers, level: float) -> Interval | None:
    """How often against how much."""
    if part.amounts is None or not len(part.amounts):
        return None
    return gamma_gamma.independence(part.amounts.x, part.amounts["mean"], part.amounts.n, level=level)


def value_of(
    segment: str | None, part: Buyers, fits: tuple[ModelFit, ...], definition: Purchases | Summary
) -> SegmentValue:
    """What the customers of one segment are worth, each on average."""
    often, much = fits[0].fit, fits[1].fit if len(fits) > 1 else None
    money = bool(getattr(definition, "amount", None) or getattr(definition, "spend", None))
    words = {"method": METHOD, "n": part.cells.n, "level": definition.level}
    missing = undefined_interval("no contract to renew", **words)

    reason = next((f.fit.reason for f in fits if f.fit.reason), None)
    if reason:
        there = new = undefined_interval(reason, **words)
        active = undefined_interval(often.reason, **words) if often.reason else _active(often, part.cells)
    else:
        there = _valued(part.cells, part.spent, often, much, definition, words)
        first = bg_nbd.Cells(*(np.zeros(1) for _ in range(3)), np.ones(1))
        new = _valued(first, np.zeros(1), often, much, definition, words)
        active = _active(often, part.cells)
    return SegmentValue(segment, part.cells.n, there, new, _simple(part.windows, definition, money), active, missing)


def _spend_sums(logs: np.ndarray, cells: bg_nbd.Cells, spent: np.ndarray) -> np.ndarray:
    """By cell: what its customers spend at a purchase, summed; it is linear in their own means."""
    p, q, v = np.exp(logs)
    down = p * cells.x + q - 1
    if (down <= 0).any():
        return np.full(len(cells.x), math.nan)
    return p * (v * cells.counts + cells.x * spent) / down


def _valued(cells, spent, often: Fit, much: Fit | None, definition, words: dict) -> Interval:
    """The mean value with the errors of both models' parameters, which share no data's likelihood."""
    ahead = definition.horizon_years * PER_YEAR
    rate = math.log1p(definition.discount) / PER_YEAR

    def to_come(logs: np.ndarray, of: bg_nbd.Cells) -> np.ndarray:
        return bg_nbd.expected_purchases(logs, of, ahead, discount=rate)

    def worth(purchases: np.ndarray, logs: np.ndarray | None, of: bg_nbd.Cells, sums: np.ndarray) -> float:
        if logs is None:
            return float(purchases @ of.counts / of.n)
        return definition.margin * float(purchases @ _spend_sums(logs, of, sums) / of.n)

    amounts = None if much is None else much.logs
    estimate = worth(to_come(often.logs, cells), amounts, cells, spent)
    if not (math.isfinite(estimate) and estimate > 0):
        return undefined_interval("the mean amount does not exist: a few customers spend without bound", **words)
    few, few_spent = thinned(cells, spent)
    slopes = [often.of(lambda logs: worth(to_come(logs, few), amounts, few, few_spent))]
    if much is not None:
        # the purchases to come stay as they are while the amounts move
        fixed = to_come(often.logs, few)
        slopes.append(much.of(lambda logs: worth(fixed, logs, few, few_spent)))
    if not all(s.defined for s in slopes):
        return undefined_interval(next(s.reason for s in slopes if s.reason), estimate=estimate, **words)
    log_se = math.hypot(*(s.se / s.estimate for s in slopes))
    low, high = (end + 1 for end in LogLimits(estimate - 1, log_se).at(words["level"]))
    return Interval(estimate, low, high, words["level"], estimate * log_se, math.nan, cells.n, METHOD)


def thinned(cells: bg_nbd.Cells, summed: np.ndarray) -> tuple[bg_nbd.Cells, np.ndarray]:
    """Every k-th cell, in order of x, recency and age: enough for how a mean moves with the parameters."""
    rows = bg_nbd.every_kth(cells, MOST_FOR_SLOPES)
    return bg_nbd.Cells(cells.x[rows], cells.recency[rows], cells.age[rows], cells.counts[rows]), summed[rows]


def _active(fit: Fit, cells: bg_nbd.Cells) -> Interval:
    few, _ = thinned(cells, cells.counts)
    share = float(bg_nbd.still_active(fit.logs, cells) @ cells.counts / cells.n)
    moved = fit.of(lambda logs: 1 - float(bg_nbd.still_active(logs, few) @ few.counts / few.n))
    words = {"method": "BG/NBD, delta method", "n": cells.n, "level": fit.level}
    if not (0 < share < 1 and moved.defined):
        return undefined_interval(moved.reason or "the model says so of everybody", estimate=share, **words)
    # symmetric for the logarithm of the share that left
    log_se = moved.se / moved.estimate
    low, high = LogLimits(-share, log_se).at(fit.level)
    return Interval(share, -high if -high > 0 else 0.0, -low, fit.level, moved.se, math.nan, cells.n, words["method"])


def _simple(windows: Windows | None, definition, money: bool) -> Interval:
    words = {"method": "margin multiple", "n": 0, "level": definition.level}
    if windows is None:
        return undefined_interval("it needs the purchases themselves, in two windows of time", **words)
    if not money:
        return undefined_interval("amounts are not known", **words)
    if windows.last < 2:
        return undefined_interval("nobody bought in the last window", **words)
    discount = (1 + definition.discount) ** windows.years - 1
    margin, error = definition.margin * windows.spend, windows.spend_sd / math.sqrt(windows.last)
    return margin_multiple(
        margin, definition.margin * error, windows.both, windows.before, discount, level=definition.level
    )


def foretold(part: Buyers, split: date | None, ends: date | None, level: float) -> Holdout:
    """Repeat purchases of the last part, from the part before."""
    title = Sentence("Purchases of the last part of the time, foretold from the part before")
    words = {"method": "BG/NBD holdout", "n": 0.0, "level": level}
    if part.before is None:
        why = "it needs the purchases themselves: a summary holds no second part"
        return Holdout(title, undefined_interval(why, **words), math.nan)
    actual = float(part.later.sum())
    fit = bg_nbd.fit(part.before, level=level)
    words["n"] = part.before.n
    if not fit.converged:
        return Holdout(title, undefined_interval(fit.reason, **words), actual, split, ends)
    each = bg_nbd.expected_purchases(fit.logs, part.before, part.ahead)
    total = float(each @ part.before.counts)
    few, _ = thinned(part.before, part.before.counts)
    moved = fit.of(lambda logs: float(bg_nbd.expected_purchases(logs, few, part.ahead) @ few.counts))
    # what customers did differs from what was expected of each: their squared misses, summed
    missed = float((part.later_squared - 2 * each * part.later + part.before.counts * each**2).sum())
    parameters = total * moved.se / moved.estimate if moved.defined else 0.0
    se = math.hypot(parameters, math.sqrt(max(missed, 0.0)))
    low, high = WaldLimits(total, se).at(level)
    predicted = Interval(total, max(low, 0.0), high, level, se, math.nan, part.before.n, "BG/NBD holdout")
    return Holdout(title, predicted, actual, split, ends)
