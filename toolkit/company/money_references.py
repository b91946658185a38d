"""Do the names in the section on money lead somewhere, and is all money in one currency?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from toolkit.company.change_references import Lookups
from toolkit.company.models import Company
from toolkit.company.money import Money
from toolkit.company.places import Found, Path

_NUMBERS = ("integer", "number", "money")
_HERE: Path = ("money",)


def money_found(company: Company, look: Lookups) -> Iterator[Found]:
    """Everything in the section that refers to nothing, or to the wrong thing."""
    money = company.money
    if money is None:
        return
    for part in ("budgets", "worst_cases", "offers", "vendors"):
        given = getattr(money, part)
        if given is not None:
            yield from _columns(company, (*_HERE, part), given.table, _named(part, given), look)
    yield from _expressions(money, look)
    yield from _changes(company, money, look)
    for name, own in money.returns.items():
        for key, part in own.parts.items():
            at = (*_HERE, "returns", name, "parts", key)
            names = {("unit",): (part.unit, "any"), ("time",): (part.time, "date")}
            yield from _columns(company, at, part.table, names, look)
            yield from _written(at, part.table, {"sum": part.sum, "where": part.where}, look)
            table, _ = look.home(part.table)
            if table is not None and part.months and not (part.time or table.time):
                rule = f"has no 'time': give it here, or 'months: 0' for all rows of '{part.table}'"
                yield Found((*at, "table"), rule, part.table)


def _named(part: str, given) -> Mapping[Path, tuple[str | None, str]]:
    """Places of columns -> the column, and of which kind it must be."""
    kinds = {
        "budgets": {"month": "date", "component": "any", "phase": "any", "department": "any",
                    "planned": "money", "actual": "money", "planned_hours": "number",
                    "actual_hours": "number", "done": "number"},
        "worst_cases": {"name": "any", "label": "any"},
        "offers": {"name": "any", "origin": "any", "wanted": "any", "setup": "money",
                   "setup_hours": "number", "failure_chance": "number", "failure_loss": "money"},
        "vendors": {"choice": "any", "kind": "any", "criterion": "any", "weight": "number",
                    "score": "number", "cost": "money", "hours": "number", "months": "number"},
    }[part]  # fmt: skip
    found = {(key,): (getattr(given, key), kind) for key, kind in kinds.items()}
    if part == "budgets" and isinstance(given.hour_rate, str):
        found[("hour_rate",)] = (given.hour_rate, "money")
    lists = {"worst_cases": {"chance": "number", "cost": "money"}, "offers": {"margin": "money"}}
    for key, kind in lists.get(part, {}).items():
        found |= {(key, i): (column, kind) for i, column in enumerate(getattr(given, key))}
    return found


def _columns(
    company: Company, at: Path, name: str, named: Mapping[Path, tuple[str | None, str]], look: Lookups
) -> Iterator[Found]:
    table, columns = look.home(name)
    if table is None:
        yield from look.known((*at, "table"), name, "tables", "no table")
    if columns is None:
        return
    wrong = f"no column of '{name}'"
    for loc, (column, kind) in named.items():
        if column is None:
            continue
        if kind == "date":
            yield from look.dated((*at, *loc), column, columns, wrong)
            continue
        yield from look.one_of((*at, *loc), column, columns, wrong)
        if column not in columns or kind == "any":
            continue
        if columns[column].type not in _NUMBERS:
            rule = f"must be a column of numbers; it is of type '{columns[column].type}'"
            yield Found((*at, *loc), rule, column)
        elif kind == "money" and columns[column].currency not in (None, company.company.currency):
            rule = (f"is in {columns[column].currency}, and the company counts in "
                    f"{company.company.currency}: bring the table into one currency first")
            yield Found((*at, *loc), rule, column)


def _written(at: Path, name: str, sql: Mapping[str, str | None], look: Lookups) -> Iterator[Found]:
    table, columns = look.home(name)
    if table is not None and columns is not None:
        for key, text in sql.items():
            yield from look.sql((*at, key), text, columns)


def _expressions(money: Money, look: Lookups) -> Iterator[Found]:
    if money.budgets is not None:
        sql = {"later": money.budgets.later}
        yield from _written((*_HERE, "budgets"), money.budgets.table, sql, look)
    offers = money.offers
    if offers is None:
        return
    at = (*_HERE, "offers")
    groups = {(*at, "customers"): offers.customers}
    groups |= {(*at, "pilots", n, "customers"): p.customers for n, p in offers.pilots.items()}
    for loc, group in groups.items():
        if group is None:
            continue
        table, _ = look.home(group.table)
        if table is None:
            yield from look.known((*loc, "table"), group.table, "tables", "no table")
        yield from _written(loc, group.table, {"where": group.where}, look)
    if offers.asked is not None:
        asked, loc = offers.asked, (*at, "asked")
        table, columns = look.home(asked.table)
        if table is None:
            yield from look.known((*loc, "table"), asked.table, "tables", "no table")
        if columns is not None:
            wrong = f"no column of '{asked.table}'"
            for key in ("wanted", "customer"):
                yield from look.one_of((*loc, key), getattr(asked, key), columns, wrong)
            yield from look.dated((*loc, "time"), asked.time, columns, wrong)


def _changes(company: Company, money: Money, look: Lookups) -> Iterator[Found]:
    for name in money.values:
        if name not in company.changes:
            yield from look.known((*_HERE, "values", name), name, "changes", "no plan change")
    for i, pair in enumerate(money.together):
        for key, name in (("of", pair.of), ("with", pair.with_)):
            if name not in company.changes:
                loc = (*_HERE, "together", i, key)
                yield from look.known(loc, name, "changes", "no plan change")
        if pair.of == pair.with_:
            yield Found((*_HERE, "together", i, "with"), "is the same plan change", pair.with_)
