"""What do customers meet? Shares by department, from the engine's sums."""

from __future__ import annotations

import math

import ibis

from toolkit.data.frames import TableLike
from toolkit.kpis import queried
from toolkit.language import Sentence
from toolkit.service.asked import Aside, PartStudy, gathered, opened
from toolkit.service.measured import measured_by, nothing
from toolkit.service.pareto import Pareto, read_paretos
from toolkit.service.small_groups import shown_kinds, shown_measures
from toolkit.service.touchpoints.definition import Outreach, Requests, Surveys, Touchpoint, Touchpoints
from toolkit.service.touchpoints.results import Asked, Level, Met, Planned, Surveyed
from toolkit.service.window import as_moment, known_by, within
from toolkit.stats.limits import critical
from toolkit.study import shared

POWER = 0.8
KEPT, CAME, AUTOMATIC, SPLIT = "toolkit_kept", "toolkit_came", "toolkit_automatic", "toolkit_split"


@shared
def estimate(
    table: TableLike | PartStudy | None, definition: Touchpoints | None = None, **tables: TableLike
) -> Met:
    """The level at each touchpoint, contacts in time, requests in vain, what surveys can measure.

    Parameters
    ----------
    table
        A study; or None, with each table under the name that the definition gives it.
    """
    _, asked, others, aside = opened(table, definition, tables)
    levels = [level for item in asked.items for level in _levels(others[item.table], item, asked)]
    outreach = requests = surveys = None
    if asked.outreach is not None:
        outreach, more = _planned(others[asked.outreach.table], asked.outreach, asked.level, asked.min_cell)
        aside = (*aside, *more)
    if asked.requests is not None:
        requests = _requests(others[asked.requests.table], asked.requests, asked.level, asked.min_cell)
    if asked.surveys is not None:
        surveys = _surveyed(others[asked.surveys.table], asked.surveys, asked.level, asked.min_cell)
    return Met(definition=asked, levels=tuple(levels), outreach=outreach, requests=requests, surveys=surveys, aside=aside)


def _levels(table, item: Touchpoint, asked: Touchpoints) -> list[Level]:
    rows = within(table, item.time, item.window, item.where)
    group = (item.by,) if item.by else ()
    found = measured_by(rows, {"kept": item.kept}, group, unit=item.unit, level=asked.level)
    if not found:
        return [Level(item, None, nothing("there were none in this time", asked.level))]
    found = shown_measures({group: found}, asked.min_cell)[group]
    return [Level(item, key[0] if key else None, cell["kept"]) for key, cell in found.items()]


def _planned(table, asked: Outreach, level: float, least: int) -> tuple[Planned, tuple[Aside, ...]]:
    rows = within(table, asked.due, asked.window, asked.where)
    done = known_by(rows[asked.done], asked.window)
    # both are days: one that is due on a day is in time until its end
    last = as_moment(rows[asked.due].cast("date")) + ibis.interval(days=asked.grace_days + 1)
    came = done.notnull()
    kept = ibis.cases(
        (came & (done < last), ibis.literal(1.0)),
        (came | (last <= ibis.literal(asked.window.now)), ibis.literal(0.0)),
        else_=ibis.null("float64"),
    )
    judged = kept.notnull()
    columns = {KEPT: kept, CAME: ibis.cases((judged, came.cast("int32").cast("float64")))}
    rows = rows.mutate(**columns)
    of = {"kept": KEPT, "came": CAME}
    if asked.automatic:
        rows = queried(rows, f'*, ({asked.automatic}\n) AS "{AUTOMATIC}"')
        # sent by a system, of those that were sent at all
        of["automatic"] = f"CASE WHEN {CAME} = 1 THEN CAST(CAST({AUTOMATIC} AS INTEGER) AS DOUBLE) END"
    groups = [()] + [(c,) for c in (asked.kind, asked.medium) if c]
    if asked.kind and asked.medium:
        groups.append((asked.kind, asked.medium))
    wanted = [c for c in (asked.kind, asked.medium, asked.unit) if c]
    rows = gathered(rows, [*wanted, KEPT, CAME, *([AUTOMATIC] if asked.automatic else [])])
    cells = {g: measured_by(rows, of, g, unit=asked.unit, level=level) for g in groups}
    n = int(rows.count().execute())
    units = int(rows[asked.unit].nunique().execute()) if asked.unit else 0
    due = int(rows[KEPT].count().execute())
    undated = int(table.filter(table[asked.due].isnull()).count().execute())
    aside = (Aside(Sentence("no {column}", {"column": asked.due}), undated),)
    return Planned(shown_measures(cells, least), n, n - due, n / units if units else math.nan), aside


def _requests(table, asked: Requests, level: float, least: int) -> Asked:
    rows = within(table, asked.time, asked.window, asked.where)
    found = read_paretos(rows, asked.wanted, unit=asked.unit, level=level)
    return Asked(shown_kinds(found.get((), Pareto((), 0, 0, 0.0, level)), least))


def _surveyed(table, asked: Surveys, level: float, least: int) -> Surveyed:
    rows = within(table, asked.time, asked.window, asked.where)
    weight = f'"{asked.weight}"' if asked.weight else "1"
    value = f'"{asked.score}"'
    score = (f"{value} * {weight}", f"CASE WHEN {value} IS NOT NULL THEN {weight} END")
    mean = measured_by(rows, {"score": score}, shares=False, level=level).get((), {}).get("score")
    counted = measured_by(rows, {"answered": f"CASE WHEN {value} IS NOT NULL THEN 1 ELSE 0 END"}, level=level)
    answered = counted.get((), {}).get("answered", nothing("nobody answered", level))
    rate = None
    if asked.invited:
        sql = f"CASE WHEN {asked.invited} THEN CASE WHEN {value} IS NOT NULL THEN 1 ELSE 0 END END"
        rate = measured_by(rows, {"rate": sql}, level=level).get((), {}).get("rate", nothing("nobody was asked", level))
    mean = mean or nothing("nobody answered", level)
    split = {}
    if asked.split:
        named = queried(rows, f'*, CAST(({asked.split}\n) AS VARCHAR) AS "{SPLIT}"')
        found = measured_by(named, {"score": score}, (SPLIT,), shares=False, level=level)
        found = shown_measures({(SPLIT,): found}, least)[(SPLIT,)]
        split = {key[0]: cell["score"] for key, cell in found.items()}
    seen = math.nan
    if mean.se > 0:
        seen = (critical((1 - level) / 2) + critical(1 - POWER)) * math.sqrt(2) * mean.se
    return Surveyed(mean, answered.count, rate, seen, split)
