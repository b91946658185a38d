"""``toolkit check`` says the same again unread only where everything is as it was."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from toolkit.pack.checked import checked
from toolkit.pack.remembered import FOLDER
from toolkit.problems import Refused


def kept(reports: Path) -> list[Path]:
    return list((reports / FOLDER / "packs").glob("*.json"))


def test_it_names_every_table_and_keeps_nothing_where_there_are_no_reports(project):
    said, notes = checked(project / "params.yaml", project / "reports")
    assert any(line.startswith("orders: ") for line in said) and "keep their contracts" in said[-1]
    assert notes == [] and not (project / "reports").exists()


def test_what_was_said_is_said_again_from_what_was_kept(project):
    reports = project / "reports"
    reports.mkdir()
    first = checked(project / "params.yaml", reports)
    (entry,) = kept(reports)
    assert checked(project / "params.yaml", reports) == first
    held = json.loads(entry.read_text().partition("\n")[2])
    text = json.dumps({**held, "said": ["of another day"]})
    entry.write_text(f"{hashlib.sha256(text.encode()).hexdigest()}\n{text}")
    assert checked(project / "params.yaml", reports) == (["of another day"], [])


@pytest.mark.parametrize("place", ["orders.csv", "params.yaml"])
def test_whatever_changed_is_read_and_refused(project, place):
    reports = project / "reports"
    reports.mkdir()
    checked(project / "params.yaml", reports)
    with open(project / place, "a") as out:
        out.write("new,no day at all,True\n" if place == "orders.csv" else "unknown: 1\n")
    with pytest.raises(Refused):
        checked(project / "params.yaml", reports)
    with pytest.raises(Refused):
        checked(project / "params.yaml", reports)


def test_a_table_that_grew_is_counted_anew(project):
    reports = project / "reports"
    reports.mkdir()
    before, _ = checked(project / "params.yaml", reports)
    with open(project / "orders.csv", "a") as out:
        out.write("new,2026-09-30,True\n")
    after, _ = checked(project / "params.yaml", reports)
    assert after != before
