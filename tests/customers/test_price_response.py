"""How purchases go with prices: planted elasticities are covered, and the demo's too."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pandas as pd
import pytest

from toolkit.customers import prices
from toolkit.customers.definition import Bought, People, Window
from toolkit.problems import Refused

ENDS = date(2025, 12, 31)
MONTHS = pd.date_range("2023-01-01", periods=36, freq="MS")
WHO = People("people", starts="came")
BOUGHT = Bought("orders", "order_id", "day")
LEVELS = np.repeat([1.0, 1.1, 0.95, 1.05, 1.15, 0.9, 1.0, 1.08, 0.97, 1.12, 1.03, 0.92], 3)


def company(seed, elasticity, per_month=300.0, level=LEVELS):
    """Customers of two segments who order by the price, with a season and a shock that all share."""
    rng = np.random.default_rng(seed)
    season = 1 + 0.2 * np.sin(2 * np.pi * MONTHS.month.to_numpy() / 12)
    shock = np.exp(rng.normal(0, 0.03, 36))
    people = pd.DataFrame({"customer_id": [f"{s}{i}" for s in elasticity for i in range(50)],
                           "kind": [s for s in elasticity for _ in range(50)],
                           "came": pd.Timestamp("2022-06-01")})  # fmt: skip
    rows = []
    for s, e in elasticity.items():
        days = MONTHS.days_in_month.to_numpy() / 30.4
        n = rng.poisson(per_month * season * shock * days * level**e)
        for month, k in zip(MONTHS, n, strict=True):
            day = month + pd.to_timedelta(rng.integers(0, month.days_in_month, k), unit="D")
            rows.append(pd.DataFrame({"customer_id": [f"{s}{i}" for i in rng.integers(0, 50, k)], "day": day}))
    orders = pd.concat(rows, ignore_index=True)
    orders["order_id"] = np.arange(len(orders)).astype(str)
    shown = pd.DataFrame({"month": MONTHS, "price": 10 * level, "who": "us"})
    theirs = pd.DataFrame({"month": MONTHS, "price": 20.0, "who": "rival"})
    return {"people": people, "orders": orders, "prices": pd.concat([shown, theirs])}


def asked(**more):
    given = {"where": "who = 'us'", **more}
    return prices.PriceResponse(BOUGHT, WHO, Window(ENDS), "prices", "month", "price", "kind", **given)


def test_planted_elasticities_lie_in_their_intervals_and_stand_apart_from_each_other():
    held = []
    for seed in range(6):
        found = prices.estimate(company(seed, {"a": -2.0, "b": -0.5}), asked())
        held += [found["a"].low <= -2.0 <= found["a"].high, found["b"].low <= -0.5 <= found["b"].high]
        held += [found["a"].beside_low <= -1.5 <= found["a"].beside_high]
        assert found["a"].beside_high < 0 < found["b"].beside_low
    assert sum(held) >= 15  # of 18 at 95 %


def test_only_the_relative_price_counts_where_rivals_are_declared():
    tables = company(1, {"a": -2.0, "b": -0.5})
    alone, beside = prices.estimate(tables, asked()), prices.estimate(tables, asked(against="who = 'rival'"))
    # a rival that never moves halves every price and changes no elasticity
    assert beside["a"].elasticity == pytest.approx(alone["a"].elasticity, rel=1e-9)
    assert prices.estimate(tables, asked(where="who = 'rival'", against="who = 'rival'")).move == 0


def test_a_price_that_did_not_move_says_so():
    found = prices.estimate(company(1, {"a": -1.0}, 50.0, np.ones(36)), asked())
    assert math.isnan(found["a"].elasticity) and found["a"].reason == "the price did not move"
    assert prices.check(found).failed
    (said,) = prices.conclude(found, prices.check(found))
    assert said.verdict == "no_data"


def test_what_is_said_is_an_association():
    found = prices.estimate(company(3, {"a": -2.0, "b": -0.5}), asked())
    said = {f.segment: f.sentence.text() for f in prices.conclude(found, prices.check(found))}
    assert "go with" in said["a"] and "fewer orders" in said["a"]
    assert any(c.name.text() == "The price was set by chance" and c.passed is None for c in prices.check(found))


def test_prices_that_cannot_be_are_refused():
    tables = company(1, {"a": -1.0}, 50.0)
    tables["prices"].loc[tables["prices"].index[:1], "price"] = 0.0
    with pytest.raises(Refused, match="above 0"):
        prices.estimate(tables, asked())
    with pytest.raises(Refused, match="customers.prices.price"):
        prices.estimate(tables, prices.PriceResponse(BOUGHT, WHO, Window(ENDS), "prices", "month", "cost", "kind"))
