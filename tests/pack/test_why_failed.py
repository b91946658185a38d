"""What a reader is told of a page that could not be made: in the page's language, the program's own words marked."""

from __future__ import annotations

import re
from dataclasses import replace

import nbformat
import pytest
import sample_pages as sample

from toolkit.pack.engines import Limits, run_kernel
from toolkit.pack.execute import End, Order, Outcome
from toolkit.pack.index import render_index
from toolkit.pack.page import render_failure
from toolkit.pack.why_failed import why_failed


@pytest.mark.parametrize(
    ("end", "said"),
    [
        (End("deadline", 1.0), "It did not end within 1 second and was stopped."),
        (End("deadline", 600.0), "It did not end within 600 seconds and was stopped."),
        (End("memory", 1.5), "It took more than 1.50 GB of memory and was stopped."),
        (End("signal", 9), "Its process was ended by the system, which may have had too little memory."),
        (End("signal", 11, "Segmentation fault"), "Its process was ended by the system (signal 11)."),
        (End("status", 3), "Its process ended before it was done (status 3)."),
        (End("lost", said="KilledWorker"), "The machine that ran it went away."),
    ],
)
def test_each_kind_of_end_has_its_sentence(end, said):
    why = why_failed(Outcome.ended(1.0, end))
    assert (why.said.text(), why.message) == (said, end.said)


def test_an_end_of_another_kind_keeps_its_message():
    why = why_failed(Outcome(1.0, "something nobody thought of"))
    assert (why.said.text(), why.message) == ("It ended with an error.", "something nobody thought of")


def test_what_was_refused_and_what_failed_in_a_cell_keep_their_own_words():
    refused = why_failed(Outcome(1.0, "Refused: a: must be b", ("a: must be b", "c: must be d"), 4))
    assert refused.message == "a: must be b\nc: must be d"
    cell = why_failed(Outcome(1.0, "ValueError: no rows", cell=4))
    assert cell.said.text() == "Code cell 4 of its notebook ended with an error." and cell.message == "ValueError: no rows"


def _run(tmp_path, source, seconds=60):
    path = tmp_path / "asked.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)]), path)
    return run_kernel(Order(str(path), str(tmp_path / "out.ipynb"), {}, str(tmp_path)), Limits(seconds=seconds))


@pytest.mark.parametrize(
    ("source", "seconds", "said"),
    [
        ("import time; time.sleep(600)", 3, "It did not end within 3 seconds and was stopped."),
        ("1 / 0", 60, "Code cell 1 of its notebook ended with an error."),
        ("import os; os._exit(3)", 60, "Its process ended before it was done (status 1)."),  # the kernel's own is not told
    ],
)
def test_what_the_runner_says_is_understood(tmp_path, source, seconds, said):
    assert why_failed(_run(tmp_path, source, seconds)).said.text() == said


@pytest.mark.parametrize("language", ["en", "pt", "es", "he"])
def test_the_page_and_the_index_say_it_in_their_language_and_mark_what_is_english(language):
    context = replace(sample.context("ab_test-loyalty_card"), language=language)
    why = why_failed(Outcome(1.0, "KeyError: 'amount' <b>", cell=2))
    said = why.said.text(language)
    page = render_failure(context, why)
    index = render_index(sample.pack_findings(), {"ab_test-loyalty_card": why}, replace(sample.context("index"), language=language))
    for html in (page, index):
        body = re.sub(r"<(style|script)\b.*?</\1>", "", html, flags=re.S)
        assert said in body and "<b>" not in body
        marked = re.search(r'<(\w+)[^>]*lang="en" dir="ltr">([^<]*KeyError[^<]*)</\1>', body)
        assert marked and "amount" in marked[2]
        assert "KeyError" not in body.replace(marked[0], "")
    assert language == "en" or said != why.said.text()
