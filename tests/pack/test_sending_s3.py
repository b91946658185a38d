"""Reports in a real object store on this machine: `toolkit run --out s3://bucket/reports`."""

from __future__ import annotations

import socket
import subprocess
import sys
from urllib.request import Request, urlopen

import pytest

from toolkit.pack.run import run
from toolkit.pack.sending import filesystem_at, send
from toolkit.problems import Refused


@pytest.fixture(scope="module")
def server():
    pytest.importorskip("s3fs", reason="needs: pip install 'crm-plan-toolkit[store]'")
    started = pytest.importorskip("moto.server", reason="needs: pip install 'crm-plan-toolkit[store]'")
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]  # the same again after the server was away
    server = started.ThreadedMotoServer(ip_address="127.0.0.1", port=port, verbose=False)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def store(server, monkeypatch):
    """An empty bucket ``firm``; what reaches it, as the toolkit reaches it."""
    host, port = server.get_host_and_port()
    here = f"http://{host}:{port}"
    said = {"AWS_ENDPOINT_URL": here, "AWS_ACCESS_KEY_ID": "name", "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_DEFAULT_REGION": "us-east-1", "AWS_MAX_ATTEMPTS": "1", "NO_PROXY": "127.0.0.1"}  # fmt: skip
    for name, value in said.items():
        monkeypatch.setenv(name, value)
    urlopen(Request(f"{here}/moto-api/reset", method="POST")).close()
    system = filesystem_at("s3://firm")[0]
    system.clear_instance_cache()
    system = filesystem_at("s3://firm")[0]
    system.mkdir("firm")
    return system


def there(system, place):
    """Every file at `place`, by its name there."""
    system.invalidate_cache()
    return {name.removeprefix(f"{place}/"): system.cat_file(name) for name in system.find(place)}


def here(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_the_command_publishes_in_a_bucket_and_pages_open_in_a_browser(project, store):
    system = store
    ended = subprocess.run(
        [sys.executable, "-m", "toolkit.cli", "run", str(project / "params.yaml"), "--out", "s3://firm/reports"],
        cwd=project, capture_output=True, text=True, check=False)  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    index = ended.stdout.strip()
    assert index.startswith("s3://firm/reports/small/") and index.endswith("/index.html")
    folder = project / index.removeprefix("s3://firm/").removesuffix("/index.html")
    assert there(system, index.removeprefix("s3://").removesuffix("/index.html")) == here(folder)
    assert [name for name in system.find("firm") if ".arriving" in name] == []
    system.invalidate_cache()  # a listing tells no kinds
    kinds = {name: system.info(f"{index.removesuffix('index.html')}{name}")["ContentType"] for name in ("index.html", "findings.json")}
    assert kinds == {"index.html": "text/html", "findings.json": "application/json"}


def test_a_later_pack_takes_the_place_of_the_former_one_the_manifest_last(project, store):
    system = store
    out = project / "reports"
    whole = run(project / "params.yaml", out=out)
    send(whole.folder, out, "s3://firm")
    place = f"firm/{whole.folder.relative_to(out).as_posix()}"
    assert there(system, place) == here(whole.folder)
    assert f"{place}/of_bought.html" in system.find(place)
    later = run(project / "params.yaml", out=out, only=("of_late",))
    send(later.folder, out, "s3://firm")
    assert there(system, place) == here(later.folder)
    assert f"{place}/of_bought.html" not in system.find(place)
    written = {name: about["LastModified"] for name, about in system.find(place, detail=True).items()}
    assert written[f"{place}/manifest.json"] == max(written.values())


def test_a_store_that_is_away_and_a_bucket_that_is_not_there_are_named(project, store, server):
    system = store
    out = project / "reports"
    made = run(project / "params.yaml", out=out, only=("of_late",))
    with pytest.raises(Refused, match="s3://nobodys.*cannot be written.*the pack is in"):
        send(made.folder, out, "s3://nobodys/reports")
    assert system.ls("") == ["firm"]
    send(made.folder, out, "s3://firm")
    place = f"firm/{made.folder.relative_to(out).as_posix()}"
    before = there(system, place)
    later = run(project / "params.yaml", out=out)
    server.stop()
    try:
        with pytest.raises(Refused, match="cannot be written.*the pack is in"):
            send(later.folder, out, "s3://firm")
    finally:
        server.start()
    assert there(system, place) == before
    send(later.folder, out, "s3://firm")
    assert there(system, place) == here(later.folder)
