"""How long do customers stay? Counts out of the engine, a curve for each segment, a grid of cohorts."""

from __future__ import annotations

from datetime import date

import pandas as pd

from toolkit.customers.retention.definition import Retention
from toolkit.customers.retention.newcomers import newcomers
from toolkit.customers.retention.reading import Stays, read
from toolkit.customers.retention.results import Cohort, Retained, Stay
from toolkit.data.frames import TableLike, as_table
from toolkit.stats.suppression import hidden_groups
from toolkit.stats.survival import Survival, kaplan_meier, log_rank
from toolkit.study import Study


def estimate(table: TableLike | Study, definition: Retention | None = None) -> Retained:
    """Which share of the customers is still there after some time, by segment and by when they came?

    Parameters
    ----------
    table
        A row a customer or contract: a pandas frame, an Ibis table, a path, or a study with both.
    definition
        Which columns say how long, and what to tell customers apart by.

    Raises
    ------
    Refused
        Missing columns and wrong SQL, all problems at once.
    """
    if isinstance(table, Study):
        table, definition = table.table, definition or table.definition
    if definition is None:
        raise TypeError("a table needs the question: estimate(table, Retention(…))")
    found = read(as_table(table), definition)
    names = sorted(found.counts.segment.dropna().unique()) if definition.segment else []
    groups = [found.counts[found.counts.segment == name] for name in names]
    stays = (
        Stay(None, _curve(found.counts, definition)),
        *(Stay(name, _curve(rows, definition)) for name, rows in zip(names, groups, strict=True)),
    )
    difference = None
    if len(groups) > 1:
        difference = log_rank([(g.days, g.event, g.n) for g in groups])
    sizes = {s.segment: round(s.curve.n) for s in stays if s.segment is not None}
    hidden = hidden_groups(sizes, definition.min_cell)
    stays = tuple(s for s in stays if s.segment not in hidden)
    beside = None
    if definition.dated and definition.group and found.ends is not None:
        beside = newcomers(found.flows, found.ends, definition.level)
    return Retained(
        definition, stays, difference, _cohorts(found, definition), beside, found.set_aside, found.starts, found.ends
    )


def _curve(rows: pd.DataFrame, definition: Retention) -> Survival:
    scale = definition.days_a_unit if definition.dated else 1.0
    return kaplan_meier(
        rows.days.to_numpy(dtype=float) / scale, rows.event.to_numpy(dtype=bool), rows.n, level=definition.level
    )


def _cohorts(found: Stays, definition: Retention) -> tuple[Cohort, ...]:
    if not definition.dated or found.ends is None:
        return ()
    out = []
    for starts, rows in found.counts.groupby("cohort"):
        first = pd.Timestamp(starts)
        last = first.to_period({"month": "M", "quarter": "Q", "year": "Y"}[definition.cohort])
        curve = _curve(rows, definition)
        # the last to begin decide whether a cell is whole
        seen = (pd.Timestamp(found.ends) - last.end_time.normalize()).days / definition.days_a_unit
        kept = tuple(curve.at(t) if t <= seen else None for t in definition.after)
        out.append(Cohort(_label(last), _day(first), float(rows.n.sum()), kept))
    hidden = hidden_groups({c.starts: round(c.n) for c in out}, definition.min_cell)
    return tuple(c for c in out if c.starts not in hidden)


def _label(period: pd.Period) -> str:
    """As periods are written elsewhere: 2026Q3, 2026-09, 2026."""
    return str(period)


def _day(value: pd.Timestamp) -> date:
    return value.date()
