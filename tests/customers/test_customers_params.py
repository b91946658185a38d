"""What a params file asks of customers: read, or refused with every problem and its place."""

from __future__ import annotations

import textwrap

import pytest

from toolkit import customers
from toolkit.company.load import load_company
from toolkit.opened import open_company
from toolkit.problems import Refused

HEAD = """
version: 1
company: {id: shop, name: Shop, as_of: 2026-06-30}
tables:
  people:
    path: people.csv
    columns:
      customer_id: {type: text, identifier: true}
      kind: {type: text}
      email: {type: text, identifier: true}
      came: {type: date}
  lines:
    path: lines.csv
    columns:
      customer_id: {type: text, identifier: true}
      order_id: {type: text}
      day: {type: date}
      amount: {type: number}
"""


def written(tmp_path, text):
    path = tmp_path / "shop.yaml"
    path.write_text(HEAD + textwrap.dedent(text), encoding="utf-8")
    (tmp_path / "people.csv").write_text(
        "customer_id,kind,email,came\nA,home,a@x.pt,2026-01-01\nB,shop,b@x.pt,2026-02-01\n", encoding="utf-8")  # fmt: skip
    (tmp_path / "lines.csv").write_text(
        "customer_id,order_id,day,amount\nA,1,2026-01-05,10\nA,2,2026-02-05,-4\nB,3,2026-03-05,7\n,4,2026-03-06,2\n",
        encoding="utf-8")  # fmt: skip
    return path


def test_every_name_that_leads_nowhere_is_said_at_once(tmp_path):
    path = written(tmp_path, """
    customers:
      who: {table: people, starts: kind}
      money:
        a: {table: lines, kind: revenue, amount: amountt, time: day}
        b: {table: linez, kind: serving, amount: "1"}
        c: {table: lines, kind: goods, amount: amount}
      purchases: {table: lines, order: order_no, time: day, amount: amount, segment: email}
      segments:
        rfm: {all: r > q}
        rules: {kind: {home: kindd = 'home'}}
        outcomes: {seen: {label: Seen, table: lines, numerator: yes_no}}
    """)  # fmt: skip
    with pytest.raises(Refused) as refused:
        load_company(path)
    said = str(refused.value)
    for place in ("who.starts", "money.a.amount", "money.b.table", "money.c.table", "purchases.order", "purchases.segment",
                  "segments.rfm.all", "segments.rules.kind.home", "segments.outcomes.seen.numerator"):  # fmt: skip
        assert f"customers.{place}" in said, place


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("customers: {label: X}", "nothing to ask"),
        ("customers: {money: {a: {table: lines, kind: goods, amount: amount, time: day}}}", "of kind 'revenue'"),
        ("customers: {purchases: {table: lines, order: order_id, time: day}, costly: {}}", "'costly' needs 'money'"),
        ("customers: {purchases: {table: lines, order: order_id, time: day}, prices: {table: lines, price: amount, "
         "segment: kind}}", "'prices' need"),
        ("customers: {staying: {table: people, started: came}}", "'started' needs 'ended'"),
        ("customers: {staying: {table: people, tenure: came, left: kind, started: came, ended: came}}", "one of them"),
        ("customers: {money: {a: {table: lines, kind: gold, amount: amount, time: day}}}", "gold"),
    ],
)  # fmt: skip
def test_what_does_not_fit_together_is_refused(tmp_path, text, said):
    with pytest.raises(Refused, match=said):
        load_company(written(tmp_path, text))


def test_parts_that_are_not_asked_say_how_to_ask_them(tmp_path):
    path = written(tmp_path, """
    customers:
      purchases: {table: lines, order: order_id, time: day, amount: amount, within_days: 30}
    """)  # fmt: skip
    found = customers.estimate(open_company(str(path), "2026Q2").customers())
    assert found.asked == ("repeat",)
    assert "customers.money" in found.value.grid().text() and found.details("value", "big", "costs") == (found.value,)
    assert {a.why: a.rows for a in found.repeat.aside} == {"no_customer": 1, "negative": 1}
    said = customers.conclude(found, customers.check(found))
    assert all(f.notebook == "customer_value" for f in said)


def test_rules_that_overlap_are_refused_with_examples(tmp_path):
    path = written(tmp_path, """
    customers:
      who: {table: people, starts: came}
      purchases: {table: lines, order: order_id, time: day, amount: amount}
      segments: {rules: {kind: {home: kind = 'home', any: kind is not null}}}
    """)  # fmt: skip
    with pytest.raises(Refused, match="overlaps with 'home'.*kind = home"):
        customers.estimate(open_company(str(path), "2026Q2").customers())


def test_no_identifier_is_shown_but_the_customers_number(tmp_path):
    path = written(tmp_path, """
    customers:
      who: {table: people, starts: came}
      money: {sales: {table: lines, kind: revenue, amount: amount, time: day}}
      segments: {rules: {kind: {mail: email like '%x%', other: email not like '%x%'}}}
    """)  # fmt: skip
    with pytest.raises(Refused, match="email"):
        load_company(path)


def test_a_company_that_asks_nothing_of_customers_is_told_so(tmp_path):
    with pytest.raises(Refused, match="it says what is asked of customers"):
        open_company(str(written(tmp_path, "")), "2026Q2").customers()
