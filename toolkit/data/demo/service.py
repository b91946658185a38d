"""How is each customer answered, and what do customers complain about?"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pyarrow as pa

from toolkit.data.demo import columns as col
from toolkit.data.demo.aurora import (
    CALENDAR_MONTH,
    DAY,
    DEPARTMENTS,
    END_SECONDS,
    MONTHS,
    REGIONS,
)
from toolkit.data.demo.chance import (
    arrivals,
    choose,
    cumulative,
    month_of,
    monthly_shocks,
    position_within,
    stream,
)
from toolkit.data.demo.changes import effect
from toolkit.data.demo.customers import draw_customers
from toolkit.data.demo.staff import STAFF_PER_DEPARTMENT, staff_lift

CHANNELS = ("email", "phone", "chat", "social", "post")
CHANNEL_SHARES = (0.38, 0.33, 0.17, 0.09, 0.03)
#: Waiting by channel beside the average; with the shares above they average one.
CHANNEL_WAIT = np.array([1.5, 0.35, 0.5, 1.6, 2.35])
CHANNEL_WAIT = CHANNEL_WAIT / float(np.dot(CHANNEL_WAIT, CHANNEL_SHARES))
DEPARTMENT_SHARES = (0.14, 0.24, 0.12, 0.42, 0.08)
CONTACTS_A_YEAR = 1.15
COSTLY_CONTACTS = 30.0
LOAD_SEASON = np.array([1.2, 1.05, 0.95, 0.9, 0.9, 0.9, 0.85, 0.85, 1.15, 1.1, 1.05, 1.1])
#: Mean hours to the first reply by region before any change; the season and shocks come on top.
REPLY_HOURS = np.array([8.4, 8.0, 8.7, 9.3])
REPLY_SEASON = np.array([0.6, 0.3, 0.0, -0.2, -0.3, -0.3, -0.4, -0.2, 0.3, 0.2, 0.0, 0.0])
HANDLING_MINUTES = 14.0
PROCESSES = (
    "late_delivery",
    "billing_error",
    "line_fault",
    "installation",
    "contract_terms",
    "staff_conduct",
)
#: Shares of complaints by region; late deliveries come first everywhere but in the Centre.
PROCESS_SHARES = (
    (0.31, 0.22, 0.19, 0.13, 0.09, 0.06),
    (0.21, 0.31, 0.19, 0.13, 0.10, 0.06),
    (0.32, 0.21, 0.20, 0.12, 0.09, 0.06),
    (0.38, 0.18, 0.19, 0.12, 0.08, 0.05),
)
COMPLAINTS_A_YEAR = 0.09
COSTLY_COMPLAINTS = 4.0
COSTLY_COMPENSATION = 3.5
IN_FAVOUR = (0.66, 0.48, 0.71, 0.52, 0.24, 0.35)
COMPENSATION = (18.0, 24.0, 31.0, 27.0, 40.0, 15.0)
WANTED = (
    "fibre_on_the_islands",
    "static_address",
    "evening_installation",
    "five_g_backup",
    "pay_by_day",
    "device_rental",
)
WANTED_SHARES = (0.3, 0.21, 0.18, 0.14, 0.1, 0.07)
REQUESTS_A_YEAR = 0.04


@lru_cache(maxsize=8)
def service_shocks(seed: int) -> dict[str, np.ndarray]:
    """Return the monthly AR(1) shocks of load, first reply (hours) and handling (minutes)."""
    return {
        "load": np.exp(monthly_shocks(seed, "load", 0.6, 0.08)),
        "reply": monthly_shocks(seed, "reply", 0.6, 0.35),
        "minutes": monthly_shocks(seed, "minutes", 0.5, 0.25),
    }


@lru_cache(maxsize=2)
def draw_interactions(seed: int, block: int) -> dict[str, np.ndarray]:
    """Return a block's contacts as plain columns; hours and minutes are exact in the mean."""
    who = draw_customers(seed, block)
    rng = stream(seed, "interactions", block)
    shocks = service_shocks(seed)
    clock = cumulative(LOAD_SEASON[CALENDAR_MONTH] * shocks["load"])
    rate = np.where(who.costly, COSTLY_CONTACTS, CONTACTS_A_YEAR)
    row, at = arrivals(rng, rate, *who.exposure, clock)
    size = row.size
    region, month = who.region[row], month_of(at)
    channel = choose(rng, CHANNEL_SHARES, size)
    mean = REPLY_HOURS[region] + REPLY_SEASON[CALENDAR_MONTH][month] + shocks["reply"][month]
    mean = mean + effect("same_day_replies", region, month)
    hours = mean * CHANNEL_WAIT[channel] * rng.gamma(1.6, 1 / 1.6, size)
    minutes = HANDLING_MINUTES + shocks["minutes"][month] + effect("chat_assistant", region, month)
    minutes = minutes * rng.gamma(2.5, 1 / 2.5, size)
    department = choose(rng, DEPARTMENT_SHARES, size)
    colleague = rng.integers(0, STAFF_PER_DEPARTMENT, size)
    lift = staff_lift(department, colleague)
    progress = month / (MONTHS - 1)
    return {
        "row": row,
        "position": position_within(row),
        "at": at,
        "month": month,
        "channel": channel,
        "department": department,
        "colleague": colleague,
        "hours": hours,
        "replied": at + (hours * 3600).astype(np.int64),
        "resolved": at + ((hours + rng.gamma(1.1, 16.0, size)) * 3600).astype(np.int64),
        "minutes": minutes,
        "template": rng.random(size) < 0.32 + 0.3 * progress + lift,
        "complete": rng.random(size) < 0.60 + 0.26 * progress + lift,
        "automatic": rng.random(size) < 0.08 + 0.08 * progress,
        "recorded": at + (rng.random(size) ** 4 * 10 * DAY).astype(np.int64),
    }


def interactions_table(seed: int, block: int) -> pa.Table:
    """Return the `interactions` rows of a block; what is open at `AS_OF` has no reply yet."""
    who = draw_customers(seed, block)
    drawn = draw_interactions(seed, block)
    kept = drawn["recorded"] < END_SECONDS
    cut = {name: values[kept] for name, values in drawn.items()}
    numbers = who.number[cut["row"]]
    colleague = cut["department"] * STAFF_PER_DEPARTMENT + cut["colleague"]
    return pa.table(
        {
            "interaction_id": col.numbered_within("X", numbers, cut["position"]),
            "customer_id": col.numbered("C", numbers),
            "channel": col.named(CHANNELS, cut["channel"]),
            "department": col.named(DEPARTMENTS, cut["department"]),
            "region": col.named(REGIONS, who.region[cut["row"]]),
            "staff_id": col.numbered("U", colleague, 4),
            "opened_at": col.stamps(cut["at"]),
            "first_reply_at": col.stamps(cut["replied"], cut["replied"] >= END_SECONDS),
            "resolved_at": col.stamps(cut["resolved"], cut["resolved"] >= END_SECONDS),
            "minutes": col.amounts(cut["minutes"], digits=1),
            "template_used": col.flags(cut["template"]),
            "logged_complete": col.flags(cut["complete"]),
            "automatic": col.flags(cut["automatic"]),
            "recorded_at": col.stamps(cut["recorded"]),
        }
    )


def complaints_table(seed: int, block: int) -> pa.Table:
    """Return the `complaints` rows of a block."""
    who = draw_customers(seed, block)
    rng = stream(seed, "complaints", block)
    rate = np.where(who.costly, COSTLY_COMPLAINTS, COMPLAINTS_A_YEAR)
    clock = cumulative(LOAD_SEASON[CALENDAR_MONTH] * service_shocks(seed)["load"])
    row, at = arrivals(rng, rate, *who.exposure, clock)
    region = who.region[row]
    edges = np.cumsum(PROCESS_SHARES, axis=1)[region, :-1]
    process = (rng.random(row.size)[:, None] >= edges).sum(axis=1)
    days_open = rng.gamma(1.4, 4.5, row.size)
    resolved = at + (days_open * DAY).astype(np.int64)
    favour = rng.random(row.size) < np.where(who.costly[row], 0.8, np.array(IN_FAVOUR)[process])
    paid = np.array(COMPENSATION)[process] * np.where(who.costly[row], COSTLY_COMPENSATION, 1.0)
    paid = paid * rng.gamma(2.0, 0.5, row.size)
    open_now = resolved >= END_SECONDS
    told = rng.poisson(1.2, row.size)
    department = np.array([3, 1, 3, 3, 0, 3])[process]
    return pa.table(
        {
            "complaint_id": col.numbered_within("P", who.number[row], position_within(row)),
            "customer_id": col.numbered("C", who.number[row]),
            "process": col.named(PROCESSES, process),
            "department": col.named(DEPARTMENTS, department),
            "region": col.named(REGIONS, region),
            "opened_at": col.stamps(at),
            "resolved_at": col.stamps(resolved, open_now),
            "progress_messages": col.whole(told),
            "in_customers_favour": col.flags(favour, open_now),
            "compensation": col.amounts(np.where(favour, paid, 0.0), open_now),
        }
    )


def requests_table(seed: int, block: int) -> pa.Table:
    """Return the `requests` rows of a block: things asked for that Aurora does not offer."""
    who = draw_customers(seed, block)
    rng = stream(seed, "requests", block)
    row, at = arrivals(
        rng, np.full(who.number.size, REQUESTS_A_YEAR), *who.exposure, cumulative(np.ones(MONTHS))
    )
    return pa.table(
        {
            "request_id": col.numbered_within("Q", who.number[row], position_within(row)),
            "customer_id": col.numbered("C", who.number[row]),
            "requested_at": col.stamps(at),
            "wanted": col.named(WANTED, choose(rng, WANTED_SHARES, row.size)),
            "department": col.named(DEPARTMENTS, choose(rng, DEPARTMENT_SHARES, row.size)),
            "region": col.named(REGIONS, who.region[row]),
        }
    )
