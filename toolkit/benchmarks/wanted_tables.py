"""The tables of what customers want: importance and performance, what goes with satisfaction."""

from __future__ import annotations

import math
from dataclasses import replace

from toolkit.benchmarks.drawn import quadrant_said
from toolkit.benchmarks.league_tables import named
from toolkit.benchmarks.wanted import HALO, INFLATED, SAME_IDEA, Wants
from toolkit.language import Quantity, Sentence
from toolkit.shown import Grid


def wanted_grid(wants: Wants | None) -> Grid:
    """Importance against performance, and where that puts each attribute."""
    heads = (
        Sentence("Attribute"), Sentence("Goes with satisfaction"), Sentence("We less the rivals' mean"),
        Sentence("What that says"),
    )  # fmt: skip
    rows = tuple(
        (named(w.attribute.title), w.share, w.beside, quadrant_said(w)) for w in (wants.by_share if wants else ())
    )
    note = Sentence(
        "Undetermined: an interval crosses a line, an even share or the rivals' mean. Shares say what is "
        "associated with satisfaction."
    )
    return Grid(Sentence("What customers want, and how well it is met"), heads, rows, note)


def attribute_grid(wants: Wants | None) -> Grid:
    """How well each company meets what customers want."""
    companies = list(wants.companies) if wants else []
    heads = (Sentence("Attribute"), *map(named, companies))
    rows = []
    for w in wants.wanted if wants else ():
        cells = (_bare(wants.companies[c].get(w.attribute.name)) for c in companies)
        rows.append((named(w.attribute.title), *cells))
    return Grid(Sentence("How well each company does, index 0 to 100"), heads, tuple(rows))


def driver_grid(wants: Wants | None) -> Grid:
    """Shares of what attributes explain, with their intervals, and how far each repeats others."""
    title = Sentence("What is associated with satisfaction")
    heads = (
        Sentence("Attribute"), Sentence("Share of what all explain"), Sentence("Rank"),
        Sentence("Importance as said"), Sentence("Inflation"),
    )  # fmt: skip
    if wants is None or wants.drivers is None:
        reason = "no attributes are declared" if wants is None else wants.reason or "no data"
        return Grid(title, heads, (), Sentence("No shares: {reason}.", {"reason": reason}))
    d, rows = wants.drivers, []
    at = [w.attribute.name for w in wants.wanted]
    for place, w in enumerate(wants.by_share, 1):
        i, factor = at.index(w.attribute.name), wants.inflation.get(w.attribute.title)
        settled = not d.draws or d.rank_low[i] == d.rank_high[i]
        ends = (None, None) if settled else (int(d.rank_low[i]), int(d.rank_high[i]))
        rows.append((
            named(w.attribute.title), w.share, Quantity(place, "count", *ends), _bare(w.stated),
            None if factor is None else Quantity(factor),
        ))  # fmt: skip
    values = {
        "r2": Quantity(d.r2, "percent"), "n": Quantity(d.n, "count"), "draws": Quantity(d.draws, "count"),
        "limit": Quantity(INFLATED),
    }  # fmt: skip
    note = Sentence(
        "Shapley (LMG) shares of the {r2} of the variance of satisfaction that all attributes explain within "
        "companies; {n} complete answers, {draws} bootstrap draws. A share says what is associated with "
        "satisfaction; changing an attribute need not change it. Importance as said: 0 to 100. Inflation of the "
        "variance above {limit}: others say nearly the same, and its share is theirs as well.",
        values,
    )
    return Grid(title, heads, tuple(rows), note)


def likeness_grid(wants: Wants | None) -> Grid:
    """Whether attributes say different things: collinearity, halo, and ideas told apart (HTMT)."""
    heads = (Sentence("What was looked at"), Sentence("Seen"), Sentence("Doubt from"), Sentence("Doubt"))
    rows = []
    for title, factor in sorted(wants.inflation.items(), key=lambda item: -item[1])[:1] if wants else ():
        said = Sentence("Variance inflation, largest: {attribute}", {"attribute": title})
        rows.append(_seen(said, factor, INFLATED, factor > INFLATED))
    if wants and math.isfinite(wants.halo):
        said = Sentence("Mean correlation between attributes (halo)")
        rows.append(_seen(said, wants.halo, HALO, wants.halo > HALO))
    for (a, b), ratio in wants.ratios.items() if wants else ():
        said = Sentence("{first} and {second}, items within and between (HTMT)", {"first": a, "second": b})
        rows.append(_seen(said, ratio, SAME_IDEA, ratio >= SAME_IDEA))
    note = Sentence("HTMT is taken between the ideas that attributes are declared to belong to.")
    return Grid(Sentence("Do attributes say different things?"), heads, tuple(rows), note)


def _seen(said: Sentence, value: float, limit: float, doubt: bool) -> tuple:
    return said, Quantity(value), Quantity(limit), Sentence("yes") if doubt else Sentence("no")


def _bare(q: Quantity | None) -> Quantity | None:
    """Without its unit, which the title says."""
    return None if q is None else replace(q, unit="number")
