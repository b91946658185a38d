"""What is asked: whose lifetime value, from which table, at which discount, for how long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

NOTEBOOK = "customer_value"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What every way of valuing customers shares.

    Attributes
    ----------
    name
        Of the question: a part of its findings' ids.
    currency
        Code of the currency that money is in.
    discount
        What money is worth less a year later, as a rate: 0.10.
    horizon_years
        Only so many years ahead count.
    acquisition_cost
        What winning a customer costs, where that is known.
    segment
        A column to tell customers apart by.
    where
        SQL; only rows for which it holds.
    table
        Its name, for the findings' source.
    min_cell
        Segments of fewer customers are not shown, nor those that would tell of them; a params file says 10.
    """

    name: str = "lifetime"
    currency: str = "EUR"
    discount: float = 0.10
    horizon_years: float = 3.0
    acquisition_cost: float | None = None
    segment: str | None = None
    where: str | None = None
    level: float = 0.95
    table: str = "table"
    period: str | None = None
    owner: str | None = None
    headline: bool = True
    min_cell: int = 1

    def __post_init__(self) -> None:
        wrong = []
        if not 0 <= self.discount < 1:
            wrong.append(f"a discount rate lies between 0 and 1 a year, not {self.discount}")
        if not 0 < self.horizon_years <= 50:
            wrong.append(f"a horizon lies above 0 and up to 50 years, not {self.horizon_years}")
        if not 0.5 < self.level < 1:
            wrong.append(f"a level lies between 0.5 and 1, not {self.level}")
        if self.acquisition_cost is not None and not self.acquisition_cost > 0:
            wrong.append(f"a cost is above 0, not {self.acquisition_cost}")
        if wrong:
            raise ValueError("; ".join(wrong))


@dataclass(frozen=True, kw_only=True)
class Purchases(Asked):
    """Customers who come and go without a contract, from their purchases: a row each, or several.

    Rows of one customer and day are one purchase.

    Attributes
    ----------
    customer, time
        Columns.
    amount
        SQL: what a row brings. None: purchases are counted and nothing is valued.
    margin
        Share of the amount that is left after the cost of what was sold.
    cancelled, returned
        SQL that holds for rows of cancelled orders and of returns: counted and left out.
    currency_column
        A column of currency codes: rows in several currencies are refused.
    ends
        Last day of observation; the last day with a purchase where None.
    holdout
        The last part of the time observed, which is foretold from the part before.
    """

    customer: str = "customer_id"
    time: str = "ordered_at"
    amount: str | None = "amount"
    margin: float = 1.0
    cancelled: str | None = None
    returned: str | None = None
    currency_column: str | None = None
    ends: date | None = None
    holdout: float = 1 / 3

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 < self.margin <= 1:
            raise ValueError(f"a margin lies above 0 and up to 1, not {self.margin}")
        if not 0 < self.holdout < 0.9:
            raise ValueError(f"a holdout lies between 0 and 0.9, not {self.holdout}")

    @property
    def columns(self) -> tuple[tuple[str, str], ...]:
        """Part of the definition -> column of the table."""
        return _given(self, "customer", "time", "segment", "currency_column")

    @property
    def texts(self) -> tuple[tuple[str, str], ...]:
        """Part of the definition -> its SQL."""
        return _given(self, "amount", "where", "cancelled", "returned")


@dataclass(frozen=True, kw_only=True)
class Summary(Asked):
    """The same customers, already summed up: a row a customer.

    Attributes
    ----------
    frequency
        Column of repeat purchases (x): the first is not counted.
    recency, age
        Columns of the time from the first purchase to the last (t_x) and to the end (T).
    spend
        Column of the mean amount of the repeat purchases; None where not known.
    per_year
        How many units of `recency` and `age` a year has: 52 where they are weeks.
    """

    frequency: str = "x"
    recency: str = "t_x"
    age: str = "T"
    spend: str | None = None
    margin: float = 1.0
    per_year: float = 365.25 / 7

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 < self.margin <= 1:
            raise ValueError(f"a margin lies above 0 and up to 1, not {self.margin}")
        if not self.per_year > 0:
            raise ValueError(f"units of time a year are above 0, not {self.per_year}")

    @property
    def columns(self) -> tuple[tuple[str, str], ...]:
        """Part of the definition -> column of the table."""
        return _given(self, "frequency", "recency", "age", "spend", "segment")

    @property
    def texts(self) -> tuple[tuple[str, str], ...]:
        """Part of the definition -> its SQL."""
        return _given(self, "where")


@dataclass(frozen=True, kw_only=True)
class Renewals(Asked):
    """Customers under contract: a row for each end of a term, renewed or not.

    Attributes
    ----------
    customer, term, renewed
        Columns: who; which of its terms ended, 1, 2, ...; 1 where it was renewed and 0 where not.
    value
        Margin of a term, in the currency.
    terms_a_year
        How many terms a year has.
    time
        Column of the day of the decision; where given, later decisions are foretold from earlier
        ones; without it, later terms from earlier ones.
    ends
        Decisions after this day are not counted.
    """

    customer: str = "customer_id"
    term: str = "term"
    renewed: str = "renewed"
    value: float = 1.0
    terms_a_year: float = 1.0
    time: str | None = None
    ends: date | None = None
    holdout: float = 1 / 3

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.value > 0:
            raise ValueError(f"the margin of a term is above 0, not {self.value}")
        if not self.terms_a_year > 0:
            raise ValueError(f"terms a year are above 0, not {self.terms_a_year}")
        if not 0 < self.holdout < 0.9:
            raise ValueError(f"a holdout lies between 0 and 0.9, not {self.holdout}")

    @property
    def columns(self) -> tuple[tuple[str, str], ...]:
        """Part of the definition -> column of the table."""
        return _given(self, "customer", "term", "renewed", "time", "segment")

    @property
    def texts(self) -> tuple[tuple[str, str], ...]:
        """Part of the definition -> its SQL."""
        return _given(self, "where")

    @property
    def term_discount(self) -> float:
        """The discount rate of one term."""
        return (1 + self.discount) ** (1 / self.terms_a_year) - 1

    @property
    def horizon_terms(self) -> int:
        """Terms within the horizon."""
        return max(1, int(self.horizon_years * self.terms_a_year + 1e-9))


Definition = Purchases | Summary | Renewals


def _given(part: Asked, *names: str) -> tuple[tuple[str, str], ...]:
    return tuple((n, getattr(part, n)) for n in names if getattr(part, n) is not None)
