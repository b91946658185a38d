"""Where ends lie: closed forms, printed tables, and p values found by turning ends round."""

from __future__ import annotations

import math

import pytest

from toolkit.stats import shares
from toolkit.stats.comparisons import from_limits, relative_effect, wald
from toolkit.stats.limits import LogLimits, critical, p_from_statistic, tail


def test_tiny_p_values_do_not_become_zero():
    # Two-sided normal tail at 37 standard errors; Mills' ratio gives its logarithm.
    p = p_from_statistic(37.0)
    mills = math.log(2) - 37**2 / 2 - math.log(37 * math.sqrt(2 * math.pi)) - 1 / 37**2
    assert math.log(p) == pytest.approx(mills, abs=1e-4)
    assert p_from_statistic(-37.0) == p
    assert p_from_statistic(37.0, alternative="greater") == pytest.approx(p / 2)
    assert p_from_statistic(37.0, alternative="less") == 1.0


def test_tables_of_student_and_normal():
    # Published tables: t(.975, 10) = 2.228, z(.975) = 1.960.
    assert critical(0.025, 10) == pytest.approx(2.228, abs=5e-4)
    assert critical(0.025) == pytest.approx(1.959964, abs=5e-7)
    assert critical(0.025, math.inf) == critical(0.025)


@pytest.mark.parametrize("alternative", ["two-sided", "greater", "less"])
@pytest.mark.parametrize(
    "made",
    [
        lambda a: wald(2.0, 1.0, df=12, alternative=a),
        lambda a: relative_effect(10, 1, 13, 1.2, scale="log", alternative=a),
        lambda a: shares.difference(shares.Share(19, 53), shares.Share(30, 47), alternative=a),
        lambda a: shares.relative(shares.Share(19, 53), shares.Share(30, 47), alternative=a),
    ],
)
def test_inverted_p_is_where_the_interval_touches(made, alternative):
    found = made(alternative)
    value = 0.05
    p = found.p_against(value)
    if alternative == "less":
        # The estimate lies above the value, so no level below one half touches it.
        assert p > 0.5
        return
    touching = found.at(1 - p)
    assert touching.low == pytest.approx(value, abs=1e-9)


def test_p_against_the_estimate_itself_is_one_or_a_half():
    found = wald(2.0, 1.0)
    assert found.p_against(2.0) == 1.0
    assert found.p_against(2.0, "greater") == pytest.approx(0.5)


def test_impossible_values_have_p_zero_not_an_error():
    found = shares.difference(shares.Share(19, 53), shares.Share(13, 47))
    assert found.p_against(-2.0) == 0.0
    assert relative_effect(10, 1, 13, 1, scale="log").p_against(-1.5) == 0.0


def test_log_limits_are_symmetric_as_ratios():
    found = from_limits(LogLimits(0.5, 0.1), se=0.15, null="ratio = 1", method="log")
    assert (1 + found.low) * (1 + found.high) == pytest.approx(1.5**2)
    assert (1 + found.high) / 1.5 == pytest.approx(math.exp(1.959963985 * 0.1))


def test_one_sided_interval_needs_a_level_of_a_half():
    with pytest.raises(ValueError, match="at least 0.5"):
        wald(1.0, 1.0, alternative="greater", level=0.4)


def test_tail_and_critical_turn_each_other_round():
    for df in (math.nan, 3.0, 500.0):
        for p in (1e-200, 1e-12, 0.025, 0.5, 0.9):
            assert tail(critical(p, df), df) == pytest.approx(p, rel=1e-6)
