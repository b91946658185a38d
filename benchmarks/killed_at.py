"""One run of the toolkit that kills itself just before its N-th step on the reports.

    python benchmarks/killed_at.py STEP WHAT LOG run params/demo.yaml ...

A step is a file or folder below ``reports`` opened, made, renamed or removed by the run's own process, and
the call that exchanges two folders. STEP 0 kills nothing; WHAT is `one` (this process) or `all` (with
everything it has started). LOG gets a line a step, its last one the step that was not done any more.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

_MAKES = {"open": "open", "os.mkdir": "make", "os.rename": "rename", "os.remove": "remove", "os.rmdir": "remove"}


def started_by(pid: int) -> list[int]:
    """A process and all that came from it, itself first."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            children.setdefault(int(stat.read_text().rpartition(")")[2].split()[1]), []).append(int(stat.parent.name))
        except (FileNotFoundError, ProcessLookupError):
            continue
    found = [pid]
    for each in found:
        found += children.get(each, [])
    return found


def killed(pid: int, everything: bool) -> None:
    """SIGKILL for a process, or for it and all that it has started."""
    for each in sorted(started_by(pid) if everything else [pid], key=lambda each: each == os.getpid()):
        try:
            os.kill(each, signal.SIGKILL)
        except ProcessLookupError:
            continue


def watched(step: int, everything: bool, log: Path) -> None:
    """From here on every step is written down, and the one asked for kills."""
    own, out = os.getpid(), os.open(log, os.O_CREAT | os.O_WRONLY | os.O_TRUNC)
    reports, seen = str(Path("reports").resolve()), 0

    def look(event: str, args: tuple) -> None:
        nonlocal seen
        if event == "ctypes.dlsym" and args[1] == "renameat2":
            said = "exchange"
        elif event in _MAKES and isinstance(args[0], (str, bytes, os.PathLike)):
            said = f"{_MAKES[event]} {_full(event, args)}"
            if not said.partition(" ")[2].startswith(reports):
                return
            said = said.replace(reports, "reports")
        else:
            return
        if os.getpid() != own:
            return
        seen += 1
        os.write(out, (said + "\n").encode())
        if seen == step:
            killed(own, everything)

    sys.addaudithook(look)


def _full(event: str, args: tuple) -> str:
    """The path of a step; one seen from an open folder starts there."""
    path = os.fsdecode(args[0])
    folder = args[-1] if event in ("os.mkdir", "os.remove", "os.rmdir") else -1
    if isinstance(folder, int) and folder >= 0:
        path = os.path.join(os.readlink(f"/proc/self/fd/{folder}"), path)
    return os.path.abspath(path)


if __name__ == "__main__":
    from toolkit.cli import main

    watched(int(sys.argv[1]), sys.argv[2] == "all", Path(sys.argv[3]).resolve())
    sys.argv = ["toolkit", *sys.argv[4:]]
    main()
