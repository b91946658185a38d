"""Which weights, none negative and summing to one, make a mixture that tracks a target best?

The convex problem under synthetic control and synthetic difference in differences, solved exactly
by a primal active set rather than by iteration: on Proposition 99 ten thousand Frank-Wolfe steps
(the R package synthdid) stop .07 from the synthetic control's optimum.

Source: Nocedal & Wright (2006), Numerical Optimization, 2nd ed., algorithm 16.3.
"""

from __future__ import annotations

import numpy as np

_ZERO = 1e-12


def simplex_weights(
    columns: np.ndarray, target: np.ndarray, *, ridge: float = 0.0, intercept: bool = False
) -> np.ndarray:
    """Minimise mean((columns @ w - target)**2) + ridge * w'w over the simplex.

    Parameters
    ----------
    columns
        Shape (n, p): one column a candidate.
    target
        Shape (n,).
    ridge
        Not negative, in the square of the unit of the target. With 0 and p > n the optimum need
        not be unique; the one found is then sparse.
    intercept
        Whether a constant may be added to the mixture for free.

    Returns
    -------
    numpy.ndarray
        Shape (p,), not negative, summing to 1.
    """
    columns = np.asarray(columns, dtype=float)
    target = np.asarray(target, dtype=float)
    if columns.ndim != 2 or len(columns) != len(target) or columns.shape[1] < 1:
        raise ValueError(
            f"columns of shape {columns.shape} do not fit a target of length {len(target)}"
        )
    if not (np.isfinite(columns).all() and np.isfinite(target).all()):
        raise ValueError("weights need complete data: a value is missing")
    if ridge < 0:
        raise ValueError(f"ridge must not be negative; here is {ridge}")
    if intercept:
        columns, target = columns - columns.mean(axis=0), target - target.mean()
    rows, count = columns.shape
    # With weights that sum to one the target may be moved into the columns; this keeps digits.
    gaps = columns - target[:, None]
    scale = np.abs(gaps).max() or 1.0
    gaps = gaps / scale
    hessian = gaps.T @ gaps / rows + ridge / scale**2 * np.eye(count)
    return _active_set(hessian)


def _active_set(hessian: np.ndarray) -> np.ndarray:
    """Minimise w'Hw on the simplex."""
    count = len(hessian)
    weights = np.zeros(count)
    weights[np.argmin(np.diag(hessian))] = 1.0
    free = weights > 0
    tolerance = 1e-13 * max(float(np.abs(hessian).max()), _ZERO)
    for _ in range(100 * count + 100):
        wanted = _on_face(hessian, np.flatnonzero(free), count)
        blocking = free & (wanted <= _ZERO)
        if blocking.any():
            drop = weights[blocking] - wanted[blocking]
            step = float(np.min(weights[blocking] / np.where(drop > 0, drop, np.inf)))
            weights = weights + min(step, 1.0) * (wanted - weights)
            gone = free & (weights <= _ZERO)
            if not gone.any():  # rounding: leave the face by its smallest weight
                gone = blocking & (weights == weights[blocking].min())
            weights[gone] = 0.0
            free &= ~gone
            weights /= weights.sum()
            continue
        weights = wanted
        slope = hessian @ weights
        price = float(weights @ slope)
        slope = np.where(free, np.inf, slope - price)
        enter = int(np.argmin(slope))
        if not slope[enter] < -tolerance:
            break
        free[enter] = True
    return weights / weights.sum()


def _on_face(hessian: np.ndarray, free: np.ndarray, count: int) -> np.ndarray:
    """The minimum with these weights free and no sign asked for."""
    size = len(free)
    system = np.ones((size + 1, size + 1))
    system[:size, :size] = hessian[np.ix_(free, free)]
    system[size, size] = 0.0
    solution = np.linalg.lstsq(system, np.r_[np.zeros(size), 1.0], rcond=None)[0]
    out = np.zeros(count)
    out[free] = solution[:size]
    return out
