"""In a run, an answer that several notebooks ask for is looked for once; and only where it is the same question."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass, replace

import pytest

from toolkit.data import found_once as module
from toolkit.data.found_once import found_once
from toolkit.data.prepared import VARIABLE
from toolkit.study import Study, known_as, shared


@dataclass(frozen=True)
class Question:
    of: str


@pytest.fixture
def looks():
    return []


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    return tmp_path


def asker(looks):
    @shared
    def estimate(table, definition=None):
        looks.append(table.definition.of)
        return {"answer": table.definition.of}

    return estimate


def test_the_same_question_is_answered_once(run, looks):
    estimate = asker(looks)
    answers = [estimate(known_as(Study(None, Question("x")), "2026Q3", "test", "mail")) for _ in range(3)]
    assert answers == [{"answer": "x"}] * 3
    assert looks == ["x"]


def test_a_question_in_other_words_or_under_another_name_is_answered_anew(run, looks):
    estimate = asker(looks)
    for of, name in (("x", "mail"), ("y", "mail"), ("x", "letter"), ("y", "mail")):
        assert estimate(known_as(Study(None, Question(of)), "test", name)) == {"answer": of}
    assert looks == ["x", "y", "x", "y"]


def test_a_study_that_was_changed_has_no_name(run, looks):
    estimate = asker(looks)
    opened = known_as(Study(None, Question("x")), "test", "mail")
    estimate(opened)
    other_rows = replace(opened, table="other rows")
    assert other_rows.asked == ()
    estimate(other_rows)
    assert looks == ["x", "x"]


def test_outside_a_run_nothing_is_kept(tmp_path, monkeypatch, looks):
    monkeypatch.delenv(VARIABLE, raising=False)
    estimate = asker(looks)
    for _ in range(2):
        estimate(known_as(Study(None, Question("x")), "test", "mail"))
    assert looks == ["x", "x"]
    assert not list(tmp_path.iterdir())


def test_what_is_refused_is_refused_to_everybody(run):
    def refused():
        raise ValueError("no rows")

    for _ in range(2):
        with pytest.raises(ValueError, match="no rows"):
            found_once(("a",), "question", refused)
    assert found_once(("a",), "question", lambda: 7) == 7


ASK = """
import os, sys, time
from toolkit.data.found_once import found_once
def find():
    with open(sys.argv[1], "a") as out:
        out.write("looked\\n")
    time.sleep(1)
    return 7
assert found_once(("a",), "question", find) == 7
"""


def test_two_processes_at_a_time_look_once(run):
    pytest.importorskip("fcntl")
    looked = run / "looked"
    both = [subprocess.Popen([sys.executable, "-c", ASK, str(looked)]) for _ in range(2)]
    assert [one.wait() for one in both] == [0, 0]
    assert looked.read_text() == "looked\n"


def test_one_that_takes_too_long_is_not_waited_for(run, monkeypatch):
    fcntl = pytest.importorskip("fcntl")
    assert found_once(("other",), "question", lambda: 1) == 1
    monkeypatch.setattr(module, "PATIENCE", 0.05)
    (lock,) = (run / module.FOLDER).glob("*.lock")
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert found_once(("other",), "another question", lambda: 2) == 2
