"""What every part of the params file shares: strict keys, safe names, units of display."""

from __future__ import annotations

import keyword
import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints


class Part(BaseModel):
    """A part of the params file: unknown keys are refused, nothing changes after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")


def _a_name(text: str) -> str:
    if not _NAME.fullmatch(text) or keyword.iskeyword(text):
        raise ValueError(
            "must be a name: a lower-case letter, then letters, digits or underscores "
            "(63 at most), and no word that Python reserves"
        )
    return text


Name = Annotated[str, AfterValidator(_a_name)]
"""A name we give: of a table, column, KPI, test. It becomes an identifier, so it must be one."""

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
"""Words for people. Untrusted: escaped wherever it is shown."""

Sql = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
"""One SQL expression over a table's own columns (DuckDB dialect)."""

Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
"""An ISO 4217 code, such as EUR."""

Format = Literal["percent", "number", "money", "hours", "days", "minutes", "score", "count"]
"""How a KPI's value is shown; it names the unit."""

Better = Literal["higher", "lower"]
