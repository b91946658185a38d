from __future__ import annotations

import pytest

SECOND_KPI = "kpis:\n  visits: {label: Visits, table: customers, numerator: before}\n"
BARE_TEST = ("unit: customer_id\n    arm: arm", "arm: arm")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        # tables
        (("key: order_id", "key: [order_id, ordr_id]"),
         "shop.yaml:20 tables.orders.key[1]: 'ordr_id' is no column of this table. "
         "Did you mean 'order_id'? Choices: 'order_id', 'customer_id', 'ordered_at', 'amount'"),
        (("time: ordered_at", "time: orderd_at"), "time: 'orderd_at' is no column of this table"),
        (("time: ordered_at", "time: amount"),
         "'amount' must be a column of dates; it is of type 'money'. Choices: 'ordered_at'"),
        (("since: {type: date}", "since: {type: date, after: arm}"), "after: 'arm' must be a column of"),
        (("since: {type: date}", "since: {type: date, after: since}"), "'since' is this column itself"),
        (("currency: EUR, min", "currency_column: coin, min"), "'coin' is no column of this table"),
        (("on: customer_id", "on: customer"), "joins.customers.on: 'customer' is no column of this"),
        (("      customers: {on", "      clients: {on"),
         "joins.clients: 'clients' is no table of this file. Choices: 'customers', 'orders'"),
        (("key: customer_id", "key: [customer_id, region]"),
         "'customers' cannot be looked up: its 'key' must be one column"),
        (("columns: [region]", "columns: [regio]"),
         "shop.yaml:28 tables.orders.joins.customers.columns[0]: 'regio' is no column of 'customers'"),
        (("columns: [region]", "columns: [region, customer_id]"),
         "'customer_id' is already the name of a column of this table"),
        (("columns: [region]", "columns: [region, region]"), "'region' is already the name"),
        (("customer_id: {type: text, from", "customer_id: {type: integer, from"),
         "'customer_id' is of type 'integer', and 'customers.customer_id' of type 'text': "
         "they never match"),
        (("time: ordered_at", "time: ordered_at\n    where: amout > 0"),
         "tables.orders.where: 'amout' is no column of this table, in '»amout« > 0'"),
        # a table's own rows are left out before others are looked up
        (("time: ordered_at", "time: ordered_at\n    where: region = 'north'"),
         "tables.orders.where: 'region' is no column of this table"),
        (("      before: {", "      order: {type: text}\n      before: {"),
         "'order' is a word of SQL: give the column another name, with 'from: order'"),
        # KPIs
        (("table: orders\n    numerator", "table: order\n    numerator"),
         "kpis.spend.table: 'order' is no table of this file. Did you mean 'orders'?"),
        (("numerator: amount", "numerator: sum(amount)"),
         "kpis.spend.numerator: 'sum' is an aggregate: the toolkit sums by itself"),
        (("denominator: 1", "denominator: read_csv('x')"), "'read_csv' is no function"),
        (("region = 'north'", "regio = 'north'"),
         "kpis.spend.where: 'regio' is no column of this table, in '»regio« = 'north''. "
         "Did you mean 'region'?"),
        (("unit: customer_id\n    where", "unit: customer\n    where"),
         "kpis.spend.unit: 'customer' is no column of 'orders'"),
        (("denominator: 1", "time: amount"), "kpis.spend.time: 'amount' must be a column of dates"),
        # tests
        (("table: customers\n    unit", "table: costumers\n    unit"),
         "tests.spring_mail.table: 'costumers' is no table of this file. Did you mean 'customers'?"),
        (("arm: arm", "arm: amr"), "shop.yaml:42 tests.spring_mail.arm: 'amr' is no column of 'cust"),
        (("unit: customer_id\n    arm", "unit: customer\n    arm"), "unit: 'customer' is no column"),
        (("arm: arm", "arm: arm\n    cluster: shop"), "cluster: 'shop' is no column of 'customers'"),
        (("assigned_at: since", "assigned_at: before"), "'before' must be a column of dates"),
        (("covariates: [before]", "covariates: [befor]"), "covariates[0]: 'befor' is no column"),
        (("covariates: [before]", "covariates: [since]"),
         "'since' must be a column of numbers; it is of type 'date'. Choices: 'before'"),
        (("segments: [region]", "segments: [region, regio]"), "segments[1]: 'regio' is no column"),
        (("segments: [region]", "strata: regio"), "strata: 'regio' is no column of 'customers'"),
        (("segments: [region]", "segments: [arm]"), "'arm' is the column of the arms"),
        (("segments: [region]", "target: sum(before) > 1"), "tests.spring_mail.target: 'sum' is an"),
        (("segments: [region]", "where: amount > 1"), "where: 'amount' is no column of this table"),
        (("segments: [region]", "segments: [customer_id]"),
         "'customer_id' identifies a person ('identifier: true') and may only be a key or a unit"),
        (("segments: [region]", "strata: customer_id"), "strata: 'customer_id' identifies a person"),
        (("covariates: [before]", "covariates: [customer_id]"), "covariates[0]: 'customer_id' ident"),
        (("arm: arm", "arm: customer_id"), "tests.spring_mail.arm: 'customer_id' identifies a person"),
        (("mail: 1}", "mial: 1}"),
         "shop.yaml:44 tests.spring_mail.arms.mial: 'mial' is not among the 'values' of column "
         "'arm'. Did you mean 'mail'? Choices: 'none', 'mail'"),
        (("kpi: spend", "kpi: spent"),
         "shop.yaml:49 tests.spring_mail.metrics[0].kpi: 'spent' is no KPI of this file. "
         "Did you mean 'spend'? Choices: 'spend'"),
        (BARE_TEST, "'spend' is measured on 'orders', the test on 'customers': the test needs 'unit'"),
        (("    unit: customer_id\n    where", "    where"), "the KPI needs 'unit', too"),
        (("    time: ordered_at\n", ""), "within_days: 30 needs a 'time' of KPI 'spend' or of table"),
        (("customer_id: {type: text, from", "customer_id: {type: integer, from"),
         "metrics[0].kpi: 'customer_id' is of type 'text', and 'orders.customer_id' of type 'integer'"),
        # packs
        (("notebook: ab_test", "notebook: ab_tset"),
         "shop.yaml:54 packs.quarterly.pages[0].notebook: 'ab_tset' is no notebook there is. "
         "Did you mean 'ab_test'? Choices: 'ab_test', 'trend'"),
        (("for_each: tests", "params: {test: sprng_mail}"),
         "params.test: 'sprng_mail' is no test of this file. Did you mean 'spring_mail'?"),
        (("ab_test, for_each: tests", "trend, params: {kpi: spent}"), "'spent' is no KPI of this file"),
        (("for_each: tests", "params: {tset: spring_mail}"),
         "'tset' is no parameter of notebook 'ab_test'. Did you mean 'test'? Choices: 'test'"),
        (("for_each: tests", "params: {company: other}"), "'company' is filled in by the run"),
        (("ab_test, for_each", "trend, for_each"), "needs a notebook with a parameter 'test'"),
    ],
)  # fmt: skip
def test_a_name_that_leads_nowhere_is_told_with_the_choices(told, change, expected):
    assert expected in "\n".join(told(change))


def test_within_days_belongs_to_kpis_of_other_tables(told):
    lines = told(("kpis:\n", SECOND_KPI), ("kpi: spend", "kpi: visits"))
    assert lines == [
        "shop.yaml:50 tests.spring_mail.metrics[0].within_days: 30 belongs to KPIs of other tables: "
        "'visits' is of 'customers' too"
    ]


def test_pages_for_each_test_need_tests(told, good):
    text = good[: good.index("tests:\n")] + good[good.index("packs:\n") :]
    assert told(text=text) == [
        "shop.yaml:41 packs.quarterly.pages[0].for_each: 'tests' makes no page: the file has no 'tests'"
    ]


def test_what_leads_to_a_part_that_is_wrong_in_itself_is_not_told_again(told):
    lines = told(("path: orders.csv", "pth: orders.csv"))
    assert len(lines) == 1 and "'pth' is no key" in lines[0]
    lines = told(("tables:\n", "tables: 5\ntbales:\n"))
    assert [line.split(" ")[1] for line in lines] == ["tables:", "tbales:"]


def test_other_parts_are_still_judged_beside_a_part_that_is_wrong_in_itself(told):
    lines = told(("  currency: EUR", "  curency: EUR"), ("arm: arm", "arm: amr"))
    assert "'curency' is no key" in lines[0] and "'amr' is no column" in lines[1]


def test_without_a_list_of_notebooks_their_names_are_not_judged(written):
    from toolkit.company.load import load_company

    path = written(("notebook: ab_test", "notebook: my_own"))
    assert load_company(path).company.packs["quarterly"].pages[0].notebook == "my_own"


def test_joined_columns_may_be_used_like_own_ones(loaded):
    file = loaded(("numerator: amount", "numerator: case when region = 'north' then amount end"))
    assert "region" in file.company.tables["orders"].names()
