"""How a language writes the numbers and dates that a drawing program puts on axes.

The forms are those of d3-format and d3-time-format, filled from CLDR by Babel.
"""

from __future__ import annotations

from functools import lru_cache

from babel import Locale


@lru_cache
def number_marks(language: str) -> dict:
    """A d3-format locale: decimal and group marks, minus sign."""
    locale = Locale.parse(language)
    symbols = locale.number_symbols["latn"]
    return {
        "decimal": symbols["decimal"],
        "thousands": symbols["group"],
        "grouping": [3],
        "currency": ["", ""],
        "minus": "−",
    }


@lru_cache
def time_words(language: str) -> dict:
    """A d3-time-format locale: the names of days and months."""
    locale = Locale.parse(language)
    # Babel resolves an alias once for all languages, and "stand-alone" is one in most
    days, months = locale.days["format"], locale.months["format"]
    sunday_first = [6, 0, 1, 2, 3, 4, 5]
    return {
        "dateTime": "%A %e %B %Y, %X",
        "date": "%d/%m/%Y",
        "time": "%H:%M:%S",
        "periods": ["AM", "PM"],
        "days": [days["wide"][d] for d in sunday_first],
        "shortDays": [days["abbreviated"][d] for d in sunday_first],
        "months": [months["wide"][m] for m in range(1, 13)],
        "shortMonths": [months["abbreviated"][m].rstrip(".") for m in range(1, 13)],
    }
