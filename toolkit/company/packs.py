"""A pack: which pages a run makes."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from toolkit.company.base import Name, Part, Text

ForEach = Literal["tests", "changes", "benchmarks", "departments", "segments"]


class Page(Part):
    """One notebook with its parameters, or one page for each entry of a part of the params file."""

    notebook: Name
    title: Text | None = None
    params: dict[Name, str | int | float | bool] = {}
    for_each: ForEach | None = None

    @model_validator(mode="after")
    def _one_or_many(self) -> Page:
        if self.for_each and self.params:
            raise ValueError("give 'params' or 'for_each', one of them")
        return self


class Pack(Part):
    """The pages of a report, in reading order."""

    label: Text
    pages: list[Page] = Field(min_length=1, max_length=200)
