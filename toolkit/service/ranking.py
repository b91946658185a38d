"""Who does better with the same mix of work, and which places can be told from chance?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import ibis.expr.types as ir
import numpy as np

from toolkit.kpis import as_number, with_expressions
from toolkit.language import Quantity
from toolkit.service.measured import NOT_SAID
from toolkit.stats.limits import critical
from toolkit.stats.ranks import rank_intervals
from toolkit.stats.standardised import indirect

MOST = 150
"""So many are ranked at most, those with most rows: all pairs of them are compared."""
METHOD = "indirect standardisation; places: simultaneous (Mogstad, Romano, Shaikh & Wilhelm 2023)"


@dataclass(frozen=True)
class Person:
    """One of those ranked.

    Attributes
    ----------
    name
        The id, as the table has it.
    group
        What the ranked are grouped by, such as a department.
    n
        Rows.
    raw
        The share as it is.
    expected
        The share all together would have had with this mix.
    value
        The share as if the mix had been everyone's, with its interval.
    rank, rank_low, rank_high
        The place, and the places that chance allows; 1 is best.
    """

    name: str
    group: str
    n: int
    raw: float
    expected: float
    value: Quantity
    rank: int
    rank_low: int
    rank_high: int


@dataclass(frozen=True)
class Ranked:
    """Those ranked, the best first.

    Attributes
    ----------
    overall
        The share of all.
    too_few
        How many have too few rows to be ranked, or were too many.
    n
        Rows of all.
    """

    people: tuple[Person, ...]
    overall: float
    too_few: int
    n: int
    level: float

    @property
    def best(self) -> tuple[Person, ...]:
        """Those whose every place that chance allows lies in the better half."""
        half = len(self.people) // 2
        return tuple(p for p in self.people if p.rank_high <= half)

    @property
    def told(self) -> bool:
        """Whether any two can be told apart."""
        return any(p.rank_low > 1 or p.rank_high < len(self.people) for p in self.people)


def ranked(
    rows: ir.Table, who: str, kept: Sequence[str], mix: Sequence[str] = (), *,
    by: str | None = None, fewest: int = 30, level: float = 0.95,
) -> Ranked:
    """Shares kept by each one, adjusted for the mix, with places.

    Parameters
    ----------
    rows
        A row an opportunity.
    who
        The column of ids; rows without one are left out.
    kept
        SQL, each 0 or 1; a row's score is their mean, those that are empty left out.
    mix
        Columns that make work easy or hard.
    by
        A column that holds the same value for all rows of one, to show beside the id.
    """
    keep = list(dict.fromkeys([who, *mix, *([by] if by else [])]))
    table = with_expressions(rows, {f"kept_{i}": sql for i, sql in enumerate(kept)}, keep)
    flags = [as_number(table[f"kept_{i}"]) for i in range(len(kept))]
    total = sum(f.fill_null(0.0) for f in flags)
    known = sum(f.notnull().cast("int32").cast("float64") for f in flags)
    columns = {f"mix_{i}": table[m].cast("string").fill_null(NOT_SAID) for i, m in enumerate(mix)}
    group = table[by].cast("string").fill_null(NOT_SAID) if by else table[who].cast("string")
    scored = table.select(who=table[who].cast("string"), label=group, score=total / known.nullif(0), **columns)
    scored = scored.filter(scored.who.notnull() & scored.score.notnull())
    cells = scored.group_by(["who", *columns]).agg(
        n=scored.count(), s=scored.score.sum(), q=(scored.score * scored.score).sum(), label=scored.label.max()
    ).to_pyarrow().to_pylist()  # fmt: skip
    return _ranked(cells, list(columns), fewest, level)


def _ranked(cells: list[dict], columns: list[str], fewest: int, level: float) -> Ranked:
    names = sorted({c["who"] for c in cells})
    strata = sorted({tuple(c[m] for m in columns) for c in cells})
    row, place = {w: i for i, w in enumerate(names)}, {s: i for i, s in enumerate(strata)}
    kept, n, squares = (np.zeros((len(names), max(len(strata), 1))) for _ in range(3))
    labels = {}
    for c in cells:
        at = row[c["who"]], place[tuple(c[m] for m in columns)]
        kept[at], n[at], squares[at] = c["s"], c["n"], c["q"]
        labels[c["who"]] = c["label"]
    if not names:
        return Ranked((), float("nan"), 0, 0, level)
    found = indirect(kept, n, squares)
    enough = np.flatnonzero((found.n >= fewest) & (found.se > 0))
    enough = sorted(sorted(enough, key=lambda i: (-found.n[i], names[i]))[:MOST])
    people = []
    if len(enough) > 1:
        ranks = rank_intervals(found.value[enough], found.se[enough], level=level)
        places = zip(enough, ranks.rank, ranks.low, ranks.high, strict=True)
    else:
        places = ((i, 1, 1, 1) for i in enough)
    k = critical((1 - level) / 2)
    for i, rank, low, high in places:
        value, reach = float(found.value[i]), k * float(found.se[i])
        people.append(Person(
            names[i], labels[names[i]], int(found.n[i]), float(found.raw[i]), float(found.expected[i]),
            Quantity(value, "percent", max(value - reach, 0.0), value + reach), int(rank), int(low), int(high),
        ))  # fmt: skip
    people.sort(key=lambda p: (p.rank, p.name))
    return Ranked(tuple(people), found.overall, len(names) - len(people), int(found.n.sum()), level)
