"""Whether groups are made up alike, against scipy and a printed table."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from toolkit.stats.mixes import same_mix


def test_a_printed_table():
    """Agresti (2007), Introduction to Categorical Data Analysis, table 2.5: X2 30.07, df 2."""
    found = same_mix([[762, 327, 468], [484, 239, 477]])
    assert found.statistic == pytest.approx(30.07, abs=0.005) and found.df == 2


def test_as_scipy_without_its_correction():
    counts = np.random.default_rng(1).integers(5, 80, (3, 4))
    expected = stats.chi2_contingency(counts, correction=False)
    found = same_mix(counts)
    assert (found.statistic, found.df, found.p_value) == pytest.approx(
        (expected.statistic, expected.dof, expected.pvalue)
    )


def test_p_of_far_apart_groups_is_not_zero():
    assert 0 < same_mix([[5000, 0], [4000, 1000]]).p_value < 1e-100


def test_empty_kinds_and_groups_are_left_out():
    assert same_mix([[5, 0, 9], [7, 0, 3], [0, 0, 0]]).df == 1


@pytest.mark.parametrize("counts", [[[3, 4]], [[0, 0], [0, 0]], [[3, 0], [4, 0]]])
def test_nothing_to_compare_says_so(counts):
    found = same_mix(counts)
    assert np.isnan(found.p_value) and found.reason


@pytest.mark.parametrize("counts", [[1, 2], [[1, -2], [3, 4]], [[1, np.nan], [3, 4]]])
def test_counts_are_a_table_of_numbers(counts):
    with pytest.raises(ValueError):
        same_mix(counts)
