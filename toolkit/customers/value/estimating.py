"""Revenue, cost of goods and cost to serve by customer, summed in the engine."""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction

import ibis.expr.types as ir
import numpy as np

from toolkit.customers.kept import Tables
from toolkit.customers.ledger import asked, buyers, in_one_engine, of_customers, of_flows, with_net
from toolkit.customers.value.definition import Profit
from toolkit.customers.value.results import Listed, Profitability, Stream
from toolkit.data.asking import literal
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
    streams = _streams(tables, definition)
    each = with_net(of_customers(tables, definition.flows, definition.window))
    bought = None if definition.bought is None else buyers(tables, definition.bought, definition.window)
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
    first, priority_n, share = _priority(each, bought, n, definition.top)
    return Profitability(
        definition, n, int(found.losing), float(found.lost), int(found.bare), streams,
        means.interval(MeanMoments(n, float(found["mean"]), spread), level=level),
        concentration.top_share(values, TOP, counts, level=level), concentration.gini(values, counts, level=level),
        _fifths(values, counts),
        *(_listed(_with_orders(_top(each, by, definition.top), bought), by) for by in ("revenue", "net")),
        first, priority_n, share,
    )  # fmt: skip


def _fifths(values: np.ndarray, counts: np.ndarray) -> tuple[float, ...]:
    """Share of the whole of each fifth of the customers, the biggest first; nan where nothing is."""
    if not len(values):
        return (math.nan,) * 5
    curve = concentration.lorenz(values, counts)
    held = [float(curve.at(k / 5)) for k in range(6)]
    return tuple(held[k + 1] - held[k] for k in reversed(range(5)))


def _streams(tables: Tables, definition: Profit) -> tuple[Stream, ...]:
    found = of_flows(tables, definition.flows, definition.window)
    # a cost is a positive amount; nothing is 0, not -0
    return tuple(
        Stream(f.name, f.title, f.kind, found[i][2] - found[i][3] + 0.0, found[i][0], found[i][1], found[i][3] + 0.0)
        for i, f in enumerate(definition.flows)
    )


def _top(each: ir.Table, by: str, most: int) -> ir.Table:
    """The first `most` customers by a column."""
    return queried(each, "*", then=f"ORDER BY {by} DESC, customer LIMIT {int(most)}")


def _with_orders(each: ir.Table, bought: ir.Table | None) -> ir.Table:
    """Customers with the number of their orders in the window; 0 where they have none."""
    if bought is None:
        return queried(each, "*, 0 AS orders")
    counted = queried(bought, "customer AS whose, inside")
    joined = each.left_join(counted, each.customer == counted.whose)
    return queried(joined, "customer, revenue, goods, serving, net, COALESCE(inside, 0) AS orders")


def _listed(rows: ir.Table, by: str) -> tuple[Listed, ...]:
    return tuple(
        Listed(str(r.customer), float(r.revenue), float(r.goods), float(r.serving), int(r.orders))
        for r in asked(rows, "*", then=f"ORDER BY {by} DESC, customer").itertuples()
    )


def _priority(
    each: ir.Table, bought: ir.Table | None, n: int, most: int
) -> tuple[tuple[Listed, ...], int, float]:
    """Who is in the top fifth of `n` customers by net value, and by orders where they are known.

    Equal values have one rank, so that a fifth ends with the value of its last place.
    """
    last = math.ceil(Fraction(str(TOP)) * n)
    least = asked(each, "net", then=f"ORDER BY net DESC LIMIT 1 OFFSET {last - 1}").net[0]
    chosen = queried(each, "*", f"net > 0 AND net >= {literal(float(least))}")
    if bought is not None:
        fewest = _orders_of_place(each, bought, last)
        counted = queried(bought, "customer AS whose", f"inside > 0 AND inside >= {fewest}")
        chosen = chosen.join(counted, chosen.customer == counted.whose).drop("whose")
    found = asked(chosen, "COUNT(*) AS n, COALESCE(SUM(net), 0) AS net").iloc[0]
    whole = float(asked(each, "SUM(net) AS net").net[0])
    listed = _listed(_with_orders(_top(chosen, "net", most), bought), "net")
    return listed, int(found.n), float(found.net) / whole if whole > 0 else math.nan


def _orders_of_place(each: ir.Table, bought: ir.Table, place: int) -> int:
    """How many orders the customer at that place has, of customers with money by their orders."""
    named = queried(each, "customer AS whose")
    theirs = queried(bought, "customer, inside", "inside > 0")
    cells = asked(
        theirs.join(named, theirs.customer == named.whose), "inside, COUNT(*) AS n", then="GROUP BY inside ORDER BY inside DESC"
    )
    upto = np.cumsum(cells.n.to_numpy())
    at = int(np.searchsorted(upto, place))
    return int(cells.inside[at]) if at < len(cells) else 0
