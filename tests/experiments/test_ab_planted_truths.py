"""The demo's planted tests, drawn under a few seeds: the short form of benchmarks/calibrate_tests.py.

Shares are of many answers a seed, and their Monte Carlo errors are those between seeds. A bound of
coverage is broken where it lies three of those errors beyond, one of false claims where chance alone
exceeds it once in a thousand times. Each test also says that the error is small enough for a real
fault to show, or shows one.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest
from scipy import stats

from toolkit import experiments
from toolkit.experiments.estimating import from_reading

ROOT = Path(__file__).parents[2]
SMALL = 5000


@pytest.fixture(scope="module")
def calibrate():
    spec = importlib.util.spec_from_file_location("calibrate_tests", ROOT / "benchmarks" / "calibrate_tests.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


def test_the_fast_sums_are_the_engines(calibrate):
    for test in ("spring_mail", "autumn_bundle"):
        definition, frame = calibrate.definition_of(test), calibrate.drawn(test, SMALL, 3)
        fast = from_reading(calibrate.read(frame, definition), definition)
        engine = experiments.estimate(frame, definition)
        for a, b in zip(fast, engine, strict=True):
            for one, other in ((a.difference, b.difference), (a.relative, b.relative), (a.unadjusted, b.unadjusted)):
                assert (one.estimate, one.low, one.high) == pytest.approx((other.estimate, other.low, other.high))
        decisions = [experiments.decide(e, experiments.check(e)) for e in (fast, engine)]
        assert decisions[0].verdict == decisions[1].verdict


def test_intervals_hold_the_planted_effects(calibrate):
    found = calibrate.coverage(range(40), SMALL, ("spring_mail", "upgrade_push"))
    assert len(found) == 11
    for what, (share, error, _) in found.items():
        assert 0.93 - 3 * error <= share <= 0.97 + 3 * error, what
        assert error < 0.025, what


def test_intervals_do_not_hold_what_is_not_planted(calibrate, monkeypatch):
    """Twice the planted effect is held far less often."""
    true = calibrate.truth

    def doubled(*asked):
        before, after = true(*asked)
        return before, after + (after - before)

    monkeypatch.setattr(calibrate, "truth", doubled)
    found = calibrate.coverage(range(12), SMALL, ("upgrade_push",))
    assert all(found[f"{kind}, adjusted for pre_spend"][0] < 0.85 for kind in ("share", "mean"))


def test_percentiles_and_buckets_hold_the_planted_effects(calibrate):
    for what, (share, error, _) in calibrate.coverage_by_engine(range(12), SMALL).items():
        assert 0.93 - 3 * error <= share <= 0.97 + 3 * error, what
        assert error < 0.055, what


def no_more_than_one_in_twenty(share: float, asked: int) -> bool:
    """Whether so many claims come by chance once in a thousand times, if one in twenty is the truth."""
    return stats.binom.sf(round(share * asked) - 1, asked, 0.05) > 0.001


def test_where_nothing_happens_few_tests_say_otherwise(calibrate):
    share, _, asked = calibrate.false_verdicts(range(30), SMALL, times=5)["ship or roll_back"]
    assert asked == 150 and no_more_than_one_in_twenty(share, asked)


def test_reading_twenty_times_claims_no_more_than_reading_once(calibrate):
    """And, where each look is taken for the only one, about one test in four claims something."""
    found = calibrate.false_claims_of_looks(range(50), SMALL, times=1)
    kept = {what: no_more_than_one_in_twenty(share, asked) for what, (share, _, asked) in found.items()}
    assert len(kept) == 5
    assert all(fine for what, fine in kept.items() if "one look" not in what), found
    assert not all(fine for what, fine in kept.items() if "one look" in what), found


def test_what_is_wrong_on_purpose_is_found(calibrate):
    """At the demo's own size; an effect that is there for those who look is what power is."""
    found = calibrate.verdicts(range(6), 20_000)
    for what in ("spring_mail: ship", "checkout_page: invalid", "upgrade_push: roll_back", "autumn_bundle: hold"):
        assert found[f"{what} (planted)"][0] >= 0.75, what
    assert not any("ship" in what for what in found if what.split(":")[0] in ("checkout_page", "upgrade_push"))
