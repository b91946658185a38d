"""Do colleagues keep to the plan? Shares by point, means by statement, places given the mix."""

from __future__ import annotations

from toolkit.data.frames import TableLike
from toolkit.service.asked import PartStudy, opened
from toolkit.service.measured import measured_by
from toolkit.service.ranking import ranked
from toolkit.service.small_groups import shown_measures
from toolkit.service.staff.definition import Staff
from toolkit.service.staff.results import Worked
from toolkit.service.window import within


def estimate(table: TableLike | PartStudy | None, definition: Staff | None = None, **tables: TableLike) -> Worked:
    """Surprise checks, feedback and recognition.

    Parameters
    ----------
    table
        A study; or None, with each table under the name that the definition gives it.
    """
    _, asked, others, aside = opened(table, definition, tables)
    checked, said, people = {}, {}, None
    if asked.checks is not None:
        c = asked.checks
        rows = within(others[c.table], c.time, c.window, c.where)
        for group in ((), (c.point,), *([(c.by,)] if c.by else [])):
            checked[group] = measured_by(rows, {"passed": c.passed}, group, unit=c.unit, level=asked.level)
    if asked.feedback is not None:
        f = asked.feedback
        rows = within(others[f.table], f.time, f.window, f.where)
        score = {"score": f'"{f.score}"'}
        for group in ((f.statement,), *([(f.by,)] if f.by else [])):
            said[group] = measured_by(rows, score, group, unit=f.unit, shares=False, level=asked.level)
    if asked.recognition is not None:
        r = asked.recognition
        rows = within(others[r.table], r.time, r.window, r.where)
        people = ranked(rows, r.staff, r.kept, r.mix, by=r.by, fewest=r.fewest, level=asked.level)
    checked, said = (shown_measures(cells, asked.min_cell) for cells in (checked, said))
    return Worked(definition=asked, checked=checked, said=said, people=people, aside=aside)
