"""The question who comes back, as a value."""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.customers.definition import Bought, Window


@dataclass(frozen=True)
class Repeat:
    """Who orders again within so many days of the first order.

    Only customers whose `within_days` are over by the window's end are judged. The window's
    `starts` does not cut orders off: it says which first orders count, by their day.

    Attributes
    ----------
    cohorts
        How many monthly cohorts the grid shows, the last ones.
    min_cell
        Cohorts of fewer customers are not shown, nor those that would tell of them; a params file says 10.
    """

    bought: Bought
    window: Window
    within_days: int = 180
    cohorts: int = 13
    min_cell: int = 1

    def __post_init__(self) -> None:
        if self.within_days < 1:
            raise ValueError(f"'within_days' is a number of days of 1 or more; got {self.within_days}")
        if not 1 <= self.cohorts <= 60:
            raise ValueError(f"1 to 60 cohorts are shown; got {self.cohorts}")

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables it needs."""
        return (self.bought.table,)
