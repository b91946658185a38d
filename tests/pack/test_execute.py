"""A notebook runs in its own process, whatever runs its cells; what goes wrong comes back as words."""

from __future__ import annotations

import nbformat
import pytest

from toolkit.pack.engines import ENGINES, Limits, engine_called
from toolkit.pack.execute import Order


@pytest.fixture(params=ENGINES)
def run_notebook(request):
    run = engine_called(request.param)

    def ran(notebook, output, params, folder, **limits):
        return run(Order(str(notebook), str(output), params, str(folder)), Limits(**limits))

    return ran


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


def test_parameters_arrive_and_the_working_directory_is_the_folder_given(run_notebook, notebook, tmp_path):
    (tmp_path / "here").mkdir()
    out = tmp_path / "out.ipynb"
    path = notebook("import os; print(x + 1, os.path.basename(os.getcwd()))")
    outcome = run_notebook(path, out, {"x": 41}, tmp_path / "here")
    assert outcome.failed is None
    printed = nbformat.read(out, as_version=4).cells[-1].outputs[0].text
    assert printed == "42 here\n"
    assert not out.with_name("out.ipynb.partial").exists()


def test_the_environment_is_the_callers_of_this_moment(run_notebook, notebook, tmp_path, monkeypatch):
    path = notebook("import os, time; print(os.environ.get('ASKED_LATE'), time.tzname[0])")
    for value, zone in (("first", "UTC"), ("second", "JST-9")):
        monkeypatch.setenv("ASKED_LATE", value)
        monkeypatch.setenv("TZ", zone)
        out = tmp_path / f"{value}.ipynb"
        assert run_notebook(path, out, {}, tmp_path).failed is None
        assert nbformat.read(out, as_version=4).cells[-1].outputs[0].text == f"{value} {zone[:3]}\n"


def test_relative_paths_are_meant_from_where_the_caller_stands(run_notebook, notebook, tmp_path, monkeypatch):
    notebook("print(x)")
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        monkeypatch.chdir(tmp_path / name)
        assert run_notebook("../asked.ipynb", "out.ipynb", {}, ".").failed is None
        assert (tmp_path / name / "out.ipynb").is_file()


def test_an_error_names_the_cell_and_is_no_traceback(run_notebook, notebook, tmp_path):
    outcome = run_notebook(notebook("1 + 1", "1 / 0"), tmp_path / "out.ipynb", {}, tmp_path)
    assert outcome.failed == "ZeroDivisionError: division by zero"
    assert outcome.cell == 3


def test_a_refusal_brings_its_problems(run_notebook, notebook, tmp_path):
    code = "from toolkit.problems import *\nraise Refused([Problem('a', 'must be b', 1), Problem('c', 'must be d')])"
    outcome = run_notebook(notebook(code), tmp_path / "out.ipynb", {}, tmp_path)
    assert outcome.problems == ("a: 1 must be b", "c: must be d")


def test_a_kernel_that_dies_is_one_failed_page(run_notebook, notebook, tmp_path):
    outcome = run_notebook(notebook("import os; os._exit(9)"), tmp_path / "out.ipynb", {}, tmp_path)
    assert outcome.failed
    assert "Traceback" not in outcome.failed


def test_a_notebook_that_hangs_is_stopped_at_its_deadline(run_notebook, notebook, tmp_path):
    outcome = run_notebook(notebook("import time; time.sleep(600)"), tmp_path / "out.ipynb", {}, tmp_path, seconds=8)
    assert "did not end within 8 seconds" in outcome.failed
    assert not (tmp_path / "out.ipynb").exists()


def test_a_question_that_duckdb_has_too_little_memory_for_says_what_to_do(run_notebook, notebook, tmp_path):
    asks = (
        "import duckdb\nduck = duckdb.connect()\nduck.execute(\"SET memory_limit='20MB'\")\nduck.execute(\"SET temp_directory=''\")\n"
        "duck.execute('SELECT list(x::VARCHAR || repeat(chr(97), 99)) FROM range(2000000) t(x)').fetchall()"
    )
    outcome = run_notebook(notebook(asks), tmp_path / "out.ipynb", {}, tmp_path)
    assert outcome.failed.startswith("a question of the notebook: needs more memory than engine.memory allows") and outcome.cell
    assert "raise engine.memory" in outcome.failed and "OutOfMemory" not in outcome.failed and not outcome.problems


def test_a_notebook_that_takes_too_much_memory_is_stopped(run_notebook, notebook, tmp_path):
    greedy = "import time, numpy\nheld = numpy.ones(150_000_000)\ntime.sleep(600)"
    outcome = run_notebook(notebook(greedy), tmp_path / "out.ipynb", {}, tmp_path, seconds=120, memory=2**30)
    assert "more than 1.0 GB of memory" in outcome.failed


SHOWN = [
    "print('one'); print('two')\n7",
    "import sys; sys.stderr.write('careful\\n')",  # a kernel sends the two streams in no fixed order
    "from IPython.display import HTML, display\ndisplay(HTML('<b>bold</b>'), 'text'); None",
    "handle = display('first', display_id='x'); handle.update('second')",
    "import pandas\npandas.DataFrame({'a': [1, 2]})",
    "'nothing is shown';",
    "from IPython.display import clear_output\nprint('gone'); clear_output(); print('stays')",
    "%%capture held\nprint('caught')",
    "_ if False else held.stdout",
    "import asyncio\nawait asyncio.sleep(0)\nIn[1]",
    "!echo from a shell",
    "from IPython.display import Image\nimport base64\nImage(base64.b64decode('"
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='))",
    "__name__, __doc__ is None or True",
]


def test_both_engines_show_the_same(notebook, tmp_path):
    path = notebook(*SHOWN)
    shown = []
    for name in ENGINES:
        out = tmp_path / f"{name}.ipynb"
        assert engine_called(name)(Order(str(path), str(out), {}, str(tmp_path)), Limits()).failed is None
        shown.append([(c.execution_count, c.outputs) for c in nbformat.read(out, as_version=4).cells])
    assert shown[0] == shown[1]
