"""Erlang's formulas against published tables and the stationary distribution of the queue."""

from __future__ import annotations

import math

import numpy as np
import pytest

from toolkit.stats.erlang import agents_needed, erlang_b, erlang_c, queue


def test_a_published_call_centre():
    # Mitan Ltd, "Erlang C": 360 calls in 30 minutes, 240 s each, 55 agents, answered within 15 s:
    # traffic 48, occupancy 87.3 %, chance to wait .239, mean wait 8.2 s, answered in time 84.6 %
    found = queue(360 / 1800, 240, 55, 15)
    assert found.load == pytest.approx(48)
    assert found.occupancy == pytest.approx(0.873, abs=5e-4)
    assert found.wait_chance == pytest.approx(0.239, abs=5e-4)
    assert found.mean_wait == pytest.approx(8.2, abs=0.05)
    assert found.within == pytest.approx(0.846, abs=1e-3)


def test_another_published_call_centre():
    # Call Centre Helper, "Erlang C formula, with worked examples": 200 calls an hour of 180 s are 10
    # Erlang; 14 agents give a chance to wait of 17.4 % and answer 88.8 % within 20 s
    found = queue(200 / 3600, 180, 14, 20)
    assert found.load == pytest.approx(10)
    assert found.wait_chance == pytest.approx(0.174, abs=5e-4)
    assert found.within == pytest.approx(0.888, abs=5e-4)
    assert agents_needed(200 / 3600, 180, 20, 0.8).agents == 14


def test_erlang_b_of_a_published_table():
    # Erlang B tables: 5 Erlang on 10 lines lose 1.84 %, 10 Erlang on 10 lines 21.46 %
    assert erlang_b(5, 10) == pytest.approx(0.0184, abs=5e-5)
    assert erlang_b(10, 10) == pytest.approx(0.2146, abs=5e-5)


@pytest.mark.parametrize(("load", "agents"), [(0.3, 1), (4.5, 5), (48.0, 55)])
def test_the_chance_to_wait_is_that_of_the_birth_and_death_process(load, agents):
    # the stationary distribution of M/M/c, its line cut at a length where nothing is left
    up = np.log(load) - np.log(np.minimum(np.arange(1, 20_000), agents))
    weights = np.exp(np.concatenate([[0.0], np.cumsum(up)]) - np.cumsum(up).max())
    waits = weights[agents:].sum() / weights.sum()
    assert erlang_c(load, agents) == pytest.approx(waits, rel=1e-9)


def test_one_agent_has_a_closed_form():
    found = queue(0.5, 1.0, 1, 2.0)  # M/M/1: wait rho, mean rho / (mu - lambda), P(W <= t)
    assert found.wait_chance == pytest.approx(0.5)
    assert found.mean_wait == pytest.approx(1.0)
    assert found.within == pytest.approx(1 - 0.5 * math.exp(-0.5 * 2.0))


def test_a_line_that_never_ends_says_so():
    found = queue(3.0, 1.0, 2, 1.0)
    assert not found.keeps_up
    assert (found.wait_chance, found.within, found.mean_wait, found.occupancy) == (1.0, 0.0, math.inf, 1.0)
    assert agents_needed(3.0, 1.0, 0.0, 0.01).keeps_up


def test_no_calls_need_one_and_nobody_waits():
    found = agents_needed(0.0, 1.0, 0.0, 0.9)
    assert (found.agents, found.wait_chance) == (1, 0.0)


@pytest.mark.parametrize(
    "call", [lambda: queue(-1, 1, 1, 1), lambda: queue(1, 0, 1, 1), lambda: queue(1, 1, 0, 1),
             lambda: erlang_c(1, 1.5), lambda: agents_needed(1, 1, 1, 1.0)],
)  # fmt: skip
def test_nonsense_is_refused(call):
    with pytest.raises(ValueError):
        call()
