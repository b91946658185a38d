"""What a run was made from: inputs with their hashes, parameters, versions, durations."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

import toolkit

FORMAT = 1
_LIBRARIES = ("pandas", "numpy", "scipy", "statsmodels", "ibis-framework", "duckdb", "altair", "papermill", "nbconvert")


def hash_of(path: Path) -> str:
    """SHA-256 of a file's bytes, in hex."""
    digest = hashlib.sha256()
    with open(path, "rb") as handle:
        while block := handle.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


@lru_cache(maxsize=1)
def versions() -> dict[str, str]:
    """Python's, the toolkit's and the libraries' versions."""
    import platform
    from importlib.metadata import PackageNotFoundError, version  # these are slow to import, and mostly not needed

    found = {"python": platform.python_version(), "toolkit": toolkit.__version__}
    for name in _LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def commit_of(folder: Path) -> str | None:
    """The git commit of `folder` where it stands in a repository, with ``+`` for local changes."""
    import subprocess

    try:
        found = subprocess.run(["git", "-C", str(folder), "rev-parse", "HEAD"], capture_output=True, text=True, timeout=10)
        if found.returncode:
            return None
        changed = subprocess.run(["git", "-C", str(folder), "status", "--porcelain", "--untracked-files=no"],
                                 capture_output=True, text=True, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return found.stdout.strip() + ("+" if changed.stdout.strip() else "")
