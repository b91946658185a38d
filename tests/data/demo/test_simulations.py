"""One test's or one change's rows under any seed: the company's own, and as planted."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from toolkit.data.demo import campaign_frame, change_frame
from toolkit.data.demo.campaign_truths import METRICS, expected_split, planted_truth
from toolkit.data.demo.campaigns import TESTS, campaign_test
from toolkit.data.demo.changes import CHANGES, change
from toolkit.data.demo.chance import BLOCK

SEEDS = range(100, 112)


@pytest.mark.parametrize("name", [test.name for test in TESTS])
def test_a_frame_is_what_the_table_holds(table, name: str) -> None:
    written = table("campaign_assignments").query("campaign == @name").reset_index(drop=True)
    frame = campaign_frame(name)
    assert [f"C{number:07d}" for number in frame["customer"]] == list(written["customer_id"])
    for column in (*METRICS, "pre_spend", "pre_orders", "arm", "region", "segment", "age_band"):
        assert list(frame[column]) == list(written[column]), column
    assert (frame["assigned_at"] == written["assigned_at"].astype("datetime64[s]")).all()


@pytest.mark.parametrize("name", [test.name for test in TESTS if not test.lost])
def test_every_effect_is_the_planted_one(name: str) -> None:
    truth = planted_truth(campaign_test(name))
    frames = [campaign_frame(name, seed=seed) for seed in SEEDS]
    rows = pd.concat(frames)
    groups = rows.groupby("arm", observed=True)[list(METRICS)]
    mean, error = groups.mean(), groups.std() / np.sqrt(groups.count())
    for arm, planted in truth["arms"].items():
        for metric in METRICS:
            distance = abs(mean.loc[arm, metric] - planted["mean"][metric])
            assert distance < 4.5 * error.loc[arm, metric], (arm, metric)


def test_spend_is_skewed_and_its_variance_explained_as_planted() -> None:
    rows = pd.concat([campaign_frame("spring_mail", seed=seed) for seed in SEEDS])
    for arm, planted in planted_truth(campaign_test("spring_mail"))["arms"].items():
        mine = rows[rows["arm"] == arm]
        assert stats.skew(mine["spend"]) > 2
        assert mine["spend"].std() == pytest.approx(planted["spend_sd"], rel=0.04)
        explained = np.corrcoef(mine["spend"], mine["pre_spend"])[0, 1] ** 2
        assert explained == pytest.approx(planted["explained_by_pre_spend"], abs=0.02)
        assert 0.25 < planted["explained_by_pre_spend"] < 0.40


def test_effects_by_age_band_add_up_and_are_seen() -> None:
    truth = planted_truth(campaign_test("contact_method"))["arms"]["social"]
    by_age = truth["conversion_effect_by_age_band"]
    assert by_age["18-24"] > 0 > by_age["35-49"]
    rows = pd.concat([campaign_frame("contact_method", seed=seed) for seed in SEEDS])
    for age, effect in by_age.items():
        mine = rows[rows["age_band"] == age].groupby("arm", observed=True)["conversion"]
        mean, error = mine.mean(), mine.std() / np.sqrt(mine.count())
        seen = mean["social"] - mean["email"]
        assert abs(seen - effect) < 4.5 * np.hypot(error["social"], error["email"])


def test_only_the_planted_split_is_broken() -> None:
    for test in TESTS:
        counts = np.zeros(len(test.arms))
        for seed in SEEDS:
            counts += campaign_frame(test.name, seed=seed)["arm"].value_counts(sort=False)
        even = stats.chisquare(counts).pvalue
        as_planted = stats.chisquare(counts, counts.sum() * np.array(expected_split(test))).pvalue
        assert as_planted > 0.001, test.name
        assert (even < 1e-9) == bool(test.lost), test.name


def test_customers_outside_the_target_are_few_and_there() -> None:
    truth = planted_truth(campaign_test("contact_method"))
    rows = pd.concat([campaign_frame("contact_method", seed=seed) for seed in SEEDS])
    outside = (~rows["segment"].isin(truth["target_segments"])).mean()
    assert outside == pytest.approx(truth["outside_target_share"], abs=0.006)
    assert campaign_frame("spring_mail")["segment"].nunique() == 3


_READ = {
    "renewal_rate": ("renewals", lambda rows: rows["renewed"]),
    "first_reply_hours": (
        "interactions",
        lambda rows: (rows["first_reply_at"] - rows["opened_at"]).dt.total_seconds() / 3600,
    ),
    "handling_minutes": ("interactions", lambda rows: rows["minutes"]),
    "late_payment": (
        "payments",
        lambda rows: (rows["paid_on"].isna() | (rows["paid_on"] > rows["due_on"])),
    ),
}


@pytest.mark.parametrize("name", [c.name for c in CHANGES if c.kpi in _READ])
def test_a_change_frame_is_what_the_table_holds(table, name: str) -> None:
    planted = change(name)
    source, value = _READ[planted.kpi]
    rows = table(source).drop_duplicates()
    values = value(rows).astype(float)
    keep = values.notna()
    frame = change_frame(name)
    assert len(frame) == keep.sum()
    assert frame["value"].sum() == pytest.approx(values[keep].sum())
    day = rows.loc[keep, planted.time].astype("datetime64[s]").dt.floor("D")
    assert list(frame["on"]) == list(day)
    assert list(frame["region"]) == list(rows.loc[keep, "region"])


def test_the_delivery_frame_is_the_table_but_for_declared_dirt(table) -> None:
    rows = table("orders").query("status == 'delivered'").dropna(subset=["promised_at"])
    frame = change_frame("new_carrier")
    assert len(frame) == len(rows)
    on_time = rows["delivered_at"] <= rows["promised_at"]
    assert abs(frame["value"].sum() - on_time.sum()) <= rows["delivered_at"].isna().sum() == 3


@pytest.mark.parametrize("name", ["new_carrier", "loyalty_offer", "same_day_replies"])
def test_differences_in_differences_average_to_the_truth(name: str) -> None:
    planted = change(name)
    seen = []
    for seed in range(200, 224):
        mean = change_frame(name, seed=seed).groupby(["treated", "after"])["value"].mean()
        seen.append(
            (mean[True, True] - mean[True, False]) - (mean[False, True] - mean[False, False])
        )
    error = np.std(seen, ddof=1) / np.sqrt(len(seen))
    assert abs(np.mean(seen) - planted.truth) < 4 * error


def test_no_effect_is_no_effect_and_the_recent_one_has_begun() -> None:
    drops = {"shorter_bills": [], "chat_assistant": []}
    for name, seen in drops.items():
        for seed in range(300, 324):
            mean = change_frame(name, seed=seed).groupby("after")["value"].mean()
            seen.append(mean[True] - mean[False])
    none, recent = (np.array(seen) for seen in drops.values())
    assert abs(none.mean()) < 4 * none.std(ddof=1) / np.sqrt(len(none))
    first_month = change("chat_assistant").truth * change("chat_assistant").ramp
    assert abs(recent.mean() - first_month) < 4 * recent.std(ddof=1) / np.sqrt(len(recent))


def test_a_change_touches_its_regions_since_its_day() -> None:
    frame = change_frame("same_day_replies", customers=BLOCK)
    assert set(frame.loc[frame["treated"], "region"]) == {"North", "Centre"}
    assert frame.loc[frame["after"], "on"].min() == pd.Timestamp("2026-04-01")
    assert frame["month"].between(0, 35).all()
    assert (frame["on"].dt.month.add(frame["on"].dt.year * 12) - 2023 * 12 - 10).eq(
        frame["month"]
    ).all()


@pytest.mark.parametrize("make", [campaign_frame, change_frame])
def test_an_unknown_name_is_refused_with_the_choices(make) -> None:
    with pytest.raises(ValueError, match="spring_mail|same_day_replies"):
        make("summer_mail")


@pytest.mark.parametrize("customers", [0, 10_000_000])
def test_a_size_out_of_range_is_refused(customers: int) -> None:
    with pytest.raises(ValueError, match="between 1"):
        campaign_frame("spring_mail", customers=customers)
