"""A worker that goes away, a package that is not there, a memory of another version: named or made up for."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from distributed import Client, LocalCluster

import toolkit
from toolkit.pack.manifest import hash_of
from toolkit.pack.run import run

COMMAND = "import sys; sys.modules.update(dict.fromkeys({absent!r})); from toolkit.cli import main; sys.exit(main())"
WAITS = """
import time
from pathlib import Path
first = not Path('{place}/begun').exists()
Path('{place}/begun').touch()
while first and not Path('{place}/over').exists():
    time.sleep(0.05)
print(table"""


def told(project, *words, absent=(), path=None, temporary=None):
    """`toolkit run` of the project, in an interpreter without some packages."""
    environment = dict(os.environ)
    environment |= {"PYTHONPATH": str(path)} if path else {}
    environment |= {"TMPDIR": str(temporary)} if temporary else {}
    words = ["run", str(project / "params.yaml"), "--out", str(project / "reports"), *words]
    return subprocess.Popen([sys.executable, "-c", COMMAND.format(absent=absent), *words], cwd=project, env=environment,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)  # fmt: skip


def content(folder):
    return {str(p.relative_to(folder)): hash_of(p) for p in sorted(folder.rglob("*")) if p.is_file() and p.name != "manifest.json"}


def test_what_a_worker_that_goes_away_had_begun_is_done_by_another(project):
    for name in ("of_late", "of_bought"):
        path = project / "notebooks" / f"{name}.ipynb"
        book = json.loads(path.read_text())
        for cell in book["cells"]:
            source = "".join(cell["source"])
            cell["source"] = source.replace("print(table", WAITS.format(place=project)) if name == "of_late" else source
        path.write_text(json.dumps(book))
    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster, Client(cluster) as client:
        running = told(project, "--executor", f"dask://{cluster.scheduler_address.removeprefix('tcp://')}")
        until = time.monotonic() + 240
        while not (project / "begun").exists() and running.poll() is None and time.monotonic() < until:
            time.sleep(0.1)
        pids = client.run(os.getpid)
        busy = {where: doing for where, doing in client.processing().items() if doing}
        os.kill(pids[next(iter(busy))], signal.SIGKILL)
        said, complaint = running.communicate(timeout=240)
    (project / "over").touch()
    assert running.returncode == 0, complaint
    elsewhere = content(Path(said.strip()).parent)
    assert elsewhere == content(run(project / "params.yaml", out=project / "here").folder)


@pytest.mark.parametrize(
    ("absent", "words", "rule"),
    [
        (("distributed",), ("--executor", "dask://127.0.0.1:8786"), "needs the Python package 'distributed', which is not installed"),
        (("s3fs",), ("--out", "s3://firm/reports"), "pip install 'crm-plan-toolkit[s3]'"),
    ],
)
def test_what_is_asked_for_and_not_installed_is_named(project, absent, words, rule):
    running = told(project, *words, absent=absent)
    _, complaint = running.communicate(timeout=240)
    assert running.returncode == 2
    assert rule in complaint and "Traceback" not in complaint
    assert not (project / "reports").exists()


@pytest.mark.parametrize(("scheme", "package", "extra"), [("pyspark", "pyspark", "spark"), ("postgres", "psycopg", "postgres")])
def test_an_engine_of_tables_that_is_not_installed_is_named(project, scheme, package, extra):
    path = project / "params.yaml"
    path.write_text(f"source: {scheme}://somewhere/firm\n" + path.read_text().replace("path: orders.csv", "table: orders"))
    running = told(project, absent=(package,))
    _, complaint = running.communicate(timeout=240)
    assert running.returncode == 2
    assert f"engine '{scheme}', which is not installed: pip install 'crm-plan-toolkit[{extra}]'" in complaint
    assert "Traceback" not in complaint


def test_what_another_version_remembered_is_made_anew(project, tmp_path):
    def remembered(ended):
        said, complaint = ended.communicate(timeout=240)
        assert ended.returncode == 0, complaint
        folder = Path(said.strip()).parent
        return {p["page"]: p["remembered"] for p in json.loads((folder / "manifest.json").read_text())["pages"]}, content(folder)

    first, made = remembered(told(project, "--only", "of_late"))
    assert first == {"of_late": False}
    later = tmp_path / "later"
    shutil.copytree(Path(toolkit.__file__).parent, later / "toolkit", ignore=shutil.ignore_patterns("__pycache__"))
    (later / "toolkit" / "kpis.py").open("a").write("\n# another version\n")
    here, other = told(project, "--only", "of_late"), None
    assert remembered(here) == (first, made)  # nothing was made: the same manifest
    other = told(project, "--only", "of_late", path=later)
    assert remembered(other) == ({"of_late": False}, made)


def test_a_run_leaves_no_copies_of_tables_behind(project, tmp_path):
    (tmp_path / "temporary").mkdir()
    running = told(project, temporary=tmp_path / "temporary")
    _, complaint = running.communicate(timeout=240)
    assert running.returncode == 0, complaint
    assert list((tmp_path / "temporary").iterdir()) == []
