"""What one notebook of a run has found out, kept for the others of the same run.

The pages of a pack ask many of the same questions: a change of the plan is judged on its own page, among
all changes, in the plan's return and wherever the plan names it. Each of them is a process of its own.
An answer to a question that a run's notebooks share is therefore written into the run's folder, with
what was asked; whoever asks the very same later reads it there. Outside a run every question is answered
anew. The folder is gone when the run ends.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import pickle
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from toolkit.data.prepared import VARIABLE

try:
    import fcntl
except ImportError:  # not every system has it; two notebooks may then both look for an answer
    fcntl = None

Found = TypeVar("Found")

FOLDER = "found"
PATIENCE = 120.0
"""Seconds to wait for another notebook that is looking for the same answer."""
_LOOK = 0.02


def found_once(asked: tuple[str, ...], definition: object, find: Callable[[], Found]) -> Found:
    """The answer that another notebook of this run has found, or what `find` gives.

    Parameters
    ----------
    asked
        What is asked, of which tables of the company: the same for two questions only where these are.
    definition
        The question itself. An answer is used only where it was asked in the same words.
    find
        Looks for the answer. What it refuses is not kept.
    """
    run = os.environ.get(VARIABLE)
    if not run:
        return find()
    name = hashlib.sha256("\0".join(asked).encode()).hexdigest()[:32]
    place = Path(run) / FOLDER / f"{name}.pickle"
    with _alone(place):
        if place.is_file():
            question, answer = pickle.loads(place.read_bytes())  # noqa: S301 - written by this run
            return answer if question == definition else find()
        answer = find()
        unfinished = place.with_suffix(f".{os.getpid()}")
        unfinished.write_bytes(pickle.dumps((definition, answer), protocol=pickle.HIGHEST_PROTOCOL))
        os.replace(unfinished, place)
        return answer


@contextlib.contextmanager
def _alone(place: Path) -> Iterator[None]:
    """Inside, no other notebook looks for the same, unless it has taken longer than is worth waiting for.

    The lock is an open file's, so a notebook that is ended leaves none.
    """
    place.parent.mkdir(exist_ok=True)
    if fcntl is None:
        yield
        return
    until = time.monotonic() + PATIENCE
    with place.with_suffix(".lock").open("w") as lock:
        while time.monotonic() < until:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                time.sleep(_LOOK)
        yield
