"""What do customers order, and does it arrive on time?"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pyarrow as pa

from toolkit.data.demo import columns as col
from toolkit.data.demo.aurora import (
    CALENDAR_MONTH,
    DAY,
    END_SECONDS,
    PRICE_ELASTICITY,
    PRICE_INDEX,
    PRODUCTS,
    REGIONS,
    SEGMENTS,
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
from toolkit.data.demo.customers import draw_customers, favourite_product

ORDER_SEASON = np.array([0.9, 0.85, 0.95, 0.95, 0.95, 0.9, 0.9, 0.85, 1.05, 1.0, 1.3, 1.4])
CHANNELS = ("web", "app", "shop", "phone")
CHANNEL_SHARES = (0.46, 0.27, 0.17, 0.10)
STATUSES = ("delivered", "open", "cancelled")
CANCELLED_SHARE = 0.03
#: Chance to arrive by the promised day, by region, before any change.
ON_TIME = (0.92, 0.93, 0.90, 0.74)
#: Chance that an order's first item is the customer's favourite, whatever its popularity.
FAVOURITE_CHANCE = 0.45
EXTRA_ITEMS = 0.4
COSTLY_RETURNS = 0.35


@lru_cache(maxsize=8)
def _order_shocks(seed: int) -> tuple[np.ndarray, np.ndarray]:
    volume = np.exp(monthly_shocks(seed, "orders", 0.5, 0.05))
    return volume, monthly_shocks(seed, "on_time", 0.5, 0.012)


def ordering_intensity(segment: str) -> np.ndarray:
    """Return the ordering intensity by month (season and price, without shocks): 36 values."""
    return ORDER_SEASON[CALENDAR_MONTH] * PRICE_INDEX ** PRICE_ELASTICITY[segment]


@lru_cache(maxsize=4)
def draw_orders(seed: int, block: int) -> dict[str, np.ndarray]:
    """Return a block's orders as plain columns; `row` is the customer's position in the block."""
    who = draw_customers(seed, block)
    rng = stream(seed, "orders", block)
    volume, shocks = _order_shocks(seed)
    first, last = who.exposure
    parts = []
    for number, name in enumerate(SEGMENTS):
        members = np.flatnonzero(who.segment == number)
        clock = cumulative(ordering_intensity(name) * volume)
        rows, at = arrivals(rng, who.order_rate[members], first[members], last[members], clock)
        parts.append((members[rows], at))
    row, at = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.lexsort((at, row))
    row, at = row[order], at[order]
    size = row.size
    region, month = who.region[row], month_of(at)
    promised = (at // DAY + rng.integers(3, 7, size)) * DAY + 18 * 3600
    chance = np.array(ON_TIME)[region] + shocks[month]
    # The effect counts from the promised day, which is the KPI's time.
    chance = chance + effect("new_carrier", region, month_of(promised))
    on_time = rng.random(size) < chance
    early = (rng.random(size) * 2 * DAY).astype(np.int64)
    late = (DAY * (0.3 + rng.gamma(1.5, 1.6, size))).astype(np.int64)
    delivered = promised + np.where(on_time, -early, late)
    cancelled = rng.random(size) < CANCELLED_SHARE
    opened = ~cancelled & (delivered >= END_SECONDS)
    lag = (rng.random(size) ** 4 * 9 * DAY).astype(np.int64)
    return {
        "row": row,
        "position": position_within(row),
        "at": at,
        "promised": promised,
        "delivered": delivered,
        "status": np.where(cancelled, 2, np.where(opened, 1, 0)),
        "channel": choose(rng, CHANNEL_SHARES, size),
        "recorded": at + lag,
    }


def orders_table(seed: int, block: int) -> pa.Table:
    """Return the `orders` rows of a block; rows that arrive after `AS_OF` are not there yet."""
    who = draw_customers(seed, block)
    drawn = draw_orders(seed, block)
    kept = drawn["recorded"] < END_SECONDS
    cut = {name: values[kept] for name, values in drawn.items()}
    numbers = who.number[cut["row"]]
    return pa.table(
        {
            "order_id": col.numbered_within("O", numbers, cut["position"]),
            "customer_id": col.numbered("C", numbers),
            "ordered_at": col.stamps(cut["at"]),
            "status": col.named(STATUSES, cut["status"]),
            "promised_at": col.stamps(cut["promised"], cut["promised"] >= END_SECONDS),
            "delivered_at": col.stamps(cut["delivered"], cut["status"] != 0),
            "channel": col.named(CHANNELS, cut["channel"]),
            "region": col.named(REGIONS, who.region[cut["row"]]),
            "recorded_at": col.stamps(cut["recorded"]),
        }
    )


def order_items_table(seed: int, block: int) -> pa.Table:
    """Return the `order_items` rows of a block: one row a product of an order."""
    who = draw_customers(seed, block)
    drawn = draw_orders(seed, block)
    rng = stream(seed, "order_items", block)
    favourite = favourite_product(seed, block)
    lines = 1 + np.minimum(rng.poisson(EXTRA_ITEMS, drawn["row"].size), 3)
    order = np.repeat(np.arange(drawn["row"].size), lines)
    line = position_within(order)
    row = drawn["row"][order]
    popular = choose(rng, [p.share for p in PRODUCTS], order.size)
    keep_favourite = (line == 1) & (rng.random(order.size) < FAVOURITE_CHANCE)
    product = np.where(keep_favourite, favourite[row], popular)
    month = month_of(drawn["at"][order])
    quantity = 1 + np.minimum(rng.poisson(0.18 * np.exp(0.6 * who.spend_level[row])), 9)
    list_price = np.array([p.price for p in PRODUCTS])[product] * PRICE_INDEX[month]
    discount = 1 - 0.15 * (rng.random(order.size) < 0.2)
    returned = np.array([p.returned for p in PRODUCTS])[product]
    returned = np.where(who.costly[row], COSTLY_RETURNS, returned)
    sent_back = (rng.random(order.size) < returned) & (drawn["status"][order] == 0)
    kept = drawn["recorded"][order] < END_SECONDS
    numbers = who.number[row[kept]]
    return pa.table(
        {
            "order_id": col.numbered_within("O", numbers, drawn["position"][order][kept]),
            "line": col.whole(line[kept]),
            "product": col.named([p.name for p in PRODUCTS], product[kept]),
            "category": col.named([p.category for p in PRODUCTS], product[kept]),
            "quantity": col.whole(quantity[kept]),
            "price": col.amounts((list_price * discount)[kept]),
            "cost": col.amounts(np.array([p.cost for p in PRODUCTS])[product[kept]]),
            "returned": col.flags(sent_back[kept]),
        }
    )
