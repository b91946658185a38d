"""Where do the marks of a small drawing go? Values become pixels; nothing is drawn here.

The first page has drawings of a line's height: an interval beside what was promised, rivals on one
scale, a KPI's last periods. They are lines in the page itself, so they need no script.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from toolkit.findings import VERDICTS, Finding

_WIDTH, _EDGE, _HEIGHT = 132, 6, 20
_LEVELS = frozenset({*VERDICTS["target"], *VERDICTS["measure"]})


@dataclass(frozen=True)
class Sketch:
    """An interval in pixels on a line; `middle` is where zero lies, None where it is off the line.

    Attributes
    ----------
    marks
        What was promised or would be worthwhile.
    """

    low: float
    value: float
    high: float
    middle: float | None
    width: int
    marks: tuple[float, ...]


def sketch_of(finding: Finding) -> Sketch | None:
    """The interval of a difference, zero in the middle; None for levels and where there is no finite one."""
    f = finding
    level = f.verdict in _LEVELS or (f.verdict in VERDICTS["benchmark"] and f.comparison is None)
    if level or not all(math.isfinite(v) for v in (f.estimate, f.low, f.high)):
        return None
    lines = [v for v in (f.promised, f.worthwhile) if v is not None]
    most = max(abs(v) for v in (f.low, f.high, *lines))
    if most == 0:
        return None
    half = _WIDTH / 2
    place = {
        v: round(half + v / most * (half - _EDGE), 1) for v in (f.low, f.estimate, f.high, *lines)
    }
    return Sketch(
        place[f.low], place[f.estimate], place[f.high], half, _WIDTH, tuple(place[v] for v in lines)
    )


@dataclass(frozen=True)
class Scale:
    """One scale for several lines, so that they can be compared."""

    low: float
    high: float
    width: int = 180

    def at(self, value: float) -> float:
        """In pixels; what lies beyond an end stands at it."""
        inside = min(max(value, self.low), self.high)
        return round(_EDGE + (inside - self.low) / (self.high - self.low) * (self.width - 2 * _EDGE), 1)

    def sketch(self, low: float, value: float, high: float, marks: Sequence[float] = ()) -> Sketch:
        """An interval on this scale."""
        zero = self.at(0.0) if self.low <= 0 <= self.high else None
        return Sketch(self.at(low), self.at(value), self.at(high), zero, self.width, tuple(map(self.at, marks)))


def scale_over(values: Sequence[float], within: tuple[float, float] | None = None, width: int = 180) -> Scale | None:
    """From the least to the most of `values`, and no further than `within`; None without two that differ."""
    finite = [v for v in values if math.isfinite(v)]
    if not finite or min(finite) == max(finite):
        return None
    low, high = min(finite), max(finite)
    if within is not None:
        low, high = max(low, within[0]), min(high, within[1])
    return Scale(low, high, width) if low < high else None


def line_of(values: Sequence[float], width: int = 64, height: int = _HEIGHT) -> tuple[str, float, float] | None:
    """A line through `values`, as a path, and its last point; None for fewer than two. What is not known is a gap."""
    seen = [v for v in values if math.isfinite(v)]
    if len(seen) < 2:
        return None
    low, high = min(seen), max(seen)
    spread = (high - low) or 1.0
    inner, path, x, y, begun = height - 6, "", 0.0, 0.0, False
    for i, v in enumerate(values):
        if math.isfinite(v):
            x = round(2 + i / (len(values) - 1) * (width - 6), 1)
            y = round(3 + (high - v) / spread * inner, 1) if high > low else height / 2
            path += f"{'L' if begun else 'M'}{x:g} {y:g}"
        begun = math.isfinite(v)
    return path, x, y
