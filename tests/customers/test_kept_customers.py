"""What many customers bring is kept in files: the same answers as in memory, made once for all who ask."""

from __future__ import annotations

from datetime import date

import ibis
import numpy as np
import pandas as pd
import pytest

from toolkit.customers import costly, kept, repeat, segments, value
from toolkit.customers.costly import Costly
from toolkit.customers.definition import Bought, Flow, Window
from toolkit.customers.kept import Tables
from toolkit.customers.ledger import of_customers, orders
from toolkit.customers.prices.estimating import _customer_days
from toolkit.customers.repeat import Repeat
from toolkit.customers.segments import RFM, Rules, Segmenting
from toolkit.customers.lifetime.steady import steady
from toolkit.customers.value import Profit

ENDS = date(2026, 6, 30)
WINDOW = Window(ENDS, date(2025, 7, 1))
FLOWS = (
    Flow("paid", "lines", "revenue", "paid", "day"), Flow("goods", "lines", "goods", "cost", "day", where="paid > 5"),
    Flow("calls", "calls", "serving", "minutes", "day", trouble=True),
)  # fmt: skip
BOUGHT = Bought("lines", "order_id", "day", product="product", amount="paid")


@pytest.fixture
def tables(tmp_path):
    rng = np.random.default_rng(3)
    n = 3000
    days = pd.to_datetime("2025-01-01") + pd.to_timedelta(rng.integers(0, 540, n), "D")
    lines = pd.DataFrame({
        "customer_id": [f"C{c}" for c in rng.integers(0, 400, n)], "order_id": [str(i // 2) for i in range(n)], "day": days,
        "product": rng.choice(["tea", "cup", "pot"], n), "paid": rng.gamma(2, 10, n).round(2), "cost": rng.gamma(2, 6, n).round(2),
    })  # fmt: skip
    calls = pd.DataFrame({
        "customer_id": [f"C{c}" for c in rng.integers(0, 60, n)], "day": days, "minutes": rng.gamma(2, 8, n).round(1),
    })  # fmt: skip
    engine = ibis.duckdb.connect(threads=1)  # several add up in the order they finish
    engine.con.execute(f"SET temp_directory='{tmp_path}'")
    return Tables({name: engine.create_table(name, f) for name, f in (("lines", lines), ("calls", calls))})


ASKED = (
    (value, Profit(FLOWS, WINDOW, BOUGHT, 5)), (costly, Costly(FLOWS, WINDOW, None, 3, 0.05, 5)),
    (repeat, Repeat(BOUGHT, Window(ENDS), 60)), (segments, Segmenting(WINDOW, BOUGHT, Rules("rfm", RFM), (), None, FLOWS)),
)  # fmt: skip


@pytest.mark.parametrize(("part", "definition"), ASKED, ids=lambda a: getattr(a, "__name__", ""))
def test_answers_from_files_are_those_from_memory(tables, tmp_path, monkeypatch, part, definition):
    here = {n: tables[n] for n in definition.tables}
    small = part.estimate(here, definition)
    assert not list(tmp_path.glob("*.parquet"))
    monkeypatch.setattr(kept, "MOST_IN_MEMORY", 10)
    shared = Tables(here)
    large = part.estimate(shared, definition)
    assert part is costly or list(tmp_path.glob("*.parquet"))  # nothing of the costly is for others: its files are gone
    assert repr(small.grid()) == repr(large.grid())
    if part is costly:
        assert small.flags == large.flags and len(small.flags) > 3


def test_flagged_customers_by_month_are_what_pandas_counts(tables):
    """Months without an amount are 0: mean and spread over all months that the customer was there."""
    found = costly.estimate(dict(tables), Costly(FLOWS, WINDOW, None, 3, 0.05, 5))
    lines, calls = (tables[n].to_pandas() for n in ("lines", "calls"))
    net = pd.concat([
        lines.assign(net=lines.paid - lines.cost.where(lines.paid > 5, 0))[["customer_id", "day", "net"]],
        calls.assign(net=-calls.minutes)[["customer_id", "day", "net"]],
    ])  # fmt: skip
    net = net[(net.day >= "2025-07-01") & (net.day <= "2026-06-30")]
    of_all = net.groupby("customer_id").net.sum()
    assert (found.n, found.negative) == (len(of_all), int((of_all < 0).sum()))
    for flag in found.flags:
        own = net[net.customer_id == flag.customer]
        first = own.day.min()
        assert flag.months == (2026 - first.year) * 12 + 6 - first.month + 1
        assert flag.net == pytest.approx(own.net.sum(), rel=1e-12)


def test_what_two_questions_rest_on_is_made_once(tables):
    first, again = Tables(tables, tables.made), Tables(tables, tables.made)
    assert orders(first, BOUGHT, WINDOW).op() is orders(again, BOUGHT, Window(ENDS)).op()
    assert of_customers(first, FLOWS, WINDOW).op() is of_customers(again, FLOWS, WINDOW).op()
    assert of_customers(first, FLOWS, WINDOW).op() is not of_customers(again, FLOWS, Window(ENDS)).op()


def test_sums_are_rounded_as_they_are_written():
    rng = np.random.default_rng(2)
    values = np.concatenate([rng.lognormal(3, 4, 2000), -rng.lognormal(0, 2, 50), [0.0, np.nan, 3e13, 1e-30, 123456.789]])
    wanted = [v if v != v else float(f"{v:.12g}") for v in values]
    np.testing.assert_array_equal(steady(values), wanted)


def test_days_of_customers_in_a_month_are_those_of_the_calendar():
    """Against counting every day of every customer."""
    rng = np.random.default_rng(8)
    came = pd.to_datetime("2026-01-01") + pd.to_timedelta(rng.integers(0, 150, 60), "D")
    went = pd.Series(came + pd.to_timedelta(rng.integers(-5, 90, 60), "D")).where(rng.random(60) < 0.6)
    frame = pd.DataFrame({"toolkit_came": came, "toolkit_went": went, "kind": ["a", "b"] * 30})
    base = ibis.duckdb.connect().create_table("people", frame)
    months = [date(2026, m, 1) for m in (2, 3, 4, 5)]
    found = _customer_days(base, "kind", months).set_index(["segment", "month"]).days
    assert len(found) == 8
    for (kind, month), days in found.items():
        own = frame[frame.kind == kind]
        calendar = pd.date_range(month, month + pd.offsets.MonthEnd(0))
        assert days == sum(((own.toolkit_came <= d) & ~(own.toolkit_went <= d)).sum() for d in calendar)
