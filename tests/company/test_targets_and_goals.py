"""Targets, goals and the one line as the params file declares them."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from toolkit.company.goals import Criterion, Goal, Overall, Step
from toolkit.company.kpis import Kpi
from toolkit.company.load import load_company
from toolkit.company.targets import Target
from toolkit.problems import Refused

KPI = {"label": "k", "table": "t", "numerator": "x"}


@pytest.mark.parametrize(
    "given, said",
    [
        ({}, "give 'level'"),
        ({"level": 1, "relative_change": 0.1}, "give 'level'"),
        ({"relative_change": 0}, "asks for nothing"),
        ({"relative_change": -1}, "greater than -1"),
        ({"relative_change": 0.1, "baseline": 5, "baseline_period": "2025"}, "give 'baseline'"),
        (
            {
                "level": 1,
                "steps": [{"level": 2, "by": "2026-02-01"}, {"level": 3, "by": "2026-01-01"}],
            },
            "stand in order",
        ),
        (
            {"level": 1, "due": "2026-01-01", "steps": [{"level": 2, "by": "2026-01-01"}]},
            "before 'due'",
        ),
        ({"level": "much"}, "valid number"),
        ({"level": 1, "due": "soon"}, "is no day"),
        ({"level": 1, "until": "2026-01-01"}, "Extra inputs"),
    ],
)
def test_a_target_says_one_thing(given, said):
    with pytest.raises(ValidationError, match=said):
        Target.model_validate(given)


def test_a_target_without_a_baseline_loads_so_that_the_page_can_say_it():
    assert Target.model_validate({"relative_change": 0.1}).baseline is None
    assert (
        Target.model_validate({"relative_change": 0.1, "baseline_period": 2025}).baseline_period
        == "2025"
    )


def test_a_volume_has_no_denominator():
    assert Kpi.model_validate({**KPI, "per": "day"}).per == "day"
    for more in ({"denominator": "y"}, {"quantile": 0.5}):
        with pytest.raises(ValidationError, match="makes it a volume"):
            Kpi.model_validate({**KPI, "per": "day", **more})


def test_goals_steps_and_criteria():
    with pytest.raises(ValidationError, match="both 'kpi' and 'level'"):
        Step.model_validate({"label": "s", "kpi": "k"})
    with pytest.raises(ValidationError, match="one of them"):
        Criterion.model_validate({"label": "c", "formula": "a", "at_least": 1, "at_most": 2})
    with pytest.raises(ValidationError, match="KPI names, numbers"):
        Criterion.model_validate({"label": "c", "formula": "sum(a)", "at_least": 1})
    with pytest.raises(ValidationError, match="'steps' or 'steps_from'"):
        Goal.model_validate(
            {"label": "g", "kpi": "k", "steps": [{"label": "s"}], "steps_from": {"table": "t"}}
        )
    with pytest.raises(ValidationError, match="positive number"):
        Overall.model_validate({"label": "o", "kpis": {"a": 0}})


def test_names_that_lead_nowhere_are_found_all_at_once(tmp_path):
    (tmp_path / "c.yaml").write_text("""
version: 1
company: {id: c, name: C, as_of: 2026-01-31}
tables:
  t:
    path: t.csv
    time: day
    recorded: when
    columns: {day: {type: date}, x: {type: number}, who: {type: text, identifier: true}}
kpis:
  k: {label: K, table: t, numerator: x, segments: [who, where_from]}
goals:
  a: {label: A, kpi: nope}
  b: {label: B, kpi: k}
  c:
    label: C
    kpi: k
    target: {level: 1}
    benefits: [gone]
    criteria: [{label: c, formula: k / lost, at_least: 1}]
    steps_from: {table: nowhere}
  d: {label: D, kpi: k, target: {level: 1}, steps_from: {table: t, order: day, label: who, done: x}}
overall: {label: O, kpis: {k: 1, missing: 2}}
""")
    with pytest.raises(Refused) as refused:
        load_company(tmp_path / "c.yaml")
    said = str(refused.value)
    for place, what in (
        ("tables.t.recorded", "when"),
        ("kpis.k.segments[0]", "identifies a person"),
        ("kpis.k.segments[1]", "where_from"),
        ("goals.a.kpi", "nope"),
        ("goals.b.kpi", "has no 'target'"),
        ("goals.c.benefits[0]", "gone"),
        ("goals.c.criteria[0].formula", "lost"),
        ("goals.c.steps_from.table", "nowhere"),
        ("goals.d.steps_from.done", "dates"),
        ("goals.d.steps_from.measure", "measure"),
        ("overall.kpis.missing", "missing"),
    ):
        line = next((line for line in said.splitlines() if place in line), "")
        assert what in line, (place, what, said)
