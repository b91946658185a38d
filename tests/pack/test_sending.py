"""Reports at an address: every file before the manifest, nothing left of the former pack."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import fsspec
import pytest

from toolkit.pack.run import run
from toolkit.pack.sending import filesystem_at, send
from toolkit.problems import Refused


@pytest.fixture
def memory():
    system = fsspec.filesystem("memory")
    system.store.clear()
    yield system
    system.store.clear()


def names_at(system, top):
    return {name.removeprefix(f"/{top}/") for name in system.store if name.startswith(f"/{top}/")}


def test_every_file_arrives_and_the_manifest_last(project, memory):
    out = project / "reports"
    made = run(project / "params.yaml", out=out, only=("of_late",))
    place = made.folder.relative_to(out).as_posix()
    assert send(made.folder, out, "memory://store/reports") == f"memory://store/reports/{place}/index.html"
    there = names_at(memory, f"store/reports/{place}")
    assert there == {p.relative_to(made.folder).as_posix() for p in made.folder.rglob("*") if p.is_file()}
    times = {name: file.modified for name, file in memory.store.items()}
    assert max(times, key=times.get).endswith("/manifest.json")


def test_a_pack_that_is_there_is_not_sent_again_and_files_of_a_former_one_go(project, memory):
    out = project / "reports"
    whole = run(project / "params.yaml", out=out)
    send(whole.folder, out, "memory://store")
    place = whole.folder.relative_to(out).as_posix()
    page = f"/store/{place}/of_late.html"
    sent = memory.store[page].modified
    send(whole.folder, out, "memory://store")
    assert memory.store[page].modified == sent
    other = run(project / "params.yaml", out=out, only=("of_late",))
    send(other.folder, out, "memory://store")
    gone = {p for p in names_at(memory, f"store/{place}")} ^ {
        p.relative_to(other.folder).as_posix() for p in other.folder.rglob("*") if p.is_file()}
    assert gone == set()


def test_the_command_sends_what_it_made_and_what_still_holds(project, tmp_path):
    address = f"file://{tmp_path}/elsewhere"
    for _ in range(2):
        ended = subprocess.run(
            [sys.executable, "-m", "toolkit.cli", "run", str(project / "params.yaml"), "--only", "of_late", "--out", address],
            cwd=project, capture_output=True, text=True, check=False)
        assert ended.returncode == 0, ended.stderr
        assert Path(ended.stdout.strip().removeprefix("file://")).is_file()


def test_a_place_that_cannot_be_reached_is_named():
    with pytest.raises(Refused, match="no kind of place"):
        filesystem_at("nowhere://x")
    fsspec.register_implementation("uninstalled", "a_package_nobody_has.Files", errtxt="Install a_package_nobody_has")
    with pytest.raises(Refused, match="a_package_nobody_has.*pip install"):
        filesystem_at("uninstalled://x")
