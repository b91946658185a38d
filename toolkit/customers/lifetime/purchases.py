"""Purchases as cells: one grouping by customer inside the engine, then counts of customers alike."""

from __future__ import annotations

from datetime import date, timedelta

import ibis.expr.types as ir
import numpy as np
import pandas as pd

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
from toolkit.data.asking import literal, name_of
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
    counted = asked(rows, "SELECT state, COUNT(*) AS n FROM toolkit_rows GROUP BY 1").to_pandas()
    aside = tuple(
        SetAside(_WHY[s], int(n)) for s, n in sorted(zip(counted.state, counted.n, strict=True)) if s != "used"
    )
    used = asked(rows, "SELECT * FROM toolkit_rows WHERE state = 'used'")
    if definition.currency_column:
        _one_currency(used, definition)
    span = asked(used, "SELECT MIN(day) AS starts, MAX(day) AS ends FROM toolkit_rows").to_pandas()
    starts, ends = day_of(span.starts[0]), definition.ends or day_of(span.ends[0])
    if starts is None:
        empty = bg_nbd.cells([], [], [])
        return Told({None: Buyers(empty, np.zeros(0), None)}, aside)
    days = (ends - starts).days
    split = ends - timedelta(days=round(days * definition.holdout))
    window = max(1, min(365, days // 2))
    people = _people(used, split, ends, window).cache()
    frames = {name: _steady(asked(people, text).to_pandas()) for name, text in _questions(split, ends).items()}
    by_segment = {
        name: dict(segments_of(frame, definition)) for name, frame in frames.items()
    }
    # a segment may have nobody who came back, or nobody early: it has fewer frames, and no less cells
    parts = {
        segment: _buyers(segment, by_segment, definition, (ends - split).days / WEEK, window)
        for segment in by_segment["cells"]
    }
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


def _steady(frame: pd.DataFrame) -> pd.DataFrame:
    """Cells in an order of their own, sums without the bits that hang on the order an engine added in.

    A fit stops where a step gains nothing any more; from other last bits it stops elsewhere.
    """
    keys = [c for c in frame.columns if c not in _SUMS and c != "segment"]
    frame = frame.sort_values(keys, kind="stable", ignore_index=True)
    return frame.assign(**{c: [_rounded(v) for v in frame[c]] for c in _SUMS if c in frame.columns})


_SUMS = ("spent", "mean", "spread")


def _rounded(value: object) -> float:
    return float("nan") if pd.isna(value) else float(f"{float(value):.12g}")


def _questions(split: date, ends: date) -> dict[str, str]:
    end, cut = literal(ends), literal(split)
    return {
        "cells": f"""
            SELECT segment, x, DATE_DIFF('day', first, last) AS recency, DATE_DIFF('day', first, {end}) AS age,
                   COUNT(*) AS n, SUM(CASE WHEN x > 0 THEN again / x ELSE 0 END) AS spent
            FROM toolkit_rows GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
        """,
        "amounts": f"""
            SELECT segment, x, FLOOR(LN(again / x) * {BINS}) AS bin, COUNT(*) AS n, AVG(again / x) AS mean
            FROM toolkit_rows WHERE x > 0 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
        """,
        "before": f"""
            SELECT segment, x_before AS x, DATE_DIFF('day', first, last_before) AS recency,
                   DATE_DIFF('day', first, {cut}) AS age, COUNT(*) AS n, SUM(later) AS later,
                   SUM(later * later) AS squared
            FROM toolkit_rows WHERE first <= {cut} GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
        """,
        "windows": """
            SELECT segment, in_before, in_last, COUNT(*) AS n, AVG(spend_last) AS mean,
                   VAR_POP(spend_last) AS spread
            FROM toolkit_rows GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
        """,
    }


def _buyers(segment, frames, definition: Purchases, ahead: float, window: int) -> Buyers:
    rows = frames["cells"][segment]
    cells, spent = _cells(rows, rows.spent)
    found = frames["before"].get(segment)
    before = later = squared = None
    if found is not None and len(found):
        before, later = _cells(found, found.later)
        squared = _cells(found, found.squared)[1]
    amounts = frames["amounts"].get(segment)
    if definition.amount is None or amounts is None:
        amounts = None
    else:
        amounts = amounts.astype({"x": float, "mean": float, "n": float})
    return Buyers(
        cells, spent, amounts, before, later, squared, ahead, _windows(frames["windows"].get(segment), window)
    )


def _cells(rows: pd.DataFrame, summed: pd.Series) -> tuple[bg_nbd.Cells, np.ndarray]:
    """Cells of customers whatever their segment, with a sum by cell; times in weeks."""
    keys = rows.assign(summed=summed).groupby(["x", "recency", "age"], as_index=False)[["n", "summed"]].sum()
    cells = bg_nbd.Cells(
        keys.x.to_numpy(dtype=float), keys.recency.to_numpy(dtype=float) / WEEK,
        keys.age.to_numpy(dtype=float) / WEEK, keys.n.to_numpy(dtype=float),
    )  # fmt: skip
    return cells, keys.summed.to_numpy(dtype=float)


def _windows(rows: pd.DataFrame | None, window: int) -> Windows | None:
    if rows is None or not len(rows):
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
