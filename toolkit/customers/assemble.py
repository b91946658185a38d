"""The questions that the company's params ask of its customers, with their tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import ibis.expr.types as ir

from toolkit.company.customers import Customers
from toolkit.company.models import Company
from toolkit.company.periods import Period
from toolkit.customers.costly import Costly
from toolkit.customers.definition import Bought, Flow, People, Window
from toolkit.customers.kept import Tables
from toolkit.customers.ledger import in_one_engine, orders, people
from toolkit.customers.lifetime import Purchases, Renewals
from toolkit.customers.prices import PriceResponse
from toolkit.customers.repeat import Repeat
from toolkit.customers.retention import Retention
from toolkit.customers.segments import RFM, Outcome, Rules, Segmenting
from toolkit.customers.value import Profit
from toolkit.kpis import queried
from toolkit.problems import Problem, Refused
from toolkit.study import Study

TableOf = Callable[[str], ir.Table]

PARTS = ("value", "costly", "segments", "repeat", "staying", "shop", "contracts", "prices")
"""The questions, in the order they are answered."""


@dataclass(frozen=True, eq=False)
class CustomerStudies:
    """A study for each question; None where the params do not ask it."""

    value: Study[Profit] | None = None
    costly: Study[Costly] | None = None
    segments: Study[Segmenting] | None = None
    repeat: Study[Repeat] | None = None
    staying: Study[Retention] | None = None
    shop: Study[Purchases] | None = None
    contracts: Study[Renewals] | None = None
    prices: Study[PriceResponse] | None = None


def assembled(company: Company, table_of: TableOf, period: Period, parts: Sequence[str] = PARTS) -> CustomerStudies:
    """The studies, each with the tables it needs.

    Parameters
    ----------
    parts
        Those of `PARTS` that are wanted; the others are None.

    Raises
    ------
    Refused
        The params ask nothing of customers.
    """
    given = company.customers
    if given is None:
        raise Refused(Problem("customers", "is not in the params file: it says what is asked of customers"))
    made = _Made(company, given, table_of, period)
    return CustomerStudies(**{part: getattr(made, part)() for part in parts})


class _Made:
    def __init__(self, company: Company, given: Customers, table_of: TableOf, period: Period):
        self.company, self.given, self.table_of, self.period = company, given, table_of, period
        self.ends = min(period.last_day, company.company.as_of)
        self.least = company.company.min_cell
        self.made: dict[tuple, object] = {}

    def window(self, months: int | None) -> Window:
        """The last `months` up to the period's end; all there is where None."""
        starts = None if months is None else _months_before(self.ends, months)
        return Window(self.ends, starts, self.company.company.currency, str(self.period), self.given.owner)

    def whose(self, part) -> str:
        return part.customer or self.given.customer

    def time(self, part) -> str:
        return part.time or self.company.tables[part.table].time

    def study(self, definition) -> Study:
        return Study(self.tables(definition.tables), definition)

    def tables(self, names: Sequence[str]) -> Tables:
        """Tables by name; what one question makes of them the others find."""
        return Tables({name: self.table_of(name) for name in names}, self.made)

    def flows(self) -> tuple[Flow, ...]:
        return tuple(
            Flow(name, m.table, m.kind, m.amount, self.time(m), self.whose(m), m.where, m.trouble, m.label)
            for name, m in self.given.money.items()
        )

    def who(self) -> People | None:
        if (w := self.given.who) is None:
            return None
        columns = tuple(n for n, c in self.company.tables[w.table].columns.items() if not c.identifier)
        return People(w.table, self.whose(w), w.starts, w.ends, columns)

    def bought(self) -> Bought | None:
        if (p := self.given.purchases) is None:
            return None
        return Bought(p.table, p.order, self.time(p), self.whose(p), p.product, p.amount, p.where, p.cancelled,
                      p.returned, p.currency)  # fmt: skip

    def value(self) -> Study | None:
        if not self.given.money:
            return None
        return self.study(Profit(self.flows(), self.window(self.given.months), self.bought(), self.given.top))

    def costly(self) -> Study | None:
        if (c := self.given.costly) is None:
            return None
        window = self.window(c.months)
        return self.study(Costly(self.flows(), window, self.who(), c.at_least_months, c.false_flags, self.given.top))

    def segments(self) -> Study | None:
        if (s := self.given.segments) is None:
            return None
        bought, loyalty = self.bought(), self.given.loyalty
        outcomes = tuple(
            Outcome(name, o.label, o.table, o.numerator, o.denominator, self.whose(o), o.where, o.format, o.satisfaction)
            for name, o in s.outcomes.items()
        )
        return self.study(Segmenting(
            self.window(self.given.months), bought, Rules("rfm", s.rfm or RFM) if bought else None,
            tuple(Rules(name, rules) for name, rules in s.rules.items()), self.who(), self.flows(), outcomes,
            loyalty.cost if loyalty else None, loyalty.gain if loyalty else None, dict(s.levels),
            min_cell=self.least,
        ))  # fmt: skip

    def repeat(self) -> Study | None:
        if (p := self.given.purchases) is None:
            return None
        return self.study(Repeat(self.bought(), self.window(None), p.within_days, min_cell=self.least))

    def prices(self) -> Study | None:
        if (p := self.given.prices) is None:
            return None
        return self.study(PriceResponse(
            self.bought(), self.who(), self.window(None), p.table, self.time(p), p.price, p.segment, p.where, p.against,
            min_cell=self.least,
        ))  # fmt: skip

    def shared(self, name: str, table: str) -> dict:
        about = self.company.company
        return {
            "name": name, "table": table, "currency": about.currency, "discount": self.given.discount,
            "horizon_years": self.given.horizon_years, "period": str(self.period), "owner": self.given.owner,
            "headline": False, "min_cell": self.least,
        }  # fmt: skip

    def shop(self) -> Study | None:
        p = self.given.purchases
        if p is None or p.margin is None:
            return None
        bought, window = self.bought(), self.window(None)
        tables = in_one_engine(self.tables(self._shop_tables()), self._shop_tables())
        rows = orders(tables, bought, window)
        segment = None
        if p.segment and self.given.who:
            named = people(tables, People(self.given.who.table, self.whose(self.given.who), columns=(p.segment,)))
            named = queried(named, f'customer AS whose, "{p.segment}" AS segment')
            rows = rows.left_join(named, rows.customer == named.whose).drop("whose")
            segment = "segment"
        return Study(rows, Purchases(
            customer="customer", time="day", amount="amount", margin=p.margin, segment=segment, ends=self.ends,
            **self.shared("shop", p.table),
        ))  # fmt: skip

    def _shop_tables(self) -> tuple[str, ...]:
        p, who = self.given.purchases, self.given.who
        return tuple(dict.fromkeys([p.table, *([who.table] if p.segment and who else [])]))

    def contracts(self) -> Study | None:
        if (c := self.given.contracts) is None:
            return None
        return Study(self.table_of(c.table), Renewals(
            customer=self.whose(c), term=c.term, renewed=c.renewed, value=c.value, terms_a_year=c.terms_a_year,
            time=c.time or self.company.tables[c.table].time, segment=c.segment, where=c.where, ends=self.ends,
            **self.shared("contracts", c.table),
        ))  # fmt: skip

    def staying(self) -> Study | None:
        if (s := self.given.staying) is None:
            return None
        return Study(self.table_of(s.table), Retention(
            started=s.started, ended=s.ended, tenure=s.tenure, left=s.left, segment=s.segment, group=s.group,
            time_unit=s.unit, cohort=s.cohort, ends=self.ends, name="staying", table=s.table, period=str(self.period),
            owner=self.given.owner, min_cell=self.least,
        ))  # fmt: skip


def _months_before(ends: date, months: int) -> date:
    """The first day of the window of so many months that ends on `ends`."""
    index = ends.year * 12 + ends.month - months
    return date(index // 12, index % 12 + 1, 1)
