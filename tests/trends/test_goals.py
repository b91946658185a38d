"""Goals: steps in order, criteria with formulas, benefits, the one line over all."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from series_tables import asked, kpi, monthly, steady

from toolkit import trends
from toolkit.company.goals import Criterion, Goal, Overall, kpis_of, value_of
from toolkit.company.periods import Period
from toolkit.kpis import Measure
from toolkit.language import Quantity
from toolkit.stats.usual_variation import usual_variation
from toolkit.trends import Wanted
from toolkit.trends.goals import criterion_of
from toolkit.trends.goal_findings import goal_findings

GOAL = Goal.model_validate({
    "label": "Better", "kpi": "y", "owner": "Ana", "reason": "It pays", "benefits": ["z"],
    "target": {"level": 52, "due": "2026-06-30"},
    "criteria": [{"label": "Both", "formula": "(y + z) / 2", "at_least": 40}],
    "steps": [
        {"label": "First", "due": "2025-01-31", "done": "2025-01-15"},
        {"label": "Second", "due": "2025-03-31", "done": "2025-05-02"},
        {"label": "Third", "due": "2025-09-30"},
        {"label": "Fourth", "kpi": "y", "level": 45},
        {"label": "Fifth", "due": "2026-02-28", "owner": "Rui", "reason": "Last"},
        {"label": "Sixth", "due": "2026-05-31"},
    ],
})  # fmt: skip


@pytest.fixture(scope="module")
def found():
    frame = monthly(steady(), z=steady(36, 2))
    kpis = (kpi(), kpi("z", measure=Measure("z", "z"), label="Pride"))
    question = asked(
        *kpis,
        goals={"better": GOAL},
        targets={"better": Wanted(level=52, due=date(2026, 6, 30))},
        overall=Overall(label="All", kpis={"y": 2, "z": 1}, baseline_period="2023Q1"),
    )
    return trends.estimate(frame, question)


def test_steps_stand_in_order_with_their_state(found):
    goal = found.goals[0]
    assert [s.state for s in goal.steps] == ["done", "done", "late", "done", "next", "open"]
    assert [s.done_late for s in goal.steps[:2]] == [False, True]
    assert goal.done == 3 and [s.label for s in goal.late] == ["Third"]
    said = trends.goal_grid(found).text()
    assert (
        "3 of 6 done (50 %); late: Third; next: Fifth" in said
        and "52 by 30 Jun 2026: Hit and miss" in said
    )
    assert (
        "It pays" in trends.reason_grid(found).text() and "Ana" in trends.reason_grid(found).text()
    )
    assert "Done 2 May 2025, after it was due" in trends.step_grid(found).text()


def test_a_goals_own_target_is_what_its_finding_measures(found):
    f = next(f for f in goal_findings(found) if f.id == "kpi_trends/goal/better")
    assert (
        f.promised == 52
        and f.due == date(2026, 6, 30)
        and f.owner == "Ana"
        and f.verdict == "hit_and_miss"
    )
    assert (
        f.numbers["steps_done"] == 3
        and f.numbers["steps_late"] == 1
        and 0 < f.numbers["chance"] < 0.5
    )
    assert "Third" in f.decision.text()
    assert found["y"].aim is None  # the KPI itself has none


def test_a_measured_step_waits_for_its_kpi():
    goal = Goal.model_validate(
        {
            "label": "g",
            "kpi": "y",
            "target": {"level": 1},
            "steps": [{"label": "s", "kpi": "y", "level": 99}],
        }
    )
    found = trends.estimate(
        monthly(steady()), asked(goals={"g": goal}, targets={"g": Wanted(level=1)})
    )
    assert found.goals[0].steps[0].state == "next" and "y at 99" in found.goals[0].steps[0].measure


def test_steps_from_a_table_of_the_company():
    rows = pd.DataFrame(
        {
            "goal": ["a", "b", "a"],
            "position": [2, 1, 1],
            "step": ["two", "no", "one"],
            "measure": ["m2", "", "m1"],
            "due_on": pd.to_datetime(["2025-10-31", "2025-01-01", "2025-02-28"]),
            "done_on": pd.to_datetime([None, None, "2025-02-01"]),
            "owner": ["R", "", "A"],
            "reason": ["r2", "", "r1"],
        }
    )
    goal = Goal.model_validate(
        {
            "label": "g",
            "kpi": "y",
            "target": {"level": 1},
            "steps_from": {"table": "steps", "where": "goal = 'a'"},
        }
    )
    question = asked(kpi(source="rows"), goals={"g": goal}, targets={"g": Wanted(level=1)})
    found = trends.estimate({"rows": monthly(steady()), "steps": rows}, question)
    assert [(s.label, s.state, s.owner, s.reason, s.measure) for s in found.goals[0].steps] == [
        ("one", "done", "A", "r1", "m1"),
        ("two", "late", "R", "r2", "m2"),
    ]


def test_a_criterion_is_its_formula(found):
    state = found.goals[0].criteria[0]
    y, z = found["y"].now, found["z"].now
    assert state.value.value == pytest.approx((y.value + z.value) / 2) and state.met
    # independent halves of two intervals, halved: sqrt(a^2 + b^2) / 2
    half = np.hypot(y.high - y.low, z.high - z.low) / 4
    assert state.value.high - state.value.value == pytest.approx(half)


def test_formulas():
    assert kpis_of("a * (b - 2) / a") == ("a", "b")
    assert value_of("a * (b - 2) / -c", {"a": 3, "b": 6, "c": 2}) == -6
    assert np.isnan(value_of("a / b", {"a": 1, "b": 0}))
    for bad in (
        "a ** 2",
        "f(a)",
        "a.b",
        "1 + 2",
        "a if b else c",
        "a[0]",
        "__import__('os')",
        "a +",
        "'x' + a",
        "True * a",
    ):
        with pytest.raises(ValueError):
            kpis_of(bad)


def test_a_criterion_without_its_values_says_which():
    c = Criterion(label="c", formula="a / b", at_most=1.0)
    state = criterion_of(c, {"a": Quantity(1.0), "b": Quantity(np.nan, reason="no rows")}, "EUR")
    assert state.met is None and "b: no rows" in str(state.value.reason)
    assert (
        "divides by nothing"
        in criterion_of(c, {"a": Quantity(1.0), "b": Quantity(0.0)}, "EUR").value.reason
    )


def test_benefits_stand_beside_the_money(found):
    assert "Pride" in trends.benefit_grid(found).text()


def test_the_one_line_is_100_in_its_baseline_and_a_weighted_mean_of_growth(found):
    line = found.overall
    assert [str(p) for p in line.periods] == [
        f"{y}Q{q}" for y in (2023, 2024, 2025) for q in (1, 2, 3, 4)
    ]
    assert line.values[0].value == pytest.approx(100)
    y, z = (
        np.array([x.reshape(-1, 3).mean(axis=1)[i] for i in (0, -1)])
        for x in (steady(), steady(36, 2))
    )
    wanted = 100 * np.exp((2 * np.log(y[1] / y[0]) + np.log(z[1] / z[0])) / 3)
    assert line.now.value == pytest.approx(wanted)
    assert sum(line.parts.values()) == pytest.approx(100 * np.log(wanted / 100))


def test_the_one_line_has_a_usual_range_and_says_what_follows(found):
    """Wheeler's natural process limits: the mean and 2.66 mean moving ranges either way."""
    line = found.overall
    values = np.array([v.value for v in line.values])
    moves = np.abs(np.diff(values))
    reach = 2.66 * moves[moves <= 3.267 * moves.mean()].mean()
    # neighbours that resemble each other widen it (Wardell, Moskowitz & Plante 1994)
    reach /= np.sqrt(1 - usual_variation(values).rho[0])
    assert line.usual.low == pytest.approx(values.mean() - reach, rel=1e-3)
    assert line.usual.high == pytest.approx(values.mean() + reach, rel=1e-3)
    assert "within its usual range" in trends.overall_title(found).text()
    finding = next(
        f for f in trends.conclude(found, trends.check(found)) if f.id == "kpi_trends/overall"
    )
    assert finding.numbers["lower_limit"] == line.usual.low and finding.decision is not None
    band, drawn = trends.overall_panels(found)[0].lines
    assert band.tone == "past" and len(band.points) == len(drawn.points) == 12
    short = trends.estimate(
        monthly(steady(18)),
        asked(period="2024Q2", overall=Overall(label="All", kpis={"y": 1})),
    )
    assert short.overall.usual is None and "usual range" not in trends.overall_title(short).text()


def test_less_of_a_bad_thing_lifts_the_line():
    falling = np.linspace(20, 10, 36)
    found = trends.estimate(
        monthly(falling), asked(kpi(better="lower"), overall=Overall(label="All", kpis={"y": 1}))
    )
    assert found.overall.now.value > 150 and found.overall.periods[0] == Period("quarter", 2023, 1)


@pytest.mark.parametrize(
    "base, said",
    [("2030Q1", "lies after"), ("soon", "is no period"), ("2019Q1", "no rows in Q1 2019")],
)
def test_a_line_that_cannot_be_drawn_says_why(base, said):
    found = trends.estimate(
        monthly(steady()), asked(overall=Overall(label="All", kpis={"y": 1}, baseline_period=base))
    )
    assert not found.overall.now.known and said in str(found.overall.now.reason)
    assert trends.overall_panels(found) == ()
    assert said in trends.overall_title(found).text()
