"""The demo company's money: what was planted in it is found."""

from __future__ import annotations

import json

import pytest

from toolkit.data.demo import write_demo, write_params
from toolkit.data.demo.money import LOSER
from toolkit.money import allocation, budgets, offers, own_returns, returns, risks, vendors
from toolkit.opened import open_company


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    place = tmp_path_factory.mktemp("demo")
    written = write_demo(place / "data", customers=20_000, seed=12)
    write_params(place / "demo.yaml", "data")
    return open_company(str(place / "demo.yaml"), "2026Q3"), json.loads(written.truths.read_text("utf-8"))


@pytest.fixture(scope="module")
def returned(demo):
    return returns.estimate(demo[0].plan_return())


def test_the_interval_of_the_return_holds_the_planted_one(demo, returned):
    planted = demo[1]["plan_return"]
    assert returned.roi.low <= planted["roi"] <= returned.roi.high
    assert returned.cost == pytest.approx(planted["cost"], rel=0.05)  # the ledger's noise, and the correction of hopes
    for change in returned.changes:
        truth = planted["changes"][change.benefit.name]
        # rows that a KPI leaves out (orders that never came) were touched, too
        assert change.benefit.touched == pytest.approx(truth["rows_touched"], rel=0.05)


def test_the_change_that_cannot_be_judged_yet_is_unknown(returned):
    unknown = [b.name for b in returned.unknown]
    assert unknown == ["chat_assistant"]
    assert returned.roi_low_case < returned.roi.value < returned.roi_high_case


def test_the_planted_loser_is_not_recommended_and_the_others_as_planted(demo):
    found = {o.name: o for o in offers.estimate(demo[0].offers()).offers}
    assert found[LOSER].verdict == "no_go"
    assert {n for n, o in found.items() if o.verdict == "go"} == {"static_address_pack", "evening_installation", "loyal_bundle"}
    assert found["island_fibre"].verdict == "pilot_first" and 50 < found["island_fibre"].pilot < 2_000
    most = max((o for o in found.values() if o.asked is not None), key=lambda o: o.asked)
    assert most.name == "island_fibre"  # asked for most, as planted


def test_overruns_are_those_planted(demo):
    found = budgets.estimate(demo[0].budgets())
    by_name = {s.name: s.value for s in found.by("component", "money")}
    hours = {s.name: s.value for s in found.by("component", "hours")}
    # integration was planted 24 % over in money; training 5 to 30 % over in hours
    assert by_name["integration"].actual / by_name["integration"].planned == pytest.approx(1.24, abs=0.05)
    assert hours["training"].actual / hours["training"].planned == pytest.approx(1.15, abs=0.08)


def test_every_question_of_money_is_answered_and_few_stand_on_the_index(demo, returned):
    opened = demo[0]
    spent, kept = budgets.estimate(opened.budgets()), risks.estimate(returned, opened.worst_cases())
    moves, own = allocation.estimate(returned), own_returns.estimate(*opened.own_returns())
    weighed, chosen = offers.estimate(opened.offers()), vendors.estimate(opened.vendors())
    findings = [
        f for module, found in ((returns, returned), (budgets, spent), (risks, kept), (allocation, moves), (own_returns, own),
                                (offers, weighed), (vendors, chosen))
        for f in module.conclude(found, module.check(found))
    ]  # fmt: skip
    assert {a for f in findings for a in f.answers} == {"F14", "F58", "F59", "F60", "F61", "F62", "F63", "F64", "F66"}
    assert [f.id for f in findings if f.headline] == ["roi/plan", "roi/budget/money", "roi/budget/hours", "offers/all"]
    assert len({f.id for f in findings}) == len(findings)
    assert moves.best.target == "same_day_replies" and moves.best.source == "loyalty_offer"
