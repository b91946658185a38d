"""A run as one zip file: the same bytes for the same files, whenever it is packed."""

from __future__ import annotations

import zipfile
from pathlib import Path

_WHEN = (1980, 1, 1, 0, 0, 0)
"""A zip dates its entries; ours are all of the first day that a zip knows."""

_READABLE = 0o644 << 16


def write_zip(folder: Path, path: Path) -> int:
    """Pack every file below `folder` into `path`, within a folder of its name; how many there are."""
    top = folder.resolve().name
    files = sorted(p for p in folder.rglob("*") if p.is_file() and p.resolve() != path.resolve())
    with zipfile.ZipFile(path, "w") as packed:
        for file in files:
            entry = zipfile.ZipInfo(f"{top}/{file.relative_to(folder).as_posix()}", date_time=_WHEN)
            entry.compress_type, entry.external_attr, entry.create_system = zipfile.ZIP_DEFLATED, _READABLE, 3
            packed.writestr(entry, file.read_bytes(), compresslevel=9)
    return len(files)
