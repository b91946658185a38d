"""Which kind comes first, and which may: a Pareto with what chance leaves open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import ibis.expr.types as ir
import numpy as np

from toolkit.language import Quantity
from toolkit.service.asked import settled
from toolkit.service.measured import NOT_SAID, Key
from toolkit.stats.clustered_shares import shares_of_total
from toolkit.stats.ranks import rank_intervals

FEWEST = 30
"""With fewer rows nothing is called first: the ranks' normal approximation needs some."""
METHOD = "shares: Goodman, on effective rows; places: simultaneous (Mogstad, Romano, Shaikh & Wilhelm 2023)"


@dataclass(frozen=True)
class Kind:
    """One kind, such as a process that complaints are about.

    Attributes
    ----------
    share
        Of all, its interval together with those of the other kinds.
    cumulative
        Its share and that of all larger ones.
    rank, rank_low, rank_high
        Its place, and the places that chance allows; 1 is the most frequent.
    """

    name: str
    count: int
    share: Quantity
    cumulative: float
    rank: int
    rank_low: int
    rank_high: int


@dataclass(frozen=True)
class Pareto:
    """Kinds, the most frequent first.

    Attributes
    ----------
    n
        Rows with a kind.
    not_said
        Rows without one, which are not among them.
    clusters
        Customers that count behind the rows.
    level
        With which all shares hold together, and all places.
    """

    kinds: tuple[Kind, ...]
    n: int
    not_said: int
    clusters: float
    level: float

    @property
    def first(self) -> tuple[Kind, ...]:
        """Those that may really be first: one, or a tie that chance leaves open."""
        return tuple(k for k in self.kinds if k.rank_low == 1)

    @property
    def told(self) -> bool:
        """Whether one is surely first."""
        return len(self.first) == 1

    def __getitem__(self, name: str) -> Kind:
        return next(k for k in self.kinds if k.name == name)


def pareto(
    counts: Mapping[str, int], together: Mapping[tuple[str, str], float] | None = None,
    *, not_said: int = 0, level: float = 0.95,
) -> Pareto:
    """Shares and places of kinds.

    Parameters
    ----------
    counts
        Kind -> rows.
    together
        Pair of kinds -> over customers, rows of the one times rows of the other; absent: every row
        is independent.
    """
    names = sorted((k for k, c in counts.items() if c), key=lambda k: (-counts[k], k))
    if not names:
        return Pareto((), 0, not_said, 0.0, level)
    x = np.array([counts[k] for k in names], dtype=float)
    q = None
    if together is not None:
        q = np.array([[float(together.get((a, b), 0.0)) for b in names] for a in names])
    shares = shares_of_total(x, q)
    low, high = np.ones(len(names), int), np.full(len(names), len(names))
    if len(names) > 1 and shares.n >= FEWEST and shares.clusters > 2:
        found = rank_intervals(
            shares.value, shares.covariance, df=shares.clusters - 1 if q is not None else np.inf, level=level
        )
        low, high = found.low, found.high
    rank = 1 + (x[None, :] > x[:, None]).sum(axis=1)
    kinds = []
    for i, found in enumerate(shares.intervals(level=level)):
        ends = () if np.isnan(found.low) else (found.low, found.high)
        kinds.append(Kind(
            names[i], int(x[i]), Quantity(found.estimate, "percent", *ends),
            float(shares.value[: i + 1].sum()), int(rank[i]), int(low[i]), int(high[i]),
        ))  # fmt: skip
    return Pareto(tuple(kinds), int(shares.n), not_said, shares.clusters, level)


def read_paretos(
    table: ir.Table, what: str, dims: Iterable[str] = (), *, unit: str | None = None, level: float = 0.95
) -> dict[Key, Pareto]:
    """The Pareto of `what` in each group, from counts and products that the engine sums."""
    dims = list(dims)
    columns = {d: table[d].cast("string").fill_null(NOT_SAID) for d in dims}
    columns["kind"] = table[what].cast("string")
    columns["who"] = (table[unit].cast("string") if unit else table[what].cast("string")).fill_null(NOT_SAID)
    rows = settled(table.select(**columns))
    known = rows.filter(rows.kind.notnull())
    counts: dict[Key, dict[str, int]] = {}
    blank: dict[Key, int] = {}
    for r in rows.group_by([*dims, "kind"]).agg(n=rows.count()).to_pyarrow().to_pylist():
        key = tuple(r[d] for d in dims)
        if r["kind"] is None:
            blank[key] = int(r["n"])
            counts.setdefault(key, {})
        else:
            counts.setdefault(key, {})[r["kind"]] = int(r["n"])
    pairs: dict[Key, dict[tuple[str, str], float]] = {}
    if unit:
        each = known.group_by([*dims, "who", "kind"]).agg(c=known.count())
        other = each.rename({"kind_other": "kind", "c_other": "c"})
        both = each.join(other, [*dims, "who"])
        both = both.group_by([*dims, "kind", "kind_other"]).agg(q=(both.c * both.c_other).sum())
        for r in both.to_pyarrow().to_pylist():
            pairs.setdefault(tuple(r[d] for d in dims), {})[(r["kind"], r["kind_other"])] = float(r["q"])
    return {
        key: pareto(found, pairs.get(key) if unit else None, not_said=blank.get(key, 0), level=level)
        for key, found in sorted(counts.items())
    }
