from __future__ import annotations

import importlib.util
import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from toolkit.money import offers
from toolkit.money.definition import Offers, Pilot
from toolkit.problems import Refused


def asked(**more) -> Offers:
    named = {"name": "offer", "margin": ("low", "likely", "high"), "setup": "setup", "setup_hours": "hours", "hour_rate": 40.0,
             "failure_chance": "fails", "failure_loss": "loss"}  # fmt: skip
    return Offers(**{**named, **more})


def an_offer(**more) -> dict:
    row = {"offer": "visit", "low": 8_000.0, "likely": 10_000.0, "high": 12_000.0, "setup": 1_000.0, "hours": 50.0, "fails": 0.0,
           "loss": 0.0, "wanted": "home_visit"}  # fmt: skip
    return {**row, **more}


def weigh(*rows: dict, **more):
    return offers.estimate(pd.DataFrame(list(rows)), asked(**more))


def test_expected_value_by_hand():
    (o,) = weigh(an_offer(fails=0.2, loss=500.0), bias=0.1, bias_costs=0.5).offers
    cost = (1_000 + 50 * 40) * 1.5
    assert o.cost == cost
    assert o.value.value == pytest.approx(0.8 * 0.9 * 10_000 - 0.2 * 500 - cost)
    assert o.needed == pytest.approx((cost + 100) / (0.8 * 0.9))
    assert o.loss == pytest.approx(0.2, abs=0.02)


def test_go_pilot_and_no_go_by_value_and_risk():
    rows = (an_offer(), an_offer(offer="rent", low=-1_000.0, likely=3_000.0, high=10_000.0), an_offer(offer="fair", setup=20_000.0))
    found = {o.name: o.verdict for o in weigh(*rows).offers}
    assert found == {"visit": "go", "rent": "pilot_first", "fair": "no_go"}
    relaxed = {o.name: o.verdict for o in weigh(*rows, loss_accepted=0.5).offers}
    assert relaxed["rent"] == "go"


def test_the_best_stands_first_and_what_nobody_priced_last():
    found = weigh(an_offer(offer="b", setup=4_000.0), an_offer(offer="a"), an_offer(offer="c", low=math.nan))
    assert [o.name for o in found.offers] == ["a", "b", "c"]
    assert found.offers[-1].verdict == "no_data" and "what it brings" in found.offers[-1].value.reason


def test_a_pilot_of_that_size_shows_an_offer_worth_making():
    # the threshold is a known share: a binomial test of that size has the power asked for
    row = an_offer(low=0.0, likely=4_000.0, high=12_000.0, setup=3_000.0)
    (o,) = weigh(row, pilots={"visit": Pilot(10.0, 20_000)}, power=0.8, level=0.9).offers
    assert o.verdict == "pilot_first" and o.takers == pytest.approx(500)
    draws = np.random.default_rng(1).triangular(0, 4_000, 12_000, 400_000)
    hoped = draws[draws > o.needed].mean() / 10 / 20_000
    least, n = o.takers / 20_000, math.ceil(o.pilot)
    limit = stats.binom.isf(0.05, n, least)
    assert stats.binom.sf(limit - 1, n, hoped) == pytest.approx(0.8, abs=0.06)


WIDE, CLOSE = (0.0, 4_000.0, 12_000.0), (4_700.0, 5_000.0, 5_400.0)  # 5,000 is needed


@pytest.mark.parametrize(
    ("margin", "pilot", "why"),
    [
        (WIDE, None, "needs `pilots`"),
        (WIDE, Pilot(10.0, 300), "more takers than there are customers"),
        (CLOSE, Pilot(10.0, 1_000), "more would be needed than there are customers"),
    ],
)
def test_a_pilot_without_a_size_says_why(margin, pilot, why):
    row = an_offer(**dict(zip(("low", "likely", "high"), margin, strict=True)), setup=3_000.0)
    found = weigh(row, pilots={"visit": pilot} if pilot else {})
    assert why in found.grid().text()


def test_requests_feed_demand_and_become_ideas():
    demand = {"home_visit": 40, "pay_by_day": 55}
    found = weigh(an_offer(), wanted="wanted", asked=demand, pilots={"visit": Pilot(10.0, 1_000)})
    assert found.offers[0].asked == 40 and found.unpriced == (("pay_by_day", 55),)
    findings = offers.conclude(found, offers.check(found))
    idea = next(f for f in findings if f.id == "offers/idea/pay_by_day")
    assert idea.verdict == "no_data" and idea.n == 55 and "F63" in idea.answers
    assert any("asked for" in c.name.text() for c in offers.check(found).failed)  # 40 asked, 300 are needed


def test_worth_of_knowing_is_nothing_where_nothing_could_change():
    sure, open_ = weigh(an_offer(), an_offer(offer="rent", low=-1_000.0, likely=3_000.0, high=10_000.0)).offers
    assert sure.worth_knowing == pytest.approx(0, abs=1) and open_.worth_knowing > 100


def test_all_that_is_wrong_is_said_at_once():
    with pytest.raises(Refused) as refused:
        weigh(an_offer(low=20_000.0, fails=1.4), an_offer(setup=-5.0), pilots={"visits": Pilot(1.0, 10)})
    said = str(refused.value)
    assert len(refused.value.problems) == 5
    for part in ("a name of its own", "in order", "between 0 and 1", "not be below 0", "Did you mean 'visit'"):
        assert part in said


def test_hours_without_a_rate_and_no_offers_are_refused():
    with pytest.raises(Refused, match="hours without a rate"):
        asked(hour_rate=None)
    with pytest.raises(Refused, match="no offer"):
        offers.estimate(pd.DataFrame([an_offer()]).iloc[:0], asked())


def test_the_planted_loser_is_not_recommended(root):
    """Short version of ``benchmarks/judge_offers.py``, which does it for 100 seeds."""
    spec = importlib.util.spec_from_file_location("judge_offers", root / "benchmarks" / "judge_offers.py")
    benchmark = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(benchmark)
    found = [benchmark.verdicts(seed) for seed in range(900, 915)]
    assert all(v[benchmark.LOSER] == "no_go" for v in found)
    assert sum(v["static_address_pack"] == "go" for v in found) >= 14


def test_how_many_asked_is_not_told_where_they_are_few():
    given = {"home_visit": 7, "rent_out": 40, "lend": 6, "sell": 12}
    rows = (an_offer(), an_offer(offer="rent", wanted="rent_out"), an_offer(offer="gift", wanted="gift_wrap"))
    found = weigh(*rows, asked=given, wanted="wanted", min_cell=10)
    assert {o.name: o.asked for o in found.offers} == {"visit": None, "rent": 40, "gift": 0}
    assert found.unpriced == (("sell", 12),)
    assert [r[1] for r in found.asked_grid().rows if r[0] in ("visit", "lend")] == []
    assert dict(weigh(*rows, asked=given, wanted="wanted").unpriced) == {"sell": 12, "lend": 6}
