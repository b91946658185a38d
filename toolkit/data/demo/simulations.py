"""What would one test or one plan change look like under another seed? Its rows alone, quickly.

The rows are the very ones that `write_demo` puts into the tables (dirt aside), so that a
simulation over seeds speaks about the demo company and not about something like it.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from toolkit.data.demo.aurora import AGE_BANDS, DAY, END_SECONDS, REGIONS, SEGMENTS
from toolkit.data.demo.billing import draw_invoices
from toolkit.data.demo.campaigns import campaign_test, draw_assignments
from toolkit.data.demo.chance import BLOCK
from toolkit.data.demo.changes import change
from toolkit.data.demo.customers import draw_customers
from toolkit.data.demo.orders import draw_orders
from toolkit.data.demo.service import draw_interactions

FLAGS = ("visit", "conversion", "unsubscribed", "complaint")


def _blocks(customers: int) -> range:
    if not 1 <= customers <= 9_999_998:
        raise ValueError(f"customers is {customers}; it must lie between 1 and 9,999,998")
    return range(-(-customers // BLOCK))


def campaign_frame(test: str, customers: int = 20_000, seed: int = 7) -> pd.DataFrame:
    """Return one test's rows of `campaign_assignments`, without writing the company.

    Parameters
    ----------
    test
        Name of a test (`campaigns.TESTS`).
    customers
        Size of the company; blocks are drawn whole, so under 5,000 costs what 5,000 costs.
    seed
        As in `write_demo`.

    Returns
    -------
    pandas.DataFrame
        One row a customer assigned: customer (its number), arm, region, segment, age_band,
        assigned_at, pre_spend (EUR), pre_orders, visit, conversion, orders, spend (EUR),
        unsubscribed, complaint.

    Raises
    ------
    ValueError
        When there is no such test, or `customers` is out of range.
    """
    planted = campaign_test(test)
    parts = []
    for block in _blocks(customers):
        who = draw_customers(seed, block)
        drawn = draw_assignments(planted, seed, block)
        kept = who.number[drawn["row"]] <= customers
        row = drawn["row"][kept]
        parts.append(
            {
                "customer": who.number[row],
                "region": who.region[row],
                "segment": who.segment[row],
                "age_band": who.age[row],
                **{name: values[kept] for name, values in drawn.items() if name != "row"},
            }
        )
    columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    return pd.DataFrame(
        {
            "customer": columns["customer"],
            "arm": pd.Categorical.from_codes(columns["arm"], [a.name for a in planted.arms]),
            "region": pd.Categorical.from_codes(columns["region"], REGIONS),
            "segment": pd.Categorical.from_codes(columns["segment"], SEGMENTS),
            "age_band": pd.Categorical.from_codes(columns["age_band"], AGE_BANDS),
            "assigned_at": columns["at"].astype("datetime64[s]"),
            "pre_spend": columns["pre_spend"],
            "pre_orders": columns["pre_orders"],
            "orders": columns["orders"],
            "spend": columns["spend"],
            **{name: columns[name].astype(np.int8) for name in FLAGS},
        }
    )


_Rows = dict[str, np.ndarray]


def _renewal_rows(seed: int, block: int) -> _Rows:
    drawn = draw_customers(seed, block).decisions
    return {"row": drawn["row"], "day": drawn["day"], "value": drawn["renewed"].astype(float)}


def _delivery_rows(seed: int, block: int) -> _Rows:
    drawn = draw_orders(seed, block)
    kept = (drawn["status"] == 0) & (drawn["recorded"] < END_SECONDS)
    kept &= drawn["promised"] < END_SECONDS
    on_time = drawn["delivered"] <= drawn["promised"]
    return {
        "row": drawn["row"][kept],
        "day": drawn["promised"][kept] // DAY,
        "value": on_time[kept].astype(float),
    }


def _invoice_rows(seed: int, block: int) -> _Rows:
    drawn = draw_invoices(seed, block)
    return {"row": drawn["row"], "day": drawn["due"], "value": drawn["late"].astype(float)}


def _reply_rows(seed: int, block: int) -> _Rows:
    drawn = draw_interactions(seed, block)
    kept = (drawn["recorded"] < END_SECONDS) & (drawn["replied"] < END_SECONDS)
    # Whole seconds, as the table has them.
    hours = (drawn["replied"] - drawn["at"]) / 3600
    return {"row": drawn["row"][kept], "day": drawn["at"][kept] // DAY, "value": hours[kept]}


def _handling_rows(seed: int, block: int) -> _Rows:
    drawn = draw_interactions(seed, block)
    kept = drawn["recorded"] < END_SECONDS
    minutes = np.round(drawn["minutes"], 1)
    return {"row": drawn["row"][kept], "day": drawn["at"][kept] // DAY, "value": minutes[kept]}


_KPI_ROWS: dict[str, Callable[[int, int], _Rows]] = {
    "renewal_rate": _renewal_rows,
    "on_time_delivery": _delivery_rows,
    "late_payment": _invoice_rows,
    "first_reply_hours": _reply_rows,
    "handling_minutes": _handling_rows,
}


def change_frame(name: str, customers: int = 20_000, seed: int = 7) -> pd.DataFrame:
    """Return the rows of one plan change's KPI, without writing the company.

    Parameters
    ----------
    name
        Name of a plan change (`changes.CHANGES`).
    customers, seed
        As in `write_demo`.

    Returns
    -------
    pandas.DataFrame
        One row a renewal, delivery, invoice or contact: customer (its number), region, segment,
        on (day), month (0 to 35), treated and after (whether the region is touched, and the row
        dated since the change took effect), value (in the change's unit; shares as 0 and 1).

    Raises
    ------
    ValueError
        When there is no such change, or `customers` is out of range.
    """
    planted = change(name)
    parts = []
    for block in _blocks(customers):
        who = draw_customers(seed, block)
        drawn = _KPI_ROWS[planted.kpi](seed, block)
        kept = who.number[drawn["row"]] <= customers
        row = drawn["row"][kept]
        parts.append(
            (who.number[row], who.region[row], who.segment[row], drawn["day"][kept],
             drawn["value"][kept])
        )  # fmt: skip
    number, region, segment, day, value = (np.concatenate(c) for c in zip(*parts, strict=True))
    on = day.astype("datetime64[D]")
    touched = np.array([r in planted.regions for r in REGIONS])
    return pd.DataFrame(
        {
            "customer": number,
            "region": pd.Categorical.from_codes(region, REGIONS),
            "segment": pd.Categorical.from_codes(segment, SEGMENTS),
            "on": on.astype("datetime64[s]"),
            "month": on.astype("datetime64[M]").astype(int) - (2023 - 1970) * 12 - 9,
            "treated": touched[region],
            "after": day >= planted.effective_day,
            "value": value,
        }
    )
