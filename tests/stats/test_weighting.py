"""Raking and standardising against R's survey, known optima and hand computations."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import optimize

from toolkit.stats.weighting import CannotBeWeighted, post_stratified, rake, standardised


@pytest.fixture(scope="module")
def clustered(shared_data):
    return pd.read_csv(shared_data / "satisfaction/oracle_apiclus1.csv")


def margins_of(rows):
    # ?rake of R's survey: pop.types and pop.schwide
    return {
        "stype": (rows.stype, {"E": 4421, "H": 755, "M": 1018}),
        "sch.wide": (rows["sch.wide"], {"No": 1072, "Yes": 5122}),
    }


def test_raked_to_the_margins_of_r_survey(clustered):
    made = rake(clustered.pw, margins_of(clustered))
    share = pd.Series(made.weights).groupby(clustered.stype).sum() / made.weights.sum()
    assert share["H"] == pytest.approx(755 / 6194, abs=1e-9)
    assert made.gap <= 1e-9
    # svymean(~api00, rake(dclus1, ...)) of the same example prints 641.23
    assert np.average(clustered.api00, weights=made.weights) == pytest.approx(641.23, abs=5e-3)


def test_raked_weights_are_products_of_factors(clustered):
    made = rake(clustered.pw, margins_of(clustered))
    ratio = np.log(made.weights / clustered.pw.to_numpy())
    x = np.column_stack([pd.get_dummies(clustered.stype), pd.get_dummies(clustered["sch.wide"])])
    fitted = x @ np.linalg.lstsq(x.astype(float), ratio, rcond=None)[0]
    assert np.abs(fitted - ratio).max() < 1e-9


def test_bounded_weights_are_the_nearest_that_meet_the_margins():
    rng = np.random.default_rng(1)
    start = rng.uniform(0.5, 2, 40)
    a, b = rng.integers(0, 2, 40), rng.integers(0, 3, 40)
    targets = {"a": (a, {0: 0.62, 1: 0.38}), "b": (b, {0: 0.25, 1: 0.35, 2: 0.4})}
    made = rake(start, targets, most=2.0, least=0.3, tolerance=1e-11)
    mean = start.mean()
    assert made.weights.max() <= 2.0 * mean + 1e-12 and made.weights.min() >= 0.3 * mean - 1e-12
    assert made.trimmed > 0

    # an independent optimiser of the same discrimination information
    def distance(w):
        return float(np.sum(w * np.log(w / start) - w + start))

    total = start.sum()
    rules = [
        {"type": "eq", "fun": lambda w, r=(code == level), s=share: w[r].sum() - s * total}
        for code, shares in targets.values()
        for level, share in shares.items()
    ][:-1]
    best = optimize.minimize(
        distance, made.weights * 0 + mean, jac=lambda w: np.log(w / start), method="SLSQP",
        bounds=[(0.3 * mean, 2.0 * mean)] * 40, constraints=rules,
        options={"maxiter": 500, "ftol": 1e-14},
    )
    assert distance(made.weights) == pytest.approx(best.fun, abs=1e-7)
    assert np.abs(made.weights - best.x).max() < 1e-3


def test_a_level_nobody_answered_and_one_without_a_target_are_named_together():
    with pytest.raises(CannotBeWeighted) as error:
        rake(np.ones(3), {"age": (["y", "y", "o"], {"y": 0.5, "old": 0.5})})
    assert "nobody answered in level 'old' of age" in str(error.value)
    assert "level 'o' of age has no target" in str(error.value)


def test_margins_that_contradict_each_other_do_not_converge_and_say_so():
    # whoever is a is x: 70 % of a and 40 % of x cannot both be
    first, second = np.array(list("aabb")), np.array(list("xxyy"))
    with pytest.raises(CannotBeWeighted, match="does not converge.*off by"):
        rake(np.ones(4), {"f": (first, {"a": 0.7, "b": 0.3}), "s": (second, {"x": 0.4, "y": 0.6})})


def test_bounds_that_leave_no_weights_say_so(clustered):
    # a stype of 7.7 % of the answers and 12.2 % of the schools needs weights of 1.6 at least
    with pytest.raises(CannotBeWeighted, match="within the bounds"):
        rake(clustered.pw, margins_of(clustered), most=1.5, sweeps=200)


def test_post_stratified_by_hand():
    made = post_stratified([1.0, 1, 1, 1], list("aaab"), {"a": 0.5, "b": 0.5})
    assert made.weights == pytest.approx([2 / 3, 2 / 3, 2 / 3, 2])
    assert made.n_effective == pytest.approx(16 / (3 * 4 / 9 + 4))


def test_the_same_mix_turns_a_comparison_that_only_the_mix_made():
    # both companies score 4 with the young and 8 with the old; only the mix differs
    company, age = np.array(list("AAAABBBB")), np.array(list("yyyoyooo"))
    score = np.where(age == "y", 4.0, 8.0)
    w = standardised(np.ones(8), company, age)
    means = [np.average(score[company == c], weights=w[company == c]) for c in "AB"]
    assert means == pytest.approx([6.0, 6.0])
    w = standardised(np.ones(8), company, age, {"y": 1, "o": 3})
    assert np.average(score[company == "A"], weights=w[company == "A"]) == pytest.approx(7.0)


def test_a_company_nobody_spoke_of_in_a_stratum_is_named():
    with pytest.raises(CannotBeWeighted, match="B in o"):
        standardised(np.ones(3), list("AAB"), list("yoy"))
