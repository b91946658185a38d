"""What does a survey say of groups of people, given how they were sampled?

Weighted means of groups (companies, say) with linearised variances that know strata, clusters,
several stages and finite populations, their covariances where groups share clusters, and what the
sampling cost: Kish's effective number of answers and the design effect.

Sources
-------
Binder (1983), International Statistical Review 51, 279-292 (linearisation). Lumley (2010), Complex
Surveys, chapter 2, and R's package survey, whose conventions these are: variances between first
stages unless later stages have finite populations too; degrees of freedom are clusters less strata,
of those in the group. Kish (1965), Survey Sampling, section 11.7: effective sample size.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from toolkit.stats.limits import check_choice

LONELY = ("refuse", "adjust", "certainty")


@dataclass(frozen=True)
class Design:
    """How the answers were sampled.

    Attributes
    ----------
    weights : array (n,)
        How many people each answer stands for, or in proportion to it; finite and above 0.
    strata : array (n,) or (n, stages), optional
        Labels; every answer is in one stratum where absent.
    clusters : array (n,) or (n, stages), optional
        Labels of what was drawn; every answer was drawn by itself where absent. Later stages are
        nested in earlier ones.
    population : array (n,) or (n, stages), optional
        How many there were to draw from: clusters in the stratum, then units in the cluster.
        Absent: so many that it makes no difference.
    lonely : str
        What to do with a stratum of one cluster, whose variance cannot be seen: ``"refuse"``,
        ``"adjust"`` (its distance from the mean over all clusters, which is rather too wide), or
        ``"certainty"`` (it was bound to be drawn).
    """

    weights: np.ndarray
    strata: np.ndarray | None = None
    clusters: np.ndarray | None = None
    population: np.ndarray | None = None
    lonely: str = "refuse"

    def __post_init__(self) -> None:
        check_choice(self.lonely, LONELY, "lonely")
        weights = np.asarray(self.weights, dtype=float)
        if weights.ndim != 1 or not len(weights):
            raise ValueError(f"weights come one an answer, not in shape {weights.shape}.")
        wrong = int((~(np.isfinite(weights) & (weights > 0))).sum())
        if wrong:
            raise ValueError(f"{wrong} of {len(weights)} weights are missing, zero or negative.")
        object.__setattr__(self, "weights", weights)
        for name in ("strata", "clusters", "population"):
            given = getattr(self, name)
            if given is None:
                continue
            stages = np.asarray(given)
            stages = stages[:, None] if stages.ndim == 1 else stages
            if len(stages) != len(weights):
                raise ValueError(f"{name} has {len(stages)} rows, and there are {len(weights)} answers.")
            object.__setattr__(self, name, stages)
        if self.population is not None:
            population = np.asarray(self.population, dtype=float)
            if not (np.isfinite(population) & (population >= 1)).all():
                raise ValueError("population counts what there was to draw from: 1 or more.")
            object.__setattr__(self, "population", population)

    @property
    def stages(self) -> int:
        """How many stages were drawn."""
        return 1 if self.clusters is None else self.clusters.shape[1]


@dataclass(frozen=True)
class GroupMeans:
    """Weighted means of groups.

    Attributes
    ----------
    groups : tuple
        Labels, sorted.
    mean : array (k,)
    covariance : array (k, k)
        Of the means; groups that share clusters go together.
    df : array (k,)
        Clusters less strata with answers of the group; 0 where the variance cannot be had.
    n : array (k,)
        Answers.
    n_effective : array (k,)
        Kish's, from the weights alone.
    design_effect : array (k,)
        Variance against that of a simple random sample of as many answers from the same finite
        population (sum of weights); nan where nothing varies or there is one answer.
    spread : array (k,)
        Weighted standard deviation of the answers.
    """

    groups: tuple
    mean: np.ndarray
    covariance: np.ndarray
    df: np.ndarray
    n: np.ndarray
    n_effective: np.ndarray
    design_effect: np.ndarray
    spread: np.ndarray

    @property
    def se(self) -> np.ndarray:
        """Standard errors of the means; nan where the variance cannot be had."""
        variance = np.diag(self.covariance)
        return np.where(self.df > 0, np.sqrt(np.maximum(variance, 0.0)), math.nan)

    def se_of_difference(self, a: int, b: int) -> float:
        """Standard error of mean `a` less mean `b`."""
        c = self.covariance
        if not (self.df[a] > 0 and self.df[b] > 0):
            return math.nan
        return math.sqrt(max(c[a, a] + c[b, b] - 2 * c[a, b], 0.0))


def kish(weights: ArrayLike) -> float:
    """How many answers of equal weight are as good: (sum w)^2 / sum w^2 (Kish 1965)."""
    w = np.asarray(weights, dtype=float)
    return float(w.sum() ** 2 / (w @ w)) if len(w) else 0.0


def group_means(
    values: ArrayLike,
    groups: ArrayLike,
    design: Design,
    *,
    margins: tuple[np.ndarray, ...] = (),
    base_weights: np.ndarray | None = None,
) -> GroupMeans:
    """The mean of each group, with covariances by linearisation.

    Parameters
    ----------
    values : array (n,)
        nan where not answered: left out, while its cluster still counts as drawn.
    groups : array (n,)
        Labels; every answer belongs to one.
    design
        Of all answers, of every group together.
    margins
        Where `design.weights` were raked or post-stratified: the labels that they were made to fit.
        What margins explain does not vary any more (Deville & Sarndal 1992, JASA 87, 376-382).
    base_weights
        The weights before that; `design.weights` where absent.

    Returns
    -------
    GroupMeans
    """
    y = np.asarray(values, dtype=float)
    labels, code = np.unique(np.asarray(groups), return_inverse=True)
    if y.shape != design.weights.shape or code.shape != y.shape:
        raise ValueError(f"{len(y)} values, {len(code)} groups and {len(design.weights)} weights differ.")
    known = np.isfinite(y)
    if np.isinf(y).any():
        raise ValueError("values must be finite numbers, or missing.")
    w = np.where(known, design.weights, 0.0)
    k = len(labels)
    answers = np.bincount(code[known], minlength=k)
    total = np.bincount(code, weights=w, minlength=k)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.bincount(code, weights=w * np.where(known, y, 0.0), minlength=k) / total
    deviation = np.where(known, y - mean[code], 0.0)
    influence = np.zeros((len(y), k))
    influence[np.arange(len(y)), code] = deviation / np.where(total > 0, total, 1.0)[code]
    if margins:
        base = design.weights if base_weights is None else np.asarray(base_weights, dtype=float)
        influence = without_margins(influence, margins, base)
    scores = influence * design.weights[:, None]
    df = np.array([_freedom(design, known & (code == g)) for g in range(k)], dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.bincount(code, weights=w * deviation**2, minlength=k) / total
        spread = spread * answers / (answers - 1)
        simple = spread / answers * np.maximum(total - answers, 0.0) / total
        if not _counts_people(design, known):
            simple = spread / answers
        covariance = covariance_of_totals(scores, design)
        effect = np.diag(covariance) / simple
    effect = np.where((simple > 0) & (df > 0), effect, math.nan)
    kish_each = np.array([kish(design.weights[known & (code == g)]) for g in range(k)])
    return GroupMeans(
        tuple(labels.tolist()), mean, covariance, df, answers, kish_each, effect,
        np.sqrt(np.where(answers > 1, spread, math.nan)),
    )  # fmt: skip


def _counts_people(design: Design, known: np.ndarray) -> bool:
    """Whether weights say how many people each stands for: only then is there a population."""
    return design.population is not None and design.weights[known].sum() > known.sum()


def covariance_of_totals(scores: ArrayLike, design: Design) -> np.ndarray:
    """Covariance matrix of the sums of weighted scores, shape (k, k).

    Parameters
    ----------
    scores : array (n, k)
        Already multiplied by the weights.

    Raises
    ------
    ValueError
        A stratum of one cluster and ``lonely="refuse"``; more clusters than the population has.
    """
    scores = np.asarray(scores, dtype=float)
    n, k = scores.shape
    path = np.zeros(n, dtype=np.intp)
    carried = np.ones(n)
    found = np.zeros((k, k))
    for stage in range(design.stages):
        stratum = _within(path, _column(design.strata, stage, np.zeros(n)))
        cluster = _within(stratum, _column(design.clusters, stage, np.arange(n)))
        size = None
        if design.population is not None and stage < design.population.shape[1]:
            size = design.population[:, stage]
        part, fraction = _stage(scores, stratum, cluster, size, carried, design, stage)
        found += part
        carried = carried * fraction[stratum]
        if not carried.any():
            break
        path = cluster
    return found


def _stage(scores, stratum, cluster, size, carried, design, stage):
    """Variance between the clusters of one stage, and the share drawn in each stratum."""
    count = cluster.max() + 1
    first = np.full(count, -1)
    first[cluster[::-1]] = np.arange(len(cluster))[::-1]
    totals = np.stack(
        [np.bincount(cluster, weights=column, minlength=count) for column in scores.T], axis=1
    )
    home = stratum[first]
    drawn = np.bincount(home)
    fraction = np.zeros(len(drawn))
    if size is not None:
        of = np.full(len(drawn), np.nan)
        of[home] = size[first]
        if (np.abs(size - of[stratum]) > 1e-9 * of[stratum]).any():
            raise ValueError("population must be the same for all answers of a stratum.")
        if (drawn > of + 1e-9).any():
            raise ValueError("more clusters were drawn from a stratum than its population has.")
        fraction = drawn / of
    middle = np.stack([np.bincount(home, weights=c) for c in totals.T], axis=1) / drawn[:, None]
    lonely = (drawn == 1) & (fraction < 1)
    factor = np.where(drawn > 1, drawn / np.maximum(drawn - 1, 1), 1.0)
    if lonely.any():
        if design.lonely == "refuse" and stage == 0:
            number = int(lonely.sum())
            raise ValueError(
                f"{number} strata have one cluster only, so chance within them cannot be seen: "
                "merge them with others, or choose another treatment of lonely clusters."
            )
        if design.lonely == "adjust":
            middle[lonely] = totals.mean(axis=0)
        else:
            factor[lonely] = 0.0
    scale = factor * (1 - fraction)
    apart = (totals - middle[home]) * np.sqrt(scale[home] * carried[first])[:, None]
    return apart.T @ apart, fraction


def lonely_strata(design: Design) -> tuple[str, ...]:
    """The labels of first-stage strata that hold one cluster only."""
    if design.strata is None:
        return ()
    labels, stratum = np.unique(design.strata[:, 0].astype(str), return_inverse=True)
    if design.clusters is None:
        return tuple(labels[np.bincount(stratum) == 1].tolist())
    cluster = _within(stratum, design.clusters[:, 0])
    pairs = np.unique(np.stack([stratum, cluster], axis=1), axis=0)
    return tuple(labels[np.bincount(pairs[:, 0]) == 1].tolist())


def without_margins(
    influence: np.ndarray, margins: tuple[np.ndarray, ...], weights: np.ndarray
) -> np.ndarray:
    """Residuals of a weighted regression of each column on the margins' levels."""
    columns = []
    for margin in margins:
        labels, code = np.unique(np.asarray(margin), return_inverse=True)
        columns.append(np.eye(len(labels))[code])
    x = np.concatenate(columns, axis=1)
    weighted = x * np.asarray(weights, dtype=float)[:, None]
    slopes = np.linalg.pinv(weighted.T @ x, hermitian=True) @ (weighted.T @ influence)
    return influence - x @ slopes


def _freedom(design: Design, rows: np.ndarray) -> int:
    n = len(rows)
    stratum = _within(np.zeros(n, dtype=np.intp), _column(design.strata, 0, np.zeros(n)))
    cluster = _within(stratum, _column(design.clusters, 0, np.arange(n)))
    return len(np.unique(cluster[rows])) - len(np.unique(stratum[rows]))


def _column(stages: np.ndarray | None, stage: int, absent: np.ndarray) -> np.ndarray:
    if stages is None or stage >= stages.shape[1]:
        return absent
    return stages[:, stage]


def _within(outer: np.ndarray, inner: np.ndarray) -> np.ndarray:
    """One code for each pair of labels: labels are names within what is around them."""
    _, code = np.unique(inner, return_inverse=True)
    _, both = np.unique(outer.astype(np.int64) * (code.max() + 1) + code, return_inverse=True)
    return both
