"""Cohen's kappa against a published table and statsmodels."""

from __future__ import annotations

import pytest
from statsmodels.stats.inter_rater import cohens_kappa

from toolkit.stats.agreement import kappa

# Fleiss, Cohen & Everitt (1969) and Fleiss, Levin & Paik (2003), table 18.1: two raters, 100 subjects
FLEISS = [[75, 1, 4], [5, 4, 1], [0, 0, 10]]


def test_the_published_table():
    found = kappa(FLEISS)
    assert found.estimate == pytest.approx(0.68, abs=5e-3)
    assert found.se == pytest.approx(0.087, abs=1e-3)


@pytest.mark.parametrize("table", [FLEISS, [[20, 5], [10, 15]], [[44, 7], [3, 91]]])
def test_statsmodels_says_the_same(table):
    found, other = kappa(table), cohens_kappa(table)
    assert found.estimate == pytest.approx(other.kappa, rel=1e-12)
    assert found.se == pytest.approx(other.std_kappa, rel=1e-9)


def test_complete_agreement_and_none_to_judge():
    assert kappa([[5, 0], [0, 7]]).estimate == 1.0
    assert kappa([[0, 0], [0, 0]]).reason == "nothing was judged by both"
    assert kappa([[9, 0], [0, 0]]).reason == "both always said the same one thing"


def test_nonsense_is_refused():
    with pytest.raises(ValueError):
        kappa([[1, 2, 3], [4, 5, 6]])
