"""Strata, against metafor, closed forms, Simpson's case of the book and simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from toolkit.stats import means, shares, stratified
from toolkit.stats.means import MeanMoments
from toolkit.stats.shares import Share

# Colditz et al. (1994), BCG vaccine trials: vaccinated ill, well, not vaccinated ill, well
# (dat.bcg of R's metafor).
BCG = [
    (4, 119, 11, 128), (6, 300, 29, 274), (3, 228, 11, 209), (62, 13536, 248, 12619),
    (33, 5036, 47, 5761), (180, 1361, 372, 1079), (8, 2537, 10, 619), (505, 87886, 499, 87892),
    (29, 7470, 45, 7232), (17, 1699, 65, 1600), (186, 50448, 141, 27197), (5, 2493, 3, 2338),
    (27, 16886, 29, 17825),
]  # fmt: skip
VACCINATED = [Share(a, a + b) for a, b, _, _ in BCG]
OTHERS = [Share(c, c + d) for _, _, c, d in BCG]
# Kohavi, Tang & Xu (2020), table 3.1: Friday and Saturday of a ramp-up.
DAYS = [Share(20000, 990000), Share(5000, 500000)], [Share(230, 10000), Share(6000, 500000)]


def moments(values):
    return MeanMoments(len(values), float(np.mean(values)), float(np.var(values, ddof=1)))


def test_simpson_of_the_book():
    control, treatment = DAYS
    ratio = stratified.mantel_haenszel_relative(control, treatment)
    assert 1 + ratio.estimate == pytest.approx(1.1954444, abs=5e-8)
    pooled = [Share(sum(s.count for s in arm), sum(s.n for s in arm)) for arm in DAYS]
    assert [round(100 * s.value, 3) for s in pooled] == [1.678, 1.222]
    found = stratified.reversal(
        shares.difference(*pooled).estimate,
        [shares.difference(c, t).estimate for c, t in zip(*DAYS, strict=True)],
        stratified.mantel_haenszel_difference(*DAYS).estimate,
    )
    assert found.kind == "every segment" and found.reversed


def test_metafor_risk_ratio():
    # metafor, test_misc_metan_vs_rma.mh_with_dat.bcg.r: rma.mh(measure = "RR").
    found = stratified.mantel_haenszel_relative(OTHERS, VACCINATED)
    assert math.log1p(found.estimate) == pytest.approx(-0.4537, abs=5e-5)
    assert found.statistic == pytest.approx(-11.5338, abs=5e-5)
    assert (1 + found.low, 1 + found.high) == pytest.approx((0.5881, 0.6862), abs=5e-5)


def test_metafor_risk_difference():
    # The same file, rma.mh(measure = "RD").
    found = stratified.mantel_haenszel_difference(OTHERS, VACCINATED)
    assert found.estimate == pytest.approx(-0.0033, abs=5e-5)
    assert found.statistic == pytest.approx(-11.4708, abs=5e-5)
    assert (found.low, found.high) == pytest.approx((-0.0039, -0.0027), abs=5e-5)


def test_metafor_heterogeneity():
    # metafor, test_misc_metan_vs_rma.uni_with_dat.bcg.r: rma(measure = "RR", method = "EE"):
    # Q 152.23 on 12, estimate -.4303; I squared of DerSimonian-Laird 92.1 %.
    made = [shares.relative(c, t, method="log") for c, t in zip(OTHERS, VACCINATED, strict=True)]
    found = stratified.interaction(
        [math.log1p(m.estimate) for m in made], [m.se / (1 + m.estimate) for m in made]
    )
    assert (found.statistic, found.df) == (pytest.approx(152.23, abs=5e-3), 12)
    assert found.common == pytest.approx(-0.4303, abs=5e-5)
    assert found.inconsistency == pytest.approx(0.921, abs=5e-4)
    assert 0 < found.p_value < 1e-20


def test_one_stratum_is_the_plain_comparison():
    c, t = Share(19, 53), Share(13, 47)
    ratio = stratified.mantel_haenszel_relative([c], [t])
    plain = shares.relative(c, t, method="log")
    assert (ratio.low, ratio.high) == pytest.approx((plain.low, plain.high))
    difference = stratified.mantel_haenszel_difference([c], [t])
    assert difference.estimate == pytest.approx(t.value - c.value)
    assert difference.se == pytest.approx(math.hypot(c.se, t.se))


def test_two_segments_are_the_square_of_a_z():
    found = stratified.interaction([1.0, 3.0], [0.5, 0.8])
    z = 2 / math.hypot(0.5, 0.8)
    assert found.statistic == pytest.approx(z**2)
    assert found.p_value == pytest.approx(2 * stats.norm.sf(z))


def test_interaction_leaves_out_what_has_no_error_and_says_how_many():
    found = stratified.interaction([1.0, 2.0, math.nan, 4.0], [1.0, 1.0, 1.0, 0.0])
    assert (found.left_out, found.df) == (2, 1)
    alone = stratified.interaction([1.0, math.nan], [1.0, 1.0])
    assert "fewer than two" in alone.reason and math.isnan(alone.p_value)
    assert stratified.interaction([2.0, 2.0], [1.0, 1.0]).p_value == 1.0
    with pytest.raises(ValueError, match="negative"):
        stratified.interaction([1.0, 2.0], [1.0, -1.0])
    with pytest.raises(ValueError, match="row"):
        stratified.interaction([1.0, 2.0], [1.0])


def test_post_stratified_means_by_hand():
    control = [MeanMoments(10, 1.0, 4.0), MeanMoments(30, 5.0, 9.0)]
    treatment = [MeanMoments(30, 2.0, 4.0), MeanMoments(10, 6.0, 9.0)]
    found = stratified.post_stratify(control, treatment)
    assert found.weights == (0.5, 0.5)
    difference = means.difference(found.control, found.treatment)
    # Better by 1 in both strata, though the plain means are 4 and 3.
    assert difference.estimate == pytest.approx(1.0)
    assert difference.se == pytest.approx(
        math.sqrt(0.25 * (4 / 10 + 9 / 30 + 4 / 30 + 9 / 10))
    )
    # Satterthwaite over the four cells.
    parts = np.array([4 / 10, 9 / 30, 4 / 30, 9 / 10])
    want = parts.sum() ** 2 / (parts**2 / np.array([9, 29, 29, 9])).sum()
    assert difference.df == pytest.approx(want)
    outer = stratified.post_stratify(control, treatment, [3, 1])
    assert outer.control.mean == pytest.approx(2.0)


def test_one_stratum_of_means_is_welch():
    a, b = MeanMoments(20, 1.0, 2.0), MeanMoments(30, 2.0, 5.0)
    found = stratified.post_stratify([a], [b])
    got, want = means.difference(found.control, found.treatment), means.difference(a, b)
    assert (got.low, got.high, got.df) == pytest.approx((want.low, want.high, want.df))
    assert found.variance_saved == pytest.approx(0.0, abs=1e-12)


def test_variance_saved_is_what_lies_between_strata():
    rng = np.random.default_rng(18)
    level = rng.integers(0, 4, 40_000)
    values = level * 2.0 + rng.normal(size=40_000)
    inside = rng.random(40_000) < 0.5
    arms = [
        [moments(values[(level == k) & (inside == side)]) for k in range(4)]
        for side in (False, True)
    ]
    # Within 1, between 4 x 1.25 = 5: five sixths go away.
    assert stratified.post_stratify(*arms).variance_saved == pytest.approx(5 / 6, abs=0.01)


def test_strata_that_do_not_fit():
    full, thin = MeanMoments(9, 1.0, 1.0), MeanMoments(1, 1.0, math.nan)
    with pytest.raises(ValueError, match="stratum 1 has 9 and 1"):
        stratified.post_stratify([full, full], [full, thin])
    with pytest.raises(ValueError, match="same strata"):
        stratified.post_stratify([full], [full, full])
    with pytest.raises(ValueError, match="weights"):
        stratified.post_stratify([full], [full], [-1])
    with pytest.raises(ValueError, match="strata"):
        stratified.mantel_haenszel_relative([Share(1, 2)], [])


def test_empty_and_one_sided_strata():
    empty, some, none = Share(0, 0), Share(3, 9), Share(0, 9)
    assert "no stratum" in stratified.mantel_haenszel_difference([empty], [some]).reason
    assert "control" in stratified.mantel_haenszel_relative([none], [some]).reason
    assert "logarithm" in stratified.mantel_haenszel_relative([some], [none]).reason
    every = Share(9, 9)
    assert "nothing varies" in stratified.mantel_haenszel_relative([every], [every]).reason
    both = stratified.mantel_haenszel_difference([empty, some], [some, every])
    assert both.estimate == pytest.approx(6 / 9)


def test_reversal_kinds():
    assert stratified.reversal(1.0, [0.5, 0.2], 0.4).kind == "none"
    assert stratified.reversal(-1.0, [0.5, -0.2, math.nan], 0.4).kind == "adjusted"
    assert stratified.reversal(-1.0, [0.5, math.nan], 0.4).kind == "every segment"
    assert not stratified.reversal(0.0, [0.5], 0.4).reversed
    assert not stratified.reversal(-1.0, [], 0.4).reversed


def test_mantel_haenszel_holds_its_level_in_sparse_strata():
    rng = np.random.default_rng(19)
    runs, truth, held = 1500, 0.5, 0
    base = rng.uniform(0.1, 0.4, 40)
    for _ in range(runs):
        control = [Share(int(x), 12) for x in rng.binomial(12, base)]
        treatment = [Share(int(x), 10) for x in rng.binomial(10, base * (1 + truth))]
        found = stratified.mantel_haenszel_relative(control, treatment)
        held += found.low <= truth <= found.high
    assert held / runs == pytest.approx(0.95, abs=0.018)
