"""The connection to the company's data: an Ibis URL whose secrets come from the environment."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import entry_points
from pathlib import Path
from urllib.parse import quote

import ibis
from ibis.backends import BaseBackend

from toolkit.data import spark_sessions
from toolkit.problems import Problem, Refused

_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_SHORTEST_HIDDEN = 3
EXTRAS = {
    "postgres": "'crm-plan-toolkit[postgres]'",
    "postgresql": "'crm-plan-toolkit[postgres]'",
    "pyspark": "'crm-plan-toolkit[spark]'",
}
"""Engine -> what pip installs for it, where this package names it."""


def connect(url: str, folder: Path, place: str) -> BaseBackend:
    """Open the database at `url`.

    Parameters
    ----------
    url
        An Ibis URL: ``duckdb://`` (in this process), ``duckdb://file.duckdb`` (relative to
        `folder`, opened for reading only), ``postgres://user:${PASSWORD}@host/base`` and so on.
        ``${NAME}`` is replaced by that environment variable.
    place
        Where the URL is written.

    Raises
    ------
    Refused
        A variable that is not set, an engine that is not known or not installed, a database that
        does not answer.
        No message shows what the variables hold.
    """
    scheme = url.split("://", 1)[0]
    if "://" not in url or not scheme:
        raise Refused(
            Problem(
                place,
                "must be an Ibis URL such as 'duckdb://' or 'postgres://user:${PASSWORD}@host/name'",
            )
        )
    missing = [n for n in _VARIABLE.findall(url) if not os.environ.get(n)]
    if missing:
        raise Refused(
            [
                Problem(place, f"uses ${{{name}}}, and no such environment variable is set")
                for name in dict.fromkeys(missing)
            ]
        )
    filled, secrets = _filled(url)
    if scheme not in (known := engines()):
        raise Refused(Problem(place, "names no engine that Ibis knows", scheme, known))
    try:
        if scheme == "duckdb":
            return _duckdb(
                filled.removeprefix("duckdb://"), folder, place, shown=url.removeprefix("duckdb://")
            )
        if scheme == "pyspark":
            return spark_sessions.connected(filled)
        return _in_utc(ibis.connect(filled))
    except Refused:
        raise
    except ImportError as wrong:
        raise Refused(Problem(place, _missing(scheme, wrong))) from None
    except Exception as wrong:  # each backend raises its own; all of them mean the same here
        said = _hidden(str(wrong).strip().split("\n")[0], secrets)
        raise Refused(
            Problem(place, f"the database does not answer ({type(wrong).__name__}: {said})")
        ) from None


def too_little_memory(asked: str) -> Problem:
    """What is said where a question needs more memory than DuckDB may take.

    Parameters
    ----------
    asked
        What it was about.
    """
    rule = (
        "needs more memory than engine.memory allows one DuckDB, and cannot go on in files: "
        "raise engine.memory (in MB), run fewer notebooks at a time (--jobs), or leave out columns and rows"
    )
    return Problem(asked, rule)


@contextmanager
def kept_for_a_run(url: str) -> Iterator[None]:
    """Around a run: what its notebooks can share of the connection is made once and shared by them all.

    What is wrong with the connection is said where the first table is asked for.
    """
    if url.partition("://")[0] != "pyspark" or any(not os.environ.get(n) for n in _VARIABLE.findall(url)):
        yield
        return
    with spark_sessions.kept_for_a_run(_filled(url)[0]):
        yield


def engines() -> tuple[str, ...]:
    """The engines that a URL may begin with; whether their packages are installed is another matter."""
    return tuple(sorted({point.name for point in entry_points(group="ibis.backends")} | {"postgresql"}))


def _missing(scheme: str, wrong: ImportError) -> str:
    """Which Python package an engine needs, and how to get it."""
    cause = wrong.__cause__ if isinstance(wrong.__cause__, ImportError) else wrong
    package = f"the Python package '{cause.name}'" if cause.name else "a Python package"
    extra = EXTRAS.get(scheme, f"'ibis-framework[{scheme}]'")
    return f"needs {package} for the engine '{scheme}', which is not installed: pip install {extra}"


def _filled(url: str) -> tuple[str, list[str]]:
    """The URL with its variables, escaped where they stand for a part of it."""
    secrets: list[str] = []
    host_ends = url.rfind("@")
    asks = url.find("?")

    def put(match: re.Match) -> str:
        value = os.environ[match.group(1)]
        secrets.append(value)
        if match.start() < host_ends or 0 <= asks < match.start():
            secrets.append(quote(value, safe=""))
            return quote(value, safe="")
        return value

    return _VARIABLE.sub(put, url), secrets


def _hidden(text: str, secrets: list[str]) -> str:
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= _SHORTEST_HIDDEN:
            text = text.replace(secret, "***")
    return re.sub(r"://[^/\s]*@", "://***@", text)


def _duckdb(name: str, folder: Path, place: str, shown: str) -> BaseBackend:
    if name in ("", ":memory:"):
        return quiet_duckdb()
    target = Path(name) if Path(name).is_absolute() else folder / name
    if not target.is_file():
        there = (
            sorted(p.name for p in target.parent.iterdir() if p.is_file())
            if target.parent.is_dir()
            else []
        )
        raise Refused(Problem(place, "is not there", shown, tuple(there)))
    return quiet_duckdb(target)


def quiet_duckdb(file: Path | None = None) -> BaseBackend:
    """DuckDB in this process: no extension is fetched, no clock but UTC; files only for reading."""
    backend = ibis.duckdb.connect(file or ":memory:", read_only=file is not None)
    for setting in (
        "autoinstall_known_extensions=false",
        "autoload_known_extensions=false",
        "TimeZone='UTC'",
        "preserve_insertion_order=true",
    ):
        backend.raw_sql(f"SET {setting}")
    # even switching the bar off fails in a notebook without ipywidgets, where it is off already
    if backend.raw_sql("SELECT current_setting('enable_progress_bar')").fetchone()[0]:
        backend.raw_sql("SET enable_progress_bar=false")
    return backend


def _in_utc(backend: BaseBackend) -> BaseBackend:
    """Moments without a zone must mean the same whatever the server's own clock says."""
    if backend.name == "postgres":
        backend.raw_sql("SET TIME ZONE 'UTC'").close()
    return backend
