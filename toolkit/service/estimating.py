"""Every part of the service that is declared, estimated."""

from __future__ import annotations

from toolkit.service import adoption, answering, complaints, leads, staff, touchpoints
from toolkit.service.assemble import ServiceStudy
from toolkit.service.results import Served

_ESTIMATE = {
    "complaints": complaints.estimate, "answering": answering.estimate, "touchpoints": touchpoints.estimate,
    "adoption": adoption.estimate, "leads": leads.estimate, "staff": staff.estimate,
}  # fmt: skip


def estimate(study: ServiceStudy) -> Served:
    """How well the service runs, part by part.

    Parameters
    ----------
    study
        As `open_company(...).service()` gives it. To ask one part of a table of one's own, take that
        part's `estimate`.

    Raises
    ------
    Refused
        A table of promises that contradicts itself.
    """
    parts = {name: _ESTIMATE[name](part) for name, part in study.parts.items()}
    return Served(window=study.window, parts=parts, missing=study.missing)
