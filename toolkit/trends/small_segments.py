"""Which segments, and which of their periods, have too few rows to be shown, or would tell of one that has?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from toolkit.company.periods import Period
from toolkit.stats.suppression import hidden_groups, hidden_over_time
from toolkit.trends.definition import Trend, Trends
from toolkit.trends.reading import Cells, Segment

TOO_FEW = "too few rows to be shown"


def too_small(sizes: Mapping[Segment, int], least: int) -> frozenset[Segment]:
    """Segments that are not shown, each column of segments by itself."""
    columns: dict[str, dict[Segment, int]] = {}
    for segment, n in sizes.items():
        if segment is not None:
            columns.setdefault(segment[0], {})[segment] = n
    return frozenset(s for sizes_ in columns.values() for s in hidden_groups(sizes_, least))


def sizes_in(cells: Mapping[Segment, Cells], period: Period) -> dict[Segment, int]:
    """Rows of each segment in a period, from those of the shorter ones within it."""
    found = {}
    for segment, by_period in cells.items():
        inside = [i for p, i in by_period.axis.items() if _within(p, period)]
        found[segment] = int(by_period.rows[inside].sum())
    return found


def hidden_periods(
    keys: Sequence[tuple[Trend, Segment]], rows: np.ndarray, periods: Sequence[Period], question: Trends
) -> np.ndarray:
    """Which values of which series are not shown.

    Parameters
    ----------
    keys
        KPI and segment of each series.
    rows : array (series, periods)

    Returns
    -------
    array of bool (series, periods)
        The whole is always shown: it is no group. Of the period asked for, and of the one before,
        a segment's value is shown by itself: so its parts are shown all or none, for a single one
        could be had by subtracting the others.
    """
    hidden = np.zeros(rows.shape, dtype=bool)
    if question.min_cell <= 1:
        return hidden
    columns: dict[tuple[str, str], list[int]] = {}
    for i, (kpi, segment) in enumerate(keys):
        if segment is not None:
            columns.setdefault((kpi.name, segment[0]), []).append(i)
    windows = [
        np.array([_within(p, w) for p in periods], dtype=bool)
        for w in (question.period, question.period.previous())
    ]
    for places in columns.values():
        counts = rows[places]
        mine = hidden_over_time(counts, question.min_cell)
        for window in windows:
            part = mine[:, window]
            part[part.any(axis=1)] = True
            mine[:, window] = part | _with_another(part, counts[:, window])
        hidden[places] = mine
    return hidden


def _with_another(part: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Where one series alone is hidden in a period, the smallest of the others as well, in all its periods."""
    more = np.zeros(part.shape, dtype=bool)
    touched = np.flatnonzero(part.any(axis=1))
    if len(touched) == 1:
        others = [i for i in np.flatnonzero(counts.any(axis=1)) if i not in touched]
        if others:
            more[min(others, key=lambda i: (counts[i].sum(), i))] = True
    return more


def _within(part: Period, whole: Period) -> bool:
    return part.start >= whole.start and part.end <= whole.end
