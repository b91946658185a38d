"""What was found of who comes back."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

from toolkit.customers.ledger import Aside
from toolkit.customers.repeat.definition import Repeat
from toolkit.customers.value.results import interval_quantity
from toolkit.drawable import Row
from toolkit.language import Quantity, Sentence
from toolkit.shown import Grid, Shown
from toolkit.stats.comparisons import Interval
from toolkit.stats.suppression import hidden_groups
from toolkit.stats.survival import Survival

_WIDE = 13
"""Months after the first that the grid shows."""


@dataclass(frozen=True)
class Cohort:
    """Customers whose first order was in one month.

    Attributes
    ----------
    active
        How many of them ordered in that month and in each one after it, up to the last month with
        data. The last one is complete where `last_over`.
    """

    month: date
    size: int
    active: tuple[int, ...]
    last_over: bool

    def share(self, k: int) -> float:
        """Share that ordered `k` months later; nan where that month is not over or not yet there."""
        if k >= len(self.active) or (k == len(self.active) - 1 and not self.last_over):
            return math.nan
        return self.active[k] / self.size


@dataclass(frozen=True, repr=False)
class Repeated(Shown):
    """Who comes back.

    Attributes
    ----------
    n, orders
        Customers and orders that count.
    full
        Customers whose window is over.
    once
        Customers with orders on one day only.
    first_day
        Of the first order in the table.
    aside
        What was left out, by reason.
    back, same, other, both
        Of customers with a full window: ordered again; with a product of the first order; with
        another product; with both.
    products_known
        Whether the table says what was bought.
    curve
        Days to the second order: the share that has not come back yet.
    """

    definition: Repeat
    n: int
    orders: int
    full: int
    once: int
    first_day: date
    aside: tuple[Aside, ...]
    back: Interval
    same: Interval
    other: Interval
    both: Interval
    products_known: bool
    curve: Survival
    every_cohort: tuple[Cohort, ...]

    @property
    def title(self) -> Sentence:
        """What the chart shows."""
        values = {"days": Quantity(float(self.definition.within_days), "days"), "share": interval_quantity(self.back, "percent")}
        if not self.full:
            return Sentence("No customer's {days} are over yet", values)
        return Sentence("{share} order again within {days} of the first order", values)

    @property
    def rows(self) -> tuple[Row, ...]:
        """Who came back, and for what."""
        shown = [(Sentence("Came back"), self.back, "us")]
        if self.products_known:
            shown += [
                (Sentence("for the same product"), self.same, "level"),
                (Sentence("for other products"), self.other, "level"),
                (Sentence("for both"), self.both, "past"),
            ]
        return tuple(Row(label, interval_quantity(found, "percent"), tone) for label, found, tone in shown)

    def grid(self) -> Grid:
        """Shares over customers with a full window."""
        rows: list[tuple] = [
            (Sentence("Customers with orders"), Quantity(self.n, "count")),
            (Sentence("Orders"), Quantity(self.orders, "count")),
            (Sentence("Customers whose window is over"), Quantity(self.full, "count")),
        ]
        rows += [(r.label, r.quantity) for r in self.rows]
        median = self.curve.median()
        found = Quantity(median.estimate, "days", reason=median.reason)
        rows.append((Sentence("Half have come back after"), found))
        note = Sentence(
            "Shares are of customers whose first {days} are over on {day}; orders of one day are one visit.",
            {"days": Quantity(float(self.definition.within_days), "days"), "day": self.definition.window.ends},
        )
        return Grid(Sentence("Who comes back"), (Sentence("What"), Sentence("Value")), tuple(rows), note)

    @property
    def second_order(self) -> Grid:
        """The share that has ordered again by so many days (Kaplan-Meier)."""
        last = float(self.curve.times[-1]) if len(self.curve.times) else 0.0
        rows = []
        for days in (30, 60, 90, 180, 365, 730):
            if days > last and rows:
                break
            still = self.curve.at(float(days))
            q = Quantity(math.nan, "percent", reason=still.reason)
            if still.estimate == still.estimate and still.low == still.low:
                q = Quantity(1 - still.estimate, "percent", 1 - still.high, 1 - still.low)
            elif still.estimate == still.estimate:
                q = Quantity(1 - still.estimate, "percent")
            rows.append((Quantity(float(days), "days"), q))
        note = Sentence("All customers count, for as long as they were seen (Kaplan-Meier).")
        return Grid(Sentence("Time to the second order"), (Sentence("After"), Sentence("Have ordered again")), tuple(rows), note)

    @property
    def cohorts(self) -> Grid:
        """The grid of cohorts; cells of months that are not over are empty."""
        shown = self.every_cohort[-self.definition.cohorts :]
        hidden = hidden_groups({c.month: c.size for c in shown}, self.definition.min_cell)
        shown = tuple(c for c in shown if c.month not in hidden)
        wide = min(_WIDE, max((len(c.active) for c in shown), default=1))
        heads = (Sentence("First order in"), Sentence("Customers"), *(Sentence("+{n}", {"n": k}) for k in range(1, wide)))
        rows = []
        for c in shown:
            shares = [c.share(k) for k in range(1, wide)]
            # a hyphen that does not break keeps the month on one line
            month = c.month.strftime("%Y\u2011%m")
            rows.append((month, c.size, *(None if math.isnan(x) else Quantity(round(100 * x), "count") for x in shares)))
        note = Sentence("In percent of each month's new customers: who orders so many months later. Months not over are empty.")
        return Grid(Sentence("Cohorts by the month of the first order"), heads, tuple(rows), note)

    @property
    def left_out(self) -> Grid:
        """What was set aside, and why."""
        rows = tuple(
            (a.reason, a.rows, a.orders, Quantity(a.amount, self.definition.window.currency)) for a in self.aside
        )
        heads = (Sentence("Reason"), Sentence("Rows"), Sentence("Orders"), Sentence("Amount"))
        note = None if rows else Sentence("Every row counts.")
        return Grid(Sentence("What was set aside"), heads, rows, note)
