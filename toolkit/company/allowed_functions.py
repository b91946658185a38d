"""Which functions may an expression call, and what does the parser make of them?"""

from __future__ import annotations

from functools import cache

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

FUNCTIONS = {
    "conditions": "case coalesce if ifnull nullif greatest least isnan isfinite isinf",
    "casts": "cast try_cast",
    "maths": (
        "abs ceil ceiling floor round trunc sign sqrt cbrt power pow exp ln log log10 log2 mod "
        "sin cos tan asin acos atan atan2 radians degrees pi bit_count"
    ),
    "text": (
        "lower lcase upper ucase length len trim ltrim rtrim left right substr substring replace "
        "concat contains starts_with ends_with prefix suffix position instr strpos split_part "
        "reverse ascii chr md5 regexp_matches regexp_full_match regexp_extract regexp_replace "
        "levenshtein jaccard strip_accents translate"
    ),
    "dates": (
        "date_diff datediff date_sub datesub date_add date_trunc datetrunc date_part datepart "
        "extract year quarter month week weekofyear isoyear day dayofmonth dayofweek isodow "
        "weekday dayofyear hour minute second epoch strftime strptime try_strptime make_date "
        "last_day dayname monthname to_days to_hours to_minutes to_seconds"
    ),
}
"""The scalar functions that may be called, by what they are for."""

ALLOWED = frozenset(name for group in FUNCTIONS.values() for name in group.split())
"""Their names."""


@cache
def nodes_of(name: str) -> frozenset[type]:
    """The kinds of node that the parser makes of one function."""
    kinds: set[type] = set()
    for arguments in ("", "a", "a, b", "'day', a, b", "a, b, c", "a, b, c, d"):
        try:
            tree = sqlglot.parse_one(f"{name}({arguments})", read="duckdb")
        except SqlglotError:
            continue
        kinds.update(type(n) for n in tree.walk())
    return frozenset(k for k in kinds if k is not exp.Anonymous)


@cache
def all_nodes() -> frozenset[type]:
    """The kinds of node of all allowed functions; a third of a second's work."""
    return frozenset().union(*map(nodes_of, ALLOWED))
