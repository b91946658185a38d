"""What the walk over the code finds, and what it refuses because it could not be translated."""

import textwrap

import pytest

from toolkit.language import extract
from toolkit.language.extract import Message, of_notebook, of_template, written
from toolkit.language.literals import Module, Unseen
from toolkit.language.prose import pieces, prose_in


def found(tmp_path, code, **others):
    for name, text in {"asked": code, **others}.items():
        path = tmp_path / "toolkit" / f"{name}.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")
    return list(Module(tmp_path / "toolkit" / "asked.py", tmp_path).messages())


def keys(messages):
    assert not [m for m in messages if isinstance(m, Unseen)], messages
    return [m.one for m in messages]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ('Sentence("a b")', ["a b"]),
        ('Sentence("a " "b")', ["a b"]),
        ('Sentence("a" if x else "b")', ["a", "b"]),
        ('tuple(Sentence(h) for h in ("a", "b"))', ["a", "b"]),
        ('HEADS = ("a", "b")\ndef f():\n    return [Sentence(h) for h in HEADS]', ["a", "b"]),
        ('def f():\n    for name, said in (("x", "a"), ("y", "b")):\n        yield Sentence(said)', ["a", "b"]),
        ('def f(x):\n    h = ("a", "b")\n    if x:\n        h, r = h[:-1], 1\n    return [Sentence(t) for t in h]', ["a", "b"]),
        ('T = {"x": "a", "y": "b"}\ndef f(k):\n    return Sentence(T[k])', ["a", "b"]),
        ('def f(k):\n    return Sentence({"x": "a", "y": "b"}[k])', ["a", "b"]),
        ('T = {"x": "a"}\ndef f(k):\n    return Sentence(T.get(k, "b"))', ["a", "b"]),
        ('def f(x):\n    t = "a"\n    if x:\n        t = "b"\n    return Sentence(t, {})', ["a", "b"]),
        ('def f(k):\n    t = T.get(k)\n    return Sentence(t)\nT = {1: "a", 2: "b"}', ["a", "b"]),
        ('from toolkit.words import T\ndef f(k):\n    return Sentence(T[k])', ["a"]),
        ('term("a, b")\nterms("c, d")', ["a, b", "c", "d"]),
        ('Finding(method="a, b", null="c", n_unit="d", reason="e, f")', ["a", "b", "c", "d", "e, f"]),
        ('METHOD = "a, b"\nSHORT = "no"', ["a", "b"]),
        ('raise CannotBeEstimated(f"a {n} b {m:g}")', ["a {1} b {2}"]),
        ('def f(n):\n    reason = "a" if n else f"{n} b"\n    g(method=f"{n}, b")', ["a", "{1} b", "{1}, b"]),
        ('words = {"null": "a = 0", "method": "b, c", "unit": "d"}', ["a = 0", "b", "c"]),
        ('METHOD = "a, b; c, d"', ["a, b; c, d"]),
        ('_METHOD = {"x": "a", "y": "b"}', ["a", "b"]),
        ('return_ = undefined("too few rows", **words)', ["too few rows"]),
        ('reasons[i] = "nothing varies"', ["nothing varies"]),
    ],
)  # fmt: skip
def test_literals_are_found_where_a_reader_sees_them(tmp_path, code, expected):
    assert sorted(keys(found(tmp_path, code, words='T = {"x": "a"}'))) == expected


def test_reasons_are_found_where_calculations_and_analyses_give_them_back(tmp_path):
    code = {
        "stats": 'def f(n):\n    return None, f"{n} rows are few" if n else "key"',
        "trends": 'def f(n) -> str | None:\n    return "no rows yet"\ndef g() -> str:\n    return "select x"',
        "display": 'def f() -> str | None:\n    return "not a reason"',
    }
    said = {}
    for folder, text in code.items():
        path = tmp_path / "toolkit" / folder / "asked.py"
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8")
        said[folder] = keys(list(Module(path, tmp_path).messages()))
    assert said == {"stats": ["{1} rows are few"], "trends": ["no rows yet"], "display": []}


def test_rules_of_contracts_are_found_whole_and_short(tmp_path):
    path = tmp_path / "toolkit" / "data" / "rules.py"
    path.parent.mkdir(parents=True)
    path.write_text('said = f"must be before {day} (else say so)"\nother = "must"', encoding="utf-8")
    assert keys(list(Module(path, tmp_path).messages())) == ["must be before {1} (else say so)", "must be before {1}"]


@pytest.mark.parametrize(
    "code",
    [
        "def f(t):\n    return Sentence(t)",
        'Sentence("a" + b)',
        'Sentence(f"a {b}")',
        "Sentence(word.template.lower())",
        'def f(x):\n    t = "a"\n    if x:\n        t = other()\n    return Sentence(t)',
        'T = {"x": "a", "y": made()}\nSentence(T["x"])',
        'Sentence("{n} a", {}, plural=more, count="n")',
        "def f(t, u):\n    for t in u:\n        yield Sentence(t)",
    ],
)
def test_a_template_that_cannot_be_seen_is_reported_with_its_line(tmp_path, code):
    unseen = [m for m in found(tmp_path, code) if isinstance(m, Unseen)]
    assert len(unseen) == 1
    assert str(unseen[0]).startswith("toolkit/asked.py:") and "Sentence(" in str(unseen[0])


def test_a_count_brings_both_forms(tmp_path):
    code = 'Sentence("{n} row", {"n": 1}, plural="{n} rows", count="n")'
    assert found(tmp_path, code) == [Message("{n} row", "{n} rows")]


def test_page_templates_say_literals():
    text = """{{ "Owner"|say }} {{ say("by {day}", day=d) }} {{ say("{n} row", plural="{n} rows", count="n", n=3) }}"""
    assert list(of_template(text)) == [Message("Owner"), Message("by {day}"), Message("{n} row", "{n} rows")]


PROSE = """# A title
Words that go
on here.

- one
- two
  and more

```
code stays
```
| a | b |
1. first
"""


def test_prose_is_taken_apart_and_put_together(monkeypatch):
    assert list(pieces(PROSE)) == ["A title", "Words that go on here.", "one", "two and more", "first"]
    monkeypatch.setattr("toolkit.language.prose.text_of", lambda key, language: key.upper())
    assert prose_in(PROSE, "he").splitlines() == [
        "# A TITLE", "WORDS THAT GO ON HERE.", "", "- ONE", "- TWO AND MORE", "", "```", "code stays", "```",
        "| a | b |", "1. FIRST",
    ]  # fmt: skip
    assert prose_in(PROSE, "en") == PROSE


def test_notebooks_give_their_prose_and_not_their_code():
    notebook = {
        "cells": [
            {"cell_type": "markdown", "source": ["## What\n", "Two lines\n", "here"], "metadata": {}},
            {"cell_type": "code", "source": "x = 1", "metadata": {}},
            {"cell_type": "markdown", "source": "unseen", "metadata": {"tags": ["hidden"]}},
        ]
    }
    assert [m.one for m in of_notebook(notebook)] == ["What", "Two lines here"]


def test_a_catalogue_keeps_what_is_said_and_drops_what_is_gone(tmp_path):
    wanted = {"a \"q\"": Message("a \"q\""), "{n} row": Message("{n} row", "{n} rows")}
    held = {"a \"q\"": ("ä \"q\"",), "gone": ("weg",), "{n} row": ("", "", "")}
    text = written("he", wanted, held)
    (tmp_path / "he.po").write_text(text, encoding="utf-8")
    assert extract.read("he", tmp_path) == {"a \"q\"": ("ä \"q\"",), "{n} row": ("", "", "")}
    assert written("he", wanted, extract.read("he", tmp_path)) == text


def test_no_sentence_of_the_package_is_out_of_sight():
    wanted, unseen = extract.messages()
    assert not unseen, "\n".join(map(str, unseen))
    assert len(wanted) > 500
