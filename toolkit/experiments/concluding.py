"""What a test says, as findings: the verdict first, then every number behind it."""

from __future__ import annotations

import math

from toolkit.experiments.deciding import Decision, decide, units_for, weeks_for
from toolkit.experiments.definition import Experiment
from toolkit.experiments.effects import Effect, Effects, Level
from toolkit.experiments.reading import Reading
from toolkit.experiments.wording import (
    decision_said,
    effect_said,
    level_said,
    not_usable,
    question,
    segment_said,
    verdict_said,
)
from toolkit.findings import Checks, Finding, Findings
from toolkit.language import Sentence, terms
from toolkit.stats.comparisons import Comparison

NOTEBOOK = "ab_test"


def conclude(effects: Effects, checks: Checks) -> Findings:
    """The verdict and every number.

    Returns
    -------
    Findings
        ``ab_test/<test>`` with the verdict, then ``…/<metric>/<arm>`` for every effect,
        ``…/<metric>/<arm>/<segment>=<value>`` for those in segments, ``…/<metric>/<arm>/level`` for
        every arm's own level, and ``…/sample_ratio``. The interval is the one shown; ``numbers``
        hold the others: ``low`` and ``high`` at the test's own level, ``low_corrected`` at that
        of the correction.
    """
    decision = decide(effects, checks)
    findings = [_verdict(effects, checks, decision)]
    invalid = decision.verdict == "invalid"
    findings += [_effect(e, effects, invalid) for e in effects]
    findings += [_effect(e, effects, invalid) for s in effects.segments for e in s.effects]
    findings += [_level(v, effects) for v in effects.levels]
    findings.append(_sample_ratio(effects))
    return Findings(tuple(findings))


def identity(definition: Experiment, *parts: str) -> str:
    """The same question's id in every run; a slash inside a name is no border."""
    return "/".join([NOTEBOOK, definition.name, *(p.replace("/", "%2F") for p in parts)])


def _shared(effects: Effects) -> dict:
    definition = effects.definition
    answers = ["F53"]
    if definition.target is not None:
        answers.append("F74")
    if definition.compares == "contact_method":
        answers.append("F19")
    return {
        "notebook": NOTEBOOK, "question": question(definition), "subject": definition.name,
        "n_unit": definition.units, "source": _source(definition), "answers": tuple(answers),
        "owner": definition.owner, "due": definition.decide_by,
    }  # fmt: skip


def _source(definition: Experiment) -> str:
    kept = f"where {definition.where}" if definition.where else ""
    return " ".join(part for part in (definition.source or "the table given", kept) if part)


def _verdict(effects: Effects, checks: Checks, decision: Decision) -> Finding:
    definition, reading = effects.definition, effects.reading
    deciding = decision.effect
    numbers = {
        "sample_ratio_p_value": effects.sample_ratio.p_value,
        **{f"units_{a.name}": a.units for a in reading.arms},
        **{f"rows_{a.name}": a.rows for a in reading.arms},
    }
    if decision.wait is not None:
        numbers |= {"more_units": decision.wait.units, "more_weeks": decision.wait.weeks, "aim": decision.wait.aim}
    shown = {} if deciding is None else _numbers_shown(deciding)
    return Finding(
        id=identity(definition), verdict=decision.verdict, headline=True, n=reading.units,
        sentence=verdict_said(decision, definition, checks.failed),
        decision=decision_said(decision, definition), checks=checks.checks, numbers=numbers,
        comparison=decision.arm, kpi=deciding.metric.name if deciding else None,
        worthwhile=deciding.metric.worthwhile if deciding else None,
        grade="A" if not checks.failed and decision.verdict != "no_data" else None,
        **shown, **_shared(effects),
    )  # fmt: skip


def _numbers_shown(e: Effect) -> dict:
    c = e.shown or e.difference
    return {
        "estimate": c.estimate, "low": c.low, "high": c.high, "level": c.level, "p_value": c.p_value,
        "unit": e.unit, "null": c.null, "method": _method(e),
    }  # fmt: skip


def _method(e: Effect) -> Sentence:
    said = terms(e.difference.method)
    if e.correction != "none":
        words = {"holm": "Holm", "bh": "Benjamini-Hochberg"}[e.correction]
        said = Sentence("{method}; corrected for looks by {name}", {"method": said, "name": words})
    if e.relative.reason is None:
        values = {"said": said, "method": e.relative.method, "null": terms(e.relative.null)}
        said = Sentence("{said}; relative: {method} (null: {null})", values)
    return said


def _effect(e: Effect, effects: Effects, invalid: bool) -> Finding:
    definition = effects.definition
    parts = [e.metric.name, e.arm]
    segment = None
    if e.segment is not None:
        segment = "=".join(e.segment)
        parts.append(segment)
    unknown = math.isnan(e.difference.estimate) or e.difference.reason is not None
    said = segment_said(e) if e.segment else effect_said(e)
    return Finding(
        id=identity(definition, *parts), verdict="no_data" if unknown else "measured",
        sentence=not_usable(said) if invalid else said, kpi=e.metric.name, comparison=e.arm,
        segment=segment, n=round(e.before.n + e.after.n), worthwhile=e.metric.worthwhile,
        numbers=_numbers(e, effects), **_numbers_shown(e), **_shared(effects),
    )  # fmt: skip


def _numbers(e: Effect, effects: Effects) -> dict[str, float]:
    definition, reading = effects.definition, effects.reading
    out = {
        "control_value": e.before.value.estimate, "arm_value": e.after.value.estimate,
        "control_n": e.before.n, "arm_n": e.after.n,
        "control_missing": e.before.missing, "arm_missing": e.after.missing,
        **_of("", e.difference), "p_adjusted": e.p_adjusted, "counts_after_correction": float(e.agreed),
        **_of("relative_", e.relative), "relative": e.relative.estimate,
        "relative_null_value": e.relative.null_value,
    }  # fmt: skip
    if e.corrected is not None:
        out |= {"low_corrected": e.corrected.low, "high_corrected": e.corrected.high,
                "level_corrected": e.corrected.level}  # fmt: skip
    if e.at_end is not e.difference:
        out |= _of("at_end_", e.at_end)
    if e.unadjusted is not e.at_end:
        out |= {"without_covariates": e.unadjusted.estimate, "variance_saved": e.variance_saved,
                **_of("without_covariates_", e.unadjusted)}  # fmt: skip
    if e.margin is not None:
        out |= {
            "margin": abs(e.margin.border), "p_noninferior": e.margin.p_noninferior,
            "p_harm": e.margin.p_harmed, "p_harm_adjusted": e.p_harm,
        }  # fmt: skip
    if e.segment is None:
        out |= {
            "probability_best": e.best, "probability_best_control": e.best_of_control, "expected_loss": e.loss,
            "smallest_visible": e.visible,
        }  # fmt: skip
        out |= _needed(e, definition, reading)
    if e.winsorised is not None:
        w = e.winsorised
        out |= {"winsorised": w.estimate, "winsorised_low": w.low, "winsorised_high": w.high, "winsorised_p_value": w.p_value}
    return out


def _of(prefix: str, c: Comparison) -> dict[str, float]:
    return {
        f"{prefix}low": c.low, f"{prefix}high": c.high, f"{prefix}level": c.level, f"{prefix}se": c.se,
        f"{prefix}statistic": c.statistic, f"{prefix}df": c.df, f"{prefix}p_value": c.p_value,
    }  # fmt: skip


def _needed(e: Effect, definition: Experiment, reading: Reading) -> dict[str, float]:
    """Units in all arms that show the effect worth having, beyond those there are."""
    if e.metric.worthwhile is None:
        return {}
    more = units_for(e, e.metric.worthwhile, definition, reading)
    return {"more_units_for_worthwhile": more, "more_weeks_for_worthwhile": weeks_for(more, definition, reading)}


def _level(v: Level, effects: Effects) -> Finding:
    i = v.value
    return Finding(
        id=identity(effects.definition, v.metric.name, v.arm, "level"),
        verdict="no_data" if math.isnan(i.estimate) else "measured", sentence=level_said(v),
        kpi=v.metric.name, comparison=v.arm, estimate=i.estimate, low=i.low, high=i.high, level=i.level,
        unit=v.unit, n=round(v.n), method=i.method,
        numbers={"se": i.se, "df": i.df, "missing": v.missing}, **_shared(effects),
    )  # fmt: skip


_SPLIT_BY = {"chi-square": Sentence("chi-square test"), "exact": Sentence("exact test")}


def _sample_ratio(effects: Effects) -> Finding:
    found, definition = effects.sample_ratio, effects.definition
    passed = found.passed is not False
    numbers = {"statistic": found.statistic, "df": found.df}
    for arm, count, expected in zip(definition.arms, found.counts, found.expected, strict=True):
        numbers |= {f"units_{arm}": count, f"expected_{arm}": expected}
    said = Sentence("The split is as intended.") if passed else Sentence("The split is not as intended.")
    return Finding(
        id=identity(definition, "sample_ratio"), verdict="measured", sentence=said, p_value=found.p_value,
        null="assignment follows the intended split", method=_SPLIT_BY[found.method], n=sum(found.counts),
        numbers=numbers, **_shared(effects),
    )  # fmt: skip
