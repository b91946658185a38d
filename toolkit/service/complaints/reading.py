"""Complaints by month, and what they are counted against."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from toolkit.service.complaints.definition import Complaints
from toolkit.service.measured import NOT_SAID
from toolkit.service.window import Window, months_before, within


def whole_months(definition: Complaints) -> tuple[date, ...]:
    """The first days of the whole months that the trend looks back, in order."""
    end = definition.window.end.replace(day=1)
    return tuple(months_before(end, n) for n in range(definition.trend_months, 0, -1))


def trend_window(definition: Complaints) -> Window:
    """Those months as a window."""
    months = whole_months(definition)
    return Window(months[0], definition.window.end.replace(day=1), definition.window.label)


def by_month(table: ir.Table, time: str, window: Window, where: str | None, unit: str | None) -> dict[date, tuple[int, int]]:
    """Month -> rows, and over units the sum of their squared rows."""
    rows = within(table, time, window, where)
    month = rows[time].cast("date").truncate("M").cast("date")
    if unit is None:
        each = rows.select(month=month).group_by("month").agg(n=ibis._.count())
        return {r["month"]: (int(r["n"]), int(r["n"])) for r in each.to_pyarrow().to_pylist()}
    rows = rows.select(month=month, who=rows[unit].cast("string").fill_null(NOT_SAID))
    each = rows.group_by(["month", "who"]).agg(c=rows.count())
    each = each.group_by("month").agg(n=each.c.sum(), q=(each.c * each.c).sum())
    return {r["month"]: (int(r["n"]), int(r["q"])) for r in each.to_pyarrow().to_pylist()}


def counted(rows: ir.Table, unit: str | None) -> tuple[int, int]:
    """Rows, and over units the sum of their squared rows."""
    if unit is None:
        n = int(rows.count().execute())
        return n, n
    each = rows.group_by(who=rows[unit].cast("string").fill_null(NOT_SAID)).agg(c=rows.count())
    found = each.agg(n=each.c.sum(), q=(each.c * each.c).sum()).to_pyarrow().to_pylist()[0]
    return int(found["n"] or 0), int(found["q"] or 0)
