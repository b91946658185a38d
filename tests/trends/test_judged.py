"""What is said of whole series: signals in words, break with its date, segments, findings."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from series_tables import asked, kpi, monthly, steady

from toolkit import trends
from toolkit.findings import FINDING
from toolkit.pack.reading import finding_of
from toolkit.shown import Grid


def judged(values, **more):
    found = trends.estimate(monthly(values), asked(kpi(**more)))
    return found, found["y"]


def test_a_steady_series_is_left_alone():
    found, one = judged(steady())
    assert one.whole.variation == "steady" and not one.whole.recent
    finding = trends.conclude(found, trends.check(found))[1]
    assert "within its usual variation" in finding.sentence.text()
    assert "need no answer" in finding.decision.text()


@pytest.mark.parametrize("better, said", [("higher", "improving"), ("lower", "worsening")])
def test_a_step_in_the_last_quarter_is_told_with_its_date(better, said):
    values = steady()
    values[33:] += 7
    found, one = judged(values, better=better)
    assert one.whole.variation == said
    assert [(s.rule, s.points, str(s.first), str(s.last)) for s in one.whole.recent][0] == (
        "above",
        3,
        "2025-10",
        "2025-12",
    )
    text = trends.conclude(found, trends.check(found))[1].sentence.text()
    assert "3 in a row above the usual range (October 2025 to December 2025)" in text
    panel = trends.panels(found)[0]
    tones = [p.tone for line in panel.lines for p in line.points if p.tone]
    assert tones[-3:] == ["better" if better == "higher" else "worse"] * 3
    assert "3 in a row above the usual range, October 2025 to December 2025" in panel.notes[0].text()


def test_the_level_changed_with_a_month_that_is_named():
    values = steady()
    values[20:] += 3
    found, one = judged(values)
    text = trends.conclude(found, trends.check(found))[1].sentence.text()
    assert one.level_change.position == 20 and one.level_change.p_value < 0.01
    assert "changed most likely with September 2024" in text


def test_a_season_is_no_signal_and_is_drawn_into_the_limits():
    values = steady() + np.tile(np.r_[np.zeros(11), 12.0], 3)
    found, one = judged(values)
    assert one.whole.season > 0.9 and one.whole.variation == "steady"
    december = one.whole.upper[11] - one.whole.upper[5]
    assert december == pytest.approx(12, abs=2.5)
    published = trends.estimate(monthly(values), asked(chart="published"))["y"]
    assert published.whole.season == 0


def test_hints_of_the_published_rules_are_named_as_such():
    rng = np.random.default_rng(4)
    values = np.empty(36)
    values[0] = 0
    for t in range(1, 36):
        values[t] = 0.75 * values[t - 1] + rng.standard_normal()
    found, one = judged(50 + values)
    hints = [s for s in one.whole.signals if not s.told]
    assert hints and one.whole.rho > 0.3
    assert "A hint only" in found.signal_grid().text()
    check = next(
        c for c in trends.check(found) if c.name.template == "The published rules mark more"
    )
    assert check.passed is None


def test_segments_have_series_and_findings_of_their_own():
    good, bad = steady(36, 5), steady(36, 6)
    bad[33:] -= 8
    frame = pd.concat([monthly(good, shop="a"), monthly(bad, shop="b")])
    found = trends.estimate(frame, asked(kpi(segments=("shop",))))
    findings = {f.id: f for f in trends.conclude(found, trends.check(found))}
    assert findings["kpi_trends/y/shop=a"].variation == "steady"
    assert findings["kpi_trends/y/shop=b"].variation == "worsening"
    assert (
        "shop=b" in findings["kpi_trends/y/shop=b"].sentence.text()
        and "Worsening" in found.segment_grid().text()
    )


def test_findings_survive_the_notebook():
    found, _ = judged(steady())
    shown = trends.conclude(found, trends.check(found))
    there = [finding_of(f) for f in json.loads(json.dumps(shown._repr_mimebundle_()[FINDING]))]
    assert [f.id for f in there] == [f.id for f in shown] and there[1].variation == "steady"
    assert (
        Grid.from_json(json.loads(json.dumps(found.grid().to_json()))).text() == found.grid().text()
    )


def test_change_against_the_quarter_before_is_welchs_test():
    from scipy import stats

    rng = np.random.default_rng(7)
    days = pd.to_datetime(np.repeat(["2025-08-15", "2025-11-15"], [80, 50]))
    y = np.r_[rng.normal(5, 1, 80), rng.normal(6, 3, 50)]
    found = trends.estimate(pd.DataFrame({"day": days, "y": y}), asked())["y"]
    welch = stats.ttest_ind(y[80:], y[:80], equal_var=False).confidence_interval()
    assert found.change.value == pytest.approx(y[80:].mean() - y[:80].mean())
    assert (found.change.low, found.change.high) == pytest.approx((welch.low, welch.high), rel=1e-6)


def test_customers_in_both_quarters_are_compared_with_themselves():
    rng = np.random.default_rng(8)
    who = np.arange(3000)
    taste = rng.normal(0, 5, 3000)
    frame = pd.concat(
        [
            pd.DataFrame(
                {"day": pd.Timestamp("2025-08-15"), "who": who, "y": taste + rng.normal(0, 1, 3000)}
            ),
            pd.DataFrame(
                {
                    "day": pd.Timestamp("2025-11-15"),
                    "who": who,
                    "y": taste + 0.2 + rng.normal(0, 1, 3000),
                }
            ),
        ]
    )
    frame["who"] = frame.who.astype(str)
    found = trends.estimate(frame, asked(kpi(unit="who")))["y"]
    paired = np.std(frame.y.to_numpy()[3000:] - frame.y.to_numpy()[:3000]) / np.sqrt(3000)
    half = (found.change.high - found.change.low) / 2
    assert half == pytest.approx(1.97 * paired, rel=0.15)  # between 256 buckets
    assert found.now.high - found.now.low > 3 * half


def test_a_percentile_has_its_order_statistics():
    rng = np.random.default_rng(9)
    y = rng.exponential(1, 999)
    found = trends.estimate(
        pd.DataFrame({"day": pd.Timestamp("2025-11-15"), "y": y}), asked(kpi(quantile=0.9))
    )["y"]
    assert found.now.value == pytest.approx(np.quantile(y, 0.9))
    assert found.now.low < np.quantile(y, 0.9) < found.now.high
