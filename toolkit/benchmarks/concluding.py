"""What follows: ahead, behind, not to be told apart, or not comparable; the target; as findings."""

from __future__ import annotations

import math

from toolkit.benchmarks.checking import about_attributes
from toolkit.benchmarks.gaps import Gap
from toolkit.benchmarks.results import Benchmarked
from toolkit.benchmarks.standings import League, Standing
from toolkit.benchmarks.target_card import aim_said
from toolkit.benchmarks.wording import (
    chances_said,
    gap_said,
    question,
    target_said,
    with_doubts,
)
from toolkit.findings import Check, Checks, Finding, Findings
from toolkit.language import Quantity, Sentence

NOTEBOOK = "competitor_benchmark"
ANSWERS = ("F02", "F54", "F55", "F56")


def conclude(found: Benchmarked, checks: Checks) -> Findings:
    """The verdict first, then each gap, each score, the target, and where more value can be given.

    The verdict is about all rivals: ahead of every one, behind one at least, or neither.
    """
    findings = [_verdict(found, checks)]
    findings += [_gap(found, g) for g in found.gaps]
    if found.main is not None:
        findings.append(_target(found))
    for made in (found.main, *found.others):
        if made is not None:
            findings += [_level(found, made, s) for s in made.standings if s.shown]
    findings += _beside(found)
    if found.wants is not None:
        findings += _attributes(found)
    findings += _practices(found)
    return Findings(tuple(findings))


def verdict_of(found: Benchmarked, checks: Checks) -> str:
    """One of the benchmark verdicts; practices alone are measured and judge nobody."""
    if not found.definition.scored:
        return "measured"
    if found.main is None or any(c.takes_verdict for c in checks.failed) or not found.gaps:
        return "not_comparable"
    verdicts = {g.verdict for g in found.gaps}
    if "behind" in verdicts:
        return "behind"
    return "ahead" if verdicts == {"ahead"} else "cannot_be_told_apart"


def _shared(found: Benchmarked) -> dict:
    d = found.definition
    parts = [p.table for p in (d.survey, d.figures, d.habits) if p is not None]
    return {
        "notebook": NOTEBOOK, "question": question(found), "subject": d.name, "period": d.period,
        "owner": d.owner, "source": ", ".join(parts), "answers": ANSWERS,
    }  # fmt: skip


def _id(found: Benchmarked, *parts: str) -> str:
    return "/".join((NOTEBOOK, found.definition.name, *parts))


def _verdict(found: Benchmarked, checks: Checks) -> Finding:
    us, numbers = found.us, {}
    if us is not None:
        numbers = {
            "rank": us.rank, "rank_low": us.rank_low, "rank_high": us.rank_high, "n_effective": us.n_effective,
            "design_effect": us.design_effect, "shrunk": us.shrunk,
        }  # fmt: skip
    if found.main is not None:
        numbers |= {"companies_ranked": len(found.main.ranked), "tau2": found.main.tau2, "q": found.main.q}
        if found.pairs is not None:
            numbers |= {"p_all_equal": found.pairs.overall.p_value}
    shown = {}
    if us is not None and us.shown and math.isfinite(us.low):
        shown = {"estimate": us.value, "low": us.low, "high": us.high, "unit": us.unit, "n": us.n}
    return Finding(
        id=_id(found), verdict=verdict_of(found, checks), headline=True, level=found.definition.level,
        sentence=with_doubts(found.title, _doubts(found, checks)), n_unit="answers",
        decision=_decision(found),
        method=_method(found), checks=checks.checks, numbers=numbers,
        kpi=found.main.score.column if found.main else None, **shown, **_shared(found),
    )  # fmt: skip


def _decision(found: Benchmarked) -> Sentence | None:
    if not found.definition.scored:
        return None
    if found.main is None:
        return Sentence("Ask our own and the rivals' customers in one survey, in one way.")
    if found.target is None:
        return target_said(found)
    return Sentence("{said}.", {"said": aim_said(found.target, found.us, found.main.score.title)})


def _doubts(found: Benchmarked, checks: Checks) -> list[Check]:
    """Failed checks that speak of the scores."""
    others = [c.name for c in about_attributes(found)]
    # what takes the verdict away is the sentence itself already
    return [c for c in checks.failed if c.name not in others and not c.takes_verdict]


def _method(found: Benchmarked) -> Sentence | str:
    if found.main is None:
        return ""
    if found.main.designed:
        return Sentence("gaps: design-based, linearised, Holm over rivals; ranks: simultaneous (Mogstad, Romano, Shaikh & Wilhelm 2023)")
    return Sentence("gaps: Welch, Holm over rivals; ranks: simultaneous (Mogstad, Romano, Shaikh & Wilhelm 2023)")


def _gap(found: Benchmarked, g: Gap) -> Finding:
    c = g.shown
    numbers = {
        "p_adjusted": g.p_adjusted, "se": g.comparison.se, "df": g.comparison.df,
        "low_alone": g.comparison.low, "high_alone": g.comparison.high,
    }  # fmt: skip
    if g.size is not None and g.size.reason is None:
        numbers |= {"hedges_g": g.size.estimate, "hedges_g_low": g.size.low, "hedges_g_high": g.size.high}
    rival = found.main[g.rival]
    return Finding(
        id=_id(found, found.main.score.column, g.rival), verdict=g.verdict, sentence=gap_said(found, g),
        kpi=found.main.score.column, comparison=g.rival, estimate=c.estimate, low=c.low, high=c.high, level=c.level,
        p_value=g.comparison.p_value, unit=g.unit, n=found.us.n + rival.n, n_unit="answers",
        method=f"{c.method}, Holm over {len(found.gaps)} rivals", null=c.null, numbers=numbers,
        worthwhile=found.definition.worthwhile if found.main.score.kind == "index" else None, **_shared(found),
    )  # fmt: skip


def _target(found: Benchmarked) -> Finding:
    t, numbers = found.target, {}
    if t is not None:
        numbers = {
            "benchmark": t.benchmark, "gap": t.gap, "gained": t.gained, "step": t.step, "visible": t.visible,
            "answers_a_wave": t.answers, "hold": float(t.kind == "hold"),
        }  # fmt: skip
    said = target_said(found)
    return Finding(
        id=_id(found, "target"), verdict="no_data" if t is None else "measured", sentence=said, decision=_decision(found),
        estimate=math.nan if t is None else t.value, unit=found.main.score.unit, numbers=numbers,
        n=found.us.n if found.us else 0, n_unit="answers", kpi=found.main.score.column,
        method="rivals shrunk (DerSimonian-Laird), step by the gap or the most gained in a year", **_shared(found),
    )  # fmt: skip


def _level(found: Benchmarked, made: League, s: Standing) -> Finding:
    values = {"score": made.score.title, "company": s.company, "value": s.quantity}
    known = math.isfinite(s.low)
    said = Sentence("{score} of {company} is {value} ({value:range}).", values) if known else Sentence(
        "{score} of {company} is {value}.", values)  # fmt: skip
    numbers = {
        "se": s.se, "df": s.df, "raw": s.raw, "n_effective": s.n_effective, "design_effect": s.design_effect,
        "rank": s.rank, "rank_low": s.rank_low, "rank_high": s.rank_high, "raw_rank": s.raw_rank,
        "shrunk": s.shrunk, "ranked": float(s.ranked),
    }  # fmt: skip
    if made.marginal is not None and s.ranked:
        at = [x for x in made.companies if made[x].ranked].index(s.company)
        numbers |= {"rank_low_alone": int(made.marginal.low[at]), "rank_high_alone": int(made.marginal.high[at])}
    return Finding(
        id=_id(found, made.score.name, s.company, "level"), verdict="measured", sentence=said,
        kpi=made.score.column, comparison=s.company, estimate=s.value, low=s.low, high=s.high,
        level=found.definition.level, unit=s.unit, n=s.n, n_unit="answers", numbers=numbers,
        method={"top_two": "Wilson", "net_score": "adjusted Wald"}.get(made.score.kind, "Student's t")
        + (", design-based" if made.designed else ""), **_shared(found),
    )  # fmt: skip


UNCOUNTED = "answers, how many is not published"


def _beside(found: Benchmarked) -> list[Finding]:
    out = []
    for number, group in enumerate(found.beside, 1):
        for m in group.members:
            q = group.quantity(m)
            values = {"company": m.company, "value": q, "source": group.manner.source or group.manner.frame, "why": group.reason}
            template = "{company} has {value} by {source}, which is not ranked with the others: {why}."
            ends = {} if q.low is None else {"low": q.low, "high": q.high}
            out.append(Finding(
                id=_id(found, f"beside_{number}", m.company), verdict="not_comparable", comparison=m.company,
                sentence=Sentence(template, values), estimate=q.value, n=int(m.n), n_unit="answers" if m.n >= 1 else UNCOUNTED,
                method=f"as published or answered, on {group.manner.low:g} to {group.manner.high:g}", **ends, **_shared(found),
            ))  # fmt: skip
    return out


def _attributes(found: Benchmarked) -> list[Finding]:
    out = []
    said = chances_said(found)
    if said is not None:
        out.append(Finding(id=_id(found, "more_value"), verdict="measured", sentence=said, **_shared(found)))
    for c in found.wants.gaps:
        q = c.quantity
        values = {"attribute": c.attribute.title, "us": found.definition.us, "rival": c.rival, "gap": q}
        if not q.known:
            continue
        if not c.told:
            said = Sentence("{attribute}: {us} and {rival} cannot be told apart ({gap:range}).", values)
        elif q.value > 0:
            said = Sentence("{attribute}: {us} is {gap:size} above {rival} ({gap:sizes}).", values)
        else:
            said = Sentence("{attribute}: {us} is {gap:size} below {rival} ({gap:sizes}).", values)
        verdict = "cannot_be_told_apart" if not c.told else "ahead" if q.value > 0 else "behind"
        out.append(Finding(
            id=_id(found, "attribute", c.attribute.name, c.rival), verdict=verdict, sentence=said,
            kpi=c.attribute.column, comparison=c.rival, estimate=q.value, low=q.low, high=q.high,
            level=found.definition.level, p_value=c.comparison.p_value, unit="score",
            numbers={"p_adjusted": c.p_adjusted, "coloured": float(c.coloured)},
            n=c.n, n_unit="answers", method=f"{c.comparison.method}, Benjamini-Hochberg over {len(found.wants.gaps)} cells",
            worthwhile=found.definition.worthwhile, **_shared(found),
        ))  # fmt: skip
    for w in found.wants.wanted:
        if w.share.known:
            values = {"attribute": w.attribute.title, "share": w.share}
            ends = {} if w.share.low is None else {"low": w.share.low, "high": w.share.high}
            out.append(Finding(
                id=_id(found, "driver", w.attribute.name), verdict="measured", kpi=w.attribute.column,
                sentence=Sentence("{share} of what attributes explain of satisfaction goes with {attribute} ({share:range}).", values),
                estimate=w.share.value, unit="percent", n=found.wants.drivers.n, n_unit="answers",
                method="Shapley (LMG) share of R2, bootstrap", **ends, **_shared(found),
                numbers={"r2": found.wants.drivers.r2, "stated": w.stated.value, "beside_rivals": w.beside.value},
            ))  # fmt: skip
    return out


def _practices(found: Benchmarked) -> list[Finding]:
    out = []
    for p in found.practices:
        own = p.cell(found.definition.us)
        others = [c for c in p.cells if c.company != found.definition.us and not math.isnan(c.value)]
        if own is None or math.isnan(own.value):
            verdict, said = "no_data", Sentence("{practice}: what we do is not known.", {"practice": p.name})
        elif p.yes_no:
            doing = [c.company for c in others if c.value]
            values = {"practice": p.name.replace("_", " "), "n": len(doing), "of": len(others)}
            template = "{practice}: we do it, as do {n} of {of} rivals." if own.value else "{practice}: we do not; {n} of {of} rivals do."
            verdict, said = "measured", Sentence(template, values)
        else:
            unit = "percent" if p.unit == "share" else "number"
            values = {"practice": p.name.replace("_", " "), "value": Quantity(own.value, unit),
                      "share": Quantity(p.percentile, "probability")}  # fmt: skip
            template = "{practice}: {value}, better than {share} of the rivals." if p.better else "{practice}: {value}, more than {share} of the rivals."
            verdict, said = "measured", Sentence(template, values)
        numbers = {"percentile": p.percentile, "correlation": p.correlation, "companies_related": p.related}
        value = own.value if own is not None else math.nan
        out.append(Finding(id=_id(found, "practice", p.name), verdict=verdict, sentence=said, kpi=p.name,
                           estimate=value, n=len(p.cells), n_unit="companies", method="as observed", numbers=numbers, **_shared(found)))  # fmt: skip
    return out
