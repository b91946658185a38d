"""What leaves the engine: counted cells, never rows. What cannot be used is set aside with its count."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import ibis.expr.operations as ops
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from toolkit.company.expressions import check_expression, said
from toolkit.customers.kept import many_rows
from toolkit.customers.lifetime.definition import Definition, Renewals, Summary
from toolkit.data.asked_once import kept
from toolkit.data.asking import literal, name_of
from toolkit.data.dialects import asked_in_sql
from toolkit.language import Sentence
from toolkit.problems import Problem, Refused
from toolkit.stats import bg_nbd

MOST_SEGMENTS = 40
BINS = 500
"""Mean amounts are told apart to a five-hundredth of their logarithm; each bin keeps its own mean."""


@dataclass(frozen=True)
class SetAside:
    """Rows (or customers) that could not be used, and why."""

    why: Sentence
    count: int


@dataclass(frozen=True)
class Windows:
    """The last `years` observed and as long before: who bought in which, and for how much.

    `spend` and `spend_sd` are of the customers who bought in the last window.
    """

    years: float
    before: float
    both: float
    last: float
    spend: float
    spend_sd: float


@dataclass(frozen=True, eq=False)
class Buyers:
    """Buyers of one segment.

    Attributes
    ----------
    cells
        Counted by x, t_x and T.
    spent : ndarray
        By cell: the sum over its customers of their mean amounts; zero without a repeat purchase.
    amounts : DataFrame
        ``x``, ``mean``, ``n``: customers who bought again, by their mean amount. None without money.
    later : tuple of ndarray or None
        For the holdout, of everybody only: by its own cells, purchases afterwards and their squares.
    before : Cells or None
        Cells at the day from which was foretold.
    windows
        What was bought in the last window and the one before, for the margin multiple.
    """

    cells: bg_nbd.Cells
    spent: np.ndarray
    amounts: pd.DataFrame | None
    before: bg_nbd.Cells | None = None
    later: np.ndarray | None = None
    later_squared: np.ndarray | None = None
    ahead: float = 0.0
    windows: Windows | None = None


@dataclass(frozen=True, eq=False)
class Holders:
    """Customers under contract of one segment: decisions, those before and after a day, and who is there."""

    decisions: pd.DataFrame
    before: pd.DataFrame
    after: pd.DataFrame
    there: pd.DataFrame


@dataclass(frozen=True, eq=False)
class Told:
    """Everything read: by segment (None is everybody), what was set aside, first and last day."""

    parts: dict[str | None, Buyers | Holders]
    set_aside: tuple[SetAside, ...]
    starts: date | None = None
    ends: date | None = None
    split: date | None = None


def checked_table(table: ir.Table, definition: Definition) -> ir.Table:
    """The table with its `where` kept.

    Raises
    ------
    Refused
        Every missing column and every fault of the SQL.
    """
    at = f"lifetime.{definition.name}"
    problems = [
        Problem(f"{at}.{part}", "is no column of the table", c, tuple(table.columns))
        for part, c in definition.columns
        if c not in table.columns
    ]
    for part, text in definition.texts:
        found = check_expression(text, table.columns)
        for fault in found.faults:
            piece, rule = said(found, fault)
            problems.append(Problem(f"{at}.{part}", rule, piece, fault.choices))
    if problems:
        raise Refused(problems)
    if definition.where is None:
        return table
    return asked(table, f"SELECT * FROM toolkit_rows WHERE ({definition.where})")


def asked(table: ir.Table, text: str) -> ir.Table:
    """A query over `toolkit_rows`, in DuckDB's dialect; queries may be asked of each other."""
    # each level has a name of its own, for an engine sees them all in one query
    name = f"toolkit_rows_{len(table.op().find(ops.SQLStringView))}"
    return asked_in_sql(table, name, text.replace("toolkit_rows", name))


def read_summary(table: ir.Table, definition: Summary) -> Told:
    """Customers already summed up, as cells."""
    rows = checked_table(table, definition)
    spend = _number(definition.spend) if definition.spend else "NULL"
    # the mean amount of those who never came back belongs to no repeat purchase
    frame = asked(rows, f"""
        SELECT {segment_sql(definition)} AS segment, {_number(definition.frequency)} AS x,
               {_number(definition.recency)} AS recency, {_number(definition.age)} AS age,
               CASE WHEN {_number(definition.frequency)} > 0 THEN {spend} END AS spend, COUNT(*) AS n
        FROM toolkit_rows GROUP BY 1, 2, 3, 4, 5
    """).to_pandas()
    numbers = {c: frame[c].to_numpy(dtype=float, na_value=np.nan) for c in ("x", "recency", "age", "spend")}
    wrong = bg_nbd.broken(numbers["x"], numbers["recency"], numbers["age"])
    if definition.spend:
        seen = np.logical_or.reduce(list(wrong.values()))
        odd = (numbers["x"] > 0) & ~(numbers["spend"] > 0) & ~seen
        wrong["the mean amount of a customer who came back must be above 0"] = odd
    aside = [SetAside(Sentence("Customers set aside: {rule}", {"rule": _RULES[r]}), int(frame.n[w].sum()))
             for r, w in wrong.items() if w.any()]  # fmt: skip
    kept = frame[~np.logical_or.reduce(list(wrong.values()))]
    parts = {}
    for segment, rows_ in segments_of(kept, definition):
        cells = bg_nbd.cells(rows_.x, rows_.recency, rows_.age, rows_.n)
        parts[segment] = Buyers(cells, *_money(rows_, cells, bool(definition.spend)))
    return Told(parts, tuple(aside))


_RULES = {
    "a number is missing": Sentence("a number is missing"),
    "repeat purchases must be whole numbers, 0 or more": Sentence("repeat purchases are no whole number of 0 or more"),
    "times must be 0 or more": Sentence("a time is below 0"),
    "the last purchase must not be after the end of observation":
        Sentence("the last purchase is after the end of observation"),
    "without a repeat purchase the last one is the first": Sentence("a last purchase later than the first, but no repeat"),
    "a repeat purchase comes after the first one": Sentence("a repeat purchase at the time of the first"),
    "the mean amount of a customer who came back must be above 0": Sentence("the mean amount is not above 0"),
}  # fmt: skip


def _money(rows: pd.DataFrame, cells: bg_nbd.Cells, known: bool):
    """By cell the customers' summed mean amounts; and repeaters by their mean."""
    if not known:
        return np.zeros(len(cells.x)), None
    again = rows[rows.x > 0]
    sums = (again.spend * again.n).groupby([again.x, again.recency, again.age]).sum()
    index = pd.MultiIndex.from_arrays([cells.x, cells.recency, cells.age])
    spent = sums.reindex(index).fillna(0.0).to_numpy(dtype=float)
    amounts = again.groupby(["x", "spend"], as_index=False).n.sum().rename(columns={"spend": "mean"})
    return spent, amounts


def read_renewals(table: ir.Table, definition: Renewals) -> Told:
    """Decisions by term, those before and after the day from which is foretold, and who is there now."""
    rows = checked_table(table, definition)
    term, renewed = _number(definition.term), _number(definition.renewed)
    day = f"CAST({name_of(definition.time)} AS DATE)" if definition.time else "CAST(NULL AS DATE)"
    late = f"{day} > {literal(definition.ends)}" if definition.time and definition.ends else "FALSE"
    base = asked(rows, f"""
        SELECT CAST({name_of(definition.customer)} AS VARCHAR) AS customer, {segment_sql(definition)} AS segment,
               {term} AS term, {renewed} AS renewed, {day} AS day,
               CASE WHEN {name_of(definition.customer)} IS NULL THEN 'nobody'
                    WHEN {term} IS NULL OR {term} < 1 OR {term} <> FLOOR({term}) THEN 'term'
                    WHEN {renewed} IS NULL OR {renewed} NOT IN (0, 1) THEN 'renewed'
                    {f"WHEN {day} IS NULL THEN 'day'" if definition.time else ""}
                    WHEN {late} THEN 'late' ELSE 'used' END AS state
        FROM toolkit_rows
    """)
    base = kept(asked(base, """
        SELECT segment, term, renewed, day, state,
               ROW_NUMBER() OVER (PARTITION BY customer, term, state ORDER BY day, renewed) AS copy,
               MAX(CASE WHEN state = 'used' THEN term END) OVER (PARTITION BY customer) AS last FROM toolkit_rows
    """), many_rows(table))
    counted = asked(base, """
        SELECT CASE WHEN state = 'used' AND copy > 1 THEN 'twice' ELSE state END AS state, COUNT(*) AS n
        FROM toolkit_rows GROUP BY 1
    """).to_pandas()
    aside = tuple(
        SetAside(_DECISIONS[s], int(n)) for s, n in sorted(zip(counted.state, counted.n, strict=True)) if s != "used"
    )
    used = "state = 'used' AND copy = 1"
    span = asked(base, f"SELECT MIN(day) AS starts, MAX(day) AS ends FROM toolkit_rows WHERE {used}").to_pandas()
    starts, ends = day_of(span.starts[0]), day_of(span.ends[0])
    split = None
    if starts and ends and ends > starts:
        split = ends - timedelta(days=round((ends - starts).days * definition.holdout))
    later = f"day > {literal(split)}" if split else "FALSE"
    frame = asked(base, f"""
        SELECT segment, term, {later} AS later, COUNT(*) AS n, SUM(renewed) AS kept,
               SUM(CASE WHEN term = last AND renewed = 1 THEN 1 ELSE 0 END) AS there
        FROM toolkit_rows WHERE {used} GROUP BY 1, 2, 3
    """).to_pandas().sort_values(["term", "later"], kind="stable", ignore_index=True)  # a fit's last digits hang on it
    parts = {segment: _holders(rows_, split is not None, definition) for segment, rows_ in segments_of(frame, definition)}
    return Told(parts, aside, starts, ends, split)


_DECISIONS = {
    "nobody": Sentence("Decisions set aside: no customer"),
    "term": Sentence("Decisions set aside: the term is no whole number of 1 or more"),
    "renewed": Sentence("Decisions set aside: renewed is neither 0 nor 1"),
    "day": Sentence("Decisions set aside: no day"),
    "late": Sentence("Decisions after the end of the period, not counted"),
    "twice": Sentence("Decisions set aside: the same customer and term again"),
}


def _holders(frame: pd.DataFrame, dated: bool, definition: Renewals) -> Holders:
    by_term = _by_term(frame)
    if dated:
        before, after = _by_term(frame[~frame.later.astype(bool)]), _by_term(frame[frame.later.astype(bool)])
    else:
        # without days, later terms are foretold from earlier ones
        first = int(np.ceil(len(by_term) * (1 - definition.holdout)))
        before, after = by_term.iloc[:first], by_term.iloc[first:]
    return Holders(by_term, before, after, by_term[by_term.there > 0])


def _by_term(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.groupby("term", as_index=False)[["n", "kept", "there"]].sum().astype(float)


def segment_sql(definition: Definition) -> str:
    return f"CAST({name_of(definition.segment)} AS VARCHAR)" if definition.segment else "CAST(NULL AS VARCHAR)"


def _number(column: str) -> str:
    return f"TRY_CAST({name_of(column)} AS DOUBLE)"


def day_of(value) -> date | None:
    return None if pd.isna(value) else pd.Timestamp(value).date()


def segments_of(frame: pd.DataFrame, definition: Definition) -> Iterable[tuple[str | None, pd.DataFrame]]:
    yield None, frame
    if not definition.segment:
        return
    names = sorted(frame.segment.dropna().unique())
    if len(names) > MOST_SEGMENTS:
        rule = f"has {len(names)} values; customers can be told apart by up to {MOST_SEGMENTS}"
        raise Refused(Problem(f"lifetime.{definition.name}.segment", rule, definition.segment))
    for name in names:
        yield name, frame[frame.segment == name]
