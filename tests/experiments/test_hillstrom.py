"""Hillstrom's e-mail test (MineThatData 2008), end to end: 64,000 customers in three arms.

The numbers are those published for it, computed with statsmodels and scipy from the raw file.
"""

from __future__ import annotations

import json

import ibis
import pandas as pd
import pytest

from toolkit import experiments
from toolkit.experiments import Experiment, Metric
from toolkit.findings import FINDING

MENS, WOMENS, NONE = "Mens E-Mail", "Womens E-Mail", "No E-Mail"


def definition() -> Experiment:
    return Experiment(
        arm="segment", control=NONE, arms={MENS: 1, WOMENS: 1, NONE: 1}, name="spring", currency="USD",
        metrics=[
            Metric("visit", "visit", role="primary", label="Visits"),
            Metric("conversion", "conversion"),
            Metric("spend", "spend", format="money"),
            Metric("spend_per_order", "spend", "conversion", format="money"),
        ],
    )  # fmt: skip


@pytest.fixture(scope="module")
def path(shared_data):
    return shared_data / "experiments" / "hillstrom.csv"


@pytest.fixture(scope="module")
def numbers(path):
    """Findings as they stand in findings.json, by what follows the test's name."""
    effects = experiments.estimate(path, definition())
    findings = experiments.conclude(effects, experiments.check(effects))
    bundle = findings._repr_mimebundle_()[FINDING]
    return {f["id"].removeprefix("ab_test/spring").lstrip("/"): f for f in json.loads(json.dumps(bundle))}


def agrees(value: float, printed: str) -> bool:
    """Whether a number agrees to the digits printed, be they rounded or cut off."""
    digits = len(printed.partition(".")[2])
    return abs(value - float(printed)) < 10**-digits


@pytest.mark.parametrize(
    ("arm", "printed"), [(NONE, "10.617"), (MENS, "18.276"), (WOMENS, "15.140")]
)
def test_visits_by_arm(numbers, arm, printed):
    assert agrees(100 * numbers[f"visit/{arm}/level"]["estimate"], printed)


@pytest.mark.parametrize(
    ("finding", "field", "printed"),
    [
        ("visit/Mens E-Mail", "estimate", ".0765895637"),
        ("visit/Mens E-Mail", "statistic", "22.48604"),
        ("visit/Mens E-Mail", "low", ".0699533"),
        ("visit/Mens E-Mail", "high", ".0832267"),
        ("conversion/Mens E-Mail", "estimate", ".0068050065"),
        ("conversion/Mens E-Mail", "statistic", "7.38511"),
        ("spend/Mens E-Mail", "estimate", ".7698271559"),
        ("spend/Mens E-Mail", "statistic", "5.30014"),
        ("spend/Mens E-Mail", "df", "36671.158"),
        ("spend/Mens E-Mail", "low", ".4851397"),
        ("spend/Mens E-Mail", "high", "1.0545145"),
        ("spend_per_order/Mens E-Mail", "control_value", "114.0027"),
        ("spend_per_order/Mens E-Mail", "arm_value", "113.5269"),
        ("spend_per_order/Mens E-Mail", "p_value", ".967"),
        ("visit/Womens E-Mail", "estimate", ".0452331066"),
        ("conversion/Womens E-Mail", "estimate", ".0031110575"),
        ("spend/Womens E-Mail", "estimate", ".4244122159"),
        ("spend/Womens E-Mail", "statistic", "3.25637"),
        ("sample_ratio", "p_value", ".9037"),
    ],
)  # fmt: skip
def test_published_numbers(numbers, finding, field, printed):
    found = numbers[finding]
    value = found[field] if isinstance(found.get(field), float) else found["numbers"][field]
    assert agrees(value, printed), value


def test_p_values_do_not_become_zero(numbers):
    assert 0 < numbers["visit/Mens E-Mail"]["p_value"] < 1e-100


def test_every_row_counts(numbers):
    assert numbers[""]["n"] == 64_000
    assert sum(numbers[""]["numbers"][f"rows_{arm}"] for arm in (NONE, MENS, WOMENS)) == 64_000


def test_the_verdict_and_its_sentence(numbers):
    headline = numbers[""]
    assert headline["verdict"] == "ship" and headline["headline"] is True
    assert headline["comparison"] == MENS
    assert headline["sentence"].startswith("Visits: Mens E-Mail brings 7.7 percentage points more than No E-Mail")
    assert headline["decision"] == "Ship Mens E-Mail."
    assert all("significant" not in f["sentence"] for f in numbers.values())


def test_a_frame_an_ibis_table_and_paths_give_equal_numbers(path, tmp_path):
    frame = pd.read_csv(path)
    parquet = tmp_path / "hillstrom.parquet"
    frame.to_parquet(parquet)
    backend = ibis.duckdb.connect()
    backend.create_table("emails", frame)
    several = [experiments.estimate(t, definition()) for t in (frame, backend.table("emails"), path, parquet)]
    first = several[0]
    for other in several[1:]:
        for a, b in zip(first, other, strict=True):
            for field in ("estimate", "low", "high", "statistic", "p_value"):
                assert getattr(a.difference, field) == pytest.approx(getattr(b.difference, field), rel=1e-11)


def test_the_frame_stays_as_it_was(path):
    frame = pd.read_csv(path)
    before = frame.copy(deep=True)
    experiments.estimate(frame, definition())
    pd.testing.assert_frame_equal(frame, before)
