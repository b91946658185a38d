"""A params file in a line, for the tests of tables."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from toolkit.company.models import Company
from toolkit.data.source import Source, open_source


def company(tables: dict, source: str = "duckdb://", **about) -> Company:
    """A company that consists of these tables."""
    return Company.model_validate(
        {
            "company": {"id": "probe", "name": "Probe", "as_of": "2026-09-30", **about},
            "tables": tables,
            "source": source,
        }
    )


def opened(folder: Path, tables: dict, source: str = "duckdb://", **about) -> Source:
    """Its source."""
    return open_source(company(tables, source, **about), folder)


def written(folder: Path, text: str | bytes, columns: dict, name: str = "t.csv", **table) -> Source:
    """A source with one table ``t``, whose file holds `text`."""
    data = text if isinstance(text, bytes) else text.encode()
    (folder / name).write_bytes(data)
    columns = {c: {"type": v} if isinstance(v, str) else v for c, v in columns.items()}
    return opened(folder, {"t": {"path": name, "columns": columns, **table}})


def values(source: Source, *columns: str) -> list[tuple]:
    """The rows of table ``t``, sorted."""
    rows = source.run(source.table("t").select(*columns))
    return in_order(tuple(r.values()) for r in rows)


def in_order(rows: Iterable[tuple]) -> list[tuple]:
    """Rows sorted by their values, missing ones last."""
    return sorted(rows, key=lambda row: [(v is None, "" if v is None else v) for v in row])


def said(source: Source) -> str:
    """Everything table ``t`` is refused for."""
    return "\n".join(str(v) for v in source.report("t").violations)
