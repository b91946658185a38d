"""Which tests did Aurora run, who was assigned to what, and what did they do?

Visits, conversions and spend depend on whether a customer is a shopper, on its latent spend level
and on the arm, and on nothing else that decides whether it is still a customer: so every true
effect is a closed form (see `campaign_truths`).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from toolkit.data.demo import columns as col
from toolkit.data.demo.aurora import AGE_BANDS, DAY, REGIONS, SEGMENTS
from toolkit.data.demo.chance import stream
from toolkit.data.demo.customers import draw_customers

#: Chance to visit the shop in the window and, having visited, to buy: (others, shoppers).
VISIT = np.array([0.20, 0.73])
BUY = np.array([0.08, 0.70])
#: Chance of a second order, given one.
SECOND_ORDER = 0.15
#: Logarithm of an order's value: mean, weight of the customer's spend level, own spread.
ORDER_LOG_MEAN, ORDER_LOG_LEVEL, ORDER_LOG_OWN = 2.75, 0.5, 0.28
#: Spend in the twelve months before: chance that it is not zero, mean of its logarithm, spreads.
BEFORE_CHANCE = np.array([0.35, 1.0])
BEFORE_LOG_MEAN = np.array([2.4, 4.1])
BEFORE_LOG_LEVEL, BEFORE_LOG_OWN = 0.5, 0.2
BEFORE_ORDERS = np.array([0.6, 3.6])


@dataclass(frozen=True)
class Arm:
    """One arm: what multiplies the chances and the value of an order, and the unwanted rates.

    `buy_by_age` multiplies the chance to buy further for some age bands.
    """

    name: str
    visit: float = 1.0
    buy: float = 1.0
    value: float = 1.0
    unsubscribed: float = 0.02
    complained: float = 0.008
    buy_by_age: dict[str, float] = field(default_factory=dict)

    def age_factors(self) -> np.ndarray:
        """Return what multiplies the chance to buy, by age band."""
        return np.array([self.buy_by_age.get(band, 1.0) for band in AGE_BANDS])


@dataclass(frozen=True)
class CampaignTest:
    """A test as planned, and how it truly behaves.

    Parameters
    ----------
    starts, ends
        First and last day of assignment; outcomes are counted for `window_days` after each.
    reach
        Share of the eligible customers (active, in the target segments) who are assigned.
    target, outside
        Segments aimed at, and the share of the other segments' customers assigned all the same.
    lost
        Chance, by arm, that the row of a customer who did not visit is never recorded: any
        difference between arms breaks the split.
    planned_until
        Last day of a test that still runs, else None.
    """

    name: str
    label: str
    arms: tuple[Arm, ...]
    starts: str
    ends: str
    window_days: int
    reach: float
    verdict: str
    primary: tuple[str, ...] = ("conversion", "spend")
    target: tuple[str, ...] = SEGMENTS
    outside: float = 0.0
    lost: tuple[float, ...] = ()
    planned_until: str | None = None

    def __post_init__(self) -> None:
        if len(self.arms) < 2:
            raise ValueError(f"{self.name} needs at least two arms")
        if self.lost and len(self.lost) != len(self.arms):
            raise ValueError(f"{self.name}: one loss an arm, not {len(self.lost)}")


TESTS = (
    CampaignTest(
        "spring_mail",
        "Spring mail",
        (Arm("none"), Arm("version_a", visit=1.02), Arm("version_b", 1.07, 1.12, 1.03)),
        "2026-04-13",
        "2026-04-17",
        28,
        0.98,
        "ship",
    ),
    CampaignTest(
        "contact_method",
        "How to reach customers",
        (
            Arm("email"),
            Arm("phone", 1.12, 1.18, 1.0, 0.022, 0.009, {"65+": 1.15}),
            Arm("social", 0.95, 0.92, 1.0, 0.02, 0.008, {"18-24": 1.30, "25-34": 1.15}),
            Arm("survey_link", 1.0, 0.95, 1.0),
        ),
        "2026-05-18",
        "2026-05-29",
        28,
        0.95,
        "ship",
        ("conversion",),
        ("homes", "students"),
        0.10,
    ),
    CampaignTest(
        "aa_check",
        "Two times the same mail",
        (Arm("control"), Arm("control_again")),
        "2026-02-09",
        "2026-02-13",
        28,
        0.6,
        "hold",
    ),
    CampaignTest(
        "checkout_page",
        "New checkout page",
        (Arm("old_page"), Arm("new_page", 1.02, 1.03)),
        "2026-06-15",
        "2026-07-03",
        14,
        0.8,
        "invalid",
        ("conversion",),
        lost=(0.0, 0.2),
    ),
    CampaignTest(
        "upgrade_push",
        "Daily push to upgrade",
        (Arm("none"), Arm("daily_push", 1.10, 1.12, 1.0, 0.055, 0.022)),
        "2026-07-13",
        "2026-07-24",
        28,
        0.9,
        "roll_back",
    ),
    CampaignTest(
        "autumn_bundle",
        "Autumn bundle",
        (Arm("none"), Arm("bundle", 1.03, 1.03, 1.01)),
        "2026-09-07",
        "2026-09-16",
        14,
        0.06,
        "hold",
        planned_until="2026-11-30",
    ),
)


def campaign_test(name: str) -> CampaignTest:
    """Return the planted test of that name; a ValueError names the choices."""
    for test in TESTS:
        if test.name == name:
            return test
    raise ValueError(f"{name!r} is no test of Aurora: {', '.join(t.name for t in TESTS)}")


def draw_assignments(test: CampaignTest, seed: int, block: int) -> dict[str, np.ndarray]:
    """Return a block's rows of one test as plain columns, `row` the customer's position."""
    who = draw_customers(seed, block)
    rng = stream(seed, "campaigns/" + test.name, block)
    size = who.number.size
    aimed = np.isin(who.segment, [SEGMENTS.index(name) for name in test.target])
    reach = np.where(aimed, test.reach, test.outside * test.reach)
    first = int(np.datetime64(test.starts).astype(np.int64))
    last = int(np.datetime64(test.ends).astype(np.int64))
    assigned = who.active(first) & (rng.random(size) < reach)
    arm = rng.integers(0, len(test.arms), size)
    at = rng.integers(first, last + 1, size) * DAY + rng.integers(8 * 3600, 20 * 3600, size)
    shopper = who.shopper.astype(int)
    age_factor = np.array([a.age_factors() for a in test.arms])[arm, who.age]
    visited = rng.random(size) < VISIT[shopper] * np.array([a.visit for a in test.arms])[arm]
    buy = BUY[shopper] * np.array([a.buy for a in test.arms])[arm] * age_factor
    bought = visited & (rng.random(size) < buy)
    orders = bought * (1 + (rng.random(size) < SECOND_ORDER))
    level = who.spend_level
    value = ORDER_LOG_MEAN + ORDER_LOG_LEVEL * level + ORDER_LOG_OWN * rng.standard_normal(size)
    spend = orders * np.exp(value) * np.array([a.value for a in test.arms])[arm]
    before = BEFORE_LOG_MEAN[shopper] + BEFORE_LOG_LEVEL * level
    before = np.exp(before + BEFORE_LOG_OWN * rng.standard_normal(size))
    before = before * (rng.random(size) < BEFORE_CHANCE[shopper])
    lost = np.array(test.lost or (0.0,) * len(test.arms))[arm]
    kept = assigned & ~(~visited & (rng.random(size) < lost))
    drawn = {
        "arm": arm,
        "at": at,
        "pre_spend": np.round(before, 2),
        "pre_orders": rng.poisson(BEFORE_ORDERS[shopper]),
        "visit": visited,
        "conversion": bought,
        "orders": orders,
        "spend": np.round(spend, 2),
        "unsubscribed": rng.random(size) < np.array([a.unsubscribed for a in test.arms])[arm],
        "complaint": rng.random(size) < np.array([a.complained for a in test.arms])[arm],
    }
    row = np.flatnonzero(kept)
    return {"row": row, **{name: values[row] for name, values in drawn.items()}}


def campaign_assignments_table(seed: int, block: int) -> pa.Table:
    """Return the `campaign_assignments` rows of a block, test by test."""
    who = draw_customers(seed, block)
    parts = []
    for test in TESTS:
        drawn = draw_assignments(test, seed, block)
        row = drawn["row"]
        until = drawn["at"] // DAY + test.window_days
        parts.append(
            pa.table(
                {
                    "campaign": col.named([test.name], np.zeros(row.size, np.int64)),
                    "customer_id": col.numbered("C", who.number[row]),
                    "assigned_at": col.stamps(drawn["at"]),
                    "arm": col.named([a.name for a in test.arms], drawn["arm"]),
                    "region": col.named(REGIONS, who.region[row]),
                    "segment": col.named(SEGMENTS, who.segment[row]),
                    "age_band": col.named(AGE_BANDS, who.age[row]),
                    "pre_spend": col.amounts(drawn["pre_spend"]),
                    "pre_orders": col.whole(drawn["pre_orders"]),
                    "counted_until": col.days(until),
                    "visit": col.flags(drawn["visit"]),
                    "conversion": col.flags(drawn["conversion"]),
                    "orders": col.whole(drawn["orders"]),
                    "spend": col.amounts(drawn["spend"]),
                    "unsubscribed": col.flags(drawn["unsubscribed"]),
                    "complaint": col.flags(drawn["complaint"]),
                }
            )
        )
    return pa.concat_tables(parts)
