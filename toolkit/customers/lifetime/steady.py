"""Sums without the last bits, which hang on the order that an engine added in."""

from __future__ import annotations

import numpy as np


def steady(values: np.ndarray, kept: int = 12) -> np.ndarray:
    """Each to so many digits; what is missing stays missing."""
    with np.errstate(divide="ignore", invalid="ignore"):
        digits = kept - 1 - np.floor(np.log10(np.abs(values)))
    plain = (digits >= 0) & (digits <= 22)  # powers of ten that a float holds exactly, so one rounding is all
    scale = 10.0 ** np.where(plain, digits, 0)
    rest = ~plain & np.isfinite(values) & (values != 0)
    out = np.where(plain, np.rint(values * scale) / scale, values)
    out[rest] = [float(f"{v:.{kept}g}") for v in values[rest]]
    return out
