"""From params to the page: weeks, months, fiscal quarters and years, a zone, a leap day, late rows."""

from __future__ import annotations

import json
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from toolkit import open_company, trends
from toolkit.pack.run import run

KINDS = ("week", "month", "quarter", "year")
PARAMS = """
version: 1
company:
  id: shop
  name: Shop
  as_of: 2026-03-31
  fiscal_year_starts: 4
  time_zone: America/Sao_Paulo
tables:
  orders:
    path: orders.parquet
    key: [id]
    time: at
    columns:
      id: {type: text, required: true}
      at: {type: datetime, required: true}
  replies:
    path: replies.parquet
    key: [id]
    time: at
    recorded: came
    columns:
      id: {type: text, required: true}
      at: {type: date, required: true}
      came: {type: date}
      hours: {type: number}
kpis:
"""
KPI = """
  {every}_{per}:
    label: Orders {every} {per}
    table: orders
    numerator: 1
    per: {per}
    format: number
    every: {every}
"""
LATE = """
  reply:
    label: Reply
    table: replies
    numerator: hours
    format: hours
    better: lower
    chart: published
packs:
  all: {label: All, pages: [{notebook: kpi_trends}]}
"""


@pytest.fixture(scope="module")
def params(tmp_path_factory):
    """An order each day at ten at night in Sao Paulo, which is the next day in UTC."""
    folder = tmp_path_factory.mktemp("shop")
    days = pd.date_range("2022-04-01", "2026-03-31")
    orders = pd.DataFrame({"id": [f"o{i}" for i in range(len(days))]})
    orders["at"] = (days + pd.Timedelta(hours=22)).tz_localize("America/Sao_Paulo").tz_convert("UTC")
    orders.to_parquet(folder / "orders.parquet")
    rng = np.random.default_rng(31)
    many = days[days >= "2023-04-01"].repeat(10)
    came = many + pd.to_timedelta(rng.integers(0, 21, len(many)), unit="D")
    replies = pd.DataFrame({"at": many, "came": came, "hours": rng.normal(8, 1, len(many))})
    replies = replies[replies.came <= "2026-03-31"].reset_index(drop=True)
    replies["id"] = [f"r{i}" for i in range(len(replies))]
    replies.to_parquet(folder / "replies.parquet")
    each = "".join(KPI.format(every=k, per=p) for k in KINDS for p in ("day", "period"))
    path = folder / "shop.yaml"
    path.write_text(PARAMS + each + LATE)
    return path


def test_volumes_are_those_of_the_calendar(params):
    found = trends.estimate(open_company(params).trends())
    for kind in KINDS:
        series = found[f"{kind}_day"].whole
        there = series.measured
        assert there.any() and series.values[there] == pytest.approx(1.0)
        counted = found[f"{kind}_period"].whole
        days = [p.days for p, m in zip(counted.periods, counted.measured, strict=True) if m]
        assert counted.values[counted.measured].tolist() == days
    months = dict(zip(map(str, found["month_period"].whole.periods),
                      found["month_period"].whole.values, strict=True))  # fmt: skip
    assert months["2024-02"] == 29 and months["2025-02"] == 28
    years = found["year_period"].whole
    assert [p.start for p in years.periods] == [date(y, 4, 1) for y in (2022, 2023, 2024, 2025)]
    assert years.values.tolist() == [365, 366, 365, 365]
    quarters = found["quarter_period"].whole
    assert quarters.periods[0].start == date(2022, 4, 1) and quarters.values[0] == 91
    weeks = found["week_period"].whole
    assert all(p.start.isoweekday() == 1 for p in weeks.periods)
    first = weeks.periods[0]  # 28 March 2022: its rows begin on Friday
    assert not weeks.complete[0] and first.start == date(2022, 4, 1) - timedelta(days=4)
    straddling = next(p for p in weeks.periods if p.start.year != p.last_day.year)
    assert weeks.values[weeks.periods.index(straddling)] == 7


def test_the_page_shows_them_all_and_says_what_is_still_to_come(params):
    made = run(params, out=params.parent / "out")
    assert not made.failed
    found = {
        f["id"]: f for f in json.loads((made.folder / "findings.json").read_text())["findings"]
    }
    for kind in KINDS:
        for per in ("day", "period"):
            assert f"kpi_trends/{kind}_{per}" in found
    assert found["kpi_trends/month_day"]["estimate"] == pytest.approx(1.0)
    # January to March 2026 is the last fiscal quarter of the year that began in April 2025
    assert found["kpi_trends"]["period"] == "2026Q4"
    html = next(made.folder.glob("kpi_trends*.html")).read_text()
    assert "still to come" in html and "March 2026" in html
    assert "Orders week day" in html and "Orders year period" in html
