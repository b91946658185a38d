"""What goals say: their tables, and their findings."""

from __future__ import annotations

from toolkit.drawable import Change, Line, Panel, Point
from toolkit.language import Quantity, Sentence, term
from toolkit.shown import Grid
from toolkit.trends.goals import CriterionState, GoalState, OverallLine, StepState
from toolkit.trends.results import KpiTrends, target_said, then_said, with_range
from toolkit.trends.wording import VARIATION

NOTEBOOK = "kpi_trends"
_KINDS = {"company": "Company", "relationship": "Relationship"}
_STATES = {"done": "Done", "late": "Late", "next": "Next", "open": "Open"}


def goal_grid(found: KpiTrends) -> Grid:
    """One row a goal: where it stands to its target, whether it is there in time, its steps."""
    rows = []
    for g in found.goals:
        rows.append(
            (
                g.goal.label,
                g.goal.owner or "",
                with_range(found[g.goal.kpi].now) if g.aim else None,
                target_said(g.aim) if g.aim else None,
                then_said(g.aim) if g.aim else None,
                steps_said(g),
            )
        )
    heads = tuple(Sentence(h) for h in ("Goal", "Owner", "Now", "Target", "In time?", "Steps"))
    note = Sentence("The params name no goals: `goals` would say what each KPI is for, in steps with owners.")
    return Grid(Sentence("Goals"), heads, tuple(rows), _absent(rows, note))


def reason_grid(found: KpiTrends) -> Grid:
    """Whose each goal is, and why it is set."""
    rows = [
        (
            g.goal.label,
            Sentence(_KINDS[g.goal.kind]),
            found[g.goal.kpi].kpi.title,
            g.goal.owner or "",
            g.goal.reason or "",
        )
        for g in found.goals
    ]
    heads = tuple(Sentence(h) for h in ("Goal", "Kind", "Measured by", "Owner", "Why"))
    return Grid(Sentence("Whose goals, and why"), heads, tuple(rows))


def step_grid(found: KpiTrends) -> Grid:
    """Every step in order, with where it stands."""
    rows = tuple(
        (g.goal.label, s.label, _state(s), s.measure or "", s.due, s.owner or "", s.reason or "")
        for g in found.goals
        for s in g.steps
    )
    heads = tuple(Sentence(h) for h in ("Goal", "Step", "State", "Seen by", "Due", "Owner", "Why"))
    return Grid(
        Sentence("Steps of each goal"),
        heads,
        rows,
        _absent(
            rows,
            Sentence("No goal has steps: `steps`, or `steps_from` a table, would say what is done, next and late."),
        ),
    )


def _state(s: StepState) -> Sentence:
    if s.done_late:
        return Sentence("Done {day}, after it was due", {"day": s.done})
    return Sentence("Done {day}", {"day": s.done}) if s.done else Sentence(_STATES[s.state])


def criterion_grid(found: KpiTrends) -> Grid:
    """Every criterion of success: formula, value, what it shall be."""
    rows = tuple(
        (g.goal.label, c.criterion.label, c.criterion.formula, with_range(c.value), bound_said(c), _met(c))
        for g in found.goals
        for c in g.criteria
    )
    heads = tuple(
        Sentence(h) for h in ("Goal", "Criterion", "Formula", "Value", "Shall be", "Met?")
    )
    return Grid(
        Sentence("Criteria of success"),
        heads,
        rows,
        _absent(rows, Sentence("No goal has `criteria`: they would say when it counts as a success.")),
    )


def benefit_grid(found: KpiTrends) -> Grid:
    """What money does not show: the survey KPIs of each goal."""
    rows = []
    for g in found.goals:
        for name in g.benefits:
            k = next((k for k in found if k.kpi.name == name), None)
            if k is None:
                rows.append(
                    (g.goal.label, name, None, None, Sentence("Not among the KPIs looked at"))
                )
                continue
            variation = k.whole.variation if k.whole else None
            rows.append(
                (
                    g.goal.label,
                    k.kpi.title,
                    with_range(k.now),
                    with_range(k.change_last_year),
                    Sentence(
                        "{drawn} {said}",
                        {
                            "drawn": k.whole.sparkline() if k.whole else "",
                            "said": Sentence(VARIATION[variation])
                            if variation
                            else Sentence("Cannot be told"),
                        },
                    ),
                )
            )
    heads = tuple(
        Sentence(h)
        for h in (
            "Goal",
            "Benefit beside money",
            "Value",
            "On the same period last year",
            "Variation",
        )
    )
    return Grid(
        Sentence("What money does not show"),
        heads,
        tuple(rows),
        _absent(rows, Sentence("No goal names `benefits`: survey KPIs of process, user and culture.")),
    )


def _absent(rows, note: Sentence) -> Sentence | None:
    return None if rows else note


def formula_grid(found: KpiTrends) -> Grid:
    """How each KPI is counted."""
    rows = []
    for k in found:
        m = k.kpi.measure
        named = {"sum": m.numerator, "other": m.denominator or "", "per": term(k.kpi.counted_per or "")}
        if k.kpi.quantile is not None:
            named |= {"share": Quantity(k.kpi.quantile, "percent")}
            formula = Sentence("the value that {share} of {sum} stay within", named)
        elif k.kpi.per:
            formula = Sentence("sum of {sum}, for each {per}", named)
        else:
            formula = Sentence("sum of {sum} / sum of {other}", named)
        rows.append(
            (
                k.kpi.title,
                formula,
                m.where or "",
                k.kpi.source,
                k.kpi.time,
                k.kpi.unit or "",
                term(k.kpi.every),
            )
        )
    heads = tuple(
        Sentence(h)
        for h in (
            "KPI",
            "Formula",
            "Where",
            "Table",
            "Dated by",
            "Rows belong together by",
            "Every",
        )
    )
    return Grid(Sentence("How each KPI is counted"), heads, tuple(rows))


def overall_panels(found: KpiTrends) -> tuple[Panel, ...]:
    """The one line over all, drawn; nothing where there is none."""
    line = found.overall
    if line is None or not any(v.known for v in line.values):
        return ()
    points = tuple(
        Point(p.start, v) for p, v in zip(line.periods, line.values, strict=True) if v.known
    )
    changes = tuple(
        Change(c.day, c.label)
        for c in found.definition.changes
        if points[0].day <= c.day <= points[-1].day
    )
    return (
        Panel(
            Sentence(
                "{label}: 100 in {period}", {"label": line.label, "period": line.periods[0].label}
            ),
            (*_usual_of(line, points), Line("", points)),
            (),
            changes,
        ),
    )


def _usual_of(line: OverallLine, points: tuple[Point, ...]) -> tuple[Line, ...]:
    usual = line.usual
    if usual is None:
        return ()
    return (Line("", tuple(Point(p.day, usual) for p in points), "past", dots=False),)


def overall_title(found: KpiTrends) -> Sentence:
    """What the one line shows."""
    if found.overall is None:
        return Sentence("The params name no one line over all KPIs")
    return overall_said(found.overall, found)


def steps_said(g: GoalState) -> Sentence:
    """Share done, what is next, what is late."""
    if not g.steps:
        return Sentence("No steps are written down")
    named = {
        "done": g.done,
        "n": len(g.steps),
        "share": Quantity(round(100 * g.done / len(g.steps)) / 100, "probability"),
    }
    said = Sentence("{done} of {n} done ({share})", named)
    if g.late:
        said = Sentence(
            "{said}; late: {late}", {"said": said, "late": tuple(s.label for s in g.late)}
        )
    following = next((s for s in g.steps if s.state == "next"), None)
    if following:
        said = Sentence("{said}; next: {next}", {"said": said, "next": following.label})
    return said


def bound_said(c: CriterionState) -> Sentence:
    if c.criterion.at_least is not None:
        return Sentence("at least {bound}", {"bound": c.bound})
    return Sentence("at most {bound}", {"bound": c.bound})


def _met(c: CriterionState) -> Sentence:
    return {True: Sentence("Yes"), False: Sentence("No"), None: Sentence("Cannot be told")}[c.met]


def overall_said(line: OverallLine, found: KpiTrends) -> Sentence:
    now = line.now
    named = {"label": line.label, "now": now, "period": found.definition.period.label}
    if not now.known:
        return Sentence(
            "{label}: no value, because {reason}.", {**named, "reason": now.reason or ""}
        )
    most = max(line.parts, key=lambda n: abs(line.parts[n]))
    named |= {
        "base": line.periods[0].label,
        "kpi": found[most].kpi.title,
        "points": Quantity(line.parts[most], "score"),
    }
    said = Sentence(
        "{label} stands at {now}; 100 is {base}. {kpi} moved it most, by {points}.", named
    )
    usual = line.usual
    if usual is None:
        return said
    named = {"said": said, "usual": usual}
    if now.value > usual.high:
        return Sentence("{said} That is above its usual range ({usual:range}).", named)
    if now.value < usual.low:
        return Sentence("{said} That is below its usual range ({usual:range}).", named)
    return Sentence("{said} That is within its usual range ({usual:range}).", named)


def overall_follows(line: OverallLine, found: KpiTrends) -> Sentence | None:
    """What to do about the one line; nothing where it has no usual range."""
    usual, now = line.usual, line.now
    if usual is None or not now.known:
        return None
    lowest = min(line.parts, key=line.parts.__getitem__)
    named = {"kpi": found[lowest].kpi.title}
    if now.value < usual.low:
        return Sentence("Find out what changed in {kpi}.", named)
    return Sentence("Nothing new to decide: look at {kpi} first, which lifts it least.", named)
