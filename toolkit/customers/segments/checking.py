"""Reasons for doubt about the segments."""

from __future__ import annotations

from toolkit.customers.segments.results import Segmented
from toolkit.findings import Check, Checks
from toolkit.language import Sentence


def check(found: Segmented) -> Checks:
    """Is everybody in one segment, and is somebody in each?"""
    out = []
    for s in found.segmentations:
        values = {"name": s.rules.title, "n": s.n, "cells": s.proved or 0}
        if s.proved is not None:
            said = Sentence("{name}: each of {cells} cells of scores and of {n} customers meets exactly one rule", values)
        else:
            said = Sentence("{name}: each of {n} customers meets exactly one rule", values)
        out.append(Check(Sentence("Everybody is in exactly one segment"), True, said, numbers={"customers": s.n}))
        empty = tuple(x.said for x in s.segments if x.size == 0)
        small = tuple(x.said for x in s.segments if 0 < x.size < found.definition.fewest)
        if empty:
            out.append(Check(
                Sentence("Somebody is in every segment"), False,
                Sentence("{name}: nobody is in {segments}", {"name": s.rules.title, "segments": empty}),
                numbers={"segments": len(empty)},
            ))  # fmt: skip
        if small:
            out.append(Check(
                Sentence("Segments are large enough to act on"), None,
                Sentence("{name}: fewer than {n} customers are in {segments}",
                         {"name": s.rules.title, "n": found.definition.fewest, "segments": small}),
            ))  # fmt: skip
    if found.without_orders:
        out.append(Check(
            Sentence("Customers without an order have no scores"), None,
            Sentence("customers without an order, in no segment of scores: {n}", {"n": found.without_orders}),
            numbers={"customers": found.without_orders},
        ))  # fmt: skip
    return Checks(tuple(out))
