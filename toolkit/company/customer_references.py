"""Do the names in the plan's questions about customers lead somewhere?"""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.company.change_references import Lookups
from toolkit.company.customers import Customers
from toolkit.company.places import Found, Path

_SCORES = ("r", "f", "m")
_COMPUTED = ("orders", "revenue", "net")
_IDENTIFIES = "identifies a person: nobody is told apart by it"


def customers_found(customers: Customers | None, look: Lookups) -> Iterator[Found]:
    """Everything in `customers` that refers to nothing, or to the wrong thing."""
    if customers is None:
        return
    c, here = customers, ("customers",)
    yield from _part(c, c.who, (*here, "who"), look, dates=("starts", "ends"), untimed=True)
    for name, entry in c.money.items():
        yield from _part(c, entry, (*here, "money", name), look, sql=("amount", "where"))
    yield from _part(c, c.purchases, (*here, "purchases"), look, columns=("order", "product", "currency"),
                     sql=("amount", "where", "cancelled", "returned"))  # fmt: skip
    yield from _part(c, c.contracts, (*here, "contracts"), look, columns=("term", "renewed"), sql=("where",),
                     groups=("segment",), untimed=True)  # fmt: skip
    yield from _part(c, c.staying, (*here, "staying"), look, columns=("tenure", "left"), dates=("started", "ended"),
                     groups=("segment", "group"), untimed=True, nobody=True)  # fmt: skip
    yield from _part(c, c.prices, (*here, "prices"), look, sql=("price", "where", "against"), nobody=True)
    who = look.home(c.who.table)[1] if c.who else None
    for part in ("purchases", "prices"):
        given = getattr(c, part)
        if given and given.segment and who is not None:
            yield from _group((*here, part, "segment"), given.segment, who, f"no column of '{c.who.table}'", look)
    if c.segments is None:
        return
    at = (*here, "segments")
    for name, rule in c.segments.rfm.items():
        yield from look.sql((*at, "rfm", name), rule, dict.fromkeys(_SCORES))
    for name, rules in c.segments.rules.items():
        for segment, rule in rules.items():
            known = None if who is None else {**{k: v for k, v in who.items() if not v.identifier}, **dict.fromkeys(_COMPUTED)}
            yield from look.sql((*at, "rules", name, segment), rule, known)
    for name, outcome in c.segments.outcomes.items():
        yield from _part(c, outcome, (*at, "outcomes", name), look, sql=("numerator", "denominator", "where"), untimed=True)


def _part(
    customers: Customers, given, at: Path, look: Lookups, *, columns=(), dates=(), sql=(), groups=(), untimed=False,
    nobody=False,
) -> Iterator[Found]:  # fmt: skip
    if given is None:
        return
    table, known = look.home(given.table)
    if table is None:
        yield from look.known((*at, "table"), given.table, "tables", "no table")
    if known is None:
        return
    wrong = f"no column of '{given.table}'"
    if not nobody:
        whose = given.customer or customers.customer
        loc = (*at, "customer") if given.customer else at
        yield from look.one_of(loc, whose, known, wrong)
    for part in columns:
        if column := getattr(given, part):
            yield from look.one_of((*at, part), column, known, wrong)
    for part in groups:
        if column := getattr(given, part):
            yield from _group((*at, part), column, known, wrong, look)
    for part in dates:
        yield from look.dated((*at, part), getattr(given, part), known, wrong)
    if time := getattr(given, "time", None):
        yield from look.dated((*at, "time"), time, known, wrong)
    elif not untimed and not table.time:
        yield Found((*at, "table"), "has no 'time' of its own: give 'time' here", given.table)
    for part in sql:
        yield from look.sql((*at, part), getattr(given, part), known)


def _group(loc: Path, column: str, known, wrong: str, look: Lookups) -> Iterator[Found]:
    yield from look.one_of(loc, column, known, wrong)
    if column in known and known[column].identifier:
        yield Found(loc, _IDENTIFIES, column)
