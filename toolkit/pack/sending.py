"""Published packs to an address of fsspec, such as ``s3://bucket/reports``.

A pack is published in a folder of this machine first, then sent: every file to a place beside the
former pack's, so that one which breaks off leaves that as it was. Once all are there they are copied
to where readers look, which needs nothing from here but the word, and ``manifest.json``, which tells
a reader that the rest is there, comes last. Files that only the former pack had are then removed.
Where the manifest there is the one here, nothing is sent.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.problems import Problem, Refused

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

MANIFEST = "manifest.json"
ARRIVING = ".arriving"
"""Behind a pack's folder: what has been sent and is not published yet."""
_PLACE = "--out"
_WITHOUT_FOLDERS = {"s3", "s3a", "gs", "gcs", "abfs", "abfss", "az", "oss"}
"""Where asking for a folder would make a bucket, or ask for the right to."""


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
            _bring(system, run, target, _files(theirs))
    except Exception as wrong:  # each kind of place raises its own; all of them mean the same here
        said = f"cannot be written ({type(wrong).__name__}: {str(wrong).splitlines()[0] if str(wrong) else ''}); the pack is in {run}"
        raise Refused(Problem(_PLACE, said, address)) from None
    return f"{address.rstrip('/')}/{run.relative_to(out).as_posix()}/index.html"


def _bring(system: AbstractFileSystem, run: Path, target: str, former: set[str]) -> None:
    aside = f"{target}{ARRIVING}"
    files = {p.relative_to(run).as_posix(): p for p in sorted(run.rglob("*")) if p.is_file() and p != run / MANIFEST}
    for name, file in files.items():
        _put(system, file, f"{aside}/{name}")
    for name, file in files.items():
        _folder_of(system, f"{target}/{name}")
        try:
            system.cp_file(f"{aside}/{name}", f"{target}/{name}")
        except NotImplementedError:  # a kind of place that cannot copy by itself
            _put(system, file, f"{target}/{name}")
    _put(system, run / MANIFEST, f"{target}/{MANIFEST}")
    for name in former - files.keys():
        if system.exists(f"{target}/{name}"):
            system.rm_file(f"{target}/{name}")
    system.rm(aside, recursive=True)


def _put(system: AbstractFileSystem, file: Path, path: str) -> None:
    """A file by its name, so that an object store tells browsers what kind it is."""
    _folder_of(system, path)
    system.put_file(str(file), path)


def _folder_of(system: AbstractFileSystem, path: str) -> None:
    protocols = {system.protocol} if isinstance(system.protocol, str) else set(system.protocol)
    if not protocols & _WITHOUT_FOLDERS:
        system.makedirs(path.rpartition("/")[0], exist_ok=True)


def _files(manifest: bytes) -> set[str]:
    """What a former manifest lists within its folder; nothing where it cannot be read."""
    try:
        listed = set(json.loads(manifest)["files"])
    except (ValueError, KeyError, TypeError):
        return set()
    # somebody else may have written it, and what it lists is removed
    return {name for name in listed if isinstance(name, str) and name and not name.startswith("/") and ".." not in name.split("/")}
