"""A pack appears whole or not at all; one run at a time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from toolkit.pack import publish


def write(folder, **files):
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.html").write_text(text)
    return folder


def test_a_first_pack_is_renamed_into_place(tmp_path):
    stage = publish.staging(tmp_path, "2026Q3")
    write(stage, index="new")
    publish.publish(stage, tmp_path / "2026Q3")
    assert (tmp_path / "2026Q3" / "index.html").read_text() == "new"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["2026Q3"]


def test_a_second_pack_replaces_all_of_the_first(tmp_path):
    write(tmp_path / "2026Q3", index="old", gone="old")
    stage = publish.staging(tmp_path, "2026Q3")
    write(stage, index="new")
    publish.publish(stage, tmp_path / "2026Q3")
    assert [p.name for p in (tmp_path / "2026Q3").iterdir()] == ["index.html"]
    assert (tmp_path / "2026Q3" / "index.html").read_text() == "new"


def test_staging_starts_empty_after_a_run_that_died(tmp_path):
    write(publish.staging(tmp_path, "2026Q3"), half="written")
    assert not any(publish.staging(tmp_path, "2026Q3").iterdir())


def test_without_an_exchange_call_a_crash_between_renames_is_recovered(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "platform", "other")
    write(tmp_path / "2026Q3", index="old")
    stage = publish.staging(tmp_path, "2026Q3")
    write(stage, index="new")
    os.rename(tmp_path / "2026Q3", stage.with_name("2026Q3.former"))  # where the crash came
    publish.recover(tmp_path, "2026Q3")
    assert (tmp_path / "2026Q3" / "index.html").read_text() == "old"
    publish.publish(stage, tmp_path / "2026Q3")
    assert (tmp_path / "2026Q3" / "index.html").read_text() == "new"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["2026Q3"]


HOLD = """
import sys, time
from pathlib import Path
from toolkit.pack import publish
with publish.locked(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_two_runs_at_once_and_a_killed_one_leaves_no_lock(tmp_path):
    other = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    try:
        assert other.stdout.readline().strip() == "held"
        with pytest.raises(publish.Busy, match="another run"), publish.locked(tmp_path):
            pass
    finally:
        other.send_signal(signal.SIGKILL)
        other.wait()
    for _ in range(100):
        try:
            with publish.locked(tmp_path):
                return
        except publish.Busy:
            time.sleep(0.05)
    pytest.fail("the lock of a killed run still holds")


READ = """
import sys, time
from pathlib import Path
target = Path(sys.argv[1]); stop = Path(sys.argv[2])
print("reading", flush=True)
bad = reads = 0
while not stop.exists():
    try:
        a = (target / "index.html").read_text(); reads += 1
    except FileNotFoundError:
        bad += 1
print(reads, bad, flush=True)
"""


def test_a_reader_never_meets_a_missing_pack(tmp_path):
    if not publish._exchanged(*(write(tmp_path / n) for n in ("a", "b"))):
        pytest.skip("this system cannot swap two folders in one step; publishing takes two renames here")
    home = tmp_path / "packs"
    write(home / "2026Q3", index="0")
    reader = subprocess.Popen(
        [sys.executable, "-c", READ, str(home / "2026Q3"), str(tmp_path / "stop")], stdout=subprocess.PIPE, text=True)
    assert reader.stdout.readline().strip() == "reading"
    for i in range(200):
        stage = publish.staging(home, "2026Q3")
        write(stage, index=str(i))
        publish.publish(stage, home / "2026Q3")
    (tmp_path / "stop").touch()
    reads, bad = map(int, reader.stdout.readline().split())
    assert reads > 0
    # a path may be resolved in the instant its folder is exchanged and removed; never a gap of its own
    assert bad <= reads * 0.02
