"""Where the notebooks of a pack run, when not on this machine.

``dask://HOST:PORT`` is a scheduler of Dask: each notebook is a task of its own on one of the workers,
which read the params file and the tables at the same paths as the run itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from urllib.parse import urlsplit

from toolkit.problems import Problem, Refused

_PATIENCE = 15
"""Seconds to wait for a scheduler to answer."""
_PLACE = "--executor"
KINDS = ("dask://HOST:PORT",)


@contextmanager
def executor_at(address: str | None) -> Iterator[Executor | None]:
    """The executor at `address` while the block runs; None where there is none to be used.

    Raises
    ------
    Refused
        The address names no kind of executor, its package is not installed, nobody answers.
    """
    if address is None:
        yield None
        return
    parts = urlsplit(address)
    try:
        known = parts.scheme == "dask" and parts.hostname and parts.port
    except ValueError:
        known = False
    if not known:
        raise Refused(Problem(_PLACE, "is no address of an executor", address, KINDS))
    try:
        from distributed import Client
    except ModuleNotFoundError as missing:
        raise Refused(Problem(_PLACE, f"needs the Python package '{missing.name}', which is not installed", address)) from None
    try:
        client = Client(f"tcp://{parts.hostname}:{parts.port}", timeout=_PATIENCE, set_as_default=False)
    except (OSError, TimeoutError) as wrong:
        rule = f"does not answer within {_PATIENCE} seconds ({type(wrong).__name__})"
        raise Refused(Problem(_PLACE, rule, address)) from None
    with client:
        if not client.scheduler_info(n_workers=-1)["workers"]:
            raise Refused(Problem(_PLACE, "has no workers", address))
        yield client.get_executor(pure=False, retries=1)
