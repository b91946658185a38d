"""The clock may be set while a run is under way: what is published is the same, and whoever works is not taken for dead."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from test_crash_safety import content, whole

from toolkit.pack.run import run


@pytest.fixture
def settable() -> Callable[[Path], dict[str, str]]:
    """The environment of a process, and of all that it starts, whose clock stands as a file says."""
    found = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
    if not found:
        pytest.skip("libfaketime is not there (Debian: faketime)")
    return lambda clock: os.environ | {
        "LD_PRELOAD": str(found[0]), "FAKETIME_TIMESTAMP_FILE": str(clock), "FAKETIME_CACHE_DURATION": "1",
        # a clock that is set moves neither what is counted from the start of the machine nor the dates of files
        "FAKETIME_DONT_FAKE_MONOTONIC": "1", "NO_FAKE_STAT": "1",
    }  # fmt: skip


def start(project: Path, environment: dict[str, str], *more: str) -> subprocess.Popen:
    words = [sys.executable, "-m", "toolkit.cli", "run", "params.yaml", "--out", "reports", *more]
    return subprocess.Popen(words, cwd=project, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


WAITS = "import pathlib, datetime\nwith open('go', 'rb', buffering=0) as told:\n    told.read(1)\n"
"""The notebook goes on only when it is told to; it does not sleep, for a sleep in which the clock is set ends in an error."""


def waiting(notebook: Path) -> None:
    """Make it wait in the middle, and leave the day of its own clock beside it."""
    book = json.loads(notebook.read_text())
    cell = book["cells"][-1]
    leaves = "pathlib.Path('seen').write_text(datetime.date.today().isoformat())\n"
    cell["source"] = WAITS + leaves + "".join(cell["source"])
    notebook.write_text(json.dumps(book))


@pytest.mark.parametrize("days", [-1, 365])
def test_a_run_during_which_the_clock_is_set_publishes_the_same_and_keeps_its_lock(project, settable, days):
    go, clock, pack = project / "go", project / "clock", project / "reports" / "small" / "two" / "2026Q3"
    waiting(project / "notebooks" / "of_late.ipynb")
    go.touch()
    undisturbed = content(run(project / "params.yaml", out=project / "elsewhere").folder)
    go.unlink()
    os.mkfifo(go)
    clock.write_text("+0")
    child = start(project, settable(clock))
    while not (pack.parent / ".staging" / ".ready" / "tables.pickle").exists():
        assert child.poll() is None, child.communicate()
        time.sleep(0.01)
    clock.write_text(f"{days:+d}d")
    other = start(project, settable(clock), "--force")
    _, said = other.communicate()
    assert other.returncode == 3 and "another run is writing to" in said, said
    assert child.poll() is None, "the first still works"
    with open(go, "r+b", buffering=0) as told:
        told.write(b"go")
        _, said = child.communicate()
    go.unlink()
    go.touch()  # a later run need not wait
    assert child.returncode == 0, said
    seen = date.fromisoformat((project / "seen").read_text())
    assert abs((seen - date.today()).days - days) <= 1, "the clock did jump, in notebooks too"
    assert content(pack) == undisturbed and whole(pack)
    assert not (pack.parent / ".staging").exists()
    told = json.loads((pack / "manifest.json").read_text())
    assert 0 <= sum(page["seconds"] for page in told["pages"]) < 600, "how long it took is not counted by the clock"
    clock.write_text("+0")
    again = start(project, settable(clock))
    _, said = again.communicate()
    assert again.returncode == 0, said
    assert content(pack) == undisturbed, "nor is it another one when the clock is right again"


@pytest.mark.parametrize(("then", "another"), [("10:59", False), ("11:01", True)])
def test_yesterday_is_another_day_when_the_day_begins_where_the_company_is(project, settable, then, another):
    """Midnight in Auckland is at 11:00 UTC: the machine has the same day still, and yet a pack made before is of the day before."""
    params = (project / "params.yaml").read_text().replace("as_of: 2026-09-30", "as_of: yesterday, time_zone: Pacific/Auckland")
    (project / "params.yaml").write_text(params)
    environment = settable(project / "clock") | {"TZ": "UTC"}
    ask = "from toolkit.pack.unchanged import question; print(question('params.yaml'))"
    asked = []
    for now in ("10:00", then):
        (project / "clock").write_text(f"@2026-11-22 {now}:00")
        done = subprocess.run([sys.executable, "-c", ask], cwd=project, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        asked.append(done.stdout)
    assert (asked[0] != asked[1]) is another
