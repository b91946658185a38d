"""The question how purchases go with prices, as a value."""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.customers.definition import Bought, People, Window


@dataclass(frozen=True)
class PriceResponse:
    """How orders go with the price, in each segment.

    Attributes
    ----------
    table, time, price, where
        Where prices stand: the mean of `price` (SQL) over a month's rows.
    against
        SQL that holds for rivals' rows: the price is then ours divided by theirs.
    segment
        A column of the customers' table.
    least_move
        Prices whose logarithm varies by less than this (standard deviation) did not move.
    min_cell
        Segments of fewer orders are not shown, nor those that would tell of them; a params file says 10.
    """

    bought: Bought
    who: People
    window: Window
    table: str
    time: str
    price: str
    segment: str
    where: str | None = None
    against: str | None = None
    least_move: float = 0.01
    min_cell: int = 1

    def __post_init__(self) -> None:
        if self.who.starts is None:
            raise ValueError("orders a customer need to know since when each customer is there: give 'who.starts'")

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables it needs."""
        return tuple(dict.fromkeys((self.bought.table, self.who.table, self.table)))
