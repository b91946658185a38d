"""A project from a company's own table: what is guessed holds, and is marked as a guess."""

from __future__ import annotations

import json

import nbformat
import pytest

from toolkit.company.load import load_company, path_of
from toolkit.data.guessed import guessed
from toolkit.opened import source_of
from toolkit.pack.lab import command_of
from toolkit.pack.started import start_project
from toolkit.problems import Refused

ROWS = "Order No;Customer-ID;bought;paid on;Amount;Status;Returned;001\n" + "".join(
    f"A{i};C{i % 7};{i % 28 + 1:02d}/{i % 9 + 1:02d}/2026;2026-0{i % 9 + 1}-28;{i},5;{'open' if i % 3 else 'closed, late'};{'Yes' if i % 4 else 'No'};0{i % 5}\n"
    for i in range(120)
)


def test_a_table_of_ones_own_leads_to_params_that_hold(tmp_path):
    table = tmp_path / "Sales 2026.csv"
    table.write_text(ROWS, encoding="utf-8")
    said = start_project(tmp_path / "mine", table)
    params = tmp_path / "mine" / "params" / "company.yaml"
    assert "120 rows and 8 columns" in said[1]
    file = load_company(params)
    (name, model), = file.company.tables.items()
    assert name == "sales_2026" and model.key == ["order_no"] and model.time == "bought"
    assert {c: m.type for c, m in model.columns.items()} == {
        "order_no": "text", "customer_id": "text", "bought": "date", "paid_on": "date", "amount": "number", "status": "category",
        "returned": "boolean", "column_8": "category",
    }  # fmt: skip
    assert model.columns["bought"].format == "%d/%m/%Y" and model.columns["status"].values == ["closed, late", "open"]
    assert all(k.unit == "customer_id" for k in file.company.kpis.values()) and 1 <= len(file.company.kpis) <= 3
    with source_of(file) as source:
        assert source.table(name).count().execute() == 120
        assert source.table(name).amount.sum().execute() == pytest.approx(sum(i + 0.5 for i in range(120)))
    guesses = [line for line in params.read_text().splitlines() if line.strip().startswith(tuple(model.columns))]
    assert len(guesses) == 8 and all("# guess" in line for line in guesses)


def test_the_notebooks_of_a_project_open_its_own_company(tmp_path, monkeypatch):
    start_project(tmp_path / "mine")
    made = sorted((tmp_path / "mine" / "notebooks").glob("*.ipynb"))
    assert len(made) >= 10
    for path in made:
        cells = nbformat.read(path, as_version=4).cells
        (given,) = [c for c in cells if "parameters" in c.metadata.get("tags", [])]
        assert 'company = "company"' in given.source and not any(c.get("outputs") for c in cells)
    assert path_of("company", tmp_path / "mine" / "notebooks") == tmp_path / "mine" / "params" / "company.yaml"
    assert {p.name for p in (tmp_path / "mine").iterdir()} >= {"Makefile", "README.md", "params", "data", "notebooks"}
    with pytest.raises(Refused, match="is there already"):
        start_project(tmp_path / "mine")


def test_what_is_no_table_is_refused_and_nothing_written(tmp_path):
    (tmp_path / "bad.csv").write_text("a,b\n1,2,3\n4,5\n")
    for name, why in (("bad.csv", "2 cells in every row"), ("none.csv", "is no file")):
        with pytest.raises(Refused, match=why):
            start_project(tmp_path / "mine", tmp_path / name)
    assert not (tmp_path / "mine").exists()


def test_public_tables_are_read_as_people_read_them(shared_data):
    orders = guessed(shared_data / "olist" / "orders.csv")
    assert (orders.key.name, orders.time.name, orders.rows) == ("order_id", "order_purchase_timestamp", 16_190)
    churn = guessed(shared_data / "customers" / "telco_churn.csv")
    assert (churn.key.name, churn.time, churn.rows) == ("customer_id", None, 7_043)
    assert {c.name: c.missing for c in churn.columns if c.missing} == {"total_charges": 11}


def test_jupyterlab_opens_on_the_company_that_was_chosen(tmp_path, monkeypatch, root):
    start_project(tmp_path / "mine")
    monkeypatch.chdir(tmp_path / "mine")
    params = tmp_path / "mine" / "params" / "company.yaml"
    assert command_of(None)[-1] == str(tmp_path / "mine" / "notebooks")
    (tmp_path / "mine" / "data" / "mailing.csv").write_text("x\n")
    assert command_of(params)[-1] == str(tmp_path / "mine" / "notebooks")
    other = params.with_name("other.yaml")
    other.write_text(params.read_text().replace("id: my_company", "id: another"))
    assert command_of(other)[-1] == str(tmp_path / "mine" / "lab" / "another")
    opened = (tmp_path / "mine" / "lab" / "another" / "ab_test.ipynb").read_text()
    assert json.dumps(f'company = "{other}"')[1:-1] in opened and 'test = \\"spring_mail\\"' in opened
