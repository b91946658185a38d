"""What is invoiced, when is it paid?"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pyarrow as pa

from toolkit.data.demo import columns as col
from toolkit.data.demo.aurora import (
    AS_OF_DAY,
    MONTH_DAYS,
    MONTHS,
    PLAN_COSTS,
    PLAN_FEES,
    REGIONS,
)
from toolkit.data.demo.chance import BLOCK, choose, month_of, monthly_shocks, stream
from toolkit.data.demo.changes import effect
from toolkit.data.demo.customers import draw_customers, late_payer

METHODS = ("direct_debit", "card", "transfer")
METHOD_SHARES = (0.61, 0.25, 0.14)
DUE_AFTER_DAYS = 14
LATE = 0.16
LATE_IF_DISPUTED = 0.30
LATE_PAYER_MORE = 0.35
COSTLY_MORE = 0.45
DISPUTED = 0.025
NEVER_PAID = 0.008
#: The fees' level by month: four per cent more from January 2025.
FEE_LEVEL = np.where(MONTH_DAYS[:MONTHS] >= np.datetime64("2025-01-01").astype(int), 1.04, 1.0)


@lru_cache(maxsize=8)
def _late_shocks(seed: int) -> np.ndarray:
    return monthly_shocks(seed, "late_payment", 0.3, 0.004)


@lru_cache(maxsize=2)
def draw_invoices(seed: int, block: int) -> dict[str, np.ndarray]:
    """Return a block's quarterly invoices as plain columns."""
    who = draw_customers(seed, block)
    rng = stream(seed, "payments", block)
    phase = rng.integers(0, 3, BLOCK)
    month = phase[:, None] + 3 * np.arange(MONTHS // 3)[None, :]
    issued = MONTH_DAYS[month] + rng.integers(0, 12, BLOCK)[:, None]
    there = (who.signed_up[:, None] < issued) & (who.ends[:, None] > issued)
    row, quarter = np.nonzero(there & (issued + DUE_AFTER_DAYS <= AS_OF_DAY))
    issued = issued[row, quarter]
    size = row.size
    due = issued + DUE_AFTER_DAYS
    due_month = month_of(due * 86_400)
    disputed = rng.random(size) < DISPUTED + 0.12 * who.costly[row]
    chance = LATE + LATE_IF_DISPUTED * disputed + _late_shocks(seed)[due_month]
    chance = chance + LATE_PAYER_MORE * late_payer(seed, block)[row] * ~who.costly[row]
    chance = chance + COSTLY_MORE * who.costly[row]
    chance = chance + effect("shorter_bills", who.region[row], due_month)
    late = rng.random(size) < chance
    delay = 1 + np.minimum(rng.gamma(1.3, 11.0 * (1 + disputed)), 400).astype(np.int64)
    paid = np.where(late, due + delay, due - rng.integers(0, 12, size))
    never = late & (rng.random(size) < NEVER_PAID / LATE)
    return {
        "row": row,
        "quarter": quarter + 1,
        "month": month[row, quarter],
        "issued": issued,
        "due": due,
        "due_month": due_month,
        "paid": paid,
        "unpaid": never | (paid > AS_OF_DAY),
        "late": late,
        "disputed": disputed,
        "method": choose(rng, METHOD_SHARES, size),
    }


def payments_table(seed: int, block: int) -> pa.Table:
    """Return the `payments` rows of a block: one row an invoice, paid or not."""
    who = draw_customers(seed, block)
    drawn = draw_invoices(seed, block)
    row = drawn["row"]
    plan = who.plan[row]
    amount = 3 * np.array(PLAN_FEES)[plan] * FEE_LEVEL[drawn["month"]]
    numbers = who.number[row]
    return pa.table(
        {
            "invoice_id": col.numbered_within("I", numbers, drawn["quarter"]),
            "customer_id": col.numbered("C", numbers),
            "issued_on": col.days(drawn["issued"]),
            "due_on": col.days(drawn["due"]),
            "paid_on": col.days(drawn["paid"], drawn["unpaid"]),
            "amount": col.amounts(amount),
            "line_cost": col.amounts(3 * np.array(PLAN_COSTS)[plan]),
            "method": col.named(METHODS, drawn["method"]),
            "disputed": col.flags(drawn["disputed"]),
            "region": col.named(REGIONS, who.region[row]),
        }
    )
