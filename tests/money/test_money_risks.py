from __future__ import annotations

import math

import pandas as pd
import pytest
from plans import a_benefit, a_plan, unknown
from scipy import stats

from toolkit.data.frames import as_table
from toolkit.money import returns, risks
from toolkit.money.definition import WorstCases
from toolkit.problems import Refused
from toolkit.study import Study

COLUMNS = ("a", "b", "c"), ("x", "y", "z")


def cases(**more) -> Study:
    row = {"name": "breach", "label": "Data gets out", "a": 0.1, "b": 0.1, "c": 0.1, "x": 500.0, "y": 500.0, "z": 500.0}
    return Study(as_table(pd.DataFrame([{**row, **more}])), WorstCases("name", *COLUMNS, label="label"))


def returned(*benefits, **more):
    # dropped after the period and at no discount: what it is worth is 1,000 x effect less 1,500
    plan = a_plan(*(benefits or (a_benefit(declared_cost=1_500.0, kept=False),)), yearly_rate=0.0, **more)
    return returns.estimate(None, plan)


def test_the_chance_of_a_loss_is_that_of_the_normal():
    found = risks.estimate(returned())
    sd = 1_000 / stats.norm.ppf(0.975)
    assert found.loss == pytest.approx(stats.norm.cdf(0, 500, sd), abs=0.01)
    assert (found.p5, found.p95) == pytest.approx(stats.norm.ppf([0.05, 0.95], 500, sd), abs=25)


def test_switching_value_and_cases():
    found = risks.estimate(returned())
    effect = next(s for t, s in found.swings if t.part == "effect")
    assert effect.switching == pytest.approx(1.5)
    named = {name: npv for name, npv, _ in found.cases}
    assert named["base"] == pytest.approx(500)
    reach = stats.norm.ppf(0.95) / stats.norm.ppf(0.975) * 1_000
    assert (named["lower"], named["upper"]) == pytest.approx((500 - reach, 500 + reach))


def test_the_widest_swing_stands_first():
    found = risks.estimate(returned(a_benefit("a", reach=0.1, declared_cost=1.0), a_benefit("b", reach=1.5, declared_cost=1.0)))
    assert found.swings[0][0].change == "b"
    widths = [s.width for _, s in found.swings]
    assert widths == sorted(widths, reverse=True)
    assert "B: effect" in found.swing_title.text()


def test_bins_hold_every_scenario_and_break_at_nothing():
    bins = risks.estimate(returned()).bins()
    assert sum(b.share for b in bins) == pytest.approx(1.0)
    assert any(math.isclose(b.high, 0, abs_tol=1e-9) for b in bins)
    below = sum(b.share for b in bins if b.high <= 1e-9)
    assert below == pytest.approx(risks.estimate(returned()).loss, abs=1e-9)


def test_worst_cases_stand_with_likelihood_and_cost():
    found = risks.estimate(returned(), cases())
    (worst,) = found.worst
    assert worst.once == pytest.approx(1 - 0.9**1, abs=0.01)  # a horizon of one year
    assert worst.expected == pytest.approx(-math.log(0.9) * 500, rel=0.1)
    assert found.loss_with_worst > found.loss
    finding = next(f for f in risks.conclude(found, risks.check(found)) if f.id == "roi/worst/breach")
    assert finding.answers == ("F66",) and "Data gets out" in finding.sentence.text()


def test_worst_cases_that_cannot_be_are_refused_all_at_once():
    with pytest.raises(Refused) as refused:
        risks.estimate(returned(), cases(c=1.5, z=-1.0))
    assert len(refused.value.problems) == 2 and "between 0 and 1" in str(refused.value)
    with pytest.raises(Refused, match="in order"):
        risks.estimate(returned(), cases(a=0.5))


def test_without_a_return_there_is_no_risk_to_tell_and_it_says_so():
    found = risks.estimate(returned(a_benefit()), cases())
    main = risks.conclude(found, risks.check(found))[0]
    assert main.verdict == "no_data" and "no cost stands" in main.sentence.text()
    assert found.bins() == () and found.swing_rows() == () and len(found.worst) == 1
    found.grid().text()


def test_the_unknown_is_an_assumption_like_any_other():
    found = risks.estimate(returned(a_benefit(declared_cost=100.0), unknown(declared_cost=100.0)))
    assert any(t.change == "mail" and t.part == "effect" and s.low > 0 for t, s in found.swings)
