"""What stands in the ledger: sums a month and line, money and hours apart, what is known by a day."""

from __future__ import annotations

from datetime import date

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from toolkit.data.dialects import asked_in_sql
from toolkit.data.sql_names import name_of
from toolkit.money.definition import Ledger
from toolkit.problems import Problem, Refused

MEASURES = ("money", "hours")


def read_ledger(table: ir.Table, definition: Ledger) -> pd.DataFrame:
    """The ledger, a row a month, component, phase and department.

    Returns
    -------
    pandas.DataFrame
        Columns ``month`` (first day), ``component``, ``phase``, ``department``, ``later``, ``known``
        (actuals are there and the month has begun by `definition.until`), ``done``, and for money and
        hours: planned, actual (nan where not known) and ``earned``; ``planned_labour`` and
        ``actual_labour`` are hours as money. Summed in the engine.

    Raises
    ------
    Refused
        All problems at once: no rows, amounts below 0, a share of work outside 0 to 1, hours
        without a rate.
    """
    d = definition
    until = f"DATE '{d.until.isoformat()}'"
    known = f"({name_of(d.actual)} IS NOT NULL AND CAST({name_of(d.month)} AS DATE) <= {until})"
    rate = name_of(d.hour_rate) if isinstance(d.hour_rate, str) else repr(float(d.hour_rate or 0.0))
    done = name_of(d.done) if d.done else "NULL"
    hours = {"planned": d.planned_hours, "actual": d.actual_hours}
    chosen = {
        "month": f"CAST(date_trunc('month', CAST({name_of(d.month)} AS DATE)) AS DATE)",
        "component": f"CAST({name_of(d.component)} AS VARCHAR)",
        "phase": f"CAST({name_of(d.phase)} AS VARCHAR)" if d.phase else "''",
        "department": f"CAST({name_of(d.department)} AS VARCHAR)" if d.department else "''",
        "later": f"COALESCE(({d.later}\n), FALSE)" if d.later else "FALSE",
        "known": known,
        "planned_money": _sum(name_of(d.planned)),
        "actual_money": _sum(f"CASE WHEN {known} THEN {name_of(d.actual)} END"),
        "earned_money": _sum(f"CASE WHEN {known} THEN {name_of(d.planned)} * {done} END"),
    }
    for kind, column in hours.items():
        given = name_of(column) if column else "NULL"
        shown = f"CASE WHEN {known} THEN {given} END" if kind == "actual" else given
        chosen[f"{kind}_hours"] = _sum(shown)
        chosen[f"{kind}_labour"] = _sum(f"({shown}) * {rate}")
        chosen[f"{kind}_unrated"] = f"COUNT(*) FILTER (WHERE ({shown}) > 0 AND {rate} IS NULL)"
    planned_hours = name_of(d.planned_hours) if d.planned_hours else "NULL"
    chosen["earned_hours"] = _sum(f"CASE WHEN {known} THEN {planned_hours} * {done} END")
    for key, column in (("low_money", d.planned), ("low_actual", d.actual)):
        chosen[key] = f"CAST(MIN({name_of(column)}) AS DOUBLE)"
    chosen["low_done"] = f"CAST(MIN({done}) AS DOUBLE)" if d.done else "CAST(NULL AS DOUBLE)"
    chosen["high_done"] = f"CAST(MAX({done}) AS DOUBLE)" if d.done else "CAST(NULL AS DOUBLE)"
    groups = ("month", "component", "phase", "department", "later", "known")
    listed = ", ".join(f'{sql} AS "{name}"' for name, sql in chosen.items())
    grouped = ", ".join(str(i + 1) for i in range(len(groups)))
    rows = _grouped(table, listed, grouped).execute()
    _refuse(rows, d)
    rows["month"] = pd.to_datetime(rows["month"]).dt.date
    kept = [c for c in rows.columns if not c.startswith(("low_", "high_")) and not c.endswith("_unrated")]
    return rows[kept].sort_values(list(groups), kind="stable").reset_index(drop=True)


def _grouped(table: ir.Table, listed: str, grouped: str) -> ir.Table:
    name = "toolkit_ledger"
    return asked_in_sql(table, name, f"SELECT {listed} FROM {name} GROUP BY {grouped}")


def _sum(sql: str) -> str:
    return f"CAST(SUM({sql}) AS DOUBLE)"


def _refuse(rows: pd.DataFrame, d: Ledger) -> None:
    problems = []
    at = "money.budgets"
    if rows.empty:
        raise Refused(Problem(at, "has no rows: there is no budget to look at"))
    if rows["component"].isna().any() or rows["month"].isna().any():
        problems.append(Problem(at, f"every row needs its '{d.component}' and its '{d.month}'"))
    for key, column in (("low_money", d.planned), ("low_actual", d.actual)):
        if (rows[key] < 0).any():
            problems.append(Problem(f"{at}.{column}", "must not be below 0", float(rows[key].min())))
    if (rows["low_done"] < 0).any() or (rows["high_done"] > 1).any():
        problems.append(Problem(f"{at}.{d.done}", "is a share of the work: it lies between 0 and 1"))
    bare = int(rows["planned_unrated"].sum() + rows["actual_unrated"].sum())
    if bare:
        problems.append(Problem(f"{at}.{d.hour_rate}", "is missing where there are hours: hours without a rate", rows=bare))
    if problems:
        raise Refused(problems)


def month_index(days: pd.Series | list[date], start: date) -> np.ndarray:
    """Months from `start` to each day."""
    return np.array([(d.year - start.year) * 12 + d.month - start.month for d in days], int)



