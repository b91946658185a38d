"""Revenue, cost of goods and cost to serve by customer, summed in the engine."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import ibis.expr.types as ir
import numpy as np

from toolkit.customers.definition import GOODS, REVENUE, SERVING, Bought, Flow
from toolkit.customers.ledger import among, asked, in_one_engine, money, orders_of, purchases
from toolkit.customers.value.definition import Profit
from toolkit.customers.value.results import Listed, Profitability, Stream
from toolkit.data.frames import TableLike
from toolkit.kpis import queried
from toolkit.problems import Problem, Refused
from toolkit.stats import concentration, means
from toolkit.stats.means import MeanMoments
from toolkit.study import Study

TOP = 0.2
"""The top fifth."""


def estimate(
    table: Study[Profit] | TableLike | Mapping[str, TableLike], definition: Profit | None = None
) -> Profitability:
    """Which customers bring most, after what they cost?

    Parameters
    ----------
    table
        A study; or the tables by name, a row for each amount; one table where all flows are in one.
    definition
        What to ask of `table`.

    Returns
    -------
    Profitability
        Amounts in the window's currency. The interval of the top fifth and of the Gini index is
        over customers, linearised (`stats.concentration`).

    Raises
    ------
    Refused
        Columns that are not there, faults of SQL, no money in the window.
    """
    if definition is None:
        definition, table = table.definition, table.table
    tables = in_one_engine(table, definition.tables)
    ledger = money(tables, definition.flows, definition.window)
    streams = _streams(ledger, definition)
    each = by_customer(ledger, definition.flows, _orders(tables, definition.bought, definition))
    found = asked(
        each,
        "COUNT(*) AS n, SUM(CASE WHEN net < 0 THEN 1 ELSE 0 END) AS losing, "
        "SUM(CASE WHEN net < 0 THEN net ELSE 0 END) AS lost, AVG(net) AS mean, VAR_SAMP(net) AS var, "
        "SUM(CASE WHEN revenue > 0 THEN 0 ELSE 1 END) AS bare",
    ).iloc[0]
    n = int(found.n)
    if n == 0:
        raise Refused(Problem("customers.money", "has no amounts of any customer in this window"))
    spread = float(found["var"]) if n > 1 else math.nan
    cells = asked(each, "ROUND(revenue, 2) AS value, COUNT(*) AS n", "revenue > 0", "GROUP BY 1 ORDER BY 1")
    values, counts = cells.value.to_numpy(dtype=float), cells.n.to_numpy(dtype=float)
    level = definition.window.level
    first, priority_n, share = _priority(each, definition)
    return Profitability(
        definition, n, int(found.losing), float(found.lost), int(found.bare), streams,
        means.interval(MeanMoments(n, float(found["mean"]), spread), level=level),
        concentration.top_share(values, TOP, counts, level=level), concentration.gini(values, counts, level=level),
        _fifths(values, counts),
        _top(each, "revenue", definition.top), _top(each, "net", definition.top), first, priority_n, share,
    )  # fmt: skip


def _fifths(values: np.ndarray, counts: np.ndarray) -> tuple[float, ...]:
    """Share of the whole of each fifth of the customers, the biggest first; nan where nothing is."""
    if not len(values):
        return (math.nan,) * 5
    curve = concentration.lorenz(values, counts)
    held = [float(curve.at(k / 5)) for k in range(6)]
    return tuple(held[k + 1] - held[k] for k in reversed(range(5)))


def by_customer(ledger: ir.Table, flows: Sequence[Flow], orders: ir.Table | None) -> ir.Table:
    """One row a customer: revenue, goods, serving, net, orders."""
    kind = {
        k: f"SUM(CASE WHEN {among(flows, lambda f, k=k: f.kind == k)} THEN amount ELSE 0 END)" for k in (REVENUE, GOODS, SERVING)
    }
    sums = queried(
        ledger,
        f"customer, {kind[REVENUE]} AS revenue, 0 - {kind[GOODS]} AS goods, "
        f"0 - {kind[SERVING]} AS serving, SUM(amount) AS net",
        "customer IS NOT NULL AND customer <> ''", "GROUP BY customer",
    )  # fmt: skip
    if orders is None:
        return queried(sums, "*, 0 AS orders").cache()
    counted = queried(orders, "customer, COUNT(*) AS orders", then="GROUP BY customer")
    joined = sums.left_join(counted, "customer").drop("customer_right")
    return queried(joined, "customer, revenue, goods, serving, net, COALESCE(orders, 0) AS orders").cache()


def _orders(tables, bought: Bought | None, definition: Profit) -> ir.Table | None:
    if bought is None:
        return None
    orders = orders_of(purchases(tables, bought, definition.window))
    starts = definition.window.starts
    return queried(orders, "*", f"day >= DATE '{starts}'") if starts else orders


def _streams(ledger: ir.Table, definition: Profit) -> tuple[Stream, ...]:
    found = asked(
        ledger,
        "flow, COUNT(*) AS n, SUM(CASE WHEN customer IS NULL OR customer = '' THEN 1 ELSE 0 END) AS bare, "
        "SUM(amount) AS amount, SUM(CASE WHEN customer IS NULL OR customer = '' THEN amount ELSE 0 END) AS unowned",
        then="GROUP BY flow",
    ).set_index("flow")  # fmt: skip
    out = []
    for i, f in enumerate(definition.flows):
        sign = 1.0 if f.kind == "revenue" else -1.0
        row = found.loc[i] if i in found.index else None
        amounts = (0.0, 0, 0, 0.0) if row is None else (row.amount, row.n, row.bare, row.unowned)
        owned = sign * float(amounts[0] - amounts[3]) + 0.0
        out.append(Stream(f.name, f.title, f.kind, owned, int(amounts[1]), int(amounts[2]), sign * float(amounts[3]) + 0.0))
    return tuple(out)


def _listed(rows) -> tuple[Listed, ...]:
    return tuple(
        Listed(str(r.customer), float(r.revenue), float(r.goods), float(r.serving), int(r.orders)) for r in rows.itertuples()
    )


def _top(each: ir.Table, column: str, most: int) -> tuple[Listed, ...]:
    return _listed(asked(each, "*", then=f"ORDER BY {column} DESC, customer LIMIT {int(most)}"))


def _priority(each: ir.Table, definition: Profit) -> tuple[tuple[Listed, ...], int, float]:
    """Who is in the top fifth by net value, and by orders where they are known."""
    ranked = queried(
        each, "*, RANK() OVER (ORDER BY net DESC) AS by_net, RANK() OVER (ORDER BY orders DESC) AS by_orders, "
        "COUNT(*) OVER () AS n_all",
    )  # fmt: skip
    rule = f"net > 0 AND by_net <= CEIL({TOP} * n_all)"
    if definition.bought is not None:
        rule += f" AND orders > 0 AND by_orders <= CEIL({TOP} * n_all)"
    chosen = queried(ranked, "*", rule)
    n = asked(chosen, "COUNT(*) AS n, COALESCE(SUM(net), 0) AS net").iloc[0]
    whole = float(asked(each, "SUM(net) AS net").net[0])
    return (
        _top(chosen, "net", definition.top), int(n.n), float(n.net) / whole if whole > 0 else math.nan
    )  # fmt: skip
