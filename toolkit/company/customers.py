"""What the plan asks of the customers: what they bring, what they cost, who they are."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from toolkit.company.base import Format, Name, Part, Sql, Text

Kind = Literal["revenue", "goods", "serving"]


class Who(Part):
    """One row a customer.

    Attributes
    ----------
    starts, ends
        Columns of the days on which a customer came and left; empty `ends`: still there.
    """

    table: Name
    customer: Name | None = None
    starts: Name | None = None
    ends: Name | None = None


class Money(Part):
    """Money that one row of a table brings or costs.

    Attributes
    ----------
    kind
        ``revenue`` comes in; ``goods`` is what the things sold cost; ``serving`` is what the
        customer costs beyond that: minutes, complaints, compensation, returns, late payment.
    amount
        SQL, in the company's currency: revenue, or a cost as a positive number.
    trouble
        This cost is of complaints or late payments: shown by itself for costly customers.
    """

    table: Name
    kind: Kind
    amount: Sql
    time: Name | None = None
    customer: Name | None = None
    where: Sql | None = None
    trouble: bool = False
    label: Text | None = None


class Purchases(Part):
    """What counts as a purchase: rows of one table, one or several an order.

    Attributes
    ----------
    order
        The column that says which rows are one order.
    amount
        SQL: what the row brings.
    cancelled, returned
        SQL that holds for rows of cancelled orders and of returns: counted and left out.
    currency
        A column of currencies: a table in several is refused.
    within_days
        Whether a customer came back is asked so many days after the first order.
    margin
        Share of the amount that is left after the cost of goods, for lifetime value.
    segment
        A column of the customers' table (`who`) to tell lifetime values apart by.
    """

    table: Name
    order: Name
    time: Name | None = None
    customer: Name | None = None
    product: Name | None = None
    amount: Sql = "1"
    where: Sql | None = None
    cancelled: Sql | None = None
    returned: Sql | None = None
    currency: Name | None = None
    within_days: int = Field(default=180, ge=1, le=3660)
    margin: float | None = Field(default=None, gt=0, le=1)
    segment: Name | None = None


class Contracts(Part):
    """One row a contract's end: renewed or not.

    Attributes
    ----------
    term
        The column that counts a customer's contracts: 1, 2, ...
    renewed
        The column that is 1 where it was renewed and 0 where not.
    value
        What a term brings, in the company's currency.
    terms_a_year
        Contracts of a year: 1.
    """

    table: Name
    term: Name
    renewed: Name
    time: Name | None = None
    customer: Name | None = None
    segment: Name | None = None
    value: float = Field(gt=0)
    terms_a_year: float = Field(default=1.0, gt=0, le=366)
    where: Sql | None = None


class Staying(Part):
    """One row a customer or contract: how long it stays.

    Attributes
    ----------
    started, ended
        Columns of days; empty `ended`: still there.
    tenure, left
        Instead of the two: a column of how long, and one that is 1 where it ended.
    group
        A column within which acquisition and retention are held against each other (regions).
    """

    table: Name
    started: Name | None = None
    ended: Name | None = None
    tenure: Name | None = None
    left: Name | None = None
    segment: Name | None = None
    group: Name | None = None
    unit: Literal["day", "week", "month"] = "month"
    cohort: Literal["month", "quarter", "year"] = "quarter"

    @model_validator(mode="after")
    def _dated_or_counted(self) -> Staying:
        if bool(self.started) == bool(self.tenure):
            raise ValueError("give 'started' and 'ended', or 'tenure' and 'left', one of them")
        if bool(self.started) != bool(self.ended) or bool(self.tenure) != bool(self.left):
            raise ValueError("'started' needs 'ended', and 'tenure' needs 'left'")
        return self


class Outcome(Part):
    """Something measured by segment: response, conversion, satisfaction.

    Attributes
    ----------
    numerator, denominator
        SQL, summed over a segment's rows.
    satisfaction
        It says how content customers are: a segment below the others in it is not merely held.
    """

    label: Text
    table: Name
    numerator: Sql
    denominator: Sql = "1"
    customer: Name | None = None
    where: Sql | None = None
    format: Format = "percent"
    satisfaction: bool = False


class Segments(Part):
    """Who belongs together.

    Attributes
    ----------
    rfm
        Name -> SQL over ``r``, ``f`` and ``m``, scores 1 to 5 of how recently, how often and for
        how much a customer bought. Absent: the shipped ones.
    rules
        Under a name each: segment -> SQL over the columns of the customers' table and ``orders``,
        ``revenue``, ``net``. Every customer must meet exactly one of them.
    outcomes
        What is compared between segments.
    levels
        What is done -> the service level or product in the company's words, for segments that are
        to be served better, held, repriced or let go.
    """

    rfm: dict[Name, Sql] = {}
    rules: dict[Name, dict[Name, Sql]] = {}
    outcomes: dict[Name, Outcome] = {}
    levels: dict[Literal["serve_better", "hold", "reprice", "let_go"], Text] = {}


class Loyalty(Part):
    """A loyalty effort under discussion.

    Attributes
    ----------
    cost
        For each customer and year, in the company's currency.
    gain
        By how much more of the customers it is expected to keep, as a share (0.03 is 3 points).
    """

    cost: float = Field(gt=0)
    gain: float | None = Field(default=None, gt=0, lt=1)


class Costly(Part):
    """When a customer is said to cost more than it brings.

    Attributes
    ----------
    months
        Looked back so many months.
    at_least_months
        Customers seen for fewer are not judged.
    false_flags
        The share of flags that may be wrong.
    """

    months: int = Field(default=36, ge=3, le=240)
    at_least_months: int = Field(default=12, ge=3, le=240)
    false_flags: float = Field(default=0.05, gt=0, lt=0.5)


class Prices(Part):
    """What the price was, to hold purchases against.

    Attributes
    ----------
    price
        SQL: the price, averaged over a month's rows.
    against
        SQL that holds for rivals' rows: the price is then ours beside theirs.
    segment
        A column of the customers' table.
    """

    table: Name
    time: Name | None = None
    price: Sql
    where: Sql | None = None
    against: Sql | None = None
    segment: Name


class Customers(Part):
    """What the plan asks of the customers; every part is optional.

    Attributes
    ----------
    customer
        The column of customers' internal numbers, in every table where a part does not say
        otherwise.
    months
        Value is that of so many months before the period's end.
    money
        What each customer brings and costs.
    discount, horizon_years
        For lifetime value.
    top
        How many customers are listed.
    """

    label: Text = "Customers worth keeping"
    owner: Text | None = None
    customer: Name = "customer_id"
    months: int = Field(default=12, ge=1, le=240)
    top: int = Field(default=10, ge=1, le=10)
    who: Who | None = None
    money: dict[Name, Money] = {}
    purchases: Purchases | None = None
    contracts: Contracts | None = None
    staying: Staying | None = None
    segments: Segments | None = None
    loyalty: Loyalty | None = None
    costly: Costly | None = None
    prices: Prices | None = None
    discount: float = Field(default=0.10, ge=0, lt=1)
    horizon_years: float = Field(default=3.0, gt=0, le=30)

    @model_validator(mode="after")
    def _parts_have_what_they_need(self) -> Customers:
        wrong = []
        if not (self.money or self.purchases or self.contracts or self.staying):
            wrong.append("nothing to ask: give 'money', 'purchases', 'contracts' or 'staying'")
        if self.money and not any(m.kind == "revenue" for m in self.money.values()):
            wrong.append("'money' needs an entry of kind 'revenue'")
        if self.costly and not self.money:
            wrong.append("'costly' needs 'money'")
        if self.segments and self.segments.rules and not self.who:
            wrong.append("'segments.rules' need 'who', the table with a row a customer")
        if self.segments and not (self.purchases or self.segments.rules):
            wrong.append("'segments' need 'purchases', or 'rules'")
        if self.loyalty and not (self.money and self.segments):
            wrong.append("'loyalty' needs 'money' and 'segments'")
        if self.purchases and self.purchases.segment and not self.who:
            wrong.append("'purchases.segment' needs 'who', the table with a row a customer")
        if self.prices and not (self.purchases and self.who):
            wrong.append("'prices' need 'purchases' and 'who'")
        if wrong:
            raise ValueError(*wrong)
        return self
