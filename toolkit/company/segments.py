"""Segments of customers with a page each."""

from __future__ import annotations

from pydantic import Field

from toolkit.company.base import Name, Part, Text


class SegmentValue(Part):
    """One segment: what stands in the column; its own key where absent."""

    label: Text
    value: Text | None = None
    owner: Text | None = None


class Segments(Part):
    """A way of telling customers apart, with a page for each of its values.

    Attributes
    ----------
    column
        The column that names the segment, in the table of every KPI (its own or a joined one).
    values
        The segments that have a page.
    kpis
        Which KPIs a page shows, held to their targets or to everybody else.
    rules
        Segments of the same names under ``customers.segments.rules``: what they bring, how they
        respond, what is done for them.
    staying
        How long they stay is told as well, where ``customers.staying`` is declared and its table
        has the column.
    """

    label: Text
    column: Name
    values: dict[Name, SegmentValue] = Field(min_length=1, max_length=50)
    kpis: list[Name] = Field(min_length=1, max_length=30)
    rules: Name | None = None
    staying: bool = False
    owner: Text | None = None
