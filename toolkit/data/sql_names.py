"""Names of columns and tables as SQL text holds them."""

from __future__ import annotations


def name_of(column: str) -> str:
    """A column's name in SQL."""
    return '"' + column.replace('"', '""') + '"'
