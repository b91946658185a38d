"""Orders a customer and the price, by month and segment; the elasticity with autocorrelated errors."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, timedelta

import numpy as np
import pandas as pd

from toolkit.customers.ledger import asked, in_one_engine, orders, people, problems_of
from toolkit.customers.prices.definition import PriceResponse
from toolkit.customers.prices.results import Response, Responded
from toolkit.data.frames import TableLike
from toolkit.kpis import queried
from toolkit.problems import Problem, Refused
from toolkit.stats.autoregression import ar1_regression
from toolkit.stats.suppression import hidden_groups
from toolkit.study import Study

SEASONS_FROM = 24
"""Months from which the season of each calendar month is taken out."""
FEWEST = 12


def estimate(
    table: Study[PriceResponse] | TableLike | Mapping[str, TableLike], definition: PriceResponse | None = None
) -> Responded:
    """By how many percent do orders differ where the price is one percent higher?

    Parameters
    ----------
    table
        A study; or the tables by name.
    definition
        What to ask of `table`.

    Returns
    -------
    Responded
        Per segment the coefficient of log price in a regression of log orders a customer and day,
        with calendar months (from two years on), a drift and AR(1) errors, and its interval; and
        the same beside the other segments, in which what moves all of them cancels out. An
        association: what else changed with the price is in it.

    Raises
    ------
    Refused
        Columns that are not there, faults of SQL, prices that are not positive.
    """
    if definition is None:
        definition, table = table.definition, table.table
    tables = in_one_engine(table, definition.tables)
    price = _prices(tables, definition)
    rates = _rates(tables, definition)
    both = rates.merge(price, on="month", how="inner").sort_values("month")
    out = [
        _response(str(name), rows, both[(both.segment != name) & (both.days > 0)], definition)
        for name, rows in both.groupby("segment", sort=True)
    ]
    hidden = hidden_groups({r.segment: r.orders for r in out}, definition.min_cell)
    out = [r for r in out if r.segment not in hidden]
    move = float(np.std(np.log(price.price))) if len(price) > 1 else 0.0
    return Responded(definition, tuple(out), len(price), move)


def _prices(tables, definition: PriceResponse) -> pd.DataFrame:
    """One row a month: the mean price, beside the rivals' where asked."""
    table = tables[definition.table]
    sql = {"price": definition.price, "where": definition.where, "against": definition.against}
    problems = list(problems_of(table, "customers.prices", {"time": definition.time}, sql))
    if problems:
        raise Refused(problems)
    month = f"CAST(DATE_TRUNC('month', CAST(\"{definition.time}\" AS DATE)) AS DATE) AS month"
    found = [
        queried(queried(table, f"{month}, CAST(({definition.price}\n) AS DOUBLE) AS price", where),
                "month, AVG(price) AS price", "price IS NOT NULL", "GROUP BY month").to_pandas()
        for where in (definition.where, definition.against)[: 2 if definition.against else 1]
    ]  # fmt: skip
    ours = found[0]
    low = int((ours.price <= 0).sum())
    if low:
        raise Refused(Problem("customers.prices.price", "must be above 0 in every month", definition.price, rows=low))
    if definition.against:
        ours = ours.merge(found[1], on="month", suffixes=("", "_theirs"))
        ours = ours.assign(price=ours.price / ours.price_theirs)[["month", "price"]]
    ours["month"] = pd.to_datetime(ours["month"])
    return ours.sort_values("month")


def _rates(tables, definition: PriceResponse) -> pd.DataFrame:
    """Orders and customer-days by whole month and segment."""
    ends, starts = definition.window.ends, definition.window.starts
    ordered = orders(tables, definition.bought, definition.window)
    if not int(asked(ordered, "COUNT(*) AS n").n[0]):
        raise Refused(Problem("customers.purchases", "has no order that counts: all rows were left out"))
    who = definition.who
    base = people(tables, type(who)(who.table, who.customer, who.starts, who.ends, (definition.segment,)))
    named = queried(base, f'customer AS whose, "{definition.segment}" AS segment')
    joined = ordered.join(named, ordered.customer == named.whose)
    month = "CAST(DATE_TRUNC('month', day) AS DATE)"
    counted = asked(joined, f"segment, {month} AS month, COUNT(*) AS orders", "segment IS NOT NULL", "GROUP BY 1, 2")
    first = _as_day(asked(ordered, "MIN(day) AS day").day[0])
    months = _whole_months(max(first, starts) if starts else first, ends)
    counted["month"] = pd.to_datetime(counted["month"])
    if not months:
        return pd.DataFrame(columns=["segment", "days", "month", "orders"])
    whole = _customer_days(base, definition.segment, months)
    return whole.merge(counted, on=["segment", "month"], how="left").fillna({"orders": 0})


def _customer_days(base: ir.Table, segment: str, months: list[date]) -> pd.DataFrame:
    """How many days customers were there in each month, by segment; rows from the first customer's month on.

    Days by a date are those since each customer came less those since each went, so that how many came and
    went on each day is enough.
    """
    known = f'"{segment}" IS NOT NULL AND toolkit_came IS NOT NULL'
    there = f"{known} AND (toolkit_went IS NULL OR toolkit_went >= toolkit_came)"
    wanted = ("toolkit_came", there), ("toolkit_went", f"{there} AND toolkit_went IS NOT NULL"), ("toolkit_came", known)
    came, went, first = (
        asked(base, f'"{segment}" AS segment, CAST({day} AS DATE) AS day, COUNT(*) AS n', where, "GROUP BY 1, 2")
        for day, where in wanted
    )
    starts = pd.DatetimeIndex(pd.to_datetime([*months, _following(months[-1])]))
    parts = []
    for name, everybody in first.groupby("segment", sort=True):
        by = _days_by(came[came.segment == name], starts) - _days_by(went[went.segment == name], starts)
        rows = pd.DataFrame({"segment": name, "month": starts[:-1], "days": np.diff(by)})
        parts.append(rows[starts[1:] > pd.to_datetime(everybody.day).min()])
    if not parts:
        return pd.DataFrame({"segment": [], "month": pd.to_datetime([]), "days": np.zeros(0)})
    return pd.concat(parts, ignore_index=True)


def _days_by(cells: pd.DataFrame, ends: pd.DatetimeIndex) -> np.ndarray:
    """Days from each cell's day up to each of the ends, summed over its customers."""
    since = (ends.to_numpy()[:, None] - pd.to_datetime(cells.day).to_numpy()[None, :]) / np.timedelta64(1, "D")
    return np.maximum(since, 0) @ cells.n.to_numpy(dtype=float)


def _response(segment: str, rows: pd.DataFrame, others: pd.DataFrame, definition: PriceResponse) -> Response:
    rows = rows[rows.days > 0]
    n, orders = len(rows), int(rows.orders.sum())
    log_price = np.log(rows.price.to_numpy(dtype=float))

    def unknown(reason: str) -> Response:
        return Response(segment, n, orders, math.nan, math.nan, math.nan, math.nan, reason)

    if n < FEWEST:
        return unknown(f"{n} whole months, and {FEWEST} are needed")
    if np.std(log_price) < definition.least_move:
        return unknown("the price did not move")
    if (rows.orders == 0).any():
        return unknown("some months have no orders")
    outcome = np.log(rows.orders.to_numpy(dtype=float) / rows.days.to_numpy(dtype=float))
    rest = others[others.month.isin(rows.month)].groupby("month")[["orders", "days"]].sum().sort_index()
    beside = (math.nan, math.nan, math.nan)
    fitted = _fitted(outcome, rows, definition)
    if isinstance(fitted, str):
        return unknown(fitted)
    if len(rest) == n and (rest.orders > 0).all():
        theirs = np.log(rest.orders.to_numpy(dtype=float) / rest.days.to_numpy(dtype=float))
        gap = _fitted(outcome - theirs, rows, definition)
        beside = beside if isinstance(gap, str) else gap[:3]
    return Response(segment, n, orders, *fitted, None, *beside)


def _fitted(outcome: np.ndarray, rows: pd.DataFrame, definition: PriceResponse) -> tuple[float, ...] | str:
    """Elasticity, its interval and p; or why there is none."""
    times = (rows.month.dt.year * 12 + rows.month.dt.month).to_numpy(dtype=int)
    calendar = rows.month.dt.month.to_numpy()
    columns = [np.ones(len(rows)), (times - times.mean()) / 12, np.log(rows.price.to_numpy(dtype=float))]
    if len(rows) >= SEASONS_FROM:
        columns += [(calendar == m).astype(float) for m in sorted(set(calendar))[1:]]
    design = np.column_stack(columns)
    if np.linalg.matrix_rank(design) < design.shape[1]:
        return "the price cannot be told apart from season and drift"
    contrast = np.zeros(design.shape[1])
    contrast[2] = 1.0
    fit = ar1_regression(outcome, design, contrast, times=times - times.min(), level=definition.window.level)
    if fit.reasons[0]:
        return fit.reasons[0]
    return tuple(float(a[0, 0]) for a in (fit.estimate, fit.low, fit.high, fit.p_value))


def _whole_months(first: date, ends: date) -> list[date]:
    """First days of the months that lie wholly between the two days."""
    out = []
    one = first.replace(day=1)
    while True:
        following = _following(one)
        if following > ends + timedelta(days=1):
            return out
        if one >= first:
            out.append(one)
        one = following


def _following(month: date) -> date:
    return (month + timedelta(days=32)).replace(day=1)


def _as_day(value) -> date:
    return value.date() if hasattr(value, "date") else value
