"""What was found of prices and purchases."""

from __future__ import annotations

import math
from dataclasses import dataclass

from toolkit.customers.prices.definition import PriceResponse
from toolkit.drawable import Row
from toolkit.language import Quantity, Sentence, term
from toolkit.shown import Grid, Shown


@dataclass(frozen=True)
class Response:
    """How one segment's orders go with the price.

    Attributes
    ----------
    elasticity, low, high
        Percent more orders a customer for one percent more price; nan with the `reason`.
    months, orders
        What it rests on.
    beside, beside_low, beside_high
        The elasticity less that of the other segments together: what moves all segments alike
        cancels out, so this is known better.
    """

    segment: str
    months: int
    orders: int
    elasticity: float
    low: float
    high: float
    p_value: float
    reason: str | None = None
    beside: float = math.nan
    beside_low: float = math.nan
    beside_high: float = math.nan

    @property
    def title(self) -> str:
        """What people call the segment."""
        return self.segment.replace("_", " ")

    @property
    def quantity(self) -> Quantity:
        """Percent more orders where the price is ten percent higher."""
        if math.isnan(self.elasticity):
            return Quantity(math.nan, "relative", reason=self.reason)
        ends = sorted(1.1**e - 1 for e in (self.low, self.high))
        return Quantity(1.1**self.elasticity - 1, "relative", *ends)


@dataclass(frozen=True, repr=False)
class Responded(Shown):
    """Every segment. `move`: standard deviation of the logarithm of the monthly price."""

    definition: PriceResponse
    segments: tuple[Response, ...]
    months: int
    move: float

    def __getitem__(self, segment: str) -> Response:
        return next(s for s in self.segments if s.segment == segment)

    @property
    def title(self) -> Sentence:
        """What the chart shows."""
        return Sentence("Orders a customer where the price is 10 % higher")

    @property
    def rows(self) -> tuple[Row, ...]:
        """Each segment; blue or orange only where the interval says so."""
        return tuple(Row(s.title, s.quantity, _tone(s)) for s in self.segments if not math.isnan(s.elasticity))

    def grid(self) -> Grid:
        """Elasticities."""
        heads = ("Segment", "Elasticity", "Orders where the price is 10 % higher", "Elasticity beside the others", "Orders",
                 "Whole months", "Why not")  # fmt: skip
        rows = tuple(
            (s.title,
             _number(s.elasticity, s.low, s.high),
             s.quantity, _number(s.beside, s.beside_low, s.beside_high), s.orders, s.months, term(s.reason) if s.reason else None)
            for s in self.segments
        )  # fmt: skip
        if not any(s.reason for s in self.segments):
            heads, rows = heads[:-1], tuple(r[:-1] for r in rows)
        note = Sentence("An association: what else changed in the same months is in it. Season and drift are taken out.")
        return Grid(Sentence("Prices and purchases"), tuple(Sentence(h) for h in heads), rows, note)


def _tone(s: Response) -> str:
    return "worse" if s.high < 0 else "better" if s.low > 0 else "level"


def _number(value: float, low: float, high: float) -> Quantity:
    return Quantity(math.nan) if math.isnan(value) else Quantity(value, "number", low, high)
