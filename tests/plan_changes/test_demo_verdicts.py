"""The demo's five planted changes get the verdicts that are planted, under seeds other than its own.

A short version of ``benchmarks/judge_demo_changes.py``, which does it for 100 seeds.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from toolkit.company.load import load_company
from toolkit.data.demo import write_params
from toolkit.data.demo.changes import CHANGES
from toolkit.data.demo.simulations import change_frame
from toolkit.kpis import Measure
from toolkit.plan_changes import check, decide, estimate, from_params

SEEDS = (11, 12, 13, 14)


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    path = tmp_path_factory.mktemp("demo") / "demo.yaml"
    write_params(path)
    return load_company(path).company


def test_what_was_announced_is_what_is_declared(company):
    for planted in CHANGES:
        declared = company.changes[planted.name]
        assert (str(declared.announced), str(declared.effective), str(declared.due)) == (
            planted.announced, planted.effective, planted.due)  # fmt: skip
        assert (declared.kpi, declared.promised, declared.worthwhile) == (planted.kpi, planted.promised, planted.worthwhile)
        assert (declared.cost.money, declared.cost.hours) == (planted.cost_eur, planted.cost_hours)
        assert (declared.owner, declared.value_per_unit) == (planted.owner, planted.value)
        assert (declared.touched is not None) == planted.has_control


@pytest.mark.parametrize("planted", CHANGES, ids=lambda c: c.name)
def test_the_right_verdict(company, planted):
    declared = from_params(company, planted.name)
    asked = replace(
        declared, measure=Measure(declared.measure.name, "value"), time='"on"', unit="customer", segments={}, untouched=None)
    right = 0
    for seed in SEEDS:
        effect = estimate(change_frame(planted.name, 20_000, seed), asked)
        found = decide(effect, check(effect))
        right += (found.verdict, found.action) == (planted.verdict, planted.decision)
        if planted.name == "chat_assistant":
            assert found.verdict == "not_yet_known"
    # each change is right in 99 % of seeds or more: two wrong of four come once in 1,700 runs
    assert right >= len(SEEDS) - 1
