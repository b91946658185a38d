"""What a reader is told of a page that could not be made: in the page's language, the program's own words marked."""

from __future__ import annotations

import re
from dataclasses import replace

import nbformat
import pytest
import sample_pages as sample

from toolkit.language import Sentence
from toolkit.pack.engines import Limits, run_kernel
from toolkit.pack.execute import Order
from toolkit.pack.index import render_index
from toolkit.pack.page import render_failure
from toolkit.pack.why_failed import why_failed
from toolkit.pack.writing import _why


@pytest.mark.parametrize(
    ("reason", "said", "message"),
    [
        ("it did not end within 1 seconds", "It did not end within 1 second and was stopped.", ""),
        ("it did not end within 600 seconds", "It did not end within 600 seconds and was stopped.", ""),
        ("it took more than 1.5 GB of memory", "It took more than 1.50 GB of memory and was stopped.", ""),
        ("its process was ended by signal 9: it said nothing", "Its process was ended by the system, which may have had too little memory.", ""),
        ("its process was ended by signal 11: Segmentation fault", "Its process was ended by the system (signal 11).", "Segmentation fault"),
        ("its process ended with status 3: it said nothing", "Its process ended before it was done (status 3).", ""),
        ("what ran it went away (KilledWorker)", "The machine that ran it went away.", "KilledWorker"),
        ("something nobody thought of", "It ended with an error.", "something nobody thought of"),
    ],
)  # fmt: skip
def test_each_kind_of_end_has_its_sentence(reason, said, message):
    why = why_failed(Sentence("{why}", {"why": reason}))
    assert (why.said.text(), why.message) == (said, message)
    assert why_failed(reason) == why


def test_what_was_refused_and_what_failed_in_a_cell_keep_their_own_words():
    refused = why_failed(Sentence("What it asks was refused: {problems}", {"problems": ("a: must be b", "c: must be d")}))
    assert refused.message == "a: must be b\nc: must be d"
    cell = why_failed(Sentence("Code cell {cell} ended with an error: {error}", {"cell": 4, "error": "ValueError: no rows"}))
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
    ],
)
def test_what_the_runner_says_is_understood(tmp_path, source, seconds, said):
    assert why_failed(_why(_run(tmp_path, source, seconds))).said.text() == said


@pytest.mark.parametrize("language", ["en", "pt", "es", "he"])
def test_the_page_and_the_index_say_it_in_their_language_and_mark_what_is_english(language):
    context = replace(sample.context("ab_test-loyalty_card"), language=language)
    reason = Sentence("Code cell {cell} ended with an error: {error}", {"cell": 2, "error": "KeyError: 'amount' <b>"})
    said = why_failed(reason).said.text(language)
    page = render_failure(context, reason)
    index = render_index(sample.pack_findings(), {"ab_test-loyalty_card": reason}, replace(sample.context("index"), language=language))
    for html in (page, index):
        body = re.sub(r"<(style|script)\b.*?</\1>", "", html, flags=re.S)
        assert said in body and "<b>" not in body
        marked = re.search(r'<(\w+)[^>]*lang="en" dir="ltr">([^<]*KeyError[^<]*)</\1>', body)
        assert marked and "amount" in marked[2]
        assert "KeyError" not in body.replace(marked[0], "")
    assert language == "en" or said != why_failed(reason).said.text()
