"""Segments as values: rules that every customer meets exactly one of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from toolkit.customers.definition import Bought, Flow, People, Window

RFM: Mapping[str, str] = {
    "champions": "r >= 4 and f >= 4 and m >= 4",
    "loyal": "r >= 3 and f >= 4 and not (r >= 4 and m >= 4)",
    "big_spenders": "r >= 3 and f <= 3 and m >= 4",
    "promising": "r >= 4 and f <= 3 and m <= 3",
    "need_attention": "r = 3 and f <= 3 and m <= 3",
    "cannot_lose": "r <= 2 and f >= 4 and m >= 4",
    "at_risk": "r <= 2 and (f >= 3 or m >= 3) and not (f >= 4 and m >= 4)",
    "lapsed": "r <= 2 and f <= 2 and m <= 2",
}
"""The shipped segments over the 125 cells of scores; `proving.prove` shows that they share none and miss none."""

SHIPPED: Mapping[str, str] = {
    "champions": "champions", "loyal": "loyal", "big_spenders": "big spenders", "promising": "promising",
    "need_attention": "need attention", "cannot_lose": "cannot lose", "at_risk": "at risk", "lapsed": "lapsed",
}  # fmt: skip
"""What they are called."""

SCORES = ("r", "f", "m")
COMPUTED = ("orders", "revenue", "net")
"""What rules may use beside the columns of the customers' table."""


@dataclass(frozen=True)
class Rules:
    """Segment -> SQL that holds for its customers."""

    name: str
    rules: Mapping[str, str]
    label: str | None = None

    def __post_init__(self) -> None:
        if not self.rules:
            raise ValueError(f"{self.name}: segments need rules")

    @property
    def title(self) -> str:
        """What people call it."""
        return self.label or self.name.replace("_", " ")


@dataclass(frozen=True)
class Outcome:
    """A ratio of two sums over a customer's rows of a table; `format` as a KPI's."""

    name: str
    label: str
    table: str
    numerator: str
    denominator: str = "1"
    customer: str = "customer_id"
    where: str | None = None
    format: str = "percent"
    satisfaction: bool = False


@dataclass(frozen=True)
class Segmenting:
    """Which segments there are, and what is compared between them.

    Attributes
    ----------
    window
        Its days are those of the money; purchases are scored over the whole table up to its end.
    rfm
        Over the scores; None leaves them out. Needs `bought`.
    rules
        Further segmentations, over the columns of `who` and `COMPUTED`.
    flows
        Net value, where known.
    outcomes
        Response, conversion, satisfaction.
    loyalty_cost, loyalty_gain
        Of a loyalty effort: for each customer and year; and the share of customers it would keep.
    levels
        What is done (``serve_better``, ``hold``, ``reprice``, ``let_go``) -> the company's words.
    fewest
        Segments of fewer customers are shown and not acted on.
    min_cell
        Segments of fewer customers, and those that would tell of them, are not shown.
    """

    window: Window
    bought: Bought | None = None
    rfm: Rules | None = None
    rules: tuple[Rules, ...] = ()
    who: People | None = None
    flows: tuple[Flow, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    loyalty_cost: float | None = None
    loyalty_gain: float | None = None
    levels: Mapping[str, str] = field(default_factory=dict)
    fewest: int = 30
    min_cell: int = 10

    def __post_init__(self) -> None:
        if self.rfm is None and not self.rules:
            raise ValueError("nothing to tell customers apart by: give 'rfm' or 'rules'")
        if self.rfm is not None and self.bought is None:
            raise ValueError("scores of how recently, often and for how much need 'bought'")
        if self.rules and self.who is None:
            raise ValueError("rules over customers need 'who', the table with a row a customer")

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables it needs."""
        more = [p.table for p in (self.bought, self.who) if p is not None]
        more += [f.table for f in self.flows] + [o.table for o in self.outcomes]
        return tuple(dict.fromkeys(more))
