from __future__ import annotations

import math
from datetime import date

import numpy as np
import pandas as pd
import pytest

from toolkit.money import own_returns
from toolkit.money.own_returns import OwnReturn, Part


def customers(n: int = 3_000, seed: int = 1) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return pd.DataFrame({
        "who": [f"C{i}" for i in range(n)], "cost": rng.gamma(4, 10, n), "since": pd.date_range("2025-01-01", periods=n, freq="h"),
    })  # fmt: skip


def cac(**more) -> OwnReturn:
    parts = {"spent": Part("customers", "cost", unit="who"), "won": Part("customers", "1", unit="who")}
    named = {"format": "money", "better": "lower", "good_from": 45.0, "level": 0.95}
    return OwnReturn("cac", "CAC", "spent / won", parts, **{**named, **more})


def test_a_ratio_of_sums_has_the_interval_of_a_mean():
    frame = customers()
    (found,) = own_returns.estimate({"customers": frame}, (cac(),)).values
    reach = 1.96 * frame["cost"].std() / math.sqrt(len(frame))
    assert found.value.value == pytest.approx(frame["cost"].mean())
    assert (found.value.high - found.value.low) / 2 == pytest.approx(reach, rel=0.15)
    assert found.good is True and found.sums["won"] == 3_000


def test_only_rows_of_the_time_and_the_filter_count():
    part = Part("customers", "1", where="cost > 40", time="since", unit="who", since=date(2025, 1, 1), until=date(2025, 1, 31))
    frame = customers()
    (found,) = own_returns.estimate({"customers": frame}, (OwnReturn("n", "N", "n", {"n": part}),)).values
    assert found.value.value == ((frame["cost"] > 40) & (frame["since"] < "2025-02-01")).sum()


def test_dividing_by_nothing_and_no_rows_are_no_data_with_the_reason():
    empty = OwnReturn("x", "X", "a / b", {"a": Part("customers", "cost", unit="who"), "b": Part("customers", "0", unit="who")})
    none = OwnReturn("y", "Y", "a", {"a": Part("customers", "cost", where="cost < 0", unit="who")})
    found = own_returns.estimate({"customers": customers()}, (empty, none))
    assert [v.value.reason for v in found.values] == ["the formula divides by nothing", "no row counts"]
    checks = own_returns.check(found)
    assert all(f.verdict == "no_data" for f in own_returns.conclude(found, checks)) and len(checks.failed) == 1


def test_without_a_unit_there_is_no_interval_and_a_doubt():
    bare = OwnReturn("m", "M", "a", {"a": Part("customers", "cost")})
    found = own_returns.estimate({"customers": customers()}, (bare,))
    assert found.values[0].value.low is None and len(own_returns.check(found).failed) == 1


@pytest.mark.parametrize(("good_from", "good"), [(45.0, True), (30.0, False), (40.0, None)])
def test_good_bad_or_both(good_from, good):
    (found,) = own_returns.estimate({"customers": customers()}, (cac(good_from=good_from),)).values
    assert found.good is good
