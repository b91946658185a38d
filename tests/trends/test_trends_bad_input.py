"""Bad input is said by name, and the rest of the page is made."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from series_tables import asked, kpi, monthly, steady

from toolkit import trends
from toolkit.kpis import Measure
from toolkit.problems import Refused
from toolkit.trends import Wanted

PARAMS = """
version: 1
company: {id: odd, name: Odd, as_of: 2025-12-31}
folder: .
tables:
  rows:
    path: rows.csv
    key: [day, who]
    time: day
    columns:
      day: {type: date, required: true}
      who: {type: text, required: true}
      y: {type: number}
kpis:
  good: {GOOD, label: Good, target: {level: 40, due: 2026-12-31}}
  two_points:
    label: Two points
    table: rows
    numerator: y
    where: who = 'good' and day >= date '2025-11-01'
  equal:
    label: All equal
    table: rows
    numerator: 5
    where: who = 'good'
    target: {level: 5, due: 2026-06-30}
  no_baseline: {GOOD, label: No baseline, target: {relative_change: 0.1}}
  no_period:
    label: No such period
    table: rows
    numerator: y
    where: who = 'good'
    target: {relative_change: 0.1, baseline_period: 2025Q7}
  past: {GOOD, label: Past due, target: {level: 60, due: 2024-06-30}}
  nothing:
    label: No rows
    table: rows
    numerator: y
    where: who = 'nobody'
    target: {level: 1, due: 2026-12-31}
  empty_base: {label: Empty base, table: rows, numerator: y, denominator: y - y}
goals:
  lost: {label: Lost, kpi: nothing}
""".replace("GOOD", "table: rows, numerator: y, where: who = 'good'")


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    from toolkit.pack.run import run

    folder = tmp_path_factory.mktemp("odd")
    frame = monthly(steady())
    frame["who"], frame["day"] = "good", frame.day.dt.date
    frame.to_csv(folder / "rows.csv", index=False)
    (folder / "odd.yaml").write_text(PARAMS)
    made = run(folder / "odd.yaml", out=folder / "out")
    assert not made.failed
    findings = json.loads((made.folder / "findings.json").read_text())["findings"]
    return {f["id"]: f for f in findings}, (made.folder / "kpi_trends.html").read_text()


@pytest.mark.parametrize(
    "name, said",
    [
        ("two_points", "2 complete periods with a value; 8 are needed"),
        ("equal", "Every period shows the same value"),
        ("no_baseline", "the target is a relative change and has no baseline"),
        ("no_period", "a year has quarters 1 to 4"),
        ("past", "the due day 30 Jun 2024 has passed"),
        ("nothing", "no row counts"),
        ("empty_base", "no row counts"),
    ],
)
def test_each_is_said_by_name(page, name, said):
    findings, html = page
    assert said in findings[f"kpi_trends/{name}"]["sentence"]
    assert said.split(";")[0] in html


def test_the_rest_of_the_page_is_made(page):
    findings, _ = page
    good = findings["kpi_trends/good"]
    assert good["verdict"] == "reliably_met" and good["variation"] == "steady"
    assert findings["kpi_trends/equal"]["verdict"] == "reliably_met"
    assert findings["kpi_trends/goal/lost"]["verdict"] == "no_data"
    assert all(
        f["verdict"] == "no_data"
        for f in findings.values()
        if "nothing" in f["id"] or "empty_base" in f["id"]
    )
    assert findings["kpi_trends"]["verdict"] == "measured"


def test_no_number_is_made_up(page):
    findings, _ = page
    for name in ("nothing", "empty_base"):
        assert findings[f"kpi_trends/{name}"]["estimate"] is None


@pytest.mark.parametrize("period", ["2019Q1", "2031Q3"])
def test_a_period_without_data_is_said(period):
    found = trends.estimate(
        monthly(steady()),
        asked(kpi(target=Wanted(level=1)), period=period, as_of=pd.Timestamp("2025-12-31").date()),
    )
    checks = trends.check(found)
    said = trends.conclude(found, checks)
    assert not found["y"].now.known and found["y"].now.reason
    assert said[1].sentence.text().startswith("y")
    assert found.grid().text() and found.target_grid().text()


def test_a_table_without_any_row():
    frame = monthly(steady()).iloc[:0]
    found = trends.estimate(frame, asked(kpi(segments=())))
    assert trends.conclude(found, trends.check(found))[0].verdict == "no_data"
    assert trends.panels(found) == ()


def test_definitions_that_make_no_sense():
    with pytest.raises(ValueError, match="must be one of week, month"):
        kpi(every="fortnight")
    with pytest.raises(ValueError, match="'higher' or 'lower'"):
        kpi(better="more")
    with pytest.raises(ValueError, match="'day' or 'period'"):
        kpi(per="hour")
    with pytest.raises(ValueError, match="one of them"):
        Wanted(level=1, relative_change=0.1)
    with pytest.raises(ValueError, match="stands twice"):
        asked(kpi(), kpi())
    with pytest.raises(ValueError, match="'auto' or 'published'"):
        asked(chart="mine")


def test_a_name_that_is_no_kpi_is_refused_with_the_choices(tmp_path):
    from toolkit.company.load import load_company
    from toolkit.company.periods import Period
    from toolkit.problems import Refused

    monthly(steady()).assign(who="good").to_csv(tmp_path / "rows.csv", index=False)
    (tmp_path / "odd.yaml").write_text(PARAMS)
    company = load_company(tmp_path / "odd.yaml").company
    with pytest.raises(Refused, match="god") as refused:
        trends.from_params(company, Period.parse("2025Q4"), ("god",))
    assert "good" in str(refused.value)


def test_one_wild_value_does_not_widen_the_limits():
    values = steady()
    values[10] = 500
    one = trends.estimate(monthly(values), asked(chart="published"))["y"]
    assert one.whole.upper[0] - one.whole.lower[0] < 20
    assert any(s.rule == "above" and str(s.first) == "2023-11" for s in one.whole.signals)


def test_infinite_values_take_no_part():
    values = steady()
    frame = monthly(values)
    frame.loc[3, "y"] = np.nan
    found = trends.estimate(frame, asked(kpi(measure=Measure("y", "y"))))["y"]
    assert np.isnan(found.whole.values[3])


@pytest.mark.parametrize("denominator", ["1e300", "1e-300"])
def test_a_kpi_of_numbers_that_nothing_can_be_reckoned_with_is_refused_by_name(denominator):
    """Squares of 1e-299 are 0 and those of 1e299 infinite: every interval, and every break, would be made up."""
    told = kpi(measure=Measure("y", "y", denominator))
    with pytest.raises(Refused, match="y.denominator: '1e-?300' gives numbers that are infinite, beyond 1e100"):
        trends.estimate(monthly(steady()), asked(told))
