"""Is the pack that was published for the same question still right? Asked before anything is imported.

A published pack is kept with a note of everything it was made from. Where all of that is as it was,
and every published file too, there is nothing to do. A change of a file's date alone is looked into:
its bytes decide.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

from toolkit.pack import manifest, remembered
from toolkit.pack.remembered import Remembered

_MOVES = re.compile(rb"""\bas_of['"]?\s*:\s*['"]?yesterday\b""")
_ZONE = re.compile(rb"""\btime_zone['"]?\s*:\s*['"]?([\w+/-]+)""")


@dataclass(frozen=True)
class Run:
    """A published run.

    Attributes
    ----------
    folder
        Where it was published.
    pages
        How many pages it has.
    failed
        Page -> why, for those that could not be made.
    findings
        How many findings they hold.
    unchanged
        Nothing was made: the pack that is there still holds.
    """

    folder: Path
    pages: int
    failed: dict[str, str]
    findings: int
    unchanged: bool = False

    @property
    def index(self) -> Path:
        """The page to open."""
        return self.folder / "index.html"


def question(params: Path, **asked: object) -> str:
    """A name for what was asked of `params`: pack, period and so on, and from which folder."""
    return remembered.key_of(str(Path(params).resolve()), str(Path.cwd()), asked, _day_of(Path(params)))


def _day_of(params: Path) -> str:
    """Today, for a params file whose ``as_of`` moves with it; the same always for any other.

    Days begin where the company is, not where this machine is. The file is not parsed yet: should it
    name several zones, the day of each counts.
    """
    try:
        text = params.read_bytes()
    except OSError:
        return ""
    if not _MOVES.search(text):
        return ""
    return " ".join(sorted({_today(name.decode()) for name in [b"UTC", *_ZONE.findall(text)]}))


def _today(zone: str) -> str:
    try:
        return datetime.now(ZoneInfo(zone)).date().isoformat()
    except (OSError, ValueError, KeyError):  # no such zone: it is refused when the file is read
        return ""


def stamps(params: Path, notebooks: Path | None, file: CompanyFile) -> dict | None:
    """Everything that is read to answer, with sizes, dates and digests; taken before it is read.

    None where a table lies in a database: whether it changed cannot be told without reading it.

    Parameters
    ----------
    notebooks
        Their folder; None where none is run.
    """
    from toolkit.opened import folder_of

    tables = file.company.tables.values()
    if any(t.path is None for t in tables):
        return None
    patterns = [str(folder_of(file) / t.path) for t in tables]
    files = [params.resolve(), *(sorted(notebooks.glob("*.ipynb")) if notebooks else ())]
    return {
        "made_by": _made_by(), "installed": remembered.installed(),
        "notebooks": str(notebooks) if notebooks else None,
        "files": {str(f): _stamp(f) for f in files},
        "tables": {p: {str(f): _stamp(f) for f in _named(p)} for p in patterns},
    }  # fmt: skip


def keep(out: Path, asked: str, answer: dict, before: dict | None) -> None:
    """Keep an answer with what it was made from, unless any of it changed meanwhile or can not be told."""
    if before is not None and _unchanged(before):
        Remembered(out).keep_pack(asked, {**before, **answer})


def what_holds(out: Path, asked: str) -> dict | None:
    """The answer kept, where everything it was made from is as it was."""
    held = Remembered(out).pack(asked)
    return held if held is not None and _unchanged(held) else None


def note(out: Path, asked: str, run: Run, before: dict | None) -> None:
    """Keep what `run` was made from."""
    digest = manifest.hash_of(run.folder / "manifest.json")
    keep(out, asked, {"folder": str(run.folder), "manifest": digest, "pages": run.pages, "findings": run.findings}, before)


def still_holds(out: Path, asked: str) -> Run | None:
    """The published run that answers the question as it stands; None where it has to be made."""
    held = what_holds(out, asked)
    if held is None:
        return None
    folder = Path(held["folder"])
    if not _whole(folder, held["manifest"]):
        return None
    return Run(folder, held["pages"], {}, held["findings"], unchanged=True)


def _unchanged(held: dict) -> bool:
    if held.get("installed") != remembered.installed() and held["made_by"] != _made_by():
        return False
    notebooks = {str(f) for f in Path(held["notebooks"]).glob("*.ipynb")} if held["notebooks"] else set()
    if not notebooks <= held["files"].keys() or not all(_same(f, s) for f, s in held["files"].items()):
        return False
    return all(
        [str(f) for f in _named(pattern)] == list(files) and all(_same(f, s) for f, s in files.items())
        for pattern, files in held["tables"].items()
    )


def _made_by() -> str:
    return remembered.key_of(remembered.code(), manifest.versions())


def _named(pattern: str) -> list[Path]:
    path = Path(pattern)
    if "*" in pattern or "?" in pattern:
        start = Path(path.anchor)
        return sorted(f for f in start.glob(str(path.relative_to(start))) if f.is_file())
    return [path]


def _stamp(file: Path) -> list:
    """Size, dates, digest; a file that is not there, or not to be read, is never the same."""
    try:
        told = os.stat(file)
        return [told.st_size, _dates(told), manifest.hash_of(file)]
    except OSError:
        return [-1, [], ""]


def _dates(told: os.stat_result) -> list[int]:
    """When the file was changed, and when the system last touched its entry.

    A copy keeps the first, and a clock set back may repeat it; the second nobody can set.
    """
    return [told.st_mtime_ns, told.st_ctime_ns, told.st_ino]


def _same(file: str, stamp: list) -> bool:
    size, dates, digest = stamp
    try:
        told = os.stat(file)
        if told.st_size != size:
            return False
        return _dates(told) == dates or manifest.hash_of(Path(file)) == digest
    except OSError:
        return False


def _whole(folder: Path, digest: str) -> bool:
    """Whether every published file is what the manifest says."""
    try:
        text = (folder / "manifest.json").read_bytes()
        if sha256(text).hexdigest() != digest:
            return False
        return all(manifest.hash_of(folder / name) == known for name, known in json.loads(text)["files"].items())
    except (OSError, ValueError, KeyError):
        return False
