"""What each plan change has brought, as plain values for the analysis of money.

Two analyses meet here: what `toolkit.plan_changes` found, and what `toolkit.money` asks for.
"""

from __future__ import annotations

import math

from toolkit.company.changes import Change
from toolkit.company.models import Company
from toolkit.language import Quantity
from toolkit.money.definition import Benefit, spread_of
from toolkit.plan_changes.effects import PlanEffect
from toolkit.plan_changes.quarter import PlanEffects
from toolkit.stats.scenarios import Spread


def benefits_of(company: Company, effects: PlanEffects) -> tuple[Benefit, ...]:
    """One benefit a change of the portfolio: those refused are there, their effect not known."""
    found = [
        _benefit(company, e, d.verdict, d.action != "drop") for e, d in zip(effects.effects, effects.decisions, strict=True)
    ]
    return tuple(found + [_refused(company, r.name) for r in effects.portfolio.refused])


def _benefit(company: Company, effect: PlanEffect, verdict: str, kept: bool) -> Benefit:
    d = effect.definition
    fit = effect.fit
    value, source = _worth(company, d.name)
    return Benefit(
        d.name, d.title, d.kpi, effect.quantity, verdict, d.good, _touched(effect), d.effective, value, source,
        promised=effect.promised, level=d.level, df=fit.df if fit is not None else math.nan, kept=kept,
        announced=d.announced, **_declared(company.changes[d.name]), method=fit.label if fit is not None else "",
    )  # fmt: skip


def _touched(effect: PlanEffect) -> float:
    """Rows touched so far; of a relative effect, what one whole of it would have moved, in the KPI's unit."""
    fit, d = effect.fit, effect.definition
    if fit is None:
        return float(effect.panel.den[effect.panel.treated][:, effect.panel.after].sum()) if effect.panel is not None else 0.0
    moved = effect.value
    if fit.relative and moved.known and fit.estimate:
        return moved.value / (d.good * d.value_per_unit * fit.estimate)
    return float(fit.counted) if math.isfinite(fit.counted) else 0.0


def _worth(company: Company, name: str) -> tuple[Spread | None, str]:
    change = company.changes[name]
    said = company.money.values.get(name) if company.money else None
    if said is not None and said.value is not None:
        v = said.value
        return spread_of(v.low, v.likely, v.high), said.source or ""
    if change.value_per_unit is None:
        return None, ""
    return spread_of(*[change.value_per_unit] * 3), (said.source if said else None) or ""


def _declared(change: Change) -> dict[str, float]:
    return {"declared_cost": change.cost.money + change.cost.hours * change.cost.hour_rate, "declared_hours": 0.0}


def _refused(company: Company, name: str) -> Benefit:
    change = company.changes[name]
    kpi = company.kpis[change.kpi]
    value, source = _worth(company, name)
    nothing = Quantity(math.nan, "number", reason="the change cannot be asked")
    return Benefit(
        name, change.label, kpi.label, nothing, "cannot_be_judged", 1.0 if kpi.better == "higher" else -1.0, 0.0,
        change.effective, value, source, promised=change.promised if change.promised is not None else math.nan,
        announced=change.announced, **_declared(change),
    )  # fmt: skip
