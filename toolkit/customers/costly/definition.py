"""The question who costs more than they bring, as a value."""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.customers.definition import REVENUE, Flow, People, Window


@dataclass(frozen=True)
class Costly:
    """Who costs more than they bring, month by month of each customer.

    A customer's months run from the first to the last one there (`who`), or from the first amount
    to the window's end; months without an amount count as 0.

    Attributes
    ----------
    at_least_months
        Customers seen for fewer are not judged, 3 at least.
    false_flags
        The share of flags that may be wrong.
    """

    flows: tuple[Flow, ...]
    window: Window
    who: People | None = None
    at_least_months: int = 12
    false_flags: float = 0.05
    top: int = 10

    def __post_init__(self) -> None:
        if not any(f.kind == REVENUE for f in self.flows):
            raise ValueError("nothing brings money: one flow at least is of kind 'revenue'")
        if self.at_least_months < 3:
            raise ValueError(f"a customer's spread takes 3 months at least; got {self.at_least_months}")
        if not 0 < self.false_flags < 0.5:
            raise ValueError(f"'false_flags' lies between 0 and 0.5; got {self.false_flags}")
        if not 1 <= self.top <= 10:
            raise ValueError(f"1 to 10 customers are listed; got {self.top}")

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables it needs."""
        more = (self.who.table,) if self.who else ()
        return tuple(dict.fromkeys([*(f.table for f in self.flows), *more]))
