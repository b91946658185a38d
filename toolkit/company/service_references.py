"""Do the names under ``service`` lead somewhere?"""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.company.base import Part
from toolkit.company.change_references import Lookups
from toolkit.company.places import Found, Path
from toolkit.company.service import Promises, Service

_DATES = frozenset({
    "opened", "replied", "resolved", "time", "due", "done", "at", "access", "created", "contacted",
    "handed", "opportunity", "won", "lost",
})  # fmt: skip
_NUMBERS = frozenset({"cost", "minutes", "score", "weight"})
_SQL = frozenset({
    "where", "in_favour", "progress", "kept", "automatic", "invited", "complete", "template",
    "accepted", "qualified", "passed", "process", "split",
})  # fmt: skip
_COLUMNS = frozenset({
    "by", "department", "channel", "kind", "medium", "wanted", "team", "course", "source",
    "owner", "point", "statement", "unit", "user", "staff",
})  # fmt: skip
_GROUPS = frozenset({
    "by", "department", "channel", "kind", "medium", "wanted", "team", "course", "source",
    "point", "statement",
})  # fmt: skip
_NAMED = frozenset({"process", "split"})
_IDENTIFIES = "identifies a person ('identifier: true') and may only be a key or a unit"
_WORDS = frozenset({("adoption", "owner"), ("touchpoints", "wanted"), ("outreach", "wanted")})
_NUMERIC = ("integer", "number", "money")


def service_found(service: Service | None, look: Lookups) -> Iterator[Found]:
    """Everything under ``service`` that refers to nothing, or to the wrong thing."""
    if service is None:
        return
    for name in type(service).model_fields:
        given = getattr(service, name)
        if name == "touchpoints":
            for key, touchpoint in given.items():
                yield from _part(("service", name, key), touchpoint, name, look)
        elif isinstance(given, Part):
            yield from _part(("service", name), given, name, look)


def _part(here: Path, given: Part, part: str, look: Lookups, home: str | None = None) -> Iterator[Found]:
    name = getattr(given, "table", None) or home
    columns = None
    if isinstance(given, Promises) and given.table is None:
        return
    if name is not None:
        table, columns = look.home(name)
        if table is None and name != home:
            yield from look.known((*here, "table"), name, "tables", "no table")
    for field in type(given).model_fields:
        value = getattr(given, field)
        if isinstance(value, Part):
            yield from _part((*here, field), value, part, look, name)
        elif columns is not None and value is not None and (part, field) not in _WORDS:
            yield from _field(here, field, value, name, columns, look, isinstance(given, Promises))


def _field(here: Path, field: str, value, name: str, columns, look: Lookups, promised: bool) -> Iterator[Found]:
    wrong, loc = f"no column of '{name}'", (*here, field)
    if promised and field != "table":
        yield from look.one_of(loc, value, columns, wrong)
    elif field in _DATES:
        yield from look.dated(loc, value, columns, wrong)
    elif field in _SQL:
        for i, sql in enumerate(value if isinstance(value, list) else [value]):
            yield from look.sql((*loc, i) if isinstance(value, list) else loc, sql, columns)
            if field in _NAMED and sql in columns and columns[sql].identifier:
                yield Found(loc, _IDENTIFIES, sql)
    elif field == "mix":
        for i, column in enumerate(value):
            yield from _column((*loc, i), column, columns, wrong, look, True)
    elif field in _NUMBERS:
        yield from look.one_of(loc, value, columns, wrong)
        if value in columns and columns[value].type not in _NUMERIC:
            yield Found(loc, f"must be a column of numbers; it is of type '{columns[value].type}'", value)
    elif field in _COLUMNS:
        yield from _column(loc, value, columns, wrong, look, field in _GROUPS)


def _column(loc: Path, column: str, columns, wrong: str, look: Lookups, group: bool) -> Iterator[Found]:
    yield from look.one_of(loc, column, columns, wrong)
    if group and column in columns and columns[column].identifier:
        yield Found(loc, _IDENTIFIES, column)
