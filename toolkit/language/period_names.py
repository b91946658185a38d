"""The names of periods: English in what analyses hold, in each language where they are shown.

A label such as ``Q3 2026`` or ``September 2026`` has one form, which is told from any other text.
"""

from __future__ import annotations

import re
from calendar import month_name
from datetime import date

from babel import dates

from toolkit.language.catalogues import text_of

NAMES = {"quarter": "Q{number} {year}", "week": "Week {number} of {year}"}
"""Messages of the catalogues; months are CLDR's."""

_MONTHS = {name: number for number, name in enumerate(month_name) if name}
_QUARTER = re.compile(r"Q([1-4]) ((?:FY)?\d{4})")
_WEEK = re.compile(r"Week (\d{1,2}) of ((?:FY)?\d{4})")
_MONTH = re.compile(rf"({'|'.join(_MONTHS)}) (FY)?(\d{{4}})")


def period_in(text: str, language: str) -> str | None:
    """`text` in `language` where it is the English name of a period; else None."""
    for kind, form in (("quarter", _QUARTER), ("week", _WEEK)):
        if found := form.fullmatch(text):
            return text_of(NAMES[kind], language).replace("{number}", found[1]).replace("{year}", found[2])
    if found := _MONTH.fullmatch(text):
        said = dates.format_skeleton("yMMMM", date(int(found[3]), _MONTHS[found[1]], 1), locale=language)
        return said.replace(found[3], f"{found[2] or ''}{found[3]}")
    return None
