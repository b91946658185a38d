"""Which day does this text name? Strictly: the 31st of February is none, nor is a guess.

Texts are ISO 8601 unless `format` says otherwise. The calendar is checked with plain arithmetic,
so that every engine agrees; a clock time with an offset is moved to the company's zone, one
without is taken to be in it.
"""

from __future__ import annotations

import re

import ibis
from ibis.expr.types import IntegerValue, StringValue, TimestampValue

from toolkit.data.stages import Cell, Steps

_DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_CLOCK = "[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.][0-9]{1,6}0*)?)?"
_OFFSET = "(?:Z|[+-][0-9]{2}(?::?[0-9]{2})?)"
_REAL_CLOCK = "^(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:[.][0-9]{1,6})?$"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_FULL = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_PARTS = {
    "Y": "[0-9]{4}", "y": "[0-9]{2}", "m": "[0-9]{1,2}", "d": "[0-9]{1,2}",
    "b": "[A-Za-z]{3}", "B": "[A-Za-z]{3,9}",
    "H": "[0-9]{1,2}", "I": "[0-9]{1,2}", "M": "[0-9]{1,2}", "S": "[0-9]{1,2}",
    "f": "[0-9]{1,6}", "p": "[AaPp][Mm]", "z": _OFFSET,
}  # fmt: skip


@ibis.udf.scalar.builtin
def timezone(zone: str, moment: ibis.dtype("timestamp('UTC')")) -> ibis.dtype("timestamp"):  # noqa: F722
    """The clock of `zone` at a moment; DuckDB and Postgres both call it so."""
    ...


def in_zone(moment: TimestampValue, zone: str) -> TimestampValue:
    """A moment with a time zone as the clock of `zone` showed it."""
    return timezone(zone, moment.cast("timestamp('UTC')"))


def from_iso(now: Cell, zone: str, day: bool) -> Steps:
    """Texts such as ``2026-09-30`` and ``2026-09-30T14:05:00+02:00``.

    Parameters
    ----------
    now
        Holds the text as ``trimmed``.
    zone
        The company's time zone.
    day
        A date is wanted: a time of day other than midnight does not fit.
    """
    text = now["trimmed"]
    if day:
        midnight = "[T ]00:00(?::00(?:[.]0+)?)?"
        now = yield {"ok": text.re_search(f"^{_DAY}(?:{midnight})?$"), "iso": text.substr(0, 10)}
        now = yield from _calendar(now)
        return (yield {"value": ibis.cases((now["ok"], now["iso"])).cast("date")})
    now = yield {
        "ok": text.re_search(f"^{_DAY}(?:[T ]{_CLOCK} ?{_OFFSET}?)?$"),
        "iso": text.substr(0, 10),
        "clock": ibis.cases((text.length() == 10, "00:00"), else_=text.substr(11, 5)),
        "seconds": text.re_extract("^.{16}(:[0-9]{2}(?:[.][0-9]{1,6})?)", 1),
        "offset": text.re_extract(f"^{_DAY}[T ]{_CLOCK} ?({_OFFSET})$", 1),
    }
    now = yield from _calendar(now)
    seconds = ibis.cases((now["seconds"] == "", ":00"), else_=now["seconds"])
    return (yield from _local(now, now["clock"] + seconds, zone, "offset"))


def _calendar(now: Cell) -> Steps:
    """``ok`` only where ``iso`` (YYYY-MM-DD) names a day; cells not ok before are not looked at."""
    now = yield {"safe": ibis.cases((now["ok"], now["iso"]))}
    safe = now["safe"]
    now = yield {
        "year": safe.substr(0, 4).cast("int64"),
        "month": safe.substr(5, 2).cast("int64"),
        "day": safe.substr(8, 2).cast("int64"),
    }
    year, month, day = now["year"], now["month"], now["day"]
    leap = ((year % 4 == 0) & (year % 100 != 0)) | (year % 400 == 0)
    last = ibis.cases((month.isin([4, 6, 9, 11]), 30), (month != 2, 31), (leap, 29), else_=28)
    right = (year >= 1) & month.between(1, 12) & (day >= 1) & (day <= last)
    return (yield {"ok": right.fill_null(False)})


def _local(now: Cell, clock: StringValue, zone: str, offset: str) -> Steps:
    """The local time of ``iso`` and a clock of HH:MM:SS, moved where there is an offset."""
    now = yield {"time": clock, "offset": now[offset]}
    now = yield {"ok": now["ok"] & now["time"].re_search(_REAL_CLOCK)}
    digits = now["offset"].re_replace("[^0-9]", "")
    now = yield {
        "local": ibis.cases((now["ok"], now["iso"] + " " + now["time"])).cast("timestamp"),
        "digits": ibis.cases(
            (digits.length() == 4, digits), (digits.length() == 2, digits + "00"), else_="0000"
        ),
        "moved": now["ok"] & (now["offset"] != ""),
    }
    minutes = now["digits"].substr(0, 2).cast("int64") * 60 + now["digits"].substr(2, 2).cast(
        "int64"
    )
    now = yield {"minutes": ibis.cases((now["offset"].startswith("-"), -minutes), else_=minutes)}
    moment = now["local"] - now["minutes"].as_interval("m")
    there = ibis.cases((now["moved"], moment)).cast("timestamp('UTC')")
    return (yield {"value": ibis.cases((now["moved"], in_zone(there, zone)), else_=now["local"])})


def from_format(now: Cell, format: str, zone: str, day: bool) -> Steps:
    """Texts written as `format` says, in strptime's letters; else as `from_iso`."""
    pattern, order = _pattern(format)
    text = now["trimmed"]
    groups = {f"group {i}": text.re_extract(pattern, i) for i in range(1, len(order) + 1)}
    now = yield {"ok": text.re_search(pattern), **groups}
    # by position: to an engine the columns "m" and "M" are one
    part = {letter: now[f"group {i}"] for i, letter in enumerate(order, 1)}

    def number(letter: str) -> IntegerValue:
        if letter not in order:
            return ibis.literal(0, "int64")
        return ibis.cases((now["ok"], part[letter])).cast("int64")

    if "Y" in order:
        year = number("Y")
    else:
        year = number("y") + ibis.cases((number("y") >= 69, 1900), else_=2000)  # as POSIX has it
    if "m" in order:
        month = number("m")
    else:
        names, letter = (_MONTHS, "b") if "b" in order else (_FULL, "B")
        named = part[letter].lower()
        month = ibis.cases(*((named == name, i) for i, name in enumerate(names, 1)), else_=0)
    if "I" in order:
        half = ibis.cases((part["p"].lower() == "pm", 12), else_=0)
        hour = ibis.cases((number("I").between(1, 12), number("I") % 12 + half), else_=99)
    else:
        hour = number("H")
    now = yield {
        "iso": _padded(year, 4) + "-" + _padded(month, 2) + "-" + _padded(number("d"), 2),
        "clock": _padded(hour, 2) + ":" + _padded(number("M"), 2) + ":" + _padded(number("S"), 2),
        "fraction": ("." + part["f"]) if "f" in order else ibis.literal(""),
        "offset": part["z"] if "z" in order else ibis.literal(""),
    }
    now = yield from _calendar(now)
    if day:
        midnight = now["ok"] & now["clock"].re_search("^00:00:00$")
        return (yield {"value": ibis.cases((midnight, now["iso"])).cast("date")})
    return (yield from _local(now, now["clock"] + now["fraction"], zone, "offset"))


def _padded(number: IntegerValue, width: int) -> StringValue:
    return number.cast("string").lpad(width, "0")


def _pattern(format: str) -> tuple[str, list[str]]:
    """A regular expression with one group a letter, and the letters in their order."""
    pieces, order, previous_digits = [], [], False
    found = list(re.finditer(r"%(.)|([^%]+)", format.replace("%T", "%H:%M:%S")))
    for i, piece in enumerate(found):
        letter, words = piece.groups()
        if words is not None:
            pieces.append("".join(f"[{c}]" if c in ".+*?()|{}$/" else re.escape(c) for c in words))
        elif letter == "%":
            pieces.append("%")
        else:
            following = found[i + 1].group(1) if i + 1 < len(found) else None
            digits = _PARTS[letter].startswith("[0-9]{1,2}")
            # digits that touch digits must have their full width: 2026111 names no one day
            touching = digits and (previous_digits or (following or "") in _PARTS)
            pieces.append("([0-9]{2})" if touching else f"({_PARTS[letter]})")
            order.append(letter)
        previous_digits = bool(letter and letter in _PARTS and _PARTS[letter].startswith("[0-9]"))
    return "^" + "".join(pieces) + "$", order
