"""Which segments have too few rows in the period to be shown, or would tell of one that has?"""

from __future__ import annotations

from collections.abc import Mapping

from toolkit.stats.suppression import hidden_groups
from toolkit.trends.segment_values import SegmentValue

Segment = tuple[str, str | None]


def too_small(values: Mapping[Segment, SegmentValue] | None, least: int) -> frozenset[Segment]:
    """Segments that are not shown, each column of segments by itself; none where rows are not known."""
    sizes: dict[str, dict[Segment, int]] = {}
    for segment, value in (values or {}).items():
        sizes.setdefault(segment[0], {})[segment] = value.n
    return frozenset(s for column in sizes.values() for s in hidden_groups(column, least))
