"""All pairs against R's TukeyHSD, pingouin's and scipy's results, and by simulation."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from toolkit.stats.means import MeanMoments
from toolkit.stats.pairwise import all_pairs, equal_means, hedges_g, letters
from toolkit.stats.studentized_range import range_critical, range_sf


def moments(values) -> MeanMoments:
    return MeanMoments(len(values), float(np.mean(values)), float(np.var(values, ddof=1)))


@pytest.fixture(scope="module")
def plants(shared_data):
    rows = pd.read_csv(shared_data / "satisfaction/oracle_PlantGrowth.csv")
    return {name: part.weight.to_numpy() for name, part in rows.groupby("group")}


def test_plant_growth_as_tukeyhsd_has_it(plants):
    # R: TukeyHSD(aov(weight ~ group, PlantGrowth))
    pairs = all_pairs([moments(v) for v in plants.values()], "tukey-kramer")
    last = pairs[2].comparison
    assert last.estimate == pytest.approx(0.865, abs=5e-7)
    assert (last.low, last.high) == pytest.approx((0.17378, 1.55622), abs=5e-6)
    assert last.p_value == pytest.approx(0.0120064, abs=5e-8)


def test_plant_growth_letters_as_multcompview_has_them(plants):
    samples = [moments(v) for v in plants.values()]
    differ = np.zeros((3, 3), dtype=bool)
    for pair in all_pairs(samples, "tukey-kramer"):
        differ[pair.first, pair.second] = differ[pair.second, pair.first] = (
            pair.comparison.p_value <= 0.05
        )
    order = np.argsort([s.mean for s in samples])
    assert dict(zip(plants, letters(differ, order), strict=True)) == {
        "ctrl": "ab", "trt1": "a", "trt2": "b",
    }


def test_mobile_providers_differ_overall_and_yet_no_pair_does(shared_data):
    rows = pd.read_csv(shared_data / "satisfaction/corp_rep_data.csv")
    rows = rows[rows.cusa != -99]
    samples = [moments(part.cusa) for _, part in rows.groupby("serviceprovider")]
    assert [s.mean for s in samples] == pytest.approx([5.292308, 5.614173, 5.651163, 5.162791], abs=5e-7)
    assert equal_means(samples, welch=False).p_value == pytest.approx(0.03407, abs=5e-6)
    assert min(p.comparison.p_value for p in all_pairs(samples, "tukey-kramer")) > 0.12


def test_games_howell_by_its_definition():
    # each pair by itself: studentized range of all k means, Welch's df (Games & Howell 1976)
    rng = np.random.default_rng(2)
    samples = [rng.normal(m, s, n) for m, s, n in ((0, 1, 12), (1, 3, 20), (0.4, 2, 9))]
    for pair in all_pairs([moments(s) for s in samples], "games-howell"):
        a, b = samples[pair.first], samples[pair.second]
        welch = stats.ttest_ind(b, a, equal_var=False)
        expected = stats.studentized_range.sf(abs(welch.statistic) * math.sqrt(2), 3, welch.df)
        assert pair.comparison.p_value == pytest.approx(expected, rel=1e-9)


def test_welch_anova_agrees_with_statsmodels():
    from statsmodels.stats.oneway import anova_oneway

    rng = np.random.default_rng(3)
    samples = [rng.normal(m, s, n) for m, s, n in ((0, 1, 12), (1, 3, 20), (0.4, 2, 9))]
    expected = anova_oneway(samples, use_var="unequal", welch_correction=True)
    found = equal_means([moments(s) for s in samples])
    assert found.statistic == pytest.approx(expected.statistic, rel=1e-10)
    assert found.p_value == pytest.approx(expected.pvalue, rel=1e-9)


@pytest.mark.parametrize(("q", "k", "df"), [(3.5, 3, 27), (2, 2, 5), (4.2, 10, 40), (0.5, 4, 10), (6, 20, 3)])
def test_studentized_range_agrees_with_scipy(q, k, df):
    assert range_sf(q, k, df) == pytest.approx(stats.studentized_range.sf(q, k, df), rel=1e-8)


def test_studentized_range_of_two_is_a_t_far_into_the_tail():
    assert range_sf(20, 2, 100) == pytest.approx(2 * stats.t.sf(20 / math.sqrt(2), 100), rel=1e-9)
    assert range_sf(30, 2) == pytest.approx(2 * stats.norm.sf(30 / math.sqrt(2)), rel=1e-9)
    assert 0 < range_sf(40, 3, 340) < 1e-80


def test_studentized_range_quantiles_of_the_printed_tables():
    # Pearson & Hartley, Biometrika Tables, table 29: upper 5 % points
    assert range_critical(0.05, 3, 20) == pytest.approx(3.58, abs=0.005)
    assert range_critical(0.05, 5, 10) == pytest.approx(4.65, abs=0.005)
    assert range_critical(0.05, 4) == pytest.approx(3.63, abs=0.005)


def test_letters_are_shared_exactly_where_nothing_differs():
    rng = np.random.default_rng(4)
    for _ in range(60):
        differ = np.triu(rng.random((7, 7)) < 0.4, 1)
        differ = differ | differ.T
        given = letters(differ)
        for a in range(7):
            for b in range(7):
                if a != b:
                    assert bool(set(given[a]) & set(given[b])) == (not differ[a, b])


def test_hedges_g_by_hand():
    # Borenstein et al. (2009), Introduction to Meta-Analysis, p. 27: d .5970, J .9962..., g .5924
    found = hedges_g(MeanMoments(50, 100, 5.5**2), MeanMoments(50, 103, 4.5**2))
    assert found.estimate == pytest.approx(0.5924, abs=5e-5)
    # p. 27: V(d) .0418, V(g) .0411
    assert found.se**2 == pytest.approx(0.0411, abs=5e-5)


def test_five_equal_groups_are_called_different_in_one_of_twenty():
    rng = np.random.default_rng(5)
    critical_wrong = 0
    runs = 200
    for _ in range(runs):
        samples = [moments(rng.normal(0, s, n)) for s, n in ((1, 40), (1, 60), (2, 40), (1, 90), (2, 50))]
        critical_wrong += any(p.comparison.p_value <= 0.05 for p in all_pairs(samples))
    assert critical_wrong / runs <= 0.05 + 0.04


def test_a_group_of_one_is_said_and_the_others_go_on():
    found = all_pairs([MeanMoments(10, 1, 1), MeanMoments(1, 2, math.nan), MeanMoments(10, 3, 1)])
    assert found[0].comparison.reason and found[1].comparison.defined
