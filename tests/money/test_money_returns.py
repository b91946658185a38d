from __future__ import annotations

import importlib.util
import math
from datetime import date

import numpy as np
import numpy_financial as npf
import pandas as pd
import pytest
from plans import UNTIL, a_benefit, a_ledger, a_plan, rows, unknown
from scipy import stats

from toolkit.money import returns
from toolkit.problems import Refused
from toolkit.stats.scenarios import Fixed, Judged


def test_one_change_by_hand():
    found = returns.estimate(None, a_plan())
    # 2 x 1,000 x 1 on a cost of 1,000; the effect's standard error is 1 / 1.96, so that of the return is 1 / 1.96
    reach = stats.norm.ppf(0.95) / stats.norm.ppf(0.975)
    assert found.roi.value == pytest.approx(1.0)
    assert (found.roi.low, found.roi.high) == pytest.approx((1 - reach, 1 + reach), abs=0.03)
    assert found.loss == pytest.approx(stats.norm.cdf(-1 * stats.norm.ppf(0.975)), abs=0.004)


def test_costs_are_the_ledgers_hours_priced_and_what_is_to_come():
    table = pd.concat([rows("script", months=8), rows("other", spent=9_999.0)])
    found = returns.estimate(table, a_plan(a_benefit(), ledger=a_ledger()))
    spent, coming = 6 * (120 + 3 * 50), 2 * (100 + 2 * 50)
    assert found.cost == pytest.approx(spent + coming)
    assert found.roi.value == pytest.approx(2_000 / (spent + coming) - 1)


def test_present_value_is_that_of_the_months_by_numpy_financial():
    found = returns.estimate(rows("script", months=8), a_plan(a_benefit(), ledger=a_ledger()))
    monthly = 1.08 ** (1 / 12) - 1
    flows = np.zeros(12)
    flows[:6] -= 120 + 150
    flows[6:8] -= 200
    days = {3: 30, 4: 31, 5: 30}
    for month, n in days.items():
        flows[month] += 2_000 * n / 91
    flows[6:] += 2_000 / 91 * 365.25 / 12
    assert found.flows == pytest.approx(flows)
    assert found.npv.value == pytest.approx(npf.npv(monthly, flows))
    assert found.irr.rate == pytest.approx(npf.irr(flows))


def test_a_change_that_is_dropped_brings_no_more():
    kept, dropped = (returns.estimate(None, a_plan(a_benefit(declared_cost=1_000.0, kept=k))) for k in (True, False))
    assert kept.roi.value == dropped.roi.value and kept.npv.value > dropped.npv.value


def test_optimism_is_corrected_on_what_is_to_come_alone():
    plain = returns.estimate(None, a_plan())
    corrected = returns.estimate(None, a_plan(bias_benefits=0.5, bias_costs=0.5))
    assert corrected.roi.value == pytest.approx(plain.roi.value)
    assert corrected.npv.value < plain.npv.value


def test_an_effect_that_is_not_known_enters_as_unknown_and_not_as_zero():
    both = a_plan(a_benefit(declared_cost=1_000.0), unknown(declared_cost=500.0))
    found = returns.estimate(None, both)
    assert (found.roi_low_case, found.roi_high_case) == pytest.approx((2_000 / 1_500 - 1, 5_000 / 1_500 - 1))
    assert found.roi.value == pytest.approx((2_000 + 1_500) / 1_500 - 1)  # the middle of nothing and the promise
    assert found.roi_known.value == pytest.approx(1.0) and found.unknown_cost == 500
    alone = returns.estimate(None, a_plan())
    assert found.roi.high - found.roi.low > alone.roi.high - alone.roi.low
    findings = returns.conclude(found, returns.check(found))
    assert "33.3 % of the cost rests on effects not known yet" in findings[0].sentence.text()
    each = next(f for f in findings if f.subject == "mail")
    assert each.verdict == "cannot_be_judged" and math.isnan(each.estimate)
    assert any("measured effects alone" in c.name.text() for c in returns.check(found).failed)


def test_what_has_neither_effect_nor_promise_is_left_out_and_said():
    found = returns.estimate(None, a_plan(a_benefit(declared_cost=1_000.0), unknown(promised=math.nan, declared_cost=500.0)))
    assert found.cost == 1_000 and found.left_out == ("Mail",)
    assert any("Mail" in c.detail.text() for c in returns.check(found).failed)


def test_effects_that_move_together_spread_further():
    pair = (a_benefit(declared_cost=500.0), a_benefit("mail", declared_cost=500.0))
    apart, together = (
        returns.estimate(None, a_plan(*pair, correlations=c)).roi for c in ({}, {("script", "mail"): 0.9})
    )
    # the variance of a sum of two alike: 2 + 2 rho against 2
    assert (together.high - together.low) / (apart.high - apart.low) == pytest.approx(math.sqrt(1.9), rel=0.03)


def test_a_worth_that_was_judged_spreads_the_return():
    known, judged = (
        returns.estimate(None, a_plan(a_benefit(declared_cost=1_000.0, value=v))).roi for v in (Fixed(1.0), Judged(0.2, 1.0, 1.8))
    )
    assert judged.value == pytest.approx(known.value) and judged.low < known.low


@pytest.mark.parametrize(
    ("benefits", "why"),
    [((), "no plan change is in effect"), ((a_benefit(value=None),), "value_per_unit"), ((a_benefit(),), "no cost stands")],
)
def test_no_cost_and_no_benefit_are_no_data_with_the_reason(benefits, why):
    plan = a_plan(a_benefit()) if not benefits else a_plan(*benefits)
    if not benefits:
        plan = type(plan)(**{**plan.__dict__, "benefits": ()})
    found = returns.estimate(None, plan)
    assert math.isnan(found.roi.value) and why in found.roi.reason
    main = returns.conclude(found, returns.check(found))[0]
    assert main.verdict == "no_data" and why in main.sentence.text()


def test_flows_that_are_all_positive_have_no_rate_of_return():
    found = returns.estimate(None, a_plan(a_benefit()))
    assert found.irr.rates == () and "only received" in found.irr.reason
    assert math.isnan(found.payback.periods) and "nothing is laid out" in found.payback.reason
    assert "there is none" in found.grid().text()


@pytest.mark.parametrize("rate", [-1.0, 10.0])
def test_discount_rates_beyond_reason_are_refused(rate):
    with pytest.raises(Refused, match="must lie between 0 and 1: 0.08 is 8 % a year"):
        a_plan(yearly_rate=rate)


def test_hours_without_a_rate_and_unknown_pairs_are_said_at_once():
    with pytest.raises(Refused) as refused:
        a_plan(a_benefit(declared_hours=3.0), hour_rate=None, correlations={("script", "male"): 0.5})
    assert len(refused.value.problems) == 2 and "hours have no rate" in str(refused.value)


def test_shared_costs_are_charged_and_must_exist():
    table = pd.concat([rows("script"), rows("system")])
    one, both = (returns.estimate(table, a_plan(a_benefit(), ledger=a_ledger(), shared=s)).cost for s in ((), ("system",)))
    assert both == pytest.approx(2 * one)
    with pytest.raises(Refused, match="is no component of the ledger"):
        returns.estimate(table, a_plan(a_benefit(), ledger=a_ledger(), shared=("sistem",)))


def test_correlations_that_cannot_hold_are_refused_in_words():
    three = [a_benefit(n, declared_cost=1.0) for n in ("a", "b", "c")]
    with pytest.raises(Refused, match="cannot all hold together"):
        returns.estimate(None, a_plan(*three, correlations={("a", "b"): 0.9, ("b", "c"): 0.9, ("a", "c"): -0.9}))


def test_a_change_whose_days_lie_after_the_period_brings_nothing_yet():
    found = returns.estimate(None, a_plan(a_benefit(since=date(2026, 8, 1), declared_cost=10.0)))
    assert found.gained == 0 and UNTIL < date(2026, 8, 1)


def test_intervals_of_the_return_hold_the_planted_one(root):
    """Short version of ``benchmarks/calibrate_roi.py``, which does it for 1,000 seeds."""
    spec = importlib.util.spec_from_file_location("calibrate_roi", root / "benchmarks" / "calibrate_roi.py")
    benchmark = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(benchmark)
    truth = benchmark.planted()
    found = [benchmark.measured(seed, 2_000) for seed in range(5_000, 5_150)]
    held = sum(q.low <= truth <= q.high for q in found)
    assert 0.83 <= held / len(found) <= 0.97
