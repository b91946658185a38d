"""What goals say: their tables, and their findings."""

from __future__ import annotations

import math

from toolkit.findings import Finding
from toolkit.language import Quantity, Sentence
from toolkit.shown import Grid
from toolkit.trends.goals import CriterionState, GoalState, OverallLine
from toolkit.trends.results import KpiTrends
from toolkit.trends.rows import ChangeRow, LineRow, PanelRow, PointRow
from toolkit.trends.wording import VARIATION, assurance_words, chance_shown, chance_word, chance_words, joined

NOTEBOOK = "kpi_trends"
ANSWERS = ("F01", "F03", "F04", "F05", "F12")
_KINDS = {"company": "Company", "relationship": "Relationship"}
_STATES = {"done": "Done", "late": "Late", "next": "Next", "open": "Open"}


def goal_grid(found: KpiTrends) -> Grid:
    """One row a goal: where it stands, its steps, who answers for it and why."""
    rows = []
    for g in found.goals:
        now = found[g.goal.kpi].now if g.aim else None
        rows.append((
            g.goal.label, Sentence(_KINDS[g.goal.kind]), found[g.goal.kpi].kpi.title, now,
            g.aim.level if g.aim else None, g.aim.wanted.due if g.aim else None,
            assurance_words(g.aim) if g.aim else None, chance_words(g.aim) if g.aim else None,
            steps_said(g), g.goal.owner or "", g.goal.reason or "",
        ))  # fmt: skip
    heads = tuple(Sentence(h) for h in ("Goal", "Kind", "Measured by", "Now", "Target", "By", "Against the target", "In time?", "Steps", "Owner", "Why"))
    return Grid(Sentence("Goals"), heads, tuple(rows), _absent(rows, "The params name no goals: `goals` would say what each KPI is for, in steps with owners."))


def step_grid(found: KpiTrends) -> Grid:
    """Every step in order, with where it stands."""
    rows = tuple(
        (g.goal.label, s.label, Sentence("Done, after it was due") if s.done_late else Sentence(_STATES[s.state]), s.measure or "",
         s.due, s.done, s.owner or "", s.reason or "")
        for g in found.goals for s in g.steps
    )
    heads = tuple(Sentence(h) for h in ("Goal", "Step", "State", "Seen by", "Due", "Done", "Owner", "Why"))
    return Grid(Sentence("Steps of each goal"), heads, rows, _absent(rows, "No goal has steps: `steps`, or `steps_from` a table, would say what is done, next and late."))


def criterion_grid(found: KpiTrends) -> Grid:
    """Every criterion of success: formula, value, what it shall be."""
    rows = tuple((g.goal.label, c.criterion.label, c.criterion.formula, c.value, _bound(c), _met(c)) for g in found.goals for c in g.criteria)
    heads = tuple(Sentence(h) for h in ("Goal", "Criterion", "Formula", "Value", "Shall be", "Met?"))
    return Grid(Sentence("Criteria of success"), heads, rows, _absent(rows, "No goal has `criteria`: they would say when it counts as a success."))


def benefit_grid(found: KpiTrends) -> Grid:
    """What money does not show: the survey KPIs of each goal."""
    rows = []
    for g in found.goals:
        for name in g.benefits:
            k = next((k for k in found if k.kpi.name == name), None)
            if k is None:
                rows.append((g.goal.label, name, None, None, Sentence("Not among the KPIs looked at"), ""))
                continue
            variation = k.whole.variation if k.whole else None
            rows.append((g.goal.label, k.kpi.title, k.now, k.change_last_year,
                         Sentence(VARIATION[variation]) if variation else Sentence("Cannot be told"), k.whole.sparkline() if k.whole else ""))
    heads = tuple(Sentence(h) for h in ("Goal", "Benefit beside money", "Value", "On the same period last year", "Variation", "Last periods"))
    return Grid(Sentence("What money does not show"), heads, tuple(rows), _absent(rows, "No goal names `benefits`: survey KPIs of process, user and culture."))


def _absent(rows, note: str) -> Sentence | None:
    return None if rows else Sentence(note)


def formula_grid(found: KpiTrends) -> Grid:
    """How each KPI is counted."""
    rows = []
    for k in found:
        m = k.kpi.measure
        if k.kpi.quantile is not None:
            formula = f"{k.kpi.quantile:g} quantile of {m.numerator}"
        elif k.kpi.per:
            formula = f"sum of {m.numerator} a {k.kpi.counted_per}"
        else:
            formula = f"sum of {m.numerator} / sum of {m.denominator}"
        rows.append((k.kpi.title, formula, m.where or "", k.kpi.source, k.kpi.time, k.kpi.unit or "", k.kpi.every))
    heads = tuple(Sentence(h) for h in ("KPI", "Formula", "Where", "Table", "Dated by", "Rows belong together by", "Every"))
    return Grid(Sentence("How each KPI is counted"), heads, tuple(rows))


def overall_panels(found: KpiTrends) -> tuple[PanelRow, ...]:
    """The one line over all, drawn; nothing where there is none."""
    line = found.overall
    if line is None or not any(v.known for v in line.values):
        return ()
    points = tuple(PointRow(p.start, v) for p, v in zip(line.periods, line.values, strict=True) if v.known)
    changes = tuple(ChangeRow(c.day, c.label) for c in found.definition.changes if points[0].day <= c.day <= points[-1].day)
    return (PanelRow(Sentence("{label}: 100 in {period}", {"label": line.label, "period": line.periods[0].label}), (LineRow("", points),), (), changes),)


def overall_title(found: KpiTrends) -> Sentence:
    """What the one line shows."""
    if found.overall is None:
        return Sentence("The params name no one line over all KPIs")
    return _overall_said(found.overall, found)


def steps_said(g: GoalState) -> Sentence:
    """Share done, what is next, what is late."""
    if not g.steps:
        return Sentence("No steps are written down")
    named = {"done": g.done, "n": len(g.steps), "share": Quantity(round(100 * g.done / len(g.steps)) / 100, "probability")}
    said = Sentence("{done} of {n} done ({share})", named)
    if g.late:
        said = Sentence("{said}; late: {late}", {"said": said, "late": ", ".join(s.label for s in g.late)})
    following = next((s for s in g.steps if s.state == "next"), None)
    if following:
        said = Sentence("{said}; next: {next}", {"said": said, "next": following.label})
    return said


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
    numbers = {"steps": len(g.steps), "steps_done": g.done, "steps_late": len(late), "criteria": len(g.criteria),
               "criteria_met": sum(c.met is True for c in g.criteria)}
    if aim and aim.chance is not None:
        numbers["chance"] = aim.chance.value
    said = [_standing(g, found)]
    said.append(Sentence("{steps}.", {"steps": steps_said(g)}))
    said += [_criterion_said(c) for c in g.criteria]
    decision = None
    if late:
        decision = Sentence("Do what is late, or say why not: {steps}.", {"steps": ", ".join(s.label for s in late)})
    elif g.next:
        decision = Sentence("Go on with: {step}.", {"step": g.next.label})
    return Finding(
        id=f"{NOTEBOOK}/goal/{g.name}", notebook=NOTEBOOK, question=Sentence("Will the goal “{goal}” be met?", {"goal": g.goal.label}),
        subject=g.name, kpi=g.goal.kpi, period=str(found.definition.period), verdict=aim.assurance if aim and aim.assurance else "no_data",
        variation=k.whole.variation if k.whole else None, sentence=joined(said), estimate=now.value,
        low=now.low if has_range else math.nan, high=now.high if has_range else math.nan, level=found.definition.level,
        unit=k.kpi.unit_shown, n=k.n, n_unit="rows", promised=aim.level.value if aim and aim.known else None, decision=decision,
        owner=g.goal.owner or (aim.wanted.owner if aim else None), due=aim.wanted.due if aim else None, numbers=numbers,
        answers=ANSWERS, source=k.kpi.source, method=k.outlook.method and f"forecast by {k.outlook.method}", headline=True,
    )  # fmt: skip


def _standing(g: GoalState, found: KpiTrends) -> Sentence:
    aim, k = g.aim, found[g.goal.kpi]
    named = {"goal": g.goal.label, "kpi": k.kpi.title, "now": k.now}
    if aim is None or not aim.known:
        reason = g.problem or (aim.level.reason if aim else "it has no target")
        return Sentence("{goal}: whether it is met cannot be told, because {reason}.", {**named, "reason": reason or ""})
    named |= {"level": aim.level, "state": assurance_words(aim)}
    if not k.now.known:
        return Sentence("{goal}: {kpi} shall be {level}; the period has no value ({reason}).", {**named, "reason": k.now.reason or "no rows"})
    if aim.chance is not None and aim.chance.known:
        named |= {"day": aim.wanted.due, "word": Sentence(chance_word(aim.chance.value).template.lower()), "chance": chance_shown(aim.chance)}
        return Sentence("{goal}: {kpi} is {now} of {level} wanted by {day}, {word} to be there in time ({chance}).", named)
    return Sentence("{goal}: {kpi} is {now} of {level} wanted. {state}.", named)


def _criterion_said(c: CriterionState) -> Sentence:
    named = {"label": c.criterion.label, "value": c.value, "bound": _bound(c), "reason": c.value.reason or ""}
    if c.met is None:
        return Sentence("{label}: no value, because {reason}.", named)
    return Sentence("{label} is {value}, as it should be ({bound}).", named) if c.met else \
        Sentence("{label} is {value}, and should be {bound}.", named)


def _bound(c: CriterionState) -> Sentence:
    if c.criterion.at_least is not None:
        return Sentence("at least {bound}", {"bound": c.bound})
    return Sentence("at most {bound}", {"bound": c.bound})


def _met(c: CriterionState) -> Sentence:
    return {True: Sentence("Yes"), False: Sentence("No"), None: Sentence("Cannot be told")}[c.met]


def _overall_said(line: OverallLine, found: KpiTrends) -> Sentence:
    now = line.now
    named = {"label": line.label, "now": now, "period": found.definition.period.label}
    if not now.known:
        return Sentence("{label}: no value, because {reason}.", {**named, "reason": now.reason or ""})
    most = max(line.parts, key=lambda n: abs(line.parts[n]))
    named |= {"base": line.periods[0].label, "kpi": found[most].kpi.title, "points": Quantity(line.parts[most], "score")}
    return Sentence("{label} stands at {now}; 100 is {base}. {kpi} moved it most, by {points}.", named)


def _overall(line: OverallLine, found: KpiTrends) -> Finding:
    now, said = line.now, _overall_said(line, found)
    return Finding(
        id=f"{NOTEBOOK}/overall", notebook=NOTEBOOK, question=Sentence("How do retention, value and satisfaction stand together?"),
        subject="overall", period=str(found.definition.period), verdict="measured" if now.known else "no_data", sentence=said,
        estimate=now.value, n=len(line.parts), n_unit="KPIs", method="weighted geometric mean of KPIs, each against its baseline",
        numbers={f"part_{n}": v for n, v in line.parts.items()}, answers=("F13",),
    )  # fmt: skip
