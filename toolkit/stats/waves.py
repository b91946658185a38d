"""Did the answers change between two survey waves, or only those who answered?

Where the same people answered twice, their own changes count (`paired_change`). Otherwise two
samples are compared with the mix of strata held at a reference (`standardised_change`), and what
the mix alone moved is told apart. `wave_change` takes the first where enough people repeat.

Sources
-------
Cochran (1977), Sampling Techniques, 3rd ed., sections 5A.9 (post-stratification) and 12.11
(samples on two occasions). Kitagawa (1955), JASA 50(272), 1168-1194: the part that is mix.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import nan

import numpy as np

from toolkit.stats.cluster_errors import CannotBeEstimated
from toolkit.stats.comparisons import Comparison
from toolkit.stats.limits import check_choice
from toolkit.stats.means import MeanMoments, difference, paired
from toolkit.stats.stratified import post_stratify

REFERENCES = ("before", "after", "both")
FEWEST_PAIRS = 30


@dataclass(frozen=True)
class WaveChange:
    """The change of a mean between two waves.

    Attributes
    ----------
    comparison
        After less before, in the unit of the answer; its `method` says how it was made.
    before, after
        The two means compared (standardised, or of those who answered twice).
    raw
        The change of the plain weighted means.
    mix
        `raw` less the change compared: what a different mix of respondents moved.
    method
        ``"paired"`` or ``"standardised"``.
    n_before, n_after, n_both
        Answers in each wave, and people with answers in both.
    shares_before, shares_after, reference
        Stratum -> share of the weights in each wave, and the share it was given; empty for paired.
    reason
        Why this method.
    """

    comparison: Comparison
    before: float
    after: float
    raw: float
    mix: float
    method: str
    n_before: int
    n_after: int
    n_both: int
    shares_before: dict[object, float]
    shares_after: dict[object, float]
    reference: dict[object, float]
    reason: str


@dataclass(frozen=True)
class Wave:
    """One wave: an answer a row.

    Attributes
    ----------
    answers
        Shape (n,); nan where not answered (left out).
    weights
        Shape (n,), not negative. None: all 1.
    strata
        Shape (n,), labels. None: one stratum.
    people
        Shape (n,), labels, each once. None: nobody can be found again.
    """

    answers: np.ndarray
    weights: np.ndarray | None = None
    strata: np.ndarray | None = None
    people: np.ndarray | None = None

    def __post_init__(self) -> None:
        answers = np.asarray(self.answers, dtype=float)
        weights = np.ones(len(answers)) if self.weights is None else np.asarray(self.weights, float)
        strata = np.full(len(answers), "all") if self.strata is None else np.asarray(self.strata)
        people = None if self.people is None else np.asarray(self.people)
        lengths = {len(a) for a in (answers, weights, strata, people) if a is not None}
        if len(lengths) != 1:
            raise ValueError(f"a wave's columns must have one length, not {sorted(lengths)}")
        if not (np.isfinite(weights) & (weights >= 0)).all():
            raise ValueError("weights must be finite and not negative")
        keep = np.isfinite(answers) & (weights > 0)
        if keep.sum() < 2:
            raise CannotBeEstimated(f"a wave needs at least 2 answers; here are {keep.sum()}")
        if people is not None and len(np.unique(people[keep])) < keep.sum():
            raise ValueError("a person answered more than once in a wave")
        object.__setattr__(self, "answers", answers[keep])
        object.__setattr__(self, "weights", weights[keep])
        object.__setattr__(self, "strata", strata[keep])
        object.__setattr__(self, "people", None if people is None else people[keep])

    @property
    def mean(self) -> float:
        """The weighted mean."""
        return float(np.average(self.answers, weights=self.weights))

    def shares(self) -> dict[object, float]:
        """Stratum -> share of the weights."""
        names, code = np.unique(self.strata, return_inverse=True)
        total = np.bincount(code, weights=self.weights)
        return dict(zip(names.tolist(), (total / total.sum()).tolist(), strict=True))


def _moments(values: np.ndarray, weights: np.ndarray) -> MeanMoments:
    """A weighted mean with its linearised variance, written as n units of equal weight."""
    n = len(values)
    share = weights / weights.sum()
    mean = float(share @ values)
    if n < 2:
        return MeanMoments(n, mean, nan)
    # n * se**2, so that equal weights give the sample variance itself
    variance = float(n * n / (n - 1) * np.sum((share * (values - mean)) ** 2))
    return MeanMoments(n, mean, variance)


def paired_change(before: Wave, after: Wave, *, level: float = 0.95) -> WaveChange:
    """The mean change of the people who answered twice, weighted as in the wave after.

    Raises
    ------
    CannotBeEstimated
        Where people cannot be found again, or fewer than 2 answered twice.
    """
    if before.people is None or after.people is None:
        raise CannotBeEstimated("pairs need to know who answered; no labels of people were given")
    both, first, second = np.intersect1d(before.people, after.people, return_indices=True)
    if len(both) < 2:
        raise CannotBeEstimated(f"{len(both)} people answered twice; a paired change needs 2")
    weights = after.weights[second]
    change = after.answers[second] - before.answers[first]
    means = [
        float(np.average(wave.answers[rows], weights=weights))
        for wave, rows in ((before, first), (after, second))
    ]
    raw = after.mean - before.mean
    comparison = paired(_moments(change, weights), level=level)
    return WaveChange(
        comparison, *means, raw, raw - comparison.estimate, "paired", len(before.answers),
        len(after.answers), len(both), {}, {}, {}, f"{len(both)} people answered twice",
    )


def standardised_change(
    before: Wave,
    after: Wave,
    *,
    reference: str | dict[object, float] = "both",
    level: float = 0.95,
) -> WaveChange:
    """The change with the mix of strata held at a reference.

    Parameters
    ----------
    before, after
        The waves.
    reference
        ``"before"``, ``"after"`` or ``"both"`` (mean of the two mixes), or stratum -> share.
    level
        Of the interval. People in both waves are not matched, which makes it too wide, not too
        narrow, where their answers go together.

    Raises
    ------
    CannotBeEstimated
        Where a stratum with a share has fewer than 2 answers in a wave; the sentence names all.
    """
    shares = before.shares(), after.shares()
    given = _reference(reference, *shares)
    names = [name for name, share in given.items() if share > 0]
    cells = {
        name: [_stratum(wave, name) for wave in (before, after)] for name in names
    }
    thin = [f"{n} ({a.n:g} and {b.n:g})" for n, (a, b) in cells.items() if min(a.n, b.n) < 2]
    if thin:
        raise CannotBeEstimated(
            f"strata with fewer than 2 answers before or after must be merged: {', '.join(thin)}"
        )
    mixed = post_stratify(
        [cells[n][0] for n in names], [cells[n][1] for n in names], [given[n] for n in names]
    )
    comparison = difference(mixed.control, mixed.treatment, level=level)
    raw = after.mean - before.mean
    overlap = 0
    if before.people is not None and after.people is not None:
        overlap = len(np.intersect1d(before.people, after.people))
    return WaveChange(
        comparison, mixed.control.mean, mixed.treatment.mean, raw, raw - comparison.estimate,
        "standardised", len(before.answers), len(after.answers), overlap, *shares, given,
        f"{overlap} people answered twice",
    )


def _stratum(wave: Wave, name: object) -> MeanMoments:
    rows = wave.strata == name
    if not rows.any():
        return MeanMoments(0, nan, nan)
    return _moments(wave.answers[rows], wave.weights[rows])


def _reference(reference, before: dict, after: dict) -> dict[object, float]:
    if isinstance(reference, str):
        check_choice(reference, REFERENCES, "reference")
        parts = {"before": (before,), "after": (after,), "both": (before, after)}[reference]
        names = sorted({name for part in parts for name in part}, key=str)
        return {n: sum(part.get(n, 0.0) for part in parts) / len(parts) for n in names}
    total = sum(reference.values())
    if not total > 0 or min(reference.values()) < 0:
        raise ValueError(f"reference shares must not be negative nor all 0; here: {reference}")
    return {name: share / total for name, share in reference.items()}


def wave_change(
    before: Wave,
    after: Wave,
    *,
    reference: str | dict[object, float] = "both",
    level: float = 0.95,
) -> WaveChange:
    """Paired where half of the smaller wave and `FEWEST_PAIRS` people repeat, else standardised."""
    if before.people is not None and after.people is not None:
        both = len(np.intersect1d(before.people, after.people))
        if both >= max(FEWEST_PAIRS, 0.5 * min(len(before.people), len(after.people))):
            return paired_change(before, after, level=level)
    return standardised_change(before, after, reference=reference, level=level)
