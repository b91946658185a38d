"""The question which customers bring most, as a value."""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.customers.definition import REVENUE, Bought, Flow, Window


@dataclass(frozen=True)
class Profit:
    """What each customer brings, net of goods and of what serving costs.

    Attributes
    ----------
    flows
        Where the money stands.
    window
        The days that count.
    bought
        Purchases, for who returns; without them the priority list rests on value alone.
    top
        How many customers are listed, 10 at most.
    """

    flows: tuple[Flow, ...]
    window: Window
    bought: Bought | None = None
    top: int = 10

    def __post_init__(self) -> None:
        if not any(f.kind == REVENUE for f in self.flows):
            raise ValueError("nothing brings money: one flow at least is of kind 'revenue'")
        if not 1 <= self.top <= 10:
            raise ValueError(f"1 to 10 customers are listed; got {self.top}")
        names = [f.name for f in self.flows]
        if len(set(names)) < len(names):
            raise ValueError(f"every flow has a name of its own; got {', '.join(names)}")

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables it needs."""
        more = (self.bought.table,) if self.bought else ()
        return tuple(dict.fromkeys([*(f.table for f in self.flows), *more]))
