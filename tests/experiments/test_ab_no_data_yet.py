"""A metric in which nothing has happened yet has no data, for a reason; the others are judged as without it."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pytest
from two_arm_tables import declared, two_arms

from toolkit import experiments
from toolkit.experiments import Metric
from toolkit.language.sentences import Sentence

PRIMARY = Metric("y", role="primary", label="Value")
RUNNING = {"as_of": date(2026, 3, 1), "ends": date(2026, 4, 1)}
OVER = {"as_of": date(2026, 3, 1), "ends": date(2026, 2, 1)}
GUARDS = {
    "a share of none": (Metric("bad", role="guardrail", margin=0.05, better="lower", label="Bad"), 0),
    "a share of all": (Metric("bad", role="guardrail", margin=0.05, label="Bad"), 1),
    "a mean": (Metric("bad", role="guardrail", margin=1.0, better="lower", label="Bad"), 7.5),
    "a ratio": (Metric("bad", "bad", "parts", role="guardrail", margin=1.0, better="lower", label="Bad"), 0),
    "a margin that is relative": (
        Metric("bad", role="guardrail", relative_margin=0.1, better="lower", label="Bad"), 0),
    "a percentile": (Metric("bad", role="guardrail", margin=1.0, better="lower", quantile=0.9, label="Bad"), 3),
    "no row that counts": (Metric("bad", role="guardrail", margin=1.0, better="lower", label="Bad"), np.nan),
    "an empty denominator": (
        Metric("bad", "y", "case when y > 1000 then 1 end", role="guardrail", margin=1.0, label="Bad"), 0),
}  # fmt: skip


def concluded(table, definition):
    effects = experiments.estimate(table, definition)
    return effects, experiments.conclude(effects, experiments.check(effects))


@pytest.mark.parametrize("state", [RUNNING, OVER])
@pytest.mark.parametrize("case", GUARDS)
def test_a_guardrail_without_an_event_has_no_data_and_the_rest_is_as_without_it(case, state):
    guard, value = GUARDS[case]
    table = two_arms(3, 1200, lift=1.0, bad=value, size=np.arange(1200) % 5 + 1, parts=np.arange(1200) % 2 + 1, region=np.arange(1200) % 3)
    more = {"segments": ["region"], "covariates": ["size"], **state}
    effects, findings = concluded(table, declared(PRIMARY, guard, **more))
    alone, _ = concluded(table, declared(PRIMARY, **more))
    held = effects.of("bad")
    assert not held.quantity.known or held.quantity.low is None
    assert held.difference.reason and math.isnan(held.difference.p_value) and math.isnan(held.best)
    told = next(f for f in findings if f.id == "ab_test/test/bad/b")
    assert told.verdict == "no_data" and "so far" in str(told.sentence)
    assert not any(s.metric.name == "bad" for s in effects.segments)
    # the deciding metric says to the last digit what it says alone
    assert effects.of("y").difference == alone.of("y").difference
    assert effects.of("y").p_adjusted == alone.of("y").p_adjusted
    first = findings[0]
    assert first.verdict == "hold" and first.kpi == "bad", "a guardrail that is not known is not kept"
    assert "b is better, but nothing can be said of Bad so far" in str(first.sentence)
    assert all(row.margin is None or math.isfinite(row.margin) for row in effects.rows())
    for shown in (effects.grid(), effects.segment_grid()):
        assert "nan" not in shown._repr_mimebundle_()["text/plain"]


def test_a_guardrail_that_gets_its_first_events_is_judged():
    table = two_arms(3, 1200, lift=1.0, bad=0)
    guard = GUARDS["a share of none"][0]
    table.loc[:7, "bad"] = 1
    effects, _ = concluded(table, declared(PRIMARY, guard, **RUNNING))
    assert effects.of("bad").difference.reason is None


def test_a_running_test_in_which_nothing_has_happened_is_too_early_to_tell():
    table = two_arms(3, hit=0)
    _, findings = concluded(table, declared(Metric("hit", role="primary", label="Hit"), **RUNNING))
    assert findings[0].verdict == "hold"
    assert str(findings[0].sentence).startswith("Too early to tell: the test runs until")
    assert "no difference between any two rows so far" in str(findings[0].sentence)


def test_in_one_arm_of_three_only_that_one_waits():
    table = two_arms(5, 1200, lift=1.0)
    table["arm"] = np.array(["a", "b", "c"])[np.arange(1200) % 3]
    table["asked"] = (table.arm != "c").astype(int)
    arms = {"a": 1, "b": 1, "c": 1}
    effects, findings = concluded(table, declared(PRIMARY, Metric("per", "y", "asked"), arms=arms))
    assert effects.of("per", "b").difference.reason is None and math.isfinite(effects.of("per", "b").difference.low)
    assert effects.of("per", "c").difference.reason
    assert {f.comparison: f.verdict for f in findings if f.kpi == "per" and f.id.count("/") == 3} == {
        "b": "measured", "c": "no_data"}  # fmt: skip


def test_none_of_one_arm_and_all_of_the_other_is_a_difference():
    table = two_arms(5, 400)
    table["hit"] = (table.arm == "b").astype(int)
    effects, _ = concluded(table, declared(Metric("hit", role="primary")))
    found = effects.of("hit").difference
    assert found.estimate == 1 and 0.95 < found.low < 1 and found.p_value < 1e-30


def test_the_reason_is_said_in_words_of_its_own():
    guard, value = GUARDS["a share of none"]
    effects, findings = concluded(two_arms(3, 400, bad=value), declared(PRIMARY, guard, **RUNNING))
    said = next(f.sentence for f in findings if f.id == "ab_test/test/bad/b")
    assert isinstance(said, Sentence) and "cannot be compared with a" in said.text()


NOTHING = {
    "no event": (Metric("k", role="primary", label="Hits"), 0, "no difference between any two rows"),
    "all alike": (Metric("k", role="primary", label="Hits"), 7.5, "no difference between any two rows"),
    "a percentile": (Metric("k", role="primary", quantile=0.9, label="Hits"), 3, "no difference between any two rows"),
    "no row that counts": (Metric("k", role="primary", label="Hits"), np.nan, "no row of one of the two counts"),
    "none in one arm": (
        Metric("per", "y", "case when arm = 'a' then k end", role="primary", label="Hits"), 1,
        "no row of one of the two counts"),
}  # fmt: skip


@pytest.mark.parametrize("case", NOTHING)
def test_a_test_that_is_over_with_nothing_to_compare_has_no_data_and_says_why(case):
    metric, value, why = NOTHING[case]
    guard = Metric("y", role="guardrail", margin=1.0, label="Value")
    effects, findings = concluded(two_arms(3, 1200, k=value), declared(metric, guard, **OVER))
    first = findings[0]
    assert (first.verdict, first.grade, first.headline) == ("no_data", None, True)
    assert "The test is over and tells nothing" in str(first.sentence) and why in str(first.sentence)
    assert str(first.decision) == "Find out whether Hits is recorded for everyone in the test."
    assert math.isnan(first.estimate) and effects.of("y").difference.reason is None


def test_harm_is_told_of_a_test_that_has_no_data_else():
    guard = Metric("y", role="guardrail", margin=0.5, label="Value")
    table = two_arms(3, 1200, lift=-3.0, k=0)
    _, findings = concluded(table, declared(Metric("k", role="primary"), guard, **OVER))
    assert findings[0].verdict == "roll_back" and findings[0].kpi == "y"


def test_what_is_better_in_one_deciding_metric_is_not_shipped_while_another_has_no_data():
    table = two_arms(3, 1200, lift=1.0, k=0)
    _, findings = concluded(table, declared(PRIMARY, Metric("k", role="primary", label="Hits"), **OVER))
    assert findings[0].verdict == "hold" and findings[0].kpi == "k"
    assert "b is better, but nothing can be said of Hits so far" in str(findings[0].sentence)
