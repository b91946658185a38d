"""What KPIs over time say, as findings: the whole picture first, then each KPI."""

from __future__ import annotations

import math

from toolkit.findings import Check, Checks, Finding, Findings
from toolkit.language import Quantity, Sentence
from toolkit.trends.checking import of_kpi
from toolkit.trends.goal_findings import goal_findings, recent
from toolkit.trends.results import KpiTrend, KpiTrends
from toolkit.trends.segment_values import SegmentNow
from toolkit.trends.sentences import (
    aim_said,
    break_said,
    decision_said,
    no_data_said,
    overall_decision,
    pace_said,
    value_said,
    variation_said,
)
from toolkit.trends.subjects import answers_of, measured_finding
from toolkit.trends.wording import forecast_by, joined, listed, overview_said

NOTEBOOK = "kpi_trends"
ANSWERS = ("F09", "F10")


def conclude(found: KpiTrends, checks: Checks) -> Findings:
    """One finding for all KPIs together, one for each, and one for each of its segments.

    Returns
    -------
    Findings
        ``kpi_trends`` first, then ``kpi_trends/measured`` where KPIs say what they are about, ``kpi_trends/goal/<goal>``, ``kpi_trends/<kpi>`` and
        ``kpi_trends/<kpi>/<segment>=<value>``.
        The verdict is the target's where there is one that can be told; `variation` stands beside.
    """
    findings = [_overview(found, checks), *goal_findings(found)]
    if told := measured_finding(found):
        findings.insert(1, told)
    findings += [_kpi(k, found) for k in found]
    findings += [_segment(k, s, found) for k in found for s in k.by_segment]
    return Findings(tuple(findings))


def _question(label: str) -> Sentence:
    return Sentence("Is {kpi} really changing, and will it be where it should?", {"kpi": label})


def _overview(found: KpiTrends, checks: Checks) -> Finding:
    period = found.definition.period
    known = [k for k in found if k.whole and k.whole.variation]
    numbers = {
        v: sum(k.whole.variation == v for k in known) for v in ("improving", "worsening", "steady")
    }
    numbers["cannot_be_told"] = len(found.kpis) - len(known)
    return Finding(
        id=NOTEBOOK,
        notebook=NOTEBOOK,
        question=Sentence("Is it really changing, and will we get there?"),
        subject="kpis",
        period=str(period),
        verdict="measured" if known else "no_data",
        sentence=overview_said(found),
        decision=overall_decision(found),
        n=len(found.kpis),
        n_unit="KPIs",
        method=method_of(found),
        checks=tuple(checks),
        numbers=numbers,
        answers=ANSWERS,
        headline=True,
    )


def method_of(found: KpiTrends) -> Sentence:
    """The charts, in a line."""
    if found.definition.chart == "published":
        return Sentence("XmR, p and u charts as published: no season, no allowance for autocorrelation")
    return Sentence("XmR, p' and u' charts, season taken out, limits and runs that allow for autocorrelation")


def _kpi(k: KpiTrend, found: KpiTrends) -> Finding:
    kpi, aim = k.kpi, k.aim
    checks = of_kpi(found, k)
    variation = k.whole.variation if k.whole else None
    verdict = "no_data" if not (k.now.known or variation) else "measured"
    if aim and aim.assurance:
        verdict = aim.assurance
    has_range = k.now.known and k.now.low is not None
    return Finding(
        id=f"{NOTEBOOK}/{kpi.name}",
        notebook=NOTEBOOK,
        question=_question(kpi.title),
        subject=kpi.name,
        kpi=kpi.name,
        period=str(found.definition.period),
        verdict=verdict,
        variation=variation,
        sentence=_sentence(k, checks),
        estimate=k.now.value,
        low=k.now.low if has_range else math.nan,
        high=k.now.high if has_range else math.nan,
        level=found.definition.level,
        unit=kpi.unit_shown,
        per=kpi.counted_per,
        n=k.n,
        n_unit="rows",
        method=_method(k),
        promised=aim.level.value if aim and aim.known else None,
        decision=decision_said(k),
        owner=(aim.wanted.owner if aim else None) or kpi.owner,
        due=aim.wanted.due if aim else None,
        checks=checks,
        source=kpi.source,
        numbers=_numbers(k),
        answers=answers_of(kpi),
        # a goal that the KPI measures says it already
        headline=aim is not None
        and aim.known
        and not any(g.kpi == kpi.name for g in found.definition.goals.values()),
    )


def _sentence(k: KpiTrend, checks: tuple[Check, ...]) -> Sentence:
    if k.problem:
        return Sentence("{problem}.", {"problem": k.problem})
    said = [value_said(k), variation_said(k)]
    said += [s for s in (break_said(k), aim_said(k), pace_said(k)) if s]
    if k.to_come:
        named = {"share": k.to_come[1], "period": k.to_come[0].label}
        said.append(Sentence("About {share} of the rows of {period} are still to come.", named))
    if not k.now.known and k.whole and not k.whole.measured.any():
        return no_data_said(k)
    return joined([s for s in said if s])


def _method(k: KpiTrend) -> Sentence | str:
    if k.whole is None:
        return ""
    parts = [Sentence("{chart} chart by {every}", {"chart": k.whole.chart, "every": k.kpi.every})]
    if k.whole.season:
        parts.append(Sentence("season taken out"))
    if k.whole.rho > 0:
        named = {"rho": Quantity(k.whole.rho, "score"), "run": k.whole.run}
        parts.append(Sentence("autocorrelation of {rho:bare} allowed for, a run is {run}", named))
    if k.outlook.method:
        named = {"method": forecast_by(k.outlook.method), "n": k.outlook.origins}
        parts.append(Sentence("forecast by {method}, the least past error of {n} origins", named))
    return listed(parts)


def _numbers(k: KpiTrend) -> dict[str, float]:
    out = {"change": k.change.value, "change_last_year": k.change_last_year.value, **recent(k)}
    for name, q in (("change", k.change), ("change_last_year", k.change_last_year)):
        if q.low is not None:
            out |= {f"{name}_low": q.low, f"{name}_high": q.high}
    s = k.whole
    if s is not None and s.told:
        usual = [i for i in range(len(s.periods)) if math.isfinite(s.lower[i])][-1]
        out |= {
            "centre": float(s.centre[usual]),
            "lower_limit": float(s.lower[usual]),
            "upper_limit": float(s.upper[usual]),
            "rho": s.rho,
            "run": s.run,
            "season_kept": s.season,
            "slope": s.slope,
            "slope_low": s.slope_low,
            "slope_high": s.slope_high,
            "signals": sum(x.told for x in s.signals),
            "hints": sum(not x.told for x in s.signals),
        }
    if k.level_change and not k.level_change.reason:
        out["break_p_value"] = k.level_change.p_value
    if k.aim:
        for name in ("chance", "pace_needed", "pace", "at_due"):
            q: Quantity | None = getattr(k.aim, name)
            if q is not None:
                out[name] = q.value
                if q.low is not None:
                    out |= {f"{name}_low": q.low, f"{name}_high": q.high}
    if k.outlook.past_error:
        out["forecast_past_error"] = k.outlook.past_error.value
    return out


def _segment(k: KpiTrend, segment: SegmentNow, found: KpiTrends) -> Finding:
    """In the period asked for; where that is not whole, in the last one that is."""
    s = segment.series
    seen = s.measured.nonzero()[0]
    value, n, period = segment.now, segment.n, str(found.definition.period)
    if not value.known and len(seen):
        last = int(seen[-1])
        value, n, period = s.quantity_at(last), int(s.rows[last]), str(s.periods[last])
    has_range = value.known and value.low is not None
    named = {"kpi": k.kpi.title, "where": s.where, "value": value}
    if not value.known:
        said = Sentence(
            "{kpi} for {where}: no data, because {reason}.", {**named, "reason": value.reason or ""}
        )
    elif s.variation is None:
        said = Sentence("{kpi} for {where} is {value}; whether it changes cannot be told.", named)
    else:
        words = {
            "improving": "{kpi} for {where} is {value} and improving.",
            "worsening": "{kpi} for {where} is {value} and worsening.",
            "steady": "{kpi} for {where} is {value}, steady.",
        }
        said = Sentence(words[s.variation], named)
    return Finding(
        id=f"{NOTEBOOK}/{k.kpi.name}/{s.where}",
        notebook=NOTEBOOK,
        question=_question(k.kpi.title),
        subject=k.kpi.name,
        kpi=k.kpi.name,
        segment=s.where,
        period=period if value.known else None,
        variation=s.variation,
        verdict="measured" if value.known else "no_data",
        sentence=said,
        estimate=value.value,
        low=value.low if has_range else math.nan,
        high=value.high if has_range else math.nan,
        level=found.definition.level,
        unit=k.kpi.unit_shown,
        per=k.kpi.counted_per,
        n=n,
        n_unit="rows",
        method=Sentence("{chart} chart by {every}", {"chart": s.chart, "every": k.kpi.every}),
        source=k.kpi.source,
        numbers=_segment_numbers(segment),
        answers=answers_of(k.kpi),
    )


def _segment_numbers(segment: SegmentNow) -> dict[str, float]:
    aim, out = segment.aim, {}
    for name, q in (
        ("change", segment.change),
        ("chance", aim.chance if aim else None),
        ("at_due", aim.at_due if aim else None),
    ):
        if q is not None and q.known:
            out[name] = q.value
            if q.low is not None:
                out |= {f"{name}_low": q.low, f"{name}_high": q.high}
    return out
