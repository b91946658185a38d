"""When more new customers come, do more of the existing ones leave?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from toolkit.language import Quantity, Sentence
from toolkit.shown import Grid, Shown
from toolkit.stats.cluster_errors import CannotBeEstimated
from toolkit.stats.comparisons import Comparison, undefined, wald
from toolkit.stats.two_way_effects import two_way_effect

LEAST_EXISTING = 30
"""A group's month counts where so many customers were there at its start."""
LEAST_GROUPS, LEAST_MONTHS = 4, 6
METHOD = "group and month effects, CR2 errors by group"


@dataclass(frozen=True, repr=False)
class Newcomers(Shown):
    """The change in the share of existing customers who leave in a month, for each new customer more
    to a hundred existing ones, within groups and months.

    Attributes
    ----------
    effect
        As a share (0.001 is 0.1 points).
    groups, months
        What it rests on.
    """

    effect: Comparison
    groups: int
    months: int
    level: float = 0.95

    @property
    def quantity(self) -> Quantity:
        """The effect for people."""
        e = self.effect
        if math.isnan(e.estimate) or math.isnan(e.low):
            return Quantity(math.nan, "points", reason=e.reason)
        return Quantity(e.estimate, "points", e.low, e.high)

    def grid(self) -> Grid:
        """The effect and what it rests on."""
        rows = (
            (Sentence("More of the existing leave in a month, for each new customer to a hundred existing"),
             self.quantity if self.quantity.known else Sentence("no data: {why}", {"why": self.effect.reason or ""})),
            (Sentence("Groups"), self.groups),
            (Sentence("Months"), self.months),
        )  # fmt: skip
        note = Sentence("An association within groups and months; other things may have moved both.")
        return Grid(Sentence("When more new customers come, do more of the existing ones leave?"),
                    (Sentence("Part"), Sentence("Value")), rows, note)  # fmt: skip


def newcomers(flows: pd.DataFrame, ends: date, level: float) -> Newcomers:
    """Existing customers who leave in a month against newcomers, month by month within groups.

    The share lost in a month is of those there at its start; who comes and leaves within the month is
    no existing customer. Every group and month has an effect of its own, so that neither groups that
    always lose more nor months that are bad for all count. The last month counts only where it is
    whole.
    """
    words = {"null": "no change", "method": METHOD, "level": level}
    rate, lost, months = panel(flows, ends)
    groups = len(rate)
    if groups < LEAST_GROUPS or months < LEAST_MONTHS:
        why = f"it takes {LEAST_GROUPS} groups and {LEAST_MONTHS} months with {LEAST_EXISTING} customers each"
        return Newcomers(undefined(f"{why}; here are {groups} and {months}", **words), groups, months, level)
    try:
        found = two_way_effect(lost, 100 * rate).fit
    except CannotBeEstimated as error:
        return Newcomers(undefined(str(error), **words), groups, months, level)
    return Newcomers(wald(found.estimate, found.se, df=found.df, **words), groups, months, level)


def panel(flows: pd.DataFrame, ends: date) -> tuple[np.ndarray, np.ndarray, int]:
    """By group and month: newcomers and customers lost, as shares of those there at its start."""
    if not len(flows):
        return np.empty((0, 0)), np.empty((0, 0)), 0
    came, left = pd.to_datetime(flows.came), pd.to_datetime(flows["left"])
    last = pd.Timestamp(ends).to_period("M")
    if pd.Timestamp(ends) < last.end_time.normalize():
        last -= 1
    months = pd.period_range(came.min().to_period("M"), last, freq="M")
    first, gone = came.dt.to_period("M"), left.dt.to_period("M")
    places = sorted(flows.place.unique())
    rate, lost = np.full((len(places), len(months)), math.nan), np.full((len(places), len(months)), math.nan)
    for i, place in enumerate(places):
        here = (flows.place == place).to_numpy()
        n, f, g = flows.n.to_numpy()[here], first[here], gone[here]
        entered = n @ (f.to_numpy()[:, None] == months.to_numpy()[None, :])
        still = f.to_numpy()[:, None] < months.to_numpy()[None, :]
        ended = np.array([not pd.isna(v) for v in g])
        # ordinals: a missing end is later than any month
        order = np.array([v.ordinal if e else 10**9 for v, e in zip(g, ended, strict=True)])
        month = np.array([m.ordinal for m in months])
        there = n @ (still & (order[:, None] >= month[None, :]))
        losses = n @ (still & (order[:, None] == month[None, :]))
        enough = there >= LEAST_EXISTING
        rate[i, enough] = entered[enough] / there[enough]
        lost[i, enough] = losses[enough] / there[enough]
    seen = np.isfinite(lost)
    rows, columns = seen.any(axis=1), seen.sum(axis=0) >= 2
    return rate[rows][:, columns], lost[rows][:, columns], int(columns.sum())
