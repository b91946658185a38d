"""All changes at once: one that cannot be judged keeps no other from it; what stands out is corrected."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from toolkit.company.periods import Period
from toolkit.data.frames import as_table
from toolkit.plan_changes import quarter
from toolkit.plan_changes.quarter import Portfolio
from toolkit.problems import Problem, Refused
from toolkit.study import Study


@pytest.fixture
def asked(change, monthly) -> Portfolio:
    def study(name: str, effect: float, seed: int, **parts) -> Study:
        definition = replace(change, name=name, label=name.capitalize(), due=date(2023, 6, 30), **parts)
        return Study(as_table(monthly(effect=effect, seed=seed)), definition)

    studies = (
        study("works", 2.5, 1),
        study("nothing", 0.0, 2),
        study("broken", 1.0, 3, effective=date(2030, 1, 1)),
        study("misread", 1.0, 4, measure=replace(change.measure, numerator="no_such_column")),
        study("harms", -2.0, 5),
    )
    refused = quarter.refusal("gone", "Gone", date(2023, 1, 1), Refused(Problem("changes.gone", "has no table")))
    return Portfolio(studies, Period.parse("2023Q4"), (refused,))


def test_each_is_judged_and_those_that_cannot_be_have_their_reason(asked):
    effects = quarter.estimate(asked)
    found = {f.subject: f for f in quarter.conclude(effects, quarter.check(effects))}
    verdicts = {name: f.verdict for name, f in found.items()}
    assert verdicts == {
        "plan": "measured", "works": "delivered", "nothing": "no_worthwhile_effect", "broken": "cannot_be_judged",
        "misread": "cannot_be_judged", "harms": "harm", "gone": "cannot_be_judged",
    }  # fmt: skip
    assert "no_such_column" in found["misread"].sentence.text()
    assert "has no table" in found["gone"].sentence.text()
    assert "1 of 6 changes keep their promise; Nothing, Harms should stop" in found["plan"].sentence.text()


def test_what_stands_out_is_corrected_across_all(asked):
    effects = quarter.estimate(asked)
    p = np.array([e.fit.p_value if e.fit else np.nan for e in effects.effects])
    known = np.sort(p[np.isfinite(p)])
    # Benjamini & Hochberg (1995): the smallest of m p_j / j over j from its own rank on
    by_hand = [min(len(known) * known[j] / (j + 1) for j in range(i, len(known))) for i in range(len(known))]
    assert np.sort(np.array(effects.p_adjusted)[np.isfinite(p)]) == pytest.approx(by_hand)


def test_how_often_the_plan_changes(asked):
    effects = quarter.estimate(asked)
    assert effects.per_quarter["Q1 2023"] == 5 and sum(effects.per_quarter.values()) == 5
    assert effects.pace == pytest.approx(5 / 4)
    often = next(c for c in quarter.check(effects) if c.name.template == "The plan does not change too often")
    assert often.passed
    busy = quarter.check(replace(effects, per_quarter={f"Q{i}": 3 for i in range(8)}))
    assert next(c for c in busy if c.name.template == often.name.template).passed is False


def test_changes_of_one_kpi_that_fall_together_are_named(asked):
    effects = quarter.estimate(asked)
    # all on one KPI and one day, but for the one of 2030 and the one that sums something else
    assert {(o.first, o.second) for o in effects.overlaps} >= {("Works", "Nothing"), ("Works", "Harms")}
    assert not any("Broken" in (o.first, o.second) for o in effects.overlaps)


def test_the_next_review_is_dated(asked):
    effects = quarter.estimate(asked)
    plan = quarter.conclude(effects, quarter.check(effects))[0]
    assert "31 Mar 2024" in plan.decision.text()
    sooner = replace(effects, portfolio=replace(asked, review_months=2))
    assert "29 Feb 2024" in quarter.conclude(sooner, quarter.check(sooner))[0].decision.text()


def test_the_list_has_a_row_a_change(asked):
    grid = quarter.estimate(asked).grid()
    assert [row[0] for row in grid.rows] == ["Works", "Nothing", "Broken", "Misread", "Harms", "Gone"]
