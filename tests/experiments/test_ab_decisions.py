"""The verdict, in its order: invalid, roll back, ship, hold; each planted, and what is said of it."""

from __future__ import annotations

import math
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from two_arm_tables import declared, shares, two_arms

from toolkit import experiments
from toolkit.experiments import Experiment, Metric
from toolkit.problems import Refused


def concluded(table, definition):
    effects = experiments.estimate(table, definition)
    checks = experiments.check(effects)
    return experiments.conclude(effects, checks)


def planted(seed: int = 1, n: int = 2000, gain: float = 0.0, cost: float = 0.0) -> pd.DataFrame:
    """y is the primary metric, wait a guardrail for which lower is better."""
    table = two_arms(seed, n, lift=gain)
    table["wait"] = np.random.default_rng(seed + 1).normal(5, 1, n) + cost * (table.arm == "b")
    return table


PRIMARY = Metric("y", role="primary", worthwhile=0.5, label="Value")
GUARD = Metric("wait", role="guardrail", margin=0.3, better="lower", format="hours", label="Wait")


def test_ship():
    first = concluded(planted(gain=1.0), declared(PRIMARY, GUARD))[0]
    assert (first.verdict, first.comparison, first.kpi) == ("ship", "b", "y")
    assert str(first.sentence).startswith("Value: b brings") and "more than a" in str(first.sentence)
    assert "Wait stays within what is acceptable" in str(first.sentence)
    assert str(first.decision) == "Ship b." and first.headline and first.grade == "A"


def test_roll_back_because_the_primary_is_worse():
    first = concluded(planted(gain=-1.0), declared(PRIMARY, GUARD))[0]
    assert first.verdict == "roll_back" and first.kpi == "y" and first.estimate < 0
    assert "less than a" in str(first.sentence)
    assert str(first.decision) == "Take b back to a."


def test_roll_back_because_a_guardrail_is_broken_though_the_primary_is_better():
    first = concluded(planted(gain=1.0, cost=0.8), declared(PRIMARY, GUARD))[0]
    assert first.verdict == "roll_back" and first.kpi == "wait"
    assert "longer than a" in str(first.sentence)
    assert "0.30 hours" in str(first.sentence)


def test_hold_because_a_guardrail_is_not_shown_to_be_kept():
    """Units to tell .25 from the margin of .3: (1.96 + .8416)^2 times the variance over the gap squared."""
    findings = concluded(planted(gain=1.0, cost=0.25), declared(PRIMARY, GUARD))
    first, guard = findings[0], findings[2]
    assert first.verdict == "hold" and "not shown to stay within 0.30 hours" in str(first.sentence)
    gap = 0.3 - first.estimate
    expected = 2000 * ((1.959964 + 0.841621) * guard.numbers["se"] / gap) ** 2 - 2000
    assert first.numbers["more_units"] == pytest.approx(expected, rel=1e-3)


def test_hold_because_a_guardrail_looks_worse_than_is_acceptable():
    first = concluded(planted(gain=1.0, cost=0.32), declared(PRIMARY, GUARD))[0]
    assert first.verdict == "hold" and "looks worse than the 0.30 hours" in str(first.sentence)
    assert str(first.decision) == "Keep a until it is clear."


def test_a_guardrail_within_a_share_of_what_it_was():
    relative = Metric("wait", role="guardrail", relative_margin=0.06, better="lower")
    assert concluded(planted(gain=1.0), declared(PRIMARY, relative))[0].verdict == "ship"
    assert concluded(planted(gain=1.0, cost=0.8), declared(PRIMARY, relative))[0].verdict == "roll_back"


def test_invalid_comes_before_everything():
    table = planted(gain=-1.0).query("arm == 'a' or index % 4 == 1")
    findings = concluded(table, declared(PRIMARY, GUARD))
    first = findings[0]
    assert str(findings[1].sentence).startswith("Not to be relied on, for the test is invalid: Value: b")
    assert first.verdict == "invalid" and math.isnan(first.estimate)
    assert "assignment did not go as intended" in str(first.sentence)
    assert first.checks and any(c.takes_verdict and c.passed is False for c in first.checks)


def test_worse_within_the_margin_is_neither_rolled_back_nor_shipped():
    primary = Metric("y", role="primary", margin=1.0)
    first = concluded(planted(gain=-0.5), declared(primary))[0]
    assert first.verdict == "hold" and "worse" in str(first.sentence)
    assert concluded(planted(gain=-2.0), declared(primary))[0].verdict == "roll_back"


def test_a_lower_metric_is_better_where_it_says_so():
    metric = Metric("wait", role="primary", better="lower", format="hours")
    assert concluded(planted(cost=-0.5), declared(metric))[0].verdict == "ship"
    assert concluded(planted(cost=0.5), declared(metric))[0].verdict == "roll_back"
    assert "takes 0.49 hours less than a" in str(concluded(planted(cost=-0.5), declared(metric))[0].sentence)


def test_of_three_arms_the_better_one_is_shipped_and_the_harmful_one_named():
    rng = np.random.default_rng(5)
    arm = np.array(["a", "b", "c"]).repeat(1000)
    table = pd.DataFrame({"arm": arm, "y": rng.normal(10, 2, 3000) + (arm == "b") - 1.0 * (arm == "c")})
    definition = Experiment(arm="arm", control="a", arms={"a": 1, "b": 1, "c": 1}, metrics=[PRIMARY])
    first = concluded(table, definition)[0]
    assert (first.verdict, first.comparison) == ("ship", "b")
    assert "c does harm and should stop" in str(first.sentence)


def test_holm_over_arms_and_the_interval_that_agrees_with_it():
    """Each of four arms alone would pass at 5 %; together none does, and no interval says otherwise."""
    control = [0.0, 1.0] * 500
    step = 1.985 * math.sqrt(2 * np.var(control, ddof=1) / 1000)
    rows = [pd.DataFrame({"arm": "a", "y": control})]
    rows += [pd.DataFrame({"arm": arm, "y": np.array(control) + step}) for arm in "bcde"]
    definition = Experiment(arm="arm", control="a", arms=dict.fromkeys("abcde", 1), metrics=[PRIMARY])
    effects = experiments.estimate(pd.concat(rows), definition)
    for e in effects:
        assert e.difference.p_value < 0.05 < e.p_adjusted and not e.agreed
        assert e.difference.low > 0 > e.shown.low and e.shown.level > 0.95
    assert experiments.conclude(effects, experiments.check(effects))[0].verdict == "hold"


def test_where_correction_changes_nothing_the_interval_keeps_its_level():
    effects = experiments.estimate(planted(gain=1.0), declared(PRIMARY, Metric("wait", role="primary")))
    assert all(e.shown.level == 0.95 and e.corrected.level > 0.95 for e in effects)


def test_hold_says_how_much_longer():
    """Units for an effect by the normal formula (1.96 + 0.8416)^2 2 sd^2 / effect^2 an arm."""
    n = 600
    table = planted(7, n, gain=0.0)
    days = [date(2026, 9, 1) + timedelta(days=int(i)) for i in np.arange(n) * 14 // n]
    table["sent"] = pd.to_datetime(days)
    definition = declared(Metric("y", role="primary", worthwhile=0.2), assigned_at="sent")
    findings = concluded(table, definition)
    first = findings[0]
    assert first.verdict == "hold"
    spread = table.groupby("arm").y.var().sum()
    needed = 2 * (1.959964 + 0.841621) ** 2 * spread / 0.2**2
    assert first.numbers["more_units"] == pytest.approx(needed - n, rel=0.01)
    assert first.numbers["more_weeks"] == pytest.approx(first.numbers["more_units"] / (n / 2), rel=1e-6)
    assert "more rows (" in str(first.sentence) and "weeks)" in str(first.sentence)


def test_hold_where_the_effect_worth_having_would_have_been_seen():
    first = concluded(planted(8, 4000), declared(PRIMARY))[0]
    assert first.verdict == "hold" and "would have been seen" in str(first.sentence)
    assert str(first.decision) == "Keep a; end the test."


def test_hold_while_it_runs():
    running = {"ends": date(2026, 9, 30), "as_of": date(2026, 9, 14)}
    first = concluded(planted(9, 300), declared(PRIMARY, **running))[0]
    assert first.verdict == "hold" and "Too early to tell: the test runs until 30 Sep 2026" in str(first.sentence)
    assert str(first.decision) == "Let it run until 30 Sep 2026."


def test_a_running_test_may_be_shipped_when_it_is_clear():
    running = {"ends": date(2026, 9, 30), "as_of": date(2026, 9, 14)}
    assert concluded(planted(gain=2.0), declared(PRIMARY, **running))[0].verdict == "ship"


def test_doubts_stand_in_the_sentence():
    table = planted(gain=1.0).assign(customer_id=lambda t: t.index // 2 * 2)
    first = concluded(table, declared(PRIMARY, unit="customer_id"))[0]
    assert "But 1,000 customers are in more than one arm, and 1,000 customers stand" in str(first.sentence)
    assert first.grade is None


def test_ids_name_metric_arm_and_segment():
    table = planted().assign(region=lambda t: np.where(t.index % 3 == 0, "n/w", "s"))
    found = concluded(table, declared(PRIMARY, GUARD, name="mail", segments=["region"]))
    ids = [f.id for f in found]
    assert ids[:3] == ["ab_test/mail", "ab_test/mail/y/b", "ab_test/mail/wait/b"]
    assert "ab_test/mail/y/b/region=n%2Fw" in ids and "ab_test/mail/y/a/level" in ids
    assert ids[-1] == "ab_test/mail/sample_ratio" and len(set(ids)) == len(ids)


def test_an_empty_segment_is_no_data_with_its_reason():
    table = planted(n=400)
    table["region"] = np.where(table.index < 3, "rare", "common")
    table.loc[(table.region == "rare"), "arm"] = "a"
    found = {f.id: f for f in concluded(table, declared(PRIMARY, segments=["region"], min_cell=1))}
    rare = found["ab_test/test/y/b/region=rare"]
    assert rare.verdict == "no_data" and math.isnan(rare.estimate)
    assert "the treatment has 0 units" in str(rare.sentence)


def test_points_and_percent_are_different_words():
    findings = concluded(shares((300, 1000), (400, 1000)), declared(Metric("hit", role="primary")))
    assert "b brings 10 percentage points more than a" in str(findings[1].sentence)
    assert findings[1].unit == "points" and findings[1].numbers["relative"] == pytest.approx(1 / 3)


def test_money_is_said_a_customer():
    metric = Metric("y", role="primary", format="money", per="customer", label="Spend")
    first = concluded(planted(gain=1.0), declared(metric, currency="EUR"))[0]
    assert "b brings" in str(first.sentence) and "EUR more a customer than a" in str(first.sentence)


def test_everything_shown_can_be_written_down_and_read_back():
    import json

    from toolkit.language import Sentence

    findings = concluded(planted(gain=1.0), declared(PRIMARY, GUARD))
    for f in findings:
        kept = json.loads(json.dumps(f.to_json(), allow_nan=False))
        assert str(Sentence.from_json(kept["said"]["sentence"])) == kept["sentence"]


def shifted(*steps: float, n: int = 1000) -> pd.DataFrame:
    """Arm b is arm a moved by so many standard errors of the difference, a column each."""
    column = np.tile([0.0, 1.0], n // 2)
    error = math.sqrt(2 * column.var(ddof=1) / n)
    both = {f"m{i}": np.concatenate([column, column + step * error]) for i, step in enumerate(steps)}
    return pd.DataFrame({"arm": np.repeat(["a", "b"], n), **both})


@pytest.mark.parametrize(("steps", "verdict"), [(-1.90, "hold"), (-2.05, "roll_back")])
def test_a_guardrail_is_broken_at_one_side_of_the_level(steps, verdict):
    """One-sided .025 lies at 1.96 standard errors; at a margin of 0 all harm counts."""
    guard = Metric("m1", role="guardrail", margin=0)
    assert concluded(shifted(0.1, steps), declared(Metric("m0", role="primary"), guard))[0].verdict == verdict


def test_guardrails_are_corrected_for_each_other():
    guards = [Metric(f"m{i}", role="guardrail", margin=0) for i in (1, 2, 3)]
    table = shifted(0.1, -2.05, 0.0, 0.0)
    assert concluded(table, declared(Metric("m0", role="primary"), *guards))[0].verdict == "hold"


def test_exploratory_metrics_are_corrected_for_each_other():
    """p .040 and .92: Benjamini and Hochberg make .08 of the first, and its interval says so."""
    definition = declared(Metric("m0", role="primary"), Metric("m1"), Metric("m2"))
    effects = experiments.estimate(shifted(0.0, 2.055, 0.1), definition)
    first = effects.of("m1")
    assert first.p_adjusted == pytest.approx(2 * first.difference.p_value)
    assert first.difference.low > 0 > first.shown.low and first.correction == "bh"


@pytest.mark.parametrize(("primaries", "z"), [(1, 1.959964), (2, 2.241403)])
def test_the_smallest_visible_effect_shares_the_level_among_primary_metrics(primaries, z):
    """(z of alpha over the number of looks + z of power) standard errors (Bloom 1995)."""
    metrics = [Metric("m0", role="primary"), Metric("m1", role="primary" if primaries == 2 else "exploratory")]
    found = experiments.estimate(shifted(0.0, 0.0), declared(*metrics)).of("m0")
    assert found.visible == pytest.approx((z + 0.841621) * found.difference.se, rel=1e-5)


def test_arms_are_called_by_their_labels_and_known_by_their_values():
    labels = {"a": "no mail", "b": "Version B"}
    findings = concluded(planted(gain=1.0), declared(PRIMARY, GUARD, arm_labels=labels))
    assert findings[0].comparison == "b" and findings[1].id == "ab_test/test/y/b"
    said = " ".join([*(str(f.sentence) for f in findings), *(str(c.detail) for c in findings[0].checks)])
    assert "Version B brings" in said and "no mail: 1,000 of 1,000 expected" in said
    assert str(findings[0].decision) == "Ship Version B."
    assert not any(word in said.split() for word in ("a", "b", "b:", "a:"))
    effects = experiments.estimate(planted(), declared(PRIMARY, arm_labels=labels))
    assert {r.arm for r in effects.level_rows()} == {"no mail", "Version B"}
    with pytest.raises(Refused, match="is none of the arms"):
        declared(PRIMARY, arm_labels={"c": "Version C"})


def test_questions_answered_by_what_the_arms_are():
    assert concluded(planted(), declared(PRIMARY))[0].answers == ("F53",)
    declared_so = declared(PRIMARY, compares="contact_method", target="y > -1000")
    assert concluded(planted(), declared_so)[0].answers == ("F53", "F74", "F19")
    with pytest.raises(Refused, match="is none of the choices"):
        declared(PRIMARY, compares="colour")


@pytest.mark.parametrize("gain", [0.0, 1.0, -1.0])
def test_every_estimate_says_what_it_rests_on(gain):
    table = planted(gain=gain).assign(region=lambda t: np.where(t.index % 3 == 0, "n", "s"))
    known = 0
    for f in concluded(table, declared(PRIMARY, GUARD, segments=["region"])):
        if not math.isnan(f.estimate):
            known += 1
            assert f.unit and f.n > 0 and f.n_unit and f.method and f.source
    assert known >= 11


def test_a_doubt_is_said_in_a_few_words():
    from toolkit.experiments.caveats import caveats_said

    table = planted(gain=1.0, n=40).assign(who=lambda t: t.index // 2 * 2)
    effects = experiments.estimate(table, declared(PRIMARY, unit="who", target="y > 9"))
    failed = experiments.check(effects).failed
    assert len(failed) >= 4
    assert str(caveats_said(failed[:1])) == "20 whos are in more than one arm"
    assert str(caveats_said(failed)).endswith(f"and there are {len(failed) - 1} more doubts")
    assert not any("does not hold" in str(caveats_said([c])) for c in failed)
