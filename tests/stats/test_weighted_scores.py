from __future__ import annotations

import math

import numpy as np
import pytest

from toolkit.stats.weighted_scores import first_share, totals, turns

SCORES = np.array([[7.0, 9, 5], [9, 5, 7]])
WEIGHTS = [0.3, 0.5, 0.2]


def test_totals_are_weighted_means_whatever_the_weights_sum_to():
    # 2.1 + 4.5 + 1 and 2.7 + 2.5 + 1.4, by hand
    assert totals(SCORES, WEIGHTS) == pytest.approx([7.6, 6.6])
    assert totals(SCORES, [3, 5, 2]) == pytest.approx([7.6, 6.6])


def test_at_the_turning_weight_both_totals_are_alike_and_beyond_it_the_other_is_first():
    for j, turn in enumerate(turns(SCORES, WEIGHTS)):
        others = np.array(WEIGHTS, float)
        others[j] = 0
        others /= others.sum()
        moved = (1 - turn.turns_at) * others
        moved[j] = turn.turns_at
        assert np.ptp(totals(SCORES, moved)) == pytest.approx(0, abs=1e-12)
        step = turn.turns_at + 0.01 * np.sign(turn.turns_at - turn.weight)
        beyond = (1 - step) * others
        beyond[j] = step
        assert int(np.argmax(totals(SCORES, beyond))) == turn.to == 1


def test_a_choice_that_is_best_on_everything_never_turns():
    found = turns([[5, 5], [4, 3]], [0.5, 0.5])
    assert all(math.isnan(t.turns_at) and t.room == math.inf and t.to == -1 for t in found)


def test_first_share_of_two_criteria_in_closed_form():
    # with weights (w, 1 - w), w even on 0 to 1: the first choice leads where 3w > 1 - w, w > 1/4
    assert first_share([[3.0, 0], [0, 1]], 200_000, seed=1) == pytest.approx([0.75, 0.25], abs=0.005)


def test_weights_that_are_none_are_refused():
    for weights in ([0, 0, 0], [1, -1, 1], [1, 1]):
        with pytest.raises(ValueError):
            totals(SCORES, weights)
