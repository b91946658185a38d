"""What goals, and the one line over all, say as findings."""

from __future__ import annotations

import math

from toolkit.findings import Finding
from toolkit.language import Sentence
from toolkit.trends.goals import CriterionState, GoalState, OverallLine
from toolkit.trends.plan import NOTEBOOK, bound_said, overall_follows, overall_said, steps_said
from toolkit.trends.results import KpiTrend, KpiTrends
from toolkit.trends.wording import assurance_words, chance_inside, chance_shown, forecast_by, joined

ANSWERS = ("F01", "F03", "F04", "F05", "F08", "F12")
RECENT = 12
"""So many periods of a goal's KPI stand in its finding, for a line beside it."""


def goal_findings(found: KpiTrends) -> list[Finding]:
    """``kpi_trends/goal/<goal>`` for each, and ``kpi_trends/overall``."""
    out = [_goal(g, found) for g in found.goals]
    if found.overall is not None:
        out.append(_overall(found.overall, found))
    return out


def _goal(g: GoalState, found: KpiTrends) -> Finding:
    aim = g.aim
    k = found[g.goal.kpi]
    now = k.now
    has_range = now.known and now.low is not None
    late = g.late
    numbers = {
        "steps": len(g.steps),
        "steps_done": g.done,
        "steps_late": len(late),
        "criteria": len(g.criteria),
        "criteria_met": sum(c.met is True for c in g.criteria),
    }
    if aim and aim.chance is not None:
        numbers["chance"] = aim.chance.value
    numbers |= recent(k)
    said = [_standing(g, found)]
    said.append(Sentence("{steps}.", {"steps": steps_said(g)}))
    said += [_criterion_said(c) for c in g.criteria]
    decision = None
    if late:
        decision = Sentence(
            "Do what is late, or say why not: {steps}.", {"steps": tuple(s.label for s in late)}
        )
    elif g.next:
        decision = Sentence("Go on with: {step}.", {"step": g.next.label})
    return Finding(
        id=f"{NOTEBOOK}/goal/{g.name}",
        notebook=NOTEBOOK,
        question=Sentence("Will the goal “{goal}” be met?", {"goal": g.goal.label}),
        subject=g.name,
        kpi=g.goal.kpi,
        period=str(found.definition.period),
        verdict=aim.assurance if aim and aim.assurance else "no_data",
        variation=k.whole.variation if k.whole else None,
        sentence=joined(said),
        estimate=now.value,
        low=now.low if has_range else math.nan,
        high=now.high if has_range else math.nan,
        level=found.definition.level,
        unit=k.kpi.unit_shown,
        per=k.kpi.counted_per,
        n=k.n,
        n_unit="rows",
        promised=aim.level.value if aim and aim.known else None,
        decision=decision,
        owner=g.goal.owner or (aim.wanted.owner if aim else None),
        due=aim.wanted.due if aim else None,
        numbers=numbers,
        answers=ANSWERS,
        source=k.kpi.source,
        method=Sentence("forecast by {method}", {"method": forecast_by(k.outlook.method)}) if k.outlook.method else "",
        headline=True,
    )


def recent(k: KpiTrend) -> dict[str, float]:
    """The last twelve periods, oldest first: ``recent_01`` and on; periods without a value are not there."""
    if k.whole is None:
        return {}
    values = k.whole.values[k.whole.measured][-RECENT:]
    return {f"recent_{i:02}": float(v) for i, v in enumerate(values, 1)}


def _standing(g: GoalState, found: KpiTrends) -> Sentence:
    aim, k = g.aim, found[g.goal.kpi]
    named = {"goal": g.goal.label, "kpi": k.kpi.title, "now": k.now}
    if aim is None or not aim.known:
        reason = g.problem or (aim.level.reason if aim else "it has no target")
        return Sentence(
            "{goal}: whether it is met cannot be told, because {reason}.",
            {**named, "reason": reason or ""},
        )
    named |= {"level": aim.level, "state": assurance_words(aim)}
    if not k.now.known:
        return Sentence(
            "{goal}: {kpi} shall be {level}; the period has no value ({reason}).",
            {**named, "reason": k.now.reason or "no rows"},
        )
    if aim.chance is not None and aim.chance.known:
        named |= {
            "day": aim.wanted.due,
            "word": chance_inside(aim.chance.value),
            "chance": chance_shown(aim.chance),
        }
        return Sentence(
            "{goal}: {kpi} is {now} of {level} wanted by {day}, {word} to be there in time "
            "({chance}).",
            named,
        )
    return Sentence("{goal}: {kpi} is {now} of {level} wanted. {state}.", named)


def _criterion_said(c: CriterionState) -> Sentence:
    named = {
        "label": c.criterion.label,
        "value": c.value,
        "bound": bound_said(c),
        "reason": c.value.reason or "",
    }
    if c.met is None:
        return Sentence("{label}: no value, because {reason}.", named)
    return (
        Sentence("{label} is {value}, as it should be ({bound}).", named)
        if c.met
        else Sentence("{label} is {value}, and should be {bound}.", named)
    )


def _overall(line: OverallLine, found: KpiTrends) -> Finding:
    now, said = line.now, overall_said(line, found)
    return Finding(
        id=f"{NOTEBOOK}/overall",
        notebook=NOTEBOOK,
        question=Sentence("How do retention, value and satisfaction stand together?"),
        subject="overall",
        period=str(found.definition.period),
        verdict="measured" if now.known else "no_data",
        sentence=said,
        decision=overall_follows(line, found),
        estimate=now.value,
        n=len(line.parts),
        n_unit="KPIs",
        method="weighted geometric mean of KPIs, each against its baseline",
        source=", ".join(sorted({k.kpi.source for k in found if k.kpi.name in line.parts})),
        numbers={f"part_{n}": v for n, v in line.parts.items()} | _usual_numbers(line),
        answers=("F13",),
    )


def _usual_numbers(line: OverallLine) -> dict[str, float]:
    usual = line.usual
    return {"lower_limit": usual.low, "upper_limit": usual.high} if usual else {}
