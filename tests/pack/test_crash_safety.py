"""Whatever ends a run, the pack published before stays whole, and the next run ends as one undisturbed."""

from __future__ import annotations

import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

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


# In a mount namespace of its own: a small disk that is filled up, freed, and made read-only.
SMALL_DISK = """
import json, os, subprocess, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from test_crash_safety import content, start, whole
project = Path(sys.argv[1])
reports = project / "reports"
reports.mkdir()
mount = lambda *how: subprocess.run(["mount", *how, str(reports)], check=True)
mount("-t", "tmpfs", "-o", "size=8m", "tmpfs")
pack = reports / "small" / "two" / "2026Q3"

def made():
    child = start(project)
    _, said = child.communicate()
    return {"status": child.returncode, "said": said, "pack": content(pack), "whole": whole(pack),
            "left": sorted(p.name for p in pack.parent.iterdir())}

told = {"first": made()}
(project / "orders.csv").write_text((project / "orders.csv").read_text() + "new,2026-09-30,True\\n")
filler = reports / "filler"
with open(filler, "wb", buffering=0) as out:
    try:
        while True:
            out.write(bytes(4096))
    except OSError:
        told["full"] = made()
    os.ftruncate(out.fileno(), os.fstat(out.fileno()).st_size - 200_000)
told["nearly full"] = made()
filler.unlink()
mount("-o", "remount,ro")
told["read-only"] = made()
mount("-o", "remount,rw")
told["again"] = made()
print(json.dumps(told))
"""


@pytest.fixture
def own_mounts() -> list[str]:
    """The start of a command that may mount what only it sees."""
    begin = ["unshare", "--user", "--map-root-user", "--mount"]
    if shutil.which("unshare") is None or subprocess.run([*begin, "true"], capture_output=True).returncode:
        pytest.skip("unshare (util-linux) is not there, or may not be used")
    return begin


def test_on_a_disk_that_is_full_or_read_only_the_last_pack_stays_and_the_next_run_is_as_undisturbed(project, own_mounts):
    asked = [sys.executable, "-c", SMALL_DISK, str(project), str(Path(__file__).parent)]
    ended = subprocess.run([*own_mounts, *asked], capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    told = json.loads(ended.stdout)
    first = told["first"]
    assert first["status"] == 0 and first["whole"]
    for how in ("full", "nearly full", "read-only"):
        assert told[how]["status"] == 2, told[how]["said"]
        assert "cannot be written" in told[how]["said"] and "Traceback" not in told[how]["said"]
        assert told[how]["pack"] == first["pack"] and told[how]["whole"]
        assert told[how]["left"] == first["left"], "nothing half made is left"
    assert told["again"]["status"] == 0, told["again"]["said"]
    undisturbed = run(project / "params.yaml", out=project / "elsewhere")
    assert told["again"]["pack"] == content(undisturbed.folder) != first["pack"]
