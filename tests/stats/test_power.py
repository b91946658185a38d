"""Sizes and power, against R, statsmodels and simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.power import TTestIndPower

from toolkit.stats import power
from toolkit.stats.ratios import RatioMoments


def test_r_power_prop_test():
    # R: power.prop.test(p1 = .50, p2 = .75, power = .90), n = 76.7 (76.707 at full precision).
    assert power.size_for_shares(0.5, 0.75, power=0.9) == pytest.approx(76.707, abs=5e-4)
    assert power.size_for_shares(0.1, 0.11) == pytest.approx(14750.790, abs=5e-4)
    assert power.size_for_shares(0.01, 0.011) == pytest.approx(163094.6, abs=5e-2)
    # R's help page: power.prop.test(n = 50, p1 = .50, p2 = .75), power = .7401659.
    assert power.power_of_shares(0.5, 0.75, 50) == pytest.approx(0.7401659, abs=5e-7)


def test_r_power_t_test():
    # R: power.t.test(delta = 1, sd = 1, power = .90), n = 22.02110;
    # power.t.test(n = 20, delta = 1, sd = 1), power = .8689528.
    assert power.size_for_means(1, 1, power=0.9) == pytest.approx(22.02110, abs=5e-6)
    assert power.power_of_means(1, 1, 20) == pytest.approx(0.8689528, abs=5e-7)
    # R: power.t.test(power = .90, delta = 1, alternative = "one.sided"), n = 17.84713; its root
    # is searched to 1.2e-4.
    assert power.size_for_means(1, 1, power=0.9, sides=1) == pytest.approx(17.84713, abs=1.2e-4)


@pytest.mark.parametrize("ratio", [0.5, 1.0, 3.0])
def test_unequal_arms_against_statsmodels(ratio):
    theirs = TTestIndPower()
    for effect in (0.2, 0.6):
        want = theirs.power(effect, 50, 0.05, ratio=ratio, alternative="larger")
        found = power.power_of_means(effect, 1, 50, ratio=ratio, sides=1)
        assert found == pytest.approx(want, abs=1e-9)
        n = theirs.solve_power(effect, None, 0.05, 0.8, ratio=ratio, alternative="larger")
        own = power.size_for_means(effect, 1, ratio=ratio, sides=1)
        assert own == pytest.approx(n, rel=1e-5)


def test_unequal_shares_against_the_published_formula():
    # Fleiss, Levin & Paik (2003), equation 4.14 (no continuity correction).
    p, q, r = 0.25, 0.40, 0.5
    za, zb = stats.norm.isf(0.005), stats.norm.isf(0.05)
    middle = (p + r * q) / (1 + r)
    want = (
        za * math.sqrt((r + 1) * middle * (1 - middle))
        + zb * math.sqrt(r * p * (1 - p) + q * (1 - q))
    ) ** 2 / (r * (q - p) ** 2)
    found = power.size_for_shares(p, q, power=0.95, alpha=0.01, ratio=r)
    assert found == pytest.approx(want)
    # One side at half the alpha has the same critical value.
    one = power.size_for_shares(p, q, power=0.95, alpha=0.005, ratio=r, sides=1)
    assert one == pytest.approx(want)


def test_size_power_and_visible_effect_turn_each_other_round():
    n = power.size_for_shares(0.1, 0.13, ratio=2)
    assert power.power_of_shares(0.1, 0.13, n, ratio=2) == pytest.approx(0.8)
    assert power.visible_change_of_share(0.1, n, ratio=2) == pytest.approx(0.03)
    down = power.visible_change_of_share(0.1, 5000, direction="decrease")
    assert down < 0
    assert power.power_of_shares(0.1, 0.1 + down, 5000) == pytest.approx(0.8)
    n = power.size_for_means(0.3, 2.0, sd_treatment=3.0, ratio=1.5)
    assert power.visible_difference_of_means(
        2.0, n, sd_treatment=3.0, ratio=1.5
    ) == pytest.approx(0.3)


def test_large_tests_meet_the_normal_formula():
    # (z + z)^2 2 sd^2 / d^2, and no jump where the noncentral t gives way to the normal.
    want = (stats.norm.isf(0.025) + stats.norm.isf(0.2)) ** 2 * 2 / 0.001**2
    assert power.size_for_means(0.001, 1) == pytest.approx(want, rel=1e-6)
    edge = power.NORMAL_FROM / 2
    before, after = (power.power_of_means(0.003, 1, edge + step) for step in (0.5, 2.0))
    assert before == pytest.approx(after, abs=1e-5)
    assert power.visible_difference(1.0) == pytest.approx(2.801585, abs=5e-7)


def test_what_cannot_be_seen():
    # Even a fall to 0 is too small to see in 20 units.
    assert math.isnan(power.visible_change_of_share(0.05, 20, direction="decrease"))
    assert math.isnan(power.visible_change_of_share(1.0, 20))
    assert power.power_of_shares(0.0, 1.0, 10) == 1.0
    assert power.power_of_means(100.0, 1.0, 1000) == 1.0


def test_more_units():
    assert power.more_units_for_half_width(1000, 0.02, 0.01) == pytest.approx(3000)
    assert power.more_units_for_half_width(1000, 0.02, 0.05) == 0.0
    # Four times the units halve the error, so half the visible effect needs three times more.
    se = 0.01
    visible = power.visible_difference(se)
    assert power.more_units_for_effect(500, se, visible) == pytest.approx(0.0, abs=1e-9)
    assert power.more_units_for_effect(500, se, -visible / 2) == pytest.approx(1500)


def test_wrong_input():
    for call in (
        lambda: power.size_for_shares(0.2, 0.2),
        lambda: power.size_for_shares(0.2, 1.2),
        lambda: power.size_for_means(0.0, 1.0),
        lambda: power.size_for_means(1.0, 0.0),
        lambda: power.size_for_means(1.0, 1.0, power=80),
        lambda: power.size_for_means(1.0, 1.0, ratio=0),
        lambda: power.size_for_means(1.0, 1.0, sides=3),
        lambda: power.power_of_means(1.0, 1.0, 1),
        lambda: power.power_of_shares(0.1, 0.2, 0),
        lambda: power.visible_difference(0.0),
        lambda: power.visible_change_of_share(0.1, 100, direction="up"),
        lambda: power.more_units_for_effect(100, 1.0, 0.0),
        lambda: power.more_units_for_half_width(100, 1.0, 0.0),
    ):
        with pytest.raises(ValueError):
            call()


def test_simulated_power():
    rng = np.random.default_rng(20)
    runs = 20_000
    n = math.ceil(power.size_for_shares(0.10, 0.13))
    a, b = rng.binomial(n, 0.10, runs) / n, rng.binomial(n, 0.13, runs) / n
    middle = (a + b) / 2
    z = (b - a) / np.sqrt(2 * middle * (1 - middle) / n)
    assert (z > 1.959964).mean() == pytest.approx(0.8, abs=0.01)


def test_ratio_metric_through_its_linearised_variance():
    rng = np.random.default_rng(21)
    x = 1.0 + rng.poisson(3, 200_000)
    y = rng.poisson(0.5 * x) * 1.0
    matrix = np.cov(y, x)
    line = RatioMoments(
        200_000, y.mean(), x.mean(), matrix[0, 0], matrix[1, 1], matrix[0, 1]
    ).linearised()
    n = math.ceil(power.size_for_means(0.05, math.sqrt(line.variance)))
    runs, seen = 3000, 0
    for _ in range(runs):
        xa, xb = 1.0 + rng.poisson(3, n), 1.0 + rng.poisson(3, n)
        ya, yb = rng.poisson(0.5 * xa), rng.poisson(0.55 * xb)
        ra, rb = ya.sum() / xa.sum(), yb.sum() / xb.sum()
        se = math.hypot(
            (ya - ra * xa).std(ddof=1) / xa.mean(), (yb - rb * xb).std(ddof=1) / xb.mean()
        ) / math.sqrt(n)
        seen += (rb - ra) / se > 1.96
    # The effect also raises the treatment's own variance a little: .8 becomes .78.
    assert seen / runs == pytest.approx(0.79, abs=0.025)
