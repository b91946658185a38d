"""Is the effect different from zero when there are few clusters?

The wild cluster bootstrap with the null imposed (WCR): residuals under the null keep their sign or
change it cluster by cluster, and the t statistic is compared with its own distribution rather than
with a t table. It needs only the sums by cluster of `toolkit.stats.cluster_errors`.

With one treated (or one untreated) cluster it fails, and with two or three among many it hardly
ever rejects or rejects far too often (MacKinnon & Webb 2017; 3 of 40 treated: 0.3 % false claims
when clusters are equally spread, 16 % when treated ones vary three times as much):
`wild_cluster_bootstrap` refuses fewer than `FEWEST_TREATED` of either, and
`toolkit.stats.few_clusters` answers instead.

Sources
-------
Cameron, Gelbach & Miller (2008), REStat 90(3), 414-427: the bootstrap with the null imposed.
Webb (2023), Canadian Journal of Economics 56(3), 839-858: six-point weights for few clusters.
Roodman, Nielsen, MacKinnon & Webb (2019), Stata Journal 19(1), 4-60: enumeration, test inversion.
MacKinnon & Webb (2017), Journal of Applied Econometrics 32(2), 233-254: few treated clusters.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from toolkit.stats.cluster_errors import CannotBeEstimated, ClusterSums, clustered_estimate
from toolkit.stats.limits import check_choice, check_level

WEIGHTS = ("auto", "rademacher", "webb")
FEWEST_TREATED = 4
_WEBB = np.array([-np.sqrt(1.5), -1.0, -np.sqrt(0.5), np.sqrt(0.5), 1.0, np.sqrt(1.5)])
_ENUMERATE_TO = 12  # 2**12 = 4,096 sign patterns
_TIE = 1e-9  # relative: patterns that give the same t up to rounding count as equal


@dataclass(frozen=True)
class WildBootstrap:
    """p-value and interval of one coefficient by the wild cluster bootstrap.

    Attributes
    ----------
    estimate
        In the unit of the outcome.
    p_value
        Two-sided, symmetric: the share of draws whose \\|t\\| is at least the observed one.
    low, high
        Interval by inversion of the test at `level`; infinite where no value is rejected, because
        the smallest p-value that can be had is above 1 - level.
    level
        Of the interval.
    weights
        ``"rademacher"`` or ``"webb"``.
    enumerated
        Whether all sign patterns were used (then nothing is random).
    draws
        Number of patterns.
    clusters
        Number of clusters.
    """

    estimate: float
    p_value: float
    low: float
    high: float
    level: float
    weights: str
    enumerated: bool
    draws: int
    clusters: int


def wild_cluster_bootstrap(
    sums: ClusterSums,
    contrast: np.ndarray,
    *,
    null: float = 0.0,
    level: float = 0.95,
    weights: str = "auto",
    draws: int = 1999,
    seed: int = 0,
    clusters_by_arm: tuple[int, int] | None = None,
) -> WildBootstrap:
    """Test `contrast` @ coefficients = `null` and invert the test for an interval.

    Parameters
    ----------
    sums
        Sums by cluster of the regression.
    contrast
        Shape (k,).
    null
        The value tested.
    level
        Of the interval.
    weights
        ``"rademacher"`` (signs), ``"webb"`` (six points), or ``"auto"``: signs, all 2**G of them
        enumerated, from 6 to 12 clusters; drawn signs above; Webb's points below 6, where signs
        give fewer than 64 different samples.
    draws
        Number of random draws where not enumerated; 1,999 makes .05 a whole number of draws.
    seed
        Of the random draws.
    clusters_by_arm
        (treated, untreated) clusters, to refuse designs in which the bootstrap is known to fail.

    Raises
    ------
    CannotBeEstimated
        With fewer than `FEWEST_TREATED` clusters in an arm, or where the coefficient cannot be had.
    """
    check_choice(weights, WEIGHTS, "weights")
    check_level(level)
    if clusters_by_arm is not None and min(clusters_by_arm) < FEWEST_TREATED:
        raise CannotBeEstimated(
            f"the wild cluster bootstrap needs {FEWEST_TREATED} clusters in each arm; here are "
            f"{clusters_by_arm[0]} treated and {clusters_by_arm[1]} untreated"
        )
    signs, chosen, enumerated = _patterns(sums.clusters, weights, draws, seed)
    test = _Test(sums, np.asarray(contrast, dtype=float), signs, enumerated)
    low, high = _invert(test, 1 - level)
    return WildBootstrap(
        test.estimate, test.p_value(null), low, high, level, chosen, enumerated, len(signs),
        sums.clusters,
    )


def _patterns(groups: int, weights: str, draws: int, seed: int) -> tuple[np.ndarray, str, bool]:
    """The multipliers, one row a bootstrap sample."""
    if weights == "auto":
        weights = "webb" if groups < 6 else "rademacher"
    if weights == "rademacher" and groups <= _ENUMERATE_TO:
        bits = np.arange(2**groups)[:, None] >> np.arange(groups) & 1
        return 1.0 - 2.0 * bits, weights, True
    rng = np.random.default_rng(seed)
    points = _WEBB if weights == "webb" else np.array([-1.0, 1.0])
    return rng.choice(points, size=(draws, groups)), weights, False


class _Test:
    """The bootstrap test of one contrast as a function of the value tested.

    Everything is linear in the value tested, so the sums over clusters are made once.
    """

    def __init__(
        self, sums: ClusterSums, contrast: np.ndarray, signs: np.ndarray, enumerated: bool
    ) -> None:
        bread = sums.inverse()
        direction = bread @ contrast
        beta = bread @ sums.cross.sum(axis=0)
        self.estimate = float(contrast @ beta)
        # The CR1 factor is the same in sample and draws and cancels: CR0 throughout.
        self.se = clustered_estimate(sums, contrast, "CR0").se
        self.enumerated = enumerated
        # restricted coefficients = beta - shift * (estimate - null): numerator and scores of the
        # t are linear in that gap, its squared error quadratic
        shift = direction / float(contrast @ direction)
        self._at, at = self._moments(sums, bread, direction, signs, beta)
        self._per_gap, per_gap = self._moments(sums, bread, direction, signs, shift, slope=True)
        self._squares = [
            np.einsum("bg,bg->b", a, b) for a, b in ((at, at), (at, per_gap), (per_gap, per_gap))
        ]

    @staticmethod
    def _moments(sums, bread, direction, signs, coefficients, slope=False):
        """Numerator (draws,) and scores (draws, G) of the bootstrap t, linear in coefficients."""
        fitted = sums.gram @ coefficients
        residual = fitted if slope else sums.cross - fitted  # (G, k)
        numerator = signs @ (residual @ direction)
        moved = (signs @ residual) @ bread  # change of all coefficients, (draws, k)
        scores = signs * (residual @ direction) - moved @ (sums.gram @ direction).T
        return numerator, scores

    def p_value(self, null: float) -> float:
        gap = self.estimate - null
        numerator = self._at + gap * self._per_gap
        constant, cross, square = self._squares
        error = np.sqrt(np.maximum(constant + gap * (2 * cross + gap * square), 0.0))
        observed = abs(gap) / self.se
        with np.errstate(divide="ignore", invalid="ignore"):
            drawn = np.abs(numerator) / error
        beyond = int((~(drawn < observed * (1 - _TIE))).sum())
        if self.enumerated:
            return beyond / len(drawn)
        return (1 + beyond) / (1 + len(drawn))


def _invert(test: _Test, alpha: float) -> tuple[float, float]:
    """The ends of the set of values whose p-value is above alpha, by bracketing and bisection."""
    if test.se == 0:
        return test.estimate, test.estimate
    ends = []
    for side in (-1.0, 1.0):
        step, inside = 2.0, 0.0
        while test.p_value(test.estimate + side * step * test.se) > alpha:
            inside, step = step, 2 * step
            if step > 1e4:
                break
        if step > 1e4:
            ends.append(side * np.inf)
            continue
        for _ in range(30):
            middle = (inside + step) / 2
            if test.p_value(test.estimate + side * middle * test.se) > alpha:
                inside = middle
            else:
                step = middle
        ends.append(test.estimate + side * step * test.se)
    return float(ends[0]), float(ends[1])
