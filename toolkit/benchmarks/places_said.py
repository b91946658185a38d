"""Ahead of whom, behind whom, and from whom not to be told apart: the one sentence of a comparison."""

from __future__ import annotations

from collections.abc import Sequence

from toolkit.benchmarks.gaps import Gap
from toolkit.benchmarks.practised import Practice
from toolkit.benchmarks.standings import League
from toolkit.language import Quantity, Sentence


def names(given: Sequence[str]) -> Sentence:
    """``A``, ``A and B``, ``A, B and C``."""
    if len(given) == 1:
        return Sentence("{last}", {"last": given[0]})
    return Sentence("{first} and {last}", {"first": ", ".join(given[:-1]), "last": given[-1]})


def standing_said(us: str, main: League | None, gaps: Sequence[Gap], rank_from: float) -> Sentence:
    """Ahead of whom, behind whom, and from whom not to be told apart; without a full stop."""
    if main is None:
        return Sentence("{us} cannot be compared with anybody: no scores came about alike", {"us": us})
    own = main.get(us)
    if own is None or not own.ranked:
        n = 0 if own is None else own.n
        values = {"us": us, "n": n, "need": Quantity(rank_from, "count")}
        return Sentence("{us} has {n} answers and is not ranked: it takes {need} effective ones", values)
    if not gaps:
        return Sentence("no rival has answers enough to be compared with {us}", {"us": us})
    ahead = [g.rival for g in gaps if g.verdict == "ahead"]
    behind = [g.rival for g in gaps if g.verdict == "behind"]
    level = [g.rival for g in gaps if g.verdict == "cannot_be_told_apart"]
    values = {"us": us}
    for key, rivals in (("ahead", ahead), ("behind", behind), ("level", level)):
        if rivals:
            values[key] = names(rivals)
    templates = {
        (True, True, True): "{us} is ahead of {ahead}, behind {behind}, and cannot be told apart from {level}",
        (True, True, False): "{us} is ahead of {ahead} and behind {behind}",
        (True, False, True): "{us} is ahead of {ahead} and cannot be told apart from {level}",
        (False, True, True): "{us} is behind {behind} and cannot be told apart from {level}",
        (True, False, False): "{us} is ahead of {ahead}",
        (False, True, False): "{us} is behind {behind}",
        (False, False, True): "{us} cannot be told apart from {level}",
    }
    return Sentence(templates[bool(ahead), bool(behind), bool(level)], values)


def practices_said(us: str, practices: Sequence[Practice]) -> Sentence:
    """On how many practices we do better than most; without a full stop."""
    judged = [p for p in practices if p.better and p.percentile == p.percentile]
    if not judged:
        return Sentence("{n} practices of {us} stand beside the rivals'", {"n": len(practices), "us": us})
    ahead = [p.name.replace("_", " ") for p in judged if p.percentile > 0.5]
    values = {"us": us, "n": len(ahead), "of": len(judged)}
    if not ahead:
        return Sentence("{us} is better than most rivals on none of {of} practices", values)
    return Sentence("{us} is better than most rivals on {n} of {of} practices: {names}", {**values, "names": names(ahead)})
