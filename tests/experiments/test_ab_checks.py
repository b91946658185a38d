"""Each reason for doubt fails where it should, and only there."""

from __future__ import annotations

import math
import re
from datetime import date

import numpy as np
import pandas as pd
import pytest
from two_arm_tables import declared, shares, two_arms

from toolkit import experiments
from toolkit.experiments import Experiment, Metric

KNOWN_BEFORE = "What is adjusted for or split by was known before assignment"
ONE_ROW = "No single row decides a result"


def checks(table, definition):
    found = experiments.check(experiments.estimate(table, definition))
    return {str(c.name): c for c in found}


def test_a_sound_test_fails_nothing():
    found = checks(two_arms(1), declared())
    assert all(c.passed is not False for c in found.values())
    assert found["The split is as intended"].takes_verdict


def test_the_intended_split_is_what_counts():
    """95 to 5 as intended is sound; even numbers are not, where 95 to 5 was meant."""
    meant = {"arms": {"a": 95, "b": 5}}
    assert checks(shares((100, 1900), (5, 100)), declared(Metric("hit", role="primary"), **meant))[
        "The split is as intended"].passed  # fmt: skip
    found = checks(two_arms(1), declared(**meant))["The split is as intended"]
    assert found.passed is False and found.numbers["p_value"] < 1e-100


def test_six_hundred_against_four_hundred():
    """p 2.5396e-10 for [600, 400]: the chi-square test printed by several A/B tools."""
    found = checks(shares((60, 600), (40, 400)), declared(Metric("hit", role="primary")))
    assert found["The split is as intended"].numbers["p_value"] == pytest.approx(2.5396e-10, rel=1e-4)


def test_a_unit_twice_and_in_two_arms():
    table = two_arms(2).assign(customer_id=lambda t: t.index)
    sound = checks(table, declared(unit="customer_id"))
    assert sound["Everyone assigned stands in the table once"].passed
    table.loc[1, "customer_id"] = 0
    table.loc[4, "customer_id"] = 2
    found = checks(table, declared(unit="customer_id"))
    assert found["Everyone assigned is in one arm only"].numbers["units_in_several_arms"] == 1
    assert found["Everyone assigned stands in the table once"].numbers["units_on_several_rows"] == 2
    assert not any(c.passed for n, c in found.items() if n.startswith("Everyone"))


def test_a_filter_on_something_the_test_changes():
    rng = np.random.default_rng(3)
    table = two_arms(3, 2000)
    table["opened"] = rng.random(2000) < np.where(table.arm == "b", 0.6, 0.4)
    table["old"] = rng.random(2000) < 0.5
    name = "The filter uses only what was known before assignment"
    assert checks(table, declared(where="opened"))[name].passed is False
    assert checks(table, declared(where="old"))[name].passed is True
    assert name not in checks(table, declared())


def test_a_filter_or_target_made_of_what_is_measured():
    found = checks(two_arms(3, 2000), declared(where="y > 0", target="y > 9"))
    for name in ("The filter", "The target"):
        check = found[f"{name} uses only what was known before assignment"]
        assert check.passed is False and str(check.detail) == "the metric y is made of it"


def test_a_filter_that_picks_this_test_out_of_several_is_no_doubt():
    other = two_arms(4, 1000).assign(test="other").query("arm == 'a' or index % 10 == 1")
    table = pd.concat([two_arms(5, 1000).assign(test="this"), other])
    found = checks(table, declared(where="test = 'this'"))
    assert found["The filter uses only what was known before assignment"].passed is None
    assert found["The split is as intended"].passed


def test_a_segment_measured_after_assignment():
    table = two_arms(6, 1000)
    table["opened"] = np.where((table.index % 4 == 1) | (table.index % 10 == 0), "yes", "no")
    table["half"] = np.where(table.index < 500, "first", "second")
    found = checks(table, declared(segments=["half", "opened"]))[KNOWN_BEFORE]
    assert found.passed is False and "opened differs between arms" in str(found.detail)
    assert "half" not in str(found.detail)
    assert found.numbers["p_value_opened"] < 0.001 < found.numbers["p_value_half"]
    sound = checks(table, declared(segments=["half"]))[KNOWN_BEFORE]
    assert sound.passed and str(sound.detail) == "alike in every arm: half"


def test_who_was_tested_and_who_it_is_meant_for():
    table = two_arms(7, 1000).assign(active=lambda t: t.index % 10 < 6)
    found = checks(table, declared(target="active"))["It was tested on those it is meant for"]
    assert found.passed is False
    assert found.numbers["share"] == 0.6 and found.numbers["in_target"] == 600
    assert "60.0 % of the tested rows" in str(found.detail)
    assert checks(table, declared(target="active OR NOT active"))["It was tested on those it is meant for"].passed
    effects = experiments.estimate(table, declared(target="active"))
    inside = [r for r in effects.segment_rows("target") if r.segment == ("target", "in the target")]
    assert len(inside) == 1 and effects.definition.target == "active"
    findings = experiments.conclude(effects, experiments.check(effects))
    assert findings[0].answers == ("F53", "F74")


def test_missing_in_one_arm_more_than_in_the_other():
    rng = np.random.default_rng(8)
    table = two_arms(8, 2000)
    table.loc[(table.arm == "b") & (rng.random(2000) < 0.3), "y"] = np.nan
    assert checks(table, declared())["As many rows count in every arm"].passed is False
    table = two_arms(8, 2000)
    table.loc[rng.random(2000) < 0.3, "y"] = np.nan
    assert checks(table, declared())["As many rows count in every arm"].passed is True


def test_too_few_cases():
    name = "There are enough cases for the method"
    assert checks(shares((2, 40), (3, 40)), declared(Metric("hit", role="primary")))[name].passed is False
    assert checks(shares((12, 40), (13, 40)), declared(Metric("hit", role="primary")))[name].passed
    assert checks(two_arms(9, 30), declared())[name].passed is False


def test_a_far_unit_that_decides_nothing_is_no_reason_for_doubt():
    table = two_arms(10, 200, lift=1.5)
    table.loc[1, "y"] = 30.0
    effects = experiments.estimate(table, declared())
    check = {str(c.name): c for c in experiments.check(effects)}[ONE_ROW]
    assert check.passed and effects.of("y").carried is False and effects.of("y").winsorised is None


def test_one_unit_hides_the_result_and_a_second_opinion_is_given():
    """One order of the year in the control hides that b is better; numpy's clip is the oracle."""
    table = two_arms(11, 400, lift=0.8)
    table.loc[0, "y"] = 90.0
    effects = experiments.estimate(table, declared())
    found = effects.of("y")
    check = {str(c.name): c for c in experiments.check(effects)}[ONE_ROW]
    assert found.carried and check.passed is False
    # of 200 an arm, eleven lie beyond: the quantile is between two values
    drawn = drawn_in(table, 11 / 200)
    assert found.winsorised.estimate == pytest.approx(drawn.b - drawn.a)
    assert found.winsorised.low > 0 > found.difference.low


def test_in_large_arms_one_in_a_hundred_is_drawn_in():
    table = two_arms(11, 4000, lift=0.3)
    table.loc[0, "y"] = 900.0
    found = experiments.estimate(table, declared()).of("y")
    drawn = table.assign(y=table.y.clip(0, table.y.quantile(0.99))).groupby("arm").y.mean()
    assert found.carried and found.winsorised.estimate == pytest.approx(drawn.b - drawn.a)


def drawn_in(table: pd.DataFrame, beyond: float) -> pd.Series:
    """Means with what lies above the lowest of the quantiles, of all and of each arm, drawn in to it."""
    cut = min(table.y.quantile(0.99), table.groupby("arm").y.quantile(1 - beyond).min())
    return table.assign(y=table.y.clip(0, cut)).groupby("arm").y.mean()


def test_a_unit_of_several_rows_is_drawn_in_as_one():
    table = two_arms(11, 400, lift=0.8)
    table.loc[0, "y"] = 90.0
    twice = pd.concat([table.assign(y=table.y / 2, who=table.index)] * 2)
    found = experiments.estimate(twice, declared(unit="who")).of("y")
    once = experiments.estimate(table, declared()).of("y")
    assert found.carried
    # a unit's value is the mean of its two rows: half of the sum that is cut
    assert 2 * found.winsorised.estimate == pytest.approx(once.winsorised.estimate)


@pytest.mark.parametrize("decides", [True, False])
def test_no_value_of_one_person_can_be_worked_out(decides: bool):
    """From nothing that is told of a test follows the value of its most extreme unit: as a number, as a
    difference of two numbers times an arm's units, or as its share of an arm's sum."""
    table = two_arms(11, 400, lift=0.8 if decides else 9.0)
    secret = 91.7323
    table.loc[0, "y"] = secret
    effects = experiments.estimate(table, declared())
    assert effects.of("y").carried is decides
    findings = experiments.conclude(effects, experiments.check(effects))
    told = {n for f in findings for n in _numbers_of(f)}
    control = table[table.arm == "a"].y
    assert not any(n == pytest.approx(secret, rel=1e-6) for n in told)
    assert not any(n == pytest.approx(secret / control.sum(), rel=1e-6) for n in told)
    # the mean of the other 199 differs from the mean of all by what the one is from it
    moved = control.mean() - control.drop(0).mean()
    assert not any(abs(a - b) == pytest.approx(moved, rel=1e-6) for a in told for b in told)


def _numbers_of(finding) -> set[float]:
    own = {finding.estimate, finding.low, finding.high, finding.p_value, *finding.numbers.values()}
    for check in finding.checks:
        own |= set((check.numbers or {}).values())
        own |= {float(n) for n in re.findall(r"-?\d+(?:\.\d+)?", str(check.detail).replace(",", ""))}
    return {float(n) for n in own if n is not None and not math.isnan(n)}


@pytest.mark.parametrize("others", [[], [60.0] * 9])
def test_what_is_drawn_in_is_of_many_or_not_told(others: list[float]):
    """Most have spent the same; 40 of b spent more, and of a one alone or ten."""
    table = pd.DataFrame({"arm": ["a", "b"] * 300, "y": 10.0})
    table.loc[0, "y"] = 4000.0
    table.loc[range(1, 81, 2), "y"] = 60.0
    for i, value in enumerate(others, start=1):
        table.loc[2 * i, "y"] = value
    found = experiments.estimate(table, declared()).of("y")
    assert found.carried and (found.winsorised is not None) == bool(others)


def test_too_few_are_not_drawn_in():
    """Of 80 an arm, ten would be more than a tenth of them."""
    table = two_arms(11, 160, lift=1.5)
    table.loc[0, "y"] = 90.0
    effects = experiments.estimate(table, declared())
    check = {str(c.name): c for c in experiments.check(effects)}[ONE_ROW]
    assert effects.of("y").carried and effects.of("y").winsorised is None
    assert str(check.detail).endswith("which would say something else without one row")


def test_the_same_in_every_segment():
    rng = np.random.default_rng(12)
    table = two_arms(12, 4000)
    table["region"] = rng.choice(["n", "s"], 4000)
    table["both_sides"] = rng.choice(["l", "r"], 4000)
    definition = declared(Metric("y", role="primary"), Metric("x", role="guardrail", margin=1),
                          segments=["region", "both_sides"])  # fmt: skip
    table["x"] = rng.normal(0, 1, 4000)
    names = ["The effect is the same in every region", "The effect is the same in every both sides"]
    found = checks(table, definition)
    assert [found[n].passed for n in names] == [True, True]
    assert str(found[names[0]].detail) == "2 comparisons, none with a difference beyond chance"
    table.loc[(table.arm == "b") & (table.region == "n"), "y"] += 1.5
    found = checks(table, definition)
    assert [found[n].passed for n in names] == [False, True]
    detail = str(found[names[0]].detail)
    assert detail.startswith("y with b: ") and "1.5" in detail and "in n (1 of 2 comparisons differs)" in detail
    assert "x with b" not in detail
    numbers = found[names[0]].numbers
    assert numbers["y/b/p_adjusted"] < 0.001 < numbers["x/b/p_adjusted"] and numbers["differing"] == 1


def test_as_many_checks_however_many_metrics_arms_and_segments_there_are():
    rng = np.random.default_rng(21)
    n = 1200
    table = pd.DataFrame({"arm": rng.choice(list("abc"), n), "region": rng.choice(list("nsew"), n)})
    names = ["u", "v", "w"]
    for name in names:
        table[name] = rng.gamma(2, 1, n)

    def asked(*metrics: str) -> int:
        definition = Experiment(
            arm="arm", control="a", arms=dict.fromkeys("abc", 1), segments=["region"],
            metrics=[Metric(m, role="primary") for m in metrics],
        )  # fmt: skip
        return len(checks(table, definition))

    assert asked("u") == asked(*names) <= 8


def friday_and_saturday() -> pd.DataFrame:
    """Kohavi, Tang & Xu: better on both days, worse pooled, in rows of 100 alike (a hundredth)."""
    parts = []
    for day, arm, hits, n in (
        ("Friday", "a", 200, 9900), ("Friday", "b", 2, 100), ("Saturday", "a", 50, 5000), ("Saturday", "b", 60, 5000),
    ):  # fmt: skip
        parts.append(pd.DataFrame({"arm": arm, "day": day, "hit": [1] * hits + [0] * (n - hits)}))
    return pd.concat(parts, ignore_index=True)


def test_pooling_turns_the_direction_round():
    found = checks(
        friday_and_saturday(), declared(Metric("hit", role="primary"), segments=["day"], arms={"a": 149, "b": 51})
    )
    turned = found["Pooling the segments turns no effect round"]
    assert turned.passed is False and "hit with b: " in str(turned.detail)
    assert turned.numbers["day/hit/b/pooled"] < 0 < turned.numbers["day/hit/b/within"]
    assert found[KNOWN_BEFORE].passed is False


def test_simpson_as_printed():
    """Friday 20000/990000 v 230/10000, Saturday 5000/500000 v 6000/500000: Mantel-Haenszel 1.1954444."""
    import ibis

    connection = ibis.duckdb.connect()
    connection.raw_sql("""CREATE TABLE days AS SELECT c.day, c.arm, i < c.hits AS hit FROM (VALUES
        ('Friday', 'a', 20000, 990000), ('Friday', 'b', 230, 10000), ('Saturday', 'a', 5000, 500000),
        ('Saturday', 'b', 6000, 500000)) AS c(day, arm, hits, n), range(1000000) AS r(i) WHERE i < c.n""")
    definition = declared(Metric("hit", role="primary"), segments=["day"], arms={"a": 149, "b": 51})
    effects = experiments.estimate(connection.table("days"), definition)
    (by_day,) = effects.segments
    assert 1 + by_day.risk_ratio.estimate == pytest.approx(1.1954444, abs=1e-7)
    assert by_day.reversal.kind == "every segment"
    assert effects.of("hit").before.value.estimate == pytest.approx(0.01678, abs=5e-6)
    assert effects.of("hit").after.value.estimate == pytest.approx(0.01222, abs=5e-6)
    assert all(e.difference.estimate > 0 for e in by_day.effects)


def test_read_before_its_end():
    running = {"starts": date(2026, 9, 1), "ends": date(2026, 9, 30), "as_of": date(2026, 9, 14)}
    effects = experiments.estimate(two_arms(13), declared(**running))
    found = effects.of("y")
    assert found.difference.method.startswith("asymptotic confidence sequence")
    assert found.difference.high - found.difference.low > found.at_end.high - found.at_end.low
    name = "Reading before the end does no harm"
    assert {str(c.name): c for c in experiments.check(effects)}[name].passed
    assert checks(two_arms(13), declared(as_of=date(2026, 9, 14)))[name].passed is None
    over = running | {"as_of": date(2026, 9, 30)}
    assert experiments.estimate(two_arms(13), declared(**over)).of("y").difference.method == "Welch's t"


def test_always_valid_as_printed():
    """GrowthBook's relative case: 1396 of 3000 v 2422 of 3461, .50386, .40098 to .60675, nu 5000."""
    running = {"ends": date(2026, 9, 30), "as_of": date(2026, 9, 14)}
    definition = Experiment(arm="arm", control="a", arms={"a": 3000, "b": 3461},
                            metrics=[Metric("hit", role="primary")], **running)  # fmt: skip
    found = experiments.estimate(shares((1396, 3000), (2422, 3461)), definition).of("hit").relative
    assert (found.estimate, found.low, found.high) == pytest.approx((0.50386, 0.40098, 0.60675), abs=1e-5)


def test_a_percent_that_is_no_share():
    table = two_arms(14)
    assert checks(table, declared(Metric("y", role="primary", format="percent")))["y is a share"].passed is False
