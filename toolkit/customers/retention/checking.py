"""Should the curves be believed? Enough ends, long enough observed, cohorts alike, what was set aside."""

from __future__ import annotations

import math
from collections.abc import Iterator

from toolkit.customers.retention.results import Retained, share
from toolkit.findings import Check, Checks
from toolkit.language import Quantity, Sentence

FEWEST_ENDS = 10
"""Ends below which a curve is a handful of steps."""
FEWEST_LEFT = 10
"""Customers who must have been seen that long, for a share to be told."""


def check(found: Retained) -> Checks:
    """Every reason for doubt."""
    return Checks(tuple([*_ends(found), *_seen(found), *_drift(found), *_set_aside(found)]))


def _ends(found: Retained) -> Iterator[Check]:
    n, events = found.everybody.curve.n, found.everybody.curve.events
    name = Sentence("Enough has ended to judge by")
    values = {"events": Quantity(events, "count"), "n": Quantity(n, "count"), "need": FEWEST_ENDS}
    detail = Sentence("{events} of {n} have ended; it takes {need}", values)
    yield Check(name, events >= FEWEST_ENDS, detail, takes_verdict=n == 0, numbers={"events": events, "n": n})
    if n and events == n:
        yield Check(Sentence("Some are still there"), False, Sentence("everybody has left"), numbers={"events": events})


def _seen(found: Retained) -> Iterator[Check]:
    mark = found.mark
    for stay in found.stays:
        curve = stay.curve
        before = curve.at_risk[curve.times <= mark]
        left = float(before[-1]) if len(before) else curve.n
        if left < FEWEST_LEFT or math.isnan(curve.at(mark).estimate):
            values = {"who": stay.label, "n": Quantity(left, "count"), "time": found.said(mark)}
            yield Check(Sentence("{who}: enough were seen for {time}", values), False,
                        Sentence("{n} were", values), numbers={"at_risk": left})  # fmt: skip


def _drift(found: Retained) -> Iterator[Check]:
    """A curve over all mixes cohorts; where the latest differ from the first it is nobody's."""
    for i, time in reversed(list(enumerate(found.definition.after))):
        whole = [c.kept[i] for c in found.by_cohort if c.kept[i] is not None and c.kept[i].defined]
        if len(whole) < 2:
            continue
        first, last = whole[0], whole[-1]
        alike = first.low <= last.high and last.low <= first.high
        values = {"time": found.said(time), "first": share(first), "last": share(last)}
        detail = Sentence("after {time} {first} of the first were there and {last} of the last", values)
        yield Check(Sentence("Those who came lately stay as the first did"), alike, detail,
                    numbers={"first": first.estimate, "last": last.estimate})  # fmt: skip
        return


def _set_aside(found: Retained) -> Iterator[Check]:
    for s in found.set_aside:
        yield Check(s.why, None, _rows(s.count), numbers={"rows": s.count})
    if not found.set_aside:
        yield Check(Sentence("Every row was used"), True, Sentence("nothing was set aside"))


def _rows(n: int) -> Sentence:
    return Sentence("{n} row", {"n": n}, plural="{n} rows", count="n")
