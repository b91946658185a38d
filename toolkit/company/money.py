"""What the plan costs and may return, as the analyst declares it: ledger, values, offers, vendors, risks."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field, field_validator, model_validator

from toolkit.company.base import Better, Format, Name, Part, Sql, Text
from toolkit.company.goals import kpis_of


class Judgement(Part):
    """A number that somebody judged: at the lowest, most likely, at the highest."""

    low: float
    likely: float
    high: float

    @model_validator(mode="after")
    def _in_order(self) -> Judgement:
        if not self.low <= self.likely <= self.high:
            raise ValueError("'low', 'likely' and 'high' must be in order")
        return self


def _one_or_three(value: object) -> object:
    """One number is all three."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return {"low": value, "likely": value, "high": value}
    return value


Judged = Annotated[
    Judgement,
    BeforeValidator(_one_or_three, json_schema_input_type=float | dict[str, float]),
]
"""A number, or `low`, `likely` and `high`."""


class Ledger(Part):
    """The table of budgets: one row a month and line, plan beside actual.

    Attributes
    ----------
    month
        The column of the month a row is about.
    component, phase, department
        Columns that say what a line is for. A plan change's costs are those of the component
        that has its name.
    planned, actual
        Columns of money. Actuals of months to come are empty.
    planned_hours, actual_hours
        Columns of hours of the company's own people.
    done
        The column of the share (0 to 1) of the month's planned work that is done by now; without
        it there is no earned value.
    hour_rate
        What an hour costs: a column, or a number; the one of ``money`` where absent.
    later
        SQL: rows that are later costs, of training and integration for instance.
    labels
        What people call a component, where its name alone will not do.
    """

    table: Name
    month: Name
    component: Name
    phase: Name | None = None
    department: Name | None = None
    planned: Name
    actual: Name
    planned_hours: Name | None = None
    actual_hours: Name | None = None
    done: Name | None = None
    hour_rate: Name | Annotated[float, Field(gt=0)] | None = None
    later: Sql | None = None
    labels: dict[Text, Text] = {}

    @model_validator(mode="after")
    def _both_or_none(self) -> Ledger:
        if (self.planned_hours is None) != (self.actual_hours is None):
            raise ValueError("give 'planned_hours' and 'actual_hours', both or neither")
        return self


class Worth(Part):
    """What one unit of a plan change's KPI is worth, where it is more than one number.

    Attributes
    ----------
    value
        In the company's currency, for one row that counts: a number, or low, likely and high.
        The change's own `value_per_unit` where absent.
    source
        Where that comes from.
    """

    value: Judged | None = None
    source: Text | None = None


class Together(Part):
    """Two plan changes whose effects are not independent, and how strongly they move together."""

    of: Name
    with_: Name = Field(alias="with")
    correlation: float = Field(ge=-1, le=1)


class Sum(Part):
    """A sum over a table's rows, in the year up to the end of the period.

    Attributes
    ----------
    sum
        SQL, summed over the rows; rows where it is missing are left out.
    time
        The column that dates a row; the table's own where absent.
    unit
        The column whose rows belong together: intervals come from sums by it.
    months
        So many months up to the end of the period; all rows where 0.
    """

    table: Name
    sum: Sql
    where: Sql | None = None
    time: Name | None = None
    unit: Name | None = None
    months: int = Field(default=12, ge=0, le=1200)


class OwnReturn(Part):
    """Return as the company defines it.

    Attributes
    ----------
    formula
        Arithmetic over the names of `parts`, such as ``spent / won``.
    parts
        The sums it is made of, each under a name.
    good_from
        The value from which it is good.
    """

    label: Text
    formula: Text
    parts: dict[Name, Sum] = Field(min_length=1, max_length=8)
    format: Format = "number"
    better: Better = "higher"
    good_from: float | None = None

    @field_validator("formula")
    @classmethod
    def _plain_arithmetic(cls, text: str) -> str:
        kpis_of(text)
        return text

    @model_validator(mode="after")
    def _of_its_parts(self) -> OwnReturn:
        wrong = [n for n in kpis_of(self.formula) if n not in self.parts]
        if wrong:
            listed = ", ".join(f"'{n}'" for n in wrong)
            raise ValueError(f"'formula' names {listed}, which 'parts' does not have")
        return self


class WorstCases(Part):
    """The table of worst cases: a row each, chance a year and cost, at low, likely and high.

    Attributes
    ----------
    name, label
        Columns of its name, and of what people call it.
    chance, cost
        Three columns each: low, likely, high.
    """

    table: Name
    name: Name
    label: Name | None = None
    chance: list[Name] = Field(min_length=3, max_length=3)
    cost: list[Name] = Field(min_length=3, max_length=3)


class Customers(Part):
    """Whom an offer can be made to: rows of a table."""

    table: Name
    where: Sql | None = None


class Asked(Part):
    """The table of what customers asked for and did not get.

    Attributes
    ----------
    wanted, customer, time
        Columns: what was asked for, by whom, and when.
    months
        So many months up to the end of the period count as demand.
    """

    table: Name
    wanted: Name
    customer: Name
    time: Name
    months: int = Field(default=12, ge=1, le=120)


class Pilot(Part):
    """How an offer is tried out.

    Attributes
    ----------
    margin
        What one customer who takes it brings in a year, in the company's currency.
    customers
        Whom it would be made to; those of all offers where absent.
    """

    margin: float = Field(gt=0)
    customers: Customers | None = None


class Offers(Part):
    """The table of ideas for offers: a row each, with what is hoped of it.

    Attributes
    ----------
    name, origin
        Columns: its name, and whose idea it is.
    wanted
        The column that says which request it answers.
    margin
        Three columns: yearly margin before set-up, at low, likely and high.
    setup, setup_hours
        Columns of what setting it up takes, in money and hours.
    failure_chance, failure_loss
        Columns: the chance that it has to be withdrawn, and what that costs.
    customers
        Whom offers are made to.
    asked
        Where requests are counted.
    pilots
        How each offer would be tried out, by its name.
    power
        The chance that a pilot shows the margin that was judged likely.
    """

    table: Name
    name: Name
    origin: Name | None = None
    wanted: Name | None = None
    margin: list[Name] = Field(min_length=3, max_length=3)
    setup: Name
    setup_hours: Name | None = None
    failure_chance: Name | None = None
    failure_loss: Name | None = None
    customers: Customers | None = None
    asked: Asked | None = None
    pilots: dict[Name, Pilot] = {}
    power: float = Field(default=0.8, gt=0.5, lt=1)

    @model_validator(mode="after")
    def _fits(self) -> Offers:
        wrong = []
        if self.failure_loss and not self.failure_chance:
            wrong.append("'failure_loss' needs 'failure_chance'")
        if self.asked and not self.wanted:
            wrong.append("'asked' needs 'wanted': which request does an offer answer?")
        if self.pilots and not self.customers:
            bare = [n for n, p in self.pilots.items() if p.customers is None]
            if bare:
                wrong.append(f"'pilots' need 'customers': whom is '{bare[0]}' offered to?")
        if wrong:
            raise ValueError(*wrong)
        return self


class Vendors(Part):
    """The table of choices of vendors: a row a choice and criterion.

    Attributes
    ----------
    choice, kind
        Columns: what could be chosen, and whether it is one vendor or several.
    criterion, weight, score
        Columns: what counts, how much, and how well the choice does it (more is better).
    cost, hours, months
        Columns: money, own people's hours, and months until it works; the same in every row of
        a choice.
    """

    table: Name
    choice: Name
    kind: Name | None = None
    criterion: Name
    weight: Name
    score: Name
    cost: Name | None = None
    hours: Name | None = None
    months: Name | None = None


class Optimism(Part):
    """By how much what is only hoped is corrected: shares, 0.1 is a tenth (HM Treasury, Green Book).

    Attributes
    ----------
    benefits
        Taken off what is still to come, and off what offers are hoped to bring.
    costs
        Put on what is still to be spent.
    """

    benefits: float = Field(default=0.0, ge=0, lt=1)
    costs: float = Field(default=0.0, ge=0, le=10)


class Money(Part):
    """Money and hours: what the plan costs and returns, which offers are worth it.

    Attributes
    ----------
    hour_rate
        What an hour of the company's own people costs.
    discount_rate
        By which money a year later is worth less: 0.08 is 8 % a year.
    finance_rate, reinvest_rate
        For the modified rate of return; the discount rate where absent.
    horizon_months
        From the first month of the plan; effects that are kept are carried forward until then.
    loss_accepted
        The chance of a loss up to which an offer is made without a pilot.
    optimism_bias
        Corrections of what is only hoped.
    shared
        Components of the ledger that are charged to the plan beside its changes.
    values
        What effects are worth, by change, where it is more than one number.
    together
        Effects that move together.
    returns
        Return as the company defines it, each under a name.
    level
        Of the intervals of money.
    scenarios, seed
        How many scenarios are drawn, and from which seed.
    """

    hour_rate: float | None = Field(default=None, gt=0)
    discount_rate: float = 0.08
    finance_rate: float | None = None
    reinvest_rate: float | None = None
    horizon_months: int = Field(default=36, ge=1, le=600)
    loss_accepted: float = Field(default=0.2, ge=0, le=0.5)
    optimism_bias: Optimism = Optimism()
    budgets: Ledger | None = None
    shared: list[Text] = []
    values: dict[Name, Worth] = {}
    together: list[Together] = []
    returns: dict[Name, OwnReturn] = {}
    worst_cases: WorstCases | None = None
    offers: Offers | None = None
    vendors: Vendors | None = None
    level: float = Field(default=0.9, gt=0.5, lt=1)
    scenarios: int = Field(default=20_000, ge=1_000, le=1_000_000)
    seed: int = Field(default=1, ge=0)
    owner: Text | None = None

    @field_validator("discount_rate", "finance_rate", "reinvest_rate")
    @classmethod
    def _a_rate(cls, rate: float | None) -> float | None:
        if rate is not None and not 0 <= rate <= 1:
            raise ValueError("must lie between 0 and 1: 0.08 is 8 % a year")
        return rate

    @model_validator(mode="after")
    def _hours_have_a_rate(self) -> Money:
        wrong = []
        ledger = self.budgets
        if self.hour_rate is None:
            if ledger and ledger.planned_hours and ledger.hour_rate is None:
                wrong.append("'budgets' has hours without a rate: give 'hour_rate'")
            for part in ("offers", "vendors"):
                given = getattr(self, part)
                if given and (given.setup_hours if part == "offers" else given.hours):
                    wrong.append(f"'{part}' has hours without a rate: give 'hour_rate'")
        if self.shared and not ledger:
            wrong.append("'shared' names components of 'budgets': give that, too")
        if wrong:
            raise ValueError(*wrong)
        return self
