"""The rows of a table that its contract keeps: read where they stand, or stored where leaving others out costs."""

from __future__ import annotations

from toolkit.data.asking import Rows, listed, name_of
from toolkit.data.contract import Verdict
from toolkit.data.readers import POSITION, Raw
from toolkit.data.row_rules import Judged
from toolkit.data.typed import Typed, standing

_MOST_STORED = 5_000_000
_MOST_LISTED = 1_000
"""Rows that are left out by their place."""


def kept_rows(typed: Typed, judged: Judged, verdict: Verdict, raw: Raw) -> tuple[Rows, str]:
    """The declared columns of the rows that stay, and a query that gives them from files in any session.

    The query is empty where the rows are in no file, or only rules over every row tell which stay.
    """
    rows, model = judged.rows, judged.model
    text = _in_place(typed, judged, verdict, raw)
    if text:
        rows = rows.derived(text, f"{rows.name} kept")
    elif verdict.kept < verdict.rows or verdict.repeats:
        small = model.path is not None and verdict.rows <= _MOST_STORED
        kept = judged.kept(bool(verdict.repeats), verdict.broken)
        rows = rows.derived(kept, f"{rows.name} kept", keep=raw.once or small)
    else:
        columns = ", ".join(map(name_of, model.columns))
        rows = rows.derived(f"SELECT {columns} FROM {name_of(rows.name)}", f"{rows.name} kept")
    if model.where and verdict.rows:
        rows = rows.derived(f"SELECT * FROM {name_of(rows.name)} WHERE ({model.where}\n)", f"{rows.name} where")
        text = f"SELECT * FROM ({text}) AS kept WHERE ({model.where}\n)" if text else ""
    return rows, text


def _in_place(typed: Typed, judged: Judged, verdict: Verdict, raw: Raw) -> str:
    if not raw.files or not typed.casts or verdict.violations:
        return ""
    stays = [] if verdict.kept == verdict.rows else [f"NOT {judged.aside(verdict.broken)}"]
    if verdict.repeats:
        if not raw.word:
            return ""
        gone = judged.rows.ask(judged.dropped(verdict.suspects, name_of(POSITION)))
        if len(gone) > _MOST_LISTED:
            return ""
        stays.append(f"{name_of(POSITION)} NOT IN {listed(sorted(row['at'] for row in gone))}")
    columns = ", ".join(map(name_of, judged.model.columns))
    where = f" WHERE {' AND '.join(stays)}" if stays else ""
    return f"SELECT {columns} FROM ({standing(raw, typed, verdict.plain)}) AS standing{where}"
