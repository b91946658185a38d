"""Do the names in a comparison with competitors lead somewhere?"""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.company.change_references import Lookups
from toolkit.company.competitors import Answers, Benchmark, Practices, Published
from toolkit.company.places import Found, Path

_NUMBERS = ("integer", "number", "money")


def benchmark_found(name: str, benchmark: Benchmark, look: Lookups) -> Iterator[Found]:
    """Everything in a comparison with competitors that refers to nothing, or to the wrong thing."""
    here: Path = ("benchmarks", name)
    for part, columns_of in (
        ("answers", _answered), ("published", _published), ("practices", _practised)
    ):  # fmt: skip
        given = getattr(benchmark, part)
        if given is None:
            continue
        at = (*here, part)
        table, columns = look.home(given.table)
        if table is None:
            yield from look.known((*at, "table"), given.table, "tables", "no table")
        if columns is None:
            continue
        wrong = f"no column of '{given.table}'"
        for loc, column, numeric in columns_of(given):
            yield from look.one_of((*at, *loc), column, columns, wrong)
            if column in columns and columns[column].identifier and loc[0] not in ("cluster",):
                yield Found((*at, *loc), "identifies a person and may only be a cluster", column)
            elif numeric and column in columns and columns[column].type not in _NUMBERS:
                rule = f"must be a column of numbers; it is of type '{columns[column].type}'"
                yield Found((*at, *loc), rule, column)
        yield from look.sql((*at, "where"), given.where, columns)
        values = columns[given.company].values if given.company in columns else None
        if values and benchmark.us not in [str(v) for v in values]:
            rule = f"is not among the 'values' of column '{given.company}'"
            yield Found((*here, "us"), rule, benchmark.us, tuple(str(v) for v in values))


def _answered(given: Answers) -> Iterator[tuple[Path, str, bool]]:
    yield from _named(given, "company", "wave", "kind", "frame", "source", "mode", "strata")
    if given.weight:
        yield ("weight",), given.weight, True
    for part, numeric in (("cluster", False), ("population", True), ("mix", False)):
        for i, column in enumerate(getattr(given, part)):
            yield (part, i), column, numeric
    for column in given.margins:
        yield ("margins", column), column, False
    for i, score in enumerate(given.scores):
        yield ("scores", i, "column"), score.column, True
    for name, attribute in given.attributes.items():
        yield ("attributes", name, "column"), attribute.column, True
        if attribute.importance:
            yield ("attributes", name, "importance"), attribute.importance, True


def _published(given: Published) -> Iterator[tuple[Path, str, bool]]:
    yield from _named(given, "company", "kind", "frame", "source", "mode", "date")
    for part in ("value", "answers", "low", "high", "spread"):
        column = getattr(given, part)
        if isinstance(column, str):
            yield (part,), column, True


def _practised(given: Practices) -> Iterator[tuple[Path, str, bool]]:
    yield from _named(given, "company", "practice", "unit", "grade", "source", "date", "latest")
    for part in ("value", "satisfaction"):
        if getattr(given, part):
            yield (part,), getattr(given, part), True
    for column in given.columns:
        yield ("columns", column), column, True


def _named(given, *parts: str) -> Iterator[tuple[Path, str, bool]]:
    for part in parts:
        if getattr(given, part):
            yield (part,), getattr(given, part), False
