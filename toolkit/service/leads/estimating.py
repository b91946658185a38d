"""What becomes of leads? Shares of mature ones, and waits of all."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from toolkit.data.frames import TableLike
from toolkit.kpis import queried
from toolkit.language import Sentence
from toolkit.service.asked import Aside, PartStudy, opened, settled
from toolkit.service.leads.definition import Leads
from toolkit.service.leads.results import Led
from toolkit.service.measured import measured_by
from toolkit.service.ranking import ranked
from toolkit.service.small_groups import shown_measures, shown_waits
from toolkit.service.waits import read_waits
from toolkit.service.window import as_moment, hours_between, known_by, within
from toolkit.stats.agreement import kappa
from toolkit.stats.shares import Share, difference

FEWEST = 30


def estimate(table: TableLike | PartStudy, definition: Leads | None = None) -> Led:
    """Conversion by source and owner, the way there, speed to lead, hand-over and agreement.

    Parameters
    ----------
    table
        Leads, a row each: a pandas frame, an Ibis table or the path of a file; or a study.
    definition
        What its columns mean.
    """
    table, asked, _, aside = opened(table, definition, {})
    rows = within(table, asked.created, asked.window, asked.where)
    if asked.accepted:
        rows = queried(rows, f'*, ({asked.accepted}\n) AS "toolkit_accepted"')
    if asked.qualified:
        rows = queried(rows, f'*, ({asked.qualified}\n) AS "toolkit_qualified"')
    backward = (as_moment(rows[asked.won]) < as_moment(rows[asked.created])).fill_null(False)
    counted = int(rows.filter(backward).count().execute())
    aside = (*aside, Aside(Sentence("{end} before {start}", {"end": asked.won, "start": asked.created}), counted))
    rows = settled(rows.filter(~backward))
    n = int(rows.count().execute())
    mature = rows.filter(as_moment(rows[asked.created]) < ibis.literal(asked.mature_before))
    flags = {f"toolkit_{s}": known_by(mature[c], asked.window).notnull().cast("int32").cast("float64") for s, c in asked.steps.items()}
    if asked.lost:
        lost = known_by(mature[asked.lost], asked.window).notnull()
        won = flags["toolkit_won"]
        flags["toolkit_decided"] = ibis.cases((won == 1, ibis.literal(1.0)), (lost, ibis.literal(0.0)))
    mature = settled(mature.mutate(**flags))
    of = {s: f"toolkit_{s}" for s in asked.steps}
    if asked.lost:
        of["decided"] = "toolkit_decided"
    if asked.accepted:
        of["accepted"] = "CAST(CAST(toolkit_accepted AS INTEGER) AS DOUBLE)"
    cells = {(): measured_by(mature, of, level=asked.level)}
    if asked.source:
        # each source is held against all of them: together the claims hold with the level
        count = max(int(mature[asked.source].nunique().execute()), 1)
        cells[(asked.source,)] = measured_by(mature, of, (asked.source,), level=1 - (1 - asked.level) / count)
    speed, handover = {}, {}
    groups = [*([(asked.source,)] if asked.source else []), ()]
    if asked.contacted:
        speed = read_waits(rows, asked.created, asked.contacted, asked.window, groups,
                           promised=asked.contact_within_hours, level=asked.level)  # fmt: skip
        aside = (*aside, _backward(speed[()], asked.contacted, asked.created))
        if asked.handed:
            began = rows.filter(known_by(rows[asked.contacted], asked.window).notnull())
            handover = read_waits(began, asked.contacted, asked.handed, asked.window, groups, level=asked.level)
            aside = (*aside, _backward(handover[()], asked.handed, asked.contacted))
    cells = shown_measures(cells, asked.min_cell)
    speed, handover = shown_waits(speed, asked.min_cell), shown_waits(handover, asked.min_cell)
    owners = None
    if asked.owner:
        mix = [asked.source] if asked.source else []
        owners = ranked(mature, asked.owner, ["toolkit_won"], mix, fewest=FEWEST, level=asked.level)
    return Led(
        definition=asked, n=n, mature=int(mature.count().execute()), cells=cells, speed=speed, handover=handover,
        quick=_quick(mature, asked), agreement=_agreement(rows, asked), owners=owners, aside=aside,
    )  # fmt: skip


def _backward(waits, end: str, start: str) -> Aside:
    rows = sum(w.backward for w in waits.values())
    return Aside(Sentence("{end} before {start}", {"end": end, "start": start}), rows)


def _quick(mature: ir.Table, asked: Leads):
    """Won of those contacted in time, against won of the others; None where nothing is promised."""
    if not (asked.contacted and asked.contact_within_hours):
        return None
    hours = hours_between(mature[asked.created], known_by(mature[asked.contacted], asked.window))
    judged = mature.mutate(toolkit_quick=(hours <= asked.contact_within_hours).fill_null(False))
    judged = judged.filter((hours >= 0) | hours.isnull())
    found = judged.group_by("toolkit_quick").agg(n=judged.count(), won=judged.toolkit_won.sum())
    by = {r["toolkit_quick"]: Share(int(r["won"]), int(r["n"])) for r in found.to_pyarrow().to_pylist()}
    if len(by) < 2:
        return None
    return difference(by[False], by[True], level=asked.level)


def _agreement(rows: ir.Table, asked: Leads):
    """Cohen's kappa of marketing's and sales' judgement; None where one of them is not declared."""
    if not (asked.accepted and asked.qualified):
        return None
    both = rows.select(m=rows.toolkit_qualified.cast("boolean"), s=rows.toolkit_accepted.cast("boolean"))
    both = both.filter(both.m.notnull() & both.s.notnull())
    counts = {(r["m"], r["s"]): r["n"] for r in both.group_by(["m", "s"]).agg(n=both.count()).to_pyarrow().to_pylist()}
    return kappa([[counts.get((a, b), 0) for b in (False, True)] for a in (False, True)], level=asked.level)
