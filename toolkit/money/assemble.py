"""The section on money of a company's params, as questions with their tables."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import ibis.expr.types as ir

from toolkit.company.models import Company
from toolkit.company.money import Customers, Money
from toolkit.company.periods import Period
from toolkit.data.dialects import answered
from toolkit.money.definition import (
    Benefit,
    Ledger,
    Offers,
    Pilot,
    PlanReturn,
    Vendors,
    WorstCases,
)
from toolkit.money.own_returns import OwnReturn, Part
from toolkit.problems import Problem, Refused
from toolkit.study import Study

TableOf = Callable[[str], ir.Table]


@dataclass(frozen=True, eq=False)
class ReturnStudy(Study[PlanReturn]):
    """What a notebook hands to ``returns.estimate``; `table` is the ledger, None where there is none."""


def _money(company: Company) -> Money:
    if company.money is None:
        raise Refused(Problem("money", "is missing: this params file has no section on money"))
    return company.money


def ledger_of(company: Company, period: Period) -> Ledger | None:
    """The ledger's columns, known up to the end of the period; None where none is declared."""
    money = _money(company)
    given = money.budgets
    if given is None:
        return None
    rate = given.hour_rate if given.hour_rate is not None else money.hour_rate
    return Ledger(
        month=given.month, component=given.component, planned=given.planned, actual=given.actual,
        until=min(period.last_day, company.company.as_of), phase=given.phase, department=given.department,
        planned_hours=given.planned_hours, actual_hours=given.actual_hours, done=given.done, hour_rate=rate,
        later=given.later, table=given.table, currency=company.company.currency, period=str(period),
        level=money.level, owner=money.owner, fiscal_year_starts=company.company.fiscal_year_starts,
        labels={**{name: change.label for name, change in company.changes.items()}, **given.labels},
    )  # fmt: skip


def budgets(company: Company, table_of: TableOf, period: Period) -> Study[Ledger]:
    """The ledger with its table; without a table where none is declared: then there is no data.

    Raises
    ------
    Refused
        The params file has no section on money.
    """
    ledger = ledger_of(company, period)
    if ledger is None:
        nothing = Ledger("", "", "", "", period.last_day, table="", currency=company.company.currency, period=str(period))
        return Study(None, nothing)
    return Study(table_of(ledger.table), ledger)


def plan_return(company: Company, table_of: TableOf, period: Period, benefits: tuple[Benefit, ...]) -> ReturnStudy:
    """The plan's return, its benefits given as measured; Refused as in `budgets`."""
    money = _money(company)
    ledger = ledger_of(company, period)
    definition = PlanReturn(
        benefits=benefits, until=min(period.last_day, company.company.as_of), ledger=ledger, hour_rate=money.hour_rate,
        yearly_rate=money.discount_rate, finance_rate=money.finance_rate, reinvest_rate=money.reinvest_rate,
        horizon=money.horizon_months, bias_benefits=money.optimism_bias.benefits, bias_costs=money.optimism_bias.costs,
        shared=tuple(money.shared), correlations=_together(money, benefits), currency=company.company.currency,
        level=money.level, scenarios=money.scenarios, seed=money.seed, period=str(period), owner=money.owner,
    )  # fmt: skip
    return ReturnStudy(table_of(ledger.table) if ledger else None, definition)


def _together(money: Money, benefits: tuple[Benefit, ...]) -> dict[tuple[str, str], float]:
    """Only of changes in effect: the others come later."""
    names = {b.name for b in benefits}
    return {(t.of, t.with_): t.correlation for t in money.together if {t.of, t.with_} <= names}


def worst_cases(company: Company, table_of: TableOf) -> Study[WorstCases] | None:
    """The table of worst cases; None where none is declared."""
    given = _money(company).worst_cases
    if given is None:
        return None
    definition = WorstCases(given.name, tuple(given.chance), tuple(given.cost), given.label, given.table,
                            currency=company.company.currency)  # fmt: skip
    return Study(table_of(given.table), definition)


def offers(company: Company, table_of: TableOf, period: Period) -> Study[Offers]:
    """The table of offers, with the demand seen and what a pilot would rest on; as `budgets` where none is declared."""
    money = _money(company)
    given = money.offers
    if given is None:
        nothing = Offers("", ("", "", ""), "", table="", currency=company.company.currency, period=str(period), owner=money.owner)
        return Study(None, nothing)
    reach = _customers(given.customers, table_of) if given.customers else 0
    pilots = {
        name: Pilot(p.margin, _customers(p.customers, table_of) if p.customers else reach) for name, p in given.pilots.items()
    }
    definition = Offers(
        name=given.name, margin=tuple(given.margin), setup=given.setup, setup_hours=given.setup_hours, origin=given.origin,
        wanted=given.wanted, failure_chance=given.failure_chance, failure_loss=given.failure_loss,
        asked=_asked(company, table_of, period), months=given.asked.months if given.asked else 12, pilots=pilots,
        hour_rate=money.hour_rate, loss_accepted=money.loss_accepted, bias=money.optimism_bias.benefits,
        bias_costs=money.optimism_bias.costs, power=given.power, table=given.table, currency=company.company.currency,
        level=money.level, scenarios=money.scenarios, seed=money.seed, period=str(period), owner=money.owner,
        min_cell=company.company.min_cell,
    )  # fmt: skip
    return Study(table_of(given.table), definition)


def _customers(group: Customers, table_of: TableOf) -> int:
    name = "toolkit_reach"
    only = f" WHERE ({group.where}\n)" if group.where else ""
    (counted,) = answered(table_of(group.table), name, f"SELECT COUNT(*) AS n FROM {name}{only}")
    return int(counted["n"])


def _asked(company: Company, table_of: TableOf, period: Period) -> dict[str, int]:
    """How many customers asked for each thing, in the months up to the end of the period."""
    asked = company.money.offers.asked
    if asked is None:
        return {}
    until = min(period.last_day, company.company.as_of)
    since = months_before(until, asked.months)
    name = "toolkit_asked"
    sql = (
        f'SELECT CAST("{asked.wanted}" AS VARCHAR) AS wanted, COUNT(DISTINCT "{asked.customer}") AS n FROM {name} '
        f"WHERE CAST(\"{asked.time}\" AS DATE) >= DATE '{since.isoformat()}' "
        f"AND CAST(\"{asked.time}\" AS DATE) <= DATE '{until.isoformat()}' AND \"{asked.wanted}\" IS NOT NULL GROUP BY 1"
    )
    found = {str(r["wanted"]): int(r["n"]) for r in answered(table_of(asked.table), name, sql)}
    return dict(sorted(found.items()))


def vendors(company: Company, table_of: TableOf, period: Period) -> Study[Vendors]:
    """The table of choices of vendors; as `budgets` where none is declared."""
    money = _money(company)
    given = money.vendors
    if given is None:
        nothing = Vendors("", "", "", "", table="", currency=company.company.currency, period=str(period), owner=money.owner)
        return Study(None, nothing)
    definition = Vendors(
        choice=given.choice, criterion=given.criterion, weight=given.weight, score=given.score, kind=given.kind, cost=given.cost,
        hours=given.hours, months=given.months, hour_rate=money.hour_rate, table=given.table, currency=company.company.currency,
        seed=money.seed, period=str(period), owner=money.owner,
    )  # fmt: skip
    return Study(table_of(given.table), definition)


def own_returns(
    company: Company, table_of: TableOf, period: Period
) -> tuple[dict[str, ir.Table], tuple[OwnReturn, ...], str]:
    """Tables, definitions and period of the returns that the company defines; Refused as in `budgets`."""
    money = _money(company)
    until = min(period.last_day, company.company.as_of)
    definitions, names = [], []
    for name, own in money.returns.items():
        parts = {}
        for key, p in own.parts.items():
            time = p.time or company.tables[p.table].time
            dated = {"time": time, "since": months_before(until, p.months), "until": until} if p.months else {}
            parts[key] = Part(p.table, p.sum, p.where, unit=p.unit, **dated)
            names.append(p.table)
        definitions.append(OwnReturn(
            name, own.label, own.formula, parts, own.format, own.better, own.good_from, company.company.currency,
            money.level, str(period), money.owner,
        ))  # fmt: skip
    return {n: table_of(n) for n in dict.fromkeys(names)}, tuple(definitions), str(period)


def months_before(until: date, months: int) -> date:
    """The first day of the stretch of so many months that ends on `until`."""
    after = date.fromordinal(until.toordinal() + 1)
    years, month = divmod(after.month - 1 - months, 12)
    first = date(after.year + years, month + 1, 1)
    return date.fromordinal(first.toordinal() + after.day - 1)
