"""Money and purchases as tables of the engine, one row form each, whatever table they stand in.

What all questions of a page rest on, orders and sums by customer, is made once. What cannot be used is
counted under its reason, never dropped in silence.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

import ibis
import ibis.expr.types as ir

from toolkit.company.expressions import check_expression, said
from toolkit.customers.definition import GOODS, REVENUE, SERVING, Bought, Flow, People, Window
from toolkit.customers.kept import Tables
from toolkit.data.asked_once import kept
from toolkit.data.duck_views import can_be_viewed
from toolkit.data.frames import TableLike, as_table
from toolkit.kpis import queried
from toolkit.language import Sentence
from toolkit.problems import Problem, Refused

_MOST_CURRENCIES = 5


REASONS = {
    "no_customer": Sentence("Rows without a customer"), "no_date": Sentence("Rows without a date"),
    "cancelled": Sentence("Rows of cancelled orders"), "returned": Sentence("Rows of returns"),
    "negative": Sentence("Rows of a negative amount, not declared as returns"),
}  # fmt: skip


@dataclass(frozen=True)
class Aside:
    """Rows that were left out, and why (a key of `REASONS`); `amount` is what they would have added."""

    why: str
    rows: int
    amount: float
    orders: int

    @property
    def reason(self) -> Sentence:
        """Why, in words."""
        return REASONS[self.why]


def in_one_engine(given: Mapping[str, TableLike] | TableLike, names: Sequence[str]) -> Tables:
    """The tables called `names` as Ibis tables of one engine.

    Parameters
    ----------
    given
        Name -> table; or one table, where all names are the same.

    Raises
    ------
    Refused
        A table is not there.
    """
    names = tuple(dict.fromkeys(names))
    if not isinstance(given, Mapping):
        if len(names) != 1:
            rule = "needs several tables: give them under their names"
            raise Refused(Problem("tables", rule, choices=names))
        given = {names[0]: given}
    absent = [Problem("tables", "is not given", n, tuple(given)) for n in names if n not in given]
    if absent:
        raise Refused(absent)
    found = {n: as_table(given[n]) for n in names}
    engines = {id(t._find_backend(use_default=False)) for t in found.values()}
    if len(engines) == 1:
        return Tables(found, given.made if isinstance(given, Tables) else None)
    together = ibis.duckdb.connect()
    return Tables({n: together.create_table(n, t.to_pyarrow()) for n, t in found.items()})


def problems_of(table: ir.Table, at: str, columns: Mapping[str, str | None], sql: Mapping[str, str | None]):
    """Columns that are not there and faults of SQL, each with its place."""
    for part, column in columns.items():
        if column is not None and column not in table.columns:
            yield Problem(f"{at}.{part}", "is no column of the table", column, tuple(table.columns))
    for part, text in sql.items():
        if text is None:
            continue
        checked = check_expression(text, table.columns)
        for fault in checked.faults:
            piece, rule = said(checked, fault)
            yield Problem(f"{at}.{part}", rule, piece, fault.choices)


def money(tables: Tables, flows: Sequence[Flow], window: Window) -> ir.Table:
    """What each row of a table brings and costs: customer (text, may be missing), day, revenue, goods, serving, trouble.

    Flows of one table are read together. Costs are positive; `trouble` is the part of them that flows of
    trouble cost. Nothing is copied: to read the tables again costs less than to keep millions of rows.

    Raises
    ------
    Refused
        Columns that are not there, faults of SQL: all at once.
    """
    rows = reduce(lambda a, b: a.union(b), [
        queried(rows, f"customer, day, {_sums(here)}", " OR ".join(f"flow_{i} IS NOT NULL" for i in here))
        for rows, here in _by_table(tables, flows, window)
    ])  # fmt: skip
    if not can_be_viewed(rows):
        return rows
    # DuckDB reads the tables of a union in any order, and sums differ in their last bits, unless rows are numbered as they come
    return queried(queried(rows, "*, ROW_NUMBER() OVER () AS toolkit_at"), "* EXCLUDE (toolkit_at)", "toolkit_at > 0")


def of_flows(tables: Tables, flows: Sequence[Flow], window: Window) -> dict[int, tuple[int, int, float, float]]:
    """Number of the flow -> its rows, those without a customer, their whole amount, and that of those without.

    Amounts as they stand in the tables: a cost is positive.
    """
    out = {}
    for rows, here in _by_table(tables, flows, window):
        nobody = "customer IS NULL OR customer = ''"
        sums = ", ".join(
            f"COUNT(flow_{i}) AS n_{i}, COUNT(CASE WHEN {nobody} THEN flow_{i} END) AS bare_{i}, "
            f"COALESCE(SUM(flow_{i}), 0) AS amount_{i}, COALESCE(SUM(CASE WHEN {nobody} THEN flow_{i} END), 0) AS unowned_{i}"
            for i in here
        )
        found = asked(rows, sums).iloc[0]
        for i in here:
            counts, amounts = (int(found[f"{k}_{i}"]) for k in ("n", "bare")), (float(found[f"{k}_{i}"]) for k in ("amount", "unowned"))
            out[i] = (*counts, *amounts)
    return out


def _sums(here: Mapping[int, Flow]) -> str:
    """Each kind of money of one row, in SQL."""
    wanted = {k: [i for i, f in here.items() if f.kind == k] for k in (REVENUE, GOODS, SERVING)}
    wanted["trouble"] = [i for i, f in here.items() if f.trouble]
    return ", ".join(
        f"{' + '.join(f'COALESCE(flow_{i}, 0)' for i in numbers) or 'CAST(0 AS DOUBLE)'} AS {name}"
        for name, numbers in wanted.items()
    )


def _by_table(tables: Tables, flows: Sequence[Flow], window: Window) -> Iterator[tuple[ir.Table, dict[int, Flow]]]:
    """Rows in the window with a column `flow_i` for each flow of the table; missing where the row is none of it."""
    problems = [
        p for f in flows
        for p in problems_of(tables[f.table], f"customers.money.{f.name}",
                             {"customer": f.customer, "time": f.time}, {"amount": f.amount, "where": f.where})
    ]  # fmt: skip
    if problems:
        raise Refused(problems)
    together: dict[tuple[str, str, str], dict[int, Flow]] = {}
    for i, f in enumerate(flows):
        together.setdefault((f.table, f.customer, f.time), {})[i] = f
    for (name, customer, time), here in together.items():
        columns = [
            f"CASE WHEN ({f.where}\n) THEN CAST(({f.amount}\n) AS DOUBLE) END AS flow_{i}" if f.where
            else f"CAST(({f.amount}\n) AS DOUBLE) AS flow_{i}"
            for i, f in here.items()
        ]  # fmt: skip
        day = f'CAST("{time}" AS DATE)'
        inside = f"{day} <= DATE '{window.ends}'" + (f" AND {day} >= DATE '{window.starts}'" if window.starts else "")
        chosen = f'CAST("{customer}" AS VARCHAR) AS customer, {day} AS day, {", ".join(columns)}'
        yield queried(tables[name], chosen, inside), here


def of_customers(tables: Tables, flows: Sequence[Flow], window: Window) -> ir.Table:
    """One row a customer with money: customer, revenue, goods, serving; made once for all who ask."""

    def made() -> ir.Table:
        sums = queried(
            money(tables, flows, window),
            "customer, SUM(revenue) AS revenue, SUM(goods) AS goods, SUM(serving) AS serving",
            "customer IS NOT NULL AND customer <> ''", "GROUP BY customer",
        )  # fmt: skip
        return kept(sums, tables.large(*(f.table for f in flows)))

    return tables.once(("money", flows, window.starts, window.ends), made)


def with_net(each: ir.Table) -> ir.Table:
    """The same with what is left of the revenue: net."""
    return queried(each, "*, revenue - goods - serving AS net")


def purchases(tables: Tables, bought: Bought, window: Window) -> ir.Table:
    """Every row of purchases, usable or not: customer, order_id, day, product, amount, aside.

    `aside` is empty where the row counts, else ``no_customer``, ``no_date``, ``cancelled``,
    ``returned`` or ``negative``; the first that applies.

    Raises
    ------
    Refused
        Columns that are not there, faults of SQL, several currencies: all at once.
    """
    table = tables[bought.table]
    columns = {k: getattr(bought, k) for k in ("order", "time", "customer", "product", "currency")}
    sql = {k: getattr(bought, k) for k in ("amount", "where", "cancelled", "returned")}
    problems = list(problems_of(table, "customers.purchases", columns, sql))
    if problems:
        raise Refused(problems)
    if bought.currency:
        _one_currency(table, bought)
    product = f'CAST("{bought.product}" AS VARCHAR)' if bought.product else "CAST(NULL AS VARCHAR)"
    cases = [
        f"WHEN \"{bought.customer}\" IS NULL OR CAST(\"{bought.customer}\" AS VARCHAR) = '' THEN 'no_customer'",
        f'WHEN "{bought.time}" IS NULL THEN \'no_date\'',
    ]
    cases += [
        f"WHEN COALESCE(({getattr(bought, part)}\n), FALSE) THEN '{part}'"
        for part in ("cancelled", "returned") if getattr(bought, part)
    ]  # fmt: skip
    cases.append(f"WHEN ({bought.amount}\n) < 0 THEN 'negative'")
    chosen = (
        f'CAST("{bought.customer}" AS VARCHAR) AS customer, CAST("{bought.order}" AS VARCHAR) AS order_id, '
        f'CAST("{bought.time}" AS DATE) AS day, {product} AS product, '
        f"CAST(({bought.amount}\n) AS DOUBLE) AS amount, CASE {' '.join(cases)} ELSE '' END AS aside"
    )
    rows = queried(table, chosen, bought.where)
    return queried(rows, "*", f"day IS NULL OR day <= DATE '{window.ends}'")


def orders(tables: Tables, bought: Bought, window: Window) -> ir.Table:
    """One row an order that counts: customer, day, amount; made once for all who ask.

    Raises
    ------
    Refused
        As `purchases`.
    """

    def made() -> ir.Table:
        grouped = queried(
            purchases(tables, bought, window), "customer, order_id, MIN(day) AS day, COALESCE(SUM(amount), 0) AS amount",
            "aside = ''", "GROUP BY customer, order_id",
        )  # fmt: skip
        return kept(queried(grouped, "customer, day, amount"), tables.large(bought.table))

    return tables.once(("orders", bought, window.ends), made)


def buyers(tables: Tables, bought: Bought, window: Window) -> ir.Table:
    """One row a customer with orders: customer, orders, amount, last_day, inside (orders from the window's first day on)."""

    def made() -> ir.Table:
        inside = f"SUM(CASE WHEN day >= DATE '{window.starts}' THEN 1 ELSE 0 END)" if window.starts else "COUNT(*)"
        each = queried(
            orders(tables, bought, window),
            f"customer, COUNT(*) AS orders, SUM(amount) AS amount, MAX(day) AS last_day, CAST({inside} AS BIGINT) AS inside",
            then="GROUP BY customer",
        )
        return kept(each, tables.large(bought.table))

    return tables.once(("buyers", bought, window.starts, window.ends), made)


def set_aside(lines: ir.Table) -> tuple[Aside, ...]:
    """What of the purchases was left out, by reason."""
    found = queried(lines, "aside, COUNT(*) AS n, COUNT(DISTINCT order_id) AS orders, SUM(amount) AS amount",
                    "aside <> ''", "GROUP BY aside").to_pandas()  # fmt: skip
    rows = {r.aside: r for r in found.itertuples()}
    return tuple(
        Aside(k, int(rows[k].n), float(rows[k].amount or 0), int(rows[k].orders)) for k in REASONS if k in rows
    )


def people(tables: Tables, who: People) -> ir.Table:
    """One row a customer: customer, toolkit_came, toolkit_went (may be missing), then `who.columns`.

    Raises
    ------
    Refused
        Columns that are not there, customers that stand there twice.
    """
    table = tables[who.table]
    columns = {"customer": who.customer, "starts": who.starts, "ends": who.ends}
    columns |= {f"columns.{c}": c for c in who.columns}
    problems = list(problems_of(table, "customers.who", columns, {}))
    others = [c for c in dict.fromkeys(who.columns) if c != who.customer]
    if "customer" in others:
        problems.append(Problem("customers.who", "is the name of another column than the customer's: rename it", "customer"))
    if problems:
        raise Refused(problems)
    day = {k: f'CAST("{c}" AS DATE)' if c else "CAST(NULL AS DATE)" for k, c in (("starts", who.starts), ("ends", who.ends))}
    more = "".join(f', "{c}"' for c in others)
    rows = queried(
        table, f'CAST("{who.customer}" AS VARCHAR) AS customer, {day["starts"]} AS toolkit_came, '
        f'{day["ends"]} AS toolkit_went{more}',
        f'"{who.customer}" IS NOT NULL',
    )  # fmt: skip
    twice = tables.once(("twice", who.table, who.customer), lambda: _twice(rows))
    if twice:
        raise Refused(Problem("customers.who", "must hold each customer once", who.customer, rows=twice))
    return rows


def _twice(rows: ir.Table) -> int:
    return int(asked(rows, "COUNT(*) - COUNT(DISTINCT customer) AS n").n[0])


def asked(table: ir.Table, chosen: str, where: str | None = None, then: str = ""):
    """A small answer as a frame."""
    return queried(table, chosen, where, then).to_pandas()


def _one_currency(table: ir.Table, bought: Bought) -> None:
    chosen = (
        f'CAST("{bought.currency}" AS VARCHAR) AS currency, COUNT(*) AS n, MIN("{bought.time}") AS first, '
        f'MAX("{bought.time}") AS last'
    )
    found = queried(table, chosen, bought.where, "GROUP BY 1 ORDER BY n DESC, 1").to_pandas()
    if len(found) < 2:
        return
    kinds = ", ".join(
        f"{r.currency or 'none'} {r.n:,} rows from {str(r.first)[:10]} to {str(r.last)[:10]}"
        for r in found.head(_MOST_CURRENCIES).itertuples()
    )
    rule = f"holds several currencies, which cannot be added: {kinds}; convert them, or choose one with 'where'"
    raise Refused(Problem("customers.purchases.currency", rule, bought.currency, rows=int(found.n.iloc[1:].sum())))
