"""A quantity as text: rounded to what its interval supports, in a language's own marks.

Rounding follows the Particle Data Group's rule (Review of Particle Physics, introduction, 5.3):
the half-width of the interval keeps two digits when they read 10 to 35, one digit when they read
36 to 94, and 95 to 99 round up to 100 and keep two; the value is shown to the same decimal.
"""

from __future__ import annotations

import math
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from babel import Locale, dates, numbers

from toolkit.language.catalogues import plural_of, text_of
from toolkit.language.directions import LRM, isolate, runs_left
from toolkit.language.quantities import SHARES, TIMES, Quantity

UNITS = {
    "hours": ("{n} hour", "{n} hours"),
    "days": ("{n} day", "{n} days"),
    "minutes": ("{n} minute", "{n} minutes"),
    "weeks": ("{n} week", "{n} weeks"),
    "points": ("{n} percentage point", "{n} percentage points"),
    "score": ("{n} point", "{n} points"),
}
"""Units that are words, with one and with more: messages of the catalogues."""

NAMES = {
    "hours": "hours",
    "days": "days",
    "minutes": "minutes",
    "weeks": "weeks",
    "points": "percentage points",
    "score": "points",
}
"""The same, as an axis names them."""

WORDS = {
    "no data": "no data",
    "to": "{low} to {high}",
    "at most": "at most {high}",
    "at least": "at least {low}",
    "per": "{value} a {per}",
    "per vowel": "{value} an {per}",
    "yes": "yes",
    "no": "no",
}
"""What stands around numbers: messages of the catalogues."""

COUNTED = (
    "account", "accounts", "agent", "agents", "answer", "answers", "case", "cases", "change", "changes",
    "company", "companies", "complaint", "complaints", "customer", "customers", "day", "days", "employee",
    "employees", "household", "households", "item", "items", "lead", "leads", "month", "months", "order",
    "orders", "people", "period", "periods", "person", "quarter", "quarters", "row", "rows", "session",
    "sessions", "subscription", "subscriptions", "ticket", "tickets", "unit", "units", "user", "users",
    "visit", "visits", "week", "weeks", "year", "years",
)  # fmt: skip
"""What is usually counted, or counted against: messages of the catalogues; others stay as they are written."""

_MOST_DECIMALS = 6
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def decimals_supported(low: float, high: float) -> int:
    """How many decimals an interval supports, by the Particle Data Group's rule.

    Parameters
    ----------
    low, high
        Ends of the interval, in the unit shown.

    Returns
    -------
    int
        0 or more; 2 where the interval has no width or no end.
    """
    half = (high - low) / 2
    if not math.isfinite(half) or half <= 0:
        return 2
    exponent = math.floor(math.log10(half))
    leading = round(half / 10.0**exponent * 100)  # 100 to 999
    digits = 2 if leading < 355 or leading >= 950 else 1
    if leading >= 950:
        exponent += 1
    return min(max(0, digits - 1 - exponent), _MOST_DECIMALS)


def shown(value: float, unit: str) -> float:
    """The number that is printed: shares times 100."""
    return value * 100 if unit in SHARES or unit == "probability" else value


def decimals_of(quantity: Quantity) -> int:
    """How many decimals to print `quantity` with."""
    unit = quantity.unit
    if unit == "count":
        return 0
    ends = quantity.low is not None and math.isfinite(quantity.low) and math.isfinite(quantity.high)
    if ends and quantity.low < quantity.high:  # an interval without width says nothing of digits
        return decimals_supported(shown(quantity.low, unit), shown(quantity.high, unit))
    if unit == "probability":
        return 0
    size = abs(shown(quantity.value, unit))
    if unit in TIMES and round(size, 1) == round(size):
        return 0
    if unit in SHARES or unit in TIMES or unit == "score":
        return 2 if 0 < size < 1 else 1 if size < 1000 else 0
    if len(unit) == 3 and unit.isupper():
        return 0 if size >= 1000 else 2
    if size >= 1000 or size == int(size):
        return 0
    if size >= 1:
        return 2
    places = min(_MOST_DECIMALS, 2 - math.floor(math.log10(size)))
    while places > 1 and round(size, places - 1) == size:  # 0.001 is no 0.00100
        places -= 1
    return places


def bare(value: float, unit: str, decimals: int, language: str = "en") -> str:
    """The number alone, grouped and rounded, without its unit."""
    number = round(shown(value, unit), decimals) + 0.0  # + 0.0 turns -0.0 into 0.0
    if number == 0 and value and decimals == _MOST_DECIMALS:
        return _tiny(shown(value, unit), language)
    text = _grouped(abs(number), decimals, language)
    return f"{minus(language)}{text}" if number < 0 else text


@lru_cache(maxsize=1 << 16)
def _grouped(number: float, decimals: int, language: str) -> str:
    """Figures in groups; a page shows the same number in several places, and reading a pattern is slow."""
    return numbers.format_decimal(number, "#,##0." + "0" * decimals if decimals else "#,##0", language)


def _tiny(number: float, language: str) -> str:
    """A number that no decimal shown reaches, by its power of ten; in one piece, whichever way the text runs."""
    mantissa, _, power = f"{abs(number):.1e}".partition("e")
    figures = numbers.format_decimal(Decimal(mantissa), "0.#", language)
    text = f"{figures} × 10{str(int(power)).translate(_RAISED)}"
    return isolate(f"−{text}" if number < 0 else text, language)


def minus(language: str = "en") -> str:
    """The sign of a negative number; in a right-to-left text a mark keeps it in front."""
    return f"{LRM}−" if runs_left(language) else "−"


def plus(value: float, language: str = "en") -> str:
    """The sign of a number above zero, where it is to have one; nothing for others."""
    return "" if not value > 0 else f"{LRM}+" if runs_left(language) else "+"


def with_unit(text: str, unit: str, number: Decimal, language: str = "en") -> str:
    """`text`, the `number` already rounded, with its unit behind or around it."""
    if unit in ("percent", "relative", "probability"):
        return _percent(language).replace("{n}", text)
    if unit in UNITS:
        return plural_of(*UNITS[unit], number, language).replace("{n}", text)
    if len(unit) == 3 and unit.isupper():
        return f"{text} {unit}"
    return text


@lru_cache
def _percent(language: str) -> str:
    if language == "en":
        return "{n} %"
    pattern = Locale.parse(language).percent_formats[None].pattern
    return pattern.replace("#,##0", "{n}")


def unit_name(unit: str, language: str = "en", per: str | None = None) -> str:
    """The unit in words, as an axis says it: ``percentage points``, ``%``, ``EUR a customer``."""
    if unit in ("percent", "relative", "probability"):
        name = "%"
    elif unit in NAMES:
        name = text_of(NAMES[unit], language)
    else:
        name = unit if len(unit) == 3 and unit.isupper() else ""
    return _per(name, per, language) if per and name else name


def decimal_mark(language: str = "en") -> str:
    """What stands between a number and its decimals."""
    return numbers.get_decimal_symbol(language)


def number_and_rest(q: Quantity, language: str = "en") -> tuple[str, str]:
    """`quantity` in two pieces, the number and what follows it, so that numbers can be aligned.

    A value that is not known has no number; languages that put the unit first have no rest.
    """
    whole = quantity(q, language)
    number = bare(q.value, q.unit, decimals_of(q), language) if q.known else ""
    if not number or not whole.startswith(number):
        return ("", whole) if not q.known else (whole, "")
    return number, whole[len(number):].strip()


def quantity(q: Quantity, language: str = "en", decimals: int | None = None) -> str:
    """The value with its unit: ``0.77 EUR``, ``3.1 %``, ``no data``."""
    if not q.known:
        return text_of(WORDS["no data"], language)
    places = decimals_of(q) if decimals is None else decimals
    number = Decimal(f"{shown(q.value, q.unit):.{places}f}") if math.isfinite(q.value) else Decimal(0)
    text = with_unit(bare(q.value, q.unit, places, language), q.unit, number, language)
    return _per(text, q.per, language) if q.per else text


def full(q: Quantity, language: str = "en") -> str:
    """The value with its unit, and its interval behind where there is one."""
    text = quantity(q, language)
    return f"{text} ({interval(q, language)})" if q.known and q.low is not None else text


def signed(q: Quantity, language: str = "en") -> str:
    """The value with its unit; what is above zero says so."""
    return plus(q.value, language) + quantity(q, language)


def _per(text: str, per: str, language: str) -> str:
    form = "per vowel" if per[:1].lower() in "aeiou" else "per"
    # replaced one by one: a company's own word may hold braces
    return text_of(WORDS[form], language).replace("{value}", text).replace("{per}", text_of(per, language))


def interval(q: Quantity, language: str = "en", absolute: bool = False) -> str:
    """The interval without its unit: ``0.49 to 1.05``; one-sided where an end is open."""
    nothing = text_of(WORDS["no data"], language)
    if q.low is None or math.isnan(q.low):
        return nothing
    places = decimals_of(q)
    low, high = q.low, q.high
    if absolute and high <= 0:
        low, high = -high, -low
    ends = {"low": low, "high": high}
    text = {k: bare(v, q.unit, places, language) for k, v in ends.items() if math.isfinite(v)}
    if not text:
        return nothing
    form = "to" if len(text) == 2 else "at most" if "high" in text else "at least"
    return text_of(WORDS[form], language).format(**text)


def day(value: date, language: str = "en") -> str:
    """A day in the language's medium form: ``30 Sep 2026``."""
    if language == "en":
        return f"{value.day} {dates.format_date(value, 'MMM y', locale='en')}"
    return dates.format_date(value, "medium", locale=language)


def anything(value: object, language: str = "en") -> str:
    """Any value of a sentence or a table cell as text."""
    if value is None:
        return ""
    if isinstance(value, Quantity):
        return quantity(value, language)
    if isinstance(value, datetime):
        return f"{day(value.date(), language)} {value:%H:%M}"
    if isinstance(value, date):
        return day(value, language)
    if isinstance(value, bool):
        return text_of(WORDS["yes" if value else "no"], language)
    if isinstance(value, int):
        return numbers.format_decimal(value, locale=language)
    if isinstance(value, float):
        return quantity(Quantity(value), language)
    return str(value)
