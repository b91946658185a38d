"""Driver shares against R's relaimpo, brute force, and seminr's HTMT."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pandas as pd
import pytest

from toolkit.stats.drivers import correlations, driver_shares, htmt, inflation, lmg

SWISS = ["Agriculture", "Examination", "Education", "Catholic", "Infant.Mortality"]


def r2(x, y, chosen, w):
    if not chosen:
        return 0.0
    design = np.column_stack([np.ones(len(y)), x[:, list(chosen)]]) * np.sqrt(w)[:, None]
    target = y * np.sqrt(w)
    left = target - design @ np.linalg.lstsq(design, target, rcond=None)[0]
    return 1 - left @ left / (w @ (y - np.average(y, weights=w)) ** 2)


def test_swiss_as_relaimpo_has_it(shared_data):
    # R relaimpo: calc.relimp(swiss, type = "lmg"), proportion of variance explained 70.67 %
    rows = pd.read_csv(shared_data / "satisfaction/oracle_swiss.csv")
    found = driver_shares(rows[SWISS], rows.Fertility, draws=0)
    assert found.r2 == pytest.approx(0.7067, abs=5e-5)
    printed = [0.05709122, 0.17117303, 0.26013468, 0.10557015, 0.11276592]
    assert found.part == pytest.approx(printed, abs=5e-9)


def test_every_order_by_brute_force_with_weights():
    rng = np.random.default_rng(1)
    x = rng.normal(size=(60, 4)) + rng.normal(size=(60, 1))
    y, w = x @ [1, 0.5, 0, -0.3] + rng.normal(size=60), rng.uniform(0.3, 3, 60)
    expected = np.zeros(4)
    for order in permutations(range(4)):
        for i, j in enumerate(order):
            expected[j] += r2(x, y, order[: i + 1], w) - r2(x, y, order[:i], w)
    found = driver_shares(x, y, weights=w, draws=0)
    assert found.part == pytest.approx(expected / 24, rel=1e-9)


def test_an_attribute_said_twice_shares_its_part():
    rng = np.random.default_rng(2)
    x = rng.normal(size=(200, 2))
    y = x[:, 0] + rng.normal(size=200)
    doubled = np.column_stack([x[:, 0], x[:, 0], x[:, 1]])
    one = driver_shares(x, y, draws=0).part
    two = driver_shares(doubled, y, draws=0).part
    assert two[0] == pytest.approx(two[1]) and two[:2].sum() == pytest.approx(one[0], rel=0.02)
    assert np.isinf(inflation(correlations(doubled))[:2]).all()


def test_bootstrap_intervals_cover_the_true_shares():
    # independent attributes: the share is slope^2 over the sum of slopes^2
    rng = np.random.default_rng(3)
    slopes = np.array([0.8, 0.5, 0.3])
    truth = slopes**2 / (slopes**2).sum()
    hits = 0
    for run in range(150):
        x = rng.normal(size=(300, 3))
        found = driver_shares(x, x @ slopes + rng.normal(size=300), draws=200, seed=run)
        hits += ((found.low <= truth) & (truth <= found.high)).mean()
    assert 0.89 < hits / 150 <= 0.99


def test_clusters_drawn_again_widen_the_intervals():
    rng = np.random.default_rng(4)
    cluster = np.repeat(np.arange(30), 20)
    x = rng.normal(size=(30, 2))[cluster] + 0.3 * rng.normal(size=(600, 2))
    y = x[:, 0] + rng.normal(size=30)[cluster] + rng.normal(size=600)
    alone = driver_shares(x, y, draws=300)
    together = driver_shares(x, y, clusters=cluster, draws=300)
    assert (together.high - together.low > 1.5 * (alone.high - alone.low)).all()


def test_htmt_as_the_workbook_has_it(shared_data):
    # Hair et al. (2021), PLS-SEM Using R, table 4.5 (seminr, mean replacement)
    rows = pd.read_csv(shared_data / "satisfaction/corp_rep_data.csv").replace(-99, np.nan)
    items = {"COMP": ["comp_1", "comp_2", "comp_3"], "LIKE": ["like_1", "like_2", "like_3"],
             "CUSA": ["cusa"], "CUSL": ["cusl_1", "cusl_2", "cusl_3"]}
    columns = [c for group in items.values() for c in group]
    data = rows[columns].fillna(rows[columns].mean())
    places = {name: [columns.index(c) for c in group] for name, group in items.items()}
    found = htmt(correlations(data), places)
    printed = {("COMP", "LIKE"): 0.780, ("COMP", "CUSA"): 0.465, ("LIKE", "CUSA"): 0.577,
               ("COMP", "CUSL"): 0.532, ("LIKE", "CUSL"): 0.737, ("CUSA", "CUSL"): 0.755}
    assert {k: round(v, 3) for k, v in found.items()} == printed


def test_inflation_of_two_is_one_by_one_less_r_squared():
    assert inflation([[1, 0.6], [0.6, 1]]) == pytest.approx([1 / 0.64] * 2)


def test_an_attribute_with_one_value_is_named():
    with pytest.raises(ValueError, match="one value only: number 2"):
        driver_shares([[1, 3], [2, 3], [4, 3], [5, 3]], [1, 2, 3, 4])


def test_too_many_attributes_are_refused():
    with pytest.raises(ValueError, match="at most 16"):
        lmg(np.eye(18))
