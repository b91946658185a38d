"""A params file of an older form, brought to the present one step at a time, every change said.

A step is a pure function from the raw keys of form N to those of form N + 1, with a sentence for each
thing it changed. The file itself is never written. A file that names no form is of the first one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from toolkit.company.places import Found

FIRST, PRESENT = 1, 1

Raw = Mapping[str, Any]
Step = Callable[[Raw], tuple[Raw, tuple[str, ...]]]

STEPS: Mapping[int, Step] = MappingProxyType({})
"""The form a step begins from -> the step; empty while the first form is the present one."""


@dataclass(frozen=True)
class Migrated:
    """The raw keys in the present form.

    Attributes
    ----------
    data
        What the models check.
    notes
        What was changed, a sentence each; empty for a file of the present form.
    found
        Why it could not be brought there; `data` is as it was then.
    """

    data: Raw
    notes: tuple[str, ...] = ()
    found: tuple[Found, ...] = ()


def migrated(data: Raw, steps: Mapping[int, Step] = STEPS, present: int = PRESENT) -> Migrated:
    """Bring the raw keys of a params file to the form called `present`.

    A `version` that is no whole number is left to the models, which refuse it.
    """
    version = data.get("version", FIRST)
    if not isinstance(version, int) or isinstance(version, bool):
        return Migrated(data)
    if version > present:
        rule = f"is a newer form than this toolkit reads, which is version {present}: install a newer toolkit"
        return Migrated(data, found=(Found(("version",), rule, version),))
    notes: list[str] = []
    now = data
    for n in range(version, present):
        if n not in steps:
            rule = f"is a form that this toolkit no longer reads; it reads version {present} and migrates {_known(steps)}"
            return Migrated(data, found=(Found(("version",), rule, version),))
        now, said = steps[n](now)
        now = {**now, "version": n + 1}
        notes += (f"version {n} to {n + 1}: {what}" for what in said)
    return Migrated(now, tuple(notes))


def _known(steps: Mapping[int, Step]) -> str:
    return " and ".join(f"version {n}" for n in sorted(steps)) or "no other"
