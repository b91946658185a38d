"""What is said of a comparison, one whole sentence each."""

from __future__ import annotations

import math
from collections.abc import Sequence

from toolkit.benchmarks.gaps import Gap
from toolkit.benchmarks.places_said import names
from toolkit.benchmarks.results import Benchmarked
from toolkit.findings import Check
from toolkit.language import Quantity, Sentence


def question(found: Benchmarked) -> Sentence:
    """What is asked."""
    if found.definition.question:
        return Sentence("{question}", {"question": found.definition.question})
    return Sentence("How do customers see {us} beside the competitors?", {"us": found.definition.us})


def listed(sentences: Sequence[Sentence]) -> Sentence:
    """Several sayings as one."""
    said = sentences[-1]
    for sentence in reversed(sentences[:-1]):
        said = Sentence("{first}; {rest}", {"first": sentence, "rest": said})
    return said


def with_doubts(said: Sentence, doubts: Sequence[Check]) -> Sentence:
    """A whole sentence, with the checks that failed as caveats."""
    whole = Sentence("{said}.", {"said": said})
    if not doubts:
        return whole
    parts = [Sentence("“{name}” does not hold: {detail}", {"name": c.name, "detail": c.detail}) for c in doubts[:2]]
    if len(doubts) > 2:
        parts.append(Sentence("and {n} more doubts", {"n": len(doubts) - 2}))
    return Sentence("{said} But {caveats}.", {"said": whole, "caveats": listed(parts)})


def gap_said(found: Benchmarked, gap: Gap) -> Sentence:
    """We against one rival."""
    values = {"us": found.definition.us, "rival": gap.rival, "gap": gap.quantity, "score": found.main.score.title}
    if gap.shown.reason is not None:
        return Sentence("{score}: {us} and {rival} cannot be compared: {reason}.", {**values, "reason": gap.shown.reason})
    if not gap.told:
        return Sentence("{score}: {us} and {rival} cannot be told apart ({gap:range}).", values)
    if gap.comparison.estimate > 0:
        return Sentence("{score}: {us} is {gap:size} above {rival} ({gap:sizes}).", values)
    return Sentence("{score}: {us} is {gap:size} below {rival} ({gap:sizes}).", values)


def target_said(found: Benchmarked) -> Sentence:
    """The target, and why it is that."""
    t, us = found.target, found.us
    if t is None:
        return Sentence("No target can be set: we are not ranked beside any rival.")
    values = {
        "value": Quantity(t.value, us.unit), "now": Quantity(us.value, us.unit),
        "gap": Quantity(t.gap, found.main.score.gap_unit), "step": Quantity(t.step, found.main.score.gap_unit),
        "visible": Quantity(t.visible, found.main.score.gap_unit),
        "mark": Quantity(t.benchmark, us.unit),
        "who": Sentence("the rivals' upper quartile") if t.rival is None
        else Sentence("{rival}", {"rival": found.gaps[t.rival].rival}),
    }  # fmt: skip
    if t.kind == "hold" and t.reason == "never_gained":
        return Sentence("Hold {now}: {who} is at {mark}, and no year has ever brought a gain.", values)
    if t.kind == "hold":
        return Sentence("Hold {now}: no gap to {who} can be shown, so a higher target would rest on luck.", values)
    if math.isnan(t.gained):
        why = Sentence("it is level with {who}; what a year can bring is not known yet", values)
    elif t.reason == "gap":
        why = Sentence("it is level with {who}, and a year has brought as much before", values)
    else:
        why = Sentence("{who} is at {mark}, and a year has brought {step} at most", values)
    values = {**values, "why": why, "n": Quantity(t.answers, "count")}
    if t.kind == "aim":
        return Sentence("Aim for {value} in a year: {why}. A wave of {n} answers would show it.", values)
    return Sentence(
        "Aim for {value} in a year: {why}. It takes {n} answers a wave to show it; this one shows {visible} at least.",
        values,
    )  # fmt: skip


def chances_said(found: Benchmarked) -> Sentence | None:
    """Where more value can be given: what matters and is worse, or is worth nothing more than rivals'."""
    if found.wants is None:
        return None
    fix = [w.attribute.title for w in found.wants.wanted if w.quadrant == "fix_first"]
    keep = [w.attribute.title for w in found.wants.wanted if w.quadrant == "keep_up"]
    unclear = sum(w.quadrant == "undetermined" for w in found.wants.wanted)
    values = {"n": unclear, "of": len(found.wants.wanted)}
    if fix and keep:
        return Sentence("{fix} matters more than most and is behind the rivals; {keep} is ahead and matters.",
                        {"fix": names(fix), "keep": names(keep)})  # fmt: skip
    if fix:
        return Sentence("{fix} matters more than most and is behind the rivals: fix it first.", {"fix": names(fix)})
    if keep:
        return Sentence("{keep} matters more than most and is ahead of the rivals: keep it up.", {"keep": names(keep)})
    line = 1 / len(found.wants.wanted)
    for w in sorted(found.wants.wanted, key=lambda w: -w.share.value if w.share.known else 0):
        cells = [c for c in found.wants.gaps if c.attribute.name == w.attribute.name and c.tone == "worse"]
        if cells and w.share.known and w.share.low is not None and w.share.low > line:
            values |= {
                "attribute": w.attribute.title, "share": w.share, "rivals": names([c.rival for c in cells]),
            }  # fmt: skip
            return Sentence(
                "{attribute} matters most of what is behind a rival: {share} of what attributes explain goes with "
                "it ({share:range}), and {rivals} does it better.", values)
    return Sentence("No attribute stands out: {n} of {of} are undetermined.", values)
