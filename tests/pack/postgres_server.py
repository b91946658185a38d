"""A PostgreSQL server of the tests' own: started for them, gone after them."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

_TYPES = {"VARCHAR": "text", "DOUBLE": "double precision", "TINYINT": "smallint"}


def _programs():
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parent.parent.name))
    found = found or [Path(p) for p in [shutil.which("initdb")] if p]
    if not found:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    return found[-1].parent


def _free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


@contextmanager
def running():
    """The address of a server, without a database's name."""
    pytest.importorskip("psycopg", reason="needs: pip install 'crm-plan-toolkit[postgres]'")
    programs, port = _programs(), _free_port()
    place = Path(tempfile.mkdtemp(prefix="toolkit-postgres-"))
    root = os.geteuid() == 0  # the server refuses to run as root
    if root:
        shutil.chown(place, "postgres")

    def call(program, *words):
        line = [str(programs / program), *map(str, words)]
        subprocess.run(
            ["runuser", "-u", "postgres", "--", *line] if root else line, check=True, cwd=place,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,  # it would hold a pipe open
        )

    try:
        call("initdb", "-D", place / "data", "-U", "tester", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
        call("pg_ctl", "-D", place / "data", "-w", "-o", f"-p {port} -k {place} -c fsync=off", "start")
        try:
            yield f"tester@127.0.0.1:{port}"
        finally:
            call("pg_ctl", "-D", place / "data", "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(place, ignore_errors=True)


def load(address, name, folder):
    """Every Parquet file of `folder` as a table of a new database called `name`."""
    import psycopg

    with psycopg.connect(f"postgresql://{address}/postgres", autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}" TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE "en-US"')
    reader = duckdb.connect()
    with psycopg.connect(f"postgresql://{address}/{name}") as database, tempfile.TemporaryDirectory() as place:
        for file in sorted(Path(folder).glob("*.parquet")):
            columns = reader.execute(f"DESCRIBE SELECT * FROM '{file}'").fetchall()
            listed = ", ".join(f'"{c}" {_TYPES.get(t, t)}' for c, t, *_ in columns)
            database.execute(f'CREATE TABLE "{file.stem}" ({listed})')
            text = Path(place) / "rows.csv"
            reader.execute(f"COPY (SELECT * FROM '{file}') TO '{text}' (HEADER)")
            with database.cursor().copy(f'COPY "{file.stem}" FROM STDIN (FORMAT csv, HEADER)') as rows:
                rows.write(text.read_bytes())
