"""Scores 1 to 5 of how recently, how often and for how much a customer bought.

A score is the fifth of the customers that a value lies in: 1 + floor(5 (rank - 1) / n), where the
rank counts the customers whose value is strictly worse, and one. Equal values have one rank, and so
one score: no tie is broken by the order of rows. Where many are equal, some scores stay empty.
"""

from __future__ import annotations

from datetime import date

import ibis.expr.types as ir

from toolkit.kpis import queried

_TIMES = {"r": "last_day", "f": "orders", "m": "amount"}


def scored(orders: ir.Table, ends: date) -> ir.Table:
    """One row a customer with orders: customer, days_since, orders, amount, r, f, m."""
    each = queried(
        orders, "customer, MAX(day) AS last_day, COUNT(*) AS orders, SUM(amount) AS amount", then="GROUP BY customer")  # fmt: skip
    marks = ", ".join(
        f"1 + CAST(FLOOR(5.0 * (RANK() OVER (ORDER BY {column}) - 1) / COUNT(*) OVER ()) AS INTEGER) AS {score}"
        for score, column in _TIMES.items()
    )
    return queried(each, f"customer, DATE_DIFF('day', last_day, DATE '{ends}') AS days_since, orders, amount, {marks}").cache()


def cells(of: ir.Table) -> ir.Table:
    """All 125 cells of scores (r, f, m), in the engine of `of`."""
    five = "(SELECT UNNEST([1, 2, 3, 4, 5]) AS {0}) AS t_{0}"
    engine = of._find_backend(use_default=False)
    joined = " CROSS JOIN ".join(five.format(s) for s in ("r", "f", "m"))
    return engine.sql(f"SELECT r, f, m FROM {joined}", dialect="duckdb")
