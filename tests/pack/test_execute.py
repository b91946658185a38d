"""A notebook runs in its own process; what goes wrong comes back as words."""

from __future__ import annotations

import nbformat
import pytest

from toolkit.pack.execute import run_notebook


@pytest.fixture
def notebook(tmp_path):
    def write(*cells, defaults="x = 1"):
        book = nbformat.v4.new_notebook()
        first = nbformat.v4.new_code_cell(defaults, metadata={"tags": ["parameters"]})
        book.cells = [first, *(nbformat.v4.new_code_cell(c) for c in cells)]
        path = tmp_path / "asked.ipynb"
        nbformat.write(book, path)
        return path

    return write


def test_parameters_arrive_and_the_working_directory_is_the_folder_given(notebook, tmp_path):
    (tmp_path / "here").mkdir()
    out = tmp_path / "out.ipynb"
    path = notebook("import os; print(x + 1, os.path.basename(os.getcwd()))")
    outcome = run_notebook(path, out, {"x": 41}, tmp_path / "here")
    assert outcome.failed is None
    printed = nbformat.read(out, as_version=4).cells[-1].outputs[0].text
    assert printed == "42 here\n"
    assert not out.with_name("out.ipynb.partial").exists()


def test_an_error_names_the_cell_and_is_no_traceback(notebook, tmp_path):
    outcome = run_notebook(notebook("1 + 1", "1 / 0"), tmp_path / "out.ipynb", {}, tmp_path)
    assert outcome.failed == "ZeroDivisionError: division by zero"
    assert outcome.cell == 3


def test_a_refusal_brings_its_problems(notebook, tmp_path):
    code = "from toolkit.problems import *\nraise Refused([Problem('a', 'must be b', 1), Problem('c', 'must be d')])"
    outcome = run_notebook(notebook(code), tmp_path / "out.ipynb", {}, tmp_path)
    assert outcome.problems == ("a: 1 must be b", "c: must be d")


def test_a_kernel_that_dies_is_one_failed_page(notebook, tmp_path):
    outcome = run_notebook(notebook("import os; os._exit(9)"), tmp_path / "out.ipynb", {}, tmp_path)
    assert outcome.failed
    assert "Traceback" not in outcome.failed


def test_a_notebook_that_hangs_is_stopped_at_its_deadline(notebook, tmp_path):
    outcome = run_notebook(notebook("import time; time.sleep(600)"), tmp_path / "out.ipynb", {}, tmp_path, deadline=8)
    assert "did not end within 8 seconds" in outcome.failed
    assert not (tmp_path / "out.ipynb").exists()
