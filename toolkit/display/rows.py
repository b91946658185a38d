"""What the chart builders are given: plain rows, already computed."""

from __future__ import annotations

import math
from dataclasses import dataclass

from toolkit.drawable import Cell, Change, Line, Mark, Panel, Point, Row
from toolkit.language import Quantity, Sentence

__all__ = ["Cell", "Change", "Effect", "Level", "Line", "Mark", "Panel", "Point", "Row"]


@dataclass(frozen=True)
class Effect:
    """What one arm of a test did to one metric.

    Attributes
    ----------
    metric, arm
        Their labels.
    quantity
        The difference to control, with its interval.
    better
        ``higher`` or ``lower``: which way is good.
    worthwhile
        The smallest effect worth having, in the unit of `quantity`, positive.
    margin
        How much worse is acceptable, positive.
    """

    metric: str | Sentence
    arm: str
    quantity: Quantity
    better: str = "higher"
    worthwhile: float | None = None
    margin: float | None = None

    @property
    def tone(self) -> str:
        """Better or worse where the whole interval says so, level where it holds both."""
        q = self.quantity
        if not q.known or q.low is None:
            return "level" if q.known else "unknown"
        low, high = (q.low, q.high) if self.better == "higher" else (-q.high, -q.low)
        return "better" if low > 0 else "worse" if high < 0 else "level"


@dataclass(frozen=True)
class Level:
    """The value of one metric in one arm of a test."""

    metric: str | Sentence
    arm: str
    quantity: Quantity
    control: bool = False

    @property
    def tone(self) -> str:
        """Control is what it is compared with; an arm without a number is unknown."""
        if math.isnan(self.quantity.value):
            return "unknown"
        return "past" if self.control else "us"
