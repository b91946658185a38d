"""Where a customer's money and purchases stand: tables, columns and SQL, as values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

REVENUE, GOODS, SERVING = "revenue", "goods", "serving"


@dataclass(frozen=True)
class Flow:
    """Money that one row of a table brings (``revenue``) or costs (``goods``, ``serving``).

    `amount` and `where` are SQL over the table's columns; costs are positive numbers. `trouble`
    marks costs of complaints and late payment.
    """

    name: str
    table: str
    kind: str
    amount: str
    time: str
    customer: str = "customer_id"
    where: str | None = None
    trouble: bool = False
    label: str | None = None

    def __post_init__(self) -> None:
        if self.kind not in (REVENUE, GOODS, SERVING):
            kinds = f"{REVENUE}, {GOODS}, {SERVING}"
            raise ValueError(f"{self.kind!r} is no kind of money; kinds are {kinds}")

    @property
    def title(self) -> str:
        """What people call it."""
        return self.label or self.name.replace("_", " ")


@dataclass(frozen=True)
class People:
    """One row a customer: when each came and left; `columns` may be used by rules."""

    table: str
    customer: str = "customer_id"
    starts: str | None = None
    ends: str | None = None
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Bought:
    """Rows of purchases: one or several an order.

    `where`, `cancelled` and `returned` are SQL; what is cancelled or returned is counted and left
    out, as are rows without a customer and rows of a negative amount. A table whose `currency`
    column holds several is refused.
    """

    table: str
    order: str
    time: str
    customer: str = "customer_id"
    product: str | None = None
    amount: str = "1"
    where: str | None = None
    cancelled: str | None = None
    returned: str | None = None
    currency: str | None = None


@dataclass(frozen=True)
class Window:
    """From `starts` (None: from the beginning) up to and with `ends`; amounts in `currency`."""

    ends: date
    starts: date | None = None
    currency: str = "EUR"
    period: str | None = None
    owner: str | None = None
    level: float = field(default=0.95)

    def __post_init__(self) -> None:
        if self.starts is not None and self.starts > self.ends:
            raise ValueError(f"a window's first day {self.starts} is after its last day {self.ends}")
        if not 0.5 < self.level < 1:
            raise ValueError(f"a level lies between 0.5 and 1; got {self.level}")
