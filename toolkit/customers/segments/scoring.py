"""Scores 1 to 5 of how recently, how often and for how much a customer bought.

A score is the fifth of the customers that a value lies in: 1 + floor(5 (rank - 1) / n), where the
rank counts the customers whose value is strictly worse, and one. Equal values have one rank, and so
one score: no tie is broken by the order of rows. Where many are equal, some scores stay empty.
"""

from __future__ import annotations

from datetime import date

import ibis.expr.types as ir
import pandas as pd

from toolkit.customers.ledger import asked
from toolkit.data.asking import literal
from toolkit.kpis import queried

def scored(buyers: ir.Table, ends: date) -> ir.Table:
    """One row a customer with orders: customer, days_since, orders, amount, r, f, m.

    `buyers` has one row a customer: customer, orders, amount, last_day.
    """
    n = int(asked(buyers, "COUNT(*) AS n").n[0])
    # a fifth is passed where so many values are strictly worse: by all that are above the value of that place
    places = [-(-k * n // 5) for k in range(1, 5)]
    marks = []
    for score, column, kind in (("r", "last_day", "DATE"), ("f", "orders", "BIGINT"), ("m", "amount", "DOUBLE")):
        ranked = queried(buyers, f"{column} AS value, ROW_NUMBER() OVER (ORDER BY {column}) AS place")
        found = asked(ranked, "place, value", f"place IN ({', '.join(map(str, places))})")
        at = dict(zip(found.place, found.value, strict=True))
        above = " + ".join(f"CASE WHEN {column} > {_written(at[p], kind)} THEN 1 ELSE 0 END" for p in places if p in at)
        marks.append(f"1 + {above or '0'} AS {score}")
    return queried(
        buyers, f"customer, DATE_DIFF('day', last_day, DATE '{ends}') AS days_since, orders, amount, {', '.join(marks)}"
    )


def _written(value: object, kind: str) -> str:
    """One value of a column in SQL, to the last bit."""
    if kind == "DATE":
        return literal(pd.Timestamp(value).date())
    return literal(float(value) if kind == "DOUBLE" else int(value))


def cells(of: ir.Table) -> ir.Table:
    """All 125 cells of scores (r, f, m), in the engine of `of`."""
    five = "(SELECT UNNEST([1, 2, 3, 4, 5]) AS {0}) AS t_{0}"
    engine = of._find_backend(use_default=False)
    joined = " CROSS JOIN ".join(five.format(s) for s in ("r", "f", "m"))
    return engine.sql(f"SELECT r, f, m FROM {joined}", dialect="duckdb")
