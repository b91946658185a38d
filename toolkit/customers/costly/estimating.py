"""Net value of each customer, and month by month of those who may be flagged; only these leave the engine."""

from __future__ import annotations

from collections.abc import Mapping

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from toolkit.customers.costly.definition import Costly
from toolkit.customers.costly.results import Flag, Flagged, Troublesome
from toolkit.customers.kept import Tables
from toolkit.customers.ledger import asked, in_one_engine, money, people
from toolkit.data.asked_once import kept
from toolkit.data.frames import TableLike
from toolkit.kpis import queried
from toolkit.problems import Problem, Refused
from toolkit.stats.below_zero import below_zero
from toolkit.study import Study

_SUMS = ("revenue", "goods", "serving", "trouble")


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
    rows = queried(money(tables, definition.flows, definition.window), "*, revenue - goods - serving AS net",
                   "customer IS NOT NULL AND customer <> ''")  # fmt: skip
    each = _by_customer(rows, tables, definition)
    counts = asked(
        each, "COUNT(*) AS n, COALESCE(SUM(CASE WHEN months >= "
        f"{definition.at_least_months} THEN 1 ELSE 0 END), 0) AS judged, "
        "COALESCE(SUM(CASE WHEN net < 0 THEN 1 ELSE 0 END), 0) AS negative",
    ).iloc[0]  # fmt: skip
    if not counts.n:
        raise Refused(Problem("customers.money", "has no amounts of any customer in this window"))
    below = _by_month(rows, queried(each, "customer AS whose, months", f"net < 0 AND months >= {definition.at_least_months}"))
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


def _by_customer(rows: ir.Table, tables: Tables, definition: Costly) -> ir.Table:
    """Customer, net value, what trouble cost, and the months it was there."""
    ends, starts = definition.window.ends, definition.window.starts
    large = tables.large(*(f.table for f in definition.flows))
    # kept before it is joined: what groups and what joins would have to fit into memory together
    each = kept(queried(
        rows, "customer, SUM(net) AS net, SUM(trouble) AS trouble, MIN(day) AS first_day, MAX(day) AS last_day",
        then="GROUP BY customer",
    ), large)  # fmt: skip
    first, last = "first_day", f"DATE '{ends}'"
    if definition.who is not None:
        who = queried(people(tables, definition.who), "customer AS whose, toolkit_came, toolkit_went")
        each = each.left_join(who, each.customer == who.whose)
        came = f"GREATEST(toolkit_came, DATE '{starts}')" if starts else "toolkit_came"
        first = f"LEAST({_month('first_day')}, COALESCE({came}, first_day))"
        last = f"GREATEST({_month('last_day')}, LEAST(COALESCE(toolkit_went, DATE '{ends}'), DATE '{ends}'))"
    months = f"DATE_DIFF('month', CAST({first} AS DATE), CAST({last} AS DATE)) + 1 AS months"
    return kept(queried(each, f"customer, net, trouble, {months}"), large)


def _by_month(rows: ir.Table, whose: ir.Table) -> pd.DataFrame:
    """Mean and variance of the net value a month, and sums by kind, of customers with so many months.

    Only of those who may be flagged: all customers' months are ten times as many rows as customers.
    """
    sums = ", ".join(f"SUM({n}) AS {n}" for n in _SUMS)
    monthly = queried(
        rows.join(whose, rows.customer == whose.whose),
        f"customer, months, {_month('day')} AS month, SUM(net) AS net, {sums}", then="GROUP BY 1, 2, 3",
    )  # fmt: skip
    each = queried(
        monthly, "customer, months, COUNT(*) AS k, SUM(net) AS net, AVG(net) AS mean_k, COALESCE(VAR_SAMP(net), 0) AS var_k, "
        f"{sums}", then="GROUP BY customer, months",
    )  # fmt: skip
    # months without an amount are 0: the spread about the mean of all months, from that of the others
    spread = "((k - 1) * var_k + k * mean_k * mean_k * (1 - CAST(k AS DOUBLE) / months))"
    found = asked(
        each, f"customer, months, net, net / months AS mean, "
        f"CASE WHEN months > 1 THEN GREATEST({spread}, 0) / (months - 1) END AS var, {', '.join(_SUMS)}",
    )  # fmt: skip
    return found.sort_values(["net", "customer"], ignore_index=True)


def _month(day: str) -> str:
    return f"CAST(DATE_TRUNC('month', {day}) AS DATE)"
