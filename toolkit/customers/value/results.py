"""What was found of the customers' value."""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.customers.value.definition import Profit
from toolkit.drawable import Row
from toolkit.language import Quantity, Sentence
from toolkit.shown import Grid, Shown
from toolkit.stats.comparisons import Interval


@dataclass(frozen=True)
class Listed:
    """One customer of a list; money in the company's currency, costs as positive numbers."""

    customer: str
    revenue: float
    goods: float
    serving: float
    orders: int

    @property
    def net(self) -> float:
        """What is left."""
        return self.revenue - self.goods - self.serving


@dataclass(frozen=True)
class Stream:
    """One flow of money over all customers; `unowned` is of rows that name no customer."""

    name: str
    title: str
    kind: str
    amount: float
    rows: int
    unowned_rows: int
    unowned: float


@dataclass(frozen=True, repr=False)
class Profitability(Shown):
    """What customers bring, and how few of them bring how much.

    Attributes
    ----------
    n, losing
        Customers with any money in the window, and those whose net value is below 0.
    without_revenue
        Customers of whom no revenue is known: left out of the shares.
    net
        Net value a customer, with its interval over customers.
    top_fifth, gini
        Of revenue.
    fifths
        Share of revenue of each fifth of the customers, the biggest first.
    biggest, most_profitable, priority
        At most ten each.
    priority_n
        How many customers are in the top fifth by net value (and by orders, where known).
    """

    definition: Profit
    n: int
    losing: int
    lost: float
    without_revenue: int
    streams: tuple[Stream, ...]
    net: Interval
    top_fifth: Interval
    gini: Interval
    fifths: tuple[float, ...]
    biggest: tuple[Listed, ...]
    most_profitable: tuple[Listed, ...]
    priority: tuple[Listed, ...]
    priority_n: int
    priority_share: float

    @property
    def currency(self) -> str:
        """What amounts are in."""
        return self.definition.window.currency

    def money(self, amount: float) -> Quantity:
        """An amount."""
        return Quantity(amount, self.currency)

    @property
    def total(self) -> dict[str, float]:
        """Kind of money -> its sum over customers."""
        out = {"revenue": 0.0, "goods": 0.0, "serving": 0.0}
        for s in self.streams:
            out[s.kind] += s.amount
        return out

    @property
    def costs_known(self) -> tuple[str, ...]:
        """The kinds of cost that are declared: what is not declared is not 0."""
        return tuple(kind for kind in ("goods", "serving") if any(s.kind == kind for s in self.streams))

    @property
    def title(self) -> Sentence:
        """What the chart of the biggest shows."""
        share = interval_quantity(self.top_fifth, "percent")
        return Sentence("The top fifth of customers brings {share} of revenue", {"share": share})

    @property
    def rows(self) -> tuple[Row, ...]:
        """Share of revenue of each fifth of the customers."""
        labels = (
            Sentence("Biggest fifth"), Sentence("Second fifth"), Sentence("Third fifth"), Sentence("Fourth fifth"),
            Sentence("Smallest fifth"),
        )  # fmt: skip
        tones = ("us", *["past"] * (len(labels) - 1))
        return tuple(
            Row(label, Quantity(share, "percent"), tone) for label, share, tone in zip(labels, self.fifths, tones, strict=True)
        )

    def grid(self) -> Grid:
        """Totals, and how concentrated they are."""
        total = self.total
        net = total["revenue"] - total["goods"] - total["serving"]
        rows = [
            (Sentence("Customers"), Quantity(self.n, "count")),
            (Sentence("Revenue"), self.money(total["revenue"])),
            *((_KINDS[kind], self.money(total[kind])) for kind in self.costs_known),
            (Sentence("Net value"), self.money(net)),
            (Sentence("Net value a customer"), interval_quantity(self.net, self.currency)),
            (Sentence("Customers who cost more than they bring"), Quantity(self.losing, "count")),
            (Sentence("What these lost together"), self.money(self.lost)),
            (Sentence("Revenue of the top fifth"), interval_quantity(self.top_fifth, "percent")),
            (Sentence("Gini index of revenue (0: all bring alike; 1: one brings all)"), interval_quantity(self.gini, "number")),
        ]
        return Grid(
            Sentence("What customers bring and cost"), (Sentence("What"), Sentence("Value")), tuple(rows),
            Sentence("Counted by period: a customer who cost more in this window need not do so in the long run."),
        )

    @property
    def costs(self) -> Grid:
        """Every flow of money by itself."""
        rows = tuple(
            (s.title, _KINDS[s.kind], whole(s.amount), Quantity(s.rows, "count"), Quantity(s.unowned_rows, "count"))
            for s in self.streams
        )
        heads = (Sentence("Money"), Sentence("Kind"), Sentence("Amount, {currency}", {"currency": self.currency}),
                 Sentence("Rows"), Sentence("Rows without a customer"))  # fmt: skip
        return Grid(Sentence("Where the money comes from and goes"), heads, rows)

    @property
    def big(self) -> Grid:
        """The biggest customers by revenue."""
        return self._listed(Sentence("Biggest customers by revenue"), self.biggest)

    @property
    def profitable(self) -> Grid:
        """The most profitable customers."""
        return self._listed(Sentence("Most profitable customers, net of what they cost"), self.most_profitable)

    @property
    def first_served(self) -> Grid:
        """Whom to serve first."""
        if self.definition.bought:
            note = Sentence(
                "{n} customers are in the top fifth both by net value and by orders; the first of them are listed.",
                {"n": self.priority_n},
            )
        else:
            note = Sentence(
                "{n} customers are in the top fifth by net value; the first of them are listed.", {"n": self.priority_n}
            )
        return self._listed(Sentence("Service priority"), self.priority, note)

    def _listed(self, title: Sentence, customers: tuple[Listed, ...], note: Sentence | None = None) -> Grid:
        known = self.costs_known
        heads = (
            Sentence("Customer"), Sentence("Net value"), Sentence("Revenue"), *(_KINDS[kind] for kind in known),
            *([Sentence("Orders")] if self.definition.bought else []),
        )  # fmt: skip
        rows = tuple(
            (c.customer, whole(c.net), whole(c.revenue), *(whole(getattr(c, kind)) for kind in known),
             *([c.orders] if self.definition.bought else []))
            for c in customers
        )  # fmt: skip
        heading = Sentence("{title}, in {currency}", {"title": title, "currency": self.currency})
        return Grid(heading, heads, rows, note)


_KINDS = {
    "revenue": Sentence("Revenue"), "goods": Sentence("Cost of what was sold"), "serving": Sentence("Cost to serve"),
}  # fmt: skip


def whole(amount: float) -> Quantity:
    """An amount of a table whose heading names the currency, without its cents."""
    return Quantity(round(amount), "count")


def interval_quantity(found: Interval, unit: str) -> Quantity:
    """An interval of the methods for people; no ends where it has none."""
    if found.estimate != found.estimate:
        return Quantity(found.estimate, unit, reason=found.reason)
    if found.low != found.low:
        return Quantity(found.estimate, unit, reason=found.reason)
    return Quantity(found.estimate, unit, found.low, found.high)
