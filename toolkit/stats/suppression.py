"""Which cells of a table of counts may not be shown, so that nobody's own can be worked out?

A cell below the least count is hidden (primary suppression). A single hidden cell could be had by
subtracting what is shown from a total, so more are hidden (complementary suppression) until no
hidden cell is fixed by the totals and the cells that are shown. What an attacker can work out
exactly is what every solution of those sums has in common: an entry is fixed where no vector of
the sums' null space moves it, or where counts, which cannot be negative, leave it no room.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import linprog

_NIL = 1e-7

Group = TypeVar("Group", bound=Hashable)


def hidden_cells(
    counts: ArrayLike, least: int, *, totals: bool = True, also: ArrayLike | None = None
) -> np.ndarray:
    """Which cells of a table of counts stay hidden?

    Parameters
    ----------
    counts : array (k,) or (r, c)
        Whole numbers, not negative: groups, or groups by groups.
    least
        Cells from 1 to below it are hidden; 0 is nobody, and shown.
    totals
        Sums of rows and columns (of a list, its sum) are shown or known elsewhere.
    also
        Cells that are hidden already for another reason, in the shape of `counts`.

    Returns
    -------
    array of bool
        In the shape of `counts`. Of what is hidden nothing can be had exactly from totals and
        shown cells. Where a whole table holds one single cell that must be hidden and no other to
        hide with it, its total would tell: then nothing of the table may be shown, the total
        included, and all of it is hidden.

    Raises
    ------
    ValueError
        Counts that are negative or no whole numbers; `least` below 1.

    Sources
    -------
    Hundepool et al. (2012), Statistical Disclosure Control, 4.2-4.4; Fischetti & Salazar (2001),
    Management Science 47:1008, for the attacker's problem.
    """
    x = np.asarray(counts, dtype=float)
    if x.ndim not in (1, 2) or (x < 0).any() or (x != np.round(x)).any():
        raise ValueError("counts are a list or a table of whole numbers, not negative.")
    if least < 1:
        raise ValueError(f"the least count that is shown is 1 or more; got {least}.")
    hidden = (x > 0) & (x < least)
    if also is not None:
        hidden |= np.asarray(also, dtype=bool)
    if not totals or not hidden.any():
        return hidden
    while (fixed := _fixed(x, hidden)).any():
        more = _one_more(x, hidden, fixed)
        if more is None:
            return np.ones(x.shape, dtype=bool)
        hidden[more] = True
    return hidden


def hidden_groups(counts: Mapping[Group, int], least: int) -> frozenset[Group]:
    """Which groups stay hidden, where their total is shown? As `hidden_cells`, by name."""
    if not counts:
        return frozenset()
    hidden = hidden_cells([counts[g] for g in counts], least)
    return frozenset(g for g, h in zip(counts, hidden, strict=True) if h)


def hidden_over_time(counts: ArrayLike, least: int) -> np.ndarray:
    """Which groups stay hidden in which period, where each period's total is shown?

    As `hidden_cells` for each column by itself, for thousands of groups and periods at once.

    Parameters
    ----------
    counts : array (groups, periods)
        Whole numbers, not negative.
    least
        As of `hidden_cells`.

    Returns
    -------
    array of bool (groups, periods)
        In a list of counts whose sum is known, hidden ones are fixed where there is one only: then
        the smallest of the others is hidden with it. A single group that is all there is stays
        hidden alone: its total tells how many there are, and not of which group.
    """
    x = np.asarray(counts, dtype=float)
    if x.ndim != 2 or (x < 0).any() or (x != np.round(x)).any():
        raise ValueError("counts are a table of whole numbers, not negative.")
    if least < 1:
        raise ValueError(f"the least count that is shown is 1 or more; got {least}.")
    hidden = (x > 0) & (x < least)
    if not len(x):
        return hidden
    lone = hidden.sum(axis=0) == 1
    others = np.where((x > 0) & ~hidden, x, np.inf)
    place = others.argmin(axis=0)
    more = lone & np.isfinite(others.min(axis=0))
    hidden[place[more], np.flatnonzero(more)] = True
    return hidden


def recoverable(counts: ArrayLike, hidden: ArrayLike) -> np.ndarray:
    """Which hidden cells can an attacker work out exactly from totals and shown cells?

    The attacker knows that counts are not negative.

    Parameters
    ----------
    counts, hidden
        As of `hidden_cells`.
    """
    return _fixed(np.asarray(counts, dtype=float), np.asarray(hidden, dtype=bool))


def _sums(shape: tuple[int, ...], hidden: np.ndarray) -> np.ndarray:
    """The known sums over hidden cells: a row each."""
    at = np.flatnonzero(hidden)
    if len(shape) == 1:
        return np.ones((1, at.size))
    row, column = np.unravel_index(at, shape)
    by_row = [row == i for i in np.unique(row)]
    by_column = [column == j for j in np.unique(column)]
    return np.array([*by_row, *by_column], dtype=float)


def _fixed(x: np.ndarray, hidden: np.ndarray) -> np.ndarray:
    """Hidden cells with one possible value only, each between its own smallest and largest."""
    fixed = np.zeros(x.shape, dtype=bool)
    if not hidden.any():
        return fixed
    movable = _on_rings(x, hidden)
    if movable.all():
        return fixed
    sums = _sums(x.shape, hidden)
    known = sums @ x[hidden]
    outcome = []
    for i in range(sums.shape[1]):
        if movable[i]:
            outcome.append(False)
            continue
        aim = np.zeros(sums.shape[1])
        aim[i] = 1.0
        ends = [linprog(sign * aim, A_eq=sums, b_eq=known, bounds=(0, None), method="highs") for sign in (1, -1)]
        low, high = ends[0].fun, -ends[1].fun
        outcome.append(high - low < _NIL)
    fixed[hidden] = outcome
    return fixed


def _on_rings(x: np.ndarray, hidden: np.ndarray) -> np.ndarray:
    """Hidden cells that are surely not fixed, in the order of the table.

    Along a ring of hidden cells above 0, through rows and columns by turns, a little can be added and
    taken away by turns with every total as it was; in a list, between any two of them. Most cells are on
    one, and looking for a ring is a thousand times as quick as looking for the attacker's bounds.
    """
    at = np.argwhere(hidden)
    above = x[hidden] > 0
    if x.ndim == 1:
        return above & (above.sum() > 1)
    edges = [(int(r), len(x) + int(c)) for r, c in at]
    found = np.zeros(len(at), dtype=bool)
    for i in np.flatnonzero(above):
        others = [edge for j, edge in enumerate(edges) if above[j] and j != i]
        found[i] = _joined(edges[i], others)
    return found


def _joined(ends: tuple[int, int], edges: Sequence[tuple[int, int]]) -> bool:
    """Whether `edges` lead from one end to the other."""
    start, goal = ends
    met, grown = {start}, True
    while grown and goal not in met:
        reached = {b for a, b in edges if a in met} | {a for a, b in edges if b in met}
        grown = not reached <= met
        met |= reached
    return goal in met


def _one_more(x: np.ndarray, hidden: np.ndarray, fixed: np.ndarray) -> tuple[int, ...] | None:
    """The cell to hide next: the smallest shown one that can free a fixed one; None where there is none."""
    free = ~hidden
    if not free.any():
        return None
    there = free & (x > 0)
    candidates = there if there.any() else free
    at = np.argwhere(candidates)
    if x.ndim == 2:
        rows = {int(r) for r, _ in np.argwhere(fixed)}
        columns = {int(c) for _, c in np.argwhere(fixed)}
        near = [tuple(map(int, p)) for p in at if p[0] in rows or p[1] in columns]
        at = near or [tuple(map(int, p)) for p in at]
    else:
        at = [tuple(map(int, p)) for p in at]
    return min(at, key=lambda p: (x[p], p))


def shown_or_none(values: Sequence, hidden: ArrayLike) -> tuple:
    """The values with those of hidden cells taken out."""
    return tuple(None if h else v for v, h in zip(values, np.asarray(hidden, dtype=bool), strict=True))
