"""What a command costs with everything it starts, and on what machine: shared by the benchmarks."""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOLKIT = [sys.executable, "-m", "toolkit.cli"]
_PR_SET_CHILD_SUBREAPER = 36


@dataclass(frozen=True)
class Cost:
    """Wall seconds, CPU seconds of the command and all below it, their peak memory in MB (nan unless asked for)."""

    wall: float
    cpu: float
    peak: float = float("nan")


def cost_of(words: list, cwd: Path = ROOT, *, memory: bool = False, env: dict[str, str] | None = None) -> Cost:
    """Run a command to its end and that of everything it left behind.

    Processes that outlive the one that started them come to this one (Linux), so that theirs counts too.
    """
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1)
    before, began = _children(), time.perf_counter()
    child = subprocess.Popen(
        [str(w) for w in words], cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE, text=True, env={**os.environ, **(env or {})},
    )  # fmt: skip
    peak = [float("nan")]
    ended = threading.Event()
    watching = threading.Thread(target=_watch, args=(child.pid, ended, peak)) if memory else None
    if watching:
        watching.start()
    said = child.stderr.read()
    child.wait()
    wall = time.perf_counter() - began
    ended.set()
    if watching:
        watching.join()
    while True:
        try:
            os.wait()
        except ChildProcessError:
            break
    if child.returncode:
        raise SystemExit(f"{' '.join(map(str, words))}: {said.strip()[-2000:]}")
    return Cost(wall, _children() - before, peak[0])


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _watch(pid: int, ended: threading.Event, peak: list[float]) -> None:
    """The largest sum of proportional set sizes: pages that processes share count once."""
    from toolkit.pack.engines import _below

    top = 0.0
    while not ended.wait(0.2):
        held = 0
        for one, _ in _below(pid):
            try:
                lines = Path(f"/proc/{one}/smaps_rollup").read_text().splitlines()
                held += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
            except (OSError, StopIteration, ValueError):
                continue
        top = max(top, held / 1024)
    peak[0] = top


def heading() -> str:
    """Machine, load and versions, for the top of a table."""
    import duckdb
    import pandas

    from toolkit import __version__

    load = ", ".join(f"{x:.1f}" for x in os.getloadavg())
    return (f"{time.strftime('%Y-%m-%d')}; {platform.machine()}, {os.cpu_count()} cores, load {load}; Python {platform.python_version()}, "
            f"toolkit {__version__}, pandas {pandas.__version__}, duckdb {duckdb.__version__}")


def table(columns: tuple[str, ...], rows: list[tuple]) -> None:
    """Print a table in Markdown, machine first."""
    print(heading() + "\n")
    print("| " + " | ".join(columns) + " |\n|" + "---|" * len(columns))
    for row in rows:
        print("| " + " | ".join(f"{x:.2f}" if isinstance(x, float) else str(x) for x in row) + " |")


def demo(folder: Path, customers: int) -> Path:
    """The demo company in `folder`; its params."""
    cost_of([*TOOLKIT, "demo", folder, "--customers", customers])
    return folder / "params" / "demo.yaml"
