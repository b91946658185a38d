"""A small, right params file that the tests break in one place at a time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from toolkit.company.load import CompanyFile, load_company
from toolkit.problems import Refused

NOTEBOOKS = {"ab_test": ("company", "period", "test"), "trend": ("company", "period", "kpi")}

GOOD = """\
version: 1
company:
  id: shop
  name: Shop
  currency: EUR
  as_of: 2026-09-30
folder: ../data
tables:
  customers:
    path: customers.csv
    key: customer_id
    columns:
      customer_id: {type: text, identifier: true, required: true}
      region: {type: category, values: [north, south]}
      arm: {type: category, values: [none, mail]}
      before: {type: number}
      since: {type: date}
  orders:
    path: orders.csv
    key: order_id
    time: ordered_at
    columns:
      order_id: {type: text}
      customer_id: {type: text, from: Customer No}
      ordered_at: {type: datetime}
      amount: {type: money, currency: EUR, min: 0}
    joins:
      customers: {on: customer_id, columns: [region]}
kpis:
  spend:
    label: Spend per order
    table: orders
    numerator: amount
    denominator: 1
    unit: customer_id
    where: region = 'north'
tests:
  spring_mail:
    label: Spring mail
    table: customers
    unit: customer_id
    arm: arm
    control: none
    arms: {none: 1, mail: 1}
    assigned_at: since
    covariates: [before]
    segments: [region]
    metrics:
      - {kpi: spend, role: primary, within_days: 30}
packs:
  quarterly:
    label: Quarterly
    pages:
      - {notebook: ab_test, for_each: tests}
"""

Change = tuple[str, str]


@pytest.fixture(scope="session")
def good() -> str:
    """The file's text."""
    return GOOD


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., Path]:
    """Write the file with each `(old, new)` replaced once; `old` must be there."""

    def write(*changes: Change, text: str = GOOD) -> Path:
        for old, new in changes:
            assert old in text, f"{old!r} is not in the file"
            text = text.replace(old, new, 1)
        path = tmp_path / "shop.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def loaded(written) -> Callable[..., CompanyFile]:
    """Load the changed file."""
    return lambda *changes, text=GOOD: load_company(written(*changes, text=text), NOTEBOOKS)


@pytest.fixture
def told(written) -> Callable[..., list[str]]:
    """What is said of the changed file, one text a problem, from the file's name on."""

    def say(*changes: Change, text: str = GOOD) -> list[str]:
        path = written(*changes, text=text)
        with pytest.raises(Refused) as refused:
            load_company(path, NOTEBOOKS)
        return [str(p).replace(f"{path.parent}/", "") for p in refused.value.problems]

    return say
