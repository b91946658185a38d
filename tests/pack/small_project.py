"""A company of two tables and two pages, small enough to be made many times."""

from __future__ import annotations

import nbformat
import pandas as pd
import pytest

PARAMS = """
company: {id: small, name: Small, as_of: 2026-09-30}
tables:
  orders:
    path: orders.csv
    key: [order_id]
    time: day
    columns:
      order_id: {type: text}
      day: {type: date}
      late: {type: boolean}
  visits:
    path: visits.csv
    key: [visit_id]
    time: day
    columns:
      visit_id: {type: text}
      day: {type: date}
      bought: {type: boolean}
kpis:
  late: {label: Late, table: orders, numerator: late, denominator: 1, better: lower, format: percent}
  bought: {label: Bought, table: visits, numerator: bought, denominator: 1, better: higher, format: percent}
packs:
  two:
    label: Two pages
    pages:
      - {notebook: of_late, title: Late}
      - {notebook: of_bought, title: Bought}
"""


def notebook(kpi: str) -> dict:
    book = nbformat.v4.new_notebook()
    cells = [
        nbformat.v4.new_markdown_cell(f"# {kpi}"),
        nbformat.v4.new_code_cell('company = "x"\nperiod = "latest"', metadata={"tags": ["parameters"]}),
        nbformat.v4.new_markdown_cell("## What happened"),
        nbformat.v4.new_code_cell(
            "from toolkit import open_company\n"
            f"table = open_company(company, period).kpi('{kpi}').table\n"
            "print(table.count().execute())"
        ),
    ]
    book.cells = cells
    return book


@pytest.fixture
def project(tmp_path, monkeypatch):
    (tmp_path / "notebooks").mkdir()
    for kpi in ("late", "bought"):
        nbformat.write(notebook(kpi), tmp_path / "notebooks" / f"of_{kpi}.ipynb")
    days = pd.date_range("2026-01-01", "2026-09-30", freq="D").strftime("%Y-%m-%d")
    ids = [f"I{i}" for i in range(len(days))]
    flags = [i % 3 == 0 for i in range(len(days))]
    pd.DataFrame({"order_id": ids, "day": days, "late": flags}).to_csv(tmp_path / "orders.csv", index=False)
    pd.DataFrame({"visit_id": ids, "day": days, "bought": flags}).to_csv(tmp_path / "visits.csv", index=False)
    (tmp_path / "params.yaml").write_text(PARAMS)
    monkeypatch.chdir(tmp_path)
    return tmp_path
