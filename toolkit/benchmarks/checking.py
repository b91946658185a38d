"""Should the comparison be believed: each reason for doubt, with what was seen."""

from __future__ import annotations

import math
from collections.abc import Iterator

from toolkit.benchmarks.results import Benchmarked
from toolkit.benchmarks.wanted import HALO, INFLATED, SAME_IDEA
from toolkit.findings import Check, Checks
from toolkit.language import Quantity, Sentence

LARGEST_EFFECT = 4.0
"""A design effect above this makes an interval rest on very few independent answers."""
UNLIKE = 0.001
"""p below which two mixes are called different."""


def check(found: Benchmarked) -> Checks:
    """Every reason for doubt; those that fail become caveats or take the verdict away.

    Parameters
    ----------
    found
        As `estimate` gives it.
    """
    return Checks(tuple([
        *_comparable(found), *_enough(found), *_modes(found), *_design(found), *_weights(found),
        *_moved(found), *_waves(found), *about_attributes(found), *_practices(found),
    ]))  # fmt: skip


def about_attributes(found: Benchmarked) -> tuple[Check, ...]:
    """The checks that speak of attributes only; they leave the verdict on the scores as it is."""
    return (*_alike(found), *_same_ideas(found))


def _comparable(found: Benchmarked) -> Iterator[Check]:
    if not found.definition.scored:
        return
    name = Sentence("All scores ranked together came about alike")
    if found.main is None:
        detail = Sentence("no group of scores of one source, kind and frame holds {us} and a rival",
                          {"us": found.definition.us})  # fmt: skip
        yield Check(name, False, detail, takes_verdict=True)
        return
    ranked = len(found.alike[0].members)
    yield Check(name, True, Sentence("{n} companies of one source, kind, frame and scale", {"n": ranked}))
    if found.beside:
        count = sum(len(g.members) for g in found.beside)
        values = {"n": count, "groups": len(found.beside)}
        yield Check(
            Sentence("Everything known could be compared"), None,
            Sentence("{n} scores of {groups} other origins are shown beside and not ranked", values),
            numbers={"scores_beside": count},
        )  # fmt: skip
    if found.left_out:
        yield Check(Sentence("Every company is compared"), None,
                    Sentence("{n} with fewer answers are left out, as declared", {"n": len(found.left_out)}))  # fmt: skip


def _enough(found: Benchmarked) -> Iterator[Check]:
    if found.main is None:
        return
    d = found.definition
    for m in found.too_few:
        values = {"company": m.company, "n": int(m.n), "need": Quantity(d.show_from, "count")}
        told = m.n >= d.min_cell
        yield Check(
            Sentence("{company} has answers enough to be shown", values), m.company != d.us and None,
            Sentence("{n} answers; it takes {need} effective ones", values) if told
            else Sentence("it takes {need} effective answers", values), numbers={"n": m.n} if told else {},
        )  # fmt: skip
    for s in found.main.standings:
        if s.shown and not s.ranked:
            values = {"company": s.company, "n": Quantity(s.n_effective, "count"), "need": Quantity(d.rank_from, "count")}
            yield Check(
                Sentence("{company} has answers enough to be ranked", values), s.company != d.us and None,
                Sentence("{n} effective answers; it takes {need}", values), numbers={"n_effective": s.n_effective},
            )  # fmt: skip


def _modes(found: Benchmarked) -> Iterator[Check]:
    mix = found.modes
    if mix is None or mix.same.reason is not None:
        return
    alike = mix.same.p_value >= UNLIKE
    yield Check(
        Sentence("Every company's customers were asked in the same ways"), alike,
        Sentence("the mix of ways is the same for all") if alike
        else Sentence("the mix of ways differs between companies by more than chance"),
        numbers={"p_value": mix.same.p_value},
    )  # fmt: skip


def _design(found: Benchmarked) -> Iterator[Check]:
    if found.main is None or not found.main.designed:
        return
    wide = [s for s in found.main.standings if s.shown and s.design_effect > LARGEST_EFFECT]
    largest = max((s.design_effect for s in found.main.standings if s.shown and math.isfinite(s.design_effect)),
                  default=math.nan)  # fmt: skip
    if not math.isnan(largest):
        values = {"largest": Quantity(largest), "limit": Quantity(LARGEST_EFFECT),
                  "who": ", ".join(s.company for s in wide)}  # fmt: skip
        detail = Sentence("the largest is {largest}", values)
        if wide:
            detail = Sentence("it is {largest}, above {limit}, for {who}", values)
        yield Check(Sentence("The design costs few answers"), not wide, detail, numbers={"largest": largest})
    if found.lonely:
        values = {"n": len(found.lonely), "strata": ", ".join(found.lonely[:5])}
        yield Check(Sentence("Every stratum holds two clusters or more"), False,
                    Sentence("{n} hold one only: {strata}", values))  # fmt: skip


def _weights(found: Benchmarked) -> Iterator[Check]:
    w = found.weighed
    if w is None or not found.definition.survey.margins:
        return
    values = {"gap": Quantity(w.gap, "number"), "sweeps": w.sweeps}
    yield Check(Sentence("Raking met every margin"), True,
                Sentence("no share is off by more than {gap}, after {sweeps} sweeps at most", values),
                numbers={"gap": w.gap, "sweeps": w.sweeps})  # fmt: skip
    if found.definition.survey.heaviest is not None:
        yield Check(Sentence("No answer counts too much"), None,
                    Sentence("{n} answers are held at the largest weight", {"n": w.trimmed}),
                    numbers={"trimmed": w.trimmed})  # fmt: skip


def _moved(found: Benchmarked) -> Iterator[Check]:
    if found.main is None or not found.main.designed:
        return
    moved = [s for s in found.main.ranked if s.raw_rank != s.rank]
    detail = Sentence("no place changes") if not moved else Sentence(
        "{n} places change: {who}", {"n": len(moved), "who": ", ".join(s.company for s in moved)})  # fmt: skip
    yield Check(Sentence("Weighting leaves the order as it was"), None if moved else True, detail,
                numbers={"moved": len(moved)})  # fmt: skip


def _waves(found: Benchmarked) -> Iterator[Check]:
    for t in found.trends:
        if t.p_adjusted <= found.definition.alpha:
            values = {"rival": t.rival, "change": Quantity(t.change.estimate, t.unit, t.change.low, t.change.high)}
            yield Check(Sentence("The gap to {rival} is what it was a year ago", values), None,
                        Sentence("it moved by {change} ({change:range})", values),
                        numbers={"p_adjusted": t.p_adjusted})  # fmt: skip


def _alike(found: Benchmarked) -> Iterator[Check]:
    if found.wants is None:
        return
    for title in found.wants.left_out:
        yield Check(Sentence("{attribute} was answered with more than one value", {"attribute": title}), False,
                    Sentence("it has one value only and is left out"))  # fmt: skip
    worst = {k: v for k, v in found.wants.inflation.items() if v > INFLATED}
    if found.wants.inflation:
        values = {"who": ", ".join(worst), "largest": Quantity(max(found.wants.inflation.values()))}
        detail = Sentence("{who} say nearly the same as others", values)
        if not worst:
            detail = Sentence("the largest variance inflation is {largest}", values)
        yield Check(Sentence("Attributes say different things"), not worst, detail,
                    numbers={"largest": max(found.wants.inflation.values())})  # fmt: skip
    if math.isfinite(found.wants.halo):
        high = found.wants.halo > HALO
        yield Check(Sentence("One impression does not colour all attributes"), not high,
                    Sentence("they correlate by {halo} on average", {"halo": Quantity(found.wants.halo)}),
                    numbers={"mean_correlation": found.wants.halo})  # fmt: skip


def _same_ideas(found: Benchmarked) -> Iterator[Check]:
    if found.wants is None:
        return
    for (a, b), ratio in found.wants.ratios.items():
        values = {"a": a, "b": b, "ratio": Quantity(ratio)}
        yield Check(Sentence("{a} and {b} are different ideas", values), ratio < SAME_IDEA,
                    Sentence("their items go together by {ratio} of what items of one idea do", values),
                    numbers={"htmt": ratio})  # fmt: skip


def _practices(found: Benchmarked) -> Iterator[Check]:
    grades = found.definition.habits.grades if found.definition.habits else ()
    if not grades:
        return
    cells = [c for p in found.practices for c in p.cells if c.grade]
    weak = sum(c.grade == grades[-1] for c in cells)
    values = {"n": weak, "of": len(cells), "grade": grades[-1].replace("_", " ")}
    yield Check(Sentence("What rivals do is known well"), None,
                Sentence("{n} of {of} entries are {grade}", values), numbers={"weakest": weak})  # fmt: skip
