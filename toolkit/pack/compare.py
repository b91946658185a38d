"""What changed between two reports? Findings with the same id are the same question, asked again.

Nothing here reads or writes: it takes findings as they stand in ``findings.json``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from toolkit.findings import quantity_of
from toolkit.language import Quantity, Sentence

Kind = Literal["turned", "restated", "moved", "new", "gone"]
KINDS: tuple[Kind, ...] = ("turned", "restated", "moved", "new", "gone")
"""In the order in which they matter to a reader."""


@dataclass(frozen=True)
class Changed:
    """One finding that is not what it was.

    Attributes
    ----------
    id
        Of the finding; the same in both reports.
    kind
        ``turned``: another verdict. ``restated``: the same period of the past has another number.
        ``moved``: a new period whose number lies outside the earlier interval, or whose interval leaves
        out the earlier number. ``new`` and ``gone``: in one report only.
    question
        What it answers, as the later report (or the only one) asks it.
    old, new
        The numbers; None where there was none.
    old_verdict, new_verdict
        None in the report where it does not stand.
    page
        Where it stands now; where it stood if it is gone.
    headline
        Whether either report had it on its index.
    """

    id: str
    kind: Kind
    question: Sentence
    old: Quantity | None
    new: Quantity | None
    old_verdict: str | None
    new_verdict: str | None
    page: str | None = None
    headline: bool = False


def compared(old: Sequence[Mapping], new: Sequence[Mapping]) -> tuple[Changed, ...]:
    """What differs, most important kind first, headlines first within it, then in the order of the report.

    Parameters
    ----------
    old, new
        Findings as in ``findings.json`` (with or without ``said``). An id that stands twice counts once,
        the last time.

    Returns
    -------
    tuple of Changed
        Empty where nothing differs. A finding without a number on both sides can only turn, come or go. A
        number that moves within what both intervals allow is no change.
    """
    before, after = ({f["id"]: f for f in findings} for findings in (old, new))
    found = [c for id_, f in after.items() if (c := _change(before.get(id_), f))]
    found += [_change(f, None) for id_, f in before.items() if id_ not in after]
    order = {id_: i for i, id_ in enumerate([*after, *before])}
    return tuple(sorted(found, key=lambda c: (KINDS.index(c.kind), not c.headline, order[c.id])))


def _change(old: Mapping | None, new: Mapping | None) -> Changed | None:
    kind = _kind(old, new)
    if kind is None:
        return None
    shown = new or old
    return Changed(
        shown["id"], kind, _question(shown), _known(old), _known(new), old and old["verdict"], new and new["verdict"],
        shown.get("page"), any(f is not None and bool(f.get("headline")) for f in (old, new)),
    )  # fmt: skip


def _kind(old: Mapping | None, new: Mapping | None) -> Kind | None:
    if old is None or new is None:
        return "new" if old is None else "gone"
    if old["verdict"] != new["verdict"]:
        return "turned"
    was, now = _known(old), _known(new)
    if was is None or now is None or was.unit != now.unit:
        return "moved" if (was is None) != (now is None) else None
    if old.get("period") == new.get("period"):
        return "restated" if was.value != now.value else None
    apart = not (_within(was.value, now) and _within(now.value, was))
    return "moved" if apart and was.value != now.value else None


def _within(value: float, q: Quantity) -> bool:
    """Whether the interval of `q` holds `value`; a number without an interval holds itself only."""
    return value == q.value if q.low is None else q.low <= value <= q.high


def _question(finding: Mapping) -> Sentence:
    said = finding.get("said")
    return Sentence.from_json(said["question"]) if said else Sentence("{question}", {"question": finding["question"]})


def _known(finding: Mapping | None) -> Quantity | None:
    return quantity_of(finding) if finding is not None else None
