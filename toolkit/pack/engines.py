"""What runs a notebook: a process of its own each, of one of two kinds.

fast      forked from a process that has everything imported; the cells run in it directly. The
          default where processes can be forked.
nbclient  a new interpreter and a Jupyter kernel, as papermill runs notebooks by itself. Works
          everywhere, and shows the same.

A notebook that crashes, hangs or takes too much memory ends alone; the others go on.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from toolkit.pack.execute import QUIET, End, Order, Outcome
from toolkit.problems import Problem, Refused

ENGINES = ("fast", "nbclient")
DEADLINE = 1800.0
_LOOK = 0.2
"""Seconds between two looks at a notebook under way."""
_MOST_SAID = 200
"""Characters of what a process complained of last."""


@dataclass(frozen=True)
class Limits:
    """What a notebook may take.

    Attributes
    ----------
    seconds
        After so many it is stopped and counts as failed.
    memory
        Bytes of all its processes together; without limit where None.
    """

    seconds: float = DEADLINE
    memory: int | None = None


Engine = Callable[[Order, Limits], Outcome]


def engine_called(name: str | None) -> Engine:
    """The engine called `name`; the best of this system where None.

    Raises
    ------
    Refused
        There is none of that name, or this system cannot fork.
    """
    name = name or _best()
    if name not in ENGINES:
        raise Refused(Problem("--engine", "is no engine", name, ENGINES))
    if name == "fast" and not can_fork():
        raise Refused(Problem("--engine", "needs a system that can fork processes", name, ("nbclient",)))
    return partial(twice_if_crashed, {"fast": run_forked, "nbclient": run_kernel}[name])


def start_early(name: str | None) -> None:
    """Have what the engine called `name` needs start by itself, while there is other work to do."""
    if (name or _best()) == "fast":
        from toolkit.pack.forks import server

        server()


def _best() -> str:
    return "fast" if can_fork() else "nbclient"


def twice_if_crashed(engine: Engine, order: Order, limits: Limits) -> Outcome:
    """Run a notebook, and once more where its process was lost for no reason of the notebook's own."""
    outcome = engine(order, limits)
    return engine(order, limits) if outcome.crashed else outcome


def can_fork() -> bool:
    """Whether this system can fork a process that has libraries loaded."""
    return hasattr(os, "fork") and sys.platform != "darwin"  # system libraries of macOS do not survive a fork


def run_kernel(order: Order, limits: Limits) -> Outcome:
    """In a new interpreter, with a Jupyter kernel."""
    began = time.monotonic()
    child = subprocess.Popen(
        [sys.executable, "-m", "toolkit.pack.execute"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, env={**os.environ, **QUIET, **order.environment}, text=True, start_new_session=True,
    )
    said, complaint, stopped = "", "", None
    handed: str | None = order.to_json()
    try:
        while True:
            try:
                said, complaint = child.communicate(handed, timeout=_LOOK)
                break
            except subprocess.TimeoutExpired:
                handed = None
                if stopped := _too_much(child.pid, began, limits):
                    _stop(child.pid)
                    said, complaint = child.communicate()
                    break
    finally:
        if child.poll() is None:
            _stop(child.pid)
            child.wait()
    if stopped:
        return Outcome.ended(time.monotonic() - began, stopped)
    return _ended(began, child.returncode, said.strip().splitlines()[-1:] or [""], complaint)


def run_forked(order: Order, limits: Limits) -> Outcome:
    """In a process forked from one that is ready; the cells run in it directly."""
    from toolkit.pack.forks import server

    began = time.monotonic()
    answer = Path(order.output + ".answer")
    answer.unlink(missing_ok=True)
    child = server().order(order, str(answer))
    child.begun.wait()
    stopped = None
    try:
        while not child.ended.wait(_LOOK):
            if stopped := _too_much(child.pid, began, limits):
                break
    finally:
        if not child.ended.is_set():
            _stop(child.pid)
            child.ended.wait()
        said = answer.read_text(encoding="utf-8") if answer.exists() else ""
        answer.unlink(missing_ok=True)
    if stopped:
        return Outcome.ended(time.monotonic() - began, stopped)
    return replace(_ended(began, child.status, [said], child.complaint), cpu=child.cpu)


def _ended(began: float, status: int, said: list[str], complaint: str) -> Outcome:
    seconds = time.monotonic() - began
    if status != 0 or not said[0]:
        last = (complaint.strip().splitlines()[-1:] or [""])[0][:_MOST_SAID]
        return Outcome.ended(seconds, End("signal", -status, last) if status < 0 else End("status", status, last))
    answer = json.loads(said[0])
    return Outcome(seconds, answer["failed"], tuple(answer["problems"]), answer["cell"], cpu=answer["cpu"])


def _too_much(process: int, began: float, limits: Limits) -> End | None:
    """Why a notebook under way is stopped, if it is."""
    if time.monotonic() - began > limits.seconds:
        return End("deadline", limits.seconds)
    if limits.memory is not None and memory_of(process) > limits.memory:
        return End("memory", limits.memory / 2**30)
    return None


def memory_of(process: int) -> int:
    """Bytes in memory of a process and all below it; 0 where the system does not tell."""
    return sum(pages for _, pages in _below(process)) * os.sysconf("SC_PAGE_SIZE")


def _below(process: int) -> list[tuple[int, int]]:
    """A process and all that descend from it, with their pages in memory."""
    parents, pages = {}, {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            after_name = status.read_text().rpartition(")")[2].split()
            parents[int(status.parent.name)], pages[int(status.parent.name)] = int(after_name[1]), int(after_name[21])
        except (OSError, ValueError, IndexError):
            continue
    found = [process]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return [(one, pages.get(one, 0)) for one in found]


def _stop(process: int) -> None:
    """End a process and what it started; a kernel is in a session of its own."""
    for one, _ in reversed(_below(process)):
        try:
            os.kill(one, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            continue
