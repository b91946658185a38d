"""One segment of the customers: its KPIs, what it brings and how long it stays, as pandas counts them; few are not told of."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from toolkit import of_segment, open_company
from toolkit.company.load import load_company
from toolkit.data.prepared import VARIABLE, prepare
from toolkit.data.source import open_source
from toolkit.problems import Refused

PARAMS = """
company: {id: shop, name: Shop, as_of: 2026-09-30}
tables:
  customers:
    path: customers.csv
    key: customer_id
    columns:
      customer_id: {type: text, identifier: true}
      kind: {type: category, values: [home, office, farm, ship]}
      came: {type: date}
      went: {type: date}
  orders:
    path: orders.csv
    key: order_id
    time: day
    columns:
      order_id: {type: text}
      customer_id: {type: text, identifier: true}
      day: {type: date}
      amount: {type: money}
      late: {type: integer}
    joins: {customers: {on: customer_id, columns: [kind]}}
kpis:
  value: {label: Order value, table: orders, numerator: amount, format: money, better: higher}
  late: {label: Late, table: orders, numerator: late, format: percent, better: lower, target: {level: 0.2}}
customers:
  customer: customer_id
  who: {table: customers, starts: came, ends: went}
  money: {paid: {table: orders, kind: revenue, amount: amount, time: day}}
  months: 12
  staying: {table: customers, started: came, ended: went}
  segments:
    rules: {kind: {home: "kind = 'home'", office: "kind = 'office'", farm: "kind = 'farm'", ship: "kind = 'ship'"}}
    outcomes: {late: {label: Late orders, table: orders, numerator: late, format: percent}}
    levels: {hold: as ever, serve_better: a call a month}
segments:
  kind:
    label: Kind
    column: kind
    owner: Ana
    rules: kind
    staying: true
    kpis: [value, late]
    values: {home: {label: Homes}, office: {label: Offices}, farm: {label: Farms}, ship: {label: Ships}}
"""
SIZES = {"home": 300, "office": 200, "farm": 60, "ship": 4}


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shop")
    rng = np.random.default_rng(4)
    kinds = np.repeat(list(SIZES), list(SIZES.values()))
    came = pd.Timestamp("2025-01-01") + pd.to_timedelta(rng.integers(0, 200, len(kinds)), unit="D")
    went = pd.Series(came + pd.to_timedelta(rng.integers(100, 900, len(kinds)), unit="D")).where(rng.random(len(kinds)) < 0.4)
    went = went.where(went <= "2026-09-30")
    people = pd.DataFrame({"customer_id": [f"C{i}" for i in range(len(kinds))], "kind": kinds, "came": came, "went": went})
    orders = people.loc[people.index.repeat(2), ["customer_id", "kind"]].reset_index(drop=True)
    orders["day"] = pd.Timestamp("2026-07-10") + pd.to_timedelta(rng.integers(0, 80, len(orders)), unit="D")
    orders["amount"] = rng.normal(100, 10, len(orders)) + 30 * (orders.kind == "office")
    orders["late"] = (rng.random(len(orders)) < np.where(orders.kind == "home", 0.4, 0.1)).astype(int)
    orders["order_id"] = [f"O{i}" for i in range(len(orders))]
    people.to_csv(folder / "customers.csv", index=False)
    orders.drop(columns="kind").to_csv(folder / "orders.csv", index=False)
    (folder / "shop.yaml").write_text(PARAMS)
    return folder, people, orders


def found_of(shop, name: str):
    study = open_company(str(shop[0] / "shop.yaml"), "2026Q3").segment(name)
    return of_segment.estimate(study)


def test_kpis_are_held_to_the_target_or_to_everybody_else(shop):
    _, _, orders = shop
    found = found_of(shop, "kind.office")
    by = {h.kpi.name: h for h in found.kpis.held}
    ours, others = (orders[(orders.kind == "office") == b].amount for b in (True, False))
    assert by["value"].value.value == pytest.approx(ours.mean()) and by["value"].against.value == pytest.approx(others.mean())
    gap = stats.ttest_ind(ours, others, equal_var=False).confidence_interval(0.95)
    assert (by["value"].difference.low, by["value"].difference.high) == pytest.approx((gap.low, gap.high), rel=0.02)
    assert by["late"].against.value == 0.2 and by["late"].state == "good" and by["value"].state == "good"
    homes = {h.kpi.name: h.state for h in found_of(shop, "kind.home").kpis.held}
    assert homes == {"value": "to_improve", "late": "to_improve"}


def test_what_its_customers_bring_and_how_long_they_stay(shop):
    _, people, orders = shop
    found = found_of(shop, "kind.office")
    by = {b.name: b for b in found.customers}
    # customers who were there in the twelve months
    there = people[(people.kind == "office") & (people.went.isna() | (people.went >= "2025-10-01"))].customer_id
    each = orders[orders.customer_id.isin(there)].groupby("customer_id").amount.sum()
    assert by["net_value"].here.value == pytest.approx(each.mean()) and by["net_value"].n == len(there) < 200
    late = orders[orders.customer_id.isin(there)].late.mean()
    assert by["late"].here.value == pytest.approx(late)
    # only segments that are shown are compared with: the ships are hidden, and the farms with them
    homes = people[(people.kind == "home") & (people.went.isna() | (people.went >= "2025-10-01"))].customer_id
    assert by["late"].against.value == pytest.approx(orders[orders.customer_id.isin(homes)].late.mean())
    assert by["still_there"].here.known and 0 < by["still_there"].here.value < 1
    assert found.action in ("serve_better", "hold") and "What follows of it" in found.customer_grid().text()
    assert [c.passed for c in of_segment.check(found)] == [True, True, None]


def test_findings_say_what_is_good_what_to_improve_and_what_is_done(shop):
    found = found_of(shop, "kind.home")
    checks = of_segment.check(found)
    findings = of_segment.conclude(found, checks)
    said = {f.id: f for f in findings}
    main = said["segment/kind/home"]
    assert main.headline and main.owner == "Ana" and "Homes: to improve: Order value, Late" in main.sentence.text()
    assert said["segment/kind/home/late"].verdict == "reliably_missed" and main.decision is not None
    assert "Homes" in said["segment/kind/home/action"].sentence.text()
    assert all(f.notebook == "segment" for f in findings)
    json.dumps([f.to_json() for f in findings], allow_nan=False)


@pytest.mark.parametrize("name", ["ship", "farm"])
def test_a_segment_of_few_is_not_told_of_nor_the_one_that_would_tell(shop, name):
    found = found_of(shop, f"kind.{name}")
    assert {h.state for h in found.kpis.held} == {"hidden"} and found.hidden and not found.customers
    findings = of_segment.conclude(found, of_segment.check(found))
    assert [f.verdict for f in findings] == ["no_data"] * 3 and "fewer than" in findings[0].sentence.text()
    _, _, orders = shop
    told = " ".join([found.grid().text(), found.customer_grid().text(), *(f.sentence.text() for f in findings)])
    assert f"{orders[orders.kind == name].amount.mean():.1f}" not in told and "Too few customers" in told


def test_an_unknown_segment_is_refused_with_the_choices(shop):
    with pytest.raises(Refused) as wrong:
        found_of(shop, "kind.homes")
    assert str(wrong.value).startswith("segment: 'kind.homes' is no segment with a page in this params file. Did you mean 'kind.home'?")
    assert "'kind.office'" in str(wrong.value)


@pytest.mark.parametrize(("old", "new", "said"), [
    ("column: kind\n    owner", "column: knd\n    owner", "segments.kind.column: 'knd' is no column of 'orders', the table of 'value'. Did you mean 'kind'?"),
    ("kpis: [value, late]", "kpis: [value, lat]", "segments.kind.kpis[1]: 'lat' is no KPI of this file. Did you mean 'late'?"),
    ("home: {label: Homes}", "house: {label: Homes}", "segments.kind.values.house: 'house' is no value of 'kind'"),
    ("home: {label: Homes}", "home: {label: Homes, value: hom}", "segments.kind.values.home.value: 'hom' is no value of 'kind'. Did you mean 'home'?"),
    ("    rules: kind\n", "    rules: kinds\n", "segments.kind.rules: 'kinds' is no entry of 'customers.segments.rules'. Did you mean 'kind'?"),
    ("column: kind\n    owner", "column: customer_id\n    owner", "segments.kind.column: 'customer_id' identifies a person"),
    ("  staying: {table: customers, started: came, ended: went}\n", "", "segments.kind.staying: needs 'customers.staying', which is not declared"),
])  # fmt: skip
def test_what_leads_nowhere_is_refused_with_its_place(tmp_path, old, new, said):
    assert PARAMS.count(old) == 1
    (tmp_path / "shop.yaml").write_text(PARAMS.replace(old, new))
    with pytest.raises(Refused) as wrong:
        load_company(tmp_path / "shop.yaml")
    assert said in str(wrong.value)


def test_a_pack_has_a_page_for_each_value(shop):
    from toolkit.pack.jobs import jobs_of, notebooks_folder, pick_pack

    text = PARAMS + "packs: {all: {label: All, pages: [{notebook: segment, for_each: segments}]}}\n"
    path = shop[0] / "packed.yaml"
    path.write_text(text)
    file = load_company(path)
    _, pack = pick_pack(file, None)
    jobs = jobs_of(file, pack, "2026Q3", notebooks_folder(shop[0]))
    assert [j.page for j in jobs] == [f"segment-kind-{k}" for k in SIZES]
    assert jobs[0].params["segment"] == "kind.home" and str(jobs[1].title) == "Offices"


def test_what_is_asked_of_all_segments_is_looked_for_once_in_a_run(shop, tmp_path, monkeypatch):
    folder, params = shop[0], str(shop[0] / "shop.yaml")
    alone = {name: found_of(shop, f"kind.{name}") for name in ("home", "office", "ship")}
    file = load_company(folder / "shop.yaml")
    with open_source(file.company, folder) as source:
        prepare(source, file, tmp_path)
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    kept = []
    for name, before in alone.items():
        found = of_segment.estimate(open_company(params, "2026Q3").segment(f"kind.{name}"))
        assert found.customers == before.customers and (found.action, found.hidden) == (before.action, before.hidden)
        kept.append(sorted((f.name, f.stat().st_mtime_ns) for f in (tmp_path / "found").glob("*.pickle")))
    assert len(kept[0]) == 2, "how segments differ, and how long their customers stay"
    assert kept == kept[:1] * 3


def test_another_way_of_telling_customers_apart_is_another_question(shop, tmp_path, monkeypatch):
    rules = "ship: \"kind = 'ship'\"}"
    text = PARAMS.replace(f"{rules}}}", f"{rules}, size: {{few: \"kind in ('ship', 'farm')\", many: \"kind not in ('ship', 'farm')\"}}}}")
    text += "  size: {label: Size, column: kind, rules: size, kpis: [value], values: {many: {label: Many, value: home}}}\n"
    path = shop[0] / "ways.yaml"
    path.write_text(text)
    file = load_company(path)
    with open_source(file.company, shop[0]) as source:
        prepare(source, file, tmp_path)
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    opened = open_company(str(path), "2026Q3")
    sizes = [of_segment.estimate(opened.segment(n)).customers[0].n for n in ("kind.home", "size.many")]
    there = shop[1][shop[1].went.isna() | (shop[1].went >= "2025-10-01")]
    assert sizes == [(there.kind == "home").sum(), there.kind.isin(["home", "office"]).sum()]
