"""Purchases as cells: one grouping by customer inside the engine, then counts of customers alike."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from toolkit.customers.kept import MOST_IN_MEMORY
from toolkit.customers.lifetime.definition import Purchases
from toolkit.customers.lifetime.reading import (
    BINS,
    Buyers,
    SetAside,
    Told,
    Windows,
    asked,
    checked_table,
    day_of,
    segment_sql,
    segments_of,
)
from toolkit.customers.lifetime.steady import steady
from toolkit.data.asked_once import kept
from toolkit.data.asking import literal, name_of
from toolkit.data.dialects import answered_table, name_for
from toolkit.language import Sentence
from toolkit.problems import Problem, Refused
from toolkit.stats import bg_nbd

WEEK = 7.0
"""Days: times are in weeks, as in the paper, so that rates can be held beside published ones."""
PER_YEAR = 365.25 / WEEK


def read_purchases(table: ir.Table, definition: Purchases) -> Told:
    """Customers by what they did, from rows of purchases.

    Raises
    ------
    Refused
        Columns or SQL that are wrong; amounts in several currencies.
    """
    rows = _judged(checked_table(table, definition), definition)
    counted = asked(
        rows, "SELECT state, COUNT(*) AS n, MIN(day) AS starts, MAX(day) AS ends FROM toolkit_rows GROUP BY 1"
    ).to_pandas()
    aside = tuple(
        SetAside(_WHY[s], int(n)) for s, n in sorted(zip(counted.state, counted.n, strict=True)) if s != "used"
    )
    used = asked(rows, "SELECT * FROM toolkit_rows WHERE state = 'used'")
    if definition.currency_column:
        _one_currency(used, definition)
    span = counted[counted.state == "used"]
    if span.empty:
        empty = bg_nbd.cells([], [], [])
        return Told({None: Buyers(empty, np.zeros(0), None)}, aside)
    starts, ends = day_of(span.starts.iloc[0]), definition.ends or day_of(span.ends.iloc[0])
    days = (ends - starts).days
    split = ends - timedelta(days=round(days * definition.holdout))
    window = max(1, min(365, days // 2))
    people = kept(_people(used, split, ends, window), int(span.n.iloc[0]) > MOST_IN_MEMORY)
    ahead = (ends - split).days / WEEK
    # one answer at a time: each may be millions of cells
    parts = {
        segment: Buyers(*_cells(rows_, "spent"), None)
        for segment, rows_ in segments_of(_told(people, _of_cells(ends)), definition)
    }
    # a segment may have nobody who came back, or nobody early: it has fewer answers, and no less cells
    if definition.amount is not None:
        for segment, rows_ in segments_of(_told(people, _AMOUNTS), definition):
            amounts = rows_.drop(columns="segment").astype({"x": float, "mean": float, "n": float})
            parts[segment] = replace(parts[segment], amounts=amounts)
    for segment, rows_ in segments_of(_told(people, _WINDOWS), definition):
        parts[segment] = replace(parts[segment], windows=_windows(rows_, window))
    before = _told(people, _of_before(split))
    if len(before):  # foretold of everybody only
        cells, later, squared = _cells(before, "later", "squared")
        parts[None] = replace(parts[None], before=cells, later=later, later_squared=squared, ahead=ahead)
    return Told(parts, aside, starts, ends, split)


_WHY = {
    "nobody": Sentence("Rows set aside: no customer"),
    "day": Sentence("Rows set aside: no day"),
    "late": Sentence("Rows after the end of the period, not counted"),
    "cancelled": Sentence("Rows of cancelled orders, left out"),
    "returned": Sentence("Rows of returns, left out"),
    "amount": Sentence("Rows set aside: the amount is missing"),
    "negative": Sentence("Rows set aside: the amount is negative"),
    "zero": Sentence("Rows set aside: the amount is 0"),
}


def _judged(rows: ir.Table, definition: Purchases) -> ir.Table:
    """Every row with what is wrong with it, or `used`."""
    customer, day = name_of(definition.customer), f"CAST({name_of(definition.time)} AS DATE)"
    amount = f"CAST(({definition.amount}) AS DOUBLE)" if definition.amount else "CAST(1 AS DOUBLE)"
    cases = [(f"{customer} IS NULL", "nobody"), (f"{day} IS NULL", "day")]
    if definition.ends:
        cases.append((f"{day} > {literal(definition.ends)}", "late"))
    cases += [(f"({text})", word) for text, word in
              ((definition.cancelled, "cancelled"), (definition.returned, "returned")) if text]  # fmt: skip
    cases += [(f"{amount} IS NULL", "amount"), (f"{amount} < 0", "negative"), (f"{amount} = 0", "zero")]
    whens = " ".join(f"WHEN {case} THEN '{word}'" for case, word in cases)
    currency = name_of(definition.currency_column) if definition.currency_column else "NULL"
    return asked(rows, f"""
        SELECT {customer} AS customer, {day} AS day, {amount} AS amount, {segment_sql(definition)} AS segment,
               CAST({currency} AS VARCHAR) AS currency, CASE {whens} ELSE 'used' END AS state
        FROM toolkit_rows
    """)


def _one_currency(used: ir.Table, definition: Purchases) -> None:
    found = asked(used, "SELECT currency, COUNT(*) AS n FROM toolkit_rows GROUP BY 1 ORDER BY 2 DESC").to_pandas()
    if len(found) > 1:
        named = tuple(f"{c}: {n:,} rows" for c, n in zip(found.currency, found.n, strict=True))
        rule = "holds several currencies: convert the amounts, or choose one with 'where'"
        raise Refused(
            Problem(f"lifetime.{definition.name}.currency_column", rule, definition.currency_column, named)
        )


def _people(used: ir.Table, split: date, ends: date, window: int) -> ir.Table:
    """One row a customer. Rows of one day are one purchase."""
    cut, last = literal(split), literal(ends - timedelta(days=window))
    first = literal(ends - timedelta(days=2 * window))
    bought = asked(used, """
        SELECT customer, day, SUM(amount) AS amount, MAX(segment) AS segment FROM toolkit_rows GROUP BY 1, 2
    """)
    return asked(bought, f"""
        SELECT ARG_MAX(segment, day) AS segment, MIN(day) AS first, MAX(day) AS last, COUNT(*) - 1 AS x,
               SUM(amount) - ARG_MIN(amount, day) AS again,
               SUM(CASE WHEN day <= {cut} THEN 1 ELSE 0 END) - 1 AS x_before,
               MAX(CASE WHEN day <= {cut} THEN day END) AS last_before,
               SUM(CASE WHEN day > {cut} THEN 1 ELSE 0 END) AS later,
               MAX(CASE WHEN day > {last} THEN 1 ELSE 0 END) AS in_last,
               MAX(CASE WHEN day > {first} AND day <= {last} THEN 1 ELSE 0 END) AS in_before,
               SUM(CASE WHEN day > {last} THEN amount ELSE 0 END) AS spend_last
        FROM toolkit_rows GROUP BY customer
    """)


def _told(people: ir.Table, text: str) -> pd.DataFrame:
    """An answer in columns, sums without the bits that hang on the order an engine added in.

    A fit stops where a step gains nothing any more; from other last bits it stops elsewhere.
    """
    name = name_for(people)
    answer = answered_table(people, name, text.replace("toolkit_rows", name))
    index = answer.column_names.index("segment")
    answer = answer.set_column(index, "segment", answer.column("segment").cast("string").dictionary_encode())
    frame = answer.to_pandas(split_blocks=True, self_destruct=True)
    return frame.assign(**{c: steady(frame[c].to_numpy(dtype=float)) for c in _SUMS if c in frame.columns})


_SUMS = ("spent", "mean", "spread")


def _of_cells(ends: date) -> str:
    end = literal(ends)
    return f"""
        SELECT segment, CAST(x AS INTEGER) AS x, CAST(DATE_DIFF('day', first, last) AS INTEGER) AS recency,
               CAST(DATE_DIFF('day', first, {end}) AS INTEGER) AS age, CAST(COUNT(*) AS INTEGER) AS n,
               SUM(CASE WHEN x > 0 THEN again / x ELSE 0 END) AS spent
        FROM toolkit_rows GROUP BY 1, 2, 3, 4 ORDER BY 2, 3, 4, 5, 1
    """


_AMOUNTS = f"""
    SELECT segment, x, FLOOR(LN(again / x) * {BINS}) AS bin, COUNT(*) AS n, AVG(again / x) AS mean
    FROM toolkit_rows WHERE x > 0 GROUP BY 1, 2, 3 ORDER BY 2, 3, 4, 1
"""

_WINDOWS = """
    SELECT segment, in_before, in_last, COUNT(*) AS n, AVG(spend_last) AS mean, VAR_POP(spend_last) AS spread
    FROM toolkit_rows GROUP BY 1, 2, 3 ORDER BY 2, 3, 4, 1
"""


def _of_before(split: date) -> str:
    cut = literal(split)
    return f"""
        SELECT CAST(NULL AS VARCHAR) AS segment, CAST(x_before AS INTEGER) AS x,
               CAST(DATE_DIFF('day', first, last_before) AS INTEGER) AS recency,
               CAST(DATE_DIFF('day', first, {cut}) AS INTEGER) AS age, CAST(COUNT(*) AS INTEGER) AS n,
               CAST(SUM(later) AS BIGINT) AS later, CAST(SUM(later * later) AS BIGINT) AS squared
        FROM toolkit_rows WHERE first <= {cut} GROUP BY 2, 3, 4 ORDER BY 2, 3, 4
    """


def _cells(rows: pd.DataFrame, *summed: str) -> tuple[bg_nbd.Cells, *tuple[np.ndarray, ...]]:
    """Cells of customers whatever their segment, with sums by cell; times in weeks. Rows are in order."""
    keys = [rows[k].to_numpy() for k in ("x", "recency", "age")]
    first = np.ones(len(rows), dtype=bool)
    first[1:] = np.logical_or.reduce([k[1:] != k[:-1] for k in keys])
    starts = np.flatnonzero(first)
    x, recency, age = (k[starts].astype(float) for k in keys)
    recency /= WEEK
    age /= WEEK
    n, *sums = (np.add.reduceat(rows[c].to_numpy(dtype=float), starts) for c in ("n", *summed))
    return bg_nbd.Cells(x, recency, age, n), *sums


def _windows(rows: pd.DataFrame, window: int) -> Windows | None:
    if not len(rows):
        return None
    last, before = rows[rows.in_last == 1], rows[rows.in_before == 1]
    n = float(last.n.sum())
    mean = spread = float("nan")
    if n > 1:
        mean = float((last.n * last["mean"]).sum() / n)
        inside = (last.n * (last.spread + (last["mean"] - mean) ** 2)).sum()
        spread = float(np.sqrt(inside / (n - 1)))
    both = float(before[before.in_last == 1].n.sum())
    return Windows(window / 365.25, float(before.n.sum()), both, n, mean, spread)
