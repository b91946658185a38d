"""A question as one value: the table that can answer it, and what is asked of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import Generic, TypeVar

import ibis.expr.types as ir

from toolkit.data.found_once import found_once

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
    asked
        What the company's params call the question, where it was opened by a notebook of a run and stands
        as it was opened; a copy with anything replaced has none.
    """

    table: ir.Table = field(repr=False)
    definition: Definition
    beside: ir.Table | None = field(default=None, repr=False)
    asked: tuple[str, ...] = field(default=(), init=False, repr=False)


def known_as(study: Study, *asked: str) -> Study:
    """`study` under a name that every notebook of a run has for this question; set once, where it is opened."""
    object.__setattr__(study, "asked", asked)
    return study


def shared(estimate: Callable) -> Callable:
    """An ``estimate`` whose answer to a study with a name is looked for once in a run."""

    @wraps(estimate)
    def once(table: object, *more: object, **others: object) -> object:
        if isinstance(table, Study) and table.asked and not more and not others:
            return found_once((estimate.__module__, *table.asked), table.definition, lambda: estimate(table))
        return estimate(table, *more, **others)

    return once
