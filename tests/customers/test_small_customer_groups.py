"""Segments and cohorts of few customers are left out of every table, chart and finding, and cannot be worked out."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from toolkit.customers import lifetime, repeat, retention, segments
from toolkit.customers.definition import Bought, Flow, People, Window

ENDS = date(2026, 6, 30)
WINDOW = Window(ENDS, date(2025, 7, 1))
KINDS = ["home"] * 60 + ["shop"] * 40 + ["farm"] * 30 + ["ship"] * 4


def said(found, module) -> str:
    """Every table and sentence of a part, and what its findings are about."""
    findings = module.conclude(found, module.check(found))
    grids = [found.grid().text(), *(getattr(found, n).text() for n in ("cohorts",) if hasattr(found, n))]
    for tables in (getattr(found, "tables", ()), getattr(found, "criteria", ()) and ()):
        grids += [t.text() for t in tables]
    return " ".join([*grids, *(f"{f.id} {f.segment} {f.sentence.text()} {f.decision.text() if f.decision else ''}" for f in findings)])


def test_segments_of_few_do_not_appear_in_what_follows_or_pays():
    rng = np.random.default_rng(1)
    who = pd.DataFrame({"customer_id": [f"C{i}" for i in range(len(KINDS))], "kind": KINDS})
    paid = who.assign(on=pd.Timestamp("2026-05-01"), paid=rng.normal(100, 5, len(who)) + 900 * (who.kind == "ship"), served=10.0)
    answers = who.assign(score=rng.normal(5, 1, len(who)))[lambda t: (t.kind != "shop") | (np.arange(len(t)) % 8 == 0)]
    rules = segments.Rules("kind", {k: f"kind = '{k}'" for k in dict.fromkeys(KINDS)})
    flows = (Flow("paid", "paid", "revenue", "paid", "on"), Flow("served", "paid", "serving", "served", "on"))
    outcome = segments.Outcome("score", "Score", "answers", "score", "1", "customer_id")

    def asked(least):
        definition = segments.Segmenting(
            WINDOW, rules=(rules,), who=People("who", columns=("kind",)), flows=flows, outcomes=(outcome,), fewest=3,
            loyalty_cost=5.0, loyalty_gain=0.1, min_cell=least,
        )  # fmt: skip
        return segments.estimate({"who": who, "paid": paid, "answers": answers}, definition)

    found = asked(10)
    # the ship's four customers would show as the difference to all: the next smallest is hidden with them
    assert [s.name for s in found.main.shown(10)] == ["home", "shop"]
    assert [r.label for r in found.rows] == ["home", "shop"]
    assert [r[0] for r in found.loyalty_grid.rows] == ["home", "shop"]
    assert {f.segment for f in segments.conclude(found, segments.check(found)) if f.segment} == {"home", "shop"}
    assert "ship" not in found.title.text() and "ship" in asked(1).title.text()
    # five of the shops answered
    home, shop = found.main.shown(10)
    assert shop.outcomes[0].n == 0 and home.outcomes[0].n == 0
    assert [m.n for s in asked(1).main.segments for m in s.outcomes] == [60, 5, 30, 4]


def test_stays_of_few_customers_are_not_told():
    rng = np.random.default_rng(2)
    begun = pd.to_datetime(["2024-02-01"] * 70 + ["2024-05-01"] * 55 + ["2024-08-01"] * 9)
    rows = pd.DataFrame({"kind": rng.permutation(KINDS), "started_on": begun, "ended_on": pd.NaT})
    rows.loc[::3, "ended_on"] = rows.started_on[::3] + pd.Timedelta(days=200)
    found = retention.estimate(rows, retention.Retention(segment="kind", ends=ENDS, min_cell=10))
    assert [s.segment for s in found.stays] == [None, "home", "shop"] and found.everybody.curve.n == 134
    assert [c.label for c in found.by_cohort] == ["2024Q1"]
    assert "ship" not in said(found, retention) and "2024Q3" not in found.cohorts.text()
    assert len(retention.estimate(rows, retention.Retention(segment="kind", ends=ENDS)).stays) == 5


def test_the_value_of_few_customers_is_not_told():
    rng = np.random.default_rng(3)
    rows = []
    for i, kind in enumerate(KINDS):
        for day in rng.integers(0, 500, 1 + rng.poisson(4)):
            rows.append((f"C{i}", kind, pd.Timestamp("2025-01-01") + pd.Timedelta(days=int(day)), rng.gamma(3, 10)))
    frame = pd.DataFrame(rows, columns=["customer", "kind", "day", "amount"])
    asked = lifetime.Purchases(customer="customer", time="day", amount="amount", segment="kind", ends=date(2026, 6, 30), min_cell=10)
    found = lifetime.estimate(frame, asked)
    assert [v.segment for v in found.values] == [None, "home", "shop"] and set(found.fits) == {None, "home", "shop"}
    assert "ship" not in said(found, lifetime) and "farm" not in said(found, lifetime)


def test_cohorts_of_few_customers_are_not_in_the_grid():
    counts = {"2026-01-05": 30, "2026-02-05": 25, "2026-03-05": 4}
    rows = [(f"C{d}{i}", f"O{d}{i}", pd.Timestamp(d), "tea", 5.0) for d, n in counts.items() for i in range(n)]
    lines = pd.DataFrame(rows, columns=["customer_id", "order_id", "day", "product", "amount"])
    bought = Bought("lines", "order_id", "day", product="product", amount="amount")
    found = repeat.estimate(lines, repeat.Repeat(bought, Window(ENDS), within_days=60, min_cell=10))
    assert [r[:2] for r in found.cohorts.rows] == [("2026‑01", 30)]
    assert len(repeat.estimate(lines, repeat.Repeat(bought, Window(ENDS), within_days=60)).cohorts.rows) == 3
