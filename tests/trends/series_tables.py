"""Tables made for tests: rows whose KPI takes given values month by month."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from toolkit import trends
from toolkit.company.periods import Period
from toolkit.kpis import Measure

MONTHS = [Period("month", 2023, 1).previous(-i) for i in range(60)]


def monthly(values, **columns) -> pd.DataFrame:
    """One row a month from January 2023, on its 15th; nan is a month without a row."""
    rows = [
        (pd.Timestamp(m.start) + pd.Timedelta(days=14), v)
        for m, v in zip(MONTHS, values, strict=False)
        if np.isfinite(v)
    ]
    return pd.DataFrame({"day": [r[0] for r in rows], "y": [r[1] for r in rows], **columns})


def kpi(name: str = "y", **more) -> trends.Trend:
    """The mean of y."""
    given = {"measure": Measure(name, "y"), "time": "day", **more}
    return trends.Trend(name, **given)


def asked(
    *kpis: trends.Trend, period: str = "2025Q4", as_of: date | None = None, **more
) -> trends.Trends:
    """A question about a quarter, all data there."""
    found = Period.parse(period, more.get("fiscal_year_starts", 1))
    return trends.Trends(kpis or (kpi(),), found, as_of or found.last_day, **more)


def steady(n: int = 36, seed: int = 1, centre: float = 50.0, sd: float = 1.0) -> np.ndarray:
    """Independent values."""
    return centre + sd * np.random.default_rng(seed).standard_normal(n)
