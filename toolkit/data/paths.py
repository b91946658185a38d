"""Which file does a path in the params file mean? And what is there, if it is not?"""

from __future__ import annotations

from difflib import get_close_matches
from hashlib import sha256
from pathlib import Path

from toolkit.problems import Problem, Refused

_MOST_LISTED = 200


def found_files(folder: Path, path: str, place: str) -> tuple[Path, ...]:
    """The files that `path` names, in the order of their names.

    Parameters
    ----------
    folder
        What a relative path is relative to.
    path
        A file, or a pattern with ``*`` or ``?`` in its last parts.
    place
        Where the path is written.

    Raises
    ------
    Refused
        Nothing is there; the message lists what is, the nearest first.
    """
    target = Path(path) if Path(path).is_absolute() else folder / path
    if target.is_file():
        return (target,)
    if target.is_dir():
        raise Refused(Problem(place, "is a folder, not a file", path, _files_in(target, path)))
    if "*" in path or "?" in path:
        start = Path(target.anchor or ".")
        try:
            hits = sorted(f for f in start.glob(str(target.relative_to(start))) if f.is_file())
        except (ValueError, OSError):
            hits = []
        if hits:
            return tuple(hits)
        near = target.parent
        raise Refused(Problem(place, "matches no file", path, _files_in(near, path)))
    parent = target.parent
    if not parent.is_dir():
        above = parent.parent
        choices = (
            tuple(sorted(p.name for p in above.iterdir() if p.is_dir())) if above.is_dir() else ()
        )
        raise Refused(
            Problem(
                place,
                f"lies in a folder that is not there: {_short(parent, folder)}",
                path,
                choices[:_MOST_LISTED],
            )
        )
    raise Refused(
        Problem(
            place,
            f"is not there (looked in {_short(parent, folder)})",
            path,
            _files_in(parent, path),
        )
    )


def _short(target: Path, folder: Path) -> str:
    """A folder as a person would write it beside the params file."""
    try:
        inside = target.resolve().relative_to(folder.resolve())
    except ValueError:
        return str(target)
    return "the tables' folder" if str(inside) == "." else f"'{inside}'"


def _files_in(parent: Path, path: str) -> tuple[str, ...]:
    """Names of files beside `path`, written as it is, those of its kind first."""
    if not parent.is_dir():
        return ()
    there = sorted(p.name for p in parent.iterdir() if p.is_file() and not p.name.startswith("."))
    name = Path(path).name
    near = get_close_matches(name, there, n=3, cutoff=0.4)
    same = [n for n in there if Path(n).suffix == Path(name).suffix and n not in near]
    others = [n for n in there if n not in near and n not in same]
    lead = path[: len(path) - len(name)]
    return tuple(lead + n for n in (*near, *same, *others)[:_MOST_LISTED])


def digest_of(files: tuple[Path, ...]) -> str:
    """sha256 of the bytes of one file, or of the names and hashes of several, in hexadecimal."""
    hashes = []
    for file in files:
        digest = sha256()
        with file.open("rb") as opened:
            while chunk := opened.read(8 << 20):
                digest.update(chunk)
        hashes.append(digest.hexdigest())
    if len(files) == 1:
        return hashes[0]
    lines = "".join(f"{h}  {f.name}\n" for h, f in zip(hashes, files, strict=True))
    return sha256(lines.encode()).hexdigest()


def engine_path(file: Path, work: Path) -> Path:
    """`file` under a name that the engine does not take for a pattern."""
    if not set("*?[") & set(str(file)):
        return file
    link = work / f"{sha256(str(file).encode()).hexdigest()[:16]}{file.suffix}"
    if not link.exists():
        link.symlink_to(file.resolve())
    return link
