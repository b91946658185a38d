from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

import pytest

from toolkit.company.load import find_company, load_company, path_of
from toolkit.problems import Refused


def test_a_right_file_loads_with_its_places_and_hash(loaded):
    file = loaded()
    assert file.company.company.as_of == date(2026, 9, 30)
    assert file.company.tables["orders"].columns["customer_id"].source == "Customer No"
    assert file.company.kpis["spend"].denominator == "1"
    assert file.path.is_absolute()
    assert file.sha256 == hashlib.sha256(file.path.read_bytes()).hexdigest()
    assert file.place("tests", "spring_mail", "arm").endswith("shop.yaml:42 tests.spring_mail.arm")
    with pytest.raises(AttributeError):
        file.sha256 = ""


def test_places_are_relative_to_the_current_folder(written, monkeypatch):
    path = written()
    monkeypatch.chdir(path.parent)
    assert load_company("shop.yaml").place("company") == "shop.yaml:2 company"
    assert load_company(path).place("company") == "shop.yaml:2 company"


def test_every_problem_is_told_at_once_in_the_order_of_the_file(told):
    lines = told(
        ("2026-09-30", "31/02/2026"),
        ("{type: number}", "{type: nubmer}"),
        ("from: Customer No", "form: Customer No"),
        ("numerator: amount", "numerator: amont"),
        ("role: primary", "role: primry"),
        ("notebook: ab_test", "notebook: ab_tset"),
    )
    assert [line.split(" ")[0] for line in lines] == [
        "shop.yaml:6", "shop.yaml:16", "shop.yaml:24", "shop.yaml:49", "shop.yaml:54",
    ]  # fmt: skip
    # the table of the KPI is wrong in itself: its columns are judged once it can be read
    assert [line.split(" ")[1].rstrip(":") for line in lines] == [
        "company.as_of",
        "tables.customers.columns.before.type",
        "tables.orders.columns.customer_id.form",
        "tests.spring_mail.metrics[0].role",
        "packs.quarterly.pages[0].notebook",
    ]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            ("2026-09-30", "31/02/2026"),
            "shop.yaml:6 company.as_of: '31/02/2026' is no day that exists; "
            "days are written year-month-day, such as 2026-09-30",
        ),
        (
            ("2026-09-30", "2026-02-31"),
            "'2026-02-31' is no day that exists: that month has 28 days; days are written year-",
        ),
        (("2026-09-30", "2026-13-01"), "is no day that exists: years have twelve months"),
        (("2026-09-30", "30/09/2026"), "is not how days are written: year-month-day, here 2026-09-30"),
        (("2026-09-30", "03/04/2026"), "here 2026-03-04 or 2026-04-03"),
        (("2026-09-30", "20260930"), "20260930 is no day; days are written year-month-day"),
        (("2026-09-30", "0"), "as_of: 0 is no day"),
        (("2026-09-30", ""), "company.as_of: has no value: it is no day"),
        (
            ("from: Customer No", "form: Customer No"),
            "shop.yaml:24 tables.orders.columns.customer_id.form: 'form' is no key that may stand "
            "here. Did you mean 'format'? Choices: 'type', 'from', 'label'",
        ),
        (
            ("tests:", "test:"),
            "shop.yaml:37 test: 'test' is no key that may stand here. Did you mean 'tests'?",
        ),
        (
            ("role: primary", "role: primry"),
            "'primry' is not one of the words that may stand here. Did you mean 'primary'? "
            "Choices: 'primary', 'guardrail', 'exploratory'",
        ),
        (("version: 1", "version: 2"), "version: 2 is a newer form than this toolkit reads, which is version 1"),
        (("  id: shop\n", ""), "shop.yaml:2 company: needs 'id'"),
        (("type: number", "required: true"), "before: needs 'type': one of text, integer, number"),
        (("id: shop", "id: 7"), "company.id: 7 must be text: put it in quotes"),
        (("id: shop", "id: Shop"), "'Shop' must be a name: a lower-case letter"),
        (("id: shop", "id: true"), "'true' must be text: put it in quotes"),
        (("  spend:\n", "  x=__import__('os'):\n"), "'x=__import__('os')' must be a name"),
        (("  orders:\n", "  x=__import__('os'):\n"), "'x=__import__('os')' must be a name"),
        (("  spring_mail:\n", "  x=__import__('os'):\n"), "'x=__import__('os')' must be a name"),
        (("      before:", "      class:"), "'class' must be a name"),
        (("      before:", "      null_:"), "covariates[0]: 'before' is no column of 'customers'"),
        (("currency: EUR\n", "currency: eur\n"), "'eur' must be three capital letters of ISO 4217"),
        (("customers:\n    path", "customers:\n    time_zone: X\n    path"), "'time_zone' is no key"),
        (("kpis:\n", "kpis: 5\nignored:\n"), "shop.yaml:29 kpis: 5 must have entries of its own"),
        (("min: 0", "min: [0]"), "amount.min: must be a number or text"),
        (("key: order_id", "key: 5"), "tables.orders.key: 5 must be a list: [a, b]"),
        (("segments: [region]", "segments: region"), "'region' must be a list"),
        (("before: {type: number}", "before: number"), "'number' must have keys of its own"),
        (("within_days: 30", "within_days: 0"), "within_days: 0 must be 1 or more"),
        (("within_days: 30", "within_days: 1.5"), "1.5 must be a whole number"),
        (("within_days: 30", "within_days: true"), "'true' must be a number"),
        (("none: 1", "none: true"), "arms: must be a number"),
        (("segments: [region]", "level: .inf"), "'.inf' must be a number"),
        (("segments: [region]", "level: 1e999"), "must be a finite number"),
        (("segments: [region]", "level: 1.5"), "level: 1.5 must be less than 1"),
        (("control: none", "control: nobody"), "shop.yaml:43 tests.spring_mail.control: 'control' is"),
        (("none: 1, ", ""), "tests.spring_mail.arms: must have 2 entries or more"),
        (("role: primary", "role: guardrail"), "a guardrail needs 'margin' or 'relative_margin'"),
        (("metrics:\n      - {kpi: spend, role: primary, within_days: 30}", "metrics: []"),
         "tests.spring_mail.metrics: must not be empty"),
        (("pages:\n      - {notebook: ab_test, for_each: tests}", "pages:\n      - ab_test"),
         "packs.quarterly.pages[0]: 'ab_test' must have keys of its own"),
        (("folder: ../data", "source: postgres://bob:s3cret@db/x"),
         "'postgres://bob:***@db/x' must not hold a password: keep it in the environment"),
        (("  currency: EUR\n", "  currency: EUR\n  time_zone: Lisbon\n"),
         "'Lisbon' must be a time zone of the IANA list"),
        (("  currency: EUR\n", "  currency: EUR\n  currency: USD\n"),
         "shop.yaml:6: 'currency' stands twice as a key, first in line 5: remove one"),
        (("version: 1", "version: !!python/name:os.system 1"), "is a tag: tags are not read"),
    ],
)  # fmt: skip
def test_messages_give_place_value_rule_and_choices(told, change, expected):
    assert expected in "\n".join(told(change))


def test_rules_between_keys_are_each_told_at_their_key(told):
    lines = told(
        ("control: none", "control: nobody"),
        ("role: primary", "role: exploratory"),
        ("assigned_at: since", "starts: 2026-05-01\n    ends: 2026-04-01"),
    )
    assert [line.split(": ")[0] for line in lines] == [
        "shop.yaml:38 tests.spring_mail",
        "shop.yaml:43 tests.spring_mail.control",
        "shop.yaml:46 tests.spring_mail.ends",
        "shop.yaml:49 tests.spring_mail.metrics",
    ]


def test_a_secret_is_never_repeated(told):
    for source in ("postgres://bob:s3cr@et@db/x", "postgres://db/x?password=s3cret"):
        text = "\n".join(told(("folder: ../data", f"source: '{source}'")))
        assert "must not hold a password" in text and "s3cr" not in text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "shop.yaml:1: is empty: a params file begins with 'company:' and 'tables:'"),
        ("# nothing\n", "is empty"),
        ("- a\n- b\n", "holds no keys"),
        ("just text\n", "holds no keys"),
        ("{}", "needs 'company'"),
    ],
)
def test_a_file_without_a_company(told, text, expected):
    assert expected in "\n".join(told(text=text))


def test_a_missing_file_names_where_it_looked_and_what_is_there(written):
    path = written()
    with pytest.raises(Refused, match="is no file: looked in .* Did you mean '.*shop.yaml'"):
        load_company(path.with_name("shp.yaml"))
    with pytest.raises(Refused, match="is a folder, not a params file. .*Choices: .*shop.yaml"):
        load_company(path.parent)
    with pytest.raises(Refused, match="is no file"):
        load_company("a\0b")


@pytest.fixture
def project(tmp_path: Path, good: str) -> Path:
    (tmp_path / "params").mkdir()
    (tmp_path / "params" / "shop.yaml").write_text(good, encoding="utf-8")
    (tmp_path / "params" / "other.yml").write_text(good, encoding="utf-8")
    (tmp_path / "notebooks" / "deep").mkdir(parents=True)
    return tmp_path


@pytest.mark.parametrize("name", ["shop", "params/shop.yaml", "other"])
@pytest.mark.parametrize("start", [".", "notebooks", "notebooks/deep", "params"])
def test_a_company_is_found_from_any_folder_of_the_project(project, name, start, monkeypatch):
    stem = "other.yml" if name == "other" else "shop.yaml"
    assert path_of(name, project / start) == project / "params" / stem
    monkeypatch.chdir(project / start)
    assert find_company(name).path == project / "params" / stem
    assert path_of(project / "params" / "shop.yaml") == project / "params" / "shop.yaml"


@pytest.mark.parametrize("name", ["shpo", "params/shpo.yaml", "x=__import__('os')", "", "..", "\0"])
def test_a_company_that_is_not_there(project, name):
    with pytest.raises(Refused) as refused:
        path_of(name, project / "notebooks")
    text = str(refused.value)
    assert str(project / "notebooks") in text
    assert "Choices: 'other', 'shop'" in text
