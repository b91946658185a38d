from __future__ import annotations

import re

from toolkit.company.load import load_company
from toolkit.company.starter import starter_params


def test_it_loads_as_it_stands(written):
    file = load_company(written(text=starter_params("../data")), {"ab_test": ("test",)})
    assert file.company.folder == "../data"
    assert set(file.company.tests) == {"spring_mail"} and file.company.packs


def test_it_loads_with_every_choice_taken(written):
    text, taken = re.subn(r"(?m)^#(?! \S|$)", "", starter_params("../data"))
    assert taken >= 7
    company = load_company(written(text=text)).company
    assert company.company.fiscal_year_starts == 4
    assert company.source == "postgres://reader:${SHOP_PASSWORD}@db.example.com/shop"
    assert company.tests["spring_mail"].segments == ["region"]


def test_any_folder_is_written_safely(written):
    for folder in ('a: "b" #c', "C:\\data\\x", "dados/ação", "../.."):
        assert load_company(written(text=starter_params(folder))).company.folder == folder


def test_it_holds_no_secret_and_says_where_they_come_from():
    text = starter_params("../data")
    assert "from\n# the environment" in text
    assert not re.search(r"://[^/\s]*:(?!\$\{)[^/\s]*@", text)
