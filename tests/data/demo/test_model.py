"""The parts that the tables are drawn from, each against what it claims to be."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from toolkit.data.demo.aurora import (
    AGE_SHARES,
    MONTH_SECONDS,
    MONTHS,
    PRODUCTS,
    REGION_SHARES,
    SEGMENT_SHARES,
)
from toolkit.data.demo.campaigns import Arm, CampaignTest
from toolkit.data.demo.chance import (
    BLOCK,
    arrivals,
    choose,
    cumulative,
    month_of,
    monthly_shocks,
    position_within,
    stream,
)
from toolkit.data.demo.changes import CHANGES, PlantedChange, change, effect
from toolkit.data.demo.customers import SHOPPER_SHARE, draw_customers
from toolkit.data.demo.satisfaction import mean_attributes, mean_satisfaction
from toolkit.data.demo.service import CHANNEL_SHARES, CHANNEL_WAIT, PROCESS_SHARES
from toolkit.data.demo.surveys import COMPANIES, draw_answers


def test_shares_add_up() -> None:
    for shares in (REGION_SHARES, SEGMENT_SHARES, AGE_SHARES, *PROCESS_SHARES):
        assert sum(shares) == pytest.approx(1)
    assert sum(p.share for p in PRODUCTS) == pytest.approx(1)
    assert np.dot(CHANNEL_SHARES, CHANNEL_WAIT) == pytest.approx(1)


def test_choices_have_their_shares() -> None:
    drawn = choose(stream(1, "test"), (0.5, 0.3, 0.2), 40_000)
    counts = np.bincount(drawn, minlength=3)
    assert stats.chisquare(counts, 40_000 * np.array([0.5, 0.3, 0.2])).pvalue > 0.001


def test_shocks_are_autocorrelated_with_the_stated_spread() -> None:
    series = np.array([monthly_shocks(seed, "test", 0.6, 2.0) for seed in range(3_000)])
    assert series.std() == pytest.approx(2.0, rel=0.03)
    lagged = np.corrcoef(series[:, :-1].ravel(), series[:, 1:].ravel())[0, 1]
    assert lagged == pytest.approx(0.6, abs=0.02)
    assert abs(series.mean()) < 0.1


def test_arrivals_follow_their_intensity_and_exposure() -> None:
    intensity = np.where(np.arange(MONTHS) < 18, 1.0, 3.0)
    many = 30_000
    first = np.full(many, MONTH_SECONDS[6])
    rows, at = arrivals(
        stream(2, "test"), np.full(many, 2.0), first, first * 0 + MONTH_SECONDS[30],
        cumulative(intensity),
    )  # fmt: skip
    assert at.min() >= MONTH_SECONDS[6]
    assert at.max() < MONTH_SECONDS[30]
    years = np.diff(MONTH_SECONDS) / (365.25 * 86_400)
    wanted = 2.0 * (intensity * years)[6:30]
    seen = np.bincount(month_of(at), minlength=MONTHS)[6:30] / many
    assert np.allclose(seen, wanted, atol=5 * np.sqrt(wanted.max() / many))
    assert (np.diff(rows) >= 0).all()


def test_positions_count_within_runs() -> None:
    assert position_within(np.array([4, 4, 7, 9, 9, 9])).tolist() == [1, 2, 1, 1, 2, 3]
    assert position_within(np.array([], int)).size == 0


def test_shoppers_are_the_stated_share() -> None:
    share = np.mean([draw_customers(seed, 0).shopper.mean() for seed in range(8)])
    assert share == pytest.approx(SHOPPER_SHARE, abs=0.012)


def test_effects_stand_where_and_when_they_should() -> None:
    grid = change("same_day_replies").effect_by_month()
    assert grid.shape == (4, MONTHS)
    assert (grid[2:] == 0).all()
    assert (grid[:2, :30] == 0).all()
    assert np.allclose(grid[:2, 30:], -3.1)
    ramp = change("chat_assistant").effect_by_month()
    assert np.allclose(ramp[:, 35], -0.2)
    assert effect("same_day_replies", np.array([0, 0, 2]), np.array([-1, 31, 31])).tolist() == [
        0.0,
        -3.1,
        0.0,
    ]


def test_each_verdict_is_planted_once() -> None:
    assert sorted(c.verdict for c in CHANGES) == [
        "delivered",
        "harm",
        "no_worthwhile_effect",
        "not_yet_known",
        "partly_delivered",
    ]
    with pytest.raises(ValueError, match="same_day_replies"):
        change("same_day")


def test_definitions_that_contradict_themselves_are_refused() -> None:
    right = {name: getattr(CHANGES[0], name) for name in CHANGES[0].__dataclass_fields__}
    with pytest.raises(ValueError, match="East"):
        PlantedChange(**{**right, "regions": ("East",)})
    with pytest.raises(ValueError, match="announced after"):
        PlantedChange(**{**right, "announced": "2026-01-01", "effective": "2025-10-01"})
    with pytest.raises(ValueError, match="two arms"):
        CampaignTest("t", "T", (Arm("a"),), "2026-01-01", "2026-01-02", 7, 0.5, "hold")


@pytest.mark.parametrize("company", range(len(COMPANIES)))
def test_true_means_agree_with_a_million_answers(company: int) -> None:
    rng = np.random.default_rng(company)
    size = 300_000
    age = choose(rng, AGE_SHARES, size)
    said = draw_answers(rng, np.full(size, company), np.full(size, 11), age, 0.0)
    scores = said["satisfaction"]
    error = scores.std() / np.sqrt(size)
    assert abs(scores.mean() - mean_satisfaction(company, 11)) < 4.5 * error
    attributes = said["performance"].mean(axis=0)
    assert np.allclose(attributes, list(mean_attributes(company).values()), atol=0.01)


def test_a_block_is_drawn_whole() -> None:
    who = draw_customers(7, 3)
    assert who.number[0] == 3 * BLOCK + 1
    assert who.number[-1] == 4 * BLOCK
    assert (who.ends > who.signed_up).all()


def test_blocks_and_tables_do_not_share_their_numbers() -> None:
    draws = [stream(7, table, block).random() for table in ("a", "b") for block in (0, 1, 2)]
    assert len(set(draws)) == len(draws)
    first, second = draw_customers(7, 0), draw_customers(7, 1)
    assert abs(np.corrcoef(first.spend_level, second.spend_level)[0, 1]) < 0.06
    assert (first.region != second.region).mean() > 0.5
