"""Do two engines say the same? Numbers to nine digits, everything else to the letter."""

from __future__ import annotations

import math


def differences(one, other, at="", tolerance=1e-9):
    """Where two values as JSON holds them differ, as lines."""
    number = (int, float)
    if isinstance(one, number) and isinstance(other, number) and not isinstance(one, bool) and not isinstance(other, bool):
        return [] if math.isclose(one, other, rel_tol=tolerance, abs_tol=tolerance) else [f"{at}: {one!r} and {other!r}"]
    if isinstance(one, dict) and isinstance(other, dict):
        if one.keys() != other.keys():
            return [f"{at}: {sorted(one.keys() ^ other.keys())} on one side only"]
        return [line for key in one for line in differences(one[key], other[key], f"{at}.{key}", tolerance)]
    if isinstance(one, list) and isinstance(other, list):
        if len(one) != len(other):
            return [f"{at}: {len(one)} and {len(other)} entries"]
        return [line for i, (a, b) in enumerate(zip(one, other, strict=True)) for line in differences(a, b, f"{at}[{i}]", tolerance)]
    return [] if one == other else [f"{at}: {one!r} and {other!r}"]


def by_id(findings):
    """Findings by what names them."""
    return {f["id"]: f for f in findings}
