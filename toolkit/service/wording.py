"""What all parts say alike: names in a row, doubts behind a sentence, a figure as a finding."""

from __future__ import annotations

import math
from collections.abc import Sequence

from toolkit.findings import Check, Finding
from toolkit.language import Quantity, Sentence
from toolkit.service.asked import Aside
from toolkit.service.window import Window

NOTEBOOK = "service"
_MOST_NAMED = 6


def plain(name: str) -> str:
    """A value of a table as people write it."""
    return name.replace("_", " ")


def names(values: Sequence[str]) -> Sentence:
    """Several names as one: ``a, b and c``."""
    shown = [Sentence("{name}", {"name": plain(v)}) for v in values[:_MOST_NAMED]]
    if len(values) > _MOST_NAMED:
        shown.append(Sentence("{n} more", {"n": len(values) - _MOST_NAMED}))
    if not shown:
        return Sentence("none")
    said = shown[-1]
    for i, part in enumerate(reversed(shown[:-1])):
        template = "{first} and {rest}" if i == 0 else "{first}, {rest}"
        said = Sentence(template, {"first": part, "rest": said})
    return said


def with_doubts(said: Sentence, checks: Sequence[Check]) -> Sentence:
    """A sentence, with the checks that failed as caveats."""
    for check in [c for c in checks if c.passed is False][:2]:
        said = Sentence("{said} But “{name}” does not hold: {detail}.",
                        {"said": said, "name": check.name, "detail": check.detail})  # fmt: skip
    return said


def aside_check(aside: Sequence[Aside], n: int, share: float = 0.01) -> Check:
    """Rows set aside, each kind by its name; more than `share` of all casts doubt."""
    name = Sentence("Few rows had to be set aside")
    found = [a for a in aside if a.rows]
    if not found:
        return Check(name, True, Sentence("none of {n} rows", {"n": n}))
    said = None
    for a in reversed(found):
        one = Sentence("{what}: {n} (of {all} rows)", {"what": a.what, "n": a.rows, "all": a.out_of or n})
        said = one if said is None else Sentence("{first}; {rest}", {"first": one, "rest": said})
    few = all(a.rows <= share * max(a.out_of or n, 1) for a in found)
    return Check(name, few, said, numbers={"rows_set_aside": sum(a.rows for a in found)})


def figure(
    parts: Sequence[str], question: Sentence, said: Sentence, quantity: Quantity | None = None, *,
    window: Window, source: str, answers: tuple[str, ...], n: int = 0, n_unit: str = "rows",
    method: str = "", level: float = 0.95, verdict: str | None = None, **more,
) -> Finding:  # fmt: skip
    """One figure of the service as a finding; a quantity that is not known is no data.

    Parameters
    ----------
    parts
        Of its id, after the notebook's name; the first is its subject.
    """
    known = quantity is not None and quantity.known
    ends = {}
    if known:
        ends = {"estimate": quantity.value, "unit": quantity.unit}
        if quantity.low is not None and math.isfinite(quantity.low) and math.isfinite(quantity.high):
            ends |= {"low": quantity.low, "high": quantity.high}
    if verdict is None:
        verdict = "measured" if known or (quantity is None and n) else "no_data"
    return Finding(
        id="/".join((NOTEBOOK, *parts)), notebook=NOTEBOOK, question=question, subject=parts[0],
        verdict=verdict, sentence=said, period=window.label, n=int(n), n_unit=n_unit, level=level,
        method=method, source=source, answers=answers, **ends, **more,
    )  # fmt: skip
