"""Whatever ends a run, the pack published before stays whole, and the next run ends as one undisturbed."""

from __future__ import annotations

import json
import os
import random
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

from toolkit.pack.manifest import hash_of
from toolkit.pack.run import run

def content(folder: Path) -> dict[str, str]:
    """Every file of a pack and its digest, but for the manifest, which holds times."""
    return {
        str(p.relative_to(folder)): hash_of(p)
        for p in sorted(folder.rglob("*")) if p.is_file() and p.name != "manifest.json"
    }


def whole(folder: Path) -> bool:
    told = json.loads((folder / "manifest.json").read_text())["files"]
    return told == content(folder)


def start(project: Path, *more: str, **kw) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-m", "toolkit.cli", "run", str(project / "params.yaml"), "--out", str(project / "reports"), *more],
        cwd=project, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **kw,
    )


def test_killed_at_random_moments_nothing_is_lost_and_the_next_run_is_the_same(project):
    first = run(project / "params.yaml", out=project / "reports")
    clean = content(first.folder)
    chance = random.Random(11)
    for _ in range(6):
        with open(project / "params.yaml", "a") as out:
            out.write("# another run\n")  # so that there is something to do
        child = start(project, "--force")
        time.sleep(chance.uniform(0.2, 6))
        os.kill(child.pid, signal.SIGKILL)
        child.communicate()
        assert whole(first.folder), "what was published is whole at any moment"
        assert set(content(first.folder)) == set(clean)
    ended = start(project)
    said = ended.communicate()
    assert ended.returncode == 0, said
    # the params file has other comments, and pages tell its hash: only that may differ
    again = content(first.folder)
    assert {n for n in clean if n.endswith((".csv", ".ipynb")) and again[n] != clean[n]} == set()
    assert not (first.folder.parent / ".staging").exists()


def test_two_at_once_one_makes_it_and_the_other_is_told(project):
    both = [start(project), start(project)]
    said = [child.communicate() for child in both]
    assert sorted(child.returncode for child in both) == [0, 3], said
    assert any("another run is writing to" in err for _, err in said)
    assert whole(project / "reports" / "small" / "two" / "2026Q3")


def small_files_only() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))


def test_a_disk_that_takes_no_more_is_said_and_the_last_pack_stays(project):
    first = run(project / "params.yaml", out=project / "reports")
    clean = content(first.folder)
    (project / "orders.csv").write_text((project / "orders.csv").read_text() + "new,2026-09-30,True\n")
    child = start(project, preexec_fn=small_files_only)
    _, complaint = child.communicate()
    assert child.returncode == 2, complaint
    assert "cannot be written" in complaint and "Traceback" not in complaint
    assert content(first.folder) == clean and whole(first.folder)


def test_a_target_that_cannot_be_written_is_said(project):
    (project / "reports").write_text("a file, not a folder")
    child = start(project)
    _, complaint = child.communicate()
    assert child.returncode == 2
    assert "cannot be written" in complaint and "Traceback" not in complaint
    assert (project / "reports").read_text() == "a file, not a folder"


def test_a_table_that_changes_during_a_run_is_read_as_it_was_and_looked_at_again(project):
    child = start(project)
    ready = project / "reports" / "small" / "two" / ".staging" / ".ready" / "tables.pickle"
    for _ in range(600):
        if ready.exists() or child.poll() is not None:
            break
        time.sleep(0.02)
    with open(project / "orders.csv", "a") as out:
        out.write("late,2026-09-30,True\n")
    assert child.wait() == 0
    result = run(project / "params.yaml", out=project / "reports")
    assert not result.unchanged, "the table is another one since"
    assert "274" in (result.folder / "notebooks" / "of_late.ipynb").read_text()


def test_what_a_dead_run_left_is_no_lock(project):
    home = project / "reports" / "small" / "two"
    (home / ".staging" / ".ready").mkdir(parents=True)
    (home / ".staging" / "2026Q3").mkdir()
    (home / ".staging" / "2026Q3" / "half.html").write_text("half")
    (home / ".lock").write_text("")
    result = run(project / "params.yaml", out=project / "reports")
    assert not (result.folder / "half.html").exists()
    assert not (home / ".staging").exists()
