"""A question as one value: the table that can answer it, and what is asked of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Generic, TypeVar

import ibis.expr.types as ir

Definition = TypeVar("Definition")


@dataclass(frozen=True, eq=False)
class Study(Generic[Definition]):
    """What a notebook hands to ``estimate``.

    Attributes
    ----------
    table
        An Ibis table, nothing computed yet; one row an observation.
    definition
        What is asked: it holds no data, and prints as what it says.
    beside
        Another table that a part of the question is about; None where one answers all of it.
    """

    table: ir.Table = field(repr=False)
    definition: Definition
    beside: ir.Table | None = field(default=None, repr=False)
