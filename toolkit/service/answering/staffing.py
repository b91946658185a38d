"""Are there colleagues enough for the queue? The busiest hour, by Erlang C."""

from __future__ import annotations

import math
from dataclasses import dataclass

import ibis.expr.types as ir

from toolkit.kpis import with_expressions
from toolkit.service.answering.definition import Answering
from toolkit.service.window import within
from toolkit.stats.erlang import Queue, agents_needed, queue
from toolkit.stats.event_rates import interval as rate_interval


@dataclass(frozen=True)
class Staffed:
    """A queue in its busiest hour.

    Attributes
    ----------
    hour
        Of the day, 0 to 23; None where there were no contacts.
    contacts
        In that hour, over all days of the window.
    arrivals, arrivals_high
        A day in that hour, and as many as chance allows.
    minutes
        Mean time a contact takes.
    now
        With the colleagues there are.
    needed, needed_high
        The fewest that keep the promise, for the mean and for as many as chance allows.
    """

    hour: int | None
    contacts: int
    arrivals: float
    arrivals_high: float
    minutes: float
    now: Queue | None
    needed: Queue | None
    needed_high: Queue | None
    reason: str | None = None


def staffed(table: ir.Table, asked: Answering) -> Staffed | None:
    """The queue of the definition; None where it has none."""
    s = asked.staffing
    if s is None or asked.window.first is None:
        return None
    where = " and ".join(f"({w})" for w in (asked.where, s.where) if w) or None
    rows = within(table, asked.opened, asked.window, where)
    rows = with_expressions(rows, {"minutes": s.minutes}, [asked.opened])
    hour = rows[asked.opened].cast("timestamp").hour()
    found = rows.group_by(hour=hour).agg(n=rows.count(), minutes=rows.minutes.cast("float64").sum(),
                                         timed=rows.minutes.count()).to_pyarrow().to_pylist()  # fmt: skip
    timed = sum(r["timed"] for r in found)
    if not found or not timed:
        reason = "no contacts" if not found else "no contact has its handling time"
        return Staffed(None, 0, math.nan, math.nan, math.nan, None, None, None, reason)
    busiest = max(found, key=lambda r: (r["n"], -r["hour"]))
    days = asked.window.days * s.days_a_week / 7
    rate = rate_interval(int(busiest["n"]), days, level=asked.level)
    minutes = sum(r["minutes"] for r in found if r["minutes"] is not None) / timed
    n, high, hours = rate.estimate, rate.high, minutes / 60
    if not hours > 0:
        return Staffed(int(busiest["hour"]), int(busiest["n"]), n, high, minutes, None, None, None, "contacts take no time")
    allowed = s.answer_within_seconds / 3600
    return Staffed(
        int(busiest["hour"]), int(busiest["n"]), n, high, minutes, queue(n, hours, s.agents, allowed),
        agents_needed(n, hours, allowed, s.share), agents_needed(high, hours, allowed, s.share),
    )  # fmt: skip
