"""What is measured of the things that a plan usually measures, and what is not?"""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.company.subjects import SUBJECTS
from toolkit.findings import Finding
from toolkit.language import Sentence
from toolkit.shown import Grid
from toolkit.trends.definition import Trend
from toolkit.trends.results import KpiTrend, KpiTrends
from toolkit.trends.wording import VARIATION, assurance_words

NOTEBOOK = "kpi_trends"
ANSWERS = ("F06", "F10")


@dataclass(frozen=True)
class Subject:
    """One of the things that a plan usually measures.

    Attributes
    ----------
    label
        What it is called.
    needs
        The table that a KPI of it is counted from.
    answers
        The questions that such a KPI answers.
    """

    label: Sentence
    needs: Sentence
    answers: tuple[str, ...]


OF = {
    "sales": Subject(Sentence("Sales volume"), Sentence("a row for each order"), ("F11",)),
    "new_customers": Subject(Sentence("New customers"), Sentence("a row for each customer, with the day of the first order"), ("F11",)),
    "retention": Subject(Sentence("Customers who stay"), Sentence("a row for each renewal that was due, and whether it was made"), ("F10", "F11")),
    "conversion": Subject(Sentence("Leads won"), Sentence("a row for each lead, with the day it was won"), ("F10", "F82")),
    "response_time": Subject(Sentence("Time to respond"), Sentence("a row for each contact, with when it was opened and answered"), ("F10", "F45")),
    "satisfaction": Subject(Sentence("Satisfaction of customers"), Sentence("a row for each answer to a survey"), ("F10", "F48")),
    "awareness": Subject(Sentence("Awareness of the brand"), Sentence("a row for each month, with how many were asked and how many named the brand"), ("F15",)),
    "contact": Subject(Sentence("Planned contacts at each stage"), Sentence("a row for each planned contact, with the day due and the day made"), ("F20", "F21")),
    "newsletters": Subject(Sentence("Newsletters and updates"), Sentence("a row for each newsletter or update sent"), ("F24",)),
    "crm_system": Subject(Sentence("The CRM system itself"), Sentence("a row for each month or system, with minutes planned and minutes down"), ("F83",)),
}  # fmt: skip


def answers_of(kpi: Trend) -> tuple[str, ...]:
    """The questions that a KPI's trend answers: its own, and whether earlier targets are met."""
    own = OF[kpi.about].answers if kpi.about else ()
    return ("F09", *own, *(("F08",) if kpi.target else ()))


def measured_grid(found: KpiTrends) -> Grid:
    """One row a KPI under what it is about; what no KPI is about has one row that says what would measure it."""
    rows = []
    for name in SUBJECTS if _told(found) else ():
        of = OF[name]
        rows += [_row(of.label, k) for k in found if k.kpi.about == name]
        if not any(k.kpi.about == name for k in found):
            rows.append((of.label, Sentence("No KPI; it would take {table}.", {"table": of.needs}), None, "", ""))
    rows += [_row(Sentence("Something else"), k) for k in found if k.kpi.about is None]
    heads = tuple(Sentence(h) for h in ("About", "KPI", "Value", "Change told", "Target met"))
    note = None if _told(found) else Sentence("No KPI of the params says what it is about.")
    return Grid(Sentence("What is measured, and what is not"), heads, tuple(rows), note)


def _told(found: KpiTrends) -> bool:
    return any(k.kpi.about for k in found)


def _row(about: Sentence, k: KpiTrend) -> tuple:
    variation = Sentence(VARIATION[k.whole.variation]) if k.whole and k.whole.variation else ""
    return about, k.kpi.title, k.now, variation, assurance_words(k.aim) if k.aim else ""


def measured_finding(found: KpiTrends) -> Finding | None:
    """``kpi_trends/measured``: how many of the usual things have a KPI, which have none; None where no KPI says what it is about."""
    if not _told(found):
        return None
    missing = tuple(OF[s].label for s in SUBJECTS if not any(k.kpi.about == s for k in found))
    named = {"n": len(SUBJECTS), "known": len(SUBJECTS) - len(missing), "missing": missing}
    said = Sentence("All {n} things that a plan for customer relations usually measures have a KPI.", named)
    if missing:
        said = Sentence("{known} of {n} things that a plan for customer relations usually measures have a KPI; without one: {missing}.", named)
    return Finding(
        id=f"{NOTEBOOK}/measured", notebook=NOTEBOOK, subject="measured", question=Sentence("What is measured, and what is not?"),
        period=str(found.definition.period), verdict="measured", sentence=said, estimate=float(named["known"]), unit="number",
        n=len(SUBJECTS), n_unit="questions", method=Sentence("KPIs counted by what they are about"), source=Sentence("the params"), answers=ANSWERS,
        decision=Sentence("Have them measured, or say why not: {missing}.", {"missing": missing}) if missing else None,
    )  # fmt: skip
