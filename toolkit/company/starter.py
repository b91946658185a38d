"""The params file that somebody starts from: short, commented, and right as it stands."""

from __future__ import annotations

import json
from pathlib import PurePath

_STARTER = """\
# What the toolkit knows about your company: its tables, what is measured on them, its tests and
# its reports. Put the files' names, columns and days of your company here, then:
#
# toolkit check THIS_FILE     every problem of this file and of its tables, all at once
# toolkit run THIS_FILE       makes the report and prints the path of its first page
# toolkit schema              the JSON Schema of this file: editors complete keys with it
#
# Lines that begin with '#' and one space explain. The others that begin with '#' are choices:
# take the '#' away to use them. Names (of tables, columns, KPIs, tests) are lower-case letters,
# digits and underscores. Days are written 2026-09-30. Text with ': ' or '#' in it needs quotes.

version: 1

company:
  id: my_company                # names the folder of the reports
  name: My company
  currency: EUR
  as_of: 2026-09-30             # the last day your data covers; nothing may be dated after it
  time_zone: UTC                # in which days begin, such as Europe/Lisbon
#  fiscal_year_starts: 4         # the month; a fiscal year is named for the year in which it ends
#  language: pt                  # of the pages: en, pt, es or he; several as languages: [pt, en]

# Where the tables lie, seen from this file's folder. The paths below start there.
folder: {folder}

# Tables may also be those of a database. Its password never stands in this file: it comes from
# the environment of whoever runs the toolkit, under the name in ${{...}}.
#source: postgres://reader:${{SHOP_PASSWORD}}@db.example.com/shop

tables:
  mailing:                      # one row for each customer who was assigned
    path: mailing.csv           # CSV, Parquet or Excel; or instead 'table: schema.name'
    key: customer_id            # occurs once
    columns:                    # only what is listed here is ever read
      customer_id: {{type: text, from: Customer No, required: true, identifier: true}}
      arm: {{type: category, values: [none, mail], required: true}}
      assigned_on: {{type: date, required: true}}
      spend_before: {{type: number, min: 0}}
#      region: {{type: category, values: [north, south], missing: ["n/a", -99]}}
#      birth_date: {{type: date, format: "%d/%m/%Y", identifier: true}}

  orders:
    path: orders.csv
    key: order_id
    time: ordered_at            # dates a row
    columns:
      order_id: {{type: text, required: true}}
      customer_id: {{type: text, required: true, identifier: true}}
      ordered_at: {{type: datetime, required: true}}
      amount: {{type: money, currency: EUR, min: 0}}
      complained: {{type: boolean}}
#    csv: {{delimiter: ";", decimal: ",", encoding: latin-1}}

# A KPI is a ratio of two sums over a table's rows, each written in SQL over its columns.
kpis:
  order_value:
    label: Revenue per order
    table: orders
    numerator: amount
    denominator: 1              # one per row: a mean or a share
    unit: customer_id           # rows of one customer are not independent
    format: money
    better: higher
  complaint_rate:
    label: Orders with a complaint
    table: orders
    numerator: case when complained then 1 else 0 end
    unit: customer_id
    format: percent
    better: lower

# An A/B test, and what decides it.
tests:
  spring_mail:
    label: Spring mailing
    question: Does the mailing bring more revenue per order?
    table: mailing
    unit: customer_id
    arm: arm
    control: none
    arms: {{none: 1, mail: 1}}    # the split that was intended
    assigned_at: assigned_on
    starts: 2026-06-01
    ends: 2026-08-31
    metrics:
      - {{kpi: order_value, role: primary, worthwhile: 1.5, within_days: 30}}
      - {{kpi: complaint_rate, role: guardrail, margin: 0.01, within_days: 30}}
#    covariates: [spend_before]   # known before assignment; makes the answer more precise
#    segments: [region]           # where the effect may differ

# A change of the plan, and what it promised: in the KPI's unit, or as a share of the level before.
#changes:
#  thank_you_note:
#    label: Thank-you note with each order
#    kpi: complaint_rate
#    announced: 2026-03-01
#    effective: 2026-04-01
#    due: 2026-12-31
#    touched: amount >= 20         # whose rows it touches; absent: everybody
#    promised_relative: -0.2       # a fifth fewer
#    worthwhile_relative: -0.05
#    cost: {{money: 2000, hours: 40, hour_rate: 30}}
#    owner: Service

# A report: its pages in reading order. With 'for_each', one page for every test above.
packs:
  quarterly:
    label: Quarterly report
    pages:
      - {{notebook: ab_test, for_each: tests}}
"""


def starter_params(folder: str | PurePath) -> str:
    """The commented params file that a company begins with.

    Parameters
    ----------
    folder
        Where its tables lie, seen from the folder of the params file.
    """
    path = folder if isinstance(folder, str) else folder.as_posix()
    return _STARTER.format(folder=json.dumps(path, ensure_ascii=False))
