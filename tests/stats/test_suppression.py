"""Held against an attacker who tries every table that fits what is shown (an independent search)."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.stats.suppression import hidden_cells, hidden_over_time, recoverable, shown_or_none


def possible(counts: np.ndarray, hidden: np.ndarray) -> list[np.ndarray]:
    """Every table of whole numbers that has the shown cells and all totals, by trying them all."""
    at = list(map(tuple, np.argwhere(hidden)))
    found = []
    for values in itertools.product(*(range(int(counts.sum()) + 1) for _ in at)):
        table = counts.copy()
        for cell, value in zip(at, values, strict=True):
            table[cell] = value
        sums = [table.sum()] if counts.ndim == 1 else [*table.sum(axis=0), *table.sum(axis=1)]
        known = [counts.sum()] if counts.ndim == 1 else [*counts.sum(axis=0), *counts.sum(axis=1)]
        if sums == known:
            found.append(table)
    return found


def told(counts: np.ndarray, hidden: np.ndarray) -> list[tuple]:
    """Hidden cells that are the same in all of them."""
    tables = possible(counts, hidden)
    return [cell for cell in map(tuple, np.argwhere(hidden)) if len({int(t[cell]) for t in tables}) == 1]


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(st.integers(0, 4), min_size=1, max_size=4), st.integers(1, 3))
def test_no_hidden_cell_of_a_list_can_be_worked_out(counts, least):
    x = np.array(counts)
    hidden = hidden_cells(x, least)
    assert hidden[(x > 0) & (x < least)].all()
    if not hidden.all():
        assert told(x, hidden) == []


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(st.integers(0, 2), min_size=6, max_size=6), st.sampled_from([(2, 3), (3, 2)]))
def test_no_hidden_cell_of_a_table_can_be_worked_out(counts, shape):
    x = np.array(counts).reshape(shape)
    hidden = hidden_cells(x, 2)
    assert hidden[x == 1].all()
    if not hidden.all() and hidden.sum() <= 4:
        assert told(x, hidden) == []


@settings(max_examples=150, deadline=None, derandomize=True)
@given(
    st.lists(st.integers(0, 2), min_size=6, max_size=6), st.lists(st.booleans(), min_size=6, max_size=6),
    st.sampled_from([(2, 3), (3, 2), (6,)]),
)  # fmt: skip
def test_what_can_be_worked_out_is_what_every_table_agrees_on(counts, which, shape):
    x, hidden = np.array(counts).reshape(shape), np.array(which).reshape(shape)
    if hidden.sum() > 4:
        hidden = hidden & (np.cumsum(hidden).reshape(shape) <= 4)
    # between whole numbers and any numbers there is no difference here: the sums are totally unimodular
    assert {tuple(map(int, c)) for c in np.argwhere(recoverable(x, hidden))} == {tuple(map(int, c)) for c in told(x, hidden)}


def test_the_attacker_of_this_test_finds_what_is_hidden_alone():
    x = np.array([[5, 1, 4], [3, 6, 2]])
    alone = np.array([[False, True, False], [False, False, False]])
    assert told(x, alone) == [(0, 1)] and recoverable(x, alone)[0, 1]
    pair = np.array([[False, True, False], [False, True, False]])
    assert len(told(x, pair)) == 2 and recoverable(x, pair).sum() == 2
    square = np.array([[False, True, True], [False, True, True]])
    assert told(x, square) == [] and not recoverable(x, square).any()


def test_a_published_table_keeps_a_cycle_hidden():
    """Hundepool et al. (2012), 4.2: with totals shown, a hidden cell needs others in its row and column."""
    x = np.array([[20, 50, 10, 20], [8, 19, 22, 1], [17, 32, 12, 5]])
    hidden = hidden_cells(x, 5)
    assert hidden[1, 3] and hidden[1].sum() >= 2 and hidden[:, 3].sum() >= 2
    assert not recoverable(x, hidden).any()


def test_sums_that_leave_no_room_tell_as_well():
    # 0 + 0 hidden with a total of 0: counts cannot be negative, so both are known
    x = np.array([0, 0, 7])
    assert recoverable(x, np.array([True, True, False])).sum() == 2


def test_nothing_is_hidden_where_nothing_is_small_and_all_where_one_is_alone():
    assert not hidden_cells([12, 0, 30], 10).any()
    assert hidden_cells([4], 10).all()
    assert hidden_cells([4, 0], 10).all()
    assert hidden_cells([3, 50, 60], 10).tolist() == [True, True, False]
    assert hidden_cells([3, 50, 60], 10, totals=False).tolist() == [True, False, False]


@pytest.mark.parametrize(("counts", "least"), [([-1, 2], 10), ([1.5], 10), ([[[1]]], 10), ([1], 0)])
def test_what_is_no_count_is_refused(counts, least):
    with pytest.raises(ValueError, match="whole numbers|1 or more"):
        hidden_cells(counts, least)


def test_hidden_values_are_taken_out():
    assert shown_or_none("abc", [True, False, True]) == (None, "b", None)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(st.lists(st.integers(0, 4), min_size=3, max_size=3), min_size=1, max_size=4), st.integers(1, 3))
def test_no_hidden_group_of_a_period_can_be_worked_out(counts, least):
    x = np.array(counts)
    hidden = hidden_over_time(x, least)
    assert hidden[(x > 0) & (x < least)].all() and not hidden[x == 0].any()
    for column in range(3):
        mine = hidden[:, column]
        # one group that is all there is: its total tells how many, not of which group
        if (x[:, column] > 0).sum() > 1:
            assert told(x[:, column], mine) == []


def test_cells_hidden_for_another_reason_count_as_hidden():
    x = np.array([[20, 30, 40], [50, 3, 60], [70, 80, 90]])
    also = np.array([[True, True, True], [False] * 3, [False] * 3])
    hidden = hidden_cells(x, 10, also=also)
    assert hidden[0].all() and hidden[1, 1] and told(x, hidden & (x < 25)) != []
    assert not recoverable(x, hidden).any()
