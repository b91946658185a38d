"""Counts with a dated change: Sicily, planted truth, and how often nothing is called something."""

import csv

import numpy as np
import pytest

from toolkit.stats.autoregression import simulated_errors
from toolkit.stats.counts import poisson_regression, rate_ratio
from toolkit.stats.interrupted import interrupted_design, interrupted_series
from toolkit.stats.interrupted_counts import interrupted_counts, interrupted_counts_many


def counted(design, rho, count, seed, level=40.0, log_sd=0.15):
    """Poisson counts whose log level is autoregressive; nothing happens at the change."""
    noise = simulated_errors(design.times, rho, count, seed) * np.sqrt(1 - rho**2)
    return np.random.default_rng(seed + 1).poisson(level * np.exp(log_sd * noise)).astype(float)


def test_sicily_is_as_published_give_or_take_what_neighbouring_months_share(shared_data):
    """Bernal, Cummins & Gasparrini (2017): rate ratio .8851 with two harmonics of 12 months."""
    with open(shared_data / "plan_changes" / "sicily.csv") as file:
        rows = list(csv.DictReader(file))
    counts, people = (np.array([float(row[name]) for row in rows]) for name in ("aces", "stdpop"))
    design = interrupted_design(len(counts), 36, season=12, harmonics=2)
    plain = rate_ratio(poisson_regression(counts, design.matrix, people), design.contrast("level"))
    own = interrupted_counts(counts, design, exposure=people)
    assert own.high < 1
    assert own.estimate == pytest.approx(0.8851, rel=0.02)
    assert own.high / own.low > plain.high / plain.low
    assert own.dispersion == pytest.approx(2.2622, abs=5e-5)


@pytest.mark.parametrize(
    ("before", "after", "season", "rho", "level", "log_sd"),
    [
        (24, 8, None, 0.0, 40, 0.15), (24, 8, None, 0.8, 40, 0.15), (24, 12, 12, 0.8, 40, 0.15),
        (48, 12, None, 0.6, 40, 0.15), (48, 12, None, 0.8, 40, 0.15), (48, 12, 12, 0.8, 200, 0.15),
        (48, 12, None, 0.8, 10, 0.15), (104, 26, None, 0.8, 40, 0.15),
    ],
)
def test_false_claims_where_nothing_happened(before, after, season, rho, level, log_sd):
    """One autoregression for everything claims 8, 11 and 16 % at rho .8 and a level of 40."""
    design = interrupted_design(before + after, before, season=season)
    series = 400 if before > 48 else 800
    found = interrupted_counts_many(
        counted(design, rho, series, 70 + before, level, log_sd), design)
    claims = np.mean(found.p_value < 0.05)
    assert claims <= 0.07 + 2 * np.sqrt(0.07 * 0.93 / series)
    assert np.mean((found.low <= 1) & (found.high >= 1)) >= 0.93 - 0.02


def test_power_is_not_bought_with_blindness():
    design = interrupted_design(60, 48)
    counts = counted(design, 0.3, 300, seed=81)
    thinned = np.random.default_rng(82).binomial(counts.astype(int), 0.6)
    fewer = np.where(design.after, thinned, counts)
    found = interrupted_counts_many(fewer, design)
    assert np.mean(found.p_value < 0.05) > 0.9
    assert np.exp(np.log(found.estimate).mean()) == pytest.approx(0.6, rel=0.03)


def test_large_counts_say_what_their_logarithms_say():
    """Among counts of hundreds of thousands counting noise is nothing; medians over 40 series."""
    design = interrupted_design(60, 48)
    counts = counted(design, 0.5, 40, seed=83, level=400_000.0, log_sd=0.1)
    own = interrupted_counts_many(counts, design)
    ratios = [
        np.log(high / low) / (other.high - other.low)
        for high, low, other in zip(
            own.high, own.low, (interrupted_series(np.log(row), design) for row in counts),
            strict=True)
    ]
    assert np.median(ratios) == pytest.approx(1.0, abs=0.1)


def test_an_exposure_is_divided_out_and_gaps_are_left_out():
    design = interrupted_design(60, 48)
    counts = counted(design, 0.3, 3, seed=84)
    counts[1, 30:33] = np.nan
    people = np.linspace(800, 2400, 60)
    doubled = interrupted_counts_many(counts, design, exposure=2 * people)
    plain = interrupted_counts_many(counts, design, exposure=people)
    np.testing.assert_allclose(doubled.estimate, plain.estimate, rtol=1e-7)
    assert plain.n.tolist() == [60, 57, 60]
    alone = interrupted_counts(counts[1], design, exposure=people)
    assert alone.p_value == pytest.approx(plain.p_value[1], rel=1e-6)


def test_no_answer_has_a_reason_and_the_others_are_fitted():
    design = interrupted_design(40, 30)
    rng = np.random.default_rng(44)
    counts = rng.poisson(30, (4, 40)).astype(float)
    counts[0] = rng.poisson(0.8, 40)
    counts[1, 30:] = np.nan
    counts[2, 30:] = 0
    found = interrupted_counts_many(counts, design)
    assert "counts a period" in found.reasons[0]
    assert "one side" in found.reasons[1]
    assert "does not settle" in found.reasons[2]
    assert found.reasons[3] is None and np.isfinite(found.estimate).tolist() == [False] * 3 + [True]
    assert "counts a period" in interrupted_counts(counts[0], design).reason
    with pytest.raises(ValueError, match="does not settle"):
        interrupted_counts(counts[2], design)


@pytest.mark.parametrize(
    ("counts", "exposure", "says"),
    [
        (-np.ones((2, 40)), None, "negative"),
        (np.ones((2, 39)), None, "39"),
        (np.ones((2, 40)), np.zeros(40), "exposure must be positive"),
    ],
)
def test_bad_counts_are_named(counts, exposure, says):
    with pytest.raises(ValueError, match=says):
        interrupted_counts_many(counts, interrupted_design(40, 30), exposure=exposure)
