"""Where does each company stand, and which places can be told from chance?"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from toolkit.benchmarks.alike import Alike
from toolkit.benchmarks.definition import KINDS, Benchmark, Score
from toolkit.benchmarks.weighing import Weighed
from toolkit.language import Quantity
from toolkit.problems import Problem, Refused
from toolkit.stats import means, net_scores, shares
from toolkit.stats.answer_scales import scored
from toolkit.stats.limits import critical
from toolkit.stats.means import MeanMoments
from toolkit.stats.ranks import RankIntervals, rank_intervals
from toolkit.stats.shrinkage import shrunk
from toolkit.stats.survey_design import GroupMeans, group_means


@dataclass(frozen=True)
class Standing:
    """One company on one score.

    Attributes
    ----------
    value, low, high, se, df
        The score with its interval.
    raw
        Without weights, as the answers came.
    spread
        Standard deviation of an answer.
    n, n_effective, design_effect
        Answers, Kish's effective answers, variance against a simple random sample's.
    shown, ranked
        Whether there are answers enough.
    rank, rank_low, rank_high
        Among the ranked, with the simultaneous interval; 0 where not ranked.
    raw_rank
        By `raw`.
    shrunk
        The value with its luck taken out; nan where not ranked.
    """

    company: str
    value: float
    low: float
    high: float
    se: float
    df: float
    raw: float
    spread: float
    n: int
    n_effective: float
    design_effect: float
    unit: str
    shown: bool
    ranked: bool
    rank: int = 0
    rank_low: int = 0
    rank_high: int = 0
    raw_rank: int = 0
    shrunk: float = math.nan

    @property
    def quantity(self) -> Quantity:
        """Value, interval and unit; no data where it is not shown."""
        if not self.shown or math.isnan(self.value):
            return Quantity(math.nan, self.unit, reason="the answers are too few")
        if math.isnan(self.low):
            return Quantity(self.value, self.unit)
        return Quantity(self.value, self.unit, self.low, self.high)

    @property
    def moments(self) -> MeanMoments:
        """As many independent answers as its standard error is worth."""
        return MeanMoments(self.n, self.value, self.se**2 * self.n, self.df)


@dataclass(frozen=True, eq=False)
class League:
    """Companies on one score, and how they go together.

    Attributes
    ----------
    score
    standings
        Best first; those not shown last.
    companies
        Of `covariance`, in its order: all that were estimated.
    covariance
        Of the values.
    designed
        Whether variances are design-based (linearised) rather than of simple samples.
    ranks, marginal
        Rank intervals that hold together, and each by itself; None below two ranked companies.
    tau2, q, q_df
        Of the shrinking.
    """

    score: Score
    standings: tuple[Standing, ...]
    companies: tuple[str, ...]
    covariance: np.ndarray
    designed: bool
    ranks: RankIntervals | None = None
    marginal: RankIntervals | None = None
    tau2: float = math.nan
    q: float = math.nan
    q_df: int = 0

    def __getitem__(self, company: str) -> Standing:
        return next(s for s in self.standings if s.company == company)

    def get(self, company: str) -> Standing | None:
        """None where the company has no answers."""
        return next((s for s in self.standings if s.company == company), None)

    @property
    def ranked(self) -> tuple[Standing, ...]:
        """Those with answers enough, best first."""
        return tuple(s for s in self.standings if s.ranked)

    def se_of_gap(self, a: str, b: str) -> float:
        """Standard error of company `a` less company `b`."""
        i, j = self.companies.index(a), self.companies.index(b)
        c = self.covariance
        return math.sqrt(max(c[i, i] + c[j, j] - 2 * c[i, j], 0.0))

    def told_apart(self, a: str, b: str) -> bool:
        """Whether one of two ranked companies is surely better, all pairs looked at together."""
        at = [c for c in self.companies if self[c].ranked]
        i, j = at.index(a), at.index(b)
        return bool(self.ranks.surely_better[i, j] or self.ranks.surely_better[j, i])

    def together(self, a: str, b: str) -> bool:
        """Whether two companies' answers go together (the same people or clusters)."""
        c = self.covariance[self.companies.index(a), self.companies.index(b)]
        # raking leaves correlations of 1e-7 between companies that share nobody
        return abs(c) > 1e-5 * self[a].se * self[b].se


def league(weighed: Weighed, score: Score, definition: Benchmark, ranked: bool = True) -> League:
    """Every company on one score of the survey.

    Raises
    ------
    Refused
        The design does not allow a variance (a stratum of one cluster, more drawn than there are).
    """
    answered, survey = weighed.answered, definition.survey
    values = scored(answered.values[score.column], score.scale, KINDS[score.kind])
    try:
        found = group_means(
            values, answered.company, weighed.design(definition), margins=weighed.margins,
            base_weights=answered.weight,
        )  # fmt: skip
    except ValueError as error:
        raise Refused(Problem(definition.place("answers"), str(error).rstrip("."), survey.table)) from None
    standings, variance = [], found.covariance.copy()
    for i, company in enumerate(found.groups):
        mine = values[(answered.company == company) & np.isfinite(values)]
        standing = _standing(company, i, found, mine, score, definition)
        standings.append(standing)
        if not survey.designed and standing.df > 0:
            variance[i, :] = variance[:, i] = 0.0
            variance[i, i] = standing.se**2
    return _ordered(score, standings, found.groups, variance, survey.designed, definition, ranked)


def published_league(group: Alike, definition: Benchmark) -> League:
    """Companies by published figures that came about alike, on an index from 0 to 100."""
    better = definition.figures.better if definition.figures else "higher"
    score = Score("published", group.manner.low, group.manner.high, "index", better, group.manner.source or None)
    standings, errors = [], []
    for m in group.members:
        factor = 100 / score.scale.width
        value, se = float(score.scale.index(m.mean)), m.se * factor
        df = m.n - 1
        half = critical(definition.alpha / 2, df) * se if m.n >= 2 else math.nan
        standings.append(Standing(
            m.company, value, value - half, value + half, se, df, value, se * math.sqrt(m.n), int(m.n), m.n,
            math.nan, "score", m.n >= definition.show_from, m.n >= definition.rank_from,
        ))  # fmt: skip
        errors.append(se)
    companies = tuple(m.company for m in group.members)
    return _ordered(score, standings, companies, np.diag(np.square(errors)), False, definition, True)


def _standing(company, i, found: GroupMeans, mine, score: Score, definition: Benchmark) -> Standing:
    n, effective = int(found.n[i]), float(found.n_effective[i])
    value, se, df = float(found.mean[i]), float(found.se[i]), float(found.df[i])
    spread = float(found.spread[i])
    if not definition.survey.designed and n >= 2:
        # simple samples: the textbook's variance, by itself
        se, df = float(np.std(mine, ddof=1)) / math.sqrt(n), float(n - 1)
    low, high = _ends(value, se, df, n, mine, effective, score, definition)
    enough = effective if n else 0.0
    return Standing(
        company, value, low, high, se, df, float(mine.mean()) if n else math.nan, spread, n, effective,
        float(found.design_effect[i]), score.unit, n >= 2 and enough >= definition.show_from,
        n >= 2 and enough >= definition.rank_from and se > 0,
    )  # fmt: skip


def _ends(value, se, df, n, mine, effective, score: Score, definition: Benchmark) -> tuple[float, float]:
    """Wilson for shares, adjusted Wald for net scores, t else; for as many answers as the design is worth."""
    level = definition.level
    if n < 2 or not math.isfinite(se):
        return math.nan, math.nan
    simple = not definition.survey.designed
    if score.kind == "top_two":
        if simple:
            found = shares.interval(shares.Share(int(mine.sum()), n), level=level)
            return found.low, found.high
        worth = value * (1 - value) / se**2 if se > 0 else effective
        return shares.wilson_ends(_Worth(value * worth, worth), critical((1 - level) / 2, df))
    if score.kind == "net_score":
        up, down = float((mine > 0).sum()), float((mine < 0).sum())
        worth = float(n)
        if not simple:
            share_up, share_down = up / n, down / n
            # shares of promoters and detractors that have the weighted net score
            move = (value / 100 - (share_up - share_down)) / 2
            share_up, share_down = min(max(share_up + move, 0), 1), min(max(share_down - move, 0), 1)
            simple_variance = share_up + share_down - (value / 100) ** 2
            worth = simple_variance / (se / 100) ** 2 if se > 0 else effective
            up, down = share_up * worth, share_down * worth
        found = net_scores.interval(net_scores.NetCounts(up, max(worth - up - down, 0.0), down), level=level)
        return found.low, found.high
    found = means.interval(MeanMoments(n, value, se**2 * n, df), level=level)
    low, high = found.low, found.high
    bounds = (0.0, 100.0) if score.kind == "index" else (score.low, score.high)
    return max(low, bounds[0]), min(high, bounds[1])


@dataclass(frozen=True)
class _Worth:
    """A share of as many answers as the design is worth; their count need not be whole."""

    count: float
    n: float

    @property
    def value(self) -> float:
        return self.count / self.n


def _ordered(score, standings, companies, covariance, designed, definition, ranked) -> League:
    sign = score.sign
    listed = [s for s in standings if s.ranked]
    made = {s.company: s for s in standings}
    ranks = marginal = None
    tau2, q, q_df = math.nan, math.nan, 0
    if len(listed) >= 2 and ranked:
        at = [companies.index(s.company) for s in listed]
        part = covariance[np.ix_(at, at)]
        values = [s.value for s in listed]
        df = min(s.df for s in listed)
        words = {"better": score.better, "df": df, "level": definition.level, "seed": definition.seed}
        ranks = rank_intervals(values, part, **words)
        marginal = rank_intervals(values, part, simultaneous=False, **words)
        drawn = shrunk(values, [s.se for s in listed])
        tau2, q, q_df = drawn.tau2, drawn.q, drawn.q_df
        raw = np.array([s.raw for s in listed])
        raw_rank = 1 + (sign * raw[None, :] > sign * raw[:, None]).sum(axis=1)
        for i, s in enumerate(listed):
            made[s.company] = replace(
                s, rank=int(ranks.rank[i]), rank_low=int(ranks.low[i]), rank_high=int(ranks.high[i]),
                raw_rank=int(raw_rank[i]), shrunk=float(drawn.value[i]),
            )  # fmt: skip
    order = sorted(
        made.values(), key=lambda s: (not s.ranked, not s.shown, -sign * s.value if s.shown else 0, s.company)
    )
    return League(score, tuple(order), tuple(companies), covariance, designed, ranks, marginal, tau2, q, q_df)

