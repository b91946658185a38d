"""The tables of scores: the league, what stands beside it, weights, gaps, pairs, waves."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from toolkit.benchmarks.alike import MIXED, Alike, Member
from toolkit.benchmarks.gaps import Gap, Pairs
from toolkit.benchmarks.over_waves import GapTrend, WaveLeague
from toolkit.benchmarks.standings import League, Standing
from toolkit.language import Quantity, Sentence
from toolkit.shown import Grid


def league_grid(
    main: League | None, pairs: Pairs | None, too_few: Sequence[Member], name: str, least: int = 1
) -> Grid:
    """The league with its uncertainty: places, answers, what they are worth, and letters."""
    heads = (
        Sentence("Company"), Sentence("Score"), Sentence("Place (possible ones)"), Sentence("Answers"), Sentence("Worth"),
        Sentence("Design effect"), Sentence("Letters"),
    )  # fmt: skip
    rows = []
    for s in main.standings if main else ():
        effect = None if math.isnan(s.design_effect) or not main.designed else Quantity(s.design_effect)
        rows.append((
            s.company, s.quantity if s.shown else None, _places(s), s.n if s.n >= least else None,
            Quantity(s.n_effective, "count") if s.n >= least else None, effect, pairs.letters.get(s.company) if pairs else None,
        ))  # fmt: skip
    rows += [
        (m.company, None, Sentence("too few answers"), int(m.n) if m.n >= least else None, None, None, None)
        for m in too_few if main is None or main.get(m.company) is None
    ]  # fmt: skip
    note = Sentence(
        "Possible places hold for all companies together. Worth: effective answers, after weights. "
        "Companies that share a letter cannot be told apart."
    )
    return Grid(Sentence("{score}, best first", {"score": name}), heads, tuple(rows), note)


def scores_grid(main: League | None, others: Sequence[League]) -> Grid:
    """Every other score of the same answers, side by side."""
    heads = (Sentence("Company"), *(named(lg.score.title) for lg in others))
    rows = []
    for s in main.standings if main else ():
        cells = [lg.get(s.company) for lg in others]
        if s.shown:
            rows.append((s.company, *(c.quantity if c else None for c in cells)))
    return Grid(Sentence("Other scores of the same answers"), heads, tuple(rows))


def origins_grid(groups: Iterable[Alike]) -> Grid:
    """How each group of scores came about that is not ranked with the league, and what sets it apart."""
    heads = (
        Sentence("Source"), Sentence("Kind"), Sentence("Who was asked"), Sentence("How"), Sentence("Scale"),
        Sentence("Not ranked with the others because of"),
    )  # fmt: skip
    rows = []
    for group in groups:
        how = group.manner
        scale = Sentence("{low} to {high}", {"low": how.low, "high": how.high})
        known = (_how(v) if v else None for v in (how.source, how.kind, how.frame, how.mode))
        rows.append((*known, scale, group.reason))
    return Grid(Sentence("Where scores come from that are not ranked"), heads, tuple(rows))


def beside_grid(groups: Iterable[Alike]) -> Grid:
    """What cannot be compared with the league, each on its own scale."""
    heads = (Sentence("Source"), Sentence("Company"), Sentence("Value"), Sentence("Answers"), Sentence("Date"))
    rows = [
        (named(g.manner.source or g.manner.frame), m.company, g.quantity(m), int(m.n) if m.n else None, m.day)
        for g in groups
        for m in g.members
    ]
    return Grid(Sentence("Shown beside, not ranked together"), heads, tuple(rows))


def raw_grid(main: League | None) -> Grid:
    """Scores as the answers came beside those weighted, and how places moved."""
    heads = (
        Sentence("Company"), Sentence("As answered"), Sentence("Weighted"), Sentence("Place as answered"),
        Sentence("Place weighted"), Sentence("Moved up by"),
    )  # fmt: skip
    rows = [
        (s.company, Quantity(s.raw, s.unit), s.quantity, s.raw_rank, s.rank, s.raw_rank - s.rank)
        for s in (main.ranked if main else ())
    ]
    return Grid(Sentence("As answered, and weighted"), heads, tuple(rows))


def gap_grid(gaps: Iterable[Gap], us: str) -> Grid:
    """We less each rival."""
    heads = (
        Sentence("Rival"), Sentence("We less the rival"), Sentence("p, corrected"),
        Sentence("In standard deviations"), Sentence("Verdict"),
    )  # fmt: skip
    words = {
        "ahead": Sentence("ahead"), "behind": Sentence("behind"),
        "cannot_be_told_apart": Sentence("cannot be told apart"),
    }  # fmt: skip
    rows = []
    for g in gaps:
        size = None if g.size is None or g.size.reason else Quantity(g.size.estimate, "number", g.size.low, g.size.high)
        rows.append((g.rival, g.quantity, chance(g.p_adjusted), size, words[g.verdict]))
    return Grid(Sentence("{us} less each rival", {"us": us}), heads, tuple(rows))


def pairs_grid(pairs: Pairs | None) -> Grid:
    """Every pair of companies, by each family of tests."""
    families = (pairs.family, *pairs.others) if pairs else ()
    heads = [Sentence("First"), Sentence("Second"), Sentence("Second less first")]
    heads += [Sentence("p by {method}", {"method": f.method}) for f in families]
    rows = []
    for i, p in enumerate(pairs.pairs if pairs else ()):
        rows.append((p.first, p.second, p.difference, *(chance(f.pairs[i].p_value) for f in families)))
    note = Sentence("p over all pairs. Intervals are of the first family of tests.") if pairs else None
    return Grid(Sentence("All pairs"), tuple(heads), tuple(rows), note)


def letters_grid(pairs: Pairs | None) -> Grid:
    """Groups that cannot be told apart, read off the pairs of each family of tests."""
    families = (pairs.family, *pairs.others) if pairs else ()
    heads = (Sentence("Company"), *(Sentence("Letters by {method}", {"method": f.method}) for f in families))
    companies = pairs.letters if pairs else ()
    rows = tuple((c, *(f.letters[c] for f in families)) for c in companies)
    note = Sentence("Companies that share a letter cannot be told apart.")
    return Grid(Sentence("Groups read off the pairs"), heads, rows, note)


def trend_grid(trends: Sequence[GapTrend], waves: Sequence[WaveLeague]) -> Grid:
    """We less each rival wave by wave, the waves down, and the change over the last year."""
    heads = (Sentence("Wave"), *(named(t.rival) for t in trends))
    held = [{wave: q for wave, _, q in t.points} for t in trends]
    rows = [(named(w.wave), *(h.get(w.wave) for h in held)) for w in waves]
    if trends and any(t.change is not None for t in trends):
        rows.append((Sentence("Change in a year"), *(_changed(t) for t in trends)))
    note = Sentence("Each interval stands by itself; the verdict takes all rivals together, and its intervals are wider.")
    return Grid(Sentence("Gaps over the waves"), heads, tuple(rows), note)


def _changed(t: GapTrend) -> Quantity | None:
    c = t.change
    return None if c is None or c.reason else Quantity(c.estimate, t.unit, c.low, c.high)


SMALLEST_SAID = 1e-4
"""Chances below it are said to be below it."""


def chance(p: float) -> Quantity | Sentence:
    """A p value for people."""
    return Sentence("below {limit}", {"limit": Quantity(SMALLEST_SAID)}) if p < SMALLEST_SAID else Quantity(p)


def _how(name: str) -> Sentence:
    """How answers came about: somebody's own word, or that they came in several ways."""
    return Sentence("mixed") if name == MIXED else named(name.replace("_", " "))


def named(name: str) -> Sentence:
    """A heading that is somebody's own word."""
    return Sentence("{name}", {"name": name})


def _places(s: Standing) -> Sentence | Quantity:
    if not s.shown:
        return Sentence("too few answers")
    if not s.ranked:
        return Sentence("not ranked")
    if s.rank_low == s.rank_high:
        return Quantity(s.rank_low, "count")
    return Quantity(s.rank, "count", s.rank_low, s.rank_high)
