"""Is the CRM system used? Counts by team, and shares of what was done."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from toolkit.data.frames import TableLike
from toolkit.language import Sentence
from toolkit.service.adoption.definition import Adoption
from toolkit.service.adoption.results import Adopted, Trained
from toolkit.service.adoption.starting import SMALLER, started
from toolkit.service.asked import Aside, PartStudy, beside, opened
from toolkit.service.measured import NOT_SAID, measured_by
from toolkit.service.small_groups import shown_measures
from toolkit.service.window import as_moment, known_by, within


def estimate(
    table: TableLike | PartStudy | None, definition: Adoption | None = None, **tables: TableLike
) -> Adopted:
    """The day most had used it, who the last are by team, training done, what is written down.

    Parameters
    ----------
    table
        A study; or None, with each table under the name that the definition gives it.
    """
    _, asked, others, aside = opened(table, definition, tables)
    use = trained = None
    logged = {}
    if asked.users is not None and asked.logins is not None:
        use = started(others[asked.users.table], others[asked.logins.table], asked)
        aside = (*aside, Aside(Sentence("logins of nobody in the list"), use.strangers))
    if asked.training is not None:
        trained = _trained(others[asked.training.table], others.get(asked.users.table) if asked.users else None, asked)
    if asked.logging is not None and asked.logging.asked:
        part = asked.logging
        rows = within(others[part.table], part.time, part.window, part.where)
        for group in [(), *([(part.by,)] if part.by else [])]:
            logged[group] = measured_by(rows, part.asked, group, unit=part.unit, level=asked.level)
    logged = shown_measures(logged, asked.min_cell)
    return Adopted(definition=asked, use=use, trained=trained, logged=logged, aside=aside)


def _trained(table: ir.Table, users: ir.Table | None, asked: Adoption) -> Trained:
    t, window = asked.training, asked.window
    done = known_by(table[t.done], window)
    due = as_moment(table[t.due].cast("date"))
    passed = due < ibis.literal(window.now)
    rows = table.mutate(
        course=table[t.course].cast("string").fill_null(NOT_SAID),
        toolkit_done=ibis.cases((passed, done.notnull().cast("int32").cast("float64"))),
        toolkit_in_time=ibis.cases((passed, (done.notnull() & (done < due + ibis.interval(days=1))).cast("int32").cast("float64"))),
    )
    of, groups = {"done": "toolkit_done", "in_time": "toolkit_in_time"}, {}
    columns = {"course": rows.course, "toolkit_done": rows.toolkit_done, "toolkit_in_time": rows.toolkit_in_time}
    if t.user:
        columns["who"] = rows[t.user].cast("string")
    rows = rows.select(**columns)
    unit = "who" if t.user else None
    for group in ((), ("course",)):
        groups[group] = measured_by(rows, of, group, unit=unit, level=asked.level)
    if users is not None and t.user:
        u = asked.users
        people = users.select(person=users[u.user].cast("string"), team=users[u.team].cast("string").fill_null(NOT_SAID)).distinct()
        sizes = {r["team"]: r["n"] for r in people.group_by("team").agg(n=people.count()).to_pyarrow().to_pylist()}
        small = [name for name, n in sizes.items() if n < asked.fewest]
        if small:
            people = people.mutate(team=ibis.cases((people.team.isin(small), SMALLER), else_=people.team))
        people = beside(people, table)
        joined = rows.left_join(people, rows.who == people.person).drop("person")
        groups[("team",)] = measured_by(joined, of, ("team",), unit="who", level=asked.level)
    not_due = int(table.filter(due >= ibis.literal(window.now)).count().execute())
    return Trained(shown_measures(groups, asked.min_cell), not_due)
