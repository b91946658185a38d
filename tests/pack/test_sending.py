"""Reports at an address: every file before the manifest, nothing left of the former pack."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem

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


def test_a_manifest_that_lists_files_elsewhere_removes_none(project, tmp_path):
    out, store = project / "reports", tmp_path / "store"
    made = run(project / "params.yaml", out=out, only=("of_late",))
    place = store / made.folder.relative_to(out)
    place.mkdir(parents=True)
    kept = tmp_path / "kept.html"
    kept.write_text("of others")
    above = "../" * len(place.relative_to(tmp_path).parts)
    (place / "manifest.json").write_text(json.dumps({"files": {f"{above}kept.html": "", "gone.html": ""}}))
    (place / "gone.html").write_text("of the former pack")
    send(made.folder, out, f"file://{store}")
    assert kept.read_text() == "of others" and not (place / "gone.html").exists()


class Narrow(MemoryFileSystem):
    """A place that takes so many files and then is gone."""

    protocol = "narrow"
    cachable = False

    @classmethod
    def _strip_protocol(cls, path):
        return super()._strip_protocol(path.replace("narrow://", "memory://"))

    def __init__(self, takes=10**6, **options):
        super().__init__(**options)
        self.takes = takes

    def put_file(self, lpath, rpath, **options):
        if self.takes == 0:
            raise ConnectionError("the line is down")
        self.takes -= 1
        super().put_file(lpath, rpath, **options)


@pytest.mark.parametrize("takes", [0, 1, 3])
def test_what_breaks_off_leaves_the_former_pack_and_can_be_sent_again(project, memory, takes, monkeypatch):
    out = project / "reports"
    former = run(project / "params.yaml", out=out)
    send(former.folder, out, "memory://store")
    place = former.folder.relative_to(out).as_posix()

    def published():
        return {name: memory.store[f"/store/{place}/{name}"].getvalue() for name in names_at(memory, f"store/{place}")}

    before = published()
    later = run(project / "params.yaml", out=out, only=("of_late",))
    fsspec.register_implementation("narrow", Narrow, clobber=True)
    monkeypatch.setattr("fsspec.config.conf", {"narrow": {"takes": takes}})
    with pytest.raises(Refused, match="the line is down.*the pack is in"):
        send(later.folder, out, "narrow://store")
    assert published() == before
    monkeypatch.setattr("fsspec.config.conf", {})
    send(later.folder, out, "memory://store")
    assert published() == {p.relative_to(later.folder).as_posix(): p.read_bytes() for p in later.folder.rglob("*") if p.is_file()}
    assert [name for name in memory.store if ".arriving" in name] == []


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
