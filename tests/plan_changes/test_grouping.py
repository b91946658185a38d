"""The effect by group under every method: the planted difference between groups is found."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from toolkit.kpis import Measure
from toolkit.plan_changes import Waves, check, conclude, estimate


def of_groups(found):
    return {g.value: g for g in found.groups}


def test_staggered_dates_by_group(compared, panel):
    rows = panel(customers=240)
    third = rows["customer"] % 3
    adopted = pd.Series(pd.NaT, index=rows.index, dtype="datetime64[us]")
    adopted[third == 0] = pd.Timestamp("2022-07-01")
    adopted[third == 1] = pd.Timestamp("2023-02-01")
    under = rows["day"] >= adopted
    rows["value"] += np.where(rows["kind"] == "new", -2.0, 3.0) * under
    asked = replace(compared, touched=None, adopted_at="adopted", effective=date(2022, 7, 1), segments={"customers": "kind"})
    found = estimate(rows.assign(adopted=adopted), asked)
    assert found.fit.method == "staggered"
    groups = of_groups(found)
    assert groups["new"].low < -2.0 < groups["new"].high < 0 and groups["new"].hurt
    assert 0 < groups["existing"].low < 3.0 < groups["existing"].high and not groups["existing"].hurt
    assert found.segments[0].p_same < 1e-6
    assert any(f.segment == "customers=new" for f in conclude(found, check(found)))


def test_one_touched_unit_by_group(compared, panel):
    rows = pd.concat([panel(customers=30, seed=s).assign(kind=kind) for s, kind in ((5, "new"), (6, "existing"))])
    rows = rows.assign(touched=rows["customer"] == 0)
    after = rows["touched"] & (rows["day"] >= "2023-01-01")
    rows["value"] += np.where(rows["kind"] == "new", 6.0, 0.0) * after
    found = estimate(rows, replace(compared, segments={"customers": "kind"}))
    assert found.fit.method == "donors"
    groups = of_groups(found)
    assert groups["new"].low < 6.0 < groups["new"].high and groups["new"].low > 0
    assert groups["existing"].low < 0 < groups["existing"].high
    assert np.isnan(found.segments[0].p_same) and "share what moves it" in found.group_grid().note.text()


def test_a_group_without_enough_donors_has_a_reason(compared, panel):
    rows = panel(customers=30)
    rows = rows.assign(touched=rows["customer"] == 0)
    rows["kind"] = np.where(rows["customer"] <= 25, "existing", "new")
    found = estimate(rows, replace(compared, segments={"customers": "kind"}))
    groups = of_groups(found)
    assert np.isfinite(groups["existing"].estimate)
    assert np.isnan(groups["new"].estimate) and "lack a period" in groups["new"].reason


def test_survey_waves_by_group(change):
    rng = np.random.default_rng(8)

    def wave(day: str, shift: float) -> pd.DataFrame:
        kind = np.where(np.arange(600) % 2, "new", "existing")
        answer = 6 + rng.standard_normal(600) + shift * (kind == "new")
        return pd.DataFrame({"day": day, "kind": kind, "answer": answer})

    rows = pd.concat([wave("2022-12-01", 0.0), wave("2023-01-15", -1.0)])
    asked = replace(change, time="CAST(day AS DATE)", measure=Measure("answer", "answer"), waves=Waves("answer"),
                    segments={"customers": "kind"})  # fmt: skip
    found = estimate(rows, asked)
    groups = of_groups(found)
    assert groups["new"].low < -1.0 < groups["new"].high and groups["new"].hurt
    assert groups["existing"].low < 0 < groups["existing"].high and not groups["existing"].hurt
    # two means by hand
    means = rows[rows["kind"] == "new"].groupby("day")["answer"].mean()
    assert groups["new"].estimate == pytest.approx(means["2023-01-15"] - means["2022-12-01"])
    assert found.segments[0].p_same < 1e-6


def test_survey_waves_of_a_group_of_few_answers_are_not_shown(change):
    rng = np.random.default_rng(9)
    kind = ["new"] * 300 + ["existing"] * 200 + ["partner"] * 60
    early = pd.DataFrame({"day": "2022-12-01", "kind": kind, "answer": 6 + rng.standard_normal(560)})
    late = early.assign(day="2023-01-15")[lambda f: (f.kind != "partner") | (f.groupby("kind").cumcount() < 4)]
    asked = replace(change, time="CAST(day AS DATE)", measure=Measure("answer", "answer"), waves=Waves("answer"),
                    segments={"customers": "kind"}, min_cell=10)  # fmt: skip
    groups = of_groups(estimate(pd.concat([early, late]), asked))
    assert np.isfinite(groups["new"].estimate)
    for hidden in ("partner", "existing"):  # the next smallest would tell of the partners
        assert np.isnan(groups[hidden].estimate) and "too few" in groups[hidden].reason and groups[hidden].n == 0


def test_counts_by_group_are_rate_ratios(change):
    """A third fewer complaints among the new, as a share as the whole is, not as a number."""
    rng = np.random.default_rng(3)
    days = pd.date_range("2020-01-01", periods=48, freq="MS")
    after = days >= "2023-01-01"
    rows = pd.concat([
        pd.DataFrame({"day": days, "kind": kind, "customers": 5000.0,
                      "complaints": rng.poisson(1000 * np.where(after, factor, 1.0))})
        for kind, factor in (("new", 2 / 3), ("existing", 1.0))
    ])  # fmt: skip
    asked = replace(change, measure=Measure("complaints", "complaints", "customers"), counts=True, better="lower",
                    promised=-0.3, relative_promise=True, worthwhile=None, segments={"customers": "kind"})  # fmt: skip
    found = estimate(rows, asked)
    assert found.fit.method == "counts"
    groups = of_groups(found)
    assert groups["new"].low < -1 / 3 < groups["new"].high < 0
    assert groups["existing"].low < 0 < groups["existing"].high
    assert "share what moves them" in found.group_grid().note.text()


def test_a_short_series_says_why_it_has_no_groups(change, monthly):
    rows = monthly(months=41).assign(kind="new")
    found = estimate(rows, replace(change, as_of=date(2023, 5, 31), segments={"customers": "kind"}))
    assert found.groups == () and "too short" in found.group_grid().note.text()
