"""Small plans and ledgers whose return can be reckoned by hand."""

from __future__ import annotations

import math
from datetime import date

import pandas as pd

from toolkit.language import Quantity
from toolkit.money.definition import Benefit, Ledger, PlanReturn
from toolkit.stats.scenarios import Fixed, Spread

UNTIL = date(2026, 6, 30)


def a_ledger(**more) -> Ledger:
    named = {
        "month": "month", "component": "component", "phase": "phase", "department": "team", "planned": "plan", "actual": "spent",
        "planned_hours": "plan_hours", "actual_hours": "hours", "done": "done", "hour_rate": 50.0, "until": UNTIL,
    }  # fmt: skip
    return Ledger(**{**named, **more})


def rows(component: str = "script", months: int = 6, known: int = 6, **more) -> pd.DataFrame:
    """From January 2026 on: 100 planned and 120 spent a month, 2 hours planned and 3 spent."""
    filled = [i < known for i in range(months)]
    return pd.DataFrame({
        "month": pd.date_range("2026-01-01", periods=months, freq="MS"), "component": component, "phase": "launch", "team": "sales",
        "plan": 100.0, "spent": [120.0 if k else math.nan for k in filled], "plan_hours": 2.0,
        "hours": [3.0 if k else math.nan for k in filled], "done": [1.0 if k else math.nan for k in filled], **more,
    })  # fmt: skip


def a_benefit(name: str = "script", effect: float = 2.0, reach: float = 1.0, **more) -> Benefit:
    """An effect of 2 (1 to 3, 95 %) on 1,000 rows, worth 1 each, since April 2026."""
    quantity = Quantity(effect, "number", effect - reach, effect + reach)
    named = {"verdict": "delivered", "good": 1.0, "touched": 1_000.0, "since": date(2026, 4, 1), "value": Fixed(1.0),
             "value_source": "wages", "announced": date(2026, 1, 10)}  # fmt: skip
    return Benefit(name, name.capitalize(), "kpi", quantity, **{**named, **more})


def unknown(verdict: str = "cannot_be_judged", promised: float = 3.0, **more) -> Benefit:
    """A change that promised 3 and cannot be judged."""
    value: Spread = more.pop("value", Fixed(1.0))
    return Benefit("mail", "Mail", "kpi", Quantity(math.nan, "number", reason="no rows before"), verdict, 1.0, 1_000.0,
                   date(2026, 4, 1), value, "wages", promised=promised, **more)  # fmt: skip


def a_plan(*benefits: Benefit, **more) -> PlanReturn:
    named = {"until": UNTIL, "hour_rate": 50.0, "scenarios": 20_000, "horizon": 12, "yearly_rate": 0.08}
    return PlanReturn(benefits or (a_benefit(declared_cost=1_000.0),), **{**named, **more})
