"""Which of very many means lie below zero: against other packages, and few false ones in simulation."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests

from toolkit.stats.below_zero import below_zero


def test_p_and_interval_are_those_of_student():
    rows = np.random.default_rng(1).normal(-1, 2, (5, 9))
    found = below_zero(rows.mean(axis=1), rows.var(axis=1, ddof=1), np.full(5, 9))
    for i, row in enumerate(rows):
        test = stats.ttest_1samp(row, 0, alternative="less")
        ends = stats.ttest_1samp(row, 0).confidence_interval(0.90)
        if row.mean() < 0:
            assert found.p[i] == pytest.approx(test.pvalue, rel=1e-12)
        else:
            assert np.isnan(found.p[i])
        assert (found.low[i], found.high[i]) == pytest.approx(ends, rel=1e-12)


def test_q_is_benjamini_hochberg_of_the_conditional_p_times_the_share_of_true_ones():
    rng = np.random.default_rng(2)
    means = np.concatenate([rng.normal(-3, 1, 40), rng.normal(0.5, 1, 200)])
    found = below_zero(means, np.full(240, 10.0), np.full(240, 10))
    below = means < 0
    given = 2 * stats.t.cdf(means[below] / 1.0, 9)
    hochberg = multipletests(given, method="fdr_bh")[1]
    true = min(1.0, (1 + (given > 0.5).sum()) / (below.sum() * 0.5))
    assert found.true_share == pytest.approx(true)
    raw = given * below.sum() / stats.rankdata(given) * true
    order = np.argsort(given)
    assert (found.q[below][order] <= raw[order] + 1e-12).all()
    unclipped = hochberg < 1
    assert found.q[below][unclipped] == pytest.approx(hochberg[unclipped] * true)


def test_estimates_above_zero_change_nothing():
    means, variances, counts = np.array([-5.0, -1.0, -0.1]), np.full(3, 4.0), np.full(3, 16)
    alone = below_zero(means, variances, counts)
    more = below_zero([*means, 3.0, 8.0], [*variances, 1.0, 1.0], [*counts, 9, 9])
    assert list(more.named[:3]) == list(alone.named)
    assert more.q[:3] == pytest.approx(alone.q)
    assert not more.named[3:].any()


@pytest.mark.parametrize("at_zero", [0.05, 0.5])
def test_at_most_five_percent_of_the_named_are_not_below_zero(at_zero):
    """Months of skewed costs under a steady margin: most customers far above 0, some exactly at 0."""
    rng = np.random.default_rng(3)
    false = []
    for _ in range(80):
        m, n = 3000, 24
        margin = np.where(rng.random(m) < at_zero, 0.0, 15.0)
        costly = rng.random(m) < 0.02
        margin[costly] = -12.0
        # each month: a few costs of 20, gamma, with mean 20 a month on every customer
        cost = rng.poisson(1.0, (m, n)) * rng.gamma(2.0, 10.0, (m, n))
        net = margin[:, None] + 20.0 - cost
        found = below_zero(net.mean(axis=1), net.var(axis=1, ddof=1), np.full(m, n))
        if found.named.sum():
            false.append((found.named & ~costly).sum() / found.named.sum())
        else:
            false.append(0.0)
    assert np.mean(false) <= 0.05


def test_costly_ones_are_found():
    rng = np.random.default_rng(4)
    mean = np.where(np.arange(2000) < 60, -30.0, 20.0)
    net = rng.normal(mean[:, None], 50, (2000, 24))
    found = below_zero(net.mean(axis=1), net.var(axis=1, ddof=1), np.full(2000, 24))
    assert found.named[:60].mean() > 0.6
    assert (found.high[found.named] < 0).all()


def test_steady_loss_is_a_loss_and_nothing_is_nothing():
    found = below_zero([-2.0, 2.0], [0.0, 0.0], [12, 12])
    assert list(found.named) == [True, False]
    empty = below_zero([], [], [])
    assert empty.looked_at == 0 and np.isnan(empty.true_share)


@pytest.mark.parametrize(
    ("means", "variances", "counts", "said"),
    [
        ([1.0], [1.0, 2.0], [3], "one length"),
        ([np.nan], [1.0], [3], "must not be missing"),
        ([1.0], [-1.0], [3], "0 or more"),
        ([1.0], [1.0], [1], "two observations"),
    ],
)
def test_what_cannot_be_is_refused(means, variances, counts, said):
    with pytest.raises(ValueError, match=said):
        below_zero(means, variances, counts)
