"""A folder that appears whole or not at all, and one run at a time.

A run writes into a staging folder beside the target, on the same file system. Publishing swaps
the two in one step where the system can (Linux), so that a reader, or a crash, meets either the
old pack or the new one.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

STAGING = ".staging"
LOCK = ".lock"
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


class Busy(Exception):
    """Another run holds the lock."""


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the lock of `folder` (made where absent) while the block runs.

    The lock belongs to the process, not to the file: it ends with it, so none can be stale.

    Raises
    ------
    Busy
        When another run holds it.
    """
    while True:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            handle = open(folder / LOCK, "a+")  # noqa: SIM115 - held open while the block runs
        except FileNotFoundError:
            continue  # withdrawn by another run between the two steps
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _stands(handle, folder / LOCK):
                break
        except BlockingIOError:
            handle.close()
            raise Busy(f"another run is writing to {folder}") from None
        handle.close()
    try:
        yield
    finally:
        handle.close()


def _stands(handle, path: Path) -> bool:
    """Whether the locked file is still the one at `path`; another run may have withdrawn it."""
    try:
        return os.path.samestat(os.fstat(handle.fileno()), os.stat(path))
    except FileNotFoundError:
        return False


def withdraw(folder: Path) -> None:
    """Remove what was staged, and the folders a run made where nothing else is in them.

    Call it with the lock held.
    """
    shutil.rmtree(folder / STAGING, ignore_errors=True)
    if not folder.is_dir():
        return
    if sorted(p.name for p in folder.iterdir()) == [LOCK]:
        (folder / LOCK).unlink()
        for empty in (folder, *list(folder.parents)[:2]):
            try:
                empty.rmdir()
            except OSError:
                break


def staging(folder: Path, name: str) -> Path:
    """An empty staging folder for the target `name`; what a run that died left there is removed.

    Call it with the lock held.
    """
    place = folder / STAGING / name
    if place.exists():
        shutil.rmtree(place)
    place.mkdir(parents=True)
    return place


def publish(staged: Path, target: Path) -> None:
    """Put `staged` in the place of `target`; the former one is removed afterwards."""
    _flush(staged)
    if not target.exists():
        os.rename(staged, target)
    elif _exchanged(staged, target):
        shutil.rmtree(staged)
    else:
        former = staged.with_name(staged.name + ".former")
        os.rename(target, former)
        os.rename(staged, target)
        shutil.rmtree(former)
    _flush_folder(target.parent)
    unstage(target.parent)


def unstage(folder: Path) -> None:
    """Remove the place for staging where nothing is in it."""
    leftover = folder / STAGING
    if leftover.is_dir() and not any(leftover.iterdir()):
        leftover.rmdir()


def recover(folder: Path, name: str) -> None:
    """Put a pack back that a crash caught between two renames (systems without an exchange)."""
    former = folder / STAGING / f"{name}.former"
    if former.exists():
        if (folder / name).exists():
            shutil.rmtree(former)
        else:
            os.rename(former, folder / name)


def _exchanged(a: Path, b: Path) -> bool:
    """Swap two folders in one step; False where the system has no such call."""
    if not sys.platform.startswith("linux"):
        return False
    call = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if call is None:
        return False
    if call(_AT_FDCWD, os.fsencode(a), _AT_FDCWD, os.fsencode(b), _RENAME_EXCHANGE) == 0:
        return True
    code = ctypes.get_errno()
    if code in (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP):
        return False
    raise OSError(code, os.strerror(code), str(b))


def _flush(folder: Path) -> None:
    """Everything below `folder` on disk, so that a power cut cannot publish empty files."""
    for here, _, names in os.walk(folder):
        for name in names:
            with open(os.path.join(here, name), "rb") as handle:
                os.fsync(handle.fileno())
        _flush_folder(Path(here))


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
