"""Series and panels with a known effect, and the changes that ask about them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from toolkit.kpis import Measure
from toolkit.plan_changes import PlanChange


@pytest.fixture
def change() -> PlanChange:
    """A change of 2023 that promises 2 more; its frame has the columns ``day`` and ``value``."""
    return PlanChange(
        "better_script", Measure("score", "value"), "day", date(2023, 1, 1), 2.0, label="Better script",
        kpi_label="Score", worthwhile=0.5, as_of=date(2023, 12, 31), season=False,
    )  # fmt: skip


@pytest.fixture
def monthly() -> Callable[..., pd.DataFrame]:
    """One row a month from January 2020 on: 36 before 2023 and 12 after, `effect` added from then."""

    def make(effect: float = 0.0, months: int = 48, noise: float = 0.3, seed: int = 1) -> pd.DataFrame:
        drawn = np.random.default_rng(seed).standard_normal(months) * noise
        days = pd.date_range("2020-01-01", periods=months, freq="MS")
        after = days >= "2023-01-01"
        return pd.DataFrame({"day": days, "value": 10 + drawn + effect * after})

    return make


@pytest.fixture
def panel() -> Callable[..., pd.DataFrame]:
    """Rows of 120 customers over 24 months, half of them touched from January 2023 on."""

    def make(effect: float = 0.0, customers: int = 120, seed: int = 1, drift: float = 0.0) -> pd.DataFrame:
        rng = np.random.default_rng(seed)
        days = pd.date_range("2022-01-01", periods=24, freq="MS")
        who, month = np.divmod(np.arange(customers * 24), 24)
        touched = who < customers // 2
        value = 10 + rng.standard_normal(customers)[who] + rng.standard_normal(len(who))
        value += effect * touched * (month >= 12) + drift * touched * month
        return pd.DataFrame({
            "customer": who, "day": days[month], "touched": touched, "value": value,
            "other": rng.standard_normal(len(who)), "kind": np.where(who % 2, "new", "existing"),
        })

    return make


@pytest.fixture
def compared(change) -> PlanChange:
    """The same change with a group that it does not touch."""
    return replace(change, touched="touched", unit="customer", worthwhile=0.5)
