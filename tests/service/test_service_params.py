"""The part `service` of a params file: what is refused, what is missing, and public tables through it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from toolkit import service
from toolkit.company.load import load_company
from toolkit.company.service import Service
from toolkit.opened import open_company
from toolkit.problems import Refused
from toolkit.service.missing import missing

HERE = Path(__file__).resolve().parent.parent
HEAD = """
version: 1
company: {id: shop, name: Shop, as_of: 2026-09-30}
tables:
  contacts:
    path: contacts.csv
    columns:
      who: {type: text, identifier: true}
      at: {type: datetime}
      done: {type: datetime}
      kind: {type: text}
"""
CONTACTS = "who,at,done,kind\na,2026-08-01 08:00:00,2026-08-01 09:00:00,bill\nb,2026-08-02 08:00:00,,late\n"


@pytest.fixture
def written(tmp_path):
    def write(part: str, head: str = HEAD) -> Path:
        path = tmp_path / "shop.yaml"
        path.write_text(head + part, encoding="utf-8")
        (tmp_path / "contacts.csv").write_text(CONTACTS, encoding="utf-8")
        return path

    return write


def problems(path: Path) -> list[str]:
    with pytest.raises(Refused) as refused:
        load_company(path)
    return [str(p).partition(": ")[2] for p in refused.value.problems]


def test_every_wrong_name_is_said_at_once(written):
    said = problems(written("""
service:
  complaints: {table: contacts, process: kimd, opened: kind}
  answering: {table: contact, opened: at, replied: done}
  recognition: {table: contacts, staff: who, time: at, kept: [kind = 'bill', nothing = 1], mix: [who]}
  adoption:
    users: {table: contacts, user: who, team: who}
"""))  # fmt: skip
    assert len(said) == 6, said
    text = " ".join(said)
    for word in ("kimd", "contact", "nothing", "must be a column of dates", "identifies a person"):
        assert word in text


def test_a_file_wrong_elsewhere_says_what_is_wrong_here_too(written):
    said = " ".join(problems(written("""
service:
  complaints: {table: contacts, process: kimd, opened: at}
kpis:
  k: {label: K, table: contacts}
""")))  # fmt: skip
    assert "kimd" in said and "numerator" in said


@pytest.mark.parametrize(("part", "rule"), [
    ("answering: {table: contacts, opened: at}", "give 'replied' or 'resolved'"),
    ("answering: {table: contacts, opened: at, replied: done, promises: {reply_hours: hours}}", "must be a number where there is no 'table'"),
    ("answering: {table: contacts, opened: at, replied: done, promises: {share: 0.9}}", "nothing is promised"),
    ("answering: {table: contacts, opened: at, replied: done, promises: {reply_hours: 2, share: 1.5}}", "must be above 0 and 1 at most"),
    ("adoption: {share: 1.2}", "less than 1"),
])  # fmt: skip
def test_promises_that_make_no_sense_are_refused(written, part, rule):
    assert rule in " ".join(problems(written(f"\nservice:\n  {part}\n")))


def test_what_is_not_declared_is_named_and_never_zero(written):
    opened = open_company(str(written("\nservice:\n  complaints: {table: contacts, process: kind, opened: at}\n")))
    found = service.estimate(opened.service())
    findings = service.conclude(found, service.check(found))
    places = {m.place for m in found.missing}
    assert {"service.answering", "service.leads", "service.complaints.per", "service.recognition"} <= places
    for finding in findings:
        if "/missing/" in finding.id:
            assert finding.verdict == "no_data" and finding.estimate != finding.estimate and "would tell" in finding.sentence.text()
    for part in ("answering", "touchpoints", "adoption", "leads", "staff"):
        assert found.view(part).reason is not None and "Not declared" in found.table(part).text()


def test_an_empty_service_answers_nothing_and_says_what_is_open(written):
    opened = open_company(str(written("\nservice: {label: Service}\n")))
    found = service.estimate(opened.service())
    findings = service.conclude(found, service.check(found))
    assert {f.verdict for f in findings} == {"no_data"}
    assert {a for f in findings for a in f.answers} >= {"F16", "F20", "F43", "F45", "F52", "F80", "F82", "F84"}


def test_a_file_without_service_is_refused_in_plain_words(written):
    with pytest.raises(Refused, match="is not declared"):
        open_company(str(written(""))).service()


def test_everything_declared_misses_nothing(root):
    assert missing(load_company(root / "params" / "demo.yaml").company.service) == ()
    # of nothing, only the parts themselves are named
    assert {m.place for m in missing(Service())} == {f"service.{p}" for p in Service.model_fields} - {
        "service.label", "service.owner", "service.level"}  # fmt: skip


def test_olist_through_the_command(shared_data, tmp_path):
    """Which processes hurt: ../shared's figures of the Olist sample."""
    text = (HERE / "params" / "olist_service.yaml").read_text().replace("folder: olist", f"folder: {shared_data / 'olist'}")
    (tmp_path / "olist_service.yaml").write_text(text)
    command = [sys.executable, "-m", "toolkit.cli", "run", tmp_path / "olist_service.yaml", "--out", tmp_path / "reports"]
    ended = subprocess.run([str(c) for c in command], capture_output=True, text=True, cwd=HERE.parent)
    assert ended.returncode == 0, ended.stderr
    (made,) = (tmp_path / "reports").rglob("findings.json")
    found = {f["id"]: f for f in json.loads(made.read_text())["findings"]}
    delivered = found["service/touchpoints/seen/deliveries"]
    assert delivered["n"] == 15_660
    assert round((1 - delivered["estimate"]) * 15_660) == 1_172
    assert 1 - delivered["estimate"] == pytest.approx(0.0748, abs=5e-5)
    assert found["service/touchpoints/survey/split/on time"]["estimate"] == pytest.approx(4.29, abs=5e-3)
    assert found["service/touchpoints/survey/split/late"]["estimate"] == pytest.approx(2.48, abs=5e-3)
    assert delivered["verdict"] == "reliably_missed"
    # Olist says nothing of leads: the page says so
    assert found["service/leads/missing/service.leads"]["verdict"] == "no_data"
