"""The tables of who does what: the matrix, and each entry with its source and date."""

from __future__ import annotations

import math
from collections.abc import Sequence
from string import ascii_lowercase

from toolkit.benchmarks.league_tables import named
from toolkit.benchmarks.practised import Cell, Practice
from toolkit.language import Quantity, Sentence
from toolkit.shown import Grid

Origins = dict[tuple, str]


def practice_grid(practices: Sequence[Practice], us: str) -> Grid:
    """Who does what: each cell with its percentile, grade, and a letter for source and date.

    Practices go down and companies across, or the other way round where companies are more.
    """
    companies, marks = companies_of(practices, us), _origins(practices)
    title = Sentence("Who does what, and how it is known")
    cell = {(p.name, c): cell_said(p, p.cell(c), marks) for p in practices for c in companies}
    related = {p.name: None if math.isnan(p.correlation) else Quantity(p.correlation) for p in practices}
    beside = Sentence("Beside satisfaction")
    described = any(q is not None for q in related.values())
    if len(companies) > len(practices):
        heads = (Sentence("Company"), *(named(words(p.name)) for p in practices))
        rows = [(c, *(cell[p.name, c] for p in practices)) for c in companies]
        if described:
            rows.append((beside, *(related[p.name] for p in practices)))
    else:
        heads = (Sentence("Practice"), *map(named, companies), *([beside] if described else ()))
        rows = [
            (named(words(p.name)), *(cell[p.name, c] for c in companies), *([related[p.name]] if described else ()))
            for p in practices
        ]  # fmt: skip
    return Grid(title, heads, tuple(rows), _note(marks, described))


def practice_sources_grid(practices: Sequence[Practice], us: str) -> Grid:
    """Every entry in a row of its own: value, percentile, grade, source and date."""
    heads = (
        Sentence("Practice"), Sentence("Company"), Sentence("Value"), Sentence("Percentile"),
        Sentence("Grade of evidence"), Sentence("Source"), Sentence("Date"),
    )  # fmt: skip
    rows = []
    for p in practices:
        for c in companies_of(practices, us):
            cell = p.cell(c)
            if cell is None or math.isnan(cell.value):
                continue
            rows.append((
                named(words(p.name)), c, _value(p, cell), _percentile(p, c), words(cell.grade) or None, cell.source or None, cell.day,
            ))  # fmt: skip
    return Grid(Sentence("Each entry with its source"), heads, tuple(rows))


def companies_of(practices: Sequence[Practice], us: str) -> list[str]:
    """All companies of the matrix, we first."""
    return sorted(dict.fromkeys(c.company for p in practices for c in p.cells), key=lambda c: c != us)


def words(name: str) -> str:
    """A name as people write it."""
    return name.replace("_", " ")


def cell_said(practice: Practice, cell: Cell | None, marks: Origins) -> Sentence:
    """What one company does, its percentile, how that is known, and the letter of source and date."""
    if cell is None or math.isnan(cell.value):
        return Sentence("not known")
    said = Sentence("{value}", {"value": _value(practice, cell)})
    place = _percentile(practice, cell.company)
    if place is not None:
        said = Sentence("{said}, percentile {place}", {"said": said, "place": place})
    if cell.grade:
        said = Sentence("{said}, {grade}", {"said": said, "grade": words(cell.grade)})
    mark = marks.get(_origin(cell))
    return said if mark is None else Sentence("{said} ({mark})", {"said": said, "mark": mark})


def _value(practice: Practice, cell: Cell) -> object:
    if practice.yes_no:
        return Sentence("yes") if cell.value else Sentence("no")
    return Quantity(cell.value, "percent" if practice.unit == "share" else "number")


def _percentile(practice: Practice, company: str) -> int | None:
    share = practice.percentile_of(company)
    return None if math.isnan(share) else round(100 * share)


def _origin(cell: Cell) -> tuple:
    return cell.source, cell.day


def _origins(practices: Sequence[Practice]) -> Origins:
    """A letter for each source and date."""
    seen = dict.fromkeys(_origin(c) for p in practices for c in p.cells if not math.isnan(c.value) and any(_origin(c)))
    return {o: ascii_lowercase[i % 26] + (str(i // 26) if i >= 26 else "") for i, o in enumerate(seen)}


def _note(marks: Origins, described: bool) -> Sentence:
    parts = [Sentence("Percentile: of the other companies, so many of a hundred do less, or worse where one way is good.")]
    for (source, day), mark in list(marks.items())[:8]:
        values = {"mark": mark, "source": source, "day": day}
        if source and day:
            parts.append(Sentence("({mark}) {source}, {day}.", values))
        else:
            parts.append(Sentence("({mark}) {origin}.", {"mark": mark, "origin": source or day}))
    if len(marks) > 8:
        parts.append(Sentence("The other sources stand in the table of entries."))
    if described:
        parts.append(Sentence(
            "Beside satisfaction: a rank correlation over these companies. It describes them; it explains nothing "
            "and predicts nothing."
        ))  # fmt: skip
    said = parts[-1]
    for part in reversed(parts[:-1]):
        said = Sentence("{first} {rest}", {"first": part, "rest": said})
    return said
