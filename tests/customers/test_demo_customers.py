"""The demo company: what was planted about its customers is found."""

from __future__ import annotations

import json

import pytest

from toolkit.customers import costly, prices
from toolkit.data.demo import write_demo, write_params
from toolkit.opened import open_company


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    place = tmp_path_factory.mktemp("demo")
    written = write_demo(place / "data", customers=20_000)
    write_params(place / "demo.yaml", place / "data")
    truths = json.loads((place / "data" / "truths.json").read_text(encoding="utf-8"))
    return open_company(str(place / "demo.yaml")).customers(), truths, written


def test_planted_costly_customers_are_found_with_few_false_flags(demo):
    studies, truths, _ = demo
    found = costly.estimate(studies.costly)
    named = {f.customer for f in found.flags}
    planted = set(truths["costly_customers"]["ids"])
    # the rule of the truth: those planted who were there for less than a year are not in its list
    false = {c for c in named - planted if int(c[1:]) % 100 != 37}
    assert len(false) <= 0.05 * len(named)
    assert len(named & planted) >= 0.5 * len(planted)
    assert found.stake.low > 0
    assert len(found.rows) == 10 and len(found.grid().rows) == 10


def test_planted_elasticities_lie_in_their_intervals(demo):
    studies, truths, _ = demo
    found = prices.estimate(studies.prices)
    for segment, planted in truths["orders"]["price_elasticity_by_segment"].items():
        assert found[segment].low <= planted <= found[segment].high
