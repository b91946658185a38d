"""Rank intervals against Mogstad, Romano, Shaikh & Wilhelm (R csranks) and by simulation."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from toolkit.stats.ranks import rank_intervals

# csranks 1.2, PISA 2018 mathematics: marginal, simultaneous; one rank of slack for its bootstrap
PISA = {
    "Japan": ((1, 4), (1, 6)),
    "Korea": ((1, 6), (1, 7)),
    "Netherlands": ((1, 7), (1, 11)),
    "Poland": ((2, 11), (1, 12)),
    "Colombia": ((37, 38), (37, 38)),
}


@pytest.mark.parametrize("simultaneous", [False, True])
def test_pisa_as_csranks_has_it(shared_data, simultaneous):
    rows = pd.read_csv(shared_data / "satisfaction/oracle_pisa2018.csv")
    found = rank_intervals(rows.math_score, rows.math_se, simultaneous=simultaneous, seed=1)
    for name, both in PISA.items():
        at = list(rows.jurisdiction).index(next(j for j in rows.jurisdiction if name in j))
        low, high = both[int(simultaneous)]
        assert abs(found.low[at] - low) <= 1 and abs(found.high[at] - high) <= 1, name


def test_far_apart_each_has_its_rank_and_near_together_none():
    far = rank_intervals([10, 9, 5, 1], [0.1] * 4)
    assert far.low.tolist() == far.high.tolist() == [1, 2, 3, 4]
    near = rank_intervals([10, 9, 5, 1], [3] * 4)
    assert near.low.tolist() == [1] * 4 and near.high.tolist() == [4] * 4


def test_lower_is_better_turns_the_ranking():
    found = rank_intervals([10, 9, 5, 1], [0.1] * 4, better="lower")
    assert found.rank.tolist() == [4, 3, 2, 1] == found.low.tolist()


def test_two_companies_are_told_apart_as_a_z_test_tells_them():
    # with two there is one difference: 1.96 standard errors of it
    gap = 1.96 * np.sqrt(2)
    assert rank_intervals([gap * 1.03, 0], [1, 1], draws=40_000).high[0] == 1
    assert rank_intervals([gap * 0.97, 0], [1, 1], draws=40_000).high[0] == 2


def test_estimates_that_go_together_are_told_apart_sooner():
    together = np.full((2, 2), 0.95) + 0.05 * np.eye(2)
    assert rank_intervals([1.0, 0], together).high[0] == 1
    assert rank_intervals([1.0, 0], [1.0, 1.0]).high[0] == 2


def test_the_first_border_is_that_of_the_studentized_range():
    # all pairs of independent means with one known error: q(.95; k, inf) / root 2 (Tukey)
    for k in (3, 6, 12):
        found = rank_intervals([0.0] * k, [1.0] * k, draws=100_000)
        assert found.critical == pytest.approx(stats.studentized_range.isf(0.05, k, np.inf) / np.sqrt(2), abs=0.02)


def test_ranks_one_by_one_step_down_too():
    # six rivals far above: they leave the family, and one neighbour is told from the last alone
    x = [30.0] * 6 + [3.62, 0.0]
    found = rank_intervals(x, [1.0] * 8, simultaneous=False, draws=40_000)
    one_step = 3.62 / np.sqrt(2) < _border(x)
    assert one_step and found.low[7] == 8


def _border(x):
    """What one step would ask of the last one, against every other."""
    rng = np.random.default_rng(3)
    z = rng.standard_normal((40_000, len(x)))
    return np.quantile(np.abs((z[:, [-1]] - z[:, :-1]) / np.sqrt(2)).max(axis=1), 0.95)


def held(truth, runs, seed, **more):
    """How often all true ranks lie in their intervals; ties hold every rank they share."""
    truth = np.asarray(truth, dtype=float)
    best = 1 + (truth[None] > truth[:, None]).sum(axis=1)
    worst = len(truth) - (truth[None] < truth[:, None]).sum(axis=1)
    rng = np.random.default_rng(seed)
    hits = 0
    for run in range(runs):
        x = truth + rng.standard_normal(len(truth))
        found = rank_intervals(x, np.ones(len(truth)), draws=1000, seed=run, **more)
        hits += bool(((found.low <= best) & (found.high >= worst)).all())
    return hits / runs


def test_all_ranks_are_held_together_where_all_are_equal():
    assert abs(held([0] * 6, 1500, 5) - 0.95) < 0.02


def test_all_ranks_are_held_together_in_two_groups_far_apart():
    assert 0.93 < held([0, 0, 0, 9, 9, 9], 1000, 6)


def test_next_to_ties_only_wrong_directions_count():
    # no data tell a tie from .01 standard errors: what is an error of 5 % in two directions is one of
    # 2.5 % in the wrong one
    assert abs(held([0, 0.01], 3000, 7) - 0.975) < 0.01
    assert 0.96 < held([0, 0.01, 0.02, 0.03, 0.04], 1000, 7)


@pytest.mark.parametrize(
    ("x", "se", "words"),
    [([1.0], [1.0], "two or more"), ([1.0, np.nan], [1, 1], "finite"), ([1.0, 2], [0, 0], "does not vary")],
)
def test_what_cannot_be_ranked(x, se, words):
    with pytest.raises(ValueError, match=words):
        rank_intervals(x, se)
