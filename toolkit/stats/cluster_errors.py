"""How uncertain is a regression coefficient when rows of one cluster are not independent?

Everything here works on sums per cluster (`ClusterSums`), so that an engine may have added the
rows up before: the cluster's Gram matrix of the design and its cross product with the outcome are
enough for the coefficient, for CR0, CR1 and CR2 errors and for the Bell-McCaffrey degrees of
freedom, and the wild cluster bootstrap draws from the same sums.

Sources
-------
Bell & McCaffrey (2002), Survey Methodology 28(2), 169-181: CR2 and its degrees of freedom.
Pustejovsky & Tipton (2018), JBES 36(4), 672-683: CR2 with absorbed unit effects, weights.
Imbens & Kolesar (2016), REStat 98(4), 701-712: the degrees of freedom in practice.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from toolkit.stats.limits import check_choice, critical, p_from_statistic


ERRORS = ("CR0", "CR1", "CR2")
_LEVERAGE_ONE = 1e-9


class CannotBeEstimated(ValueError):
    """The data at hand do not allow this estimate or its error; the sentence says why."""


@dataclass(frozen=True)
class ClusterSums:
    """What a clustered regression needs to know of the data: sums over the rows of each cluster.

    Attributes
    ----------
    gram
        Shape (G, k, k): sum over the cluster's rows of weight * x x'.
    cross
        Shape (G, k): sum over the cluster's rows of weight * x * y.
    rows
        Number of rows behind the sums, for the CR1 factor.
    absorbed
        Parameters removed before (unit effects), for the CR1 factor. Unit effects nested in the
        clusters don't count (Cameron & Miller 2015, section II.B.2).
    """

    gram: np.ndarray
    cross: np.ndarray
    rows: int
    absorbed: int = 0

    def __post_init__(self) -> None:
        groups, k = self.cross.shape
        if self.gram.shape != (groups, k, k):
            raise ValueError(f"gram must have shape {(groups, k, k)}, not {self.gram.shape}")
        if groups < 2:
            raise CannotBeEstimated(f"errors by cluster need at least 2 clusters; here is {groups}")
        if not (np.isfinite(self.gram).all() and np.isfinite(self.cross).all()):
            raise ValueError("sums by cluster must be finite numbers")

    @property
    def clusters(self) -> int:
        """Number of clusters."""
        return len(self.cross)

    def inverse(self) -> np.ndarray:
        """The inverse of the whole Gram matrix, shape (k, k).

        Raises
        ------
        CannotBeEstimated
            Where columns of the design are collinear.
        """
        total = self.gram.sum(axis=0)
        scale = np.sqrt(np.diag(total))
        if (scale == 0).any():
            raise CannotBeEstimated("a column of the design is zero everywhere")
        scaled = total / np.outer(scale, scale)
        if np.linalg.eigvalsh(scaled)[0] < 1e-11:
            raise CannotBeEstimated(
                "the design is collinear: a group has no rows before or after the change, "
                "or nobody is untreated"
            )
        return np.linalg.inv(scaled) / np.outer(scale, scale)


@dataclass(frozen=True)
class ClusteredEstimate:
    """One coefficient (or a linear combination) with its error by cluster.

    Attributes
    ----------
    estimate, se
        In the unit of the outcome.
    df
        Degrees of freedom of the t reference: Bell-McCaffrey with CR2, G - 1 otherwise.
    clusters
        Number of clusters G.
    errors
        ``"CR0"``, ``"CR1"`` or ``"CR2"``.
    scores
        Shape (G,): what each cluster adds to the estimate's error; their squares sum to se**2.
        Scores of two estimates from the same clusters multiply to their covariance.
    """

    estimate: float
    se: float
    df: float
    clusters: int
    errors: str
    scores: np.ndarray

    @property
    def t(self) -> float:
        """The estimate in standard errors; nan where the error is zero."""
        return self.estimate / self.se if self.se > 0 else float("nan")

    @property
    def p_value(self) -> float:
        """Two-sided p-value of no effect, from the t distribution with `df`."""
        return p_from_statistic(self.t, self.df)

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """The interval of this level, from the t distribution with `df`."""
        half = critical((1 - level) / 2, self.df) * self.se
        return self.estimate - half, self.estimate + half


def cluster_sums(
    y: np.ndarray,
    design: np.ndarray,
    clusters: np.ndarray,
    weights: np.ndarray | None = None,
    absorbed: int = 0,
) -> ClusterSums:
    """Sums by cluster of a regression of `y` on `design`.

    Parameters
    ----------
    y
        Shape (N,), one row an observation.
    design
        Shape (N, k); a constant is not added.
    clusters
        Shape (N,), any labels.
    weights
        Shape (N,), not negative; taken as inverse variances. None: all 1.
    absorbed
        See `ClusterSums`.
    """
    y = np.asarray(y, dtype=float)
    design = np.asarray(design, dtype=float)
    clusters = np.asarray(clusters)
    weights = np.ones(len(y)) if weights is None else np.asarray(weights, dtype=float)
    if not len(y) == len(design) == len(clusters) == len(weights):
        raise ValueError(
            "outcome, design, clusters and weights must have the same length, not "
            f"{len(y)}, {len(design)}, {len(clusters)} and {len(weights)}"
        )
    if (weights < 0).any():
        raise ValueError(f"weights must not be negative; the smallest is {weights.min()}")
    _, code = np.unique(clusters, return_inverse=True)
    order = np.argsort(code, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(code[order]) > 0]) if len(y) else np.array([], int)
    x = design[order]
    wx = x * weights[order, None]
    k = design.shape[1]
    sizes = np.diff(np.r_[starts, len(y)])
    if len(sizes) and (sizes == sizes[0]).all():  # a whole panel: products of matrices, to the last digit but one
        gram = wx.reshape(len(starts), -1, k).transpose(0, 2, 1) @ x.reshape(len(starts), -1, k)
    else:
        gram = np.empty((len(starts), k, k))
        for j in range(k):  # one column at a time keeps memory at N x k
            gram[:, j, :] = np.add.reduceat(wx * x[:, [j]], starts, axis=0)
    cross = np.add.reduceat(wx * y[order, None], starts, axis=0)
    return ClusterSums(gram, cross, int((weights > 0).sum()), absorbed)


def clustered_estimate(
    sums: ClusterSums, contrast: np.ndarray, errors: str = "CR2"
) -> ClusteredEstimate:
    """The linear combination `contrast` of the coefficients, with its error by cluster.

    Parameters
    ----------
    sums
        See `cluster_sums`.
    contrast
        Shape (k,).
    errors
        ``"CR2"`` (default): unbiased when rows are independent, t with Bell-McCaffrey degrees of
        freedom. ``"CR1"``: Stata's factor G/(G-1) * (N-1)/(N-k) and G - 1 degrees of freedom.
        ``"CR0"``: no correction.

    Raises
    ------
    CannotBeEstimated
        Where the design is collinear, or one cluster alone determines the coefficient (a single
        treated cluster): then no error can be had from the residuals.
    """
    check_choice(errors, ERRORS, "errors")
    contrast = np.asarray(contrast, dtype=float)
    bread = sums.inverse()
    beta = bread @ sums.cross.sum(axis=0)
    direction = bread @ contrast
    residual = sums.cross - sums.gram @ beta
    groups = sums.clusters
    adjust, touched = _leverage_adjustment(sums.gram, bread, direction)
    if touched:
        raise CannotBeEstimated(
            "one cluster alone determines the effect (a single treated or a single untreated "
            "cluster), so its error cannot be estimated from the residuals"
        )
    if errors == "CR2":
        scores = ((direction @ adjust) * residual).sum(axis=1)
        df = _bell_mccaffrey(sums.gram, bread, direction, adjust)
    else:
        scores = residual @ direction
        if errors == "CR1":
            used = contrast.size + sums.absorbed
            spare = sums.rows - used
            if spare <= 0:
                raise CannotBeEstimated(f"{sums.rows} rows do not suffice for {used} coefficients")
            scores = scores * np.sqrt(groups / (groups - 1) * (sums.rows - 1) / spare)
        df = groups - 1.0
    se = float(np.sqrt(scores @ scores))
    return ClusteredEstimate(float(contrast @ beta), se, float(df), groups, errors, scores)


def _leverage_adjustment(
    gram: np.ndarray, bread: np.ndarray, direction: np.ndarray
) -> tuple[np.ndarray, bool]:
    """(I - S_g M)^(-1/2) by cluster, and whether a cluster of leverage 1 carries the contrast.

    X' f(X M X') = f(S M) X', so the adjustment of n_g x n_g matrices is one of k x k matrices.
    """
    root = np.linalg.cholesky(bread)
    value, vector = np.linalg.eigh(root.T @ gram @ root)
    free = 1 - value
    full = free < _LEVERAGE_ONE
    # A direction of leverage 1 has residual zero: the pseudo-inverse drops it.
    power = np.where(full, 0.0, np.where(full, 1.0, free) ** -0.5)
    inner = (vector * power[:, None, :]) @ vector.transpose(0, 2, 1)
    adjust = np.linalg.inv(root.T) @ inner @ root.T
    # the contrast in the rotated coordinates: is any of it in a direction of leverage 1?
    along = np.einsum("gkl,k->gl", vector, np.linalg.solve(root, direction))
    share = along**2 / max(float(along[0] @ along[0]), np.finfo(float).tiny)
    return adjust, bool((full & (share > 1e-8)).any())


def quadratic_form(sums: ClusterSums, contrast: np.ndarray) -> tuple[np.ndarray, float]:
    """The CR2 variance as a quadratic form in independent rows of variance 1.

    Returns
    -------
    tuple
        A (G, G) matrix whose eigenvalues weight the chi-squares the variance estimate is a sum
        of, and the variance of the estimate itself; the eigenvalues sum to that variance.
    """
    bread = sums.inverse()
    direction = bread @ np.asarray(contrast, dtype=float)
    adjust, _ = _leverage_adjustment(sums.gram, bread, direction)
    own, pulled = _form_parts(sums.gram, direction, adjust)
    variance = float(np.asarray(contrast) @ direction)
    return np.diag(own) - pulled @ bread @ pulled.T, variance


def _form_parts(
    gram: np.ndarray, direction: np.ndarray, adjust: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """b_g'b_g (G,) and X_g'b_g (G, k): the form's matrix is diag(b'b) - V M V'."""
    pulled = (adjust @ (gram @ direction)[..., None])[..., 0]
    own = ((direction @ adjust) * pulled).sum(axis=1)
    return own, pulled


def _bell_mccaffrey(
    gram: np.ndarray, bread: np.ndarray, direction: np.ndarray, adjust: np.ndarray
) -> float:
    """Satterthwaite degrees of freedom of the CR2 variance when rows are independent.

    Both traces of diag(b'b) - V M V' need no more than k x k matrices.
    """
    own, pulled = _form_parts(gram, direction, adjust)
    product = bread @ (pulled.T @ pulled)
    trace = own.sum() - np.trace(product)
    leverage = ((pulled @ bread) * pulled).sum(axis=1)
    square = own @ own - 2 * own @ leverage + np.sum(product * product.T)
    return float(trace**2 / square)
