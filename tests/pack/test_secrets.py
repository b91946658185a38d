"""Secrets come from the environment and stay there; reports stay in their folder."""

from __future__ import annotations

import pandas as pd
import pytest
from small_project import PARAMS, project  # noqa: F401 - a fixture

from toolkit.company.load import load_company
from toolkit.pack.run import run
from toolkit.problems import Refused

SECRET = "s3cr3t-Zx81-value"


def test_a_secret_is_in_nothing_that_a_run_writes_or_prints(project, monkeypatch, capsys):  # noqa: F811
    import duckdb

    monkeypatch.setenv("SHOP_SECRET", SECRET)
    orders = pd.read_csv(project / "orders.csv")
    base = duckdb.connect(str(project / f"{SECRET}.duckdb"))
    base.register("given", orders)
    base.execute("CREATE TABLE orders AS SELECT * FROM given")
    base.close()
    text = PARAMS.replace("    path: orders.csv\n", "    table: orders\n")
    (project / "params.yaml").write_text("source: duckdb://${SHOP_SECRET}.duckdb\n" + text)
    made = run(project / "params.yaml", out=project / "reports")
    capsys_text = "".join(capsys.readouterr())
    files = [p for p in (project / "reports").rglob("*") if p.is_file()]
    assert (made.folder / "manifest.json") in files and len(files) > 5
    assert [p for p in files if SECRET.encode() in p.read_bytes()] == []
    assert SECRET not in capsys_text and SECRET not in str(made)


def test_a_secret_is_not_in_what_is_said_when_the_database_is_not_there(project, monkeypatch):  # noqa: F811
    monkeypatch.setenv("SHOP_SECRET", SECRET)
    text = PARAMS.replace("    path: orders.csv\n", "    table: orders\n")
    (project / "params.yaml").write_text("source: duckdb://${SHOP_SECRET}.duckdb\n" + text)
    with pytest.raises(Refused) as refused:
        run(project / "params.yaml", out=project / "reports")
    assert SECRET not in str(refused.value)


@pytest.mark.parametrize("name", ["../up", "a/b", "..", "/tmp/x", "con\\x", "a.b", "A", "", "x" * 64, "class", "${HOME}", "a\nb"])
def test_names_that_become_folders_and_parameters_are_names(project, name):  # noqa: F811
    quoted = '"' + name.replace("\\", "\\\\").replace("\n", "\\n") + '"'
    for old, new in (("id: small", f"id: {quoted}"), ("  two:\n", f"  {quoted}:\n"), ("notebook: of_late", f"notebook: {quoted}")):
        (project / "params.yaml").write_text(PARAMS.replace(old, new))
        with pytest.raises(Refused):
            load_company(project / "params.yaml")


@pytest.mark.parametrize("sql", [
    "late; drop table orders", "(select count(*) from visits)", "read_text('/etc/passwd') = ''", "getenv('SHOP_SECRET') = 'x'",
    "visits.bought", "late in (select bought from visits)", "exists(select 1)", "query('select 1')", "read_csv('https://x.example/a')",
    "late -- all", "current_setting('x') = ''", "sum(late)", "attach 'x.db'",
])
def test_sql_that_is_no_expression_over_its_own_columns_is_refused_with_its_place(project, sql):  # noqa: F811
    (project / "params.yaml").write_text(PARAMS.replace("numerator: late", f'numerator: "{sql}"'))
    with pytest.raises(Refused) as refused:
        load_company(project / "params.yaml")
    assert "kpis.late.numerator" in str(refused.value)
