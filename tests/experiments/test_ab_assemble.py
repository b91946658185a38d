"""A test of the params file: its definition, and KPIs of other tables joined to the units assigned."""

from __future__ import annotations

import ibis
import numpy as np
import pandas as pd
import pytest

from toolkit import experiments
from toolkit.company.models import Company
from toolkit.problems import Refused


def company(**test) -> Company:
    column = {"type": "number"}
    day = {"type": "date"}
    text = {"type": "text"}
    return Company.model_validate({
        "company": {"id": "shop", "name": "Shop", "as_of": "2026-03-31", "currency": "EUR"},
        "tables": {
            "mailed": {
                "path": "mailed.csv",
                "columns": {"customer_id": text, "arm": text, "sent_on": day, "opened": column, "region": text},
            },
            "orders": {
                "path": "orders.csv", "time": "ordered_on",
                "columns": {"customer_id": text, "ordered_on": day, "amount": column, "status": text},
            },
        },
        "kpis": {
            "opened": {"label": "Opened", "table": "mailed", "numerator": "opened", "format": "percent"},
            "order_value": {
                "label": "Spend per order", "table": "orders", "numerator": "amount", "where": "status = 'paid'",
                "unit": "customer_id", "format": "money",
            },
            "half_value": {"label": "Median order", "table": "orders", "numerator": "amount", "quantile": 0.5},
        },
        "tests": {"mail": {
            "label": "Mail", "table": "mailed", "unit": "customer_id", "arm": "arm", "control": "none",
            "arms": {"none": 1, "mail": 1}, "assigned_at": "sent_on",
            "metrics": [
                {"kpi": "opened", "role": "primary"},
                {"kpi": "order_value", "within_days": 30},
                {"kpi": "order_value", "within_days": 30, "per_unit": True, "role": "guardrail", "margin": 1},
            ], **test,
        }},
    })  # fmt: skip


def tables(seed: int = 1, n: int = 400) -> dict[str, pd.DataFrame]:
    rng = np.random.default_rng(seed)
    mailed = pd.DataFrame({
        "customer_id": [f"c{i}" for i in range(n)], "arm": np.where(np.arange(n) % 2, "mail", "none"),
        "sent_on": pd.to_datetime("2026-01-10") + pd.to_timedelta(rng.integers(0, 70, n), "D"),
        "opened": rng.binomial(1, 0.3, n), "region": rng.choice(["n", "s"], n),
    })  # fmt: skip
    k = 1500
    orders = pd.DataFrame({
        "customer_id": [f"c{i}" for i in rng.integers(0, n + 50, k)],
        "ordered_on": pd.to_datetime("2026-01-01") + pd.to_timedelta(rng.integers(0, 90, k), "D"),
        "amount": rng.gamma(2, 20, k).round(2), "status": rng.choice(["paid", "open"], k, p=[0.8, 0.2]),
    })  # fmt: skip
    orders.loc[::50, "amount"] = np.nan
    return {"mailed": mailed, "orders": orders}


def opened(frames: dict[str, pd.DataFrame]):
    connection = ibis.duckdb.connect()
    for name, frame in frames.items():
        connection.create_table(name, frame)
    return connection.table


def by_hand(frames: dict[str, pd.DataFrame], days: int = 30) -> pd.DataFrame:
    """Sum and count of paid orders of each unit in its window; units whose window is over."""
    mailed, orders = frames["mailed"], frames["orders"].dropna()
    both = mailed.merge(orders[orders.status == "paid"], on="customer_id")
    inside = both[(both.ordered_on >= both.sent_on) & (both.ordered_on < both.sent_on + pd.Timedelta(days=days))]
    sums = inside.groupby("customer_id").amount.agg(["sum", "count"])
    out = mailed.join(sums, on="customer_id").fillna({"sum": 0.0, "count": 0})
    return out[out.sent_on + pd.Timedelta(days=days) <= pd.Timestamp("2026-04-01")]


def test_sums_of_another_table_in_each_units_own_window():
    frames = tables()
    study = experiments.assembled(company(), "mail", opened(frames))
    effects = experiments.estimate(study)
    units = by_hand(frames)
    arms = units.groupby("arm")
    ratio = arms["sum"].sum() / arms["count"].sum()
    per_order, per_unit = effects.of("order_value_30_days"), effects.of("order_value_per_unit_30_days")
    assert per_order.before.value.estimate == pytest.approx(ratio["none"])
    assert per_order.after.value.estimate == pytest.approx(ratio["mail"])
    assert per_order.kind == "ratio"
    means = arms["sum"].mean()
    assert per_unit.kind == "mean" and per_unit.before.n == (units.arm == "none").sum()
    assert per_unit.before.value.estimate == pytest.approx(means["none"])
    assert per_unit.after.value.estimate == pytest.approx(means["mail"])
    assert (units["count"] == 0).any()  # units without orders count 0


def test_units_whose_days_are_not_over_are_counted_and_left_out():
    frames = tables()
    effects = experiments.estimate(experiments.assembled(company(), "mail", opened(frames)))
    late = len(frames["mailed"]) - len(by_hand(frames))
    assert late > 0 and effects.reading.unobserved["order_value_30_days"] == late
    said = [str(c.detail) for c in experiments.check(effects) if "do not count yet" in str(c.detail)]
    assert said and said[0].startswith(f"{late} customers assigned less than 30 days")
    assert effects.of("opened").before.n == 200  # the table's own KPI counts everybody


def test_without_a_window_rows_count_from_the_assignment_on():
    frames = tables()
    metrics = [{"kpi": "opened", "role": "primary"}, {"kpi": "order_value"}]
    effects = experiments.estimate(experiments.assembled(company(metrics=metrics), "mail", opened(frames)))
    orders = frames["orders"].dropna().query("status == 'paid'")
    both = frames["mailed"].merge(orders, on="customer_id")
    both = both[both.ordered_on >= both.sent_on]
    expected = both.groupby("arm").amount.mean()
    assert effects.of("order_value").after.value.estimate == pytest.approx(expected["mail"])


def test_the_tests_filter_keeps_assigned_units():
    frames = tables()
    effects = experiments.estimate(experiments.assembled(company(where="region = 'n'"), "mail", opened(frames)))
    assert effects.reading.units == (frames["mailed"].region == "n").sum()


def test_the_definition_carries_what_the_file_says():
    definition = experiments.from_params(company(owner="Sales", target="region = 'n'", level=0.9), "mail")
    assert definition.title == "Mail" and definition.owner == "Sales" and definition.level == 0.9
    assert definition.noun == "customer" and definition.units == "customers"
    assert definition.metrics[2].title == "Spend per order, per customer assigned"
    assert definition.metrics[2].role == "guardrail" and definition.metrics[2].margin == 1
    assert str(definition.as_of) == "2026-03-31" and definition.source == "mailed, orders"
    assert definition.compares == "message" and definition.called("mail") == "mail"
    named = experiments.from_params(company(arm_labels={"mail": "The mail"}, compares="contact_method"), "mail")
    assert named.called("mail") == "The mail" and named.called("none") == "none"
    assert named.compares == "contact_method"


@pytest.mark.parametrize(("labels", "said"), [
    ({"post": "By post"}, "names 'post', which is not among 'arms'"),
    ({"mail": "none"}, "calls two arms the same"),
])  # fmt: skip
def test_labels_are_of_arms_and_tell_them_apart(labels, said):
    with pytest.raises(ValueError, match=said):
        company(arm_labels=labels)


def test_a_test_that_is_not_in_the_file_names_those_that_are():
    with pytest.raises(Refused) as caught:
        experiments.from_params(company(), "mial")
    assert str(caught.value) == "tests: 'mial' is no test of the params file. Did you mean 'mail'? Choices: 'mail'"


def test_what_cannot_be_joined_is_refused_at_once():
    metrics = [{"kpi": "opened", "role": "primary"}, {"kpi": "half_value"}]
    with pytest.raises(Refused, match="percentile of 'orders'"):
        experiments.from_params(company(metrics=metrics), "mail")
    with pytest.raises(Refused, match="is needed: the KPI is summed per unit"):
        experiments.from_params(company(unit=None), "mail")


def test_moments_of_assignment_and_of_rows_may_be_days_or_times():
    """A day and a time are compared by the day: what happened on the day of the mail counts."""
    frames = tables()
    frames["mailed"]["sent_on"] = frames["mailed"]["sent_on"].dt.date
    frames["orders"]["ordered_on"] = frames["orders"]["ordered_on"] + pd.Timedelta(hours=9)
    effects = experiments.estimate(experiments.assembled(company(), "mail", opened(frames)))
    again = experiments.estimate(experiments.assembled(company(), "mail", opened(tables())))
    name = "order_value_30_days"
    assert effects.of(name).before.value.estimate == pytest.approx(again.of(name).before.value.estimate)
