"""What docs/refused.md says is refused: each failure as small files and a command."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

ORDERS = """\
order_id,customer_id,ordered_on,amount,paid
A1,C1,2026-09-01,12.50,yes
A2,C2,2026-09-02,8.00,no
"""
SHOP = """\
company: {id: shop, name: Shop, currency: EUR, as_of: 2026-09-30}
tables:
  orders:
    path: orders.csv
    key: order_id
    columns:
      order_id: {type: text}
      customer_id: {type: text, identifier: true, required: true}
      ordered_on: {type: date}
      amount: {type: money, min: 0}
      paid: {type: boolean}
"""
SERVICE = """\
service:
  answering: {table: orders, opened: ordered_on, %s}
"""
MAILING = "customer_id,arm,region,spend\n" + "".join(
    f"C{i},{('none', 'mail')[i % 2]},north,{i % 7}\n" for i in range(40)
)
TEST = """\
company: {id: shop, name: Shop, currency: EUR, as_of: 2026-09-30}
tables:
  mailing:
    path: mailing.csv
    columns:
      {customer_id: {type: text}, arm: {type: text}, region: {type: text}, spend: {type: number}}
kpis:
  spend: {label: Spend, table: mailing, numerator: spend, format: money}
tests:
  mail:
    label: Mail
    table: mailing
    unit: customer_id
    arm: arm
    control: none
    arms: {none: 1, mail: 1}
    metrics:
      - {kpi: spend, role: primary}
"""


@dataclass(frozen=True)
class Failure:
    """Files beside ``shop.yaml`` and what is run on them; `what` is how the page calls it."""

    part: str
    what: str
    params: str = SHOP
    files: Mapping[str, str | bytes] = field(default_factory=lambda: {"orders.csv": ORDERS})
    arguments: tuple[str, ...] = ("check", "shop.yaml")
    test: str | None = None


def shop(what: str, old: str, new: str, **more) -> Failure:
    assert old in SHOP
    return Failure("params", what, SHOP.replace(old, new), **more)


def csv(what: str, content: str | bytes, options: str = "") -> Failure:
    params = SHOP.replace("    key:", f"    csv: {options}\n    key:") if options else SHOP
    return Failure("csv", what, params, {"orders.csv": content})


def cell(what: str, old: str, new: str, params: str = SHOP) -> Failure:
    assert old in ORDERS
    return Failure("contract", what, params, {"orders.csv": ORDERS.replace(old, new)})


def metric(what: str, old: str, new: str) -> Failure:
    assert old in TEST
    return Failure("tests", what, TEST.replace(old, new), {"mailing.csv": MAILING})


def tested(what: str, old: str, new: str, count: int = -1, params: str = TEST) -> Failure:
    return Failure("read", what, params, {"mailing.csv": MAILING.replace(old, new, count)},
                   test="mail")


MONEY = SHOP + """\
money:
  hour_rate: 30
  budgets: {table: orders, month: ordered_on, component: order_id, planned: amount, actual: amount}
"""


def money(what: str, old: str, new: str) -> Failure:
    assert old in MONEY
    return Failure("money", what, MONEY.replace(old, new))


CUSTOMERS = SHOP + """\
customers:
  money: {sales: {table: orders, kind: revenue, amount: amount, time: ordered_on}}
  purchases: {table: orders, order: order_id, time: ordered_on, amount: amount}
"""


def customers(what: str, old: str, new: str) -> Failure:
    assert old in CUSTOMERS
    return Failure("params", what, CUSTOMERS.replace(old, new))


QUALITY = SHOP + "quality: {%s}\n"
CONTACTS = "contacts: {mail: {label: Mail, table: orders, person: customer_id, time: %s}}"


def quality(what: str, said: str) -> Failure:
    return Failure("quality", what, QUALITY % said)


def pack(what: str, page: str, command: str = "check") -> Failure:
    packs = "packs:\n  one: {label: One, pages: [%s]}\n" % page
    return Failure("packs", what, SHOP + KPI % "amount" + packs, arguments=(command, "shop.yaml"))


def told(what: str, *arguments: str) -> Failure:
    return Failure("command", what, TEST, {"mailing.csv": MAILING}, arguments)


KPI = "kpis:\n  value: {label: Value, table: orders, numerator: %s}\n"
SEMICOLONS = ORDERS.replace(",", ";")

FAILURES = (
    shop("an unknown key", "path:", "paht:"),
    shop("an unknown word", "type: money", "type: mony"),
    shop("a key that is missing", ", as_of: 2026-09-30", ""),
    shop("a day that does not exist", "2026-09-30", "31/02/2026"),
    shop("a name that is none", "  orders:", "  x=__import__('os'):"),
    shop("a key twice", "    key:", "    path: orders.csv\n    key:"),
    shop("a tag", "orders.csv", "!!python/object:os.system x"),
    shop("a newer form", "company: {id", "version: 2\ncompany: {id"),
    shop("a tab", "    path", "\tpath"),
    shop("two rules that contradict", "min: 0", "min: 5, max: 1"),
    shop("a category without values", "type: money, min: 0", "type: category"),
    shop("a date format that is not read", "{type: date}", "{type: date, format: '%d.%m.%Y %j'}"),
    shop("a key of no column", "key: order_id", "key: orderid"),
    shop("a join to no table", "    key:",
         "    joins: {client: {on: customer_id, columns: [region]}}\n    key:"),
    Failure("params", "an answer that never ends", SHOP + SERVICE % "unit: customer_id"),
    Failure("params", "a moment that is none", SHOP + SERVICE % "replied: paid"),
    Failure("params", "a promise of a column without a table",
            SHOP + SERVICE % "replied: ordered_on, promises: {reply_hours: hours}"),
    customers("money of no kind", "kind: revenue", "kind: gold"),
    customers("nothing that brings money", "kind: revenue", "kind: serving"),
    customers("a purchase's column that is not there", "order: order_id", "order: order_no"),
    customers("prices without customers", "  money:", "  prices: {table: orders, time: ordered_on, price: amount, segment: paid}\n  money:"),
    Failure("params", "a column that is not there", SHOP + KPI % "amuont"),
    Failure("params", "an aggregate in an expression", SHOP + KPI % "sum(amount)"),
    Failure("params", "a query in an expression", SHOP + KPI % "(select 1)"),
    Failure("params", "the clock in an expression", SHOP + KPI % "year(now())"),
    Failure("params", "an unknown function", SHOP + KPI % "rond(amount)"),
    Failure("params", "a KPI by a column that names persons", SHOP + KPI.replace("}", ", segments: [customer_id]}") % "amount"),
    Failure("params", "a KPI by a column that is not there", SHOP + KPI.replace("}", ", segments: [region]}") % "amount"),
    Failure("params", "a department's KPI that is not there", SHOP + "departments: {north: {label: North, where: paid, kpis: [speed]}}\n"),
    shop("a language that is none", "as_of: 2026-09-30", "as_of: 2026-09-30, languages: [en, xx]"),
    shop("a time zone that is none", "as_of: 2026-09-30", "as_of: 2026-09-30, time_zone: Europe/Lisboa"),
    shop("a currency that is none", "currency: EUR", "currency: Euro"),
    shop("data of no table waited for", "as_of: 2026-09-30", "as_of: 2026-09-30, ready: [{table: payments, days: 3}]"),
    shop("data without dates waited for", "as_of: 2026-09-30", "as_of: 2026-09-30, ready: [{table: orders, days: 3}]"),
    Failure("params", "an empty file", ""),
    pack("pages for each of nothing", "{notebook: ab_test, for_each: tests}", "run"),
    pack("pages for each of what there is not", "{notebook: ab_test, for_each: test}"),
    pack("a parameter that the notebook does not have", "{notebook: ab_test, params: {tset: mail}}", "run"),
    pack("a pack without pages", ""),
    quality("a share above 1", "missing_at_most: 5"),
    quality("a place that is no column", "sites: [regoin]"),
    quality("a column that must be there and is none", "there: {orders: {paid_on: paid}}"),
    quality("a rhythm of no table", "stale_after: {payments: 30}"),
    quality("rows to be kept of no table", "retention: {order: {days: 730}}"),
    quality("rows to be kept without a date", "retention: {orders: {days: 730}}"),
    quality("consent without contacts", "consent: {table: orders, person: customer_id, given: paid, contacts: {}}"),
    quality("consent in a column that is not there",
            "consent: {table: orders, person: customer_id, given: pade = true, " + CONTACTS % "ordered_on" + "}"),
    quality("a contact without a date", "consent: {table: orders, person: customer_id, given: paid, " + CONTACTS % "paid" + "}"),
    metric("a KPI that is not there", "kpi: spend", "kpi: spent"),
    metric("a control that is no arm", "control: none", "control: nobody"),
    metric("one arm only", "{none: 1, mail: 1}", "{none: 1}"),
    metric("nothing that decides", ", role: primary", ""),
    metric("a guardrail without a margin", "role: primary", "role: guardrail"),
    metric("a covariate of text", "    metrics", "    covariates: [region]\n    metrics"),
    money("a discount rate of 1000 %", "hour_rate: 30", "discount_rate: 10"),
    money("a discount rate of -1", "hour_rate: 30", "discount_rate: -1"),
    money("money in another currency", "type: money, min: 0", "type: money, currency: USD, min: 0"),
    money("hours without a rate", "  hour_rate: 30\n", "  vendors: {table: orders, choice: order_id, "
          "criterion: customer_id, weight: amount, score: amount, hours: amount}\n"),
    money("a ledger's column that is text", "planned: amount", "planned: customer_id"),
    money("a worth of no plan change", "hour_rate: 30", "values: {mail: {value: 3}}"),
    money("a judgement out of order", "hour_rate: 30", "values: {mail: {value: {low: 3, likely: 2, high: 4}}}"),
    money("a formula of parts that are not there", "hour_rate: 30",
          "returns: {cac: {label: CAC, formula: a / b, parts: {a: {table: orders, sum: amount}}}}"),
    shop("a password", "tables:", "source: postgres://me:secret@db/shop\ntables:"),
    shop("a secret that is not set", "tables:",
         "source: postgres://me:${SHOP_SECRET}@db/shop\ntables:"),
    shop("an address that is none", "tables:", "source: nothing\ntables:"),
    shop("a database file that is not there", "tables:", "source: duckdb://shops.duckdb\ntables:"),
    shop("a table that the database does not have", "path: orders.csv", "table: sales.orders"),
    Failure("files", "a file that is not there", files={"order.csv": ORDERS}),
    Failure("files", "a folder that is not there", SHOP.replace("orders.csv", "sales/orders.csv")),
    Failure("files", "another kind of file", SHOP.replace("orders.csv", "orders.json"),
            {"orders.json": "[]"}),
    Failure("files", "several CSVs by one pattern", SHOP.replace("orders.csv", "o*.csv"),
            {"o1.csv": ORDERS, "o2.csv": ORDERS}),
    Failure("files", "a column that is not there",
            files={"orders.csv": ORDERS.replace("amount", "amuont")}),
    Failure("files", "a column twice",
            files={"orders.csv": ORDERS.replace("ordered_on", "amount", 1)}),
    Failure("files", "a header and no rows", files={"orders.csv": ORDERS.split("\n")[0] + "\n"}),
    Failure("files", "no Parquet", SHOP.replace("orders.csv", "orders.parquet"),
            {"orders.parquet": "PAR"}),
    Failure("files", "no workbook", SHOP.replace("orders.csv", "orders.xlsx"),
            {"orders.xlsx": "x"}),
    csv("an empty file", b""),
    csv("a packed file", b"PK\x03\x04 and so on"),
    csv("UTF-16 without a mark", ORDERS.encode("utf-16-le")),
    csv("another encoding than UTF-8", ORDERS.replace("A2", "Aé").encode("latin-1")),
    csv("an encoding declared wrongly", ORDERS.replace("A2", "Aé"), "{encoding: latin-1}"),
    csv("Windows taken for Latin-1", ORDERS.replace("A2", "A€").encode("cp1252"),
        "{encoding: latin-1}"),
    csv("a NUL byte", ORDERS + "A3,C3,2026-09-03,\0,no\n"),
    csv("rows of another length", ORDERS + "A3,C3,2026-09-03,1,000,no\n"),
    csv("a quote within a cell", ORDERS + 'A"3,C3,2026-09-03,1,no\n'),
    csv("text after a closing quote", ORDERS + '"A"3,C3,2026-09-03,1,no\n'),
    csv("a quote never closed", ORDERS + '"A3,C3,2026-09-03,1,no\n'),
    csv("1,234 that proves nothing", SEMICOLONS.replace("12.50", "1,234").replace("8.00", "8")),
    cell("no number", "8.00", "eight"),
    cell("no whole number", "8.00", "8.5", SHOP.replace("type: money, min: 0", "type: integer")),
    cell("no day", "2026-09-02", "2026-02-31"),
    cell("a day written otherwise", "2026-09-02", "02/09/2026"),
    cell("a day with a time", "2026-09-02", "2026-09-02 14:05"),
    cell("no moment", "2026-09-02", "2 Sep 2026", SHOP.replace("type: date", "type: datetime")),
    cell("neither true nor false", "no\n", "nein\n"),
    cell("out of range", "8.00", "-8"),
    cell("a day after as_of", "2026-09-02", "2026-10-02"),
    cell("a year that must be a mistake", "2026-09-02", "0026-09-02"),
    cell("none of the declared values", "no\n", "nein\n",
         SHOP.replace("boolean", "category, values: [yes, 'no']")),
    cell("a pattern that is not matched", "A2", "2A",
         SHOP.replace("{type: text}", "{type: text, pattern: 'A[0-9]+'}")),
    cell("missing, though required", "C2", ""),
    cell("missing in a key", "A2", ""),
    cell("a key repeated", "A2", "A1"),
    Failure("contract", "a day before another", SHOP.replace("boolean", "date, after: ordered_on"),
            {"orders.csv": ORDERS.replace("yes", "2026-09-05").replace("no\n", "2026-09-01\n")}),
    Failure("contract", "another currency",
            SHOP.replace("paid: {type: boolean}", "code: {type: text}")
            .replace("min: 0", "currency_column: code"),
            {"orders.csv": ORDERS.replace("paid", "code").replace("yes", "EUR")
             .replace("no\n", "USD\n")}),
    cell("more than is tolerated", "8.00", "-8", SHOP.replace("min: 0", "min: 0, tolerate: 0.1")),
    cell("a filter that leaves nothing", "8.00", "8",
         SHOP.replace("    key:", "    where: amount > 100\n    key:")),
    tested("an arm without rows", ",mail,", ",none,"),
    tested("an arm that is not declared", ",mail,", ",web,", 3),
    tested("rows without an arm", ",mail,", ",,", 3),
    tested("rows without a unit", "C1,", ",", 1),
    Failure("read", "values that are not finite",
            TEST.replace("numerator: spend", "numerator: 1 / spend"),
            {"mailing.csv": MAILING}, test="mail"),
    Failure("read", "a filter that is no condition",
            TEST.replace("    metrics", "    where: spend\n    metrics"),
            {"mailing.csv": MAILING}, test="mail"),
    Failure("read", "a filter that leaves nothing",
            TEST.replace("    metrics", "    where: spend > 99\n    metrics"),
            {"mailing.csv": MAILING}, test="mail"),
    Failure("command", "no such params file", arguments=("check", "shops.yaml")),
    Failure("command", "no such command", arguments=("chekc", "shop.yaml")),
    Failure("command", "an argument that is missing", arguments=("check",)),
    Failure("command", "an option out of range", arguments=("demo", "--customers", "5")),
    Failure("command", "no such period", TEST, {"mailing.csv": MAILING},
            ("run", "shop.yaml", "--period", "2026Q5")),
    Failure("command", "no such pack", TEST, {"mailing.csv": MAILING},
            ("run", "shop.yaml", "--pack", "yearly")),
    told("a language of the pages that is none", "run", "shop.yaml", "--language", "xx"),
    told("an engine that is none", "run", "shop.yaml", "--engine", "xx"),
    told("a schedule of no pack", "schedule", "cron", "shop.yaml", "--pack", "yearly"),
    told("no run to compare with", "compare", "old", "new"),
    told("no run to take along", "export", "reports"),
    told("a first file from no table", "init", "new", "--csv", "none.csv"),
    Failure("command", "nothing asked", arguments=("run", "shop.yaml")),
)  # fmt: skip
