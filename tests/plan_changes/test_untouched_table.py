"""An outcome that should not move, from a table of its own."""

from __future__ import annotations

from dataclasses import replace

import ibis
import numpy as np
import pandas as pd
import pytest

from toolkit.kpis import Measure
from toolkit.plan_changes import check, estimate
from toolkit.problems import Refused
from toolkit.study import Study


def calls(effect: float, seed: int = 4) -> pd.DataFrame:
    """Four calls a month of another table, with its own name for the day."""
    rng = np.random.default_rng(seed)
    days = pd.date_range("2020-01-01", periods=48, freq="MS").repeat(4) + pd.Timedelta(days=9)
    return pd.DataFrame({"called": days, "length": 5 + 0.3 * rng.standard_normal(192) + effect * (days >= "2023-01-01")})


@pytest.fixture
def asked(change):
    return replace(change, untouched=Measure("untouched", "length"), untouched_time="called", untouched_label="Length of calls")


def untouched_check(found):
    return next(c for c in check(found) if c.name.template == "What it should not touch did not move")


def test_an_outcome_of_another_table_that_stays_and_one_that_moves(asked, monthly):
    still = untouched_check(estimate(monthly(effect=2.0), asked, calls(0.0)))
    assert still.passed is True and abs(still.numbers["estimate"]) < 0.4
    moved = untouched_check(estimate(monthly(effect=2.0), asked, calls(2.0)))
    assert moved.passed is False and moved.numbers["low"] < 2.0 < moved.numbers["high"]
    means = calls(2.0).set_index("called")["length"]
    assert moved.numbers["before"] == pytest.approx(means[:"2022-12-31"].mean())
    assert moved.numbers["after"] == pytest.approx(means["2023-01-01":].mean())


def test_a_study_brings_both_tables(asked, monthly):
    engine = ibis.duckdb.connect()
    tables = [engine.create_table(name, rows) for name, rows in (("scores", monthly()), ("calls", calls(2.0)))]
    assert untouched_check(estimate(Study(tables[0], asked, tables[1]))).passed is False


def test_the_other_table_and_its_columns_are_asked_for(asked, monthly):
    with pytest.raises(Refused, match="another table"):
        estimate(monthly(), asked)
    with pytest.raises(Refused, match="called"):
        estimate(monthly(), asked, calls(0.0).rename(columns={"called": "day"}))


def test_a_comparison_with_others_needs_one_table(asked):
    with pytest.raises(Refused, match="on the table of the KPI"):
        replace(asked, touched="touched", unit="customer")
