"""Does a table hold what its params file says? Every violation at once, with rows and examples.

All rules of a table are counted in one query, keys in another; only what is broken is asked for
examples. Rows that a column or a table tolerates are set aside and counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from toolkit.data.asking import name_of
from toolkit.data.keys import Keyed, repeats
from toolkit.data.row_rules import Judged, by_column, rule_column
from toolkit.problems import Problem, Refused, quoted

if TYPE_CHECKING:
    from toolkit.data.source import Source

_EXAMPLES = 3


@dataclass(frozen=True)
class SetAside:
    """Rows left out because a rule they break is tolerated to an extent.

    Attributes
    ----------
    column
        The column, or None for rows that repeat a key.
    rule
        What should hold.
    rows
        How many rows break it. A row that breaks two rules is counted under both.
    """

    column: str | None
    rule: str
    rows: int


@dataclass(frozen=True)
class Unmatched:
    """Rows whose lookup in another table found nothing.

    Attributes
    ----------
    table
        The table looked up in.
    rows
        Rows with a value that is not there.
    missing
        Rows without a value to look up.
    """

    table: str
    rows: int
    missing: int


@dataclass(frozen=True)
class TableReport:
    """What was found in a table.

    Attributes
    ----------
    name
        The table, under our name.
    origin
        The file or the database table it was read from.
    rows
        Rows read.
    kept
        Rows left after those set aside and those that `where` leaves out.
    aside
        Rows set aside, each once.
    set_aside
        By rule.
    missing
        Column -> rows without a value (empty or a missing code), columns without any left out.
    unmatched
        By joined table.
    last
        The latest value of the table's `time` among the rows kept; None where it has none.
    violations
        What the table is refused for; empty where its contract holds.
    without_consent
        Rows left out because the person did not agree, or it is not said.
    """

    name: str
    origin: str
    rows: int = 0
    kept: int = 0
    aside: int = 0
    set_aside: tuple[SetAside, ...] = ()
    missing: tuple[tuple[str, int], ...] = ()
    unmatched: tuple[Unmatched, ...] = ()
    last: date | datetime | None = None
    violations: tuple[Problem, ...] = ()
    without_consent: int = 0

    @property
    def holds(self) -> bool:
        """The contract holds."""
        return not self.violations


def check_contract(source: Source, name: str) -> TableReport:
    """Check one table of a source against its contract.

    Raises
    ------
    Refused
        Only for a name that is no table; what is wrong with the table is in the report.
    """
    return source.report(name)


def check_contracts(source: Source, names: Iterable[str] | None = None) -> tuple[TableReport, ...]:
    """Check tables (all of them where `names` is None) and refuse all that do not hold, in one go.

    Raises
    ------
    Refused
        With every violation of every table.
    """
    chosen = tuple(source.company.tables) if names is None else tuple(names)
    reports = tuple(source.report(name) for name in chosen)
    violations = [v for report in reports for v in report.violations]
    if violations:
        raise Refused(dict.fromkeys(violations))
    return reports


@dataclass(frozen=True)
class Verdict:
    """The outcome of `weigh`.

    Attributes
    ----------
    broken
        Numbers of the rules that some row breaks.
    left
        Columns with cells that the quick way leaves to the long one.
    plain
        Columns that are what their cells are: none of these is a missing code, or blank.
    """

    rows: int
    kept: int
    set_aside: tuple[SetAside, ...]
    missing: tuple[tuple[str, int], ...]
    violations: tuple[Problem, ...]
    repeats: int
    last: date | datetime | None
    broken: frozenset[int] = frozenset()
    suspects: str = field(default="", compare=False)
    left: tuple[str, ...] = ()
    plain: frozenset[str] = frozenset()

    @property
    def aside(self) -> int:
        """Rows set aside, each once."""
        tolerated = any(a.column is None for a in self.set_aside)
        return self.rows - self.kept + (self.repeats if tolerated else 0)


def weigh(
    judged: Judged,
    place_of: Callable[[str | None], str],
    position: tuple[str, str] | None,
    counted: Mapping[str, Any] | None = None,
) -> Verdict:
    """Word what is broken beyond what is tolerated.

    Parameters
    ----------
    place_of
        A column (None for the table) -> how messages name it.
    position
        The column that says where a row stands, and the word for it (line, row); None where rows
        have no place.
    counted
        What `Judged.counted` gave; asked for where it is None.

    Returns
    -------
    Verdict
        Its `kept` and `last` are those of the rows that break no tolerated rule; rows that repeat
        a key are among them.
    """
    rules, model = judged.rules, judged.model
    counted = judged.counted({}) if counted is None else counted
    last = counted.get("last")
    rows = counted["rows read"]
    if not rows:
        return Verdict(0, 0, (), (), (Problem(place_of(None), "has no rows"),), 0, None)
    broken, aside = [], []
    for name, mine in by_column(rules).items():
        share = model.columns[name].tolerate
        mine = [i for i in mine if counted[f"rule {i}"]]
        if mine and share and counted[f"any {name}"] <= share * rows:
            aside += [SetAside(name, rules[i].sentence, counted[f"rule {i}"]) for i in mine]
        else:
            broken += mine
    examples = _examples(judged, broken, position)
    violations = [
        Problem(
            place_of(rules[i].column),
            rules[i].sentence
            + _allowed(model.columns[rules[i].column].tolerate, counted[f"rule {i}"], rows),
            choices=rules[i].choices,
            rows=counted[f"rule {i}"],
            examples=examples[i],
        )
        for i in broken
    ]
    found = frozenset(i for i in range(len(rules)) if counted[f"rule {i}"])
    repeated, suspects, problem = _keys(judged, rows, found, place_of, position)
    if problem:
        violations.append(problem)
    elif repeated:
        aside.append(SetAside(None, f"{' and '.join(model.key)} must not be repeated", repeated))
    missing = tuple((n, counted[f"missing {n}"]) for n in model.columns if counted[f"missing {n}"])
    kept = rows - counted["aside"]
    return Verdict(rows, kept, tuple(aside), missing, tuple(violations), repeated, last, found, suspects)


def _allowed(share: float, broken: int, rows: int) -> str:
    if not share:
        return ""
    return f"; {broken / rows:.2%} of the rows do not, and 'tolerate' allows {share:.2%} of them"


def _examples(
    judged: Judged, broken: list[int], position: tuple[str, str] | None
) -> dict[int, tuple[str, ...]]:
    """Up to three rows of each broken rule, the first ones where rows have a place."""
    at = f"CAST({name_of(position[0])} AS BIGINT)" if position else "CAST(NULL AS BIGINT)"
    once = "" if position else "DISTINCT "
    parts = []
    for i in broken:
        shown = judged.rules[i].shown or "CAST(NULL AS VARCHAR)"
        hits = (
            f'SELECT {once}{i} AS "rule", {at} AS "at", {shown} AS "shown" '
            f"FROM {judged.beside()} WHERE {rule_column(i)}"
        )
        parts.append(
            f"SELECT * FROM ({hits}) AS hits "
            f'ORDER BY "at" NULLS LAST, "shown" NULLS LAST LIMIT {_EXAMPLES}'
        )
    found: dict[int, list[str]] = {i: [] for i in broken}
    if parts:
        rows = judged.rows.ask(" UNION ALL ".join(f"SELECT * FROM ({p}) AS part" for p in parts))
        for row in sorted(rows, key=lambda r: (r["at"] or 0, r["shown"] or "")):
            words = []
            if position:
                words.append(f"{position[1]} {row['at']}")
            if row["shown"] is not None:
                words.append(quoted(row["shown"]))
            if words:
                found[row["rule"]].append(": ".join(words))
    return {i: tuple(e) for i, e in found.items()}


def _keys(
    judged: Judged,
    rows: int,
    broken: frozenset[int],
    place_of: Callable[[str | None], str],
    position: tuple[str, str] | None,
) -> tuple[int, str, Problem | None]:
    """How many rows repeat a key, SQL for those that may, and what is to be said if they are too many."""
    model = judged.model
    if not model.key:
        return 0, "", None
    key = ", ".join(map(name_of, model.key))
    whole = " AND ".join(f"{name_of(k)} IS NOT NULL" for k in model.key)
    at = name_of(position[0]) if position else None
    fit = f"(SELECT * FROM {name_of(judged.rows.name)} WHERE NOT {judged.aside(broken)} AND {whole}) AS fit"
    repeated_rows, suspects = repeats(Keyed(judged.rows, fit, tuple(model.key), at, rows))
    if not repeated_rows or (model.tolerate and repeated_rows <= model.tolerate * rows):
        return repeated_rows, suspects, None
    at = at or "CAST(NULL AS BIGINT)"
    repeated = (
        f'SELECT {key}, COUNT(*) AS "n", MIN({at}) AS "first at", MAX({at}) AS "last at" '
        f"FROM {suspects} GROUP BY {key} HAVING COUNT(*) > 1"
    )
    order = name_of("first at") if position else key
    hidden = any(model.columns[k].identifier for k in model.key)
    examples = []
    first = f"SELECT * FROM ({repeated}) AS repeated ORDER BY {order} LIMIT {_EXAMPLES}"
    for row in judged.rows.ask(first):
        words = [] if hidden else [" ".join(quoted(str(row[k])) for k in model.key)]
        if position:
            words.append(f"{position[1]}s {int(row['first at'])} and {int(row['last at'])}")
        if words:
            examples.append(" in ".join(words))
    rule = f"the key {' and '.join(model.key)} must not be repeated"
    return repeated_rows, suspects, Problem(
        place_of(None),
        rule + _allowed(model.tolerate, repeated_rows, rows),
        rows=repeated_rows,
        examples=tuple(examples),
    )
