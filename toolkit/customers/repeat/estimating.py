"""Who comes back: counts by day, cohort and kind of product, made in the engine."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import ibis.expr.types as ir
import numpy as np

from toolkit.customers.ledger import asked, in_one_engine, orders, purchases, set_aside
from toolkit.customers.repeat.definition import Repeat
from toolkit.customers.repeat.results import Cohort, Repeated
from toolkit.data.asked_once import kept
from toolkit.data.frames import TableLike
from toolkit.kpis import queried
from toolkit.problems import Problem, Refused
from toolkit.stats import shares
from toolkit.stats.shares import Share
from toolkit.stats.survival import Survival, kaplan_meier
from toolkit.study import Study


def estimate(
    table: Study[Repeat] | TableLike | Mapping[str, TableLike], definition: Repeat | None = None
) -> Repeated:
    """Do customers come back after the first order, when, and for what?

    Parameters
    ----------
    table
        A study, or the table of purchases: one or several rows an order.
    definition
        What to ask of `table`.

    Returns
    -------
    Repeated
        Shares with Wilson's intervals, over customers with a full window; the Kaplan-Meier curve
        of the days to the second order over all customers; the grid of cohorts by month, cells of
        months that are not over empty (nan).

    Raises
    ------
    Refused
        Columns that are not there, faults of SQL, several currencies, no orders.
    """
    if definition is None:
        definition, table = table.definition, table.table
    tables = in_one_engine(table, definition.tables)
    lines = purchases(tables, definition.bought, definition.window)
    aside = set_aside(lines)
    ordered = orders(tables, definition.bought, definition.window)
    ends = definition.window.ends
    orders_n, first_day = asked(ordered, "COUNT(*) AS orders, MIN(day) AS first").iloc[0]
    if not orders_n:
        raise Refused(Problem("customers.purchases", "has no order that counts: all rows were left out",
                              rows=sum(a.rows for a in aside) or None))  # fmt: skip
    firsts = _firsts(ordered, definition, tables.large(definition.bought.table))
    n, once = asked(firsts, "COUNT(*) AS n, COUNT(*) - COUNT(second_day) AS once").iloc[0]
    last_full = ends - timedelta(days=definition.within_days)
    starts = definition.window.starts
    inside = f"first_day <= DATE '{last_full}'" + (f" AND first_day >= DATE '{starts}'" if starts else "")
    full, back = (int(v) for v in asked(firsts, "COUNT(*) AS n, COALESCE(SUM(came_back), 0) AS back", inside).iloc[0])
    level = definition.window.level
    counted = [shares.interval(Share(k, full), level=level)
               for k in (back, *_products(lines, queried(firsts, "*", f"came_back = 1 AND {inside}"), definition))]  # fmt: skip
    known = definition.bought.product is not None
    return Repeated(
        definition, int(n), int(orders_n), full, int(once),
        _day(first_day), aside, *counted, known, _curve(firsts, ends, level), _cohorts(ordered, firsts, definition),
    )  # fmt: skip


def _firsts(ordered: ir.Table, definition: Repeat, large: bool) -> ir.Table:
    """One row a customer: days of the first and second order, and whether the second came in time.

    Orders of one day are one visit: the second order is the first on a later day.
    """
    # kept before it is joined: what groups and what joins would have to fit into memory together
    first = kept(queried(ordered, "customer AS whose, MIN(day) AS first_day", then="GROUP BY customer"), large)
    both = ordered.join(first, ordered.customer == first.whose)
    each = queried(
        both, "customer, MIN(first_day) AS first_day, MIN(CASE WHEN day > first_day THEN day END) AS second_day",
        then="GROUP BY customer",
    )
    within = f"second_day IS NOT NULL AND DATE_DIFF('day', first_day, second_day) <= {int(definition.within_days)}"
    return kept(queried(each, f"*, CASE WHEN {within} THEN 1 ELSE 0 END AS came_back"), large)


def _products(lines: ir.Table, back: ir.Table, definition: Repeat) -> tuple[int, int, int]:
    """Of customers who came back: how many bought the same product again, another one, both."""
    if definition.bought.product is None:
        return 0, 0, 0
    products = queried(lines, "customer, day, product", "aside = '' AND product IS NOT NULL")
    whose = queried(back, "customer AS whose, first_day, second_day")
    marked = queried(
        products.join(whose, products.customer == whose.whose),
        "customer, product, MAX(CASE WHEN day = first_day THEN 1 ELSE 0 END) AS in_first, "
        "MAX(CASE WHEN day = second_day THEN 1 ELSE 0 END) AS in_second",
        "day = first_day OR day = second_day", "GROUP BY customer, product",
    )  # fmt: skip
    kinds = queried(
        marked,
        "customer, MAX(in_first * in_second) AS same, MAX((1 - in_first) * in_second) AS other",
        then="GROUP BY customer",
    )
    found = asked(kinds, "COALESCE(SUM(same), 0) AS same, COALESCE(SUM(other), 0) AS other, "
                  "COALESCE(SUM(same * other), 0) AS both_").iloc[0]  # fmt: skip
    return int(found.same), int(found.other), int(found.both_)


def _curve(firsts: ir.Table, ends: date, level: float) -> Survival:
    cells = asked(
        firsts,
        f"DATE_DIFF('day', first_day, COALESCE(second_day, DATE '{ends}')) AS days, "
        "CASE WHEN second_day IS NULL THEN 0 ELSE 1 END AS back, COUNT(*) AS n",
        then="GROUP BY 1, 2 ORDER BY 1, 2",
    )
    return kaplan_meier(
        cells.days.to_numpy(dtype=float), cells.back.to_numpy(dtype=bool), cells.n.to_numpy(dtype=float), level=level
    )


def _cohorts(ordered: ir.Table, firsts: ir.Table, definition: Repeat) -> tuple[Cohort, ...]:
    """Customers by the month of their first order, and how many ordered in each month after."""
    whose = queried(firsts, "customer AS whose, CAST(DATE_TRUNC('month', first_day) AS DATE) AS cohort")
    joined = ordered.join(whose, ordered.customer == whose.whose)
    months = queried(joined, "customer, cohort, CAST(DATE_TRUNC('month', day) AS DATE) AS month", then="GROUP BY 1, 2, 3")
    cells = asked(months, "cohort, DATE_DIFF('month', cohort, month) AS k, COUNT(*) AS n", then="GROUP BY 1, 2 ORDER BY 1, 2")
    ends = definition.window.ends
    last = ends.year * 12 + ends.month - 1
    out = []
    for cohort, rows in cells.groupby("cohort"):
        day = _day(cohort)
        size = last - (day.year * 12 + day.month - 1) + 1
        active = np.zeros(size)
        active[rows.k.to_numpy(dtype=int)] = rows.n.to_numpy()
        out.append(Cohort(day, int(active[0]), tuple(int(a) for a in active), _over(ends)))
    return tuple(out)


def _over(ends: date) -> bool:
    """Whether the month of the last day is over."""
    return (ends + timedelta(days=1)).day == 1


def _day(value) -> date:
    return value.date() if hasattr(value, "date") else value
