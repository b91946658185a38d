"""How does a drawn column become a Parquet column? Arrow arrays with one type per kind."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


def numbered(prefix: str, numbers: np.ndarray, width: int = 7) -> pa.Array:
    """Return ids such as C0000123."""
    text = pc.utf8_lpad(pc.cast(pa.array(numbers), pa.string()), width, "0")
    return pc.binary_join_element_wise(pa.scalar(prefix), text, "")


def numbered_within(prefix: str, numbers: np.ndarray, position: np.ndarray) -> pa.Array:
    """Return ids such as O0000123-004: the customer's number and a count within the customer."""
    last = pc.utf8_lpad(pc.cast(pa.array(position), pa.string()), 3, "0")
    return pc.binary_join_element_wise(numbered(prefix, numbers), last, "-")


def named(
    names: Sequence[str], positions: np.ndarray, missing: np.ndarray | None = None
) -> pa.Array:
    """Return the names at the given positions as text; null where `missing`."""
    return pc.take(pa.array(names, pa.string()), pa.array(positions, pa.int64(), mask=missing))


def stamps(seconds: np.ndarray, missing: np.ndarray | None = None) -> pa.Array:
    """Return timestamps (microseconds, local time) from seconds since 1970."""
    return pa.array(np.asarray(seconds, np.int64) * 1_000_000, pa.int64(), mask=missing).cast(
        pa.timestamp("us")
    )


def days(values: np.ndarray, missing: np.ndarray | None = None) -> pa.Array:
    """Return dates from days since 1970."""
    return pa.array(np.asarray(values, np.int32), pa.int32(), mask=missing).cast(pa.date32())


def whole(values: np.ndarray, missing: np.ndarray | None = None) -> pa.Array:
    """Return whole numbers."""
    return pa.array(np.asarray(values, np.int32), pa.int32(), mask=missing)


def flags(values: np.ndarray, missing: np.ndarray | None = None) -> pa.Array:
    """Return 0 and 1, so that a share is a sum over a count."""
    return pa.array(np.asarray(values, np.int8), pa.int8(), mask=missing)


def amounts(values: np.ndarray, missing: np.ndarray | None = None, digits: int = 2) -> pa.Array:
    """Return numbers rounded to `digits` (two for money)."""
    return pa.array(np.round(np.asarray(values, float), digits), pa.float64(), mask=missing)
