"""Scores of answers, by hand and against the published net score."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from toolkit.stats.answer_scales import Scale, scored
from toolkit.stats.net_scores import NetCounts, interval


def test_index_top_two_and_effort_by_hand():
    five = Scale(1, 5)
    answers = [1, 3, 4, 5, np.nan]
    assert np.nanmean(scored(answers, five, "index")) == pytest.approx(100 * (3.25 - 1) / 4)
    assert np.nanmean(scored(answers, five, "top_two")) == pytest.approx(0.5)
    assert np.nanmean(scored(answers, five, "mean")) == pytest.approx(3.25)
    assert np.isnan(scored(answers, five, "top_two")[4])


def test_net_score_of_answers_is_the_counts(shared_data):
    answers = np.repeat([10, 9, 8, 6, 0], [40, 20, 25, 10, 5])
    assert scored(answers, Scale(0, 10), "net_score").mean() == NetCounts(60, 25, 15).value == 45
    # Rocks (2016): adjusted Wald
    found = interval(NetCounts(60, 25, 15))
    assert (found.low, found.high) == pytest.approx((29.3431, 58.0355), abs=5e-5)


def test_undeclared_missing_codes_are_named(shared_data):
    rows = pd.read_csv(shared_data / "satisfaction/acsi_2015_respondents.csv")
    assert rows.REPUR.mean() == pytest.approx(10.52, abs=5e-3)
    with pytest.raises(ValueError, match=r"98 \(\d+ times\), 99 \(\d+ times\)"):
        scored(rows.REPUR, Scale(1, 10), "index")
    clean = scored(rows.REPUR.where(rows.REPUR < 98), Scale(1, 10), "mean")
    assert np.nanmean(clean) == pytest.approx(7.795, abs=5e-4)


def test_no_answers_on_a_scale_spread_wider_than_bhatia_and_davis_allow():
    rng = np.random.default_rng(1)
    for _ in range(200):
        answers = rng.integers(1, 6, rng.integers(2, 30))
        assert answers.std() <= Scale(1, 5).widest_sd(answers.mean()) + 1e-12
    assert np.std([1, 5]) == Scale(1, 5).widest_sd(3)


def test_a_net_score_of_another_scale_is_refused():
    with pytest.raises(ValueError, match="0 to 10"):
        scored([1, 2], Scale(1, 10), "net_score")
