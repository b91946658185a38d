"""Small tables of a shop, counted by hand, for the tests of customers."""

from __future__ import annotations

from datetime import date

import pandas as pd

from toolkit.customers.definition import Bought, Flow, Window

ENDS = date(2026, 6, 30)

LINES = pd.DataFrame(
    [
        # customer, order, day, product, amount, state
        ("A", "1", "2026-01-05", "tea", 10.0, "done"),
        ("A", "1", "2026-01-05", "cup", 5.0, "done"),
        ("A", "2", "2026-02-10", "tea", 10.0, "done"),  # the same product, after 36 days
        ("B", "3", "2026-01-20", "tea", 20.0, "done"),
        ("B", "4", "2026-03-01", "pot", 30.0, "done"),  # another product, after 40 days
        ("C", "5", "2026-01-31", "cup", 5.0, "done"),  # never again
        ("D", "6", "2026-02-01", "tea", 8.0, "done"),
        ("D", "7", "2026-06-20", "tea", 8.0, "done"),  # after 139 days: too late for 60
        ("E", "8", "2026-06-25", "tea", 9.0, "done"),  # window not over
        ("A", "9", "2026-03-03", "tea", 10.0, "cancelled"),
        ("B", "10", "2026-03-05", "pot", -30.0, "done"),  # a return nobody declared
        (None, "11", "2026-03-06", "tea", 4.0, "done"),
        (None, "12", "2026-03-07", "tea", 4.0, "cancelled"),
    ],
    columns=["customer_id", "order_id", "day", "product", "amount", "state"],
).assign(day=lambda f: pd.to_datetime(f.day))

BOUGHT = Bought("lines", "order_id", "day", product="product", amount="amount", cancelled="state = 'cancelled'")
WINDOW = Window(ENDS)

SALES = Flow("sales", "lines", "revenue", "amount", "day", where="state = 'done'")
