"""What leaves the engine: counts by how long, whether ended, when begun; never rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import ibis.expr.operations as ops
import ibis.expr.types as ir
import pandas as pd

from toolkit.company.expressions import check_expression, said
from toolkit.customers.retention.definition import Retention
from toolkit.data.asking import literal, name_of
from toolkit.data.dialects import asked_in_sql
from toolkit.language import Sentence
from toolkit.problems import Problem, Refused

MOST_SEGMENTS = 40


@dataclass(frozen=True)
class SetAside:
    """Rows that could not be used, and why."""

    why: Sentence
    count: int


@dataclass(frozen=True, eq=False)
class Stays:
    """Everything read.

    Attributes
    ----------
    counts : DataFrame
        ``segment``, ``cohort`` (first day of it, or missing), ``days`` (or units of time), ``event``, ``n``.
    flows : DataFrame
        ``place``, ``month`` and how many ``came``, ``existing`` at its start, and ``lost`` of those.
    """

    counts: pd.DataFrame
    flows: pd.DataFrame
    set_aside: tuple[SetAside, ...]
    starts: date | None
    ends: date | None


_WHY = {
    "start": Sentence("Rows set aside: no first day"),
    "backwards": Sentence("Rows set aside: they end before they begin"),
    "late": Sentence("Rows that begin after the end of the period, not counted"),
    "tenure": Sentence("Rows set aside: how long is missing or below 0"),
    "left": Sentence("Rows set aside: whether it ended is not said"),
}
_YES = "('1', '1.0', 'true', 'yes', 'y', 't')"
_NO = "('0', '0.0', 'false', 'no', 'n', 'f')"


def read(table: ir.Table, definition: Retention) -> Stays:
    """Counts of stays.

    Raises
    ------
    Refused
        Missing columns, wrong SQL, more segments than can be told apart: all at once.
    """
    rows = _checked(table, definition)
    return _dated(rows, definition) if definition.dated else _counted(rows, definition)


def _asked(table: ir.Table, text: str) -> ir.Table:
    # each level has a name of its own, for an engine sees them all in one query
    name = f"toolkit_rows_{len(table.op().find(ops.SQLStringView))}"
    return asked_in_sql(table, name, text.replace("toolkit_rows", name))


def _checked(table: ir.Table, definition: Retention) -> ir.Table:
    at = f"retention.{definition.name}"
    problems = [
        Problem(f"{at}.{part}", "is no column of the table", c, tuple(table.columns))
        for part, c in definition.columns
        if c not in table.columns
    ]
    if definition.where:
        found = check_expression(definition.where, table.columns)
        for fault in found.faults:
            piece, rule = said(found, fault)
            problems.append(Problem(f"{at}.where", rule, piece, fault.choices))
    if problems:
        raise Refused(problems)
    if definition.where:
        return _asked(table, f"SELECT * FROM toolkit_rows WHERE ({definition.where})")
    return table


def _text(column: str | None) -> str:
    return f"CAST({name_of(column)} AS VARCHAR)" if column else "CAST(NULL AS VARCHAR)"


def _aside(judged: ir.Table) -> tuple[SetAside, ...]:
    counted = _asked(judged, "SELECT state, COUNT(*) AS n FROM toolkit_rows GROUP BY 1").to_pandas()
    pairs = sorted(zip(counted.state, counted.n, strict=True))
    return tuple(SetAside(_WHY[s], int(n)) for s, n in pairs if s != "used")


def _few_segments(counts: pd.DataFrame, definition: Retention) -> None:
    found = counts.segment.nunique()
    if found > MOST_SEGMENTS:
        rule = f"has {found} values; customers can be told apart by up to {MOST_SEGMENTS}"
        raise Refused(Problem(f"retention.{definition.name}.segment", rule, definition.segment))


def _counted(rows: ir.Table, definition: Retention) -> Stays:
    tenure, left = f"TRY_CAST({name_of(definition.tenure)} AS DOUBLE)", f"LOWER({_text(definition.left)})"
    judged = _asked(rows, f"""
        SELECT {_text(definition.segment)} AS segment, {tenure} AS days, {left} IN {_YES} AS event,
               CASE WHEN {tenure} IS NULL OR {tenure} < 0 THEN 'tenure'
                    WHEN {left} IS NULL OR ({left} NOT IN {_YES} AND {left} NOT IN {_NO}) THEN 'left'
                    ELSE 'used' END AS state
        FROM toolkit_rows
    """)
    counts = _asked(judged, """
        SELECT segment, CAST(NULL AS DATE) AS cohort, days, event, COUNT(*) AS n
        FROM toolkit_rows WHERE state = 'used' GROUP BY 1, 3, 4 ORDER BY 1, 3, 4
    """).to_pandas()
    _few_segments(counts, definition)
    return Stays(counts, pd.DataFrame(), _aside(judged), None, None)


def _dated(rows: ir.Table, definition: Retention) -> Stays:
    began, ended = (f"CAST({name_of(c)} AS DATE)" for c in (definition.started, definition.ended))
    ends = definition.ends or _last_day(rows, began, ended)
    if ends is None:
        nothing = pd.DataFrame({"segment": [], "cohort": [], "days": [], "event": [], "n": []})
        none = _asked(rows, "SELECT 'start' AS state FROM toolkit_rows")
        return Stays(nothing, pd.DataFrame(), _aside(none), None, None)
    end = literal(ends)
    judged = _asked(rows, f"""
        SELECT {_text(definition.segment)} AS segment, {_text(definition.group)} AS place, {began} AS began,
               CASE WHEN {ended} <= {end} THEN {ended} END AS gone,
               CASE WHEN {began} IS NULL THEN 'start' WHEN {ended} < {began} THEN 'backwards'
                    WHEN {began} > {end} THEN 'late' ELSE 'used' END AS state
        FROM toolkit_rows
    """)
    counts = _asked(judged, f"""
        SELECT segment, CAST(DATE_TRUNC('{definition.cohort}', began) AS DATE) AS cohort,
               DATE_DIFF('day', began, COALESCE(gone, {end})) AS days, gone IS NOT NULL AS event, COUNT(*) AS n
        FROM toolkit_rows WHERE state = 'used' GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
    """).to_pandas()
    _few_segments(counts, definition)
    first = counts.cohort.min()
    starts = None if pd.isna(first) else pd.Timestamp(first).date()
    return Stays(counts, _flows(judged) if definition.group else pd.DataFrame(), _aside(judged), starts, ends)


def _last_day(rows: ir.Table, began: str, ended: str) -> date | None:
    found = _asked(rows, f"SELECT GREATEST(MAX({began}), MAX({ended})) AS last, MAX({began}) AS began FROM toolkit_rows")
    answer = found.to_pandas()
    last = answer["last"][0] if not pd.isna(answer["last"][0]) else answer.began[0]
    return None if pd.isna(last) else pd.Timestamp(last).date()


def _flows(judged: ir.Table) -> pd.DataFrame:
    """Who came and who left by month of the start and month of the end; the rest is additions."""
    return _asked(judged, """
        SELECT place, CAST(DATE_TRUNC('month', began) AS DATE) AS came,
               CAST(DATE_TRUNC('month', gone) AS DATE) AS left, COUNT(*) AS n
        FROM toolkit_rows WHERE state = 'used' AND place IS NOT NULL GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    """).to_pandas()
