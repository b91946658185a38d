"""A whole run over tables that are full of people: none of them in anything that is published, printed or kept."""

from __future__ import annotations

import gzip
import re
import sys
from base64 import b64decode
from pathlib import Path

import duckdb
import nbformat
import pytest

from toolkit.cli import main
from toolkit.data.demo.params_file import write_params
from toolkit.data.demo.write import write_demo
from toolkit.personal import holds_identifiers

NAMES = ("Ottoline Marchbanks", "Wilhelmina Thistlewood", "Aurelio Quintanilha", "Zenobia Featherstonehaugh")
MAILS = ("otto.marchbanks@mail.example", "w.thistle@post.example.org", "aurelio_q@correio.example", "z+f@letters.example")
PHONES = ("+351 912 345 678", "+34 622 518 904", "(212) 555-0187", "+972-50-123-4567")
NUMBERS = ("GB82 WEST 1234 5698 7654 32", "DE89370400440532013000", "4111 1111 1111 1111", "078-05-1120")
COMMENTS = tuple(f"Call {n}, {m} or {p}; account {i}" for n, m, p, i in zip(NAMES, MAILS, PHONES, NUMBERS, strict=True))

PACK = """
packs:
  people:
    label: People
    pages:
      - {notebook: kpi_trends, title: "KPIs, targets and goals"}
      - {notebook: service, title: How the service runs}
      - {notebook: customer_value, title: Customers worth keeping}
      - {notebook: data_quality, title: Is the data good enough?}
      - {notebook: ab_test, params: {test: spring_mail}}
      - {notebook: department, params: {department: service}}
      - {notebook: fails, title: One that fails}
"""
KPI = """
  on_mail:
    label: Customers with a comment of their name
    table: customers
    numerator: case when strpos(coalesce(email, ''), '@mail.example') > 0 then 1 else 0 end
    format: percent
    segments: [segment]
"""


def planted(values: tuple[str, ...], key: str) -> str:
    """SQL: one of the values for each row, the same for the same key."""
    listed = ", ".join("'" + v.replace("'", "''") + "'" for v in values)
    return f"list_value({listed})[1 + CAST(hash({key}) % {len(values)} AS BIGINT)]"


def plant(path: Path, **columns: str) -> None:
    """Add or replace columns of a Parquet file."""
    con = duckdb.connect()
    there = [c[0] for c in con.execute(f"DESCRIBE SELECT * FROM '{path}'").fetchall()]
    kept = ", ".join(c for c in there if c not in columns)
    new = ", ".join(f"{sql} AS {name}" for name, sql in columns.items())
    con.execute(f"COPY (SELECT {kept}, {new} FROM '{path}') TO '{path}.new' (FORMAT parquet)")
    Path(f"{path}.new").replace(path)


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    """The demo company, small, with people in every table that has room for them."""
    folder = tmp_path_factory.mktemp("people")
    tables = folder / "data" / "demo"
    write_demo(tables, customers=400)
    plant(tables / "customers.parquet", email=planted(MAILS, "customer_id"), phone=planted(PHONES, "customer_id"),
          customer_name=planted(NAMES, "customer_id"), comment=planted(COMMENTS, "customer_id"))  # fmt: skip
    plant(tables / "complaints.parquet", comment=planted(COMMENTS, "complaint_id"), told_to=planted(NAMES, "complaint_id"))
    plant(tables / "interactions.parquet", note=planted(COMMENTS, "interaction_id"))
    path = folder / "params" / "demo.yaml"
    path.parent.mkdir()
    write_params(path)
    text = path.read_text(encoding="utf-8")
    mail = "      email: {type: text, identifier: true}\n"
    assert text.count(mail) == 1
    own = "      customer_name: {type: text, identifier: true}\n      comment: {type: text}\n"
    text = text.replace(mail, mail + own)
    text = text.replace("      complaint_id: *id\n", "      complaint_id: *id\n      comment: {type: text}\n"
                        "      told_to: {type: text, identifier: true}\n", 1)  # fmt: skip
    text = text.replace("      interaction_id: *id\n", "      interaction_id: *id\n      note: {type: text}\n", 1)
    text = re.sub(r"^kpis:\n", "kpis:" + KPI, text, count=1, flags=re.M)
    path.write_text(text[: text.index("\npacks:")] + PACK, encoding="utf-8")
    books = folder / "notebooks"
    books.mkdir()
    for shipped in (Path(__file__).resolve().parents[2] / "notebooks").glob("*.ipynb"):
        (books / shipped.name).write_bytes(shipped.read_bytes())
    return folder


def book(code: str) -> nbformat.NotebookNode:
    made = nbformat.v4.new_notebook()
    made.cells = [
        nbformat.v4.new_markdown_cell("# One that fails"),
        nbformat.v4.new_code_cell('company = "demo"\nperiod = "latest"', metadata={"tags": ["parameters"]}),
        nbformat.v4.new_markdown_cell("## What happened"),
        nbformat.v4.new_code_cell(code),
    ]
    return made


def command(folder: Path, capfd, *arguments: str) -> tuple[int, str]:
    """A command's exit status and everything it printed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr(sys, "argv", ["toolkit", *arguments])
        try:
            main()
            status = 0
        except SystemExit as ended:
            status = int(ended.code or 0)
    out, err = capfd.readouterr()
    return status, out + err


def readable(path: Path) -> str:
    """A file's text, what is packed in it unpacked."""
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw).decode("utf-8", "replace")
    for held in re.findall(r'id="data-\d+">([^<]+)</script>', text):
        text += gzip.decompress(b64decode(held)).decode("utf-8")
    return text


def people_in(text: str) -> list[str]:
    """Planted values that stand in a text, in any case and however their parts are set apart."""
    plain = re.sub(r"[\W_]+", " ", text.casefold())
    return [v for v in (*NAMES, *MAILS, *PHONES, *NUMBERS) if f" {re.sub(r'[^a-z0-9]+', ' ', v.casefold()).strip()} " in plain]


def test_the_search_of_this_test_finds_what_is_there():
    for value in (*NAMES, *MAILS, *PHONES, *NUMBERS):
        assert people_in(f"<p>{value.upper()}</p>") == [value]


@pytest.fixture(scope="module")
def made(company):
    """A run of seven pages, one of which fails."""
    nbformat.write(book("from toolkit import open_company\ntable = open_company(company, period).table('customers')\n"
                        "raise KeyError(table.count().execute())"), company / "notebooks" / "fails.ipynb")  # fmt: skip
    return company


def test_nobody_is_in_anything_that_is_published_printed_or_kept(made, capfd):
    status, printed = command(made, capfd, "run", "params/demo.yaml", "--out", "reports", "--jobs", "2")
    assert status == 1, printed  # one page failed, the others are there
    (folder,) = (made / "reports").glob("*/people")
    (run,) = [p for p in folder.iterdir() if p.is_dir() and not p.name.startswith(".")]
    files = [p for p in (made / "reports").rglob("*") if p.is_file()]
    kinds = {p.suffix for p in files}
    assert {".html", ".ipynb", ".csv", ".json"} <= kinds and (run / "manifest.json") in files
    assert len(list(run.glob("*.html"))) == 8 and len(list((run / "notebooks").glob("*.ipynb"))) == 6
    found = {str(p.relative_to(made)): people_in(readable(p)) for p in files}
    assert {name: who for name, who in found.items() if who} == {}
    assert people_in(printed) == [] and holds_identifiers(re.sub(r"\S*/\S*", "", printed)) == ()
    workbook, archive = made / "all.xlsx", made / "all.zip"
    status, printed = command(made, capfd, "export", str(run), "--workbook", str(workbook), "--zip", str(archive))
    assert status == 0 and people_in(printed) == []
    import zipfile

    for path in (workbook, archive):
        with zipfile.ZipFile(path) as packed:
            assert [n for n in packed.namelist() if people_in(packed.read(n).decode("utf-8", "replace"))] == []


ALSO_REACHED = {
    "an error that quotes a name": (
        "from toolkit import open_company\ntable = open_company(company, period).table('customers')\n"
        "raise KeyError(table.customer_name.execute().iloc[0])", "fails.html", "customers.customer_name"),
    "an error that quotes a comment": (
        "from toolkit import open_company\ntable = open_company(company, period).table('complaints')\n"
        "raise ValueError(table.comment.execute().iloc[0])", "manifest.json", "holds"),
    "a question refused with a name in it": (
        "from toolkit import open_company\nfrom toolkit.problems import Problem, Refused\n"
        "table = open_company(company, period).table('customers')\n"
        "raise Refused(Problem('arms', 'is no arm', table.customer_name.execute().iloc[0]))", "a page's question is refused", "names a person"),
}  # fmt: skip


@pytest.mark.parametrize("how", ALSO_REACHED)
def test_what_does_reach_a_message_is_refused_without_being_repeated(company, how, capfd):
    code, place, said = ALSO_REACHED[how]
    nbformat.write(book(code), company / "notebooks" / "fails.ipynb")
    status, printed = command(company, capfd, "run", "params/demo.yaml", "--only", "fails", "--out", "other")
    assert status == 2 and place in printed and said in printed
    assert people_in(printed) == []
    left = [p for p in (company / "other").rglob("*") if p.is_file()]
    assert [str(p) for p in left if people_in(readable(p))] == [] and not [p for p in left if p.suffix == ".html"]


def test_an_address_in_a_label_is_refused_by_page_and_kind(company, capfd):
    """Somebody wrote an address where a department's name should stand: it would be a label."""
    table = company / "data" / "demo" / "interactions.parquet"
    before = table.read_bytes()
    try:
        plant(table, department="case when department = 'sales' then 'sales@mail.example' else department end")
        text = (company / "params" / "demo.yaml").read_text(encoding="utf-8")
        loose = text.replace("type: category, values: [sales, billing, collections, service, promotion]", "type: text", 1)
        (company / "params" / "loose.yaml").write_text(loose, encoding="utf-8")
        status, printed = command(company, capfd, "run", "params/loose.yaml", "--only", "service", "--out", "third")
    finally:
        table.write_bytes(before)
    assert status == 2 and "service.html: holds an e-mail address: nothing is published" in printed
    assert "sales@mail.example" not in printed
    left = [p for p in (company / "third").rglob("*") if p.is_file()]
    assert [str(p) for p in left if "sales@mail.example" in readable(p)] == [] and not [p for p in left if p.suffix == ".html"]
