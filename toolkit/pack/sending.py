"""Published packs to an address of fsspec, such as ``s3://bucket/reports``.

A pack is published in a folder of this machine first, then sent: every file before its
``manifest.json``, which is what tells a reader that the rest is there. Files that only the former
pack had are removed last. Where the manifest there is the one here, nothing is sent.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.problems import Problem, Refused

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

MANIFEST = "manifest.json"
_PLACE = "--out"


def is_address(out: str) -> bool:
    """Whether reports go elsewhere than to a folder of this machine."""
    return "://" in out


def filesystem_at(address: str) -> tuple[AbstractFileSystem, str]:
    """What reaches `address`, and the path there.

    Raises
    ------
    Refused
        No such protocol, or its Python package is not installed.
    """
    import fsspec

    protocol = address.partition("://")[0]
    try:
        return fsspec.core.url_to_fs(address)
    except ImportError as missing:
        extra = "'crm-plan-toolkit[s3]'" if protocol in ("s3", "s3a") else f"'fsspec[{protocol}]'"
        raise Refused(Problem(_PLACE, f"needs a package that is not installed ({missing}): pip install {extra}", address)) from None
    except ValueError:
        raise Refused(Problem(_PLACE, "names no kind of place that fsspec knows", address, tuple(sorted(fsspec.available_protocols())))) from None


def send(run: Path, out: Path, address: str) -> str:
    """Bring a published run to `address`; its index there.

    Parameters
    ----------
    run, out
        The run's folder and the folder of all reports it was published in: its path below `address`
        is the same.

    Raises
    ------
    Refused
        The place takes no more; the run here stays as it is, and sending it again goes on from there.
    """
    system, top = filesystem_at(address)
    target = f"{top.rstrip('/')}/{run.relative_to(out).as_posix()}"
    mine = (run / MANIFEST).read_bytes()
    try:
        theirs = system.cat_file(f"{target}/{MANIFEST}") if system.exists(f"{target}/{MANIFEST}") else b""
        if theirs != mine:
            _bring(system, run, target, mine, _files(theirs))
    except Exception as wrong:  # each kind of place raises its own; all of them mean the same here
        said = f"cannot be written ({type(wrong).__name__}: {str(wrong).splitlines()[0] if str(wrong) else ''}); the pack is in {run}"
        raise Refused(Problem(_PLACE, said, address)) from None
    return f"{address.rstrip('/')}/{run.relative_to(out).as_posix()}/index.html"


def _bring(system: AbstractFileSystem, run: Path, target: str, manifest: bytes, former: set[str]) -> None:
    files = sorted(p for p in run.rglob("*") if p.is_file() and p != run / MANIFEST)
    for file in files:
        name = file.relative_to(run).as_posix()
        system.makedirs(f"{target}/{name}".rpartition("/")[0], exist_ok=True)
        system.pipe_file(f"{target}/{name}", file.read_bytes())
    system.pipe_file(f"{target}/{MANIFEST}", manifest)
    for name in former - {f.relative_to(run).as_posix() for f in files}:
        if system.exists(f"{target}/{name}"):
            system.rm_file(f"{target}/{name}")


def _files(manifest: bytes) -> set[str]:
    """What a former manifest lists; nothing where it cannot be read."""
    try:
        return set(json.loads(manifest)["files"])
    except (ValueError, KeyError, TypeError):
        return set()
