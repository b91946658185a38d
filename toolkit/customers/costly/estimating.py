"""Net value a month of each customer, in the engine; only what may be flagged leaves it."""

from __future__ import annotations

from collections.abc import Mapping

import ibis.expr.types as ir
import numpy as np

from toolkit.customers.costly.definition import Costly
from toolkit.customers.costly.results import Flag, Flagged, Troublesome
from toolkit.customers.ledger import among, asked, in_one_engine, money, people
from toolkit.data.frames import TableLike
from toolkit.kpis import queried
from toolkit.problems import Problem, Refused
from toolkit.stats.below_zero import below_zero
from toolkit.study import Study

_SUMS = {
    "revenue": lambda f: f.kind == "revenue", "goods": lambda f: f.kind == "goods",
    "serving": lambda f: f.kind == "serving", "trouble": lambda f: f.trouble,
}  # fmt: skip


def estimate(
    table: Study[Costly] | TableLike | Mapping[str, TableLike], definition: Costly | None = None
) -> Flagged:
    """Which customers cost more than they bring, for sure?

    Parameters
    ----------
    table
        A study; or the tables by name, a row for each amount.
    definition
        What to ask of `table`.

    Returns
    -------
    Flagged
        Flags with the interval of each customer's net value a month, the sum at stake, and the
        customers who cause most trouble.

    Raises
    ------
    Refused
        Columns that are not there, faults of SQL, no money in the window.
    """
    if definition is None:
        definition, table = table.definition, table.table
    tables = in_one_engine(table, definition.tables)
    ledger = money(tables, definition.flows, definition.window)
    each = _by_customer(ledger, tables, definition)
    counts = asked(
        each, "COUNT(*) AS n, COALESCE(SUM(CASE WHEN months >= "
        f"{definition.at_least_months} THEN 1 ELSE 0 END), 0) AS judged, "
        "COALESCE(SUM(CASE WHEN net < 0 THEN 1 ELSE 0 END), 0) AS negative",
    ).iloc[0]  # fmt: skip
    if not counts.n:
        raise Refused(Problem("customers.money", "has no amounts of any customer in this window"))
    below = asked(each, "*", f"net < 0 AND months >= {definition.at_least_months}", "ORDER BY net, customer")
    named = below_zero(
        below["mean"].to_numpy(dtype=float), below["var"].to_numpy(dtype=float), below.months.to_numpy(dtype=float),
        false_share=definition.false_flags,
    )  # fmt: skip
    flags = tuple(
        Flag(
            str(r.customer), int(r.months), float(r.net), float(r.net) / int(r.months), float(named.low[i]),
            float(named.high[i]), float(named.q[i]), float(r.revenue), float(r.goods), float(r.serving), float(r.trouble),
        )
        for i, r in enumerate(below.itertuples()) if named.named[i]
    )  # fmt: skip
    spread = float(np.sqrt((below["var"] * below.months)[named.named].sum())) if len(below) else 0.0
    trouble = asked(each, "customer, trouble, net", "trouble > 0", f"ORDER BY trouble DESC, customer LIMIT {definition.top}")
    total = float(asked(each, "COALESCE(SUM(trouble), 0) AS trouble").trouble[0])
    return Flagged(
        definition, int(counts.n), int(counts.judged), int(counts.negative), named.looked_at, flags, spread,
        tuple(Troublesome(str(r.customer), float(r.trouble), float(r.net)) for r in trouble.itertuples()), total,
    )  # fmt: skip


def _by_customer(ledger: ir.Table, tables, definition: Costly) -> ir.Table:
    """Customer, months, net, mean and variance of the net value a month, sums by kind (costs positive)."""
    ends, starts = definition.window.ends, definition.window.starts
    sums = ", ".join(
        f"ABS(SUM(CASE WHEN {among(definition.flows, wanted)} THEN amount ELSE 0 END)) AS {name}" for name, wanted in _SUMS.items()
    )
    monthly = queried(
        ledger, f"customer, CAST(DATE_TRUNC('month', day) AS DATE) AS month, SUM(amount) AS net, {sums}",
        "customer IS NOT NULL AND customer <> ''", "GROUP BY 1, 2",
    )  # fmt: skip
    names = ", ".join(f"SUM({n}) AS {n}" for n in _SUMS)
    each = queried(
        monthly,
        "customer, COUNT(*) AS k, SUM(net) AS net, AVG(net) AS mean_k, COALESCE(VAR_SAMP(net), 0) AS var_k, "
        f"MIN(month) AS first_month, MAX(month) AS last_month, {names}",
        then="GROUP BY customer",
    )
    first, last = "first_month", f"DATE '{ends}'"
    if definition.who is not None:
        who = queried(people(tables, definition.who), "customer AS whose, toolkit_came, toolkit_went")
        each = each.left_join(who, each.customer == who.whose)
        came = f"GREATEST(toolkit_came, DATE '{starts}')" if starts else "toolkit_came"
        first = f"LEAST(first_month, COALESCE({came}, first_month))"
        last = f"GREATEST(last_month, LEAST(COALESCE(toolkit_went, DATE '{ends}'), DATE '{ends}'))"
    sums = ", ".join(_SUMS)
    counted = queried(
        each, f"customer, k, net, mean_k, var_k, {sums}, "
        f"DATE_DIFF('month', CAST({first} AS DATE), CAST({last} AS DATE)) + 1 AS months",
    )  # fmt: skip
    # months without an amount are 0: the spread about the mean of all months, from that of the others
    spread = "((k - 1) * var_k + k * mean_k * mean_k * (1 - CAST(k AS DOUBLE) / months))"
    return queried(
        counted, f"customer, months, net, net / months AS mean, "
        f"CASE WHEN months > 1 THEN GREATEST({spread}, 0) / (months - 1) END AS var, {sums}",
    ).cache()  # fmt: skip
