"""What changed between two runs, read from their ``findings.json``, as lines and as JSON for a terminal."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from toolkit.findings import verdict_words
from toolkit.language import Quantity, formats
from toolkit.language.quantities import plain
from toolkit.pack.compare import KINDS, Changed, compared
from toolkit.pack.manifest import FORMAT
from toolkit.pack.published import findings_at
from toolkit.problems import Problem, Refused

_HEADS = {
    "turned": "Verdicts that turned", "restated": "History restated: the same period, another number",
    "moved": "Numbers that moved", "new": "New findings", "gone": "Findings that are gone",
}


@dataclass(frozen=True)
class Differences:
    """Two runs side by side.

    Attributes
    ----------
    company
        Whose reports they are.
    earlier, later
        Their periods.
    changed
        What differs, most important kind first.
    compared
        How many findings stand in both.
    """

    company: str
    earlier: str
    later: str
    changed: tuple[Changed, ...]
    compared: int


def differences(old: Path, new: Path) -> Differences:
    """What changed from the run in `old` to the run in `new`.

    Raises
    ------
    Refused
        Where one of them is no run, is of another format, or the two are of two companies.
    """
    (before, wrong), (after, wrong_too) = findings_at(old), findings_at(new)
    if problems := (*wrong, *wrong_too):
        raise Refused(problems)
    if before["company"] != after["company"]:
        raise Refused(Problem(str(new), f"is a report of another company than {old}, which is of {before['company']!r}",
                              after["company"]))
    ids = [{f["id"] for f in told["findings"]} for told in (before, after)]
    changed = compared(before["findings"], after["findings"])
    return Differences(after["company"], before["period"], after["period"], changed, len(ids[0] & ids[1]))


def as_lines(found: Differences) -> list[str]:
    """For a terminal: each kind of change under a heading, old and new with their intervals."""
    lines = [f"{found.company}: {found.earlier} -> {found.later}, {found.compared:,} findings in both"]
    for kind in KINDS:
        of_kind = [c for c in found.changed if c.kind == kind]
        if of_kind:
            lines += ["", f"{_HEADS[kind]} ({len(of_kind)})", *(line for c in of_kind for line in _lines(c))]
    if not found.changed:
        lines.append("Nothing differs beyond what the intervals allow.")
    return lines


def as_json(found: Differences) -> str:
    """Everything, numbers at full precision."""
    told = {
        "format": FORMAT, "company": found.company, "earlier": found.earlier, "later": found.later, "compared": found.compared,
        "changed": [
            {"id": c.id, "kind": c.kind, "question": c.question.text(), "page": c.page, "headline": c.headline,
             "old": _number(c.old, c.old_verdict), "new": _number(c.new, c.new_verdict)}
            for c in found.changed
        ],
    }  # fmt: skip
    return json.dumps(told, indent=1, ensure_ascii=False, allow_nan=False)


def _lines(c: Changed) -> Sequence[str]:
    sides = [_side(q, verdict) for q, verdict in ((c.old, c.old_verdict), (c.new, c.new_verdict)) if verdict]
    return f"  {c.question.text()}  [{c.id}]", f"    {' -> '.join(sides)}"


def _side(q: Quantity | None, verdict: str) -> str:
    words = verdict_words(verdict).text()
    return f"{words}, {formats.full(q, 'en')}" if q is not None and q.known else words


def _number(q: Quantity | None, verdict: str | None) -> dict | None:
    if verdict is None:
        return None
    value, low, high = (None, None, None) if q is None else (q.value, q.low, q.high)
    return {"verdict": verdict, "estimate": plain(value), "low": plain(low), "high": plain(high), "unit": q.unit if q else None, "per": q.per if q else None}
