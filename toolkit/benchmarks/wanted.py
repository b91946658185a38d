"""What do customers want, how well do we and the rivals meet it, and what goes with satisfaction?

"Goes with", never "causes": shares of explained variance describe respondents, and halo (one good
impression colouring every answer) raises all of them together.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from toolkit.benchmarks.definition import KINDS, Attribute, Benchmark, Score
from toolkit.benchmarks.gaps import corrected, gap_of
from toolkit.benchmarks.standings import League, league
from toolkit.benchmarks.weighing import Weighed
from toolkit.language import Quantity
from toolkit.stats.answer_scales import scored
from toolkit.stats.comparisons import Comparison
from toolkit.stats.limits import critical
from toolkit.stats.drivers import DriverShares, correlations, driver_shares, htmt, inflation

FEWEST_FOR_DRIVERS = 20
"""Complete answers for each attribute, at least, before shares of drivers are given."""
SAME_IDEA = 0.85
"""Heterotrait-monotrait ratio from which two ideas are hardly told apart (Henseler et al. 2015)."""
INFLATED = 5.0
"""Variance inflation from which attributes are hardly told apart."""
HALO = 0.5
"""Mean correlation between attributes from which one impression colours them all."""
DRAWS = 400

QUADRANTS = ("keep_up", "fix_first", "no_hurry", "more_than_asked", "undetermined")


@dataclass(frozen=True)
class AttributeGap:
    """We less one rival on one attribute, in index points.

    `told` after Benjamini and Hochberg's correction over all cells; `coloured` where the gap is
    also as large as the one that matters; `n` answers of both companies.
    """

    attribute: Attribute
    rival: str
    comparison: Comparison
    p_adjusted: float
    told: bool
    coloured: bool
    n: int = 0

    @property
    def quantity(self) -> Quantity:
        """The gap with its interval."""
        c = self.comparison
        if c.reason is not None:
            return Quantity(math.nan, "score", reason=c.reason)
        return Quantity(c.estimate, "score", c.low, c.high)

    @property
    def tone(self) -> str:
        """Better or worse where coloured."""
        if self.comparison.reason is not None:
            return "unknown"
        return ("better" if self.comparison.estimate > 0 else "worse") if self.coloured else "level"


@dataclass(frozen=True)
class Wanted:
    """One attribute: how important, how well met, and where that puts it.

    Attributes
    ----------
    stated
        Importance as respondents say it, index 0 to 100.
    share
        Share of the explained variance that goes with it.
    ours
        How well we meet it, index 0 to 100.
    beside
        We less the mean of the ranked rivals.
    quadrant
        One of `QUADRANTS`; undetermined where an interval crosses a line.
    """

    attribute: Attribute
    stated: Quantity
    share: Quantity
    ours: Quantity
    beside: Quantity
    quadrant: str


@dataclass(frozen=True, eq=False)
class Wants:
    """All attributes together.

    Attributes
    ----------
    gaps, wanted
    drivers
        None where they could not be had, with `reason`.
    companies
        Company -> attribute's name -> index with its interval.
    inflation
        Attribute's name -> variance inflation factor.
    ratios
        Pair of ideas -> heterotrait-monotrait ratio.
    halo
        Mean correlation between attributes.
    left_out
        Attributes with one value only.
    """

    gaps: tuple[AttributeGap, ...]
    wanted: tuple[Wanted, ...]
    drivers: DriverShares | None
    reason: str | None
    companies: Mapping[str, Mapping[str, Quantity]]
    inflation: Mapping[str, float]
    ratios: Mapping[tuple[str, str], float]
    halo: float
    left_out: tuple[str, ...]

    @property
    def by_share(self) -> tuple[Wanted, ...]:
        """What goes with satisfaction most comes first."""
        return tuple(sorted(self.wanted, key=lambda w: -w.share.value if w.share.known else math.inf))


def wants(weighed: Weighed, main: League, definition: Benchmark) -> Wants | None:
    """Attributes compared, stated and derived importance; None where no attribute is declared."""
    survey = definition.survey
    usable, left_out = [], []
    for a in survey.attributes:
        values = weighed.answered.values[a.column]
        flat = not np.isfinite(values).any() or np.nanmin(values) == np.nanmax(values)
        (left_out if flat else usable).append(a)
    if not usable:
        return None
    leagues = {a.name: league(weighed, _as_score(a.column, a), definition, ranked=False) for a in usable}
    rivals = [s.company for s in main.ranked if s.company != definition.us]
    cells = _cells(usable, leagues, rivals, main, definition)
    drivers, reason = _drivers(weighed, usable, main, definition)
    companies = {
        s.company: {a.name: leagues[a.name][s.company].quantity for a in usable if leagues[a.name].get(s.company)}
        for s in main.standings if s.shown
    }  # fmt: skip
    wanted = tuple(
        _wanted(a, i, leagues[a.name], rivals, drivers, weighed, definition) for i, a in enumerate(usable)
    )
    r, vif, ratios, halo = _alike(weighed, usable)
    return Wants(cells, wanted, drivers, reason, companies, vif, ratios, halo, tuple(a.title for a in left_out))


def _as_score(column: str, a: Attribute) -> Score:
    return Score(column, a.low, a.high, "index", "higher", a.title)


def _cells(usable, leagues, rivals, main: League, definition: Benchmark) -> tuple[AttributeGap, ...]:
    us = main.get(definition.us)
    if us is None or not us.ranked:
        return ()
    raw = []
    for a in usable:
        made = leagues[a.name]
        for rival in rivals:
            if all((s := made.get(c)) is not None and s.shown for c in (rival, definition.us)):
                answers = int(made[definition.us].n + made[rival].n)
                raw.append((a, rival, gap_of(made, made[definition.us], made[rival], definition), answers))
    p = corrected([c.p_value for _, _, c, _ in raw], "bh")
    found = []
    for (a, rival, c, answers), q in zip(raw, p, strict=True):
        told = bool(q <= definition.alpha)
        coloured = told and abs(c.estimate) >= definition.worthwhile
        found.append(AttributeGap(a, rival, c, float(q), told, coloured, answers))
    return tuple(found)


def _drivers(weighed, usable, main: League, definition: Benchmark) -> tuple[DriverShares | None, str | None]:
    """Over respondents of all companies shown, each company's own level taken out."""
    answered, survey = weighed.answered, definition.survey
    score = survey.main
    outcome = score.sign * scored(answered.values[score.column], score.scale, KINDS[score.kind])
    shown = np.isin(answered.company.astype(str), [s.company for s in main.standings if s.shown])
    x = np.column_stack([answered.values[a.column] for a in usable])[shown]
    y, w, who = outcome[shown], weighed.weight[shown], answered.company[shown]
    complete = np.isfinite(x).all(axis=1) & np.isfinite(y)
    if complete.sum() < FEWEST_FOR_DRIVERS * len(usable):
        need = FEWEST_FOR_DRIVERS * len(usable)
        return None, f"{int(complete.sum())} answers are complete, and {len(usable)} attributes need {need}"
    x, y, w, who = x[complete], y[complete], w[complete], who[complete]
    data = np.column_stack([x, y])
    for company in set(who.tolist()):
        mine = who == company
        data[mine] -= np.average(data[mine], axis=0, weights=w[mine])
    clusters = answered.labels[survey.cluster[0]][shown][complete] if survey.cluster else None
    try:
        found = driver_shares(
            data[:, :-1], data[:, -1], weights=w, clusters=clusters, level=definition.level,
            draws=DRAWS, seed=definition.seed,
        )  # fmt: skip
    except ValueError as error:
        return None, str(error).rstrip(".")
    return found, None


def _wanted(a, place, made: League, rivals, drivers, weighed, definition: Benchmark) -> Wanted:
    stated = Quantity(math.nan, "score", reason="importance was not asked")
    if a.importance:
        asked = league(weighed, _as_score(a.importance, a), definition, ranked=False)
        if (us := asked.get(definition.us)) is not None:
            stated = us.quantity
    share = Quantity(math.nan, "percent", reason="shares of drivers could not be had")
    if drivers is not None and math.isfinite(drivers.share[place]):
        ends = drivers.low[place], drivers.high[place]
        share = Quantity(float(drivers.share[place]), "percent", *map(float, ends))
    own = made.get(definition.us)
    ours = own.quantity if own else Quantity(math.nan, "score", reason="no answers about us")
    beside = _beside(made, rivals, definition)
    return Wanted(a, stated, share, ours, beside, _quadrant(share, beside, len(definition.survey.attributes)))


def _beside(made: League, rivals, definition: Benchmark) -> Quantity:
    """We less the plain mean of the rivals, with their covariances."""
    there = [r for r in rivals if made.get(r) is not None and made[r].shown and made[r].df > 0]
    us = made.get(definition.us)
    if us is None or not us.shown or not there:
        return Quantity(math.nan, "score", reason="no rival to compare with")
    weight = np.zeros(len(made.companies))
    weight[made.companies.index(definition.us)] = 1.0
    for r in there:
        weight[made.companies.index(r)] = -1 / len(there)
    values = np.array([made[c].value for c in made.companies])
    gap = float(np.nansum(weight * values))
    se = math.sqrt(max(float(weight @ made.covariance @ weight), 0.0))
    half = critical(definition.alpha / 2, min(made[c].df for c in (definition.us, *there))) * se
    return Quantity(gap, "score", gap - half, gap + half)


def _quadrant(share: Quantity, beside: Quantity, attributes: int) -> str:
    """Important: more than an even share. Well met: better than the rivals' mean."""
    if not (share.known and beside.known and share.low is not None):
        return "undetermined"
    line = 1 / attributes
    if share.low <= line <= share.high or beside.low <= 0 <= beside.high:
        return "undetermined"
    if share.value > line:
        return "keep_up" if beside.value > 0 else "fix_first"
    return "more_than_asked" if beside.value > 0 else "no_hurry"


def _alike(weighed: Weighed, usable):
    answered = weighed.answered
    x = np.column_stack([answered.values[a.column] for a in usable])
    try:
        r = correlations(x, weighed.weight)
    except ValueError:
        return None, {}, {}, math.nan
    vif = dict(zip([a.title for a in usable], inflation(r).tolist(), strict=True))
    ideas: dict[str, list[int]] = {}
    for i, a in enumerate(usable):
        if a.belongs_to:
            ideas.setdefault(a.belongs_to, []).append(i)
    ratios = htmt(r, ideas) if len(ideas) > 1 else {}
    off = r[np.triu_indices(len(usable), 1)]
    return r, vif, ratios, float(off.mean()) if len(off) else math.nan
