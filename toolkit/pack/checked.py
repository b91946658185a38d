"""What is said of params and tables that keep their contracts; said again unread where nothing has changed.

What was said is kept beside what earlier runs made, so only where there is a folder of reports.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.pack import unchanged

if TYPE_CHECKING:
    from toolkit.data.contract import TableReport


def checked(params: Path, out: Path = Path("reports")) -> tuple[list[str], list[str]]:
    """Every table with its rows, those set aside and those that match nothing.

    Parameters
    ----------
    params
        The company's params file.
    out
        The folder of all reports.

    Returns
    -------
    said
        Lines about the tables.
    notes
        Lines about the params file: how an older one was read.

    Raises
    ------
    Refused
        Params or tables do not keep their contracts; every problem at once.
    """
    asked = unchanged.question(params, command="check", called=str(params))
    if (held := unchanged.what_holds(out, asked)) is not None:
        return held["said"], []

    from toolkit.company.load import load_company
    from toolkit.data.contract import check_contracts
    from toolkit.opened import source_of

    file = load_company(params)
    before = unchanged.stamps(params, None, file) if out.is_dir() and not file.migrated else None
    with source_of(file) as source:
        reports = check_contracts(source)
    tables = f"{len(reports)} table{'' if len(reports) == 1 else 's'}"
    said = [*_lines(reports), f"{params}: params and {tables} keep their contracts"]
    unchanged.keep(out, asked, {"said": said}, before)
    return said, [f"{params}: read as {note}" for note in file.migrated]


def _lines(reports: tuple[TableReport, ...]) -> Iterator[str]:
    for report in reports:
        yield f"{report.name}: {report.rows:,} rows" + (f", {report.aside:,} set aside as declared" if report.aside else "")
        for s in report.set_aside:
            yield f"  {s.rows:,} set aside: {f'{s.column} ' if s.column else ''}{s.rule}"
        if report.without_consent:
            yield f"  {report.without_consent:,} rows without consent, left out of everything"
        for u in report.unmatched:
            yield f"  {u.rows:,} without a match in {u.table}"
