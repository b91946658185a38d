"""Segments of too few units are not shown, nor the one that would tell of a single hidden one."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from two_arm_tables import declared

from toolkit import experiments
from toolkit.experiments import Metric


@pytest.fixture
def table():
    rng = np.random.default_rng(5)
    region = ["n"] * 400 + ["s"] * 300 + ["e"] * 60 + ["islands"] * 6
    return pd.DataFrame({
        "arm": rng.permuted(["a", "b"] * 383), "region": region, "y": rng.normal(size=766), "kind": ["x", "z"] * 383,
    })  # fmt: skip


def shown(table, **more) -> tuple[set, str]:
    test = declared(Metric("y", role="primary"), segments=["region", "kind"], **more)
    found = experiments.estimate(table, test)
    findings = experiments.conclude(found, experiments.check(found))
    values = {e.segment[1] for s in found.segments for e in s.effects}
    told = {f.segment.split("=")[1] for f in findings if f.segment}
    assert told == values
    return values, found.segment_grid().text()


def test_a_small_segment_and_the_next_one_are_hidden_and_said(table):
    values, grid = shown(table)
    assert values == {"n", "s", "x", "z"}
    assert "2 segments are not shown" in grid and "islands" not in grid


def test_the_least_may_be_declared(table):
    values, grid = shown(table, min_cell=5)
    assert "islands" in values and "not shown" not in grid
