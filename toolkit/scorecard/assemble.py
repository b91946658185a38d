"""The plan of a company's params as a question with its tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import ibis.expr.types as ir

from toolkit.company.models import Company
from toolkit.company.periods import Period
from toolkit.findings import Finding
from toolkit.scorecard.definition import Scorecard, ScorecardStudy
from toolkit.scorecard.owned import parts_of

PARTS = ("schedule", "readiness", "informed")


def assembled(
    company: Company, period: Period, table_of: Callable[[str], ir.Table], judged: Mapping[str, Finding] | None = None
) -> ScorecardStudy:
    """The question, its tables, and what else was found.

    Parameters
    ----------
    judged
        ``goals.keep_customers`` and the like -> what was found of it.
    """
    plan, about = company.plan, company.company
    changes = {n: c.label for n, c in company.changes.items() if c.effective <= period.last_day}
    definition = Scorecard(
        period=str(period), until=min(period.last_day, about.as_of), plan=plan, parts=parts_of(company), changes=changes,
        departments=tuple(d.value or n for n, d in company.departments.items() if d.column),
        goals={n: g.kpi for n, g in company.goals.items()},
    )  # fmt: skip
    asked = {part: getattr(plan, part).table for part in PARTS if plan and getattr(plan, part)}
    tables = {part: table_of(t) for part, t in asked.items()}
    return ScorecardStudy(None, definition, tables=tables, judged=dict(judged or {}))
