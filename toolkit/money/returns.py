"""What does the plan return? Measured benefits against the ledger's costs, each with its interval."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from toolkit.data.frames import TableLike, as_table
from toolkit.findings import Check, Checks, Finding, Findings
from toolkit.language import Quantity, Sentence, term
from toolkit.money.definition import Benefit, PlanReturn
from toolkit.money.ledger import read_ledger
from toolkit.money.model import BENEFITS, COSTS, SHARED, Costs, Model, costs_of, counted, model_of
from toolkit.money.returned import ChangeReturn, Returned
from toolkit.problems import Problem, Refused
from toolkit.stats.cash_flows import benefit_cost_ratio, discount_factors, irr, mirr, payback, rate_of_period
from toolkit.stats.scenarios import draws
from toolkit.study import Study

NOTEBOOK = "roi"
FAR_APART = 0.2
"""Declared costs and the ledger's may differ by a fifth."""


def estimate(table: TableLike | Study[PlanReturn] | None, definition: PlanReturn | None = None) -> Returned:
    """What does the plan return, to date and over its horizon?

    Parameters
    ----------
    table
        The ledger (a pandas frame, an Ibis table, a path), None where only declared costs are known;
        or a study, which brings the definition.

    Returns
    -------
    Returned
        `roi` and `npv` are nan, with the reason, where nothing is paid or nothing can be counted.

    Raises
    ------
    Refused
        The ledger cannot be used, or names no component of `shared`; all problems at once.
    """
    if isinstance(table, Study):
        table, definition = table.table, definition or table.definition
    if definition is None:
        raise TypeError("a ledger needs the plan: estimate(table, PlanReturn(…))")
    d = definition
    rows = read_ledger(as_table(table), d.ledger) if table is not None and d.ledger is not None else None
    _known_components(rows, d)
    start, costs = costs_of(rows, d)
    model = model_of(d, start, costs)
    base = np.array([t.spread.middle for t in model.terms])
    numbers = _drawn(model, d)
    cost = float(-model.sums(base[None], COSTS)[0]) if model.lines else 0.0
    gained = float(model.sums(base[None], ("benefit_seen",))[0]) if model.lines else 0.0
    reason = _no_data(d, cost)
    flows = model.flows(base[None])[0] if model.lines else np.zeros(1)
    known = _without_unknown(model, d, base, numbers, reason)
    low_case, high_case = _cases(model, d, base)
    return Returned(
        definition=d, model=model, roi=_spread(model.roi, numbers, base, "percent", d, reason),
        npv=_spread(model.npv, numbers, base, d.currency, d, reason),
        changes=tuple(_change(b, model, costs, base, numbers, d) for b in d.benefits), base=base, numbers=numbers,
        flows=flows, cost=cost, gained=gained, irr=irr(flows), mirr=_mirr(flows, d), payback=payback(flows),
        discounted_payback=payback(flows, model.monthly_rate), ratio=_ratio(model, base), roi_known=known,
        unknown_cost=sum(costs[b.name].total for b in d.benefits if not b.known and counted(b) and b.name in costs),
        unknown_gain=sum(float(model.sums(base[None], ("benefit_seen",), b.name)[0]) for b in d.benefits if not b.known and counted(b)),
        roi_low_case=low_case, roi_high_case=high_case,
        loss=float((model.roi(numbers) < 0).mean()) if reason is None else math.nan,
        left_out=tuple(b.label for b in d.benefits if not counted(b)), source=_source(d, rows),
    )  # fmt: skip


def _known_components(rows, d: PlanReturn) -> None:
    there = () if rows is None else tuple(dict.fromkeys(rows["component"]))
    wrong = [Problem("money.shared", "is no component of the ledger", name, there) for name in d.shared if name not in there]
    if wrong:
        raise Refused(wrong)


def _source(d: PlanReturn, rows) -> str | Sentence:
    return d.ledger.table if rows is not None else Sentence("declared costs")


def _no_data(d: PlanReturn, cost: float) -> str | None:
    reason = None
    if not d.benefits:
        reason = "no plan change is in effect, so nothing can have been brought"
    elif not any(counted(b) for b in d.benefits):
        reason = "no plan change has an effect and a worth: give 'value_per_unit'"
    elif cost <= 0:
        reason = "no cost stands for the plan: neither in the ledger nor declared"
    return reason


def _drawn(model: Model, d: PlanReturn) -> np.ndarray:
    at = {t.change: i for i, t in enumerate(model.terms) if t.part == "effect"}
    pairs = {(at[a], at[b]): rho for (a, b), rho in d.correlations.items() if a in at and b in at}
    if not model.terms:
        return np.zeros((d.scenarios, 0))
    try:
        return draws([t.spread for t in model.terms], d.scenarios, d.seed, pairs)
    except ValueError as error:
        raise Refused(Problem("money.together", str(error).rstrip("."))) from None


def _spread(of, numbers: np.ndarray, base: np.ndarray, unit: str, d: PlanReturn, reason: str | None) -> Quantity:
    """The base case, with the middle `level` of the scenarios."""
    if reason is not None:
        return Quantity(math.nan, unit, reason=reason)
    value = float(of(base[None])[0])
    low, high = np.quantile(of(numbers), [(1 - d.level) / 2, (1 + d.level) / 2])
    return Quantity(value, unit, float(min(low, value)), float(max(high, value)))


def _change(b: Benefit, model: Model, costs: dict[str, Costs], base, numbers, d: PlanReturn) -> ChangeReturn:
    own = costs.get(b.name)
    total = own.total if own else 0.0
    if not counted(b):
        why = b.why_unknown
        empty = Quantity(math.nan, d.currency, reason=why)
        return ChangeReturn(b, empty, total, own, Quantity(math.nan, "percent", reason=why), empty, math.nan)
    cost = float(-model.sums(base[None], COSTS, b.name)[0])
    reason = None if cost > 0 else "no cost stands for it"
    gained = _spread(lambda x: model.sums(x, ("benefit_seen",), b.name), numbers, base, d.currency, d, None)
    roi = _spread(lambda x: model.roi(x, b.name), numbers, base, "percent", d, reason)
    worth = _spread(lambda x: model.npv(x, b.name), numbers, base, d.currency, d, reason)
    return ChangeReturn(b, gained, cost, own, roi, worth, gained.value / cost if cost > 0 else math.nan)


def _without_unknown(model: Model, d: PlanReturn, base, numbers, reason: str | None) -> Quantity:
    """The return of the changes that are known, on their own costs (and on shared ones)."""
    names = [b.name for b in d.benefits if b.known] + [SHARED]
    if reason is None and len(names) == 1:
        reason = "no change's effect is known yet"

    def roi(x: np.ndarray) -> np.ndarray:
        paid = -sum(model.sums(x, COSTS, n) for n in names)
        return sum(model.sums(x, ("benefit_seen",), n) for n in names) / np.where(paid > 0, paid, math.nan) - 1

    return _spread(roi, numbers, base, "percent", d, reason)


def _cases(model: Model, d: PlanReturn, base: np.ndarray) -> tuple[float, float]:
    """The return if what is not known brings nothing, and if it keeps its promise."""
    out = []
    for share in (0.0, 1.0):
        at = base.copy()
        for i, t in enumerate(model.terms):
            b = next((b for b in d.benefits if b.name == t.change), None)
            if t.part == "effect" and b is not None and not b.known:
                promised = b.good * b.promised if math.isfinite(b.promised) else at[i]
                at[i] = share * promised
        out.append(float(model.roi(at[None])[0]) if model.lines else math.nan)
    return out[0], out[1]


def _ratio(model: Model, base: np.ndarray) -> float:
    if not model.lines:
        return math.nan
    worth = model.amounts(base[None])[0] * (model.profiles @ discount_factors(model.monthly_rate, model.profiles.shape[1]))
    return benefit_cost_ratio(float(worth @ model.chosen(BENEFITS)), float(-worth @ model.chosen(COSTS)))


def _mirr(flows: np.ndarray, d: PlanReturn) -> float:
    rates = [d.yearly_rate if r is None else r for r in (d.finance_rate, d.reinvest_rate)]
    return mirr(flows, *map(rate_of_period, rates))


def check(found: Returned) -> Checks:
    """Reasons for doubt about the return."""
    return Checks(tuple(_checks(found)))


def _checks(found: Returned) -> Iterator[Check]:
    d = found.definition
    unknown = tuple(b.label for b in found.unknown)
    share = found.unknown_cost / found.cost if found.cost > 0 else math.nan
    seen = Sentence("every effect is measured")
    if unknown:
        seen = Sentence("{changes}: not known, {share} of the cost", {"changes": unknown, "share": Quantity(share, "percent")})
    yield Check(Sentence("The return rests on measured effects alone"), not unknown, seen,
                numbers={"unknown": len(unknown), "share_of_cost": share, "unknown_gain": found.unknown_gain})  # fmt: skip
    if found.left_out:
        yield Check(Sentence("Nothing is left out"), False, Sentence("neither costs nor benefits are counted of {changes}", {
            "changes": found.left_out}), numbers={"left_out": len(found.left_out)})  # fmt: skip
    bare = tuple(b.label for b in d.benefits if b.value is not None and not b.value_source)
    yield Check(
        Sentence("Every worth of a unit has a source"), not bare,
        Sentence("no source: {changes}", {"changes": bare}) if bare else Sentence("each says where it comes from"),
        numbers={"without_source": len(bare)},
    )  # fmt: skip
    apart = tuple(_apart(found))
    yield Check(
        Sentence("Costs as declared and as booked agree"), not apart,
        Sentence("more than a fifth apart: {changes}", {"changes": apart}) if apart else Sentence("they agree within a fifth"),
        numbers={"apart": len(apart)},
    )  # fmt: skip
    rates = len(found.irr.rates)
    yield Check(
        Sentence("Exactly one internal rate of return"), rates == 1,
        Sentence("one") if rates == 1 else Sentence("none") if rates == 0 else Sentence("{n} of them", {"n": rates}),
        numbers={"rates": rates},
    )  # fmt: skip


def _apart(found: Returned) -> Iterator[str]:
    rate = found.definition.hour_rate or 0.0
    for c in found.changes:
        said = c.benefit.declared_cost + c.benefit.declared_hours * rate
        if c.costs is not None and not c.costs.declared and said > 0 and abs(c.costs.total - said) > FAR_APART * said:
            yield c.benefit.label


def conclude(found: Returned, checks: Checks) -> Findings:
    """The plan's return so far, its worth over the horizon, then every change's own."""
    return Findings((_main(found, checks), _worth(found), *(_each(found, c) for c in found.changes)))


def _shared(found: Returned) -> dict:
    d = found.definition
    return {"notebook": NOTEBOOK, "period": d.period, "level": d.level, "source": found.source, "owner": d.owner,
            "n": d.scenarios, "n_unit": "scenarios", "answers": ("F60",)}  # fmt: skip


def _main(found: Returned, checks: Checks) -> Finding:
    q, d = found.roi, found.definition
    same = {"id": f"{NOTEBOOK}/plan", "subject": "plan", "headline": True, "unit": "percent",
            "question": Sentence("What does the plan return?"), "checks": checks.checks,
            "method": "measured effects x rows x worth, less costs; simulated over their intervals", **_shared(found)}  # fmt: skip
    if not q.known:
        return Finding(verdict="no_data", sentence=Sentence("The plan's return cannot be said: {why}.", {"why": term(q.reason)}), **same)
    share = found.unknown_cost / found.cost
    values = {"roi": q, "loss": Quantity(found.loss, "probability"), "unknown": Quantity(share, "percent")}
    text = "So far the plan returns {roi:full} on all it costs; the chance that it brings less than it costs is {loss}."
    if found.unknown:
        text = ("So far the plan returns {roi:full} on all it costs; the chance that it brings less than it costs is {loss}, and "
                "{unknown} of the cost rests on effects not known yet.")  # fmt: skip
    numbers = {
        "gained": found.gained, "cost": found.cost, "chance_of_loss": found.loss, "unknown_share_of_cost": share,
        "roi_without_unknown": found.roi_known.value, "roi_if_unknown_brings_nothing": found.roi_low_case,
        "roi_if_promises_are_kept": found.roi_high_case, "scenarios": d.scenarios, "seed": d.seed,
    }  # fmt: skip
    return Finding(verdict="measured", sentence=Sentence(text, values), estimate=q.value, low=q.low, high=q.high,
                   numbers=numbers, decision=_decision(found), **same)  # fmt: skip


def _decision(found: Returned) -> Sentence:
    losing = [c for c in found.changes if c.benefit.known and c.gained.high < c.cost]
    if not losing:
        return Sentence("No change is known to cost more than it has brought.")
    names = tuple(c.benefit.label for c in sorted(losing, key=lambda c: c.gained.value - c.cost))
    return Sentence("Stop paying for {changes}: known to cost more than brought so far.", {"changes": names})


def _worth(found: Returned) -> Finding:
    q, d = found.npv, found.definition
    same = {"id": f"{NOTEBOOK}/plan/npv", "subject": "plan", "kpi": "npv", "unit": d.currency,
            "question": Sentence("What is the plan worth over its horizon?"), "method": "net present value by month", **_shared(found)}  # fmt: skip
    if not q.known:
        return Finding(verdict="no_data", sentence=Sentence("The plan's worth cannot be said: {why}.", {"why": term(q.reason)}), **same)
    values = {"npv": q, "months": d.horizon, "rate": Quantity(d.yearly_rate, "percent")}
    said = Sentence("Over {months} months the plan is worth {npv:full} today, at {rate} a year.", values)
    numbers = {
        "benefit_cost_ratio": found.ratio, "irr_monthly": found.irr.rate, "irr_roots": len(found.irr.rates), "mirr_monthly": found.mirr,
        "payback_months": found.payback.periods, "discounted_payback_months": found.discounted_payback.periods,
    }  # fmt: skip
    return Finding(verdict="measured", sentence=said, estimate=q.value, low=q.low, high=q.high, numbers=numbers, **same)


def _each(found: Returned, c: ChangeReturn) -> Finding:
    b = c.benefit
    same = {"id": f"{NOTEBOOK}/change/{b.name}", "subject": b.name, "kpi": "roi", "unit": "percent",
            "question": Sentence("What does {change} return?", {"change": b.label}), "method": b.method, **_shared(found)}  # fmt: skip
    numbers = {"gained": c.gained.value, "cost": c.cost, "npv": c.npv.value, "touched": b.touched, "effect": b.effect.value}
    values = {"change": b.label, "gained": c.gained, "cost": Quantity(c.cost, found.definition.currency), "roi": c.roi,
              "why": b.why_unknown}  # fmt: skip
    if not b.known:
        verdict = b.verdict if b.verdict in ("cannot_be_judged", "not_yet_known") else "no_data"
        said = Sentence("{change} costs {cost}; what it brings is not known: {why}.", values)
        return Finding(verdict=verdict, sentence=said, numbers=numbers, **same)
    if not c.roi.known:
        return Finding(verdict="no_data", sentence=Sentence("{change} has brought {gained:full}; no cost stands for it.", values),
                       numbers=numbers, **same)  # fmt: skip
    said = Sentence("{change} has brought {gained:full} and costs {cost}: it returns {roi:full} so far.", values)
    if c.gained.value < 0:
        said = Sentence("{change} has lost {gained:size} ({gained:sizes}), beside the {cost} it costs.", values)
    return Finding(verdict="measured", sentence=said, estimate=c.roi.value, low=c.roi.low, high=c.roi.high, numbers=numbers, **same)
