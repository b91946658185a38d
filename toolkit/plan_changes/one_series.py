"""One series with a dated change: interrupted series, counts, and what a short series can say."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from toolkit.language import Sentence
from toolkit.plan_changes.definition import PlanChange
from toolkit.plan_changes.effects import Alternative, Fitted, PathPoint
from toolkit.plan_changes.reading import CannotBeJudged, Panel
from toolkit.stats import method_spread
from toolkit.stats.control_charts import signals, xmr_chart
from toolkit.stats.counts import poisson_regression, rate_ratio
from toolkit.stats.interrupted import (
    InterruptedDesign,
    InterruptedResult,
    interrupted_design,
    interrupted_series,
)
from toolkit.stats.interrupted_counts import interrupted_counts
from toolkit.stats.method_spread import MethodEffects
from toolkit.stats.series_checks import PERIODS_AFTER, PERIODS_BEFORE

FEWEST_BEFORE_CHART = 6
"""Fewer periods before the change do not show what is usual."""


@dataclass(frozen=True, eq=False)
class Interrupted:
    """What the checks of a series look into.

    Attributes
    ----------
    result
        The fit, on the scale it was made on; None where the series is too short for any.
    other
        The same model on the outcome that should not move.
    volume
        The same model on the logarithm of what counts in each period.
    """

    result: InterruptedResult | None
    other: InterruptedResult | None = None
    volume: InterruptedResult | None = None
    log: bool = False
    panel: Panel | None = field(default=None, repr=False)


def values(panel: Panel, definition: PlanChange, other: bool = False) -> np.ndarray:
    """The series the model sees: the KPI by period, a count's sum, or their logarithm.

    Raises
    ------
    CannotBeJudged
        A logarithm of 0 or less was asked for.
    """
    keep = panel.treated
    out = panel.series(True, other=other)
    if definition.counts and definition.measure.counts_rows and not other:
        out = np.where(panel.rows[keep].sum(axis=0) > 0, panel.num[keep].sum(axis=0), np.nan)
    if definition.scale == "log":
        seen = np.isfinite(out)
        if (out[seen] <= 0).any():
            raise CannotBeJudged(Sentence("a value is 0 or less and has no logarithm: use the plain scale"))
        out = np.log(out)
    return out


def enough(panel: Panel) -> bool:
    """Whether the series is long enough for a model on both sides of the change."""
    seen = np.isfinite(panel.series(True))
    return int((seen & ~panel.after).sum()) >= PERIODS_BEFORE and int((seen & panel.after).sum()) >= PERIODS_AFTER


def design_of(panel: Panel, definition: PlanChange, harmonics: int | None = None) -> InterruptedDesign:
    """The model: level, trend, season where two years are seen, other changes of the same KPI."""
    times, change = panel.times, int(panel.times[panel.change])
    others = []
    for o in definition.others:
        late = [i for i, p in enumerate(panel.periods) if p.start >= o.effective]
        # a step one or two periods from the change cannot be told from it
        if o.same_kpi and late and abs(late[0] - panel.change) > 2 and late[0] > 1:
            others.append(int(times[late[0]]))
    covariates = np.column_stack(list(panel.covariates.values())) if panel.covariates else None
    asked = harmonics if harmonics is not None else definition.harmonics
    season = definition.season_length
    try:
        return interrupted_design(
            times, change, season=season, harmonics=asked, other_changes=tuple(others), covariates=covariates)
    except ValueError as error:
        raise CannotBeJudged(Sentence("{reason}", {"reason": str(error)})) from None


def fitted(panel: Panel, definition: PlanChange, why: Sentence) -> Fitted:
    """Interrupted series, the autocorrelation integrated over.

    Raises
    ------
    CannotBeJudged
        The series does not vary, or has too few periods for the model.
    """
    design, y = design_of(panel, definition), values(panel, definition)
    result = interrupted_series(y, design, level=definition.level)
    if result.reason:
        raise CannotBeJudged(Sentence("{reason}", {"reason": result.reason}))
    log = definition.scale == "log"
    shown = np.exp if log else np.asarray
    numbers = {"rho": result.rho, "rho_low": result.rho_low, "rho_high": result.rho_high}
    others = list(series_alternatives(panel, definition, own=True))
    label = "interrupted series, autocorrelation integrated over"
    ends = result.estimate, result.low, result.high
    if log:
        numbers |= {"coefficient": result.estimate, "coefficient_low": result.low, "coefficient_high": result.high}
        ends = tuple(math.expm1(v) for v in ends)
        label = "interrupted series of logarithms, autocorrelation integrated over"
    before, after = _levels(panel, definition)
    return Fitted(
        "series", Sentence(label), why, "series", *ends, result.p_value, result.standard_error, before, after,
        int(np.isfinite(y).sum()), _periods(definition), relative=log, others=tuple(others), numbers=numbers,
        path=_path(panel, result, shown), details=_details(panel, definition, result, design),
        counted=_counted(panel),
    )  # fmt: skip


def _periods(definition: PlanChange) -> str:
    return f"{definition.grain}s"


def _counted(panel: Panel) -> float:
    return float(panel.den[np.ix_(panel.treated, panel.after)].sum())


def _levels(panel: Panel, definition: PlanChange) -> tuple[float, float]:
    y = values(panel, definition)
    y = np.exp(y) if definition.scale == "log" else y
    if definition.counts and not definition.measure.counts_rows:
        keep, after = panel.treated, panel.after
        sums = [(panel.num[keep][:, w].sum(), panel.den[keep][:, w].sum()) for w in (~after, after)]
        return tuple(float(n / d) for n, d in sums)
    return float(np.nanmean(y[~panel.after])), float(np.nanmean(y[panel.after]))


def _path(panel: Panel, result: InterruptedResult, shown) -> tuple[PathPoint, ...]:
    low = np.concatenate([np.full((~panel.after).sum(), np.nan), result.counterfactual_low])
    high = np.concatenate([np.full((~panel.after).sum(), np.nan), result.counterfactual_high])
    without = np.concatenate([result.fitted[~panel.after], result.counterfactual])
    return tuple(
        PathPoint(p.start, *map(float, (shown(o), shown(w), shown(a), shown(b))))
        for p, o, w, a, b in zip(panel.periods, result.outcome, without, low, high, strict=True)
    )


def _details(panel: Panel, definition: PlanChange, result: InterruptedResult | None, design: InterruptedDesign) -> Interrupted:
    log = definition.scale == "log"
    other = volume = None
    if panel.other_num is not None:
        y = values(panel, definition, other=True)
        other = interrupted_series(y, design, level=definition.level)
    den = panel.rows[panel.treated].sum(axis=0)
    if (den > 0).all() and den.max() > 2:
        volume = interrupted_series(np.log(den), design, level=definition.level)
    return Interrupted(result, other, volume, log, panel)


def series_alternatives(panel: Panel, definition: PlanChange, own: bool = False) -> Iterator[Alternative]:
    """What the usual methods say of the touched alone: their spread is part of what is unknown.

    Parameters
    ----------
    own
        Whether the interrupted series is the method believed, and so not one of the others.
    """
    if not enough(panel) or (definition.scale == "log" and not own):
        return
    try:
        y, design = values(panel, definition), design_of(panel, definition)
    except CannotBeJudged:
        return
    log = definition.scale == "log"
    level, contrast = definition.level, design.contrast("level")
    if not own:
        result = interrupted_series(y, design, level=level)
        if result.reason is None:
            yield Alternative("series", Sentence("interrupted series of the touched alone"), result.estimate, result.low,
                              result.high, result.p_value, {"se": result.standard_error})  # fmt: skip
        return
    if not np.isfinite(y).all() or (np.diff(design.times) > 1).any():
        return
    lags = max(int(4 * (len(y) / 100) ** (2 / 9)), design.season or 0)
    wanted = [
        ("ols", Sentence("least squares, periods taken as independent"), lambda: method_spread.ordinary_least_squares(y, design.matrix, contrast, level=level)),
        ("newey_west", Sentence("least squares, Newey-West errors"), lambda: method_spread.newey_west(y, design.matrix, contrast, lags=lags, level=level)),
        ("prais_winsten", Sentence("Prais-Winsten, autocorrelation without bias"), lambda: method_spread.prais_winsten(y, design.matrix, contrast, level=level)),
        ("gls_ar1", Sentence("GLS with AR(1) errors, maximum likelihood"), lambda: method_spread.gls_ar1(y, design.matrix, contrast, level=level)),
        ("from_before", Sentence("counterfactual from the periods before"), lambda: method_spread.counterfactual_from_before(y, design, level=level)),
    ]  # fmt: skip
    covariates = np.column_stack(list(panel.covariates.values())) if panel.covariates else None
    wanted.append(("structural", Sentence("structural model, level and season"), lambda: method_spread.structural_level_season(
        y, panel.after.astype(float), season=design.season, covariates=covariates, level=level)))  # fmt: skip
    for name, label, fit in wanted:
        try:
            with warnings.catch_warnings():
                # a flat likelihood is no news to the reader of a spread
                warnings.simplefilter("ignore")
                found = fit()
        except (ValueError, np.linalg.LinAlgError):
            continue
        yield _alternative(name, label, found, log)


def _alternative(name: str, label: Sentence, found: MethodEffects, log: bool) -> Alternative:
    numbers = [float(getattr(found, part)[0]) for part in ("estimate", "low", "high", "p_value", "standard_error")]
    estimate, low, high, p, se = numbers
    shown = math.expm1 if log else float
    return Alternative(name, label, shown(estimate), shown(low), shown(high), p,
                       {"coefficient": estimate, "se": se, "rho": float(found.rho[0])})  # fmt: skip


# counts -------------------------------------------------------------------------------------------


def counts_and_exposure(panel: Panel, definition: PlanChange) -> tuple[np.ndarray, np.ndarray]:
    """The touched rows' counts by period, and what they are out of: days, where rows are counted."""
    keep = panel.treated
    seen = panel.rows[keep].sum(axis=0) > 0
    exposure = panel.den[keep].sum(axis=0)
    if definition.measure.counts_rows:
        exposure = np.array([float(p.days) for p in panel.periods])
    return np.where(seen, panel.num[keep].sum(axis=0), np.nan), np.where(seen, exposure, np.nan)


def counted(panel: Panel, definition: PlanChange, why: Sentence) -> Fitted:
    """A rate ratio by quasi-Poisson regression with an offset, the autocorrelation integrated over.

    Raises
    ------
    CannotBeJudged
        The counts are negative or too few.
    """
    design = design_of(panel, definition)
    counts, exposure = counts_and_exposure(panel, definition)
    try:
        found = interrupted_counts(counts, design, exposure=exposure, level=definition.level)
        others = list(_count_alternatives(panel, definition, counts, exposure, design))
    except ValueError as error:
        raise CannotBeJudged(Sentence("{reason}", {"reason": str(error)})) from None
    if found.reason:
        raise CannotBeJudged(Sentence("{reason}", {"reason": found.reason}))
    fit = poisson_regression(counts, design.matrix, exposure)
    effect = design.matrix @ (fit.coefficients * design.contrast("level"))
    rate = found.estimate
    path = tuple(
        PathPoint(p.start, float(c / e), float(f / np.exp(s) / e), *(
            (float(c / e / found.high), float(c / e / found.low)) if a else (math.nan, math.nan)))
        for p, c, e, f, s, a in zip(panel.periods, counts, exposure, fit.fitted, effect, panel.after, strict=True)
    )  # fmt: skip
    with np.errstate(invalid="ignore", divide="ignore"):
        result = interrupted_series(np.log(counts / exposure), design, level=definition.level)
    before, after = _levels(panel, definition)
    return Fitted(
        "counts", Sentence("quasi-Poisson regression, autocorrelation integrated over"), why, "series", rate - 1,
        found.low - 1, found.high - 1, found.p_value, found.standard_error, before, after, found.n,
        _periods(definition), relative=True, others=tuple(others), path=path, counted=_counted(panel), numbers={
            "rate_ratio": rate, "rate_ratio_low": found.low, "rate_ratio_high": found.high,
            "dispersion": found.dispersion, "rho": found.rho if found.rho is not None else math.nan,
        }, details=_details(panel, replace(definition, scale="log", counts=False), result if result.reason is None else None, design),
    )  # fmt: skip


def _count_alternatives(panel, definition, counts, exposure, design) -> Iterator[Alternative]:
    level = definition.level
    models = [("", None, design)]
    if design.season is not None:
        plain = interrupted_design(panel.times, int(panel.times[panel.change]))
        models.append(("_no_season", Sentence("without season"), plain))
        if definition.harmonics is None:
            full = interrupted_design(panel.times, int(panel.times[panel.change]), season=design.season, harmonics=2)
            models.append(("_two_harmonics", Sentence("a season of two waves"), full))
    for tail, said, model in models:
        fit = poisson_regression(counts, model.matrix, exposure)
        for name, label, over in (("quasi_poisson", Sentence("quasi-Poisson, periods taken as independent"), True),
                                  ("poisson", Sentence("Poisson, periods taken as independent"), False)):  # fmt: skip
            r = rate_ratio(fit, model.contrast("level"), overdispersed=over, level=level)
            yield Alternative(name + tail, Sentence("{method}, {season}", {"method": label, "season": said}) if said else label, r.estimate - 1, r.low - 1, r.high - 1, r.p_value, {
                "rate_ratio": r.estimate, "rate_ratio_low": r.low, "rate_ratio_high": r.high,
                "dispersion": fit.dispersion})  # fmt: skip


# a short series -----------------------------------------------------------------------------------


def short(panel: Panel, definition: PlanChange, why: Sentence) -> Fitted:
    """A process behaviour chart: is there a signal after the change? Its cause stays unproven.

    Raises
    ------
    CannotBeJudged
        Too few periods before the change to know what is usual.
    """
    y = values(panel, definition)
    seen, log = np.isfinite(y), definition.scale == "log"
    if int((seen & ~panel.after).sum()) < FEWEST_BEFORE_CHART:
        raise CannotBeJudged(Sentence(
            "there are {n} periods before the change; {need} are needed to know what is usual",
            {"n": int((seen & ~panel.after).sum()), "need": FEWEST_BEFORE_CHART}))  # fmt: skip
    chart = xmr_chart(y, baseline=~panel.after)
    broken = signals(chart)
    signal = bool((broken.any & panel.after).any())
    shown = np.exp if log else float
    path = tuple(
        PathPoint(p.start, *map(float, (shown(o), shown(chart.centre), shown(a), shown(b))))
        for p, o, a, b in zip(panel.periods, y, chart.lower, chart.upper, strict=True)
    )
    step = float(np.nanmean(y[panel.after]) - chart.centre)
    design, result = None, None
    try:
        design = design_of(panel, definition)
        result = interrupted_series(y, design, level=definition.level)
        result = result if result.reason is None else None
    except (CannotBeJudged, ValueError):
        pass
    others = []
    if result is not None:
        ends = [math.expm1(v) if log else v for v in (result.estimate, result.low, result.high)]
        others.append(Alternative("series", Sentence("interrupted series, too short to be believed"), *ends, result.p_value))
    before, after = _levels(panel, definition)
    return Fitted(
        "short", Sentence("process behaviour chart (XmR)"), why, "before_after", math.nan,
        math.nan, math.nan, math.nan, math.nan, before, after, int(seen.sum()), _periods(definition), relative=log,
        signal=signal, others=tuple(others), path=path, counted=_counted(panel),
        details=Interrupted(result, None, None, log, panel),
        numbers={"usual_low": float(chart.lower[0]), "usual_high": float(chart.upper[0]), "centre": chart.centre,
                 "step": step},
    )  # fmt: skip
