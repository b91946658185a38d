"""What every part of the params file shares: strict keys, safe names, units of display."""

from __future__ import annotations

import keyword
import re
from calendar import monthrange
from datetime import date
from typing import Annotated, Literal, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    StringConstraints,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
)


def _mentions(annotation: object, kinds: tuple[type, ...]) -> bool:
    return annotation in kinds or any(_mentions(a, kinds) for a in get_args(annotation))


class Part(BaseModel):
    """A part of the params file: unknown keys are refused, nothing changes after loading."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, populate_by_name=True, allow_inf_nan=False
    )

    @field_validator("*", mode="before")
    @classmethod
    def _true_is_no_number(cls, value: object, info: ValidationInfo) -> object:
        # Python counts True as 1, and `margin: true` would quietly become a margin of 1
        annotation = cls.model_fields[info.field_name].annotation
        if _mentions(annotation, (int, float)) and not _mentions(annotation, (bool,)):
            inside = value.values() if isinstance(value, dict) else value
            inside = inside if isinstance(value, (dict, list)) else [value]
            if any(isinstance(v, bool) for v in inside):
                raise ValueError("must be a number (where it is text: put it in quotes)")
        return value


_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
_LITERALS = frozenset({"true", "false", "null"})  # as a column, SQL would read the constant


def _a_name(text: str) -> str:
    if not _NAME.fullmatch(text) or keyword.iskeyword(text) or text in _LITERALS:
        raise ValueError(
            "must be a name: a lower-case letter, then lower-case letters, digits or underscores "
            "(63 at most), and no word that Python or SQL reserves"
        )
    return text


Name = Annotated[
    str,
    AfterValidator(_a_name),
    WithJsonSchema({"type": "string", "pattern": "^[a-z][a-z0-9_]{0,62}$"}),
]
"""A name we give: of a table, column, KPI, test. It becomes an identifier, so it must be one."""

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
"""Words for people. Untrusted: escaped wherever it is shown."""

Sql = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
"""One SQL expression over a table's own columns (DuckDB dialect)."""

_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_DAY_OTHERWISE = re.compile(r"([0-9]{1,2})[-/. ]([0-9]{1,2})[-/. ]([0-9]{4})")
_WRITTEN = "days are written year-month-day, such as 2026-09-30"


def _on(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _a_day(value: object) -> date:
    """A date from its ISO text; nothing else, because pydantic reads a number as seconds."""
    if isinstance(value, date):
        return value
    if not isinstance(value, str):
        raise ValueError(f"is no day; {_WRITTEN}")
    if iso := _DAY.fullmatch(value.strip()):
        year, month, day = map(int, iso.groups())
        if found := _on(year, month, day):
            return found
        last = monthrange(year, month)[1] if year and 1 <= month <= 12 else None
        why = f"that month has {last} days" if last else "years have twelve months"
        raise ValueError(f"is no day that exists: {why}; {_WRITTEN}")
    if other := _DAY_OTHERWISE.fullmatch(value.strip()):
        first, second, year = map(int, other.groups())
        meant = {d for d in (_on(year, second, first), _on(year, first, second)) if d}
        if not meant:
            raise ValueError(f"is no day that exists; {_WRITTEN}")
        shown = " or ".join(d.isoformat() for d in sorted(meant))
        raise ValueError(f"is not how days are written: year-month-day, here {shown}")
    raise ValueError(f"is no day; {_WRITTEN}")


Day = Annotated[date, BeforeValidator(_a_day, json_schema_input_type=date)]
"""A day, written year-month-day."""

Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
"""An ISO 4217 code, such as EUR."""

Format = Literal["percent", "number", "money", "hours", "days", "minutes", "score", "count"]
"""How a KPI's value is shown; it names the unit."""

Better = Literal["higher", "lower"]
