"""Public tables read through their contracts equal what pandas reads from the same bytes."""

from __future__ import annotations

import pandas as pd
import pytest
from company_tables import in_order, opened


def columns(**kinds):
    return {c: k if isinstance(k, dict) else {"type": k} for c, k in kinds.items()}


def test_an_e_mail_test_keeps_its_identical_rows(shared_data):
    path = "experiments/hillstrom.csv"
    table = {
        "path": path,
        "columns": columns(
            recency={"type": "integer", "min": 1, "max": 12},
            history="money",
            spend="money",
            visit="boolean",
            segment={"type": "category", "values": ["No E-Mail", "Mens E-Mail", "Womens E-Mail"]},
        ),
    }
    there = pd.read_csv(shared_data / path)
    with opened(shared_data, {"t": table}) as source:
        assert (source.report("t").rows, source.report("t").kept) == (64_000, 64_000)
        t = source.table("t")
        found = source.run(
            t.group_by("segment").aggregate(
                n=t.count(), spend=t.spend.sum(), visits=t.visit.sum(), history=t.history.sum()
            )
        )
    expected = there.groupby("segment")[["spend", "visit", "history"]].sum()
    for row in found:
        assert row["n"] == (there.segment == row["segment"]).sum()
        assert row["visits"] == expected.visit[row["segment"]]
        assert row["spend"] == pytest.approx(expected.spend[row["segment"]], rel=1e-12)
        assert row["history"] == pytest.approx(expected.history[row["segment"]], rel=1e-12)


def test_reviews_with_line_breaks_in_their_cells(shared_data):
    path = "olist/order_reviews.csv"
    names = ["review_id", "order_id", "review_comment_title", "review_comment_message"]
    table = {
        "path": path,
        "columns": columns(**dict.fromkeys(names, "text"), review_creation_date="datetime"),
    }
    there = pd.read_csv(shared_data / path, dtype=str, keep_default_na=False)
    with opened(shared_data, {"t": table}) as source:
        rows = source.run(source.table("t"))
    assert len(rows) == len(there)
    expected = [
        tuple(v if v.strip() else None for v in r) for r in there[names].itertuples(index=False)
    ]
    found = [tuple(r[n] for n in names) for r in rows]
    assert in_order(found) == in_order(expected)
    assert any("\n" in (r["review_comment_message"] or "") for r in rows)


def test_orders_look_up_their_customers(shared_data):
    tables = {
        "t": {
            "path": "olist/orders.csv",
            "key": "order_id",
            "time": "bought",
            "joins": {"customers": {"on": "customer_id", "columns": ["state"]}},
            "columns": columns(
                order_id={"type": "text", "identifier": True},
                customer_id="text",
                bought={"type": "datetime", "from": "order_purchase_timestamp"},
                promised={"type": "date", "from": "order_estimated_delivery_date"},
            ),
        },
        "customers": {
            "path": "olist/customers.csv",
            "key": "customer_id",
            "columns": columns(
                customer_id="text", state={"type": "text", "from": "customer_state"}
            ),
        },
    }
    orders = pd.read_csv(shared_data / "olist/orders.csv", parse_dates=["order_purchase_timestamp"])
    customers = pd.read_csv(shared_data / "olist/customers.csv")
    merged = orders.merge(customers, on="customer_id", how="left", validate="m:1")
    with opened(shared_data, tables) as source:
        report = source.report("t")
        t = source.table("t")
        found = {r["state"]: r["n"] for r in source.run(t.group_by("state").aggregate(n=t.count()))}
    assert report.last == merged.order_purchase_timestamp.max().to_pydatetime()
    assert found == merged.customer_state.value_counts().to_dict()


def test_semicolons_blanks_and_codes(shared_data):
    tables = {
        "packs": {
            "path": "plan_changes/california_prop99.csv",
            "key": ["state", "year"],
            "columns": columns(
                state={"type": "text", "from": "State"},
                year={"type": "integer", "from": "Year"},
                packs={"type": "number", "from": "PacksPerCapita"},
            ),
        },
        "churn": {
            "path": "customers/telco_churn.csv",
            "key": "customerid",
            "columns": columns(
                customerid={"type": "text", "from": "customerID", "identifier": True},
                total={"type": "money", "from": "TotalCharges"},
                left={"type": "boolean", "from": "Churn"},
            ),
        },
        "survey": {
            "path": "satisfaction/acsi_2015_respondents.csv",
            "missing": [98, 99],
            "columns": columns(
                satisfied={"type": "integer", "from": "SATIS", "min": 1, "max": 10},
                again={"type": "number", "from": "REPUR"},
            ),
        },
        "bills": {
            "path": "customers/accounts_receivable.csv",
            "columns": columns(due={"type": "date", "from": "DueDate", "format": "%m/%d/%Y"}),
        },
    }
    with opened(shared_data, tables) as source:
        packs = pd.read_csv(shared_data / tables["packs"]["path"], sep=";")
        t = source.table("packs")
        assert source.run(t.aggregate(s=t.packs.sum()))[0]["s"] == pytest.approx(
            packs.PacksPerCapita.sum()
        )
        churn = pd.read_csv(shared_data / tables["churn"]["path"])
        blank = (churn.TotalCharges.str.strip() == "").sum()
        assert dict(source.report("churn").missing) == {"total": blank} and blank == 11
        survey = pd.read_csv(shared_data / tables["survey"]["path"])
        for ours, theirs in (("satisfied", "SATIS"), ("again", "REPUR")):
            good = survey[theirs].where(~survey[theirs].isin([98, 99]))
            t = source.table("survey")
            assert source.run(t.aggregate(n=t[ours].count(), s=t[ours].sum())) == [
                {"n": good.count(), "s": pytest.approx(good.sum())}
            ]
        bills = pd.read_csv(
            shared_data / tables["bills"]["path"], parse_dates=["DueDate"], date_format="%m/%d/%Y"
        )
        t = source.table("bills")
        assert source.run(t.aggregate(m=t.due.max(), n=t.due.nunique())) == [
            {"m": bills.DueDate.max().date(), "n": bills.DueDate.nunique()}
        ]
