"""Confidence sequences, against GrowthBook, the paper's formula and repeated looks."""

from __future__ import annotations

import math

import numpy as np
import pytest

from toolkit.stats import means
from toolkit.stats.comparisons import undefined, wald
from toolkit.stats.means import from_count
from toolkit.stats.sequential import confidence_sequence, rho_for

# Numbers of GrowthBook's sequential two-sided test: 1396 of 3000 against 2422 of 3461.
CONTROL, TREATMENT = from_count(1396, 3000), from_count(2422, 3461)


def test_growthbook_relative():
    found = confidence_sequence(means.relative(CONTROL, TREATMENT), 6461, tuning=5000)
    assert found.estimate == pytest.approx(0.50386, abs=5e-6)
    assert (found.low, found.high) == pytest.approx((0.40098, 0.60675), abs=5e-6)
    assert 0 < found.p_value < 1e-30
    assert "ratio of means = 1" in found.null


def test_rho_and_width_of_the_paper():
    # Waudby-Smith et al., equations 9 and 161, written with sums as printed there:
    # sd sqrt(2 (t rho^2 + 1) / (t^2 rho^2) log(sqrt(t rho^2 + 1) / alpha)).
    alpha, t, sd = 0.05, 800, 3.0
    rho = math.sqrt((-2 * math.log(alpha) + math.log(-2 * math.log(alpha) + 1)) / 300)
    assert rho_for(300) == pytest.approx(rho)
    v = t * rho**2
    want = sd * math.sqrt(2 * (v + 1) / (t**2 * rho**2) * math.log(math.sqrt(v + 1) / alpha))
    found = confidence_sequence(wald(0.0, sd / math.sqrt(t)), t, tuning=300)
    assert found.high == pytest.approx(want)


def test_rho_is_nearly_the_best_choice_at_its_size():
    def width(tuning):
        return confidence_sequence(wald(0.0, 0.01), 4000, tuning=tuning).high

    best = min(width(t) for t in np.geomspace(40, 400_000, 4000))
    assert width(4000) == pytest.approx(best, rel=1e-3)


@pytest.mark.parametrize("alternative", ["two-sided", "greater", "less"])
def test_p_value_is_where_the_sequence_touches_the_null(alternative):
    sign = -1 if alternative == "less" else 1
    made = wald(sign * 0.6, 0.16, alternative=alternative)
    found = confidence_sequence(made, 600)
    touching = found.at(1 - found.p_value)
    end = touching.high if alternative == "less" else touching.low
    assert end == pytest.approx(0.0, abs=1e-9)


def test_no_evidence_is_one_and_never_above():
    assert confidence_sequence(wald(0.0, 1.0), 100).p_value == 1.0
    wrong = confidence_sequence(wald(-1.0, 1.0, alternative="greater"), 100)
    assert wrong.p_value == 1.0
    faint = confidence_sequence(wald(1e-9, 1.0, alternative="greater"), 100)
    assert faint.p_value == 1.0


def test_always_wider_than_a_single_look():
    for n in (50, 500, 5000, 5_000_000):
        once = wald(1.0, 0.3)
        assert confidence_sequence(once, n).low < once.low
        assert confidence_sequence(once, n).p_value > once.p_value


def test_tiny_p_values():
    far = confidence_sequence(wald(36.0, 1.0), 10_000)
    assert 0 < far.p_value < 1e-250
    one = confidence_sequence(wald(36.0, 1.0, alternative="greater"), 10_000)
    assert one.p_value == pytest.approx(far.p_value / 2, rel=1e-6)


def test_undefined_and_wrong_input():
    nothing = undefined("no units", null="difference = 0", method="Welch's t")
    assert confidence_sequence(nothing, 10).reason == "no units"
    with pytest.raises(ValueError, match="number of units"):
        confidence_sequence(wald(1.0, 1.0), 0)
    with pytest.raises(ValueError, match="tuning"):
        confidence_sequence(wald(1.0, 1.0), 10, tuning=0)


def peeks(rng, runs, n, looks, effect):
    """Differences, errors and sizes at evenly spaced looks; skewed values, two arms."""
    at = np.linspace(n / looks, n, looks).astype(int)
    sums = []
    for shift in (0.0, effect):
        values = rng.exponential(1.0, (runs, n)) + shift
        count = at[None, :]
        mean = values.cumsum(axis=1)[:, at - 1] / count
        square = (values**2).cumsum(axis=1)[:, at - 1] / count
        sums.append((mean, (square - mean**2) / (count - 1)))
    gap = sums[1][0] - sums[0][0]
    return gap, np.sqrt(sums[0][1] + sums[1][1]), 2 * at


@pytest.mark.parametrize("alternative", ["two-sided", "greater"])
def test_twenty_looks_keep_five_percent(alternative):
    rng = np.random.default_rng(22)
    runs, looks = 1000, 20
    gap, se, sizes = peeks(rng, runs, 4000, looks, 0.0)
    claims = 0
    for row, errors in zip(gap, se, strict=True):
        claims += any(
            confidence_sequence(
                wald(float(d), float(s), alternative=alternative), int(n), tuning=4000
            ).p_value <= 0.05
            for d, s, n in zip(row, errors, sizes, strict=True)
        )  # fmt: skip
    assert claims / runs <= 0.05
    # One test a look, taken at face value, would claim in about a quarter of the runs.
    naive = (np.abs(gap / se) > 1.96).any(axis=1).mean()
    assert naive > 0.15


def test_the_truth_is_held_at_all_looks_at_once():
    rng = np.random.default_rng(23)
    gap, se, sizes = peeks(rng, 500, 3000, 20, 0.1)
    held = 0
    for row, errors in zip(gap, se, strict=True):
        made = [
            confidence_sequence(wald(float(d), float(s)), int(n), tuning=2000)
            for d, s, n in zip(row, errors, sizes, strict=True)
        ]
        held += all(m.low <= 0.1 <= m.high for m in made)
    assert held / 500 >= 0.95
