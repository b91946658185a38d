"""The plan itself, part by part."""

from __future__ import annotations

from toolkit.scorecard import drivers, phases, ready, strategy, told
from toolkit.scorecard.definition import ScorecardStudy
from toolkit.scorecard.owned import Owners
from toolkit.scorecard.results import Scored


def estimate(study: ScorecardStudy) -> Scored:
    """Schedule, readiness, who was told, owners, what moves the goals, the five tests.

    Parameters
    ----------
    study
        As `open_company(...).scorecard()` gives it. To ask one part of a table of one's own, take that
        part's `estimate`.
    """
    d, t = study.definition, study.tables
    return Scored(
        definition=d,
        schedule=phases.estimate(t["schedule"], d.schedule, d.until) if "schedule" in t else None,
        readiness=ready.estimate(t["readiness"], d.readiness, d.until) if "readiness" in t else None,
        informed=told.estimate(t["informed"], d.informed, d.until, d.changes, d.departments) if "informed" in t else None,
        owners=Owners(d.parts),
        strategy=strategy.estimate(d.plan, study.judged),
        drivers=drivers.estimate(study.judged),
        judged=study.judged,
    )
