"""Published surveys through params files, held to what is known of them."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from benchmarks_params import ACSI, HEAD, LOUNGES, MOBILE, SUPPLIERS
from toolkit.problems import Refused


@pytest.mark.parametrize("us", ["1", "2", "3", "4"])
def test_four_mobile_providers_cannot_be_told_apart_whoever_we_are(concluded, us):
    found, _, findings = concluded("mobile", MOBILE.replace('us: "3"', f'us: "{us}"'))
    assert findings[0].verdict == "cannot_be_told_apart"
    assert [(s.rank_low, s.rank_high) for s in found.main.standings] == [(1, 4)] * 4
    assert {g.verdict for g in found.gaps} == {"cannot_be_told_apart"}
    assert found.target.kind == "hold"


def test_mobile_providers_have_the_published_means_and_shrink_as_they_should(concluded):
    found, _, _ = concluded("mobile", MOBILE)
    # means 5.292308 5.614173 5.651163 5.162791 on 1 to 7; DerSimonian-Laird tau^2 .0315089
    expected = {"1": 5.292308, "2": 5.614173, "3": 5.651163, "4": 5.162791}
    assert {s.company: s.value for s in found.main.standings} == pytest.approx(
        {c: 100 * (m - 1) / 6 for c, m in expected.items()}, abs=2e-5)
    assert found.main.tau2 == pytest.approx(0.0315089 * (100 / 6) ** 2, rel=1e-5)
    drawn = {s.company: s.shrunk for s in found.main.standings}
    assert max(drawn, key=drawn.get) == "2" and found.main.standings[0].company == "3"
    assert all(not p.told for p in found.pairs.pairs)


def test_lounges_compare_the_ten_with_most_reviews(concluded, shared_data):
    found, checks, findings = concluded("lounges", LOUNGES)
    rows = pd.read_csv(shared_data / "satisfaction/skytrax_lounge_reviews.csv").dropna(subset="overall_rating")
    counts = rows.airline_name.value_counts()
    assert {s.company for s in found.main.standings} == set(counts.index[:10])
    for s in found.main.standings:
        mine = rows.overall_rating[rows.airline_name == s.company]
        assert s.value == pytest.approx(100 * (mine.mean() - 1) / 9) and s.n == len(mine)
    assert len(found.left_out) == len(counts) - 10
    assert any("left out" in c.detail.text() for c in checks)
    assert findings[0].verdict in ("ahead", "behind", "cannot_be_told_apart")


def test_acsi_with_its_missing_codes_declared(concluded):
    found, _, _ = concluded("acsi", ACSI.replace("MISSING", "[98, 99]"))
    n = sum(s.n for s in found.main.standings)
    mean = sum(s.n * s.value for s in found.main.standings) / n
    assert mean == pytest.approx(7.795, abs=5e-4)


def test_acsi_without_them_is_refused_by_name(concluded):
    with pytest.raises(Refused) as refused:
        concluded("acsi", ACSI.replace("MISSING", "[]"))
    said = str(refused.value)
    assert "'repurchase' holds codes outside its scale 1 to 10: 98 (" in said and "99 (" in said
    assert "'satisfaction' holds codes outside its scale 1 to 10: 98 (5 times), 99 (2 times)" in said


def test_energy_suppliers_practices_as_percentiles(concluded, shared_data):
    found, _, findings = concluded("suppliers", SUPPLIERS)
    rows = pd.read_csv(shared_data / "satisfaction/uk_ca_panel.csv")
    order = rows.quarter.str[3:].astype(int) * 4 + rows.quarter.str[1].astype(int)
    last = rows.assign(o=order).sort_values("o", kind="stable").groupby("supplier").tail(1).set_index("supplier")
    wait = last.call_wait_s.dropna()
    others = wait.drop("Utilita")
    expected = ((others > wait["Utilita"]).sum() + 0.5 * (others == wait["Utilita"]).sum()) / len(others)
    practice = {p.name: p for p in found.practices}["call_wait_s"]
    assert practice.percentile == pytest.approx(expected)
    both = last[["call_wait_s", "star_rating"]].dropna()
    ranks = both.rank()
    assert practice.correlation == pytest.approx(np.corrcoef(ranks.T)[0, 1])
    assert findings[0].verdict == "measured"
    assert "better than most rivals on" in findings[0].sentence.text()
    assert all("caus" not in f.sentence.text() for f in findings)


@pytest.fixture(scope="module")
def made(tmp_path_factory, shared_data, root):
    """The findings of one run of the command over all four public surveys."""
    folder = tmp_path_factory.mktemp("public")
    tables, compared = "tables:\n", "benchmarks:\n"
    for text in (MOBILE, LOUNGES, ACSI.replace("MISSING", "[98, 99]"), SUPPLIERS):
        before, after = text.split("benchmarks:\n")
        tables += before.split("tables:\n")[1]
        compared += after
    path = folder / "public.yaml"
    head = HEAD.format(name="public", as_of="2026-09-30", folder=shared_data / "satisfaction")
    path.write_text(head + tables + compared, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "toolkit.cli", "run", str(path), "--out", str(folder / "out"), "--jobs", "2"],
        cwd=root, capture_output=True, text=True, env={**os.environ, "OMP_NUM_THREADS": "1"}, check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (file,) = (folder / "out").rglob("findings.json")
    findings = json.loads(file.read_text(encoding="utf-8"))
    return findings["findings"] if isinstance(findings, dict) else findings


def of(findings: list, name: str, end: str = "") -> list[dict]:
    start = f"competitor_benchmark/{name}"
    return [f for f in findings if f["id"].split("/")[1] == name and f["id"].startswith(start) and f["id"].endswith(end)]


def test_the_command_cannot_tell_four_mobile_providers_apart(made):
    assert of(made, "providers", "/providers")[0]["verdict"] == "cannot_be_told_apart"
    places = [f["numbers"] for f in of(made, "providers", "/level")]
    assert len(places) == 4 and all((p["rank_low"], p["rank_high"]) == (1, 4) for p in places)
    assert of(made, "providers", "/target")[0]["numbers"]["hold"] == 1


def test_the_command_ranks_ten_lounges(made, shared_data):
    rows = pd.read_csv(shared_data / "satisfaction/skytrax_lounge_reviews.csv").dropna(subset="overall_rating")
    means = rows.groupby("airline_name").overall_rating.mean()
    counts = rows.airline_name.value_counts()
    levels = of(made, "lounges", "/level")
    assert {f["comparison"] for f in levels} == set(counts.index[:10])
    for f in levels:
        assert f["estimate"] == pytest.approx(100 * (means[f["comparison"]] - 1) / 9)
        assert f["numbers"]["rank_low"] <= f["numbers"]["rank"] <= f["numbers"]["rank_high"]


def test_the_command_reads_acsi_without_its_missing_codes(made):
    levels = [f for f in of(made, "industries", "/level") if "repurchase" in f["id"]]
    assert sum(f["n"] * f["estimate"] for f in levels) / sum(f["n"] for f in levels) == pytest.approx(7.795, abs=5e-4)


def test_the_command_says_who_does_what_among_energy_suppliers(made):
    practices = [f for f in of(made, "suppliers") if "/practice/" in f["id"]]
    assert {f["kpi"] for f in practices} == {"call_wait_s", "email_resp_pct", "complaints_per_10k"}
    assert all(0 <= f["numbers"]["percentile"] <= 1 for f in practices)
    assert not any("caus" in f["sentence"] for f in of(made, "suppliers"))
