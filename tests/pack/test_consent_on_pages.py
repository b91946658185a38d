"""Rows without consent: in no figure of any page, and counted under its Details and in the manifest."""

from __future__ import annotations

import json

import pandas as pd
from small_project import PARAMS, project  # noqa: F401 - a fixture

from toolkit.pack.run import run


def test_how_many_rows_were_left_out_stands_on_every_page(project):  # noqa: F811
    orders = pd.read_csv(project / "orders.csv")
    orders["agreed"] = [(1, 0, None)[i % 3] for i in range(len(orders))]
    orders.to_csv(project / "orders.csv", index=False)
    column = "      late: {type: boolean}\n"
    text = PARAMS.replace(column, column + "      agreed: {type: integer}\n").replace("    time: day\n", "    time: day\n    consent: agreed = 1\n", 1)
    (project / "params.yaml").write_text(text)
    made = run(project / "params.yaml", out=project / "reports")
    kept, left = int((orders.agreed == 1).sum()), int((orders.agreed != 1).sum())
    page = (made.folder / "of_late.html").read_text(encoding="utf-8")
    assert f"{kept}\n" in (made.folder / "notebooks" / "of_late.ipynb").read_text().replace("\\n", "\n")
    for name in ("of_late", "of_bought", "index"):
        page = (made.folder / f"{name}.html").read_text(encoding="utf-8")
        assert "Table orders, without consent" in page and f"{left} rows, left out of everything" in page
        assert "Table visits, without consent" not in page
    told = {i["table"]: i for i in json.loads((made.folder / "manifest.json").read_text())["inputs"]}
    assert (told["orders"]["rows"], told["orders"]["kept"], told["orders"]["without_consent"]) == (len(orders), kept, left)
    assert told["visits"]["without_consent"] == 0
