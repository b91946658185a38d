"""XmR, p and u charts against published limits and closed forms."""

import csv

import numpy as np
import pytest

from toolkit.stats.control_charts import p_chart, signals, u_chart, xmr_chart

# NHSRplotthedots, article "Deviations from the SPC methodology" (one wild point among ones and
# twos), with and without moving ranges beyond their limit.
WILD = [1, 2, 1, 2, 10, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1]


@pytest.mark.parametrize(
    ("screen", "lower", "upper"), [(True, -0.7156, 4.6044), (False, -3.0626, 6.9515)])
def test_the_deviations_page_of_nhsrplotthedots(screen, lower, upper):
    chart = xmr_chart(WILD, screen=screen)
    assert chart.centre == pytest.approx(1.9444, abs=5e-5)
    assert chart.lower[0] == pytest.approx(lower, abs=5e-5)
    assert chart.upper[0] == pytest.approx(upper, abs=5e-5)
    assert np.flatnonzero(signals(chart).above).tolist() == [4]


def test_accident_and_emergency_breaches(shared_data):
    """NHSRdatasets ae_attendances as charted in NHSRplotthedots' introduction."""
    with open(shared_data / "plan_changes" / "nhsr_ae_attendances.csv") as file:
        rows = [row for row in csv.DictReader(file)
                if row["org_code"] == "RRK" and row["type"] == "1" and row["period"] < "2018-04"]
    rows.sort(key=lambda row: row["period"])
    chart = xmr_chart([float(row["breaches"]) for row in rows])
    assert len(rows) == 24
    assert chart.centre == pytest.approx(1711.875, abs=5e-4)
    assert chart.lower[0] == pytest.approx(849.793, abs=5e-4)
    assert chart.upper[0] == pytest.approx(2573.957, abs=5e-4)
    found = signals(chart, run=8)
    assert (np.flatnonzero(found.above) + 1).tolist() == [10]
    assert (np.flatnonzero(found.run_below) + 1).tolist() == list(range(11, 19))
    assert not signals(chart, run=9).run_below.any()


def test_later_points_are_judged_by_the_baseline():
    values = np.concatenate([np.tile([10.0, 12.0], 10), np.full(5, 30.0)])
    chart = xmr_chart(values, baseline=np.arange(25) < 20)
    assert chart.centre == 11.0
    assert chart.upper[0] == pytest.approx(11 + 2.66 * 2)
    assert signals(chart).above.tolist() == [False] * 20 + [True] * 5


def test_a_gap_takes_part_in_nothing():
    with_gap = xmr_chart([1, 2, np.nan, 4, 3])
    assert with_gap.centre == 2.5
    assert with_gap.moving_range_mean == pytest.approx((1 + 2 + 1) / 3)
    assert not signals(with_gap).any[2]


def test_rules_at_their_borders():
    chart = xmr_chart(np.tile([0.0, 1.0], 30))
    calm = signals(chart)
    assert not calm.any.any()

    def placed(points):
        values = np.concatenate([np.tile([0.0, 1.0], 30), points])
        return signals(xmr_chart(values, baseline=np.arange(len(values)) < 60))

    assert placed([0.6] * 7).run_above[60:].all() is np.True_
    # The sixtieth point lies above the centre too, so six more make a run of seven.
    assert placed([0.6] * 5).run_above.sum() == 0
    assert placed([0.4, 0.41, 0.42, 0.43, 0.44, 0.45, 0.46]).rising[60:].all()
    assert not placed([0.4, 0.41, 0.42, 0.43, 0.44, 0.45]).rising.any()
    assert not placed([0.4, 0.41, 0.42, 0.42, 0.44, 0.45, 0.46]).rising.any()
    # Two sigma lie at 0.5 + 2 * 2.66 / 3 = 2.27.
    near = placed([2.4, 0.4, 2.4]).near_upper
    assert near[60:].tolist() == [True, False, True]
    assert not placed([2.4, 0.4, 0.4, 2.4]).near_upper.any()
    assert placed([3.2]).above[60] and not placed([3.1]).above[60]


def test_laney_with_equal_bases_is_the_xmr_chart():
    """Laney (2002): with a constant base p' limits are those of individual values."""
    counts = np.random.default_rng(4).binomial(500, 0.1, size=40)
    laney = p_chart(counts, np.full(40, 500))
    individual = xmr_chart(counts / 500, screen=False)
    # 3 / 1.128 is 2.6596; Wheeler rounds to 2.66.
    np.testing.assert_allclose(laney.upper, individual.upper, rtol=2e-4)
    rates = u_chart(counts, np.full(40, 500))
    np.testing.assert_allclose(rates.upper, individual.upper, rtol=2e-4)


def test_plain_limits_are_binomial_and_poisson():
    """Montgomery, Introduction to Statistical Quality Control: p +- 3 sqrt(p (1 - p) / n)."""
    counts, totals = np.array([10, 30, 20, 40]), np.array([100, 300, 200, 400])
    chart = p_chart(counts, totals, laney=False)
    np.testing.assert_allclose(chart.upper, 0.1 + 3 * np.sqrt(0.1 * 0.9 / totals))
    assert chart.lower[0] == pytest.approx(0.01)
    rates = u_chart(counts, totals, laney=False)
    np.testing.assert_allclose(rates.upper, 0.1 + 3 * np.sqrt(0.1 / totals))


def test_laney_takes_the_alarm_out_of_large_bases():
    rng = np.random.default_rng(5)
    share = 0.2 + 0.01 * rng.standard_normal(60)
    totals = np.full(60, 1_000_000)
    counts = rng.binomial(totals, share)
    assert signals(p_chart(counts, totals, laney=False)).above.sum() > 10
    assert signals(p_chart(counts, totals)).above.sum() <= 1


def test_an_empty_base_is_no_data():
    chart = p_chart([1, 0, 2, 3], [10, 0, 10, 10])
    assert np.isnan(chart.values[1]) and np.isnan(chart.upper[1])
    assert chart.centre == pytest.approx(0.2)


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="above its total"):
        p_chart([5], [4])
    with pytest.raises(ValueError, match="1 measured values"):
        xmr_chart([5.0, np.nan])
