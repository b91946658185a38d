"""Who are Aurora's customers, when did they come, renew and leave?"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy.special import gammaincinv

from toolkit.data.demo import columns as col
from toolkit.data.demo.aurora import (
    ACQUISITION_CHANNELS,
    ACQUISITION_COSTS,
    ACQUISITION_SHARES,
    AGE_BANDS,
    AGE_SHARES,
    AS_OF_DAY,
    CONTRACT_DAYS,
    CONTRACT_SHARES,
    CONTRACTS,
    DAY,
    END_SECONDS,
    FIRST_SIGNUP,
    GENDER_SHARES,
    GENDERS,
    INCOME_BANDS,
    INCOME_SHARES,
    MONTH_SECONDS,
    OCCUPATION_SHARES,
    OCCUPATIONS,
    PLAN_FEES,
    PLAN_SHARES,
    PLANS,
    PRODUCTS,
    REGION_SHARES,
    REGIONS,
    SEGMENT_SHARES,
    SEGMENTS,
    START_DAY,
)
from toolkit.data.demo.chance import BLOCK, choose, month_of, monthly_shocks, stream
from toolkit.data.demo.changes import effect

#: Orders a year: gamma with this shape and mean, independent of everything else.
ORDER_SHAPE, ORDER_MEAN = 0.9, 2.0
#: Shoppers: the customers whose ordering rate lies in the upper 40 %.
SHOPPER_SHARE = 0.4
SHOPPER_RATE = ORDER_MEAN / ORDER_SHAPE * float(gammaincinv(ORDER_SHAPE, 1 - SHOPPER_SHARE))
#: Chance to leave at a contract's end: beta, one draw a customer (shifted beta geometric).
LEAVE_ALPHA, LEAVE_BETA = 1.6, 8.0
#: What a segment adds to every renewal chance.
SEGMENT_RENEWAL = (-0.03, -0.08, 0.0)
#: Mean days that a monthly contract lasts beyond its first thirty.
MONTHLY_CONTRACT_DAYS = 820.0
LATE_PAYER_SHARE = 0.1
CONSENT_SHARE = 0.78
#: Every customer whose number leaves this remainder on division by `COSTLY_EVERY` is costly.
COSTLY_EVERY, COSTLY_REMAINDER = 100, 37
SIGNUP_SEASON = (1.15, 0.95, 0.95, 0.9, 0.9, 0.85, 0.8, 0.9, 1.5, 1.2, 1.0, 0.9)


@dataclass(frozen=True)
class Customers:
    """One block of customers: what each is like and how long each stays.

    Arrays have one value a customer; positions point into the names in `aurora`. Days count from
    1970. `ends` is the first day on which the customer is gone, or far in the future.
    """

    number: np.ndarray
    region: np.ndarray
    segment: np.ndarray
    age: np.ndarray
    plan: np.ndarray
    contract: np.ndarray
    order_rate: np.ndarray
    spend_level: np.ndarray
    signed_up: np.ndarray
    ends: np.ndarray
    decisions: dict[str, np.ndarray]

    @property
    def shopper(self) -> np.ndarray:
        """Whether each customer orders more than most."""
        return self.order_rate > SHOPPER_RATE

    @property
    def costly(self) -> np.ndarray:
        """Whether each customer is planted to cost more than it brings."""
        return self.number % COSTLY_EVERY == COSTLY_REMAINDER

    @property
    def exposure(self) -> tuple[np.ndarray, np.ndarray]:
        """First and last second of each customer within the window."""
        first = np.maximum(self.signed_up, START_DAY) * DAY
        return first, np.maximum(first, np.minimum(self.ends * DAY, END_SECONDS))

    def active(self, day: int) -> np.ndarray:
        """Return whether each customer is with us on that day."""
        return (self.signed_up < day) & (self.ends > day)


@lru_cache(maxsize=1)
def _signup_clock() -> tuple[np.ndarray, np.ndarray]:
    months = np.arange(FIRST_SIGNUP.astype("datetime64[M]"), np.datetime64("2026-10"))
    month = months.astype(np.int64) % 12
    weights = np.array(SIGNUP_SEASON)[month] * np.linspace(0.9, 1.1, months.size)
    edges = np.append(months, np.datetime64("2026-10")).astype("datetime64[D]").astype(np.int64)
    total = np.concatenate([[0.0], np.cumsum(weights)])
    return edges, total / total[-1]


@lru_cache(maxsize=8)
def _renewal_shocks(seed: int) -> np.ndarray:
    return monthly_shocks(seed, "renewals", 0.4, 0.008)


@lru_cache(maxsize=4)
def draw_customers(seed: int, block: int) -> Customers:
    """Return one whole block of customers with their renewals; a pure function of its arguments."""
    rng = stream(seed, "customers", block)
    region = choose(rng, REGION_SHARES, BLOCK)
    segment = choose(rng, SEGMENT_SHARES, BLOCK)
    age = choose(rng, AGE_SHARES, BLOCK)
    plan = choose(rng, PLAN_SHARES, BLOCK)
    contract = choose(rng, CONTRACT_SHARES, BLOCK)
    order_rate = rng.gamma(ORDER_SHAPE, ORDER_MEAN / ORDER_SHAPE, BLOCK)
    spend_level = rng.standard_normal(BLOCK)
    edges, clock = _signup_clock()
    signed_up = np.interp(rng.random(BLOCK), clock, edges).astype(np.int64)
    leaving = rng.beta(LEAVE_ALPHA, LEAVE_BETA, BLOCK)
    ends, decisions = _renewals(seed, rng, region, segment, contract, signed_up, leaving)
    return Customers(
        block * BLOCK + 1 + np.arange(BLOCK),
        region,
        segment,
        age,
        plan,
        contract,
        order_rate,
        spend_level,
        signed_up,
        ends,
        decisions,
    )


def _renewals(
    seed: int,
    rng: np.random.Generator,
    region: np.ndarray,
    segment: np.ndarray,
    contract: np.ndarray,
    signed_up: np.ndarray,
    leaving: np.ndarray,
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Let each contract run to its end, again and again, until the customer leaves."""
    shocks = _renewal_shocks(seed)
    never = AS_OF_DAY + 100_000
    monthly = contract == 2
    lasts = signed_up + 30 + rng.exponential(MONTHLY_CONTRACT_DAYS, BLOCK).astype(np.int64)
    ends = np.where(monthly, lasts, never)
    length = np.where(contract == 1, CONTRACT_DAYS[1], CONTRACT_DAYS[0])
    shift = np.array(SEGMENT_RENEWAL)[segment]
    parts = []
    for term in range(1, 6):
        luck = rng.random(BLOCK)
        due = signed_up + term * length
        asked = np.flatnonzero(~monthly & (ends == never) & (due <= AS_OF_DAY))
        day = due[asked]
        month = month_of(day * DAY)
        stay = 1 - leaving[asked] + shift[asked] + effect("loyalty_offer", region[asked], month)
        stay = stay + np.where(month >= 0, shocks[np.maximum(month, 0)], 0.0)
        renewed = luck[asked] < stay
        ends[asked[~renewed]] = day[~renewed]
        seen = day >= START_DAY
        parts.append((asked[seen], np.full(seen.sum(), term), day[seen], renewed[seen]))
    row, terms, day, renewed = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.lexsort((terms, row))
    return ends, {
        "row": row[order],
        "term": terms[order],
        "day": day[order],
        "renewed": renewed[order],
    }


def customers_table(seed: int, block: int) -> pa.Table:
    """Return the `customers` rows of a block."""
    who = draw_customers(seed, block)
    rng = stream(seed, "customers/details", block)
    channel = choose(rng, ACQUISITION_SHARES, BLOCK)
    cost = np.array(ACQUISITION_COSTS)[channel] * rng.gamma(8.0, 1 / 8.0, BLOCK)
    identifier = col.numbered("C", who.number)
    gone = who.ends <= AS_OF_DAY
    phone = rng.integers(0, 10_000, BLOCK)
    favourite = favourite_product(seed, block)
    return pa.table(
        {
            "customer_id": identifier,
            "signed_up_on": col.days(who.signed_up),
            "region": col.named(REGIONS, who.region),
            "segment": col.named(SEGMENTS, who.segment),
            "age_band": col.named(AGE_BANDS, who.age),
            "gender": col.named(GENDERS, choose(rng, GENDER_SHARES, BLOCK)),
            "occupation": col.named(OCCUPATIONS, choose(rng, OCCUPATION_SHARES, BLOCK)),
            "income_band": col.named(INCOME_BANDS, choose(rng, INCOME_SHARES, BLOCK)),
            "acquisition_channel": col.named(ACQUISITION_CHANNELS, channel),
            "acquisition_cost": col.amounts(cost),
            "contract_type": col.named(CONTRACTS, who.contract),
            "plan": col.named(PLANS, who.plan),
            "favourite_category": col.named([p.category for p in PRODUCTS], favourite),
            "consent_marketing": col.flags(rng.random(BLOCK) < CONSENT_SHARE),
            "churned_at": col.days(np.where(gone, who.ends, 0), ~gone),
            "email": pc.binary_join_element_wise(
                pc.utf8_lower(identifier), pa.scalar("@customers.example.com"), ""
            ),
            "phone": col.numbered("+351 900 00 ", phone, 4),
        }
    )


def favourite_product(seed: int, block: int) -> np.ndarray:
    """Return each customer's favourite product, drawn by the products' popularity."""
    return choose(stream(seed, "customers/favourite", block), [p.share for p in PRODUCTS], BLOCK)


def late_payer(seed: int, block: int) -> np.ndarray:
    """Return whether each customer habitually pays late."""
    return stream(seed, "customers/late_payer", block).random(BLOCK) < LATE_PAYER_SHARE


def subscriptions_table(seed: int, block: int) -> pa.Table:
    """Return the `subscriptions` rows of a block: the billing system's view of each customer."""
    who = draw_customers(seed, block)
    gone = who.ends <= AS_OF_DAY
    contract_months = np.array([12, 24, 1])[who.contract]
    return pa.table(
        {
            "subscription_id": col.numbered("S", who.number),
            "customer_id": col.numbered("C", who.number),
            "plan": col.named(PLANS, who.plan),
            "monthly_fee": col.amounts(np.array(PLAN_FEES)[who.plan]),
            "contract_months": col.whole(contract_months),
            "started_on": col.days(who.signed_up),
            "ended_on": col.days(np.where(gone, who.ends, 0), ~gone),
            "region": col.named(REGIONS, who.region),
        }
    )


def renewals_table(seed: int, block: int) -> pa.Table:
    """Return the `renewals` rows of a block: one decision a customer and contract end."""
    who = draw_customers(seed, block)
    row, term = who.decisions["row"], who.decisions["term"]
    return pa.table(
        {
            "renewal_id": col.numbered_within("N", who.number[row], term),
            "customer_id": col.numbered("C", who.number[row]),
            "decided_on": col.days(who.decisions["day"]),
            "term": col.whole(term),
            "renewed": col.flags(who.decisions["renewed"]),
            "region": col.named(REGIONS, who.region[row]),
            "segment": col.named(SEGMENTS, who.segment[row]),
            "plan": col.named(PLANS, who.plan[row]),
            "contract_type": col.named(CONTRACTS, who.contract[row]),
        }
    )


def in_window(seconds: np.ndarray) -> np.ndarray:
    """Return whether each time lies in the demo's window."""
    return (seconds >= MONTH_SECONDS[0]) & (seconds < END_SECONDS)
