"""All changes of the plan at once: which kept their promise, and how often do things change?

The same three verbs. Each change is judged by itself; one that cannot be judged stands in the list
with its reason and keeps no other from being judged. Across changes the p-values are corrected by
Benjamini & Hochberg, because among many changes some look good by chance.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from toolkit.company.periods import Period
from toolkit.drawable import Mark, Row
from toolkit.findings import Check, Checks, Finding, Findings, verdict_words
from toolkit.language import Quantity, Sentence
from toolkit.plan_changes import checking, concluding, deciding
from toolkit.plan_changes.deciding import Decision
from toolkit.plan_changes.definition import PlanChange
from toolkit.plan_changes.doubts import p_said
from toolkit.plan_changes.effects import PlanEffect
from toolkit.plan_changes.estimating import estimate as estimate_one
from toolkit.plan_changes.estimating import without_answer
from toolkit.problems import Refused
from toolkit.shown import Grid, Shown
from toolkit.stats.multiplicity import adjusted
from toolkit.study import Study

NOTEBOOK = "plan_changes"
OFTEN = 2.0
"""More changes than this a quarter, over the last year, are no plan any more."""
REVIEW_MONTHS = 3
"""The plan is looked at again so many months after each review."""


@dataclass(frozen=True, eq=False)
class Refusal:
    """A change whose declaration or table cannot be used, in the words of the refusal."""

    name: str
    label: str
    reason: Sentence
    effective: date


@dataclass(frozen=True, eq=False)
class Portfolio:
    """The question about all changes of a plan.

    Attributes
    ----------
    studies
        Each change with its table, in the order in which they took effect.
    refused
        Changes that cannot be asked at all.
    period
        The period of the review.
    announced
        Changes that are announced and not in effect yet: label and day.
    review_months
        Months from one review to the next.
    """

    studies: tuple[Study[PlanChange], ...]
    period: Period
    refused: tuple[Refusal, ...] = ()
    announced: tuple[tuple[str, date], ...] = ()
    review_months: int = REVIEW_MONTHS

    def __repr__(self) -> str:
        return f"{len(self.studies) + len(self.refused)} plan changes by {self.period.label}"


@dataclass(frozen=True)
class Overlap:
    """Two changes of one KPI whose times cannot be told apart."""

    first: str
    second: str
    kpi: str


@dataclass(frozen=True, repr=False)
class PlanEffects(Shown):
    """What all changes did.

    Attributes
    ----------
    effects
        In the order in which they took effect.
    p_adjusted
        Of each effect, corrected across all of them by Benjamini & Hochberg.
    per_quarter
        Label of a quarter -> how many changes took effect in it, the last eight quarters.
    overlaps
        Changes of one KPI that cannot be told apart.
    """

    portfolio: Portfolio
    effects: tuple[PlanEffect, ...]
    checks: tuple[Checks, ...] = field(repr=False)
    decisions: tuple[Decision, ...] = field(repr=False)
    p_adjusted: tuple[float, ...] = ()
    per_quarter: dict[str, int] = field(default_factory=dict)
    overlaps: tuple[Overlap, ...] = ()

    @property
    def pace(self) -> float:
        """Changes a quarter over the last four."""
        last = list(self.per_quarter.values())[-4:]
        return sum(last) / len(last) if last else 0.0

    @property
    def title(self) -> Sentence:
        """What the chart of promises shows."""
        kept = sum(d.verdict in ("delivered", "on_track") for d in self.decisions)
        return Sentence("Share of each promise that came: {kept} of {n} changes keep theirs", {
            "kept": kept, "n": len(self.decisions)})  # fmt: skip

    def promised(self) -> tuple[Row, ...]:
        """The share of each promise that came, as charts take it."""
        return tuple(Row(e.definition.title, e.share, e.tone) for e in self.effects)

    def marks(self) -> tuple[Mark, ...]:
        """The whole promise."""
        return (Mark(1.0, Sentence("promised")),)

    def counts(self) -> tuple[Row, ...]:
        """How many changes took effect in each quarter, as charts take it."""
        return tuple(Row(label, Quantity(n, "count")) for label, n in self.per_quarter.items())

    @property
    def counts_title(self) -> Sentence:
        """What the chart of changes by quarter shows."""
        return Sentence("{pace} changes a quarter took effect over the last year", {"pace": Quantity(self.pace, "number")})

    def grid(self) -> Grid:
        """One row a change: promised, what came, verdict, decision."""
        rows = []
        for e, d, p in zip(self.effects, self.decisions, self.p_adjusted, strict=True):
            rows.append((
                e.definition.title, e.definition.kpi, e.definition.effective, e.definition.promise_said, e.quantity,
                e.share, verdict_words(d.verdict), d.grade or "", None if math.isnan(p) else p_said(p), e.value if e.value.known else None,
                Quantity(e.definition.cost, e.definition.currency) if e.definition.cost else None,
            ))  # fmt: skip
        for r in self.portfolio.refused:
            empty = (None,) * 7
            rows.append((r.label, "", r.effective, None, None, None, verdict_words("cannot_be_judged"), *empty[:4]))
        heads = ("Change", "KPI", "In effect", "Promised", "What came", "Share", "Verdict", "Evidence",
                 "p, all changes considered", "Worth so far", "Cost so far")  # fmt: skip
        return Grid(Sentence("The plan's changes"), tuple(Sentence(h) for h in heads), tuple(rows))


def estimate(portfolio: Portfolio) -> PlanEffects:
    """The effect of every change; one that is refused keeps no other from being judged."""
    effects = []
    for study in portfolio.studies:
        try:
            effects.append(estimate_one(study))
        except Refused as refused:
            effects.append(without_answer(study.definition, Sentence("{reason}", {"reason": _reason(refused)})))
    checks = tuple(checking.check(e) for e in effects)
    decisions = tuple(deciding.decide(e, c) for e, c in zip(effects, checks, strict=True))
    p_values = [e.fit.p_value if e.fit is not None else math.nan for e in effects]
    corrected = adjusted(p_values, "bh").tolist() if effects else []
    return PlanEffects(
        portfolio, tuple(effects), checks, decisions, tuple(map(float, corrected)), _per_quarter(portfolio),
        tuple(_overlaps([s.definition for s in portfolio.studies])))  # fmt: skip


def _reason(refused: Refused) -> str:
    return "; ".join(str(p) for p in refused.problems)


def refusal(name: str, label: str, effective: date, refused: Refused) -> Refusal:
    """A change that cannot be asked, for the list."""
    return Refusal(name, label, Sentence("{reason}", {"reason": _reason(refused)}), effective)


def _per_quarter(portfolio: Portfolio) -> dict[str, int]:
    last = Period.of(portfolio.period.last_day, "quarter", portfolio.period.fiscal_year_starts)
    quarters = [last.previous(i) for i in range(7, -1, -1)]
    days = [s.definition.effective for s in portfolio.studies] + [r.effective for r in portfolio.refused]
    return {q.label: sum(q.holds(day) for day in days) for q in quarters}


def _overlaps(definitions: list[PlanChange]) -> Iterator[Overlap]:
    for i, a in enumerate(definitions):
        for b in definitions[i + 1:]:
            if a.measure.name != b.measure.name:
                continue
            early, late = sorted((a.period_of(a.effective), a.period_of(b.effective)))
            if early.previous(-checking.CLOSE) >= late:
                yield Overlap(a.title, b.title, a.kpi)


def check(effects: PlanEffects) -> Checks:
    """Reasons for doubt about the plan as a whole."""
    return Checks(tuple(_checks(effects)))


def _checks(effects: PlanEffects) -> Iterator[Check]:
    for e, c in zip(effects.effects, effects.checks, strict=True):
        failed = [f for f in c.failed if not deciding.informs(f)]
        values = {"change": e.definition.title}
        said = Sentence("every check holds")
        if failed:
            n = {"n": len(failed), "first": failed[0].name}
            said = Sentence("one does not hold: {first}", n, plural="{n} do not hold, the first: {first}", count="n")
        yield Check(Sentence("The evidence on {change} holds", values), not failed, said, numbers={"failed": len(failed)})
    said = Sentence("no two changes of one KPI fall together")
    if effects.overlaps:
        o = effects.overlaps[0]
        said = Sentence("{first} and {second} both changed {kpi} at nearly the same time", {
            "first": o.first, "second": o.second, "kpi": o.kpi})  # fmt: skip
    yield Check(Sentence("The changes can be told apart"), not effects.overlaps, said, numbers={"overlaps": len(effects.overlaps)})
    lost = [
        e.definition.title for e, p in zip(effects.effects, effects.p_adjusted, strict=True)
        if e.fit is not None and e.fit.p_value <= 1 - e.definition.level < p
    ]  # fmt: skip
    said = Sentence("none that stood out alone is lost among all") if not lost else Sentence(
        "{changes} stood out alone, and no longer among all changes looked at", {"changes": ", ".join(lost)})
    yield Check(Sentence("What stands out is no matter of chance"), not lost, said, numbers={"lost": len(lost)})
    pace = effects.pace
    yield Check(
        Sentence("The plan does not change too often"), pace <= OFTEN,
        Sentence("{pace} changes a quarter over the last year; up to {often} can be followed", {
            "pace": Quantity(pace, "number"), "often": Quantity(OFTEN, "number")}),
        numbers={"per_quarter": pace, "limit": OFTEN},
    )  # fmt: skip


def conclude(effects: PlanEffects, checks: Checks) -> Findings:
    """One finding about the plan, then each change's own main finding, corrected across all.

    Returns
    -------
    Findings
        ``plan_changes``, then ``plan_changes/<change>``.
    """
    portfolio = effects.portfolio
    kept = [e.definition.title for e, d in zip(effects.effects, effects.decisions, strict=True) if d.action == "keep"]
    stop = [e.definition.title for e, d in zip(effects.effects, effects.decisions, strict=True) if d.action == "drop"]
    n = len(effects.effects) + len(portfolio.refused)
    values = {"kept": len(kept), "n": n, "stop": tuple(stop), "pace": Quantity(effects.pace, "number"),
              "review": _review(portfolio)}  # fmt: skip
    said = Sentence("{kept} of {n} changes keep their promise.", values)
    if stop:
        said = Sentence("{kept} of {n} changes keep their promise; {stop} should stop.", values)
    known = sum(e.fit is not None for e in effects.effects)
    main = Finding(
        id=NOTEBOOK, notebook=NOTEBOOK, question=Sentence("Which changes of the plan brought what they promised?"),
        subject="plan", verdict="measured" if known else "no_data", sentence=said, period=str(portfolio.period),
        decision=Sentence("Look at the plan again by {review}.", values), checks=checks.checks, n=n, n_unit="changes",
        method="each change by the method its data allow; p-values corrected by Benjamini-Hochberg", headline=True,
        numbers={"changes": n, "kept": len(kept), "dropped": len(stop), "per_quarter": effects.pace}, answers=("F68", "F71"),
    )  # fmt: skip
    return Findings((main, *_each(effects), *map(_refused, portfolio.refused)))


def _review(portfolio: Portfolio) -> date:
    month = Period.of(portfolio.period.last_day, "month")
    return month.previous(-portfolio.review_months).last_day


def _each(effects: PlanEffects) -> Iterator[Finding]:
    for e, c, p in zip(effects.effects, effects.checks, effects.p_adjusted, strict=True):
        own = concluding.conclude(e, c)[0]
        yield Finding(**{
            **{name: getattr(own, name) for name in own.__dataclass_fields__}, "id": f"{NOTEBOOK}/{e.definition.name}",
            "notebook": NOTEBOOK, "headline": False, "checks": (), "numbers": {**own.numbers, "p_adjusted": p},
        })  # fmt: skip


def _refused(refused: Refusal) -> Finding:
    said = Sentence("{change} cannot be judged: {why}.", {"change": refused.label, "why": refused.reason})
    return Finding(
        id=f"{NOTEBOOK}/{refused.name}", notebook=NOTEBOOK, subject=refused.name, verdict="cannot_be_judged",
        question=Sentence("Did {change} bring what it promised?", {"change": refused.label}), sentence=said,
        decision=Sentence("Mend what keeps {change} from being judged, then look again.", {"change": refused.label}),
    )  # fmt: skip
