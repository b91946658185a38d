"""Shifted beta-geometric, against Fader & Hardie (2007, 2010), closed forms and planted truth."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import special

from toolkit.stats import shifted_beta_geometric as sbg

# Fader & Hardie (2007), table 1: of 1,000 customers, those left after 0, 1, 2 ... 12 years.
HIGH_END = [1000, 869, 743, 653, 593, 551, 517, 491, 468, 445, 427, 409, 394]
REGULAR = [1000, 631, 468, 382, 326, 289, 262, 241, 223, 207, 194, 183, 173]


@pytest.mark.parametrize(
    ("left", "shape", "likelihood", "last"),
    [(HIGH_END, (0.668, 3.806), -1611.2, 37.8), (REGULAR, (0.704, 1.182), -1680.3, 17.0)],
    ids=["high end", "regular"],
)
def test_the_papers_two_segments(left, shape, likelihood, last):
    # Fader & Hardie (2007), appendix B: fitted on years 1 to 7
    found = sbg.fit(sbg.of_survivors(left[:8]))
    assert found.values == pytest.approx(shape, abs=5e-4)
    assert found.log_likelihood == pytest.approx(likelihood, abs=0.05)
    assert 100 * sbg.survival(found.logs, [12])[0] == pytest.approx(last, abs=0.05)
    assert found.converged and found.agreed == 3


@pytest.mark.parametrize(("left", "off"), [(HIGH_END, 0.02), (REGULAR, 0.01)], ids=["high end", "regular"])
def test_years_that_were_not_fitted_are_foretold(left, off):
    found = sbg.fit(sbg.of_survivors(left[:8]))
    assert sbg.survival(found.logs, np.arange(8, 13)) == pytest.approx(np.array(left[8:]) / 1000, abs=off)


def test_cohorts_of_several_ages_are_one_when_counted_by_renewal():
    old, young = sbg.of_survivors(HIGH_END[:8]), sbg.of_survivors(REGULAR[:5])
    missing = np.zeros(3)
    both = sbg.renewals(
        old.term, old.at_risk + np.append(young.at_risk, missing), old.kept + np.append(young.kept, missing)
    )
    for shape in ((0.668, 3.806), (2.0, 1.0)):
        apart = sbg.log_likelihood(old, *shape) + sbg.log_likelihood(young, *shape)
        assert sbg.log_likelihood(both, *shape) == pytest.approx(apart)


@pytest.mark.parametrize("renewed", [0, 1, 6])
@pytest.mark.parametrize("discount", [0.05, 0.1, 0.5])
def test_discounted_renewals_are_the_papers_closed_form(renewed, discount):
    # Fader & Hardie (2010): DERL of a customer in period n = renewed + 1, stated at its next decision
    alpha, beta, n = 3.8, 15.2, renewed + 1
    derl = (beta + n - 1) / (alpha + beta + n - 1) * special.hyp2f1(1, beta + n, alpha + beta + n, 1 / (1 + discount))
    logs = np.log([alpha, beta])
    assert (1 + discount) * sbg.discounted_renewals(logs, renewed, discount) == pytest.approx(derl, rel=1e-9)
    assert sbg.discounted_renewals(logs, renewed, discount, 3) == pytest.approx(
        float((sbg.survival(logs, [1, 2, 3], renewed) / (1 + discount) ** np.array([1, 2, 3])).sum())
    )


def test_without_differences_it_is_the_margin_multiple():
    # all alike, retention .8: r / (1 + d - r)
    logs = np.log([0.2e5, 0.8e5])
    assert sbg.discounted_renewals(logs, 0, 0.1) == pytest.approx(0.8 / (1.1 - 0.8), rel=1e-3)


def test_differences_make_old_customers_worth_more_than_new():
    # Fader & Hardie (2010): both cases start at a retention of .8; the more customers differ, the more
    # those who stay are worth
    alike, unlike = np.log([3.8, 15.2]), np.log([0.067, 0.267])
    assert sbg.retention(alike, [1])[0] == pytest.approx(0.8, abs=1e-3)
    assert sbg.retention(unlike, [1])[0] == pytest.approx(0.8, abs=1e-3)
    assert sbg.discounted_renewals(unlike, 3, 0.1) > sbg.discounted_renewals(alike, 3, 0.1)


def test_mean_number_of_terms():
    assert sbg.expected_terms(np.log([3.0, 6.0])) == pytest.approx(
        float(sbg.survival(np.log([3.0, 6.0]), np.arange(0, 400_000)).sum()), rel=1e-3
    )
    assert math.isinf(sbg.expected_terms(np.log([0.668, 3.806])))
    with pytest.raises(ValueError, match="no finite number"):
        sbg.discounted_renewals(np.log([0.668, 3.806]), 0, 0.0)


def test_the_planted_value_lies_in_its_interval_as_often_as_it_says():
    rng = np.random.default_rng(31)
    truth = np.log([1.2, 3.0])
    wanted, held, runs = sbg.discounted_renewals(truth, 0, 0.1, 20), 0, 400
    for _ in range(runs):
        leave = rng.beta(1.2, 3.0, 600)
        terms = rng.geometric(leave)
        left = [int((terms > t).sum()) for t in range(7)]
        found = sbg.fit(sbg.of_survivors(left))
        value = found.of(lambda logs: sbg.discounted_renewals(logs, 0, 0.1, 20))
        held += value.low <= wanted <= value.high
    assert 0.92 <= held / runs <= 0.98


def test_where_the_data_cannot_tell_it_says_so():
    assert "nobody has left" in sbg.fit(sbg.of_survivors([50, 50, 50])).reason
    assert "everybody left" in sbg.fit(sbg.renewals([1, 2], [50, 0], [0, 0])).reason
    assert "two terms" in sbg.fit(sbg.of_survivors([50, 40])).reason
    assert "no term" in sbg.fit(sbg.renewals([], [], [])).reason
    # a cohort of one
    assert sbg.fit(sbg.of_survivors([1, 1, 0])).reason


def test_alike_customers_are_geometric():
    # exactly 80 % renew each time: one rate for all, and its binomial error
    found = sbg.fit(sbg.renewals([1, 2, 3, 4], [10000, 8000, 6400, 5120], [8000, 6400, 5120, 4096]))
    assert found.edge == "customers are not seen to differ" and found.converged
    assert not found.interval("alpha").defined
    assert sbg.survival(found.logs, [1, 5]) == pytest.approx([0.8, 0.8**5], rel=1e-4)
    worth = found.of(lambda logs: sbg.discounted_renewals(logs, 0, 0.1))
    assert worth.estimate == pytest.approx(0.8 / (1.1 - 0.8), rel=1e-4)


@pytest.mark.parametrize(
    ("at_risk", "kept"),
    [([10000, 8000, 6400, 5120], [8000, 6400, 5120, 4096]), ([300, 241, 190, 152], [241, 190, 152, 125])],
    ids=["alike", "nearly alike"],
)
def test_the_interval_is_every_value_that_a_grid_of_parameters_allows(at_risk, kept):
    """All (mean chance to leave, how much customers differ) whose binomial log-likelihood is 1.92 below the top."""
    data = sbg.renewals([1, 2, 3, 4], at_risk, kept)
    share = 1 - sum(kept) / sum(at_risk)
    width = 6 * math.sqrt(share * (1 - share) / sum(at_risk))
    leave = np.linspace(share - width, share + 2 * width, 801)[:, None]
    differ = np.linspace(0, 0.25, 2001)[None, :]
    stay = [(1 - leave + differ * t) / (1 + differ * t) for t in range(4)]
    likelihood = sum(k * np.log(r) + (n - k) * np.log(1 - r) for r, n, k in zip(stay, at_risk, kept, strict=True))
    allowed = likelihood >= likelihood.max() - 3.841459 / 2
    assert not allowed[[0, -1]].any() and not allowed[:, -1].any()
    for renewed in (0, 3, 7):
        third = (1 - leave + differ * renewed) / (1 + differ * renewed)
        found = sbg.fit(data).of(lambda logs, m=renewed: float(sbg.retention(logs, [m + 1])[0]))
        reach = (third[allowed].max() - third[allowed].min()) / 100
        assert found.low == pytest.approx(third[allowed].min(), abs=reach)
        assert found.high == pytest.approx(third[allowed].max(), abs=reach)


def test_a_parameter_that_may_have_run_away_is_open_above():
    nearly = sbg.fit(sbg.renewals([1, 2, 3, 4], [300, 241, 190, 152], [241, 190, 152, 125]))
    assert nearly.edge is None and nearly.interval("beta").high == math.inf
    unlike = sbg.fit(sbg.of_survivors(HIGH_END[:8])).interval("alpha")
    assert unlike.low < 0.668 < unlike.high < 1


def test_nearly_alike_customers_are_valued_as_surely_as_it_says():
    """An interval from the curvature at the top holds 79 % here, and one sample in four is at the edge."""
    rng = np.random.default_rng(32)
    wanted, held, edges, runs = sbg.discounted_renewals(np.log([8.0, 32.0]), 7, 0.1, 10), 0, 0, 400
    for _ in range(runs):
        terms = rng.geometric(rng.beta(8.0, 32.0, 300))
        found = sbg.fit(sbg.of_survivors([int((terms > t).sum()) for t in range(8)]))
        value = found.of(lambda logs: sbg.discounted_renewals(logs, 7, 0.1, 10))
        held, edges = held + (value.low <= wanted <= value.high), edges + (found.edge is not None)
    assert 0.93 <= held / runs <= 0.99
    assert 0.1 < edges / runs < 0.4


def test_counts_that_cannot_be_are_refused():
    with pytest.raises(ValueError, match="between 0 and"):
        sbg.renewals([1], [5], [6])
    with pytest.raises(ValueError, match="1, 2, 3"):
        sbg.renewals([0], [5], [3])
    with pytest.raises(ValueError, match="once"):
        sbg.renewals([1, 1], [5, 5], [3, 3])
