"""What is promised to each department and channel, and how it meets the contacts."""

from __future__ import annotations

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from toolkit.problems import Problem, Refused
from toolkit.service.answering.definition import Answering

MOST = 2_000


@dataclass(frozen=True)
class Promise:
    """One promise: whose, and how soon; None where it says nothing."""

    department: str | None
    channel: str | None
    reply: float | None
    resolution: float | None
    share: float | None


def promises_of(table: ir.Table | None, asked: Answering) -> tuple[Promise, ...]:
    """Every promise made.

    Raises
    ------
    Refused
        Two promises to the same, a share that is none, or too many.
    """
    p = asked.promises
    if p is None:
        return ()
    if not p.in_table:
        return (Promise(None, None, p.reply_hours, p.resolution_hours, p.share),)
    if table is None:
        return ()
    columns = {"department": p.department, "channel": p.channel, "reply": p.reply_hours,
               "resolution": p.resolution_hours, "share": p.share}  # fmt: skip
    columns = {k: v for k, v in columns.items() if v is not None}
    rows = table.select(**{k: table[v] for k, v in columns.items()}).limit(MOST + 1).to_pyarrow().to_pylist()
    if len(rows) > MOST:
        raise Refused(Problem("service.answering.promises", f"has more than {MOST} rows: is it the right table?"))
    found, problems = [], []
    for r in rows:
        made = Promise(*(_text(r.get(k)) for k in ("department", "channel")),
                       *(_number(r.get(k)) for k in ("reply", "resolution", "share")))  # fmt: skip
        who = ", ".join(v for v in (made.department, made.channel) if v) or "everybody"
        if any((m.department, m.channel) == (made.department, made.channel) for m in found):
            problems.append(Problem("service.answering.promises", "promises twice to the same", who))
        if made.share is not None and not 0 < made.share <= 1:
            rule = "'share' must be above 0 and 1 at most"
            problems.append(Problem("service.answering.promises", rule, f"{made.share:g} to {who}"))
        found.append(made)
    if problems:
        raise Refused(problems)
    return tuple(sorted(found, key=lambda m: (m.department or "", m.channel or "")))


def by_row(rows: ir.Table, asked: Answering, made: tuple[Promise, ...], what: str) -> ir.Value | float | None:
    """A promise's number for each contact; None where nothing of the kind is promised."""
    told = [m for m in made if getattr(m, what) is not None]
    if not told:
        return None
    if told[0].department is None and told[0].channel is None:
        return getattr(told[0], what)
    branches = []
    for m in told:
        meets = ibis.literal(True)
        for column, value in ((asked.department, m.department), (asked.channel, m.channel)):
            if value is not None and column is not None:
                meets &= rows[column].cast("string") == value
        branches.append((meets.fill_null(False), ibis.literal(float(getattr(m, what)))))
    return ibis.cases(*branches)


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _number(value: object) -> float | None:
    return None if value is None else float(value)
