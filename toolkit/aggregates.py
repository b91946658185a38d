"""Small numbers that stand for a table: counts, means and covariances by cell.

A cell is one combination of the values grouped by (arm, segment, period). Within it, moments are
taken over *units*: rows where every row is independent, the company's units (customers) where
rows of one belong together, or, beyond a limit, buckets of units (Chamandy et al. 2012,
"Estimating uncertainty for massive data streams"): units are hashed into 256 buckets, and the
variance between bucket sums is the clustered variance, with 255 degrees of freedom.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

Basis = Literal["rows", "units", "buckets"]


@dataclass(frozen=True, eq=False)
class Moments:
    """Means and centred covariances of a few columns over the units of one cell.

    Attributes
    ----------
    columns
        Names, in the order of `mean` and `cov`.
    n
        Units (or buckets) the moments are over.
    rows
        Rows behind them.
    mean, cov
        Shapes (k,) and (k, k); covariances with n - 1, nan where they were not asked for and
        where n < 2.
    low, high
        Smallest and largest value of each column over the units; nan where not asked for.
    basis
        What a unit is here.
    """

    columns: tuple[str, ...]
    n: int
    rows: int
    mean: np.ndarray
    cov: np.ndarray
    low: np.ndarray
    high: np.ndarray
    basis: Basis

    def at(self, column: str) -> int:
        """The position of a column."""
        try:
            return self.columns.index(column)
        except ValueError:
            raise KeyError(f"no moments of {column!r}; there are {', '.join(self.columns)}") from None

    def mean_of(self, column: str) -> float:
        """Mean over units."""
        return float(self.mean[self.at(column)])

    def sum_of(self, column: str) -> float:
        """Sum over all rows."""
        return self.mean_of(column) * self.n

    def var_of(self, column: str) -> float:
        """Sample variance over units."""
        return self.cov_of(column, column)

    def cov_of(self, a: str, b: str) -> float:
        """Sample covariance over units."""
        return float(self.cov[self.at(a), self.at(b)])

    def merged(self, other: Moments) -> Moments:
        """Moments over the units of both, which must have no unit in common.

        Chan, Golub & LeVeque (1983), "Algorithms for computing the sample variance".
        """
        if self.columns != other.columns or self.basis != other.basis:
            raise ValueError("only moments of the same columns and basis can be merged")
        if self.basis == "buckets":
            raise ValueError("buckets are merged by their sums: merge the aggregates")
        if self.n == 0 or other.n == 0:
            return other if self.n == 0 else self
        n = self.n + other.n
        step = other.mean - self.mean
        within = sum(m.cov * (m.n - 1) if m.n > 1 else np.zeros_like(m.cov) for m in (self, other))
        spread = within + np.outer(step, step) * self.n * other.n / n
        known = _asked(self) & _asked(other)
        return Moments(
            self.columns, n, self.rows + other.rows, self.mean + step * other.n / n,
            np.where(known, spread / (n - 1), np.nan),
            np.minimum(self.low, other.low), np.maximum(self.high, other.high), self.basis,
        )


def _asked(m: Moments) -> np.ndarray:
    """Which covariances are known; all of them for a single unit, whose spread is none."""
    return np.ones_like(m.cov, dtype=bool) if m.n < 2 else ~np.isnan(m.cov)


@dataclass(frozen=True, eq=False)
class Aggregates:
    """Moments by cell.

    Attributes
    ----------
    dims
        What was grouped by.
    cells
        Key (one value per dim, None where missing) -> moments, in sorted order.
    sums
        With buckets: key -> sums, shape (buckets, k), which add up across parts of the data.
    disjoint
        Whether a unit is in one cell only, so that cells can be merged.
    """

    dims: tuple[str, ...]
    cells: Mapping[tuple, Moments]
    sums: Mapping[tuple, np.ndarray] | None = None
    disjoint: bool = True

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that were summed."""
        return next(iter(self.cells.values())).columns if self.cells else ()

    def over(self, *dims: str) -> Aggregates:
        """The same by fewer dims, cells merged.

        Raises
        ------
        ValueError
            When units stand in several cells and their sums by bucket were not kept.
        """
        positions = [self.dims.index(d) for d in dims]
        if not self.disjoint and self.sums is None and len(dims) < len(self.dims):
            raise ValueError("cells share units: aggregate again by fewer dims instead of merging")
        groups: dict[tuple, list[tuple]] = {}
        for key in self.cells:
            groups.setdefault(tuple(key[i] for i in positions), []).append(key)
        if self.sums is not None:
            sums = {k: np.sum([self.sums[m] for m in members], axis=0) for k, members in groups.items()}
            rows = {k: sum(self.cells[m].rows for m in members) for k, members in groups.items()}
            return from_buckets(dims, self.columns, sums, rows)
        cells = {}
        for key, members in groups.items():
            total = self.cells[members[0]]
            for member in members[1:]:
                total = total.merged(self.cells[member])
            cells[key] = total
        return Aggregates(tuple(dims), in_order(cells), disjoint=self.disjoint)

    def plus(self, other: Aggregates) -> Aggregates:
        """Both parts of the data together; exact units must not stand in both parts."""
        if self.dims != other.dims or (self.sums is None) != (other.sums is None):
            raise ValueError("only aggregates by the same dims and of the same kind add up")
        keys = [*self.cells, *(k for k in other.cells if k not in self.cells)]
        if self.sums is not None:
            zero = np.zeros_like(next(iter(self.sums.values())))
            sums = {k: self.sums.get(k, zero) + other.sums.get(k, zero) for k in keys}
            rows = {k: sum(a.cells[k].rows for a in (self, other) if k in a.cells) for k in keys}
            return from_buckets(self.dims, self.columns or other.columns, sums, rows)
        cells = {}
        for key in keys:
            both = [a.cells[key] for a in (self, other) if key in a.cells]
            cells[key] = both[0].merged(both[1]) if len(both) == 2 else both[0]
        return Aggregates(self.dims, in_order(cells), disjoint=self.disjoint and other.disjoint)


def from_buckets(
    dims: Sequence[str], columns: Sequence[str], sums: Mapping[tuple, np.ndarray], rows: Mapping[tuple, int]
) -> Aggregates:
    """Aggregates from sums by bucket, shape (buckets, k) a cell; an empty bucket's sums are 0."""
    cells = {}
    for key, table in sums.items():
        size = table.shape[0]
        with np.errstate(over="ignore", invalid="ignore"):  # whoever asked refuses by name what has no square
            cov = np.atleast_2d(np.cov(table, rowvar=False, ddof=1))
        cells[key] = Moments(
            tuple(columns), size, int(rows[key]), table.mean(axis=0), cov,
            np.full(len(columns), np.nan), np.full(len(columns), np.nan), "buckets",
        )
    return Aggregates(tuple(dims), in_order(cells), dict(sums))


def in_order(cells: Mapping[tuple, Moments]) -> dict[tuple, Moments]:
    """Cells sorted by key, missing values last."""
    return dict(sorted(cells.items(), key=lambda kv: [(v is None, str(type(v)), v if v is not None else 0) for v in kv[0]]))
