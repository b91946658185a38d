"""Which groups of rows are too few to be shown, or would tell of one that is?

Of every set of columns that a part is split by, all together stands beside the groups; of two columns
together the groups of each one stand beside as well. A group that stays hidden by itself must not be
had from those.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeVar

import numpy as np

from toolkit.service.measured import Key, Measured, nothing
from toolkit.service.pareto import Pareto
from toolkit.service.waits import Wait
from toolkit.stats.suppression import hidden_cells, hidden_groups

TOO_FEW = "too few rows to be shown"

Of = TypeVar("Of")
Groups = Mapping[tuple[str, ...], Mapping[Key, Of]]
Hidden = dict[tuple[str, ...], frozenset[Key]]


def hidden_in(groups: Groups[Of], rows: Callable[[Of], int], least: int) -> Hidden:
    """Set of columns -> groups that are not shown. All together is no group.

    Parameters
    ----------
    groups
        Set of one or two columns -> group -> what was found of it.
    rows
        How many rows it rests on.
    """
    out: Hidden = {}
    for columns, found in sorted(groups.items(), key=lambda item: len(item[0])):
        counts = {key: rows(of) for key, of in found.items()}
        if not columns:
            out[columns] = frozenset()
        elif len(columns) == 1:
            out[columns] = hidden_groups(counts, least)
        else:
            out[columns] = _of_two(counts, [out.get((c,), frozenset()) for c in columns], least)
    return out


def _of_two(counts: Mapping[Key, int], alone: list[frozenset[Key]], least: int) -> frozenset[Key]:
    """Groups of two columns: those of a group that is hidden by itself are hidden with it."""
    if not counts:
        return frozenset()
    rows, columns = (sorted({key[i] for key in counts}) for i in (0, 1))
    table = np.array([[counts.get((r, c), 0) for c in columns] for r in rows])
    also = np.array([[(r,) in alone[0] or (c,) in alone[1] for c in columns] for r in rows])
    hidden = hidden_cells(table, least, also=also & (table > 0))
    return frozenset((rows[i], columns[j]) for i, j in np.argwhere(hidden) if (rows[i], columns[j]) in counts)


def shown(groups: Groups[Of], hidden: Hidden) -> dict[tuple[str, ...], dict[Key, Of]]:
    """The groups without those that are not shown."""
    return {
        columns: {key: of for key, of in found.items() if key not in hidden.get(columns, frozenset())}
        for columns, found in groups.items()
    }


def shown_measures(groups: Groups[Mapping[str, Measured]], least: int) -> dict[tuple[str, ...], dict[Key, dict[str, Measured]]]:
    """The same for groups of several measures, each of which rests on rows of its own.

    A group is left out by the rows of the measure that has most; a measure of another that rests on
    too few has no value, and its reason says so.
    """
    kept = shown(groups, hidden_in(groups, lambda of: max((m.n for m in of.values()), default=0), least))
    names = dict.fromkeys(name for found in kept.values() for of in found.values() for name in of)
    few = {n: hidden_in({c: {k: of[n] for k, of in f.items()} for c, f in kept.items()}, lambda m: m.n, least) for n in names}
    return {
        columns: {
            key: {n: nothing(TOO_FEW, m.level) if key in few[n][columns] else m for n, m in of.items()}
            for key, of in found.items()
        }
        for columns, found in kept.items()
    }


def too_few(m: Measured) -> bool:
    """Whether a measure has no value because it rests on too few rows."""
    return m.reason == TOO_FEW


def shown_waits(waits: Groups[Wait], least: int, *others: Groups[Wait]) -> dict[tuple[str, ...], dict[Key, Wait]]:
    """Waits of the groups that are shown; a share kept that rests on too few has no value.

    Parameters
    ----------
    others
        Other waits of the same groups, shown beside: what is hidden in one is hidden in all.
    """
    hidden = hidden_in(waits, lambda w: w.n, least)
    for other in others:
        for columns, keys in hidden_in(other, lambda w: w.n, least).items():
            hidden[columns] = hidden.get(columns, frozenset()) | keys
    kept = shown(waits, hidden)
    few = hidden_in(kept, lambda w: w.kept.n, least)
    return {
        columns: {k: replace(w, kept=nothing(TOO_FEW, w.kept.level)) if k in few[columns] else w for k, w in found.items()}
        for columns, found in kept.items()
    }


def shown_kinds(pareto: Pareto, least: int) -> Pareto:
    """The same without kinds of too few rows; their places stay theirs, and the total is of all."""
    hidden = hidden_groups({k.name: k.count for k in pareto.kinds}, least)
    return replace(pareto, kinds=tuple(k for k in pareto.kinds if k.name not in hidden))
