"""What became of earlier decisions? Findings that asked for one are kept from run to run.

``<out>/<company>/ledger.json`` holds, by period, every finding that asked for a decision. The same run
writes the same entries again; a later period never changes an earlier one's. What was decided and done
only the company knows: it writes it in its own list or table (``plan.decisions``). What came of it, the
later finding of the same id tells.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from toolkit.findings import quantity_of
from toolkit.language import Quantity, Sentence
from toolkit.pack.first_screen import asks

FORMAT = 1
NAME = "ledger.json"
_KEPT = ("id", "verdict", "estimate", "low", "high", "unit", "per", "owner", "due", "page", "kpi", "subject")


@dataclass(frozen=True)
class Noted:
    """What the company wrote down of one decision.

    Attributes
    ----------
    finding
        The finding that asked for it.
    decided
        What was decided, in the company's words.
    on, done
        When it was decided, and when it was done; None where it was not.
    """

    finding: str
    decided: str | None = None
    on: date | None = None
    done: date | None = None


@dataclass(frozen=True)
class Became:
    """A decision that an earlier report asked for, and what became of it.

    Attributes
    ----------
    asked
        The period of the report that asked; `decision` is what it asked.
    noted
        What the company wrote down; None where nobody did.
    then, now
        The number then and now, None where there is none.
    then_verdict, now_verdict
        The verdict then, and now; None where the question is no longer asked.
    page
        Where it stands now.
    """

    id: str
    asked: str
    decision: Sentence
    owner: str | None
    noted: Noted | None
    then: Quantity | None
    now: Quantity | None
    then_verdict: str | None
    now_verdict: str | None
    page: str | None


def entries_of(findings: Sequence[Mapping]) -> list[dict]:
    """The findings on a pack's index that ask for a decision, as the ledger keeps them."""
    asked = [f for f in findings if f.get("headline") and asks(f["id"], f["verdict"], f.get("decision"))]
    return [{**{k: f.get(k) for k in _KEPT}, "decision": f["said"]["decision"]} for f in asked]


def read(path: Path) -> dict[str, dict[str, list[dict]]]:
    """Pack -> period -> entries; nothing where there is no ledger or none of this form."""
    try:
        told = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    whole = isinstance(told, dict) and told.get("format") == FORMAT and isinstance(told.get("packs"), dict)
    return told["packs"] if whole else {}


def keep(path: Path, pack: str, period: str, findings: Sequence[Mapping]) -> None:
    """Write what this run asks for, in place of what an earlier run of the same period asked for."""
    packs = read(path)
    packs[pack] = dict(sorted({**packs.get(pack, {}), period: entries_of(findings)}.items()))
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    told = {"format": FORMAT, "packs": dict(sorted(packs.items()))}
    part.write_text(json.dumps(told, indent=1, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")
    os.replace(part, path)


def became(
    packs: Mapping[str, Mapping[str, Sequence[Mapping]]], pack: str, earlier: str, findings: Sequence[Mapping],
    noted: Sequence[Noted] = (),
) -> tuple[Became, ...]:
    """What became of what the report of the period `earlier` asked for.

    Parameters
    ----------
    packs
        As `read` gives it.
    earlier
        The period before this one.
    findings
        Of this report, as in ``findings.json`` with their ``page``.
    noted
        What the company wrote down: the last line on a finding counts. It is enough by itself: a decision
        that no kept report asked for is told, too.

    Returns
    -------
    tuple of Became
        What was written down first.
    """
    now = {f["id"]: f for f in findings}
    wrote = {n.finding: n for n in noted}
    kept = {e["id"]: e for e in packs.get(pack, {}).get(earlier, ())}
    out = [_became(e, earlier, wrote.get(id_), now.get(id_)) for id_, e in kept.items()]
    for id_, note in wrote.items():
        if id_ not in kept and id_ in now:
            asked = Sentence("{decision}", {"decision": note.decided or id_})
            f = now[id_]
            out.append(Became(id_, earlier, asked, f.get("owner"), note, None, quantity_of(f), None, f["verdict"], f.get("page")))
    return tuple(sorted(out, key=lambda b: b.noted is None))


def _became(entry: Mapping, asked: str, noted: Noted | None, now: Mapping | None) -> Became:
    return Became(
        entry["id"], asked, Sentence.from_json(entry["decision"]), entry.get("owner"), noted, quantity_of(entry),
        quantity_of(now) if now else None, entry["verdict"], now["verdict"] if now else None, now.get("page") if now else None,
    )  # fmt: skip
