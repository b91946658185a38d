"""The tables of what customers want: importance and performance, what goes with satisfaction."""

from __future__ import annotations

from toolkit.benchmarks.drawn import quadrant_said
from toolkit.benchmarks.league_tables import named
from toolkit.benchmarks.wanted import INFLATED, SAME_IDEA, Wants
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
        cells = (wants.companies[c].get(w.attribute.name) for c in companies)
        rows.append((named(w.attribute.title), *cells))
    return Grid(Sentence("How well each company does, index 0 to 100"), heads, tuple(rows))


def driver_grid(wants: Wants | None) -> Grid:
    """Shares of what attributes explain, with their intervals, and how far each repeats others."""
    title = Sentence("What is associated with satisfaction")
    heads = (
        Sentence("Attribute"), Sentence("Share of what all explain"), Sentence("Place it may have"),
        Sentence("Importance as said"), Sentence("Variance inflation"),
    )  # fmt: skip
    if wants is None or wants.drivers is None:
        reason = "no attributes are declared" if wants is None else wants.reason or "no data"
        return Grid(title, heads, (), Sentence("No shares: {reason}.", {"reason": reason}))
    d, rows = wants.drivers, []
    at = [w.attribute.name for w in wants.wanted]
    for w in wants.by_share:
        i, factor = at.index(w.attribute.name), wants.inflation.get(w.attribute.title)
        places = {"low": int(d.rank_low[i]), "high": int(d.rank_high[i])} if d.draws else None
        rows.append((
            named(w.attribute.title), w.share, places and Sentence("{low} to {high}", places), w.stated,
            None if factor is None else Quantity(factor),
        ))  # fmt: skip
    values = {
        "r2": Quantity(d.r2, "percent"), "n": Quantity(d.n, "count"), "draws": Quantity(d.draws, "count"),
        "limit": Quantity(INFLATED),
    }  # fmt: skip
    note = Sentence(
        "Shapley (LMG) shares of the {r2} of the variance of satisfaction that all attributes explain within "
        "companies; {n} complete answers, {draws} bootstrap draws. A share says what is associated with "
        "satisfaction; changing an attribute need not change it. Variance inflation above {limit}: others say "
        "nearly the same, and its share is theirs as well.",
        values,
    )
    return Grid(title, heads, tuple(rows), note)


def likeness_grid(wants: Wants | None) -> Grid:
    """Pairs of ideas, and whether their items are told apart (HTMT); and the halo over all."""
    heads = (Sentence("First idea"), Sentence("Second idea"), Sentence("HTMT"), Sentence("Different ideas"))
    rows = tuple(
        (a, b, Quantity(ratio), Sentence("yes") if ratio < SAME_IDEA else Sentence("hardly"))
        for (a, b), ratio in (wants.ratios.items() if wants else ())
    )
    note = Sentence(
        "HTMT is taken between ideas that items are declared to belong to; from {limit} two are hardly different. "
        "Attributes correlate by {halo} on average: the higher, the more one impression colours all.",
        {"limit": Quantity(SAME_IDEA), "halo": Quantity(wants.halo if wants else float("nan"))},
    )
    return Grid(Sentence("Do attributes say different things?"), heads, rows, note)

