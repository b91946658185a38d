"""How long do customers wait, and is it within what was promised? By group, from counts by minute.

Who still waits is not left out: the wait so far counts in the quantiles (Kaplan-Meier), and one that
is open past its promise counts as a promise missed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from toolkit.language import Quantity
from toolkit.service.asked import gathered
from toolkit.service.measured import NOT_SAID, Key, Measured, measured_by, nothing
from toolkit.service.window import Window, as_moment, hours_between, known_by
from toolkit.stats.comparisons import Interval
from toolkit.stats.durations import durations, quantile

WAIT, MINUTE, OPEN, BACKWARD, KEPT, WANTED, OVERDUE, NO_PROMISE = (
    f"toolkit_{name}" for name in ("wait", "minute", "open", "backward", "kept", "wanted", "overdue", "no_promise")
)  # fmt: skip
METHOD = "order statistics; Kaplan-Meier with what is still open"


@dataclass(frozen=True)
class Wait:
    """Waiting times of one group.

    Attributes
    ----------
    group
        Values of the columns it is split by; empty for all.
    n, still_open
        Rows, and those among them that still wait.
    backward
        Rows that end before they begin: set aside.
    median, slowest
        The time within which half, and nine in ten, are through; hours.
    kept
        The share within the promise, of those that are due.
    wanted
        The share that was promised; nan where none.
    overdue
        Still open past the promise, counted among the missed.
    not_due, no_promise
        Still open within the promise, and those nothing is promised to: not judged.
    """

    group: Key
    n: int
    still_open: int
    backward: int
    median: Interval
    slowest: Interval
    kept: Measured
    wanted: float
    overdue: int
    not_due: int
    no_promise: int

    def hours(self, which: str = "median") -> Quantity:
        """The median or the slowest tenth, for people."""
        found = getattr(self, which)
        if found.estimate != found.estimate:
            return Quantity(found.estimate, "hours", reason=found.reason)
        if found.low != found.low:
            return Quantity(found.estimate, "hours")
        return Quantity(found.estimate, "hours", found.low, found.high)


def read_waits(
    rows: ir.Table, start: str, end: str, window: Window, groups: Iterable[Sequence[str]],
    *, promised: ir.Value | float | None = None, wanted: ir.Value | float | None = None,
    unit: str | None = None, level: float = 0.95,
) -> dict[tuple[str, ...], dict[Key, Wait]]:
    """Waits by each set of columns.

    Parameters
    ----------
    rows
        Those of the window.
    start, end
        Columns of moments; `end` is empty while it lasts.
    groups
        Sets of columns; the first set holds the columns of all others.
    promised
        Hours, as a number or by row.
    wanted
        The share to be kept, likewise.

    Returns
    -------
    dict
        Set of columns -> group -> wait. Groups without a row are absent.
    """
    groups = [tuple(g) for g in groups]
    flagged = _flagged(rows, start, end, window, promised, wanted)
    finest = list(groups[0])
    columns = {d: flagged[d].cast("string").fill_null(NOT_SAID) for d in finest}
    # engines round halves differently, and half a minute in hours is not the same to the last bit
    nearest = (flagged[WAIT] * 60 + (0.5 + 1e-7)).floor().cast("int64")
    columns[MINUTE] = ibis.cases((flagged[BACKWARD], ibis.null("int64")), else_=nearest)
    kept = [*finest, *([unit] if unit else []), MINUTE, OPEN, BACKWARD, OVERDUE, NO_PROMISE, KEPT, WANTED]
    binned = gathered(flagged.mutate(**columns), kept)
    found = binned.group_by([*finest, MINUTE]).agg(
        n=binned.count(), open=binned[OPEN].cast("int32").sum(),
        backward=binned[BACKWARD].cast("int32").sum(), overdue=binned[OVERDUE].cast("int32").sum(),
        no_promise=binned[NO_PROMISE].cast("int32").sum(),
    ).to_pyarrow().to_pylist()  # fmt: skip
    out = {}
    for group in groups:
        kept = {}
        if promised is not None:
            kept = measured_by(binned, {"kept": KEPT, "wanted": WANTED}, group, unit=unit, level=level)
        out[group] = _waits(found, finest, group, kept, promised is not None, level)
    return out


def _flagged(rows, start: str, end: str, window: Window, promised, wanted) -> ir.Table:
    ended = known_by(rows[end], window)
    still = ended.isnull()
    backward = (as_moment(rows[end]) < as_moment(rows[start])).fill_null(False)
    now = ibis.literal(window.now)
    lasted = hours_between(rows[start], ibis.cases((still, now), else_=ended))
    limit = ibis.null("float64") if promised is None else _number(promised)
    late = lasted > limit
    kept = ibis.cases(
        (backward | limit.isnull(), ibis.null("float64")),
        (late, ibis.literal(0.0)),
        (still, ibis.null("float64")),  # neither kept nor missed yet
        else_=ibis.literal(1.0),
    )
    share = ibis.null("float64") if wanted is None else _number(wanted)
    return rows.mutate(**{
        WAIT: lasted, OPEN: still & ~backward, BACKWARD: backward, KEPT: kept,
        WANTED: ibis.cases((kept.notnull(), share)),
        OVERDUE: (still & late & ~backward).fill_null(False),
        NO_PROMISE: limit.isnull() & ~backward,
    })  # fmt: skip


def _number(value: ir.Value | float) -> ir.Value:
    return value.cast("float64") if isinstance(value, ir.Value) else ibis.literal(float(value))


def _waits(
    found: list[dict], finest: list[str], group: tuple[str, ...],
    kept: Mapping[Key, Mapping[str, Measured]], promised: bool, level: float,
) -> dict[Key, Wait]:
    cells: dict[Key, list[dict]] = {}
    for record in found:
        cells.setdefault(tuple(str(record[d]) for d in group), []).append(record)
    out = {}
    for key, records in sorted(cells.items()):
        timed = [r for r in records if r[MINUTE] is not None]
        of = durations(
            [r[MINUTE] / 60 for r in timed], [r["n"] - r["open"] for r in timed], [r["open"] for r in timed]
        )
        total = {k: int(sum(r[k] for r in records)) for k in ("open", "backward", "overdue", "no_promise")}
        reason = "none is due yet" if promised else "nothing is promised"
        share = kept[key]["kept"] if key in kept and kept[key]["kept"].n else nothing(reason, level)
        wanted = kept[key]["wanted"].value if key in kept and kept[key]["wanted"].n else float("nan")
        out[key] = Wait(
            key, of.n, total["open"], total["backward"], quantile(of, 0.5, level=level),
            quantile(of, 0.9, level=level), share, wanted, total["overdue"],
            of.n - share.n - total["no_promise"], total["no_promise"],
        )  # fmt: skip
    return out
