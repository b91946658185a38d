"""Should what is said of the service be believed? The checks of every part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from toolkit.findings import Checks
from toolkit.language import Sentence
from toolkit.service import adoption, answering, complaints, leads, staff, touchpoints
from toolkit.service.results import WORDS, Served

_CHECK = {
    "complaints": complaints.check, "answering": answering.check, "touchpoints": touchpoints.check,
    "adoption": adoption.check, "leads": leads.check, "staff": staff.check,
}  # fmt: skip


@dataclass(frozen=True, repr=False)
class ServiceChecks(Checks):
    """All checks, each named with its part; `parts` keeps them apart."""

    parts: Mapping[str, Checks] = field(default_factory=dict)


def check(found: Served) -> ServiceChecks:
    """Every reason for doubt, part by part."""
    parts = {name: _CHECK[name](found.parts[name]) for name in found.in_order}
    named = [
        replace(c, name=Sentence("{part}: {check}", {"part": WORDS[name], "check": c.name}))
        for name, checks in parts.items() for c in checks
    ]  # fmt: skip
    return ServiceChecks(tuple(named), parts)
