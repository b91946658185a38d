"""What became of earlier decisions, and what changed: two reports made by hand."""

from __future__ import annotations

import json
from datetime import date

import pytest
import sample_pages as sample
from test_page import text_of

from toolkit.findings import Finding
from toolkit.language import Quantity, Sentence
from toolkit.pack import ledger
from toolkit.pack.around import Around
from toolkit.pack.compare import compared
from toolkit.pack.index import render_index
from toolkit.pack.ledger import Noted


def f(id_: str = "plan_change/a", verdict: str = "harm", value: float | None = -2.0, width: float = 1.0, period: str = "2026Q2", **more) -> dict:
    nan = float("nan")
    ends = {"estimate": nan, "low": nan, "high": nan} if value is None else {"estimate": value, "low": value - width, "high": value + width}
    made = Finding(id=id_, notebook=id_.split("/")[0], question=Sentence("Is it so?"), subject="a", verdict=verdict, period=period,
                   sentence=Sentence("So it is."), decision=more.pop("decision", Sentence("Drop it.")), unit="hours",
                   headline=more.pop("headline", True), **ends, **more)  # fmt: skip
    return {**made.to_json(), "page": "plan_change-a"}


@pytest.mark.parametrize(("old", "new", "kind"), [
    (f(), f(period="2026Q3"), None),
    (f(), f(verdict="delivered", period="2026Q3"), "turned"),
    (f(), f(value=-2.9, period="2026Q3"), None),  # both intervals hold the other number
    (f(), f(value=-3.1, period="2026Q3"), "moved"),
    (f(width=5.0), f(value=-3.1, width=0.5, period="2026Q3"), "moved"),  # the narrower one leaves the old number out
    (f(), f(value=-2.001), "restated"),  # the same period has another number, however near
    (f(), f(value=None, period="2026Q3"), "moved"),
    (f(value=None), f(value=None, period="2026Q3"), None),
])  # fmt: skip
def test_what_counts_as_a_change(old, new, kind):
    changed = compared([old], [new])
    assert [c.kind for c in changed] == ([] if kind is None else [kind])


def test_new_and_gone_and_the_order_of_importance():
    old = [f("a/gone"), f("a/moved"), f("a/turned"), f("a/quiet", headline=False)]
    new = [f("a/new", period="2026Q3"), f("a/moved", value=9.0, period="2026Q3"), f("a/turned", verdict="delivered", period="2026Q3"),
           f("a/quiet", value=9.0, headline=False, period="2026Q3")]  # fmt: skip
    assert [(c.kind, c.id) for c in compared(old, new)] == [
        ("turned", "a/turned"), ("moved", "a/moved"), ("moved", "a/quiet"), ("new", "a/new"), ("gone", "a/gone")]  # fmt: skip


def test_a_report_without_templates_can_be_compared():
    plain = json.loads(json.dumps({k: v for k, v in f().items() if k != "said"}))
    (changed,) = compared([plain], [f(value=4.0, period="2026Q3")])
    assert (changed.old, changed.new) == (Quantity(-2.0, "hours", -3.0, -1.0), Quantity(4.0, "hours", 3.0, 5.0))
    (gone,) = compared([plain], [])
    assert gone.question.text() == "Is it so?"


def test_a_report_is_the_same_as_itself():
    findings = [f(f"a/{i}", value=i) for i in range(5)]
    assert compared(findings, findings) == ()


def test_the_ledger_keeps_what_was_asked_and_writes_the_same_again(tmp_path):
    path = tmp_path / "demo" / ledger.NAME
    goes_on = f("plan_change/b", verdict="on_track")
    ledger.keep(path, "quarterly", "2026Q2", [f(), goes_on])
    once = path.read_bytes()
    ledger.keep(path, "quarterly", "2026Q2", [f(), goes_on])
    assert path.read_bytes() == once
    ledger.keep(path, "quarterly", "2026Q3", [f(value=1.0, period="2026Q3")])
    packs = ledger.read(path)
    assert [e["id"] for e in packs["quarterly"]["2026Q2"]] == ["plan_change/a"], "what goes on asked for nothing"
    assert packs["quarterly"]["2026Q2"][0]["estimate"] == -2.0, "a later report changes no earlier one"


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": 99, "packs": {}}', '{"format": 1}'])
def test_a_ledger_of_another_form_is_as_none(tmp_path, text):
    (tmp_path / "l.json").write_text(text)
    assert ledger.read(tmp_path / "l.json") == {}
    assert ledger.read(tmp_path / "none.json") == {}


def packs() -> dict:
    return {"quarterly": {"2026Q2": ledger.entries_of([f(), f("plan_change/b")])}}


def test_decided_done_and_result_stand_beside_what_was_asked():
    noted = [Noted("plan_change/a", "Stopped it", date(2026, 7, 9), date(2026, 8, 1))]
    one, other = ledger.became(packs(), "quarterly", "2026Q2", [f(verdict="delivered", value=5.0, period="2026Q3")], noted)
    assert (one.noted.decided, one.then.value, one.now.value) == ("Stopped it", -2.0, 5.0)
    assert (one.then_verdict, one.now_verdict) == ("harm", "delivered")
    assert (other.noted, other.now, other.now_verdict) == (None, None, None), "nobody wrote it down, and it is asked no more"


def test_what_the_company_wrote_down_is_told_without_a_ledger():
    (told,) = ledger.became({}, "quarterly", "2026Q2", [f()], [Noted("plan_change/a", "Wait"), Noted("no/such", "X")])
    assert told.noted.decided == "Wait" and told.then is None


def test_the_index_shows_both():
    around = Around(
        became=ledger.became(packs(), "quarterly", "2026Q2", [f(period="2026Q3")], [Noted("plan_change/a", "Wait")]),
        earlier="Q2 2026", changed=compared([f()], [f(verdict="delivered", period="2026Q3")]),
    )  # fmt: skip
    page = text_of(render_index([f(period="2026Q3")], {}, sample.context("index"), around))
    assert "nobody wrote it down" in page and "no longer asked" in page and "not yet" in page
    assert "Verdict turned" in page and "Q2 2026" in page
