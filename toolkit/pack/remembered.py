"""What earlier runs made and what still holds: pages, pictures, whole packs.

Everything is keyed by what it was made from. A page: its notebook's source, its parameters, the
params file, this package's own code, the libraries' versions, and the bytes of the tables that the
notebook asked for. What cannot be read, or was made by another version, is made anew. Tables of a
database cannot be told to be unchanged without reading them, so nothing over them is remembered.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

FOLDER = ".remembered"
KEPT_DAYS = 60
_OWN = (".py", ".j2", ".css", ".js", ".po", ".mo", ".yaml")
"""Endings of the package's files that a page can hang on."""


@dataclass(frozen=True)
class Page:
    """A page's executed notebook of an earlier run.

    Attributes
    ----------
    notebook
        Its text.
    tables
        Table -> fingerprint, of those it asked for.
    seconds
        How long it took.
    """

    notebook: str
    tables: dict[str, str]
    seconds: float


_HOME = Path(__file__).resolve().parent.parent


@lru_cache(maxsize=1)
def code() -> str:
    """A digest of this package's own files."""
    digest = hashlib.sha256()
    for path in sorted(p for p in _HOME.rglob("*") if p.suffix in _OWN):
        digest.update(str(path.relative_to(_HOME)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def installed() -> str:
    """What tells without reading anything that this package and the libraries are as they were.

    Names, sizes and dates of its own files, and the names of what is installed, which hold the versions.
    Where it is the same the code is; where it is not, what is in the files decides.
    """
    own = sorted((p, told.st_size, told.st_mtime_ns, told.st_ctime_ns, told.st_ino) for p, told in _own_files(str(_HOME)))
    libraries = [sorted(n for n in os.listdir(p) if n.endswith(".dist-info")) for p in sys.path if p.endswith("-packages") and os.path.isdir(p)]
    return key_of(sys.version, own, libraries)


def _own_files(folder: str) -> Iterator[tuple[str, os.stat_result]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                yield from _own_files(entry.path)
            elif entry.name.endswith(_OWN):
                yield entry.path, entry.stat()


def key_of(*parts: object) -> str:
    """A name for what was made from `parts`, which JSON can hold."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def source_of(notebook: bytes) -> str:
    """A digest of a notebook's cells without their outputs."""
    cells = json.loads(notebook)["cells"]
    return key_of([[c["cell_type"], c["source"], c["metadata"].get("tags", [])] for c in cells])


class Remembered:
    """The store in the folder of all reports.

    Every entry is one file, written whole under another name first, with a digest of its content.
    """

    def __init__(self, out: Path):
        self.folder = out / FOLDER

    def page(self, key: str, fingerprints: dict[str, str]) -> Page | None:
        """The page made from `key`, if the tables it asked for are still the same."""
        held = self._read("pages", key)
        if held is None or any(fingerprints.get(t) != f for t, f in held["tables"].items()):
            return None
        return Page(held["notebook"], held["tables"], held["seconds"])

    def keep_page(self, key: str, page: Page) -> None:
        """For the next run."""
        self._write("pages", key, {"notebook": page.notebook, "tables": page.tables, "seconds": page.seconds})

    def seconds(self) -> dict[str, float]:
        """How long each page took last time, by its name."""
        return (self._read("durations", "pages") or {}).get("seconds", {})

    def keep_seconds(self, seconds: dict[str, float]) -> None:
        """Beside those of other packs."""
        self._write("durations", "pages", {"seconds": {**self.seconds(), **seconds}})

    def pack(self, key: str) -> dict | None:
        """What is known of the pack asked for so last time."""
        return self._read("packs", key)

    def keep_pack(self, key: str, about: dict) -> None:
        """For the next time it is asked for."""
        self._write("packs", key, about)

    def picture(self, key: str) -> str | None:
        """The SVG drawn from `key`."""
        held = self._read("pictures", key)
        return held["svg"] if held else None

    def keep_picture(self, key: str, svg: str) -> None:
        """For pages that show it again."""
        self._write("pictures", key, {"svg": svg})

    def forget(self) -> None:
        """Everything."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def tidy(self) -> None:
        """Forget what nobody has asked for in `KEPT_DAYS` days."""
        oldest = time.time() - KEPT_DAYS * 86_400
        for path in self.folder.rglob("*.json*"):
            try:
                if path.stat().st_mtime < oldest:
                    path.unlink()
            except OSError:
                continue

    def _read(self, kind: str, key: str) -> dict | None:
        path = self.folder / kind / f"{key}.json"
        try:
            digest, _, text = path.read_text(encoding="utf-8").partition("\n")
            if digest != hashlib.sha256(text.encode()).hexdigest():
                return None
            os.utime(path)
            return json.loads(text)
        except (OSError, ValueError):
            return None

    def _write(self, kind: str, key: str, content: dict) -> None:
        """Losing what is remembered costs time only, so a full or read-only disk is no failure here."""
        text = json.dumps(content, ensure_ascii=False)
        path = self.folder / kind / f"{key}.json"
        partial = path.with_name(f"{path.name}.{os.getpid()}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            partial.write_text(f"{hashlib.sha256(text.encode()).hexdigest()}\n{text}", encoding="utf-8")
            os.replace(partial, path)
        except OSError:
            partial.unlink(missing_ok=True)
