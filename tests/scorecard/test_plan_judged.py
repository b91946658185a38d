"""Owners, the five tests and the written plan, on findings made up so that the answer is plain."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from toolkit.company.plan import Claim, Need, Plan, PlanPart
from toolkit.findings import Finding
from toolkit.language import Sentence
from toolkit.scorecard import check, conclude, document, estimate, strategy
from toolkit.scorecard.definition import OwnedPart, Scorecard, ScorecardStudy


def finding(id_: str, verdict: str, **more) -> Finding:
    return Finding(id=id_, notebook=id_.split("/")[0], question=Sentence("Is it so?"), subject=id_, verdict=verdict,
                   sentence=Sentence("It is {what}.", {"what": verdict}), **more)  # fmt: skip


JUDGED = {
    "changes.good": finding("plan_changes/good", "delivered", kpi="renewals"),
    "changes.bad": finding("plan_changes/bad", "harm", kpi="renewals"),
    "changes.young": finding("plan_changes/young", "not_yet_known"),
    "goals.keep": finding("kpi_trends/goal/keep", "reliably_missed", kpi="renewals"),
    "changes": finding("plan_changes", "measured", numbers={"per_quarter": 3.0}),
}


def claim(*judges: str, **more) -> Claim:
    return Claim(label="We answer", owner="Ana", reason="It counts", judged_by=list(judges), **more)


@pytest.mark.parametrize(("judges", "state"), [
    (["changes.good"], "for"), (["changes.bad"], "against"), (["changes.good", "changes.bad"], "mixed"),
    (["changes.young"], "open"), ([], "open"), (["changes.good", "changes.young"], "for"),
])  # fmt: skip
def test_a_claim_stands_as_what_is_measured_speaks(judges, state):
    plan = Plan(label="P", strategy={"fit": claim(*judges)})
    assert {t.name: t.state for t in strategy.estimate(plan, JUDGED).tests}["fit"] == state


def test_harm_in_what_is_refused_speaks_for_having_refused_it():
    plan = Plan(label="P", strategy={"trade_offs": claim("changes.bad", refuses=["Push messages"])})
    tested = strategy.estimate(plan, JUDGED).tests[2]
    assert tested.name == "trade_offs" and tested.state == "for"


@pytest.mark.parametrize(("pace", "state"), [(0.5, "for"), (2.0, "for"), (2.25, "against")])
def test_continuity_counts_changes_a_quarter(pace, state):
    judged = {"changes": replace(JUDGED["changes"], numbers={"per_quarter": pace})}
    assert strategy.estimate(None, judged).tests[4].state == state


def study(plan: Plan | None = None, parts: tuple = (), judged: dict | None = None) -> ScorecardStudy:
    return ScorecardStudy(None, Scorecard("2026Q3", date(2026, 9, 30), plan, parts), judged=judged or {})


def part(owner: str | None, reason: str | None, label: str = "Renewals") -> OwnedPart:
    return OwnedPart(Sentence("Objective"), label, owner, reason)


def test_missing_owners_and_reasons_are_named():
    found = estimate(study(parts=(part("Ana", "It counts"), part(None, "It counts", "Helpline"), part("Rui", None, "Bills"))))
    owners = {f.id: f for f in conclude(found, check(found))}["scorecard/owners"]
    assert found.owners.whole == 1 and owners.estimate == pytest.approx(1 / 3)
    assert "Helpline" in owners.sentence.text() and "Helpline" in owners.decision.text()
    assert [p.label for p in found.owners.without_reason] == ["Bills"]


def test_a_company_without_a_plan_has_no_data_and_is_told_what_would_give_it():
    found = estimate(study())
    said = {f.id: f for f in conclude(found, check(found))}
    for name in ("schedule", "readiness", "informed"):
        assert said[f"scorecard/{name}"].verdict == "no_data"
        assert f"plan.{name}" in said[f"scorecard/{name}"].sentence.text()
        assert not said[f"scorecard/{name}"].headline
    assert said["scorecard/owners"].verdict == said["scorecard"].verdict == "no_data"


def test_what_to_adjust_follows_from_what_moved_the_goal():
    found = estimate(study(judged={k: JUDGED[k] for k in ("goals.keep", "changes.bad")}))
    (driven,) = found.drivers.driven
    assert driven.changes == (JUDGED["changes.bad"],) and "Stop" in driven.adjust.text()
    alone = estimate(study(judged={"goals.keep": JUDGED["goals.keep"]})).drivers.driven[0]
    assert "plan a change" in alone.adjust.text()


def test_the_written_plan_has_each_judgement_beside_its_part():
    plan = Plan(label="P", owner="Ana", objectives={"keep": PlanPart(label="Keep", judged_by=["goals.keep", "changes.good"])},
                needs={"quick": Need(label="Quick answers", offer="Same-day replies")})  # fmt: skip
    written = document.estimate(study(plan, judged=JUDGED))
    rows = written.part("objectives").rows
    assert [r[0] for r in rows] == ["Keep", "Keep"]
    # no part has words of its own, so there is no column for them
    assert "In words" not in [c.text() for c in written.part("objectives").columns]
    assert [r[2].text() for r in rows] == ["It is reliably_missed.", "It is delivered."]
    assert "Nothing that is measured" in written.part("needs").rows[0][3].text()
    (found,) = written.findings()
    assert found.estimate == 0.5 and "Quick answers" in found.decision.text()


def test_there_is_nothing_to_write_out_without_a_plan():
    with pytest.raises(ValueError, match="no 'plan'"):
        document.estimate(study())
