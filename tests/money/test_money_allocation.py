from __future__ import annotations

import math

import pytest
from plans import a_benefit, a_plan, unknown

from toolkit.money import allocation, returns


def allocated(*benefits, **more):
    return allocation.estimate(returns.estimate(None, a_plan(*benefits, yearly_rate=0.0, **more)))


def test_what_one_euro_brings_by_hand():
    found = allocated(a_benefit(kept=False, declared_cost=500.0, declared_hours=10.0))
    (y,) = found.yields
    assert y.per_money.value == pytest.approx(2_000 / 1_000)
    assert y.per_hour.value == pytest.approx((2_000 - 500) / 10)


def test_a_move_is_said_where_the_intervals_allow_it():
    good = a_benefit("good", effect=5.0, kept=False, declared_cost=1_000.0)
    bad = a_benefit("bad", effect=-2.0, kept=False, declared_cost=1_000.0)
    found = allocated(good, bad)
    assert (found.best.source, found.best.target) == ("bad", "good")
    main = allocation.conclude(found, allocation.check(found))[0]
    assert main.decision.text() == "Move money and hours from Bad to Good." and main.p_value < 0.05


def test_nothing_is_said_where_they_do_not():
    a, b = (a_benefit(n, effect=e, reach=3.0, kept=False, declared_cost=1_000.0) for n, e in (("a", 2.0), ("b", 1.0)))
    found = allocated(a, b)
    assert found.best is None and not found.moves
    main = allocation.conclude(found, allocation.check(found))[0]
    assert "do not allow" in main.sentence.text() and main.decision is None


def test_no_move_away_from_what_pays_for_itself():
    a, b = (a_benefit(n, effect=e, reach=0.1, kept=False, declared_cost=1_000.0) for n, e in (("a", 9.0), ("b", 2.0)))
    found = allocated(a, b)
    assert found.moves and found.best is None


def test_what_is_not_known_has_no_return_and_is_named():
    found = allocated(a_benefit(declared_cost=1_000.0), unknown(declared_cost=10.0))
    mail = next(y for y in found.yields if y.name == "mail")
    assert math.isnan(mail.per_money.value) and "cannot be judged" in str(mail.per_money.reason)
    assert any("Mail" in c.detail.text() for c in allocation.check(found).failed)


def test_alike_components_are_told_apart_no_more_often_than_the_level_says():
    # two components with the same truth and their own measurements: a claim is false
    import numpy as np

    rng, false = np.random.default_rng(6), 0
    for _ in range(150):
        pair = [a_benefit(n, effect=float(rng.normal(2, 1 / 1.96)), kept=False, declared_cost=1_000.0) for n in ("a", "b")]
        false += bool(allocated(*pair, scenarios=2_000).moves)
    assert false / 150 <= 0.17
