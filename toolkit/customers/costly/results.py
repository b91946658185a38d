"""What was found of costly customers."""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.customers.costly.definition import Costly
from toolkit.customers.value.results import whole
from toolkit.drawable import Row
from toolkit.language import Quantity, Sentence
from toolkit.shown import Grid, Shown

NORMAL = 1.959963984540054
"""Standard errors of a 95 % interval of the sum at stake, of many customers' months."""


@dataclass(frozen=True)
class Flag:
    """A customer whose net value lies below zero.

    Attributes
    ----------
    net
        Over `months`, in the window's currency.
    mean, low, high
        A month, with the interval: each end is passed with probability 0.05.
    q
        The share of false flags at which this customer is just flagged.
    trouble
        What complaints and late payment cost, of `serving`.
    """

    customer: str
    months: int
    net: float
    mean: float
    low: float
    high: float
    q: float
    revenue: float
    goods: float
    serving: float
    trouble: float

    def __post_init__(self) -> None:
        if not self.high < 0:
            raise ValueError(f"{self.customer}: only an interval below zero is flagged; it ends at {self.high}")


@dataclass(frozen=True)
class Troublesome:
    """A customer, what complaints and late payment cost, and the net value all the same."""

    customer: str
    trouble: float
    net: float


@dataclass(frozen=True, repr=False)
class Flagged(Shown):
    """Who costs more than they bring.

    Attributes
    ----------
    n, judged, negative
        Customers with money; seen for long enough; whose net value was below 0 as it happened.
    looked_at
        Judged, and below 0.
    flags
        By net value, the lowest first.
    spread
        Standard error of the sum at stake.
    troublesome, trouble
        The customers with the highest cost of complaints and late payment, and that of all.
    """

    definition: Costly
    n: int
    judged: int
    negative: int
    looked_at: int
    flags: tuple[Flag, ...]
    spread: float
    troublesome: tuple[Troublesome, ...]
    trouble: float

    @property
    def currency(self) -> str:
        """What amounts are in."""
        return self.definition.window.currency

    @property
    def stake(self) -> Quantity:
        """What the flagged customers lost together, a positive sum, with its interval."""
        lost = -sum(f.net for f in self.flags)
        if not self.flags:
            return Quantity(0.0, self.currency)
        return Quantity(lost, self.currency, lost - NORMAL * self.spread, lost + NORMAL * self.spread)

    @property
    def title(self) -> Sentence:
        """What the chart shows."""
        if not self.flags:
            return Sentence("No customer costs more than they bring, for sure")
        return Sentence("{n} customer costs more than they bring, for sure", {"n": len(self.flags)},
                        plural="{n} customers cost more than they bring, for sure", count="n")  # fmt: skip

    @property
    def rows(self) -> tuple[Row, ...]:
        """Net value a month of those who lose most."""
        return tuple(
            Row(f.customer, Quantity(f.mean, self.currency, f.low, f.high, per="month"), "worse") for f in self.flags[: self.definition.top]
        )

    def grid(self) -> Grid:
        """The flagged customers who lose most."""
        heads = ("Customer", "Months", "Net value a month", "Net value", "Complaints and late payment")
        rows = tuple(
            (f.customer, f.months, Quantity(f.mean, "number", f.low, f.high), whole(f.net), whole(f.trouble))
            for f in self.flags[: self.definition.top]
        )
        note = Sentence(
            "Flagged: {flags} of {judged} customers seen for {months} months or longer; at most {false} of the flags are "
            "expected to be wrong. The first are listed.",
            {"flags": len(self.flags), "judged": Quantity(self.judged, "count"), "months": self.definition.at_least_months,
             "false": Quantity(self.definition.false_flags, "probability")},
        )  # fmt: skip
        title = Sentence("Customers who cost more than they bring, in {currency}", {"currency": self.currency})
        return Grid(title, tuple(Sentence(h) for h in heads), rows, note)

    @property
    def most_trouble(self) -> Grid:
        """Complaints and late payment: who costs most."""
        heads = ("Customer", "Complaints and late payment", "Net value all the same")
        rows = tuple((t.customer, whole(t.trouble), whole(t.net)) for t in self.troublesome)
        note = Sentence("All customers together: {total}.", {"total": Quantity(self.trouble, self.currency)})
        title = Sentence("Who causes most trouble, in {currency}", {"currency": self.currency})
        return Grid(title, tuple(Sentence(h) for h in heads), rows, note)
