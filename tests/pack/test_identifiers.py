"""Nothing that names a person is published, printed or written down: patterns, values and the whole way."""

from __future__ import annotations

import json
import re
import shutil
import sys
from base64 import b64encode

import nbformat
import pandas as pd
import pytest
from small_project import PARAMS, project  # noqa: F401 - a fixture

from toolkit.cli import main
from toolkit.company.load import load_company
from toolkit.opened import source_of
from toolkit.pack.identifiers import direct_identifiers, gate
from toolkit.personal import blotted, holds_identifiers
from toolkit.pack.run import run
from toolkit.problems import Refused

PEOPLE = [
    ("Ottoline Marchbanks", "otto.m@mail.example", "+351 912 345 678", "12 Rua das Flores, Porto"),
    ("José Águas-Novas", "jose@shop.example.com", "(212) 555-0187", "Av. da Liberdade 7"),
]
WITH_PEOPLE = PARAMS.replace(
    "      late: {type: boolean}\n",
    "      late: {type: boolean}\n"
    "      person: {type: text, identifier: true}\n      mail: {type: text, identifier: true}\n"
    "      phone: {type: text, identifier: true}\n      address: {type: text, identifier: true}\n",
)


@pytest.fixture
def with_people(project):  # noqa: F811
    orders = pd.read_csv(project / "orders.csv")
    for i, column in enumerate(("person", "mail", "phone", "address")):
        orders[column] = [PEOPLE[k % len(PEOPLE)][i] for k in range(len(orders))]
    orders.to_csv(project / "orders.csv", index=False)
    (project / "params.yaml").write_text(WITH_PEOPLE)
    return project


def told(folder, text: str, name: str = "page.html") -> list[str]:
    """What the gate says of a pack of one file."""
    stage = folder / "stage"
    shutil.rmtree(stage, ignore_errors=True)
    stage.mkdir()
    (stage / name).write_text(text, encoding="utf-8")
    file = load_company(folder / "params.yaml")
    with source_of(file) as source:
        try:
            gate(stage, file.company, source)
        except Refused as refused:
            return [str(p) for p in refused.problems]
    return []


@pytest.mark.parametrize("text", [
    "write to a.b+c@mail.example.org", "<a href='mailto:x_y@z.pt'>", "é@exemplo.pt", "q@b\\u002eexample", "A@B.CO",
])
def test_addresses_of_mail_are_seen(text):
    assert "e-mail address" in holds_identifiers(text.replace("\\u002e", "."))


@pytest.mark.parametrize("text", [
    "+351 912 345 678", "+1 (212) 555-0187", "00351 912345678", "+442079460958", "(212) 555-0187", "212-555-0187",
    "call +49 30 901820", "+972-50-123-4567",
])
def test_phone_numbers_are_seen(text):
    assert holds_identifiers(text) == ("phone number",)


@pytest.mark.parametrize("text", [
    "2026-09-30", "0026-09-30", "2026-09-30 14:05:00", "2024-01 to 2026-09", "1,234,567.89", "+0.77 EUR", "+12,345,678", "-3.1 (-3.9 to -2.3)",
    "0.0001234567890123", "1e-300", "+1.2345678901", "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "123e4567-e89b-12d3-a456-426614174000", "C0000001", "@media print", "@font-face", "x @ y", "20261002", "pandas 3.1.0",
    "10.1016/j.jclinepi.2009.06.006", "978-3-16-148410-0", "100 200 300 400", "M10,20L30-40", "1 234 567 890",
])
def test_dates_hashes_numbers_and_figures_are_not_taken_for_people(text):
    assert holds_identifiers(text) == ()


def test_columns_that_something_needs_are_numbers_and_the_others_are_for_reaching_a_person(with_people):
    company = load_company(with_people / "params.yaml").company
    assert [c.name for c in direct_identifiers(company)] == ["person", "mail", "phone", "address"]


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("which", range(4))
@pytest.mark.parametrize("wrapped", [
    "<p>{x}</p>", "<img alt=\"about {x}\">", "<script type=\"application/json\">[\"{x}\"]</script>",
], ids=["text", "attribute", "data"])
def test_values_of_people_are_seen_however_they_stand(with_people, person, which, wrapped):
    value = person[which]
    said = told(with_people, wrapped.replace("{x}", value))
    assert said and all("page.html: holds" in line and value not in line for line in said)
    said = told(with_people, wrapped.replace("{x}", value.upper().replace(" ", "  ")))
    assert said and all(value.upper() not in line for line in said)


def test_a_picture_within_a_page_is_read_too(with_people):
    picture = b64encode(f"<svg><text>{PEOPLE[0][0]}</text></svg>".encode()).decode()
    assert told(with_people, f"<img src='data:image/svg+xml;base64,{picture}'>")
    assert not told(with_people, "<img src='data:image/png;base64,aGVsbG9AbWFpbC5leGFtcGxl'>")


def test_what_the_params_file_says_itself_is_its_author_s_word(with_people):
    text = (with_people / "params.yaml").read_text()
    assert told(with_people, "<p>Owner: Ottoline Marchbanks</p>")
    (with_people / "params.yaml").write_text(text.replace("{label: Late,", "{label: Late, owner: Ottoline Marchbanks,"))
    assert not told(with_people, "<p>Owner: Ottoline Marchbanks</p>")


def leaking(folder, code: str) -> None:
    path = folder / "notebooks" / "of_late.ipynb"
    book = nbformat.read(path, as_version=4)
    book.cells.append(nbformat.v4.new_code_cell(code))
    nbformat.write(book, path)


def test_a_pack_that_names_people_is_not_published(with_people):
    leaking(with_people, "print(table.person.execute().iloc[0])")
    with pytest.raises(Refused) as refused:
        run(with_people / "params.yaml", out=with_people / "reports")
    said = str(refused.value)
    assert "of_late.html: holds values of 'orders.person'" in said and "notebooks/of_late.ipynb" in said
    assert PEOPLE[0][0] not in said
    assert not (with_people / "reports" / "small").exists()


def test_a_pack_that_names_nobody_is_published(with_people):
    made = run(with_people / "params.yaml", out=with_people / "reports")
    assert (made.folder / "manifest.json").is_file()


BREAKS = {
    "a key twice": lambda t: pd.concat([t, t.head(3)]),
    "a mail where a day stands": lambda t: t.assign(day=[t.mail[0], *t.day[1:]]),
    "a person where a flag stands": lambda t: t.assign(late=[*t.person[:2], *t.late[2:]]),
    "no day": lambda t: t.assign(day=[None, *t.day[1:]]),
    "a column gone": lambda t: t.drop(columns="late"),
}


@pytest.mark.parametrize("how", BREAKS)
def test_what_is_broken_on_purpose_is_refused_without_naming_a_person(with_people, how, monkeypatch, capsys):
    table = pd.read_csv(with_people / "orders.csv", dtype=str, keep_default_na=False)
    for column in ("order_id", "person", "mail"):
        table[column] = table["person"] + table.index.astype(str) if column == "order_id" else table[column]
    BREAKS[how](table).to_csv(with_people / "orders.csv", index=False)
    strict = WITH_PEOPLE.replace("order_id: {type: text}", "order_id: {type: text, identifier: true}")
    strict = strict.replace("day: {type: date}", "day: {type: date, required: true, identifier: true}", 1)
    strict = strict.replace("late: {type: boolean}", "late: {type: boolean, identifier: true}")
    (with_people / "params.yaml").write_text(strict)
    for command in (["check", "params.yaml"], ["run", "params.yaml", "--out", "reports"]):
        monkeypatch.setattr(sys, "argv", ["toolkit", *command])
        with pytest.raises(SystemExit) as ended:
            main()
        printed = "".join(capsys.readouterr())
        assert ended.value.code == 2, printed
        for person in PEOPLE:
            assert not [v for v in person if v.lower() in printed.lower()], printed
        assert holds_identifiers(re.sub(r"\S*/\S*", "", printed)) == ()


def test_every_file_of_the_pack_is_looked_at(with_people):
    made = run(with_people / "params.yaml", out=with_people / "reports")
    from toolkit.pack.identifiers import READ

    assert {p.suffix for p in made.folder.rglob("*") if p.is_file()} <= READ
    assert json.loads((made.folder / "manifest.json").read_text())["files"]


@pytest.mark.parametrize(("text", "kind"), [
    # the registry's own examples (ISO 13616); card schemes' published test numbers; a number withdrawn since 1938
    ("GB82 WEST 1234 5698 7654 32", "bank account number"), ("DE89370400440532013000", "bank account number"),
    ("4111 1111 1111 1111", "card number"), ("5555-5555-5555-4444", "card number"), ("078-05-1120", "social security number"),
])
def test_numbers_of_accounts_cards_and_persons_are_seen_and_blotted(text, kind):
    assert holds_identifiers(f"pay to {text}, please") == (kind,)
    assert blotted(f"pay to {text}, please") == f"pay to ({kind}), please"


@pytest.mark.parametrize("text", ["+351 912 345 678+351 912 345 679", "a.b@example.org+351912345678", "+351 912 345 678(212) 555-0123"])
def test_what_stands_right_behind_one_is_blotted_too(text):
    assert holds_identifiers(blotted(text)) == ()


@pytest.mark.parametrize("text", [
    "GB83 WEST 1234 5698 7654 32", "4111 1111 1111 1112", "000-05-1120", "0.4111111111111111", "2026-11-2025", "XX00", "4111111111111111.5",
    "AAAA1111BBBB2222CCCC3333DDDD44445555EEEE6666FFFF", "1700000000000", "078-05-11209",
])
def test_numbers_that_do_not_fit_their_check_are_none(text):
    assert holds_identifiers(text) == ()


def test_a_chart_s_packed_data_is_read_too(with_people):
    from toolkit.pack.markup import packed_data

    packed = packed_data({"data": [{"label": PEOPLE[0][0]}]})
    assert told(with_people, f'<script type="text/plain" id="data-1">{packed}</script>')
    assert not told(with_people, f'<script type="text/plain" id="data-1">{packed_data({"data": [{"label": "North"}]})}</script>')


def test_messages_show_no_address_or_number_that_stands_in_a_cell():
    from toolkit.problems import Problem

    said = str(Problem("tests.mail.arms", "is no arm", "otto.m@mail.example", ("mail", "+351 912 345 678"), 3, ("line 2: '212-555-0187'",)))
    assert "mail.example" not in said and "912 345" not in said and "(e-mail address)" in said and "(phone number)" in said
