"""What earlier reports said, and what the company wrote down since: read once, before the pages are written."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from toolkit.company.load import CompanyFile
from toolkit.company.periods import Period
from toolkit.company.plan import DecisionTable
from toolkit.opened import source_of
from toolkit.pack import ledger
from toolkit.pack.around import Around, names_of, wanted_of
from toolkit.pack.compare import compared
from toolkit.pack.ledger import Noted


@dataclass(frozen=True)
class Before:
    """What stands before this report.

    Attributes
    ----------
    file
        The company's params.
    pack
        Its name: only reports of the same pack are compared.
    earlier
        The period before this one; `label` is what people call it, `findings` its report's, None where none
        is published.
    packs
        The ledger.
    noted
        What the company wrote down of earlier decisions.
    """

    file: CompanyFile
    pack: str
    earlier: str
    label: str
    findings: tuple[dict, ...] | None = None
    packs: dict = field(default_factory=dict)
    noted: tuple[Noted, ...] = ()

    def around(self, findings: Sequence[dict]) -> Around:
        """What the first page says beside `findings`."""
        company = self.file.company
        return Around(
            kpis=names_of(company),
            wanted=wanted_of(company),
            became=ledger.became(self.packs, self.pack, self.earlier, findings, self.noted),
            earlier=self.label if self.findings is not None else None,
            changed=compared(self.findings, findings) if self.findings is not None else (),
        )


def before(out: Path, file: CompanyFile, pack: str, due: Period) -> Before:
    """The report of the period before `due`, the ledger, and what the company wrote down.

    Parameters
    ----------
    out
        The folder of all reports.
    """
    home, earlier, label = out / file.company.company.id, str(due.previous()), due.previous().label
    return Before(
        file, pack, earlier, label, _findings(home / pack / earlier / "findings.json"), ledger.read(home / ledger.NAME),
        noted_in(file, due.last_day),
    )  # fmt: skip


def keep(out: Path, file: CompanyFile, pack: str, due: Period, findings: Sequence[dict]) -> None:
    """Note in the company's ledger what this report asks for."""
    ledger.keep(out / file.company.company.id / ledger.NAME, pack, str(due), findings)


def noted_in(file: CompanyFile, until: date) -> tuple[Noted, ...]:
    """What the company wrote down by the day `until`, in its params or its table of decisions."""
    plan = file.company.plan
    if plan is None:
        return ()
    lines = [(d.finding, d.decided, d.decided_on, d.done_on) for d in plan.decisions]
    if plan.decisions_from:
        lines = _table(file, plan.decisions_from)
    return tuple(
        Noted(finding, decided, on, done if done and done <= until else None)
        for finding, decided, on, done in lines if on is None or on <= until
    )  # fmt: skip


def _table(file: CompanyFile, given: DecisionTable) -> list[tuple]:
    columns = (given.finding, given.decided, given.decided_on, given.done_on)
    with source_of(file) as source:
        rows = source.table(given.table).to_pyarrow().to_pylist()
    lines = [tuple(_day(row[c]) if c else None for c in columns) for row in rows if row[given.finding]]
    return sorted(lines, key=lambda line: (line[0], line[2] or date.min))


def _day(value: object) -> object:
    return value.date() if isinstance(value, datetime) else value


def _findings(path: Path) -> tuple[dict, ...] | None:
    try:
        return tuple(json.loads(path.read_text("utf-8"))["findings"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
