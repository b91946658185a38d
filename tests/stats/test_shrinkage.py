"""Shrinking against DerSimonian & Laird's own numbers and by simulation of the winner's curse."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from toolkit.stats.shrinkage import shrunk


def test_mobile_providers_lose_their_apparent_leader(shared_data):
    rows = pd.read_csv(shared_data / "satisfaction/corp_rep_data.csv")
    by = rows[rows.cusa != -99].groupby("serviceprovider").cusa
    found = shrunk(by.mean(), by.std() / np.sqrt(by.count()))
    assert found.tau2 == pytest.approx(0.0315089, abs=5e-8)
    assert found.value == pytest.approx([5.3347, 5.5762, 5.5693, 5.3281], abs=5e-5)
    assert by.mean().to_numpy().argmax() == 2 and found.value.argmax() == 1


def test_tau_squared_agrees_with_statsmodels():
    from statsmodels.stats.meta_analysis import combine_effects

    x, v = np.array([0.1, 0.5, -0.2, 0.9]), np.array([0.02, 0.05, 0.01, 0.08])
    expected = combine_effects(x, v, method_re="dl")
    found = shrunk(x, np.sqrt(v))
    assert found.tau2 == pytest.approx(expected.tau2, rel=1e-12)
    assert found.centre == pytest.approx(expected.mean_effect_re, rel=1e-12)


def test_no_more_than_chance_leaves_one_value():
    found = shrunk([1.0, 1.01, 0.99], [1, 1, 1])
    assert found.tau2 == 0 and np.ptp(found.value) == 0


def test_the_first_of_many_is_not_believed_as_it_looks():
    rng = np.random.default_rng(1)
    raw, drawn = [], []
    for _ in range(400):
        truth = rng.normal(0, 1, 12)
        seen = truth + rng.normal(0, 1, 12)
        value = shrunk(seen, np.ones(12)).value
        raw.append(seen.max() - truth[seen.argmax()])
        drawn.append(value.max() - truth[value.argmax()])
    assert np.mean(raw) > 0.6 and abs(np.mean(drawn)) < 0.15


def test_errors_of_zero_are_refused():
    with pytest.raises(ValueError, match="above 0"):
        shrunk([1.0, 2], [1, 0])
