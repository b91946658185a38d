"""A department's KPIs against scipy's tests, what is hidden, and how often a false word is said."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from toolkit.company.periods import Period
from toolkit.kpis import Measure
from toolkit.scorecard import departments
from toolkit.scorecard.departments import DepartmentKpi, DepartmentQuestion

QUARTER = Period.of(date(2026, 8, 1), "quarter")


def kpi(name: str = "hours", target: float | None = None, better: str = "lower") -> DepartmentKpi:
    return DepartmentKpi(name, name.title(), Measure(name, name, "1"), "t", "department = 'service'", "day", None, "hours", better, target)


def question(*kpis: DepartmentKpi, least: int = 10) -> DepartmentQuestion:
    return DepartmentQuestion("service", "Service", kpis, QUARTER, min_cell=least)


def table(here, elsewhere, name: str = "hours") -> pd.DataFrame:
    return pd.DataFrame({
        "department": ["service"] * len(here) + ["sales"] * len(elsewhere), "day": pd.Timestamp("2026-08-03"),
        name: np.concatenate([here, elsewhere]),
    })  # fmt: skip


def test_against_a_target_it_is_students_test_of_one_sample():
    x = np.random.default_rng(1).normal(5, 2, 40)
    (held,) = departments.estimate({"t": table(x, [1.0] * 20)}, question(kpi(target=4.2))).held
    known = stats.ttest_1samp(x, 4.2)
    low, high = known.confidence_interval(0.95)
    assert held.p_value == pytest.approx(known.pvalue, rel=1e-9)
    assert (held.difference.low, held.difference.high) == pytest.approx((low - 4.2, high - 4.2), rel=1e-9)


def test_against_others_the_standard_error_is_welchs_and_the_reference_is_the_smaller_group():
    rng = np.random.default_rng(2)
    x, y = rng.normal(5, 2, 30), rng.normal(6, 1, 300)
    (held,) = departments.estimate({"t": table(x, y)}, question(kpi())).held
    t = (x.mean() - y.mean()) / np.hypot(stats.sem(x), stats.sem(y))
    assert held.difference.value == pytest.approx(x.mean() - y.mean())
    assert held.p_value == pytest.approx(2 * stats.t.sf(abs(t), 29), rel=1e-9)


@pytest.mark.parametrize(("better", "state"), [("lower", "to_improve"), ("higher", "good")])
def test_the_side_that_is_better_decides(better, state):
    x = np.random.default_rng(3).normal(9, 1, 50)
    (held,) = departments.estimate({"t": table(x, [1.0] * 20)}, question(kpi(target=4.0, better=better))).held
    assert held.state == state


@pytest.mark.parametrize(("n", "hidden"), [(9, True), (10, False)])
def test_a_small_group_is_not_shown_anywhere(n, hidden):
    x = np.random.default_rng(4).normal(7.77, 1, n)
    found = departments.estimate({"t": table(x, np.full(40, 3.0) + np.arange(40) / 40)}, question(kpi()))
    said = departments.conclude(found, departments.check(found))
    assert (found.held[0].state == "hidden") is hidden
    assert (said[1].verdict == "no_data") is hidden
    if hidden:
        everything = found.grid().text() + "".join(f.sentence.text() for f in said) + str([f.to_json() for f in said])
        assert f"{x.mean():.1f}" not in everything
        assert found.grid().rows[0][2] is None, "the others' value beside the whole would tell it"


def test_others_too_few_to_hide_among_hide_the_kpi():
    x = np.random.default_rng(5).normal(5, 1, 50)
    assert departments.estimate({"t": table(x, [4.0] * 3)}, question(kpi())).held[0].state == "hidden"


def test_rows_of_other_periods_do_not_count():
    frame = table(np.linspace(1, 2, 20), np.linspace(3, 4, 20))
    late = frame.assign(day=pd.Timestamp("2026-10-01"), hours=1000.0)
    (held,) = departments.estimate({"t": pd.concat([frame, late])}, question(kpi())).held
    assert held.value.value == pytest.approx(1.5)


def test_nobody_there_is_no_data():
    found = departments.estimate({"t": table([], np.linspace(1, 2, 30))}, question(kpi()))
    main = departments.conclude(found, departments.check(found))[0]
    assert main.verdict == "no_data"


def test_with_nothing_there_a_false_word_is_rare():
    # four KPIs that differ nowhere: Holm keeps the chance of any false word at 5 %
    rng, names, said, runs = np.random.default_rng(6), ("a", "b", "c", "d"), 0, 60
    for _ in range(runs):
        frame = table(rng.normal(size=30), rng.normal(size=90), "a")
        for name in names[1:]:
            frame[name] = rng.normal(size=120)
        found = departments.estimate({"t": frame}, question(*(kpi(n) for n in names)))
        said += any(h.state in ("good", "to_improve") for h in found.held)
    assert said <= stats.binom.ppf(0.999, runs, 0.05)
