"""What is known of the competitors beside our own surveys, and how well known is each brand?"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from toolkit.data.demo import columns as col
from toolkit.data.demo.aurora import (
    COMPANY,
    COMPETITORS,
    MONTH_DAYS,
    MONTHS,
    PLAN_FEES,
    PLANS,
    PRICE_INDEX,
)
from toolkit.data.demo.billing import FEE_LEVEL
from toolkit.data.demo.chance import stream

COMPANIES = (COMPANY, *COMPETITORS)
#: True share of people who name a brand unprompted, at the start and at the end of the window.
AWARE = ((0.21, 0.27), (0.34, 0.34), (0.29, 0.30), (0.18, 0.16))
PRACTICES = (
    # practice, unit, Aurora, Boreal, Celta, Delta
    ("phone_script", "yes_no", 1, 1, 0, 1),
    ("email_updates_a_month", "e-mails", 2, 4, 1, 6),
    ("chat", "yes_no", 1, 0, 1, 0),
    ("shop_hours_a_week", "hours", 54, 60, 48, 40),
    ("phone_hours_a_week", "hours", 84, 98, 91, 60),
    ("answer_within_a_day", "share", 0.78, 0.71, 0.9, 0.55),
    ("self_service_portal", "yes_no", 1, 1, 1, 1),
    ("price_match", "yes_no", 0, 1, 0, 0),
)
#: How a practice became known, from best to weakest evidence.
GRADES = ("own_test", "published", "hearsay")
REVIEWS = (
    # source, kind, mode, frame, scale low, scale high, answers, four values
    ("Regulator's survey 2026", "survey", "phone", "panel", 0, 10, 1_200, (7.4, 7.3, 7.9, 6.6)),
    ("Consumers' union 2025", "survey", "web", "members", 1, 5, 640, (3.8, 3.7, 4.1, 3.3)),
    ("App store, September 2026", "review", "web", "reviews", 1, 5, 9_400, (3.9, 4.2, 4.0, 3.6)),
    ("Regulator's complaints 2026", "complaint_rate", "record", "customers", 0, 1_000, 0,
     (6.1, 5.8, 4.9, 9.7)),
)  # fmt: skip
PUBLISHED = ("2026-06-30", "2025-11-15", "2026-09-28", "2026-08-01")


def rival_scores_table() -> pa.Table:
    """Return the `rival_scores` rows: published figures, each with its source and kind."""
    rows = [
        {
            "source": source,
            "kind": kind,
            "mode": mode,
            "frame": frame,
            "company": company,
            "value": float(value),
            "scale_low": float(low),
            "scale_high": float(high),
            "answers": answers or None,
            "published_on": np.datetime64(day).item(),
        }
        for (source, kind, mode, frame, low, high, answers, values), day in zip(
            REVIEWS, PUBLISHED, strict=True
        )
        for company, value in zip(COMPANIES, values, strict=True)
    ]
    return pa.Table.from_pylist(rows)


def practices_table() -> pa.Table:
    """Return the `practices` rows: who does what, how it is known and since when."""
    rows = [
        {
            "company": company,
            "practice": practice,
            "unit": unit,
            "value": float(value),
            "grade": GRADES[0] if number == 0 else GRADES[(number + position) % 3],
            "source": "own records" if number == 0 else "mystery shopping and price lists",
            "observed_on": np.datetime64("2026-08-15").item(),
        }
        for position, (practice, unit, *values) in enumerate(PRACTICES)
        for number, (company, value) in enumerate(zip(COMPANIES, values, strict=True))
    ]
    return pa.Table.from_pylist(rows)


def brand_awareness_table(seed: int) -> pa.Table:
    """Return the `brand_awareness` rows: one a month and company, from a standing poll."""
    rng = stream(seed, "brand_awareness")
    month = np.repeat(np.arange(MONTHS), len(COMPANIES))
    company = np.tile(np.arange(len(COMPANIES)), MONTHS)
    low, high = np.array(AWARE)[company].T
    share = low + (high - low) * month / (MONTHS - 1)
    asked = np.full(month.size, 400)
    prompted = 1 - (1 - share) ** 3
    return pa.table(
        {
            "month": col.days(MONTH_DAYS[month]),
            "company": col.named(COMPANIES, company),
            "asked": col.whole(asked),
            "named_unprompted": col.whole(rng.binomial(asked, share)),
            "knew_prompted": col.whole(rng.binomial(asked, prompted)),
            "searches": col.whole(rng.poisson(30_000 * share)),
        }
    )


def prices_table(seed: int) -> pa.Table:
    """Return the `prices` rows: the fee of each plan by month, ours and each competitor's.

    `shop_index` is the shop's price level, the same for all products of a month.
    """
    rng = stream(seed, "prices")
    steps = np.round(rng.normal(0.0, 0.012, (MONTHS // 6, len(COMPANIES), len(PLANS))), 3)
    rival = np.array([1.0, 0.96, 1.09, 0.88])[None, :, None] * (1 + np.cumsum(steps, axis=0))
    level = np.repeat(rival, 6, axis=0)
    level[:, 0, :] = FEE_LEVEL[:, None]
    fee = level * np.array(PLAN_FEES)
    month, company, plan = (axis.ravel() for axis in np.indices(fee.shape))
    return pa.table(
        {
            "month": col.days(MONTH_DAYS[month]),
            "company": col.named(COMPANIES, company),
            "plan": col.named(PLANS, plan),
            "monthly_fee": col.amounts(fee.ravel()),
            "shop_index": col.amounts(PRICE_INDEX[month], company > 0, digits=3),
        }
    )


def newsletters_table(seed: int, customers: int) -> pa.Table:
    """Return the `newsletters` rows: each mailing with its counts."""
    rng = stream(seed, "newsletters")
    kinds = ("newsletter", "service_update", "offer")
    per_month = 3
    month = np.repeat(np.arange(MONTHS), per_month)
    kind = np.tile(np.arange(per_month), MONTHS)
    reach = np.round(customers * 0.45 * np.linspace(0.6, 1.0, MONTHS)[month]).astype(np.int64)
    delivered = rng.binomial(reach, 0.975)
    opened = rng.binomial(delivered, np.array([0.31, 0.46, 0.27])[kind])
    return pa.table(
        {
            "mailing_id": col.numbered("M", np.arange(month.size) + 1, 4),
            "sent_at": col.stamps((MONTH_DAYS[month] + 5 + 8 * kind) * 86_400 + 9 * 3600),
            "kind": col.named(kinds, kind),
            "recipients": col.whole(reach),
            "delivered": col.whole(delivered),
            "opened": col.whole(opened),
            "clicked": col.whole(rng.binomial(opened, 0.14)),
            "unsubscribed": col.whole(rng.binomial(opened, 0.003)),
        }
    )
